package api

import (
	"context"
	"errors"
	"time"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// What a complaint is among tasks. Money goes back for it: its answer needs the right to post money.
const (
	afterSaleKind task.Kind    = "after-sale"
	afterSaleBack task.Outcome = "refund"
)

// Complaint is what a buyer has asked staff about a thing, and the answer. It is a task: who sees that sees it.
type Complaint struct {
	ID       string       `json:"id" doc:"of the task"`
	State    task.State   `json:"state" enum:"open,claimed,finished,cancelled"`
	Words    string       `json:"words" doc:"the buyer's"`
	OpenedAt time.Time    `json:"opened_at"`
	Due      time.Time    `json:"due,omitzero"`
	Assignee string       `json:"assignee,omitempty" doc:"operator who has it, or answered"`
	Outcome  task.Outcome `json:"outcome,omitempty" enum:"refund,replace,reject"`
	Answer   string       `json:"answer,omitempty" doc:"what the buyer was told"`
	EndedAt  time.Time    `json:"ended_at,omitzero"`
	Item     ItemRow      `json:"item"`
}

func (a *API) complaints() {
	get(a, shopRead("complaint.list", "GET /complaints", "Lists what buyers have asked about things, by when an answer is due"), a.listComplaints)
	get(a, shopRead("complaint.get", "GET /complaints/{id}", "What a buyer has asked about a thing, and the answer"), a.readComplaint)
	get(a, shopWrite("complaint.answer", "POST /complaints/{id}/answer", "Answers a complaint: the money goes back, another one is sent, or neither; for a refund the right to post money is needed"), a.answerComplaint)
}

func (a *API) listComplaints(ctx context.Context, c *call, in *struct {
	Paging
	State  task.State `query:"state" enum:"open,claimed,finished,cancelled" default:"open"`
	Person ID         `query:"person"`
},
) (out page.Page[Complaint], err error) {
	p, err := a.Tasks.List(ctx, c.Community, worker(c.Principal), task.Filter{State: in.State, Kind: afterSaleKind, Person: string(in.Person)}, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) (err error) {
		out.Items, err = a.complaintRows(tx, p.Items)
		return err
	})
	return out, err
}

func (a *API) complaintRows(tx *db.Tx, tasks []task.Task) (out []Complaint, err error) {
	items := make([]goods.Item, 0, len(tasks))
	for _, t := range tasks {
		x, err := a.Goods.ItemTx(tx, t.Subject)
		if err != nil {
			return nil, err
		}
		items = append(items, x)
	}
	rows, err := a.itemRows(tx, items)
	if err != nil {
		return nil, err
	}
	for i, t := range tasks {
		out = append(out, Complaint{
			ID: t.ID, State: t.State, Words: t.Note, OpenedAt: t.OpenedAt, Due: t.Due, Assignee: t.Assignee, Outcome: t.Outcome, Answer: t.Proof, EndedAt: t.EndedAt, Item: rows[i],
		})
	}
	return out, nil
}

// complaint finds the task of one, if the caller may see it.
func (a *API) complaint(ctx context.Context, c *call, id ID) (task.Task, error) {
	t, err := a.Tasks.Get(ctx, c.Community, worker(c.Principal), string(id))
	if errors.Is(err, task.ErrNotFound) || err == nil && t.Kind != afterSaleKind {
		err = errNoComplaint
	}
	return t, err
}

func (a *API) readComplaint(ctx context.Context, c *call, in *OneThing) (out Complaint, err error) {
	t, err := a.complaint(ctx, c, in.ID)
	if err != nil {
		return out, err
	}
	err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
		rows, err := a.complaintRows(tx, []task.Task{t})
		if err == nil {
			out = rows[0]
		}
		return err
	})
	return out, err
}

type complaintAnswer struct {
	OneThing
	Body struct {
		Outcome task.Outcome `json:"outcome" enum:"refund,replace,reject" doc:"refund: all that is left of what it has cost goes back; replace: somebody sends another one"`
		Words   string       `json:"words,omitempty" maxLength:"1000" doc:"what the buyer is told"`
	}
}

func (a *API) answerComplaint(ctx context.Context, c *call, in *complaintAnswer) (Complaint, error) {
	if _, err := a.complaint(ctx, c, in.ID); err != nil {
		return Complaint{}, err
	}
	if err := mayFinish(c, afterSaleKind, in.Body.Outcome); err != nil {
		return Complaint{}, err
	}
	return alter(ctx, a, c, in, func(tx *db.Tx, c *call, in *complaintAnswer) (out Complaint, err error) {
		t, err := a.Tasks.FinishTx(tx, worker(c.Principal), string(in.ID), in.Body.Outcome, in.Body.Words)
		if err != nil {
			return out, err
		}
		rows, err := a.complaintRows(tx, []task.Task{t})
		if err != nil {
			return out, err
		}
		return rows[0], c.record(tx, "complaint", t.ID, audit.Detail{"outcome": string(t.Outcome)})
	})
}
