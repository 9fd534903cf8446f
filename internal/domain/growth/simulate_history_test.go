package growth_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

// G2: over any history of touches, looks, purchases, choices, refunds and changes of the rules, the rules that were in force come to what
// was paid, promoter by promoter, whatever binds; and what was paid is what the books have.
func TestTheSameRulesComeToWhatWasPaid(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		fewer(t, "25") // a history is a few dozen transactions
		whole := newWorld(t, d)
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			other, w := *d, *whole
			other.Community = fmt.Sprint("past", run)
			crowd := someMembers()
			crowd.staff["cat"] = "op"
			w.D, w.T, w.crowd, w.Service = &other, t, &crowd, growth.New(withPeople(whole.Deps, &crowd))
			p := &past{world: &w}
			p.change(rt)
			p.began = p.from.AddDate(0, 0, -3) // what is told late is counted too
			rt.Repeat(map[string]func(*rapid.T){
				"bring": p.meet, "visit": p.visit, "buy": p.order, "refund": p.give, "choose": p.choose, "look": p.look, "mark": p.mark, "pass": p.pass, "change": p.change,
			})
			p.check(rt)
			p.cut(rt)
		})
	})
}

func fewer(t *testing.T, checks string) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	was := f.Value.String()
	if was != f.DefValue {
		return // somebody asked for more
	}
	t.Cleanup(func() { _ = f.Value.Set(was) })
	if err := f.Value.Set(checks); err != nil {
		t.Fatal(err)
	}
}

func withPeople(d growth.Deps, c *crowd) growth.Deps {
	d.People = c
	return d
}

// past is a history of which the end is compared.
type past struct {
	*world
	rules   []growth.Programme
	began   time.Time
	from    time.Time // since which the rules are the same
	orders  []string
	pending []string
}

// change lets other rules begin, after all that was. A point is a fen: where one came to nothing and the other to something, what was chosen
// then would not be known.
func (p *past) change(rt *rapid.T) {
	p.Days(1)
	p.from, p.rules = p.D.Clock.Now(), nil
	for _, binds := range []growth.Binding{growth.Attendance, growth.Click, growth.ByOrder, growth.ByOffer} {
		label := string(binds)
		r := growth.Programme{
			Name: label, Title: stage.Words(label), Binds: binds, Products: rapid.SampledFrom([][]string{{"plan"}, nil}).Draw(rt, label+" of"),
			Touch:     rapid.SampledFrom([]growth.TouchRule{growth.First, growth.Last}).Draw(rt, label+" touch"),
			ValidDays: rapid.SampledFrom([]int{0, 5, 30, -1}).Draw(rt, label+" valid"), ProtectDays: rapid.SampledFrom([]int{0, 3, -1}).Draw(rt, label+" protect"),
			Reward: []growth.RewardKind{growth.InMoney, growth.InPoints}, PointsPerYuan: 100, Staff: rapid.Bool().Draw(rt, label+" staff"),
			Promoters: rapid.SampledFrom([]growth.Who{growth.MembersOnly, growth.Anyone}).Draw(rt, label+" promoters"),
			Guests:    rapid.SampledFrom([]growth.Who{growth.NewOnly, growth.Anyone}).Draw(rt, label+" guests"),
			Levels:    []growth.Level{{RateBP: rapid.IntRange(1, 5000).Draw(rt, label+" rate")}, {Fixed: 3_33}},
		}
		if binds == growth.ByOffer || rapid.Bool().Draw(rt, label+" one level") {
			r.Levels = r.Levels[:1]
		}
		if binds == growth.ByOffer {
			r.Touch, r.ValidDays, r.ProtectDays = "", 0, 0
		}
		p.rules = append(p.rules, r)
	}
	p.declare(p.rules...)
}

func (p *past) meet(rt *rapid.T) {
	promoter, guest := rapid.SampledFrom(crowdNames).Draw(rt, "promoter"), rapid.SampledFrom(crowdNames).Draw(rt, "guest")
	p.D.Clock.Advance(time.Second) // who allows a bond pays what was bought from its moment on
	b := p.touch(growth.Touch{Binds: growth.Attendance, Promoter: promoter, Guest: guest, Subject: "event", At: p.D.Clock.Now().Add(-p.late(rt))})
	if b.State != growth.Pending {
		return
	}
	if rapid.Bool().Draw(rt, "allowed") {
		p.finish(growth.ReviewBond, b.ID, growth.Allow)
	} else if len(p.pending) == 0 || p.pending[len(p.pending)-1] != b.ID {
		p.pending = append(p.pending, b.ID)
	}
}

// late is how long after it happened something is told: not at all, mostly.
func (p *past) late(rt *rapid.T) time.Duration {
	return rapid.SampledFrom([]time.Duration{0, 0, 0, time.Hour, 50 * time.Hour}).Draw(rt, "late")
}

// look ends what is pending, however late.
func (p *past) look(rt *rapid.T) {
	if len(p.pending) > 0 {
		o := rapid.SampledFrom([]task.Outcome{growth.Allow, growth.Refuse}).Draw(rt, "outcome")
		p.D.Clock.Advance(time.Second)
		p.Do(func(tx *db.Tx) error {
			return p.ReviewTx(tx, growth.Review{Kind: growth.ReviewBond, Subject: p.pending[0], Outcome: o, Fact: "look " + p.pending[0]})
		})
		p.pending = p.pending[1:]
	}
}

func (p *past) visit(rt *rapid.T) {
	sharer, guest := rapid.SampledFrom(crowdNames).Draw(rt, "sharer"), rapid.SampledFrom(crowdNames).Draw(rt, "visitor")
	what := rapid.SampledFrom([]string{"", "plan:vip", "goods:tea"}).Draw(rt, "link")
	p.n++
	p.Do(func(tx *db.Tx) error {
		l, err := p.LinkTx(tx, sharer, what)
		if err == nil {
			_, err = p.VisitTx(tx, growth.Visit{Code: l.Code, Visitor: fmt.Sprint("browser ", p.n), Person: guest})
		}
		return err
	})
}

func (p *past) order(rt *rapid.T) {
	buyer, host := rapid.SampledFrom(crowdNames).Draw(rt, "buyer"), rapid.SampledFrom(append([]string{""}, crowdNames...)).Draw(rt, "host")
	plan, tea := rapid.Int64Range(1, 300_000).Draw(rt, "plan"), rapid.Int64Range(0, 50_000).Draw(rt, "tea")
	p.world.late = p.late(rt)
	order, _ := p.offered(host, buyer, growth.Line{Kind: "plan", Item: "vip", Amount: money.Fen(plan)}, growth.Line{Kind: "goods", Item: "tea", Amount: money.Fen(tea)})
	p.orders = append(p.orders, order)
}

func (p *past) give(rt *rapid.T) {
	if len(p.orders) == 0 {
		return
	}
	order := rapid.SampledFrom(p.orders).Draw(rt, "order")
	var paid money.Fen
	for _, l := range p.sold[order] {
		paid += l.Amount
	}
	p.back(order, money.Fen(rapid.Int64Range(0, int64(paid)).Draw(rt, "back")))
}

func (p *past) choose(rt *rapid.T) {
	who, kind := rapid.SampledFrom(crowdNames).Draw(rt, "who"), rapid.SampledFrom([]growth.RewardKind{growth.InMoney, growth.InPoints}).Draw(rt, "kind")
	p.Do(func(tx *db.Tx) error { return p.ChooseTx(tx, who, string(growth.Attendance), kind) })
}

func (p *past) mark(rt *rapid.T) {
	one, other := rapid.SampledFrom(crowdNames).Draw(rt, "one"), rapid.SampledFrom(crowdNames).Draw(rt, "other")
	if rapid.IntRange(0, 3).Draw(rt, "seldom") > 0 {
		return
	}
	p.n++
	p.Do(func(tx *db.Tx) error {
		for _, who := range []string{one, other} {
			if err := p.MarkTx(tx, who, growth.SameDevice, fmt.Sprint("device ", p.n)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *past) pass(rt *rapid.T) { p.Days(rapid.IntRange(1, 9).Draw(rt, "days")) }

func (p *past) check(rt *rapid.T) {
	p.Days(1)
	has := map[string]int64{}
	for _, r := range p.rules {
		s := p.simulate(r, p.from)
		for _, x := range s.Promoters {
			if x.Was != x.Would {
				rt.Fatalf("%s: %s got %+v; the same rules come to %+v", r.Name, x.Promoter, x.Was, x.Would)
			}
		}
		if s.All.Was != s.All.Would || s.Others != 0 {
			rt.Fatalf("%s: all %+v", r.Name, s.All)
		}
		for _, x := range p.simulate(r, p.began).Promoters {
			has[x.Promoter] += int64(x.Was.Money)
		}
	}
	for _, who := range crowdNames {
		if got := p.purse(who); got[0]+got[1]-got[2] != has[who] {
			rt.Fatalf("%s has %v in the books, and %d was counted", who, got, has[who])
		}
	}
	if p.T.Failed() {
		rt.FailNow()
	}
}

// cut compares a while that begins and ends anywhere since the rules are the same.
func (p *past) cut(rt *rapid.T) {
	span := int(p.D.Clock.Now().Sub(p.from) / time.Hour)
	first := rapid.IntRange(0, span-1).Draw(rt, "from hour")
	from, to := p.from.Add(time.Duration(first)*time.Hour+time.Millisecond), p.from.Add(time.Duration(rapid.IntRange(first+1, span).Draw(rt, "to hour"))*time.Hour)
	for _, r := range p.rules {
		for _, x := range p.between(r, from, to).Promoters {
			if x.Was != x.Would {
				rt.Fatalf("%s from %v to %v, the same since %v: %s got %+v; the same rules come to %+v", r.Name, from, to, p.from, x.Promoter, x.Was, x.Would)
			}
		}
	}
}

func (w *world) between(p growth.Programme, from, to time.Time) (s growth.Simulation) {
	w.T.Helper()
	w.Must(w.D.Read(w.T.Context(), w.D.Community, func(tx *db.Tx) (err error) {
		s, err = w.SimulateTx(tx, p, from, to)
		return err
	}))
	return s
}

func (w *world) simulate(p growth.Programme, from time.Time) growth.Simulation {
	w.T.Helper()
	return w.between(p, from, w.D.Clock.Now())
}
