package event

import (
	"errors"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// Waiting is somebody in the line for an event.
type Waiting struct {
	Person   string    `json:"person"`
	Type     string    `json:"type" doc:"the ticket they want"`
	Position int       `json:"position" doc:"1 is next"`
	Since    time.Time `json:"since"`
	Blocked  string    `json:"blocked,omitempty" doc:"a quota of that ticket that is full: a place in the house would not do"`
}

// wish is the attribute under which a line keeps the ticket type somebody waits for.
const wish = "type"

// WaitTx puts a person in the line for an event whose house is full. A place that comes free becomes an offer to the first: a
// ticket in state offered until its end, to be taken up by ClaimTx or HoldTx with any type. Refusals: ErrHasRoom when there is
// room, ErrQuotaFull when only a quota is full (a line is for the house), seat.ErrInLine with another type, ErrHasTicket, and
// those of HoldTx.
func (s *Service) WaitTx(tx *db.Tx, event, kind, person string) (Waiting, error) {
	w, err := s.comer(tx, person)
	if err != nil {
		return Waiting{}, err
	}
	e, err := s.GetTx(tx, event)
	if err != nil {
		return Waiting{}, err
	}
	tt, err := e.typeOf(kind)
	if err != nil {
		return Waiting{}, err
	}
	if err := e.onSale(tt, tx.Now()); err != nil {
		return Waiting{}, err
	}
	was, offer, err := s.live(tx, e, w)
	if err != nil {
		return Waiting{}, err
	}
	if was.ID != "" || offer.ID != "" {
		return Waiting{}, ErrHasTicket.With("ticket", was.ID).With("state", string(was.State))
	}
	full, err := s.full(tx, house(e.ID))
	if err != nil {
		return Waiting{}, err
	}
	blocked, why, err := s.blocked(tx, e, tt)
	if err != nil {
		return Waiting{}, err
	}
	if full == nil {
		if why != nil {
			return Waiting{}, why
		}
		return Waiting{}, ErrHasRoom
	}
	covered, err := s.members.CoversTx(tx, w.root())
	if err != nil {
		return Waiting{}, err
	}
	if _, err := s.dueFrom(tx, tt, covered, w.root()); err != nil {
		return Waiting{}, err
	}
	if err := s.mayTake(tx, e, tt, person); err != nil {
		return Waiting{}, err
	}
	got, err := s.seats.WaitTx(tx, seat.Wait{
		Group: house(e.ID), Holder: seat.Holder{ID: w.root(), Person: true}, Want: seat.Want{Attributes: map[string]string{wish: kind}},
	})
	return Waiting{Person: w.root(), Type: kind, Position: got.Position, Since: got.Since, Blocked: blocked}, err
}

// LeaveTx takes a person out of the line, and gives up what is offered to them. left is false for one who has neither.
func (s *Service) LeaveTx(tx *db.Tx, event, person string) (left bool, err error) {
	if err := s.seats.LockTx(tx); err != nil {
		return false, err
	}
	w, err := s.who(tx, person)
	if err != nil {
		return false, err
	}
	e, err := s.GetTx(tx, event)
	if err != nil {
		return false, err
	}
	was, offer, err := s.live(tx, e, w)
	if err != nil {
		return false, err
	}
	if was.ID == "" && offer.ID != "" {
		return true, s.release(tx, offer.ID)
	}
	return s.seats.LeaveWaitTx(tx, house(event), seat.Holder{ID: w.root(), Person: true})
}

// LineTx lists the first of those who wait for an event.
func (s *Service) LineTx(tx *db.Tx, event string, limit int) ([]Waiting, error) {
	e, err := s.GetTx(tx, event)
	if err != nil {
		return nil, err
	}
	line, err := s.seats.Line(tx, house(event), limit)
	if err != nil {
		return nil, err
	}
	blocked := map[string]string{}
	for _, t := range e.Types {
		if blocked[t.Name], _, err = s.blocked(tx, e, t); err != nil {
			return nil, err
		}
	}
	out := make([]Waiting, 0, len(line))
	for _, x := range line {
		kind := x.Want.Attributes[wish]
		out = append(out, Waiting{Person: x.Holder.ID, Type: kind, Position: x.Position, Since: x.Since, Blocked: blocked[kind]})
	}
	return out, nil
}

// blocked names the first quota of a type that has no room, and why.
func (s *Service) blocked(tx *db.Tx, e Event, t TicketType) (quota string, why *errs.Error, err error) {
	for _, q := range t.Quotas {
		full, err := s.full(tx, quotaGroup(e.ID, q))
		if err != nil {
			return "", nil, err
		}
		if full != nil {
			return q, errs.As(e.quotaFull(q, full)), nil
		}
	}
	return "", nil, nil
}

// full says why a group has no room, as a hold would be refused; nil when it has.
func (s *Service) full(tx *db.Tx, group string) (*errs.Error, error) {
	c, err := s.seats.Count(tx, group)
	switch {
	case err != nil || c.Room > 0:
		return nil, err
	case c.Held == 0:
		return seat.ErrGone, nil
	}
	held, err := s.seats.HeldIn(tx, group, 1)
	if err != nil || len(held) == 0 {
		return seat.ErrGone, err
	}
	return seat.ErrMayComeBack.With("until", held[0].Expires), nil
}

// Choice is a ticket type as one person sees it.
type Choice struct {
	TicketType
	Due    money.Fen   `json:"due" doc:"fen, what it costs this person"`
	Refuse *errs.Error `json:"-"` // why it is not to be had; nil when it is
}

// Look is an event as one person sees it.
type Look struct {
	Event    Event
	House    seat.Counts
	Choices  []Choice
	Ticket   *Ticket // held, valid, or offered
	Waits    *Waiting
	Attended bool
	Answered bool
	Came     bool // by the entry of the event's placement
	Gifts    int  // friend tickets that they may still give; 0 for who may not
}

// LookTx tells what a person, or a stranger (""), may have of an event, and why not. It keeps nothing for them.
func (s *Service) LookTx(tx *db.Tx, event, person string) (l Look, err error) {
	if l.Event, err = s.GetTx(tx, event); err != nil {
		return l, err
	}
	if l.House, err = s.seats.Count(tx, house(event)); err != nil {
		return l, err
	}
	var covered []string
	if person != "" {
		if covered, err = s.members.CoversTx(tx, person); err != nil {
			return l, err
		}
		if err = s.lookAt(tx, &l, person, covered); err != nil {
			return l, err
		}
	}
	if slices.ContainsFunc(l.Event.Types, func(t TicketType) bool { return t.Audience }) {
		if l.Came, err = s.cameBy(tx, event, person); err != nil {
			return l, err
		}
	}
	for _, t := range l.Event.Types {
		c := Choice{TicketType: t}
		if c.Refuse, err = s.refuses(tx, l, t, covered, person, &c.Due); err != nil {
			return l, err
		}
		if t.Audience && !l.Came && c.Refuse == nil {
			c.Refuse = ErrAudience
		}
		l.Choices = append(l.Choices, c)
	}
	return l, nil
}

func (s *Service) lookAt(tx *db.Tx, l *Look, person string, covered []string) error {
	w, err := s.who(tx, person)
	if err != nil {
		return err
	}
	t, found, err := s.ticketOf(tx, l.Event, w)
	if err != nil {
		return err
	}
	if found {
		l.Ticket = &t
	}
	at, waits, err := s.seats.Position(tx, house(l.Event.ID), w.root())
	if err != nil {
		return err
	}
	if waits {
		l.Waits = &Waiting{Person: w.root(), Type: at.Want.Attributes[wish], Position: at.Position, Since: at.Since}
		tt, err := l.Event.typeOf(l.Waits.Type)
		if err == nil {
			l.Waits.Blocked, _, err = s.blocked(tx, l.Event, tt)
		}
		if err != nil && !errors.Is(err, ErrUnknownType) {
			return err
		}
	}
	if l.Attended, l.Answered, err = cameAndAnswered(tx, l.Event.ID, w.ids); err != nil {
		return err
	}
	if s.mayGive(l.Event, covered, t, tx.Now()) != nil {
		return nil
	}
	used, err := s.granted(tx, l.Event.ID, w)
	l.Gifts = max(0, l.Event.Friends.PerMember-used)
	return err
}

// refuses says why a type is not to be had now.
func (s *Service) refuses(tx *db.Tx, l Look, t TicketType, covered []string, person string, due *money.Fen) (*errs.Error, error) {
	price, err := s.dueFrom(tx, t, covered, person)
	if *due = price; err != nil {
		if why := errs.As(err); why != nil {
			return why, nil
		}
		return nil, err
	}
	if err := l.Event.onSale(t, tx.Now()); err != nil {
		return errs.As(err), nil
	}
	if l.Ticket == nil || l.Ticket.State != Offered {
		full, err := s.full(tx, house(l.Event.ID))
		if err != nil || full != nil {
			return full, err
		}
	}
	_, why, err := s.blocked(tx, l.Event, t)
	return why, err
}
