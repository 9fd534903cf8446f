package membership

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// PlaceState is what became of a colleague's place.
type PlaceState string

// The states of a place.
const (
	PlaceInvited PlaceState = "invited"
	PlaceTaken   PlaceState = "taken"
	PlaceEnded   PlaceState = "ended"
)

// PlaceEnd says why a place ended.
type PlaceEnd string

// Why places end.
const (
	TakenBack PlaceEnd = "taken_back" // by the company's contact, or staff
	LeftPlace PlaceEnd = "left"       // by the colleague
	OverPlace PlaceEnd = "over"       // the company's membership is
	Fewer     PlaceEnd = "fewer"      // what the company has left gives fewer
	Merged    PlaceEnd = "merged"     // the colleague was there twice
	Erased    PlaceEnd = "erased"
)

// Place is one of a company's places for colleagues.
type Place struct {
	ID           string     `json:"id"`
	Organisation string     `json:"organisation"`
	State        PlaceState `json:"state" enum:"invited,taken,ended"`
	Token        string     `json:"token,omitempty" doc:"of the link; the contact's alone"`
	InvitedBy    string     `json:"invited_by,omitempty" doc:"the contact who did; none if the staff did"`
	InvitedAt    time.Time  `json:"invited_at"`
	ExpiresAt    time.Time  `json:"expires_at" doc:"the link can't be used from then on"`
	Person       string     `json:"person,omitempty" doc:"the colleague who took it"`
	TakenAt      time.Time  `json:"taken_at,omitzero"`
	EndedAt      time.Time  `json:"ended_at,omitzero"`
	Why          PlaceEnd   `json:"why,omitempty" doc:"taken_back, left, over, fewer, merged or erased"`

	seat, key string
}

// Places are how many colleagues a company may have, and has.
type Places struct {
	Places  int `json:"places" doc:"that its memberships give"`
	Invited int `json:"invited"`
	Taken   int `json:"taken"`
	Room    int `json:"room"`
}

// Refusals about colleagues.
var (
	ErrNoPlaces          = errs.Define(errs.Conflict, "membership.no_places")   // the company has no membership with places now
	ErrPlacesFull        = errs.Define(errs.Conflict, "membership.places_full") // "places"
	ErrInviteKey         = errs.Define(errs.Conflict, "membership.invite_key")  // it stands for another company's invitation
	ErrUnknownInvitation = errs.Define(errs.NotFound, "membership.no_invitation")
	ErrInvitationOver    = errs.Define(errs.Gone, "membership.invitation_over")  // its time is over, or it was taken back
	ErrInvitationTaken   = errs.Define(errs.Gone, "membership.invitation_taken") // by somebody else
	ErrHasPlace          = errs.Define(errs.Conflict, "membership.has_place")    // by another invitation, or as who bought it
)

// inviteFor is how long an invitation keeps a place.
const inviteFor = 7 * 24 * time.Hour

func colleagueGroup(organisation string) string { return "colleagues:" + organisation }

// OnColleague adds what must happen in the transaction in which somebody takes a place of a company, or has none there any more.
func (s *Service) OnColleague(fn func(tx *db.Tx, organisation, person string, in bool) error) {
	s.onColleague = append(s.onColleague, fn)
}

// given lists the terms of companies that a person has by a colleague's place.
func (s *Service) given(tx *db.Tx, x standing) (out []Term, err error) {
	if len(x.ids) == 0 {
		return nil, nil
	}
	places, err := placesOf(tx, x.ids)
	for _, p := range places {
		terms, err := termsOfOrganisation(tx, p.Organisation)
		if err != nil {
			return nil, err
		}
		for _, t := range terms {
			if t.stored == bought && t.plan.Seats > 0 && !slices.ContainsFunc(append(out, x.terms...), func(o Term) bool { return o.ID == t.ID }) {
				out = append(out, t)
			}
		}
	}
	return out, err
}

// isMember tells whether a person has a membership that is not over, their own or by a place.
func (s *Service) isMember(tx *db.Tx, x standing) (bool, error) {
	live := func(t Term) bool { return t.live(tx.Now()) }
	if slices.ContainsFunc(x.terms, live) {
		return true, nil
	}
	given, err := s.given(tx, x)
	return slices.ContainsFunc(given, live), err
}

// InviteTx makes a link by which a colleague takes a place, and keeps one for them until it expires; the same key gives the same one.
// That who invites is the company's contact is the caller's to see to. Refusals: ErrNoPlaces, ErrPlacesFull, ErrInviteKey.
func (s *Service) InviteTx(tx *db.Tx, organisation, by, key string) (Place, error) {
	return s.invite(tx, organisation, by, "", key)
}

// InviteForTx is InviteTx by one of the staff, for the company.
func (s *Service) InviteForTx(tx *db.Tx, organisation, actor, key string) (Place, error) {
	return s.invite(tx, organisation, "", actor, key)
}

func (s *Service) invite(tx *db.Tx, organisation, by, actor, key string) (Place, error) {
	if err := s.seats.LockTx(tx); err != nil {
		return Place{}, err
	}
	if was, found, err := placeBy(tx, "key", key); err != nil || found {
		if err == nil && was.Organisation != organisation {
			err = ErrInviteKey
		}
		return was, err
	}
	n, err := s.placesNow(tx, organisation)
	if err == nil && n.Places == 0 {
		err = ErrNoPlaces
	}
	if err != nil {
		return Place{}, err
	}
	p := Place{
		ID: tx.NewID(), Organisation: organisation, State: PlaceInvited, Token: secret(), InvitedBy: by, InvitedAt: tx.Now(), ExpiresAt: tx.Now().Add(inviteFor), key: key,
	}
	got, err := s.seats.HoldTx(tx, seat.Claim{Key: "colleague " + p.ID, Group: colleagueGroup(organisation), Holder: seat.Holder{ID: p.ID}, TTL: inviteFor})
	if errs.As(err) != nil {
		return Place{}, ErrPlacesFull.With("places", n.Places).Because(err)
	}
	if err != nil {
		return Place{}, err
	}
	p.seat = got.ID
	if err := insertPlace(tx, p); err != nil {
		return p, fmt.Errorf("invite a colleague: %w", err)
	}
	_, err = fact.Append(tx, ColleagueInvited{Place: fact.ID(p.ID)}, fact.Fact{Person: by, Subject: organisation, Actor: actor})
	return p, err
}

// secret is what stands in a link.
func secret() string {
	var b [16]byte
	rand.Read(b[:]) //nolint:errcheck // never fails
	return hex.EncodeToString(b[:])
}

// InvitationTx gives the place behind a link.
func (s *Service) InvitationTx(tx *db.Tx, token string) (Place, error) {
	p, found, err := placeBy(tx, "token", token)
	if err == nil && !found {
		err = ErrUnknownInvitation
	}
	return p, err
}

// Over tells whether an invitation can't be used any more at a time.
func (p Place) Over(now time.Time) bool {
	return p.State == PlaceEnded || p.State == PlaceInvited && !p.ExpiresAt.After(now)
}

// TakePlaceTx gives the place behind a link to whoever has it, once: asked again by them it gives that one. Refusals: ErrUnknownInvitation,
// ErrInvitationOver, ErrInvitationTaken, ErrHasPlace, ErrBlocked, ErrNoPlaces, ErrPlacesFull, and seat.ErrGone for a community that is full.
func (s *Service) TakePlaceTx(tx *db.Tx, token, person string) (Place, error) {
	x, err := s.lock(tx, person)
	if err != nil {
		return Place{}, err
	}
	p, err := s.InvitationTx(tx, token)
	if err != nil {
		return p, err
	}
	if p.State == PlaceTaken {
		if slices.Contains(x.ids, p.Person) {
			return p, nil
		}
		return p, ErrInvitationTaken
	}
	if err := s.mayTake(tx, x, p); err != nil {
		return p, err
	}
	if err := s.giveBack(tx, p.seat); err != nil {
		return p, err
	}
	got, err := s.seats.HoldTx(tx, seat.Claim{Key: "place " + p.ID, Group: colleagueGroup(p.Organisation), Holder: seat.Holder{ID: x.person, Person: true}})
	switch {
	case errors.Is(err, seat.ErrHolderFull):
		return p, ErrHasPlace
	case errs.As(err) != nil:
		return p, ErrPlacesFull.With("places", 0).Because(err)
	case err != nil:
		return p, err
	}
	p.seat, p.Person, p.State, p.TakenAt = got.ID, x.person, PlaceTaken, tx.Now()
	if err := takePlace(tx, p); err != nil {
		return p, err
	}
	if _, err := s.takeMemberSeat(tx, x, "member by place "+p.ID); err != nil {
		return p, err
	}
	if err := insertMember(tx, x.person, tx.Now()); err != nil {
		return p, err
	}
	for _, fn := range s.onColleague {
		if err := fn(tx, p.Organisation, x.person, true); err != nil {
			return p, err
		}
	}
	_, err = fact.Append(tx, ColleagueJoined{Place: fact.ID(p.ID)}, fact.Fact{Person: x.person, Subject: p.Organisation})
	return p, err
}

// mayTake says why somebody can't have a place.
func (s *Service) mayTake(tx *db.Tx, x standing, p Place) error {
	if p.Over(tx.Now()) {
		return ErrInvitationOver
	}
	if blocked, err := s.people.Blocked(tx, x.person); err != nil || blocked {
		return errs.Or(err, ErrBlocked)
	}
	for _, t := range x.terms {
		if t.Organisation == p.Organisation && t.live(tx.Now()) {
			return ErrHasPlace
		}
	}
	n, err := s.placesNow(tx, p.Organisation)
	switch {
	case err != nil:
		return err
	case n.Places == 0:
		return ErrNoPlaces
	case n.Taken >= n.Places:
		return ErrPlacesFull.With("places", n.Places)
	}
	if p, err = s.PlaceTx(tx, p.ID); err == nil && p.State == PlaceEnded { // there are fewer than when it was made
		err = ErrInvitationOver
	}
	return err
}

// FreePlaceTx takes a place back, used or not; one that has ended stays as it is. Whose it is to take back is the caller's to see to.
// Refusals: ErrUnknownInvitation.
func (s *Service) FreePlaceTx(tx *db.Tx, id string, why PlaceEnd) (Place, error) {
	if err := s.seats.LockTx(tx); err != nil {
		return Place{}, err
	}
	p, found, err := placeBy(tx, "id", id)
	if err != nil || !found {
		return p, errs.Or(err, ErrUnknownInvitation)
	}
	if p.State == PlaceEnded {
		return p, nil
	}
	if err := s.endPlace(tx, p, why); err != nil {
		return p, err
	}
	if err := s.seatColleagues(tx, p.Organisation); err != nil {
		return p, err
	}
	p, _, err = placeBy(tx, "id", id)
	return p, err
}

// HasPlaceTx tells whether somebody has a colleague's place in a company.
func (s *Service) HasPlaceTx(tx *db.Tx, organisation, person string) (bool, error) {
	x, err := s.standing(tx, person)
	if err != nil {
		return false, err
	}
	has, err := placesIn(tx, organisation, x.ids)
	return len(has) > 0, err
}

// GiveUpPlaceTx ends the place that somebody has in a company; it does nothing for who has none there.
func (s *Service) GiveUpPlaceTx(tx *db.Tx, organisation, person string) error {
	x, err := s.lock(tx, person)
	if err != nil {
		return err
	}
	has, err := placesIn(tx, organisation, x.ids)
	for _, p := range has {
		if _, err := s.FreePlaceTx(tx, p.ID, LeftPlace); err != nil {
			return err
		}
	}
	return err
}

// PlaceTx gives a place.
func (s *Service) PlaceTx(tx *db.Tx, id string) (Place, error) {
	p, found, err := placeBy(tx, "id", id)
	if err == nil && !found {
		err = ErrUnknownInvitation
	}
	return p, err
}

// PlacesTx counts a company's places; all are 0 where it has no membership with any.
func (s *Service) PlacesTx(tx *db.Tx, organisation string) (Places, error) {
	p, err := s.seats.Pool(tx, colleagueGroup(organisation))
	if errors.Is(err, seat.ErrUnknownPool) || err == nil && p.State == seat.Closed {
		return Places{}, nil
	}
	return Places{p.Capacity, p.Held, p.Taken, p.Room()}, err
}

// tellCompany tells of a company's term in the company's own timeline.
func (s *Service) tellCompany(tx *db.Tx, t Term) error {
	if t.Organisation == "" {
		return nil
	}
	_, err := fact.Append(tx, CompanyCovered{Plan: PlanName(t.Plan), Kind: t.Kind, Term: fact.ID(t.ID)}, fact.Fact{Person: t.Person, Subject: t.Organisation})
	return err
}
