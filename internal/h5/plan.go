package h5

import (
	"net/http"
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) planRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/plans":             p.plans,
		"POST /{community}/plans/{plan}/buy": p.member(p.buyPlan),
		"GET /{community}/plans/{plan}/buy":  p.instead("/plans"),
	}
}

type plansView struct {
	SignIn string // where somebody goes first who is known here
	Join   string // where a stranger goes first: by the entry that leads to a membership, if there is one
	Plans  []planCard
	led
}

// planCard is a plan as one person sees it: what they would pay now, or why they can't.
type planCard struct {
	Name, Title, Pitch, Action, Key string
	Price, Credit, Due, Ends, Word  string
	Left                            int // places of the wave; 0 where there is no wave
	Benefits                        []string
	Has                             string // that they have it already, and until when
	Whynot                          *Refusal
}

// plans shows what can be bought.
func (p *Pages) plans(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showPlans(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showPlans(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data plansView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		data = plansView{led: ledBy(r, refusal)}
		if v.who.Kind != access.Member {
			data.SignIn = v.base + "/sign-in?to=" + v.base + "/plans"
			e, found, err := p.Intake.SellingTx(tx)
			if err != nil {
				return err
			}
			data.Join = v.base + "/sign-up?to=" + v.base + "/plans"
			if found {
				data.Join = v.base + "/e/" + e.Code
			}
		}
		data.Plans, err = p.planCards(tx, v)
		return err
	})
	if err != nil {
		return err
	}
	x.Title, x.Data = x.T("h5.plans.title"), data
	if len(data.Plans) > 0 {
		x.Description, x.Image = strings.TrimSpace(data.Plans[0].Title+" "+data.Plans[0].Pitch), p.preview(v, shop.KindPlan+":"+data.Plans[0].Name)
	}
	if refusal != nil {
		x.Refusal = p.say(v, refusal)
	}
	return p.show(w, v, status, "plans", x)
}

// planCards are the memberships on sale as one person, or a stranger, sees them.
func (p *Pages) planCards(tx *db.Tx, v *visit) (out []planCard, err error) {
	offers, err := p.Members.Plans(tx)
	if err != nil {
		return nil, err
	}
	var has []membership.Tenure
	if v.who.Kind == access.Member {
		if has, err = p.Members.MembershipsTx(tx, v.who.ID); err != nil {
			return nil, err
		}
	}
	x := &view{p: p, community: v.community, lang: v.lang}
	for _, o := range offers {
		c, err := p.planCard(tx, x, v, o, has)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func (p *Pages) planCard(tx *db.Tx, x *view, v *visit, o membership.Offer, has []membership.Tenure) (c planCard, err error) {
	c = planCard{Name: o.Name, Title: o.Title.In(v.lang), Pitch: o.Pitch.In(v.lang), Action: v.base + "/plans/" + o.Name + "/buy", Key: nonce()}
	for _, b := range o.Benefits {
		words := b.Title.In(v.lang)
		if b.Count > 0 {
			words = x.T("h5.plans.times", "benefit", words, "n", b.Count)
		}
		c.Benefits = append(c.Benefits, words)
	}
	for _, m := range has {
		if m.Plan == o.Name {
			c.Has = x.T("h5.plans.has", "until", membership.LastDay(m.Ends, x.zone()))
			if m.State == membership.Grace {
				c.Has = x.standing(m.State, m.GraceUntil)
			}
		}
	}
	q, err := p.Members.QuoteTx(tx, v.who.ID, o.Name)
	if refusal := refused(err); refusal != nil {
		c.Whynot = p.say(v, refusal)
		return c, nil
	}
	if err != nil {
		return c, err
	}
	c.Price, c.Due, c.Ends, c.Word = yuan(q.Price), yuan(q.Due), membership.LastDay(q.Ends, v.community.Location()), x.T("h5.plans.buy_"+string(q.Kind))
	if q.Credit > 0 {
		c.Credit = yuan(q.Credit)
	}
	for _, wave := range o.Sold {
		if wave.Wave == q.Wave {
			c.Left = wave.Room
		}
	}
	return c, nil
}

func yuan(f money.Fen) string { return "¥" + f.String() }

// buyPlan orders a membership and leads to the order's page, where it is paid.
func (p *Pages) buyPlan(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.order1(w, r, v, shop.Checkout{Items: []shop.Item{{Kind: shop.KindPlan, Item: r.PathValue("plan")}}}, p.showPlans)
}

type homeCard struct {
	Title, Number, Until, State string
	Since, Run                  string // when they first became a member; when the unbroken run began
	By                          string // the company by which they have it
	Benefits                    []homeBenefit
}

type homeBenefit struct{ Title, Left string }

// bought is what a member's home shows of what they have: cards, orders, and the way to the memberships on sale.
func (p *Pages) bought(tx *db.Tx, v *visit, person string) (h homeView, err error) {
	x := &view{p: p, community: v.community, lang: v.lang}
	if h.Cards, err = p.cards(tx, v, person); err != nil {
		return h, err
	}
	offers, err := p.Members.Plans(tx)
	if err != nil {
		return h, err
	}
	if len(offers) > 0 {
		h.Plans = v.base + "/plans"
	}
	if h.Self, err = p.selfService(tx, x, v, offers, len(h.Cards) > 0); err != nil {
		return h, err
	}
	if len(h.Cards) > 0 {
		h.Card = v.base + "/me/card"
	}
	ids, err := people.Group(tx, person)
	if err != nil {
		return h, err
	}
	orders, err := p.Shop.Orders(tx, shop.Filter{Persons: ids}, "", 5)
	if err != nil {
		return h, err
	}
	if orders.Next != "" {
		h.AllOrders = v.base + "/me/orders"
	}
	if h.Orders, err = p.homeOrders(tx, x, v, orders.Items); err != nil {
		return h, err
	}
	return h, p.shopOf(tx, x, v, &h)
}

// selfService leads to what a member sees to by themselves.
func (p *Pages) selfService(tx *db.Tx, x *view, v *visit, offers []membership.Offer, member bool) (out []companyRow, err error) {
	in, err := p.People.AffiliationsTx(tx, v.who.ID)
	if len(in) > 0 || slices.ContainsFunc(offers, func(o membership.Offer) bool { return o.Seats > 0 }) {
		out = append(out, companyRow{Name: x.T("h5.company.mine"), Href: v.base + "/me/companies"})
	}
	if len(offers) > 0 {
		out = append(out, companyRow{Name: x.T("h5.invoice.heading"), Href: v.base + "/me/invoice"})
	}
	if member {
		out = append(out, companyRow{Name: x.T("h5.leave.title"), Href: v.base + "/me/leave"})
	}
	return out, err
}

// cards are a member's memberships with what is left of their benefits.
func (p *Pages) cards(tx *db.Tx, v *visit, person string) (out []homeCard, err error) {
	x := &view{p: p, community: v.community, lang: v.lang}
	has, err := p.Members.MembershipsTx(tx, person)
	if err != nil {
		return nil, err
	}
	left, err := p.Members.EntitlementsTx(tx, person)
	if err != nil {
		return nil, err
	}
	for _, m := range has {
		c := homeCard{
			Title: m.Title.In(v.lang), Number: m.Number, Until: membership.LastDay(m.Ends, x.zone()), State: x.standing(m.State, m.GraceUntil),
			Since: day(m.MemberSince.In(x.zone())), Run: day(m.RunStart.In(x.zone())),
		}
		if m.Company != "" {
			by, err := p.People.OrganisationTx(tx, m.Company)
			if err != nil {
				return nil, err
			}
			c.By = by.Name
		}
		for _, e := range left {
			if e.Term != m.Term {
				continue
			}
			c.Benefits = append(c.Benefits, homeBenefit{e.Title.In(v.lang), x.left(e)})
		}
		out = append(out, c)
	}
	return out, nil
}

// lineTitle names what a line is for in the visitor's language, where that is known.
func (p *Pages) lineTitle(tx *db.Tx, v *visit, l shop.Line) string {
	switch l.Kind {
	case shop.KindPlan:
	case shop.KindGoods, shop.KindGroup:
		it, err := p.Goods.ItemTx(tx, l.Ref)
		if err != nil {
			return l.Title
		}
		one, err := p.Goods.ProductTx(tx, it.Product)
		if err != nil {
			return l.Title
		}
		return skuTitle(one, it.SKU, v)
	case shop.KindTicket:
		id, kind, _ := strings.Cut(l.Item, "/")
		e, err := p.Events.GetTx(tx, id)
		if err != nil {
			return l.Title
		}
		return e.Title.In(v.lang) + " · " + typeTitle(e, kind, v)
	default:
		return l.Title
	}
	t, err := p.Members.TermTx(tx, l.Ref)
	if err != nil {
		return l.Title
	}
	return t.Title.In(v.lang)
}
