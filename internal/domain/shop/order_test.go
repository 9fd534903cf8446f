package shop_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// S2, S3: a notification counts once, however often and however many at a time it comes.
func TestAPaymentCountsOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 10)
		o := w.ordered("ann")
		p := w.pay(o.ID)
		if again := w.pay(o.ID); again.ID != p.ID || p.URL == "" {
			t.Errorf("paying again opens %+v beside %+v", again, p)
		}
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if o, err := w.notify(p.ID, price); err != nil || o.State != shop.Paid {
					t.Errorf("told of it: %+v, %v", o, err)
				}
			})
		}
		wg.Wait()
		w.Settle()
		got := w.detail(o.ID)
		if got.State != shop.Fulfilled || got.Paid != price || len(got.Payments) != 1 || len(got.Refunds) != 0 {
			t.Errorf("order %+v", got)
		}
		w.wantBalances(price, 0, price)
		if _, err := w.Pay(t.Context(), d.Community, o.ID, channel.Manual); !errors.Is(err, shop.ErrPaid) {
			t.Errorf("paying a paid order: %v", err)
		}
	})
}

// The same checkout again is the same order; with other content it is refused.
func TestACheckoutCountsOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 1)
		c := shop.Checkout{Key: "k", Person: "ann", Items: []shop.Item{{Kind: "slot", Item: "a"}}}
		one, err := w.Checkout(t.Context(), d.Community, c)
		if err != nil {
			t.Fatal(err)
		}
		if two, err := w.Checkout(t.Context(), d.Community, c); err != nil || two.ID != one.ID {
			t.Errorf("again: %+v, %v", two, err)
		}
		c.Items[0].Qty = 2
		if _, err := w.Checkout(t.Context(), d.Community, c); !errors.Is(err, shop.ErrKeyReused) {
			t.Errorf("other content: %v", err)
		}
		if _, err := w.order("bob", "a", 1); !errors.Is(err, seat.ErrMayComeBack) {
			t.Errorf("the last place: %v", err)
		}
		for want, x := range map[error]shop.Item{shop.ErrKind: {Kind: "none"}, shop.ErrQty: {Kind: "slot", Qty: -1}} {
			if _, err := w.Checkout(t.Context(), d.Community, shop.Checkout{Key: "x", Person: "ann", Items: []shop.Item{x}}); !errors.Is(err, want) {
				t.Errorf("%+v: %v", x, err)
			}
		}
	})
}

// S3: money of another amount, for a paid order, or for places that are gone goes back by itself, and the order says why.
func TestWhatCannotBeGivenGoesBack(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 1)
		o := w.ordered("ann")
		if _, err := w.notify(w.pay(o.ID).ID, price-1); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		if got := w.detail(o.ID); got.State != shop.Created || len(got.Refunds) != 1 || got.Refunds[0].State != shop.Done || got.Refunds[0].Why != shop.ErrWrongAmount.Code {
			t.Errorf("another amount: %+v", got)
		}
		w.wantBalances(0, 0, 0)
		w.paid(o.ID)
		second, err := w.Pay(t.Context(), d.Community, o.ID, channel.Sandbox)
		if !errors.Is(err, shop.ErrPaid) {
			t.Fatalf("a second payment was opened: %+v, %v", second, err)
		}
		w.wantBalances(price, 0, price)

		// Two payments were open, by two channels; both are paid.
		if _, err := w.Refund(t.Context(), d.Community, o.ID, shop.Ask{Key: "r"}); err != nil {
			t.Fatal(err)
		}
		o = w.ordered("bob")
		one := w.pay(o.ID)
		other, err := w.Pay(t.Context(), d.Community, o.ID, channel.Manual)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.notify(one.ID, price); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Notify(t.Context(), d.Community, channel.Manual, channel.Notice{Payment: other.ID, Amount: price}); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		got := w.detail(o.ID)
		if got.State != shop.Fulfilled || len(got.Refunds) != 1 || got.Refunds[0].Why != shop.ErrPaidTwice.Code || got.Refunds[0].State != shop.Waits {
			t.Errorf("paid twice: %+v", got)
		}
		w.wantBalances(2*price, price, price) // the manual one waits for a person
		for range 2 {
			w.Do(func(tx *db.Tx) error { _, err := w.RefundDoneTx(tx, got.Refunds[0].ID); return err })
		}
		w.wantBalances(price, 0, price)
	})
}

// Paid after its time an order is given while there is room; else the money goes back.
func TestLatePayments(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 1)
		late := w.ordered("ann")
		p := w.pay(late.ID)
		d.Clock.Advance(time.Hour)
		w.Settle()
		if got := w.detail(late.ID); got.State != shop.Closed || got.Payments[0].State != shop.Void {
			t.Fatalf("after its time: %+v", got)
		}
		if _, err := w.Pay(t.Context(), d.Community, late.ID, channel.Sandbox); !errors.Is(err, shop.ErrEnded) {
			t.Errorf("paying a closed order: %v", err)
		}
		w.paid(w.ordered("bob").ID)
		if _, err := w.notify(p.ID, price); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		if o := w.detail(late.ID); o.State != shop.Refunded || o.Why != seat.ErrReleased.Code && o.Why != seat.ErrLapsed.Code {
			t.Errorf("the place is gone: %+v", o)
		}
		w.wantBalances(price, 0, price)
		if got := w.detail(late.ID); got.Refunds[0].State != shop.Done {
			t.Errorf("refund %+v", got.Refunds)
		}
	})
}

// A payment that nobody here asked for is refused: of no order, of another community's, of another channel.
func TestForeignPaymentsAreRefused(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 1)
		p := w.pay(w.ordered("ann").ID)
		for name, tell := range map[string]func() error{
			"no payment": func() error { _, err := w.notify("none", price); return err },
			"another channel": func() error {
				_, err := w.Notify(t.Context(), d.Community, channel.Manual, channel.Notice{Payment: p.ID, Amount: price})
				return err
			},
			"another community": func() error {
				_, err := w.Notify(t.Context(), "other", channel.Sandbox, channel.Notice{Payment: p.ID, Amount: price})
				return err
			},
		} {
			if err := tell(); !errors.Is(err, shop.ErrUnknownPayment) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.notify(p.ID, 0); !errors.Is(err, shop.ErrAmount) {
			t.Errorf("no money: %v", err)
		}
		w.wantBalances(0, 0, 0)
	})
}

// A fault between payment and delivery: the job delivers.
func TestAPaidOrderIsDeliveredLater(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 1)
		o := w.ordered("ann")
		w.goods.broken = db.ErrBusy.Because(errors.New("made up"))
		if got := w.paid(o.ID); got.State != shop.Paid {
			t.Fatalf("while it can't be delivered: %+v", got)
		}
		w.wantBalances(price, price, 0)
		w.goods.broken = nil
		d.Clock.Advance(time.Minute)
		w.Settle()
		if got := w.detail(o.ID); got.State != shop.Fulfilled {
			t.Errorf("later: %+v", got)
		}
		w.wantBalances(price, 0, price)
	})
}
