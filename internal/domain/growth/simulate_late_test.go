package growth_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/platform/db"
)

// same fails unless the rules in force come to what was paid since a time, promoter by promoter.
func (w *world) same(what string, p growth.Programme, from time.Time) {
	w.T.Helper()
	for _, x := range w.simulate(p, from).Promoters {
		if x.Was != x.Would {
			w.T.Errorf("%s: %s got %+v; the same rules come to %+v", what, x.Promoter, x.Was, x.Would)
		}
	}
}

// loose is lockIn that protects nobody.
func loose(touch growth.TouchRule) growth.Programme {
	p := lockIn()
	p.Touch, p.ProtectDays = touch, 0
	return p
}

// heardLate lets growth hear now of an order that was paid for before.
func (w *world) heardLate(person string, paid time.Time) {
	w.T.Helper()
	w.late = w.D.Clock.Now().Sub(paid)
	defer func() { w.late = 0 }()
	w.buy(person, vip(100))
}

// follow lets a visitor, who may be known, follow somebody's link.
func (w *world) follow(sharer, visitor, person string) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		l, err := w.LinkTx(tx, sharer, "")
		if err == nil {
			_, err = w.VisitTx(tx, growth.Visit{Code: l.Code, Visitor: visitor, Person: person})
		}
		return err
	})
}

// G2: who was blocked or erased after they earned it had earned it, and had the guest.
func TestASimulationOfWhoIsGoneSince(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lockIn())
		began := w.D.Clock.Now()
		w.bring("ann", "gil")
		w.Days(1)
		w.bring("bob", "gil") // ann's, who is protected
		w.Days(1)
		between := w.D.Clock.Now()
		w.buy("gil", vip(100))
		w.Days(20)
		w.gone["ann"] = true
		w.same("from before the bond", lockIn(), began)
		w.same("from after the bond", lockIn(), between)
	})
}

// G2: who pays while one promoter has them pays that one, though growth hears of the order when another has them; under any rule.
func TestAnOrderIsOfWhoHadTheBuyerWhenItWasPaid(t *testing.T) {
	each(t, func(t *testing.T, whole *world) {
		for _, touch := range []growth.TouchRule{growth.First, growth.Last} {
			w := whole.fresh()
			p := loose(touch)
			p.ValidDays = 5
			w.declare(p)
			began := w.D.Clock.Now()
			w.bring("ann", "gil")
			w.Days(1)
			paid := w.D.Clock.Now()
			w.Days(1)
			to := w.D.Clock.Now()
			w.Days(4) // over
			w.bring("bob", "gil")
			w.Days(1)
			w.heardLate("gil", paid)
			w.wantPurse("ann", 10_00, 0, 0)
			w.wantPurse("bob", 0, 0, 0)
			w.Days(1)
			w.same("to the end", p, began)
			if s := w.between(p, began, to); s.All.Was != tally(1, 1, 10_00) || s.All.Would != s.All.Was {
				t.Errorf("%s: cut before growth heard of it: %+v", touch, s.All)
			}
		}
	})
}

// G2: while somebody looks at a bond nobody is bound by it: who brought the guest meanwhile keeps them when it is allowed, whichever touch
// counts. Otherwise what the guest bought meanwhile is its promoter's; the second level of others' rewards is not given afterwards.
func TestBondsAllowedLate(t *testing.T) {
	each(t, func(t *testing.T, whole *world) {
		for _, x := range []struct {
			name     string
			rules    growth.Programme
			alone    bool // nobody else comes
			ann, bob int64
		}{
			{"last", loose(growth.Last), false, 0, 110_00},
			{"first", loose(growth.First), false, 0, 110_00},
			{"protected", lockIn(), false, 0, 110_00},
			{"alone", lockIn(), true, 110_10, 0},
		} {
			w := whole.fresh()
			w.declare(x.rules)
			began := w.D.Clock.Now()
			w.alike["ann gil"] = true
			b := w.bring("ann", "gil")
			w.Days(1)
			w.buy("gil", vip(1)) // nobody's yet
			w.Days(1)
			if !x.alone {
				w.bring("bob", "gil")
			}
			w.Days(1)
			middle := w.D.Clock.Now()
			w.buy("gil", vip(100))
			w.Days(1)
			w.finish(growth.ReviewBond, b.ID, growth.Allow)
			w.Days(1)
			w.buy("gil", vip(1000))
			w.wantPurse("ann", x.ann, 0, 0)
			w.wantPurse("bob", x.bob, 0, 0)
			w.Days(1)
			w.same(x.name, x.rules, began)
			w.same(x.name+", from while it was looked at", x.rules, middle)
			w.sound()
		}
		w := whole.fresh()
		p := lockIn()
		p.Levels, p.Guests = []growth.Level{{RateBP: 1000}, {RateBP: 500}}, growth.Anyone
		w.declare(p)
		began := w.D.Clock.Now()
		w.alike["ann bob"] = true
		b := w.bring("ann", "bob")
		w.bring("bob", "gil")
		w.Days(1)
		w.buy("gil", vip(100))
		w.Days(1)
		w.finish(growth.ReviewBond, b.ID, growth.Allow)
		w.Days(1)
		w.wantPurse("ann", 0, 0, 0)
		w.same("second level", p, began)
	})
}

// G2: a while may begin between what happened and when it was told, by a browser that signs in later or a scan that is sent later.
func TestAWhileThatCutsWhatWasToldLate(t *testing.T) {
	each(t, func(t *testing.T, whole *world) {
		clicks := loose(growth.Last)
		clicks.Binds = growth.Click
		for name, x := range map[string]struct {
			rules  growth.Programme
			before func(w *world)
			told   func(w *world, began time.Time)
			bonds  int
		}{
			"a browser": {
				clicks, func(w *world) { w.follow("ann", "laptop", "") },
				func(w *world, _ time.Time) {
					w.Do(func(tx *db.Tx) error { return w.ClaimVisitorTx(tx, "laptop", "gil") })
				}, 1,
			},
			"a scan": {
				loose(growth.Last), func(w *world) { w.bring("bob", "gil") },
				func(w *world, began time.Time) {
					w.touch(growth.Touch{Binds: growth.Attendance, Promoter: "ann", Guest: "gil", Subject: "first", At: began.Add(time.Hour)})
				}, 0,
			},
			"a later scan": {
				loose(growth.Last), func(w *world) { w.bring("ann", "gil") },
				func(w *world, began time.Time) {
					w.touch(growth.Touch{Binds: growth.Attendance, Promoter: "bob", Guest: "gil", Subject: "second", At: began.Add(30 * time.Hour)})
				}, 1,
			},
		} {
			w := whole.fresh()
			w.declare(x.rules)
			began := w.D.Clock.Now()
			w.Days(1)
			x.before(w)
			w.Days(1)
			from := w.D.Clock.Now()
			w.Days(1)
			w.buy("gil", vip(100))
			w.Days(1)
			x.told(w, began)
			w.Days(1)
			w.same(name+", the whole", x.rules, began)
			w.same(name+", cut", x.rules, from)
			if s := w.simulate(x.rules, from); s.All.Was.Bonds != x.bonds || s.Touches != 1 {
				t.Errorf("%s: %+v", name, s)
			}
		}
	})
}

// A reward that somebody looked at and let through is paid by other rules too, though its promoter and its buyer are one human.
func TestASimulationKeepsWhatWasAllowed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lockIn())
		began := w.D.Clock.Now()
		w.bring("ann", "gil")
		_, got := w.buy("gil", vip(100))
		w.Merged["ann"] = []string{"gil"}
		w.Do(func(tx *db.Tx) error { return w.MergeTx(tx, "ann") })
		w.finish(growth.ReviewReward, got[0].ID, growth.Allow)
		w.buy("gil", vip(500)) // after it is known who they are: nobody's
		w.Days(10)
		p := lockIn()
		p.Levels[0].RateBP = 2000
		if s := w.simulate(p, began); s.All.Was != tally(1, 1, 10_00) || s.All.Would != tally(1, 1, 20_00) {
			t.Errorf("%+v", s.All)
		}
	})
}

// An order that went back before growth heard of it binds nobody, in a simulation either.
func TestASimulationOfAnOrderThatWentBackAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := lockIn()
		p.Binds = growth.ByOrder
		w.declare(p)
		began := w.D.Clock.Now()
		w.follow("ann", "v", "gil")
		line := vip(100)
		line.Back = line.Amount
		w.buy("gil", line)
		w.Days(1)
		w.follow("bob", "v", "gil")
		w.buy("gil", vip(200))
		w.Days(1)
		w.same("by order", p, began)
	})
}

// A merge of persons brings two bonds to one guest: the one that is over pays nobody, gives way to none that isn't written, and keeps no guest.
func TestBondsThatAMergeBroughtTogether(t *testing.T) {
	each(t, func(t *testing.T, whole *world) {
		for name, last := range map[string]func(w *world){
			"who has the guest comes again": func(w *world) { w.bring("ann", "gil") },
			"who came later comes again":    func(w *world) { w.bring("dan", "gil") },
			"nobody comes":                  func(*world) {},
		} {
			w := whole.fresh()
			p := loose(growth.First)
			p.Promoters = growth.Anyone
			w.declare(p)
			w.bring("bob", "gil")
			w.Days(20)
			w.bring("ann", "gia")
			w.Days(1)
			w.bring("dan", "gia") // later
			w.Merged["gil"] = []string{"gia"}
			w.Do(func(tx *db.Tx) error { return w.MergeTx(tx, "gil") })
			w.Days(1)
			w.buy("gil", vip(100)) // bob's, who came first
			w.wantPurse("bob", 10_00, 0, 0)
			w.Days(1)
			from := w.D.Clock.Now()
			w.Days(12) // bob's is over, ann's is not
			last(w)
			w.buy("gil", vip(200))
			w.wantPurse("ann", 20_00, 0, 0)
			w.Days(1)
			w.same(name, p, from)
			w.sound()
		}
	})
}

// counting counts what is asked of persons.
type counting struct {
	*crowd
	asked map[string]int
}

func (c counting) IDs(tx *db.Tx, person string) ([]string, error) {
	c.asked["ids"]++
	return c.crowd.IDs(tx, person)
}

func (c counting) Staff(tx *db.Tx, person string) (string, error) {
	c.asked["staff"]++
	return c.crowd.Staff(tx, person)
}

func (c counting) Gone(tx *db.Tx, person string) (bool, error) {
	c.asked["gone"]++
	return c.crowd.Gone(tx, person)
}

// A simulation asks once about a promoter, whoever many guests they brought.
func TestASimulationAsksOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lockIn())
		began := w.D.Clock.Now()
		c := counting{w.crowd, map[string]int{}}
		d := w.Deps
		d.People = c
		w.Service = growth.New(d)
		const guests = 50
		for i := range guests {
			guest := fmt.Sprint("guest ", i)
			w.members[guest] = true // refused: a member already
			w.bring("ann", guest)
		}
		w.Days(1)
		clear(c.asked)
		p := lockIn()
		p.Guests = growth.Anyone
		if s := w.simulate(p, began); s.All.Would.Bonds != guests {
			t.Errorf("%+v", s.All)
		}
		if c.asked["staff"] != 1 || c.asked["gone"] != 1 || c.asked["ids"] != guests+1 {
			t.Errorf("of one promoter and %d guests: %v", guests, c.asked)
		}
	})
}
