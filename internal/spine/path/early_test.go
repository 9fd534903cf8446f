package path_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/test/testkit"
)

// What the second step waits for comes before what the first one waits for; and one fact meets one step only.
func TestTheNextStepsFactComesFirst(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put("subject: person\nstart: {on: path_test.reserved, once_per: person}\nsteps:\n" +
			"  - wait: path_test.registered\n  - wait: path_test.joined\n  - wait: path_test.joined\n  - end: all\n")
		w.happen("ann", Reserved{})
		w.settle()
		d.Clock.Advance(time.Second)
		w.happen("ann", Joined{})
		d.Clock.Advance(time.Second)
		w.happen("ann", Registered{})
		w.settle()
		if r := w.run("ann"); r.Step != "2" {
			t.Fatalf("the run stands at %q, want 2", r.Step)
		}
		w.happen("ann", Joined{})
		w.settle()
		w.wantOutcome("ann", "all")
	})
}

// What came before the step before is over: who left and came back has not left.
func TestOldFactsAreForgotten(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put("subject: person\nstart: {on: path_test.reserved, once_per: person}\nsteps:\n" +
			"  - wait: path_test.registered\n  - wait: path_test.joined\n  - wait: path_test.lapsed\n  - end: gone\n")
		for _, happens := range []any{Reserved{}, Lapsed{}, Registered{}, Joined{}} {
			w.happen("ann", happens)
			w.settle()
			d.Clock.Advance(time.Second)
		}
		if r := w.run("ann"); r.Step != "2" {
			t.Errorf("the run stands at %q, want 2", r.Step)
		}
	})
}

// Facts that no step waits for don't crowd out the one that a step does wait for; and what is crowded out is told.
func TestEarlyFactsInACrowd(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put("subject: circle\nstart: {on: path_test.reserved, once_per: circle}\nsteps:\n  - wait: path_test.joined\n  - wait: path_test.registered\n  - end: one\n")
		w.about("circle", 0, "ann", Reserved{})
		first := w.lately()
		w.do(func(tx *db.Tx) error {
			for i := range 510 {
				if _, err := fact.Append(tx, Noted{}, fact.Fact{Person: fmt.Sprint("x", i), Circle: "s0"}); err != nil {
					return err
				}
			}
			return nil
		})
		w.about("circle", 0, "bea", Joined{})
		var join []fact.Fact
		for _, f := range w.lately() {
			if f.Kind == "path_test.joined" {
				join = append(join, f)
			}
		}
		w.hand(join...) // the subscriber of this shard is ahead
		w.hand(first...)
		if r := w.run("s0"); r.Step != "1" {
			t.Fatalf("the run stands at %q: the join is lost", r.Step)
		}
		var said bytes.Buffer
		w.engine.LogTo(slog.New(slog.NewTextHandler(&said, nil)))
		w.do(func(tx *db.Tx) error {
			for i := range 101 {
				if _, err := fact.Append(tx, Joined{}, fact.Fact{Person: fmt.Sprint("y", i), Circle: "s0"}); err != nil {
					return err
				}
			}
			return nil
		})
		w.settle()
		if said.Len() == 0 {
			t.Error("a fact was forgotten and nobody was told")
		}
	})
}

// A node starts a circle's run; before that is committed, another node is handed the fact that the run will wait for.
func TestAStartOnAnotherNode(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	w := newWorld(t, d)
	w.put("subject: circle\nstart: {on: path_test.reserved, once_per: circle}\nsteps:\n  - wait: path_test.joined\n  - end: one\n")
	other := w.again()
	w.about("circle", 0, "ann", Reserved{})
	starting := w.lately()
	goOn, started := w.handSlowly(starting)
	other.about("circle", 0, "bea", Joined{})
	var join []fact.Fact
	for _, f := range other.lately() {
		if f.Kind == "path_test.joined" {
			join = append(join, f)
		}
	}
	handed := make(chan error, 1)
	go func() {
		handed <- other.d.Do(context.Background(), d.Community, func(tx *db.Tx) error { return other.engine.Handle(tx, join) })
	}()
	soon(handed)
	close(goOn)
	for _, done := range []chan error{started, handed} {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	w.wantOutcome("s0", "one")
}

// A node starts a person's run; before that is committed, they are merged into another person.
func TestAStartDuringAMerge(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	w := newWorld(t, d)
	w.put("subject: person\nstart: {on: path_test.reserved, once_per: person}\nsteps:\n  - wait: path_test.joined\n  - end: one\n")
	other := w.again()
	w.happen("new", Reserved{})
	goOn, started := w.handSlowly(w.lately())
	merged := make(chan error, 1)
	go func() {
		merged <- other.d.Do(context.Background(), d.Community, func(tx *db.Tx) error {
			if err := other.engine.BeforeMergeTx(tx, "new", "ann"); err != nil {
				return err
			}
			return other.engine.RebindTx(tx, "new", "ann")
		})
	}()
	soon(merged)
	close(goOn)
	for _, done := range []chan error{started, merged} {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if r := w.run("ann"); r == nil || r.State != path.Running {
		t.Errorf("the run stayed with the one who went: %+v", r)
	}
}

// handSlowly hands facts to the engine in a transaction that is not committed before goOn is closed.
func (w *world) handSlowly(facts []fact.Fact) (goOn chan struct{}, done chan error) {
	goOn, done = make(chan struct{}), make(chan error, 1)
	began := make(chan struct{}, 8)
	go func() {
		done <- w.d.Alone(context.Background(), w.d.Community, func(tx *db.Tx) error {
			err := w.engine.Handle(tx, facts)
			began <- struct{}{}
			<-goOn
			return err
		})
	}()
	<-began
	return goOn, done
}

// soon gives what must wait the time to show that it doesn't.
func soon(done chan error) {
	select {
	case err := <-done:
		done <- err
	case <-time.After(200 * time.Millisecond):
	}
}
