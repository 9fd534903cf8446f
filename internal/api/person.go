package api

import (
	"context"
	"net/http"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
)

// OnePerson is the person in the path.
type OnePerson struct {
	ID ID `path:"id"`
}

// Revealed is a masked field in full.
type Revealed struct {
	Values []string `json:"values"`
}

// Marked tells whether a tag was put on or taken off.
type Marked struct {
	Changed bool `json:"changed" doc:"false if it was so before"`
}

func (a *API) persons() {
	const tag = "People"
	read := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.PeopleRead, Summary: summary}
	}
	write := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.PeopleWrite, Summary: summary}
	}
	handle(a, read("person.read", "GET /people/{id}", "A person, masked"), func(ctx context.Context, c *call, in *OnePerson) (*tagged[people.Person], error) {
		p, err := a.People.Get(ctx, c.Community, string(in.ID))
		return &tagged[people.Person]{etagOf(p.Version), p}, err
	})
	edit := write("person.edit", "PATCH /people/{id}", "Changes fields of the profile, all or none")
	edit.Match = true
	handle(a, edit, a.editPerson)
	get(a, read("person.timeline", "GET /people/{id}/timeline", "What happened to a person, the latest first"), func(ctx context.Context, c *call, in *struct {
		OnePerson
		Paging
		Kind []string `query:"kind" doc:"kinds of facts; all, if not given"`
	},
	) (page.Page[fact.Fact], error) {
		return a.People.Timeline(ctx, c.Community, string(in.ID), in.Kind, in.Cursor, in.Limit)
	})
	change(a, Op{Name: "person.reveal", Route: "POST /people/{id}/reveal", Tag: tag, Action: access.PeopleReveal, Summary: "Shows a masked field in full; the look is audited"}, a.reveal)
	change(a, write("person.tag", "POST /people/{id}/tags/{tag}", "Puts a tag on"), func(tx *db.Tx, c *call, in *PersonTag) (out Marked, err error) {
		if out.Changed, err = a.People.TagTx(tx, string(in.ID), people.Tag(in.Tag), c.ID); err != nil {
			return out, err
		}
		return out, c.record(tx, "person", string(in.ID), nil)
	})
	change(a, write("person.untag", "DELETE /people/{id}/tags/{tag}", "Takes a tag off"), func(tx *db.Tx, c *call, in *PersonTag) (out Marked, err error) {
		if out.Changed, err = a.People.UntagTx(tx, string(in.ID), people.Tag(in.Tag), c.ID); err != nil {
			return out, err
		}
		return out, c.record(tx, "person", string(in.ID), nil)
	})
	drop(a, write("person.block", "POST /people/{id}/block", "Keeps a person out: they leave their circles and are signed out"), func(tx *db.Tx, c *call, in *struct {
		OnePerson
		Body struct {
			Reason string `json:"reason" maxLength:"500"`
		}
	},
	) error {
		if err := a.People.BlockTx(tx, string(in.ID), in.Body.Reason, c.ID); err != nil {
			return err
		}
		return c.record(tx, "person", string(in.ID), nil)
	})
	drop(a, write("person.unblock", "POST /people/{id}/unblock", "Lets a person in again"), func(tx *db.Tx, c *call, in *OnePerson) error {
		if err := a.People.UnblockTx(tx, string(in.ID), c.ID); err != nil {
			return err
		}
		return c.record(tx, "person", string(in.ID), nil)
	})
	drop(a, Op{Name: "person.erase", Route: "POST /people/{id}/erase", Tag: tag, Action: access.PeopleErase, Summary: "Takes away everything by which a person could be known; it can't be undone"},
		func(tx *db.Tx, c *call, in *OnePerson) error {
			if err := a.People.EraseTx(tx, string(in.ID), c.ID); err != nil {
				return err
			}
			return c.record(tx, "person", string(in.ID), nil)
		})
	handle(a, Op{Name: "person.export", Route: "GET /people/{id}/export", Tag: tag, Action: access.ExportRun, Summary: "Everything that is kept of a person, in plain; it is audited"}, a.exportPerson)
	a.personParts(tag)
}

// PersonTag is a tag of the person in the path.
type PersonTag struct {
	OnePerson
	Tag string `path:"tag" maxLength:"100"`
}

// personParts declares what hangs on a person.
func (a *API) personParts(tag string) {
	read := func(name, route, summary string, action access.Action) Op {
		return Op{Name: name, Route: "GET /people/{id}/" + route, Tag: tag, Action: action, Summary: summary}
	}
	look(a, read("person.runs", "runs", "The person's ways through paths, the newest first", access.PeopleRead), func(tx *db.Tx, _ *call, in *OnePerson) (out list[path.Run], err error) {
		ids, err := a.group(tx, in.ID)
		for _, id := range ids {
			runs, err := a.Paths.RunsOf(tx, id, page.Default)
			if err != nil {
				return out, err
			}
			for _, r := range runs {
				out.Items = append(out.Items, *r)
			}
		}
		return out, err
	})
	look(a, read("person.circles", "circles", "The circles that a person is in", access.CircleRead), func(tx *db.Tx, _ *call, in *OnePerson) (out list[circle.Membership], err error) {
		if _, err = a.People.GetTx(tx, string(in.ID)); err == nil {
			out.Items, err = a.Circles.CirclesOfTx(tx, string(in.ID))
		}
		return out, err
	})
	look(a, read("person.touches", "touches", "What was sent to a person, or held back, the latest first", access.TouchRead), func(tx *db.Tx, _ *call, in *struct {
		OnePerson
		Paging
	},
	) (page.Page[touch.Touch], error) {
		if _, err := a.People.GetTx(tx, string(in.ID)); err != nil {
			return page.Page[touch.Touch]{}, err
		}
		return a.Touch.OfPerson(tx, string(in.ID), in.Cursor, in.Limit)
	})
	look(a, read("person.looks", "looks", "Who looked at what of a person is masked otherwise, and why; the latest first", access.AuditRead), func(tx *db.Tx, _ *call, in *OnePerson) (out list[people.Look], err error) {
		if _, err = a.People.GetTx(tx, string(in.ID)); err == nil {
			out.Items, err = a.People.Looks(tx, string(in.ID))
		}
		return out, err
	})
	look(a, read("person.consents", "consents", "What a person agreed to, oldest first", access.PeopleRead), func(tx *db.Tx, _ *call, in *OnePerson) (out list[people.Consent], err error) {
		if _, err = a.People.GetTx(tx, string(in.ID)); err == nil {
			out.Items, err = a.People.Consents(tx, string(in.ID))
		}
		return out, err
	})
	look(a, read("person.identifiers", "identifiers", "What a person is known by, masked", access.PeopleRead), func(tx *db.Tx, _ *call, in *OnePerson) (out list[people.Held], err error) {
		if _, err = a.People.GetTx(tx, string(in.ID)); err == nil {
			out.Items, err = a.People.Identifiers(tx, string(in.ID))
		}
		return out, err
	})
	look(a, read("person.merges", "merges", "Who was merged into a person, the latest first", access.PeopleRead), func(tx *db.Tx, _ *call, in *OnePerson) (out list[people.Merge], err error) {
		if _, err = a.People.GetTx(tx, string(in.ID)); err == nil {
			out.Items, err = a.People.Merges(tx, string(in.ID))
		}
		return out, err
	})
	look(a, read("person.anchors", "anchors", "Every value that the person's dates had, oldest first", access.PeopleRead), func(tx *db.Tx, _ *call, in *OnePerson) (out list[people.AnchorChange], err error) {
		if _, err = a.People.GetTx(tx, string(in.ID)); err == nil {
			out.Items, err = a.People.AnchorHistory(tx, string(in.ID))
		}
		return out, err
	})
}

// group lists all ids of who stands for a person; one who isn't there is refused.
func (a *API) group(tx *db.Tx, id ID) ([]string, error) {
	if _, err := a.People.GetTx(tx, string(id)); err != nil {
		return nil, err
	}
	root, err := people.Root(tx, string(id))
	if err != nil {
		return nil, err
	}
	return people.Group(tx, root)
}

func (a *API) editPerson(ctx context.Context, c *call, in *struct {
	OnePerson
	Body struct {
		Fields map[string]any `json:"fields" minProperties:"1" doc:"by name: built-in ones (nickname, name, city, due_date …) and those the playbook declares; null takes one away"`
	}
},
) (*tagged[people.Person], error) {
	version, err := c.version()
	if err != nil {
		return nil, err
	}
	changes := make(map[people.FieldName]any, len(in.Body.Fields))
	for k, v := range in.Body.Fields {
		changes[people.FieldName(k)] = v
	}
	p, err := alter(ctx, a, c, &in.OnePerson, func(tx *db.Tx, c *call, in *OnePerson) (p people.Person, err error) {
		if err = a.People.EditTx(tx, string(in.ID), version, changes, c.ID); err != nil {
			return p, err
		}
		if err = c.record(tx, "person", string(in.ID), nil); err != nil {
			return p, err
		}
		return a.People.GetTx(tx, string(in.ID))
	})
	return &tagged[people.Person]{etagOf(p.Version), p}, nest(err, "/fields")
}

func (a *API) reveal(tx *db.Tx, c *call, in *struct {
	OnePerson
	Body struct {
		Field  people.FieldName `json:"field" enum:"name,phone,email"`
		Reason string           `json:"reason" minLength:"1" maxLength:"200" doc:"why it is looked at"`
	}
},
) (out Revealed, err error) {
	c.audited()
	out.Values, err = a.People.RevealTx(tx, audit.By(c.Principal), string(in.ID), in.Body.Field, in.Body.Reason)
	return out, err
}

type exported struct {
	Disposition string `header:"Content-Disposition"`
	Body        people.Export
}

func (a *API) exportPerson(ctx context.Context, c *call, in *struct {
	OnePerson
	Reason string `query:"reason" required:"true" minLength:"1" maxLength:"200" doc:"why it is asked for"`
},
) (*exported, error) {
	e, err := alter(ctx, a, c, &in.OnePerson, func(tx *db.Tx, c *call, one *OnePerson) (people.Export, error) {
		c.audited()
		return a.People.ExportTx(tx, audit.By(c.Principal), string(one.ID), in.Reason)
	})
	return &exported{Disposition: `attachment; filename="person-` + string(in.ID) + `.json"`, Body: e}, err
}

func (a *API) merges() {
	const tag = "People"
	erase := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.PeopleErase, Summary: summary}
	}
	change(a, erase("person.merge", "POST /people/{id}/merge", "Makes two persons one; the one met first stays"), func(tx *db.Tx, c *call, in *struct {
		OnePerson
		Body struct {
			Other ID `json:"other"`
		}
	},
	) (people.Merge, error) {
		m, err := a.People.MergeTx(tx, string(in.ID), string(in.Body.Other), c.ID)
		if err != nil {
			return m, err
		}
		return m, c.record(tx, "person", m.Into, map[string]any{"from": m.From, "merge": m.ID})
	})
	drop(a, erase("merge.undo", "POST /merges/{id}/undo", "Takes a merge back"), func(tx *db.Tx, c *call, in *OnePerson) error {
		if err := a.People.UnmergeTx(tx, string(in.ID), c.ID); err != nil {
			return err
		}
		return c.record(tx, "merge", string(in.ID), nil)
	})
	get(a, Op{Name: "merge.proposals", Route: "GET /people/proposals", Tag: tag, Action: access.PeopleRead, Summary: "Lists persons who may be the same human, oldest first"},
		func(ctx context.Context, c *call, in *Paging) (page.Page[people.Proposal], error) {
			return a.People.Proposals(ctx, c.Community, in.Cursor, in.Limit)
		})
	look(a, Op{Name: "merge.list", Route: "GET /merges", Tag: tag, Action: access.PeopleRead, Summary: "Lists who was merged into whom, the latest first"},
		func(tx *db.Tx, _ *call, in *Paging) (page.Page[people.Merge], error) {
			return a.People.AllMerges(tx, in.Cursor, in.Limit)
		})
	dismiss := erase("merge.dismiss", "POST /people/proposals/dismiss", "Settles a proposal as false")
	dismiss.Status = http.StatusNoContent
	drop(a, dismiss, func(tx *db.Tx, c *call, in *struct {
		Body struct {
			One   ID `json:"one"`
			Other ID `json:"other"`
		}
	},
	) error {
		if err := a.People.DismissTx(tx, string(in.Body.One), string(in.Body.Other), c.ID); err != nil {
			return err
		}
		return c.record(tx, "person", string(in.Body.One), map[string]any{"other": string(in.Body.Other)})
	})
}
