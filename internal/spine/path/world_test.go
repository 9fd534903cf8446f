package path_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/test/testkit"
)

type (
	Reserved struct {
		Number int `json:"number"`
	}
	Registered struct {
		Suspicion int `json:"suspicion"`
	}
	Joined struct{}
	Lapsed struct{}
	Noted  struct {
		What Word `json:"what"`
	}
	Word string
)

// world is an engine with an action that notes what it was told, and the means to make facts and time happen.
type world struct {
	t      testing.TB
	d      *testkit.DB
	log    *fact.Log
	runner *job.Runner
	engine *path.Engine
	tasks  *tasks
	doors  time.Time
	rooms  int               // for the action "seat"
	broken error             // of the action "brittle"
	merged map[string]string // who stands for whom
}

type tasks struct {
	open      map[string]string // by subject
	withdrawn []string
	real      *desk // opens them, if it is there
}

func (k *tasks) Ask(tx *db.Tx, r *path.Run, _ string, a path.Ask, _ time.Time, _ map[string]any) (string, error) {
	if k.real != nil {
		return k.real.open(tx, r, a)
	}
	id := tx.NewID()
	k.open[r.Subject] = id
	return id, nil
}

func (k *tasks) Withdraw(tx *db.Tx, id string) error {
	if k.real != nil {
		return k.real.withdraw(tx, id)
	}
	k.withdrawn = append(k.withdrawn, id)
	return nil
}

func newWorld(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	b := bus.NewLocal()
	w := &world{t: t, d: d, tasks: &tasks{open: map[string]string{}}, rooms: 1000, merged: map[string]string{}}
	quiet := slog.New(slog.DiscardHandler)
	w.log, w.runner = fact.NewLog(d.DB, b, quiet), job.NewRunner(d.DB, quiet)
	kinds, err := fact.NewRegistry(append(path.Facts(), Reserved{}, Registered{}, Joined{}, Lapsed{}, Noted{}, task.Finished{})...)
	if err != nil {
		t.Fatal(err)
	}
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	w.engine = path.NewEngine(d.DB, b, quiet, kinds, w.tasks, func(context.Context, string) *time.Location { return shanghai })
	w.engine.Register(path.Action{Name: "note", Params: map[string]path.Param{"what": {Type: path.Text, Required: true}}, Run: func(c *path.Call) (string, error) {
		s, err := c.Text("what")
		if err != nil {
			return "", err
		}
		_, err = fact.Append(c.Tx, Noted{What: Word(s)}, fact.Fact{Person: c.Run.Person})
		return path.OK, err
	}})
	w.engine.Register(path.Action{Name: "seat", Outcomes: []string{"full"}, Run: func(*path.Call) (string, error) {
		if w.rooms == 0 {
			return "full", nil
		}
		return path.OK, nil
	}})
	w.engine.Register(path.Action{Name: "fail", Run: func(*path.Call) (string, error) { return "", errors.New("broken") }})
	w.engine.Register(path.Action{Name: "brittle", Run: func(*path.Call) (string, error) { return path.OK, w.broken }})
	w.engine.FollowMerges(func(_ *db.Tx, ids []string) (map[string]string, error) {
		out := map[string]string{}
		for _, id := range ids {
			if root, ok := w.merged[id]; ok {
				out[id] = root
			}
		}
		return out, nil
	})
	w.engine.RegisterMoment(path.Moment{Name: "opening", Params: map[string]path.Param{"rate": {Type: path.Text}}, When: func(c *path.Call) (time.Time, error) {
		n, err := c.Value("number")
		if err != nil {
			return time.Time{}, err
		}
		return w.doors.Add(time.Duration(n.(float64)-1) * time.Second), nil
	}})
	w.engine.RegisterSource(path.Source{Prefix: "thing", Names: []string{"day", "time", "none", "past"}, Read: func(_ *db.Tx, r *path.Run) (map[string]any, error) {
		tomorrow := r.StartedAt.In(shanghai).AddDate(0, 0, 1).Format(time.DateOnly)
		return map[string]any{"day": Word(tomorrow), "time": r.StartedAt.Add(2 * time.Hour), "past": r.StartedAt.Add(-time.Hour)}, nil
	}})
	w.engine.Attach(w.log, w.runner)
	if err := w.log.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.doors = d.Clock.Now().Add(time.Hour)
	return w
}

func (w *world) put(src string) {
	w.t.Helper()
	d := w.parse(src)
	if ps := w.engine.Validate(d, nil); len(ps) > 0 {
		w.t.Fatalf("problems: %+v", ps)
	}
	w.do(func(tx *db.Tx) error { _, _, err := w.engine.PutTx(tx, d); return err })
}

func (w *world) parse(src string) path.Definition {
	w.t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(src), &n); err != nil {
		w.t.Fatal(err)
	}
	d, ps := path.Parse("p", n.Content[0])
	if len(ps) > 0 {
		w.t.Fatalf("problems: %+v", ps)
	}
	return d
}

func (w *world) do(fn func(*db.Tx) error) {
	w.t.Helper()
	if err := w.d.Do(w.t.Context(), w.d.Community, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) happen(person string, payload any) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error { _, err := fact.Append(tx, payload, fact.Fact{Person: person}); return err })
}

// settle runs facts and due work until nothing is left to do now.
func (w *world) settle() {
	w.t.Helper()
	for {
		a, err := w.log.Step(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		b, err := w.runner.Step(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		if !a && !b {
			return
		}
	}
}

func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.d.Clock.Advance(d)
	w.settle()
}

func (w *world) run(person string) *path.Run {
	w.t.Helper()
	var r *path.Run
	w.read(func(tx *db.Tx) (err error) { r, _, err = w.engine.Latest(tx, "p", person); return err })
	return r
}

func (w *world) read(fn func(*db.Tx) error) {
	w.t.Helper()
	if err := w.d.Read(w.t.Context(), w.d.Community, fn); err != nil {
		w.t.Fatal(err)
	}
}

// noted lists what the path noted about a person, in order.
func (w *world) noted(person string) (out []string) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		facts, err := fact.Timeline(tx, []string{person}, []string{"path_test.noted"}, time.Time{}, "", 100)
		for _, f := range facts {
			var n Noted
			if err := f.Into(&n); err != nil {
				return err
			}
			out = append(out, string(n.What))
		}
		slices.Reverse(out)
		return err
	})
	return out
}

func (w *world) wantNoted(person string, want ...string) {
	w.t.Helper()
	if got := w.noted(person); !slices.Equal(got, want) {
		w.t.Errorf("%s: noted %q, want %q", person, got, want)
	}
}

func (w *world) wantOutcome(person, want string) {
	w.t.Helper()
	if r := w.run(person); r == nil || r.Outcome != want {
		w.t.Errorf("%s: run %+v, want outcome %q", person, r, want)
	}
}
