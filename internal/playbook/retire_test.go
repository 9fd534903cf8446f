package playbook_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/playbook"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
)

// large is the small playbook with one more of each thing that can be retired.
func large(t testing.TB) string {
	t.Helper()
	source := small
	for _, c := range [][2]string{
		{"circles:\n", "circles:\n  - {name: hall, kind: base, name_pattern: \"{n} 厅\", capacity: 2, growable: true}\n"},
		{"contacts:\n", "contacts:\n  - {id: guide-1, group: guides, name: 小导, daily: 5, duty: true}\n"},
		{"  openings:\n", "  openings:\n    - {name: gates, in: 3h, rate: 60}\n"},
		{"  entries:\n", "  entries:\n    - {code: late, title: 晚到, source: 公众号, path: way, opening: gates, live_code: hall}\n    - {code: aside, title: 旁门, path: way}\n"},
	} {
		if strings.Count(source, c[0]) != 1 {
			t.Fatalf("%q stands %d times", c[0], strings.Count(source, c[0]))
		}
		source = strings.Replace(source, c[0], c[1], 1)
	}
	return source
}

func (w *world) do(fn func(tx *db.Tx) error) error {
	return w.DB.Do(w.t.Context(), w.Community, fn)
}

func (w *world) wants(what string, err error, want *errs.Error) {
	w.t.Helper()
	if e := errs.As(err); e == nil || e.Code != want.Code {
		w.t.Errorf("%s: got %v, want %s", what, err, want.Code)
	}
}

func (w *world) person(n int) string {
	w.t.Helper()
	id, _, err := w.People.FindOrCreate(w.t.Context(), w.Community, []people.Identifier{{Kind: people.App, Value: fmt.Sprintf("someone-%020d", n), Verified: true}}, people.Seed{})
	w.must(err)
	return id
}

func (w *world) hold(group, person string) (seat.Seat, error) {
	return w.Seats.Hold(w.t.Context(), w.Community, seat.Claim{Key: "k " + group + person, Group: group, Holder: seat.Holder{ID: person, Person: true}, TTL: 24 * time.Hour})
}

func (w *world) come(entry string, account int) (person string, err error) {
	person, _, err = w.Intake.Arrive(w.t.Context(), w.Community, entry, intake.Visitor{Account: fmt.Sprintf("account-%-24d", account)}, "")
	if err == nil {
		w.settle()
	}
	return person, err
}

func (w *world) circles(group string) (all []circle.Circle) {
	w.t.Helper()
	p, err := w.Circles.List(w.t.Context(), w.Community, circle.Filter{Group: group}, "", 50)
	w.must(err)
	return p.Items
}

func (w *world) entry(code string) (e intake.Entry) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		p, err := w.Intake.Entries(tx, intake.EntryFilter{}, "", 200)
		for _, x := range p.Items {
			if x.Code == code {
				e = x
			}
		}
		return err
	})
	return e
}

func (w *world) sound() {
	w.t.Helper()
	faults, err := w.Verify(w.t.Context(), w.Community)
	w.must(err)
	if !faults.OK() {
		w.t.Errorf("verify finds %+v", faults.Flaws)
	}
}

// What a playbook names no longer goes on for those who are inside and takes nobody new; what an operator added by hand stays;
// named again it is as it was (X1, C1, I1, I3).
func TestRetired(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.apply(large(t))
		gates := w.entry("late").Opening
		w.must(w.do(func(tx *db.Tx) error { // by hand
			_, err := w.Intake.AddEntryTx(tx, intake.Entry{Code: "mine", Title: "自建", Path: "way", Opening: gates})
			if err == nil {
				_, err = w.Intake.AddOpeningTx(tx, intake.Opening{Name: "own", OpensAt: w.Clock.Now().Add(time.Hour), Rate: 60})
			}
			return err
		}))
		in, kept := w.person(1), w.person(2)
		first, err := w.hold("hall", in)
		w.must(err)
		_, err = w.Circles.Join(t.Context(), w.Community, circle.Join{Person: in, Circle: first.Circle})
		w.must(err)
		_, err = w.hold("hall", kept)
		w.must(err)
		ann, err := w.come("mine", 1)
		w.must(err)

		// It is told before.
		was, problems := playbook.Parse([]byte(large(t)))
		is, more := playbook.Parse([]byte(small))
		changes, err := playbook.Diff(was, is)
		w.must(err)
		var told []string
		for _, c := range changes {
			if c.Retires {
				told = append(told, c.Field)
			}
		}
		if len(problems)+len(more) > 0 || len(told) != len(changes) ||
			strings.Join(told, " ") != "circles[hall] contacts[guide-1] intake.entries[late] intake.entries[aside] intake.openings[gates]" {
			t.Errorf("told %v of %+v", told, changes)
		}
		w.apply(small)
		before := w.state()
		if again := w.apply("# again\n" + small); len(again) > 0 || w.state() != before {
			t.Errorf("applied again it changed %v", again)
		}
		w.sound()

		// The circle goes on, with who holds a place in it; nobody else gets one, by whatever way.
		_, err = w.hold("hall", w.person(3))
		w.wants("a seat", err, seat.ErrClosed)
		_, err = w.Circles.Open(t.Context(), w.Community, "hall", nil)
		w.wants("a circle", err, circle.ErrRetired)
		_, err = w.Circles.Join(t.Context(), w.Community, circle.Join{Person: kept, Circle: first.Circle})
		w.must(err)
		_, err = w.Circles.Post(t.Context(), w.Community, circle.Actor{ID: in}, first.Circle, circle.Draft{Text: "还在"})
		w.must(err)
		w.must(w.do(func(tx *db.Tx) error {
			if _, err := w.Circles.FreezeTx(tx, first.Circle, ""); err != nil {
				return err
			}
			_, err := w.Circles.ThawTx(tx, first.Circle, "")
			return err
		}))
		_, err = w.Circles.Leave(t.Context(), w.Community, first.Circle, in, circle.Reason("left"), "")
		w.must(err)
		_, err = w.hold("hall", in)
		w.wants("a freed seat", err, seat.ErrReleased)
		_, err = w.hold("hall", w.person(4))
		w.wants("a freed seat", err, seat.ErrClosed)
		if all := w.circles("hall"); len(all) != 1 || all[0].State != circle.StateFull || all[0].Room != 0 || all[0].Members != 1 {
			t.Errorf("circles %+v", all)
		}
		w.sound()

		// The entries are closed, the doors give no number, and who has one is let in.
		for _, code := range []string{"late", "aside"} {
			_, err = w.come(code, 2)
			w.wants(code, err, intake.ErrRetired)
		}
		_, err = w.come("mine", 2)
		w.wants("retired doors", err, intake.ErrRetired)
		again, err := w.come("mine", 1)
		w.must(err)
		if e := w.entry("mine"); again != ann || e.State != intake.Active || e.Opening != gates {
			t.Errorf("the operator's entry %+v", e)
		}
		w.Clock.Advance(4 * time.Hour)
		w.settle()
		w.read(func(tx *db.Tx) error {
			x, err := w.Intake.StandingTx(tx, ann, w.entry("mine"))
			if x.Stage != intake.ToFill || x.Number != 1 {
				t.Errorf("she stands at %s with number %d", x.Stage, x.Number)
			}
			return err
		})
		w.sound()

		// Named again.
		w.apply(large(t))
		if again := w.apply("# again\n" + large(t)); len(again) > 0 {
			t.Errorf("applied again it changed %v", again)
		}
		got, err := w.hold("hall", w.person(5))
		w.must(err)
		next, err := w.hold("hall", w.person(6))
		w.must(err)
		if got.Circle != first.Circle || next.Circle == first.Circle || len(w.circles("hall")) != 2 {
			t.Errorf("seats in %s and %s, %d circles", got.Circle, next.Circle, len(w.circles("hall")))
		}
		bea, err := w.come("late", 3)
		w.must(err)
		w.read(func(tx *db.Tx) error {
			x, err := w.Intake.StandingTx(tx, bea, w.entry("late"))
			if x.Number != 2 {
				t.Errorf("number %d", x.Number)
			}
			r, found, err2 := w.Paths.Latest(tx, "way", bea)
			if !found || r.State != path.Running {
				t.Errorf("her run: %+v", r)
			}
			if err == nil {
				err = err2
			}
			return err
		})
		w.sound()
	})
}

// A playbook without any of a kind retires them all, and says so one by one.
func TestRetiredToTheLast(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.apply(small)
		none := "playbook: 1\nname: small\ntitle: 小群\n"
		was, _ := playbook.Parse([]byte(small))
		is, problems := playbook.Parse([]byte(none))
		changes, err := playbook.Diff(was, is)
		w.must(err)
		var told []string
		for _, c := range changes {
			if c.Retires {
				told = append(told, c.Field)
			}
		}
		want := []string{"circles[room]", "contacts[nurse-1]", "intake.entries[join]", "intake.openings[doors]", "paths[way]"}
		if len(problems) > 0 || !slices.Equal(told, want) {
			t.Errorf("told %v; %v", told, problems)
		}
		w.apply(none)
		_, err = w.come("join", 1)
		w.wants("the entry", err, intake.ErrRetired)
		_, err = w.hold("room", w.person(1))
		w.wants("a seat", err, seat.ErrClosed)
		w.sound()
		w.apply(small)
		_, err = w.come("join", 1)
		w.must(err)
		_, err = w.hold("room", w.person(1))
		w.must(err)
		w.sound()
	})
}

// An entry follows its playbook, but for what was changed by hand.
func TestEntriesFollow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.apply(large(t))
		hand := func(code string, change func(e *intake.Entry)) {
			t.Helper()
			e := w.entry(code)
			change(&e)
			w.must(w.do(func(tx *db.Tx) error { _, err := w.Intake.SetEntryTx(tx, e); return err }))
		}
		hand("join", func(e *intake.Entry) { e.Title = "手改" })
		hand("aside", func(e *intake.Entry) { e.State, e.Successor = intake.Retired, w.entry("join").ID })
		next := strings.NewReplacer("title: 菜单, source: 公众号, path: way, opening: doors", "title: 新菜单, source: 公众号, path: street, opening: gates",
			"    - {name: doors, in: 2h, rate: 60}\n", "", "way", "street", "title: 旁门", "title: 侧门").Replace(large(t))
		w.apply(next)
		join, late := w.entry("join"), w.entry("late")
		if join.Title != "手改" || join.Path != "street" || join.Opening != late.Opening || join.Opening == "" {
			t.Errorf("entry %+v", join)
		}
		aside := w.entry("aside")
		if aside.State != intake.Retired || aside.Title != "侧门" || aside.Successor != join.ID {
			t.Errorf("retired by hand: %+v", aside)
		}
		_, err := w.come("aside", 1) // leads on
		w.must(err)
		// Dropped, it still leads on; named again, it takes people in itself.
		w.apply(strings.Replace(next, "    - {code: aside, title: 侧门, path: street}\n", "", 1))
		if got := w.entry("aside"); got != aside {
			t.Errorf("dropped: %+v", got)
		}
		w.apply(next)
		if got := w.entry("aside"); got.State != intake.Active || got.Title != "侧门" {
			t.Errorf("named again: %+v", got)
		}
		w.sound()
	})
}

// While a group is retired people ask for places in it: each gets one before or a refusal after, and no circle is opened after.
func TestRetiredInARush(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.apply(large(t))
		var all []string
		for i := range 12 {
			all = append(all, w.person(i))
		}
		var wg sync.WaitGroup
		for i, person := range all {
			wg.Go(func() {
				if i == 4 {
					_, err := w.Playbooks.Apply(t.Context(), w.Community, "", []byte(small))
					if err != nil {
						t.Error(err)
					}
				}
				_, err := w.hold("hall", person)
				if e := errs.As(err); err != nil && (e == nil || e.Code != seat.ErrClosed.Code) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		n := len(w.circles("hall"))
		_, err := w.hold("hall", w.person(99))
		w.wants("a seat", err, seat.ErrClosed)
		if len(w.circles("hall")) != n {
			t.Error("a circle was opened")
		}
		w.sound()
	})
}
