package path

import (
	"slices"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/text"
)

// Definition is one version of a path, as its source says it.
type Definition struct {
	Name    string    `json:"name"`
	Title   text.Text `json:"title,omitempty"`
	Subject string    `json:"subject"` // person, circle, event, order, candidate, term
	Start   Start     `json:"start"`
	Steps   []Step    `json:"steps"`
}

// Start says which facts begin a run.
type Start struct {
	On      []string  `json:"on"`
	Where   Condition `json:"where,omitempty"`
	OncePer []string  `json:"once_per,omitempty"` // person, subject, circle, entry: one run for each; none means any number
	Again   []string  `json:"again,omitempty"`    // outcomes after which a new run may begin all the same; "*" for any
}

// Step is one step; exactly one of the fields from Wait to End is set.
type Step struct {
	Name  string    `json:"name,omitempty"` // what `go NAME` jumps to
	Title text.Text `json:"title,omitempty"`
	Owner string    `json:"owner,omitempty"` // role
	Stage text.Text `json:"stage,omitempty"` // of the path, which begins here: a name for those who look at it from outside

	Wait   *Wait   `json:"wait,omitempty"`
	Until  *Until  `json:"until,omitempty"`
	Do     *Do     `json:"do,omitempty"`
	Ask    *Ask    `json:"ask,omitempty"`
	Choose *Choose `json:"choose,omitempty"`
	Gate   []Wait  `json:"gate,omitempty"` // passes when each of the waits has been met
	End    string  `json:"end,omitempty"`

	For  clock.Duration `json:"for,omitempty"`  // deadline of a wait, ask or gate, from its beginning
	Else *Branch        `json:"else,omitempty"` // where to when the deadline passes, or no choice fits

	line int
}

// Wait is met by a fact of the run's subject.
type Wait struct {
	On    []string  `json:"on"`
	Where Condition `json:"where,omitempty"`
	Or    []Other   `json:"or,omitempty"` // other facts, each with its own way on
}

// Other is a fact that ends a step otherwise: a wait that is met by something else, an ask that nobody need do any more.
type Other struct {
	On    []string  `json:"on"`
	Where Condition `json:"where,omitempty"`
	Then  Branch    `json:"then"`
}

// Until is met by time. One of its ways is set.
type Until struct {
	At      string         `json:"at,omitempty"`      // a value that is a time, as event.starts_at
	Offset  clock.Duration `json:"offset,omitempty"`  // added to At
	After   clock.Duration `json:"after,omitempty"`   // since the step began
	Weekday string         `json:"weekday,omitempty"` // mon … sun, at Hour
	Hour    string         `json:"hour,omitempty"`    // 20:00 in the community's zone, the next one
	Moment  string         `json:"moment,omitempty"`  // the name of a registered moment
	With    map[string]any `json:"with,omitempty"`    // the moment's parameters
	Remind  *Remind        `json:"remind,omitempty"`
}

// Remind is an action some time before the moment; it is left out when that time has passed already.
type Remind struct {
	Before clock.Duration `json:"before"`
	Do
}

// Do is an action with its parameters and a way on for each declared outcome.
type Do struct {
	Action string            `json:"action"`
	With   map[string]any    `json:"with,omitempty"`
	On     map[string]Branch `json:"on,omitempty"`
}

// ToOwner gives an ask to who looks after the person on the role's side; where nobody does, the role's queue has it.
const ToOwner = "owner"

// Ask is a task for a human.
type Ask struct {
	Task     string            `json:"task"` // kind
	Role     string            `json:"role"`
	To       string            `json:"to,omitempty"` // ToOwner, or whoever of the role takes it
	Outcomes map[string]Branch `json:"outcomes"`
	Order    []string          `json:"order"` // the outcomes as the source lists them
	Within   clock.Duration    `json:"within,omitempty"`
	Escalate string            `json:"escalate,omitempty"` // role
	Show     []string          `json:"show,omitempty"`     // names of the run's values that the task shows
	Or       []Other           `json:"or,omitempty"`       // facts that end it without a human: the task is withdrawn
}

// Choose takes the first choice whose condition holds, else the step's Else, else the next step.
type Choose struct {
	Choices []Choice `json:"choices"`
}

// Choice is one branch of a Choose.
type Choice struct {
	When Condition `json:"when"`
	Then Branch    `json:"then"`
}

// Branch is a way on: the next step, a named step, an end, or steps of its own, after which the run goes on behind the branching step.
type Branch struct {
	Next  bool   `json:"next,omitempty"`
	Go    string `json:"go,omitempty"`
	End   string `json:"end,omitempty"`
	Steps []Step `json:"steps,omitempty"`
}

// Problem is a fault of a source, found by Parse or Validate.
type Problem struct {
	Line   int    `json:"line,omitempty"`
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// others are the facts that end a wait or an ask otherwise, in the order in which they are tried.
func (s *Step) others() []Other {
	switch {
	case s.Wait != nil:
		return s.Wait.Or
	case s.Ask != nil:
		return s.Ask.Or
	}
	return nil
}

// validOutcome tells whether a word can stand in an address and for an outcome.
func validOutcome(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return s != "" && len(s) <= 64 && !slices.Contains(reserved, s)
}

// Line is where the step stands in its source; 0 for a definition that was stored.
func (s *Step) Line() int { return s.line }

// Each calls fn for every step, those of branches too.
func (d Definition) Each(fn func(*Step)) { eachStep(d.Steps, fn) }

func eachStep(steps []Step, fn func(*Step)) {
	for i := range steps {
		fn(&steps[i])
		for _, w := range ways(&steps[i]) {
			eachStep(w.branch.Steps, fn)
		}
	}
}
