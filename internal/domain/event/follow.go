package event

import (
	"fmt"
	"maps"
	"slices"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// FollowTx makes a human's tickets and friend tickets agree with their seats after a merge of persons: of two tickets for one event
// the seats of one were released, and it is given back with what it cost. app calls it after the seats have followed.
func (s *Service) FollowTx(tx *db.Tx, person string) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	w, err := s.who(tx, person)
	if err != nil {
		return err
	}
	tickets, err := liveTickets(tx, "", w.ids)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		whole, err := s.seated(tx, t)
		if err == nil && !whole {
			err = s.giveBack(tx, t, WhyMerged)
		}
		if err != nil {
			return err
		}
	}
	gifts, err := openGiftsOf(tx, w.ids)
	if err != nil {
		return err
	}
	for _, g := range gifts {
		x, err := s.seats.Seat(tx, g.seat)
		if err == nil && x.State == seat.StateReleased {
			err = s.returnGift(tx, g)
		}
		if err != nil {
			return fmt.Errorf("follow friend ticket %s: %w", g.ID, err)
		}
	}
	return nil
}

// seated tells whether none of a ticket's seats was released.
func (s *Service) seated(tx *db.Tx, t Ticket) (bool, error) {
	quotas, err := seatsOf(tx, t.ID)
	if err != nil {
		return false, err
	}
	for _, id := range append([]string{t.seat}, slices.Collect(maps.Values(quotas))...) {
		x, err := s.seats.Seat(tx, id)
		if err != nil || x.State == seat.StateReleased {
			return false, err
		}
	}
	return true, nil
}

// UnmergeTx gives the seats of their own tickets back to a person who stands for themselves again.
func (s *Service) UnmergeTx(tx *db.Tx, person string) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	w, err := s.who(tx, person)
	if err != nil {
		return err
	}
	tickets, err := liveTickets(tx, "", w.ids)
	if err != nil {
		return err
	}
	var seats []string
	for _, t := range tickets {
		quotas, err := seatsOf(tx, t.ID)
		if err != nil {
			return err
		}
		seats = append(append(seats, t.seat), slices.Sorted(maps.Values(quotas))...)
	}
	gifts, err := openGiftsOf(tx, w.ids)
	if err != nil {
		return err
	}
	for _, g := range gifts {
		seats = append(seats, g.seat)
	}
	for _, id := range seats {
		if err := s.seats.GiveTx(tx, id, w.root()); err != nil {
			return fmt.Errorf("give seat %s back to person %s: %w", id, w.root(), err)
		}
	}
	return s.FollowTx(tx, person)
}

// EraseTx forgets what a person wrote, and gives back the tickets that they will not use, with what they cost. Scores stay: they are
// nobody's.
func (s *Service) EraseTx(tx *db.Tx, person string) error {
	if err := eraseAnswers(tx, person); err != nil {
		return fmt.Errorf("erase the answers of person %s: %w", person, err)
	}
	if err := eraseVerdicts(tx, person); err != nil {
		return fmt.Errorf("erase the verdicts of person %s: %w", person, err)
	}
	return s.endUpcoming(tx, []string{person}, WhyErased)
}

// ShutOutTx gives back the tickets of a person who must not get in any more, with what they cost.
func (s *Service) ShutOutTx(tx *db.Tx, person string) error {
	w, err := s.who(tx, person)
	if err != nil {
		return err
	}
	return s.endUpcoming(tx, w.ids, WhyBlocked)
}

// endUpcoming ends the live tickets of events that have not begun.
func (s *Service) endUpcoming(tx *db.Tx, ids []string, why Why) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	tickets, err := liveTickets(tx, "", ids)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		e, err := s.GetTx(tx, t.Event)
		if err == nil && e.Starts.After(tx.Now()) {
			err = s.giveBack(tx, t, why)
		}
		if err != nil {
			return fmt.Errorf("end ticket %s: %w", t.ID, err)
		}
	}
	return nil
}

// Export is what a person has of events.
type Export struct {
	Tickets []Ticket `json:"tickets"`
	Answers []Given  `json:"answers"`
	Juries  []Juror  `json:"juries" doc:"what they said as a juror"`
	Gifts   []Gift   `json:"gifts"`
}

// ExportTx gives all that a person has of events.
func (s *Service) ExportTx(tx *db.Tx, person string) (x Export, err error) {
	w, err := s.who(tx, person)
	if err != nil {
		return x, err
	}
	for cursor := ""; ; {
		p, err := listTickets(tx, "person", w.ids, "", cursor, 0)
		if err != nil {
			return x, err
		}
		if x.Tickets, cursor = append(x.Tickets, p.Items...), p.Next; cursor == "" {
			break
		}
	}
	if x.Answers, err = answersOf(tx, w.ids); err != nil {
		return x, err
	}
	if x.Juries, err = verdictsOf(tx, w.ids); err != nil {
		return x, err
	}
	x.Gifts, err = giftsOf(tx, "", w.ids)
	return x, err
}
