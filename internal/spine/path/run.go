package path

import (
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Run is one subject on its way through a path.
type Run struct {
	ID        string         `json:"id"`
	Path      string         `json:"path"`
	Version   int            `json:"version"`
	Subject   string         `json:"subject"`
	Person    string         `json:"person,omitempty"`
	State     State          `json:"state"`
	Outcome   string         `json:"outcome,omitempty"`
	Step      string         `json:"step"` // address of the present step
	EnteredAt time.Time      `json:"entered_at"`
	DueAt     time.Time      `json:"due_at,omitzero"`
	Task      string         `json:"task,omitempty"`
	Circle    string         `json:"circle,omitempty"`
	Entry     string         `json:"entry,omitempty"`
	Vars      map[string]any `json:"vars"`
	StartedAt time.Time      `json:"started_at"`
	EndedAt   time.Time      `json:"ended_at,omitzero"`

	onceKey string
	moves   int
	early   early
	by      *fact.Fact // what met the present step
	timed   bool       // a timer is set for DueAt in the database
}

// State of a run.
type State string

// The states.
const (
	Running  State = "running"
	Finished State = "ended"
)

// Refusals.
var (
	ErrUnknownPath = errs.Define(errs.NotFound, "path.unknown")
	ErrUnknownRun  = errs.Define(errs.NotFound, "path.unknown_run")
)

// Move is one line of a run's log: a step it left.
type Move struct {
	Step      string    `json:"step"`
	EnteredAt time.Time `json:"entered_at"`
	At        time.Time `json:"at"`
	Cause     string    `json:"cause"` // the fact's id, or "time"
	Outcome   string    `json:"outcome"`
}

// took notes that the run has consumed a fact.
func (r *Run) took(f *fact.Fact) {
	r.by = f
	r.early.consumed(f)
}

// subjectOf is whose run a fact is for, by the path's kind of subject.
func subjectOf(kind string, f *fact.Fact) string {
	switch {
	case ofPersons(kind):
		return f.Person
	case kind == "circle":
		return f.Circle
	}
	return f.Subject
}

// ofPersons tells whether a path's runs are about persons: their facts come in one order.
func ofPersons(kind string) bool { return kind == "person" || kind == "candidate" }

// Moves is how many steps the run has left: with the run's id it keys what an action does at one step.
func (r *Run) Moves() int { return r.moves }
