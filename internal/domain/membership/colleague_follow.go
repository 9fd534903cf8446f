package membership

import (
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// ColleaguesTx lists a company's places and invitations, the latest first.
func (s *Service) ColleaguesTx(tx *db.Tx, organisation, cursor string, limit int) (page.Page[Place], error) {
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
	list, err := placesBefore(tx, organisation, before, id, limit+1)
	return page.Cut(list, limit, func(p Place) string { return page.Cursor(db.Micros(p.InvitedAt), p.ID) }), err
}

// CompanyTermsTx lists what a company ever bought, in the order in which the terms begin.
func (s *Service) CompanyTermsTx(tx *db.Tx, organisation string) ([]Term, error) {
	x, err := standing{}.with(tx, organisation)
	for i := range x.terms {
		x.terms[i].State = x.terms[i].at(tx.Now())
	}
	return x.terms, err
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
			err = s.endPlace(tx, p, Merged)
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
	}
	return err
}
