package task

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// State is where a task is.
type State string

// The states. A task given to a person from the start is claimed by them.
const (
	StateOpen      State = "open" // nobody has it
	StateClaimed   State = "claimed"
	StateFinished  State = "finished"
	StateCancelled State = "cancelled"
)

// Task is work for a person. To open one, give Kind, Outcomes, and Assignee or Role and/or Circle; the rest is optional.
type Task struct {
	ID          string          `json:"id"`
	Kind        Kind            `json:"kind"`
	Person      string          `json:"person,omitempty" doc:"whom it is about"`
	Subject     string          `json:"subject,omitempty" doc:"what else it is about: a run, an order"`
	SubjectKind string          `json:"subject_kind,omitempty"`
	State       State           `json:"state"`
	Assignee    string          `json:"assignee,omitempty" doc:"operator or member who has it, or had it at its end"`
	Role        RoleName        `json:"role,omitempty" doc:"whose queue it is in"`
	Circle      string          `json:"circle,omitempty" doc:"narrows the role to those of one circle; alone, any staff of it"`
	Due         time.Time       `json:"due,omitzero"`
	Snoozed     time.Time       `json:"snoozed_until,omitzero"`
	EscalateTo  RoleName        `json:"escalate_to,omitempty" doc:"the role that is told when it is overdue"`
	EscalatedTo RoleName        `json:"escalated_to,omitempty" doc:"the role that was told"`
	Context     json.RawMessage `json:"context,omitempty" doc:"ids, enums and numbers"`
	Note        string          `json:"note,omitempty" doc:"words for whoever does it; erased with the person"`
	Outcomes    []Outcome       `json:"outcomes"`
	NeedsProof  bool            `json:"needs_proof,omitempty"`
	Outcome     Outcome         `json:"outcome,omitempty"`
	Proof       string          `json:"proof,omitempty" doc:"a picture's reference or words; erased with the person"`
	OpenedAt    time.Time       `json:"opened_at"`
	ClaimedAt   time.Time       `json:"claimed_at,omitzero"`
	EndedAt     time.Time       `json:"ended_at,omitzero"`
	Key         string          `json:"-"` // opening twice with one key opens one task
}

// Role is a role that somebody has: everywhere (Circle empty) or in one circle.
type Role struct {
	Name   RoleName
	Circle string
}

// Principal is who asks: they see what is theirs, what is in their roles' queues, and what was escalated to their roles.
type Principal struct {
	ID    string
	Roles []Role
	All   bool // sees every task: owners, and the system itself
}

// System acts for the program: a path whose deadline has passed cancels its task.
var System = Principal{All: true}

// Refusals.
var (
	ErrNotFound  = errs.Define(errs.NotFound, "task.not_found")
	ErrTaken     = errs.Define(errs.Conflict, "task.taken")
	ErrUnclaimed = errs.Define(errs.Conflict, "task.unclaimed")
	ErrEnded     = errs.Define(errs.Conflict, "task.ended")
	ErrOutcome   = errs.Define(errs.Invalid, "task.outcome")
	ErrProof     = errs.Define(errs.Invalid, "task.proof")
	ErrNobody    = errs.Define(errs.Invalid, "task.nobody")
	ErrPast      = errs.Define(errs.Invalid, "task.past")
	ErrKeyReused = errs.Define(errs.Conflict, "task.key_reused")
)

// check refuses a task that nobody could do or end.
func (t Task) check() error {
	if t.Assignee == "" && t.Role == "" && t.Circle == "" {
		return ErrNobody
	}
	if t.Kind == "" || len(t.Outcomes) == 0 || slices.Contains(t.Outcomes, "") {
		return fmt.Errorf("open task: it needs a kind and declared outcomes, not %q %q", t.Kind, t.Outcomes)
	}
	if len(t.Context) > 0 && !json.Valid(t.Context) {
		return fmt.Errorf("open task %s: its context is not JSON", t.Kind)
	}
	return nil
}

// contentHash covers what was asked, but of its words only that there are any: a hash of words would outlive their erasure. The
// words themselves are compared while they are there.
func (t Task) contentHash() string {
	b := fmt.Appendf(nil, "%q %q %q %q %q %q %q %d %q %s %q %t", t.Kind, t.Person, t.Subject, t.SubjectKind,
		t.Assignee, t.Role, t.Circle, db.Micros(t.Due), t.EscalateTo, t.Context, t.Outcomes, t.NeedsProof)
	if t.Note != "" {
		b = append(b, " noted"...)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// Filter narrows a list. Its zero value is the caller's own queue: what they have and what they may take, not snoozed.
type Filter struct {
	State   State // lists every task in that state that the caller may see
	Kind    Kind
	Person  string
	Subject string
	Mine    bool // only what the caller has
}

// Counts are the figures of a caller's queue.
type Counts struct {
	Open    int `json:"open" doc:"all in the queue"`
	Mine    int `json:"mine" doc:"of them, what the caller has"`
	Overdue int `json:"overdue" doc:"of them, past due"`
}
