package growth_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

// G2: other rules are simulated on what happened: who would have got what, with the reasons of bonds, refunds and dates.
func TestOtherRules(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lockIn()) // 10 %, 30 days, 7 of them protected, the last touch
		began := w.D.Clock.Now()
		w.bring("ann", "gil")
		w.Days(3)
		w.bring("bob", "gil") // protected
		w.bring("bob", "hal")
		w.Days(1)
		first, _ := w.buy("gil", vip(1000))
		w.buy("hal", vip(500))
		w.back(first, 500_00)
		w.Days(40)
		w.buy("gil", vip(300)) // over
		w.Days(1)
		for name, x := range map[string]struct {
			change   func(p *growth.Programme)
			ann, bob growth.Tally
		}{
			"the same":         {func(*growth.Programme) {}, tally(1, 1, 50_00), tally(1, 1, 50_00)},
			"twice the rate":   {func(p *growth.Programme) { p.Levels[0].RateBP = 2000 }, tally(1, 1, 100_00), tally(1, 1, 100_00)},
			"for ever":         {func(p *growth.Programme) { p.ValidDays = -1 }, tally(1, 2, 80_00), tally(1, 1, 50_00)},
			"no protection":    {func(p *growth.Programme) { p.ProtectDays = 0 }, tally(1, 0, 0), tally(2, 2, 100_00)},
			"the first, loose": {func(p *growth.Programme) { p.ProtectDays, p.Touch = 0, growth.First }, tally(1, 1, 50_00), tally(1, 1, 50_00)},
			"two days":         {func(p *growth.Programme) { p.ValidDays, p.ProtectDays = 2, 0 }, tally(1, 0, 0), tally(2, 2, 100_00)},
			"of goods":         {func(p *growth.Programme) { p.Products = []string{"goods"} }, tally(1, 0, 0), tally(1, 0, 0)},
			"an amount":        {func(p *growth.Programme) { p.Levels = []growth.Level{{Fixed: 30_00}} }, tally(1, 1, 15_00), tally(1, 1, 30_00)},
		} {
			p := lockIn()
			x.change(&p)
			s := w.simulate(p, began)
			got := map[string]growth.Beside{}
			for _, one := range s.Promoters {
				got[one.Promoter] = one.Beside
			}
			if len(got) != 2 || got["ann"].Was != tally(1, 1, 50_00) || got["ann"].Would != x.ann || got["bob"].Was != tally(1, 1, 50_00) || got["bob"].Would != x.bob {
				t.Errorf("%s: %+v", name, got)
			}
			if s.Purchases != 3 || s.Touches != 3 || s.Version != 1 || s.All.Was != (growth.Tally{Bonds: 2, Rewards: 2, People: 2, Money: 100_00}) {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if s := w.simulate(lockIn(), began.AddDate(0, 0, 2)); s.Touches != 2 || s.All.Was != s.All.Would || s.All.Was != (growth.Tally{Bonds: 1, Rewards: 2, People: 2, Money: 100_00}) {
			t.Errorf("from when ann's bond stood: %+v", s) // by the rules that made it
		}
		w.sound()
	})
}

func tally(bonds, rewards int, fen money.Fen) growth.Tally {
	return growth.Tally{Bonds: bonds, Rewards: rewards, People: min(rewards, 1), Money: fen}
}

// What somebody decided about a touch stays decided, whatever the rules; what the rules of its day didn't ask is asked.
func TestASimulationKeepsDecisions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lockIn())
		began := w.D.Clock.Now()
		for _, guest := range []string{"gil", "hal", "ivy"} {
			w.alike["ann "+guest] = true
		}
		refused, allowed := w.bring("ann", "gil"), w.bring("ann", "hal")
		w.finish(growth.ReviewBond, refused.ID, growth.Refuse)
		w.finish(growth.ReviewBond, allowed.ID, growth.Allow)
		w.bring("ann", "ivy") // nobody has looked at it
		w.bring("ann", "bob") // a member already
		w.bring("dan", "jim") // dan is none
		for _, guest := range []string{"gil", "hal", "ivy", "bob", "jim"} {
			w.buy(guest, vip(100))
		}
		w.Days(1)
		if s := w.simulate(lockIn(), began); s.All.Was != tally(1, 1, 10_00) || s.All.Would != s.All.Was {
			t.Errorf("the same: %+v", s.All)
		}
		wide := lockIn()
		wide.Promoters, wide.Guests, wide.Staff = growth.Anyone, growth.Anyone, true
		if s := w.simulate(wide, began); s.All.Would.Bonds != 3 || s.All.Would.Money != 30_00 || s.All.Would.People != 2 {
			t.Errorf("anyone: %+v", s.All)
		}

		began = w.D.Clock.Now()
		w.declare(wide)
		w.staff["eve"] = "op"
		w.bring("eve", "kim")
		w.bring("dan", "leo")
		w.bring("ann", "cat")
		for _, guest := range []string{"kim", "leo", "cat"} {
			w.buy(guest, vip(100))
		}
		w.Days(1)
		if s := w.simulate(lockIn(), began); s.All.Was.Money != 30_00 || s.All.Would != (growth.Tally{}) {
			t.Errorf("stricter: %+v", s.All)
		}
	})
}

// A reward that was taken back on a look pays nothing under other rules either, also when the reason has gone.
func TestASimulationKeepsWhatWasTaken(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lockIn())
		began := w.D.Clock.Now()
		w.bring("ann", "gil")
		_, got := w.buy("gil", vip(100))
		w.Merged["ann"] = []string{"gil"}
		w.Do(func(tx *db.Tx) error { return w.MergeTx(tx, "ann") })
		w.finish(growth.ReviewReward, got[0].ID, growth.Refuse)
		delete(w.Merged, "ann") // they were two after all
		w.buy("gil", vip(200))
		w.Days(1)
		p := lockIn()
		p.Levels[0].RateBP = 3000
		if s := w.simulate(p, began); s.All.Was != tally(1, 1, 20_00) || s.All.Would != tally(1, 1, 60_00) {
			t.Errorf("%+v", s.All)
		}
	})
}

// G2: of orders that bind themselves, the first link or the last decides; a simulation goes by the links that the buyer came by.
func TestASimulationOfOrders(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := lockIn()
		p.Binds, p.ValidDays, p.ProtectDays = growth.ByOrder, 0, 0
		w.declare(p)
		began := w.D.Clock.Now()
		for _, sharer := range []string{"ann", "bob"} {
			w.Do(func(tx *db.Tx) error {
				l, err := w.LinkTx(tx, sharer, "")
				if err == nil {
					_, err = w.VisitTx(tx, growth.Visit{Code: l.Code, Visitor: "v", Person: "gil"})
				}
				return err
			})
			w.Days(1)
		}
		w.buy("gil", vip(100))
		w.buy("gil", vip(200))
		w.Days(1)
		if s := w.simulate(p, began); s.All.Was != s.All.Would || len(s.Promoters) != 1 || s.Promoters[0].Promoter != "bob" {
			t.Errorf("the same: %+v", s)
		}
		p.Touch = growth.First
		s := w.simulate(p, began)
		if s.All.Would != tally(2, 2, 30_00) || len(s.Promoters) != 2 || s.Promoters[0].Promoter != "ann" || s.Promoters[0].Was != (growth.Tally{}) || s.Promoters[1].Would != (growth.Tally{}) {
			t.Errorf("the first: %+v", s)
		}
		p.ValidDays = 30
		w.declare(p) // the second order makes no bond
		began = w.D.Clock.Now()
		w.buy("gil", vip(100))
		w.buy("gil", vip(200))
		w.Days(1)
		if s := w.simulate(p, began); s.Touches != 1 || s.All.Was != tally(1, 2, 30_00) || s.All.Would != s.All.Was {
			t.Errorf("the first, for 30 days: %+v", s)
		}
		if p.ValidDays = 0; w.simulate(p, began).All.Would != tally(2, 2, 30_00) {
			t.Errorf("each order by itself: %+v", w.simulate(p, began).All)
		}
	})
}

// The rules that are listed, with their defaults, can be simulated as they are, whatever binds.
func TestListedRulesAreSimulated(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var all []growth.Programme
		for _, b := range growth.Bindings {
			p := lockIn()
			if b == growth.ByOffer {
				p = lecturers()
			}
			p.Name, p.Binds = "by-"+string(b), b
			all = append(all, p)
		}
		w.declare(all...)
		began := w.D.Clock.Now()
		w.Days(1)
		w.Do(func(tx *db.Tx) error {
			list, err := w.ProgrammesTx(tx)
			if len(list) != len(growth.Bindings) {
				t.Errorf("listed: %+v", list)
			}
			for _, p := range list {
				if _, err := w.SimulateTx(tx, p.Programme, began, tx.Now()); err != nil {
					t.Errorf("%s: %v", p.Binds, err)
				}
			}
			return err
		})
	})
}

// Rules are refused as a playbook's are, at their place; so are windows that are none, or hold too much.
func TestAWrongSimulationIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lockIn())
		w.Days(10)
		now := w.D.Clock.Now()
		try := func(p growth.Programme, from, to time.Time) error {
			return w.D.Read(t.Context(), w.D.Community, func(tx *db.Tx) error {
				_, err := w.SimulateTx(tx, p, from, to)
				return err
			})
		}
		for _, x := range []struct {
			field    string
			want     error
			change   func(p *growth.Programme)
			from, to time.Time
		}{
			{"/rules/levels/0", growth.ErrRate, func(p *growth.Programme) { p.Levels[0].RateBP = 20_000 }, now.AddDate(0, 0, -1), now},
			{"/rules/levels", growth.ErrTooDeep, func(p *growth.Programme) { p.Levels = slices.Repeat(p.Levels, 3) }, now.AddDate(0, 0, -1), now},
			{"/rules/binds", growth.ErrOtherBinding, func(p *growth.Programme) { p.Binds = growth.Click }, now.AddDate(0, 0, -1), now},
			{"/to", growth.ErrWindow, func(*growth.Programme) {}, now, now},
			{"/to", growth.ErrWindow, func(*growth.Programme) {}, now.AddDate(0, 0, -1), now.Add(time.Second)},
			{"", growth.ErrUnknownProgramme, func(p *growth.Programme) { p.Name = "other" }, now.AddDate(0, 0, -1), now},
		} {
			p := lockIn()
			x.change(&p)
			err := try(p, x.from, x.to)
			if e := errs.As(err); !errors.Is(err, x.want) || e.Field != x.field {
				t.Errorf("%s: %v", x.field, err)
			}
		}
		fill := func(table, columns string, n int, row func(i int) []any) {
			w.Do(func(tx *db.Tx) error {
				list := make([][]any, n)
				for i := range list {
					list[i] = append([]any{tx.Community()}, row(i)...)
				}
				return tx.Insert(table, strings.Split("community_id, "+columns, ", "), list)
			})
		}
		fill("growth_sale", "order_id, buyer, paid, lines, paid_at, refund_until, fact, heard", growth.MaxPurchases+1, func(i int) []any {
			at := now.Add(-time.Duration(i+1) * time.Second)
			return []any{fmt.Sprint("o", i), fmt.Sprint("g", i%2000), 100, db.JSON[[]growth.Line]{V: []growth.Line{vip(1)}}, at, at, fmt.Sprint("s", i), id.From(at)}
		})
		fill("growth_bond", "id, programme, version, binds, promoter, guest, fact, made, state, bound_at, valid_until, protect_until", growth.MaxTouches+1, func(i int) []any {
			at := now.Add(-time.Duration(i)*time.Second - 2*time.Hour)
			return []any{fmt.Sprint("b", i), "lock-in", 1, "attendance", fmt.Sprint("p", i%60), fmt.Sprint("g", i), fmt.Sprint("f", i), id.From(at), "active", at, at.AddDate(0, 0, 30), at}
		})
		if err := try(lockIn(), now.AddDate(0, 0, -1), now); !errors.Is(err, growth.ErrManyPurchases) {
			t.Errorf("too many purchases: %v", err)
		}
		if err := try(lockIn(), now.AddDate(0, 0, -1), now.Add(-time.Hour-25*time.Minute)); !errors.Is(err, growth.ErrManyTouches) {
			t.Errorf("too many touches: %v", err)
		}
		began := time.Now()
		var s growth.Simulation
		w.Must(w.D.Read(t.Context(), w.D.Community, func(tx *db.Tx) (err error) {
			s, err = w.SimulateTx(tx, lockIn(), now.Add(-4*time.Hour), now.Add(-time.Second))
			return err
		}))
		t.Logf("%d purchases and %d touches in %s", s.Purchases, s.Touches, time.Since(began))
		var sum growth.Tally
		for _, x := range s.Promoters {
			sum.Money, sum.Rewards = sum.Money+x.Would.Money, sum.Rewards+x.Would.Rewards
		}
		if len(s.Promoters) != 50 || s.Others != 10 || s.All.Would.People != 60 || sum.Money+s.Rest.Would.Money != s.All.Would.Money || s.Rest.Would.People != 10 || s.Rest.Would.Rewards == 0 {
			t.Errorf("%d promoters, %d others, all %+v, rest %+v", len(s.Promoters), s.Others, s.All, s.Rest)
		}
	})
}
