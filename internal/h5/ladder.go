package h5

import (
	"github.com/qunce/qunce/internal/domain/ladder"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/db"
)

type homeNext struct{ Title, Price, Href string }

// next is a member's next step on the ladder, with the page where it is to be had; nil for who is at the top.
func (p *Pages) next(tx *db.Tx, v *visit, person string) (*homeNext, error) {
	s, err := p.Standing(tx, person)
	if err != nil || s.Next == nil {
		return nil, err
	}
	x := &view{p: p, community: v.community, lang: v.lang}
	what := s.Next.Product
	n := &homeNext{Title: what.Title.In(v.lang), Price: x.price(what.Price)}
	switch what.Kind {
	case ladder.KindShare:
		n.Title, n.Price, n.Href = x.T("ladder.home.share"), n.Title, v.base+"/me/share"
	case shop.KindTicket:
		e, err := p.Events.GetTx(tx, what.Item)
		if err != nil {
			return nil, err
		}
		n.Href = v.base + "/events/" + e.Code
	case shop.KindGoods:
		n.Href = v.base + "/shop/" + what.Item
	default:
		n.Href = v.base + "/plans"
	}
	return n, nil
}
