package seat_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

func (h *house) resize(from, to int) (p seat.Pool) {
	h.t.Helper()
	h.do(func(tx *db.Tx) (err error) {
		p, err = h.ResizeTx(tx, "p", from, to)
		return err
	})
	return p
}

func (h *house) release(holder string) {
	h.t.Helper()
	if _, err := h.Release(ctx, h.d.Community, h.liveOf(holder).ID); err != nil {
		h.t.Fatal(err)
	}
}

// More places go to who waits; fewer take nobody's, and are not given again until the pool is below (E4).
func TestResize(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		h.group(seat.Group{Name: "g", OfferFor: time.Hour})
		h.pool(seat.Pool{ID: "p", Group: "g", Capacity: 3})
		for _, who := range []string{"a", "b", "c"} {
			h.mustHold(h.claim(who))
		}
		for _, who := range []string{"d", "e"} {
			h.wait(seat.Wait{Holder: person(who)})
		}
		p := h.resize(3, 4)
		equal(t, "raised", p.Capacity, 4)
		equal(t, "offered", h.liveOf("d").Offered, true)
		equal(t, "line", h.line(), "e ")
		equal(t, "with another capacity than it was made with", h.resize(3, 9).Capacity, 4)

		p = h.resize(4, 2)
		equal(t, "lowered", p.Capacity, 4)
		for i, who := range []string{"a", "b"} {
			h.release(who)
			equal(t, "nobody is let in", h.line(), "e ")
			c := h.count()
			equal(t, "capacity", c.Capacity, 3-i)
			equal(t, "room", c.Room, 0)
			_, err := h.hold(h.claim("f"))
			wantErr(t, err, seat.ErrMayComeBack)
			h.verify()
		}
		h.release("c")
		equal(t, "below, the next in line", h.liveOf("e").Offered, true)
		equal(t, "capacity", h.count().Capacity, 2)

		// Raised again before it has come down, what is missing goes to who waits.
		h.wait(seat.Wait{Holder: person("g")})
		equal(t, "lowered", h.resize(2, 0).Capacity, 2)
		equal(t, "raised", h.resize(0, 3).Capacity, 3)
		equal(t, "offered", h.liveOf("g").Offered, true)
		// One given by hand stands.
		h.do(func(tx *db.Tx) error { _, err := h.SetCapacityTx(tx, "p", 5); return err })
		equal(t, "by hand", h.resize(3, 4).Capacity, 5)
		h.verify()
	})
}

// While a pool is lowered and raised people come and go on two nodes, with and without the lock: never more than there are
// places, and nobody loses theirs (I5).
func TestRaceForResizedPlaces(t *testing.T) {
	for _, lock := range []bool{true, false} {
		t.Run(fmt.Sprint("lock=", lock), func(t *testing.T) {
			testkit.Each(t, func(t *testing.T, d *testkit.DB) {
				both := nodes(t, d)
				if !lock {
					both[0].WithoutLock()
					both[1].WithoutLock()
				}
				h := both[0]
				h.group(seat.Group{Name: "g"})
				h.pool(seat.Pool{ID: "p", Group: "g", Capacity: 6})
				var wg sync.WaitGroup
				for i := range 40 {
					wg.Go(func() {
						if i%8 == 3 {
							from, to := []int{6, 2, 9, 4, 7}[i/8], []int{2, 9, 4, 7, 5}[i/8]
							if err := both[i%2].d.Do(ctx, d.Community, func(tx *db.Tx) error { _, err := both[i%2].ResizeTx(tx, "p", from, to); return err }); err != nil {
								t.Error(err)
							}
							return
						}
						s, err := both[i%2].hold(seat.Claim{Key: fmt.Sprint("scan", i), Group: "g", Holder: person(fmt.Sprint("p", i)), TTL: time.Hour})
						if err != nil && !errors.Is(err, seat.ErrMayComeBack) && !errors.Is(err, seat.ErrGone) {
							t.Error(err)
						}
						if err == nil && i%3 == 0 {
							if _, err := both[1-i%2].Release(ctx, d.Community, s.ID); err != nil {
								t.Error(err)
							}
						}
					})
				}
				wg.Wait()
				h.verify()
			})
		})
	}
}
