package h5

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) shopRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/shop":                 p.shop,
		"GET /{community}/shop/{product}":       p.product,
		"POST /{community}/shop/{product}/buy":  p.member(p.buyProduct),
		"GET /{community}/shop/{product}/buy":   p.toProduct,
		"GET /{community}/group-buys/{id}":      p.groupBuy,
		"POST /{community}/group-buys/{id}":     p.member(p.joinGroup),
		"POST /{community}/offers/{offer}":      p.member(p.startGroup),
		"GET /{community}/offers/{offer}":       p.instead("/shop"),
		"GET /{community}/me/points":            p.member(p.points),
		"GET /{community}/me/orders":            p.member(p.myOrders),
		"POST /{community}/orders/{id}/address": p.member(p.sendTo),
		"POST /{community}/orders/{id}/come":    p.member(p.hasCome),
		"POST /{community}/orders/{id}/ask":     p.member(p.complain),
	}
}

type shopView struct {
	Points   string // what the member has
	Products []productCard
	More     string
}

type productCard struct{ Title, Price, Strike, Note, Href string }

// shop lists what is sold.
func (p *Pages) shop(w http.ResponseWriter, r *http.Request, v *visit) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data shopView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		data = shopView{}
		list, err := p.Goods.ProductsTx(tx, false, r.URL.Query().Get("cursor"), soon)
		if err != nil {
			return err
		}
		if list.Next != "" {
			data.More = "?cursor=" + list.Next
		}
		for _, one := range list.Items {
			c, err := p.productCard(tx, x, v, one)
			if err != nil {
				return err
			}
			data.Products = append(data.Products, c)
		}
		if v.who.Kind != access.Member {
			return nil
		}
		has, err := p.pointsOf(tx, v.who.ID)
		if has > 0 {
			data.Points = x.T("h5.shop.has_points", "n", has)
		}
		return err
	})
	if err != nil {
		return err
	}
	x.Title, x.Data = x.T("h5.shop.title"), data
	if len(data.Products) > 0 {
		x.Description = data.Products[0].Title
	}
	return p.show(w, v, http.StatusOK, "shop", x)
}

// productCard is a product in the list, by its cheapest SKU that is left.
func (p *Pages) productCard(tx *db.Tx, x *view, v *visit, one goods.Listed) (c productCard, err error) {
	c = productCard{Title: one.Title.In(v.lang), Href: v.base + "/shop/" + one.Name}
	choices, err := p.skuChoices(tx, x, one)
	if err != nil {
		return c, err
	}
	left := slices.DeleteFunc(slices.Clone(choices), func(s skuChoice) bool { return s.Gone != "" })
	if len(left) == 0 {
		c.Note, left = x.T("h5.shop.sold_out"), choices
	}
	least := slices.MinFunc(left, func(a, b skuChoice) int { return int(a.fen-b.fen)*2 + int(a.points-b.points) })
	c.Price, c.Strike = least.Price, least.Strike
	if least.Price == "" {
		c.Price = least.Points
	}
	if slices.ContainsFunc(left, func(s skuChoice) bool { return s.fen != least.fen }) {
		c.Price = x.T("h5.shop.from", "price", c.Price)
	}
	return c, nil
}

// skuChoice is a SKU as the page of its product offers it.
type skuChoice struct {
	Name, Title, Price, Strike, Points, Left string
	Gone                                     string // why it can't be had
	On                                       bool

	fen    money.Fen
	points int64
}

// fewLeft is how many units are so few that it is said.
const fewLeft = 20

func (p *Pages) skuChoices(tx *db.Tx, x *view, one goods.Listed) (out []skuChoice, err error) {
	stock, err := p.Goods.StockTx(tx, one.Name)
	if err != nil {
		return nil, err
	}
	for i, s := range one.SKUs {
		c := skuChoice{Name: s.Name, Title: s.Title.In(x.lang), fen: s.Price, points: s.Points}
		if c.Title == "" {
			c.Title = one.Title.In(x.lang)
		}
		if s.Price > 0 || s.Points == 0 {
			c.Price = x.price(s.Price)
		}
		if s.Strike > 0 {
			c.Strike = yuan(s.Strike)
		}
		if s.Points > 0 {
			c.Points = x.T("h5.shop.points", "n", s.Points)
		}
		switch at := stock[i]; {
		case at.Left == 0 && at.Held > 0:
			c.Gone = x.T("h5.shop.all_kept", "n", at.Held)
		case at.Left == 0:
			c.Gone = x.T("h5.shop.sold_out")
		case at.Left <= fewLeft && !at.NoEnd:
			c.Left = x.T("h5.shop.left", "n", at.Left)
		}
		c.On = c.Gone == "" && !slices.ContainsFunc(out, func(o skuChoice) bool { return o.On })
		out = append(out, c)
	}
	return out, nil
}

type productView struct {
	led
	Action, Title, About, Price, Strike, Key string
	SKUs                                     []skuChoice
	Most                                     int // units at once
	WithMoney, WithPoints                    bool
	Points                                   string // what the member has
	Facts                                    []pair
	Gone                                     *Refusal
	Offers                                   []offerCard
	SignUp, SignIn, Back, Share              string
	Qty, Coupon                              string // as they were sent
}

// mostAtOnce is how many units of a thing the page lets somebody order.
const mostAtOnce = 99

func (p *Pages) product(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showProduct(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showProduct(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data productView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		one, err := p.Goods.ProductTx(tx, r.PathValue("product"))
		if err != nil {
			return err
		}
		data, err = p.productView(tx, x, v, one)
		return err
	})
	if err != nil {
		return err
	}
	data.Qty, data.Coupon, data.led = "1", r.PostFormValue("coupon"), ledBy(r, refusal)
	if refusal != nil {
		data.Qty = cmp.Or(r.PostFormValue("qty"), data.Qty)
		x.Refusal = p.say(v, refusal)
	}
	x.Title, x.Data = data.Title, data
	x.Description, x.Image = strings.TrimSpace(data.Price+" "+firstLine(data.About)), p.preview(v, shop.KindGoods+":"+r.PathValue("product"))
	return p.show(w, v, status, "product", x)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func (p *Pages) productView(tx *db.Tx, x *view, v *visit, one goods.Listed) (d productView, err error) {
	here := v.base + "/shop/" + one.Name
	d = productView{Action: here + "/buy", Title: one.Title.In(v.lang), About: one.About.In(v.lang), Key: nonce(), Most: mostAtOnce, Back: v.base + "/shop"}
	card, err := p.productCard(tx, x, v, one)
	if err != nil {
		return d, err
	}
	d.Price, d.Strike = card.Price, card.Strike
	if !one.Retired {
		d.Share = v.toShare(shop.KindGoods + ":" + one.Name)
	}
	if d.SKUs, err = p.skuChoices(tx, x, one); err != nil {
		return d, err
	}
	if one.PerPerson > 0 {
		d.Most = min(d.Most, one.PerPerson)
		d.Facts = append(d.Facts, pair{x.T("h5.shop.limit"), x.T("h5.shop.limit_n", "n", one.PerPerson)})
	}
	back := x.T("h5.shop.no_return")
	if one.Return > 0 {
		back = x.T("h5.shop.return_n", "n", one.Return)
	}
	d.Facts = append(d.Facts, pair{x.T("h5.shop.return"), back})
	if slices.ContainsFunc(d.SKUs, func(s skuChoice) bool { return s.Strike != "" }) {
		d.Facts = append(d.Facts, pair{x.T("h5.shop.strike"), x.T("h5.shop.strike_what")})
	}
	for _, s := range d.SKUs {
		d.WithMoney = d.WithMoney || s.Price != ""
		d.WithPoints = d.WithPoints || s.Points != ""
	}
	switch {
	case one.Retired:
		d.Gone = p.say(v, goods.ErrRetired.With("product", d.Title))
	case !slices.ContainsFunc(d.SKUs, func(s skuChoice) bool { return s.Gone == "" }):
		d.Gone = &Refusal{d.SKUs[0].Gone, x.T("h5.shop.come_back")}
	}
	if d.Offers, err = p.offersOf(tx, x, v, one); err != nil {
		return d, err
	}
	if v.who.Kind != access.Member {
		d.SignUp, d.SignIn = v.base+"/sign-up?to="+here, v.base+"/sign-in?to="+here
		return d, nil
	}
	if d.WithPoints {
		has, err := p.pointsOf(tx, v.who.ID)
		d.Points = x.T("h5.shop.has_points", "n", has)
		return d, err
	}
	return d, nil
}

func (p *Pages) toProduct(w http.ResponseWriter, r *http.Request, v *visit) error {
	return back(w, r, v.base+"/shop/"+r.PathValue("product"))
}

// buyProduct orders units of a product, and leads to the order's page.
func (p *Pages) buyProduct(w http.ResponseWriter, r *http.Request, v *visit) error {
	qty, err := strconv.Atoi(r.PostFormValue("qty"))
	if err != nil || qty < 1 {
		qty = -1 // is refused as a number that can't be
	}
	item := shop.Item{Kind: shop.KindGoods, Item: r.PathValue("product") + "/" + r.PostFormValue("sku"), Qty: qty}
	return p.order1(w, r, v, shop.Checkout{Items: []shop.Item{item}, Coupon: r.PostFormValue("coupon"), Points: r.PostFormValue("with") == "points"}, p.showProduct)
}

// order1 orders a thing and leads to the order's page; a refusal stands on the page that it was asked on.
func (p *Pages) order1(w http.ResponseWriter, r *http.Request, v *visit, c shop.Checkout, again func(http.ResponseWriter, *http.Request, *visit, int, *errs.Error) error) error {
	var o shop.Order
	typed := c.Coupon
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		if c.Person, err = people.Root(tx, v.who.ID); err != nil {
			return err
		}
		c.Key, c.Origin, c.Coupon = "page "+c.Person+" "+r.PostFormValue("key"), "", typed
		if err = p.ledTo(tx, r, &c); err != nil {
			return err
		}
		if o, err = p.Shop.CheckoutTx(tx, c); err != nil {
			return err
		}
		return p.sendHome(tx, o)
	})
	if e := refused(err); e != nil && (e.Kind != errs.NotFound || errors.Is(e, shop.ErrCoupon)) {
		return again(w, r, v, statusOf[e.Kind], e)
	}
	if err != nil {
		return err
	}
	return back(w, r, v.base+"/orders/"+o.ID)
}

// sendHome lets what was ordered go to where its buyer had the last thing sent, until they say otherwise.
func (p *Pages) sendHome(tx *db.Tx, o shop.Order) error {
	for _, l := range o.Lines {
		if l.Kind != shop.KindGoods && l.Kind != shop.KindGroup {
			continue
		}
		item, err := p.Goods.ItemTx(tx, l.Ref)
		if err != nil || !item.Ships || item.Addressed || item.State == goods.Dropped || item.State == goods.Back {
			return err
		}
		homes, err := p.Goods.AddressesTx(tx, o.Person)
		if err != nil || len(homes) == 0 {
			return err
		}
		if err := p.Goods.SendToTx(tx, item.ID, homes[len(homes)-1].ID); err != nil {
			return err
		}
	}
	return nil
}

// pointsOf is how many points a member has.
func (p *Pages) pointsOf(tx *db.Tx, person string) (int64, error) {
	ids, err := people.Group(tx, person)
	if err != nil {
		return 0, err
	}
	return p.Shop.PointsTx(tx, ids)
}

type pointsView struct {
	Balance string
	Rows    []pointsRow
	Shop    string
	More    string
}

type pointsRow struct{ What, When, Points, Href string }

// points shows a member their points, and how each came and went.
func (p *Pages) points(w http.ResponseWriter, r *http.Request, v *visit) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var root string
	data := pointsView{Shop: v.base + "/shop"}
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		if root, err = people.Root(tx, v.who.ID); err != nil {
			return err
		}
		has, err := p.pointsOf(tx, root)
		data.Balance = strconv.FormatInt(has, 10)
		return err
	})
	if err != nil {
		return err
	}
	list, err := p.Shop.Points(r.Context(), v.community.ID, root, r.URL.Query().Get("cursor"), soon)
	if err != nil {
		return err
	}
	if list.Next != "" {
		data.More = "?cursor=" + list.Next
	}
	for _, m := range list.Items {
		row := pointsRow{What: x.T("h5.points." + string(m.Kind)), When: x.minute(m.At), Points: signed(m.Points)}
		if m.Why != "" {
			row.What = x.T("h5.points.why_" + string(m.Why))
		}
		if m.Order != "" {
			row.Href = v.base + "/orders/" + m.Order
		}
		data.Rows = append(data.Rows, row)
	}
	x.Title, x.Data = x.T("h5.points.title"), data
	return p.show(w, v, http.StatusOK, "points", x)
}

// signed writes a number with its sign.
func signed(n int64) string {
	if n < 0 {
		return "−" + strconv.FormatInt(-n, 10)
	}
	return "+" + strconv.FormatInt(n, 10)
}

// shopOf is what a member's home shows of the shop: the way there if anything is sold, and their points if they have any, or may have.
func (p *Pages) shopOf(tx *db.Tx, x *view, v *visit, h *homeView) error {
	list, err := p.Goods.ProductsTx(tx, false, "", 1)
	if err != nil {
		return err
	}
	if len(list.Items) > 0 {
		h.Shop = v.base + "/shop"
	}
	has, err := p.pointsOf(tx, v.who.ID)
	if has > 0 {
		h.Points, h.PointsHref = x.T("h5.shop.has_points", "n", has), v.base+"/me/points"
	}
	return err
}
