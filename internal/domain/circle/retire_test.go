package circle_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

func TestTemplateChanges(t *testing.T) {
	play(t,
		scene{"C1 more places are there at once", morePlaces},
		scene{"C1 fewer places take nobody's", fewerPlaces},
		scene{"I5 joining while the capacity changes", joiningWhileCapacityChanges},
		scene{"C1 a retired group", aRetiredGroup},
		scene{"I5 a rush while a group is retired", aRushWhileAGroupIsRetired},
	)
}

func (w *world) leave(c, person string) {
	w.t.Helper()
	_, err := w.circles.Leave(w.t.Context(), w.d.Community, c, person, circle.Reason("left"), "")
	w.wantErr(err, nil)
}

// line puts people on the waiting list of a group.
func (w *world) line(group string, n int) (all []string) {
	w.t.Helper()
	for range n {
		p := w.d.NewID()
		_, err := w.seats.Wait(w.t.Context(), w.d.Community, seat.Wait{Group: group, Holder: seat.Holder{ID: p, Person: true}, Want: seat.Want{Attributes: map[string]string{"stage": "pregnancy"}}})
		w.wantErr(err, nil)
		all = append(all, p)
	}
	return all
}

// offered tells who of some has a place kept.
func (w *world) offered(of []string) (n int) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		for _, p := range of {
			live, err := w.seats.LiveSeats(tx, p)
			if err != nil {
				return err
			}
			n += len(live)
		}
		return nil
	})
	return n
}

// fixed is a group that doesn't grow.
func fixed(capacity int) circle.Group {
	g := pregnancy(capacity)
	g.Growable = false
	return g
}

// A full circle with people in line: those who come first in it are offered the places that the template has more of.
func morePlaces(w *world) {
	t := w.t
	c := w.declare(fixed(2))[0]
	w.member(c.Group)
	w.member(c.Group)
	line := w.line(c.Group, 3)
	if n, full := w.offered(line), w.get(c.ID); n != 0 || full.State != circle.StateFull {
		t.Fatalf("%d offered of a full circle %+v", n, full)
	}
	if got := w.declare(fixed(4))[0]; got.Capacity != 4 || got.Held != 2 || got.Members != 2 || w.offered(line[:2]) != 2 {
		t.Errorf("circle %+v, %d offered", got, w.offered(line[:2]))
	}
	_, err := w.join(c.ID, line[0])
	w.wantErr(err, nil)
	_, err = w.join(c.ID, line[2])
	w.wantErr(err, circle.ErrNoSeat)
	w.declare(fixed(4)) // the same again changes nothing
	// A frozen circle takes the new capacity and nobody; a capacity given by hand stays.
	w.do(func(tx *db.Tx) error { _, err := w.circles.FreezeTx(tx, c.ID, "op"); return err })
	if got := w.declare(fixed(5))[0]; got.Capacity != 5 || w.offered(line[2:]) != 0 {
		t.Errorf("frozen: %+v", got)
	}
	w.do(func(tx *db.Tx) error { _, err := w.circles.ThawTx(tx, c.ID, "op"); return err })
	if w.offered(line[2:]) != 1 {
		t.Error("thawed, it offers the place to who waits")
	}
	w.do(func(tx *db.Tx) error { _, err := w.circles.SetCapacityTx(tx, c.ID, 7); return err })
	if got := w.declare(fixed(9))[0]; got.Capacity != 7 {
		t.Errorf("by hand: %+v", got)
	}
	w.sound()
}

// Nobody is put out; the circle takes nobody until it is below.
func fewerPlaces(w *world) {
	t := w.t
	c := w.declare(fixed(4))[0]
	var in []string
	for range 4 {
		in = append(in, w.member(c.Group))
	}
	line := w.line(c.Group, 1)
	if got := w.declare(fixed(2))[0]; got.Members != 4 || got.State != circle.StateFull {
		t.Errorf("lowered: %+v", got)
	}
	for _, p := range in[:2] {
		w.leave(c.ID, p)
		if got := w.get(c.ID); got.State != circle.StateFull || w.offered(line) != 0 {
			t.Errorf("on its way down: %+v, %d offered", got, w.offered(line))
		}
		w.sound()
	}
	w.leave(c.ID, in[2])
	if got := w.get(c.ID); got.Capacity != 2 || got.Members != 1 || w.offered(line) != 1 {
		t.Errorf("below: %+v, %d offered", got, w.offered(line))
	}
	w.sound()
}

// People join on two nodes while the template's capacity rises and falls: never more than there are places, and once all is
// quiet none is left while somebody waits.
func joiningWhileCapacityChanges(w *world) {
	t, d := w.t, w.d
	g := fixed(3)
	c := w.declare(g)[0]
	line := w.line(g.Name, 12)
	nodes := []*node{w.node, w.second()}
	var wg sync.WaitGroup
	for i, capacity := range []int{5, 2, 8} {
		wg.Go(func() {
			err := nodes[i%2].db.Do(t.Context(), d.Community, func(tx *db.Tx) error { return nodes[i%2].circles.DeclareGroupTx(tx, fixed(capacity)) })
			w.wantErr(err, nil)
		})
	}
	for i, p := range line {
		wg.Go(func() {
			_, err := nodes[i%2].circles.Join(t.Context(), d.Community, circle.Join{Circle: c.ID, Person: p})
			if err != nil && !errors.Is(err, circle.ErrNoSeat) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	w.sound()
	if got := w.declare(fixed(6))[0]; got.Members+got.Held != max(6, got.Capacity) || got.Room != 0 {
		t.Errorf("with a line of %d: %+v", len(line), got)
	}
	w.sound()
}

// A retired group opens no circle and gives no place; its circles go on, and take people in once it is declared again.
func aRetiredGroup(w *world) {
	t, d := w.t, w.d
	g := pregnancy(2)
	c := w.declare(g)[0]
	in := w.member(g.Name)
	other := w.declare(g)[0]
	w.do(func(tx *db.Tx) error { return w.circles.RetireGroupTx(tx, g.Name) })
	w.do(func(tx *db.Tx) error { return w.circles.RetireGroupTx(tx, g.Name) })
	w.wantErr(d.Do(t.Context(), d.Community, func(tx *db.Tx) error { return w.circles.RetireGroupTx(tx, "none") }), circle.ErrGroup)
	_, err := w.hold(t.Context(), d.Community, g.Name, d.NewID(), seat.Want{})
	w.wantErr(err, seat.ErrClosed)
	_, err = w.circles.Open(t.Context(), d.Community, g.Name, nil)
	w.wantErr(err, circle.ErrRetired)
	_, err = w.post(other, in, circle.Draft{Text: "still here"})
	w.wantErr(err, nil)
	w.do(func(tx *db.Tx) error {
		if _, err := w.circles.FreezeTx(tx, c.ID, "op"); err != nil {
			return err
		}
		got, err := w.circles.ThawTx(tx, c.ID, "op")
		if got.State != circle.StateFull || got.Room != 0 {
			t.Errorf("thawed: %+v", got)
		}
		return err
	})
	w.sound()
	w.do(func(tx *db.Tx) error { _, err := w.circles.FreezeTx(tx, c.ID, "op"); return err })
	if got := w.declare(g)[0]; got.State != circle.StateFrozen { // what was frozen by hand stays so
		t.Errorf("declared again: %+v", got)
	}
	w.sound()
	w.do(func(tx *db.Tx) error { _, err := w.circles.ThawTx(tx, c.ID, "op"); return err })
	w.held(g.Name, d.NewID())
	w.sound()
}

// A group is retired on one node while somebody asks for a place in it on another: who waits for the lock meanwhile opens no
// circle with what they read before it.
func aRushWhileAGroupIsRetired(w *world) {
	t, d := w.t, w.d
	other := w.second()
	g := pregnancy(1)
	w.declare(g)
	w.member(g.Name)
	answer := make(chan error, 1)
	var ask sync.Once
	w.do(func(tx *db.Tx) error {
		if err := w.circles.RetireGroupTx(tx, g.Name); err != nil {
			return err
		}
		ask.Do(func() {
			go func() {
				_, err := other.hold(t.Context(), d.Community, g.Name, d.NewID(), seat.Want{})
				answer <- err
			}()
		})
		if tx.Dialect() == db.SQLite { // where it waits for the writer
			return nil
		}
		for waiting := 0; waiting == 0; {
			// On a connection of its own: within a transaction the server keeps showing what it showed first.
			err := d.Read(t.Context(), d.Community, func(look *db.Tx) error {
				return look.QueryRow(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%seat_lock%'`).Scan(&waiting)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	w.wantErr(<-answer, seat.ErrClosed)
	if all := w.list(circle.Filter{Group: g.Name}); len(all) != 1 {
		t.Errorf("%d circles", len(all))
	}
	w.sound()
}
