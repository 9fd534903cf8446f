package app

import (
	"errors"
	"time"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

// openGoods makes products, which are sold in the shop by the piece and in group-buys.
func (a *App) openGoods() {
	a.Goods = goods.New(a.DB, a.Seats, cards{a.People})
	a.Goods.Follow(orders{a.Shop})
	a.Goods.Register(a.Jobs)
	a.Shop.Sell(shop.KindGoods, wares{a.Goods, a.Goods.HoldTx, false})
	a.Shop.Sell(shop.KindGroup, groupBuys{wares{a.Goods, a.Goods.HoldInGroupTx, true}})
}

// wares sells products.
type wares struct {
	goods *goods.Service
	hold  func(*db.Tx, goods.Want) (goods.Kept, error)
	alone bool
}

func (w wares) Reserve(tx *db.Tx, person string, i shop.Item, until time.Time) (shop.Line, error) {
	k, err := w.hold(tx, goods.Want{Person: person, Item: i.Item, Qty: i.Qty, Until: until})
	return shop.Line{
		Kind: i.Kind, Item: k.Name, Ref: k.ID, Title: k.Title, Qty: k.Qty, Amount: k.Price * money.Fen(k.Qty), Points: k.Points, Revenue: "revenue:shop", Rule: k.Rule, Alone: w.alone,
	}, err
}

func (w wares) Deliver(tx *db.Tx, item string) error {
	_, err := w.goods.TakeTx(tx, item)
	return err
}

func (w wares) Drop(tx *db.Tx, item string) error { return w.goods.DropTx(tx, item) }

func (w wares) TakeBack(tx *db.Tx, item string) error { return w.goods.TakeBackTx(tx, item) }

// Returned changes nothing: what a thing has cost counts for nothing else.
func (w wares) Returned(*db.Tx, string, money.Fen) error { return nil }

func (w wares) Refundable(tx *db.Tx, item string) (money.Fen, error) {
	return w.goods.RefundableTx(tx, item)
}

// groupBuys sells places in group-buys, which are given when their group is full.
type groupBuys struct{ wares }

func (g groupBuys) Gather(tx *db.Tx, item string) (bool, error) { return g.goods.GatherTx(tx, item) }

// orders are what group-buys let be given, or end.
type orders struct{ shop *shop.Service }

func (o orders) ReadyTx(tx *db.Tx, item string) error {
	return o.shop.RedeliverTx(tx, shop.KindGroup, item)
}

func (o orders) EndTx(tx *db.Tx, item, why string) error {
	err := o.shop.EndTx(tx, shop.KindGroup, item, why)
	if errors.Is(err, shop.ErrNotPaid) {
		return nil // all of it went back in parts
	}
	return err
}
