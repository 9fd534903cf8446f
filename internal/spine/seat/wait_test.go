package seat_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

func (h *house) wait(w seat.Wait) seat.Waiter {
	h.t.Helper()
	w.Group = "g"
	got, err := h.Wait(ctx, h.d.Community, w)
	if err != nil {
		h.t.Fatal(err)
	}
	return got
}

func (h *house) line() (out string) {
	h.t.Helper()
	h.read(func(tx *db.Tx) error {
		line, err := h.Line(tx, "g", 100)
		for _, w := range line {
			out += w.Holder.ID + " "
			at, _, _ := h.Position(tx, "g", w.Holder.ID)
			equal(h.t, "position", at.Position, w.Position)
		}
		return err
	})
	return out
}

func (h *house) liveOf(holder string) (s seat.Seat) {
	h.t.Helper()
	h.read(func(tx *db.Tx) (err error) {
		s, _, err = h.LiveSeatOf(tx, "g", holder)
		return err
	})
	return s
}

// A freed place becomes an offer to the first who fits; an offer that lapses goes to the next (E4).
func TestWaitingList(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		h.group(seat.Group{Name: "g", OfferFor: time.Hour})
		h.pool(seat.Pool{ID: "p", Group: "g", Capacity: 1})
		h.pool(seat.Pool{ID: "q", Group: "g", Capacity: 1, Attributes: map[string]string{"city": "上海"}})
		direct := h.claim("ann")
		direct.TTL = 0
		first := h.mustHold(direct)
		inCity := h.claim("bea")
		inCity.Want.Attributes = map[string]string{"city": "上海"}
		second := h.mustHold(inCity)
		equal(t, "matching pool", second.Pool, "q")
		for _, w := range []seat.Wait{{Holder: person("w1")}, {Holder: person("w2")}, {Holder: person("w3"), Priority: 5}, {Holder: person("w4"), Want: inCity.Want}} {
			h.wait(w)
		}
		equal(t, "line", h.line(), "w3 w1 w2 w4 ")
		equal(t, "same place again", h.wait(seat.Wait{Holder: person("w2")}).Position, 3)
		_, err := h.Wait(ctx, d.Community, seat.Wait{Group: "g", Holder: person("w2"), Priority: 1})
		wantErr(t, err, seat.ErrInLine)
		_, err = h.Wait(ctx, d.Community, seat.Wait{Group: "g", Holder: person("ann")})
		wantErr(t, err, seat.ErrHolderFull, "seat", first.ID)

		if _, err := h.Release(ctx, d.Community, first.ID); err != nil {
			t.Fatal(err)
		}
		s := h.liveOf("w3")
		equal(t, "offer", fmt.Sprintln(s.State, s.Offered, s.Pool, s.Expires.Sub(testkit.Start)), "held true p 1h0m0s\n")
		if _, err := h.hold(h.claim("eve")); !errors.Is(err, seat.ErrMayComeBack) {
			t.Fatalf("who did not wait got the place: %v", err)
		}
		h.pass(15 * time.Minute) // bea's hold in Shanghai lapses: the next ones in the line don't fit
		equal(t, "offer in the city", h.liveOf("w4").Pool, "q")
		h.pass(45 * time.Minute)
		equal(t, "next offer", h.liveOf("w1").State, seat.StateHeld)
		equal(t, "line", h.line(), "w2 ")
		equal(t, "facts", fmt.Sprint(h.kinds("w3")), "[seat.waiting seat.offered seat.lapsed]")
		h.pool(seat.Pool{ID: "r", Group: "g", Capacity: 1})
		equal(t, "offer in a new pool", h.liveOf("w2").Pool, "r")

		h.wait(seat.Wait{Holder: person("w5"), Qty: 1})
		h.wait(seat.Wait{Holder: person("w6")})
		if left, err := h.LeaveWait(ctx, d.Community, "g", person("w5")); err != nil || !left {
			t.Fatal(left, err)
		}
		if left, err := h.LeaveWait(ctx, d.Community, "g", person("w5")); err != nil || left {
			t.Fatal(left, err)
		}
		h.do(func(tx *db.Tx) error {
			_, err := h.SetCapacityTx(tx, "r", 3)
			return err
		})
		equal(t, "offer of more capacity", h.liveOf("w6").Pool, "r")
		equal(t, "offered at once when there is room", h.wait(seat.Wait{Holder: person("w7")}).Position, 0)
		equal(t, "facts", fmt.Sprint(h.kinds("w7")), "[seat.waiting seat.offered]")
		equal(t, "facts", fmt.Sprint(h.kinds("w5")), "[seat.waiting seat.left_line]")
		h.verify()
	})
}

// When a pool opens, those who wait come first; who got a seat by another way leaves the line.
func TestWaitForOpening(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		h.group(seat.Group{Name: "g"})
		h.pool(seat.Pool{ID: "p", Group: "g", Capacity: 2, Opens: testkit.Start.Add(time.Hour)})
		for _, who := range []string{"w1", "w2", "w3"} {
			h.wait(seat.Wait{Holder: person(who)})
		}
		h.pool(seat.Pool{ID: "vip", Group: "g", Capacity: 1, Attributes: map[string]string{"vip": "yes"}})
		c := h.claim("w1")
		c.Want.Attributes, c.TTL = map[string]string{"vip": "yes"}, 0
		h.mustHold(c)
		equal(t, "line", h.line(), "w1 w2 w3 ")
		h.pass(time.Hour)
		equal(t, "line", h.line(), "")
		equal(t, "w2", h.liveOf("w2").Pool+h.liveOf("w3").Pool, "pp")
		equal(t, "facts", fmt.Sprint(h.kinds("w1")), "[seat.waiting seat.taken seat.left_line]")
		h.verify()
	})
}

// A growable group makes its next pool inside the hold; its owner is told once when the reserve is passed (I5).
func TestGrowth(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		made := 0
		stop := false
		h.OnGrow("circle", func(tx *db.Tx, g seat.Group, w seat.Want) (seat.Pool, error) {
			if stop {
				return seat.Pool{}, seat.ErrClosed
			}
			made++
			return seat.Pool{ID: fmt.Sprint("grown", made), Capacity: 4, Attributes: w.Attributes}, nil
		})
		g := seat.Group{Name: "g", Reserve: 2, Growable: true, Owner: "circle"}
		h.group(g)
		for i := range 11 { // none at first; then the next one when fewer than two are left
			h.mustHold(h.claim(fmt.Sprint("p", i)))
		}
		equal(t, "counts", h.count(), seat.Counts{Pools: 4, Capacity: 16, Held: 11, Room: 5})
		stop = true
		for i := range 5 {
			h.mustHold(h.claim(fmt.Sprint("q", i)))
		}
		_, err := h.hold(h.claim("late"))
		wantErr(t, err, seat.ErrMayComeBack)
		told := 0
		h.read(func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT count(*) FROM fact WHERE community_id = $1 AND kind = 'seat.reserve_reached' AND subject = 'g'`, tx.Community()).Scan(&told)
		})
		equal(t, "told", told, 4)
		stop = false
		h.mustHold(h.claim("late"))
		h.verify()
		h.group(seat.Group{Name: "n", Growable: true, Owner: "nobody"})
		c := h.claim("r")
		c.Group = "n"
		_, err = h.hold(c)
		if err == nil || errors.Is(err, seat.ErrMayComeBack) {
			t.Errorf("an owner without a function went unnoticed: %v", err)
		}
	})
}
