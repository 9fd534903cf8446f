package api

import (
	"context"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// Today is what needs a person now.
type Today struct {
	Now       time.Time      `json:"now"`
	Doors     []Door         `json:"doors" doc:"that open within a week, or opened in the last day"`
	Review    Review         `json:"review"`
	Tasks     task.Counts    `json:"tasks" doc:"of the caller's queue"`
	Circles   []CircleInNeed `json:"circles" doc:"that need help, those in most need first"`
	Figures   []TodaysFigure `json:"figures"`
	Checklist []FirstStep    `json:"checklist" doc:"from nothing to the first member"`
}

// Door is doors with the entries that lead to them.
type Door struct {
	intake.Opening
	EntryCodes []string `json:"entry_codes"`
	Admitted   int      `json:"admitted" doc:"numbers let in so far"`
}

// Review is what waits to be looked at before it is let in.
type Review struct {
	Open     int       `json:"open" doc:"up to 200 are counted"`
	OldestAt time.Time `json:"oldest_at,omitzero"`
}

// CircleInNeed is a circle with the reasons why somebody should look.
type CircleInNeed struct {
	ID    string        `json:"id"`
	Name  text.Text     `json:"name"`
	Needs []circle.Need `json:"needs"`
}

// TodaysFigure is a number of today.
type TodaysFigure struct {
	Key      string `json:"key" enum:"arrived,registered,seated,in_line,members,people,reachable"`
	Value    int64  `json:"value"`
	Of       int64  `json:"of,omitempty" doc:"what it is a part of"`
	Previous int64  `json:"previous,omitempty" doc:"the whole of yesterday"`
}

// FirstStep is a step from nothing to the first member.
type FirstStep struct {
	Key  string `json:"key" enum:"playbook,second_factor,entry,colleague,first_member"`
	Done bool   `json:"done"`
	Href string `json:"href" doc:"in the console, below the community's pages"`
}

func (a *API) todays() {
	get(a, Op{Name: "today.read", Route: "GET /today", Tag: "Today", Action: access.InsightRead, Summary: "What needs a person now"}, a.today)
}

func (a *API) today(ctx context.Context, c *call, _ *nothing) (out Today, err error) {
	by := worker(c.Principal)
	if out.Tasks, err = a.Tasks.Counts(ctx, c.Community, by); err != nil {
		return out, err
	}
	if out.Review, err = a.reviews(ctx, c, by); err != nil {
		return out, err
	}
	board, err := a.Circles.Board(ctx, c.Community, circle.Filter{}, "", 10)
	if err != nil {
		return out, err
	}
	for _, s := range board.Items {
		if len(s.Needs) > 0 {
			out.Circles = append(out.Circles, CircleInNeed{s.Circle.ID, s.Circle.Name, s.Needs})
		}
	}
	coverage, err := a.People.Coverage(ctx, c.Community)
	if err != nil {
		return out, err
	}
	err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
		out.Now = tx.Now()
		if out.Doors, err = a.doors(tx); err != nil {
			return err
		}
		out.Figures, err = a.figures(tx, c)
		return err
	})
	if err != nil {
		return out, err
	}
	people := int64(coverage.People)
	out.Figures = append(out.Figures, TodaysFigure{Key: "people", Value: people}, TodaysFigure{Key: "reachable", Value: people - int64(coverage.Ways[0]), Of: people})
	out.Checklist, err = a.checklist(ctx, c, out.Figures)
	return out, err
}

// reviews counts the registrations that wait in the caller's queue.
func (a *API) reviews(ctx context.Context, c *call, by task.Principal) (r Review, err error) {
	p, err := a.Tasks.List(ctx, c.Community, by, task.Filter{Kind: reviewKind}, "", page.Max)
	for _, t := range p.Items {
		if r.Open++; r.OldestAt.IsZero() || t.OpenedAt.Before(r.OldestAt) {
			r.OldestAt = t.OpenedAt
		}
	}
	return r, err
}

// doors lists what opens soon or has opened just now, the earliest first.
func (a *API) doors(tx *db.Tx) (out []Door, err error) {
	p, err := a.Intake.Openings(tx, "", page.Max)
	if err != nil {
		return nil, err
	}
	from, to := tx.Now().Add(-24*time.Hour), tx.Now().Add(7*24*time.Hour)
	for _, o := range p.Items {
		if o.OpensAt.Before(from) || o.OpensAt.After(to) {
			continue
		}
		d := Door{Opening: o, Admitted: o.Admitted(tx.Now()), EntryCodes: []string{}}
		entries, err := a.Intake.Entries(tx, intake.EntryFilter{Opening: o.ID, State: intake.Active}, "", page.Max)
		if err != nil {
			return nil, err
		}
		for _, e := range entries.Items {
			d.EntryCodes = append(d.EntryCodes, e.Code)
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(x, y Door) int { return x.OpensAt.Compare(y.OpensAt) })
	return out, nil
}

// figures are the numbers of today and the whole of yesterday, and who has a seat or waits for one.
func (a *API) figures(tx *db.Tx, c *call) ([]TodaysFigure, error) {
	now := tx.Now().In(c.community.Location())
	days, err := a.Intake.Days(tx, "", now.AddDate(0, 0, -1), now)
	if err != nil {
		return nil, err
	}
	count := func(date, what string) int64 {
		for _, d := range days {
			if d.Date == date {
				return d.Counts[what]
			}
		}
		return 0
	}
	today, yesterday := now.Format(time.DateOnly), now.AddDate(0, 0, -1).Format(time.DateOnly)
	var out []TodaysFigure
	for _, f := range []struct{ key, what string }{{"arrived", "intake.arrived"}, {"registered", "intake.registered"}, {"seated", "circle.joined"}} {
		out = append(out, TodaysFigure{Key: f.key, Value: count(today, f.what), Previous: count(yesterday, f.what)})
	}
	members, line := TodaysFigure{Key: "members"}, TodaysFigure{Key: "in_line"}
	groups, err := a.Circles.GroupsTx(tx)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		n, err := a.Seats.Count(tx, g.Name)
		if err != nil {
			if isUnknownGroup(err) {
				continue
			}
			return nil, err
		}
		members.Value += int64(n.Taken)
		members.Of += int64(n.Capacity)
		line.Value += int64(n.Waiting)
	}
	return append(out, line, members), nil
}

// checklist leads from nothing to the first member.
func (a *API) checklist(ctx context.Context, c *call, figures []TodaysFigure) ([]FirstStep, error) {
	staff, err := a.Auth.Staff(ctx, c.Community)
	if err != nil {
		return nil, err
	}
	members := false
	for _, f := range figures {
		members = members || f.Key == "members" && f.Value > 0
	}
	steps := []FirstStep{
		{Key: "playbook", Href: "settings/playbook"},
		{Key: "entry", Href: "intake"},
		{Key: "first_member", Href: "intake", Done: members},
		{Key: "colleague", Href: "settings/staff", Done: len(staff) > 1},
	}
	if c.Kind == access.Operator {
		steps = append(steps, FirstStep{Key: "second_factor", Href: "account", Done: c.MFA})
	}
	return steps, a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
		_, err := a.Playbooks.AppliedTx(tx)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return err
		}
		steps[0].Done = err == nil
		entries, err := a.Intake.Entries(tx, intake.EntryFilter{State: intake.Active}, "", 1)
		steps[1].Done = len(entries.Items) > 0
		return err
	})
}
