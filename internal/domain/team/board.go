package team

import (
	"cmp"
	"slices"

	"github.com/qunce/qunce/internal/kit/money"
)

// scores are those of departments and their staff.
type scores map[[2]string]*Score

func newScores() scores { return scores{} }

func (x scores) at(department, staff string) *Score {
	key := [2]string{department, staff}
	if x[key] == nil {
		x[key] = &Score{Department: department, Staff: staff}
	}
	return x[key]
}

// each lets one of the staff and their department count something; what is nobody's is the department's alone.
func (x scores) each(department, staff string, count func(*Score)) {
	count(x.at(department, ""))
	if staff != "" {
		count(x.at(department, staff))
	}
}

// aim adds the targets up. A department without one of its own has the sum of its staff's.
func (x scores) aim(targets []Target) {
	add := func(s *Score, t Target) {
		if t.Kind == ReferralTarget {
			s.ReferralTarget += t.Amount
		} else {
			s.Target += t.Amount
		}
	}
	own := map[string]bool{}
	for _, t := range targets {
		if t.Staff == "" {
			own[t.Department+" "+string(t.Kind)+" "+t.Month] = true
		}
	}
	for _, t := range targets {
		add(x.at(t.Department, t.Staff), t)
		if t.Staff != "" && !own[t.Department+" "+string(t.Kind)+" "+t.Month] {
			add(x.at(t.Department, ""), t)
		}
	}
}

func (x scores) ranked() (departments, staff []Score) {
	departments, staff = []Score{}, []Score{}
	for _, s := range x {
		s.ShareBP, s.ReferralShareBP = share(s.Sales, s.Target), share(s.Referrals, s.ReferralTarget)
		if s.Staff == "" {
			departments = append(departments, *s)
		} else {
			staff = append(staff, *s)
		}
	}
	for _, list := range [][]Score{departments, staff} {
		slices.SortFunc(list, func(a, b Score) int {
			return cmp.Or(cmp.Compare(b.brought(), a.brought()), cmp.Compare(a.Department, b.Department), cmp.Compare(a.Staff, b.Staff))
		})
		for i := range list {
			list[i].Rank = i + 1
			if i > 0 && list[i].brought() == list[i-1].brought() {
				list[i].Rank = list[i-1].Rank
			}
		}
	}
	return departments, staff
}

func (s Score) brought() money.Fen { return s.Sales + s.Referrals }

// share is a part of a target in basis points, rounded down.
func share(of, target money.Fen) int {
	if target <= 0 || of <= 0 {
		return 0
	}
	return int(part(of, wholeBP, target))
}
