package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// OneMember is a person in a circle.
type OneMember struct {
	ID     ID `path:"id"`
	Person ID `path:"person"`
}

func (a *API) members() {
	const tag = "Circles"
	write := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.CircleWrite, Summary: summary}
	}
	get(a, Op{Name: "member.list", Route: "GET /circles/{id}/members", Tag: tag, Action: access.CircleRead, Summary: "Lists who is in a circle, by when they came"},
		func(ctx context.Context, c *call, in *struct {
			OneThing
			Paging
			Past bool `query:"past" doc:"also those who have left, one row a stay"`
		},
		) (page.Page[circle.Member], error) {
			return a.Circles.Roster(ctx, c.Community, string(in.ID), circle.RosterFilter{Past: in.Past}, in.Cursor, in.Limit)
		})
	add := write("member.add", "POST /circles/{id}/members", "Gives a person a place in a circle and puts them on its roster, whether or not its attributes fit")
	add.Once, add.Status = true, http.StatusCreated
	change(a, add, a.addMember)
	drop(a, write("member.remove", "DELETE /circles/{id}/members/{person}", "Takes a person off the roster; their place goes to whoever waits"), func(tx *db.Tx, c *call, in *OneMember) error {
		if _, err := a.Circles.LeaveTx(tx, string(in.ID), string(in.Person), circle.ReasonRemoved, c.ID); err != nil {
			return err
		}
		return c.record(tx, "person", string(in.Person), audit.Detail{"circle": string(in.ID)})
	})
	change(a, write("member.move", "POST /circles/{id}/members/{person}/move", "Takes a person from one circle to another"), func(tx *db.Tx, c *call, in *struct {
		OneMember
		Body struct {
			To ID `json:"to" doc:"the other circle"`
		}
	},
	) (circle.Member, error) {
		m, err := a.Circles.MoveTx(tx, circle.Move{Person: string(in.Person), From: string(in.ID), To: string(in.Body.To), Actor: c.ID})
		if err != nil {
			return m, err
		}
		return m, c.record(tx, "person", string(in.Person), audit.Detail{"from": string(in.ID), "to": string(in.Body.To)})
	})
	mute := write("member.mute", "POST /circles/{id}/members/{person}/mute", "Keeps a member from writing until a time; none ends it")
	mute.Action = access.CircleModerate
	drop(a, mute, func(tx *db.Tx, c *call, in *struct {
		OneMember
		Body struct {
			Until time.Time `json:"until,omitzero"`
		}
	},
	) error {
		if err := a.Circles.MuteTx(tx, string(in.ID), string(in.Person), in.Body.Until.UTC(), c.ID); err != nil {
			return err
		}
		return c.record(tx, "person", string(in.Person), audit.Detail{"circle": string(in.ID)})
	})
}

// holdFor is how long a place stands between being held and being joined, in the same transaction.
const holdFor = time.Minute

func (a *API) addMember(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		Person ID `json:"person"`
	}
},
) (m circle.Member, err error) {
	person := string(in.Body.Person)
	if _, err = a.People.GetTx(tx, person); err != nil {
		return m, err
	}
	x, err := a.Circles.GetTx(tx, string(in.ID))
	if err != nil {
		return m, err
	}
	m, err = a.Circles.MemberTx(tx, x.ID, person)
	if errors.Is(err, circle.ErrNotMember) {
		// Staff may seat anybody: the circle's own attributes are shown in place of the person's.
		s, held := a.Seats.HoldTx(tx, seat.Claim{
			Key: "staff " + tx.NewID(), Group: x.Group, Holder: seat.Holder{ID: person, Person: true}, Want: seat.Want{Pool: x.ID, Attributes: x.Attributes}, TTL: holdFor,
		})
		if held != nil {
			return m, held
		}
		m, err = a.Circles.JoinTx(tx, circle.Join{Person: person, Circle: x.ID, Seat: s.ID, Actor: c.ID})
	}
	if err != nil {
		return m, err
	}
	return m, c.record(tx, "person", person, audit.Detail{"circle": x.ID})
}
