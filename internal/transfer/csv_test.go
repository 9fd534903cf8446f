package transfer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/text"
)

func readAll(t *testing.T, s string) []row {
	t.Helper()
	var out []row
	for c := newCSV(decoded(strings.NewReader(s), UTF8), ','); ; {
		r, err := c.next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
}

// FuzzCSV: whatever the standard library's reader takes, ours takes as the same; whatever else comes, no line is lost.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,\"x\ny\"\n", "\"", "a\"b,c\n", "\"a\"b\n\"c\",", "\"\"\"\",\"\"\n\n", "a,\"b\nc\nd\"\"", "\r\n\r,\r\n", "\xef\xbb\xbfa,\"b\""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 10_000 || strings.Count(s, "\n")+strings.Count(s, "\r") > maxLines-2 {
			return
		}
		got := readAll(t, s)
		plain := strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(s, "\ufeff"), "\r\n", "\n"), "\r", "\n")
		flaws := 0
		for i, r := range got {
			if r.number != i+1 || len(r.cells) == 0 && r.flaw == nil {
				t.Fatalf("row %d is number %d with %d cells", i+1, r.number, len(r.cells))
			}
			if r.flaw != nil {
				flaws++
			}
		}
		std := csv.NewReader(strings.NewReader(plain))
		std.FieldsPerRecord = -1
		want, err := std.ReadAll()
		if err != nil {
			return
		}
		rest := slices.DeleteFunc(slices.Clone(got), func(r row) bool { return len(r.cells) == 1 && r.cells[0] == "" && !strings.Contains(plain, `""`) })
		if flaws > 0 {
			t.Fatalf("%q: the standard reader takes what we don't", s)
		}
		if strings.Contains(plain, `""`) {
			return // it leaves blank lines out, and they look like an empty quotation here
		}
		if len(rest) != len(want) {
			t.Fatalf("%q: %d rows, want %d", s, len(rest), len(want))
		}
		for i := range want {
			if !slices.Equal(rest[i].cells, want[i]) {
				t.Fatalf("%q: row %d is %q, want %q", s, i, rest[i].cells, want[i])
			}
		}
	})
}

// FuzzEncoding: a file of any bytes has an encoding or is refused, and reads to its end.
func FuzzEncoding(f *testing.F) {
	for _, s := range []string{"", "\xff\xfea\x00", "\xc4\xe3\xba\xc3", "\xef\xbb\xbf你好", "你好\xff", "\x00a\x00b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := encodingOf(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Fatal(err)
			}
			return
		}
		out, err := io.ReadAll(decoded(bytes.NewReader(b), e))
		if err != nil || bytes.ContainsRune(out, '\r') || e != UTF8 && !utf8.Valid(out) {
			t.Fatalf("%q as %s: %q, %v", b, e, out, err)
		}
	})
}

// FuzzRecognise: any header means at most one thing, and what a plan was guessed to be is a plan or says who is missing.
func FuzzRecognise(f *testing.F) {
	words, err := text.Load()
	if err != nil {
		f.Fatal(err)
	}
	custom := []people.Field{{Name: "note", Title: text.Text{text.Hans: "备注"}}}
	known := names(words, custom)
	f.Add("手机号|昵称|备注")
	f.Add("Phone|phone |PHONE*|ｐｈｏｎｅ|電話（必填）")
	f.Fuzz(func(t *testing.T, line string) {
		headers := strings.Split(line, "|")
		columns := recognise(headers, known)
		err := Plan{Columns: columns, Existing: Update}.check(len(headers), custom)
		if err != nil && !errors.Is(err, ErrNobody) {
			t.Fatalf("%q is guessed as %v: %v", headers, columns, err)
		}
	})
}

// P7: what a text file holds beyond what spreadsheets write is forgiven or bad, row by row.
func TestCSVRows(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		`a,5" screen,b`:   {"a|5\" screen|b"},
		"\"a\nb\",c\nd":   {"a\nb|c", "d"},
		"\"a\nb\nc":       {"!\"a", "b", "c"},
		"a,\"b\"c\nd":     {"!a|\"b\"c", "d"},
		"\"a\"  \n\"b\",": {"a", "b|"},
		"a\n" + strings.Repeat("x", maxRow+1) + "\nb":   {"a", "!" + strings.Repeat("x", keptRow), "b"},
		"\"a\n" + strings.Repeat("x", maxRow+1) + "\nb": {"!\"a", "!" + strings.Repeat("x", keptRow), "b"},
		"\"" + strings.Repeat("x\n", maxLines+2) + "\"": append([]string{"!\"x"}, append(slices.Repeat([]string{"x"}, maxLines+1), "!\"")...),
	} {
		var got []string
		for _, r := range readAll(t, in) {
			s := strings.Join(r.cells, "|")
			if r.flaw != nil {
				s = "!" + s
			}
			got = append(got, s)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%.60q: %.200q", in, got)
		}
	}
}

// P7: dates with the year in front are understood, and none is guessed.
func TestDays(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2026-11-02": "2026-11-02", "2026/1/2": "2026-01-02", "2026.1.2": "2026-01-02", "2026年1月2日": "2026-01-02", "20260102": "2026-01-02",
		"2026-01-02 00:00:00": "2026-01-02", "2026-01-02T08:00:00Z": "2026-01-02", "2026-02-30": "2026-02-30", "1/2/2026": "1/2/2026", "": "", "46328": "46328",
	} {
		if got := day(in); got != want {
			t.Errorf("%q is %q", in, got)
		}
	}
	for n, want := range map[float64]string{1: "1900-01-01", 59: "1900-02-28", 61: "1900-03-01", 46328: "2026-11-02", 46328.75: "2026-11-02 18:00:00"} {
		if got, _ := dayNumber(n, false); got != want {
			t.Errorf("%v is %s", n, got)
		}
	}
	if got, _ := dayNumber(0.5, false); got != "" {
		t.Errorf("a time of day is %s", got)
	}
	if got, _ := dayNumber(44866, true); got != "2026-11-02" {
		t.Errorf("from 1904: %s", got)
	}
}
