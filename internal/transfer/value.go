package transfer

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/text"
)

// dayNumber writes a spreadsheet's count of days as 2026-11-21, with the time of day if it has one.
func dayNumber(n float64, from1904 bool) (string, bool) {
	start := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from1904:
		start = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case n < 61: // the first spreadsheet took 1900 for a leap year
		start = time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	if n < 1 || n > 2_958_465 { // the year 9999
		return "", false
	}
	day, part := math.Modf(n)
	t := start.AddDate(0, 0, int(day)).Add(time.Duration(math.Round(part*86400)) * time.Second)
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.Format(time.DateOnly), true
	}
	return t.Format(time.DateTime), true
}

var writtenDay = regexp.MustCompile(`^(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})(?:日|号|號)?(?:[T ].*)?$`)

// day understands a date with the year in front, as people and spreadsheets write it, and gives it as 2026-11-21. What it
// can't tell for certain, such as 1/2/2026, it leaves as it is.
func day(s string) string {
	s = strings.TrimSpace(s)
	if len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	m := writtenDay.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	month, _ := strconv.Atoi(m[2])
	dom, _ := strconv.Atoi(m[3])
	year, _ := strconv.Atoi(m[1])
	t := time.Date(year, time.Month(month), dom, 0, 0, 0, 0, time.UTC)
	if t.Day() != dom || int(t.Month()) != month {
		return s
	}
	return t.Format(time.DateOnly)
}

// yesNo are the words for yes and no, folded.
var yesNo = map[string]bool{
	"是": true, "有": true, "对": true, "對": true, "同意": true, "已同意": true, "yes": true, "y": true, "true": true, "1": true, "√": true, "✓": true, "✔": true,
	"否": false, "无": false, "無": false, "没有": false, "沒有": false, "不": false, "不同意": false, "no": false, "n": false, "false": false, "0": false, "×": false, "✗": false,
}

// truth understands yes and no.
func truth(s string) (value, ok bool) {
	value, ok = yesNo[text.Fold(s)]
	return value, ok
}

// number understands a number, also with separators of thousands; anything else it gives as it is.
func number(s string) any {
	plain := strings.ReplaceAll(text.Fold(s), ",", "")
	if n, err := strconv.ParseFloat(plain, 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
		return n
	}
	return s
}

// parts divides a cell that holds several values.
func parts(s, separators string) []string {
	var out []string
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

const (
	tagSeparators  = ",，;；、|\n"
	lineSeparators = ";；|\n" // a comma may stand within what someone needs or offers
)

// risky are the first characters that make a spreadsheet take a text for a formula.
const risky = "=+-@\t\r"

// guarded makes a text safe to open in a spreadsheet; bare takes that back.
func guarded(s string) string {
	if s != "" && strings.ContainsRune(risky, rune(s[0])) {
		return "'" + s
	}
	return s
}

func bare(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune(risky, rune(s[1])) {
		return s[1:]
	}
	return s
}
