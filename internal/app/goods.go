package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/task"
)

// openGoods makes products, which are sold in the shop by the piece and in group-buys.
func (a *App) openGoods() {
	a.Goods = goods.New(a.DB, a.Seats, a.Ledger, cards{a.People}, a.Keys)
	a.Goods.Follow(orders{a.Shop}, counter{a.Tasks})
	a.Goods.Register(a.Jobs)
	a.Facts.Subscribe(fact.Subscription{Name: "goods.after_sale", Kinds: []string{fact.KindOf(task.Finished{}), fact.KindOf(task.Cancelled{})}, Handle: a.answered})
	a.People.OnErase(a.Goods.EraseTx)
	a.People.OnExport("addresses", func(tx *db.Tx, person string) (any, error) { return a.Goods.AddressesTx(tx, person) })
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
		Kind: i.Kind, Item: k.Name, Ref: k.ID, Title: k.Title, Qty: k.Qty, Amount: k.Price * money.Fen(k.Qty), Points: k.Points, Revenue: goods.RevenueOf(k.Product), Rule: k.Rule,
		Product: shop.KindGoods + ":" + k.Product, Alone: w.alone,
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

// What staff is asked about a thing that its buyer complains of. A replacement is sent by hand, and taken from the stock.
const (
	afterSale   task.Kind    = "after-sale"
	saleRefund  task.Outcome = "refund"
	saleReplace task.Outcome = "replace"
	saleReject  task.Outcome = "reject"
)

// answerWithin is how long staff has to answer a complaint.
const answerWithin = 48 * time.Hour

// counter asks those who serve members about complaints.
type counter struct{ tasks *task.Service }

func (c counter) Complain(tx *db.Tx, x goods.Item, words string) (string, error) {
	shown, err := json.Marshal(map[string]any{"item": x.ID, "product": x.Product, "sku": x.SKU, "qty": x.Qty})
	if err != nil {
		return "", fmt.Errorf("encode what a task shows: %w", err)
	}
	t, err := c.tasks.OpenTx(tx, task.Task{
		Kind: afterSale, Person: x.Person, Subject: x.ID, SubjectKind: "goods", Role: task.RoleName(access.Service), EscalateTo: task.RoleName(access.Admin),
		Due: tx.Now().Add(answerWithin), Outcomes: []task.Outcome{saleRefund, saleReplace, saleReject}, Context: shown, Note: words,
	})
	return t.ID, err
}

// answered does what staff said of complaints.
func (a *App) answered(tx *db.Tx, facts []fact.Fact) error {
	for _, f := range facts {
		var end task.Finished // a task that was cancelled says the same, without an outcome
		if err := f.Into(&end); err != nil {
			return err
		}
		if end.Kind != afterSale {
			continue
		}
		if end.Outcome == saleRefund {
			if err := a.refundItem(tx, f, string(end.Task)); err != nil {
				return fmt.Errorf("refund %s, as task %s says: %w", f.Subject, end.Task, err)
			}
		}
		if err := a.Goods.AnsweredTx(tx, f.Subject); err != nil {
			return err
		}
	}
	return nil
}

// refundItem gives back what a thing has cost; what was paid with points goes back with its whole order.
func (a *App) refundItem(tx *db.Tx, f fact.Fact, by string) error {
	for _, kind := range []string{shop.KindGoods, shop.KindGroup} {
		o, found, err := a.Shop.OrderOfTx(tx, kind, f.Subject)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		ask := shop.Ask{Key: "after-sale " + by, Of: f.Subject, Actor: f.Actor}
		if o.Points > 0 {
			ask.Of = ""
		}
		if _, err := a.Shop.RefundTx(tx, o.ID, ask); !errors.Is(err, shop.ErrNotPaid) {
			return err // ErrNotPaid: it went back meanwhile
		}
	}
	return nil
}
