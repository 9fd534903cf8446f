package app_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
)

func named(s string) text.Text { return text.Text{text.Hans: s} }

// shelf is what the stall sells besides memberships.
func shelf() goods.Config {
	return goods.Config{
		Products: []goods.Product{
			{
				Name: "tea", Title: named("白茶"), Kind: goods.Wares, Supplier: "fuding", PerPerson: 4, Return: 7,
				SKUs: []goods.SKU{{Name: "box", Title: named("一盒"), Price: 100_00, Cost: 60_00, Stock: 5}, {Name: "tin", Price: 30_00, Cost: 20_00, Stock: 50}},
			},
			{Name: "course", Title: named("写作课"), Kind: goods.Course, Return: 3, SKUs: []goods.SKU{{Name: "all", Price: 299_00, Points: 3000}}},
			{Name: "cup", Title: named("杯子"), Kind: goods.PointsItem, Supplier: "fuding", SKUs: []goods.SKU{{Name: "one", Points: 500, Cost: 10_00, Stock: 2}}},
		},
		GroupBuys: []goods.Offer{{Name: "tea-3", Item: "tea/tin", Size: 3, Window: clock.Duration(24 * time.Hour), Price: 20_00}},
	}
}

func coupons() []shop.Coupon {
	return []shop.Coupon{
		{Code: "TEA10", Title: named("茶减十元"), Off: 10_00, Min: 50_00, For: []string{"goods/tea"}, Quota: 2, PerPerson: 1},
		{Code: "TENTH", Title: named("九折"), OffBP: 1000},
	}
}

// counter is a stall with a shelf.
func eachCounter(t *testing.T, fn func(t *testing.T, w *stall)) {
	eachStall(t, func(t *testing.T, w *stall) {
		w.stock()
		fn(t, w)
	})
}

func (w *stall) stock() {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		return errors.Join(w.Goods.DeclareTx(tx, shelf()), w.Shop.DeclareCouponsTx(tx, coupons()))
	})
}

// asks orders things, written as "kind item" with a quantity.
func (w *stall) asks(c shop.Checkout, things ...string) (shop.Order, error) {
	for _, x := range things {
		var i shop.Item
		if _, err := fmt.Sscanf(x, "%s %s %d", &i.Kind, &i.Item, &i.Qty); err != nil {
			w.t.Fatal(x, err)
		}
		c.Items = append(c.Items, i)
	}
	if c.Key == "" {
		c.Key = w.DB.NewID()
	}
	return w.Shop.Checkout(w.t.Context(), w.community, c)
}

func (w *stall) ordered(c shop.Checkout, things ...string) shop.Order {
	w.t.Helper()
	o, err := w.asks(c, things...)
	w.must(err)
	return o
}

// paidFor is ordered, paid for and settled.
func (w *stall) paidFor(person string, things ...string) shop.Detail {
	w.t.Helper()
	return w.pays(w.ordered(shop.Checkout{Person: person}, things...))
}

func (w *stall) wantLeft(product, sku string, held, sold, left int) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		list, err := w.Goods.StockTx(tx, product)
		for _, x := range list {
			if x.SKU == sku && (x.Held != held || x.Sold != sold || x.Left != left) {
				w.t.Errorf("stock %+v; want %d held, %d sold, %d left", x, held, sold, left)
			}
		}
		return err
	})
}

func (w *stall) balance(account string, c ledger.Currency) int64 {
	w.t.Helper()
	n, err := w.Ledger.Balance(w.t.Context(), w.community, account, c)
	w.must(err)
	return n
}

// earned is what all products have earned by the books, and holds that each product's account says its own.
func (w *stall) earned() (sum int64) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		sum = 0
		accounts, err := w.Ledger.AccountsTx(tx, "revenue:shop", "", 200)
		for _, a := range accounts.Items {
			sum += a.Balance
		}
		list, err2 := w.Goods.ProductsTx(tx, true, "", 200)
		rest := sum
		for _, p := range list.Items {
			n, err := w.Goods.RevenueTx(tx, p.Name)
			if err != nil {
				return err
			}
			rest -= int64(n)
		}
		if rest != 0 {
			w.t.Errorf("%d fen of %d are no product's", rest, sum)
		}
		return errors.Join(err, err2)
	})
	return sum
}

func (w *stall) earns(person string, points int64) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		cause, err := fact.Append(tx, goods.Restocked{}, fact.Fact{Subject: "gift"})
		if err != nil {
			return err
		}
		_, err = w.Ledger.PostTx(tx, ledger.Entry{Key: tx.NewID(), Fact: cause, Lines: []ledger.Line{
			{Account: "issued:gift", Currency: ledger.Points, Amount: -points}, {Account: "points:" + person, Currency: ledger.Points, Amount: points},
		}})
		return err
	})
}

// S1, S2: units are kept for an order, taken when it is paid, and for sale again when it is closed or refunded; nobody buys more than
// there are, or than one may.
func TestStockFollowsOrders(t *testing.T) {
	eachCounter(t, func(t *testing.T, w *stall) {
		ann, bob := w.person(), w.person()
		o := w.ordered(shop.Checkout{Person: ann}, "goods tea/box 3", "goods course/all 1")
		w.wantLeft("tea", "box", 3, 0, 2)
		if o.Amount != 599_00 || o.Lines[0].Title != "白茶 一盒" {
			t.Errorf("ordered %+v", o)
		}
		if _, err := w.asks(shop.Checkout{Person: bob}, "goods tea/box 3"); !errors.Is(err, goods.ErrSoldOut) {
			t.Errorf("three of two: %v", err)
		}
		if _, err := w.asks(shop.Checkout{Person: ann}, "goods tea/tin 2"); !errors.Is(err, goods.ErrPerPerson) {
			t.Errorf("five of four: %v", err)
		}
		if got := w.pays(o); got.State != shop.Fulfilled {
			t.Errorf("paid: %+v", got)
		}
		w.wantLeft("tea", "box", 0, 3, 2)
		if n := w.earned(); n != 599_00 {
			t.Errorf("revenue %d", n)
		}
		late := w.ordered(shop.Checkout{Person: bob}, "goods tea/box 2")
		w.clock.Advance(time.Hour)
		w.must(w.Settle(t.Context()))
		w.wantLeft("tea", "box", 0, 3, 2)
		w.refund(o.ID, shop.Ask{Of: o.Lines[0].Ref})
		w.wantLeft("tea", "box", 0, 0, 5)
		// Paid after all, and there are units: they are given at the price of the order.
		w.notices(late, "bank")
		w.wantLeft("tea", "box", 0, 2, 3)
		w.do(func(tx *db.Tx) error {
			d, err := w.Shop.GiveUpTx(tx, late.ID)
			if d.State != shop.Refunded {
				t.Errorf("given up in time: %+v, %v", d, err)
			}
			return err
		})
		w.wantLeft("tea", "box", 0, 0, 5)
		course := w.paidFor(bob, "goods course/all 1")
		w.clock.Advance(4 * 24 * time.Hour)
		w.do(func(tx *db.Tx) error {
			if _, err := w.Shop.GiveUpTx(tx, course.ID); !errors.Is(err, shop.ErrTooLate) {
				t.Errorf("given up too late: %v", err)
			}
			return nil
		})
		w.sound()
	})
}

// notices is a late notice of a payment for an order that is closed.
func (w *stall) notices(o shop.Order, by string) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		_, err := w.Shop.ConfirmTx(tx, o.ID, channel.Notice{Amount: o.Amount})
		return err
	})
	_ = by
}

// S5: a coupon is divided over the lines that it is for, to the fen; it is used up with a paid order and free again when one is closed;
// what goes back is what was paid.
func TestCoupons(t *testing.T) {
	eachCounter(t, func(t *testing.T, w *stall) {
		ann, bob, cid := w.person(), w.person(), w.person()
		o := w.ordered(shop.Checkout{Person: ann, Coupon: " tea10"}, "goods tea/box 1", "goods tea/tin 1", "goods course/all 1")
		if o.Amount != 419_00 || o.Discount != 10_00 || o.Lines[0].Discount != 7_69 || o.Lines[1].Discount != 2_31 || o.Lines[2].Discount != 0 {
			t.Errorf("a coupon for tea: %+v", o)
		}
		for want, c := range map[error]shop.Checkout{
			shop.ErrCoupon:     {Person: bob, Coupon: "none"},
			shop.ErrCouponMin:  {Person: bob, Coupon: "TEA10"},
			shop.ErrCouponUsed: {Person: ann, Coupon: "TEA10"},
		} {
			thing := "goods tea/tin 1"
			if errors.Is(want, shop.ErrCouponUsed) {
				thing = "goods tea/tin 2"
			}
			if _, err := w.asks(c, thing); !errors.Is(err, want) {
				t.Errorf("%s: %v", want, err)
			}
		}
		if _, err := w.asks(shop.Checkout{Person: bob, Coupon: "TENTH"}, "plan vip 1"); !errors.Is(err, shop.ErrCoupon) {
			t.Errorf("off a membership: %v", err)
		}
		second := w.ordered(shop.Checkout{Person: bob, Coupon: "TEA10"}, "goods tea/box 1")
		if _, err := w.asks(shop.Checkout{Person: cid, Coupon: "TEA10"}, "goods tea/box 1"); !errors.Is(err, shop.ErrCouponGone) {
			t.Errorf("a third use of two: %v", err)
		}
		// With another coupon the order is made anew.
		again := w.ordered(shop.Checkout{Person: bob, Coupon: "TENTH"}, "goods tea/box 1")
		if again.ID == second.ID || again.Amount != 90_00 || w.detail(second.ID).State != shop.Closed {
			t.Errorf("another coupon: %+v", again)
		}
		third := w.ordered(shop.Checkout{Person: cid, Coupon: "TEA10"}, "goods tea/box 1")
		w.pays(o)
		w.pays(again)
		w.clock.Advance(time.Hour)
		w.must(w.Settle(t.Context()))
		w.do(func(tx *db.Tx) error {
			c, err := w.Shop.CouponTx(tx, "tea10")
			if c.Used != 1 || c.Kept != 0 {
				t.Errorf("the coupon %+v", c)
			}
			return err
		})
		dan, eve := w.person(), w.person()
		w.pays(w.ordered(shop.Checkout{Person: dan, Coupon: "TEA10"}, "goods tea/box 1"))
		_ = eve
		w.notices(third, "bank") // closed, and its use of the coupon is gone
		if got := w.detail(third.ID); got.State != shop.Refunded || got.Why != shop.ErrCouponGone.Code || got.Refunds[0].Amount != 90_00 {
			t.Errorf("paid too late: %+v", got)
		}
		if got := w.refund(o.ID, shop.Ask{}); got.Refunded != 419_00 {
			t.Errorf("gave %s back of 419.00", got.Refunded)
		}
		w.sound()
	})
}

// S5: an order can be paid with points where its things can be had for them, and only with those that the buyer has; a refund gives
// them back.
func TestPointsPayWholly(t *testing.T) {
	eachCounter(t, func(t *testing.T, w *stall) {
		ann := w.person()
		if _, err := w.asks(shop.Checkout{Person: ann}, "goods cup/one 1"); !errors.Is(err, shop.ErrPointsOnly) {
			t.Errorf("for nothing: %v", err)
		}
		if _, err := w.asks(shop.Checkout{Person: ann, Points: true}, "goods tea/box 1"); !errors.Is(err, shop.ErrNoPoints) {
			t.Errorf("not for points: %v", err)
		}
		w.earns(ann, 900)
		if _, err := w.asks(shop.Checkout{Person: ann, Points: true}, "goods cup/one 2"); !errors.Is(err, shop.ErrFewPoints) {
			t.Errorf("too few points: %v", err)
		}
		w.wantLeft("cup", "one", 0, 0, 2)
		o := w.ordered(shop.Checkout{Person: ann, Points: true}, "goods cup/one 1")
		w.must(w.Settle(t.Context()))
		if got := w.detail(o.ID); got.State != shop.Fulfilled || got.Points != 500 || got.Amount != 0 {
			t.Errorf("paid with points: %+v", got)
		}
		if n := w.balance("points:"+ann, ledger.Points); n != 400 {
			t.Errorf("%d points are left", n)
		}
		w.wantLeft("cup", "one", 0, 1, 1)
		w.sound()
		for range 2 {
			w.do(func(tx *db.Tx) error { _, err := w.Shop.RefundTx(tx, o.ID, shop.Ask{Key: "back"}); return err })
		}
		if got := w.detail(o.ID); got.State != shop.Refunded || w.balance("points:"+ann, ledger.Points) != 900 {
			t.Errorf("given back: %+v", got)
		}
		w.wantLeft("cup", "one", 0, 0, 2)
		w.sound()
	})
}

// S1: what the playbook names no longer is sold no more, what staff has changed stays, and what is promised is kept.
func TestProductsOfPlaybookAndStaff(t *testing.T) {
	eachCounter(t, func(t *testing.T, w *stall) {
		ann := w.person()
		o := w.ordered(shop.Checkout{Person: ann}, "goods tea/box 1")
		w.do(func(tx *db.Tx) error {
			p, err := w.Goods.ProductTx(tx, "tea")
			if err != nil {
				return err
			}
			p.SKUs[0].Price = 120_00
			if _, err := w.Goods.PutTx(tx, p.Product, 0, "op"); !errors.Is(err, goods.ErrVersion) {
				t.Errorf("of another version: %v", err)
			}
			if _, err = w.Goods.PutTx(tx, p.Product, p.Version, "op"); err != nil {
				return err
			}
			if _, err = w.Goods.PutTx(tx, goods.Product{Name: "own", Title: named("自有"), Kind: goods.Deed, SKUs: []goods.SKU{{Name: "one", Price: 1}}}, 0, "op"); err != nil {
				return err
			}
			return w.Goods.RestockTx(tx, "tea", "box", 10, "op")
		})
		w.stock() // the same playbook again
		if got := w.ordered(shop.Checkout{Person: w.person()}, "goods tea/box 1"); got.Amount != 120_00 {
			t.Errorf("the playbook has undone what staff did: %+v", got)
		}
		if got := w.pays(o); got.State != shop.Fulfilled || got.Paid != money.Fen(100_00) {
			t.Errorf("promised for 100.00: %+v", got)
		}
		w.wantLeft("tea", "box", 1, 1, 13)
		w.do(func(tx *db.Tx) error { return w.Goods.DeclareTx(tx, goods.Config{}) })
		if _, err := w.asks(shop.Checkout{Person: ann}, "goods tea/box 1"); !errors.Is(err, goods.ErrRetired) {
			t.Errorf("named no longer: %v", err)
		}
		w.ordered(shop.Checkout{Person: ann}, "goods own/one 1")
		w.stock()
		w.ordered(shop.Checkout{Person: w.person()}, "goods tea/box 1")
		w.sound()
	})
}
