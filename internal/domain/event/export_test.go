package event

import "strings"

// Fold is fold on a line, for the fuzz test.
func Fold(s string) string {
	var b strings.Builder
	fold(&b, s)
	return b.String()
}

// Interval is the interval of an NPS.
func Interval(n, promoters, detractors int) (nps, low, high float64) {
	c := tally{n, promoters, detractors}
	low, high = c.interval()
	return c.nps(), low, high
}
