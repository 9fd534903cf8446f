package path_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/test/testkit"
)

const asking = `
start: {on: path_test.reserved, once_per: person}
steps:
  - ask: look
    role: service
    outcomes: {admit: next, refuse: end refused}
    for: 72h
    else: end late
  - wait: task.finished
    for: 1h
    else: end alone
  - do: note
    with: {what: "{outcome}"}
`

// I4: a task is opened, and only its own finishing ends the step; when nobody does it in time it is withdrawn.
func TestAsk(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(asking)
		w.happen("ann", Reserved{})
		w.happen("bea", Reserved{})
		w.happen("cat", Reserved{})
		w.settle()
		w.finish("cat", d.NewID(), "admit") // another task about her
		w.settle()
		if r := w.run("cat"); r.Step != "0" || r.Task != w.tasks.open["cat"] {
			t.Errorf("another task moved the run: %+v", r)
		}
		w.finish("ann", w.tasks.open["ann"], "admit")
		w.finish("bea", w.tasks.open["bea"], "refuse")
		w.settle()
		w.wantOutcome("bea", "refused")
		if r := w.run("ann"); r.Step != "1" || r.Task != "" { // the finishing has been used up; it doesn't end the wait too
			t.Errorf("run %+v", r)
		}
		w.finish("ann", d.NewID(), "admit")
		w.settle()
		w.wantNoted("ann", "admit")
		w.pass(72 * time.Hour)
		w.wantOutcome("cat", "late")
		if len(w.tasks.withdrawn) != 1 || w.tasks.withdrawn[0] != w.tasks.open["cat"] {
			t.Errorf("withdrawn: %v", w.tasks.withdrawn)
		}
	})
}

// E2: the task of a run that is about an event, or anything that is no person, moves it on: the fact names the run.
func TestAskAboutWhatIsNoPerson(t *testing.T) {
	for _, subject := range []string{"circle", "event"} {
		testkit.Each(t, func(t *testing.T, d *testkit.DB) {
			w := newWorld(t, d)
			w.put("subject: " + subject + "\nstart: {on: path_test.reserved, once_per: [circle, subject]}\nsteps:\n" +
				"  - ask: look\n    role: content\n    outcomes: {good: next, bad: end refused}\n    for: 1d\n    else: end late\n  - end: passed\n")
			w.about(subject, 0, "ann", Reserved{})
			w.about(subject, 1, "ann", Reserved{})
			w.settle()
			done := func(i int, outcome task.Outcome) {
				r := w.run(fmt.Sprint("s", i))
				f := fact.Fact{Subject: r.ID, Person: r.Person}
				w.do(func(tx *db.Tx) error {
					_, err := fact.Append(tx, task.Finished{Task: fact.ID(w.tasks.open[r.Subject]), Kind: "look", Outcome: outcome}, f)
					return err
				})
			}
			done(0, "good")
			done(1, "bad")
			w.settle()
			w.wantOutcome("s0", "passed")
			w.wantOutcome("s1", "refused")
		})
	}
}

// finish is what the tasks' package tells when a task about a person is done.
func (w *world) finish(person, id, outcome string) {
	w.t.Helper()
	w.happen(person, task.Finished{Task: fact.ID(id), Kind: "look", Outcome: task.Outcome(outcome)})
}

// A gate opens when all have come, in any order, also when some came early, and once.
func TestGateInAnyOrder(t *testing.T) {
	for _, order := range [][]any{
		{Joined{}, Registered{}, Lapsed{}},
		{Lapsed{}, Registered{}, Joined{}},
		{Registered{}, Joined{}, Lapsed{}},
		{Registered{}, Registered{}, Lapsed{}, Joined{}},
	} {
		for early := range len(order) + 1 {
			testkit.Each(t, func(t *testing.T, d *testkit.DB) {
				w := newWorld(t, d)
				w.put("start: {on: path_test.reserved}\nsteps:\n  - until: {after: 1h}\n  - gate: [path_test.joined, path_test.registered, path_test.lapsed]\n  - {do: note, with: {what: open}}\n  - end: all\n")
				w.happen("ann", Reserved{})
				w.settle()
				for i, f := range order {
					if i == early {
						w.pass(time.Hour)
					}
					w.wantOutcome("ann", "")
					w.happen("ann", f)
					w.settle()
				}
				w.pass(time.Hour)
				w.wantOutcome("ann", "all")
				w.wantNoted("ann", "open")
			})
		}
	}
}

// A wait's other facts lead elsewhere, also when the kind is the same and only the condition differs: the counts tell them apart.
func TestOtherFactsOfAWait(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(`
start: {on: path_test.reserved}
steps:
  - wait: {on: path_test.registered, where: {suspicion: "< 10"}}
    or:
      - {on: path_test.registered, where: {suspicion: ">= 60"}, then: end odd}
      - {on: path_test.lapsed, then: end gone}
  - end: fine
`)
		for person, f := range map[string]any{"ann": Registered{Suspicion: 5}, "bea": Registered{Suspicion: 70}, "cat": Lapsed{}, "dee": Registered{Suspicion: 30}} {
			w.happen(person, Reserved{})
			w.happen(person, f)
		}
		w.settle()
		for person, want := range map[string]string{"ann": "fine", "bea": "odd", "cat": "gone", "dee": ""} {
			w.wantOutcome(person, want)
		}
		w.read(func(tx *db.Tx) error {
			o, err := w.engine.View(tx, "p", 0)
			ends := map[string]int64{}
			for _, e := range o.Ended {
				ends[e.Outcome] = e.Runs
			}
			if ends["fine"] != 1 || ends["odd"] != 1 || ends["gone"] != 1 || o.Running != 1 || o.Started != 4 {
				t.Errorf("overview %+v", o)
			}
			return err
		})
	})
}

// What a condition compares with may be a value of the run: the seat that lapsed is hers, not another.
func TestConditionsOnTheRunsValues(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put("start: {on: path_test.reserved}\nsteps:\n  - wait: {on: path_test.registered, where: {suspicion: \"{number}\"}}\n  - end: hers\n")
		w.happen("ann", Reserved{Number: 7})
		w.happen("ann", Registered{Suspicion: 8})
		w.settle()
		w.wantOutcome("ann", "")
		w.happen("ann", Registered{Suspicion: 7})
		w.settle()
		w.wantOutcome("ann", "hers")
	})
}
