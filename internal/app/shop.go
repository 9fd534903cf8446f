package app

import (
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/channel/pay"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// openShop says what orders may be for and how they are paid.
func (a *App) openShop() {
	a.Shop = shop.New(a.DB, a.Log, a.Seats, a.Ledger)
	a.Shop.Sell(shop.KindPlan, plans{a.Members})
	if a.Config.Sandbox {
		a.Shop.Accept(channel.Sandbox, pay.Sandbox{Page: func(ctx context.Context, community, payment string) (string, error) {
			c, err := a.Communities.ByID(ctx, community)
			if err != nil {
				return "", fmt.Errorf("page of payment %s: %w", payment, err)
			}
			return "/" + c.Slug + "/pay/" + payment, nil
		}})
	}
	a.Shop.Accept(channel.Manual, pay.Manual{})
	a.Shop.Register(a.Jobs)
}

// plans sells terms of memberships.
type plans struct{ members *membership.Service }

func (p plans) Reserve(tx *db.Tx, person string, i shop.Item, until time.Time) (shop.Line, error) {
	if i.Qty != 1 {
		return shop.Line{}, shop.ErrQty.At("/qty")
	}
	t, err := p.members.ReserveTx(tx, person, i.Item, until.Sub(tx.Now()))
	return shop.Line{Kind: i.Kind, Item: i.Item, Ref: t.ID, Title: t.Title.In(text.Hans), Qty: 1, Amount: t.Due(), Revenue: "revenue:membership"}, err
}

func (p plans) Deliver(tx *db.Tx, term string) error {
	_, err := p.members.BuyTx(tx, term)
	return err
}

func (p plans) Drop(tx *db.Tx, term string) error { return p.members.DropTx(tx, term) }

func (p plans) TakeBack(tx *db.Tx, term string) error {
	_, err := p.members.RefundTx(tx, term)
	return err
}

func (p plans) Refundable(tx *db.Tx, term string) (money.Fen, error) {
	t, err := p.members.TermTx(tx, term)
	return t.Refundable(tx.Now()), err
}
