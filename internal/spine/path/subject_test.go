package path_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

// The facts of a circle or an event are in the shards of many persons, which are read side by side: whichever comes to the
// engine first, none that was recorded after the run's last one is lost, and none counts twice.
func TestSubjectsThatAreNoPerson(t *testing.T) {
	for _, subject := range []string{"circle", "event"} {
		testkit.Each(t, func(t *testing.T, d *testkit.DB) {
			w := newWorld(t, d)
			w.put("subject: " + subject + "\nstart: {on: path_test.reserved, once_per: [circle, subject]}\nsteps:\n" +
				"  - until: {after: 1h}\n  - wait: path_test.registered\n  - wait: path_test.registered\n  - wait: path_test.joined\n  - end: all\n")
			const n = 12
			for i := range n {
				w.about(subject, i, fmt.Sprint("founder", i), Reserved{})
				w.about(subject, i, fmt.Sprint("ann", i), Registered{}) // recorded after, perhaps read before
			}
			w.settle()
			for i := range n {
				w.about(subject, i, fmt.Sprint("bea", i), Registered{})
				w.about(subject, i, fmt.Sprint("cat", i), Joined{})
			}
			w.settle()
			w.pass(time.Hour)
			for i := range n {
				w.wantOutcome(fmt.Sprint("s", i), "all")
			}
			w.about(subject, 0, "dee", Registered{}) // nobody waits any more
			w.settle()
		})
	}
}

// Shards that are far apart: what was recorded after the beginning of the run reaches the engine before it.
func TestAShardThatIsAhead(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put("subject: circle\nstart: {on: path_test.reserved, once_per: circle}\nsteps:\n  - wait: path_test.joined\n  - wait: path_test.joined\n  - end: two\n")
		var first, second []fact.Fact
		w.about("circle", 0, "ann", Reserved{})
		first = w.lately()
		w.about("circle", 0, "bea", Joined{})
		second = w.lately()[len(first):]
		w.hand(second...) // the subscriber of this shard is ahead
		w.hand(first...)
		if r := w.run("s0"); r == nil || r.Step != "1" {
			t.Fatalf("the join that was read before the beginning is lost: %+v", r)
		}
		w.hand(second...) // had it still been to come, it would not count again
		if r := w.run("s0"); r.Step != "1" {
			t.Errorf("one join counted twice: %+v", r)
		}
	})
}

// A late commit: of two facts, the one recorded later is read first and consumed; the other one still counts for the next step.
func TestALateCommitStillCounts(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put("subject: circle\nstart: {on: path_test.reserved, once_per: circle}\nsteps:\n  - wait: path_test.joined\n  - wait: path_test.registered\n  - end: both\n")
		w.about("circle", 0, "ann", Reserved{})
		w.hand(w.lately()...)
		w.about("circle", 0, "bea", Registered{})
		d.Clock.Advance(time.Second)
		w.about("circle", 0, "cat", Joined{})
		facts := w.lately()
		w.hand(facts[2])
		w.hand(facts[1])
		w.wantOutcome("s0", "both")
	})
}

// about makes something happen to a person in a circle or at an event.
func (w *world) about(subject string, i int, person string, payload any) {
	w.t.Helper()
	f := fact.Fact{Person: person, Subject: fmt.Sprint("s", i)}
	if subject == "circle" {
		f.Subject, f.Circle = "", f.Subject
	}
	w.do(func(tx *db.Tx) error { _, err := fact.Append(tx, payload, f); return err })
}

// lately gives this test's own facts in the order of recording.
func (w *world) lately() (out []fact.Fact) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		for shard := range fact.Shards {
			facts, err := fact.After(tx, shard, 0, 1000)
			if err != nil {
				return err
			}
			for _, f := range facts {
				if strings.HasPrefix(f.Kind, "path_test.") {
					out = append(out, f)
				}
			}
		}
		return nil
	})
	sortFacts(out)
	return out
}

// hand gives facts to the engine as a subscriber would, in an order of the test's choosing.
func (w *world) hand(facts ...fact.Fact) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error { return w.engine.Handle(tx, facts) })
}
