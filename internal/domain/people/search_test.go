package people_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
)

// P4: by id, phone, its tail, email, name, part of a name, nickname.
func TestSearch(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.person(t, phone("13800135678"), people.Identifier{Kind: people.Email, Value: "wang@example.com", Verified: true})
		b := h.person(t, phone("+852 9123 5678"))
		other := h.person(t, app("x"))
		h.set(t, a, "name", "王小明")
		h.set(t, b, "name", "王明 John")
		h.set(t, other, "nickname", "Ｓｕｎｎｙ小明妈")
		for q, want := range map[string][]string{
			a: {a}, "138-0013-5678": {a}, "5678": {b, a}, "WANG@example.com": {a}, "王小明": {a}, "王": {b, a}, "小明": {a, other}, "john": {b}, "明": {},
			"sunny": {other}, "NNY": {other}, "s": {other}, "明妈": {other}, "9999": {}, "陈": {}, "'; DROP": {}, "%": {}, "": {},
		} {
			hits, err := h.s.Search(t.Context(), h.Community, q, 0)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{}
			for _, x := range hits {
				got = append(got, x.Person.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q finds %v (%v), want %v", q, got, hits, want)
			}
			list, err := h.s.List(t.Context(), h.Community, people.Filter{Text: q}, "", 0)
			if err != nil || q != "" && len(list.Items) != len(want) {
				t.Errorf("a list with %q has %d (%v), want %d", q, len(list.Items), err, len(want))
			}
		}
		if _, err := h.s.Search(t.Context(), h.Community, "a\x00b", 0); !errors.Is(err, people.ErrSearch) {
			t.Errorf("control characters: %v", err)
		}
		if hits, _ := h.s.Search(t.Context(), "another", "5678", 0); len(hits) != 0 {
			t.Errorf("from another community: %v", hits)
		}
		// Whom a merged person's name finds is who stands for them.
		if _, err := h.s.Merge(t.Context(), h.Community, other, a, ""); err != nil {
			t.Fatal(err)
		}
		if hits, err := h.s.Search(t.Context(), h.Community, "sunny", 0); err != nil || len(hits) != 1 || hits[0].Person.ID != a || hits[0].By != people.FoundByNickname {
			t.Errorf("after a merge: %v, %v", hits, err)
		}
	})
}

func TestListFiltersSortsAndPages(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var all []string
		for i := range 12 {
			p, _, err := h.s.FindOrCreate(t.Context(), h.Community, []people.Identifier{app(fmt.Sprint(i))}, people.Seed{Source: fmt.Sprint("s", i%2), Entry: fmt.Sprint("e", i%3)})
			must(t, err)
			all = append(all, p)
			if i%2 == 0 {
				h.set(t, p, "city", "上海")
			}
			if i%4 == 0 {
				h.set(t, p, "grade", "care")
				h.set(t, p, "joiner", "learner")
				h.do(t, func(tx *db.Tx) error { _, err := h.s.TagTx(tx, p, "vip", ""); return err })
			}
			if i%3 == 0 {
				_, err := h.s.Identify(t.Context(), h.Community, p, people.Identifier{Kind: people.CircleMember, Value: fmt.Sprint(i)}, "")
				must(t, err)
			}
			if i < 2 {
				h.set(t, p, "due_date", "2026-06-01")
			}
			if i == 1 {
				h.set(t, p, "nickname", "小满")
			}
			if i == 2 {
				h.set(t, p, "name", "林小满")
			}
			h.Clock.Advance(time.Hour)
		}
		must(t, h.s.Block(t.Context(), h.Community, all[5], "spam", ""))
		h.do(t, func(tx *db.Tx) error { return h.s.SeenTx(tx, all[3], "", "") })
		yes, no := true, false
		for name, c := range map[string]struct {
			f    people.Filter
			want int
		}{
			"all": {people.Filter{}, 12}, "stage": {people.Filter{Stage: "pregnancy"}, 2}, "tag": {people.Filter{Tag: "vip"}, 3}, "grade": {people.Filter{Grade: "care"}, 3},
			"joiner": {people.Filter{Joiner: "learner", City: "上海"}, 3}, "city": {people.Filter{City: "上海"}, 6}, "source": {people.Filter{Source: "s1"}, 6}, "entry": {people.Filter{Entry: "e2"}, 4},
			"no circle": {people.Filter{NoCircle: true}, 8}, "one way": {people.Filter{Ways: []int{1}}, 4}, "contradiction": {people.Filter{Ways: []int{3}, NoCircle: true}, 0},
			"blocked": {people.Filter{Blocked: &yes}, 1}, "not blocked": {people.Filter{Blocked: &no}, 11},
			"created": {people.Filter{CreatedFrom: h.get(t, all[2]).CreatedAt, CreatedTo: h.get(t, all[4]).CreatedAt}, 2}, "nobody": {people.Filter{City: "x"}, 0},
			"known": {people.Filter{Known: true}, 6}, "known of a city": {people.Filter{Known: true, City: "上海"}, 3}, "known but out of reach": {people.Filter{Known: true, Ways: []int{0}}, 2},
			"some": {people.Filter{IDs: []string{all[4], all[7], all[11], "nobody"}}, 3}, "some of a city": {people.Filter{IDs: []string{all[4], all[7]}, City: "上海"}, 1},
		} {
			var got []people.Person
			for cursor, first := "", true; first || cursor != ""; first = false {
				p, err := h.s.List(t.Context(), h.Community, c.f, cursor, 5)
				must(t, err)
				got, cursor = append(got, p.Items...), p.Next
			}
			n, more, err := h.s.Count(t.Context(), h.Community, c.f, 100)
			if err != nil || len(got) != c.want || n != c.want || more {
				t.Errorf("%s: listed %d, counted %d (more %v, %v), want %d", name, len(got), n, more, err, c.want)
			}
			if !slices.IsSortedFunc(got, func(a, b people.Person) int { return b.CreatedAt.Compare(a.CreatedAt) }) {
				t.Errorf("%s: not newest first", name)
			}
		}
		if n, more, _ := h.s.Count(t.Context(), h.Community, people.Filter{}, 10); n != 10 || !more {
			t.Errorf("bounded: %d, %v", n, more)
		}
		p, err := h.s.List(t.Context(), h.Community, people.Filter{BySeen: true}, "", 2)
		if err != nil || p.Items[0].ID != all[3] || p.Items[1].ID != all[11] {
			t.Errorf("last seen first: %v, %v", p.Items, err)
		}
		h.do(t, func(tx *db.Tx) error {
			tags, err := h.s.Tags(tx)
			if len(tags) != 1 || tags[0].People != 3 {
				t.Errorf("tags %v", tags)
			}
			changed, err2 := h.s.UntagTx(tx, all[0], "vip", "")
			if !changed {
				t.Error("the tag wasn't there")
			}
			return errors.Join(err, err2)
		})
	})
}

// P5: three separate ways, counted once each.
func TestCoverage(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		follower := func(v string) people.Identifier {
			return people.Identifier{Kind: people.Follower, Value: v, Verified: true}
		}
		member := func(v string) people.Identifier {
			return people.Identifier{Kind: people.CircleMember, Value: v, Verified: true}
		}
		h.person(t, phone("13800000001"), follower("1"), member("1"), member("2"))
		h.person(t, phone("13800000002"), phone("13800000003"))
		h.person(t, follower("2"), member("3"))
		h.person(t, app("nobody"))
		a, b := h.person(t, phone("13800000004")), h.person(t, follower("5"))
		if _, err := h.s.Merge(t.Context(), h.Community, a, b, ""); err != nil {
			t.Fatal(err)
		}
		c, err := h.s.Coverage(t.Context(), h.Community)
		if want := (people.Coverage{People: 5, Ways: [4]int{1, 1, 2, 1}, Phone: 3, Follow: 3, Circle: 2}); err != nil || c != want {
			t.Errorf("%+v, %v, want %+v", c, err, want)
		}
		out, err := h.s.List(t.Context(), h.Community, people.Filter{Ways: []int{0}}, "", 0)
		if err != nil || len(out.Items) != 1 {
			t.Errorf("out of reach: %v, %v", out.Items, err)
		}
		sources, err := h.s.CoverageBySource(t.Context(), h.Community)
		if err != nil || len(sources) != 1 || sources[0].Source != "" || sources[0].Coverage != c {
			t.Errorf("by source: %+v, %v", sources, err)
		}
		// Who was merged into somebody brings them into the list.
		out, err = h.s.List(t.Context(), h.Community, people.Filter{Among: func(arg func(any) string) string { return `SELECT CAST(` + arg(b) + ` AS TEXT)` }}, "", 0)
		if err != nil || len(out.Items) != 1 || out.Items[0].ID != a {
			t.Errorf("among: %v, %v", out.Items, err)
		}
		h.do(t, func(tx *db.Tx) error { return h.s.UnidentifyTx(tx, b, follower("5"), "") })
		if c, _ := h.s.Coverage(t.Context(), h.Community); c.Ways != [4]int{1, 2, 1, 1} {
			t.Errorf("after leaving: %v", c.Ways)
		}
	})
}
