package event

import (
	"strings"

	"github.com/qunce/qunce/internal/platform/db"
)

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

// TellSummaryTx tells an event's holders of its summary, as a path does.
func TellSummaryTx(tx *db.Tx, event string) error { return summaryTelling{Event: event}.enqueue(tx) }
