package growth_test

import (
	"sync"
	"testing"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// G2: who may not bind whom, with the reason kept. Each refusal is there for its reason alone: without it the same touch binds.
func TestWhoCantBind(t *testing.T) {
	each(t, func(t *testing.T, whole *world) {
		for why, spoil := range map[growth.Reason]func(w *world){
			"":               func(*world) {},
			growth.OneHuman:  func(w *world) { w.Merged["ann"] = []string{"gil"} },
			growth.IsStaff:   func(w *world) { w.staff["ann"] = "op" },
			growth.NotMember: func(w *world) { delete(w.members, "ann") },
			growth.IsMember:  func(w *world) { w.members["gil"] = true },
		} {
			w := whole.fresh()
			w.declare(lockIn())
			spoil(w)
			b := w.bring("ann", "gil")
			want := growth.Refused
			if why == "" {
				want = growth.Active
			}
			if b.State != want || b.Reason != why {
				t.Errorf("%s: %+v", why, b)
			}
			_, got := w.buy("gil", vip(100))
			if (len(got) == 1) != (why == "") {
				t.Errorf("%s: earned %+v", why, got)
			}
			if again := w.bring("ann", "gil"); why != "" && again.ID != b.ID {
				t.Errorf("%s: refused again it is kept twice", why)
			}
			w.sound()
		}
	})
}

// G2: what two accounts share is looked at before anybody is paid; what was bought meanwhile counts if they are let through.
func TestSuspiciousBondsAreReviewed(t *testing.T) {
	each(t, func(t *testing.T, whole *world) {
		for why, mark := range map[growth.Reason]func(w *world, tx *db.Tx, person string) error{
			growth.SameDevice: func(w *world, tx *db.Tx, p string) error { return w.ClaimVisitorTx(tx, "browser", p) },
			growth.SamePhone:  func(w *world, tx *db.Tx, p string) error { return w.MarkTx(tx, p, growth.SamePhone, "+8613800000000") },
			growth.SamePayer:  func(w *world, tx *db.Tx, p string) error { return w.MarkTx(tx, p, growth.SamePayer, "openid") },
			growth.LooksAlike: func(w *world, _ *db.Tx, _ string) error {
				w.alike["ann gil"], w.alike["ann hal"] = true, true
				return nil
			},
		} {
			w := whole.fresh()
			w.declare(lockIn())
			w.Do(func(tx *db.Tx) error {
				for _, p := range []string{"ann", "gil", "hal"} {
					if err := mark(w, tx, p); err != nil {
						return err
					}
				}
				return nil
			})
			good, bad := w.bring("ann", "gil"), w.bring("ann", "hal")
			if good.State != growth.Pending || good.Reason != why || bad.State != growth.Pending {
				t.Fatalf("%+v %+v", good, bad)
			}
			if again := w.bring("ann", "gil"); again.ID != good.ID {
				t.Errorf("a second touch opened a second review")
			}
			for _, p := range []string{"gil", "hal"} {
				if _, got := w.buy(p, vip(100)); len(got) > 0 {
					t.Errorf("before the review it earned %+v", got)
				}
			}
			w.finish(growth.ReviewBond, good.ID, growth.Allow)
			w.finish(growth.ReviewBond, bad.ID, growth.Refuse)
			w.wantPurse("ann", 10_00, 0, 0)
			if _, got := w.buy("hal", vip(100)); len(got) > 0 {
				t.Errorf("refused, it earned %+v", got)
			}
			w.sound()
		}
	})
}

// G2: first or last touch, protection, and the end of a bond; who lost is kept with the winner.
func TestConflicts(t *testing.T) {
	each(t, func(t *testing.T, whole *world) {
		for _, c := range []struct {
			name           string
			touch          growth.TouchRule
			valid, protect int
			days           int
			second         growth.BondState
			why            growth.Reason // of the one that lost
		}{
			{"last", growth.Last, 30, 0, 1, growth.Active, growth.Replaced},
			{"last, protected", growth.Last, 30, 7, 1, growth.Lost, growth.Protected},
			{"last, no longer protected", growth.Last, 30, 7, 8, growth.Active, growth.Replaced},
			{"first", growth.First, 30, 0, 1, growth.Lost, growth.CameLater},
			{"first, over", growth.First, 30, 0, 31, growth.Active, growth.Over},
			{"for ever the owner", growth.Last, -1, -1, 3000, growth.Lost, growth.Protected},
			{"protected beyond the bond", growth.First, 1, 7, 3, growth.Lost, growth.Protected},
		} {
			w := whole.fresh()
			p := lockIn()
			p.Touch, p.ValidDays, p.ProtectDays = c.touch, c.valid, c.protect
			w.declare(p)
			one := w.bring("ann", "gil")
			w.Days(c.days)
			two := w.bring("bob", "gil")
			if two.State != c.second {
				t.Fatalf("%s: %+v", c.name, two)
			}
			var all []growth.Bond
			w.Do(func(tx *db.Tx) error {
				got, err := w.PromotersTx(tx, "gil", "", 10)
				all = got.Items
				return err
			})
			if len(all) != 2 || all[1].ID != one.ID {
				t.Fatalf("%s: %+v", c.name, all)
			}
			lost, won := all[1], all[0]
			if c.second == growth.Lost {
				lost, won = won, lost
			}
			if lost.State != growth.Lost || lost.Reason != c.why || lost.Winner != won.ID {
				t.Errorf("%s: lost %+v", c.name, lost)
			}
			w.sound()
		}
	})
}

// A touch that is told twice binds once; the same promoter again renews in a programme of last touches, and changes nothing in
// one of first touches.
func TestTheSamePromoterAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := lockIn()
		first.Touch = growth.First
		w.declare(first)
		x := growth.Touch{Binds: growth.Attendance, Promoter: "ann", Guest: "gil", Fact: "told"}
		if one, two := w.touch(x), w.touch(x); one.ID != two.ID {
			t.Errorf("told twice: %s and %s", one.ID, two.ID)
		}
		w.Days(10)
		if b := w.bring("ann", "gil"); !b.BoundAt.Before(w.D.Clock.Now().AddDate(0, 0, -9)) {
			t.Errorf("in a programme of first touches it is bound anew: %+v", b)
		}
		w.declare(lockIn())
		if b := w.bring("ann", "gil"); b.Version != 2 || !b.BoundAt.After(w.D.Clock.Now().AddDate(0, 0, -1)) {
			t.Errorf("in a programme of last touches it isn't renewed: %+v", b)
		}
		w.sound()
	})
}

// Two promoters at once: one has the guest, the other one is kept as lost.
func TestTwoTouchesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := lockIn()
		first.Touch = growth.First
		w.declare(first)
		for round := range 5 {
			guest := string(rune('m' + round))
			var wg sync.WaitGroup
			for _, p := range []string{"ann", "bob", "cat"} {
				wg.Go(func() {
					err := w.D.Alone(t.Context(), w.D.Community, func(tx *db.Tx) error {
						_, err := w.BindTx(tx, growth.Touch{Binds: growth.Attendance, Promoter: p, Guest: guest, Fact: p + guest})
						return err
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			w.Do(func(tx *db.Tx) error {
				got, err := w.PromotersTx(tx, guest, "", 10)
				states := map[growth.BondState]int{}
				for _, b := range got.Items {
					states[b.State]++
				}
				if states[growth.Active] != 1 || states[growth.Lost] != 2 {
					t.Errorf("%v", states)
				}
				return err
			})
		}
		w.sound()
	})
}

// G1: views, visits, leads and orders come to the sharer, through a chain of forwards; who is no member yet brings nobody.
func TestLinksAndChains(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := lockIn()
		p.Binds, p.Promoters, p.ProtectDays = growth.Click, growth.Anyone, 0
		w.declare(p)
		visit := func(code, visitor, person string) {
			t.Helper()
			w.Do(func(tx *db.Tx) error {
				_, err := w.VisitTx(tx, growth.Visit{Code: code, Visitor: visitor, Person: person})
				return err
			})
		}
		link := func(person string) (l growth.Link) {
			t.Helper()
			w.Do(func(tx *db.Tx) (err error) { l, err = w.LinkTx(tx, person, "plan:vip"); return err })
			return l
		}
		anns := link("ann")
		if link("ann").ID != anns.ID || len(anns.Code) != 10 {
			t.Errorf("asked again it is another one, or %q", anns.Code)
		}
		visit(anns.Code, "b1", "")
		visit(anns.Code, "b1", "")
		visit(anns.Code, "b2", "")
		visit(anns.Code, "mine", "ann") // her own: not counted
		w.Do(func(tx *db.Tx) error { return w.ClaimVisitorTx(tx, "b1", "gil") })
		gils := link("gil")
		if gils.Parent != anns.ID {
			t.Errorf("gil's link hangs on %q", gils.Parent)
		}
		visit(gils.Code, "b3", "hal")
		w.buy("hal", vip(100))
		order, _ := w.buy("gil", vip(200))
		w.back(order, 50_00)
		var nodes []growth.Node
		w.Do(func(tx *db.Tx) (err error) { nodes, err = w.ChainTx(tx, anns.ID); return err })
		if len(nodes) != 2 || nodes[1].Parent != anns.ID || nodes[1].Depth != 1 {
			t.Fatalf("chain %+v", nodes)
		}
		if n := nodes[0]; n.Views != 3 || n.Visits != 2 || n.Leads != 1 || n.Orders != 1 || n.Revenue != 150_00 || n.Children != 1 {
			t.Errorf("ann's link %+v", n)
		}
		if n := nodes[1]; n.Views != 1 || n.Leads != 1 || n.Orders != 1 || n.Revenue != 100_00 {
			t.Errorf("gil's link %+v", n)
		}
		w.wantPurse("ann", 15_00, 0, 0)
		w.wantPurse("gil", 10_00, 0, 0)
		w.Days(1)
		visit(anns.Code, "b2", "") // another day: another visit
		w.Do(func(tx *db.Tx) error {
			list, err := w.LinksTx(tx, "ann")
			if len(list) != 1 || list[0].Visits != 3 {
				t.Errorf("%+v", list)
			}
			return err
		})
		w.Refused(growth.ErrUnknownLink, func(tx *db.Tx) error {
			_, err := w.VisitTx(tx, growth.Visit{Code: "none", Visitor: "b9"})
			return err
		})
		w.Refused(growth.ErrProduct, func(tx *db.Tx) error {
			_, err := w.LinkTx(tx, "ann", "plan vip")
			return err
		})
		w.sound()
	})
}

// G2: where the order binds, it is by the link by which the buyer came first, or last.
func TestAnOrderBinds(t *testing.T) {
	each(t, func(t *testing.T, whole *world) {
		for rule, want := range map[growth.TouchRule]string{growth.First: "ann", growth.Last: "bob"} {
			w := whole.fresh()
			p := lockIn()
			p.Binds, p.Touch, p.ValidDays, p.ProtectDays = growth.ByOrder, rule, 0, 0
			w.declare(p)
			for _, sharer := range []string{"ann", "bob"} {
				w.Do(func(tx *db.Tx) error {
					l, err := w.LinkTx(tx, sharer, "")
					if err == nil {
						_, err = w.VisitTx(tx, growth.Visit{Code: l.Code, Visitor: "b1"})
					}
					return err
				})
				w.Days(1)
			}
			w.Do(func(tx *db.Tx) error { return w.ClaimVisitorTx(tx, "b1", "gil") })
			if _, got := w.buy("gil", vip(100)); len(got) != 1 || got[0].Promoter != want {
				t.Errorf("%s: earned %+v", rule, got)
			}
			w.sound()
		}
	})
}

// Facts of growth name ids and enums only.
func TestFactsAreWellFormed(t *testing.T) {
	if _, err := fact.NewRegistry(growth.Facts()...); err != nil {
		t.Fatal(err)
	}
}
