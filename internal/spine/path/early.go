package path

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// early is what a run keeps of facts that came while it was not waiting for them. The subscriber hands every fact over
// once, so nothing has to be looked for in the log, and it does not matter in which order the shards of a subject that is
// no person are read.
type early struct {
	Facts []kept   `json:"facts,omitempty"` // in the order of recording
	Seen  []string `json:"seen,omitempty"`  // kept when the run began; the subscriber may be still to bring them
}

// kept is a fact as far as a step looks at it: like every fact it holds no words.
type kept struct {
	ID     string          `json:"id"`
	Kind   string          `json:"kind"`
	Circle string          `json:"circle,omitempty"`
	At     int64           `json:"at"` // recorded
	Data   json.RawMessage `json:"data"`
}

// maxEarly bounds what a run keeps; the oldest go first.
const maxEarly = 100

func (k kept) fact() *fact.Fact {
	return &fact.Fact{ID: k.ID, Kind: k.Kind, Circle: k.Circle, RecordedAt: db.FromMicros(k.At), Data: k.Data}
}

func (k kept) after(at time.Time, id string) bool {
	us := db.Micros(at)
	return k.At > us || k.At == us && k.ID > id
}

func (e *early) keep(f *fact.Fact) {
	at := len(e.Facts)
	for at > 0 && e.Facts[at-1].after(f.RecordedAt, f.ID) {
		at--
	}
	e.Facts = slices.Insert(e.Facts, at, kept{f.ID, f.Kind, f.Circle, db.Micros(f.RecordedAt), f.Data})
	if n := len(e.Facts) - maxEarly; n > 0 {
		e.Facts = slices.Delete(e.Facts, 0, n)
	}
}

// dropUpTo forgets a fact and those recorded before it.
func (e *early) dropUpTo(f *fact.Fact) {
	e.Facts = slices.DeleteFunc(e.Facts, func(k kept) bool { return !k.after(f.RecordedAt, f.ID) })
}

// knows tells whether a fact that is handed over was kept when the run began.
func (e *early) knows(f *fact.Fact) bool { return slices.Contains(e.Seen, f.ID) }

// sinceStart keeps the facts of a subject that were recorded after the one that begins the run. Those of a person are all
// handed over after it; those of other subjects are in several shards, some of which may be ahead.
func (b *batch) sinceStart(c *Compiled, r *Run, f *fact.Fact) error {
	if ofPersons(c.Subject) || len(c.awaits) == 0 {
		return nil
	}
	facts, err := fact.OfOtherSince(b.tx, c.Subject, r.Subject, f.RecordedAt, f.ID, 500)
	for i := range facts {
		if c.awaits[facts[i].Kind] {
			r.early.keep(&facts[i])
			r.early.Seen = append(r.early.Seen, facts[i].ID)
		}
	}
	return err
}
