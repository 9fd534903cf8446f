package path_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/test/testkit"
)

// following asks somebody to follow a person up, which joining ends, and an odd registration too.
const following = `
start: {on: path_test.reserved, once_per: person}
steps:
  - until: {after: 1h}
  - ask: follow
    role: sales
    outcomes: {interested: end interested, later: next}
    for: 7d
    else: end forgotten
    or:
      - {on: path_test.joined, then: end joined}
      - {on: path_test.registered, where: {suspicion: ">= 60"}, then: [{do: note, with: {what: "odd {suspicion}"}}, {end: odd}]}
      - {on: path_test.registered, where: {suspicion: "< 10"}}
  - wait: path_test.lapsed
  - end: lapsed
`

// E8: a fact ends the asking: its task is withdrawn and the run goes on by that way. One that doesn't fit leaves it open.
func TestAFactEndsAnAsk(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(following)
		people := []string{"ann", "bea", "cat", "dee", "eve"}
		for _, p := range people {
			w.happen(p, Reserved{})
		}
		w.settle()
		w.pass(time.Hour)
		for _, p := range people {
			if r := w.run(p); r.Step != "1" || r.Task == "" || r.Task != w.tasks.open[p] {
				t.Fatalf("%s isn't asked about: %+v", p, r)
			}
		}
		w.happen("ann", Joined{})
		w.happen("bea", Registered{Suspicion: 30}) // fits none
		w.happen("cat", Registered{Suspicion: 90})
		w.happen("dee", Registered{Suspicion: 5})
		w.happen("eve", Joined{})
		w.finish("eve", w.tasks.open["eve"], "later") // too late for the run
		w.settle()
		w.wantOutcome("ann", "joined")
		w.wantOutcome("cat", "odd")
		w.wantNoted("cat", "odd 90")
		w.wantOutcome("eve", "joined")
		if r := w.run("bea"); r.Step != "1" || r.Task == "" {
			t.Errorf("what doesn't fit ended the asking: %+v", r)
		}
		if r := w.run("dee"); r.Step != "2" || r.Task != "" {
			t.Errorf("the next step comes without a way: %+v", r)
		}
		want := []string{w.tasks.open["ann"], w.tasks.open["cat"], w.tasks.open["dee"], w.tasks.open["eve"]}
		slices.Sort(want)
		if slices.Sort(w.tasks.withdrawn); !slices.Equal(w.tasks.withdrawn, want) {
			t.Errorf("withdrawn %v, want %v", w.tasks.withdrawn, want)
		}
		w.pass(7 * 24 * time.Hour)
		w.wantOutcome("bea", "forgotten")
		w.happen("bea", Joined{})
		w.settle()
		w.wantOutcome("bea", "forgotten")
		w.toldByTheirKinds()
		w.read(func(tx *db.Tx) error {
			for kind, want := range map[string]int{"path_test.lapsed": 1, "path_test.joined": 0} {
				if got, err := w.engine.WaitFor(tx, kind); err != nil || len(got) != want {
					t.Errorf("for %s wait %v, %v", kind, got, err)
				}
			}
			return nil
		})
		w.agree()
	})
}

// toldByTheirKinds checks that the log, and with it the path's picture, tells what ended each asking and where that led.
func (w *world) toldByTheirKinds() {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		o, err := w.engine.View(tx, "p", 0)
		if err != nil {
			return err
		}
		got := map[string]string{}
		for _, s := range o.Steps {
			if s.Address == "1" {
				for _, l := range s.Left {
					got[l.Outcome] = fmt.Sprint(l.Runs, " ", l.To)
				}
			}
		}
		want := map[string]string{"path_test.joined": "2 end joined", "path_test.registered": "1 1.or1.0", "path_test.registered or2": "1 2", "else": "1 end forgotten"}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			w.t.Errorf("left the asking by\n%v, want\n%v", got, want)
		}
		return nil
	})
}

// What came since the step before is no reason to ask; what came before that is over, as for a wait.
func TestNobodyIsAskedForWhatHasHappened(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(following)
		w.happen("ann", Reserved{})
		w.settle()
		w.happen("ann", Joined{})
		w.settle()
		w.pass(time.Hour)
		w.wantOutcome("ann", "joined")
		if len(w.tasks.open) != 0 {
			t.Errorf("asked for what has happened: %v", w.tasks.open)
		}
		w.put("start: {on: path_test.reserved}\nsteps:\n  - wait: path_test.registered\n  - wait: path_test.noted\n" +
			"  - {ask: look, role: service, outcomes: {ok: end ok}, or: [{on: path_test.joined, then: end joined}]}\n")
		for _, happens := range []any{Reserved{}, Joined{}, Registered{}, Noted{}} {
			w.happen("bea", happens)
			w.settle()
			d.Clock.Advance(time.Second)
		}
		if r := w.run("bea"); r.Step != "2" || r.Task == "" {
			t.Errorf("what was over before the step before ended the asking: %+v", r)
		}
		w.happen("bea", Joined{})
		w.settle()
		w.wantOutcome("bea", "joined")
		w.agree()
	})
}

// Who finished first decides, whatever is handed over together; and what then came meets a later step.
func TestWhoeverEndsAnAskFirst(t *testing.T) {
	const src = `
start: {on: path_test.reserved, once_per: person}
steps:
  - ask: look
    role: service
    outcomes: {admit: next}
    or: [{on: path_test.joined, then: end joined}]
  - {do: note, with: {what: admitted}}
  - wait: {on: path_test.joined}
  - end: both
`
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(src)
		w.happen("ann", Reserved{})
		w.happen("bea", Reserved{})
		w.settle()
		w.finish("ann", w.tasks.open["ann"], "admit")
		w.happen("ann", Joined{})
		w.happen("bea", Joined{})
		w.finish("bea", w.tasks.open["bea"], "admit")
		w.settle()
		w.wantOutcome("ann", "both")
		w.wantNoted("ann", "admitted")
		w.wantOutcome("bea", "joined")
		w.wantNoted("bea")
		w.agree()
	})
}

// E2: an event is called off; nobody need look for its guest any more. Its facts stand in other shards than the task's.
func TestAFactEndsAnAskAboutWhatIsNoPerson(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put("subject: event\nstart: {on: path_test.reserved, once_per: subject}\nsteps:\n" +
			"  - {ask: invite, role: content, outcomes: {agreed: next}, or: [{on: path_test.lapsed, then: end cancelled}]}\n" +
			"  - until: {after: 1d}\n" +
			"  - {ask: send, role: content, outcomes: {sent: end held}, or: [{on: path_test.lapsed, then: end cancelled}]}\n")
		for i := range 2 {
			w.about("event", i, "", Reserved{})
		}
		w.settle()
		w.about("event", 0, "", Lapsed{})
		r := w.run("s1")
		w.do(func(tx *db.Tx) error {
			_, err := fact.Append(tx, task.Finished{Task: fact.ID(r.Task), Kind: "invite", Outcome: "agreed"}, fact.Fact{Subject: r.ID})
			return err
		})
		w.settle()
		w.wantOutcome("s0", "cancelled")
		w.about("event", 1, "", Lapsed{})
		w.settle()
		w.pass(24 * time.Hour)
		w.wantOutcome("s1", "cancelled")
		if len(w.tasks.withdrawn) != 1 {
			t.Errorf("withdrawn: %v", w.tasks.withdrawn)
		}
		w.agree()
	})
}

// A run that goes on as another's is ended by a fact of either.
func TestAFactOfTheOneWhoStaysEndsAnAsk(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(following)
		w.happen("new", Reserved{})
		w.happen("young", Reserved{})
		w.settle()
		w.pass(time.Hour)
		for from, into := range map[string]string{"new": "ann", "young": "bea"} {
			asked := w.run(from).Task
			w.merged[from] = into
			w.do(func(tx *db.Tx) error { return w.engine.RebindTx(tx, from, into) })
			if r := w.run(into); asked == "" || r.Task != asked {
				t.Fatalf("the task stayed behind: %+v", r)
			}
		}
		w.happen("new", Joined{})
		w.happen("bea", Joined{})
		w.settle()
		w.wantOutcome("ann", "joined")
		w.wantOutcome("bea", "joined")
		if len(w.tasks.withdrawn) != 2 {
			t.Errorf("withdrawn: %v", w.tasks.withdrawn)
		}
	})
}
