package event

import (
	"context"
	"fmt"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// ReturnTx is a holder's own giving back of a ticket that cost nothing, before the event begins; its places are free again. One
// that was given back stays as it is. Refusals: ErrUnknownTicket, ErrPaidFor, ErrUsed, ErrEnded for one that is not valid.
func (s *Service) ReturnTx(tx *db.Tx, ticket string) (Ticket, error) {
	t, err := s.ticket(tx, ticket)
	if err != nil {
		return t, err
	}
	switch t.State {
	case Returned, Refunded:
		return t, nil
	case Valid:
	case Held:
		return t, s.drop(tx, t)
	default:
		return t, ErrEnded
	}
	e, err := s.GetTx(tx, t.Event)
	if err != nil {
		return t, err
	}
	switch {
	case t.Price > 0:
		return t, ErrPaidFor
	case !t.AdmittedAt.IsZero(), !e.Starts.After(tx.Now()):
		return t, ErrUsed
	}
	return s.end(tx, t, WhyHolder)
}

// TakeBackTx takes a ticket back with its money, once. Who gives the money back decides whether it is due.
func (s *Service) TakeBackTx(tx *db.Tx, ticket string) (Ticket, error) {
	t, err := s.ticket(tx, ticket)
	if err != nil || t.State != Valid {
		return t, err
	}
	return s.end(tx, t, WhyRefunded)
}

// RefundableTx is how much of what a ticket cost its holder may have back by themselves: all until the event begins, unless it let in.
func (s *Service) RefundableTx(tx *db.Tx, ticket string) (money.Fen, error) {
	t, err := s.TicketTx(tx, ticket)
	if err != nil || t.State != Valid || !t.AdmittedAt.IsZero() {
		return 0, err
	}
	e, err := s.GetTx(tx, t.Event)
	if err != nil || !e.Starts.After(tx.Now()) {
		return 0, err
	}
	return t.Price, nil
}

// end makes a valid ticket one no longer, and its places free.
func (s *Service) end(tx *db.Tx, t Ticket, why Why) (Ticket, error) {
	to := Returned
	if why == WhyRefunded {
		to = Refunded
	}
	if ok, err := endTicket(tx, t.ID, Valid, to); err != nil || !ok {
		return t, err
	}
	t.State, t.EndedAt = to, tx.Now()
	if err := s.release(tx, t.seat); err != nil {
		return t, err
	}
	if err := s.releaseQuotas(tx, t); err != nil {
		return t, err
	}
	if err := s.unuse(tx, t); err != nil {
		return t, err
	}
	return t, t.tell(tx, TicketReturned{Ticket: fact.ID(t.ID), Type: TypeName(t.Type), Event: fact.ID(t.Event), Why: why})
}

// refusal is what tells the buyer of a ticket why it went back.
func (w Why) refusal() *errs.Error {
	switch w {
	case WhyCancelled:
		return ErrCancelled
	case WhyMerged:
		return ErrHasTicket
	case WhyBlocked:
		return ErrBlocked
	}
	return ErrEnded
}

// giveBack ends a live ticket by no wish of its holder's, with what it cost.
func (s *Service) giveBack(tx *db.Tx, t Ticket, why Why) error {
	if t.State == Held {
		return s.drop(tx, t)
	}
	if t.Price > 0 && s.cashier != nil {
		paid, err := s.cashier.RefundTx(tx, t.ID, string(why)+" "+t.ID, why.refusal().Code)
		if err != nil {
			return fmt.Errorf("give back what ticket %s cost: %w", t.ID, err)
		}
		if paid {
			why = WhyRefunded
		}
	}
	if t, err := s.TicketTx(tx, t.ID); err != nil || t.State != Valid {
		return err // it went back with its order
	}
	_, err := s.end(tx, t, why)
	return err
}

// GiveBackTx is the staff's taking back of a ticket, with what it cost. One that was given back stays as it is. Refusals:
// ErrUnknownTicket, ErrUsed for one that has let in, ErrEnded for one that is not valid.
func (s *Service) GiveBackTx(tx *db.Tx, ticket string) (Ticket, error) {
	t, err := s.ticket(tx, ticket)
	if err != nil {
		return t, err
	}
	switch {
	case t.State == Returned || t.State == Refunded:
		return t, nil
	case t.State != Valid && t.State != Held:
		return t, ErrEnded
	case !t.AdmittedAt.IsZero():
		return t, ErrUsed
	}
	if err := s.giveBack(tx, t, WhyHolder); err != nil {
		return t, err
	}
	return s.TicketTx(tx, ticket)
}

// Cancel is CancelTx in a transaction of its own.
func (s *Service) Cancel(ctx context.Context, community, event, actor string) (e Event, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		e, err = s.CancelTx(tx, event, actor)
		return err
	})
	return e, err
}

// CancelTx calls an event off, for good. Its tickets, offers and friend tickets go back by a job, with what they cost. One that
// is cancelled stays as it is. Refusals: ErrUnknown, ErrOver.
func (s *Service) CancelTx(tx *db.Tx, event, actor string) (Event, error) {
	if err := s.seats.LockTx(tx); err != nil {
		return Event{}, err
	}
	e, err := s.GetTx(tx, event)
	if err != nil || e.State == StateCancelled {
		return e, err
	}
	if !e.Ends.After(tx.Now()) {
		return e, ErrOver
	}
	e.State, e.CancelledAt = StateCancelled, tx.Now()
	e.Version++
	if err := cancelEvent(tx, e); err != nil {
		return e, err
	}
	pools := []string{e.ID}
	for _, q := range e.Quotas {
		pools = append(pools, quotaGroup(e.ID, q.Name))
	}
	if e.Friends.PerMember > 0 {
		pools = append(pools, grant(e.ID))
	}
	for _, id := range pools { // nothing that comes back is offered to anybody
		if _, err := s.seats.ClosePoolTx(tx, id); err != nil {
			return e, fmt.Errorf("close %s: %w", id, err)
		}
	}
	if err := job.Enqueue(tx, cancelJob, e.ID, tx.Now(), nil); err != nil {
		return e, err
	}
	if err := s.FreeTopicTx(tx, e.ID, actor); err != nil {
		return e, fmt.Errorf("free the topic of event %s: %w", e.ID, err)
	}
	if err := rewatchSlots(tx); err != nil {
		return e, err
	}
	_, err = fact.Append(tx, Cancelled{}, fact.Fact{Subject: e.ID, Actor: actor})
	return e, err
}

// atOnce is how many tickets a cancelled event takes back in one transaction.
const atOnce = 50

// clear lets everything of a cancelled event go back, some at a time. It may run again.
func (s *Service) clear(ctx context.Context, community, event string) error {
	for _, some := range []func(*db.Tx, string) (more bool, err error){s.clearLine, s.clearTickets, s.clearOffers, s.clearGifts} {
		for more := true; more; {
			err := s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
				if err = s.seats.LockTx(tx); err == nil {
					more, err = some(tx, event)
				}
				return err
			})
			if err != nil {
				return fmt.Errorf("clear event %s: %w", event, err)
			}
		}
	}
	return nil
}

func (s *Service) clearLine(tx *db.Tx, event string) (bool, error) {
	line, err := s.seats.Line(tx, house(event), atOnce)
	for _, w := range line {
		if err == nil {
			_, err = s.seats.LeaveWaitTx(tx, house(event), w.Holder)
		}
	}
	return len(line) == atOnce, err
}

func (s *Service) clearTickets(tx *db.Tx, event string) (bool, error) {
	list, err := someLiveTickets(tx, event, atOnce)
	for _, t := range list {
		if err == nil {
			err = s.giveBack(tx, t, WhyCancelled)
		}
	}
	return len(list) == atOnce, err
}

func (s *Service) clearOffers(tx *db.Tx, event string) (bool, error) {
	list, err := s.seats.HeldIn(tx, house(event), atOnce)
	for _, x := range list {
		if err == nil {
			err = s.release(tx, x.ID)
		}
	}
	return len(list) == atOnce, err
}

func (s *Service) clearGifts(tx *db.Tx, event string) (bool, error) {
	list, err := someOpenGifts(tx, event, atOnce)
	for _, g := range list {
		if err == nil {
			err = s.returnGift(tx, g)
		}
	}
	return len(list) == atOnce, err
}
