package app

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// openEvents makes events, whose tickets are sold in the shop.
func (a *App) openEvents() {
	a.Events = event.New(a.DB, a.Seats, a.Tasks, cards{a.People}, a.Members, a.Keys, a.zone)
	a.Events.Cash(tickets{a.Events, a.Shop})
	a.Events.Register(a.Jobs)
	a.Shop.Sell(shop.KindTicket, tickets{a.Events, a.Shop})
	over := []string{fact.KindOf(membership.TermRefunded{}), fact.KindOf(membership.TermLeft{}), fact.KindOf(membership.TermExpired{}), fact.KindOf(membership.PlaceFreed{})}
	a.Facts.Subscribe(fact.Subscription{Name: "event.uncover", Kinds: over, Most: 64, Handle: func(tx *db.Tx, facts []fact.Fact) error {
		for _, f := range facts {
			if f.Person == "" {
				continue
			}
			if err := a.Events.UncoverTx(tx, f.Person); err != nil {
				return fmt.Errorf("events after %s %s: %w", f.Kind, f.ID, err)
			}
		}
		return nil
	}})
}

// reactEvents lets events follow what becomes of persons.
func (a *App) reactEvents() {
	a.Events.Install(a.Paths, a.zone)
	a.Events.Audience(a.Intake.CameToTx)
	a.People.OnMerge(func(tx *db.Tx, _, into string) error { return a.Events.FollowTx(tx, into) })
	a.People.OnUnmerge(func(tx *db.Tx, from, into string) error {
		if err := a.Events.UnmergeTx(tx, from); err != nil {
			return err
		}
		return a.Events.FollowTx(tx, into) // a vote or an entry of the other's no longer stands for theirs
	})
	a.People.OnBlock(func(tx *db.Tx, person, _ string) error { return a.Events.ShutOutTx(tx, person) })
	a.People.OnErase(a.Events.EraseTx)
	a.People.OnExport("events", func(tx *db.Tx, person string) (any, error) { return a.Events.ExportTx(tx, person) })
}

// tickets sells tickets, and gives what they cost back.
type tickets struct {
	events *event.Service
	shop   *shop.Service
}

func (t tickets) Reserve(tx *db.Tx, person string, i shop.Item, until time.Time) (shop.Line, error) {
	if i.Qty != 1 {
		return shop.Line{}, shop.ErrQty.At("/qty")
	}
	id, kind, ok := strings.Cut(i.Item, "/")
	if !ok {
		return shop.Line{}, event.ErrUnknownType.With("type", i.Item).At("/item")
	}
	held, e, err := t.events.HoldTx(tx, id, kind, person, until)
	return shop.Line{
		Kind: i.Kind, Item: i.Item, Ref: held.ID, Title: e.Title.In(text.Hans), Qty: 1, Amount: held.Price, Revenue: "revenue:event", Product: shop.KindTicket + ":" + e.ID,
		Rule: fmt.Sprintf("%s@%d", i.Item, e.Version), Fresh: held.Fresh(),
	}, err
}

func (t tickets) Deliver(tx *db.Tx, ticket string) error {
	_, err := t.events.TakeTx(tx, ticket)
	return err
}

func (t tickets) Drop(tx *db.Tx, ticket string) error { return t.events.DropTx(tx, ticket) }

func (t tickets) TakeBack(tx *db.Tx, ticket string) error {
	_, err := t.events.TakeBackTx(tx, ticket)
	return err
}

// Returned changes nothing: a ticket's price counts for nothing else.
func (t tickets) Returned(*db.Tx, string, money.Fen) error { return nil }

func (t tickets) Refundable(tx *db.Tx, ticket string) (money.Fen, error) {
	return t.events.RefundableTx(tx, ticket)
}

// RefundTx gives back what a ticket cost. Other things of its order stay with their buyer, and then the ticket alone is taken back.
func (t tickets) RefundTx(tx *db.Tx, ticket, key, why string) (paid bool, err error) {
	o, paid, err := t.shop.OrderOfTx(tx, shop.KindTicket, ticket)
	if err != nil || !paid {
		return false, err
	}
	ask := shop.Ask{Key: key, Why: why}
	if len(o.Lines) > 1 {
		ask.Of = ticket
	}
	if _, err := t.shop.RefundTx(tx, o.ID, ask); errors.Is(err, shop.ErrNotPaid) {
		return false, nil // all of it went back in parts
	} else if err != nil {
		return true, fmt.Errorf("refund order %s: %w", o.ID, err)
	}
	_, err = t.events.TakeBackTx(tx, ticket)
	return true, err
}
