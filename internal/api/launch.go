package api

import (
	"context"
	"net/http"
	"time"

	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// LaunchView is how a launch stands.
type LaunchView struct {
	launch.Board
}

// LaunchDraft is what a launch is prepared with.
type LaunchDraft struct {
	Title   string      `json:"title"`
	Product string      `json:"product,omitempty" doc:"plan:vip, ticket:…; empty for the community as a whole"`
	Begins  time.Time   `json:"begins"`
	Ends    time.Time   `json:"ends"`
	Target  launch.Goal `json:"target,omitzero"`
}

// EndorserWords are what is said of an endorser, and what they say.
type EndorserWords struct {
	Name  string `json:"name"`
	Title string `json:"title,omitempty" doc:"what they are"`
	Quote string `json:"quote,omitempty" doc:"in their own words"`
}

// ResourceWords are what a resource is.
type ResourceWords struct {
	Kind  launch.ResourceKind `json:"kind" enum:"text,picture,video,gift,channel,other"`
	Title string              `json:"title"`
	Link  string              `json:"link,omitempty"`
	Ready bool                `json:"ready,omitempty"`
}

// growthOp declares an operation of the Growth part.
func growthOp(name, route string, action access.Action, summary string) Op {
	return Op{Name: name, Route: route, Tag: "Growth", Action: action, Summary: summary}
}

// added is growthOp for something that is made, once a key.
func added(o Op) Op {
	o.Once, o.Status = true, http.StatusCreated
	return o
}

func (a *API) launches() {
	const read, write = access.GrowthRead, access.GrowthWrite
	look(a, growthOp("launch.list", "GET /launches", read, "Lists launches, the one that begins last first"), func(tx *db.Tx, _ *call, in *Paging) (page.Page[launch.Launch], error) {
		return a.Launches.ListTx(tx, in.Cursor, in.Limit)
	})
	change(a, added(growthOp("launch.add", "POST /launches", write, "Prepares a launch")), func(tx *db.Tx, c *call, in *struct{ Body LaunchDraft }) (launch.Launch, error) {
		b := in.Body
		l, err := a.Launches.OpenTx(tx, launch.Launch{Title: b.Title, Product: b.Product, Begins: b.Begins.UTC(), Ends: b.Ends.UTC(), Target: b.Target}, c.ID)
		if err != nil {
			return l, err
		}
		return l, c.record(tx, "launch", l.ID, nil)
	})
	handle(a, growthOp("launch.get", "GET /launches/{id}", read, "How a launch stands: pledges, reach, endorsers, resources, and what is missing"), a.readLaunch)
	edit := growthOp("launch.edit", "PATCH /launches/{id}", write, "Changes a launch but for its product: links were made for it")
	edit.Match = true
	handle(a, edit, a.editLaunch)
	change(a, growthOp("launch.close", "POST /launches/{id}/close", write, "Ends a launch before its time: nobody is asked or reminded any more"), func(tx *db.Tx, c *call, in *OneThing) (launch.Launch, error) {
		l, err := a.Launches.CloseTx(tx, string(in.ID), c.ID)
		if err != nil {
			return l, err
		}
		return l, c.record(tx, "launch", l.ID, nil)
	})
	a.endorsers()
	a.resources()
}

func (a *API) readLaunch(ctx context.Context, c *call, in *OneThing) (out *tagged[LaunchView], err error) {
	err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
		b, err := a.Launches.BoardTx(tx, string(in.ID))
		out = &tagged[LaunchView]{etagOf(b.Version), LaunchView{b}}
		return err
	})
	return out, err
}

type launchChange struct {
	OneThing
	Body struct {
		Title  *string      `json:"title,omitempty"`
		Begins *time.Time   `json:"begins,omitempty"`
		Ends   *time.Time   `json:"ends,omitempty"`
		Target *launch.Goal `json:"target,omitempty"`
	}
}

func (a *API) editLaunch(ctx context.Context, c *call, in *launchChange) (*tagged[launch.Launch], error) {
	version, err := c.version()
	if err != nil {
		return nil, err
	}
	l, err := alter(ctx, a, c, in, func(tx *db.Tx, c *call, in *launchChange) (launch.Launch, error) {
		l, err := a.Launches.GetTx(tx, string(in.ID))
		if err != nil {
			return l, err
		}
		if version != 0 && l.Version != version {
			return l, errStale
		}
		set(&l.Title, in.Body.Title)
		set(&l.Begins, in.Body.Begins)
		set(&l.Ends, in.Body.Ends)
		set(&l.Target, in.Body.Target)
		if l, err = a.Launches.EditTx(tx, l); err != nil {
			return l, err
		}
		return l, c.record(tx, "launch", l.ID, audit.Detail{"version": l.Version})
	})
	return &tagged[launch.Launch]{etagOf(l.Version), l}, err
}

func (a *API) endorsers() {
	const read, write = access.GrowthRead, access.GrowthWrite
	look(a, growthOp("endorser.list", "GET /launches/{id}/endorsers", read, "Lists who stands behind a launch, in the order in which they were named"), func(tx *db.Tx, _ *call, in *struct {
		OneThing
		Paging
		Agreed bool `query:"agreed" doc:"only those who agreed to be shown"`
	},
	) (page.Page[launch.Endorser], error) {
		return a.Launches.EndorsersTx(tx, string(in.ID), in.Agreed, in.Cursor, in.Limit)
	})
	change(a, added(growthOp("endorser.add", "POST /launches/{id}/endorsers", write, "Names somebody who may stand behind a launch; they have agreed to nothing yet")), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			EndorserWords
			Person ID `json:"person,omitempty" doc:"if they are known here"`
		}
	},
	) (launch.Endorser, error) {
		b := in.Body
		e, err := a.Launches.AddEndorserTx(tx, launch.Endorser{Launch: string(in.ID), Person: string(b.Person), Name: b.Name, Title: b.Title, Quote: b.Quote})
		return e, c.onBoard(tx, "endorser", e.ID, err)
	})
	change(a, growthOp("endorser.edit", "PATCH /endorsers/{id}", write, "Changes what is said of an endorser or what they say; other words take another agreement"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body EndorserWords
	},
	) (launch.Endorser, error) {
		e, err := a.Launches.EditEndorserTx(tx, launch.Endorser{ID: string(in.ID), Name: in.Body.Name, Title: in.Body.Title, Quote: in.Body.Quote}, c.ID)
		return e, c.onBoard(tx, "endorser", e.ID, err)
	})
	change(a, growthOp("endorser.consent", "POST /endorsers/{id}/consent", write, "Writes down that an endorser agreed to be shown with their words, or does no longer"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Given bool `json:"given" doc:"you have it in writing"`
		}
	},
	) (launch.Endorser, error) {
		e, err := a.Launches.ConsentTx(tx, string(in.ID), in.Body.Given, c.ID)
		return e, c.onBoard(tx, "endorser", e.ID, err)
	})
	drop(a, growthOp("endorser.remove", "DELETE /endorsers/{id}", write, "Takes an endorser off the board"), func(tx *db.Tx, c *call, in *OneThing) error {
		return c.onBoard(tx, "endorser", string(in.ID), a.Launches.RemoveEndorserTx(tx, string(in.ID)))
	})
}

func (a *API) resources() {
	const read, write = access.GrowthRead, access.GrowthWrite
	look(a, growthOp("resource.list", "GET /launches/{id}/resources", read, "Lists what a launch needs or has"), func(tx *db.Tx, _ *call, in *struct {
		OneThing
		Paging
	},
	) (page.Page[launch.Resource], error) {
		return a.Launches.ResourcesTx(tx, string(in.ID), in.Cursor, in.Limit)
	})
	of := func(b ResourceWords) launch.Resource {
		return launch.Resource{Kind: b.Kind, Title: b.Title, Link: b.Link, Ready: b.Ready}
	}
	change(a, added(growthOp("resource.add", "POST /launches/{id}/resources", write, "Notes something that a launch needs or has")), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body ResourceWords
	},
	) (launch.Resource, error) {
		r := of(in.Body)
		r.Launch = string(in.ID)
		r, err := a.Launches.AddResourceTx(tx, r)
		return r, c.onBoard(tx, "resource", r.ID, err)
	})
	change(a, growthOp("resource.edit", "PATCH /resources/{id}", write, "Changes a resource"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body ResourceWords
	},
	) (launch.Resource, error) {
		r := of(in.Body)
		r.ID = string(in.ID)
		r, err := a.Launches.EditResourceTx(tx, r)
		return r, c.onBoard(tx, "resource", r.ID, err)
	})
	drop(a, growthOp("resource.remove", "DELETE /resources/{id}", write, "Takes a resource off the board"), func(tx *db.Tx, c *call, in *OneThing) error {
		return c.onBoard(tx, "resource", string(in.ID), a.Launches.RemoveResourceTx(tx, string(in.ID)))
	})
}

// onBoard writes the audit entry of a change that was made.
func (c *call) onBoard(tx *db.Tx, kind, id string, err error) error {
	if err != nil {
		return err
	}
	return c.record(tx, kind, id, nil)
}
