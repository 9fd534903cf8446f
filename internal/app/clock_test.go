package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/testkit"
)

// stepped is a stall whose machine's clock steps back, and which may be ended and started again.
type stepped struct {
	*stall
	cfg app.Config
}

// back lets the clock step back, and the program go on, or be started again.
func (w *stepped) back(d time.Duration, restart bool) {
	w.t.Helper()
	w.clock.Advance(-d)
	if restart {
		w.must(w.Close())
		var err error
		w.App, err = app.New(w.t.Context(), w.cfg)
		w.must(err)
		w.Shop.Accept("bank", w.bank)
	}
	w.must(w.Settle(w.t.Context()))
}

// releases counts how often somebody was given something to have paid out.
func (w *stepped) releases(person string) (n int) {
	w.t.Helper()
	p, err := w.Ledger.History(w.t.Context(), w.community, "commission:available:"+person, ledger.CNY, "", 100)
	w.must(err)
	return len(p.Items)
}

func (w *stepped) term(order string) (t membership.Term) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		o, err := w.Shop.GetTx(tx, order)
		if err != nil {
			return err
		}
		t, err = w.Members.TermTx(tx, o.Lines[0].Ref)
		return err
	})
	return t
}

// S2, M2, G4, L2: the clock steps back by hours while something is held, paid, promised and frozen, with the program at work or
// started again in between. What is held is free in the end, what is paid is given once, no reward is released before its time or
// twice, no term that is over comes back, and the books are sound.
func TestTheClockStepsBackUnderAPurchase(t *testing.T) {
	eachStall(t, func(t *testing.T, base *stall) {
		for _, c := range []step{{time.Hour, false}, {5 * time.Minute, true}, {time.Hour, true}} {
			cfg := app.Config{Data: t.TempDir(), Scratch: true}
			if base.DB.Dialect() == db.Postgres {
				if c.far() {
					continue // as on SQLite
				}
				cfg = app.Config{Data: t.TempDir(), DatabaseURL: testkit.PostgresURL(t)}
			}
			w := &stepped{&stall{t: t, clock: clock.NewManual(testkit.Start), bank: &bank{}}, cfg}
			w.cfg.Clock = w.clock
			w.open(w.cfg)
			w.stepBack(c)
			w.must(w.Close())
		}
	})
}

// step is how far the clock steps back at a time, or some times that, and whether the program is started again then.
type step struct {
	size    time.Duration
	restart bool
}

// far is a step in which a program that is started again can't tell any more that time has gone back: it is right once it has caught up.
func (x step) far() bool { return x.restart && x.size == time.Hour }

func (w *stepped) stepBack(x step) {
	t, h, restart := w.t, x.size, x.restart
	t.Helper()
	w.promote()
	ann, gil, hal := w.joined(), w.person(), w.person()
	w.came(gil, ann)
	w.later(8 * h)

	left, o := w.order(hal, "vip"), w.order(gil, "vip")
	w.back(5*h, restart)
	p, err := w.Shop.Pay(t.Context(), w.community, o.ID, "bank")
	w.must(err)
	for range 2 { // told twice, and earlier the second time
		_, err = w.Shop.Notify(t.Context(), w.community, "bank", channel.Notice{Payment: p.ID, Amount: o.Amount})
		w.must(err)
		w.back(h, restart)
	}
	if x.far() {
		w.later(7 * h)
		w.clock.Advance(-7 * h)
	}
	bought := w.term(o.ID)
	if d := w.detail(o.ID); d.State != shop.Fulfilled || bought.State != membership.Active || !bought.Ends.After(bought.Starts.AddDate(1, 0, -1)) || !x.far() && d.PaidAt.Before(d.CreatedAt) {
		t.Errorf("paid while the clock stepped back: %+v of %+v", d.Order, bought)
	}
	w.has(ann, 99_90, 0, 0)

	w.later(7*h + 14*time.Minute)
	if d := w.detail(left.ID); d.State != shop.Created {
		t.Errorf("held for a quarter of an hour it is %s after 14 minutes", d.State)
	}
	w.later(2 * time.Minute)
	if d := w.detail(left.ID); d.State != shop.Closed {
		t.Errorf("held for a quarter of an hour it is %s after 16 minutes", d.State)
	}

	w.later(7*24*time.Hour - 20*time.Minute)
	w.has(ann, 99_90, 0, 0)
	w.back(3*h, restart)
	w.later(3*h + 20*time.Minute)
	for range 2 {
		w.has(ann, 0, 99_90, 0)
		w.back(10*h, restart)
		w.has(ann, 0, 99_90, 0)
		w.later(11 * h)
	}
	if n := w.releases(ann); n != 1 {
		t.Errorf("a reward was released %d times", n)
	}

	w.later(bought.Ends.Sub(w.clock.Now()) + time.Minute)
	for range 2 {
		if s := w.term(o.ID).State; s != membership.Expired {
			t.Errorf("a term that is over is %s", s)
		}
		w.back(6*h, restart)
		if x.far() {
			w.later(6 * h)
		}
	}
	if n := w.revenue("revenue:membership"); n != money.Fen(2*999_00) {
		t.Errorf("two paid 999, and %s was earned", n)
	}
	r, err := w.Verify(t.Context(), w.community)
	w.must(err)
	for _, f := range r.Flaws { // the event that the guest came to is a fact alone here
		if !strings.HasPrefix(f.Kind, "event.") && !strings.HasPrefix(f.Kind, "fact.reference") {
			t.Errorf("%+v", f)
		}
	}
}
