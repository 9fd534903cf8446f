package seat_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// Any history of commands leaves everything right: counters, limits, timers, lines; a refusal changes nothing, and a key
// always stands for one seat.
func TestAnyHistory(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		rapid.Check(t, func(r *rapid.T) {
			d.Community = d.NewID() // a history's own
			m := &history{house: h, t: t, byKey: map[string]string{}}
			h.group(seat.Group{Name: "g", PerHolder: 3, Reserve: 2, OfferFor: 20 * time.Minute, Policy: rapid.SampledFrom([]seat.Policy{
				seat.FillFirst, seat.LeastLoaded, seat.Weighted, seat.OnDuty,
			}).Draw(r, "policy")})
			h.group(seat.Group{Name: "other"})
			h.pool(seat.Pool{ID: d.Community + "other", Group: "other", Capacity: 1})
			m.addPool(r)
			r.Repeat(map[string]func(*rapid.T){
				"hold": m.hold, "hold again": m.hold, "take": m.take, "release": m.release, "move": m.move, "capacity": m.capacity, "resize": m.resize,
				"state": m.state, "pool": m.addPool, "wait": m.wait, "leave": m.leave, "pass": m.pass,
			})
			h.verify()
			h.checkLine()
			if t.Failed() {
				r.Fatal("a check failed")
			}
		})
	})
}

type history struct {
	*house
	t     *testing.T
	byKey map[string]string // key → seat
	seats []string
	pools []string
}

var shanghai = map[string]string{"city": "上海"}

func (m *history) holder(r *rapid.T) seat.Holder {
	return person(m.d.Community + rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(r, "holder"))
}

func (m *history) want(r *rapid.T) (w seat.Want) {
	if rapid.Bool().Draw(r, "in the city") {
		w.Attributes = shanghai
	}
	if rapid.IntRange(0, 3).Draw(r, "one pool") == 0 {
		w.Pool = rapid.SampledFrom(m.pools).Draw(r, "pool")
	}
	return w
}

// try runs a command that may refuse; a refusal must change nothing.
func (m *history) try(fn func(tx *db.Tx) error) (ok bool) {
	before := m.count()
	m.do(func(tx *db.Tx) error {
		err := fn(tx)
		expected(m.t, err)
		ok = err == nil
		return nil // commits what a refusal may have written
	})
	if !ok && m.count() != before {
		m.t.Errorf("a refusal changed %+v to %+v", before, m.count())
	}
	return ok
}

func (m *history) hold(r *rapid.T) {
	c := seat.Claim{
		Key: fmt.Sprint(rapid.IntRange(0, 20).Draw(r, "key")), Group: "g", Holder: m.holder(r), Want: m.want(r),
		Qty: rapid.IntRange(1, 3).Draw(r, "qty"), TTL: time.Duration(rapid.IntRange(0, 3).Draw(r, "ttl")) * 10 * time.Minute,
	}
	var s seat.Seat
	if !m.try(func(tx *db.Tx) (err error) { s, err = m.HoldTx(tx, c); return err }) {
		return
	}
	if was, known := m.byKey[c.Key]; known && was != s.ID {
		m.t.Errorf("key %s gave the seats %s and %s", c.Key, was, s.ID)
	}
	m.byKey[c.Key] = s.ID
	m.seats = append(m.seats, s.ID)
}

func (m *history) seat(r *rapid.T) string {
	if len(m.seats) == 0 {
		r.Skip("no seat yet")
	}
	return rapid.SampledFrom(m.seats).Draw(r, "seat")
}

func (m *history) take(r *rapid.T) {
	id := m.seat(r)
	m.try(func(tx *db.Tx) error { _, err := m.TakeTx(tx, id); return err })
}

func (m *history) release(r *rapid.T) {
	id := m.seat(r)
	m.try(func(tx *db.Tx) error { _, err := m.ReleaseTx(tx, id); return err })
}

func (m *history) move(r *rapid.T) {
	mv := seat.Move{Key: "m" + fmt.Sprint(len(m.seats)), Seat: m.seat(r), Group: rapid.SampledFrom([]string{"g", "other"}).Draw(r, "group")}
	if mv.Group == "g" {
		mv.Want = m.want(r)
	}
	m.try(func(tx *db.Tx) error {
		s, err := m.MoveTx(tx, mv)
		if err == nil {
			m.seats = append(m.seats, s.ID)
		}
		return err
	})
}

func (m *history) capacity(r *rapid.T) {
	pool, n := rapid.SampledFrom(m.pools).Draw(r, "pool"), rapid.IntRange(0, 5).Draw(r, "capacity")
	m.try(func(tx *db.Tx) error { _, err := m.SetCapacityTx(tx, pool, n); return err })
}

// resize also brings pools below what is used: then they take nobody, and give no freed place again, until they are below.
func (m *history) resize(r *rapid.T) {
	pool, to := rapid.SampledFrom(m.pools).Draw(r, "pool"), rapid.IntRange(0, 5).Draw(r, "to")
	m.do(func(tx *db.Tx) error {
		was, err := m.Pool(tx, pool)
		if err != nil {
			return err
		}
		from, used := was.Capacity-m.surplus(tx, pool), was.Held+was.Taken
		got, err := m.ResizeTx(tx, pool, from, to)
		if err == nil && (got.Capacity != max(to, used) || got.Held+got.Taken < used) {
			m.t.Errorf("%d used of %d, resized to %d: %+v", used, was.Capacity, to, got)
		}
		return err
	})
}

func (h *house) surplus(tx *db.Tx, pool string) (n int) {
	if err := tx.QueryRow(`SELECT surplus FROM seat_pool WHERE community_id = $1 AND id = $2`, tx.Community(), pool).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (m *history) state(r *rapid.T) {
	pool, open := rapid.SampledFrom(m.pools).Draw(r, "pool"), rapid.Bool().Draw(r, "open")
	m.do(func(tx *db.Tx) (err error) {
		if open {
			_, err = m.OpenPoolTx(tx, pool)
		} else {
			_, err = m.ClosePoolTx(tx, pool)
		}
		return err
	})
}

func (m *history) addPool(r *rapid.T) {
	p := seat.Pool{Group: "g", Capacity: rapid.IntRange(0, 4).Draw(r, "capacity"), Weight: rapid.IntRange(0, 3).Draw(r, "weight"), OnDuty: rapid.Bool().Draw(r, "on duty")}
	if rapid.Bool().Draw(r, "for the city") {
		p.Attributes = shanghai
	}
	m.pools = append(m.pools, m.pool(p).ID)
}

func (m *history) wait(r *rapid.T) {
	w := seat.Wait{Group: "g", Holder: m.holder(r), Qty: rapid.IntRange(1, 2).Draw(r, "qty"), Priority: rapid.IntRange(0, 1).Draw(r, "priority"), Want: m.want(r)}
	m.try(func(tx *db.Tx) error { _, err := m.WaitTx(tx, w); return err })
}

func (m *history) leave(r *rapid.T) {
	who := m.holder(r)
	m.try(func(tx *db.Tx) error { _, err := m.LeaveWaitTx(tx, "g", who); return err })
}

func (m *history) pass(r *rapid.T) {
	m.house.pass(time.Duration(rapid.IntRange(1, 15).Draw(r, "minutes")) * time.Minute)
}
