package seat_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// The payloads hold nothing but ids, enums and numbers.
func TestFactsAreFitForTheLog(t *testing.T) {
	reg, err := fact.NewRegistry(seat.Facts()...)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "kinds", fmt.Sprint(reg.Kinds()),
		"[seat.held seat.lapsed seat.left_line seat.moved seat.offered seat.released seat.reserve_reached seat.taken seat.waiting]")
}

// The life of a hold: held, taken, released, with a fact each (I6).
func TestHoldTakeRelease(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		h.group(seat.Group{Name: "g"})
		h.pool(seat.Pool{ID: "p", Group: "g", Capacity: 2, Circle: "c1", Subject: "event1"})
		s := h.mustHold(h.claim("ann"))
		equal(t, "state", s.State, seat.StateHeld)
		equal(t, "expires", s.Expires, testkit.Start.Add(15*time.Minute))
		equal(t, "counts", h.count(), seat.Counts{Pools: 1, Capacity: 2, Held: 1, Room: 1})
		for range 2 {
			s, err := h.Take(ctx, d.Community, s.ID)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "state", s.State, seat.StateTaken)
		}
		h.pass(time.Hour)
		equal(t, "counts", h.count(), seat.Counts{Pools: 1, Capacity: 2, Taken: 1, Room: 1})
		for range 2 {
			if _, err := h.Release(ctx, d.Community, s.ID); err != nil {
				t.Fatal(err)
			}
		}
		_, err := h.Take(ctx, d.Community, s.ID)
		wantErr(t, err, seat.ErrReleased, "seat", s.ID)
		equal(t, "counts", h.count(), seat.Counts{Pools: 1, Capacity: 2, Room: 2})
		equal(t, "facts", fmt.Sprint(h.kinds("ann")), "[seat.held seat.taken seat.released]")
		h.read(func(tx *db.Tx) error {
			facts, err := fact.OfPersonAfter(tx, "ann", 0, 1)
			if err == nil {
				equal(t, "circle and subject", facts[0].Circle+" "+facts[0].Subject, "c1 event1")
			}
			return err
		})
		now := h.claim("bob")
		now.TTL = 0
		equal(t, "state of a claim without end", h.mustHold(now).State, seat.StateTaken)
		_, err = h.Take(ctx, d.Community, "nothing")
		wantErr(t, err, seat.ErrUnknown)
		h.verify()
	})
}

// A key gives its seat again, also when taken, and never another one; other content is refused (I5).
func TestKeys(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		h.group(seat.Group{Name: "g", PerHolder: 3})
		h.pool(seat.Pool{Group: "g", Capacity: 1})
		c := h.claim("ann")
		s := h.mustHold(c)
		c.TTL = time.Hour // how long is not part of the content
		equal(t, "same seat", h.mustHold(c).ID, s.ID)
		if _, err := h.hold(h.claim("bob")); !errors.Is(err, seat.ErrMayComeBack) {
			t.Fatal(err)
		}
		equal(t, "same seat at a full door", h.mustHold(c).ID, s.ID)
		if _, err := h.Take(ctx, d.Community, s.ID); err != nil {
			t.Fatal(err)
		}
		equal(t, "taken seat", h.mustHold(c), seatOf(h, s.ID))
		other := c
		other.Qty = 2
		_, err := h.hold(other)
		wantErr(t, err, seat.ErrKeyReused, "key", c.Key)
		if _, err := h.Release(ctx, d.Community, s.ID); err != nil {
			t.Fatal(err)
		}
		again, err := h.hold(c)
		wantErr(t, err, seat.ErrReleased, "seat", s.ID)
		equal(t, "released seat", again.ID, s.ID)
		h.verify()
	})
}

func seatOf(h *house, id string) (s seat.Seat) {
	h.t.Helper()
	h.read(func(tx *db.Tx) (err error) {
		s, err = h.Seat(tx, id)
		return err
	})
	return s
}

// Who has as many as one may have is shown a seat they have (I5).
func TestHolderAtTheLimit(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		h.group(seat.Group{Name: "g", PerHolder: 3})
		h.pool(seat.Pool{Group: "g", Capacity: 10})
		c := h.claim("ann")
		c.Qty = 2
		s := h.mustHold(c)
		c = h.claim("ann")
		c.Qty = 2
		had, err := h.hold(c)
		wantErr(t, err, seat.ErrHolderFull, "limit", 3, "seat", s.ID, "pool", s.Pool)
		equal(t, "seat given with the refusal", had, s)
		id, ok := seat.SeatOf(err)
		equal(t, "seat in the refusal", fmt.Sprint(id, ok), fmt.Sprint(s.ID, true))
		h.mustHold(h.claim("ann"))
		h.do(func(tx *db.Tx) error {
			wantErr(t, h.DeclareGroupTx(tx, seat.Group{Name: "g", PerHolder: 2}), seat.ErrBelowHolders, "used", 3)
			return nil
		})
		c = h.claim("bob")
		c.Qty = 4
		_, err = h.hold(c)
		wantErr(t, err, seat.ErrHolderFull, "limit", 3)
		equal(t, "counts", h.count(), seat.Counts{Pools: 1, Capacity: 10, Held: 3, Room: 7})
		h.verify()
	})
}

// A lapsed hold frees its place once; taking it late works only while there is room (I6).
func TestLapse(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		h.group(seat.Group{Name: "g"})
		h.pool(seat.Pool{Group: "g", Capacity: 1})
		c := h.claim("ann")
		s := h.mustHold(c)
		h.pass(15 * time.Minute)
		equal(t, "state", seatOf(h, s.ID).State, seat.StateLapsed)
		_, err := h.hold(c)
		wantErr(t, err, seat.ErrLapsed, "seat", s.ID)
		late, err := h.Take(ctx, d.Community, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "state", late.State, seat.StateTaken)
		if _, err := h.Release(ctx, d.Community, s.ID); err != nil {
			t.Fatal(err)
		}
		s = h.mustHold(h.claim("bob"))
		h.pass(15 * time.Minute)
		h.mustHold(h.claim("eve"))
		_, err = h.Take(ctx, d.Community, s.ID)
		wantErr(t, err, seat.ErrLapsed, "seat", s.ID)
		equal(t, "facts", fmt.Sprint(h.kinds("ann")), "[seat.held seat.lapsed seat.taken seat.released]")
		h.verify()
		// The holder may have another seat by then.
		h.pool(seat.Pool{Group: "g", Capacity: 5})
		s2 := h.mustHold(h.claim("bob"))
		h.pass(15 * time.Minute)
		s3 := h.mustHold(h.claim("bob"))
		_, err = h.Take(ctx, d.Community, s2.ID)
		wantErr(t, err, seat.ErrHolderFull, "seat", s3.ID)
		h.verify()
	})
}

// A move takes the new place and frees the old one, or changes nothing (C8).
func TestMove(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		h.group(seat.Group{Name: "g"})
		h.group(seat.Group{Name: "h"})
		h.pool(seat.Pool{ID: "g1", Group: "g", Capacity: 1})
		h.pool(seat.Pool{ID: "h1", Group: "h", Capacity: 1, Circle: "circle"})
		s := h.mustHold(h.claim("ann"))
		move := seat.Move{Key: "m1", Seat: s.ID, Group: "h"}
		to, err := h.Move(ctx, d.Community, move)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "moved", fmt.Sprint(to.Pool, to.State, to.Expires, to.Circle, to.MovedFrom), fmt.Sprint("h1", s.State, s.Expires, "circle", s.ID))
		again, err := h.Move(ctx, d.Community, move)
		if err != nil || again != to {
			t.Errorf("moved again: %+v, %v", again, err)
		}
		_, err = h.Move(ctx, d.Community, seat.Move{Key: "m1", Seat: to.ID, Group: "g"})
		wantErr(t, err, seat.ErrKeyReused)
		_, err = h.Move(ctx, d.Community, seat.Move{Key: "m2", Seat: s.ID, Group: "h"})
		wantErr(t, err, seat.ErrReleased)
		s2 := h.mustHold(h.claim("bob"))
		_, err = h.Move(ctx, d.Community, seat.Move{Key: "m3", Seat: s2.ID, Group: "h"})
		wantErr(t, err, seat.ErrMayComeBack)
		equal(t, "not moved", seatOf(h, s2.ID), s2)
		_, err = h.Move(ctx, d.Community, seat.Move{Key: "m4", Seat: s2.ID})
		wantErr(t, err, seat.ErrGone) // its own pool is no other place
		h.pool(seat.Pool{ID: "g2", Group: "g", Capacity: 1})
		to, err = h.Move(ctx, d.Community, seat.Move{Key: "m5", Seat: s2.ID})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "moved within the group", to.Pool, "g2")
		_, err = h.Move(ctx, d.Community, seat.Move{Key: "m6", Seat: to.ID, Group: "nowhere"})
		wantErr(t, err, seat.ErrUnknownGroup)
		h.pass(15 * time.Minute)
		equal(t, "a moved hold lapses", seatOf(h, to.ID).State, seat.StateLapsed)
		equal(t, "facts", fmt.Sprint(h.kinds("ann")), "[seat.held seat.moved seat.lapsed]")
		h.verify()
	})
}

// Capacity never goes below what is used; a closed pool keeps its seats and gives no more.
func TestCapacityAndClosing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		h.group(seat.Group{Name: "g"})
		h.pool(seat.Pool{ID: "p", Group: "g", Capacity: 3})
		a, b := h.mustHold(h.claim("ann")), h.mustHold(h.claim("bob"))
		set := func(fn func(tx *db.Tx) (seat.Pool, error)) (p seat.Pool, err error) {
			h.do(func(tx *db.Tx) error {
				p, err = fn(tx)
				return nil
			})
			return p, err
		}
		_, err := set(func(tx *db.Tx) (seat.Pool, error) { return h.SetCapacityTx(tx, "p", 1) })
		wantErr(t, err, seat.ErrBelowUsed, "used", 2)
		_, err = set(func(tx *db.Tx) (seat.Pool, error) { return h.SetCapacityTx(tx, "no", 1) })
		wantErr(t, err, seat.ErrUnknownPool)
		if p, err := set(func(tx *db.Tx) (seat.Pool, error) { return h.SetCapacityTx(tx, "p", 2) }); err != nil || p.Room() != 0 {
			t.Fatal(p, err)
		}
		_, err = h.hold(h.claim("eve"))
		wantErr(t, err, seat.ErrMayComeBack)
		if p, err := set(func(tx *db.Tx) (seat.Pool, error) { return h.ClosePoolTx(tx, "p") }); err != nil || p.State != seat.Closed {
			t.Fatal(p, err)
		}
		_, err = h.hold(h.claim("eve"))
		wantErr(t, err, seat.ErrClosed)
		if _, err := h.Take(ctx, d.Community, a.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Release(ctx, d.Community, b.ID); err != nil {
			t.Fatal(err)
		}
		_, err = h.hold(h.claim("eve"))
		wantErr(t, err, seat.ErrClosed)
		h.verify()
		if _, err = set(func(tx *db.Tx) (seat.Pool, error) { return h.OpenPoolTx(tx, "p") }); err != nil {
			t.Fatal(err)
		}
		h.mustHold(h.claim("eve"))
		_, err = set(func(tx *db.Tx) (seat.Pool, error) {
			return h.AddPoolTx(tx, seat.Pool{ID: "p", Group: "g", Circle: "other"})
		})
		wantErr(t, err, seat.ErrPoolElsewhere)
		h.verify()
	})
}
