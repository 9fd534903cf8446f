package touch_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/platform/secret"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// post is a channel that keeps what it was given, and fails as it is told.
type post struct {
	mu   sync.Mutex
	sent []touch.Outgoing
	fail func(m touch.Outgoing) error // nil: all goes well
}

func (p *post) Send(_ context.Context, m touch.Outgoing) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, m)
	if p.fail != nil {
		if err := p.fail(m); err != nil {
			return "", err
		}
	}
	return "x-" + m.ID, nil
}

func (p *post) to(address string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.sent {
		if m.To == address {
			n++
		}
	}
	return n
}

type world struct {
	testing.TB
	*testkit.DB
	people *people.Service
	touch  *touch.Service
	runner *job.Runner
	log    *fact.Log
	other  *people.Service // of the second node
	keys   people.Secrets
	mail   *post
	mass   *post
	zone   *time.Location
	placed func() // called whenever a message is written
}

func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) { fn(open(t, d)) })
}

func open(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	keys, err := secret.OpenOrCreate(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, DB: d, keys: keys, mail: &post{}, mass: &post{}, zone: shanghai}
	w.node(d.DB)
	w.declare(basic)
	return w
}

// node builds the services on a handle of the database.
func (w *world) node(d *db.DB) *touch.Service {
	log := fact.NewLog(d, bus.NewLocal(), slog.New(slog.DiscardHandler))
	p := people.New(d, w.keys, func(*db.Tx) (people.Settings, error) {
		return people.Settings{Zone: w.zone, Fields: []people.Field{
			{Name: "shoe", Type: people.NumberField}, {Name: "vegan", Type: people.BoolField}, {Name: "pet", Type: people.ChoiceField, Choices: []string{"cat", "dog"}},
		}}, nil
	}, nil)
	s := touch.New(d, p, func(context.Context, string) *time.Location { return w.zone }, func(context.Context, string) (touch.Place, error) {
		if w.placed != nil {
			w.placed()
		}
		return touch.Place{Name: text.Text{text.Hans: "妈妈群", text.Hant: "媽媽群", text.En: "Mothers"}, URL: "https://q.example/m"}, nil
	})
	s.AddChannel("email", people.Email, w.mail)
	s.AddChannel("wecom_mass", people.WeComExternal, w.mass)
	p.OnMerge(s.MergeTx)
	p.OnErase(s.EraseTx)
	w.other = p
	if w.touch == nil {
		w.log = log
		w.people, w.touch, w.runner = p, s, job.NewRunner(d, slog.New(slog.DiscardHandler))
		s.Jobs(w.runner)
	}
	return s
}

var basic = touch.Config{
	Budgets: []touch.Budget{{Purpose: "marketing", Per: touch.Day, Max: 1}},
	Templates: map[string]touch.Template{
		"welcome": {
			Purpose: "service", Answer: true, Link: "/me", Subject: text.Text{text.Hans: "欢迎", text.En: "Welcome"},
			Body: text.Text{text.Hans: "{name}，欢迎来到{community}：{link} {n}", text.Hant: "{name}，歡迎來到{community}：{link} {n}", text.En: "{name}, welcome to {community}: {link} {n}"},
		},
		"notice": {Purpose: "service", Body: text.Text{text.Hans: "通知"}},
		"offer":  {Purpose: "marketing", Subject: text.Text{text.Hans: "优惠"}, Body: text.Text{text.Hans: "{name}，看看"}},
	},
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) do(fn func(tx *db.Tx) error) {
	w.Helper()
	w.must(w.Do(context.Background(), w.Community, fn))
}

func (w *world) declare(c touch.Config) {
	w.Helper()
	if bad := w.touch.Validate(c); len(bad) > 0 {
		w.Fatal(bad)
	}
	w.do(func(tx *db.Tx) error { return w.touch.DeclareTx(tx, c) })
}

// person makes somebody with an email address, who agrees to marketing.
func (w *world) person(name string) string {
	w.Helper()
	id, _, err := w.people.FindOrCreate(w.Context(), w.Community, []people.Identifier{{Kind: people.Email, Value: name + "@example.org", Verified: true}}, people.Seed{Nickname: name})
	w.must(err)
	w.consent(id, people.ForMarketing, "", true)
	return id
}

func (w *world) consent(id string, p people.Purpose, ch people.Channel, given bool) {
	w.Helper()
	w.Clock.Advance(time.Millisecond)
	w.must(w.people.Consent(w.Context(), w.Community, id, people.Consent{Purpose: p, Channel: ch, Given: given, Wording: "v1"}))
}

func (w *world) send(t touch.Touch) touch.Touch {
	w.Helper()
	if t.Key == "" {
		t.Key = w.NewID()
	}
	out, err := w.touch.Send(w.Context(), w.Community, t)
	w.must(err)
	return out
}

func (w *world) settle() {
	w.Helper()
	_, err := w.runner.Step(w.Context())
	w.must(err)
}

// now is how a touch stands.
func (w *world) now(t touch.Touch) touch.Touch {
	w.Helper()
	var found *touch.Touch
	w.must(w.Read(w.Context(), w.Community, func(tx *db.Tx) error {
		p, err := w.touch.OfPerson(tx, t.Person, "", 200)
		for i := range p.Items {
			if p.Items[i].ID == t.ID {
				found = &p.Items[i]
			}
		}
		return err
	}))
	if found == nil {
		w.Fatalf("touch %s is gone", t.ID)
	}
	return *found
}

func (w *world) want(t touch.Touch, state touch.State, reason touch.Reason) touch.Touch {
	w.Helper()
	got := w.now(t)
	if got.State != state || got.Reason != reason {
		w.Errorf("it is %s (%s), want %s (%s)", got.State, got.Reason, state, reason)
	}
	return got
}

// facts counts the kinds of facts about a person that this package emits.
func (w *world) facts(person string) map[string]int {
	w.Helper()
	out := map[string]int{}
	p, err := w.people.Timeline(w.Context(), w.Community, person, nil, "", 200)
	w.must(err)
	for _, f := range p.Items {
		out[f.Kind]++
	}
	return out
}

// used is how much of their budgets people have.
func (w *world) used() (n int) {
	w.Helper()
	w.must(w.Read(w.Context(), w.Community, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COALESCE(SUM(used), 0) FROM touch_budget WHERE community_id = $1`, tx.Community()).Scan(&n)
	}))
	return n
}

func at(day, hour, minute int) time.Time {
	return time.Date(2026, 3, day, hour, minute, 0, 0, shanghai)
}

// second opens the database once more, as another node does.
func (w *world) second() *touch.Service {
	w.Helper()
	cfg := w.Config
	cfg.Clock = w.Clock
	d, err := db.Open(w.Context(), cfg)
	w.must(err)
	w.Cleanup(func() { d.Close() })
	return w.node(d)
}
