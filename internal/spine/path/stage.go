package path

import (
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// Stage is a part of a path as a run sees it: from a step that names it to the one that names the next. The layers of contact of a new
// member are stages (I8).
type Stage struct {
	Title text.Text `json:"title"`
	State StopState `json:"state" doc:"never: the run ended before it was through"`
	Since time.Time `json:"since,omitzero" doc:"when the run came to it"`
	Left  time.Time `json:"left_at,omitzero"`
	Due   time.Time `json:"due,omitzero" doc:"of the stage it is in: when what it waits for is to be done"`
}

// StageCount is a stage of a path with how many runs are in it.
type StageCount struct {
	Title   text.Text `json:"title"`
	Running int64     `json:"running"`
}

// Stand is a run with where it stands.
type Stand struct {
	*Run
	Of    text.Text // the path's title
	Title text.Text // the step's, if it has one
	Kind  string    // of the step
	What  string    // the fact, action, task or outcome that the step is about
	Owner string    // role whose task it is
	Stage int       // from 1; 0 is before the first, or of a path that names none
	Due   time.Time // when what it waits for is to be done, or comes; zero is any time
}

// Stages are the names of a definition's stages in order.
func (d Definition) Stages() (out []text.Text) {
	for _, s := range d.Steps {
		if len(s.Stage) > 0 {
			out = append(out, s.Stage)
		}
	}
	return out
}

// stageOf counts the stages that have begun at a step, itself included; 0 is before the first.
func (c *Compiled) stageOf(address string) (n int) {
	for _, addr := range c.order {
		if node := c.nodes[addr]; node.isMain() && len(node.step.Stage) > 0 {
			n++
		}
		if addr == stem(address) {
			return n
		}
	}
	return 0
}

// isMain tells whether a step stands in the path itself, not in a branch.
func (n *node) isMain() bool { return n.addr == stem(n.addr) }

// goal is the outcome of a run that has gone all the way.
func (d Definition) goal() string {
	if last := d.Steps[len(d.Steps)-1]; last.End != "" {
		return last.End
	}
	return done
}

// stagesOf tells how far a run is in the stages of its path.
func (b *batch) stagesOf(c *Compiled, x *Explained) ([]Stage, error) {
	out := make([]Stage, len(c.Stages()))
	for i, title := range c.Stages() {
		out[i] = Stage{Title: title, State: StopNever}
	}
	came := func(k int, at time.Time) {
		for i := range out[:min(k, len(out))] { // a step that was jumped over was none the less
			if out[i].Since.IsZero() {
				out[i].Since = at
			}
			if i < k-1 && out[i].Left.IsZero() {
				out[i].State, out[i].Left = StopDone, at
			}
		}
	}
	for _, m := range x.Moves {
		came(c.stageOf(m.Step), m.EnteredAt)
	}
	at := c.stageOf(x.Step)
	came(at, x.EnteredAt)
	switch {
	case x.State == Running:
		for i := range out {
			switch {
			case i == at-1:
				out[i].State, out[i].Left = StopNow, time.Time{}
			case i >= at:
				out[i].State, out[i].Left = StopAhead, time.Time{}
			}
		}
		if at == 0 {
			return out, nil
		}
		due, err := b.plannedFor(&x.Run, c.nodes[x.Step], x.EnteredAt)
		out[at-1].Due = due
		return out, err
	case x.Outcome == c.goal():
		came(len(out)+1, x.EndedAt)
	}
	return out, nil
}

// StagesTx counts who is in which stage of the path that is in force, by whatever version they go. Refusals: ErrUnknownPath.
func (e *Engine) StagesTx(tx *db.Tx, name string) ([]StageCount, error) {
	now, _, err := e.version(tx, name, 0)
	if err != nil {
		return nil, err
	}
	out := make([]StageCount, len(now.Stages()))
	for i, title := range now.Stages() {
		out[i].Title = title
	}
	at, err := runningAt(tx, name)
	if err != nil {
		return nil, err
	}
	for _, x := range at {
		c, _, err := e.version(tx, name, x.version)
		if err != nil {
			return nil, err
		}
		if k := min(c.stageOf(x.step), len(out)); k > 0 {
			out[k-1].Running += x.runs
		}
	}
	return out, nil
}

// InStageTx lists the runs in a stage, from 1, or (0) in any, those who have been longest at their step first. Refusals: ErrUnknownPath.
func (e *Engine) InStageTx(tx *db.Tx, name string, stage int, cursor string, limit int) (out page.Page[Stand], err error) {
	now, _, err := e.version(tx, name, 0)
	if err != nil {
		return out, err
	}
	at, err := runningAt(tx, name)
	if err != nil {
		return out, err
	}
	stageOf := func(c *Compiled, step string) int { return min(c.stageOf(step), len(now.Stages())) }
	var here []standing
	for _, x := range at {
		c, _, err := e.version(tx, name, x.version)
		if err != nil {
			return out, err
		}
		if k := stageOf(c, x.step); k > 0 && (k == stage || stage == 0) {
			here = append(here, x)
		}
	}
	p, err := runsAt(tx, name, here, cursor, limit)
	if err != nil || len(p.Items) == 0 {
		return out, err
	}
	out.Next = p.Next
	out.Items, err = e.stand(tx, p.Items)
	for i := range out.Items {
		out.Items[i].Stage = min(out.Items[i].Stage, len(now.Stages()))
	}
	return out, err
}

// StandTx tells where the running runs of some subjects stand, in the order of their subjects and paths.
func (e *Engine) StandTx(tx *db.Tx, subjects []string) ([]Stand, error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	runs, err := runsOf(tx, subjects)
	if err != nil {
		return nil, err
	}
	return e.stand(tx, runs)
}

func (e *Engine) stand(tx *db.Tx, runs []*Run) (out []Stand, err error) {
	b, err := e.newBatch(tx)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		c, _, err := e.version(tx, r.Path, r.Version)
		if err != nil {
			return nil, err
		}
		n := c.nodes[r.Step]
		due, err := b.plannedFor(r, n, r.EnteredAt)
		if err != nil {
			return nil, err
		}
		s := Stand{Run: r, Of: c.Title, Title: n.step.Title, Kind: n.step.kind(), What: n.step.what(), Owner: n.step.Owner, Stage: c.stageOf(r.Step), Due: due}
		if n.step.Ask != nil {
			s.Owner = n.step.Ask.Role
		}
		out = append(out, s)
	}
	return out, nil
}
