package replay

import (
	"context"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// hold checks what must hold in any community, whatever the parameters.
func (s *sim) hold(ctx context.Context) error {
	flaws, err := s.Verify(ctx, s.community)
	if err != nil {
		return err
	}
	s.result.Verify = flaws
	return s.DB.Read(ctx, s.community, func(tx *db.Tx) error {
		if err := s.holdCircles(tx); err != nil {
			return err
		}
		parked, err := fact.ListParked(tx, 100)
		s.invariant("no fact left unhandled", len(parked) == 0, "%d parked", len(parked))
		return err
	})
}

// holdCircles counts what is seated, from the seats and from the rosters apart.
func (s *sim) holdCircles(tx *db.Tx) error {
	over, circles, taken, members := 0, 0, 0, 0
	groups, err := s.Seats.Groups(tx)
	if err != nil {
		return err
	}
	for _, g := range groups {
		pools, err := s.Seats.Pools(tx, g.Name)
		if err != nil {
			return err
		}
		for _, p := range pools {
			if p.Circle == "" {
				continue
			}
			circles++
			taken += p.Taken
			if p.Held+p.Taken > p.Capacity {
				over++
			}
			c, err := s.Circles.GetTx(tx, p.Circle)
			if err != nil {
				return err
			}
			members += c.Members
		}
	}
	s.figure("circles", float64(circles), "circles", 0)
	s.figure("in a circle", float64(members), "people", 0)
	s.invariant("no circle over capacity", over == 0, "%d of %d circles", over, circles)
	s.invariant("every member has a seat", taken == members, "%d seats taken, %d on rosters", taken, members)
	return nil
}
