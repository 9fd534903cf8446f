package team

import (
	"context"
	"fmt"
	"slices"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
)

// leaveJob looks for others for the people of one of the staff who has other work now, or none.
const leaveJob = "team.leave"

// leaveAtOnce is for how many of them in one transaction.
const leaveAtOnce = 100

// leaving is how far it has come.
type leaving struct {
	Staff  string `json:"staff"`
	Before string `json:"before"` // the turn that was looked at last
}

// LeaveTx gives the people of one of the staff to others, where they no longer hold the role of the people's department; what they
// still have by another role stays. A job does it, some at a time.
func (s *Service) LeaveTx(tx *db.Tx, staff string) error {
	return leaving{Staff: staff}.enqueue(tx)
}

func (l leaving) enqueue(tx *db.Tx) error {
	return job.Enqueue(tx, leaveJob, l.Staff+" "+tx.NewID(), tx.Now(), l)
}

func (s *Service) leave(_ context.Context, j job.Job) (func(*db.Tx) error, error) {
	var l leaving
	if err := j.Into(&l); err != nil {
		return nil, err
	}
	return func(tx *db.Tx) error {
		rules, err := rulesNow(tx)
		if err != nil {
			return err
		}
		next := l
		list, err := openTurns(tx, TurnFilter{Staff: l.Staff}, l.Before, leaveAtOnce)
		if err != nil {
			return fmt.Errorf("list whom %s has: %w", l.Staff, err)
		}
		for _, t := range list {
			next.Before = t.ID
			if err := s.passOn(tx, rules, t.ID, l.Staff); err != nil {
				return err
			}
		}
		if len(list) < leaveAtOnce {
			return nil
		}
		return next.enqueue(tx)
	}, nil
}

// passOn gives somebody anew, unless who has them may have them still.
func (s *Service) passOn(tx *db.Tx, rules Rules, turn, staff string) error {
	t, found, err := turnByID(tx, turn, tx.ForUpdate())
	if err != nil || !found || !t.EndedAt.IsZero() || t.Staff != staff {
		return err
	}
	d, known := rules.named(rules.standing(t))
	if known {
		holders, err := s.Holders(tx, d.role())
		if err != nil || slices.Contains(holders, staff) {
			return err
		}
	}
	_, err = s.toPool(tx, rules, t, "")
	return err
}
