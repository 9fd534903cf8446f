package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/channel/pay"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/task"
)

// openShop says what orders may be for and how they are paid.
func (a *App) openShop() {
	a.Shop = shop.New(a.DB, a.Seats, a.Ledger, desk{a.Tasks}, a.Keys.HMAC)
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
	a.People.OnErase(a.Shop.EraseTx)
	a.Facts.Subscribe(fact.Subscription{Name: "shop.refund", Kinds: []string{fact.KindOf(task.Finished{})}, Handle: a.seenTo})
}

// What staff is asked about a refund that failed.
const (
	failedRefund task.Kind    = "refund-failed"
	askAgain     task.Outcome = "ask-again" // the channel may give it back now
	settled      task.Outcome = "settled"   // somebody has given the money back by hand
)

// seeWithin is how long staff has to see to a failed refund.
const seeWithin = 24 * time.Hour

// desk asks those who keep the money to see to refunds that failed.
type desk struct{ tasks *task.Service }

func (d desk) Ask(tx *db.Tx, o shop.Order, r shop.Refund) (string, error) {
	shown, err := json.Marshal(map[string]any{"order": o.ID, "amount": r.Amount.String(), "channel": r.Channel})
	if err != nil {
		return "", fmt.Errorf("encode what a task shows: %w", err)
	}
	t, err := d.tasks.OpenTx(tx, task.Task{
		Kind: failedRefund, Person: o.Person, Subject: r.ID, SubjectKind: "refund", Role: task.RoleName(access.Admin), EscalateTo: task.RoleName(access.Owner),
		Due: tx.Now().Add(seeWithin), Outcomes: []task.Outcome{askAgain, settled}, Context: shown, Note: r.Error,
	})
	return t.ID, err
}

func (d desk) Withdraw(tx *db.Tx, id string) error {
	_, err := d.tasks.CancelTx(tx, task.System, id)
	if errors.Is(err, task.ErrEnded) {
		return nil
	}
	return err
}

// seenTo does what staff said of refunds that failed.
func (a *App) seenTo(tx *db.Tx, facts []fact.Fact) error {
	for _, f := range facts {
		var end task.Finished
		if err := f.Into(&end); err != nil {
			return err
		}
		if end.Kind != failedRefund {
			continue
		}
		see := a.Shop.AskAgainTx
		if end.Outcome == settled {
			see = a.Shop.RefundDoneTx
		}
		if _, err := see(tx, f.Subject); err != nil {
			return fmt.Errorf("refund %s, seen to by task %s: %w", f.Subject, end.Task, err)
		}
	}
	return nil
}

// plans sells terms of memberships. No coupon changes what they cost: their price counts when one is upgraded.
type plans struct{ members *membership.Service }

func (p plans) Reserve(tx *db.Tx, person string, i shop.Item, until time.Time) (shop.Line, error) {
	if i.Qty != 1 {
		return shop.Line{}, shop.ErrQty.At("/qty")
	}
	t, err := p.members.ReserveForTx(tx, person, i.Organisation, i.Item, until.Sub(tx.Now()))
	return shop.Line{Kind: i.Kind, Item: i.Item, Ref: t.ID, Title: t.Title.In(text.Hans), Qty: 1, Amount: t.Due(), Revenue: "revenue:membership", Rule: t.Rule(), Product: shop.KindPlan + ":" + i.Item, Fixed: true}, err
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

// Discounted is told of what a coupon has taken off: it was not paid, and is never credited.
func (p plans) Discounted(tx *db.Tx, term string, off money.Fen) error {
	return p.members.ReturnedTx(tx, term, off)
}

func (p plans) Returned(tx *db.Tx, term string, part money.Fen) error {
	return p.members.ReturnedTx(tx, term, part)
}

func (p plans) Refundable(tx *db.Tx, term string) (money.Fen, error) {
	t, err := p.members.TermTx(tx, term)
	return t.Refundable(tx.Now()), err
}
