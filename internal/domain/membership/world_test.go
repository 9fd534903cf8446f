package membership_test

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var shanghai = time.FixedZone("CST", 8*3600)

// crowd stands for people: who is blocked, and who went into whom.
type crowd struct {
	blocked map[string]bool
	merged  map[string][]string // by the one who stands for them
}

func (c *crowd) IDs(_ *db.Tx, person string) ([]string, error) {
	for root, others := range c.merged {
		if root == person || slices.Contains(others, person) {
			return append([]string{root}, others...), nil
		}
	}
	return []string{person}, nil
}

func (c *crowd) Blocked(_ *db.Tx, person string) (bool, error) { return c.blocked[person], nil }

// world is memberships on a database.
type world struct {
	*membership.Service
	*crowd
	t      testing.TB
	d      *testkit.DB
	seats  *seat.Service
	log    *fact.Log
	runner *job.Runner
}

func newWorld(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	w := &world{t: t, d: d, crowd: &crowd{blocked: map[string]bool{}, merged: map[string][]string{}}}
	w.seats, w.runner, w.log = seat.New(d.DB, quiet), job.NewRunner(d.DB, quiet), fact.NewLog(d.DB, bus.NewLocal(), quiet)
	w.Service = membership.New(d.DB, w.seats, w.crowd, func(context.Context, string) *time.Location { return shanghai })
	w.seats.Register(w.runner)
	w.Register(w.runner)
	if err := w.log.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

func words(s string) text.Text { return text.Text{text.Hans: s} }

// academy is a plan that includes another, with two waves on the lesser one.
func academy() membership.Config {
	renewal := money.Fen(3000_00)
	return membership.Config{Plans: []membership.Plan{
		{
			Name: "vip", Title: words("VIP"), Price: 3600_00, Renewal: &renewal, Period: membership.Period{Months: 12}, Grace: 14, Refund: 7,
			Number:   membership.Number{Pattern: "V{yyyy}-{n:3}", Reserved: []int{1}, Without: "4"},
			Benefits: []membership.Benefit{{Name: "class", Title: words("两天课"), Count: 1}, {Name: "online", Title: words("线上课")}},
			Waves:    []membership.Wave{{Name: "early", Price: 999_00, Quota: 2}, {Name: "late", Price: 1599_00, Quota: 3}},
		},
		{
			Name: "ka", Title: words("KA"), Price: 120_000_00, Period: membership.Period{Months: 12}, Includes: []string{"vip"}, Refund: 7,
			Benefits: []membership.Benefit{{Name: "class", Title: words("两天课"), Count: 5}},
		},
	}}
}

func (w *world) declare(c membership.Config) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error { return w.DeclareTx(tx, c) })
}

func (w *world) do(fn func(*db.Tx) error) {
	w.t.Helper()
	if err := w.d.Do(w.t.Context(), w.d.Community, fn); err != nil {
		w.t.Fatal(err)
	}
}

// buy reserves and pays.
func (w *world) buy(person, plan string) membership.Term {
	w.t.Helper()
	t, err := w.Reserve(w.t.Context(), w.d.Community, person, plan, 15*time.Minute)
	if err != nil {
		w.t.Fatalf("%s reserves %s: %v", person, plan, err)
	}
	if t, err = w.Buy(w.t.Context(), w.d.Community, t.ID); err != nil {
		w.t.Fatalf("%s buys %s: %v", person, plan, err)
	}
	return t
}

func (w *world) refund(term string) (t membership.Term, err error) {
	w.t.Helper()
	err = w.d.Do(w.t.Context(), w.d.Community, func(tx *db.Tx) (err error) {
		t, err = w.RefundTx(tx, term)
		return err
	})
	return t, err
}

// pass lets time go by and does what comes due.
func (w *world) pass(days int) {
	w.t.Helper()
	w.d.Clock.Advance(time.Duration(days) * 24 * time.Hour)
	for {
		if worked, err := w.runner.Step(w.t.Context()); err != nil {
			w.t.Fatal(err)
		} else if !worked {
			return
		}
	}
}

func (w *world) memberships(person string) (out []membership.Tenure) {
	w.t.Helper()
	w.do(func(tx *db.Tx) (err error) { out, err = w.MembershipsTx(tx, person); return err })
	return out
}

// told lists the kinds of facts about a person's terms, in order.
func (w *world) told(person string) (out []string) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		facts, err := fact.OfPersonAfter(tx, person, 0, 100)
		for _, f := range facts {
			if kind, ours := f.Kind, len(f.Kind) > 11 && f.Kind[:11] == "membership."; ours {
				out = append(out, kind[11:])
			}
		}
		return err
	})
	return out
}

func (w *world) members() int {
	w.t.Helper()
	var c seat.Counts
	w.do(func(tx *db.Tx) (err error) { c, err = w.seats.Count(tx, "members"); return err })
	return c.Taken
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, shanghai).UTC() }
