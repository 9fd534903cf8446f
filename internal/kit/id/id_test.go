package id_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/kit/id"
)

var noon = time.Date(2026, 3, 7, 4, 0, 0, 0, time.UTC)

func TestIDsRiseAndAreUnique(t *testing.T) {
	s := id.NewSource()
	last := ""
	for i := range 20000 {
		now := noon.Add(time.Duration(i/1000) * 700 * time.Microsecond) // many in a millisecond
		got := s.New(now)
		if got <= last || !id.Valid(got) {
			t.Fatalf("%s after %s", got, last)
		}
		last = got
	}
}

func TestIDsOfManyAreUnique(t *testing.T) {
	shared, own := id.NewSource(), make([]*id.Source, 8)
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for i := range own {
		own[i] = id.NewSource() // another node, at the same moment
		wg.Go(func() {
			for range 2000 {
				a, b := shared.New(noon), own[i].New(noon)
				mu.Lock()
				if seen[a] || seen[b] || a == b {
					t.Errorf("%s or %s twice", a, b)
				}
				seen[a], seen[b] = true, true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestASeedRepeats(t *testing.T) {
	make10 := func(seed uint64) (out []string) {
		s := id.NewSeeded(seed)
		for i := range 10 {
			out = append(out, s.New(noon.Add(time.Duration(i)*time.Second)))
		}
		return out
	}
	if !slices.Equal(make10(7), make10(7)) || slices.Equal(make10(7), make10(8)) {
		t.Error("a seed must repeat itself and nothing else")
	}
}

func TestFromIsBeforeAllOfItsTime(t *testing.T) {
	s := id.NewSource()
	before := s.New(noon.Add(-time.Millisecond))
	if from := id.From(noon); !id.Valid(from) || from <= before || from > s.New(noon) {
		t.Errorf("%s is not between %s and one of noon", from, before)
	}
}

func TestIDsSortByTimeForCenturies(t *testing.T) {
	s := id.NewSource()
	last := ""
	for _, at := range []time.Time{time.UnixMilli(0), noon, noon.AddDate(100, 0, 0), noon.AddDate(900, 0, 0)} {
		got := s.New(at)
		if got <= last {
			t.Errorf("%s of %v isn't after %s", got, at, last)
		}
		last = got
	}
}

func TestValid(t *testing.T) {
	good := id.NewSource().New(noon)
	for _, bad := range []string{"", good[1:], good + "0", "i" + good[1:], "A" + good[1:], "é" + good[2:], "-" + good[1:]} {
		if id.Valid(bad) {
			t.Errorf("%q passes", bad)
		}
	}
}
