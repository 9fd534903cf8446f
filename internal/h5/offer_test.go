package h5_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// E8, S6: who comes to an open class is offered the membership at its price; the order says what led to it; and who did not buy is
// followed up by the one who looks after them, apart for who stayed, left early and did not come.
func TestAnOpenClassSells(t *testing.T) {
	a, community, clk, p := serve(t, "academy")
	w := walker{t, a, community, clk, p}
	sam, err := a.Auth.CreateOperator(t.Context(), community, authn.NewOperator{Email: "sam@example.org", Name: "小山", Password: strings.Repeat("long-enough-", 2)}, access.Sales)
	w.must(err)
	w.see("/e/join?lang=zh-Hans")
	w.register("13900000001", "林一")
	e, err := a.Events.Plan(t.Context(), community, event.Draft{Template: "open", Title: text.Text{text.Hans: "公开课"}, Starts: clk.Now().Add(2 * time.Hour)}, "op")
	w.must(err)
	here := "/events/" + e.Code
	w.send(here+"/claim", url.Values{"type": {"everybody"}})
	others := map[string]string{}
	for _, name := range []string{"stays", "leaves", "absent", "returns"} {
		w.must(a.DB.Do(t.Context(), community, func(tx *db.Tx) (err error) {
			others[name], err = a.People.CreateTx(tx, people.Seed{})
			return err
		}))
		x, err := a.Events.Claim(t.Context(), community, e.ID, "everybody", others[name])
		w.must(err)
		if name == "returns" {
			w.must(a.DB.Do(t.Context(), community, func(tx *db.Tx) error { _, err := a.Events.ReturnTx(tx, x.ID); return err }))
		}
		w.settle()
	}
	if page := w.see(here); strings.Contains(page.Words(), "现场专享") {
		t.Error("the offer stands before the class")
	}
	clk.Set(e.Starts)
	came := func(names ...string) {
		w.must(a.DB.Do(t.Context(), community, func(tx *db.Tx) error {
			for _, n := range names {
				if err := a.Events.AttendTx(tx, e.ID, others[n]); err != nil {
					return err
				}
				if err := a.Events.SeenTx(tx, e.ID, []string{others[n]}); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	came("stays", "leaves")
	page := w.see(here, "现场专享", "VIP", "¥3600.00", "公开课到场立减三百元")
	// A coupon that this order can't have is said, and what was on offer can be had without it.
	coupon := func(least money.Fen) {
		w.must(a.DB.Do(t.Context(), community, func(tx *db.Tx) error {
			c, err := a.Shop.CouponTx(tx, "OPEN300")
			if err == nil {
				c.Min = least
				_, err = a.Shop.PutCouponTx(tx, c.Coupon, c.Version, "op")
			}
			return err
		}))
	}
	coupon(10_000_00)
	refused, _, done, err := p.Send(t.Context(), "/plans/vip/buy", url.Values{"key": {page.Value("key")}, "from": {page.Value("from")}})
	if w.must(err); done || refused.Value("plain") != "1" || refused.Value("from") != e.Code {
		t.Fatalf("refused: %v, %s", !done, refused.Words())
	}
	w.see(w.send("/plans/vip/buy", url.Values{"key": {refused.Value("key")}, "from": {e.Code}, "plain": {"1"}}), "¥3600.00")
	coupon(0)
	page = w.see(here, "现场专享")
	order := w.send("/plans/vip/buy", url.Values{"key": {page.Value("key")}, "from": {page.Value("from")}})
	w.see(order, "¥3300.00")
	w.send(w.send(order+"/pay", url.Values{"by": {"sandbox"}}), nil)
	w.settle()
	w.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) error {
		list, err := a.Shop.Orders(tx, shop.Filter{Origin: e.Origin()}, "", 10)
		if len(list.Items) == 0 || list.Items[0].Coupon != "OPEN300" || list.Items[0].Paid != 3300_00 {
			t.Errorf("orders that the class led to: %+v", list.Items)
		}
		if q, err := a.Members.QuoteTx(tx, list.Items[0].Person, "ka"); err != nil || q.Credit > 3300_00 || q.Credit < 3290_00 {
			t.Errorf("an upgrade credits %s of what was paid, %v", q.Credit, err)
		}
		led, err2 := a.Shop.LedTx(tx, []string{e.Origin()})
		if led[e.Origin()].Buyers != 1 || led[e.Origin()].Paid != 3300_00 {
			t.Errorf("in all %+v", led)
		}
		return errors.Join(err, err2)
	}))
	for _, origin := range []string{"", e.Origin(), "event/00000000000000000000", "circle/00000000000000000000"} {
		_, err := a.Shop.Checkout(t.Context(), community, shop.Checkout{
			Key: "k " + origin, Person: others["returns"], Items: []shop.Item{{Kind: shop.KindPlan, Item: "vip"}}, Coupon: "OPEN300", Origin: origin,
		})
		if !errors.Is(err, shop.ErrCouponOffer) {
			t.Errorf("who has no ticket uses the offer's coupon by %q: %v", origin, err)
		}
	}
	_, err = a.Shop.Checkout(t.Context(), community, shop.Checkout{Key: "bad", Person: others["stays"], Items: []shop.Item{{Kind: shop.KindPlan, Item: "vip"}}, Origin: "event/'"})
	if !errors.Is(err, shop.ErrOrigin) {
		t.Errorf("an origin that can't be: %v", err)
	}
	clk.Set(e.Ends.Add(-time.Minute))
	came("stays")
	w.settle()
	clk.Set(e.Ends.Add(time.Hour))
	want := map[string]task.Kind{"stays": "follow-stayed", "leaves": "follow-left", "absent": "follow-absent"}
	for range 200 {
		w.settle()
		list, err := a.Tasks.List(t.Context(), community, task.Principal{ID: sam.ID, All: true}, task.Filter{State: task.StateClaimed}, "", 50)
		w.must(err)
		got := map[string]task.Kind{}
		for _, x := range list.Items {
			for name, id := range others {
				if x.Person == id && strings.HasPrefix(string(x.Kind), "follow-") && x.Assignee == sam.ID {
					got[name] = x.Kind
				}
			}
		}
		if len(got) < len(want) {
			continue
		}
		for name, kind := range want {
			if got[name] != kind {
				t.Errorf("%s: %q, want %q", name, got[name], kind)
			}
		}
		if len(got) != len(want) {
			t.Errorf("followed up: %v", got)
		}
		clk.Set(e.OfferEnds())
		if page := w.see(here); strings.Contains(page.Words(), "现场专享") {
			t.Error("the offer stands after its end")
		}
		return
	}
	t.Error("nobody is followed up")
}
