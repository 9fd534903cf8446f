package api

import (
	"context"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// PointsOf is how many points a person has, and how they came and went.
type PointsOf struct {
	Balance int64            `json:"balance"`
	Items   []shop.PointsRow `json:"items" doc:"the newest first"`
	Next    string           `json:"next,omitempty"`
}

func (a *API) points() {
	get(a, Op{Name: "points.list", Route: "GET /people/{id}/points", Tag: shopTag, Action: access.OrderRead, Summary: "How many points a person has, and how they came and went"}, a.listPoints)
	change(a, made(Op{
		Name: "points.grant", Route: "POST /people/{id}/points", Tag: shopTag, Action: access.MoneyPost, Once: true,
		Summary: "Gives points to a person, or takes some of theirs away",
	}), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Points int64         `json:"points" doc:"below zero takes some away, never more than they have"`
			Why    shop.GrantWhy `json:"why" enum:"gift,prize,goodwill,correction"`
		}
	},
	) (out PointsOf, err error) {
		p, err := a.rootPerson(tx, in.ID)
		if err != nil {
			return out, err
		}
		if err := a.Shop.GrantTx(tx, p.ID, in.Body.Points, in.Body.Why, c.ID); err != nil {
			return out, err
		}
		if out.Balance, err = a.pointsOf(tx, p.ID); err != nil {
			return out, err
		}
		return out, c.record(tx, "person", p.ID, audit.Detail{"points": in.Body.Points, "why": string(in.Body.Why)})
	})
}

// rootPerson is who stands for a person.
func (a *API) rootPerson(tx *db.Tx, id ID) (people.Person, error) {
	root, err := people.Root(tx, string(id))
	if err != nil {
		return people.Person{}, err
	}
	return a.People.GetTx(tx, root)
}

func (a *API) pointsOf(tx *db.Tx, person string) (int64, error) {
	ids, err := people.Group(tx, person)
	if err != nil {
		return 0, err
	}
	return a.Shop.PointsTx(tx, ids)
}

func (a *API) listPoints(ctx context.Context, c *call, in *struct {
	OneThing
	Paging
},
) (out PointsOf, err error) {
	var root people.Person
	err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) (err error) {
		if root, err = a.rootPerson(tx, in.ID); err == nil {
			out.Balance, err = a.pointsOf(tx, root.ID)
		}
		return err
	})
	if err != nil {
		return out, err
	}
	var p page.Page[shop.PointsRow]
	p, err = a.Shop.Points(ctx, c.Community, root.ID, in.Cursor, in.Limit)
	out.Items, out.Next = p.Items, p.Next
	return out, err
}
