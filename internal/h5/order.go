package h5

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) orderRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/orders/{id}":          p.member(p.order),
		"POST /{community}/orders/{id}/pay":     p.member(p.payOrder),
		"POST /{community}/orders/{id}/cancel":  p.member(p.cancelOrder),
		"POST /{community}/orders/{id}/give-up": p.member(p.giveUpOrder),
		"GET /{community}/orders/{id}/{form}":   p.instead("/orders/{id}"),
		"GET /{community}/pay/{payment}":        p.sandbox,
		"POST /{community}/pay/{payment}":       p.paySandbox,
	}
}

type orderView struct {
	Action, State, Lead, Amount, Until, Refunded string
	Lines                                        []orderLine
	Ways                                         []option // to pay
	Card, CardWord                               string   // where the buyer sees what they have now, or their company has
	CanCancel, CanGiveUp                         bool
	Manual                                       bool // waits for staff to say that it was paid
	Discount                                     string
	Goods                                        *boughtView
}

type orderLine struct{ Title, Amount string }

// mine gives an order that is the visitor's. Somebody else's isn't there.
func (p *Pages) mine(tx *db.Tx, r *http.Request, v *visit) (d shop.Detail, err error) {
	if d, err = p.Shop.DetailTx(tx, r.PathValue("id")); err != nil {
		return d, err
	}
	ids, err := people.Group(tx, v.who.ID)
	if err == nil && !slices.Contains(ids, d.Person) {
		err = shop.ErrUnknownOrder
	}
	return d, err
}

// order is the page of an order: what it is for, how far it is, and what its buyer can do.
func (p *Pages) order(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showOrder(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showOrder(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	var d shop.Detail
	var canGiveUp bool
	var lines []orderLine
	var bought *boughtView
	inCompany := false
	x := &view{p: p, community: v.community, lang: v.lang}
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		if d, err = p.mine(tx, r, v); err != nil {
			return err
		}
		lines = nil
		for _, l := range d.Lines {
			lines = append(lines, x.orderLine(p.lineTitle(tx, v, l), d.Order, l))
		}
		if canGiveUp, err = p.Shop.CanGiveUp(tx, d.Order); err != nil {
			return err
		}
		if d.Organisation != "" {
			role, err := p.People.OrganisationRoleTx(tx, d.Organisation, v.who.ID)
			if err != nil {
				return err
			}
			inCompany = role != ""
		}
		bought, err = p.goodsOf(tx, x, v, d)
		return err
	})
	if err == nil && bought != nil {
		err = p.answers(r.Context(), x, v, bought)
	}
	if err != nil {
		return err
	}
	o := orderView{
		Action: v.base + "/orders/" + d.ID, State: x.T("h5.order.state_" + string(d.State)), Lead: x.T("h5.order.lead_" + string(d.State)), Amount: yuan(d.Amount),
		Lines: lines, CanCancel: d.State == shop.Created, CanGiveUp: canGiveUp, Goods: bought,
	}
	if d.Points > 0 {
		o.Amount = x.T("h5.shop.points", "n", d.Points)
	}
	if d.Discount > 0 {
		o.Discount = yuan(d.Discount)
	}
	switch {
	case d.State == shop.Created:
		o.Until = d.ExpiresAt.In(v.community.Location()).Format("15:04")
		for _, by := range p.Shop.Channels() {
			o.Ways = append(o.Ways, option{Value: by, Label: x.T("h5.order.pay_" + by)})
		}
		o.Manual = slices.ContainsFunc(d.Payments, func(pm shop.Payment) bool { return pm.Channel == channel.Manual && pm.State == shop.Open })
	case d.State == shop.Fulfilled:
		o.Card, o.CardWord = v.base+"/me", x.T("h5.order.to_card")
		if inCompany {
			o.Lead, o.Card, o.CardWord = x.T("h5.order.lead_fulfilled_company"), v.base+"/company/"+d.Organisation, x.T("h5.order.to_company")
		} else if len(d.Lines) == 1 && d.Lines[0].Kind == shop.KindTicket {
			o.Lead, o.Card, o.CardWord = x.T("h5.order.lead_fulfilled_ticket"), v.base+"/tickets/"+d.Lines[0].Ref, x.T("h5.order.to_ticket")
		}
	case d.Why != "":
		o.Lead = p.Words.Say(v.lang, x.zone(), "error."+d.Why, nil) + " " + x.T("h5.order.goes_back")
	}
	if bought != nil {
		o.ofGoods(bought)
		if refusal != nil {
			bought.Errors, _ = p.fields(v, refusal)
		}
	}
	if back := returned(d); back > 0 {
		o.Refunded = yuan(back)
	}
	if d.State == shop.Paid && !d.Waits {
		x.Refresh = 2
	}
	x.Title, x.Data = x.T("h5.order.title"), o
	if refusal != nil {
		x.Refusal = p.say(v, refusal)
	}
	return p.show(w, v, status, "order", x)
}

// ofGoods puts the words of goods where those of memberships don't fit. Nothing is paid before it is said where it goes.
func (o *orderView) ofGoods(b *boughtView) {
	o.Card = ""
	if b.State != "" {
		o.State = b.State
	}
	if b.Lead != "" {
		o.Lead = b.Lead
	}
	if b.Asks && b.Home == "" {
		o.Ways = nil
	}
}

// orderLine is a line of an order, with what it costs before its discount, or the points that it was paid with.
func (v *view) orderLine(title string, o shop.Order, l shop.Line) orderLine {
	if l.Qty > 1 {
		title += " × " + strconv.Itoa(l.Qty)
	}
	if o.Points > 0 {
		return orderLine{title, v.T("h5.shop.points", "n", l.Points)}
	}
	return orderLine{title, yuan(l.Amount + l.Discount)}
}

// returned is what went back of all that was paid for an order.
func returned(d shop.Detail) (sum money.Fen) {
	for _, r := range d.Refunds {
		if r.State == shop.Done {
			sum += r.Amount
		}
	}
	return sum
}

// act does something with one's own order and shows it again; a refusal stands on its page.
func (p *Pages) act(w http.ResponseWriter, r *http.Request, v *visit, do func(tx *db.Tx, o shop.Order) error) error {
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		d, err := p.mine(tx, r, v)
		if err != nil {
			return err
		}
		return do(tx, d.Order)
	})
	if e := answerable(err); e != nil {
		return p.showOrder(w, r, v, statusOf[e.Kind], e)
	}
	if err != nil {
		return err
	}
	return back(w, r, v.base+"/orders/"+r.PathValue("id"))
}

func (p *Pages) cancelOrder(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.act(w, r, v, func(tx *db.Tx, o shop.Order) error { _, err := p.Shop.CancelTx(tx, o.ID); return err })
}

func (p *Pages) giveUpOrder(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.act(w, r, v, func(tx *db.Tx, o shop.Order) error { _, err := p.Shop.GiveUpTx(tx, o.ID); return err })
}

// payOrder opens a payment and sends the payer to its page.
func (p *Pages) payOrder(w http.ResponseWriter, r *http.Request, v *visit) error {
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error { _, err := p.mine(tx, r, v); return err })
	if err != nil {
		return err
	}
	pm, err := p.Shop.Pay(r.Context(), v.community.ID, r.PathValue("id"), r.PostFormValue("by"))
	if e := answerable(err); e != nil {
		return p.showOrder(w, r, v, statusOf[e.Kind], e)
	}
	if err != nil {
		return err
	}
	if pm.URL != "" {
		return back(w, r, pm.URL)
	}
	return back(w, r, v.base+"/orders/"+pm.Order)
}

type sandboxView struct{ Action, Amount, Order string }

// trial gives a payment of the sandbox; nowhere else there is such a page.
func (p *Pages) trial(r *http.Request, v *visit) (pm shop.Payment, err error) {
	if !p.Sandbox {
		return pm, shop.ErrUnknownPayment
	}
	err = p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		pm, err = p.Shop.PaymentTx(tx, r.PathValue("payment"))
		return err
	})
	if err == nil && pm.Channel != channel.Sandbox {
		err = shop.ErrUnknownPayment
	}
	return pm, err
}

// sandbox stands for the page of a payment channel: whoever is there chooses what happens.
func (p *Pages) sandbox(w http.ResponseWriter, r *http.Request, v *visit) error {
	pm, err := p.trial(r, v)
	if err != nil {
		return err
	}
	x := &view{p: p, community: v.community, lang: v.lang}
	x.Title, x.Data = x.T("h5.sandbox.title"), sandboxView{v.base + "/pay/" + pm.ID, yuan(pm.Amount), v.base + "/orders/" + pm.Order}
	return p.show(w, v, http.StatusOK, "sandbox", x)
}

func (p *Pages) paySandbox(w http.ResponseWriter, r *http.Request, v *visit) error {
	pm, err := p.trial(r, v)
	if err != nil {
		return err
	}
	n := channel.Notice{Payment: pm.ID, Amount: pm.Amount, Payer: strings.TrimSpace(r.PostFormValue("payer"))}
	if r.PostFormValue("how") == "short" {
		n.Amount--
	}
	if _, err := p.Shop.Notify(r.Context(), v.community.ID, channel.Sandbox, n); err != nil {
		return err
	}
	return back(w, r, v.base+"/orders/"+pm.Order)
}
