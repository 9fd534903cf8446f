package seat_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// house is a service with all it needs, on one database.
type house struct {
	*seat.Service
	t    testing.TB
	d    *testkit.DB
	jobs *job.Runner
	n    int
}

var ctx = context.Background()

func newHouse(t testing.TB, d *testkit.DB) *house {
	t.Helper()
	log := slog.New(failing{slog.DiscardHandler, t})
	fact.NewLog(d.DB, bus.NewLocal(), log)
	h := &house{Service: seat.New(d.DB, log), t: t, d: d, jobs: job.NewRunner(d.DB, log)}
	h.Register(h.jobs)
	return h
}

// failing is a log whose errors fail the test: a timer's handler has no other way to tell.
type failing struct {
	slog.Handler
	t testing.TB
}

func (failing) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }

func (f failing) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		f.t.Errorf("%s: %v", r.Message, a)
		return true
	})
	return nil
}

func (h *house) do(fn func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.d.Do(ctx, h.d.Community, fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) read(fn func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.d.Read(ctx, h.d.Community, fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) group(g seat.Group) {
	h.t.Helper()
	h.do(func(tx *db.Tx) error { return h.DeclareGroupTx(tx, g) })
}

func (h *house) pool(p seat.Pool) (out seat.Pool) {
	h.t.Helper()
	h.do(func(tx *db.Tx) (err error) {
		out, err = h.AddPoolTx(tx, p)
		return err
	})
	return out
}

func person(id string) seat.Holder { return seat.Holder{ID: id, Person: true} }

// claim is a claim of one unit of group g with a new key.
func (h *house) claim(holder string) seat.Claim {
	h.n++
	return seat.Claim{Key: fmt.Sprintf("k%d", h.n), Group: "g", Holder: person(holder), TTL: 15 * time.Minute}
}

func (h *house) hold(c seat.Claim) (seat.Seat, error) { return h.Hold(ctx, h.d.Community, c) }

func (h *house) mustHold(c seat.Claim) seat.Seat {
	h.t.Helper()
	s, err := h.hold(c)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// pass lets time go by and does what is due then.
func (h *house) pass(d time.Duration) {
	h.t.Helper()
	h.d.Clock.Advance(d)
	if _, err := h.jobs.Step(ctx); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) count() (c seat.Counts) {
	h.t.Helper()
	h.read(func(tx *db.Tx) (err error) {
		c, err = h.Count(tx, "g")
		return err
	})
	return c
}

func (h *house) kinds(person string) (kinds []string) {
	h.t.Helper()
	h.read(func(tx *db.Tx) error {
		facts, err := fact.OfPersonAfter(tx, person, 0, 100)
		for _, f := range facts {
			kinds = append(kinds, f.Kind)
		}
		return err
	})
	return kinds
}

func (h *house) verify() {
	h.t.Helper()
	h.read(func(tx *db.Tx) error {
		problems, err := seat.Verify(tx)
		if len(problems) > 0 {
			h.t.Errorf("verify: %+v", problems)
		}
		return err
	})
}

func wantErr(t testing.TB, err error, want *errs.Error, params ...any) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %s", err, want.Code)
	}
	for i := 0; i < len(params); i += 2 {
		if got := errs.As(err).Params[params[i].(string)]; got != params[i+1] {
			t.Errorf("%s: %s is %v, want %v", want.Code, params[i], got, params[i+1])
		}
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
