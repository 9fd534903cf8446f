package membership

import (
	"context"
	"errors"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
)

// Source gives paths whose subject is a term what they ask and say about it: term.plan, term.state (as State), term.followed
// (another term goes on where it ends), term.ends and term.grace_until as times, term.last_day and term.grace_day as the days that
// people read, term.renewal (yuan) and term.number.
func (s *Service) Source() path.Source {
	return path.Source{
		Prefix: "term", Names: []string{"plan", "state", "followed", "ends", "grace_until", "last_day", "grace_day", "renewal", "number"},
		Read: func(tx *db.Tx, r *path.Run) (map[string]any, error) {
			t, err := termByID(tx, r.Subject)
			if errors.Is(err, ErrUnknownTerm) {
				return map[string]any{}, nil // the run is of something else
			}
			if err != nil {
				return nil, err
			}
			x, err := s.standing(tx, t.Person)
			if err != nil {
				return nil, err
			}
			plans, err := activePlans(tx)
			if err != nil {
				return nil, err
			}
			for _, p := range plans {
				if p.Name == t.Plan {
					t.plan = p.Plan // what it costs to go on is today's price
				}
			}
			zone := s.zone(context.Background(), tx.Community())
			return map[string]any{
				"plan": t.Plan, "state": string(t.at(tx.Now())), "followed": x.followed(t), "ends": t.Ends, "grace_until": t.GraceUntil,
				"last_day": LastDay(t.Ends, zone), "grace_day": LastDay(t.GraceUntil, zone), "renewal": t.plan.RenewalPrice().String(), "number": t.Number,
			}, nil
		},
	}
}

// NoneLeft is the outcome of membership.use for a person who has none left, or no membership with the benefit.
const NoneLeft = "none_left"

// UseAction lets paths use a benefit of their run's person. Staff can take such a use back by hand.
func (s *Service) UseAction() path.Action {
	return path.Action{
		Name: "membership.use", Doc: "Uses one of a benefit of the person's memberships, of the term that ends first with one left.",
		Params: map[string]path.Param{"benefit": {Type: path.Text, Required: true}}, Outcomes: []string{NoneLeft},
		Run: func(c *path.Call) (string, error) {
			benefit, err := c.Text("benefit")
			if err != nil {
				return "", err
			}
			_, err = s.UseTx(c.Tx, Usage{Key: c.Tx.NewID(), Person: c.Run.Person, Benefit: benefit})
			if errors.Is(err, ErrNoBenefit) || errors.Is(err, ErrUsedUp) {
				return NoneLeft, nil
			}
			return path.OK, err
		},
	}
}

// LastDay writes the last day of a time that ends when the day does.
func LastDay(end time.Time, zone *time.Location) string {
	return end.Add(-time.Nanosecond).In(zone).Format(time.DateOnly)
}

// PersonSource gives paths member.plans, the names of the plans that the run's person has now, with those they include, and
// member.number, that of the first of these that has one.
func (s *Service) PersonSource() path.Source {
	return path.Source{
		Prefix: "member", Names: []string{"plans", "number"},
		Read: func(tx *db.Tx, r *path.Run) (map[string]any, error) {
			if r.Person == "" {
				return map[string]any{}, nil
			}
			has, err := s.CoversTx(tx, r.Person)
			if err != nil {
				return nil, err
			}
			number := ""
			tenures, err := s.MembershipsTx(tx, r.Person)
			for _, t := range tenures {
				if number == "" {
					number = t.Number
				}
			}
			return map[string]any{"plans": has, "number": number}, err
		},
	}
}
