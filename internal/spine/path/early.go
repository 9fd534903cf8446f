package path

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// early is what a run keeps of facts that came while it was not waiting for them. The subscriber hands every fact over
// once, so nothing has to be looked for in the log, and it does not matter in which order the shards of a subject that is
// no person are read.
type early struct {
	Facts  []kept   `json:"facts,omitempty"`   // in the order of recording
	Seen   []string `json:"seen,omitempty"`    // kept when the run began; the subscriber may be still to bring them
	Last   string   `json:"last,omitempty"`    // the latest fact that the run consumed
	LastAt int64    `json:"last_at,omitempty"` // when that was recorded
}

// kept is a fact as far as a step looks at it: like every fact it holds no words.
type kept struct {
	ID     string          `json:"id"`
	Kind   string          `json:"kind"`
	Circle string          `json:"circle,omitempty"`
	At     int64           `json:"at"` // recorded
	Data   json.RawMessage `json:"data"`
}

// maxEarly bounds what a run keeps; the oldest go first, and the log says so.
const maxEarly = 100

func (k kept) fact() *fact.Fact {
	return &fact.Fact{ID: k.ID, Kind: k.Kind, Circle: k.Circle, RecordedAt: db.FromMicros(k.At), Data: k.Data}
}

func (k kept) after(at time.Time, id string) bool {
	us := db.Micros(at)
	return k.At > us || k.At == us && k.ID > id
}

// keep adds a fact, and tells whether another one had to go for it.
func (e *early) keep(f *fact.Fact) (lost bool) {
	at := len(e.Facts)
	for at > 0 && e.Facts[at-1].after(f.RecordedAt, f.ID) {
		at--
	}
	e.Facts = slices.Insert(e.Facts, at, kept{f.ID, f.Kind, f.Circle, db.Micros(f.RecordedAt), f.Data})
	if lost = len(e.Facts) > maxEarly; lost {
		e.Facts = slices.Delete(e.Facts, 0, len(e.Facts)-maxEarly)
	}
	return lost
}

// consumed forgets a fact that met a step, and those that were there before the one consumed last: what came since then, while
// the run waited for something else, may be what its next step waits for.
func (e *early) consumed(f *fact.Fact) {
	last := db.FromMicros(e.LastAt)
	e.Facts = slices.DeleteFunc(e.Facts, func(k kept) bool { return k.ID == f.ID || e.Last != "" && !k.after(last, e.Last) })
	if us := db.Micros(f.RecordedAt); e.LastAt < us || e.LastAt == us && e.Last < f.ID {
		e.Last, e.LastAt = f.ID, us
	}
}

// keepEarly keeps a fact for a run.
func (b *batch) keepEarly(r *Run, f *fact.Fact) {
	if r.early.keep(f) {
		b.e.log.Warn("a run has more facts than it keeps, and forgets the oldest", "community", b.tx.Community(), "path", r.Path, "run", r.ID, "kept", maxEarly)
	}
}

// knows tells whether a fact that is handed over was kept when the run began.
func (e *early) knows(f *fact.Fact) bool { return slices.Contains(e.Seen, f.ID) }

// sinceStart keeps the facts of a subject that were recorded after the one that begins the run. Those of a person are all
// handed over after it; those of other subjects are in several shards, some of which may be ahead.
func (b *batch) sinceStart(c *Compiled, r *Run, f *fact.Fact) error {
	if ofPersons(c.Subject) || len(c.awaits) == 0 {
		return nil
	}
	// One more than is kept: then the log tells that there were too many.
	facts, err := fact.OfOtherSince(b.tx, c.Subject, r.Subject, slices.Sorted(maps.Keys(c.awaits)), f.RecordedAt, f.ID, maxEarly+1)
	for i := range facts {
		b.keepEarly(r, &facts[i])
		r.early.Seen = append(r.early.Seen, facts[i].ID)
	}
	return err
}
