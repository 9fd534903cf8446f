package event

import (
	"errors"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

// dueFrom is what a type costs a person who is covered by some plans. One that uses a benefit is free as long as they have one left of it:
// then it is sold to them, or refused as the benefit is if it isn't sold.
func (s *Service) dueFrom(tx *db.Tx, t TicketType, covered []string, person string) (money.Fen, error) {
	price, err := t.due(covered)
	if err != nil || price > 0 || t.Benefit == "" {
		return price, err
	}
	why := s.members.MayUseTx(tx, person, t.Benefit)
	if errs.As(why) != nil && t.Price > 0 {
		return t.Price, nil
	}
	return 0, why
}

// useKey is under which a ticket uses a benefit; again is for one that was given up unpaid, and paid after all.
func useKey(ticket string, again bool) string {
	if again {
		return "ticket again " + ticket
	}
	return "ticket " + ticket
}

// use lets a member's free ticket use one of its type's benefit.
func (s *Service) use(tx *db.Tx, t Ticket, kind TicketType, again bool) error {
	if kind.Benefit == "" || t.Price > 0 || t.Giver != "" {
		return nil
	}
	_, err := s.members.UseTx(tx, membership.Usage{Key: useKey(t.ID, again), Person: t.Person, Benefit: kind.Benefit, For: t.Event})
	return err
}

// unuse gives back what a ticket has used.
func (s *Service) unuse(tx *db.Tx, t Ticket) error {
	if t.Price > 0 || t.Giver != "" {
		return nil
	}
	for _, again := range []bool{false, true} {
		if _, err := s.members.ReturnTx(tx, useKey(t.ID, again), ""); err != nil {
			if errors.Is(err, membership.ErrUnknownUse) {
				return nil // it has used nothing, or only once
			}
			return err
		}
	}
	return nil
}
