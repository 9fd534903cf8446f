package seat_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// told is how often the owner of g was told of the reserve.
func (h *house) told() (n int) {
	h.t.Helper()
	h.read(func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM fact WHERE community_id = $1 AND kind = 'seat.reserve_reached' AND subject = 'g'`, tx.Community()).Scan(&n)
	})
	return n
}

// A crowd with different wishes passes the reserve: which of them were answered last does not say how little is left.
func TestReserveInAMixedCrowd(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		for round := range 4 {
			d.Community = d.NewID()
			h.group(seat.Group{Name: "g", Reserve: 10})
			h.pool(seat.Pool{Group: "g", Capacity: 60})
			var wg sync.WaitGroup
			for i := range 56 {
				wg.Go(func() {
					c := seat.Claim{Key: fmt.Sprint(i), Group: "g", Holder: person(fmt.Sprint("p", i)), TTL: time.Hour}
					c.Want.Attributes = map[string]string{"city": fmt.Sprint(i % 3)}
					_, err := h.hold(c)
					expected(t, err)
				})
			}
			wg.Wait()
			equal(t, fmt.Sprint("told in round ", round), h.told(), 1)
		}
	})
}

// Whatever takes the room tells of the reserve, once, and again when the room had come back.
func TestWhateverTakesTheRoomTells(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		set := func(capacity int) {
			t.Helper()
			h.do(func(tx *db.Tx) error { _, err := h.SetCapacityTx(tx, "p", capacity); return err })
		}
		h.group(seat.Group{Name: "g", Reserve: 2, OfferFor: time.Hour})
		h.pool(seat.Pool{ID: "p", Group: "g", Capacity: 3})
		equal(t, "at the beginning", h.told(), 0)
		a := h.mustHold(h.claim("a"))
		h.pass(time.Hour)
		h.mustHold(h.claim("b"))
		_, err := h.Take(ctx, d.Community, a.ID) // a hold that had lapsed
		must(err)
		equal(t, "revived", h.told(), 1)
		h.mustHold(h.claim("c"))
		equal(t, "still below", h.told(), 1)
		h.pass(time.Hour) // b and c lapse: two are left
		set(2)
		equal(t, "a lower capacity", h.told(), 2)
		set(3)
		set(2)
		equal(t, "after there was room", h.told(), 3)
		b := h.mustHold(h.claim("b"))
		h.wait(seat.Wait{Holder: person("w1")})
		h.wait(seat.Wait{Holder: person("w2")})
		set(5) // both are offered a place, one is left
		equal(t, "offers", h.told(), 3)
		_, err = h.Release(ctx, d.Community, b.ID)
		must(err)
		equal(t, "two are left again", h.told(), 3)
		_, err = h.Move(ctx, d.Community, seat.Move{Key: "m", Seat: h.mustHold(h.claim("d")).ID, Group: "g", Want: seat.Want{Pool: "p"}})
		must(err)
		equal(t, "again", h.told(), 4)
		h.verify()
	})
}

// Who comes when a pool opens, before its timer has fired, is behind those who waited for it.
func TestTheLineComesFirstWhenAPoolOpens(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		h.group(seat.Group{Name: "g"})
		opens := d.Clock.Now().Add(time.Hour)
		for _, id := range []string{"p", "q"} {
			h.pool(seat.Pool{ID: id, Group: "g", Capacity: 1, Opens: opens, Attributes: map[string]string{"door": id}})
		}
		want := func(id string) seat.Want { return seat.Want{Attributes: map[string]string{"door": id}} }
		h.wait(seat.Wait{Holder: person("ann"), Want: want("p")})
		h.wait(seat.Wait{Holder: person("bea"), Want: want("q")})
		d.Clock.Advance(time.Hour) // and no timer has fired
		late := h.claim("late")
		late.Want = want("p")
		_, err := h.hold(late)
		wantErr(t, err, seat.ErrMayComeBack)
		h.pass(0)
		equal(t, "ann's", h.liveOf("ann").Pool, "p")
		equal(t, "bea's", h.liveOf("bea").Pool, "q")
		h.verify()
	})
}

// Those who wait for something else are not read when a place is offered.
func TestALongLineForSomethingElse(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		h.group(seat.Group{Name: "g"})
		h.pool(seat.Pool{ID: "far", Group: "g", Capacity: 0, Attributes: map[string]string{"city": "成都"}})
		h.pool(seat.Pool{ID: "near", Group: "g", Capacity: 1, Attributes: map[string]string{"city": "上海", "floor": "1"}})
		s := h.mustHold(seat.Claim{Key: "s", Group: "g", Holder: person("s"), Want: seat.Want{Attributes: map[string]string{"city": "上海", "floor": "1"}}})
		for i := range 30 {
			h.wait(seat.Wait{Holder: person(fmt.Sprint("far", i)), Want: seat.Want{Attributes: map[string]string{"city": "成都", "floor": "1"}}})
		}
		h.wait(seat.Wait{Holder: person("two"), Qty: 1, Want: seat.Want{Attributes: map[string]string{"city": "上海"}}})
		h.wait(seat.Wait{Holder: person("fits"), Want: seat.Want{Attributes: map[string]string{"floor": "1", "city": "上海", "pet": "cat"}}})
		h.do(func(tx *db.Tx) error {
			read, err := h.WouldBeOffered(tx, "g", []seat.Pool{{ID: "near", Capacity: 1, Attributes: map[string]string{"city": "上海", "floor": "1"}}})
			equal(t, "read", fmt.Sprint(read), "[fits]")
			return err
		})
		if _, err := h.Release(ctx, d.Community, s.ID); err != nil {
			t.Fatal(err)
		}
		equal(t, "offered", h.liveOf("fits").Pool, "near")
	})
}

// A hold that gives nothing back when it ends is not what to wait for, and what is told lies ahead.
func TestWhatMayComeBackDoes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		h.group(seat.Group{Name: "g"})
		h.pool(seat.Pool{ID: "p", Group: "g", Capacity: 3})
		for i, ttl := range []time.Duration{time.Minute, 2 * time.Minute, 3 * time.Minute} {
			c := h.claim(fmt.Sprint("p", i))
			c.TTL = ttl
			h.mustHold(c)
		}
		h.do(func(tx *db.Tx) error { _, err := h.ResizeTx(tx, "p", 3, 1); return err })
		_, err := h.hold(h.claim("late"))
		wantErr(t, err, seat.ErrMayComeBack, "until", d.Clock.Now().Add(3*time.Minute))
		d.Clock.Advance(4 * time.Minute) // all have ended, and no timer has fired
		_, err = h.hold(h.claim("late"))
		wantErr(t, err, seat.ErrMayComeBack, "until", d.Clock.Now())
		h.pass(0)
		h.mustHold(h.claim("late"))
		h.verify()
	})
}
