package h5

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// boughtView is what the page of an order says of the goods in it.
type boughtView struct {
	State, Lead string // in place of the order's own; empty where those fit
	Group       string // the page of its group-buy
	Items       []itemView
	Asks        bool // where to send it has to be said
	Home        string
	Homes       []option // addresses to choose from
	Errors      map[string]string

	ids []string // of the items, in the order of Items
}

// itemView is a thing that was bought, with how far it has come.
type itemView struct {
	ID, Title, State, Carrier, Tracking string
	Come                                bool // its buyer may say that it has come
	MayAsk                              bool
	Asked                               bool     // staff has not answered yet
	Answer                              *Refusal // the last one
}

// goodsOf is what an order's page says of the goods in it; nil where it has none.
func (p *Pages) goodsOf(tx *db.Tx, x *view, v *visit, d shop.Detail) (*boughtView, error) {
	out := &boughtView{Errors: map[string]string{}}
	var items []goods.Item
	for _, l := range d.Lines {
		if l.Kind != shop.KindGoods && l.Kind != shop.KindGroup {
			continue
		}
		it, err := p.Goods.ItemTx(tx, l.Ref)
		if err != nil {
			return nil, err
		}
		items = append(items, it)
		row, err := p.itemView(tx, x, v, it)
		if err != nil {
			return nil, err
		}
		out.Items, out.ids = append(out.Items, row), append(out.ids, it.ID)
		if it.Group != "" {
			out.Group = v.base + "/group-buys/" + it.Group
		}
	}
	if len(items) == 0 {
		return nil, nil
	}
	x.goodsState(d, items, out)
	return out, p.whereTo(tx, v, items, out)
}

func (p *Pages) itemView(tx *db.Tx, x *view, v *visit, it goods.Item) (row itemView, err error) {
	one, err := p.Goods.ProductTx(tx, it.Product)
	if err != nil {
		return row, err
	}
	row = itemView{ID: it.ID, Title: skuTitle(one, it.SKU, v), Carrier: it.Carrier, Tracking: it.Tracking, State: x.T("h5.item." + itemState(it))}
	if it.Qty > 1 {
		row.Title += " × " + strconv.Itoa(it.Qty)
	}
	row.Come = it.State == goods.Bought && !it.ShippedAt.IsZero() && it.ReceivedAt.IsZero()
	row.MayAsk, row.Asked = it.State == goods.Bought && it.Complaint == "", it.Complaint != ""
	return row, nil
}

// itemState is how far a thing has come, in the buyer's eyes.
func itemState(it goods.Item) string {
	switch {
	case it.State != goods.Bought:
		return string(it.State)
	case !it.Ships:
		return "ready"
	case it.ShippedAt.IsZero():
		return "to_send"
	case it.ReceivedAt.IsZero():
		return "sent"
	}
	return "come"
}

// goodsState says how far an order of goods has come, where the words for memberships don't fit.
func (v *view) goodsState(d shop.Detail, items []goods.Item, out *boughtView) {
	key := ""
	switch {
	case d.State == shop.Created || d.State == shop.Closed:
		out.Lead = v.T("h5.item.order_" + string(d.State))
		return
	case d.State == shop.Paid && d.Waits:
		key = "waits"
	case d.State == shop.Fulfilled:
		key = "done"
		for _, state := range []string{"to_send", "sent"} {
			if slices.ContainsFunc(items, func(it goods.Item) bool { return itemState(it) == state }) {
				key = state
				break
			}
		}
	default:
		return
	}
	out.State, out.Lead = v.T("h5.item.order_"+key+"_title"), v.T("h5.item.order_"+key)
}

// whereTo says where an order's goods go, and lets that be said while nothing was sent.
func (p *Pages) whereTo(tx *db.Tx, v *visit, items []goods.Item, out *boughtView) error {
	at := slices.IndexFunc(items, func(it goods.Item) bool {
		return it.Ships && it.State != goods.Dropped && it.State != goods.Back
	})
	if at < 0 {
		return nil
	}
	to, err := p.Goods.AddressOfTx(tx, items[at].ID)
	if err != nil {
		return err
	}
	if to.Street != "" {
		out.Home = written(to)
	}
	if !items[at].ShippedAt.IsZero() {
		return nil
	}
	out.Asks = true
	homes, err := p.Goods.AddressesTx(tx, v.who.ID)
	for _, h := range homes {
		out.Homes = append(out.Homes, option{Value: h.ID, Label: written(h), On: written(h) == out.Home})
	}
	return err
}

func written(a goods.Address) string {
	return strings.Join([]string{a.Name, a.Phone, a.Region, a.Street}, " ")
}

// afterSale is the kind of the task in which staff is asked about a thing.
const afterSale task.Kind = "after-sale"

// answers adds to things what staff has answered last about each.
func (p *Pages) answers(ctx context.Context, x *view, v *visit, out *boughtView) error {
	for i, id := range out.ids {
		if out.Items[i].Asked {
			continue
		}
		done, err := p.Tasks.List(ctx, v.community.ID, task.System, task.Filter{State: task.StateFinished, Kind: afterSale, Subject: id}, "", soon)
		if err != nil {
			return err
		}
		if len(done.Items) == 0 {
			continue
		}
		last := slices.MaxFunc(done.Items, func(a, b task.Task) int { return a.EndedAt.Compare(b.EndedAt) })
		out.Items[i].Answer = &Refusal{What: x.T("h5.item.answer_" + string(last.Outcome)), Next: last.Proof}
	}
	return nil
}

// sendTo says where an order's goods go: to an address that is known, or a new one.
func (p *Pages) sendTo(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.act(w, r, v, func(tx *db.Tx, o shop.Order) error {
		id := r.PostFormValue("address")
		if id == "" {
			root, err := people.Root(tx, v.who.ID)
			if err != nil {
				return err
			}
			a, err := p.Goods.AddAddressTx(tx, root, goods.Address{
				Name: r.PostFormValue("name"), Phone: r.PostFormValue("phone"), Region: r.PostFormValue("region"), Street: r.PostFormValue("street"),
			})
			if err != nil {
				return err
			}
			id = a.ID
		}
		return p.eachItem(tx, o, func(it goods.Item) error {
			if !it.Ships || !it.ShippedAt.IsZero() || it.State == goods.Dropped || it.State == goods.Back {
				return nil
			}
			return p.Goods.SendToTx(tx, it.ID, id)
		})
	})
}

// eachItem does something with the goods of an order.
func (p *Pages) eachItem(tx *db.Tx, o shop.Order, do func(it goods.Item) error) error {
	for _, l := range o.Lines {
		if l.Kind != shop.KindGoods && l.Kind != shop.KindGroup {
			continue
		}
		it, err := p.Goods.ItemTx(tx, l.Ref)
		if err != nil {
			return err
		}
		if err := do(it); err != nil {
			return err
		}
	}
	return nil
}

// hasCome notes that a thing has come.
func (p *Pages) hasCome(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.onItem(w, r, v, func(tx *db.Tx, id string) error { return p.Goods.ReceiveTx(tx, id) })
}

// complain asks staff about a thing.
func (p *Pages) complain(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.onItem(w, r, v, func(tx *db.Tx, id string) error {
		_, err := p.Goods.ComplainTx(tx, id, r.PostFormValue("words"))
		return err
	})
}

// onItem does something with a thing of one's own order.
func (p *Pages) onItem(w http.ResponseWriter, r *http.Request, v *visit, do func(tx *db.Tx, id string) error) error {
	return p.act(w, r, v, func(tx *db.Tx, o shop.Order) error {
		id := r.PostFormValue("item")
		if !slices.ContainsFunc(o.Lines, func(l shop.Line) bool { return l.Ref == id }) {
			return goods.ErrUnknownItem
		}
		return do(tx, id)
	})
}

type myOrdersView struct {
	Orders []homeOrder
	More   string
}

// myOrders lists all that somebody has ordered.
func (p *Pages) myOrders(w http.ResponseWriter, r *http.Request, v *visit) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data myOrdersView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		ids, err := people.Group(tx, v.who.ID)
		if err != nil {
			return err
		}
		list, err := p.Shop.Orders(tx, shop.Filter{Persons: ids}, r.URL.Query().Get("cursor"), soon)
		if err != nil {
			return err
		}
		data = myOrdersView{}
		if list.Next != "" {
			data.More = "?cursor=" + list.Next
		}
		data.Orders, err = p.homeOrders(tx, x, v, list.Items)
		return err
	})
	if err != nil {
		return err
	}
	x.Title, x.Data = x.T("h5.me.orders"), data
	return p.show(w, v, http.StatusOK, "orders", x)
}

// homeOrders are orders in a list.
func (p *Pages) homeOrders(tx *db.Tx, x *view, v *visit, list []shop.Order) (out []homeOrder, err error) {
	for _, o := range list {
		row := homeOrder{p.lineTitle(tx, v, o.Lines[0]), x.T("h5.order.state_" + string(o.State)), v.base + "/orders/" + o.ID}
		if len(o.Lines) > 1 {
			row.Title = x.T("h5.order.and_more", "title", row.Title, "n", len(o.Lines)-1)
		}
		bought, err := p.goodsOf(tx, x, v, shop.Detail{Order: o})
		if err != nil {
			return nil, err
		}
		if bought != nil && bought.State != "" {
			row.State = bought.State
		}
		out = append(out, row)
	}
	return out, nil
}
