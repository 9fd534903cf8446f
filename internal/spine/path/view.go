package path

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
)

// Overview is a path with how its runs fare.
type Overview struct {
	Name    string     `json:"name"`
	Title   text.Text  `json:"title"`
	Version int        `json:"version"` // the active one, 0 if retired
	Subject string     `json:"subject"`
	Started int64      `json:"started"`
	Running int64      `json:"running"`
	Ended   []Leaving  `json:"ended"` // by outcome
	Steps   []StepView `json:"steps"` // of the version looked at, in reading order

	Stages []text.Text `json:"stages,omitempty" doc:"the names of its stages, in order"`
}

// StepView is one step of a path: who came, who stands there, who left and how.
type StepView struct {
	Address string    `json:"address"`
	Name    string    `json:"name,omitempty"`
	Title   text.Text `json:"title,omitempty"`
	Kind    string    `json:"kind"`
	What    string    `json:"what"` // the fact, action, task or outcome it is about
	Owner   string    `json:"owner,omitempty"`
	Entered int64     `json:"entered" doc:"= waiting + onward + ended"`
	Waiting int64     `json:"waiting" doc:"still there: neither lost nor through"`
	Onward  int64     `json:"onward" doc:"went on to another step"`
	Ended   int64     `json:"ended" doc:"whose run ended there"`
	Lost    int64     `json:"lost" doc:"of these, otherwise than the path's last step ends runs; its rate is of entered − waiting"`
	Left    []Leaving `json:"left"`
}

// Leaving is one way that runs left a step, or ended.
type Leaving struct {
	Outcome string `json:"outcome"`
	Runs    int64  `json:"runs"`
	Seconds int64  `json:"seconds" doc:"time these runs spent in the step, summed"`
	To      string `json:"to,omitempty" doc:"address it leads to, or end OUTCOME"`
}

// List gives the name and active version of every path.
func (e *Engine) List(tx *db.Tx) ([]Overview, error) {
	return db.All(tx, func(r *db.Row) (o Overview, err error) {
		var d db.JSON[Definition]
		err = r.Scan(&o.Name, &o.Version, &d)
		o.Title, o.Subject, o.Stages = d.V.Title, d.V.Subject, d.V.Stages()
		return o, err
	}, `SELECT path, version, definition FROM path_version WHERE community_id = $1 AND active ORDER BY path`, tx.Community())
}

// View gives a version of a path with its counts; version 0 means the active one.
func (e *Engine) View(tx *db.Tx, name string, version int) (Overview, error) {
	c, active, err := e.version(tx, name, version)
	if err != nil {
		return Overview{}, err
	}
	o := Overview{Name: c.Name, Title: c.Title, Subject: c.Subject, Version: active, Ended: []Leaving{}, Stages: c.Stages()}
	steps := map[string]*StepView{}
	for _, addr := range c.order {
		n := c.nodes[addr]
		o.Steps = append(o.Steps, StepView{Address: addr, Name: n.step.Name, Title: n.step.Title, Kind: n.step.kind(), What: n.step.what(), Owner: n.step.Owner, Left: []Leaving{}})
	}
	for i := range o.Steps {
		steps[o.Steps[i].Address] = &o.Steps[i]
	}
	ended := map[string]int64{}
	err = tx.Each(func(r *db.Row) error {
		var addr, outcome string
		var runs, seconds int64
		if err := r.Scan(&addr, &outcome, &runs, &seconds); err != nil {
			return err
		}
		s := steps[addr]
		if s == nil {
			return nil
		}
		if outcome == "" {
			s.Entered, s.Waiting = runs, s.Waiting+runs
			return nil
		}
		s.Waiting -= runs
		s.Left = append(s.Left, Leaving{Outcome: outcome, Runs: runs, Seconds: seconds, To: c.leadsTo(addr, outcome)})
		return nil
	}, `SELECT step, outcome, SUM(runs), SUM(seconds) FROM path_count WHERE community_id = $1 AND path = $2 AND version = $3 GROUP BY step, outcome ORDER BY step, outcome`,
		tx.Community(), name, c.Version)
	if err != nil {
		return o, fmt.Errorf("read the counts of path %s: %w", name, err)
	}
	goals := c.goals()
	for i := range o.Steps {
		s := &o.Steps[i]
		o.Running += s.Waiting
		for _, l := range s.Left {
			end, ok := c.ends(s.Address, l.Outcome)
			if !ok {
				s.Onward += l.Runs
				continue
			}
			ended[end] += l.Runs
			s.Ended += l.Runs
			if !goals[end] {
				s.Lost += l.Runs
			}
		}
	}
	o.Started = o.Running
	for _, k := range sortedKeys(ended) {
		o.Ended = append(o.Ended, Leaving{Outcome: k, Runs: ended[k]})
		o.Started += ended[k]
	}
	return o, nil
}

func (e *Engine) version(tx *db.Tx, name string, version int) (c *Compiled, active int, err error) {
	s, err := loadShelf(tx)
	if err != nil {
		return nil, 0, err
	}
	for _, v := range s.byName(name) {
		active = v.Version
	}
	if version == 0 {
		version = active
	}
	c = s.versions[versionKey(name, version)]
	if c == nil {
		return nil, 0, ErrUnknownPath.With("path", name)
	}
	return c, active, nil
}

// byName gives the active version of a path, if it has one.
func (s *shelf) byName(name string) (out []*Compiled) {
	for _, cs := range s.byKind {
		for _, c := range cs {
			if c.Name == name {
				return []*Compiled{c}
			}
		}
	}
	return nil
}

// what names the thing a step is about.
func (s *Step) what() string {
	switch {
	case s.Wait != nil:
		return join(s.Wait.On)
	case s.Until != nil && s.Until.Moment != "":
		return s.Until.Moment
	case s.Until != nil && s.Until.At != "":
		return s.Until.At
	case s.Until != nil && s.Until.Hour != "":
		return s.Until.Weekday + s.Until.Hour
	case s.Until != nil:
		return s.Until.After.String()
	case s.Do != nil:
		return s.Do.Action
	case s.Ask != nil:
		return s.Ask.Task
	}
	return s.End
}

func join(kinds []string) string {
	out := ""
	for i, k := range kinds {
		if i > 0 {
			out += ", "
		}
		out += k
	}
	return out
}

// target finds where an outcome of the log leads: that of a wait is the fact's kind, and a wait's or an ask's other facts stand
// there by theirs.
func (c *Compiled) target(addr, outcome string) target {
	n := c.nodes[addr]
	if outcome == Merged || outcome == Erased {
		return target{end: outcome}
	}
	for i, o := range n.step.others() {
		for _, k := range o.On {
			if n.step.outcome(i, k) == outcome {
				return n.way(orLabel(i))
			}
		}
	}
	if n.step.End != "" {
		return target{end: n.step.End}
	}
	return n.way(outcome)
}

func (c *Compiled) leadsTo(addr, outcome string) string {
	t := c.target(addr, outcome)
	if t.end != "" {
		return "end " + t.end
	}
	return t.addr
}

func (c *Compiled) ends(addr, outcome string) (string, bool) {
	t := c.target(addr, outcome)
	if t.end == "" && t.addr == "" {
		return done, true
	}
	return t.end, t.end != ""
}

// goals are the ends that the path means its runs to come to: those of its last step and the branches of it. Who gave way
// to another run of the same human is not lost either.
func (c *Compiled) goals() map[string]bool {
	last := strconv.Itoa(len(c.Steps) - 1)
	out := map[string]bool{Merged: true}
	for addr, n := range c.nodes {
		if addr != last && !strings.HasPrefix(addr, last+".") {
			continue
		}
		out[n.step.End] = true
		if n.next == "" && n.step.End == "" {
			out[done] = true
		}
		for _, to := range n.to {
			out[to.end] = true
		}
	}
	return out
}

// Explained is a run with everything it did.
type Explained struct {
	Run
	Title text.Text `json:"title"`
	What  string    `json:"what"` // what it waits for
	Kind  string    `json:"kind"`
	Moves []Move    `json:"moves"`
}

// Explain tells what a run did, step by step, and what it waits for.
func (e *Engine) Explain(tx *db.Tx, runID string) (x Explained, err error) {
	r, found, err := db.One(tx, scanRun, `SELECT `+runColumns+` FROM path_run WHERE community_id = $1 AND id = $2`, tx.Community(), runID)
	if err != nil || !found {
		if err == nil {
			err = ErrUnknownRun
		}
		return x, err
	}
	x.Run = *r
	c, _, err := e.version(tx, r.Path, r.Version)
	if err != nil {
		return x, err
	}
	x.Title = c.Title
	if n := c.nodes[r.Step]; n != nil {
		x.Kind, x.What = n.step.kind(), n.step.what()
	}
	x.Moves, err = db.All(tx, func(row *db.Row) (m Move, err error) {
		err = row.Scan(&m.Step, &m.EnteredAt, &m.At, &m.Cause, &m.Outcome)
		return m, err
	}, `SELECT step, entered_at, at, cause, outcome FROM path_log WHERE community_id = $1 AND run = $2 ORDER BY move`, tx.Community(), runID)
	return x, err
}

// WaitFor names the paths that may start and have a step that waits for facts of a kind. One that only ends an ask doesn't count.
func (e *Engine) WaitFor(tx *db.Tx, kind string) ([]string, error) {
	s, err := e.shelf(tx)
	if err != nil {
		return nil, err
	}
	return s.waitFor[kind], nil
}

// Stands tells at which kind of step a running run stands, and which facts or moment it waits for.
func (e *Engine) Stands(tx *db.Tx, r *Run) (kind string, what []string, err error) {
	c, err := e.versionOf(tx, r)
	if err != nil {
		return "", nil, err
	}
	n := c.nodes[r.Step]
	if n == nil {
		return "", nil, nil
	}
	if n.step.Until != nil {
		return "until", []string{n.step.Until.Moment}, nil
	}
	return n.step.kind(), n.kinds(), nil
}

// Latest gives the subject's newest run of a path, if there is one. One that gave way at a merge doesn't count.
func (e *Engine) Latest(tx *db.Tx, path, subject string) (*Run, bool, error) {
	return db.One(tx, scanRun, `SELECT `+runColumns+` FROM path_run WHERE community_id = $1 AND subject = $2 AND path = $3 AND outcome <> $4 ORDER BY started_at DESC, id DESC LIMIT 1`,
		tx.Community(), subject, path, Merged)
}

// RunsOf gives a subject's runs, newest first.
func (e *Engine) RunsOf(tx *db.Tx, subject string, limit int) ([]*Run, error) {
	return db.All(tx, scanRun, `SELECT `+runColumns+` FROM path_run WHERE community_id = $1 AND subject = $2 ORDER BY started_at DESC, id DESC LIMIT $3`,
		tx.Community(), subject, limit)
}

// Waiting lists the runs that stand at a step, those who came first first.
func (e *Engine) Waiting(tx *db.Tx, path, step, cursor string, limit int) (page.Page[*Run], error) {
	var at int64
	var id string
	if _, err := page.Parse(cursor, &at, &id); err != nil {
		return page.Page[*Run]{}, err
	}
	limit = page.Limit(limit)
	runs, err := db.All(tx, scanRun, `SELECT `+runColumns+` FROM path_run WHERE community_id = $1 AND path = $2 AND step = $3 AND state = 'running' AND (entered_at, id) > ($4, $5) ORDER BY entered_at, id LIMIT $6`,
		tx.Community(), path, step, at, id, limit+1)
	return page.Cut(runs, limit, func(r *Run) string { return page.Cursor(db.Micros(r.EnteredAt), r.ID) }), err
}

// Fault is a run that verification finds in a state it can't be in.
type Fault struct {
	Run    string `json:"run"`
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// Verify lists runs past their due time by more than grace, runs whose due time has no timer (a later one is a timer that
// failed and is tried again), and runs of versions that are missing.
func (e *Engine) Verify(tx *db.Tx, grace time.Duration) (faults []Fault, err error) {
	set, err := job.SetTimers(tx, timerKind)
	if err != nil {
		return nil, err
	}
	err = tx.Each(func(r *db.Row) error {
		var f Fault
		var due time.Time
		var known bool
		if err := r.Scan(&f.Run, &f.Path, &due, &known); err != nil {
			return err
		}
		switch {
		case !known:
			f.Reason = "its version is missing"
		case due.IsZero():
			return nil
		case set[f.Run].IsZero(), set[f.Run].Before(due):
			f.Reason = "its due time has no timer"
		case due.Before(tx.Now().Add(-grace)):
			f.Reason = "it is past its due time"
		default:
			return nil
		}
		faults = append(faults, f)
		return nil
	}, `SELECT r.id, r.path, r.due_at, v.path IS NOT NULL FROM path_run r
		LEFT JOIN path_version v ON v.community_id = r.community_id AND v.path = r.path AND v.version = r.version
		WHERE r.community_id = $1 AND r.state = 'running' ORDER BY r.id`, tx.Community())
	return faults, err
}
