package membership

import (
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
)

// LeaveTx ends what a person has by their own will: their own terms, for good and with nothing given back, and places that companies gave
// them. A company's own terms stay: they are not theirs. It gives how many memberships ended.
func (s *Service) LeaveTx(tx *db.Tx, person string) (ended int, err error) {
	x, err := s.lock(tx, person)
	if err != nil {
		return 0, err
	}
	for _, t := range x.terms {
		if t.Organisation != "" || !t.live(tx.Now()) {
			continue
		}
		if err := endTerm(tx, t.ID, bought, Left, tx.Now(), ""); err != nil {
			return 0, err
		}
		if err := s.closeEntitlements(tx, t.ID); err != nil {
			return 0, err
		}
		if err := job.Clear(tx, termTimer, t.ID); err != nil {
			return 0, err
		}
		if err := t.tell(tx, TermLeft{Plan: PlanName(t.Plan)}, "left"); err != nil {
			return 0, err
		}
		ended++
	}
	places, err := placesOf(tx, x.ids)
	if err != nil {
		return 0, err
	}
	for _, p := range places {
		if err := s.endPlace(tx, p, LeftPlace); err != nil {
			return 0, err
		}
		if err := s.seatColleagues(tx, p.Organisation); err != nil {
			return 0, err
		}
		ended++
	}
	return ended, s.leaveIfOver(tx, x.person)
}
