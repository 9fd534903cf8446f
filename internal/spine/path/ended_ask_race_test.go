package path_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/test/testkit"
)

// desk gives runs real tasks, as the program does.
type desk struct{ *task.Service }

func (k desk) open(tx *db.Tx, r *path.Run, a path.Ask) (string, error) {
	t, err := k.OpenTx(tx, task.Task{
		Kind: task.Kind(a.Task), Person: r.Person, Subject: r.ID, SubjectKind: "run", Role: task.RoleName(a.Role), Outcomes: []task.Outcome{"admit"}, Key: fmt.Sprint(r.ID, " ", r.Moves()),
	})
	return t.ID, err
}

func (k desk) withdraw(tx *db.Tx, id string) error {
	_, err := k.CancelTx(tx, task.System, id)
	if errors.Is(err, task.ErrEnded) {
		return nil
	}
	return err
}

const oneOrOther = `
start: {on: path_test.reserved, once_per: person}
steps:
  - ask: look
    role: service
    outcomes: {admit: [{do: note, with: {what: admitted}}, {end: admitted}]}
    or: [{on: path_test.joined, then: [{do: note, with: {what: joined}}, {end: joined}]}]
`

// staffed is a world with real tasks, and a person that each name has been asked about.
func staffed(t *testing.T, d *testkit.DB, names ...string) (w, other *world, tasks *task.Service) {
	t.Helper()
	w = newWorld(t, d)
	w.tasks.real = &desk{task.New(d.DB)}
	w.put(oneOrOther)
	for _, n := range names {
		w.happen(n, Reserved{})
	}
	w.settle()
	other = w.again()
	tasks = task.New(other.d.DB)
	other.tasks.real = &desk{tasks}
	return w, other, tasks
}

// ended tells how a run's asking ended, and holds that it went on once, and that its task is open no more.
func (w *world) endedOnce(person, asked string) (outcome string, state task.State) {
	w.t.Helper()
	r := w.run(person)
	if r == nil || r.State != path.Finished || r.Task != "" {
		w.t.Fatalf("%s: %+v", person, r)
	}
	w.wantNoted(person, r.Outcome)
	w.read(func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT state FROM task WHERE community_id = $1 AND id = $2`, tx.Community(), asked).Scan(&state)
	})
	if r.Outcome == "admitted" && state != task.StateFinished || state != task.StateFinished && state != task.StateCancelled {
		w.t.Errorf("%s: %s, and the task is %s", person, r.Outcome, state)
	}
	return r.Outcome, state
}

// Staff finishes tasks on one node while the facts that end them come on another: each run goes on once, and who was told that
// they finished a task did.
func TestStaffAndFactsRace(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		names := make([]string, 30)
		for i := range names {
			names[i] = fmt.Sprintf("p%02d", i)
		}
		w, other, tasks := staffed(t, d, names...)
		asked, said := map[string]string{}, make([]error, len(names))
		for _, n := range names {
			asked[n] = w.run(n).Task
		}
		over := make(chan struct{})
		var nodes sync.WaitGroup
		for _, node := range []*world{w, other} {
			nodes.Go(func() {
				for more := true; more; {
					select {
					case <-over:
						more = false
					default:
					}
					if _, err := node.log.Step(context.Background()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for i, n := range names {
			var both sync.WaitGroup
			both.Go(func() {
				_, said[i] = tasks.Finish(context.Background(), d.Community, task.System, asked[n], "admit", "")
			})
			both.Go(func() {
				err := w.d.Do(context.Background(), d.Community, func(tx *db.Tx) error {
					_, err := fact.Append(tx, Joined{}, fact.Fact{Person: n})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
			both.Wait()
		}
		close(over)
		nodes.Wait()
		w.calm()
		by := map[string]int{}
		for i, n := range names {
			outcome, state := w.endedOnce(n, asked[n])
			by[outcome]++
			if finished := state == task.StateFinished; finished != (said[i] == nil) || said[i] != nil && !errors.Is(said[i], task.ErrEnded) {
				t.Errorf("%s: who finished the task was told %v, and it is %s", n, said[i], state)
			}
		}
		t.Logf("went on: %v", by)
		w.agree()
	})
}

// joinOf is the fact that somebody joined.
func (w *world) joinOf(person string) []fact.Fact {
	w.t.Helper()
	return slices.DeleteFunc(w.lately(), func(f fact.Fact) bool { return f.Kind != "path_test.joined" || f.Person != person })
}

// Both at the very same time, in either order: the one who comes second waits for the first, and finds that it has ended.
func TestStaffAndAFactAtOnce(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	w, other, tasks := staffed(t, d, "ann", "bea")
	asked := map[string]string{"ann": w.run("ann").Task, "bea": w.run("bea").Task}
	w.happen("ann", Joined{})
	goOn, handed := w.handSlowly(w.joinOf("ann"))
	finished := make(chan error, 1)
	go func() {
		_, err := tasks.Finish(context.Background(), d.Community, task.System, asked["ann"], "admit", "")
		finished <- err
	}()
	soon(finished)
	close(goOn)
	if err := <-handed; err != nil {
		t.Fatal(err)
	}
	if err := <-finished; !errors.Is(err, task.ErrEnded) {
		t.Errorf("who finishes a task that is withdrawn meanwhile is told %v", err)
	}
	if outcome, state := w.endedOnce("ann", asked["ann"]); outcome != "joined" || state != task.StateCancelled {
		t.Errorf("ann: %s, %s", outcome, state)
	}

	w.settle()
	began, goOn := make(chan struct{}, 8), make(chan struct{})
	go func() {
		finished <- other.d.Alone(context.Background(), d.Community, func(tx *db.Tx) error {
			_, err := tasks.FinishTx(tx, task.System, asked["bea"], "admit", "")
			began <- struct{}{}
			<-goOn
			return err
		})
	}()
	<-began
	w.happen("bea", Joined{})
	join, handing := w.joinOf("bea"), make(chan error, 1)
	go func() {
		handing <- w.d.Do(context.Background(), d.Community, func(tx *db.Tx) error { return w.engine.Handle(tx, join) })
	}()
	soon(handing)
	close(goOn)
	for _, done := range []chan error{finished, handing} {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	w.calm()
	if outcome, state := w.endedOnce("bea", asked["bea"]); outcome != "joined" || state != task.StateFinished {
		t.Errorf("bea: %s, %s", outcome, state)
	}
}
