package api

import (
	"context"
	"net/http"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// CircleView is a circle with who looks after it.
type CircleView struct {
	circle.Circle
	Staff []circle.Staff   `json:"staff"`
	Pins  []circle.Message `json:"pins" doc:"what is pinned, the latest first"`
}

type circleQuery struct {
	Paging
	Group string       `query:"group"`
	Kind  circle.Kind  `query:"kind"`
	State circle.State `query:"state" enum:"open,frozen,archived" doc:"open: also the full ones"`
	Text  string       `query:"q" maxLength:"80" doc:"part of the name"`
}

func (q *circleQuery) filter() circle.Filter {
	return circle.Filter{Group: q.Group, Kind: q.Kind, State: q.State, Text: q.Text}
}

// circleTag is the ETag of what of a circle can be edited.
func circleTag(c circle.Circle) string { return digestOf(c.Name, c.Capacity) }

func (a *API) circles() {
	const tag = "Circles"
	read := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.CircleRead, Summary: summary}
	}
	write := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.CircleWrite, Summary: summary}
	}
	look(a, read("group.list", "GET /groups", "Lists the groups of circles, as the playbook declares them"), func(tx *db.Tx, _ *call, _ *nothing) (out list[circle.Group], err error) {
		out.Items, err = a.Circles.GroupsTx(tx)
		return out, err
	})
	get(a, read("circle.list", "GET /circles", "Lists circles by group and number"), func(ctx context.Context, c *call, in *circleQuery) (page.Page[circle.Circle], error) {
		return a.Circles.List(ctx, c.Community, in.filter(), in.Cursor, in.Limit)
	})
	get(a, read("circle.board", "GET /circles/board", "Lists the circles that are not archived, those that need help first"), func(ctx context.Context, c *call, in *circleQuery) (page.Page[circle.Standing], error) {
		return a.Circles.Board(ctx, c.Community, in.filter(), in.Cursor, in.Limit)
	})
	open := write("circle.open", "POST /circles", "Opens the next circle of a group")
	open.Once, open.Status = true, http.StatusCreated
	change(a, open, func(tx *db.Tx, c *call, in *struct {
		Body struct {
			Group      string            `json:"group"`
			Attributes map[string]string `json:"attributes,omitempty" doc:"values that the group's template leaves open, as city"`
		}
	},
	) (circle.Circle, error) {
		x, err := a.Circles.OpenTx(tx, in.Body.Group, in.Body.Attributes)
		return kept(tx, c, x, err)
	})
	handle(a, read("circle.read", "GET /circles/{id}", "A circle"), a.readCircle)
	edit := write("circle.edit", "PATCH /circles/{id}", "Changes a circle's name or how many it takes")
	edit.Match = true
	handle(a, edit, a.editCircle)
	change(a, write("circle.freeze", "POST /circles/{id}/freeze", "Takes nobody in and lets only staff write"), func(tx *db.Tx, c *call, in *OneThing) (circle.Circle, error) {
		x, err := a.Circles.FreezeTx(tx, string(in.ID), c.ID)
		return kept(tx, c, x, err)
	})
	change(a, write("circle.thaw", "POST /circles/{id}/thaw", "Opens a frozen circle again"), func(tx *db.Tx, c *call, in *OneThing) (circle.Circle, error) {
		x, err := a.Circles.ThawTx(tx, string(in.ID), c.ID)
		return kept(tx, c, x, err)
	})
	change(a, write("circle.archive", "POST /circles/{id}/archive", "Ends a circle for good; its members may still read"), func(tx *db.Tx, c *call, in *OneThing) (circle.Circle, error) {
		x, err := a.Circles.ArchiveTx(tx, string(in.ID), c.ID)
		return kept(tx, c, x, err)
	})
	get(a, read("circle.health", "GET /circles/{id}/health", "A circle's last days, the latest first"), func(ctx context.Context, c *call, in *struct {
		OneThing
		Days int `query:"days" minimum:"1" maximum:"30" default:"7"`
	},
	) (out list[circle.Day], err error) {
		out.Items, err = a.Circles.Health(ctx, c.Community, string(in.ID), in.Days)
		return out, err
	})
}

// kept writes the audit entry of a change of a circle.
func kept(tx *db.Tx, c *call, x circle.Circle, err error) (circle.Circle, error) {
	if err != nil {
		return x, err
	}
	return x, c.record(tx, "circle", x.ID, nil)
}

func (a *API) readCircle(ctx context.Context, c *call, in *OneThing) (out *tagged[CircleView], err error) {
	err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
		x, err := a.Circles.GetTx(tx, string(in.ID))
		if err != nil {
			return err
		}
		out = &tagged[CircleView]{circleTag(x), CircleView{Circle: x}}
		if out.Body.Staff, err = a.Circles.StaffTx(tx, x.ID); err != nil {
			return err
		}
		out.Body.Pins, err = a.Circles.PinsTx(tx, speaker(c), x.ID)
		return err
	})
	return out, err
}

type circleChange struct {
	OneThing
	Body struct {
		Name     text.Text `json:"name,omitempty" doc:"by language"`
		Capacity *int      `json:"capacity,omitempty"`
	}
}

func (a *API) editCircle(ctx context.Context, c *call, in *circleChange) (*tagged[circle.Circle], error) {
	x, err := alter(ctx, a, c, in, func(tx *db.Tx, c *call, in *circleChange) (circle.Circle, error) {
		x, err := a.Circles.GetTx(tx, string(in.ID))
		if err != nil {
			return x, err
		}
		if err := c.matches(circleTag(x)); err != nil {
			return x, err
		}
		if in.Body.Name != nil {
			if x, err = a.Circles.RenameTx(tx, x.ID, in.Body.Name); err != nil {
				return x, err
			}
		}
		if in.Body.Capacity != nil {
			if x, err = a.Circles.SetCapacityTx(tx, x.ID, *in.Body.Capacity); err != nil {
				return x, err
			}
		}
		return kept(tx, c, x, nil)
	})
	return &tagged[circle.Circle]{circleTag(x), x}, err
}
