package task_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/test/testkit"
)

type world struct {
	*testing.T
	*testkit.DB
	tasks  *task.Service
	runner *job.Runner
}

func each(t *testing.T, fn func(w *world)) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := &world{T: t, DB: d, tasks: task.New(d.DB), runner: job.NewRunner(d.DB, slog.New(slog.DiscardHandler))}
		fact.NewLog(d.DB, bus.NewLocal(), slog.New(slog.DiscardHandler))
		w.tasks.Register(w.runner)
		fn(w)
	})
}

var (
	ann  = task.Principal{ID: "ann", Roles: []task.Role{{Name: "service"}}}
	ben  = task.Principal{ID: "ben", Roles: []task.Role{{Name: "service"}}}
	lead = task.Principal{ID: "lee", Roles: []task.Role{{Name: "lead"}}}
	host = task.Principal{ID: "hua", Roles: []task.Role{{Name: "service", Circle: "c1"}}}
	none = task.Principal{ID: "zoe"}
)

func review(key string) task.Task {
	return task.Task{
		Kind: "review", Person: "p1", Subject: "run1", SubjectKind: "run", Role: "service", EscalateTo: "lead", Key: key,
		Due: testkit.Start.Add(4 * time.Hour), Context: json.RawMessage(`{"suspicion":70}`), Note: "called twice", Outcomes: []task.Outcome{"admit", "refuse"},
	}
}

func (w *world) open(t task.Task) task.Task {
	w.Helper()
	t, err := w.tasks.Open(w.Context(), w.Community, t)
	w.must(err)
	return t
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) is(err, want error) {
	w.Helper()
	if !errors.Is(err, want) {
		w.Errorf("got %v, want %v", err, want)
	}
}

func (w *world) step() {
	w.Helper()
	_, err := w.runner.Step(w.Context())
	w.must(err)
}

// facts lists the facts about p1, in order.
func (w *world) facts() (out []fact.Fact) {
	w.Helper()
	w.must(w.Read(w.Context(), w.Community, func(tx *db.Tx) (err error) {
		out, err = fact.OfPersonAfter(tx, "p1", 0, 100)
		return err
	}))
	return out
}

func (w *world) kinds() (out []string) {
	for _, f := range w.facts() {
		out = append(out, f.Kind)
	}
	return out
}

func (w *world) queue(by task.Principal, f task.Filter) (ids []string) {
	w.Helper()
	cursor := ""
	for {
		p, err := w.tasks.List(w.Context(), w.Community, by, f, cursor, 2)
		w.must(err)
		for _, t := range p.Items {
			ids = append(ids, t.ID)
		}
		if cursor = p.Next; cursor == "" {
			return ids
		}
	}
}

func TestATaskFromOpeningToItsOutcome(t *testing.T) {
	each(t, func(w *world) {
		a := w.open(review("k"))
		if again := w.open(review("k")); again.ID != a.ID {
			w.Errorf("opened twice: %s, %s", a.ID, again.ID)
		}
		for _, change := range []func(*task.Task){
			func(t *task.Task) { t.Role = "lead" }, func(t *task.Task) { t.Note = "called once" }, func(t *task.Task) { t.Note = "" },
		} {
			other := review("k")
			change(&other)
			_, err := w.tasks.Open(w.Context(), w.Community, other)
			w.is(err, task.ErrKeyReused)
		}

		_, err := w.tasks.Claim(w.Context(), w.Community, ann, a.ID)
		w.must(err)
		_, err = w.tasks.Claim(w.Context(), w.Community, ben, a.ID)
		w.is(err, task.ErrTaken)
		_, err = w.tasks.Finish(w.Context(), w.Community, ben, a.ID, "admit", "")
		w.is(err, task.ErrTaken)
		_, err = w.tasks.Finish(w.Context(), w.Community, ann, a.ID, "perhaps", "")
		w.is(err, task.ErrOutcome)
		for range 2 { // a second click is harmless
			done, err := w.tasks.Finish(w.Context(), w.Community, ann, a.ID, "admit", "")
			w.must(err)
			if done.State != task.StateFinished || done.Outcome != "admit" || done.Note != "called twice" || string(done.Context) == "" {
				w.Errorf("finished as %+v", done)
			}
		}
		_, err = w.tasks.Finish(w.Context(), w.Community, ann, a.ID, "refuse", "")
		w.is(err, task.ErrEnded)
		_, err = w.tasks.Claim(w.Context(), w.Community, ann, a.ID)
		w.is(err, task.ErrEnded)
		_, err = w.tasks.Cancel(w.Context(), w.Community, ann, a.ID)
		w.is(err, task.ErrEnded)

		facts := w.facts()
		if got := fmt.Sprint(w.kinds()); got != "[task.opened task.claimed task.finished]" {
			w.Fatalf("facts %s", got)
		}
		var fin task.Finished
		w.must(facts[2].Into(&fin))
		if fin.Outcome != "admit" || string(fin.Task) != a.ID || facts[2].Subject != "run1" || facts[2].Actor != "ann" {
			w.Errorf("fact %+v of %+v", fin, facts[2])
		}
		w.Clock.Advance(24 * time.Hour)
		w.step()
		if n := len(w.facts()); n != 3 {
			w.Errorf("a finished task escalated: %v", w.kinds())
		}
	})
}

func TestProofWhereDeclared(t *testing.T) {
	each(t, func(w *world) {
		r := review("")
		r.NeedsProof = true
		a := w.open(r)
		_, err := w.tasks.Finish(w.Context(), w.Community, ann, a.ID, "admit", "")
		w.is(err, task.ErrProof)
		_, err = w.tasks.Finish(w.Context(), w.Community, ann, a.ID, "admit", "blob:1")
		w.must(err)
		_, err = w.tasks.Finish(w.Context(), w.Community, ann, a.ID, "admit", "")
		w.must(err)

		w.must(w.Do(w.Context(), w.Community, func(tx *db.Tx) error { return w.tasks.ErasePersonTx(tx, "p1") }))
		got, err := w.tasks.Get(w.Context(), w.Community, ann, a.ID)
		w.must(err)
		if got.Note != "" || got.Proof != "" || got.Outcome != "admit" {
			w.Errorf("after erasure: %+v", got)
		}
	})
}

// Two people at two nodes claim, or finish with different outcomes, at once: one wins, the other is told.
func TestRacesHaveOneWinner(t *testing.T) {
	each(t, func(w *world) {
		second, err := db.Open(context.Background(), w.Config)
		w.must(err)
		defer second.Close()
		fact.NewLog(second, bus.NewLocal(), slog.New(slog.DiscardHandler))
		nodes := []*task.Service{w.tasks, task.New(second)}
		race := func(name string, refusal error, fn func(node *task.Service, by task.Principal, id string) error) {
			for i := range 15 {
				a := w.open(review(fmt.Sprint(name, i)))
				var wg sync.WaitGroup
				errs := make([]error, 2)
				for n, by := range []task.Principal{ann, ben} {
					wg.Go(func() { errs[n] = fn(nodes[n], by, a.ID) })
				}
				wg.Wait()
				if (errs[0] == nil) == (errs[1] == nil) {
					w.Fatalf("%s: %v and %v", name, errs[0], errs[1])
				}
				for _, err := range errs {
					if err != nil {
						w.is(err, refusal)
					}
				}
			}
		}
		race("claim", task.ErrTaken, func(node *task.Service, by task.Principal, id string) error {
			_, err := node.Claim(w.Context(), w.Community, by, id)
			return err
		})
		race("finish", task.ErrEnded, func(node *task.Service, by task.Principal, id string) error {
			outcome := task.Outcome("admit")
			if by.ID == "ben" {
				outcome = "refuse"
			}
			_, err := node.Finish(w.Context(), w.Community, by, id, outcome, "")
			return err
		})
		race("cancel", task.ErrEnded, func(node *task.Service, by task.Principal, id string) (err error) {
			if by.ID == "ben" {
				_, err = node.Cancel(w.Context(), w.Community, by, id)
			} else {
				_, err = node.Finish(w.Context(), w.Community, by, id, "admit", "")
			}
			return err
		})
		// One key from two nodes opens one task.
		for i := range 15 {
			var wg sync.WaitGroup
			ids := make([]string, 2)
			for n, node := range nodes {
				wg.Go(func() {
					a, err := node.Open(w.Context(), w.Community, review(fmt.Sprint("same", i)))
					if err != nil {
						w.Error(err)
					}
					ids[n] = a.ID
				})
			}
			wg.Wait()
			if ids[0] != ids[1] {
				w.Fatalf("one key opened %v", ids)
			}
		}
	})
}

func TestOverdueEscalatesOncePerDueTime(t *testing.T) {
	each(t, func(w *world) {
		a := w.open(review(""))
		_, err := w.tasks.Claim(w.Context(), w.Community, ann, a.ID)
		w.must(err)
		w.Clock.Advance(3 * time.Hour)
		w.step()
		if len(w.queue(lead, task.Filter{})) != 0 {
			w.Error("escalated early")
		}
		w.Clock.Advance(2 * time.Hour)
		w.step()
		w.step()
		if got := fmt.Sprint(w.kinds()); got != "[task.opened task.claimed task.escalated]" {
			w.Errorf("facts %s", got)
		}
		n, err := w.tasks.Counts(w.Context(), w.Community, lead)
		w.must(err)
		if n != (task.Counts{Open: 1, Overdue: 1}) {
			w.Errorf("the lead counts %+v", n)
		}
		// The lead gives it to somebody else with a new due time, which may pass too.
		_, err = w.tasks.HandOver(w.Context(), w.Community, lead, a.ID, task.Handover{To: "ben", Due: w.Clock.Now().Add(time.Hour)})
		w.must(err)
		_, err = w.tasks.Finish(w.Context(), w.Community, ann, a.ID, "admit", "")
		w.is(err, task.ErrTaken)
		w.Clock.Advance(2 * time.Hour)
		w.step()
		if got := fmt.Sprint(w.kinds()); got != "[task.opened task.claimed task.escalated task.handed_over task.escalated]" {
			w.Errorf("facts %s", got)
		}
		_, err = w.tasks.HandOver(w.Context(), w.Community, ben, a.ID, task.Handover{Role: "design"})
		w.must(err)
		if len(w.queue(ann, task.Filter{})) != 0 || len(w.queue(lead, task.Filter{})) != 0 {
			w.Error("still shown to the roles it left")
		}
	})
}

func TestSnoozeHidesUntilItsTimeOrTheDueTime(t *testing.T) {
	each(t, func(w *world) {
		a := w.open(review(""))
		_, err := w.tasks.Snooze(w.Context(), w.Community, ann, a.ID, testkit.Start.Add(time.Hour))
		w.is(err, task.ErrUnclaimed)
		_, err = w.tasks.Claim(w.Context(), w.Community, ann, a.ID)
		w.must(err)
		_, err = w.tasks.Snooze(w.Context(), w.Community, ann, a.ID, testkit.Start)
		w.is(err, task.ErrPast)
		for _, until := range []time.Duration{time.Hour, 100 * time.Hour} {
			_, err = w.tasks.Snooze(w.Context(), w.Community, ann, a.ID, testkit.Start.Add(until))
			w.must(err)
			if len(w.queue(ann, task.Filter{})) != 0 {
				w.Error("a snoozed task is shown")
			}
			w.Clock.Set(testkit.Start.Add(min(until, 4*time.Hour)))
			if len(w.queue(ann, task.Filter{})) != 1 {
				w.Errorf("not shown again after %v", until)
			}
		}
	})
}

func TestVerifyFindsAForgottenTask(t *testing.T) {
	each(t, func(w *world) {
		flaws := func() (f []task.Flaw) {
			w.must(w.Read(w.Context(), w.Community, func(tx *db.Tx) (err error) {
				f, err = task.Verify(tx)
				return err
			}))
			return f
		}
		a := w.open(review(""))
		w.Clock.Advance(5 * time.Hour)
		if f := flaws(); len(f) != 0 {
			w.Errorf("its timer is still to fire: %v", f)
		}
		w.must(w.Do(w.Context(), w.Community, func(tx *db.Tx) error { return job.Clear(tx, "task.due", a.ID) }))
		if f := flaws(); len(f) != 1 || f[0].Task != a.ID {
			w.Errorf("a lost timer: %v", f)
		}
	})
}

func TestATaskMustBeForSomebody(t *testing.T) {
	each(t, func(w *world) {
		r := review("")
		r.Role = ""
		_, err := w.tasks.Open(w.Context(), w.Community, r)
		w.is(err, task.ErrNobody)
		r = review("")
		r.Outcomes = nil
		if _, err = w.tasks.Open(w.Context(), w.Community, r); err == nil {
			w.Error("a task without an end was opened")
		}
		a := w.open(review(""))
		for range 2 {
			_, err = w.tasks.Cancel(w.Context(), w.Community, task.System, a.ID)
			w.must(err)
		}
		if _, err := fact.NewRegistry(task.Facts()...); err != nil {
			w.Error(err)
		}
	})
}
