package api

import (
	"net/http"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

func (a *API) orders() {
	const tag = "Orders"
	write := func(name, route string, action access.Action, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: action, Once: true, Summary: summary}
	}
	look(a, Op{Name: "order.list", Route: "GET /orders", Tag: tag, Action: access.OrderRead, Summary: "Lists orders, the newest first"}, a.listOrders)
	look(a, Op{Name: "order.get", Route: "GET /orders/{id}", Tag: tag, Action: access.OrderRead, Summary: "An order with its payments and refunds"},
		func(tx *db.Tx, _ *call, in *OneThing) (shop.Detail, error) { return a.Shop.DetailTx(tx, string(in.ID)) })
	add := write("order.add", "POST /orders", access.OrderWrite, "Orders something for a person, who pays later")
	add.Status = http.StatusCreated
	change(a, add, a.addOrder)
	change(a, write("order.cancel", "POST /orders/{id}/cancel", access.OrderWrite, "Ends an order that is not paid; what it kept is free again"), func(tx *db.Tx, c *call, in *OneThing) (shop.Order, error) {
		o, err := a.Shop.CancelTx(tx, string(in.ID))
		if err != nil {
			return o, err
		}
		return o, c.record(tx, "order", o.ID, nil)
	})
	change(a, write("order.confirm", "POST /orders/{id}/confirm", access.MoneyPost, "Confirms that an order was paid outside of any channel; what it is for is the buyer's at once"), a.confirmOrder)
	change(a, write("order.refund", "POST /orders/{id}/refunds", access.MoneyPost, "Gives money of an order back; all that is left takes back what was bought"), a.refundOrder)
	change(a, write("refund.done", "POST /refunds/{id}/done", access.MoneyPost, "Says that money which a person had to give back has gone back"), func(tx *db.Tx, c *call, in *OneThing) (shop.Refund, error) {
		r, err := a.Shop.RefundDoneTx(tx, string(in.ID))
		if err != nil {
			return r, err
		}
		return r, c.record(tx, "order", r.Order, audit.Detail{"refund": r.ID, "fen": r.Amount})
	})
}

func (a *API) listOrders(tx *db.Tx, _ *call, in *struct {
	Paging
	Person  ID     `query:"person"`
	State   string `query:"state" enum:"created,paid,fulfilled,closed,refunded"`
	Product string `query:"product" maxLength:"100" doc:"that it is for, with its kind: plan:year, ticket:<event>, goods:tea"`
	Coupon  string `query:"coupon" maxLength:"40" doc:"its code"`
	Origin  string `query:"origin" maxLength:"60" doc:"what led its buyer to it, as event/ and an id"`

	Organisation ID `query:"organisation" doc:"the company for which they were ordered"`
},
) (p page.Page[shop.Order], err error) {
	f := shop.Filter{State: shop.State(in.State), Product: in.Product, Coupon: in.Coupon, Origin: in.Origin, Organisation: string(in.Organisation)}
	if in.Person != "" {
		if f.Persons, err = people.Group(tx, string(in.Person)); err != nil {
			return p, err
		}
	}
	return a.Shop.Orders(tx, f, in.Cursor, in.Limit)
}

func (a *API) addOrder(tx *db.Tx, c *call, in *struct {
	Body struct {
		Person ID          `json:"person"`
		Items  []shop.Item `json:"items" minItems:"1" maxItems:"20"`
		Coupon string      `json:"coupon,omitempty" maxLength:"40" doc:"its code"`
		Points bool        `json:"points,omitempty" doc:"paid with points, at once and wholly"`

		Organisation ID `json:"organisation,omitempty" doc:"the company that the person orders for, as its contact"`
	}
},
) (shop.Order, error) {
	o, err := a.Shop.CheckoutTx(tx, shop.Checkout{Key: "staff " + tx.NewID(), Person: string(in.Body.Person), Items: in.Body.Items, Coupon: in.Body.Coupon, Points: in.Body.Points, Organisation: string(in.Body.Organisation)})
	if err != nil {
		return o, err
	}
	return o, c.record(tx, "order", o.ID, audit.Detail{"person": o.Person, "fen": o.Amount})
}

func (a *API) confirmOrder(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		Amount money.Fen `json:"amount" doc:"fen that came in; must be what is due"`
		PaidAt time.Time `json:"paid_at,omitzero" doc:"now if not given"`
		Ref    string    `json:"ref,omitempty" maxLength:"100" doc:"the bank's number of it, or where its paper is"`
	}
},
) (shop.Order, error) {
	o, err := a.Shop.ConfirmTx(tx, string(in.ID), channel.Notice{Ref: in.Body.Ref, Amount: in.Body.Amount, PaidAt: in.Body.PaidAt.UTC()})
	if err != nil {
		return o, err
	}
	return o, c.record(tx, "order", o.ID, audit.Detail{"fen": in.Body.Amount})
}

func (a *API) refundOrder(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		Amount money.Fen `json:"amount,omitempty" minimum:"0" doc:"fen; all that is left if not given"`
		Why    string    `json:"why" minLength:"1" maxLength:"200"`
	}
},
) (shop.Order, error) {
	o, err := a.Shop.RefundTx(tx, string(in.ID), shop.Ask{Key: "staff " + tx.NewID(), Amount: in.Body.Amount, Why: in.Body.Why, Actor: c.ID})
	if err != nil {
		return o, err
	}
	return o, c.record(tx, "order", o.ID, audit.Detail{"fen": in.Body.Amount})
}
