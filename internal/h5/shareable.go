package h5

import (
	"strings"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

// shareable is something that a member may share.
type shareable struct{ Of, Title, Pitch, Price string }

// shareables are the community as a whole, the memberships on sale, and the next events.
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
		pitch := strings.TrimSpace(x.when(e.Starts, e.Ends) + " " + where(e))
		out = append(out, shareable{Of: shop.KindTicket + ":" + e.ID, Title: e.Title.In(v.lang), Pitch: pitch, Price: ticketPrice(e)})
	}
	return out, err
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
