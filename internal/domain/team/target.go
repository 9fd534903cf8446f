package team

import (
	"fmt"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

const maxTarget = money.Fen(10_000_000_000_00)

// SetTargetTx sets what one of the staff, or a department, is to bring in a month; 0 takes the target away. Refusals: ErrMonth,
// ErrMonthClosed, ErrTargetKind, ErrTarget, ErrNoDepartment, ErrNotInDepartment.
func (s *Service) SetTargetTx(tx *db.Tx, actor string, x Target) (Target, error) {
	if _, _, err := s.span(tx, x.Month); err != nil {
		return x, err
	}
	if x.Kind != SalesTarget && x.Kind != ReferralTarget {
		return x, ErrTargetKind.At("/kind")
	}
	if x.Amount < 0 || x.Amount > maxTarget {
		return x, ErrTarget.With("max", maxTarget.String()).At("/amount")
	}
	closed, err := closedUntil(tx)
	if err != nil {
		return x, err
	}
	if x.Month <= closed {
		return x, ErrMonthClosed.With("month", x.Month)
	}
	rules, err := rulesNow(tx)
	if err != nil {
		return x, err
	}
	d, known := rules.named(x.Department)
	if !known {
		return x, ErrNoDepartment.With("department", x.Department).At("/department")
	}
	if x.Staff != "" {
		if err := s.mustHold(tx, d, x.Staff); err != nil {
			return x, err
		}
	}
	x.SetBy, x.At = actor, tx.Now()
	changed, err := putTarget(tx, x)
	if err != nil || !changed {
		return x, err
	}
	about := x.Staff
	if about == "" {
		about = x.Department
	}
	_, err = fact.Append(tx, TargetSet{MonthName(x.Month), x.Kind, int64(x.Amount)}, fact.Fact{Subject: about, Actor: actor})
	return x, err
}

// TargetsTx lists the targets of a month. They are as many as departments and their staff.
func (s *Service) TargetsTx(tx *db.Tx, month string) ([]Target, error) {
	if _, _, err := s.span(tx, month); err != nil {
		return nil, err
	}
	return targetsIn(tx, month, month)
}

// Board is the race of a period.
type Board struct {
	From        string  `json:"from" doc:"2026-11"`
	To          string  `json:"to"`
	Departments []Score `json:"departments"`
	Staff       []Score `json:"staff" doc:"by what they sold, the most first"`
}

// Score is what one of the staff, or a department, has brought in a period. Contacts are those who were given to them in it.
type Score struct {
	Rank            int       `json:"rank" doc:"1 is the first; the same figure has the same rank"`
	Department      string    `json:"department"`
	Staff           string    `json:"staff,omitempty" doc:"nobody: the department as a whole, with what is credited to none of its staff"`
	Owned           int       `json:"owned" doc:"contacts"`
	Touched         int       `json:"touched" doc:"of these, spoken with"`
	Converted       int       `json:"converted" doc:"of these, bought and were handed to service"`
	Orders          int       `json:"orders" doc:"credited"`
	Sales           money.Fen `json:"sales" doc:"fen credited without referrals, without what went back"`
	Referrals       money.Fen `json:"referrals" doc:"fen credited for referrals, without what went back"`
	Target          money.Fen `json:"target,omitempty" doc:"fen of sales; none if not given"`
	ShareBP         int       `json:"share_bp,omitempty" doc:"sales of the target, in basis points"`
	ReferralTarget  money.Fen `json:"referral_target,omitempty" doc:"fen of referrals"`
	ReferralShareBP int       `json:"referral_share_bp,omitempty"`
}

// maxPeriod bounds a board.
const maxPeriod = 12

// BoardTx is the race of some months, of at most a year. Refusals: ErrMonth, ErrPeriod.
func (s *Service) BoardTx(tx *db.Tx, from, to string) (b Board, err error) {
	begins, _, err := s.span(tx, from)
	if err != nil {
		return b, err
	}
	_, ends, err := s.span(tx, to)
	if err != nil {
		return b, err
	}
	if to < from || !ends.Before(begins.AddDate(0, maxPeriod, 1)) {
		return b, ErrPeriod.With("max", maxPeriod).At("/to")
	}
	b.From, b.To = from, to
	rules, err := rulesNow(tx)
	if err != nil {
		return b, err
	}
	scores := newScores()
	for _, d := range rules.Departments {
		members, err := s.members(tx, d)
		if err != nil {
			return b, err
		}
		scores.at(d.Name, "")
		for _, m := range members {
			if d.Side != SideTraffic {
				scores.at(d.Name, m.Staff)
			}
		}
	}
	for _, read := range []func() error{
		func() error { return countTurns(tx, begins, ends, scores) },
		func() error { return sumCredits(tx, from, to, scores) },
		func() error { return sumReturns(tx, from, to, scores) },
	} {
		if err := read(); err != nil {
			return b, fmt.Errorf("read the race of %s to %s: %w", from, to, err)
		}
	}
	targets, err := targetsIn(tx, from, to)
	if err != nil {
		return b, err
	}
	scores.aim(targets)
	b.Departments, b.Staff = scores.ranked()
	return b, nil
}
