package shop

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// How long channels are asked for what they may have failed to tell.
const (
	askPayments = 24 * time.Hour
	askRefunds  = 30 * 24 * time.Hour
	askAttempts = 30 // of one question, while the channel can't be reached
)

// errSilent is why a refund fails of which its channel told nothing.
var errSilent = errors.New("nobody has said for 30 days that the money went back")

// later is when to ask again: after as long again as it has taken already, within a minute and a day.
func later(since, now time.Time) time.Time {
	return now.Add(min(max(now.Sub(since), time.Minute), 24*time.Hour))
}

// askFor is the job that asks a channel for a payment, in case its notice was lost; also after the order was closed, since who
// paid in the last second has paid.
func (s *Service) askFor(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	var p Payment
	err := s.db.Read(ctx, j.Community, func(tx *db.Tx) (err error) {
		p, err = s.PaymentTx(tx, j.Key)
		return err
	})
	if err != nil || p.State == Received {
		return nil, err
	}
	ch := s.pay[p.Channel]
	if ch == nil {
		return nil, job.Permanent(fmt.Errorf("there is no channel %s any more", p.Channel))
	}
	n, paid, err := ch.Ask(ctx, channel.PayQuestion{Community: j.Community, ID: p.ID, Ref: p.Ref})
	if err != nil {
		return nil, fmt.Errorf("ask %s for payment %s: %w", p.Channel, p.ID, err)
	}
	if paid {
		n.Payment = p.ID
		_, err := s.Notify(ctx, j.Community, p.Channel, n)
		return nil, err
	}
	return func(tx *db.Tx) error {
		if tx.Now().Sub(p.CreatedAt) >= askPayments {
			return nil
		}
		return job.Enqueue(tx, askJob, p.ID, later(p.CreatedAt, tx.Now()), nil)
	}, nil
}

// giveBack is the job that asks a channel for a refund, until it says that the money has gone back. The channel knows the refund
// by its id and does nothing twice.
func (s *Service) giveBack(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	var r Refund
	var p Payment
	err := s.db.Read(ctx, j.Community, func(tx *db.Tx) (err error) {
		if r, err = s.RefundByID(tx, j.Key); err == nil {
			p, err = s.PaymentTx(tx, r.Payment)
		}
		return err
	})
	if err != nil || !r.pending() {
		return nil, err
	}
	ch := s.pay[p.Channel]
	if ch == nil {
		return nil, job.Permanent(fmt.Errorf("there is no channel %s any more", p.Channel))
	}
	done, err := ch.Refund(ctx, channel.RefundRequest{Community: j.Community, ID: r.ID, Payment: p.ID, Ref: p.Ref, Amount: r.Amount, Total: p.Received})
	if err != nil {
		return nil, fmt.Errorf("refund %s at %s: %w", r.ID, p.Channel, err)
	}
	return func(tx *db.Tx) error {
		if done {
			_, err := s.RefundDoneTx(tx, r.ID)
			return err
		}
		if tx.Now().Sub(r.AskedAt) >= askRefunds {
			return s.refundFailed(tx, r.ID, errSilent)
		}
		if changed, err := refundWaits(tx, r.ID); err != nil || !changed {
			return err // somebody has seen to it meanwhile
		}
		return job.Enqueue(tx, refundJob, r.ID, later(r.AskedAt, tx.Now()), nil)
	}, nil
}

// pending tells whether a refund's channel is to be asked.
func (r Refund) pending() bool { return r.State == Asked || r.State == Waits }

// refundFailed notes that a channel will not give money back, and asks staff to see to it.
func (s *Service) refundFailed(tx *db.Tx, id string, why error) error {
	r, o, err := s.lockedRefund(tx, id)
	if err != nil || !r.pending() {
		return err
	}
	r.State, r.Error = Failed, text.Brief(why.Error(), 500)
	if r.task, err = s.desk.Ask(tx, o, r); err != nil {
		return fmt.Errorf("ask staff to see to refund %s: %w", r.ID, err)
	}
	if err := setRefund(tx, r); err != nil {
		return err
	}
	_, err = fact.Append(tx, RefundFailed{Refund: fact.ID(r.ID)}, o.about())
	return err
}

// AskAgainTx asks the channel once more for a refund that has failed; any other stays as it is.
func (s *Service) AskAgainTx(tx *db.Tx, id string) (Refund, error) {
	r, _, err := s.lockedRefund(tx, id)
	if err != nil || r.State != Failed {
		return r, err
	}
	r.State, r.Error, r.task, r.AskedAt = Asked, "", "", tx.Now()
	if err := setRefund(tx, r); err != nil {
		return r, err
	}
	return r, job.Enqueue(tx, refundJob, r.ID, tx.Now(), nil)
}
