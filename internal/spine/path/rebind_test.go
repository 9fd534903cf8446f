package path_test

import (
	"errors"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/test/testkit"
)

// merge is what happens in the transaction of a merge: from's runs go on as into's.
func (w *world) merge(from, into string) {
	w.t.Helper()
	w.merged[from] = into
	w.do(func(tx *db.Tx) error { return w.engine.RebindTx(tx, from, into) })
}

// P1: after a merge the run goes on with the other's facts, and the path is not gone a second time.
func TestARunGoesOnAsAnothers(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(intake)
		w.happen("new", Reserved{Number: 1})
		w.settle()
		w.pass(time.Hour)
		w.merge("new", "ann")
		w.happen("ann", Registered{})
		w.happen("ann", Reserved{Number: 2}) // another tap
		w.happen("ann", Joined{})
		w.settle()
		w.wantOutcome("ann", "seated")
		w.wantNoted("ann", "welcome")
		w.onlyRun("ann")
	})
}

// A fact that was recorded for the one who went, but read after the merge, reaches the run of the one who stayed.
func TestFactsOfTheOneWhoWent(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(intake)
		w.happen("new", Reserved{Number: 1})
		w.pass(time.Hour)
		w.happen("new", Registered{})
		w.happen("late", Reserved{Number: 1}) // not read yet at the merge
		w.merge("new", "ann")
		w.merge("late", "bea")
		w.settle()
		w.happen("ann", Joined{})
		w.settle()
		w.wantOutcome("ann", "seated")
		w.pass(time.Hour)
		w.happen("bea", Registered{})
		w.happen("bea", Joined{})
		w.settle()
		w.wantOutcome("bea", "seated")
	})
}

// Both are on the path already: the one who is further on goes on, the other run ends, and nothing is done twice.
func TestTwoRunsBecomeOne(t *testing.T) {
	for _, further := range []string{"ann", "new"} {
		testkit.Each(t, func(t *testing.T, d *testkit.DB) {
			w := newWorld(t, d)
			w.put("start: {on: path_test.reserved, once_per: person, again: [left]}\nsteps:\n  - ask: look\n    role: service\n    outcomes: {ok: next}\n" +
				"  - wait: path_test.registered\n  - {do: note, with: {what: done}}\n  - wait: path_test.lapsed\n  - end: left\n")
			ann, other := "ann-"+further, "new-"+further
			w.happen(ann, Reserved{})
			d.Clock.Advance(time.Minute)
			w.happen(other, Reserved{})
			w.settle()
			ahead, behind := ann, other
			if further == "new" {
				ahead, behind = other, ann
			}
			w.finish(ahead, w.tasks.open[ahead], "ok")
			w.settle()
			w.merge(other, ann)
			if len(w.tasks.withdrawn) != 1 || w.tasks.withdrawn[0] != w.tasks.open[behind] {
				t.Errorf("withdrawn: %v", w.tasks.withdrawn)
			}
			w.happen(ann, Registered{})
			w.settle()
			w.wantNoted(ann, "done")
			if r := w.run(ann); r.State != path.Running || r.Step != "3" {
				t.Errorf("run %+v", r)
			}
			w.read(func(tx *db.Tx) error {
				runs, err := w.engine.RunsOf(tx, ann, 10)
				merged := 0
				for _, r := range runs {
					if r.Outcome == path.Merged {
						merged++
					}
				}
				if len(runs) != 2 || merged != 1 {
					t.Errorf("%d runs, %d merged", len(runs), merged)
				}
				return err
			})
			w.happen(ann, Reserved{}) // the one key that is left keeps her from starting twice
			w.settle()
			w.happen(ann, Lapsed{})
			w.settle()
			w.wantOutcome(ann, "left")
			w.happen(ann, Reserved{}) // and an outcome after which one may come again frees it
			w.settle()
			w.wantOutcome(ann, "")
			w.agree()
		})
	}
}

// Whoever went the path before they were merged doesn't go it again as the other.
func TestAnEndedRunKeepsItsPlace(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put("start: {on: path_test.reserved, once_per: person}\nsteps:\n  - end: seen\n")
		w.happen("new", Reserved{})
		w.settle()
		w.merge("new", "ann")
		w.happen("ann", Reserved{})
		w.settle()
		w.wantOutcome("ann", "seen")
		w.onlyRun("ann")
	})
}

// P8: nobody is there any more to wait for.
func TestAnErasedPersonsRunsEnd(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(intake)
		w.happen("ann", Reserved{Number: 1})
		w.settle()
		w.do(func(tx *db.Tx) error { return w.engine.EraseTx(tx, "ann") })
		w.pass(2 * time.Hour)
		w.wantNoted("ann")
		w.wantOutcome("ann", path.Erased)
		w.agree()
	})
}

// A step that fails parks its fact and leaves the run where it was; replaying it does the step once. A timer's step is tried again.
func TestAFailedStepIsDoneOnceInTheEnd(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put("start: {on: path_test.reserved, once_per: person}\nsteps:\n  - wait: path_test.joined\n  - {do: note, with: {what: once}}\n  - do: brittle\n  - until: {after: 1h}\n  - {do: note, with: {what: later}}\n  - do: brittle\n")
		w.happen("ann", Reserved{})
		w.settle()
		w.broken = errors.New("broken")
		w.happen("ann", Joined{})
		w.settle()
		w.wantNoted("ann")
		var parked []fact.Parked
		w.read(func(tx *db.Tx) (err error) { parked, err = fact.ListParked(tx, 10); return err })
		if len(parked) != 1 {
			t.Fatalf("parked: %+v", parked)
		}
		p := parked[0]
		if err := w.log.Replay(t.Context(), d.Community, p.Subscriber, p.Shard, p.Pos); err == nil {
			t.Error("it is broken still")
		}
		w.broken = nil
		if err := w.log.Replay(t.Context(), d.Community, p.Subscriber, p.Shard, p.Pos); err != nil {
			t.Fatal(err)
		}
		w.settle()
		w.wantNoted("ann", "once")
		w.broken = errors.New("broken")
		w.pass(time.Hour)
		w.wantNoted("ann", "once")
		w.broken = nil
		w.pass(time.Hour)
		w.wantNoted("ann", "once", "later")
		w.wantOutcome("ann", "done")
		w.agree()
	})
}

// onlyRun holds that a person has gone the path once.
func (w *world) onlyRun(person string) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		runs, err := w.engine.RunsOf(tx, person, 10)
		if len(runs) != 1 {
			w.t.Errorf("%s has %d runs", person, len(runs))
		}
		return err
	})
	w.agree()
}
