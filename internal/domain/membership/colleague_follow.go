package membership

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// Which are the places that are listed.
type Which string

// All of them, those that are taken or can be, and the rest.
const (
	EveryPlace    Which = ""
	StandingPlace Which = "standing"
	OverPlaces    Which = "over"
)

// ColleaguesTx lists a company's places and invitations, the latest first.
func (s *Service) ColleaguesTx(tx *db.Tx, organisation string, which Which, cursor string, limit int) (page.Page[Place], error) {
	var us int64
	var id string
	more, err := page.Parse(cursor, &us, &id)
	if err != nil {
		return page.Page[Place]{}, err
	}
	before := db.FromMicros(us)
	if !more {
		before = tx.Now().Add(time.Microsecond)
	}
	limit = page.Limit(limit)
	list, err := placesBefore(tx, organisation, which, before, id, limit+1)
	return page.Cut(list, limit, func(p Place) string { return page.Cursor(db.Micros(p.InvitedAt), p.ID) }), err
}

// StandingPlacesTx lists the places of a company that are taken, and the invitations that can be used, in the order in which they were made.
func (s *Service) StandingPlacesTx(tx *db.Tx, organisation string) ([]Place, error) {
	all, err := livePlaces(tx, organisation)
	return slices.DeleteFunc(all, func(p Place) bool { return p.Over(tx.Now()) }), err
}

// CompanyTermsTx lists what a company ever bought, in the order in which the terms begin.
func (s *Service) CompanyTermsTx(tx *db.Tx, organisation string) ([]Term, error) {
	x, err := standing{}.with(tx, organisation)
	for i := range x.terms {
		x.terms[i].State = x.terms[i].at(tx.Now())
	}
	return x.terms, err
}

// Standing is what a company has of the memberships it bought.
type Standing struct {
	Places
	Plan  string    `json:"plan,omitempty" doc:"the one with the most places, or the last there was; none if it never bought"`
	Title text.Text `json:"title,omitempty"`
	State State     `json:"state,omitempty" enum:"pending,active,grace,expired,refunded,upgraded,left"`
	Ends  time.Time `json:"ends,omitzero" doc:"of its run"`
}

// StandingsTx gives what companies have, by their ids; those that never bought are left out.
func (s *Service) StandingsTx(tx *db.Tx, organisations []string) (map[string]Standing, error) {
	terms, err := termsOfOrganisations(tx, organisations)
	if err != nil {
		return nil, err
	}
	groups := make([]string, 0, len(organisations))
	of := map[string][]Term{}
	for _, t := range terms {
		if len(of[t.Organisation]) == 0 {
			groups = append(groups, colleagueGroup(t.Organisation))
		}
		of[t.Organisation] = append(of[t.Organisation], t)
	}
	counts, err := s.seats.Counts(tx, groups)
	out := make(map[string]Standing, len(of))
	for id, terms := range of {
		x := standingOf(terms, tx.Now())
		if c := counts[colleagueGroup(id)]; c.Room+c.Held+c.Taken > 0 {
			x.Places = Places{c.Capacity, c.Held, c.Taken, c.Room}
		}
		out[id] = x
	}
	return out, err
}

// standingOf picks the term that tells the most: one that is not over before one that is, then the most places, then the last end.
func standingOf(terms []Term, now time.Time) Standing {
	rank := func(t Term) (live, seats int) {
		switch t.at(now) {
		case Active, Grace:
			return 2, t.plan.Seats
		case Pending:
			return 1, t.plan.Seats
		}
		return 0, 0
	}
	best := slices.MaxFunc(terms, func(a, b Term) int {
		liveA, seatsA := rank(a)
		liveB, seatsB := rank(b)
		return cmp.Or(liveA-liveB, seatsA-seatsB, a.Ends.Compare(b.Ends), strings.Compare(a.ID, b.ID))
	})
	x := Standing{Plan: best.Plan, Title: best.Title, State: best.at(now), Ends: best.Ends}
	for _, t := range terms {
		if best.live(now) && t.live(now) && t.Plan == best.Plan && t.Ends.After(x.Ends) {
			x.Ends = t.Ends
		}
	}
	return x
}

// seatColleagues makes a company's places agree with its memberships: as many as the largest of them gives, none when all are over.
// Above that, invitations end before places do, and what is newer before what is older. It runs under the seats' lock.
func (s *Service) seatColleagues(tx *db.Tx, organisation string) error {
	if organisation == "" {
		return nil
	}
	terms, err := termsOfOrganisation(tx, organisation)
	if err != nil {
		return err
	}
	places, over := 0, true
	for _, t := range terms {
		if st := t.at(tx.Now()); st == Active || st == Grace {
			places = max(places, t.plan.Seats)
		}
		over = over && !t.live(tx.Now())
	}
	group := colleagueGroup(organisation)
	_, err = s.seats.Pool(tx, group)
	switch {
	case errors.Is(err, seat.ErrUnknownPool) && places == 0:
		return nil
	case errors.Is(err, seat.ErrUnknownPool):
		err = s.seats.DeclareGroupTx(tx, seat.Group{Name: group, Owner: seatOwner})
	}
	if err != nil {
		return fmt.Errorf("seat the colleagues of company %s: %w", organisation, err)
	}
	if over {
		if err := s.endPlaces(tx, organisation, 0, OverPlace); err != nil {
			return err
		}
		_, err := s.seats.ClosePoolTx(tx, group)
		return err
	}
	if err := s.endPlaces(tx, organisation, places, Fewer); err != nil {
		return err
	}
	return s.pool(tx, seat.Pool{ID: group, Group: group, Capacity: places, Subject: organisation})
}

// placesNow is PlacesTx of a company whose places agree with what it has at this time.
func (s *Service) placesNow(tx *db.Tx, organisation string) (Places, error) {
	if err := s.seatColleagues(tx, organisation); err != nil {
		return Places{}, err
	}
	return s.PlacesTx(tx, organisation)
}

// endPlaces ends what a company has of places beyond a number. An invitation that can't be used any more counts for nothing, and ends
// only with all the others.
func (s *Service) endPlaces(tx *db.Tx, organisation string, keep int, why PlaceEnd) error {
	all, err := livePlaces(tx, organisation)
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b Place) int {
		if a.State != b.State { // those that are taken come first
			return strings.Compare(string(b.State), string(a.State))
		}
		return cmp.Or(a.TakenAt.Compare(b.TakenAt), a.InvitedAt.Compare(b.InvitedAt), strings.Compare(a.ID, b.ID))
	})
	for _, p := range all {
		switch stale := p.Over(tx.Now()); {
		case stale && why != OverPlace:
			err = s.lapsed(tx, p)
		case keep > 0:
			keep--
		default:
			err = s.endPlace(tx, p, why)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lapsed frees what an invitation has kept until now: the timer of its seat may be late.
func (s *Service) lapsed(tx *db.Tx, p Place) error {
	if p.ExpiresAt.Before(tx.Now().Add(-inviteFor)) {
		return nil // not that late
	}
	return s.giveBack(tx, p.seat)
}

// endPlace frees a place, and what its colleague had by it.
func (s *Service) endPlace(tx *db.Tx, p Place, why PlaceEnd) error {
	if err := s.giveBack(tx, p.seat); err != nil {
		return err
	}
	if err := setPlaceEnded(tx, p.ID, why); err != nil {
		return err
	}
	about := fact.Fact{Person: p.Person, Subject: p.Organisation}
	if p.Person == "" {
		about.Person = p.InvitedBy
	}
	if _, err := fact.Append(tx, PlaceFreed{Place: fact.ID(p.ID), Why: why}, about); err != nil {
		return err
	}
	if p.State != PlaceTaken {
		return nil
	}
	x, err := s.standing(tx, p.Person)
	if err != nil {
		return err
	}
	if still, err := placesIn(tx, p.Organisation, x.ids); err != nil || len(still) > 0 {
		return err // who was there twice goes on with the other one
	}
	for _, fn := range s.onColleague {
		if err := fn(tx, p.Organisation, p.Person, false); err != nil {
			return err
		}
	}
	return s.leaveIfOver(tx, p.Person)
}

// followColleagues makes a person's places agree with their seats, after a merge of persons or its end.
func (s *Service) followColleagues(tx *db.Tx, x standing) error {
	places, err := placesOf(tx, x.ids)
	for _, p := range places {
		has, err := s.seats.Seat(tx, p.seat)
		switch {
		case err != nil:
			return fmt.Errorf("read the seat of place %s: %w", p.ID, err)
		case !has.Live():
			if err = s.endPlace(tx, p, Merged); err == nil {
				err = s.seatColleagues(tx, p.Organisation)
			}
		case has.Holder.ID != x.person:
			err = s.seats.GiveTx(tx, has.ID, x.person)
		}
		if err != nil {
			return err
		}
	}
	return err
}

// eraseColleague ends the places of a person who is erased.
func (s *Service) eraseColleague(tx *db.Tx, person string) error {
	places, err := placesOf(tx, []string{person})
	for _, p := range places {
		if err := s.endPlace(tx, p, Erased); err != nil {
			return err
		}
		if err := s.seatColleagues(tx, p.Organisation); err != nil {
			return err
		}
	}
	return err
}
