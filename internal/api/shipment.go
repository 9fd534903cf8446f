package api

import (
	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// ItemRow is a thing that somebody buys, with who and by which order. Where it is sent is asked for by itself.
type ItemRow struct {
	goods.Item
	Nickname string    `json:"nickname"`
	Title    text.Text `json:"title" doc:"of the product"`
	SKUTitle text.Text `json:"sku_title,omitempty"`
	Order    string    `json:"order,omitempty"`
	Supplier string    `json:"supplier,omitempty"`
	Cost     money.Fen `json:"cost" doc:"fen, of one, that its supplier is owed once it is sent"`
}

// itemRows adds to things what lists say of them.
func (a *API) itemRows(tx *db.Tx, items []goods.Item) (out []ItemRow, err error) {
	name, err := a.named(tx, len(items), func(i int) []string { return []string{items[i].Person} })
	if err != nil {
		return nil, err
	}
	products := map[string]goods.Listed{}
	for _, x := range items {
		p, known := products[x.Product]
		if !known {
			if p, err = a.Goods.ProductTx(tx, x.Product); err != nil {
				return nil, err
			}
			products[x.Product] = p
		}
		row := ItemRow{Item: x, Nickname: name(x.Person), Title: p.Title, Supplier: x.Supplier, Cost: x.Cost}
		for _, s := range p.SKUs {
			if s.Name == x.SKU {
				row.SKUTitle = s.Title
			}
		}
		if row.Order, _, err = a.Shop.OrderWithTx(tx, x.ID); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func (a *API) shipments() {
	look(a, shopRead("shipment.list", "GET /shipments", "Lists things that wait to be sent, the oldest first, or were sent, the newest first"), func(tx *db.Tx, _ *call, in *struct {
		Paging
		State    goods.ShippedState `query:"state" enum:"waits,sent,come" default:"waits"`
		Supplier string             `query:"supplier" maxLength:"40" doc:"all, if not given"`
	},
	) (out page.Page[ItemRow], err error) {
		p, err := a.Goods.ShipmentsTx(tx, goods.ShipmentFilter{State: in.State, Supplier: in.Supplier}, in.Cursor, in.Limit)
		if err != nil {
			return out, err
		}
		out.Next = p.Next
		out.Items, err = a.itemRows(tx, p.Items)
		return out, err
	})
	change(a, shopWrite("shipment.send", "POST /shipments/{id}/send", "Notes that a thing was sent: its supplier is owed what it costs"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Carrier  string `json:"carrier" maxLength:"100"`
			Tracking string `json:"tracking,omitempty" maxLength:"100" doc:"the carrier's number"`
		}
	},
	) (goods.Item, error) {
		x, err := a.Goods.ShipTx(tx, string(in.ID), in.Body.Carrier, in.Body.Tracking, c.ID)
		if err != nil {
			return x, err
		}
		return x, c.record(tx, "shipment", x.ID, nil)
	})
	change(a, Op{
		Name: "shipment.address", Route: "POST /shipments/{id}/address", Tag: shopTag, Action: access.PeopleReveal,
		Summary: "Where a thing is to be sent, in full; each look is audited",
	}, a.shipmentAddress)
}

type addressLook struct {
	OneThing
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"200"`
	}
}

func (a *API) shipmentAddress(tx *db.Tx, c *call, in *addressLook) (goods.Address, error) {
	x, err := a.Goods.ItemTx(tx, string(in.ID))
	if err != nil {
		return goods.Address{}, err
	}
	at, err := a.Goods.AddressOfTx(tx, x.ID)
	if err == nil && at.Street == "" {
		err = goods.ErrNoAddress
	}
	if err != nil {
		return at, err
	}
	c.audited()
	return at, a.People.LookTx(tx, audit.By(c.Principal), x.Person, people.FieldAddress, in.Body.Reason)
}

// errNoComplaint is for what isn't a complaint, or is one that the caller may not see.
var errNoComplaint = errs.Define(errs.NotFound, "goods.no_complaint")
