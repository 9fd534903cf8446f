package shop

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// Ask asks for money to go back.
type Ask struct {
	Key    string    // with the same content it is the same refund again; required
	Of     string    // what of the order it goes back for, by its Ref; "" means all things in it, by what is left of each
	Amount money.Fen // 0 means all that is left, and then the buyer no longer has what they bought
	Why    string    // code of a refusal, or what staff writes
	Actor  string    // who of the staff; "" is the program, or the buyer
}

func (a Ask) hash(order string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %d %q", order, a.Of, a.Amount, a.Why))
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

// RefundTx gives money of an order back. All that is left, of it or of one thing in it, takes back what was bought; a part leaves it with the buyer.
// Refusals: ErrUnknownOrder, ErrNotPaid, ErrTooMuch, ErrAmount, ErrPointsWhole, ErrKeyReused, and those of the goods; they end the caller's
// transaction.
func (s *Service) RefundTx(tx *db.Tx, order string, a Ask) (Order, error) {
	o, err := s.locked(tx, order)
	if err != nil {
		return o, err
	}
	hash := a.hash(o.ID)
	if was, found, err := refundByKey(tx, a.Key); err != nil || found {
		if err == nil && was != hash {
			err = ErrKeyReused
		}
		return o, err
	}
	left := o.leftOf(a)
	switch {
	case o.Points > 0 && o.State == Refunded: // asked again
		return o, nil
	case o.pointsOwn() && (a.Amount != 0 || a.Of != ""):
		return o, ErrPointsWhole.At("/amount")
	case o.pointsOwn():
		if err := s.undo(tx, o, a); err != nil {
			return o, err
		}
		if err := s.refundWith(tx, o, a, hash); err != nil {
			return o, err
		}
		return s.GetTx(tx, order)
	case left == 0:
		return o, ErrNotPaid
	case a.Amount < 0:
		return o, ErrAmount.At("/amount")
	case a.Amount > left:
		return o, ErrTooMuch.With("left", left.String()).At("/amount")
	case a.Amount == 0:
		a.Amount = left
	}
	if a.Amount == o.left() {
		a.Of = ""
	}
	if a.Amount == left {
		if err := s.undo(tx, o, a); err != nil {
			return o, err
		}
	}
	if err := s.refundWith(tx, o, a, hash); err != nil {
		return o, err
	}
	return s.GetTx(tx, order)
}

// isOf tells whether money that is asked for goes back for a line.
func (a Ask) isOf(l Line) bool { return a.Of == "" || a.Of == l.Ref }

// leftOf is what was paid, and has not gone back, for what money is asked for.
func (o Order) leftOf(a Ask) (sum money.Fen) {
	if o.Paid == 0 {
		return 0
	}
	for _, l := range o.Lines {
		if a.isOf(l) {
			sum += l.left()
		}
	}
	return sum
}

// undo takes back what of an order its money goes back for.
func (s *Service) undo(tx *db.Tx, o Order, a Ask) error {
	for i, l := range o.Lines {
		if l.gone || !a.isOf(l) {
			continue
		}
		undo := s.goods[l.Kind].TakeBack
		if o.State == Paid { // not given yet
			undo = s.goods[l.Kind].Drop
		}
		if err := undo(tx, l.Ref); err != nil {
			return err
		}
		if err := setLineGone(tx, o.ID, i); err != nil {
			return err
		}
		o.Lines[i].gone = true
	}
	return nil
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
		if l.gone {
			continue
		}
		n, err := s.goods[l.Kind].Refundable(tx, l.Ref)
		if err != nil {
			return false, err
		}
		can += n
	}
	return can >= o.left(), nil
}

func (s *Service) refund(tx *db.Tx, o Order, a Ask) error {
	return s.refundWith(tx, o, a, a.hash(o.ID))
}

// refundWith takes an amount out of what the order has earned, and sends it back by the payment that brought it.
func (s *Service) refundWith(tx *db.Tx, o Order, a Ask, hash string) error {
	if o.Paid == 0 { // it has cost nothing, or points
		o.State, o.EndedAt, o.Why = Closed, tx.Now(), a.Why
		if o.Points > 0 {
			return s.giveBackPoints(tx, o)
		}
		return setRefunded(tx, o)
	}
	r := Refund{ID: tx.NewID(), Amount: a.Amount, Why: a.Why, Actor: a.Actor}
	cause, err := fact.Append(tx, RefundAsked{Refund: fact.ID(r.ID), Amount: int64(a.Amount)}, o.about())
	if err != nil {
		return err
	}
	if err := s.divide(tx, o, a, cause); err != nil {
		return err
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

// divide takes an amount from an order's lines, of each by what is left of it, and from the revenue that they have become.
func (s *Service) divide(tx *db.Tx, o Order, a Ask, cause string) error {
	whole := a.Amount == o.left()
	weights := make([]int64, len(o.Lines))
	for i, l := range o.Lines {
		if a.isOf(l) {
			weights[i] = int64(l.left())
		}
	}
	r := ledger.Reversal{Key: "refund " + a.Key, Of: o.entry, Fact: cause, Subject: o.ID, Rule: o.rule()}
	if !whole {
		r.Lines = []ledger.Line{{Account: depositAccount, Amount: int64(a.Amount)}}
	}
	for i, part := range money.Share(a.Amount, weights...) {
		if part == 0 {
			continue
		}
		l := o.Lines[i]
		if err := addLineReturned(tx, o.ID, i, part); err != nil {
			return err
		}
		if whole {
			continue
		}
		if !l.gone {
			if err := s.goods[l.Kind].Returned(tx, l.Ref, part); err != nil {
				return err
			}
		}
		if at := slices.IndexFunc(r.Lines, func(x ledger.Line) bool { return x.Account == l.Revenue }); at >= 0 {
			r.Lines[at].Amount -= int64(part)
		} else {
			r.Lines = append(r.Lines, ledger.Line{Account: l.Revenue, Amount: -int64(part)})
		}
	}
	if o.entry == "" { // a deposit still, of which less will become revenue
		return nil
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

// RefundDoneTx notes that money has gone back, once: a channel told so, or a person who saw to it.
func (s *Service) RefundDoneTx(tx *db.Tx, id string) (Refund, error) {
	r, o, err := s.lockedRefund(tx, id)
	if err != nil || r.State == Done {
		return r, err
	}
	p, err := s.PaymentTx(tx, r.Payment)
	if err != nil {
		return r, err
	}
	cause, err := fact.Append(tx, RefundDone{Refund: fact.ID(r.ID), Amount: int64(r.Amount)}, o.about())
	if err != nil {
		return r, err
	}
	_, err = s.books.ReverseTx(tx, ledger.Reversal{Key: "refunded " + r.ID, Of: p.entry, Fact: cause, Subject: o.ID, Rule: o.rule(), Lines: []ledger.Line{
		{Account: cashAccount(p.Channel), Amount: int64(r.Amount)}, {Account: depositAccount, Amount: -int64(r.Amount)},
	}})
	if err != nil {
		return r, fmt.Errorf("post refund %s: %w", r.ID, err)
	}
	if r.task != "" {
		if err := s.desk.Withdraw(tx, r.task); err != nil {
			return r, err
		}
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

// lockedRefund gives a refund with its order, under the lock.
func (s *Service) lockedRefund(tx *db.Tx, id string) (r Refund, o Order, err error) {
	if err := s.seats.LockTx(tx); err != nil {
		return r, o, err
	}
	if r, err = s.RefundByID(tx, id); err != nil {
		return r, o, err
	}
	o, err = s.GetTx(tx, r.Order)
	return r, o, err
}

// EraseTx forgets what staff wrote about a person's refunds. The money stays in the books.
func (s *Service) EraseTx(tx *db.Tx, person string) error { return eraseWords(tx, person) }
