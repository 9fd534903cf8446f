package event_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is events on a database, with members who are vip or ka.
type world struct {
	*event.Service
	*stage.Crowd
	stage.Stage
	members *membership.Service
	tasks   *task.Service
}

// zone is the community's.
var zone = time.FixedZone("UTC+8", 8*3600)

// secrets turns texts round, so that they aren't what they were.
type secrets struct{}

func (secrets) Encrypt(_, purpose, plain string) string {
	r := []rune(plain)
	slices.Reverse(r)
	return purpose + ":" + string(r)
}

func (s secrets) Decrypt(community, purpose, sealed string) (string, error) {
	_, back, _ := strings.Cut(s.Encrypt(community, purpose, strings.TrimPrefix(sealed, purpose+":")), ":")
	return back, nil
}

func newWorld(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	w := newNode(t, d)
	w.declarePlans()
	w.Do(func(tx *db.Tx) error { return w.DeclareTx(tx, templates()) })
	return w
}

func (w *world) declarePlans() {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		year := membership.Period{Months: 12}
		return w.members.DeclareTx(tx, membership.Config{Plans: []membership.Plan{
			{Name: "vip", Title: stage.Words("VIP"), Period: year}, {Name: "ka", Title: stage.Words("KA"), Period: year, Includes: []string{"vip"}},
		}})
	})
}

// newNode is one program on the database.
func newNode(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	w := &world{Stage: stage.New(t, d), Crowd: stage.NewCrowd()}
	w.members = membership.New(d.DB, w.Seats, w.Crowd, func(context.Context, string) *time.Location { return time.UTC })
	w.tasks = task.New(d.DB)
	w.tasks.Register(w.Runner)
	w.Service = event.New(d.DB, w.Seats, w.tasks, w.Crowd, w.members, secrets{}, func(context.Context, string) *time.Location { return zone })
	w.members.Register(w.Runner)
	w.Register(w.Runner)
	return w
}

const hour = clock.Duration(time.Hour)

// templates are a session that is free for members, whose members give three friend tickets, and a conference with a scarce dinner.
func templates() event.Config {
	return event.Config{Templates: []event.Template{
		{
			Name: "session", Title: stage.Words("线上分享"), Kind: event.Script, Capacity: 100, Lasts: 2 * hour,
			Types:   []event.TicketType{{Name: "seat", Title: stage.Words("席位"), Price: 399_00, Plans: []string{"vip"}}},
			Friends: event.FriendRule{PerMember: 3, Type: "seat", ClosesBefore: hour},
		},
		{
			Name: "conference", Title: stage.Words("年会"), Kind: event.Conference, Capacity: 10, Lasts: 8 * hour,
			Quotas: []event.Quota{{Name: "dinner", Title: stage.Words("晚宴"), Capacity: 2}},
			Types: []event.TicketType{
				{Name: "day", Title: stage.Words("日票"), Price: 1000_00, Plans: []string{"ka"}},
				{Name: "dinner", Title: stage.Words("含晚宴"), Price: 2000_00, Plans: []string{"ka"}, Quotas: []string{"dinner"}},
				{Name: "open", Title: stage.Words("公开票"), OpensBefore: 72 * hour, ClosesBefore: hour},
				{Name: "inner", Title: stage.Words("内部票"), Plans: []string{"ka"}},
			},
			Friends: event.FriendRule{PerMember: 1, Type: "day", GiverRegistered: true},
		},
	}}
}

// plan plans an event in two days.
func (w *world) plan(template string, capacity int) event.Event {
	w.T.Helper()
	e, err := w.Plan(w.T.Context(), w.D.Community, event.Draft{Template: template, Title: stage.Words("第一场"), Starts: w.D.Clock.Now().Add(48 * time.Hour), Capacity: capacity}, "staff")
	if err != nil {
		w.T.Fatal(err)
	}
	return e
}

// member makes somebody a member.
func (w *world) member(plan string, persons ...string) {
	w.T.Helper()
	for _, p := range persons {
		t, err := w.members.Reserve(w.T.Context(), w.D.Community, p, plan, time.Minute)
		if err == nil {
			_, err = w.members.Buy(w.T.Context(), w.D.Community, t.ID)
		}
		if err != nil {
			w.T.Fatal(err)
		}
	}
}

func (w *world) claim(e event.Event, kind, person string) event.Ticket {
	w.T.Helper()
	t, err := w.Claim(w.T.Context(), w.D.Community, e.ID, kind, person)
	if err != nil {
		w.T.Fatalf("%s claims %s: %v", person, kind, err)
	}
	return t
}

func (w *world) hold(e event.Event, kind, person string) (t event.Ticket, err error) {
	err = w.Try(func(tx *db.Tx) (err error) {
		t, _, err = w.HoldTx(tx, e.ID, kind, person, tx.Now().Add(15*time.Minute))
		return err
	})
	return t, err
}

func (w *world) take(ticket string) (t event.Ticket, err error) {
	err = w.Try(func(tx *db.Tx) (err error) { t, err = w.TakeTx(tx, ticket); return err })
	return t, err
}

func (w *world) give(e event.Event, giver, key string) event.Gift {
	w.T.Helper()
	g, err := w.Give(w.T.Context(), w.D.Community, e.ID, giver, key)
	if err != nil {
		w.T.Fatalf("%s gives: %v", giver, err)
	}
	return g
}

func (w *world) claimGift(token, guest string) (event.Ticket, error) {
	return w.ClaimGift(w.T.Context(), w.D.Community, token, guest)
}

func (w *world) scan(e event.Event, code, nonce string) event.Admission {
	w.T.Helper()
	a, err := w.Scan(w.T.Context(), w.D.Community, event.Scan{Event: e.ID, Code: code, Nonce: nonce})
	if err != nil {
		w.T.Fatal(err)
	}
	return a
}

func (w *world) ticket(id string) (t event.Ticket) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { t, err = w.TicketTx(tx, id); return err })
	return t
}

func (w *world) look(e event.Event, person string) (l event.Look) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { l, err = w.LookTx(tx, e.ID, person); return err })
	return l
}

// sound proves the rows.
func (w *world) sound() {
	w.T.Helper()
	w.Sound(event.Verify)
}
