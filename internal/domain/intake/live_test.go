package intake_test

import (
	"fmt"
	"testing"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// liveBook has two live codes: one whose group grows by itself, and one whose circles an operator opens.
const liveBook = `
playbook: 1
name: live
title: 活码
circles:
  - {name: floor, kind: base, name_pattern: "{n} 层", capacity: 3, growable: true}
  - {name: hall, kind: base, name_pattern: "{n} 厅", capacity: 2}
intake:
  landing: {title: 一起学, benefits: [每晚答疑], endorsers: [{name: 作者}], how_to: [填资料]}
  entries:
    - {code: grows, title: 自动开群, path: live, live_code: floor}
    - {code: fixed, title: 固定群, path: steady, live_code: hall}
paths:
  live: &live
    start: {on: intake.arrived, where: {entry.path: live}, once_per: person, again: &again [not-joined, seated, already, closed]}
    steps: &steps
      - do: intake.allocate
        with: {group: "{entry.live_code}", hold: 15m}
        on:
          full:
            - do: intake.wait_in_line
              with: {group: "{entry.live_code}"}
              on: {already: end already, blocked: end refused}
            - wait: seat.offered
              for: 300d
              else: end waiting
          already: end already
          blocked: end refused
          unfit: end refused
          not_open: end closed
      - wait: {on: circle.joined, where: {group: "{entry.live_code}"}}
        or:
          - {on: [seat.lapsed, seat.released], then: end not-joined}
      - end: seated
  steady:
    start: {on: intake.arrived, where: {entry.path: steady}, once_per: person, again: *again}
    steps: *steps
`

// live makes a community with the two live codes.
func (w *world) live(slug string) {
	w.t.Helper()
	c, err := w.Communities.Create(w.t.Context(), community.Draft{Slug: slug, Name: text.Text{text.Hans: "活码"}})
	w.must(err)
	_, err = w.Playbooks.Apply(w.t.Context(), c.ID, "", []byte(liveBook))
	w.must(err)
	w.Community = c.ID
}

// seatMap is a group's pools, and how many wait.
func (w *world) seatMap(group string) (pools []seat.Pool, c seat.Counts) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) {
		if pools, err = w.Seats.Pools(tx, group); err == nil {
			c, err = w.Seats.Count(tx, group)
		}
		return err
	})
	return pools, c
}

// shows is a seat map as text: used of capacity by circle, closed ones in brackets, and the line.
func (w *world) shows(group string) (out string) {
	w.t.Helper()
	pools, c := w.seatMap(group)
	for _, p := range pools {
		one := fmt.Sprintf("%d/%d", p.Held+p.Taken, p.Capacity)
		if p.State == seat.Closed {
			one = "(" + one + ")"
		}
		out += one + " "
	}
	return fmt.Sprintf("%s+%d", out, c.Waiting)
}

func (w *world) turn(to func(*db.Tx, string, string) (circle.Circle, error), id string) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error { _, err := to(tx, id, ""); return err })
	w.settle()
}

func (w *world) leave(person, in string) {
	w.t.Helper()
	_, err := w.Circles.Leave(w.t.Context(), w.Community, in, person, circle.Reason("left"), "")
	w.must(err)
	w.settle()
}

// One code hands out circle after circle: the next opens by itself, a frozen or archived one is passed over, and who scans
// again is led to the same (I5).
func TestLiveCodeRotates(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.live("rotates")
		scanned := 0
		scan := func() (string, intake.Standing) {
			t.Helper()
			scanned++
			person := w.come("grows", fmt.Sprint(scanned))
			x := w.stands("grows", person, intake.ToJoin)
			w.must(w.join(person, x))
			return person, x
		}
		expect := func(want string) []seat.Pool {
			t.Helper()
			if got := w.shows("floor"); got != want {
				t.Errorf("the seat map shows %s, want %s", got, want)
			}
			pools, _ := w.seatMap("floor")
			return pools
		}
		ann, first := scan()
		scan()
		scan()
		expect("3/3 +0")
		_, next := scan()
		pools := expect("3/3 1/3 +0")
		if first.Circle != pools[0].Circle || next.Circle != pools[1].Circle {
			t.Errorf("led to %s and %s", first.Circle, next.Circle)
		}
		if c, err := w.Circles.Get(t.Context(), w.Community, next.Circle); err != nil || c.Number != 2 || c.Name.In(text.Hans) != "2 层" {
			t.Errorf("the next circle is %+v, %v", c, err)
		}
		w.come("grows", "1") // scans again
		if x := w.stands("grows", ann, intake.Seated); x.Circle != first.Circle {
			t.Errorf("led to %s", x.Circle)
		}
		w.turn(w.Circles.FreezeTx, next.Circle)
		_, third := scan()
		expect("3/3 (1/3) 1/3 +0")
		w.turn(w.Circles.ThawTx, next.Circle)
		if _, x := scan(); x.Circle != next.Circle {
			t.Errorf("led to %s past the one that has thawed", x.Circle)
		}
		w.turn(w.Circles.ArchiveTx, next.Circle)
		if _, x := scan(); x.Circle != third.Circle {
			t.Errorf("led to %s past the archived one", x.Circle)
		}
		w.leave(ann, first.Circle)
		expect("2/3 (0/3) 2/3 +0")
		if _, x := scan(); x.Circle != first.Circle {
			t.Errorf("led to %s, and one has left the first", x.Circle)
		}
		w.sound()
	})
}

// A full group that doesn't grow says so and puts people in line; a freed place, a thawed and a new circle go to who waits;
// with all closed it says that (I5).
func TestLiveCodeFull(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.live("full")
		var who []string
		for i := range 5 {
			who = append(who, w.come("fixed", fmt.Sprint(i)))
			if i < 2 {
				w.must(w.join(who[i], w.stands("fixed", who[i], intake.ToJoin)))
			} else if x := w.stands("fixed", who[i], intake.InLine); x.Position != i-1 || x.Group != "hall" || x.Circle != "" {
				t.Errorf("%d: %+v", i, x)
			}
		}
		if got := w.shows("hall"); got != "2/2 +3" {
			t.Errorf("the seat map shows %s", got)
		}
		pools, _ := w.seatMap("hall")
		first := pools[0].Circle
		w.leave(who[0], first)
		if x := w.stands("fixed", who[2], intake.ToJoin); x.Circle != first {
			t.Errorf("offered %+v", x)
		}
		w.turn(w.Circles.FreezeTx, first)
		w.leave(who[1], first)
		if got := w.shows("hall"); got != "(1/2) +2" {
			t.Errorf("the seat map shows %s", got)
		}
		late := w.come("fixed", "9")
		if x := w.stands("fixed", late, intake.Ended); x.Outcome != "closed" {
			t.Errorf("with all closed: %+v", x)
		}
		w.turn(w.Circles.ThawTx, first)
		w.stands("fixed", who[3], intake.ToJoin)
		if x := w.stands("fixed", who[4], intake.InLine); x.Position != 1 {
			t.Errorf("the last: %+v", x)
		}
		next, err := w.Circles.Open(t.Context(), w.Community, "hall", nil)
		w.must(err)
		w.settle()
		if x := w.stands("fixed", who[4], intake.ToJoin); x.Circle != next.ID {
			t.Errorf("the last: %+v", x)
		}
		if w.come("fixed", "9") != late || w.stands("fixed", late, intake.ToJoin).Circle != next.ID {
			t.Error("who was told that all is closed comes again")
		}
		if got := w.shows("hall"); got != "2/2 2/2 +0" {
			t.Errorf("the seat map shows %s", got)
		}
		w.sound()
	})
}
