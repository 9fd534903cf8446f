package intake_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// A full circle puts people in line; a hold that lapses and a member who leaves make a place for the next (I5, I6).
func TestFullPoolAndLine(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann, in := w.seated("1", "13900000001")
		bea, _ := w.held("2", "13900000002") // never joins
		var line []string
		for i := 3; i <= 5; i++ {
			account, phone := fmt.Sprint(i), fmt.Sprintf("1390000000%d", i)
			person := w.register("open", w.come("open", account), account, phone).Person
			line = append(line, person)
			if x := w.stands("open", person, intake.InLine); x.Position != i-2 || x.Circle != "" {
				t.Errorf("%d: %+v", i, x)
			}
		}
		w.pass(15*time.Minute - time.Microsecond)
		w.stands("open", bea, intake.ToJoin)
		w.pass(time.Microsecond)
		if x := w.stands("open", bea, intake.Ended); x.Outcome != "not-joined" {
			t.Errorf("the lapsed one: %+v", x)
		}
		cat := w.stands("open", line[0], intake.ToJoin)
		if cat.Circle != in || !cat.Expires.After(w.Clock.Now()) {
			t.Errorf("the offer: %+v", cat)
		}
		if x := w.stands("open", line[1], intake.InLine); x.Position != 1 {
			t.Errorf("the next: %+v", x)
		}
		w.must(w.join(line[0], cat))
		w.stands("open", line[0], intake.Seated)

		_, err := w.Circles.Leave(t.Context(), w.Community, in, ann, circle.Reason("left"), "")
		w.must(err)
		w.settle()
		dee := w.stands("open", line[1], intake.ToJoin)
		if err := w.join(bea, intake.Standing{Circle: in, Entry: w.entry("open")}); err == nil {
			t.Error("who has no seat joined")
		}
		w.must(w.join(line[1], dee))
		if x := w.stands("open", line[2], intake.InLine); x.Position != 1 {
			t.Errorf("the last: %+v", x)
		}
		w.come("open", "2") // who didn't join in time may ask again, and is behind the others
		w.register("open", bea, "2", "13900000002")
		if x := w.stands("open", bea, intake.InLine); x.Position != 2 {
			t.Errorf("again: %+v", x)
		}
		w.pass(31 * 24 * time.Hour)
		if x := w.at("open", line[2]); x.Stage != intake.InLine && x.Stage != intake.Ended {
			t.Errorf("a month later: %+v", x)
		}
		w.sound()
	})
}

// Who waits in line by one entry and comes by another is still one holder.
func TestTwoWaysOneSeat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.seated("1", "13900000001")
		bea, _ := w.held("2", "13900000002")
		w.come("join", "2")
		w.pass(2 * time.Hour) // the hold has lapsed; the doors are open
		w.register("join", bea, "2", "13900000002")
		x := w.stands("join", bea, intake.ToJoin)
		w.must(w.join(bea, x))
		w.stands("join", bea, intake.Seated)
		if p := w.pool(); p.Taken != 2 || p.Held != 0 {
			t.Errorf("%d taken, %d held", p.Taken, p.Held)
		}
		w.come("open", "2")
		w.stands("open", bea, intake.ToFill) // a way of its own
		w.Clock.Advance(2 * time.Minute)
		w.register("open", bea, "2", "13900000002")
		if x := w.stands("open", bea, intake.Seated); x.Outcome != "already" {
			t.Errorf("%+v", x)
		}
		w.sound()
	})
}

// A contact adds so many people a day, then the next one does, then nobody; the next day they begin anew (I2, I9).
func TestContactsDailyCap(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		given := map[string]int{}
		var people []string
		for i := range 3 {
			people = append(people, w.come("nurse", fmt.Sprint(i)))
			x := w.at("nurse", people[i])
			given[x.Contact]++
			if i < 2 && (x.Stage != intake.ToContact || x.Contact == "") {
				t.Errorf("%d: %+v", i, x)
			}
		}
		if given["nurse-1"] != 1 || given["nurse-2"] != 1 {
			t.Errorf("given %v", given)
		}
		if x := w.stands("nurse", people[2], intake.Ended); x.Outcome != "lapsed" {
			t.Errorf("%+v", x)
		}
		w.pass(20 * time.Hour) // the next day in Shanghai
		w.come("nurse", "2")
		x := w.stands("nurse", people[2], intake.ToContact)
		w.must(w.Intake.AddContact(t.Context(), w.Community, people[2], x.Entry.ID, x.Contact, "external-2"))
		w.settle()
		w.stands("nurse", people[2], intake.Ended)
		// One who is off duty gets nobody while another has room; more a day counts at once, less never below what is used.
		w.do(func(tx *db.Tx) error {
			return w.Intake.DeclareContactTx(tx, intake.Contact{ID: x.Contact, Group: "nurses", Daily: 0, Duty: true})
		})
		other := map[string]string{"nurse-1": "nurse-2", "nurse-2": "nurse-1"}[x.Contact]
		w.do(func(tx *db.Tx) error {
			return w.Intake.DeclareContactTx(tx, intake.Contact{ID: other, Group: "nurses", Daily: 3, Duty: true})
		})
		for i := range 3 {
			person := w.come("nurse", fmt.Sprint("x", i))
			if got := w.stands("nurse", person, intake.ToContact); got.Contact != other {
				t.Errorf("given %s, want %s", got.Contact, other)
			}
		}
		w.stands("nurse", w.come("nurse", "x4"), intake.Ended)
		w.sound()
	})
}

// The first of a day may come at the same moment on both nodes: the day's places are made once.
func TestDayOpensOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 6 {
			w.arrive("nurse", fmt.Sprint(i))
		}
		w.settle()
		w.read(func(tx *db.Tx) error {
			groups, err := w.Seats.Groups(tx)
			days := 0
			for _, g := range groups {
				if g.Name != "room" {
					days++
				}
			}
			if days != 1 {
				t.Errorf("%d days", days)
			}
			return err
		})
		w.sound()
	})
}

// A retired entry leads on to its successor, or says that it is closed; what is printed keeps its code (I1).
func TestRetiredEntries(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		side, join := w.entry("side"), w.entry("join")
		set := func(e intake.Entry) (err error) {
			return w.DB.Do(t.Context(), w.Community, func(tx *db.Tx) error { _, err := w.Intake.SetEntryTx(tx, e); return err })
		}
		ann := w.come("side", "1")
		side.State, side.Code = intake.Retired, "changed"
		w.must(set(side))
		_, _, err := w.Intake.Arrive(t.Context(), w.Community, "side", visitor("2"), "")
		w.wants(err, intake.ErrRetired)
		// Who is on the way in by it goes on there; everybody else is told, or led on.
		stays := func(person string) (e intake.Entry, err error) {
			w.do(func(tx *db.Tx) error { e, err = w.Intake.EntryFor(tx, "side", person); return nil })
			return e, err
		}
		e, err := stays(ann)
		w.must(err)
		if e.ID != side.ID {
			t.Errorf("ann is led to %s", e.Code)
		}
		_, err = stays("")
		w.wants(err, intake.ErrRetired)
		side.Successor = join.ID
		w.must(set(side))
		if e, err := stays(ann); err != nil || e.ID != side.ID {
			t.Errorf("with a successor ann is led to %s, %v", e.Code, err)
		}
		if e, err := stays(""); err != nil || e.ID != join.ID {
			t.Errorf("a stranger is led to %s, %v", e.Code, err)
		}
		bea, e, err := w.Intake.Arrive(t.Context(), w.Community, "side", visitor("2"), "")
		w.must(err)
		w.settle()
		if e.Code != "join" || w.at("side", bea).Number != 2 || w.at("side", ann).Stage != intake.InQueue {
			t.Errorf("led to %s, number %d", e.Code, w.at("side", bea).Number)
		}
		join.State, join.Successor = intake.Retired, side.ID
		w.wants(set(join), intake.ErrSuccession)
		for _, code := range []string{"none", "", "\x00", "妈妈", "\xff", "a'b"} {
			_, _, err := w.Intake.Arrive(t.Context(), w.Community, code, visitor("3"), "")
			w.wants(err, intake.ErrUnknownEntry)
		}
		live := w.entry("open")
		live.LiveCode = "no such group"
		w.wants(set(live), intake.ErrUnknownGroup)
		live.LiveCode, live.Owner = "room", "nobody"
		w.wants(set(live), intake.ErrUnknownOwner)
	})
}

// An entry whose path the playbook no longer has takes nobody in; those on the way go on.
func TestPathRetired(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann := w.come("other", "1")
		w.do(func(tx *db.Tx) error { return w.Paths.RetireTx(tx, "late") })
		w.settle()
		_, _, err := w.Intake.Arrive(t.Context(), w.Community, "other", visitor("2"), "")
		w.wants(err, intake.ErrRetired)
		w.pass(2 * time.Hour)
		w.stands("other", ann, intake.ToFill)
		w.register("other", ann, "1", "13900000001")
		w.stands("other", ann, intake.Ended)
		w.sound()
	})
}

// What is counted of an entry is what happened there, each visitor once a day, by the community's days (I1).
func TestCountsAreRows(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.entry("open")
		for _, v := range []string{"a", "b", "a", "c"} {
			w.must(w.Intake.View(t.Context(), w.Community, e.ID, v))
			w.must(w.Intake.Press(t.Context(), w.Community, e.ID, v))
		}
		w.seated("1", "13900000001")
		w.held("2", "13900000002")
		w.pass(time.Hour)      // the hold lapses
		w.pass(12 * time.Hour) // past midnight in Shanghai
		w.must(w.Intake.View(t.Context(), w.Community, e.ID, "a"))
		w.settle()
		w.read(func(tx *db.Tx) error {
			days, err := w.Intake.Days(tx, e.ID, testkit.Start, w.Clock.Now())
			want := "[{2026-03-07 map[circle.joined:1 intake.arrived:2 intake.pressed:3 intake.registered:2 intake.viewed:3 path.ended:2]} {2026-03-08 map[intake.viewed:1]}]"
			if got := fmt.Sprint(days); got != want {
				t.Errorf("counts\n%s, want\n%s", got, want)
			}
			return err
		})
	})
}

// Waiting at a step is not being lost there: what was entered is what went on, ended and still stands (A1).
func TestLossAtEachStep(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.seated("1", "13900000001")
		w.held("2", "13900000002")
		w.come("open", "3")
		w.pass(time.Hour) // the hold lapses
		for i := 4; i < 7; i++ {
			w.come("open", fmt.Sprint(i))
		}
		w.read(func(tx *db.Tx) error {
			o, err := w.Paths.View(tx, "direct", 0)
			got := ""
			for _, s := range o.Steps {
				if s.Entered != s.Onward+s.Ended+s.Waiting {
					t.Errorf("step %s: %+v", s.Address, s)
				}
				if s.Entered > 0 {
					got += fmt.Sprintf("%s: %d = %d on + %d ended + %d there, %d lost\n", s.What, s.Entered, s.Onward, s.Ended, s.Waiting, s.Lost)
				}
			}
			want := "intake.registered: 6 = 2 on + 0 ended + 4 there, 0 lost\n: 2 = 2 on + 0 ended + 0 there, 0 lost\n" +
				"intake.allocate: 2 = 2 on + 0 ended + 0 there, 0 lost\ncircle.joined: 2 = 1 on + 1 ended + 0 there, 1 lost\nseated: 1 = 0 on + 1 ended + 0 there, 0 lost\n"
			if got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			return err
		})
	})
}
