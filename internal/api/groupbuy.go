package api

import (
	"context"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// GroupBuy is a group-buy with how far it has come.
type GroupBuy struct {
	goods.Progress
	StarterName string `json:"starter_name,omitempty"`
	URL         string `json:"url" doc:"its page"`
}

func (a *API) groupBuys() {
	look(a, shopRead("offer.list", "GET /offers", "Lists the group-buys that may be started"), func(tx *db.Tx, _ *call, in *struct {
		Retired bool `query:"retired" doc:"also those that may be started no more"`
	},
	) (out list[goods.ListedOffer], err error) {
		out.Items, err = a.Goods.OffersTx(tx, in.Retired)
		return out, err
	})
	change(a, made(shopWrite("offer.add", "POST /offers", "Adds a group-buy that may be started")), func(tx *db.Tx, c *call, in *struct{ Body goods.Offer }) (goods.ListedOffer, error) {
		o, err := a.Goods.PutOfferTx(tx, in.Body, 0)
		if err != nil {
			return o, err
		}
		return o, c.record(tx, "offer", o.Name, audit.Detail{"version": o.Version})
	})
	handle(a, matched(shopWrite("offer.edit", "PUT /offers/{name}", "Makes a group-buy that may be started as it is sent; those that were started keep what they have")), a.editOffer)
	change(a, shopWrite("offer.retire", "POST /offers/{name}/retire", "Ends the starting of a group-buy, or begins it again; those that were started go on"), func(tx *db.Tx, c *call, in *retiring) (goods.ListedOffer, error) {
		o, err := a.Goods.RetireOfferTx(tx, in.Name, in.Body.Retired)
		if err != nil {
			return o, err
		}
		return o, c.record(tx, "offer", in.Name, audit.Detail{"retired": in.Body.Retired})
	})
	look(a, shopRead("group_buy.list", "GET /group-buys", "Lists group-buys that were started, the newest first"), a.listGroupBuys)
	look(a, shopRead("group_buy.get", "GET /group-buys/{id}", "A group-buy with how many have paid"), func(tx *db.Tx, c *call, in *OneThing) (GroupBuy, error) {
		return a.groupBuy(tx, c, string(in.ID))
	})
	look(a, shopRead("group_buy.members", "GET /group-buys/{id}/members", "Lists who has a place in a group-buy, or one kept, with their orders"), a.listGroupMembers)
	change(a, made(shopWrite("group_buy.start", "POST /group-buys", "Starts a group-buy for whoever joins it")), func(tx *db.Tx, c *call, in *struct {
		Body struct {
			Offer string `json:"offer" maxLength:"40"`
		}
	},
	) (goods.Group, error) {
		g, err := a.Goods.StartTx(tx, in.Body.Offer, c.ID)
		if err != nil {
			return g, err
		}
		return g, c.record(tx, "group_buy", g.ID, audit.Detail{"offer": g.Offer})
	})
}

type offerChange struct {
	OneName
	Body goods.Offer
}

func (a *API) editOffer(ctx context.Context, c *call, in *offerChange) (*tagged[goods.ListedOffer], error) {
	version, err := c.version()
	if err != nil {
		return nil, err
	}
	o, err := alter(ctx, a, c, in, func(tx *db.Tx, c *call, in *offerChange) (goods.ListedOffer, error) {
		was, err := a.Goods.OfferTx(tx, in.Name)
		if err != nil {
			return was, err
		}
		if version != 0 && int64(was.Version) != version {
			return was, errStale
		}
		body := in.Body
		body.Name = in.Name
		o, err := a.Goods.PutOfferTx(tx, body, was.Version)
		if err != nil {
			return o, err
		}
		return o, c.record(tx, "offer", o.Name, audit.Detail{"version": o.Version})
	})
	return &tagged[goods.ListedOffer]{etagOf(int64(o.Version)), o}, err
}

func (a *API) listGroupBuys(tx *db.Tx, c *call, in *struct {
	Paging
	Offer string           `query:"offer" maxLength:"40"`
	State goods.GroupState `query:"state" enum:"open,full,failed"`
},
) (out page.Page[GroupBuy], err error) {
	p, err := a.Goods.GroupsTx(tx, goods.GroupFilter{Offer: in.Offer, State: in.State}, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	for _, g := range p.Items {
		b, err := a.groupBuy(tx, c, g.ID)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, b)
	}
	return out, nil
}

func (a *API) groupBuy(tx *db.Tx, c *call, id string) (b GroupBuy, err error) {
	if b.Progress, err = a.Goods.ProgressTx(tx, id); err != nil {
		return b, err
	}
	b.URL = a.PublicURL + "/" + c.community.Slug + "/group-buys/" + id
	if b.Starter != "" {
		names, err := a.nicknames(tx, []string{b.Starter})
		b.StarterName = names[b.Starter]
		return b, err
	}
	return b, nil
}

func (a *API) listGroupMembers(tx *db.Tx, _ *call, in *struct {
	OneThing
	Paging
},
) (out page.Page[ItemRow], err error) {
	if _, err := a.Goods.GroupTx(tx, string(in.ID)); err != nil {
		return out, err
	}
	p, err := a.Goods.GroupItemsTx(tx, string(in.ID), in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	out.Items, err = a.itemRows(tx, p.Items)
	return out, err
}
