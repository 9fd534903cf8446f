package replay

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/db"
)

// buyer is a visitor who may become a member.
type buyer struct {
	*visitor
	plan     string
	first    float64 // fen: the price at which go.buy is the share of those who buy
	month    int
	order    string
	paid     int64
	boughtAt time.Time
	renewed  bool
	left     bool // gave it back
	leftAt   time.Time
	points   bool  // wants points for whom they bring, not money
	ties     []tie // to who brought them
}

func (s *sim) newBuyer(entry string, n int, plan string, first float64, month int) *buyer {
	o := &buyer{visitor: s.newVisitor(entry, n), plan: plan, first: first, month: month}
	o.buys = o.buy
	return o
}

// buy decides at the price that is shown, orders, and pays on the trial page.
func (o *buyer) buy(ctx context.Context) error {
	s := o.s
	var q membership.Quote
	err := s.DB.Read(ctx, s.community, func(tx *db.Tx) (err error) {
		q, err = s.Members.QuoteTx(tx, o.person, o.plan)
		return err
	})
	if err != nil {
		return o.refused(err)
	}
	willing := s.param("go.buy") * math.Pow(float64(q.Price)/o.first, -s.param("elasticity"))
	if s.rand.Float64() >= willing {
		o.outcome, o.done = "did not buy", true
		return nil
	}
	if err := o.checkout(ctx); err != nil {
		return o.refused(err)
	}
	if s.chance("go.refund") {
		first := o.order
		s.in(3*24*time.Hour, func(ctx context.Context) error { return o.giveUp(ctx, first) })
	}
	o.later(s.delay("delay.join"))
	return nil
}

// checkout orders a term and pays what is due.
func (o *buyer) checkout(ctx context.Context) error { return o.offered(ctx, "", "") }

// offered orders what something led to, perhaps with a coupon, and pays what is due.
func (o *buyer) offered(ctx context.Context, origin, coupon string) error {
	s := o.s
	order, err := s.Shop.Checkout(ctx, s.community, shop.Checkout{
		Key: fmt.Sprintf("replay %s %d", o.person, s.Clock.Now().UnixMicro()), Person: o.person, Items: []shop.Item{{Kind: shop.KindPlan, Item: o.plan}}, Origin: origin, Coupon: coupon,
	})
	if err != nil {
		return err
	}
	if err := s.Pay(ctx, s.community, order.ID); err != nil {
		return err
	}
	if o.order == "" {
		o.boughtAt = s.Clock.Now()
	}
	o.order, o.paid = order.ID, o.paid+int64(order.Amount)
	o.earns(int64(order.Amount))
	return nil
}

// giveUp gives the membership back within its days; who has bought a greater one since keeps that.
func (o *buyer) giveUp(ctx context.Context, order string) error {
	if o.order != order {
		return nil
	}
	err := o.s.DB.Do(ctx, o.s.community, func(tx *db.Tx) error { _, err := o.s.Shop.GiveUpTx(tx, o.order); return err })
	if errors.Is(err, shop.ErrTooLate) {
		return nil
	}
	if err == nil {
		o.left, o.leftAt = true, o.s.Clock.Now()
	}
	return err
}

// stayed are those who bought and did not give it back.
func (s *sim) stayed(all []*buyer) (members []*buyer) {
	for _, o := range all {
		if o.order != "" && !o.left {
			members = append(members, o)
		}
	}
	return members
}

// renewal lets a member decide once, some time between the first reminder and the end of grace.
func (s *sim) renewal(o *buyer, start time.Time) {
	if !s.chance("go.renew") {
		return
	}
	days := -30 + s.rand.IntN(55) // around the end of a term that began in the member's month
	s.at(start.AddDate(1, o.month-1, 15+days), func(ctx context.Context) error {
		if err := o.checkout(ctx); err != nil {
			return o.refused(err)
		}
		o.renewed = true
		return nil
	})
}

// holdBooks holds what simulated people paid against the books: what they keep is revenue, nothing is left as a deposit, and
// all accounts sum to zero.
func (s *sim) holdBooks(ctx context.Context, all []*buyer) error {
	var kept int64
	for _, o := range all {
		if !o.left {
			kept += o.paid
		}
	}
	totals, err := s.Ledger.TrialBalance(ctx, s.community, "", s.Clock.Now().Add(time.Second))
	if err != nil {
		return fmt.Errorf("read the books: %w", err)
	}
	sums := map[string]int64{}
	whole := int64(0)
	for _, t := range totals {
		sums[t.Account] += t.Balance
		whole += t.Balance
	}
	s.figure("revenue", float64(sums["revenue:membership"])/100, "¥", 0)
	s.invariant("the books sum to zero", whole == 0, "%d fen", whole)
	s.invariant("what people paid is revenue", sums["revenue:membership"] == kept, "%d fen earned, %d paid and kept", sums["revenue:membership"], kept)
	s.invariant("no deposit is left", sums["deposit:orders"] == 0, "%d fen", sums["deposit:orders"])
	return nil
}

func percent(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}
