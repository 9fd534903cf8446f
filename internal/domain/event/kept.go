package event

import (
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

// Kept is an event of which somebody has a ticket, or had one and didn't give it back.
type Kept struct {
	Event string
	Price money.Fen // of the dearest ticket
	Since time.Time
}

// mostKept bounds how many events KeptTx gives.
const mostKept = 200

// KeptTx lists of which events a person has a ticket, the dearest first, then the latest.
func (s *Service) KeptTx(tx *db.Tx, person string) ([]Kept, error) {
	w, err := s.who(tx, person)
	if err != nil {
		return nil, err
	}
	return keptBy(tx, w.ids, mostKept)
}

// ForOutsiders lists the ticket types that are to be had at a time, as long as there are places, by somebody who is no member and whom
// no friend gave a ticket.
func (e Event) ForOutsiders(now time.Time) (out []TicketType) {
	for _, t := range e.Types {
		friends := t.Name == e.Friends.Type && e.Friends.PerMember > 0 && len(t.Plans) == 0 && len(e.Types) > 1
		_, err := t.due(nil)
		if !friends && !t.Audience && err == nil && e.onSale(t, now) == nil {
			out = append(out, t)
		}
	}
	return out
}

// LeftTx tells how many places are left in the houses of several events, by their ids.
func (s *Service) LeftTx(tx *db.Tx, events []Event) (map[string]int, error) {
	groups := make([]string, 0, len(events))
	for _, e := range events {
		groups = append(groups, house(e.ID))
	}
	counts, err := s.seats.Counts(tx, groups)
	if err != nil {
		return nil, err
	}
	out := make(map[string]int, len(events))
	for _, e := range events {
		out[e.ID] = counts[house(e.ID)].Room
	}
	return out, nil
}
