package replay

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// declare makes the plans and programmes those of the playbook, as the parameters have them.
func (s *sim) declare(ctx context.Context, change func(p *membership.Plan)) error {
	return s.DB.Do(ctx, s.community, func(tx *db.Tx) error {
		offers, err := s.Members.Plans(tx)
		if err != nil {
			return err
		}
		var plans []membership.Plan
		for _, o := range offers {
			p := o.Plan
			p.Refund = int(s.param("window.refund"))
			change(&p)
			plans = append(plans, p)
		}
		if err := s.Members.DeclareTx(tx, membership.Config{Plans: plans}); err != nil {
			return err
		}
		were, err := s.Growth.ProgrammesTx(tx)
		if err != nil {
			return err
		}
		var c growth.Config
		for _, t := range were {
			name := strings.ReplaceAll(t.Name, "-", "")
			t.ValidDays, t.Levels = int(s.param("window."+name)), []growth.Level{{RateBP: s.basisPoints(name)}}
			c.Programmes = append(c.Programmes, t.Programme)
		}
		return s.Growth.DeclareTx(tx, c)
	})
}

// basisPoints is what a programme gives of an order, in basis points.
func (s *sim) basisPoints(programme string) int {
	return int(math.Round(s.param("rate."+programme) * 10_000))
}

// tie is what makes somebody's orders count for who brought them, worked out here and not asked of the program.
type tie struct {
	programme string
	to        *buyer
	until     time.Time
}

// tie ties somebody to who brought them at a time, if that one is a member then.
func (o *buyer) tie(programme string, by *buyer, at time.Time) {
	if by.memberAt(at) {
		o.ties = append(o.ties, tie{programme, by, at.AddDate(0, 0, int(o.s.param("window."+programme)))})
	}
}

// follow lets somebody come by a member's link, which ties them once they are known.
func (o *buyer) follow(ctx context.Context, programme string, by *buyer, code string) error {
	s, opened := o.s, o.s.Clock.Now()
	o.met = func(ctx context.Context) error {
		o.tie(programme, by, opened)
		return s.DB.Do(ctx, s.community, func(tx *db.Tx) error { return s.Growth.ClaimVisitorTx(tx, o.account, o.person) })
	}
	err := s.DB.Do(ctx, s.community, func(tx *db.Tx) error {
		_, err := s.Growth.VisitTx(tx, growth.Visit{Code: code, Visitor: o.account})
		return err
	})
	if err != nil {
		return fmt.Errorf("follow a link: %w", err)
	}
	return o.act(ctx)
}

// about is a whole number that comes to a parameter in the long run.
func (s *sim) about(name string) int {
	n, part := math.Modf(s.param(name))
	if s.rand.Float64() < part {
		n++
	}
	return int(n)
}

// owed is what a promoter is to get for an order unless its buyer gives it back, and from when.
type owed struct {
	fen  int64
	to   *buyer
	free time.Time
	by   *buyer
}

// due tells whether it is the promoter's at a time: else it is taken back, or still frozen.
func (p owed) due(now time.Time) bool { return !p.by.left && p.free.Before(now) }

// earns notes what an order of so many fen earns those who brought its buyer.
func (o *buyer) earns(fen int64) {
	s := o.s
	for _, t := range o.ties {
		if now := s.Clock.Now(); t.until.After(now) {
			s.owed = append(s.owed, owed{fen * int64(s.basisPoints(t.programme)) / 10_000, t.to, now.AddDate(0, 0, int(s.param("window.refund"))), o})
		}
	}
}

// memberAt tells whether somebody had a membership at a time.
func (o *buyer) memberAt(at time.Time) bool {
	return o.order != "" && (o.leftAt.IsZero() || o.leftAt.After(at)) && at.After(o.boughtAt) && at.Before(o.boughtAt.AddDate(1, 0, 30))
}

// payouts is what was paid out in all.
type payouts struct {
	batches   int
	lines     int // to promoters
	promoters money.Fen
	wages     money.Fen
}

// payMonthly pays out on the fifth day of each month, counted from the start.
func (s *sim) payMonthly(start, until time.Time) {
	for at := start.AddDate(0, 1, 4); at.Before(until); at = at.AddDate(0, 1, 0) {
		s.at(at, s.payOut)
	}
}

// payOut drafts, approves and pays a batch of all that promoters and staff can have; one payment fails once.
func (s *sim) payOut(ctx context.Context) error {
	b, lines, err := s.draft(ctx)
	if err != nil || len(lines) == 0 {
		return err
	}
	s.payouts.batches++
	for i, l := range lines {
		if i == 0 {
			err = errors.Join(
				s.as(ctx, "a", func(tx *db.Tx, by audit.Actor) error {
					_, err := s.Payouts.FailedTx(tx, by, l.ID, "wrong account")
					return err
				}),
				s.as(ctx, "a", func(tx *db.Tx, by audit.Actor) error { _, err := s.Payouts.RetryTx(tx, by, l.ID); return err }))
		}
		for range 2 { // the bank tells twice
			err = errors.Join(err, s.as(ctx, "a", func(tx *db.Tx, by audit.Actor) error { _, err := s.Payouts.PaidTx(tx, by, l.ID); return err }))
		}
		if err != nil {
			return fmt.Errorf("pay batch %s: %w", b, err)
		}
		if strings.HasPrefix(l.Account, "wage:") {
			s.payouts.wages += l.Net
		} else {
			s.payouts.lines++
			s.payouts.promoters += l.Net
		}
	}
	return s.Settle(ctx)
}

// draft gives the lines of an approved batch; one in which nobody is is cancelled.
func (s *sim) draft(ctx context.Context) (batch string, lines []payout.Line, err error) {
	err = s.as(ctx, "a", func(tx *db.Tx, by audit.Actor) error {
		b, err := s.Payouts.DraftTx(tx, by, payout.Plan{Threshold: 1})
		batch = b.ID
		return err
	})
	if err == nil {
		err = s.Settle(ctx)
	}
	if err != nil {
		return batch, nil, fmt.Errorf("draft a payout: %w", err)
	}
	err = s.as(ctx, "b", func(tx *db.Tx, by audit.Actor) error {
		_, err := s.Payouts.ApproveTx(tx, by, batch)
		if errors.Is(err, payout.ErrEmpty) {
			_, err = s.Payouts.CancelTx(tx, by, batch)
		}
		if err != nil {
			return err
		}
		lines = nil
		return each(func(cursor string) (string, error) {
			p, err := s.Payouts.LinesTx(tx, batch, payout.Reserved, cursor, 100)
			lines = append(lines, p.Items...)
			return p.Next, err
		})
	})
	return batch, lines, err
}

// as lets one of the two operators who see to the money do something.
func (s *sim) as(ctx context.Context, who string, do func(tx *db.Tx, by audit.Actor) error) error {
	return s.DB.Do(ctx, s.community, func(tx *db.Tx) error { return do(tx, audit.Actor{Kind: "operator", ID: "operator-" + who}) })
}

// reportPromoters pays what is left to be paid, and holds all that was paid against the rules.
func (s *sim) reportPromoters(ctx context.Context) error {
	if err := s.payOut(ctx); err != nil {
		return err
	}
	var due int64
	for _, p := range s.owed {
		if !p.to.points && p.due(s.Clock.Now()) {
			due += p.fen
		}
	}
	paid := int64(s.payouts.promoters)
	s.figure("paid to promoters", float64(paid)/100, "¥", 0)
	s.figure("payments to promoters", float64(s.payouts.lines), "payments", 0)
	s.figure("batches of payments", float64(s.payouts.batches), "batches", 0)
	s.invariant("promoters get what the rules say", due == paid, "%d fen by the rules, %d paid", due, paid)
	return nil
}
