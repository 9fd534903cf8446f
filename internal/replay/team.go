package replay

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// sellers are the staff who sell and serve, and who close their months: the boss closes, the dean approves.
type sellers struct {
	s          *sim
	sales      []string
	service    []string
	boss, dean string
}

// staffNames are those of the staff, in the order in which they are hired.
var staffNames = []string{"陈静", "林悦", "赵磊", "孙宁", "周敏", "吴桐", "郑凯", "何苗"}

// hire lets staff work in sales and service, half of them each, by the steps that the parameters say.
func (s *sim) hire(ctx context.Context, n int) (x *sellers, err error) {
	x = &sellers{s: s}
	for i := range max(2, n) {
		role, list := access.Sales, &x.sales
		if i%2 == 1 {
			role, list = access.Service, &x.service
		}
		id, err := s.Hire(ctx, s.community, fmt.Sprintf("staff%d@qunce.example", i), staffNames[i%len(staffNames)], role)
		if err != nil {
			return x, fmt.Errorf("hire staff: %w", err)
		}
		*list = append(*list, id)
	}
	for _, who := range []struct {
		id          *string
		email, name string
	}{{&x.boss, "boss", "负责人"}, {&x.dean, "dean", "院长"}} {
		if *who.id, err = s.Hire(ctx, s.community, who.email+"@qunce.example", who.name, access.Owner); err != nil {
			return x, fmt.Errorf("hire the %s: %w", who.email, err)
		}
	}
	err = s.DB.Do(ctx, s.community, func(tx *db.Tx) error {
		rules, err := s.Team.RulesTx(tx)
		if err != nil {
			return err
		}
		for i, d := range rules.Departments {
			if d.Side != team.SideSales {
				continue
			}
			steps := append([]team.Step(nil), d.Pay.Steps...)
			for j, name := range []string{"rate.first", "rate.second", "rate.third"} {
				if j < len(steps) {
					steps[j].RateBP = int(math.Round(s.param(name) * 10_000))
				}
			}
			rules.Departments[i].Pay.Steps = steps
		}
		return s.Team.DeclareTx(tx, rules.Config)
	})
	return x, err
}

// work lets everybody who sells look through their contacts, and the months be closed, until a time.
func (x *sellers) work(until time.Time) {
	for _, id := range x.sales {
		x.s.in(time.Hour, func(ctx context.Context) error { return x.look(ctx, id, until) })
	}
	for m := x.s.Clock.Now(); m.Before(until); m = m.AddDate(0, 1, 0) {
		x.s.at(m, func(ctx context.Context) error { return x.aim(ctx, m.Format("2006-01")) })
		next := time.Date(m.Year(), m.Month()+1, 3, 2, 0, 0, 0, time.UTC)
		x.s.at(next, func(ctx context.Context) error { return x.close(ctx, next.AddDate(0, 0, -3).Format("2006-01")) })
	}
}

// look speaks with some of the contacts that somebody has in hand, during the day, and looks again a few hours later.
func (x *sellers) look(ctx context.Context, staff string, until time.Time) error {
	s := x.s
	now := s.Clock.Now()
	if now.After(until) {
		return nil
	}
	if hour := now.Add(8 * time.Hour).Hour(); hour >= int(s.param("staff.from")) && hour < int(s.param("staff.to")) {
		err := s.DB.Do(ctx, s.community, func(tx *db.Tx) error {
			p, err := s.Team.OpenTx(tx, team.TurnFilter{Staff: staff, Side: team.SideSales}, "", 200)
			if err != nil {
				return err
			}
			for _, t := range p.Items {
				if !t.TouchedAt.IsZero() || !s.chance("go.touch") {
					continue
				}
				if _, err := s.Team.TouchTx(tx, staff, t.Person); err != nil && !errors.Is(err, team.ErrNotYours) {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	s.in(6*time.Hour, func(ctx context.Context) error { return x.look(ctx, staff, until) })
	return nil
}

// aim sets what each who sells is to bring in a month.
func (x *sellers) aim(ctx context.Context, month string) error {
	return x.s.DB.Do(ctx, x.s.community, func(tx *db.Tx) error {
		rules, err := x.s.Team.RulesTx(tx)
		if err != nil {
			return err
		}
		for _, d := range rules.Departments {
			if d.Side != team.SideSales {
				continue
			}
			for _, id := range x.sales {
				amount := money.Fen(x.s.param("target.month") * 100)
				if _, err := x.s.Team.SetTargetTx(tx, x.boss, team.Target{Month: month, Department: d.Name, Staff: id, Kind: team.SalesTarget, Amount: amount}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// close closes a month, and approves its statements when they are written.
func (x *sellers) close(ctx context.Context, month string) error {
	s := x.s
	if err := s.DB.Do(ctx, s.community, func(tx *db.Tx) error { _, err := s.Team.CloseTx(tx, x.boss, month); return err }); err != nil {
		return fmt.Errorf("close %s: %w", month, err)
	}
	s.in(time.Duration(s.param("approve.after"))*time.Hour, func(ctx context.Context) error {
		return s.DB.Do(ctx, s.community, func(tx *db.Tx) error {
			p, err := s.Team.StatementsTx(tx, team.StatementFilter{Month: month}, "", 200)
			if err != nil {
				return err
			}
			for _, y := range p.Items {
				if _, err := s.Team.ApproveTx(tx, x.dean, y.ID); err != nil {
					return err
				}
			}
			return nil
		})
	})
	return nil
}

// measure holds what staff earned against the statements, the credits and the books.
func (x *sellers) measure(ctx context.Context, start time.Time) error {
	s := x.s
	var earned, posted, wages, credited, refunded, paid, back money.Fen
	var contacts, touched, converted, orders, credits int
	err := s.DB.Read(ctx, s.community, func(tx *db.Tx) error {
		err := each(func(cursor string) (string, error) {
			p, err := s.Team.StatementsTx(tx, team.StatementFilter{}, cursor, 200)
			for _, y := range p.Items {
				earned += y.Commission + y.Taken
				if y.State == team.Approved {
					posted += max(0, y.Total)
				}
			}
			return p.Next, err
		})
		if err != nil {
			return err
		}
		err = each(func(cursor string) (string, error) {
			p, err := s.Team.CreditsTx(tx, team.CreditFilter{}, cursor, 200)
			for _, c := range p.Items {
				credited, refunded, credits = credited+c.Amount, refunded+c.Refunded, credits+1
			}
			return p.Next, err
		})
		if err != nil {
			return err
		}
		err = each(func(cursor string) (string, error) {
			p, err := s.Shop.Orders(tx, shop.Filter{}, cursor, 200)
			for _, o := range p.Items {
				if o.Paid > 0 && !o.FulfilledAt.IsZero() {
					paid, back, orders = paid+o.Paid, back+o.Refunded, orders+1
				}
			}
			return p.Next, err
		})
		if err != nil {
			return err
		}
		for _, staff := range append(append([]string(nil), x.sales...), x.service...) {
			n, err := s.Ledger.BalanceTx(tx, "wage:"+staff, ledger.CNY)
			if err != nil {
				return err
			}
			wages += money.Fen(n)
		}
		for from := start; from.Before(s.Clock.Now()); from = from.AddDate(1, 0, 0) {
			b, err := s.Team.BoardTx(tx, from.Format("2006-01"), from.AddDate(0, 11, 0).Format("2006-01"))
			if err != nil {
				return err
			}
			for _, y := range b.Staff {
				contacts, touched, converted = contacts+y.Owned, touched+y.Touched, converted+y.Converted
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read what staff earned: %w", err)
	}
	s.figure("contacts given to sales", float64(contacts), "times", 0)
	s.figure("of these spoken with", percent(touched, contacts), "%", float64(contacts))
	s.figure("of these bought", percent(converted, contacts), "%", float64(contacts))
	s.figure("earned by staff", float64(earned)/100, "¥", 0)
	s.invariant("every sale is credited once", credits == orders && credited == paid && refunded == back, "%d credits of %d fen less %d, %d orders of %d fen less %d", credits, credited, refunded, orders, paid, back)
	s.figure("paid to staff", float64(s.payouts.wages)/100, "¥", 0)
	s.invariant("wages are what statements say", wages+s.payouts.wages == posted, "%d fen paid, %d to be paid, %d approved", s.payouts.wages, wages, posted)
	return nil
}

// each reads a list to its end.
func each(read func(cursor string) (next string, err error)) error {
	for cursor := ""; ; {
		next, err := read(cursor)
		if err != nil || next == "" {
			return err
		}
		cursor = next
	}
}
