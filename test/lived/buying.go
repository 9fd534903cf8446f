package lived

import (
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// plans are two memberships, of which one has the other in it.
func plans() membership.Config {
	name := func(s string) text.Text { return text.Text{text.Hans: s} }
	return membership.Config{Cap: 1000, Plans: []membership.Plan{
		{
			Name: "vip", Title: name("年度会员"), Price: 1599_00, Period: membership.Period{Months: 12}, Grace: 14, Refund: 7, Number: membership.Number{Pattern: "Q{n:4}"},
			Benefits: []membership.Benefit{{Name: "salon", Title: name("闭门沙龙"), Count: 2}}, Waves: []membership.Wave{{Name: "first", Price: 999_00, Quota: 500}},
		},
		{Name: "ka", Title: name("企业会员"), Price: 9999_00, Period: membership.Period{Months: 12}, Refund: 7, Includes: []string{"vip"}, Seats: 3},
	}}
}

// buying lets members buy, use, upgrade, pay twice, give back and forget to pay.
func (w *World) buying(ctx context.Context) error {
	err := w.DB.Do(ctx, w.Community, func(tx *db.Tx) error { return w.App.Members.DeclareTx(tx, plans()) })
	if err != nil {
		return err
	}
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	var orders []shop.Order
	for i := range 4 {
		o, err := w.buy(ctx, members[i].Person, "vip", 999_00)
		if err != nil {
			return err
		}
		orders = append(orders, o)
	}
	if _, err := w.App.Members.UseBenefit(ctx, w.Community, membership.Usage{Key: "salon 1", Person: members[0].Person, Benefit: "salon", For: "event"}); err != nil {
		return err
	}
	w.Clock.Advance(24 * time.Hour)
	if _, err := w.buy(ctx, members[1].Person, "ka", 0); err != nil {
		return err
	}
	if _, err := w.Shop.Refund(ctx, w.Community, orders[2].ID, shop.Ask{Key: "back"}); err != nil {
		return err
	}
	if _, err := w.Shop.Refund(ctx, w.Community, orders[3].ID, shop.Ask{Key: "a part", Amount: 100_00, Why: "沙龙改期", Actor: "owner"}); err != nil {
		return err
	}
	if _, err := w.buy(ctx, members[4].Person, "vip", 1_00); err != nil { // a wrong amount
		return err
	}
	if err := w.Settle(ctx); err != nil {
		return err
	}
	w.Clock.Advance(time.Hour) // that order is closed unpaid
	return w.Settle(ctx)
}

// buy orders a plan, pays it and waits for it; amount 0 is what is due.
func (w *World) buy(ctx context.Context, person, plan string, amount money.Fen) (shop.Order, error) {
	o, err := w.Shop.Checkout(ctx, w.Community, shop.Checkout{Key: plan + " of " + person, Person: person, Items: []shop.Item{{Kind: "plan", Item: plan}}})
	if err != nil {
		return o, fmt.Errorf("%s orders %s: %w", person, plan, err)
	}
	if amount == 0 {
		amount = o.Amount
	}
	p, err := w.Shop.Pay(ctx, w.Community, o.ID, channel.Sandbox)
	if err != nil {
		return o, err
	}
	if _, err := w.Shop.Notify(ctx, w.Community, channel.Sandbox, channel.Notice{Payment: p.ID, Amount: amount}); err != nil {
		return o, err
	}
	return o, w.Settle(ctx)
}
