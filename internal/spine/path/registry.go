package path

import (
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Param declares a parameter of an action or a moment.
type Param struct {
	Type     ParamType `json:"type"`
	Required bool      `json:"required,omitempty"`
	Choices  []string  `json:"choices,omitempty"` // for Enum
	Doc      string    `json:"doc,omitempty"`
}

// ParamType says what a parameter's value must be.
type ParamType string

// The types of parameters. A Text may hold {names} of values.
const (
	Text     ParamType = "text"
	Enum     ParamType = "enum"
	Integer  ParamType = "integer"
	Boolean  ParamType = "boolean"
	Span     ParamType = "duration"
	ListOf   ParamType = "list"
	Anything ParamType = "any"
)

// OK is the outcome of an action that did what it is for; it needs no branch.
const OK = "ok"

// Action is something a path can do; the package that owns the effect registers it.
type Action struct {
	Name     string
	Doc      string
	Params   map[string]Param
	Outcomes []string // besides OK; a path must have a branch for each
	Sets     []string // the values it keeps with the run
	// Run has the effect in the step's transaction and returns OK or a declared outcome. An error stops the fact for the
	// run, so what can be expected is an outcome.
	Run func(c *Call) (outcome string, err error)
}

// Moment is a time that a package knows: when the doors open for this person.
type Moment struct {
	Name   string
	Doc    string
	Params map[string]Param
	// When gives the time; a zero time means there is nothing to wait for.
	When func(c *Call) (time.Time, error)
}

// Call is what an action or a moment gets.
type Call struct {
	Tx   *db.Tx
	Run  *Run
	Fact *fact.Fact // what moved the run here; nil when it was time
	with map[string]any
	vals Values
}

// Text gives a parameter with its {names} filled, or "".
func (c *Call) Text(name string) (string, error) {
	v, ok := c.with[name]
	if !ok {
		return "", nil
	}
	return fill(plain(v), c.vals)
}

// List gives a parameter that is a list, or a single text as a list of one.
func (c *Call) List(name string) ([]string, error) {
	switch v := c.with[name].(type) {
	case nil:
		return nil, nil
	case []any:
		out := make([]string, 0, len(v))
		for _, x := range v {
			s, err := fill(plain(x), c.vals)
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
		return out, nil
	default:
		s, err := c.Text(name)
		return []string{s}, err
	}
}

// Span gives a parameter that is a duration, or def.
func (c *Call) Span(name string, def time.Duration) (time.Duration, error) {
	s, err := c.Text(name)
	if err != nil || s == "" {
		return def, err
	}
	d, err := clock.ParseDuration(s)
	return time.Duration(d), err
}

// Raw gives a parameter as the source has it.
func (c *Call) Raw(name string) any { return c.with[name] }

// Value gives one of the run's values: a fact's data, what an action set, or person.stage and its like.
func (c *Call) Value(name string) (any, error) { return c.vals(name) }

// Set keeps a value with the run. It must be an id, an enum, a number or a boolean.
func (c *Call) Set(name string, value any) { c.Run.Vars[name] = value }

// Source gives the values of a prefix: "person" for {person.stage}. Its map is read once a move.
type Source struct {
	Prefix string
	Names  []string // what it knows; a name may end in ".*"
	Steady bool     // no action changes what it says
	Read   func(tx *db.Tx, r *Run) (map[string]any, error)
}

// Tasks opens the task of an ask; its finishing is the fact task.finished with the task's id and outcome in its data.
type Tasks interface {
	Ask(tx *db.Tx, r *Run, step string, a Ask, due time.Time, show map[string]any) (taskID string, err error)
	Withdraw(tx *db.Tx, taskID string) error
}

// taskFinished is the kind of fact that ends an ask, with {task, outcome} in its data.
const taskFinished = "task.finished"

// Register makes an action known. Names are for ever: stored versions call them.
func (e *Engine) Register(a Action) {
	if e.actions[a.Name] != nil {
		panic(fmt.Sprintf("action %s is registered twice", a.Name)) // wiring, found by the first test
	}
	e.actions[a.Name] = &a
}

// RegisterMoment makes a moment known.
func (e *Engine) RegisterMoment(m Moment) { e.moments[m.Name] = &m }

// RegisterSource makes the values of a prefix known.
func (e *Engine) RegisterSource(s Source) { e.sources[s.Prefix] = &s }

// Actions lists the actions by name, for the playbook's schema and the guide.
func (e *Engine) Actions() []Action {
	out := make([]Action, 0, len(e.actions))
	for _, k := range sortedKeys(e.actions) {
		out = append(out, *e.actions[k])
	}
	return out
}

// Fill replaces each {name} in a text by the run's value; anything else stays as it is.
func (c *Call) Fill(v any) (any, error) {
	if s, ok := v.(string); ok {
		return fill(s, c.vals)
	}
	return v, nil
}
