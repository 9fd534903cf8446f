package path

import (
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// StopState is where a run is, seen from one of its steps.
type StopState string

// The states of a stop.
const (
	StopDone  StopState = "done"
	StopNow   StopState = "now"
	StopAhead StopState = "ahead"
	StopNever StopState = "never" // the run has ended before it, or went past it
)

// Stop is a step of a run's path that has a title or waits for a time, with when the run was there or will be.
type Stop struct {
	Address string    `json:"address"`
	Title   text.Text `json:"title,omitempty"`
	Kind    string    `json:"kind"`
	What    string    `json:"what"`
	Owner   string    `json:"owner,omitempty" doc:"role whose task it is"`
	State   StopState `json:"state"`
	Due     time.Time `json:"due,omitzero" doc:"when it is to be done, or when what it waits for comes"`
	Entered time.Time `json:"entered_at,omitzero" doc:"last"`
	Left    time.Time `json:"left_at,omitzero"`
	Outcome string    `json:"outcome,omitempty"`
	Times   int       `json:"times" doc:"how often the run has left it"`
}

// Course is a run with the steps it has behind it and those ahead.
type Course struct {
	Run
	Title text.Text `json:"title"`
	Stops []Stop    `json:"stops"`
	// Stages are empty for a path that names none.
	Stages []Stage `json:"stages"`
}

// Course gives a run's steps in order, without those of branches. Times ahead follow from the moments that the run waits for.
func (e *Engine) Course(tx *db.Tx, runID string) (x Course, err error) {
	told, err := e.Explain(tx, runID)
	if err != nil {
		return x, err
	}
	x.Run, x.Title, x.Stops = told.Run, told.Title, []Stop{}
	c, _, err := e.version(tx, x.Path, x.Version)
	if err != nil {
		return x, err
	}
	b, err := e.newBatch(tx)
	if err != nil {
		return x, err
	}
	if x.Stages, err = b.stagesOf(c, &told); err != nil {
		return x, err
	}
	at, here, passed := x.StartedAt, stem(x.Step), x.State != Running
	for _, addr := range c.order {
		if strings.Contains(addr, ".") {
			continue
		}
		n := c.nodes[addr]
		s := Stop{Address: addr, Title: n.step.Title, Kind: n.step.kind(), What: n.step.what(), Owner: n.step.Owner, State: StopAhead}
		if n.step.Ask != nil {
			s.Owner = n.step.Ask.Role
		}
		for _, m := range told.Moves {
			if stem(m.Step) == addr {
				s.State, s.Entered, s.Left, s.Outcome, s.Times = StopDone, m.EnteredAt, m.At, m.Outcome, s.Times+1
			}
		}
		switch {
		case addr == here && !passed:
			s.State, s.Entered, s.Left = StopNow, x.EnteredAt, time.Time{}
		case s.State == StopAhead && passed:
			s.State = StopNever
		case s.State == StopDone && !passed && ahead(c.order, here, addr):
			s.State = StopAhead // the run was sent back before it
		}
		if s.Due, err = b.plannedFor(&x.Run, n, at); err != nil {
			return x, err
		}
		if n.step.Until != nil && s.Due.After(at) {
			at = s.Due
		}
		if s.State == StopDone {
			at = s.Left
		}
		if n.step.Until != nil || len(n.step.Title) > 0 {
			x.Stops = append(x.Stops, s)
		}
	}
	return x, nil
}

// plannedFor is when a step that is reached at a time is to be done: at its moment, or as soon as its task is due. Zero is any time.
func (b *batch) plannedFor(r *Run, n *node, at time.Time) (time.Time, error) {
	u := n.step.Until
	switch {
	case u != nil && (u.Moment != "" || u.At != ""):
		return b.moment(r, u, nil)
	case n.step.Ask != nil && n.step.Ask.Within > 0:
		return at.Add(time.Duration(n.step.Ask.Within)), nil
	case n.step.For > 0:
		return at.Add(time.Duration(n.step.For)), nil
	}
	return time.Time{}, nil
}

// stem is the step of a path itself that a step of a branch belongs to.
func stem(address string) string {
	s, _, _ := strings.Cut(address, ".")
	return s
}

// ahead tells whether an address stands behind another in the order of a path.
func ahead(order []string, here, address string) bool {
	seen := false
	for _, a := range order {
		if a == address {
			return seen
		}
		seen = seen || a == here
	}
	return false
}
