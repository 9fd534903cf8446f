package path

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// batch moves runs within one transaction. Runs are read once and written once, at its end.
type batch struct {
	e      *Engine
	tx     *db.Tx
	shelf  *shelf
	runs   map[string][]*Run // by subject
	asked  map[string]string // subjects of the runs whose tasks were finished, by run
	dirty  []*Run
	isDirt map[*Run]bool
	log    [][]any
	read   map[looked]map[string]any // what the sources said, until an action may have changed it
}

// looked is what a source is asked about.
type looked struct{ prefix, run, person, circle, entry string }

func (e *Engine) newBatch(tx *db.Tx) (*batch, error) {
	s, err := e.shelf(tx)
	if err != nil {
		return nil, err
	}
	return &batch{e: e, tx: tx, shelf: s, runs: map[string][]*Run{}, isDirt: map[*Run]bool{}, read: map[looked]map[string]any{}}, nil
}

// handle is the subscriber: each fact moves the runs that wait for it, then starts the paths that begin with it.
func (e *Engine) handle(tx *db.Tx, facts []fact.Fact) error {
	b, err := e.newBatch(tx)
	if err != nil {
		return err
	}
	facts = slices.DeleteFunc(slices.Clone(facts), func(f fact.Fact) bool { return !b.shelf.takes[f.Kind] })
	if len(facts) == 0 {
		return nil
	}
	if err := lockHanding(tx); err != nil {
		return err
	}
	if err := b.followMerges(facts); err != nil {
		return err
	}
	if err := b.load(facts); err != nil {
		return err
	}
	for i := range facts {
		f := &facts[i]
		for _, s := range b.subjects(f) {
			for _, r := range slices.Clone(b.runs[s]) {
				if err := b.offer(r, f); err != nil {
					return err
				}
			}
		}
		for _, c := range b.shelf.byKind[f.Kind] {
			if err := b.start(c, f); err != nil {
				return err
			}
		}
	}
	return b.write()
}

// subjects lists whose runs a fact may concern. The end of a task concerns the run that asked, whatever that is about.
func (b *batch) subjects(f *fact.Fact) []string {
	var out []string
	for _, s := range []string{f.Person, f.Subject, f.Circle, b.askedBy(f)} {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// askedBy is the subject of the run that a finished task was for; "" for any other fact.
func (b *batch) askedBy(f *fact.Fact) string {
	if f.Kind != taskFinished {
		return ""
	}
	return b.asked[f.Subject]
}

// whoAsked finds the subjects of the runs whose tasks were finished: the fact names the run.
func (b *batch) whoAsked(facts []fact.Fact) (err error) {
	var runs []string
	for i := range facts {
		if facts[i].Kind == taskFinished && facts[i].Subject != "" {
			runs = append(runs, facts[i].Subject)
		}
	}
	b.asked, err = subjectsOf(b.tx, runs)
	return err
}

func (b *batch) load(facts []fact.Fact) error {
	if err := b.whoAsked(facts); err != nil {
		return err
	}
	all, shared := map[string]bool{}, map[string]bool{}
	for i := range facts {
		f := &facts[i]
		for _, s := range b.subjects(f) {
			all[s] = true
		}
		if b.shelf.shared[f.Kind] {
			shared[f.Subject], shared[f.Circle], shared[b.askedBy(f)] = true, true, true
		}
	}
	delete(shared, "")
	if err := lockSubjects(b.tx, slices.Sorted(maps.Keys(shared))); err != nil {
		return err
	}
	runs, err := runningOf(b.tx, slices.Sorted(maps.Keys(all)))
	for _, r := range runs {
		b.runs[r.Subject] = append(b.runs[r.Subject], r)
	}
	return err
}

// start begins a run, unless its path has had one for what it is once per.
func (b *batch) start(c *Compiled, f *fact.Fact) error {
	subject := subjectOf(c.Subject, f)
	if subject == "" {
		return nil
	}
	r := &Run{
		ID: b.tx.NewID(), Path: c.Name, Version: c.Version, Subject: subject, Person: f.Person, State: Running, Entry: f.Entry, Circle: f.Circle,
		Step: c.first, EnteredAt: b.tx.Now(), StartedAt: b.tx.Now(), Vars: map[string]any{}, onceKey: onceKey(c, f),
	}
	r.early.consumed(f)
	if err := b.keep(r, f); err != nil {
		return err
	}
	ok, err := c.Start.Where.Holds(b.values(r))
	if err != nil || !ok {
		return err
	}
	// The row goes in first: its once key is what keeps a second run out.
	added, err := insertRun(b.tx, r)
	if err != nil || !added {
		return err
	}
	if err := b.sinceStart(c, r, f); err != nil {
		return err
	}
	b.runs[subject] = append(b.runs[subject], r)
	if _, err := fact.Append(b.tx, Started{Path: Name(c.Name), Run: fact.ID(r.ID)}, b.about(r)); err != nil {
		return err
	}
	return b.walk(c, r, f)
}

// onceKey is what a path runs once per; it is empty for a path that may run any number of times at once.
func onceKey(c *Compiled, f *fact.Fact) string {
	key := ""
	for _, per := range c.Start.OncePer {
		switch per {
		case "person":
			key += "p:" + f.Person + " "
		case "subject":
			key += "s:" + f.Subject + " "
		case "circle":
			key += "c:" + f.Circle + " "
		case "entry":
			key += "e:" + f.Entry + " "
		}
	}
	return key
}

func (b *batch) about(r *Run) fact.Fact {
	f := fact.Fact{Person: r.Person, Circle: r.Circle, Entry: r.Entry}
	if r.Subject != r.Person {
		f.Subject = r.Subject
	}
	return f
}

// keep takes a fact's data over into the run's values.
func (b *batch) keep(r *Run, f *fact.Fact) error {
	if f.Circle != "" {
		r.Circle = f.Circle
	}
	var data map[string]any
	if err := f.Into(&data); err != nil {
		return err
	}
	for k, v := range data {
		r.Vars[k] = v
	}
	return nil
}

// touch marks a run to be written at the end.
func (b *batch) touch(r *Run) {
	if !b.isDirt[r] {
		b.isDirt[r] = true
		b.dirty = append(b.dirty, r)
	}
}

// count adds a run to a step's counts; outcome "" counts those that came.
func (b *batch) count(r *Run, step, outcome string, spent time.Duration) {
	b.e.counts.Add(b.tx, []any{r.Path, r.Version, step, outcome}, 1, int64(spent/time.Second))
}

// write stores every run that moved, its log, its timer and the counts.
func (b *batch) write() error {
	for _, r := range b.dirty {
		if err := updateRun(b.tx, r); err != nil {
			return err
		}
		if err := b.setTimer(r); err != nil {
			return err
		}
		topic := movedTopic + r.Subject
		b.tx.AfterCommit(func() { b.e.bus.Broadcast(topic, nil) })
	}
	if err := b.tx.Insert("path_log", logColumns, b.log); err != nil {
		return fmt.Errorf("write the runs' log: %w", err)
	}
	return nil
}

func (b *batch) setTimer(r *Run) error {
	switch {
	case r.State == Running && !r.DueAt.IsZero():
		r.timed = true
		return job.At(b.tx, timerKind, r.ID, r.DueAt)
	case r.timed:
		r.timed = false
		return job.Clear(b.tx, timerKind, r.ID)
	}
	return nil
}

// values looks names up: the run's own, then those of the sources.
func (b *batch) values(r *Run) Values {
	return func(name string) (any, error) {
		switch name {
		case "subject":
			return r.Subject, nil
		case "circle":
			return r.Circle, nil
		case "entry":
			return r.Entry, nil
		case "run":
			return r.ID, nil
		}
		if v, ok := r.Vars[name]; ok {
			return v, nil
		}
		prefix, rest, dotted := cut(name)
		s := b.e.sources[prefix]
		if !dotted || s == nil {
			return nil, nil
		}
		key := looked{prefix, r.ID, r.Person, r.Circle, r.Entry}
		m, ok := b.read[key]
		if !ok {
			var err error
			if m, err = s.Read(b.tx, r); err != nil {
				return nil, err
			}
			b.read[key] = m
		}
		return m[rest], nil
	}
}

// acted forgets what an action may have changed.
func (b *batch) acted() {
	maps.DeleteFunc(b.read, func(k looked, _ map[string]any) bool { return !b.e.sources[k.prefix].Steady })
}

func (b *batch) zone() *time.Location { return b.e.zone(context.Background(), b.tx.Community()) }
