package path_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
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
	t      *testing.T
	d      *testkit.DB
	log    *fact.Log
	runner *job.Runner
	engine *path.Engine
	tasks  *tasks
	doors  time.Time
	rooms  int // for the action "seat"
}

type tasks struct{ open map[string]string }

func (k *tasks) Ask(tx *db.Tx, r *path.Run, _ string, a path.Ask, _ time.Time, _ map[string]any) (string, error) {
	id := tx.NewID()
	k.open[r.Subject] = id
	return id, nil
}
func (k *tasks) Withdraw(*db.Tx, string) error { return nil }

func newWorld(t *testing.T, d *testkit.DB) *world {
	t.Helper()
	b := bus.NewLocal()
	w := &world{t: t, d: d, tasks: &tasks{open: map[string]string{}}, rooms: 1000}
	quiet := slog.New(slog.DiscardHandler)
	w.log, w.runner = fact.NewLog(d.DB, b, quiet), job.NewRunner(d.DB, quiet)
	kinds, err := fact.NewRegistry(append(path.Facts(), Reserved{}, Registered{}, Joined{}, Lapsed{}, Noted{}, Finished{})...)
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
	w.engine.RegisterMoment(path.Moment{Name: "opening", Params: map[string]path.Param{"rate": {Type: path.Text}}, When: func(c *path.Call) (time.Time, error) {
		n, err := c.Value("number")
		if err != nil {
			return time.Time{}, err
		}
		return w.doors.Add(time.Duration(n.(float64)-1) * time.Second), nil
	}})
	w.engine.Attach(w.log, w.runner)
	if err := w.log.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.doors = d.Clock.Now().Add(time.Hour)
	return w
}

// Finished stands for task.finished in these tests; the engine looks for the task package's own kind.
type Finished struct{}

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

const intake = `
subject: person
start: {on: path_test.reserved, once_per: person, again: [lapsed]}
steps:
  - until: {moment: opening, rate: 60/min}
    remind: {before: 10m, do: note, with: {what: "soon {number}"}}
  - do: note
    with: {what: form}
  - wait: path_test.registered
    for: 48h
    else: end lapsed
  - choose:
      - when: {suspicion: ">= 60"}
        then:
          - do: note
            with: {what: odd}
  - do: seat
    on:
      full:
        - do: note
          with: {what: waiting}
        - end: waiting
  - wait: path_test.joined
    or:
      - on: path_test.lapsed
        then: end not-joined
  - do: note
    with: {what: welcome}
  - end: seated
`

func TestARunGoesItsWay(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(intake)
		w.happen("ann", Reserved{Number: 3})
		w.settle()
		w.wantNoted("ann")
		w.pass(51 * time.Minute)
		w.wantNoted("ann", "soon 3")
		w.pass(9*time.Minute + time.Second)
		w.wantNoted("ann", "soon 3") // the doors are open, but she is third
		w.pass(time.Second)
		w.wantNoted("ann", "soon 3", "form")
		w.happen("ann", Registered{Suspicion: 70})
		w.settle()
		w.happen("ann", Joined{})
		w.settle()
		w.wantNoted("ann", "soon 3", "form", "odd", "welcome")
		w.wantOutcome("ann", "seated")
		w.explained("ann")
	})
}

// explained checks that the log tells each step with its cause, and that the counts agree with it.
func (w *world) explained(person string) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		x, err := w.engine.Explain(tx, w.run(person).ID)
		if err != nil {
			return err
		}
		var steps []string
		for _, m := range x.Moves {
			steps = append(steps, m.Step+"="+m.Outcome)
		}
		want := "0=ok 1=ok 2=path_test.registered 3=when0 3.when0.0=ok 4=ok 5=path_test.joined 6=ok 7=seated"
		if got := strings.Join(steps, " "); got != want {
			w.t.Errorf("moves\n%s, want\n%s", got, want)
		}
		o, err := w.engine.View(tx, "p", 0)
		if err != nil {
			return err
		}
		if o.Started != 1 || o.Running != 0 || len(o.Ended) != 1 || o.Ended[0].Outcome != "seated" {
			w.t.Errorf("overview %+v", o)
		}
		return nil
	})
}

func TestDeadlinesAndOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(intake)
		w.happen("bea", Reserved{Number: 1})
		w.happen("bea", Reserved{Number: 2}) // the second tap starts nothing
		w.settle()
		w.pass(2 * time.Hour)
		w.wantNoted("bea", "form")
		w.pass(49 * time.Hour)
		w.wantOutcome("bea", "lapsed")
		w.happen("bea", Reserved{Number: 9}) // after a lapse she may come again
		w.settle()
		w.happen("bea", Registered{})
		w.happen("bea", Lapsed{})
		w.settle()
		w.wantOutcome("bea", "not-joined")
		w.happen("bea", Reserved{Number: 10}) // but not after this
		w.settle()
		w.wantNoted("bea", "form", "form")
	})
}

// A fact that comes while the run waits for a time is found when the run gets to wait for it.
func TestEarlyArrivalsCount(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(intake)
		w.happen("cat", Reserved{Number: 1})
		w.settle()
		w.happen("cat", Registered{})
		w.settle()
		w.happen("cat", Joined{})
		w.settle()
		w.pass(time.Hour)
		w.wantNoted("cat", "form", "welcome")
		w.wantOutcome("cat", "seated")
	})
}

func TestADeclaredOutcomeBranches(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(intake)
		w.rooms = 0
		w.happen("dee", Reserved{Number: 1})
		w.pass(time.Hour)
		w.happen("dee", Registered{})
		w.settle()
		w.wantNoted("dee", "form", "waiting")
		w.wantOutcome("dee", "waiting")
	})
}

func TestARunKeepsItsVersion(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		one := "start: {on: path_test.reserved, once_per: person}\nsteps:\n  - wait: path_test.joined\n  - {do: note, with: {what: one}}\n"
		w.put(one)
		w.happen("eve", Reserved{})
		w.settle()
		w.put(strings.ReplaceAll(one, "what: one", "what: two"))
		w.happen("fay", Reserved{})
		w.settle()
		w.happen("eve", Joined{})
		w.happen("fay", Joined{})
		w.settle()
		w.wantNoted("eve", "one")
		w.wantNoted("fay", "two")
		w.wantOutcome("fay", "done")
		w.do(func(tx *db.Tx) error {
			v, changed, err := w.engine.PutTx(tx, w.parse(strings.ReplaceAll(one, "what: one", "what: two")))
			if v != 2 || changed {
				t.Errorf("putting the same again gave version %d, changed %v", v, changed)
			}
			return err
		})
	})
}

// A failing action parks the fact and leaves the run where it was; replaying does the step once.
func TestAFailureRepeatsNothing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put("start: {on: path_test.reserved, once_per: person}\nsteps:\n  - {do: note, with: {what: before}}\n  - wait: path_test.joined\n  - {do: note, with: {what: middle}}\n  - do: fail\n")
		w.happen("gil", Reserved{})
		w.settle()
		w.happen("gil", Joined{})
		w.settle()
		w.wantNoted("gil", "before")
		if r := w.run("gil"); r.State != path.Running || r.Step != "1" {
			t.Errorf("run %+v", r)
		}
	})
}

func TestGateWaitsForAll(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put("start: {on: path_test.reserved, once_per: person}\nsteps:\n  - gate: [path_test.joined, {on: path_test.registered, where: {suspicion: \"< 10\"}}]\n    for: 1h\n    else: end late\n  - end: both\n")
		w.happen("hal", Reserved{})
		w.happen("ida", Reserved{})
		w.settle()
		w.happen("hal", Registered{Suspicion: 50})
		w.happen("hal", Joined{})
		w.settle()
		w.happen("hal", Registered{Suspicion: 5})
		w.happen("ida", Joined{})
		w.settle()
		w.wantOutcome("hal", "both")
		w.pass(time.Hour)
		w.wantOutcome("ida", "late")
	})
}

func TestManyRunsInOneBurst(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(intake)
		const n = 300
		w.do(func(tx *db.Tx) error {
			for i := range n {
				if _, err := fact.Append(tx, Reserved{Number: i + 1}, fact.Fact{Person: fmt.Sprint("p", i)}); err != nil {
					return err
				}
			}
			return nil
		})
		w.settle()
		w.pass(2 * time.Hour)
		w.read(func(tx *db.Tx) error {
			o, err := w.engine.View(tx, "p", 0)
			if err != nil {
				return err
			}
			if o.Started != n || o.Running != n || o.Steps[2].Waiting != n {
				t.Errorf("overview %+v", o)
			}
			faults, err := w.engine.Verify(tx, time.Minute)
			if len(faults) > 0 {
				t.Errorf("faults %+v", faults)
			}
			return err
		})
	})
}
