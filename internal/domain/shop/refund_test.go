package shop_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// Parts of a payment go back until nothing is left, each asked for once; all of it takes back what was bought.
func TestRefunds(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 1)
		o := w.ordered("ann")
		ask := func(key string, amount money.Fen, want *errs.Error) shop.Order {
			t.Helper()
			got, err := w.Refund(t.Context(), d.Community, o.ID, shop.Ask{Key: key, Amount: amount, Why: "kindness", Actor: "op"})
			if want == nil && err != nil || want != nil && !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", key, err, want)
			}
			w.Settle()
			return got
		}
		ask("early", 0, shop.ErrNotPaid)
		w.paid(o.ID)
		ask("part", 30_00, nil)
		ask("part", 30_00, nil)
		ask("part", 31_00, shop.ErrKeyReused)
		w.wantBalances(70_00, 0, 70_00)
		ask("more", 70_01, shop.ErrTooMuch)
		ask("below", -1, shop.ErrAmount)
		other, err := w.order("eve", "b", 1)
		if err != nil {
			t.Fatal(err)
		}
		w.paid(other.ID)
		if _, err := w.Refund(t.Context(), d.Community, other.ID, shop.Ask{Key: "part", Amount: 30_00, Why: "kindness", Actor: "op"}); !errors.Is(err, shop.ErrKeyReused) {
			t.Errorf("the key of another order's refund: %v", err)
		}
		if _, err := w.Refund(t.Context(), d.Community, other.ID, shop.Ask{Key: "other"}); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		if _, err := w.order("bob", "a", 1); !errors.Is(err, seat.ErrGone) {
			t.Errorf("a part took the place back: %v", err)
		}
		if got := ask("rest", 0, nil); got.State != shop.Refunded || got.Refunded != price {
			t.Errorf("all of it: %+v", got)
		}
		w.wantBalances(0, 0, 0)
		ask("again", 0, shop.ErrNotPaid)
		w.ordered("bob")
	})
}

// Money of an order that is paid and could not be given yet goes back with what was kept for it.
func TestRefundBeforeDelivery(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 1)
		o := w.ordered("ann")
		w.goods.broken = db.ErrBusy.Because(errors.New("made up"))
		w.paid(o.ID)
		if got, err := w.Refund(t.Context(), d.Community, o.ID, shop.Ask{Key: "r"}); err != nil || got.State != shop.Refunded {
			t.Fatalf("refund: %+v, %v", got, err)
		}
		w.goods.broken = nil
		d.Clock.Advance(time.Minute)
		w.Settle()
		w.wantBalances(0, 0, 0)
		w.paid(w.ordered("bob").ID)
		w.wantBalances(price, 0, price)
	})
}

// The buyer gives all of it up within its days, once.
func TestGivingUp(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 1)
		o := w.ordered("ann")
		w.paid(o.ID)
		for range 2 {
			w.Do(func(tx *db.Tx) error { _, err := w.GiveUpTx(tx, o.ID); return err })
		}
		w.Settle()
		w.wantBalances(0, 0, 0)
		if got := w.detail(o.ID); len(got.Refunds) != 1 || got.State != shop.Refunded {
			t.Errorf("order %+v", got)
		}
		o = w.ordered("ann")
		if o, err := w.order("ann", "b", 1); err != nil {
			t.Error(o, err)
		}
		w.Do(func(tx *db.Tx) error {
			if _, err := w.CancelTx(tx, o.ID); err != nil {
				return err
			}
			_, err := w.CancelTx(tx, o.ID)
			return err
		})
		if got := w.detail(o.ID); got.State != shop.Closed {
			t.Errorf("cancelled: %+v", got)
		}
	})
}

// Two nodes note at once that the same money has gone back, and ask at once for the same money: each happens once.
func TestNodesRaceForARefund(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 20)
		second, err := db.Open(t.Context(), d.Config)
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		other := *d
		other.DB = second
		nodes := []*world{w, newNode(t, &other)}
		atOnce := func(fn func(n *world) error) {
			t.Helper()
			var wg sync.WaitGroup
			for _, n := range append(nodes, nodes...) {
				wg.Go(func() {
					if err := fn(n); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		w.bank.slow = true
		for range 8 {
			o := w.ordered("ann")
			p := w.payAtBank(o.ID)
			atOnce(func(n *world) error {
				_, err := n.Notify(t.Context(), d.Community, byBank, channel.Notice{Payment: p.ID, Amount: price})
				return err
			})
			w.Settle()
			atOnce(func(n *world) error {
				_, err := n.Refund(t.Context(), d.Community, o.ID, shop.Ask{Key: o.ID})
				return err
			})
			w.Settle()
			r := w.refunds(o.ID)
			if len(r) != 1 || r[0].State != shop.Waits {
				t.Fatalf("refunds %+v", r)
			}
			atOnce(func(n *world) error {
				return n.D.Do(t.Context(), d.Community, func(tx *db.Tx) error { _, err := n.RefundDoneTx(tx, r[0].ID); return err })
			})
		}
		w.wantBalances(0, 0, 0)
	})
}
