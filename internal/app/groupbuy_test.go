package app_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/db"
)

// S4: a group-buy is given to exactly its size, and to nobody before every place is paid for.
func TestAGroupBuyIsGivenToExactlyItsSize(t *testing.T) {
	eachCounter(t, func(t *testing.T, w *stall) {
		var who []string
		for range 5 {
			who = append(who, w.person())
		}
		first := w.paidFor(who[0], "group tea-3 1")
		if first.State != shop.Paid || !first.Waits || first.Amount != 20_00 {
			t.Fatalf("the first of three: %+v", first)
		}
		group := first.Lines[0].Item
		id := group[strings.Index(group, "/")+1:]
		if _, err := w.asks(shop.Checkout{Person: who[0]}, "group "+group+" 1"); !errors.Is(err, goods.ErrInGroup) {
			t.Errorf("twice in a group: %v", err)
		}
		if _, err := w.asks(shop.Checkout{Person: who[1]}, "group "+group+" 1", "goods course/all 1"); !errors.Is(err, shop.ErrAlone) {
			t.Errorf("with other things: %v", err)
		}
		second := w.paidFor(who[1], "group "+group+" 2")
		third := w.ordered(shop.Checkout{Person: who[2]}, "group "+group+" 1")
		// Control: what is only kept completes nothing.
		if got := w.detail(second.ID); got.State != shop.Paid {
			t.Errorf("given by a place that nobody paid for: %+v", got)
		}
		if _, err := w.asks(shop.Checkout{Person: who[3]}, "group "+group+" 1"); !errors.Is(err, goods.ErrGroupFull) {
			t.Errorf("a fourth: %v", err)
		}
		if n := w.earned(); n != 0 {
			t.Errorf("earned %d before the group is full", n)
		}
		w.pays(third)
		for _, o := range []string{first.ID, second.ID, third.ID} {
			if got := w.detail(o); got.State != shop.Fulfilled || got.Waits {
				t.Errorf("the group is full: %+v", got)
			}
		}
		w.wantLeft("tea", "tin", 0, 4, 46)
		w.do(func(tx *db.Tx) error {
			p, err := w.Goods.ProgressTx(tx, id)
			if p.State != goods.GroupSuccess || p.Paid != 3 {
				t.Errorf("progress %+v", p)
			}
			return err
		})
		if _, err := w.asks(shop.Checkout{Person: who[3]}, "group "+group+" 1"); !errors.Is(err, goods.ErrGroupOver) {
			t.Errorf("joining what is over: %v", err)
		}
		w.refund(second.ID, shop.Ask{})
		w.wantLeft("tea", "tin", 0, 2, 48)
		w.sound()
	})
}

// S4: a group that is short at the end of its time pays everybody back, and says why.
func TestAGroupBuyThatFailsPaysEverybodyBack(t *testing.T) {
	eachCounter(t, func(t *testing.T, w *stall) {
		ann, bob, cid := w.person(), w.person(), w.person()
		first := w.paidFor(ann, "group tea-3 1")
		second := w.paidFor(bob, "group "+first.Lines[0].Item+" 1")
		w.clock.Advance(24*time.Hour - 5*time.Minute)
		w.must(w.Settle(t.Context()))
		open := w.ordered(shop.Checkout{Person: cid}, "group "+first.Lines[0].Item+" 1")
		w.clock.Advance(5 * time.Minute)
		w.must(w.Settle(t.Context()))
		for _, o := range []string{first.ID, second.ID} {
			if got := w.detail(o); got.State != shop.Refunded || got.Why != goods.ErrGroupShort.Code || got.Refunds[0].State != shop.Done {
				t.Errorf("short: %+v", got)
			}
		}
		if got := w.detail(open.ID); got.State != shop.Closed {
			t.Errorf("not paid by then: %+v", got)
		}
		w.notices(open, "bank")
		if got := w.detail(open.ID); got.State != shop.Refunded || got.Why != goods.ErrGroupOver.Code {
			t.Errorf("paid too late: %+v", got)
		}
		w.wantLeft("tea", "tin", 0, 0, 50)
		if n := w.earned(); n != 0 {
			t.Errorf("earned %d", n)
		}
		// Who has started one and does not pay leaves none behind.
		w.ordered(shop.Checkout{Person: ann}, "group tea-3 1")
		w.clock.Advance(time.Hour)
		w.must(w.Settle(t.Context()))
		w.do(func(tx *db.Tx) error {
			list, err := w.Goods.GroupsTx(tx, goods.GroupFilter{Offer: "tea-3", State: goods.GroupOpen}, "", 0)
			if len(list.Items) != 0 {
				t.Errorf("open %+v", list.Items)
			}
			return err
		})
		w.sound()
	})
}

// S4: who pays after the place is gone has the money back, or starts the next group, as they chose; the next one who comes late joins that.
func TestExtraPayersOfAGroupBuy(t *testing.T) {
	eachCounter(t, func(t *testing.T, w *stall) {
		var who []string
		for range 6 {
			who = append(who, w.person())
		}
		group := w.paidFor(who[0], "group tea-3 1").Lines[0].Item
		w.paidFor(who[1], "group "+group+" 1")
		var late []shop.Order
		for i, next := range []string{"", "/next", "/next"} {
			late = append(late, w.ordered(shop.Checkout{Person: who[2+i]}, "group "+group+next+" 1"))
			w.clock.Advance(time.Hour) // it is closed unpaid
			w.must(w.Settle(t.Context()))
		}
		w.paidFor(who[5], "group "+group+" 1")
		for _, o := range late {
			w.notices(o, "bank")
		}
		if got := w.detail(late[0].ID); got.State != shop.Refunded || got.Why != goods.ErrGroupOver.Code {
			t.Errorf("the place is gone: %+v", got)
		}
		for _, o := range late[1:] {
			if got := w.detail(o.ID); got.State != shop.Paid || !got.Waits {
				t.Errorf("in the next group: %+v", got)
			}
		}
		w.do(func(tx *db.Tx) error {
			list, err := w.Goods.GroupsTx(tx, goods.GroupFilter{State: goods.GroupOpen}, "", 0)
			if len(list.Items) != 1 || list.Items[0].Starter != who[3] || "tea-3/"+list.Items[0].Follows != group {
				t.Fatalf("open %+v", list.Items)
			}
			p, err2 := w.Goods.ProgressTx(tx, list.Items[0].ID)
			if p.Paid != 2 {
				t.Errorf("the next group: %+v", p)
			}
			return errors.Join(err, err2)
		})
		w.sound()
		w.clock.Advance(25 * time.Hour)
		w.must(w.Settle(t.Context()))
		if got := w.detail(late[2].ID); got.State != shop.Refunded || got.Why != goods.ErrGroupShort.Code {
			t.Errorf("the next group was short: %+v", got)
		}
		w.sound()
	})
}
