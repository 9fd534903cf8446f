package shop_test

import (
	"errors"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/test/testkit"
)

func (w *world) payAtBank(order string) shop.Payment {
	w.T.Helper()
	p, err := w.Pay(w.T.Context(), w.D.Community, order, byBank)
	if err != nil {
		w.T.Fatal(err)
	}
	return p
}

// pass lets time go by in steps, as it does.
func (w *world) pass(d time.Duration) {
	w.T.Helper()
	for step := max(d/12, time.Minute); d > 0; d -= step {
		w.D.Clock.Advance(step)
		w.Settle()
	}
}

// S3: a payment whose notice was lost is found by asking, also one that was made as the order closed; asking ends after a day.
func TestLostNotices(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 3)
		soon, late, never := w.ordered("ann"), w.ordered("bob"), w.ordered("cid")
		w.bank.paid[w.payAtBank(soon.ID).ID] = price
		p := w.payAtBank(late.ID)
		w.payAtBank(never.ID)
		w.Settle()
		if w.bank.asked != 0 {
			t.Error("it was asked at once")
		}
		w.pass(2 * time.Minute)
		if got := w.detail(soon.ID); got.State != shop.Fulfilled || got.Payments[0].Ref != "no" {
			t.Errorf("paid, and nobody told of it: %+v", got)
		}
		w.pass(13 * time.Minute)
		if got := w.detail(late.ID); got.State != shop.Closed {
			t.Fatalf("after its time: %+v", got)
		}
		w.bank.paid[p.ID] = price
		w.pass(time.Hour)
		got := w.detail(late.ID)
		if got.Paid != price || got.State != shop.Fulfilled && got.State != shop.Refunded { // whether the place is there still is the goods' affair
			t.Errorf("paid in the last second: %+v", got)
		}
		w.wantBalances(2*price-got.Refunded, 0, 2*price-got.Refunded)
		w.pass(60 * time.Hour)
		asked := w.bank.asked
		if asked > 30 {
			t.Errorf("asked %d times", asked)
		}
		d.Clock.Advance(100 * time.Hour)
		w.Settle()
		if w.bank.asked != asked {
			t.Error("it is asked for ever")
		}
	})
}

func (w *world) refunds(order string) []shop.Refund { return w.detail(order).Refunds }

// refundAtBank buys at the bank and asks for the money back.
func (w *world) refundAtBank(person string) (order string, r shop.Refund) {
	w.T.Helper()
	o := w.ordered(person)
	w.bank.paid[w.payAtBank(o.ID).ID] = price
	w.pass(time.Minute)
	if _, err := w.Refund(w.T.Context(), w.D.Community, o.ID, shop.Ask{Key: o.ID}); err != nil {
		w.T.Fatal(err)
	}
	w.Settle()
	return o.ID, w.refunds(o.ID)[0]
}

// S3: a refund that takes its time is asked for again until it is done; one that never is fails, for staff to see to.
func TestRefundsThatWait(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 2)
		w.bank.slow = true
		ann, r := w.refundAtBank("ann")
		if r.State != shop.Waits {
			t.Fatalf("it takes its time: %+v", r)
		}
		w.pass(time.Hour)
		if r = w.refunds(ann)[0]; r.State != shop.Waits {
			t.Errorf("still: %+v", r)
		}
		w.bank.slow = false
		w.pass(2 * time.Hour)
		if r = w.refunds(ann)[0]; r.State != shop.Done {
			t.Errorf("now: %+v", r)
		}
		w.bank.slow = true
		bob, _ := w.refundAtBank("bob")
		for days := 0; days < 40; days++ {
			if r = w.refunds(bob)[0]; days < 29 && r.State != shop.Waits || days > 31 && r.State != shop.Failed {
				t.Errorf("after %d days: %+v", days, r)
			}
			d.Clock.Advance(24 * time.Hour)
			w.Settle()
		}
		if w.desk.open[r.ID] == "" {
			t.Error("staff knows nothing of it")
		}
		w.wantBalances(price, price, 0)
	})
}

// S3: staff is asked to see to a refund that its channel refuses; asked again it may go through, or somebody has given the money
// back by hand.
func TestRefundsThatFail(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 2)
		var orders []shop.Refund
		w.bank.broken = job.Permanent(errors.New("the account is closed"))
		for _, person := range []string{"ann", "bob"} {
			_, r := w.refundAtBank(person)
			if r.State != shop.Failed || w.desk.open[r.ID] != "refund "+r.ID+" at bank: the account is closed" {
				t.Fatalf("refused: %+v, staff sees %v", r, w.desk.open)
			}
			orders = append(orders, r)
		}
		again := func() {
			w.Do(func(tx *db.Tx) error { _, err := w.AskAgainTx(tx, orders[0].ID); return err })
			w.Settle()
		}
		again()
		if r := w.refunds(orders[0].Order); r[0].State != shop.Failed {
			t.Fatalf("refused again: %+v", r)
		}
		w.bank.broken = nil
		again()
		again() // once is enough
		if r := w.refunds(orders[0].Order); r[0].State != shop.Done || r[0].Error != "" {
			t.Errorf("asked again: %+v", r)
		}
		for range 2 {
			w.Do(func(tx *db.Tx) error { _, err := w.RefundDoneTx(tx, orders[1].ID); return err })
		}
		if r := w.refunds(orders[1].Order); r[0].State != shop.Done || w.desk.open[orders[1].ID] != "" {
			t.Errorf("settled by hand: %+v, staff sees %v", r, w.desk.open)
		}
		w.wantBalances(0, 0, 0)
	})
}

// A part that goes back before the delivery isn't earned by it, and each line loses its share to the fen.
func TestPartsBeforeDelivery(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 3)
		o, err := w.Checkout(t.Context(), d.Community, shop.Checkout{Key: "k", Person: "ann", Items: []shop.Item{{Kind: "slot", Item: "a"}, {Kind: "slot", Item: "b", Qty: 2}}})
		if err != nil {
			t.Fatal(err)
		}
		w.goods.broken = db.ErrBusy.Because(errors.New("made up"))
		if _, err := w.notify(w.pay(o.ID).ID, 3*price); err != nil {
			t.Fatal(err)
		}
		back := func(key string, amount money.Fen) {
			t.Helper()
			if _, err := w.Refund(t.Context(), d.Community, o.ID, shop.Ask{Key: key, Amount: amount}); err != nil {
				t.Fatal(err)
			}
			w.Settle()
		}
		back("before", 100_00)
		w.wantBalances(200_00, 200_00, 0)
		w.goods.broken = nil
		w.pass(10 * time.Minute)
		if got := w.detail(o.ID); got.State != shop.Fulfilled {
			t.Fatalf("later: %+v", got)
		}
		w.wantBalances(200_00, 0, 200_00)
		for i := range 7 {
			back("after "+string(rune('a'+i)), 28_57)
		}
		w.wantBalances(1, 0, 1)
		back("rest", 1)
		w.wantBalances(0, 0, 0)
	})
}

// One thing of an order goes back, given or not yet: it is taken back, the other stays, and pays for itself alone.
func TestOneThingOfAnOrder(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		node := newNode(t, d)
		for name, given := range map[string]bool{"given": true, "not given yet": false} {
			w := node.in(name, 2)
			o, err := w.Checkout(t.Context(), w.D.Community, shop.Checkout{Key: "k", Person: "ann", Items: []shop.Item{{Kind: "slot", Item: "a"}, {Kind: "slot", Item: "b", Qty: 2}}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.notify(w.pay(o.ID).ID, 3*price); err != nil {
				t.Fatal(err)
			}
			if !given {
				w.goods.broken = db.ErrBusy.Because(errors.New("made up"))
			}
			w.Settle()
			back := func(key, of string, amount money.Fen, want error) {
				t.Helper()
				if _, err := w.Refund(t.Context(), w.D.Community, o.ID, shop.Ask{Key: key, Of: of, Amount: amount}); !errors.Is(err, want) {
					t.Errorf("%s, %s: %v", name, key, err)
				}
				w.Settle()
			}
			b := o.Lines[1].Ref
			back("a part", b, 50_00, nil)
			back("too much", b, 150_01, shop.ErrTooMuch)
			back("the rest", b, 0, nil)
			back("again", b, 0, shop.ErrNotPaid)
			w.goods.broken = nil
			w.pass(10 * time.Minute)
			w.wantBalances(price, 0, price)
			taken := func(group string) (n int) {
				w.Do(func(tx *db.Tx) error {
					c, err := w.goods.seats.Count(tx, group)
					n = c.Taken + c.Held
					return err
				})
				return n
			}
			if got := w.detail(o.ID); got.State != shop.Fulfilled || taken("a") != 1 || taken("b") != 0 {
				t.Errorf("%s: %+v, %d and %d places", name, got, taken("a"), taken("b"))
			}
			back("all", "", 0, nil)
			if got := w.detail(o.ID); got.State != shop.Refunded || taken("a") != 0 {
				t.Errorf("%s: %+v", name, got)
			}
			w.wantBalances(0, 0, 0)
		}
	})
}

// What staff wrote of a person's refunds goes with the person; the money stays.
func TestErasingWords(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 2)
		for _, person := range []string{"ann", "bob"} {
			o := w.ordered(person)
			w.paid(o.ID)
			for i, actor := range []string{"op", ""} {
				if _, err := w.Refund(t.Context(), d.Community, o.ID, shop.Ask{Key: o.ID + actor, Amount: money.Fen(1 + i), Why: "words", Actor: actor}); err != nil {
					t.Fatal(err)
				}
			}
			w.Settle()
			w.Do(func(tx *db.Tx) error { return w.EraseTx(tx, "ann") })
			why := map[string]string{}
			for _, r := range w.refunds(o.ID) {
				why[r.Actor] = r.Why
			}
			if kept := person == "bob"; (why["op"] == "words") != kept || why[""] != "words" {
				t.Errorf("of %s is left %v", person, why)
			}
		}
		w.wantBalances(2*price-6, 0, 2*price-6)
	})
}

// What is in the books says by which rule it was sold.
func TestEntriesNameTheirRule(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 2)
		o, err := w.Checkout(t.Context(), d.Community, shop.Checkout{Key: "k", Person: "ann", Items: []shop.Item{{Kind: "slot", Item: "a"}, {Kind: "slot", Item: "b"}}})
		if err != nil {
			t.Fatal(err)
		}
		p := w.pay(o.ID)
		if _, err := w.notify(p.ID, 2*price); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		if _, err := w.Refund(t.Context(), d.Community, o.ID, shop.Ask{Key: "r"}); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		refunded := "refunded " + w.refunds(o.ID)[0].ID
		w.Do(func(tx *db.Tx) error {
			for _, key := range []string{"payment " + p.ID, "order " + o.ID, "refund r", refunded} {
				e, found, err := w.Books.EntryByKeyTx(tx, key)
				if err != nil || !found || e.Rule != "a@1 b@1" {
					t.Errorf("%s: %+v, %v", key, e, err)
				}
			}
			return nil
		})
	})
}
