package shop_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// Over any history of orders, payments, notifications, refunds and time: the books hold what the orders say, each currency
// sums to zero, and no place is given twice.
func TestAnyHistory(t *testing.T) {
	d := testkit.SQLite(t)
	w := newWorld(t, d, 3)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		h := &history{world: w.in(fmt.Sprint("any", run), 3)}
		rt.Repeat(map[string]func(*rapid.T){"order": h.begin, "pay": h.open, "notify": h.tell, "refund": h.takeBack, "break": h.breakDown, "work": h.work, "pass": h.pass})
		h.breaks(false)
		h.check(rt)
	})
}

type history struct {
	*world
	orders   []string
	payments []shop.Payment
}

// only lets refusals pass: anything else is a fault.
func only(rt *rapid.T, err error) {
	if err != nil && errs.As(err) == nil {
		rt.Fatal(err)
	}
}

func (h *history) begin(rt *rapid.T) {
	h.keys++
	c := shop.Checkout{Key: fmt.Sprint("checkout ", h.keys), Person: "ann"}
	for range rapid.IntRange(1, 2).Draw(rt, "things") {
		c.Items = append(c.Items, shop.Item{Kind: "slot", Item: rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "group"), Qty: rapid.IntRange(1, 2).Draw(rt, "qty")})
	}
	o, err := h.Checkout(rt.Context(), h.D.Community, c)
	only(rt, err)
	if err == nil {
		h.orders = append(h.orders, o.ID)
	}
}

func (h *history) open(rt *rapid.T) {
	if len(h.orders) == 0 {
		return
	}
	p, err := h.Pay(rt.Context(), h.D.Community, rapid.SampledFrom(h.orders).Draw(rt, "order"), rapid.SampledFrom([]string{channel.Sandbox, channel.Manual}).Draw(rt, "by"))
	only(rt, err)
	if err == nil {
		h.payments = append(h.payments, p)
	}
}

func (h *history) tell(rt *rapid.T) {
	if len(h.payments) == 0 {
		return
	}
	p := rapid.SampledFrom(h.payments).Draw(rt, "payment")
	amount := p.Amount + money.Fen(rapid.SampledFrom([]int{0, 0, 0, -1, 1}).Draw(rt, "off"))
	_, err := h.Notify(rt.Context(), h.D.Community, p.Channel, channel.Notice{Payment: p.ID, Amount: amount})
	only(rt, err)
}

func (h *history) takeBack(rt *rapid.T) {
	if len(h.orders) == 0 {
		return
	}
	h.keys++
	amount := money.Fen(rapid.OneOf(rapid.Just(0), rapid.IntRange(1, 250_00)).Draw(rt, "amount"))
	o := h.detail(rapid.SampledFrom(h.orders).Draw(rt, "order"))
	a := shop.Ask{Key: fmt.Sprint("ask ", h.keys), Amount: amount}
	if rapid.Bool().Draw(rt, "one thing") {
		a.Of = rapid.SampledFrom(o.Lines).Draw(rt, "line").Ref
	}
	_, err := h.Refund(rt.Context(), h.D.Community, o.ID, a)
	only(rt, err)
}

// breakDown lets deliveries fail, or go through again: what is paid may be given late, or in parts be given back before.
func (h *history) breakDown(rt *rapid.T) { h.breaks(rapid.Bool().Draw(rt, "broken")) }

func (h *history) breaks(broken bool) {
	h.goods.broken = nil
	if broken {
		h.goods.broken = db.ErrBusy.Because(errors.New("made up"))
	}
}

func (h *history) work(*rapid.T) { h.Settle() }

func (h *history) pass(rt *rapid.T) {
	h.D.Clock.Advance(time.Duration(rapid.IntRange(1, 20).Draw(rt, "minutes")) * time.Minute)
	h.Settle()
}

func (h *history) check(rt *rapid.T) {
	var cash, deposits, revenue money.Fen
	given := map[string]int{}
	for _, id := range h.orders {
		o := h.detail(id)
		if o.State == shop.Fulfilled {
			revenue += o.Paid - o.Refunded
			for _, l := range o.Lines {
				if !l.Gone() {
					given[l.Item] += l.Qty
				}
			}
		}
		for _, p := range o.Payments {
			cash += p.Received
			deposits += p.Received
		}
		for _, r := range o.Refunds {
			if r.State == shop.Done {
				cash -= r.Amount
				deposits -= r.Amount
			}
		}
		if o.Refunded > o.Paid {
			rt.Fatalf("order %+v gave more back than it got", o)
		}
	}
	deposits -= revenue
	if c, d, r := h.balances(); c != cash || d != deposits || r != revenue {
		rt.Fatalf("cash %s, deposits %s, revenue %s; the orders say %s, %s, %s", c, d, r, cash, deposits, revenue)
	}
	err := h.D.Read(rt.Context(), h.D.Community, func(tx *db.Tx) error {
		for group, n := range given {
			c, err := h.goods.seats.Count(tx, group)
			if err == nil && (c.Taken != n || c.Taken > 3) {
				err = fmt.Errorf("%d places of %s are taken, %d were sold", c.Taken, group, n)
			}
			if err != nil {
				return err
			}
		}
		problems, err := seat.Verify(tx)
		if err == nil && len(problems) > 0 {
			err = fmt.Errorf("the seats: %v", problems)
		}
		orders, verr := shop.Verify(tx)
		if verr == nil && len(orders) > 0 {
			verr = fmt.Errorf("the orders: %v", orders)
		}
		return errors.Join(err, verr)
	})
	if err != nil {
		rt.Fatal(err)
	}
	report, err := h.Books.Verify(rt.Context(), h.D.Community)
	if err != nil {
		rt.Fatal(err)
	}
	if len(report.Flaws) > 0 || report.Sums[ledger.CNY] != 0 {
		rt.Fatal(errors.New("the books"), report)
	}
}
