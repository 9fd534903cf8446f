package growth_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// G2, G3: what can't run, or is against the law, is refused at its field.
func TestAWrongProgrammeIsRefused(t *testing.T) {
	days := -2
	for field, change := range map[string]func(p *growth.Programme){
		"/programmes/0/name":            func(p *growth.Programme) { p.Name = "锁粉" },
		"/programmes/0/title":           func(p *growth.Programme) { p.Title = nil },
		"/programmes/0/binds":           func(p *growth.Programme) { p.Binds = "share" },
		"/programmes/0/valid_days":      func(p *growth.Programme) { p.ValidDays = -2 },
		"/programmes/0/protect_days":    func(p *growth.Programme) { p.ProtectDays = 4000 },
		"/programmes/0/touch":           func(p *growth.Programme) { p.Touch = "middle" },
		"/programmes/0/products/0":      func(p *growth.Programme) { p.Products = []string{"VIP 会员"} },
		"/programmes/0/levels":          func(p *growth.Programme) { p.Levels = []growth.Level{{RateBP: 1}, {RateBP: 1}, {RateBP: 1}} },
		"/programmes/0/levels/1":        func(p *growth.Programme) { p.Levels = []growth.Level{{RateBP: 9000}, {RateBP: 2000}} },
		"/programmes/0/levels/0":        func(p *growth.Programme) { p.Levels = []growth.Level{{RateBP: 1, Fixed: 1}} },
		"/programmes/0/reward/0":        func(p *growth.Programme) { p.Reward = []growth.RewardKind{"luck"} },
		"/programmes/0/points_per_yuan": func(p *growth.Programme) { p.Reward = []growth.RewardKind{growth.InPoints} },
		"/programmes/0/service":         func(p *growth.Programme) { p.Reward = []growth.RewardKind{growth.InService} },
		"/programmes/0/promoters":       func(p *growth.Programme) { p.Promoters = "friends" },
		"/programmes/0/guests":          func(p *growth.Programme) { p.Guests = growth.MembersOnly },
		"/programmes/0/freeze_days":     func(p *growth.Programme) { p.FreezeDays = &days },
	} {
		p := lockIn()
		change(&p)
		err := growth.Config{Programmes: []growth.Programme{p}}.Check()
		e := errs.As(err)
		if e == nil || e.Field != field && !slices.ContainsFunc(e.Fields, func(x *errs.Error) bool { return x.Field == field }) {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := (growth.Config{Programmes: []growth.Programme{lockIn(), lockIn()}}).Check(); !errors.Is(err, growth.ErrTwice) {
		t.Errorf("a name that stands twice: %v", err)
	}
	deep := lockIn()
	deep.Levels = append(deep.Levels, deep.Levels[0], deep.Levels[0])
	if err := (growth.Config{Programmes: []growth.Programme{deep}}).Check(); !errors.Is(err, growth.ErrTooDeep) {
		t.Errorf("three levels: %v", err)
	}
	if err := (growth.Config{Programmes: []growth.Programme{lockIn()}}).Check(); err != nil {
		t.Errorf("a right one: %v", err)
	}
}

func TestWarnings(t *testing.T) {
	p, none := lockIn(), 0
	if got := (growth.Config{Programmes: []growth.Programme{p}}).Warnings(); len(got) != 0 {
		t.Errorf("a careful one: %v", got)
	}
	p.ValidDays, p.FreezeDays, p.Levels = 0, &none, append(p.Levels, p.Levels[0])
	got := growth.Config{Programmes: []growth.Programme{p}, Asking: growth.Asking{Days: 7}, Proofs: []growth.ProofRule{{Name: "share", Points: 50}}}.Warnings()
	if len(got) != 5 || got[3].Field != "/proofs/0" || got[3].Code != "growth.warning.pays_sharing" || got[0].Field != "/programmes/0/valid_days" {
		t.Errorf("got %v", got)
	}
}

// G2: a programme that changes changes nothing that was: bonds and rewards keep the version that made them.
func TestVersionsAreNeverRetroactive(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lockIn())
		w.declare(lockIn())
		if b := w.bring("ann", "gil"); b.Version != 1 {
			t.Errorf("declared twice it is version %d", b.Version)
		}
		higher := lockIn()
		higher.Levels[0].RateBP = 5000
		w.declare(higher)
		_, got := w.buy("gil", vip(100))
		if len(got) != 1 || got[0].Version != 1 || got[0].Amount != 10_00 {
			t.Errorf("the old bond earned %+v", got)
		}
		w.bring("ann", "hal")
		_, got = w.buy("hal", vip(100))
		if len(got) != 1 || got[0].Version != 2 || got[0].Amount != 50_00 {
			t.Errorf("the new bond earned %+v", got)
		}
		// A programme that is named no longer binds nobody new, and its bonds go on.
		w.bring("bob", "ida")
		w.declare()
		w.Do(func(tx *db.Tx) error {
			list, err := w.BindTx(tx, growth.Touch{Binds: growth.Attendance, Promoter: "ann", Guest: "joe", Fact: "f"})
			if len(list) > 0 {
				t.Errorf("retired, it bound %+v", list)
			}
			return err
		})
		if _, got = w.buy("ida", vip(100)); len(got) != 1 {
			t.Errorf("a bond of a retired programme earned %+v", got)
		}
		w.sound()
	})
}
