package growth_test

import (
	"errors"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/test/testkit/stage"
)

// G4: a reward is frozen until the order can't be given back, then at hand. What goes back before takes it from there.
func TestARewardIsFrozenThenReleased(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lockIn())
		w.bring("ann", "gil")
		order, got := w.buy("gil", vip(999), growth.Line{Kind: "ticket", Item: "x", Amount: 1_00})
		if len(got) != 1 || got[0].Base != 999_00 || got[0].Amount != 99_90 || got[0].State != growth.Frozen {
			t.Fatalf("earned %+v", got)
		}
		w.wantPurse("ann", 99_90, 0, 0)
		half := []growth.Line{vip(999), {Kind: "ticket", Item: "x", Amount: 1_00, Back: 1_00}}
		w.backOf(order, half) // what the programme is not about
		w.wantPurse("ann", 99_90, 0, 0)
		half[0].Back = 499_50
		w.backOf(order, half)
		w.wantPurse("ann", 49_95, 0, 0)
		w.back(order, 500_00) // told twice
		w.back(order, 400_00) // told late
		w.wantPurse("ann", 49_95, 0, 0)
		w.Do(func(tx *db.Tx) error {
			why, err := w.WhyTx(tx, got[0].ID)
			if why.Sale.Refunded != 500_50 {
				t.Errorf("told late, %s have gone back", why.Sale.Refunded)
			}
			return err
		})
		w.Days(6)
		w.wantPurse("ann", 49_95, 0, 0)
		w.Days(1)
		w.wantPurse("ann", 0, 49_95, 0)
		w.back(order, 1000_00)
		w.wantPurse("ann", 0, 0, 0)
		w.sound()
	})
}

// An order told twice earns once.
func TestAnOrderEarnsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lockIn())
		w.bring("ann", "gil")
		sale := growth.Sale{Order: "o", Buyer: "gil", Paid: 100_00, Lines: []growth.Line{vip(100)}, PaidAt: w.D.Clock.Now(), Fact: "f"}
		for range 2 {
			w.Do(func(tx *db.Tx) error {
				_, err := w.EarnTx(tx, sale)
				return err
			})
		}
		w.wantPurse("ann", 10_00, 0, 0)
		w.sound()
	})
}

// G4: what was paid out stays as it is: what is taken back then is owed, and later earnings pay for it.
func TestWhatWasPaidOutIsOwed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lockIn())
		w.bring("ann", "gil")
		order, got := w.buy("gil", vip(1000))
		w.Days(7)
		_, err := w.Books.Reserve(t.Context(), w.D.Community, ledger.Payout{Key: "p", Account: "commission:available:ann", Amount: 70_00, Fact: "f"})
		w.Must(err)
		_, err = w.Books.Done(t.Context(), w.D.Community, "p", "cash:bank", "f")
		w.Must(err)
		w.back(order, 500_00)
		w.wantPurse("ann", 0, 0, 20_00) // 50 to take, 30 at hand
		var why growth.Why
		w.Must(w.D.Read(t.Context(), w.D.Community, func(tx *db.Tx) (err error) { why, err = w.WhyTx(tx, got[0].ID); return err }))
		if len(why.Taken) != 1 || why.Taken[0].Amount != 50_00 || why.Taken[0].Owed != 20_00 {
			t.Errorf("taken %+v", why.Taken)
		}
		w.bring("ann", "hal")
		w.buy("hal", vip(500))
		w.Days(7)
		w.wantPurse("ann", 0, 50_00, 20_00)
		w.Do(func(tx *db.Tx) error {
			if err := w.SettleTx(tx, "ann"); err != nil {
				return err
			}
			return w.SettleTx(tx, "ann") // in one transaction, and once
		})
		w.wantPurse("ann", 0, 30_00, 0)
		w.sound()
	})
}

// G3: two levels at most, and only where they are declared.
func TestTwoLevels(t *testing.T) {
	each(t, func(t *testing.T, whole *world) {
		for levels, want := range map[int][3]int64{1: {50_00, 0, 0}, 2: {50_00, 20_00, 0}} {
			w := whole.fresh()
			p := lockIn()
			p.Guests = growth.Anyone
			p.Levels = []growth.Level{{RateBP: 500}, {Fixed: 20_00}}[:levels]
			w.declare(p)
			w.bring("cat", "bob")
			w.bring("bob", "ann")
			w.bring("ann", "gil")
			order, got := w.buy("gil", vip(1000))
			if len(got) != levels {
				t.Errorf("%d levels earned %+v", levels, got)
			}
			for i, who := range []string{"ann", "bob", "cat"} {
				w.wantPurse(who, want[i], 0, 0)
			}
			w.back(order, 333_33)
			w.wantPurse("ann", 33_33, 0, 0)
			if levels == 2 {
				w.wantPurse("bob", 13_33, 0, 0)
			}
			w.sound()
		}
	})
}

// G4: points and services, where they are declared and chosen.
func TestPointsAndServices(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := lockIn()
		p.Reward, p.PointsPerYuan, p.Service = []growth.RewardKind{growth.InMoney, growth.InPoints, growth.InService}, 3, stage.Words("一次咨询")
		w.declare(p)
		choose := func(k growth.RewardKind) {
			w.Do(func(tx *db.Tx) error { return w.ChooseTx(tx, "ann", "lock-in", k) })
		}
		w.bring("ann", "gil")
		choose(growth.InPoints)
		order, got := w.buy("gil", vip(101))
		if got[0].Amount != 30 { // 10.10 yuan
			t.Errorf("earned %+v", got)
		}
		if n := w.Balance("points:ann", ledger.Points); n != 0 {
			t.Errorf("%d points before the freeze ends", n)
		}
		w.Days(7)
		if n := w.Balance("points:ann", ledger.Points); n != 30 {
			t.Errorf("%d points", n)
		}
		w.back(order, 101_00)
		if n := w.Balance("points:ann", ledger.Points); n != 0 {
			t.Errorf("%d points after the refund", n)
		}
		choose(growth.InService)
		_, got = w.buy("gil", vip(100))
		gone, _ := w.buy("gil", vip(100))
		w.back(gone, 100_00)
		w.Days(7)
		w.finish(growth.GiveService, got[0].ID, growth.Given)
		list, err := w.tasks.List(t.Context(), w.D.Community, task.System, task.Filter{State: task.StateOpen, Kind: growth.GiveService}, "", 10)
		w.Must(err)
		if len(list.Items) > 0 {
			t.Errorf("a service for an order that was given back: %+v", list.Items)
		}
		w.Refused(growth.ErrChoice, func(tx *db.Tx) error { return w.ChooseTx(tx, "ann", "lock-in", "luck") })
		w.Refused(growth.ErrUnknownProgramme, func(tx *db.Tx) error { return w.ChooseTx(tx, "ann", "none", growth.InMoney) })
		w.sound()
	})
}

// G2: whose promoter turns out to be the buyer has their reward held until somebody has looked at it.
func TestAMergeHoldsRewards(t *testing.T) {
	each(t, func(t *testing.T, whole *world) {
		for outcome, want := range map[task.Outcome][3]int64{growth.Allow: {0, 10_00, 0}, growth.Refuse: {0, 0, 0}} {
			w := whole.fresh()
			w.declare(lockIn())
			w.bring("ann", "gil")
			_, got := w.buy("gil", vip(100))
			w.Merged["ann"] = []string{"gil"}
			w.Do(func(tx *db.Tx) error { return w.MergeTx(tx, "ann") })
			w.Days(8)
			w.wantPurse("ann", 10_00, 0, 0) // nothing is released meanwhile
			if _, more := w.buy("gil", vip(100)); len(more) > 0 {
				t.Errorf("by oneself it earned %+v", more)
			}
			w.finish(growth.ReviewReward, got[0].ID, outcome)
			w.Days(1)
			w.wantPurse("ann", want[0], want[1], want[2])
			w.sound()
		}
	})
}

// A merge after the release opens a review too; a refusal takes back what is there.
func TestAMergeAfterTheRelease(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lockIn())
		w.bring("ann", "gil")
		_, got := w.buy("gil", vip(100))
		w.Days(8)
		w.Merged["ann"] = []string{"gil"}
		w.Do(func(tx *db.Tx) error { return w.MergeTx(tx, "ann") })
		w.wantPurse("ann", 0, 10_00, 0)
		w.finish(growth.ReviewReward, got[0].ID, growth.Refuse)
		w.wantPurse("ann", 0, 0, 0)
		w.sound()
	})
}

// G2: one structure says why somebody was paid, with every fact and the rules of the day.
func TestWhy(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := lockIn()
		p.ProtectDays = 0
		w.declare(p)
		loser := w.bring("bob", "gil")
		w.Days(1)
		bond := w.bring("ann", "gil")
		w.Days(1)
		order, got := w.buy("gil", vip(100))
		w.Days(8)
		w.back(order, 50_00)
		p.Levels[0].RateBP = 1
		w.declare(p)
		var why growth.Why
		w.Must(w.D.Read(t.Context(), w.D.Community, func(tx *db.Tx) (err error) { why, err = w.WhyTx(tx, got[0].ID); return err }))
		var what []string
		for _, f := range why.Facts {
			what = append(what, f.What)
			if f.Fact == "" {
				t.Errorf("%s names no fact", f.What)
			}
		}
		if why.Bond.ID != bond.ID || why.Bond.State != growth.Won || len(why.Losers) != 1 || why.Losers[0].ID != loser.ID || why.Sale.Order != order ||
			why.Programme.Levels[0].RateBP != 1000 || why.Programme.Version != 1 || len(why.Entries) != 4 || why.Entries[0].Rule != "lock-in@1" || len(what) != 5 || what[0] != "lost" {
			t.Errorf("%+v\n%v", why, what)
		}
		w.Refused(growth.ErrUnknownReward, func(tx *db.Tx) error {
			_, err := w.WhyTx(tx, "none")
			return err
		})
		w.Do(func(tx *db.Tx) error {
			list, err := w.RewardsTx(tx, "ann", "", 10)
			if len(list.Items) != 1 || list.Items[0].Taken != 5_00 || list.Items[0].State != growth.Released {
				t.Errorf("%+v", list.Items)
			}
			return err
		})
	})
}

// G6: one budget for all campaigns; sooner takes an acknowledgement, which is written down.
func TestTheAskingBudget(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.days = 30
		ask := func(person, campaign string, by *audit.Actor) error {
			return w.D.Do(t.Context(), w.D.Community, func(tx *db.Tx) error { return w.AskTx(tx, growth.Ask{Person: person, Campaign: campaign, By: by}) })
		}
		start := w.D.Clock.Now()
		w.Must(ask("ann", "spring", nil))
		w.Must(ask("bob", "spring", nil))
		err := ask("ann", "summer", nil)
		if e := errs.As(err); !errors.Is(err, growth.ErrAskedLately) || !e.Params["again"].(time.Time).Equal(start.AddDate(0, 0, 30)) {
			t.Errorf("asked again: %v", err)
		}
		w.Must(ask("ann", "summer", &audit.Actor{Kind: access.Operator, ID: "op"}))
		w.Do(func(tx *db.Tx) error {
			list, err := audit.List(tx, audit.Filter{Action: "growth."})
			if len(list.Items) != 1 || list.Items[0].TargetID != "ann" {
				t.Errorf("audit %+v", list.Items)
			}
			return err
		})
		w.Merged["cat"] = []string{"ann"}
		w.Do(func(tx *db.Tx) error { return w.MergeTx(tx, "cat") })
		if err := ask("cat", "autumn", nil); !errors.Is(err, growth.ErrAskedLately) {
			t.Errorf("after a merge: %v", err)
		}
		w.Days(30)
		w.Must(ask("cat", "autumn", nil))
		w.Refused(growth.ErrName, func(tx *db.Tx) error { return w.AskTx(tx, growth.Ask{Person: "ann", Campaign: "春"}) })
		w.Do(func(tx *db.Tx) error {
			if err := w.EraseTx(tx, "cat"); err != nil {
				return err
			}
			at, err := w.AskedTx(tx, "cat")
			if !at.IsZero() {
				t.Errorf("after erasing: %s", at)
			}
			return err
		})
	})
}
