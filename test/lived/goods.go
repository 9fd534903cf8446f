package lived

import (
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// wares are a product of which one may buy four, one for points, a group-buy and a coupon.
func wares() (goods.Config, []shop.Coupon) {
	name := func(s string) text.Text { return text.Text{text.Hans: s} }
	return goods.Config{
			Products: []goods.Product{
				{Name: "tea", Title: name("白茶"), Kind: goods.Wares, Supplier: "fuding", PerPerson: 4, Return: 7, SKUs: []goods.SKU{{Name: "box", Price: 100_00, Cost: 60_00, Stock: 50}}},
				{Name: "cup", Title: name("杯子"), Kind: goods.PointsItem, SKUs: []goods.SKU{{Name: "one", Points: 500, Stock: 5}}},
			},
			GroupBuys: []goods.Offer{{Name: "pair", Item: "tea/box", Size: 2, Window: clock.Duration(31 * 24 * time.Hour), Price: 80_00}},
		},
		[]shop.Coupon{{Code: "TEA10", Title: name("茶减十元"), Off: 10_00, Quota: 10}}
}

// selling lets members buy goods with a coupon, alone and in groups of which one is full, one follows it and one fails, pay with points,
// and give things back.
func (w *World) selling(ctx context.Context) error {
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	who := func(i int) string { return members[i].Person }
	err = w.DB.Do(ctx, w.Community, func(tx *db.Tx) error {
		products, coupons := wares()
		if err := w.Goods.DeclareTx(tx, products); err != nil {
			return err
		}
		if err := w.Shop.DeclareCouponsTx(tx, coupons); err != nil {
			return err
		}
		gift, err := fact.Append(tx, goods.ProductChanged{Version: 1}, fact.Fact{Subject: "cup"})
		if err != nil {
			return err
		}
		_, err = w.Ledger.PostTx(tx, ledger.Entry{Key: "points to begin with", Fact: gift, Lines: []ledger.Line{
			{Account: "issued:gift", Currency: ledger.Points, Amount: -1000}, {Account: "points:" + who(0), Currency: ledger.Points, Amount: 1000},
		}})
		return err
	})
	if err != nil {
		return err
	}
	for i := range 2 {
		o, err := w.sell(ctx, shop.Checkout{Person: who(0), Coupon: "TEA10"}, shop.KindGoods, "tea/box", true)
		if err == nil {
			err = w.Do(ctx, func(tx *db.Tx) error { return w.ship(tx, o, i == 0) })
		}
		if err != nil {
			return err
		}
	}
	for _, i := range []int{1, 2} {
		o, err := w.sell(ctx, shop.Checkout{Person: who(i), Coupon: "TEA10"}, shop.KindGoods, "tea/box", true)
		if err != nil {
			return err
		}
		if _, err := w.Shop.Refund(ctx, w.Community, o.ID, shop.Ask{Key: "box back " + o.ID, Amount: money.Fen((i - 1) * 5_00)}); err != nil {
			return err
		}
	}
	for _, back := range []bool{false, true} {
		o, err := w.sell(ctx, shop.Checkout{Person: who(0), Points: true}, shop.KindGoods, "cup/one", false)
		if err != nil {
			return err
		}
		if back {
			if _, err := w.Shop.Refund(ctx, w.Community, o.ID, shop.Ask{Key: "cup back"}); err != nil {
				return err
			}
		}
	}
	return w.groups(ctx, who)
}

// ship sends what somebody bought to an address of theirs, where it may arrive.
func (w *World) ship(tx *db.Tx, o shop.Order, arrives bool) error {
	a, err := w.Goods.AddAddressTx(tx, o.Person, goods.Address{Name: "王小明", Phone: "+8613800000000", Region: "福建省 宁德市 福鼎市", Street: "太姥山路 1 号"})
	if err != nil {
		return err
	}
	item := o.Lines[0].Ref
	if err := w.Goods.SendToTx(tx, item, a.ID); err != nil {
		return err
	}
	if _, err := w.Goods.ShipTx(tx, item, "顺丰", "SF1", "owner"); err != nil {
		return err
	}
	if !arrives {
		_, err := w.Goods.ComplainTx(tx, item, "还没有收到")
		return err
	}
	return w.Goods.ReceiveTx(tx, item)
}

func (w *World) groups(ctx context.Context, who func(int) string) error {
	first, err := w.sell(ctx, shop.Checkout{Person: who(0)}, shop.KindGroup, "pair", true)
	if err != nil {
		return err
	}
	pair := first.Lines[0].Item
	late, err := w.sell(ctx, shop.Checkout{Person: who(1)}, shop.KindGroup, pair+"/next", false)
	if err != nil {
		return err
	}
	w.Clock.Advance(time.Hour) // that order is closed unpaid
	if err := w.Settle(ctx); err != nil {
		return err
	}
	if _, err := w.sell(ctx, shop.Checkout{Person: who(2)}, shop.KindGroup, pair, true); err != nil {
		return err
	}
	err = w.Do(ctx, func(tx *db.Tx) error {
		_, err := w.Shop.ConfirmTx(tx, late.ID, channel.Notice{Amount: late.Amount})
		return err
	})
	if err != nil {
		return err
	}
	if _, err := w.sell(ctx, shop.Checkout{Person: who(3)}, shop.KindGroup, "pair", false); err != nil {
		return err
	}
	w.Clock.Advance(time.Hour) // nobody is in the group that was started
	return w.Settle(ctx)
}

// sell orders a thing, pays it if it is to be paid, and waits for it.
func (w *World) sell(ctx context.Context, c shop.Checkout, kind, item string, pays bool) (shop.Order, error) {
	c.Key, c.Items = w.DB.NewID(), []shop.Item{{Kind: kind, Item: item}}
	o, err := w.Shop.Checkout(ctx, w.Community, c)
	if err != nil {
		return o, fmt.Errorf("%s orders %s: %w", c.Person, item, err)
	}
	if pays {
		err = w.Do(ctx, func(tx *db.Tx) error {
			_, err := w.Shop.ConfirmTx(tx, o.ID, channel.Notice{Amount: o.Amount})
			return err
		})
		if err != nil {
			return o, err
		}
	}
	return o, w.Settle(ctx)
}
