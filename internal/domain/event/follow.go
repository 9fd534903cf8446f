package event

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// FollowTx makes a human's tickets and friend tickets agree with their seats after a merge of persons: of two tickets for one event
// the seats of one were released, and it is given back with what it cost. Of two votes for a topic one counts. app calls it after the
// seats have followed.
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
	if err := s.followVotes(tx, w); err != nil {
		return err
	}
	return s.followGuests(tx, w)
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
	if err := eraseTopics(tx, person); err != nil {
		return fmt.Errorf("erase what person %s proposed: %w", person, err)
	}
	guests, err := guestsOf(tx, []string{person})
	for _, g := range guests {
		if err == nil {
			err = eraseGuest(tx, g.ID)
		}
	}
	if err != nil {
		return fmt.Errorf("erase person %s as a guest: %w", person, err)
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
	Tickets []Ticket  `json:"tickets"`
	Answers []Given   `json:"answers"`
	Juries  []Juror   `json:"juries" doc:"what they said as a juror"`
	Gifts   []Gift    `json:"gifts"`
	Topics  []Topic   `json:"topics" doc:"what they proposed"`
	Votes   []string  `json:"votes" doc:"topics they want to hear of"`
	Guest   []AsGuest `json:"guest,omitempty" doc:"what is written down of them as a guest"`
}

// AsGuest is what is written down of a guest.
type AsGuest struct {
	Guest
	Contact string      `json:"contact,omitempty"`
	Notes   []GuestNote `json:"notes"`
	Asks    []Ask       `json:"asks"`
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
	if x.Gifts, err = giftsOf(tx, "", w.ids); err != nil {
		return x, err
	}
	if x.Topics, err = topicsBy(tx, w.ids); err != nil {
		return x, err
	}
	if x.Votes, err = votedFor(tx, w.ids); err != nil {
		return x, err
	}
	x.Guest, err = s.asGuest(tx, w)
	return x, err
}

// asGuest is what is written down of a human as a guest.
func (s *Service) asGuest(tx *db.Tx, w who) (out []AsGuest, err error) {
	guests, err := guestsOf(tx, w.ids)
	if err != nil || len(guests) == 0 {
		return nil, err
	}
	for _, g := range guests {
		if g.root != g.ID {
			continue
		}
		x := AsGuest{Guest: g}
		if x.Contact, err = s.ContactTx(tx, g.ID); err != nil && !errors.Is(err, ErrUnreachable) {
			return nil, err
		}
		for cursor := ""; ; {
			p, err := s.NotesTx(tx, g.ID, cursor, 0)
			if err != nil {
				return nil, err
			}
			if x.Notes, cursor = append(x.Notes, p.Items...), p.Next; cursor == "" {
				break
			}
		}
		if x.Asks, err = asksOf(tx, []string{g.ID}); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}
