package h5

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// saleCard is what an event offers who is there (E8).
type saleCard struct {
	Title, Price, Off, Until string
	Action, Key              string // of a membership, which is ordered at once
	Href                     string // to what has more to choose
	From                     string // the event's code
}

// offerOf is what an event offers a visitor now; nil for nothing.
func (p *Pages) offerOf(tx *db.Tx, x *view, v *visit, e event.Event) (*saleCard, error) {
	offered, err := p.Events.OfferedTx(tx, e, v.who.ID)
	if err != nil || !offered {
		return nil, err
	}
	kind, item, _ := strings.Cut(e.Sells.Item, "/")
	c := &saleCard{Until: x.moment(e.OfferEnds()), From: e.Code}
	switch kind {
	case shop.KindPlan:
		q, err := p.Members.QuoteTx(tx, v.who.ID, item)
		if refused(err) != nil {
			return nil, nil // they have it, or it is sold out
		}
		if err != nil {
			return nil, err
		}
		plans, err := p.Members.Plans(tx)
		if err != nil {
			return nil, err
		}
		if at := slices.IndexFunc(plans, func(o membership.Offer) bool { return o.Name == item }); at >= 0 {
			c.Title = plans[at].Title.In(v.lang)
		}
		c.Price, c.Action, c.Key = yuan(q.Due), v.base+"/plans/"+item+"/buy", nonce()
	case shop.KindGroup:
		o, err := p.Goods.OfferTx(tx, item)
		if refused(err) != nil {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		item = o.Item
		fallthrough
	default:
		product, _, _ := strings.Cut(item, "/")
		one, err := p.Goods.ProductTx(tx, product)
		if refused(err) != nil || err == nil && one.Retired {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		card, err := p.productCard(tx, x, v, one)
		if err != nil {
			return nil, err
		}
		c.Title, c.Price, c.Href = card.Title, card.Price, v.base+"/shop/"+product+"?from="+e.Code
	}
	if e.Sells.Coupon == "" {
		return c, nil
	}
	coupon, err := p.Shop.CouponTx(tx, e.Sells.Coupon)
	if refused(err) != nil || err == nil && (!coupon.Open(tx.Now()) || coupon.Quota > 0 && coupon.Used >= coupon.Quota) {
		return c, nil
	}
	c.Off = coupon.Title.In(v.lang)
	return c, err
}

// led is what leads to an order, as pages pass it on: an event's code, and whether its coupon is left out, since it was refused.
type led struct {
	From  string
	Plain bool
}

func ledBy(r *http.Request, refusal *errs.Error) led {
	own := r.FormValue("coupon") == "" // the offer's, and not one that the buyer has typed
	return led{r.FormValue("from"), r.FormValue("plain") != "" || own && refusal != nil && shop.OfCoupon(refusal)}
}

// ledTo notes on an order what led its buyer to it, and takes what that offers off.
func (p *Pages) ledTo(tx *db.Tx, r *http.Request, c *shop.Checkout) error {
	code := r.FormValue("from")
	if code == "" {
		return nil
	}
	if was, found, err := p.Shop.KeyedTx(tx, c.Key); err != nil || found { // the second click finds what the first one made
		c.Origin = was.Origin
		if c.Coupon == "" {
			c.Coupon = was.Coupon
		}
		return err
	}
	e, err := p.Events.ByCodeTx(tx, code)
	if errors.Is(err, event.ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	c.Origin = e.Origin()
	sold := c.Items[0].Kind + "/" + c.Items[0].Item + "/"
	if c.Coupon != "" || c.Points || e.Sells.Coupon == "" || r.FormValue("plain") != "" || !strings.HasPrefix(sold, e.Sells.Item+"/") {
		return nil
	}
	offered, err := p.Events.OfferedTx(tx, e, c.Person)
	if err != nil || !offered {
		return err
	}
	coupon, err := p.Shop.CouponTx(tx, e.Sells.Coupon)
	if err == nil && coupon.Open(tx.Now()) {
		c.Coupon = coupon.Code
	}
	if refused(err) != nil {
		err = nil
	}
	return err
}
