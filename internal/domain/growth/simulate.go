package growth

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

// Simulation is what a programme came to in a while, and beside it what other rules would have come to.
type Simulation struct {
	Version   int                 `json:"version" doc:"of the programme, in force now"`
	Rules     Programme           `json:"rules" doc:"that were simulated"`
	Since     time.Time           `json:"since" doc:"when the rules in force were declared: before, others stood"`
	From      time.Time           `json:"from"`
	To        time.Time           `json:"to"`
	Purchases int                 `json:"purchases" doc:"that were looked at"`
	Touches   int                 `json:"touches" doc:"kept by the programme, that were looked at: also those that bound nobody"`
	All       Beside              `json:"all"`
	Promoters []SimulatedPromoter `json:"promoters" doc:"at most 50, those with most first"`
	Rest      Beside              `json:"rest" doc:"of all other promoters"`
	Others    int                 `json:"others" doc:"promoters that rest sums"`
}

// Beside is what was and what would have been.
type Beside struct {
	Was   Tally `json:"was"`
	Would Tally `json:"would"`
}

// SimulatedPromoter is what a promoter got and would have got.
type SimulatedPromoter struct {
	Promoter string `json:"promoter"`
	Beside
}

// Tally is what a while came to, after what was taken back until now.
type Tally struct {
	Bonds    int       `json:"bonds" doc:"made in the while, also those that gave way later"`
	Rewards  int       `json:"rewards" doc:"for orders paid in the while"`
	People   int       `json:"people" doc:"with a reward"`
	Money    money.Fen `json:"money" doc:"fen"`
	Points   int64     `json:"points"`
	Services int       `json:"services"`
}

// earned counts a reward of so much; one of nothing is none.
func (t *Tally) earned(k RewardKind, n int64) {
	if n == 0 {
		return
	}
	t.Rewards, t.People = t.Rewards+1, 1
	switch k {
	case InPoints:
		t.Points += n
	case InService:
		t.Services++
	default:
		t.Money += money.Fen(n)
	}
}

func (t *Tally) add(o Tally) {
	t.Bonds, t.Rewards, t.People, t.Money, t.Points, t.Services = t.Bonds+o.Bonds, t.Rewards+o.Rewards, t.People+o.People, t.Money+o.Money, t.Points+o.Points, t.Services+o.Services
}

func (b *Beside) add(o Beside) {
	b.Was.add(o.Was)
	b.Would.add(o.Would)
}

// Refusals of simulations.
var (
	ErrWindow        = errs.Define(errs.Invalid, "growth.window")         // not from a time to a later one that is past
	ErrManyPurchases = errs.Define(errs.Invalid, "growth.many_purchases") // "max": more in the while than are looked at
	ErrManyTouches   = errs.Define(errs.Invalid, "growth.many_touches")   // "max"
	ErrOtherBinding  = errs.Define(errs.Invalid, "growth.other_binding")  // what would bind was not kept for this programme
)

// Bounds of a simulation.
const (
	MaxPurchases = 5_000
	MaxTouches   = 10_000
	maxShown     = 50
)

// SimulateTx tells what other rules of a programme would have come to, had they been declared at from, and changes nothing. It goes by the
// rows that growth keeps: the programme's bonds, which are its touches also where they bound nobody, and the orders of the while with what
// has gone back of them until now, in the order in which growth came to know of them. Bonds from before stay as they were made, with their
// own rules. What somebody decided stays decided: a touch that is pending or was refused on a look binds nobody, one that was allowed binds
// from then on, a reward that was taken back on a look pays nothing, one that was allowed pays. People are who they are known to be today,
// and who was given nothing for an order gets what they choose now. A touch that changed nothing and repeats one that is kept is not known
// again.
//
// Refusals: ErrUnknownProgramme, those of a playbook at "/rules/…", ErrOtherBinding, ErrWindow, ErrManyPurchases, ErrManyTouches.
func (s *Service) SimulateTx(tx *db.Tx, p Programme, from, to time.Time) (Simulation, error) {
	list, err := programmes(tx, true)
	if err != nil {
		return Simulation{}, err
	}
	i := slices.IndexFunc(list, func(x programme) bool { return x.Name == p.Name })
	if i < 0 {
		return Simulation{}, ErrUnknownProgramme.With("programme", p.Name)
	}
	bad := p.problems("/rules")
	if len(bad) == 0 && p.Binds != list[i].Binds {
		bad = append(bad, ErrOtherBinding.At("/rules/binds"))
	}
	if !from.Before(to) || to.After(tx.Now()) {
		bad = append(bad, ErrWindow.At("/to"))
	}
	if err := errs.Join(bad...); err != nil {
		return Simulation{}, err
	}
	m := newSimulator(s, tx, p.withDefaults(), from, to)
	if err := m.recall(); err != nil {
		return Simulation{}, err
	}
	if err := m.run(); err != nil {
		return Simulation{}, err
	}
	out := Simulation{Version: list[i].version, Since: list[i].since, Rules: m.rules.Programme, From: from, To: to, Purchases: len(m.sales), Touches: len(m.touches)}
	m.sum(&out)
	return out, nil
}

// recall reads what happened, and sums what came of it.
func (m *simulator) recall() (err error) {
	if m.sales, err = salesIn(m.tx, m.from, m.to, MaxPurchases+1); err != nil {
		return err
	}
	if m.touches, err = bondsIn(m.tx, m.rules.Name, m.from, m.to, MaxTouches+1); err != nil {
		return err
	}
	switch {
	case len(m.sales) > MaxPurchases:
		return ErrManyPurchases.With("max", MaxPurchases).At("/from")
	case len(m.touches) > MaxTouches:
		return ErrManyTouches.With("max", MaxTouches).At("/from")
	}
	rewards, err := rewardsFor(m.tx, m.rules.Name, m.from, m.to)
	if err != nil {
		return err
	}
	for _, b := range m.touches {
		if m.within(b) && stood(b) {
			t, err := m.of(b.Promoter)
			if err != nil {
				return err
			}
			t.Was.Bonds++
		}
	}
	for _, r := range rewards {
		t, err := m.of(r.Promoter)
		if err != nil {
			return err
		}
		t.Was.earned(r.Kind, r.left())
		m.rewards[r.Order] = append(m.rewards[r.Order], r)
		if r.allowed {
			m.through[r.Bond] = true
		}
	}
	slices.SortFunc(m.sales, func(a, b Sale) int { return strings.Compare(a.heard, b.heard) })
	slices.SortFunc(m.touches, func(a, b Bond) int { return strings.Compare(a.made, b.made) })
	return nil
}

// stood tells whether a bond was active at any time.
func stood(b Bond) bool {
	return b.stored == Active || b.stored == Lost && slices.Contains([]Reason{Replaced, Renewed, Over}, b.Reason)
}

// sum gives what everybody got and would have got, the first of them one by one.
func (m *simulator) sum(out *Simulation) {
	all := make([]SimulatedPromoter, 0, len(m.tallies))
	for id, t := range m.tallies {
		all = append(all, SimulatedPromoter{id, *t})
		out.All.add(*t)
	}
	slices.SortFunc(all, func(a, b SimulatedPromoter) int {
		return cmp.Or(
			cmp.Compare(b.Was.Money+b.Would.Money, a.Was.Money+a.Would.Money), cmp.Compare(b.Was.Points+b.Would.Points, a.Was.Points+a.Would.Points),
			cmp.Compare(b.Was.Rewards+b.Would.Rewards, a.Was.Rewards+a.Would.Rewards), cmp.Compare(b.Was.Bonds+b.Would.Bonds, a.Was.Bonds+a.Would.Bonds),
			strings.Compare(a.Promoter, b.Promoter),
		)
	})
	shown := min(len(all), maxShown)
	for _, x := range all[shown:] {
		out.Rest.add(x.Beside)
	}
	out.Promoters, out.Others = all[:shown], len(all)-shown
}
