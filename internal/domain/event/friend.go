package event

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// GiftState is what became of a friend ticket.
type GiftState string

// The states of a friend ticket.
const (
	GiftGiven    GiftState = "given" // its link waits for a guest
	GiftClaimed  GiftState = "claimed"
	GiftReturned GiftState = "returned" // by its giver, or with the event
	GiftLapsed   GiftState = "lapsed"   // nobody took it in time; it is the giver's again
)

// Gift is a friend ticket that a member gave.
type Gift struct {
	ID      string    `json:"id"`
	Event   string    `json:"event"`
	Giver   string    `json:"giver"`
	Token   string    `json:"token" doc:"the secret of its link"`
	State   GiftState `json:"state"`
	Guest   string    `json:"guest,omitempty" doc:"person"`
	Ticket  string    `json:"ticket,omitempty" doc:"the guest's"`
	GivenAt time.Time `json:"given_at"`
	EndedAt time.Time `json:"ended_at,omitzero" doc:"when it was claimed or returned"`

	seat, key string
}

// Refusals about friend tickets.
var (
	ErrNoFriends     = errs.Define(errs.Conflict, "event.no_friends")       // the event has none
	ErrGiverMember   = errs.Define(errs.Forbidden, "event.giver_member")    // only members give
	ErrGiverTicket   = errs.Define(errs.Forbidden, "event.giver_ticket")    // only who has a ticket gives
	ErrGrantUsed     = errs.Define(errs.Conflict, "event.grant_used")       // "limit"
	ErrKeyReused     = errs.Define(errs.Conflict, "event.key_reused")       // "key"
	ErrUnknownGift   = errs.Define(errs.NotFound, "event.unknown_gift")     // no such link
	ErrFriendsClosed = errs.Define(errs.Gone, "event.friends_closed")       // "closed": when
	ErrGiftReturned  = errs.Define(errs.Gone, "event.gift_returned")        // its giver took it back, or gave it to another
	ErrGiftTaken     = errs.Define(errs.Conflict, "event.gift_taken")       // somebody else has claimed it
	ErrOwnGift       = errs.Define(errs.Forbidden, "event.own_gift")        // the guest is the giver
	ErrGuestMember   = errs.Define(errs.Forbidden, "event.guest_member")    // members have tickets of their own
	ErrGuestAttended = errs.Define(errs.Forbidden, "event.guest_attended")  // has come to something before
	ErrGuestTookOne  = errs.Define(errs.Conflict, "event.guest_took_one")   // another friend ticket for this event, kept or not
	ErrNotGiver      = errs.Define(errs.Forbidden, "event.not_giver")       // somebody else gave it
	ErrGiftClaimed   = errs.Define(errs.Conflict, "event.gift_was_claimed") // it can't come back
)

// mayGive refuses who may not give friend tickets for an event.
func (s *Service) mayGive(e Event, covered []string, own Ticket, now time.Time) *errs.Error {
	switch closes := e.FriendsClose(); {
	case e.State == StateCancelled:
		return ErrCancelled
	case e.Friends.PerMember == 0:
		return ErrNoFriends
	case !closes.After(now):
		return ErrFriendsClosed.With("closed", closes)
	case len(covered) == 0:
		return ErrGiverMember
	case e.Friends.GiverRegistered && own.State != Valid:
		return ErrGiverTicket
	}
	return nil
}

// granted is how many of a member's friend tickets for an event are out.
func (s *Service) granted(tx *db.Tx, event string, w who) (int, error) {
	seats, err := s.seats.LiveSeats(tx, w.root())
	used := 0
	for _, x := range seats {
		if x.Group == grant(event) {
			used += x.Qty
		}
	}
	return used, err
}

// Give is GiveTx in a transaction of its own.
func (s *Service) Give(ctx context.Context, community, event, giver, key string) (g Gift, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		g, err = s.GiveTx(tx, event, giver, key)
		return err
	})
	return g, err
}

// GiveTx makes a link to a friend ticket, of the giver's grant; the same key gives the same one. It is kept until claims close, and
// comes back then. Refusals: ErrUnknown, ErrCancelled, ErrNoFriends, ErrFriendsClosed, ErrGiverMember, ErrGiverTicket, ErrGrantUsed,
// ErrKeyReused, ErrBlocked.
func (s *Service) GiveTx(tx *db.Tx, event, giver, key string) (Gift, error) {
	w, err := s.comer(tx, giver)
	if err != nil {
		return Gift{}, err
	}
	if was, found, err := giftBy(tx, "key", key); err != nil || found {
		if err == nil && (was.Event != event || !w.is(was.Giver)) {
			err = ErrKeyReused.With("key", key)
		}
		return was, err
	}
	e, err := s.GetTx(tx, event)
	if err != nil {
		return Gift{}, err
	}
	own, _, err := s.ticketOf(tx, e, w)
	if err != nil {
		return Gift{}, err
	}
	covered, err := s.members.CoversTx(tx, w.root())
	if err != nil {
		return Gift{}, err
	}
	if why := s.mayGive(e, covered, own, tx.Now()); why != nil {
		return Gift{}, why
	}
	g := Gift{ID: tx.NewID(), Event: event, Giver: w.root(), Token: secret(), State: GiftGiven, GivenAt: tx.Now(), key: key}
	got, err := s.seats.HoldTx(tx, seat.Claim{
		Key: "gift " + g.ID, Group: grant(event), Holder: seat.Holder{ID: w.root(), Person: true}, TTL: e.FriendsClose().Sub(tx.Now()),
	})
	if errors.Is(err, seat.ErrHolderFull) {
		return Gift{}, ErrGrantUsed.With("limit", e.Friends.PerMember).Because(err)
	}
	if err != nil {
		return Gift{}, err
	}
	g.seat = got.ID
	if err := insertGift(tx, g); err != nil {
		return g, fmt.Errorf("give a friend ticket: %w", err)
	}
	_, err = fact.Append(tx, FriendGiven{Gift: fact.ID(g.ID), Event: fact.ID(g.Event)}, fact.Fact{Person: g.Giver, Subject: g.Event})
	return g, err
}

// ClaimGift is ClaimGiftTx in a transaction of its own.
func (s *Service) ClaimGift(ctx context.Context, community, token, guest string) (t Ticket, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		t, err = s.ClaimGiftTx(tx, token, guest)
		return err
	})
	return t, err
}

// ClaimGiftTx gives the guest who has the link a valid ticket, once: asked again by them it gives that one. Refusals, which end the
// caller's transaction: ErrUnknownGift, ErrCancelled, ErrFriendsClosed, ErrGiftReturned, ErrGiftTaken, ErrOwnGift, ErrBlocked,
// ErrGuestMember, ErrGuestAttended, ErrGuestTookOne, ErrHasTicket, ErrGrantUsed for a link that lapsed and whose giver has used the
// grant again, ErrQuotaFull, and of the house seat.ErrGone and seat.ErrMayComeBack.
func (s *Service) ClaimGiftTx(tx *db.Tx, token, guest string) (Ticket, error) {
	w, err := s.comer(tx, guest)
	if err != nil {
		return Ticket{}, err
	}
	g, err := s.GiftTx(tx, token)
	if err != nil {
		return Ticket{}, err
	}
	if g.State == GiftClaimed && w.is(g.Guest) {
		return s.TicketTx(tx, g.Ticket)
	}
	e, err := s.GetTx(tx, g.Event)
	if err != nil {
		return Ticket{}, err
	}
	if err := s.refuseGuest(tx, e, g, w); err != nil {
		return Ticket{}, err
	}
	was, offer, err := s.live(tx, e, w)
	if err != nil {
		return Ticket{}, err
	}
	if was.ID != "" {
		return was, ErrHasTicket.With("ticket", was.ID).With("state", string(was.State))
	}
	tt, err := e.typeOf(e.Friends.Type)
	if err != nil {
		return Ticket{}, err
	}
	switch _, err := s.seats.TakeTx(tx, g.seat); {
	case errors.Is(err, seat.ErrHolderFull), errors.Is(err, seat.ErrLapsed):
		return Ticket{}, ErrGrantUsed.With("limit", e.Friends.PerMember).Because(err)
	case errors.Is(err, seat.ErrReleased):
		return Ticket{}, ErrGiftReturned
	case err != nil:
		return Ticket{}, err
	}
	t, err := s.issue(tx, e, tt, Ticket{ID: tx.NewID(), Event: e.ID, Type: tt.Name, Person: w.root(), State: Valid, Giver: g.Giver}, offer)
	if err != nil {
		return t, err
	}
	if ok, err := claimGift(tx, g.ID, w.root(), t.ID); err != nil || !ok {
		return t, errs.Or(err, ErrGiftTaken)
	}
	return t, t.tell(tx, FriendClaimed{Gift: fact.ID(g.ID), Event: fact.ID(g.Event), Giver: fact.ID(g.Giver), Ticket: fact.ID(t.ID)})
}

// refuseGuest says why somebody can't have a friend ticket.
func (s *Service) refuseGuest(tx *db.Tx, e Event, g Gift, w who) error {
	switch closes := e.FriendsClose(); {
	case e.State == StateCancelled:
		return ErrCancelled
	case g.State == GiftReturned:
		return ErrGiftReturned
	case g.State == GiftClaimed:
		return ErrGiftTaken
	case w.is(g.Giver):
		return ErrOwnGift
	case !closes.After(tx.Now()):
		return ErrFriendsClosed.With("closed", closes)
	}
	has, err := s.members.MembershipsTx(tx, w.root())
	if err != nil || len(has) > 0 {
		return errs.Or(err, ErrGuestMember)
	}
	came, err := cameToAny(tx, w.ids)
	if err != nil || came {
		return errs.Or(err, ErrGuestAttended)
	}
	took, err := tookGift(tx, e.ID, w.ids)
	if err != nil || took {
		return errs.Or(err, ErrGuestTookOne)
	}
	return nil
}

// TakeGiftBackTx is a giver's taking back of a link that nobody has used. One that came back stays as it is. Refusals:
// ErrUnknownGift, ErrNotGiver, ErrGiftClaimed.
func (s *Service) TakeGiftBackTx(tx *db.Tx, gift, giver string) (Gift, error) {
	if err := s.seats.LockTx(tx); err != nil {
		return Gift{}, err
	}
	w, err := s.who(tx, giver)
	if err != nil {
		return Gift{}, err
	}
	g, found, err := giftBy(tx, "id", gift)
	switch {
	case err != nil || !found:
		return g, errs.Or(err, ErrUnknownGift)
	case !w.is(g.Giver):
		return g, ErrNotGiver
	case g.State == GiftClaimed:
		return g, ErrGiftClaimed
	case g.State == GiftReturned:
		return g, nil
	}
	if err := s.returnGift(tx, g); err != nil {
		return g, err
	}
	g, _, err = giftBy(tx, "id", gift)
	return g, err
}

// returnGift ends an open gift.
func (s *Service) returnGift(tx *db.Tx, g Gift) error {
	if ok, err := returnGift(tx, g.ID); err != nil || !ok {
		return err
	}
	if err := s.release(tx, g.seat); err != nil {
		return err
	}
	_, err := fact.Append(tx, FriendReturned{Gift: fact.ID(g.ID), Event: fact.ID(g.Event)}, fact.Fact{Person: g.Giver, Subject: g.Event})
	return err
}

// GiftTx gives the friend ticket of a link.
func (s *Service) GiftTx(tx *db.Tx, token string) (Gift, error) {
	g, found, err := giftBy(tx, "token", token)
	if err == nil && !found {
		err = ErrUnknownGift
	}
	return g, err
}

// GiftsOfEventTx lists the friend tickets that members gave for an event, the newest first.
func (s *Service) GiftsOfEventTx(tx *db.Tx, event, cursor string, limit int) (page.Page[Gift], error) {
	e, err := s.GetTx(tx, event)
	if err != nil {
		return page.Page[Gift]{}, err
	}
	p, err := listGifts(tx, event, cursor, limit)
	for i := range p.Items {
		p.Items[i] = p.Items[i].of(e, tx.Now())
	}
	return p, err
}

// of gives a friend ticket as it is at a time: one that nobody took in time has lapsed.
func (g Gift) of(e Event, now time.Time) Gift {
	if g.State == GiftGiven && !e.FriendsClose().After(now) {
		g.State = GiftLapsed
	}
	return g
}

// GiftsTx lists the friend tickets that a person gave for an event, the oldest first; one that nobody took in time has lapsed.
func (s *Service) GiftsTx(tx *db.Tx, event, giver string) ([]Gift, error) {
	w, err := s.who(tx, giver)
	if err != nil {
		return nil, err
	}
	e, err := s.GetTx(tx, event)
	if err != nil {
		return nil, err
	}
	list, err := giftsOf(tx, event, w.ids)
	for i := range list {
		list[i] = list[i].of(e, tx.Now())
	}
	return list, err
}
