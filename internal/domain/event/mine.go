package event

import (
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// Mine is what somebody has of an event.
type Mine struct {
	Ticket Ticket
	Event  Event
}

// atMost bounds how many of a person's tickets are looked at to find those of events that are to come.
const atMost = 50

// MineTx lists what a person has of events that are not over, those that begin first first: tickets that are held or valid, and
// places that are offered to them.
func (s *Service) MineTx(tx *db.Tx, person string) (out []Mine, err error) {
	w, err := s.who(tx, person)
	if err != nil {
		return nil, err
	}
	events, err := comingWith(tx, w.ids, atMost)
	if err != nil {
		return nil, err
	}
	offered, err := s.seats.LiveSeats(tx, w.root())
	if err != nil {
		return nil, err
	}
	for _, x := range offered {
		id, house := strings.CutPrefix(x.Group, house(""))
		if !house || strings.Contains(id, ":") || x.State != seat.StateHeld || !x.Offered {
			continue
		}
		e, err := s.GetTx(tx, id)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	seen := map[string]bool{}
	for _, e := range events {
		if seen[e.ID] || !e.Ends.After(tx.Now()) {
			continue
		}
		seen[e.ID] = true
		t, found, err := s.ticketOf(tx, e, w)
		if err != nil {
			return nil, err
		}
		if found {
			out = append(out, Mine{t, e})
		}
	}
	slices.SortStableFunc(out, func(a, b Mine) int { return a.Event.Starts.Compare(b.Event.Starts) })
	return out, nil
}

// CitiesTx lists where something is planned that begins from a time on, at most a few dozen.
func (s *Service) CitiesTx(tx *db.Tx, from time.Time) ([]string, error) { return citiesFrom(tx, from) }
