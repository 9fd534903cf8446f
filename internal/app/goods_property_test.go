package app_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// S1, S2, S4, S5: over any history of ordering, paying in time and late, joining group-buys, using coupons and points, refunding,
// restocking and time, stock is seats, no group is given short or twice, points and money are what orders say, and the books sum to zero.
func TestAnyHistoryOfGoods(t *testing.T) {
	eachStall(t, func(t *testing.T, base *stall) {
		run, most := 0, 60
		if base.DB.Dialect() == db.Postgres {
			most = 6 // each statement is a journey there; SQLite goes through the rest
		}
		rapid.Check(t, func(rt *rapid.T) {
			if run++; run > most {
				return
			}
			c, err := base.Communities.Create(t.Context(), community.Draft{Slug: fmt.Sprint("any-", run), Name: named("任意")})
			base.must(err)
			own := *base
			own.community = c.ID
			h := &trade{stall: &own}
			h.stock()
			for range 5 {
				p := h.person()
				h.people = append(h.people, p)
				h.earns(p, 1200)
			}
			rt.Repeat(map[string]func(*rapid.T){
				"order": h.orders, "pay": h.pay, "start": h.begin, "join": h.join, "redeem": h.redeem, "refund": h.giveBack, "restock": h.restock, "pass": h.pass,
				"cancel": h.cancel, "ship": h.ship,
			})
			h.check(rt)
		})
	})
}

type trade struct {
	*stall
	people, made []string
	bought       int64 // restocked on top of what there was
}

func (h *trade) try(rt *rapid.T, c shop.Checkout, kind, item string, qty int) {
	c.Key, c.Person = h.DB.NewID(), rapid.SampledFrom(h.people).Draw(rt, "who")
	c.Items = []shop.Item{{Kind: kind, Item: item, Qty: qty}}
	o, err := h.Shop.Checkout(h.t.Context(), h.community, c)
	if err != nil && errs.As(err) == nil {
		rt.Fatal(err)
	}
	if err == nil && !slices.Contains(h.made, o.ID) { // who asks for the same again gets the order that is open
		h.made = append(h.made, o.ID)
	}
}

func (h *trade) orders(rt *rapid.T) {
	h.try(rt, shop.Checkout{Coupon: rapid.SampledFrom([]string{"", "", "TEA10", "TENTH"}).Draw(rt, "coupon")}, shop.KindGoods,
		rapid.SampledFrom([]string{"tea/box", "tea/tin", "course/all"}).Draw(rt, "item"), rapid.IntRange(1, 3).Draw(rt, "qty"))
}

func (h *trade) redeem(rt *rapid.T) {
	h.try(rt, shop.Checkout{Points: true}, shop.KindGoods, "cup/one", 1)
	h.must(h.Settle(h.t.Context()))
}

func (h *trade) begin(rt *rapid.T) { h.try(rt, shop.Checkout{}, shop.KindGroup, "tea-3", 1) }

func (h *trade) join(rt *rapid.T) {
	var open []goods.Group
	h.do(func(tx *db.Tx) error {
		list, err := h.Goods.GroupsTx(tx, goods.GroupFilter{}, "", 5)
		open = list.Items
		return err
	})
	if len(open) > 0 {
		g := rapid.SampledFrom(open).Draw(rt, "group")
		h.try(rt, shop.Checkout{}, shop.KindGroup, "tea-3/"+g.ID+rapid.SampledFrom([]string{"", "/next"}).Draw(rt, "else"), 1)
	}
}

func (h *trade) one(rt *rapid.T, fn func(tx *db.Tx, id string) error) {
	if len(h.made) == 0 {
		return
	}
	id := rapid.SampledFrom(h.made).Draw(rt, "order")
	err := h.DB.Do(h.t.Context(), h.community, func(tx *db.Tx) error { return fn(tx, id) })
	if err != nil && errs.As(err) == nil {
		rt.Fatal(err)
	}
	h.must(h.Settle(h.t.Context()))
}

// pay is in time or late: one that was closed takes it too.
func (h *trade) pay(rt *rapid.T) {
	h.one(rt, func(tx *db.Tx, id string) error {
		o, err := h.Shop.GetTx(tx, id)
		if err == nil {
			_, err = h.Shop.ConfirmTx(tx, id, channel.Notice{Amount: o.Amount})
		}
		return err
	})
}

func (h *trade) cancel(rt *rapid.T) {
	h.one(rt, func(tx *db.Tx, id string) error { _, err := h.Shop.CancelTx(tx, id); return err })
}

func (h *trade) ship(rt *rapid.T) {
	h.one(rt, func(tx *db.Tx, id string) error {
		o, err := h.Shop.GetTx(tx, id)
		if err != nil {
			return err
		}
		a, err := h.Goods.AddAddressTx(tx, o.Person, goods.Address{Name: "王", Phone: "1", Region: "福建", Street: "一号"})
		if err == nil {
			err = h.Goods.SendToTx(tx, o.Lines[0].Ref, a.ID)
		}
		if err == nil {
			_, err = h.Goods.ShipTx(tx, o.Lines[0].Ref, "SF", "1", "op")
		}
		return err
	})
}

func (h *trade) giveBack(rt *rapid.T) {
	h.one(rt, func(tx *db.Tx, id string) error {
		_, err := h.Shop.RefundTx(tx, id, shop.Ask{Key: tx.NewID()})
		return err
	})
}

func (h *trade) restock(rt *rapid.T) {
	by := rapid.IntRange(-3, 3).Draw(rt, "by")
	err := h.DB.Do(h.t.Context(), h.community, func(tx *db.Tx) error { return h.Goods.RestockTx(tx, "tea", "box", by, "op") })
	if err != nil && errs.As(err) == nil {
		rt.Fatal(err)
	}
	if err == nil {
		h.bought += int64(by)
	}
}

func (h *trade) pass(rt *rapid.T) {
	h.clock.Advance(time.Duration(rapid.SampledFrom([]int{1, 10, 20, 600, 1500}).Draw(rt, "minutes")) * time.Minute)
	h.must(h.Settle(h.t.Context()))
}

func (h *trade) check(rt *rapid.T) {
	for range 2 { // what is under way ends
		h.clock.Advance(25 * time.Hour)
		h.must(h.Settle(h.t.Context()))
	}
	var revenue, points, owed int64
	sold, groups := map[string]int{}, map[string]int{}
	for _, id := range h.made {
		o := h.detail(id)
		if o.State == shop.Paid {
			rt.Fatalf("order %+v is left between", o)
		}
		var x goods.Item
		h.do(func(tx *db.Tx) (err error) { x, err = h.Goods.ItemTx(tx, o.Lines[0].Ref); return err })
		if !x.ShippedAt.IsZero() {
			owed += int64(x.Cost) * int64(x.Qty)
			if x.State == goods.Back {
				sold[x.Product+"/"+x.SKU] += x.Qty // what was sent is not in the stock again
			}
		}
		if o.State != shop.Fulfilled {
			continue
		}
		revenue += int64(o.Paid - o.Refunded)
		points += o.Points
		if l := o.Lines[0]; l.Kind == shop.KindGroup {
			groups[l.Item]++
			sold["tea/tin"] += l.Qty
		} else {
			sold[l.Item] += l.Qty
		}
	}
	if got := h.earned(); got != revenue {
		rt.Fatalf("revenue %d; the orders say %d", got, revenue)
	}
	if got := h.balance("issued:redeemed", ledger.Points); got != points {
		rt.Fatalf("%d points redeemed; the orders say %d", got, points)
	}
	if got := h.balance("supplier:fuding", ledger.CNY); got != owed {
		rt.Fatalf("the supplier is owed %d; what was sent has cost %d", got, owed)
	}
	for _, x := range []struct {
		product, sku string
		stock        int64
	}{{"tea", "box", 5 + h.bought}, {"tea", "tin", 50}, {"cup", "one", 2}} {
		h.do(func(tx *db.Tx) error {
			list, err := h.Goods.StockTx(tx, x.product)
			for _, s := range list {
				if s.SKU == x.sku && (s.Held != 0 || s.Sold != sold[x.product+"/"+x.sku] || int64(s.Left+s.Sold) != x.stock || int64(s.Sold) > x.stock) {
					err = errors.Join(err, fmt.Errorf("stock %+v of %d; %d were sold", s, x.stock, sold[x.product+"/"+x.sku]))
				}
			}
			return err
		})
	}
	h.do(func(tx *db.Tx) error {
		list, err := h.Goods.GroupsTx(tx, goods.GroupFilter{}, "", 100)
		for _, g := range list.Items {
			p, err := h.Goods.ProgressTx(tx, g.ID)
			given := groups["tea-3/"+g.ID]
			switch {
			case err != nil:
				return err
			case g.State == goods.GroupOpen:
				return fmt.Errorf("group %+v is open for ever", g)
			case g.State == goods.GroupSuccess && p.Paid != g.Size, g.State == goods.GroupShort && given > 0, given > g.Size:
				return fmt.Errorf("group %+v was given to %d", p, given)
			}
		}
		return err
	})
	r, err := h.Verify(h.t.Context(), h.community)
	h.must(err)
	if len(r.Flaws) > 0 {
		rt.Fatalf("flaws %+v", r.Flaws)
	}
}
