package path

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

func cut(name string) (prefix, rest string, dotted bool) { return strings.Cut(name, ".") }

// maxMoves bounds how far a run goes in one transaction; validation refuses a circle without a wait, but waits for times that
// have passed don't wait.
const maxMoves = 100

// causeTime is the cause of a move that no fact brought about.
const causeTime = "time"

// walk goes on from the present step, which the run enters now, until it stands or ends.
func (b *batch) walk(c *Compiled, r *Run, f *fact.Fact) error {
	b.touch(r)
	for range maxMoves {
		if r.State != Running {
			return nil
		}
		n := c.nodes[r.Step]
		if n == nil { // behind the last step
			return b.end(r, done)
		}
		b.count(r, n.addr, "", 0)
		to, outcome, stands, err := b.enter(r, n, f)
		if err != nil {
			return fmt.Errorf("path %s, run %s, step %s: %w", r.Path, r.ID, n.addr, err)
		}
		if stands {
			return nil
		}
		if err := b.leave(r, n, to, outcome, f); err != nil {
			return err
		}
	}
	return fmt.Errorf("path %s, run %s: %d steps without a wait", r.Path, r.ID, maxMoves)
}

// enter begins a step. It either stands there or says where the run goes on.
func (b *batch) enter(r *Run, n *node, f *fact.Fact) (to target, outcome string, stands bool, err error) {
	s := n.step
	switch {
	case s.End != "":
		return target{end: s.End}, s.End, false, nil
	case s.Do != nil:
		outcome, err = b.do(r, *s.Do, f)
		return n.way(outcome), outcome, false, err
	case s.Choose != nil:
		for i, choice := range s.Choose.Choices {
			when, err := choice.When.filled(b.values(r))
			if err != nil {
				return to, "", false, err
			}
			ok, err := when.Holds(b.values(r))
			if err != nil {
				return to, "", false, err
			}
			if ok {
				label := "when" + strconv.Itoa(i)
				return n.way(label), label, false, nil
			}
		}
		return n.way("else"), "else", false, nil
	case s.Until != nil:
		return b.enterUntil(r, n, f)
	case s.Ask != nil:
		if to, outcome, stands, err = b.early(r, n); err != nil || !stands {
			return to, outcome, stands, err // nobody is asked for what has happened already
		}
		return to, "", true, b.ask(r, n)
	}
	r.DueAt = time.Time{}
	if s.For > 0 {
		r.DueAt = b.tx.Now().Add(time.Duration(s.For))
	}
	for i := range s.Gate {
		delete(r.Vars, gateName(n, i))
	}
	return b.early(r, n)
}

// early looks for a fact that came while the run was not waiting for it.
func (b *batch) early(r *Run, n *node) (to target, outcome string, stands bool, err error) {
	for _, k := range slices.Clone(r.early.Facts) {
		to, outcome, met, err := b.meets(r, n, k.fact())
		if err != nil || met {
			return to, outcome, !met, err
		}
	}
	return to, "", true, nil
}

// offer hands a fact to a run that may wait for it.
func (b *batch) offer(r *Run, f *fact.Fact) error {
	if r.State != Running {
		return nil
	}
	c, err := b.shelf.of(r)
	if err != nil {
		return err
	}
	if subjectOf(c.Subject, f) != r.Subject && b.askedBy(f) != r.Subject || r.early.knows(f) {
		return nil
	}
	r.by = nil
	n := c.nodes[r.Step]
	to, outcome, met, err := b.meets(r, n, f)
	if err != nil {
		return err
	}
	if !met {
		if r.by == nil && c.awaits[f.Kind] { // a gate may have taken it
			b.keepEarly(r, f)
			b.touch(r)
		}
		return nil
	}
	if err := b.leave(r, n, to, outcome, f); err != nil {
		return err
	}
	return b.walk(c, r, f)
}

// meets tells whether a fact ends the step the run stands at, and where it leads. It takes the fact's data over.
func (b *batch) meets(r *Run, n *node, f *fact.Fact) (to target, outcome string, met bool, err error) {
	s := n.step
	switch {
	case s.Wait != nil:
		if met, err = b.fits(r, f, s.Wait.On, s.Wait.Where); met || err != nil {
			return n.way(f.Kind), f.Kind, met, err
		}
	case s.Ask != nil:
		if outcome, met, err = finished(r, f); met || err != nil {
			return n.way(outcome), outcome, met, err
		}
	case len(s.Gate) > 0:
		return b.gate(r, n, f)
	}
	for i, o := range s.others() {
		if met, err = b.fits(r, f, o.On, o.Where); met || err != nil {
			return n.way(orLabel(i)), s.outcome(i, f.Kind), met, err
		}
	}
	return to, "", false, nil
}

// finished tells how the run's own task ended, if that is what the fact tells. A task that was withdrawn is its own no longer.
func finished(r *Run, f *fact.Fact) (outcome string, is bool, err error) {
	if f.Kind != taskFinished || r.Task == "" {
		return "", false, nil
	}
	var data struct{ Task, Outcome string }
	if err := f.Into(&data); err != nil || data.Task != r.Task {
		return "", false, err
	}
	r.took(f)
	r.Task = ""
	r.Vars["outcome"] = data.Outcome
	return data.Outcome, true, nil
}

func gateName(n *node, i int) string { return "gate." + n.addr + "." + strconv.Itoa(i) }

// gate notes which of its waits a fact meets, and is met when all are.
func (b *batch) gate(r *Run, n *node, f *fact.Fact) (to target, outcome string, met bool, err error) {
	open := false
	for i, w := range n.step.Gate {
		name := gateName(n, i)
		if r.Vars[name] == nil {
			ok, err := b.fits(r, f, w.On, w.Where)
			if err != nil {
				return to, "", false, err
			}
			if ok {
				r.Vars[name] = true
				b.touch(r)
			}
		}
		open = open || r.Vars[name] == nil
	}
	return target{addr: n.next}, f.Kind, !open, nil
}

// fits tells whether a fact is of the kinds and meets the condition, in which its data stands before the run's values.
func (b *batch) fits(r *Run, f *fact.Fact, kinds []string, where Condition) (bool, error) {
	if !slices.Contains(kinds, f.Kind) {
		return false, nil
	}
	var data map[string]any
	if err := f.Into(&data); err != nil {
		return false, err
	}
	values := b.values(r)
	where, err := where.filled(values)
	if err != nil {
		return false, err
	}
	ok, err := where.Holds(func(name string) (any, error) {
		if v, ok := data[name]; ok {
			return v, nil
		}
		if name == "circle" && f.Circle != "" {
			return f.Circle, nil
		}
		return values(name)
	})
	if err != nil || !ok {
		return false, err
	}
	r.took(f)
	return true, b.keep(r, f)
}

// leave writes the move into the run's log and puts the run at its new place.
func (b *batch) leave(r *Run, n *node, to target, outcome string, f *fact.Fact) error {
	b.touch(r)
	now := b.tx.Now()
	cause := causeTime
	switch {
	case r.by != nil:
		cause, r.by = r.by.ID, nil
	case f != nil:
		cause = f.ID
	}
	b.log = append(b.log, []any{b.tx.Community(), r.ID, r.moves, n.addr, now, r.EnteredAt, cause, outcome})
	b.count(r, n.addr, outcome, now.Sub(r.EnteredAt))
	r.moves++
	if r.Task != "" { // nobody has finished it, and nobody needs to now
		if err := b.e.tasks.Withdraw(b.tx, r.Task); err != nil {
			return fmt.Errorf("withdraw task %s: %w", r.Task, err)
		}
		r.Task = ""
	}
	r.DueAt, r.EnteredAt, r.Step = time.Time{}, now, to.addr
	if to.end != "" {
		return b.end(r, to.end)
	}
	return nil
}

// end ends the run. An outcome after which the path may begin again frees its once key.
func (b *batch) end(r *Run, outcome string) error {
	c, err := b.shelf.of(r)
	if err != nil {
		return err
	}
	b.touch(r)
	r.State, r.Outcome, r.EndedAt, r.DueAt, r.Step = Finished, outcome, b.tx.Now(), time.Time{}, ""
	r.early = early{}
	if slices.Contains(c.Start.Again, outcome) || slices.Contains(c.Start.Again, "*") {
		r.onceKey = ""
		if err := updateRun(b.tx, r); err != nil { // now: a fact of this very batch may begin the next one
			return err
		}
	}
	_, err = fact.Append(b.tx, Ended{Path: Name(r.Path), Run: fact.ID(r.ID), Outcome: Outcome(outcome)}, b.about(r))
	return err
}

// do runs an action.
func (b *batch) do(r *Run, d Do, f *fact.Fact) (string, error) {
	a := b.e.actions[d.Action]
	if a == nil {
		return "", fmt.Errorf("no action is called %s", d.Action)
	}
	outcome, err := a.Run(&Call{Tx: b.tx, Run: r, Fact: f, with: d.With, vals: b.values(r)})
	b.acted()
	if err != nil {
		return "", fmt.Errorf("%s: %w", d.Action, err)
	}
	if outcome != OK && !slices.Contains(a.Outcomes, outcome) {
		return "", fmt.Errorf("%s came out as %q, which it does not declare", d.Action, outcome)
	}
	return outcome, nil
}

func (b *batch) ask(r *Run, n *node) error {
	a, values := n.step.Ask, b.values(r)
	show := map[string]any{}
	for _, name := range a.Show {
		v, err := values(name)
		if err != nil {
			return err
		}
		show[name] = v
	}
	r.DueAt = time.Time{}
	if n.step.For > 0 {
		r.DueAt = b.tx.Now().Add(time.Duration(n.step.For))
	}
	var due time.Time
	if a.Within > 0 {
		due = b.tx.Now().Add(time.Duration(a.Within))
	}
	task, err := b.e.tasks.Ask(b.tx, r, n.addr, *a, due, show)
	b.acted()
	r.Task = task
	return err
}

// due is the timer: a moment has come or a deadline has passed.
func (e *Engine) due(tx *db.Tx, t job.Timer) error {
	r, found, err := lockRun(tx, t.Ref)
	if err != nil || !found || r.State != Running || r.DueAt.IsZero() {
		return err
	}
	if r.DueAt.After(tx.Now()) {
		return job.At(tx, timerKind, r.ID, r.DueAt)
	}
	b, err := e.newBatch(tx)
	if err != nil {
		return err
	}
	c, err := b.shelf.of(r)
	if err != nil {
		return err
	}
	r.timed = false // the timer that fired is gone
	b.runs[r.Subject] = []*Run{r}
	n := c.nodes[r.Step]
	to, outcome := n.way("else"), "else"
	if u := n.step.Until; u != nil {
		to, outcome = target{addr: n.next}, OK
		stands, err := b.again(r, n, true)
		if err != nil {
			return err
		}
		if stands {
			b.touch(r)
			return b.write()
		}
	}
	if err := b.leave(r, n, to, outcome, nil); err != nil {
		return err
	}
	if err := b.walk(c, r, nil); err != nil {
		return err
	}
	return b.write()
}
