package api

import (
	"context"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// countBound is up to where people are counted: beyond, a list says only that there are more.
const countBound = 10_000

// PeoplePage is a piece of the list of people.
type PeoplePage struct {
	Items []people.Person `json:"items"`
	Next  string          `json:"next,omitempty" doc:"cursor of the next page; empty on the last"`
	Count Count           `json:"count" doc:"of all that the filter chooses"`
}

// Count is a number of rows, counted up to a bound.
type Count struct {
	N    int  `json:"n"`
	More bool `json:"more" doc:"there are others"`
}

type peopleQuery struct {
	Paging
	PeopleFilter
}

// PeopleFilter chooses people.
type PeopleFilter struct {
	Text         string    `query:"q" doc:"name, nickname, phone, its last four digits, or id"`
	IDs          []ID      `query:"id" maxItems:"300" doc:"only these"`
	Stage        string    `query:"stage"`
	Tag          string    `query:"tag"`
	Grade        string    `query:"grade"`
	Joiner       string    `query:"joiner"`
	Relation     string    `query:"relation"`
	Stakeholder  string    `query:"stakeholder"`
	City         string    `query:"city"`
	Source       string    `query:"source" doc:"id of the first one"`
	Entry        string    `query:"entry" doc:"id of the first one"`
	Circle       ID        `query:"circle" doc:"of which they are members now"`
	SalesOwner   string    `query:"sales_owner"`
	ServiceOwner string    `query:"service_owner"`
	State        string    `query:"state" enum:"active,blocked" doc:"both, if not given"`
	Reach        []int     `query:"reach" doc:"numbers of separate ways to reach them, 0 to 3"`
	NoCircle     bool      `query:"no_circle" doc:"in no circle, and nobody's contact"`
	Known        bool      `query:"known" doc:"have told a name or can be reached: no visitors who only looked"`
	From         time.Time `query:"from" doc:"met since"`
	To           time.Time `query:"to" doc:"met before"`
	Sort         string    `query:"sort" enum:"created,seen" doc:"newest first, or last seen first"`
}

func (q *PeopleFilter) filter() people.Filter {
	f := people.Filter{
		Text: q.Text, Stage: people.Stage(q.Stage), Tag: people.Tag(q.Tag), Grade: q.Grade, Joiner: q.Joiner, Relation: q.Relation, Stakeholder: q.Stakeholder,
		City: q.City, Source: q.Source, Entry: q.Entry, SalesOwner: q.SalesOwner, ServiceOwner: q.ServiceOwner, Ways: q.Reach, NoCircle: q.NoCircle, Known: q.Known,
		CreatedFrom: q.From, CreatedTo: q.To, BySeen: q.Sort == "seen",
	}
	for _, one := range q.IDs {
		f.IDs = append(f.IDs, string(one))
	}
	if q.Circle != "" {
		f.Among = func(arg func(any) string) string { return circle.Roster(arg, string(q.Circle)) }
	}
	if q.State != "" {
		blocked := q.State == "blocked"
		f.Blocked = &blocked
	}
	return f
}

// CoverageView is the coverage of everybody, and of those from each source.
type CoverageView struct {
	people.Coverage
	Sources []people.SourceCoverage `json:"sources" doc:"by where they first came from, the most first"`
}

// Found is what a search text matches.
type Found struct {
	People  []people.Hit    `json:"people"`
	Circles []circle.Circle `json:"circles"`
	Entries []intake.Entry  `json:"entries"`
}

func (a *API) people() {
	const tag = "People"
	get(a, Op{Name: "people.list", Route: "GET /people", Tag: tag, Action: access.PeopleRead, Summary: "Lists the people that a filter chooses"}, a.listPeople)
	get(a, Op{Name: "people.search", Route: "GET /search", Tag: tag, Action: access.PeopleRead, Summary: "Finds people, circles and entries by a text"}, a.search)
	get(a, Op{Name: "people.coverage", Route: "GET /coverage", Tag: tag, Action: access.PeopleRead, Summary: "How many people can be reached by how many separate ways"},
		func(ctx context.Context, c *call, _ *nothing) (out CoverageView, err error) {
			if out.Coverage, err = a.People.Coverage(ctx, c.Community); err != nil {
				return out, err
			}
			out.Sources, err = a.People.CoverageBySource(ctx, c.Community)
			return out, err
		})
	look(a, Op{Name: "people.tags", Route: "GET /people/tags", Tag: tag, Action: access.PeopleRead, Summary: "Lists the tags in use, the most used first"},
		func(tx *db.Tx, _ *call, _ *nothing) (out list[people.TagCount], err error) {
			out.Items, err = a.People.Tags(tx)
			return out, err
		})
}

func (a *API) listPeople(ctx context.Context, c *call, in *peopleQuery) (out PeoplePage, err error) {
	f := in.filter()
	p, err := a.People.List(ctx, c.Community, f, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	out.Items, out.Next = p.Items, p.Next
	out.Count.N, out.Count.More, err = a.People.Count(ctx, c.Community, f, countBound)
	return out, err
}

func (a *API) search(ctx context.Context, c *call, in *struct {
	Text string `query:"q" required:"true" minLength:"1" maxLength:"80"`
},
) (out Found, err error) {
	const most = 10
	if out.People, err = a.People.Search(ctx, c.Community, in.Text, most); err != nil {
		return out, err
	}
	circles, err := a.Circles.List(ctx, c.Community, circle.Filter{Text: in.Text}, "", most)
	if err != nil {
		return out, err
	}
	out.Circles = circles.Items
	err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
		p, err := a.Intake.Entries(tx, intake.EntryFilter{Text: in.Text}, "", most)
		out.Entries = p.Items
		return err
	})
	return out, err
}
