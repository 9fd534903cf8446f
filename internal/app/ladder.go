package app

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/ladder"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// How much is looked at for the ladder.
const (
	comingEvents = 50 // of the next events
	mostTried    = 20 // of the products that might be next, until one is to be had by the person
)

// LadderTx gives the limits of the rungs, and what is on sale now with the programmes that are open: of products and events that are
// sold in parts the cheapest part on each rung.
func (a *App) LadderTx(tx *db.Tx) (ladder.Config, []ladder.Product, error) {
	m, err := a.market(tx)
	if err != nil {
		return m.Config, nil, err
	}
	more, err := a.programmes(tx, true)
	return m.Config, append(m.offers, more...), err
}

// market is what somebody can buy now who has nothing yet.
type market struct {
	ladder.Config
	offers []ladder.Product
	full   map[string]money.Fen // the full price of all that is declared for money, also of what is sold out: see key
}

func key(kind, item, part string) string { return kind + ":" + item + "/" + part }

func (a *App) market(tx *db.Tx) (m market, err error) {
	p, err := a.Playbooks.Current(tx)
	if err != nil {
		return m, err
	}
	m = market{Config: p.Ladder.WithDefaults(), full: map[string]money.Fen{}}
	plans, err := a.Members.Plans(tx)
	if err != nil {
		return m, err
	}
	for _, o := range plans {
		price, sold := o.PriceAt(tx.Now())
		m.add(ladder.Product{Kind: shop.KindPlan, Item: o.Name, Title: o.Title, Full: o.Price, Price: price}, sold)
	}
	if err := a.addGoods(tx, &m); err != nil {
		return m, err
	}
	return m, a.addTickets(tx, &m)
}

// addGoods adds what the shop sells. What can be had for points only is on no rung.
func (a *App) addGoods(tx *db.Tx, m *market) error {
	list, err := a.Goods.ProductsTx(tx, false, "", page.Max)
	if err != nil {
		return err
	}
	left, err := a.Goods.LeftTx(tx, list.Items)
	if err != nil {
		return fmt.Errorf("stock on the ladder: %w", err)
	}
	for _, p := range list.Items {
		for _, sku := range p.SKUs {
			if sku.Price > 0 || sku.Points == 0 {
				m.add(ladder.Product{Kind: shop.KindGoods, Item: p.Name, Part: sku.Name, Title: p.Title, Full: sku.Price, Price: sku.Price}, left[p.Name+"/"+sku.Name] > 0)
			}
		}
	}
	return nil
}

// addTickets adds the tickets of the next events that are to be had without a membership.
func (a *App) addTickets(tx *db.Tx, m *market) error {
	coming, err := a.Events.ListTx(tx, event.Filter{From: tx.Now(), State: event.StatePlanned}, "", comingEvents)
	if err != nil {
		return err
	}
	left, err := a.Events.LeftTx(tx, coming.Items)
	if err != nil {
		return fmt.Errorf("places on the ladder: %w", err)
	}
	for _, e := range coming.Items {
		for _, t := range e.ForOutsiders(tx.Now()) {
			m.add(ladder.Product{Kind: shop.KindTicket, Item: e.ID, Part: t.Name, Title: e.Title, Full: t.Price, Price: t.Price}, left[e.ID] > 0)
		}
	}
	return nil
}

// add notes a product's full price, and puts it on its rung if it is sold now and no cheaper part of the same is there.
func (m *market) add(p ladder.Product, sold bool) {
	m.full[key(p.Kind, p.Item, p.Part)] = p.Full
	if !sold {
		return
	}
	i := slices.IndexFunc(m.offers, func(o ladder.Product) bool { return o.Kind == p.Kind && o.Item == p.Item && m.Of(o) == m.Of(p) })
	switch {
	case i < 0:
		m.offers = append(m.offers, p)
	case p.Price < m.offers[i].Price:
		m.offers[i] = p
	}
}

// programmes are those by which members, or others, may share.
func (a *App) programmes(tx *db.Tx, member bool) (out []ladder.Product, err error) {
	list, err := a.Growth.ProgrammesTx(tx)
	for _, t := range list {
		if t.Binds != growth.ByOffer && (member || t.Promoters == growth.Anyone) {
			out = append(out, ladder.Product{Kind: ladder.KindShare, Item: t.Name, Title: t.Title})
		}
	}
	return out, err
}

// StandingTx tells where a person stands on the ladder, and what their next step is: something that they, with what they have, can buy.
func (a *App) StandingTx(tx *db.Tx, person string) (s ladder.Standing, err error) {
	m, err := a.market(tx)
	if err != nil {
		return s, err
	}
	holds, member, err := a.holds(tx, person, m)
	if err != nil {
		return s, err
	}
	offers, err := a.offersTo(tx, person, member, m)
	if err != nil {
		return s, err
	}
	shared, err := a.Growth.HasEarnedTx(tx, person)
	if err != nil {
		return s, err
	}
	sure := map[string]bool{}
	for range mostTried {
		s = ladder.Stand(m.Config, holds, shared, offers)
		if s.Next == nil || sure[s.Next.Product.Kind+s.Next.Product.Item] {
			return s, a.nameTop(tx, &s)
		}
		next := s.Next.Product
		price, can, err := a.canHave(tx, person, next)
		if err != nil {
			return s, err
		}
		i := slices.IndexFunc(offers, func(p ladder.Product) bool { return p.Kind == next.Kind && p.Item == next.Item && p.Part == next.Part })
		if offers[i].Price = price; can {
			sure[next.Kind+next.Item] = true
		} else {
			offers = slices.Delete(offers, i, i+1)
		}
	}
	s = ladder.Stand(m.Config, holds, shared, nil)
	return s, a.nameTop(tx, &s)
}

// offersTo leaves nothing to who is blocked: whatever they ask for is refused.
func (a *App) offersTo(tx *db.Tx, person string, member bool, m market) ([]ladder.Product, error) {
	blocked, err := a.People.KeptOut(tx, person)
	if err != nil || blocked {
		return nil, err
	}
	more, err := a.programmes(tx, member)
	return append(m.offers, more...), err
}

// canHave tells what a product costs a person, if they can have it.
func (a *App) canHave(tx *db.Tx, person string, p ladder.Product) (money.Fen, bool, error) {
	switch p.Kind {
	case shop.KindPlan:
		q, err := a.Members.QuoteTx(tx, person, p.Item)
		if errs.KindOf(err) == errs.Internal {
			return 0, false, err
		}
		return q.Due, err == nil, nil
	case shop.KindTicket:
		l, err := a.Events.LookTx(tx, p.Item, person)
		if err != nil || l.Ticket != nil {
			return 0, false, err
		}
		i := slices.IndexFunc(l.Choices, func(c event.Choice) bool { return c.Name == p.Part && c.Refuse == nil })
		if i < 0 {
			return 0, false, nil
		}
		return l.Choices[i].Due, true, nil
	}
	return p.Price, true, nil
}

// holds is what a person has, or had and didn't give back, and whether they are a member now. Who has a membership by their company has it.
func (a *App) holds(tx *db.Tx, person string, m market) (out []ladder.Product, member bool, err error) {
	terms, err := a.Members.TermsTx(tx, person)
	if err != nil {
		return nil, false, err
	}
	for _, t := range terms {
		if t.State != membership.Refunded {
			out = together(out, ladder.Product{Kind: shop.KindPlan, Item: t.Plan, Title: t.Title, Full: t.Full(), Since: t.BoughtAt})
		}
	}
	tenures, err := a.Members.MembershipsTx(tx, person)
	if err != nil {
		return nil, false, err
	}
	for _, x := range tenures {
		if x.Colleague {
			full := cmp.Or(m.full[key(shop.KindPlan, x.Plan, "")], x.Renewal)
			out = together(out, ladder.Product{Kind: shop.KindPlan, Item: x.Plan, Title: x.Title, Full: full, Since: x.RunStart})
		}
	}
	owned, err := a.Goods.OwnedTx(tx, person)
	if err != nil {
		return nil, false, err
	}
	for _, o := range owned {
		full, sold := m.full[key(shop.KindGoods, o.Product, o.SKU)]
		if !sold {
			full = o.Price
		}
		if sold || full > 0 { // what only points can buy is on no rung
			out = together(out, ladder.Product{Kind: shop.KindGoods, Item: o.Product, Full: full, Since: o.Since})
		}
	}
	kept, err := a.Events.KeptTx(tx, person)
	for _, k := range kept {
		out = together(out, ladder.Product{Kind: shop.KindTicket, Item: k.Event, Full: k.Price, Since: k.Since})
	}
	return out, len(tenures) > 0, err
}

// together adds what somebody has to what else they have of the same product: the dearest of it counts, and the longest time.
func together(list []ladder.Product, p ladder.Product) []ladder.Product {
	i := slices.IndexFunc(list, func(o ladder.Product) bool { return o.Kind == p.Kind && o.Item == p.Item })
	if i < 0 {
		return append(list, p)
	}
	list[i].Full = max(list[i].Full, p.Full)
	if p.Since.Before(list[i].Since) {
		list[i].Since = p.Since
	}
	return list
}

// nameTop adds the title of what somebody has, where it isn't known yet.
func (a *App) nameTop(tx *db.Tx, s *ladder.Standing) error {
	if s.Has == nil {
		return nil
	}
	switch s.Has.Kind {
	case shop.KindGoods:
		p, err := a.Goods.ProductTx(tx, s.Has.Item)
		if err != nil {
			return err
		}
		s.Has.Title = p.Title
	case shop.KindTicket:
		e, err := a.Events.GetTx(tx, s.Has.Item)
		if err != nil {
			return err
		}
		s.Has.Title = e.Title
	}
	if s.Next != nil {
		s.Next.Has = s.Has
	}
	return nil
}
