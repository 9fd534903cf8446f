package shop

import (
	"context"
	"errors"
	"fmt"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// Accounts.
const depositAccount = "deposit:orders" // what was paid for orders that are not fulfilled

func cashAccount(name string) string { return "cash:" + name }

// Pay opens a payment of an order at a channel; asked again while one is open there, it gives that one. Refusals: ErrUnknownOrder,
// ErrChannel, ErrEnded, ErrPaid.
func (s *Service) Pay(ctx context.Context, community, order, by string) (p Payment, err error) {
	ch := s.pay[by]
	if ch == nil {
		return p, ErrChannel.With("channel", by).At("/channel")
	}
	var o Order
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		if o, err = s.locked(tx, order); err != nil {
			return err
		}
		switch {
		case o.State == Closed, o.State == Refunded, o.State == Created && !o.ExpiresAt.After(tx.Now()):
			return ErrEnded
		case o.State != Created:
			return ErrPaid
		}
		var found bool
		if p, found, err = openPayment(tx, order, by); err != nil || found {
			return err
		}
		p = Payment{ID: tx.NewID(), Order: order, Channel: by, State: Open, Amount: o.Amount, CreatedAt: tx.Now()}
		if err := insertPayment(tx, p); err != nil {
			return err
		}
		return job.Enqueue(tx, askJob, p.ID, later(p.CreatedAt, tx.Now()), nil)
	})
	if err != nil || p.URL != "" {
		return p, err
	}
	page, err := ch.Open(ctx, channel.PayRequest{Community: community, ID: p.ID, Title: o.Lines[0].Title, Amount: p.Amount, Expires: o.ExpiresAt})
	if err != nil {
		return p, fmt.Errorf("open payment %s at %s: %w", p.ID, by, err)
	}
	p.Ref, p.URL = page.Ref, page.URL
	return p, s.db.Do(ctx, community, func(tx *db.Tx) error { return setPage(tx, p) })
}

// Notify takes what a channel tells of a payment: once, however often it is told. What it pays for is delivered by a job; what
// nothing can be given for goes back by itself. Refusals: ErrUnknownPayment (also for one that is not in the database yet: the
// channel tells again), ErrAmount.
func (s *Service) Notify(ctx context.Context, community, by string, n channel.Notice) (o Order, err error) {
	if n.Amount <= 0 {
		return o, ErrAmount.At("/amount")
	}
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		o, err = s.notifyTx(tx, by, n)
		return err
	})
	return o, err
}

func (s *Service) notifyTx(tx *db.Tx, by string, n channel.Notice) (o Order, err error) {
	if err := s.seats.LockTx(tx); err != nil {
		return o, err
	}
	p, err := s.PaymentTx(tx, n.Payment)
	if err == nil && p.Channel != by {
		err = ErrUnknownPayment
	}
	if err != nil {
		return o, err
	}
	if o, err = s.GetTx(tx, p.Order); err != nil || p.State == Received { // it was told before
		return o, err
	}
	p.Received, p.PaidAt = n.Amount, n.PaidAt
	if p.PaidAt.IsZero() {
		p.PaidAt = tx.Now()
	}
	if n.Ref != "" {
		p.Ref = n.Ref
	}
	if n.Payer != "" {
		p.payer = s.hash(tx.Community(), purposePayer, by+" "+n.Payer)
	}
	cause, err := fact.Append(tx, PaymentReceived{Payment: fact.ID(p.ID), Amount: int64(p.Received)}, o.about())
	if err != nil {
		return o, err
	}
	e, err := s.books.PostTx(tx, ledger.Entry{Key: "payment " + p.ID, Fact: cause, Subject: o.ID, Rule: o.rule(), At: p.PaidAt, Lines: []ledger.Line{
		{Account: cashAccount(by), Amount: -int64(p.Received)}, {Account: depositAccount, Amount: int64(p.Received)},
	}})
	if err != nil {
		return o, fmt.Errorf("post payment %s: %w", p.ID, err)
	}
	p.entry = e.ID
	if err := receivePayment(tx, p); err != nil {
		return o, err
	}
	if refusal := o.takes(p); refusal != nil {
		return o, s.returnPayment(tx, o, p, refusal.Code)
	}
	return s.paid(tx, o, p)
}

// purposePayer is what hashes of accounts are bound to.
const purposePayer = "shop.payer"

// PayerTx tells an order's payers apart: a keyed hash of the account that paid, equal for the same account of the same channel in one community;
// "" where the channel didn't say.
func (s *Service) PayerTx(tx *db.Tx, order string) (string, error) { return payerOf(tx, order) }

// ConfirmTx takes it from staff that an order was paid outside of any channel; ErrWrongAmount if that was not what is due. The
// order is delivered by a job.
func (s *Service) ConfirmTx(tx *db.Tx, order string, n channel.Notice) (Order, error) {
	o, err := s.locked(tx, order)
	switch {
	case err != nil:
		return o, err
	case o.State == Refunded:
		return o, ErrEnded
	case o.State != Created && o.State != Closed:
		return o, ErrPaid
	case n.Amount != o.Amount:
		return o, ErrWrongAmount.At("/amount")
	}
	p, found, err := openPayment(tx, order, channel.Manual)
	if err != nil {
		return o, err
	}
	if !found {
		p = Payment{ID: tx.NewID(), Order: order, Channel: channel.Manual, State: Open, Amount: o.Amount, CreatedAt: tx.Now()}
		if err := insertPayment(tx, p); err != nil {
			return o, err
		}
	}
	n.Payment = p.ID
	return s.notifyTx(tx, channel.Manual, n)
}

// takes says why an order has no use for a payment. One that was closed takes it: whether its things are still there shows at
// their delivery.
func (o Order) takes(p Payment) *errs.Error {
	switch {
	case o.State == Refunded:
		return ErrPaidTooLate
	case o.State != Created && o.State != Closed:
		return ErrPaidTwice
	case p.Received != o.Amount:
		return ErrWrongAmount
	}
	return nil
}

// paid notes that an order is paid, and sees to its delivery.
func (s *Service) paid(tx *db.Tx, o Order, p Payment) (Order, error) {
	o.State, o.Paid, o.PaidAt, o.payment = Paid, p.Received, tx.Now(), p.ID
	if err := setPaid(tx, o); err != nil {
		return o, err
	}
	if err := job.Clear(tx, orderTimer, o.ID); err != nil {
		return o, err
	}
	if _, err := fact.Append(tx, OrderPaid{Amount: int64(o.Paid)}, o.about()); err != nil {
		return o, err
	}
	return o, job.Enqueue(tx, deliverJob, o.ID, tx.Now(), nil)
}

// deliver gives a paid order's things to its buyer, once. When they can't be given the money goes back.
func (s *Service) deliver(ctx context.Context, community, order string, again bool) error {
	err := s.db.Do(ctx, community, func(tx *db.Tx) error {
		o, err := s.locked(tx, order)
		if err != nil || o.State != Paid || o.Waits {
			return err
		}
		if err := s.useCoupon(tx, o); err != nil {
			return err
		}
		ready, err := s.gather(tx, o)
		switch {
		case err != nil:
			return err
		case !ready && again:
			return fmt.Errorf("deliver order %s: %w", o.ID, errNotReady)
		case !ready:
			return setWaits(tx, o.ID, true)
		}
		for _, l := range o.Lines {
			if l.gone {
				continue
			}
			if err := s.goods[l.Kind].Deliver(tx, l.Ref); err != nil {
				return err
			}
		}
		return s.fulfil(tx, o)
	})
	refusal := errs.As(err)
	if refusal == nil || db.IsTransient(err) || refusal.Kind == errs.Internal {
		return err
	}
	// The transaction that could not give everything is undone; this one gives the money back and says why.
	return s.db.Do(ctx, community, func(tx *db.Tx) error {
		o, err := s.locked(tx, order)
		if err != nil || o.State != Paid {
			return err
		}
		if err := s.undo(tx, o, Ask{}); err != nil {
			return fmt.Errorf("drop what order %s kept: %w", o.ID, err)
		}
		return s.refund(tx, o, Ask{Key: "undeliverable " + o.ID, Amount: o.left(), Why: refusal.Code})
	})
}

// errNotReady is a thing that can't be given although it was told to be.
var errNotReady = errors.New("it was told to be ready, and is not")

// gather tells whether everything of a paid order can be given now.
func (s *Service) gather(tx *db.Tx, o Order) (bool, error) {
	all := true
	for _, l := range o.Lines {
		g, may := s.goods[l.Kind].(Gatherer)
		if !may || l.gone {
			continue
		}
		ready, err := g.Gather(tx, l.Ref)
		if err != nil {
			return false, err
		}
		all = all && ready
	}
	return all, nil
}

// fulfil notes that the buyer has everything: the deposit is revenue now.
func (s *Service) fulfil(tx *db.Tx, o Order) error {
	cause, err := fact.Append(tx, OrderFulfilled{Amount: int64(o.Paid)}, o.about())
	if err != nil {
		return err
	}
	o.State, o.FulfilledAt = Fulfilled, tx.Now()
	if o.left() > 0 { // a part may have gone back before
		lines := []ledger.Line{{Account: depositAccount, Amount: -int64(o.left())}}
		for _, l := range o.Lines {
			if l.left() > 0 {
				lines = append(lines, ledger.Line{Account: l.Revenue, Amount: int64(l.left())})
			}
		}
		e, err := s.books.PostTx(tx, ledger.Entry{Key: "order " + o.ID, Fact: cause, Subject: o.ID, Rule: o.rule(), Lines: lines})
		if err != nil {
			return fmt.Errorf("post order %s: %w", o.ID, err)
		}
		o.entry = e.ID
	}
	return setFulfilled(tx, o)
}
