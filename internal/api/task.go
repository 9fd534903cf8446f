package api

import (
	"context"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/task"
)

// The kinds of tasks whose end is more than work done.
const (
	reviewKind task.Kind = "review-registration" // it lets a suspicious registration in, or not
	refundKind task.Kind = "refund-failed"       // whatever its end, money goes back
)

// mayFinish refuses an end of a task to who may not do by themselves what it brings about.
func mayFinish(c *call, kind task.Kind, outcome task.Outcome) error {
	switch {
	case kind == reviewKind, kind == growth.ReviewProof, kind == growth.ReviewReward, kind == growth.ReviewBond: // the latter reward somebody
		return access.Allowed(c.Principal, access.ReviewDecide, c.Community)
	case kind == refundKind, kind == afterSaleKind && outcome == afterSaleBack:
		return access.Allowed(c.Principal, access.MoneyPost, c.Community)
	}
	return nil
}

// canBe refuses an end of a task that isn't true yet: a summary is sent once there is one.
func (a *API) canBe(tx *db.Tx, t task.Task, outcome task.Outcome) error {
	if t.Kind != event.SendSummary || outcome != event.Sent || t.SubjectKind != "run" {
		return nil
	}
	r, err := a.Paths.Explain(tx, t.Subject)
	if err != nil {
		return err
	}
	return a.Events.NeedSummaryTx(tx, r.Subject)
}

// notOwn refuses an end of a task that would reward whoever ends it, or who made the token that does.
func (a *API) notOwn(tx *db.Tx, c *call, t task.Task, outcome task.Outcome) error {
	if t.Kind != growth.ReviewProof || outcome != growth.ApproveProof {
		return nil
	}
	p, err := a.Growth.ProofTx(tx, t.Subject)
	if err != nil {
		return err
	}
	return a.Growth.NotOwnTx(tx, p, c.Human())
}

// TaskItem is a task with the name of whom it is about.
type TaskItem struct {
	task.Task
	Name string `json:"name" doc:"nickname of the person"`
}

// TaskPage is a piece of a list of tasks.
type TaskPage struct {
	Items []TaskItem `json:"items"`
	Next  string     `json:"next,omitempty"`
}

// TaskView is a task with what is needed to decide on it.
type TaskView struct {
	Task         task.Task         `json:"task"`
	Person       *people.Person    `json:"person,omitempty"`
	Registration *RegistrationView `json:"registration,omitempty" doc:"of a review"`
	Run          *path.Run         `json:"run,omitempty" doc:"that waits for it"`
}

// RegistrationView is a registration with its reasons in words.
type RegistrationView struct {
	intake.Registration
	Reasons []ReasonView `json:"reasons"`
}

// ReasonView is why a registration looks odd.
type ReasonView struct {
	intake.Reason
	Text string `json:"text"`
}

// worker is who asks, as tasks see them. Those who manage tasks, and programs with a token, see every one.
func worker(p access.Principal) task.Principal {
	w := task.Principal{ID: p.ID, All: p.Kind == access.Token || access.Allowed(p, access.TaskManage, p.Community) == nil}
	for _, r := range p.Roles {
		w.Roles = append(w.Roles, task.Role{Name: task.RoleName(r)})
	}
	return w
}

func (a *API) tasks() {
	const tag = "Tasks"
	work := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.TaskWork, Summary: summary}
	}
	get(a, Op{Name: "task.list", Route: "GET /tasks", Tag: tag, Action: access.TaskRead, Summary: "Lists the caller's queue, or the tasks in a state that they may see, by due time"}, a.listTasks)
	get(a, Op{Name: "task.read", Route: "GET /tasks/{id}", Tag: tag, Action: access.TaskRead, Summary: "A task with what is needed to decide on it"}, a.readTask)
	change(a, work("task.claim", "POST /tasks/{id}/claim", "Takes a task"), func(tx *db.Tx, c *call, in *OneThing) (task.Task, error) {
		t, err := a.Tasks.ClaimTx(tx, worker(c.Principal), string(in.ID))
		return recorded(tx, c, t, nil, err)
	})
	get(a, work("task.finish", "POST /tasks/{id}/finish", "Ends a task with one of its outcomes"), a.finishTask)
	get(a, work("task.hand_over", "POST /tasks/{id}/hand-over", "Gives a task to somebody else, or back into a queue"), a.handOver)
	change(a, work("task.snooze", "POST /tasks/{id}/snooze", "Puts a task off until a time"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Until time.Time `json:"until"`
		}
	},
	) (task.Task, error) {
		t, err := a.Tasks.SnoozeTx(tx, worker(c.Principal), string(in.ID), in.Body.Until.UTC())
		return recorded(tx, c, t, nil, err)
	})
	cancel := work("task.cancel", "POST /tasks/{id}/cancel", "Calls a task off")
	cancel.Action = access.TaskManage
	change(a, cancel, func(tx *db.Tx, c *call, in *OneThing) (task.Task, error) {
		t, err := a.Tasks.CancelTx(tx, worker(c.Principal), string(in.ID))
		return recorded(tx, c, t, nil, err)
	})
}

// recorded writes the audit entry of a change of a task.
func recorded(tx *db.Tx, c *call, t task.Task, d audit.Detail, err error) (task.Task, error) {
	if err != nil {
		return t, err
	}
	return t, c.record(tx, "task", t.ID, d)
}

func (a *API) listTasks(ctx context.Context, c *call, in *struct {
	Paging
	State   string `query:"state" enum:"open,claimed,finished,cancelled" doc:"the caller's queue, if not given"`
	Kind    string `query:"kind"`
	Person  string `query:"person"`
	Subject string `query:"subject"`
	Mine    bool   `query:"mine" doc:"only what the caller has"`
},
) (out TaskPage, err error) {
	f := task.Filter{State: task.State(in.State), Kind: task.Kind(in.Kind), Person: in.Person, Subject: in.Subject, Mine: in.Mine}
	p, err := a.Tasks.List(ctx, c.Community, worker(c.Principal), f, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	ids := make([]string, 0, len(p.Items))
	for _, t := range p.Items {
		ids = append(ids, t.Person)
	}
	var names map[string]people.Name
	err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) (err error) {
		names, err = a.People.Names(tx, ids)
		return err
	})
	for _, t := range p.Items {
		out.Items = append(out.Items, TaskItem{t, names[t.Person].Nickname})
	}
	out.Next = p.Next
	return out, err
}

func (a *API) readTask(ctx context.Context, c *call, in *OneThing) (out TaskView, err error) {
	if out.Task, err = a.Tasks.Get(ctx, c.Community, worker(c.Principal), string(in.ID)); err != nil {
		return out, err
	}
	err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
		if out.Task.SubjectKind == "run" {
			run, err := a.Paths.Explain(tx, out.Task.Subject)
			if err != nil && errs.KindOf(err) != errs.NotFound {
				return err
			} else if err == nil {
				out.Run = &run.Run
			}
		}
		if out.Task.Person == "" || access.Allowed(c.Principal, access.PeopleRead, c.Community) != nil {
			return nil
		}
		p, err := a.People.GetTx(tx, out.Task.Person)
		if err != nil {
			return err
		}
		out.Person = &p
		if out.Task.Kind == reviewKind {
			out.Registration, err = a.registration(tx, c, out.Task.Person)
		}
		return err
	})
	return out, err
}

// registration is what a reviewer looks at; nil when there is none.
func (a *API) registration(tx *db.Tx, c *call, person string) (*RegistrationView, error) {
	r, err := a.Intake.ReviewTx(tx, person)
	if err != nil {
		if errs.KindOf(err) == errs.NotFound {
			err = nil
		}
		return nil, err
	}
	v := &RegistrationView{Registration: r, Reasons: []ReasonView{}}
	for _, x := range r.Reasons {
		v.Reasons = append(v.Reasons, ReasonView{x, a.Words.Say(c.lang, c.community.Location(), "intake.reason."+string(x.Code), map[string]any{"count": x.Count})})
	}
	return v, nil
}

type finishInput struct {
	OneThing
	Body struct {
		Outcome task.Outcome `json:"outcome"`
		Proof   string       `json:"proof,omitempty" maxLength:"1000" doc:"a picture's hash, or words"`
	}
}

func (a *API) finishTask(ctx context.Context, c *call, in *finishInput) (task.Task, error) {
	t, err := a.Tasks.Get(ctx, c.Community, worker(c.Principal), string(in.ID))
	if err != nil {
		return t, err
	}
	if err := mayFinish(c, t.Kind, in.Body.Outcome); err != nil {
		return t, err
	}
	return alter(ctx, a, c, in, func(tx *db.Tx, c *call, in *finishInput) (task.Task, error) {
		if err := a.notOwn(tx, c, t, in.Body.Outcome); err != nil {
			return t, err
		}
		if err := a.canBe(tx, t, in.Body.Outcome); err != nil {
			return t, err
		}
		t, err := a.Tasks.FinishTx(tx, worker(c.Principal), string(in.ID), in.Body.Outcome, in.Body.Proof)
		return recorded(tx, c, t, audit.Detail{"outcome": string(in.Body.Outcome)}, err)
	})
}

type handOverInput struct {
	OneThing
	Body struct {
		To     string        `json:"to,omitempty" doc:"id of an operator who works here"`
		Role   task.RoleName `json:"role,omitempty" doc:"whose queue it goes into"`
		Circle string        `json:"circle,omitempty" doc:"narrows the role to those of one circle"`
		Due    time.Time     `json:"due,omitzero" doc:"a new due time"`
	}
}

func (a *API) handOver(ctx context.Context, c *call, in *handOverInput) (task.Task, error) {
	b := in.Body
	if b.To != "" {
		all, err := a.Auth.Staff(ctx, c.Community)
		if err != nil {
			return task.Task{}, err
		}
		if !slices.ContainsFunc(all, func(s authn.Staff) bool { return s.ID == b.To && !s.Invited && !s.Disabled }) {
			return task.Task{}, authn.ErrNotStaff.At("/to")
		}
	}
	return alter(ctx, a, c, in, func(tx *db.Tx, c *call, in *handOverInput) (task.Task, error) {
		t, err := a.Tasks.HandOverTx(tx, worker(c.Principal), string(in.ID), task.Handover{To: b.To, Role: b.Role, Circle: b.Circle, Due: b.Due.UTC()})
		return recorded(tx, c, t, audit.Detail{"to": b.To, "role": string(b.Role)}, err)
	})
}
