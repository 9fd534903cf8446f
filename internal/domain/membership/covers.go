package membership

import (
	"slices"

	"github.com/qunce/qunce/internal/platform/db"
)

// CoversTx names the plans that a person may call theirs now: those whose terms run or are in grace, and those in them.
func (s *Service) CoversTx(tx *db.Tx, person string) ([]string, error) {
	x, err := s.standing(tx, person)
	if err != nil {
		return nil, err
	}
	given, err := s.given(tx, x)
	if err != nil || len(x.terms)+len(given) == 0 {
		return nil, err
	}
	plans, err := activePlans(tx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, t := range append(slices.Clone(x.terms), given...) {
		if st := t.at(tx.Now()); st != Active && st != Grace {
			continue
		}
		if out = append(out, t.Plan); len(t.plan.Includes) == 0 {
			continue
		}
		for _, p := range plans {
			if includes(plans, t.plan, p.Name) {
				out = append(out, p.Name)
			}
		}
		out = append(out, t.plan.Includes...) // also those that are sold no more
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
