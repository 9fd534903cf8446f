package path

import (
	"fmt"
	"strings"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Outcomes that no playbook writes: the run gave way to another of the same path when two persons became one, or its
// person was erased.
const (
	Merged = "merged"
	Erased = "erased"
)

// FollowMerges tells the engine how to find who stands for persons now: roots gives those of the ids that were merged into
// another. Facts of the one who went reach the runs of the one who stayed.
func (e *Engine) FollowMerges(roots func(tx *db.Tx, ids []string) (map[string]string, error)) {
	e.roots = roots
}

// followMerges puts the one who stands for them into facts about persons who were merged since.
func (b *batch) followMerges(facts []fact.Fact) error {
	if b.e.roots == nil {
		return nil
	}
	ids, known := make([]string, 0, len(facts)), map[string]bool{"": true}
	for i := range facts {
		if p := facts[i].Person; !known[p] {
			known[p] = true
			ids = append(ids, p)
		}
	}
	roots, err := b.e.roots(b.tx, ids)
	if err != nil {
		return fmt.Errorf("find merged persons: %w", err)
	}
	for i := range facts {
		if root, merged := roots[facts[i].Person]; merged {
			facts[i].Person = root
		}
	}
	return nil
}

// BeforeMergeTx is the first to be told of a merge, before anything else is locked for it. It waits until no facts are being
// handed over in the community, and lets none be until the commit: a run that is started meanwhile would stay the one's who
// went, and a fact of theirs would miss the run of the one who stays.
func (e *Engine) BeforeMergeTx(tx *db.Tx, _, _ string) error { return lockMerging(tx) }

// RebindTx lets the runs of a person go on as another's, after a merge. Where both are on one path that a person goes once,
// the run that is further on goes on, or the other's own, and the one left behind ends as Merged. Nothing starts anew.
func (e *Engine) RebindTx(tx *db.Tx, from, into string) error {
	if err := lockMerging(tx); err != nil {
		return err
	}
	b, err := e.newBatch(tx)
	if err != nil {
		return err
	}
	theirs, err := allOf(tx, from, into)
	if err != nil {
		return err
	}
	for _, r := range theirs {
		if r.Subject != from || r.Person != from {
			continue
		}
		if err := b.rebind(r, theirs, into); err != nil {
			return fmt.Errorf("let run %s go on as another's: %w", r.ID, err)
		}
	}
	return b.write()
}

// rebind gives a run to another person. Its row is written anew, because only an insert can tell whether a key is free.
func (b *batch) rebind(r *Run, all []*Run, into string) error {
	from := r.Subject
	was := r.onceKey
	r.Subject, r.Person = into, into
	r.onceKey = strings.Replace(was, "p:"+from+" ", "p:"+into+" ", 1)
	if r.onceKey == was {
		b.touch(r)
		return b.recall(r)
	}
	if err := deleteRun(b.tx, r.ID); err != nil {
		return err
	}
	free, err := insertRun(b.tx, r)
	if err != nil || free {
		return or(err, func() error { return b.recall(r) })
	}
	key := r.onceKey
	r.onceKey = ""
	if _, err := insertRun(b.tx, r); err != nil || r.State != Running {
		return err
	}
	for _, own := range all {
		if own.onceKey != key || own.Path != r.Path || own.State != Running {
			continue
		}
		last, first := own, r
		if r.moves > own.moves {
			last, first = r, own
		}
		for _, k := range first.early.Facts {
			b.keepEarly(last, k.fact())
		}
		if err := b.stop(first, Merged); err != nil {
			return err
		}
		b.touch(last)
		if first == own { // the key goes over; the row that gives it up is written first
			own.onceKey, r.onceKey = "", key
		}
		return b.recall(last)
	}
	return b.recall(r)
}

func or(err error, then func() error) error {
	if err != nil {
		return err
	}
	return then()
}

// recall asks the moment of a run that waits for one again: its new person's may be another.
func (b *batch) recall(r *Run) error {
	if r.State != Running {
		return nil
	}
	c, err := b.shelf.of(r)
	if err != nil {
		return err
	}
	u := c.nodes[r.Step].step.Until
	if u == nil || u.Moment == "" {
		return nil
	}
	b.touch(r)
	_, err = b.again(r, c.nodes[r.Step], false)
	return err
}

// stop ends a run where it stands.
func (b *batch) stop(r *Run, outcome string) error {
	c, err := b.shelf.of(r)
	if err != nil {
		return err
	}
	return b.leave(r, c.nodes[r.Step], target{end: outcome}, outcome, nil)
}

// EraseTx ends the runs of a person who is erased: whatever they waited for, nobody is there any more.
func (e *Engine) EraseTx(tx *db.Tx, person string) error {
	b, err := e.newBatch(tx)
	if err != nil {
		return err
	}
	runs, err := runningOf(tx, []string{person})
	if err != nil {
		return err
	}
	for _, r := range runs {
		if err := b.stop(r, Erased); err != nil {
			return fmt.Errorf("end run %s of an erased person: %w", r.ID, err)
		}
	}
	return b.write()
}

// reserved are words that a playbook can't use as outcomes, because the engine does.
var reserved = []string{"else", Merged, Erased}
