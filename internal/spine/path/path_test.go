package path_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/test/testkit"
)

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

// Who comes again right after an end that allows it may do so, also when both facts are handed over together.
func TestAnEndAndANewBeginningTogether(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put("start: {on: path_test.reserved, once_per: person, again: [left]}\nsteps:\n" +
			"  - wait: path_test.joined\n    or: [{on: path_test.lapsed, then: end left}]\n  - end: in\n")
		for _, happens := range []any{Reserved{}, Lapsed{}, Reserved{}, Reserved{}, Lapsed{}, Reserved{}, Joined{}, Reserved{}} {
			w.happen("ann", happens)
		}
		w.settle()
		w.read(func(tx *db.Tx) error {
			runs, err := w.engine.RunsOf(tx, "ann", 10)
			ends := map[string]int{}
			for _, r := range runs {
				ends[r.Outcome]++
			}
			if len(runs) != 3 || ends["left"] != 2 || ends["in"] != 1 {
				t.Errorf("runs: %v", ends)
			}
			return err
		})
		w.agree()
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
