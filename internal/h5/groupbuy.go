package h5

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// offerCard is a group-buy that may be started, with some that are open.
type offerCard struct {
	Action, Key, Title, Lead, Price, Usual string
	Open                                   []groupRow
}

type groupRow struct{ What, Until, Href string }

// someOpen is how many open group-buys of an offer a product's page shows.
const someOpen = 3

// offersOf are the group-buys of a product.
func (p *Pages) offersOf(tx *db.Tx, x *view, v *visit, one goods.Listed) (out []offerCard, err error) {
	if one.Retired {
		return nil, nil
	}
	offers, err := p.Goods.OffersTx(tx, false)
	if err != nil {
		return nil, err
	}
	for _, o := range offers {
		at := slices.IndexFunc(one.SKUs, func(s goods.SKU) bool { return o.Item == one.Name+"/"+s.Name })
		if at < 0 {
			continue
		}
		c := offerCard{
			Action: v.base + "/offers/" + o.Name, Key: nonce(), Title: x.T("h5.group.of", "n", o.Size), Price: yuan(o.Price), Usual: x.price(one.SKUs[at].Price),
			Lead: x.T("h5.group.lead", "n", o.Size, "window", x.span(time.Duration(o.Window))),
		}
		if t := one.SKUs[at].Title.In(v.lang); t != "" {
			c.Title = t + " · " + c.Title
		}
		open, err := p.Goods.GroupsTx(tx, goods.GroupFilter{Offer: o.Name, State: goods.GroupOpen}, "", someOpen)
		if err != nil {
			return nil, err
		}
		for _, g := range open.Items {
			now, err := p.Goods.ProgressTx(tx, g.ID)
			if err != nil {
				return nil, err
			}
			if left := g.Size - now.Paid; g.ClosesAt.After(tx.Now()) {
				c.Open = append(c.Open, groupRow{x.T("h5.group.missing", "n", left), x.T("h5.group.until", "until", x.moment(g.ClosesAt)), v.base + "/group-buys/" + g.ID})
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// span writes a length of time in the largest unit that fits it.
func (v *view) span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d%day == 0 && d > 2*day:
		return v.T("h5.span.days", "n", int(d/day))
	case d%time.Hour == 0:
		return v.T("h5.span.hours", "n", int(d/time.Hour))
	case d%time.Minute == 0:
		return v.T("h5.span.minutes", "n", int(d/time.Minute))
	}
	return v.T("h5.span.seconds", "n", int(d/time.Second))
}

type groupView struct {
	Action, Key, Title, State, Lead, Price, Usual string
	Paid, Size, Percent                           int
	Until                                         string
	Mine                                          string // the visitor's order in it
	MayJoin                                       bool
	Link                                          string // to send to others, of who is in it
	Product, SignUp, SignIn                       string
}

// groupBuy shows how far a group-buy has come; who isn't in it may join.
func (p *Pages) groupBuy(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showGroup(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showGroup(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data groupView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		data, err = p.groupView(tx, x, v, r.PathValue("id"))
		return err
	})
	if err != nil {
		return err
	}
	x.Title, x.Data, x.Script = data.Title, data, "gift.js"
	x.Description = strings.TrimSpace(data.Price + " " + data.State)
	if refusal != nil {
		x.Refusal = p.say(v, refusal)
	}
	return p.show(w, v, status, "group", x)
}

func (p *Pages) groupView(tx *db.Tx, x *view, v *visit, id string) (d groupView, err error) {
	g, err := p.Goods.ProgressTx(tx, id)
	if err != nil {
		return d, err
	}
	one, err := p.Goods.ProductTx(tx, g.Product)
	if err != nil {
		return d, err
	}
	here := v.base + "/group-buys/" + id
	d = groupView{
		Action: here, Key: nonce(), Title: skuTitle(one, g.SKU, v), Price: yuan(g.Price), Paid: g.Paid, Size: g.Size, Percent: g.Paid * 100 / g.Size,
		Product: v.base + "/shop/" + g.Product, Until: x.moment(g.ClosesAt), State: x.T("h5.group.missing", "n", g.Size-g.Paid), Lead: x.T("h5.group.rule", "n", g.Size),
	}
	for _, s := range one.SKUs {
		if s.Name == g.SKU {
			d.Usual = x.price(s.Price)
		}
	}
	open := g.State == goods.GroupOpen && g.ClosesAt.After(tx.Now())
	switch {
	case g.State == goods.GroupSuccess:
		d.State, d.Lead, d.Until = x.T("h5.group.full"), x.T("h5.group.full_lead"), ""
	case !open:
		d.State, d.Lead, d.Until = x.T("h5.group.failed"), x.T("h5.group.failed_lead", "n", g.Size), ""
	}
	if v.who.Kind != access.Member {
		if open {
			d.SignUp, d.SignIn = v.base+"/sign-up?to="+here, v.base+"/sign-in?to="+here
		}
		return d, nil
	}
	if d.Mine, err = p.orderInGroup(tx, v, id, open); err != nil {
		return d, err
	}
	d.MayJoin = open && d.Mine == ""
	if open && d.Mine != "" {
		d.Link = p.PublicURL + here
	}
	return d, nil
}

// orderInGroup is the order by which the visitor is in a group-buy, or was. While it is open, one that was not paid counts for nothing.
func (p *Pages) orderInGroup(tx *db.Tx, v *visit, group string, open bool) (string, error) {
	ids, err := people.Group(tx, v.who.ID)
	if err != nil {
		return "", err
	}
	item, found, err := p.Goods.ItemInGroupTx(tx, group, ids)
	if err != nil || !found || open && item.State == goods.Dropped {
		return "", err
	}
	order, _, err := p.Shop.OrderWithTx(tx, item.ID)
	return v.base + "/orders/" + order, err
}

// skuTitle names a SKU with its product.
func skuTitle(one goods.Listed, sku string, v *visit) string {
	out := one.Title.In(v.lang)
	for _, s := range one.SKUs {
		if t := s.Title.In(v.lang); s.Name == sku && t != "" {
			out += " · " + t
		}
	}
	return out
}

// joinGroup orders a place in a group-buy.
func (p *Pages) joinGroup(w http.ResponseWriter, r *http.Request, v *visit) error {
	var item string
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		g, err := p.Goods.GroupTx(tx, r.PathValue("id"))
		item = g.Offer + "/" + g.ID
		return err
	})
	if err != nil {
		return err
	}
	if r.PostFormValue("next") != "" {
		item += "/" + goods.NextGroup
	}
	return p.order1(w, r, v, shop.Checkout{Items: []shop.Item{{Kind: shop.KindGroup, Item: item}}}, p.showGroup)
}

// startGroup orders the first place of a new group-buy.
func (p *Pages) startGroup(w http.ResponseWriter, r *http.Request, v *visit) error {
	var product string
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		o, err := p.Goods.OfferTx(tx, r.PathValue("offer"))
		product, _, _ = strings.Cut(o.Item, "/")
		return err
	})
	if err != nil {
		return err
	}
	r.SetPathValue("product", product)
	return p.order1(w, r, v, shop.Checkout{Items: []shop.Item{{Kind: shop.KindGroup, Item: r.PathValue("offer")}}}, p.showProduct)
}
