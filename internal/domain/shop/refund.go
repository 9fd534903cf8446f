package shop

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// Ask asks for money to go back.
type Ask struct {
	Key    string    // with the same content it is the same refund again; required
	Amount money.Fen // 0 means all that is left, and then the buyer no longer has what they bought
	Why    string    // code of a refusal, or what staff writes
	Actor  string    // who of the staff; "" is the program, or the buyer
}

func (a Ask) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %q", a.Amount, a.Why))
	return hex.EncodeToString(sum[:16])
}

// Refund is RefundTx in a transaction of its own.
func (s *Service) Refund(ctx context.Context, community, order string, a Ask) (o Order, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		o, err = s.RefundTx(tx, order, a)
		return err
	})
	return o, err
}

// RefundTx gives money of an order back. All that is left takes back what was bought; a part leaves it with the buyer.
// Refusals: ErrUnknownOrder, ErrNotPaid, ErrTooMuch, ErrAmount, ErrKeyReused, and those of the goods; they end the caller's
// transaction.
func (s *Service) RefundTx(tx *db.Tx, order string, a Ask) (Order, error) {
	o, err := s.locked(tx, order)
	if err != nil {
		return o, err
	}
	if hash, found, err := refundByKey(tx, a.Key); err != nil || found {
		if err == nil && hash != a.hash() {
			err = ErrKeyReused
		}
		return o, err
	}
	hash := a.hash()
	switch {
	case o.Paid == 0, o.left() == 0:
		return o, ErrNotPaid
	case a.Amount < 0:
		return o, ErrAmount.At("/amount")
	case a.Amount > o.left():
		return o, ErrTooMuch.With("left", o.left().String()).At("/amount")
	}
	if a.Amount == 0 {
		a.Amount = o.left()
	}
	if a.Amount == o.left() {
		for _, l := range o.Lines {
			undo := s.goods[l.Kind].TakeBack
			if o.State == Paid { // not given yet
				undo = s.goods[l.Kind].Drop
			}
			if err := undo(tx, l.Ref); err != nil {
				return o, err
			}
		}
	}
	if err := s.refundWith(tx, o, a, hash); err != nil {
		return o, err
	}
	return s.GetTx(tx, order)
}

// GiveUpTx is the buyer's own refund: within the days that the goods have for it, all or nothing.
func (s *Service) GiveUpTx(tx *db.Tx, order string) (Order, error) {
	o, err := s.locked(tx, order)
	if err != nil {
		return o, err
	}
	if o.State == Refunded {
		return o, nil
	}
	if can, err := s.CanGiveUp(tx, o); err != nil || !can {
		if err == nil {
			err = ErrTooLate
		}
		return o, err
	}
	return s.RefundTx(tx, order, Ask{Key: "given up " + o.ID})
}

// CanGiveUp tells whether the buyer may give the whole order back by themselves now.
func (s *Service) CanGiveUp(tx *db.Tx, o Order) (bool, error) {
	if o.State != Fulfilled || o.left() == 0 {
		return false, nil
	}
	var can money.Fen
	for _, l := range o.Lines {
		n, err := s.goods[l.Kind].Refundable(tx, l.Ref)
		if err != nil {
			return false, err
		}
		can += n
	}
	return can >= o.left(), nil
}

func (s *Service) refund(tx *db.Tx, o Order, a Ask) error { return s.refundWith(tx, o, a, a.hash()) }

// refundWith takes an amount out of what the order has earned, and sends it back by the payment that brought it.
func (s *Service) refundWith(tx *db.Tx, o Order, a Ask, hash string) error {
	if o.Paid == 0 { // it has cost nothing
		o.State, o.EndedAt, o.Why = Closed, tx.Now(), a.Why
		return setRefunded(tx, o)
	}
	r := Refund{ID: tx.NewID(), Amount: a.Amount, Why: a.Why, Actor: a.Actor}
	cause, err := fact.Append(tx, RefundAsked{Refund: fact.ID(r.ID), Amount: int64(a.Amount)}, o.about())
	if err != nil {
		return err
	}
	if o.entry != "" {
		if err := s.unearn(tx, o, a, cause); err != nil {
			return err
		}
	}
	o.Refunded += a.Amount
	if o.Refunded == o.Paid {
		o.State, o.EndedAt = Refunded, tx.Now()
	}
	if a.Actor == "" && o.Why == "" {
		o.Why = a.Why
	}
	if err := setRefunded(tx, o); err != nil {
		return err
	}
	p, found, err := paymentByID(tx, o.payment)
	if err == nil && !found {
		err = fmt.Errorf("order %s was paid by no payment", o.ID)
	}
	if err != nil {
		return err
	}
	return s.sendBack(tx, o, p, r, a.Key, hash)
}

// unearn turns revenue into a deposit again: of each line its share.
func (s *Service) unearn(tx *db.Tx, o Order, a Ask, cause string) error {
	r := ledger.Reversal{Key: "refund " + a.Key, Of: o.entry, Fact: cause, Subject: o.ID}
	if a.Amount < o.left() {
		earned := map[string]money.Fen{}
		var accounts []string
		for _, l := range o.Lines {
			if l.Amount > 0 && !slices.Contains(accounts, l.Revenue) {
				accounts = append(accounts, l.Revenue)
			}
			earned[l.Revenue] += l.Amount
		}
		weights := make([]int64, len(accounts))
		for i, account := range accounts {
			weights[i] = int64(earned[account])
		}
		r.Lines = []ledger.Line{{Account: depositAccount, Amount: int64(a.Amount)}}
		for i, part := range money.Share(a.Amount, weights...) {
			if part > 0 {
				r.Lines = append(r.Lines, ledger.Line{Account: accounts[i], Amount: -int64(part)})
			}
		}
	}
	if _, err := s.books.ReverseTx(tx, r); err != nil {
		return fmt.Errorf("take back what order %s earned: %w", o.ID, err)
	}
	return nil
}

// returnPayment sends a payment back that the order has no use for.
func (s *Service) returnPayment(tx *db.Tx, o Order, p Payment, why string) error {
	r := Refund{ID: tx.NewID(), Amount: p.Received, Why: why}
	if _, err := fact.Append(tx, RefundAsked{Refund: fact.ID(r.ID), Amount: int64(r.Amount)}, o.about()); err != nil {
		return err
	}
	return s.sendBack(tx, o, p, r, "payment "+p.ID, "")
}

// sendBack writes a refund down; a job asks the channel for it.
func (s *Service) sendBack(tx *db.Tx, o Order, p Payment, r Refund, key, hash string) error {
	r.Order, r.Payment, r.State, r.AskedAt = o.ID, p.ID, Asked, tx.Now()
	if err := insertRefund(tx, r, key, hash); err != nil {
		return err
	}
	if err := addReturned(tx, p.ID, r.Amount); err != nil {
		return err
	}
	return job.Enqueue(tx, refundJob, r.ID, tx.Now(), nil)
}

// giveBack is the job that asks a channel for a refund. The channel knows the refund by its id and does nothing twice.
func (s *Service) giveBack(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	var r Refund
	var p Payment
	err := s.db.Read(ctx, j.Community, func(tx *db.Tx) (err error) {
		if r, err = s.RefundByID(tx, j.Key); err == nil {
			p, _, err = paymentByID(tx, r.Payment)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if r.State != Asked {
		return nil, nil
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
		if !done {
			return setRefundState(tx, r.ID, Asked, Waits, "")
		}
		_, err := s.RefundDoneTx(tx, r.ID)
		return err
	}, nil
}

func (s *Service) refundFailed(tx *db.Tx, j job.Job, why error) error {
	r, err := s.RefundByID(tx, j.Key)
	if err != nil || r.State != Asked {
		return err
	}
	if err := setRefundState(tx, r.ID, Asked, Failed, why.Error()); err != nil {
		return err
	}
	o, err := s.GetTx(tx, r.Order)
	if err != nil {
		return err
	}
	_, err = fact.Append(tx, RefundFailed{Refund: fact.ID(r.ID)}, o.about())
	return err
}

// RefundDoneTx notes that money has gone back, once: a channel told so, or a person who saw to it.
func (s *Service) RefundDoneTx(tx *db.Tx, id string) (Refund, error) {
	r, err := s.RefundByID(tx, id)
	if err != nil || r.State == Done {
		return r, err
	}
	o, err := s.locked(tx, r.Order)
	if err != nil {
		return r, err
	}
	p, found, err := paymentByID(tx, r.Payment)
	if err == nil && !found {
		err = errors.New("a refund of no payment")
	}
	if err != nil {
		return r, err
	}
	cause, err := fact.Append(tx, RefundDone{Refund: fact.ID(r.ID), Amount: int64(r.Amount)}, o.about())
	if err != nil {
		return r, err
	}
	_, err = s.books.ReverseTx(tx, ledger.Reversal{Key: "refunded " + r.ID, Of: p.entry, Fact: cause, Subject: o.ID, Lines: []ledger.Line{
		{Account: cashAccount(p.Channel), Amount: int64(r.Amount)}, {Account: depositAccount, Amount: -int64(r.Amount)},
	}})
	if err != nil {
		return r, fmt.Errorf("post refund %s: %w", r.ID, err)
	}
	r.State, r.DoneAt = Done, tx.Now()
	return r, setRefundDone(tx, r)
}

// RefundByID gives a refund.
func (s *Service) RefundByID(tx *db.Tx, id string) (Refund, error) {
	r, found, err := refundByID(tx, id)
	if err == nil && !found {
		err = ErrUnknownRefund
	}
	return r, err
}
