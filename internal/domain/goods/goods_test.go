package goods_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// nodes gives the services of two nodes on one database; on SQLite, which one process has, the node and itself.
func nodes(t *testing.T, d *testkit.DB) [2]*world {
	t.Helper()
	one := newWorld(t, d)
	if d.Dialect() == db.SQLite {
		return [2]*world{one, one}
	}
	other, err := db.Open(t.Context(), d.Config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	return [2]*world{one, newWorld(t, &testkit.DB{DB: other, Clock: d.Clock, Community: d.Community, Config: d.Config})}
}

// S1: from two nodes at once exactly as many units are kept as there are, and exactly as many as one may buy.
func TestTheLastUnitIsKeptOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		both := nodes(t, d)
		p := tea(100_00, 0, 7)
		p.PerPerson = 2
		if err := both[0].asks(p); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var units atomic.Int64
		for i := range 24 {
			wg.Go(func() {
				k, err := both[i%2].hold(fmt.Sprint("p", i/3), "tea/box", 1+i%2)
				switch {
				case err == nil:
					units.Add(int64(k.Qty))
				case errors.Is(err, goods.ErrSoldOut), errors.Is(err, goods.ErrPerPerson), errors.Is(err, seat.ErrMayComeBack):
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		both[0].Do(func(tx *db.Tx) error {
			list, err := both[0].StockTx(tx, "tea")
			if list[0].Held > 7 || list[0].Held+list[0].Left != 7 {
				t.Errorf("stock %+v of 7", list[0])
			}
			return err
		})
		both[0].sound()
	})
}

// S4: the last place of a group is taken by one of two who pay for it at once, and the group is given once.
func TestTheLastPlaceOfAGroupIsTakenOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		both := nodes(t, d)
		w := both[0]
		w.Do(func(tx *db.Tx) error {
			return w.DeclareTx(tx, goods.Config{
				Products:  []goods.Product{tea(100_00, 0, 50)},
				GroupBuys: []goods.Offer{{Name: "two", Item: "tea/box", Size: 2, Window: clock.Duration(time.Hour * 24), Price: 50_00}},
			})
		})
		join := func(person, item string) (k goods.Kept) {
			w.Do(func(tx *db.Tx) (err error) {
				k, err = w.HoldInGroupTx(tx, goods.Want{Person: person, Item: item, Qty: 1, Until: tx.Now().Add(15 * time.Minute)})
				return err
			})
			return k
		}
		gather := func(w *world, item string) (ready bool, err error) {
			err = w.D.Do(t.Context(), d.Community, func(tx *db.Tx) (err error) { ready, err = w.GatherTx(tx, item); return err })
			return ready, err
		}
		first := join("ann", "two")
		late := []goods.Kept{join("bob", first.Name)}
		w.Do(func(tx *db.Tx) error { return w.DropTx(tx, late[0].ID) })
		late = append(late, join("cid", first.Name))
		w.Do(func(tx *db.Tx) error { return w.DropTx(tx, late[1].ID) })
		if ready, err := gather(w, first.ID); ready || err != nil {
			t.Fatalf("one of two is ready: %v, %v", ready, err)
		}
		// Control: a place that is only kept, or given by hand in no order, makes nobody ready, and nothing can be taken.
		err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error { _, err := w.TakeTx(tx, first.ID); return err })
		if !errors.Is(err, goods.ErrGroupShort) {
			t.Errorf("taken before the group is full: %v", err)
		}
		var wg sync.WaitGroup
		var ready, gone atomic.Int64
		for i := range 2 {
			wg.Go(func() {
				ok, err := gather(both[i], late[i].ID)
				switch {
				case ok && err == nil:
					ready.Add(1)
				case errors.Is(err, goods.ErrGroupOver), errors.Is(err, goods.ErrGroupFull):
					gone.Add(1)
				default:
					t.Errorf("%v, %v", ok, err)
				}
			})
		}
		wg.Wait()
		if ready.Load() != 1 || gone.Load() != 1 {
			t.Errorf("%d took the last place, %d did not", ready.Load(), gone.Load())
		}
		for {
			if worked, err := w.Runner.Step(t.Context()); err != nil {
				t.Fatal(err)
			} else if !worked {
				break
			}
		}
		if w.orders.ready[first.ID] == "" {
			t.Error("who was first is not told")
		}
		w.sound()
	})
}

// S1: a price is struck through only if it was the lowest that was asked or paid in the seven days before the price beside it; the
// refusal says the figure.
func TestAStruckPriceWasReallyAsked(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		refused := func(p goods.Product, want *errs.Error, lowest string) {
			t.Helper()
			err := w.asks(p)
			if e := errs.As(err); !errors.Is(err, want) || e.Field != "/skus/0/strike" || lowest != "" && e.Params["lowest"] != lowest {
				t.Errorf("%v; want %s with %s", err, want.Code, lowest)
			}
		}
		must := func(p goods.Product) {
			t.Helper()
			if err := w.asks(p); err != nil {
				t.Error(err)
			}
		}
		day := func(n int) { d.Clock.Advance(time.Duration(n) * 24 * time.Hour) }
		refused(tea(80_00, 100_00, 5), goods.ErrStrikeNew, "")
		must(tea(100_00, 0, 5))
		day(1)
		refused(tea(100_00, 100_00, 5), goods.ErrStrikeLow, "")
		refused(tea(80_00, 120_00, 5), goods.ErrStrike, "100.00")
		must(tea(80_00, 100_00, 5))
		day(5)
		must(tea(80_00, 99_00, 5)) // the price is the same: what counts are the days before it
		refused(tea(60_00, 100_00, 5), goods.ErrStrike, "80.00")
		must(tea(100_00, 0, 5))
		day(6)
		refused(tea(90_00, 100_00, 5), goods.ErrStrike, "80.00")
		day(2)
		must(tea(90_00, 100_00, 5))
		// Control: a lower price that somebody paid counts as well.
		must(tea(100_00, 0, 5))
		day(8)
		w.Do(func(tx *db.Tx) error {
			if _, err := w.PutOfferTx(tx, goods.Offer{Name: "two", Item: "tea/box", Size: 2, Window: clock.Duration(time.Hour), Price: 50_00}, 0); err != nil {
				return err
			}
			for _, who := range []string{"ann", "bob"} {
				item := "two"
				if list, err := w.GroupsTx(tx, goods.GroupFilter{}, "", 1); err != nil {
					return err
				} else if len(list.Items) > 0 {
					item += "/" + list.Items[0].ID
				}
				k, err := w.HoldInGroupTx(tx, goods.Want{Person: who, Item: item, Qty: 1, Until: tx.Now().Add(time.Minute)})
				if err != nil {
					return err
				}
				if _, err := w.GatherTx(tx, k.ID); err != nil {
					return err
				}
				if who == "bob" {
					if _, err := w.TakeTx(tx, k.ID); err != nil {
						return err
					}
				}
			}
			return nil
		})
		day(1)
		refused(tea(90_00, 100_00, 5), goods.ErrStrike, "50.00")
		w.sound()
	})
}

// Only who may buy buys; a merge of persons moves no stock, and what was kept for one is the other's.
func TestWhoBuys(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		p := tea(100_00, 0, 5)
		p.PerPerson = 2
		if err := w.asks(p); err != nil {
			t.Fatal(err)
		}
		for item, want := range map[string]error{"tea/box": goods.ErrBlocked, "none/box": goods.ErrBlocked} {
			if _, err := w.hold("mallory", item, 1); !errors.Is(err, want) {
				t.Errorf("%s: %v", item, err)
			}
		}
		for item, want := range map[string]error{"none/box": goods.ErrUnknownProduct, "tea/none": goods.ErrUnknownSKU, "tea": goods.ErrUnknownProduct} {
			if _, err := w.hold("ann", item, 1); !errors.Is(err, want) {
				t.Errorf("%s: %v", item, err)
			}
		}
		one, err := w.hold("ann", "tea/box", 2)
		two, err2 := w.hold("bob", "tea/box", 2)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if again, err := w.hold("ann", "tea/box", 2); err != nil || again.ID != one.ID {
			t.Errorf("asked again: %+v, %v", again, err)
		}
		w.people.Merged["ann"] = []string{"bob"}
		w.Do(func(tx *db.Tx) error { return w.Seats.MergeTx(tx, "bob", "ann") })
		for _, k := range []goods.Kept{one, two} {
			w.Do(func(tx *db.Tx) error { _, err := w.TakeTx(tx, k.ID); return err })
		}
		w.Do(func(tx *db.Tx) error {
			list, err := w.StockTx(tx, "tea")
			if list[0].Sold != 4 || list[0].Left != 1 {
				t.Errorf("stock %+v", list[0])
			}
			return err
		})
		w.sound()
	})
}

// What could not be sold is refused where it stands.
func TestConfig(t *testing.T) {
	good := goods.Config{Products: []goods.Product{tea(1, 0, 1)}, GroupBuys: []goods.Offer{{Name: "g", Item: "tea/box", Size: 2, Window: clock.Duration(time.Hour), Price: 1}}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for at, change := range map[string]func(*goods.Config){
		"/products/0/name":          func(c *goods.Config) { c.Products[0].Name = "Tea" },
		"/products/0/title":         func(c *goods.Config) { c.Products[0].Title = nil },
		"/products/0/kind":          func(c *goods.Config) { c.Products[0].Kind = "x" },
		"/products/0/skus":          func(c *goods.Config) { c.Products[0].SKUs, c.GroupBuys = nil, nil },
		"/products/0/supplier":      func(c *goods.Config) { c.Products[0].Supplier = "a:b" },
		"/products/0/per_person":    func(c *goods.Config) { c.Products[0].PerPerson = -1 },
		"/products/0/return":        func(c *goods.Config) { c.Products[0].Return = 91 },
		"/products/0/skus/0/price":  func(c *goods.Config) { c.Products[0].SKUs[0].Price = -1 },
		"/products/0/skus/0/cost":   func(c *goods.Config) { c.Products[0].SKUs[0].Cost = money.Fen(1 << 50) },
		"/products/0/skus/0/strike": func(c *goods.Config) { c.Products[0].SKUs[0].Strike = 1 },
		"/products/0/skus/0/stock":  func(c *goods.Config) { c.Products[0].SKUs[0].Stock = -1 },
		"/products/0/skus/0/points": func(c *goods.Config) { c.Products[0].Kind = goods.PointsItem },
		"/products/1/name":          func(c *goods.Config) { c.Products = append(c.Products, c.Products[0]) },
		"/group_buys/0/item":        func(c *goods.Config) { c.GroupBuys[0].Item = "tea/none" },
		"/group_buys/0/size":        func(c *goods.Config) { c.GroupBuys[0].Size = 1 },
		"/group_buys/0/window":      func(c *goods.Config) { c.GroupBuys[0].Window = 0 },
		"/group_buys/0/price":       func(c *goods.Config) { c.GroupBuys[0].Price = 0 },
	} {
		c := goods.Config{Products: []goods.Product{tea(1, 0, 1)}, GroupBuys: append([]goods.Offer(nil), good.GroupBuys...)}
		change(&c)
		if e := errs.As(c.Check()); e == nil || e.Field != at && !slices.ContainsFunc(e.Fields, func(f *errs.Error) bool { return f.Field == at }) {
			t.Errorf("%s: %v", at, e)
		}
	}
}
