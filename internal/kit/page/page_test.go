package page_test

import (
	"errors"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/kit/page"
)

func TestACursorComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		name, at, ok := rapid.String().Draw(r, "name"), rapid.Int64().Draw(r, "at"), rapid.Bool().Draw(r, "ok")
		var gotName string
		var gotAt int64
		var gotOK bool
		found, err := page.Parse(page.Cursor(name, at, ok), &gotName, &gotAt, &gotOK)
		if err != nil || !found || gotName != name || gotAt != at || gotOK != ok {
			r.Fatalf("%q, %d, %t, %t, %v", gotName, gotAt, gotOK, found, err)
		}
	})
}

func TestNoCursorIsTheBeginning(t *testing.T) {
	at := int64(7)
	if found, err := page.Parse("", &at); found || err != nil || at != 7 {
		t.Errorf("%t, %v, %d", found, err, at)
	}
}

// Whatever is sent as a cursor, it is read or refused as a typed error, never worse.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "x", "W10", page.Cursor("a", 1), page.Cursor(1, "a"), page.Cursor("a"), page.Cursor("a", 1, 2), "bnVsbA", "e30"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		var name string
		var at int64
		found, err := page.Parse(cursor, &name, &at)
		if err != nil && (found || !errors.Is(err, page.ErrCursor)) {
			t.Errorf("%t, %v", found, err)
		}
	})
}

func TestOthersCursorsAreRefused(t *testing.T) {
	var name string
	var at int64
	for _, cursor := range []string{"not base64!", page.Cursor("a"), page.Cursor("a", "b"), page.Cursor("a", 1, 2), "bnVsbA"} {
		if _, err := page.Parse(cursor, &name, &at); !errors.Is(err, page.ErrCursor) {
			t.Errorf("%q: %v", cursor, err)
		}
	}
}

func TestCutKnowsWhetherThereIsMore(t *testing.T) {
	cursor := func(n int) string { return strconv.Itoa(n) }
	for rows, want := range map[int]string{0: "", 2: "", 3: "", 4: "3"} {
		list := make([]int, 0, rows)
		for i := range rows {
			list = append(list, i+1)
		}
		p := page.Cut(list, 3, cursor)
		if p.Next != want || len(p.Items) != min(rows, 3) || p.Items == nil {
			t.Errorf("%d rows: %+v", rows, p)
		}
	}
	if p := page.Cut[int](nil, 3, cursor); p.Items == nil {
		t.Error("no rows must be an empty list, not null")
	}
}

func TestLimit(t *testing.T) {
	for wish, want := range map[int]int{-1: page.Default, 0: page.Default, 1: 1, page.Max: page.Max, page.Max + 1: page.Max} {
		if got := page.Limit(wish); got != want {
			t.Errorf("%d: %d", wish, got)
		}
	}
}
