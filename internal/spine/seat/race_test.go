package seat_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// nodes gives the services of two nodes on one database; on SQLite, which one process has, the node and itself.
func nodes(t *testing.T, d *testkit.DB) [2]*house {
	t.Helper()
	one := newHouse(t, d)
	if d.Dialect() == db.SQLite {
		return [2]*house{one, one}
	}
	other, err := db.Open(ctx, d.Config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	return [2]*house{one, newHouse(t, &testkit.DB{DB: other, Clock: d.Clock, Community: d.Community, Config: d.Config})}
}

// From two nodes at once, with and without the lock, exactly as many are seated as there are places, nobody twice, and a
// key that is sent twice at once gives one seat (I5: two scans at once never give two seats).
func TestRaceForPlaces(t *testing.T) {
	for _, lock := range []bool{true, false} {
		t.Run(fmt.Sprint("lock=", lock), func(t *testing.T) {
			testkit.Each(t, func(t *testing.T, d *testkit.DB) {
				both := nodes(t, d)
				if !lock {
					both[0].WithoutLock()
					both[1].WithoutLock()
				}
				h := both[0]
				const pools, capacity, holders = 3, 13, 100
				h.group(seat.Group{Name: "g"})
				for range pools {
					h.pool(seat.Pool{Group: "g", Capacity: capacity})
				}
				var wg sync.WaitGroup
				var seats sync.Map
				for i := range holders {
					for j := range 4 { // the same scan on both nodes, and another scan by the same person on both
						c := seat.Claim{Key: fmt.Sprint("scan", i, " ", j/2), Group: "g", Holder: person(fmt.Sprint("p", i)), TTL: time.Hour}
						wg.Go(func() {
							s, err := both[j%2].hold(c)
							switch {
							case err == nil:
								if was, twice := seats.LoadOrStore(c.Holder.ID, s.ID); twice && was != s.ID {
									t.Errorf("%s got the seats %s and %s", c.Holder.ID, was, s.ID)
								}
							case errors.Is(err, seat.ErrHolderFull), errors.Is(err, seat.ErrMayComeBack):
							default:
								t.Error(err)
							}
						})
					}
				}
				wg.Wait()
				equal(t, "counts", h.count(), seat.Counts{Pools: pools, Capacity: pools * capacity, Held: pools * capacity})
				h.verify()
			})
		})
	}
}

// Control: two nodes ask for the last place, and the second one chose it before the first one's commit. The guard alone keeps
// it from being given twice: the same code without it oversells.
func TestRaceWithoutGuardOversells(t *testing.T) {
	for _, guarded := range []bool{true, false} {
		t.Run(fmt.Sprint("guard=", guarded), func(t *testing.T) {
			t.Parallel()
			d := testkit.Postgres(t) // SQLite has one writer, which is guard enough
			both := nodes(t, d)
			for _, h := range both {
				h.WithoutLock()
				if !guarded {
					h.WithoutGuard()
				}
			}
			h := both[0]
			h.group(seat.Group{Name: "g"})
			h.pool(seat.Pool{ID: "p", Group: "g", Capacity: 1})
			first := make(chan error, 1)
			given, end := make(chan struct{}), make(chan struct{})
			go func() {
				first <- d.Alone(ctx, d.Community, func(tx *db.Tx) error {
					_, err := h.HoldTx(tx, seat.Claim{Key: "a", Group: "g", Holder: person("ann")})
					close(given)
					<-end
					return err
				})
			}()
			<-given
			second := make(chan error, 1)
			go func() {
				_, err := both[1].hold(seat.Claim{Key: "b", Group: "g", Holder: person("bea")})
				second <- err
			}()
			testkit.Soon(t, "the second waits for the first", func() bool {
				var waits int
				err := d.SQL().QueryRowContext(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waits)
				if err != nil {
					t.Fatal(err)
				}
				return waits > 0
			})
			close(end)
			if err := <-first; err != nil {
				t.Fatal(err)
			}
			err := <-second
			var problems []proof.Problem
			h.read(func(tx *db.Tx) (err error) {
				problems, err = seat.Verify(tx)
				return err
			})
			if guarded {
				wantErr(t, err, seat.ErrGone)
				equal(t, "problems", len(problems), 0)
				return
			}
			if err != nil || len(problems) == 0 {
				t.Errorf("%v; verify finds %+v: without the guard the last place is given twice", err, problems)
			}
		})
	}
}

// A burst on a growable group meets no full door: pools are made as it goes, filled one after the other, and the owner is
// told each time the reserve is passed (I5).
func TestBurstOnAGrowableGroup(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		both := nodes(t, d)
		for _, h := range both {
			h.OnGrow("circle", func(*db.Tx, seat.Group, seat.Want) (seat.Pool, error) { return seat.Pool{Capacity: 30}, nil })
		}
		h := both[0]
		h.group(seat.Group{Name: "g", Reserve: 5, Growable: true, Owner: "circle"})
		const holders = 200
		var wg sync.WaitGroup
		for i := range holders {
			wg.Go(func() {
				_, err := both[i%2].hold(seat.Claim{Key: fmt.Sprint(i), Group: "g", Holder: person(fmt.Sprint("p", i)), TTL: time.Hour})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		h.verify()
		h.read(func(tx *db.Tx) error {
			pools, err := h.Pools(tx, "g")
			for i, p := range pools {
				if want := min(30, holders-30*i); p.Held != max(want, 0) {
					t.Errorf("pool %d holds %d, want %d", i, p.Held, want)
				}
			}
			return err
		})
	})
}

// The owner is told once when a crowd passes the reserve, whoever of it did.
func TestReserveIsToldOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		both := nodes(t, d)
		h := both[0]
		h.group(seat.Group{Name: "g", Reserve: 10})
		h.pool(seat.Pool{Group: "g", Capacity: 40})
		h.pool(seat.Pool{Group: "g", Capacity: 40})
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				_, err := both[i%2].hold(seat.Claim{Key: fmt.Sprint(i), Group: "g", Holder: person(fmt.Sprint("p", i)), TTL: time.Hour})
				expected(t, err)
			})
		}
		wg.Wait()
		told := 0
		h.read(func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT count(*) FROM fact WHERE community_id = $1 AND kind = 'seat.reserve_reached' AND subject = 'g'`, tx.Community()).Scan(&told)
		})
		equal(t, "told", told, 1)
		equal(t, "held", h.count().Held, 80)
	})
}

// Of a crowd at one door, those who give up are let go and take nobody with them.
func TestGivingUpAtTheDoor(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		h.group(seat.Group{Name: "g"})
		h.pool(seat.Pool{Group: "g", Capacity: 1000})
		gone, cancel := context.WithCancel(ctx)
		defer cancel()
		var wg sync.WaitGroup
		var seated atomic.Int64
		for i := range 200 {
			wg.Go(func() {
				with := ctx
				if i%2 == 0 {
					with = gone
				}
				if i == 100 {
					cancel()
				}
				_, err := h.Hold(with, d.Community, seat.Claim{Key: fmt.Sprint(i), Group: "g", Holder: person(fmt.Sprint("p", i)), TTL: time.Hour})
				switch {
				case err == nil:
					seated.Add(1)
				case i%2 == 1 || !errors.Is(err, context.Canceled):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		equal(t, "held", h.count().Held, int(seated.Load()))
		h.verify()
	})
}

// Every command against every other on the same few seats, from two nodes, while time passes: nothing is ever off.
func TestRaceOfAllCommands(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		both := nodes(t, d)
		h := both[0]
		h.group(seat.Group{Name: "g", OfferFor: 3 * time.Minute})
		h.group(seat.Group{Name: "other"})
		for i := range 2 {
			h.pool(seat.Pool{ID: fmt.Sprint("p", i), Group: "g", Capacity: 4})
		}
		h.pool(seat.Pool{Group: "other", Capacity: 3})
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				n, me := both[i%2], person(fmt.Sprint("p", i))
				for j := range 12 {
					key := fmt.Sprint(i, " ", j)
					s, err := n.hold(seat.Claim{Key: key, Group: "g", Holder: me, TTL: 2 * time.Minute})
					if err != nil {
						expected(t, err)
						_, err = n.Wait(ctx, d.Community, seat.Wait{Group: "g", Holder: me, Priority: j % 2})
						expected(t, err)
						continue
					}
					var racers sync.WaitGroup
					for k, act := range []func(h *house) error{
						func(h *house) error { _, err := h.Take(ctx, d.Community, s.ID); return err },
						func(h *house) error { _, err := h.Release(ctx, d.Community, s.ID); return err },
						func(h *house) error {
							_, err := h.Move(ctx, d.Community, seat.Move{Key: "m" + key, Seat: s.ID, Group: "other"})
							return err
						},
						func(h *house) error { d.Clock.Advance(time.Minute); _, err := h.jobs.Step(ctx); return err },
					} {
						if (i+j)%4 != k {
							racers.Go(func() { expected(t, act(both[(i+k)%2])) })
						}
					}
					racers.Wait()
				}
			})
		}
		wg.Wait()
		h.verify()
		h.pass(time.Hour)
		h.verify()
		h.checkLine()
	})
}

// expected lets refusals pass.
func expected(t *testing.T, err error) {
	t.Helper()
	for _, ok := range []error{
		nil, seat.ErrMayComeBack, seat.ErrGone, seat.ErrHolderFull, seat.ErrReleased, seat.ErrLapsed, seat.ErrInLine,
		seat.ErrClosed, seat.ErrBelowUsed, seat.ErrKeyReused, seat.ErrNotEligible,
	} {
		if errors.Is(err, ok) {
			return
		}
	}
	t.Error(err)
}

// checkLine finds room that somebody waits for.
func (h *house) checkLine() {
	h.t.Helper()
	h.read(func(tx *db.Tx) error {
		pools, err := h.Pools(tx, "g")
		if err != nil {
			return err
		}
		line, err := h.Line(tx, "g", 100)
		for _, w := range line {
			if _, has, err := h.LiveSeatOf(tx, "g", w.Holder.ID); has || err != nil {
				continue
			}
			for _, p := range pools {
				if p.State == seat.Open && p.Room() >= w.Qty && len(p.Attributes) == 0 && w.Want.Pool == "" {
					h.t.Errorf("%s waits while %s has room", w.Holder.ID, p.ID)
				}
			}
		}
		return err
	})
}
