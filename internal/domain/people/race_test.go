package people_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// second opens the house's database once more, as another node does.
func (h *house) second(t *testing.T) *people.Service {
	t.Helper()
	cfg := h.Config
	cfg.Clock = h.Clock
	d, err := db.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	fact.NewLog(d, bus.NewLocal(), quiet)
	return people.New(d, h.secrets, func(*db.Tx) (people.Settings, error) { return h.conf, nil }, func(*db.Tx, audit.Actor, string, people.FieldName) error { return nil })
}

// P1: the same phone from two nodes at once is one person, told of once.
func TestRaceToCreateGivesOnePerson(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		nodes := []*people.Service{h.s, h.second(t)}
		for round := range 10 {
			id := phone(fmt.Sprintf("138%08d", round))
			var got [8]string
			var created [8]bool
			var wg sync.WaitGroup
			for i := range got {
				wg.Go(func() {
					var err error
					if got[i], created[i], err = nodes[i%2].FindOrCreate(t.Context(), h.Community, []people.Identifier{id, app(fmt.Sprint(round, i%3))}, people.Seed{}); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			n := 0
			for i := range got {
				if got[i] != got[0] {
					t.Errorf("round %d: %s and %s", round, got[0], got[i])
				}
				if created[i] {
					n++
				}
			}
			if n != 1 {
				t.Errorf("round %d: created %d times", round, n)
			}
		}
		if n, _, err := h.s.Count(t.Context(), h.Community, people.Filter{}, 100); err != nil || n != 10 {
			t.Errorf("%d people, %v", n, err)
		}
	})
}

// P1: verified attachments and merges crossing each other leave one owner for each identifier and no circle.
func TestRaceOfAttachmentsLeavesOneOwner(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		nodes := []*people.Service{h.s, h.second(t)}
		const n = 6
		var persons []string
		for i := range n {
			persons = append(persons, h.person(t, app(fmt.Sprint("account", i))))
		}
		var wg sync.WaitGroup
		for i, p := range persons {
			for k := range 3 {
				wg.Go(func() {
					// Everyone proves their own number, their neighbour's, and one that nobody has yet.
					id := phone(fmt.Sprintf("138%08d", (i+k)%n))
					if _, err := nodes[(i+k)%2].Identify(t.Context(), h.Community, p, id, ""); err != nil {
						t.Errorf("person %d, phone %d: %v", i, (i+k)%n, err)
					}
				})
			}
		}
		wg.Wait()
		// Neighbours share numbers all the way round, so they are all one.
		h.do(t, func(tx *db.Tx) error {
			for i, p := range persons {
				root, err := people.Root(tx, p)
				if err != nil || root != persons[0] {
					t.Errorf("person %d is %s (%v), want the first", i, root, err)
				}
				owner, found, err := h.s.Owner(tx, phone(fmt.Sprintf("138%08d", i)))
				if err != nil || !found || owner != persons[0] {
					t.Errorf("phone %d is %s's (%v)", i, owner, err)
				}
			}
			return nil
		})
	})
}

// P2: of two editors with the same version one is refused, whatever they change.
func TestRaceOfEditors(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		nodes := []*people.Service{h.s, h.second(t)}
		p := h.person(t, app("a"))
		for round := range 10 {
			v := h.get(t, p).Version
			errs := make([]error, 2)
			var wg sync.WaitGroup
			for i, field := range []people.FieldName{"city", "company"} {
				wg.Go(func() {
					errs[i] = nodes[i].Edit(t.Context(), h.Community, p, v, map[people.FieldName]any{field: fmt.Sprint(round)}, "")
				})
			}
			wg.Wait()
			if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), people.ErrChanged) {
				t.Errorf("round %d: %v", round, errs)
			}
		}
	})
}

// state is what a merge may not lose: everyone's view, who owns what, and who has which tags.
func (h *house) state(t *testing.T, persons []string, ids []people.Identifier) string {
	t.Helper()
	var b strings.Builder
	for _, id := range persons {
		p := h.get(t, id)
		p.Version = 0
		fmt.Fprintf(&b, "%+v\n", p)
	}
	h.do(t, func(tx *db.Tx) error {
		for _, id := range ids {
			owner, found, err := h.s.Owner(tx, id)
			if err != nil {
				return err
			}
			fmt.Fprintln(&b, id.Kind, id.Value, owner, found)
		}
		return nil
	})
	return b.String()
}

// P1: a merge keeps every identifier, and taking it back gives exactly what was before, also for merges upon merges.
func TestUnmergeIsTheInverseOfMerge(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		community, left := h.Community, 40
		if h.Dialect() == db.Postgres {
			left = 12
		}
		rapid.Check(t, func(rt *rapid.T) {
			if left--; left < 0 {
				return // a database takes longer than other things that rapid tries a hundred times
			}
			h.Community = h.NewID() // each example has a community of its own
			defer func() { h.Community = community }()
			n := rapid.IntRange(2, 4).Draw(rt, "people")
			var persons []string
			var ids []people.Identifier
			for i := range n {
				mine := []people.Identifier{app(fmt.Sprint("account", i))}
				if rapid.Bool().Draw(rt, "phone") {
					mine = append(mine, phone(fmt.Sprintf("138%08d", i)))
				}
				p := h.person(t, mine...)
				persons, ids = append(persons, p), append(ids, mine...)
				for field, values := range map[people.FieldName][]string{"city": {"上海", "北京"}, "name": {"王一", "李二"}, "pet": {"cat", "dog"}, "due_date": {"2026-06-01", "2026-07-01"}} {
					if k := rapid.IntRange(0, len(values)).Draw(rt, string(field)); k > 0 {
						h.set(t, p, field, values[k-1])
					}
				}
				if rapid.Bool().Draw(rt, "tag") {
					h.do(t, func(tx *db.Tx) error { _, err := h.s.TagTx(tx, p, people.Tag(fmt.Sprint("t", i%2)), ""); return err })
				}
				if rapid.IntRange(0, 3).Draw(rt, "blocked") == 0 {
					must(t, h.s.Block(t.Context(), h.Community, p, "why", ""))
				}
			}
			var undo, before []string
			for range rapid.IntRange(1, n).Draw(rt, "merges") {
				pick := rapid.Permutation(persons).Draw(rt, "pair")
				was := h.state(t, persons, ids)
				m, err := h.s.Merge(t.Context(), h.Community, pick[0], pick[1], "")
				if errors.Is(err, people.ErrMergeSelf) {
					continue
				}
				must(t, err)
				undo, before = append(undo, m.ID), append(before, was)
				h.owned(t, ids)
			}
			for i := len(undo) - 1; i >= 0; i-- {
				must(t, h.s.Unmerge(t.Context(), h.Community, undo[i], ""))
				if now := h.state(t, persons, ids); now != before[i] {
					rt.Fatalf("before the merge:\n%s\nafter undoing it:\n%s", before[i], now)
				}
				h.owned(t, ids)
			}
			if len(undo) > 0 {
				if err := h.s.Unmerge(t.Context(), h.Community, undo[0], ""); !errors.Is(err, people.ErrNotMerged) {
					rt.Fatalf("undone twice: %v", err)
				}
			}
		})
	})
}

// owned checks that every identifier has one owner, who stands for themselves.
func (h *house) owned(t *testing.T, ids []people.Identifier) {
	t.Helper()
	h.do(t, func(tx *db.Tx) error {
		for _, id := range ids {
			p, found, err := h.s.Owner(tx, id)
			if err != nil || !found {
				return fmt.Errorf("%s is lost: %w", id.Kind, err)
			}
			if root, err := people.Root(tx, p); err != nil || root != p {
				return fmt.Errorf("%s belongs to %s, who is %s (%w)", id.Kind, p, root, err)
			}
		}
		return nil
	})
}

// A merge under a later one can't be undone first, and then can.
func TestUnmergeInOrder(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		first, a, b := h.person(t, app("0")), h.person(t, app("1")), h.person(t, app("2"))
		m1, err := h.s.Merge(t.Context(), h.Community, a, b, "")
		must(t, err)
		m2, err := h.s.Merge(t.Context(), h.Community, first, b, "")
		must(t, err)
		if err := h.s.Unmerge(t.Context(), h.Community, m1.ID, ""); !errors.Is(err, people.ErrMergeLater) {
			t.Errorf("out of order: %v", err)
		}
		must(t, h.s.Unmerge(t.Context(), h.Community, m2.ID, ""))
		must(t, h.s.Unmerge(t.Context(), h.Community, m1.ID, ""))
	})
}

// P3: for the dates a person may give, time only moves them on: the stage never returns to an earlier one, months never
// fall within a stage, and between the changes it announces nothing changes.
func TestStageIsMonotone(t *testing.T) {
	t.Parallel()
	rank := []people.Stage{"preconception", "pregnancy", "parenting"}
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, 4*365*24*3600).Draw(t, "now")) * time.Second)
		zone := time.FixedZone("z", rapid.IntRange(-12, 14).Draw(t, "zone")*3600)
		var a people.Anchors
		if rapid.Bool().Draw(t, "has due") {
			a.Due = people.Date(now.In(zone).AddDate(0, 0, rapid.IntRange(-14, 300).Draw(t, "due")).Format(time.DateOnly))
		}
		if rapid.Bool().Draw(t, "has birth") {
			a.Birth = people.Date(now.In(zone).AddDate(0, 0, -rapid.IntRange(0, 6000).Draw(t, "birth")).Format(time.DateOnly))
		}
		last := people.StageAt(motherStages, a, now, zone)
		for range 30 {
			now = now.Add(time.Duration(rapid.Int64Range(1, 40*24*3600).Draw(t, "step")) * time.Second)
			st := people.StageAt(motherStages, a, now, zone)
			switch {
			case slices.Index(rank, st.Stage) < slices.Index(rank, last.Stage):
				t.Fatalf("from %s back to %s", last.Stage, st.Stage)
			case st.Stage == last.Stage && st.Months < last.Months:
				t.Fatalf("from %d months back to %d", last.Months, st.Months)
			case st.Stage != last.Stage && (last.Next.IsZero() || now.Before(last.Next)):
				t.Fatalf("%s at %v, announced for %v", st.Stage, now, last.Next)
			case st.Stage == last.Stage && !last.Next.IsZero() && !now.Before(last.Next):
				t.Fatalf("still %s at %v, announced to end at %v", st.Stage, now, last.Next)
			case !st.Next.IsZero() && !st.Next.After(now):
				t.Fatalf("at %v the next change is at %v", now, st.Next)
			}
			last = st
		}
	})
}
