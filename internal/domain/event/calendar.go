package event

import (
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// Filter narrows the calendar; what is empty doesn't.
type Filter struct {
	From, To time.Time // that begin from one time on and before the other
	Kind     Kind
	City     string
	Series   string
	Host     string
	State    State
}

// ListTx lists events in the order in which they begin.
func (s *Service) ListTx(tx *db.Tx, f Filter, cursor string, limit int) (page.Page[Event], error) {
	return listEvents(tx, f, cursor, limit)
}

// ConflictsTx lists what is planned for the same time as e with the same host, or at the same place in the same city.
func (s *Service) ConflictsTx(tx *db.Tx, e Event) ([]Event, error) {
	all, err := overlapping(tx, e)
	if err != nil {
		return nil, err
	}
	host := who{[]string{e.Host}}
	if e.Host != "" {
		if host, err = s.who(tx, e.Host); err != nil {
			return nil, err
		}
	}
	var out []Event
	for _, x := range all {
		if x.Host != "" && host.is(x.Host) || x.Place != "" && x.Place == e.Place && x.City == e.City {
			out = append(out, x)
		}
	}
	return out, nil
}

// TicketTx gives a ticket as it is now.
func (s *Service) TicketTx(tx *db.Tx, id string) (Ticket, error) {
	t, found, err := ticketBy(tx, "id", id)
	if err == nil && !found {
		err = ErrUnknownTicket
	}
	return t.at(tx.Now()), err
}

// TicketOfTx gives what a person has of an event: a ticket that is held or valid, or a place that is offered to them.
func (s *Service) TicketOfTx(tx *db.Tx, event, person string) (t Ticket, found bool, err error) {
	w, err := s.who(tx, person)
	if err != nil {
		return t, false, err
	}
	e, err := s.GetTx(tx, event)
	if err != nil {
		return t, false, err
	}
	return s.ticketOf(tx, e, w)
}

func (s *Service) ticketOf(tx *db.Tx, e Event, w who) (Ticket, bool, error) {
	list, err := liveTickets(tx, e.ID, w.ids)
	if err != nil {
		return Ticket{}, false, err
	}
	for _, t := range list {
		if t.at(tx.Now()).State != Lapsed {
			return t, true, nil
		}
	}
	x, err := s.offered(tx, e.ID, w)
	if err != nil || x.ID == "" {
		return Ticket{}, false, err
	}
	return Ticket{Event: e.ID, Person: w.root(), State: Offered, HeldUntil: x.Expires, seat: x.ID}, true, nil
}

// someOffers bounds how many offers stand before the tickets that are held.
const someOffers = 200

// TicketsTx lists the tickets of an event, the newest first: all, or those that are held, valid, returned or refunded. Before
// those that are held stand the places that are offered to who waited.
func (s *Service) TicketsTx(tx *db.Tx, event string, state TicketState, cursor string, limit int) (page.Page[Ticket], error) {
	out, err := listTickets(tx, "event", []string{event}, state, cursor, limit)
	if err != nil || state != Held || cursor != "" {
		return out, err
	}
	kept, err := s.seats.HeldIn(tx, house(event), someOffers)
	if err != nil {
		return out, err
	}
	taken, err := heldSeats(tx, event)
	if err != nil {
		return out, err
	}
	var offers []Ticket
	for _, x := range kept {
		if x.Offered && x.Expires.After(tx.Now()) && !taken[x.ID] {
			offers = append(offers, Ticket{Event: event, Person: x.Holder.ID, State: Offered, HeldUntil: x.Expires, seat: x.ID})
		}
	}
	out.Items = append(offers, out.Items...)
	return out, nil
}

// HadTicketTx tells whether a person had a valid ticket of an event at a time.
func (s *Service) HadTicketTx(tx *db.Tx, event, person string, at time.Time) (bool, error) {
	w, err := s.who(tx, person)
	if err != nil {
		return false, err
	}
	return hadTicket(tx, event, w.ids, at)
}

// TicketsOfTx lists the tickets that a person ever had, the newest first.
func (s *Service) TicketsOfTx(tx *db.Tx, person, cursor string, limit int) (page.Page[Ticket], error) {
	w, err := s.who(tx, person)
	if err != nil {
		return page.Page[Ticket]{}, err
	}
	return listTickets(tx, "person", w.ids, "", cursor, limit)
}
