package circle

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// RosterFilter narrows a roster.
type RosterFilter struct {
	Past bool // also those who have left: the history, one row a stay
}

// Roster lists who is in a circle, by when they came.
func (s *Service) Roster(ctx context.Context, community, circle string, f RosterFilter, cursor string, limit int) (p page.Page[Member], err error) {
	var us int64
	var id string
	if _, err := page.Parse(cursor, &us, &id); err != nil {
		return p, err
	}
	limit = page.Limit(limit)
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		if _, err := readBrief(tx, circle); err != nil {
			return err
		}
		list, err := roster(tx, circle, f, db.FromMicros(us), id, limit+1)
		if err != nil {
			return err
		}
		p = page.Cut(list, limit, func(m Member) string { return page.Cursor(db.Micros(m.JoinedAt), m.ID) })
		ids := make([]string, 0, len(p.Items))
		for _, m := range p.Items {
			ids = append(ids, m.Person)
		}
		names, err := s.names(tx, ids)
		for i := range p.Items {
			p.Items[i].Name = names.of(p.Items[i].Person)
		}
		return err
	})
	return p, err
}

// MemberTx is a person's stay in a circle, or ErrNotMember.
func (s *Service) MemberTx(tx *db.Tx, circle, person string) (Member, error) {
	m, found, err := s.memberTx(tx, circle, person)
	if err == nil && !found {
		err = ErrNotMember
	}
	return m, err
}

// CirclesOfTx lists the circles that a person is in, in the order they came, with what they have not read yet.
func (s *Service) CirclesOfTx(tx *db.Tx, person string) ([]Membership, error) {
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return nil, fmt.Errorf("ids of person %s: %w", person, err)
	}
	var all []Membership
	for _, id := range ids {
		some, err := memberships(tx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b Membership) int { return a.JoinedAt.Compare(b.JoinedAt) })
	return all, nil
}

// Place is a seat that a circle keeps for somebody until they join.
type Place struct {
	Circle string    `json:"circle"`
	Name   text.Text `json:"name"`
	Until  time.Time `json:"until"`
}

// PlacesTx lists the circles that keep a place for a person, the one that ends first before the others.
func (s *Service) PlacesTx(tx *db.Tx, person string) (out []Place, err error) {
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return nil, fmt.Errorf("ids of person %s: %w", person, err)
	}
	for _, id := range ids {
		seats, err := s.seats.LiveSeats(tx, id)
		if err != nil {
			return nil, fmt.Errorf("seats of person %s: %w", id, err)
		}
		for _, x := range seats {
			if x.Circle == "" || x.State != seat.StateHeld {
				continue
			}
			c, err := s.GetTx(tx, x.Circle)
			if err != nil {
				return nil, err
			}
			out = append(out, Place{Circle: c.ID, Name: c.Name, Until: x.Expires})
		}
	}
	slices.SortFunc(out, func(a, b Place) int { return a.Until.Compare(b.Until) })
	return out, nil
}

// CirclesOf is CirclesOfTx on a reader.
func (s *Service) CirclesOf(ctx context.Context, community, person string) (all []Membership, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		all, err = s.CirclesOfTx(tx, person)
		return err
	})
	return all, err
}

// MarkRead notes that a member has seen a circle up to a position. It never goes back, and a visit counts for the day's
// readers even when there was nothing new.
func (s *Service) MarkRead(ctx context.Context, community, circle, person string, seq int64) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) error { return s.MarkReadTx(tx, circle, person, seq) })
}

// MarkReadTx is MarkRead in the caller's transaction.
func (s *Service) MarkReadTx(tx *db.Tx, circle, person string, seq int64) error {
	c, err := readBrief(tx, circle)
	if err != nil {
		return err
	}
	m, err := s.MemberTx(tx, circle, person)
	if err != nil {
		return err
	}
	tx.Defer(flushName, &deed{circle: circle, day: s.day(tx), person: m.Person, stay: m.ID, read: min(seq, c.seq)})
	return nil
}
