package event

import (
	"fmt"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// UncoverTx takes back what a person has of coming events by a membership that is over: tickets that were free for its members, and friend
// tickets that nobody has claimed. What another membership of theirs covers stays, and so does what was paid for or was a gift. Done
// once more it changes nothing.
func (s *Service) UncoverTx(tx *db.Tx, person string) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	w, err := s.who(tx, person)
	if err != nil {
		return err
	}
	covered, err := s.members.CoversTx(tx, w.root())
	if err != nil {
		return err
	}
	tickets, err := liveTickets(tx, "", w.ids)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		stays, err := s.staysCovered(tx, t, covered)
		if err == nil && !stays {
			err = s.giveBack(tx, t, WhyUncovered)
		}
		if err != nil {
			return fmt.Errorf("take back ticket %s of who is no member: %w", t.ID, err)
		}
	}
	if len(covered) > 0 {
		return nil // who is a member may give
	}
	gifts, err := openGiftsOf(tx, w.ids)
	for _, g := range gifts {
		if err == nil {
			err = s.returnGift(tx, g)
		}
	}
	return err
}

// staysCovered tells whether a ticket is its holder's whatever became of their memberships, or by one that they still have.
func (s *Service) staysCovered(tx *db.Tx, t Ticket, covered []string) (bool, error) {
	if t.Price > 0 || t.Giver != "" || !t.AdmittedAt.IsZero() {
		return true, nil
	}
	e, err := s.GetTx(tx, t.Event)
	if err != nil || !e.Starts.After(tx.Now()) {
		return true, err
	}
	kind, err := e.typeOf(t.Type)
	if err != nil || len(kind.Plans) == 0 {
		return true, nil //nolint:nilerr // of a type that is no more nothing says that it was for members
	}
	if due, err := kind.due(covered); err != nil || due > 0 {
		return false, nil //nolint:nilerr // the refusal is the answer
	}
	for _, again := range []bool{false, true} {
		if err := s.members.KeepUseTx(tx, useKey(t.ID, again)); err != nil {
			if errs.As(err) != nil {
				return false, nil
			}
			return false, err
		}
	}
	return true, nil
}
