package intake

import (
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// countPlacements is the subscriber that notes whose first way in a placement was, and when they could be reached.
func (s *Service) countPlacements(tx *db.Tx, facts []fact.Fact) error {
	placements := map[string]string{} // of the entries seen
	for _, f := range facts {
		var err error
		switch f.Kind {
		case fact.KindOf(Arrived{}):
			placement, known := placements[f.Entry]
			if !known && f.Entry != "" {
				e, _, err := entryByID(tx, f.Entry)
				if err != nil {
					return err
				}
				placement = e.Placement
				placements[f.Entry] = placement
			}
			if placement != "" {
				err = s.originate(tx, f, placement)
			}
		default:
			err = s.reached(tx, f)
		}
		if err != nil {
			return fmt.Errorf("count fact %s for its placement: %w", f.ID, err)
		}
	}
	return nil
}

// originate notes that a person came, if this was their first way in.
func (s *Service) originate(tx *db.Tx, f fact.Fact, placement string) error {
	p, err := s.people.ProfileTx(tx, f.Person)
	if err != nil || p.FirstEntry != f.Entry {
		return ignore(err, people.ErrNotFound)
	}
	ids, err := people.Group(tx, f.Person)
	if err != nil {
		return err
	}
	if _, has, err := originOf(tx, ids); err != nil || has {
		return err
	}
	fresh, err := insertOrigin(tx, Origin{Person: ids[0], Entry: f.Entry, At: f.At, placement: placement})
	if err == nil && fresh {
		s.placed.Add(tx, []any{placement, "came"}, 1)
	}
	return err
}

// reached notes that a person could be reached from now on.
func (s *Service) reached(tx *db.Tx, f fact.Fact) error {
	ids, err := people.Group(tx, f.Person)
	if err != nil {
		return ignore(err, people.ErrNotFound)
	}
	placement, first, err := reachOrigin(tx, ids, f.At)
	if err == nil && first {
		s.placed.Add(tx, []any{placement, "contacts"}, 1)
	}
	return err
}

// Bought is an order whose buyer has what they paid for.
type Bought struct {
	Order    string
	Person   string
	Paid     money.Fen
	Refunded money.Fen // in all, up to now
	At       time.Time
}

// BoughtTx credits an order to the placement that was its buyer's first way in, if there was one. An order told twice counts once.
func (s *Service) BoughtTx(tx *db.Tx, b Bought) error {
	if b.Paid <= 0 {
		return nil
	}
	ids, err := people.Group(tx, b.Person)
	if err != nil {
		return err
	}
	o, found, err := originOf(tx, ids)
	if err != nil || !found {
		return err
	}
	x := PlacedSale{Order: b.Order, Person: o.Person, Paid: b.Paid, At: b.At, placement: o.placement}
	had, err := otherSales(tx, x)
	if err != nil {
		return err
	}
	fresh, err := insertSale(tx, x)
	if err != nil || !fresh {
		return err
	}
	s.placed.Add(tx, []any{x.placement, "orders"}, 1)
	s.placed.Add(tx, []any{x.placement, "paid"}, int64(b.Paid))
	if !had {
		s.placed.Add(tx, []any{x.placement, "converted"}, 1)
	}
	return s.GivenBackTx(tx, b.Order, b.Refunded)
}

// GivenBackTx tells how much of an order went back in all. One that is told late or twice takes nothing twice.
func (s *Service) GivenBackTx(tx *db.Tx, order string, refunded money.Fen) error {
	x, found, err := lockSale(tx, order)
	if err != nil || !found || refunded <= x.Refunded {
		return err
	}
	refunded = min(refunded, x.Paid)
	if err := refundSale(tx, order, refunded); err != nil {
		return err
	}
	s.placed.Add(tx, []any{x.placement, "refunded"}, int64(refunded-x.Refunded))
	if refunded < x.Paid || x.Refunded == x.Paid {
		return nil
	}
	had, err := otherSales(tx, x)
	if err == nil && !had {
		s.placed.Add(tx, []any{x.placement, "converted"}, -1)
	}
	return err
}

// mergeOrigins leaves one first way in to a merged person: the earliest of those by a placement.
func (s *Service) mergeOrigins(tx *db.Tx, from, into string) error {
	a, found, err := originOf(tx, []string{from})
	if err != nil || !found {
		return err
	}
	b, both, err := originOf(tx, []string{into})
	if err != nil {
		return err
	}
	if err := s.moveSales(tx, from, into); err != nil {
		return err
	}
	if !both {
		return giveOrigin(tx, from, into)
	}
	keep, drop := a, b
	if b.At.Before(a.At) {
		keep, drop = b, a
	}
	if err := deleteOrigins(tx, from, into); err != nil {
		return err
	}
	s.uncount(tx, drop)
	keep.Person = into
	if keep.ContactAt.IsZero() && !drop.ContactAt.IsZero() {
		keep.ContactAt = drop.ContactAt
		s.placed.Add(tx, []any{keep.placement, "contacts"}, 1)
	}
	_, err = insertOrigin(tx, keep)
	return err
}

// uncount takes a person off a placement.
func (s *Service) uncount(tx *db.Tx, o Origin) {
	s.placed.Add(tx, []any{o.placement, "came"}, -1)
	if !o.ContactAt.IsZero() {
		s.placed.Add(tx, []any{o.placement, "contacts"}, -1)
	}
}

// moveSales gives the orders of a merged person to the one they went into. They stay with the placements they were credited to; who
// bought by both ids there is one who bought.
func (s *Service) moveSales(tx *db.Tx, from, into string) error {
	both, err := convertedTwice(tx, from, into)
	if err != nil {
		return err
	}
	for _, placement := range both {
		s.placed.Add(tx, []any{placement, "converted"}, -1)
	}
	return giveSales(tx, from, into)
}
