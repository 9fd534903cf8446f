package h5

import (
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// shareable is something that a member may share.
type shareable struct{ Of, Title, Pitch, Price string }

// shareables are the community as a whole, the memberships on sale, the next events, and what the shop has first.
func (p *Pages) shareables(tx *db.Tx, v *visit) ([]shareable, error) {
	x := &view{p: p, community: v.community, lang: v.lang}
	out := []shareable{{Title: v.community.Name.In(v.lang)}}
	config, err := p.Intake.ConfigTx(tx)
	if err != nil {
		return nil, err
	}
	out[0].Pitch = config.Landing.Title.In(v.lang)
	plans, err := p.Members.Plans(tx)
	if err != nil {
		return nil, err
	}
	for _, o := range plans {
		s := shareable{Of: shop.KindPlan + ":" + o.Name, Title: o.Title.In(v.lang), Pitch: o.Pitch.In(v.lang)}
		q, err := p.Members.QuoteTx(tx, "", o.Name) // as a stranger would pay
		if err == nil {
			s.Price = yuan(q.Price)
		} else if refused(err) == nil {
			return nil, err
		}
		out = append(out, s)
	}
	coming, err := p.Events.ListTx(tx, event.Filter{From: tx.Now(), State: event.StatePlanned}, "", soon)
	for _, e := range coming.Items {
		out = append(out, v.ofEvent(x, e))
	}
	if err != nil {
		return nil, err
	}
	shelf, err := p.Goods.ProductsTx(tx, false, "", soon)
	if err != nil {
		return nil, err
	}
	for _, one := range shelf.Items {
		s, err := p.ofProduct(tx, x, v, one)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// shareableOf is one of the things that may be shared, also one that the list has no room for. Refusals: errNoPreview.
func (p *Pages) shareableOf(tx *db.Tx, v *visit, of string) (shareable, error) {
	x := &view{p: p, community: v.community, lang: v.lang}
	kind, item, _ := strings.Cut(of, ":")
	switch kind {
	case shop.KindTicket:
		e, err := p.Events.GetTx(tx, item)
		if err != nil || e.State != event.StatePlanned {
			return shareable{}, errs.Or(err, errNoPreview)
		}
		return v.ofEvent(x, e), nil
	case shop.KindGoods:
		one, err := p.Goods.ProductTx(tx, item)
		if err != nil || one.Retired {
			return shareable{}, errs.Or(err, errNoPreview)
		}
		return p.ofProduct(tx, x, v, one)
	}
	all, err := p.shareables(tx, v)
	at := slices.IndexFunc(all, func(s shareable) bool { return s.Of == of })
	if err != nil || at < 0 {
		return shareable{}, errs.Or(err, errNoPreview)
	}
	return all[at], nil
}

func (v *visit) ofEvent(x *view, e event.Event) shareable {
	pitch := strings.TrimSpace(x.when(e.Starts, e.Ends) + " " + where(e))
	return shareable{Of: shop.KindTicket + ":" + e.ID, Title: e.Title.In(v.lang), Pitch: pitch, Price: ticketPrice(e)}
}

func (p *Pages) ofProduct(tx *db.Tx, x *view, v *visit, one goods.Listed) (shareable, error) {
	card, err := p.productCard(tx, x, v, one)
	return shareable{Of: shop.KindGoods + ":" + one.Name, Title: card.Title, Pitch: firstLine(one.About.In(v.lang)), Price: card.Price}, err
}

// toShare is where somebody has their own link to a product; "" for who isn't known.
func (v *visit) toShare(product string) string {
	if v.who.Kind != access.Member {
		return ""
	}
	return v.sharing(product)
}

// ticketPrice is what a stranger pays at least to come to an event; empty if that is nothing.
func ticketPrice(e event.Event) string {
	var least money.Fen
	for _, t := range e.Types {
		switch {
		case t.Name == e.Friends.Type || t.Audience || t.Price == 0 && len(t.Plans) > 0: // not for them
		case t.Price == 0:
			return ""
		case least == 0 || t.Price < least:
			least = t.Price
		}
	}
	if least == 0 {
		return ""
	}
	return yuan(least)
}
