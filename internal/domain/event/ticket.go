package event

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// TicketState is what a ticket is.
type TicketState string

// The states of a ticket.
const (
	Offered  TicketState = "offered"  // a place that came free is kept for who waited; no ticket yet
	Held     TicketState = "held"     // to be paid
	Lapsed   TicketState = "lapsed"   // was not paid in time
	Valid    TicketState = "valid"    // gets in
	Returned TicketState = "returned" // given back
	Refunded TicketState = "refunded" // given back with the money

	dropped TicketState = "dropped" // stored: the holding ended by an act, not by time
)

// Ticket is somebody's place at an event.
type Ticket struct {
	ID         string      `json:"id,omitempty" doc:"empty for an offer"`
	Event      string      `json:"event"`
	Type       string      `json:"type,omitempty" doc:"empty for an offer: it is chosen with the ticket"`
	Person     string      `json:"person"`
	State      TicketState `json:"state"`
	Price      money.Fen   `json:"price" doc:"fen"`
	Giver      string      `json:"giver,omitempty" doc:"person who gave it to a friend"`
	Code       string      `json:"code,omitempty" doc:"the secret that its QR shows"`
	HeldUntil  time.Time   `json:"held_until,omitzero" doc:"of an offer, or a ticket to be paid"`
	TakenAt    time.Time   `json:"taken_at,omitzero"`
	EndedAt    time.Time   `json:"ended_at,omitzero" doc:"when it was given back"`
	AdmittedAt time.Time   `json:"admitted_at,omitzero" doc:"when it first let in at a door"`
	CreatedAt  time.Time   `json:"created_at,omitzero"`

	seat  string
	fresh bool
}

// Fresh tells that the ticket was made just now, and not found.
func (t Ticket) Fresh() bool { return t.fresh }

// at gives the ticket as it is at a time.
func (t Ticket) at(now time.Time) Ticket {
	if t.State == dropped || t.State == Held && !t.HeldUntil.After(now) {
		t.State = Lapsed
	}
	return t
}

// Refusals about tickets. Those of seat say why the house is full; ErrQuotaFull says it of a quota.
var (
	ErrUnknownTicket = errs.Define(errs.NotFound, "event.unknown_ticket")
	ErrBlocked       = errs.Define(errs.Forbidden, "event.blocked")      // the person must not get in
	ErrHasTicket     = errs.Define(errs.Conflict, "event.has_ticket")    // "ticket", "state"
	ErrNotYet        = errs.Define(errs.Conflict, "event.not_yet")       // "opens"
	ErrSaleClosed    = errs.Define(errs.Gone, "event.sale_closed")       // "closed": when
	ErrMembersOnly   = errs.Define(errs.Forbidden, "event.members_only") // "plans"
	ErrNotFree       = errs.Define(errs.Conflict, "event.not_free")      // "price": it is to be bought
	ErrQuotaFull     = errs.Define(errs.Conflict, "event.quota_full")    // "quota", "why": seat.gone, seat.may_come_back …, "until"
	ErrHasRoom       = errs.Define(errs.Conflict, "event.has_room")      // there is nothing to wait for
	ErrEnded         = errs.Define(errs.Gone, "event.ticket_ended")      // it was given back
	ErrPaidFor       = errs.Define(errs.Conflict, "event.paid_for")      // it goes back by its order
	ErrUsed          = errs.Define(errs.Conflict, "event.ticket_used")   // it has let in, or the event has begun
)

// onSale refuses a ticket type that is not to be had now.
func (e Event) onSale(t TicketType, now time.Time) error {
	switch opens, closes := e.opens(t), e.closes(t); {
	case e.State == StateCancelled:
		return ErrCancelled
	case opens.After(now):
		return ErrNotYet.With("opens", opens)
	case !closes.After(now):
		return ErrSaleClosed.With("closed", closes)
	}
	return nil
}

// due is what a type costs who is covered by some plans; ErrMembersOnly for one that is for members of others.
func (t TicketType) due(covered []string) (money.Fen, error) {
	if slices.ContainsFunc(t.Plans, func(p string) bool { return slices.Contains(covered, p) }) {
		return 0, nil
	}
	if t.Price == 0 && len(t.Plans) > 0 {
		return 0, ErrMembersOnly.With("plans", text.Brief(fmt.Sprint(t.Plans), maxField))
	}
	return t.Price, nil
}

// Claim is ClaimTx in a transaction of its own.
func (s *Service) Claim(ctx context.Context, community, event, kind, person string) (t Ticket, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		t, err = s.ClaimTx(tx, event, kind, person)
		return err
	})
	return t, err
}

// ClaimTx gives a person a ticket that is free for them. Who has a valid one of the type gets that. Refusals, which end the
// caller's transaction: ErrNotFree, those of HoldTx.
func (s *Service) ClaimTx(tx *db.Tx, event, kind, person string) (Ticket, error) {
	t, _, err := s.begin(tx, event, kind, person, time.Time{})
	return t, err
}

// HoldTx keeps a ticket for a person until a time, at the price that it costs them now, and gives the event as well. Who has one of the type held gets that.
// Refusals, which end the caller's transaction: ErrUnknown, ErrUnknownType, ErrCancelled, ErrNotYet, ErrSaleClosed,
// ErrMembersOnly, ErrAudience, ErrBlocked, ErrHasTicket, ErrQuotaFull, those of a benefit that is used up, and of the house seat.ErrGone and seat.ErrMayComeBack.
func (s *Service) HoldTx(tx *db.Tx, event, kind, person string, until time.Time) (Ticket, Event, error) {
	return s.begin(tx, event, kind, person, until)
}

// begin holds a ticket, or gives a free one at once.
func (s *Service) begin(tx *db.Tx, event, kind, person string, until time.Time) (Ticket, Event, error) {
	w, err := s.comer(tx, person)
	if err != nil {
		return Ticket{}, Event{}, err
	}
	t := Ticket{ID: tx.NewID(), Event: event, Type: kind, Person: w.root(), HeldUntil: until}
	tx.Soon(func() { // as it is asked below, up to the hold: the two must stay alike, or a round trip each comes back
		_, _ = s.GetTx(tx, event)
		_, _ = liveTickets(tx, event, w.ids)
		_, _ = s.offered(tx, event, w)
		_, _ = s.members.CoversTx(tx, w.root())
		_, _ = s.seats.HoldTx(tx, t.claim(0))
	})
	e, err := s.GetTx(tx, event)
	if err != nil {
		return Ticket{}, e, err
	}
	tt, err := e.typeOf(kind)
	if err != nil {
		return Ticket{}, e, err
	}
	was, offer, err := s.live(tx, e, w)
	if err != nil {
		return Ticket{}, e, err
	}
	wanted := Valid
	if !until.IsZero() {
		wanted = Held
	}
	if was.ID != "" {
		if was.Type == kind && was.State == wanted {
			return was, e, nil
		}
		return was, e, ErrHasTicket.With("ticket", was.ID).With("state", string(was.State))
	}
	if err := e.onSale(tt, tx.Now()); err != nil {
		return Ticket{}, e, err
	}
	covered, err := s.members.CoversTx(tx, w.root())
	if err != nil {
		return Ticket{}, e, err
	}
	price, err := s.dueFrom(tx, tt, covered, w.root())
	if err == nil {
		err = s.mayTake(tx, e, tt, w.root())
	}
	if err != nil {
		return Ticket{}, e, err
	}
	if price > 0 && wanted == Valid {
		return Ticket{}, e, ErrNotFree.With("price", price)
	}
	t.State, t.Price = wanted, price
	if t, err = s.issue(tx, e, tt, t, offer); err == nil {
		err = s.use(tx, t, tt, false)
	}
	return t, e, err
}

// issue writes a new ticket with its places.
func (s *Service) issue(tx *db.Tx, e Event, tt TicketType, t Ticket, offer seat.Seat) (Ticket, error) {
	t.Code, t.CreatedAt, t.fresh = secret(), tx.Now(), true
	ttl := time.Duration(0)
	if t.State == Held {
		if offer.ID != "" && offer.Expires.Before(t.HeldUntil) {
			t.HeldUntil = offer.Expires
		}
		t.HeldUntil = micro(t.HeldUntil)
		ttl = t.HeldUntil.Sub(tx.Now())
	} else {
		t.TakenAt = tx.Now()
	}
	p, err := s.hold(tx, e, tt, t, offer.ID, ttl)
	if errors.Is(err, seat.ErrHolderFull) && errs.As(err).Code == seat.ErrHolderFull.Code {
		err = ErrHasTicket.Because(err)
	}
	if err != nil {
		return t, err
	}
	t.seat = p.house
	if err := insertTicket(tx, t, p.quotas); err != nil {
		return t, fmt.Errorf("write a ticket for %s: %w", e.ID, err)
	}
	if t.State == Held {
		return t, nil
	}
	return t, t.tell(tx, t.taken())
}

func (t Ticket) taken() TicketTaken {
	return TicketTaken{Ticket: fact.ID(t.ID), Type: TypeName(t.Type), Event: fact.ID(t.Event), Price: int64(t.Price), Giver: fact.ID(t.Giver)}
}

func (t Ticket) tell(tx *db.Tx, payload any) error {
	_, err := fact.Append(tx, payload, fact.Fact{Person: t.Person, Subject: t.Event})
	return err
}

// live finds a human's ticket of an event that is held or valid, or the seat that is offered to them. What was held too long is
// given up.
func (s *Service) live(tx *db.Tx, e Event, w who) (t Ticket, offer seat.Seat, err error) {
	found, err := liveTickets(tx, e.ID, w.ids)
	if err != nil {
		return t, offer, err
	}
	for _, x := range found {
		if x.at(tx.Now()).State != Lapsed {
			return x, offer, nil
		}
		if err := s.drop(tx, x); err != nil {
			return t, offer, err
		}
	}
	offer, err = s.offered(tx, e.ID, w)
	return t, offer, err
}

// offered is the seat that is kept for who waited.
func (s *Service) offered(tx *db.Tx, event string, w who) (seat.Seat, error) {
	x, has, err := s.seats.LiveSeatOf(tx, house(event), w.root())
	if err != nil || !has || x.State != seat.StateHeld || !x.Offered || !x.Expires.After(tx.Now()) {
		return seat.Seat{}, err
	}
	return x, nil
}

// TakeTx makes a held ticket valid, once: asked again it gives the ticket as it is. One whose time is over is honoured while
// there is room, at its price. Refusals, after which what was paid is owed back: seat.ErrLapsed, seat.ErrGone, seat.ErrMayComeBack
// and ErrQuotaFull for places that are gone, ErrHasTicket for who has another one by now, ErrCancelled, ErrOver, ErrBlocked, ErrEnded.
func (s *Service) TakeTx(tx *db.Tx, ticket string) (Ticket, error) {
	t, err := s.ticket(tx, ticket)
	if err != nil || t.State == Valid {
		return t, err
	}
	w, err := s.comer(tx, t.Person)
	if err != nil {
		return t, err
	}
	e, err := s.GetTx(tx, t.Event)
	if err != nil {
		return t, err
	}
	switch {
	case t.State == Returned || t.State == Refunded:
		return t, ErrEnded
	case e.State == StateCancelled:
		return t, ErrCancelled
	case !e.Ends.After(tx.Now()):
		return t, ErrOver
	}
	others, err := liveTickets(tx, e.ID, w.ids)
	if err != nil {
		return t, err
	}
	for _, o := range others {
		if o.ID == t.ID {
			continue
		}
		if o.at(tx.Now()).State != Lapsed {
			return t, ErrHasTicket.With("ticket", o.ID).With("state", string(o.State))
		}
		if err := s.drop(tx, o); err != nil {
			return t, err
		}
	}
	p, err := s.take(tx, e, t, w.root())
	if err != nil {
		return t, err
	}
	if t.State == dropped {
		kind, _ := e.typeOf(t.Type) // one that is no more uses nothing
		if err := s.use(tx, t, kind, true); err != nil {
			return t, err
		}
	}
	t.State, t.TakenAt, t.seat = Valid, tx.Now(), p.house
	if err := takeTicket(tx, t, p.quotas); err != nil {
		return t, err
	}
	return t, t.tell(tx, t.taken())
}

// ticket reads one under the seats' lock.
func (s *Service) ticket(tx *db.Tx, id string) (Ticket, error) {
	if err := s.seats.LockTx(tx); err != nil {
		return Ticket{}, err
	}
	t, found, err := ticketBy(tx, "id", id)
	if err == nil && !found {
		err = ErrUnknownTicket
	}
	return t, err
}

// DropTx ends the holding of a ticket; one that has ended, or is valid, stays as it is. A place that was offered stays so to its end.
func (s *Service) DropTx(tx *db.Tx, ticket string) error {
	t, err := s.ticket(tx, ticket)
	if err != nil || t.State != Held {
		return err
	}
	return s.drop(tx, t)
}

func (s *Service) drop(tx *db.Tx, t Ticket) error {
	if ok, err := endTicket(tx, t.ID, Held, dropped); err != nil || !ok {
		return err
	}
	if err := s.unuse(tx, t); err != nil {
		return err
	}
	x, err := s.seats.Seat(tx, t.seat)
	if err != nil {
		return err
	}
	if !x.Offered || !x.Expires.After(tx.Now()) {
		if err := s.release(tx, t.seat); err != nil {
			return err
		}
	}
	return s.releaseQuotas(tx, t)
}

func (s *Service) releaseQuotas(tx *db.Tx, t Ticket) error {
	seats, err := seatsOf(tx, t.ID)
	if err != nil {
		return err
	}
	for _, id := range seats {
		if err := s.release(tx, id); err != nil {
			return err
		}
	}
	return nil
}
