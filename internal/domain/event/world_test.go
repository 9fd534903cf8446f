package event_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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

// world is events on a database, with members who are vip or ka.
type world struct {
	*event.Service
	*crowd
	t       testing.TB
	d       *testkit.DB
	seats   *seat.Service
	members *membership.Service
	runner  *job.Runner
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func newWorld(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	w := newNode(t, d)
	w.declarePlans()
	w.do(func(tx *db.Tx) error { return w.DeclareTx(tx, templates()) })
	return w
}

func (w *world) declarePlans() {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		year := membership.Period{Months: 12}
		return w.members.DeclareTx(tx, membership.Config{Plans: []membership.Plan{
			{Name: "vip", Title: words("VIP"), Period: year}, {Name: "ka", Title: words("KA"), Period: year, Includes: []string{"vip"}},
		}})
	})
}

// newNode is one program on the database.
func newNode(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	w := &world{t: t, d: d, crowd: &crowd{blocked: map[string]bool{}, merged: map[string][]string{}}}
	w.seats, w.runner = seat.New(d.DB, quiet()), job.NewRunner(d.DB, quiet())
	w.members = membership.New(d.DB, w.seats, w.crowd, func(context.Context, string) *time.Location { return time.UTC })
	w.Service = event.New(d.DB, w.seats, w.crowd, w.members)
	w.seats.Register(w.runner)
	w.members.Register(w.runner)
	w.Register(w.runner)
	if err := fact.NewLog(d.DB, bus.NewLocal(), quiet()).Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

func words(s string) text.Text { return text.Text{text.Hans: s} }

const hour = clock.Duration(time.Hour)

// templates are a session that is free for members, whose members give three friend tickets, and a conference with a scarce dinner.
func templates() event.Config {
	return event.Config{Templates: []event.Template{
		{
			Name: "session", Title: words("线上分享"), Kind: event.Script, Capacity: 100, Lasts: 2 * hour,
			Types:   []event.TicketType{{Name: "seat", Title: words("席位"), Price: 399_00, Plans: []string{"vip"}}},
			Friends: event.FriendRule{PerMember: 3, Type: "seat", ClosesBefore: hour},
		},
		{
			Name: "conference", Title: words("年会"), Kind: event.Conference, Capacity: 10, Lasts: 8 * hour,
			Quotas: []event.Quota{{Name: "dinner", Title: words("晚宴"), Capacity: 2}},
			Types: []event.TicketType{
				{Name: "day", Title: words("日票"), Price: 1000_00, Plans: []string{"ka"}},
				{Name: "dinner", Title: words("含晚宴"), Price: 2000_00, Plans: []string{"ka"}, Quotas: []string{"dinner"}},
				{Name: "open", Title: words("公开票"), OpensBefore: 72 * hour, ClosesBefore: hour},
				{Name: "inner", Title: words("内部票"), Plans: []string{"ka"}},
			},
			Friends: event.FriendRule{PerMember: 1, Type: "day", GiverRegistered: true},
		},
	}}
}

func (w *world) do(fn func(*db.Tx) error) {
	w.t.Helper()
	if err := w.try(fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) try(fn func(*db.Tx) error) error {
	return w.d.Do(w.t.Context(), w.d.Community, fn)
}

// refused runs fn, which must be refused so.
func (w *world) refused(want *errs.Error, fn func(*db.Tx) error) {
	w.t.Helper()
	err := w.try(fn)
	if got := errs.As(err); got == nil || !errors.Is(err, want) {
		w.t.Errorf("got %v, want %s", err, want.Code)
	}
}

// plan plans an event in two days.
func (w *world) plan(template string, capacity int) event.Event {
	w.t.Helper()
	e, err := w.Plan(w.t.Context(), w.d.Community, event.Draft{Template: template, Title: words("第一场"), Starts: w.d.Clock.Now().Add(48 * time.Hour), Capacity: capacity}, "staff")
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

// member makes somebody a member.
func (w *world) member(plan string, persons ...string) {
	w.t.Helper()
	for _, p := range persons {
		t, err := w.members.Reserve(w.t.Context(), w.d.Community, p, plan, time.Minute)
		if err == nil {
			_, err = w.members.Buy(w.t.Context(), w.d.Community, t.ID)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) claim(e event.Event, kind, person string) event.Ticket {
	w.t.Helper()
	t, err := w.Claim(w.t.Context(), w.d.Community, e.ID, kind, person)
	if err != nil {
		w.t.Fatalf("%s claims %s: %v", person, kind, err)
	}
	return t
}

func (w *world) hold(e event.Event, kind, person string) (t event.Ticket, err error) {
	err = w.try(func(tx *db.Tx) (err error) {
		t, err = w.HoldTx(tx, e.ID, kind, person, tx.Now().Add(15*time.Minute))
		return err
	})
	return t, err
}

func (w *world) take(ticket string) (t event.Ticket, err error) {
	err = w.try(func(tx *db.Tx) (err error) { t, err = w.TakeTx(tx, ticket); return err })
	return t, err
}

func (w *world) give(e event.Event, giver, key string) event.Gift {
	w.t.Helper()
	g, err := w.Give(w.t.Context(), w.d.Community, e.ID, giver, key)
	if err != nil {
		w.t.Fatalf("%s gives: %v", giver, err)
	}
	return g
}

func (w *world) claimGift(token, guest string) (event.Ticket, error) {
	return w.ClaimGift(w.t.Context(), w.d.Community, token, guest)
}

func (w *world) scan(e event.Event, code, nonce string) event.Admission {
	w.t.Helper()
	a, err := w.Scan(w.t.Context(), w.d.Community, event.Scan{Event: e.ID, Code: code, Nonce: nonce})
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func (w *world) ticket(id string) (t event.Ticket) {
	w.t.Helper()
	w.do(func(tx *db.Tx) (err error) { t, err = w.TicketTx(tx, id); return err })
	return t
}

func (w *world) look(e event.Event, person string) (l event.Look) {
	w.t.Helper()
	w.do(func(tx *db.Tx) (err error) { l, err = w.LookTx(tx, e.ID, person); return err })
	return l
}

// pass lets time go by and does what comes due.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.d.Clock.Advance(d)
	w.settle()
}

func (w *world) settle() {
	w.t.Helper()
	for {
		if worked, err := w.runner.Step(w.t.Context()); err != nil {
			w.t.Fatal(err)
		} else if !worked {
			return
		}
	}
}

// told lists the kinds of facts about a person's events, in order.
func (w *world) told(person string) (out []string) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		facts, err := fact.OfPersonAfter(tx, person, 0, 200)
		for _, f := range facts {
			if kind, ours := strings.CutPrefix(f.Kind, "event."); ours {
				out = append(out, kind)
			}
		}
		return err
	})
	return out
}

// sound proves the rows.
func (w *world) sound() {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		found, err := event.Verify(tx)
		for _, p := range found {
			w.t.Errorf("%+v", p)
		}
		seats, err2 := seat.Verify(tx)
		for _, p := range seats {
			w.t.Errorf("%+v", p)
		}
		return errors.Join(err, err2)
	})
}
