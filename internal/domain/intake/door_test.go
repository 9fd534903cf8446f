package intake_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/lived"
	"github.com/qunce/qunce/test/testkit"
)

// Reserving by a tap and by the keyword, before the doors open; then everyone's turn by number at the rate (I3).
func TestReserveAndTurn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		opens := w.opening().OpensAt
		ann := w.come("join", "1")
		for _, wrong := range []string{"爸爸", " ", "妈"} {
			_, _, err := w.Intake.Arrive(t.Context(), w.Community, "join", visitor("2"), wrong)
			w.wants(err, intake.ErrNoKeyword)
		}
		_, _, err := w.Intake.Arrive(t.Context(), w.Community, "side", visitor("2"), "妈妈")
		w.wants(err, intake.ErrNoKeyword) // that entry has none
		bea, e, err := w.Intake.Arrive(t.Context(), w.Community, "JOIN", visitor("2"), " 妈妈 ")
		w.must(err)
		if e.Code != "join" {
			t.Errorf("entry %q", e.Code)
		}
		w.settle()
		w.come("join", "1") // again
		cat := w.come("side", "3")
		for i, person := range []string{ann, bea, cat} {
			x := w.stands("join", person, intake.InQueue)
			if x.Number != i+1 || x.Ahead != i || !x.Turn.Equal(opens.Add(time.Duration(i)*time.Second)) {
				t.Errorf("person %d: number %d, %d ahead, turn %s", i, x.Number, x.Ahead, x.Turn)
			}
		}
		if n := w.opening().Reserved; n != 3 {
			t.Errorf("%d numbers given", n)
		}
		w.pass(opens.Sub(w.Clock.Now()) - time.Microsecond)
		w.stands("join", ann, intake.InQueue)
		w.pass(time.Microsecond)
		w.stands("join", ann, intake.ToFill)
		if x := w.stands("join", bea, intake.InQueue); x.Ahead != 0 {
			t.Errorf("%d ahead of the second when the first is in", x.Ahead)
		}
		w.pass(time.Second)
		w.stands("join", bea, intake.ToFill)
		w.stands("join", cat, intake.InQueue)
		w.pass(time.Hour)
		w.stands("join", cat, intake.ToFill)
		late := w.come("join", "4") // after the doors: in at once
		if x := w.stands("join", late, intake.ToFill); x.Number != 4 || x.Ahead != 0 {
			t.Errorf("late: %+v", x)
		}
		w.sound()
	})
}

// Doors that are moved, or let in at another rate, move everyone's turn; who is in stays in.
func TestMovedDoors(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.opening()
		var all []string
		for i := range 5 {
			all = append(all, w.come("join", fmt.Sprint(i)))
		}
		move := func(at time.Time, rate int) {
			t.Helper()
			w.do(func(tx *db.Tx) error { return w.Intake.MoveOpeningTx(tx, o.ID, at, rate, "") })
			w.settle()
		}
		move(o.OpensAt.Add(time.Hour), 1)
		w.pass(2 * time.Hour)
		w.stands("join", all[0], intake.InQueue)
		w.pass(time.Hour)
		w.stands("join", all[0], intake.ToFill)
		w.stands("join", all[1], intake.InQueue)
		move(w.opening().OpensAt, 60)
		w.pass(3 * time.Second)
		w.stands("join", all[3], intake.ToFill)
		w.stands("join", all[4], intake.InQueue)
		move(w.Clock.Now().Add(24*time.Hour), 60)
		w.stands("join", all[0], intake.ToFill)
		w.stands("join", all[4], intake.InQueue)
		move(w.Clock.Now().Add(-time.Hour), 60)
		w.stands("join", all[4], intake.ToFill)
		err := w.DB.Do(t.Context(), w.Community, func(tx *db.Tx) error { return w.Intake.MoveOpeningTx(tx, o.ID, time.Time{}, 0, "") })
		w.wants(err, intake.ErrOpensAt)
		err = w.DB.Do(t.Context(), w.Community, func(tx *db.Tx) error { return w.Intake.MoveOpeningTx(tx, "none", o.OpensAt, 1, "") })
		w.wants(err, intake.ErrUnknownOpening)
		w.sound()
	})
}

// Doors with two ways that lead into different paths: one number for both, and both begin.
func TestTwoPathsBehindOneDoor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann := w.come("join", "1")
		w.come("other", "1")
		x, y := w.stands("join", ann, intake.InQueue), w.stands("other", ann, intake.InQueue)
		if x.Number != 1 || y.Number != 1 || w.opening().Reserved != 1 {
			t.Errorf("numbers %d and %d, %d given", x.Number, y.Number, w.opening().Reserved)
		}
		w.sound()
	})
}

// Many taps at the same moment, several of the same people: a number each, none left out, none twice (I3).
func TestTapsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const people, taps = 12, 3
		var wg sync.WaitGroup
		for i := range people * taps {
			wg.Go(func() {
				_, _, err := w.Intake.Arrive(t.Context(), w.Community, []string{"join", "side"}[i%2], visitor(fmt.Sprint(i%people)), "")
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.settle()
		w.numbered(people)
		w.sound()
	})
}

// Taps of the same people on two nodes at once leave no number out, and give none twice.
func TestTapsOnTwoNodes(t *testing.T) {
	w := begin(t, app.Config{Data: t.TempDir(), DatabaseURL: testkit.PostgresURL(t)})
	other := lived.Open(t, w.cfg, testkit.Start)
	for i := range 10 {
		v := visitor(fmt.Sprint(i))
		v.Person = w.arrive("open", fmt.Sprint(i))
		e := w.entry("join")
		// She looked at that entry before: then not even the note of when she was seen orders the taps.
		w.do(func(tx *db.Tx) error { return w.People.SeenTx(tx, v.Person, e.Source, e.ID) })
		var wg sync.WaitGroup
		for _, node := range []*intake.Service{w.Intake, other.Intake, w.Intake, other.Intake} {
			wg.Go(func() {
				if _, _, err := node.Arrive(t.Context(), w.Community, "join", v, ""); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	w.numbered(10)
	w.settle()
	w.sound()
}

func (w *world) entryIn(tx *db.Tx, code string) intake.Entry {
	w.t.Helper()
	e, err := w.Intake.EntryByCode(tx, code)
	w.must(err)
	return e
}

// numbered checks that so many have the numbers from 1 on.
func (w *world) numbered(n int) {
	w.t.Helper()
	o := w.opening()
	var numbers []int
	w.read(func(tx *db.Tx) error {
		q, err := w.Intake.Queue(tx, o.ID, "", 200)
		for _, r := range q.Items {
			numbers = append(numbers, r.Number)
		}
		return err
	})
	want := make([]int, n)
	for i := range want {
		want[i] = i + 1
	}
	if !slices.Equal(numbers, want) || o.Reserved != n {
		w.t.Errorf("numbers %v of %d given, want 1–%d", numbers, o.Reserved, n)
	}
}

// Who comes by another device with the same phone keeps the better number; the other one is given up.
func TestMergeInTheQueue(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.come("join", "1")
		w.come("join", "2")
		other := w.come("join", "3")
		m, err := w.People.Merge(t.Context(), w.Community, first, other, "")
		w.must(err)
		w.settle()
		if x := w.stands("join", other, intake.InQueue); x.Number != 1 || x.Person != m.Into || m.Into != first {
			t.Errorf("stands with number %d as %s", x.Number, x.Person)
		}
		later := w.come("open", "5") // met later, reserves later …
		earlier := w.come("open", "6")
		w.come("join", "6") // … but this one took the smaller number
		w.come("join", "5")
		_, err = w.People.Merge(t.Context(), w.Community, later, earlier, "")
		w.must(err)
		w.settle()
		if x := w.stands("join", later, intake.InQueue); x.Number != 4 || x.Person != later {
			t.Errorf("stands with number %d as %s", x.Number, x.Person)
		}
		w.pass(2*time.Hour + 3*time.Second)
		w.stands("join", later, intake.ToFill)
		w.sound()
	})
}

// An entry may be led to other doors; who is in by the old ones and taps again is not refused for it.
func TestOtherDoors(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann := w.come("join", "1")
		w.pass(2 * time.Hour)
		x := w.register("join", ann, "1", "13900000001")
		w.must(w.join(x.Person, w.stands("join", ann, intake.ToJoin)))
		w.come("join", "1") // nothing begins again for who is seated
		opens := w.Clock.Now().Add(3 * time.Hour)
		w.do(func(tx *db.Tx) error { return w.Intake.MoveOpeningTx(tx, w.entryIn(tx, "join").Opening, opens, 60, "") })
		dee := w.come("side", "4") // behind the old doors
		w.do(func(tx *db.Tx) error {
			o, err := w.Intake.AddOpeningTx(tx, intake.Opening{Name: "second", OpensAt: w.Clock.Now().Add(time.Hour), Rate: 60})
			if err != nil {
				return err
			}
			for _, code := range []string{"join", "side"} {
				e := w.entryIn(tx, code)
				e.Opening = o.ID
				if _, err := w.Intake.SetEntryTx(tx, e); err != nil {
					return err
				}
			}
			return nil
		})
		bea := w.come("join", "2")
		w.come("join", "1")
		w.stands("join", ann, intake.Seated)
		if x := w.stands("join", bea, intake.InQueue); x.Opening.Name != "second" || x.Number != 1 {
			t.Errorf("behind the new doors: %+v", x)
		}
		if x := w.stands("side", dee, intake.InQueue); x.Opening.Name != "doors" || x.Number != 2 || !x.Turn.Equal(opens.Add(time.Second)) {
			t.Errorf("behind the old doors: %+v", x)
		}
		w.sound()
	})
}

// A merge that is taken back leaves both able to come: the one who gave her number up takes another.
func TestUnmergeInTheQueue(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first, other := w.come("open", "1"), w.come("join", "2")
		m, err := w.People.Merge(t.Context(), w.Community, first, other, "")
		w.must(err)
		w.settle()
		w.must(w.People.Unmerge(t.Context(), w.Community, m.ID, ""))
		w.settle()
		v := visitor("2")
		v.Person = other
		_, _, err = w.Intake.Arrive(t.Context(), w.Community, "join", v, "")
		w.must(err)
		w.settle()
		w.stands("join", first, intake.InQueue)
		w.stands("join", other, intake.InQueue)
		w.sound()
	})
}
