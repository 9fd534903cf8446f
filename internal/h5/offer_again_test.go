package h5_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// openClass plans an open class in two hours.
func openClass(w walker, a *app.App) event.Event {
	w.Helper()
	e, err := a.Events.Plan(w.Context(), w.community, event.Draft{Template: "open", Title: text.Text{text.Hans: "公开课"}, Starts: w.clock.Now().Add(2 * time.Hour)}, "op")
	w.must(err)
	return e
}

// follows are the follow-ups that are asked for, by person.
func follows(w walker, a *app.App) map[string][]task.Task {
	w.Helper()
	out := map[string][]task.Task{}
	for _, state := range []task.State{task.StateOpen, task.StateClaimed} {
		list, err := a.Tasks.List(w.Context(), w.community, task.Principal{ID: "x", All: true}, task.Filter{State: state}, "", 100)
		w.must(err)
		for _, x := range list.Items {
			if strings.HasPrefix(string(x.Kind), "follow-") {
				out[x.Person] = append(out[x.Person], x)
			}
		}
	}
	return out
}

// E8: a second click, a second tap and the last use of a coupon lead to the order that there is, at the price that was offered; what
// is given for nothing is bought as well.
func TestAnOfferIsTakenOnce(t *testing.T) {
	a, community, clk, p := serve(t, "academy")
	w := walker{t, a, community, clk, p}
	w.see("/e/join?lang=zh-Hans")
	w.register("13900000001", "林一")
	e := openClass(w, a)
	here := "/events/" + e.Code
	w.send(here+"/claim", url.Values{"type": {"everybody"}})
	clk.Set(e.Starts)
	change := func(by func(c *shop.Coupon)) {
		w.must(a.DB.Do(t.Context(), community, func(tx *db.Tx) error {
			c, err := a.Shop.CouponTx(tx, "OPEN300")
			if err == nil {
				by(&c.Coupon)
				_, err = a.Shop.PutCouponTx(tx, c.Coupon, c.Version, "op")
			}
			return err
		}))
	}
	form := func() url.Values {
		page := w.see(here)
		return url.Values{"key": {page.Value("key")}, "from": {e.Code}}
	}
	change(func(c *shop.Coupon) { c.Quota = 1 })
	first := form()
	order := w.send("/plans/vip/buy", first)
	w.see(order, "¥3300.00")
	if again := w.send("/plans/vip/buy", first); again != order {
		t.Errorf("the same click leads to %s", again)
	}
	if again := w.send("/plans/vip/buy", form()); again != order {
		t.Errorf("another tap leads to %s, not to %s", again, order)
	}
	change(func(c *shop.Coupon) { c.Closes = clk.Now().Add(time.Millisecond) })
	w.settle()
	if again := w.send("/plans/vip/buy", first); again != order {
		t.Errorf("the same click leads to %s once the coupon is over", again)
	}
	w.send(order+"/cancel", nil)
	change(func(c *shop.Coupon) { c.Quota, c.Closes, c.Off, c.OffBP = 0, time.Time{}, 0, 10_000 })
	w.send("/plans/vip/buy", form())
	w.settle()
	w.see("/me", "V2026-0001")
	w.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) error {
		led, err := a.Shop.LedTx(tx, []string{e.Origin()})
		if x := led[e.Origin()]; x.Buyers != 1 || x.Orders != 1 || x.Paid != 0 {
			t.Errorf("for nothing: %+v", x)
		}
		return err
	}))
	clk.Set(e.Ends.Add(time.Hour))
	for range 20 {
		w.settle()
	}
	if got := follows(w, a); len(got) != 0 {
		t.Errorf("a buyer is followed up: %v", got)
	}
}

// E8: whoever they have been, one person is followed up once; who was blocked is not; and who can't see the task is not given it.
func TestOneFollowUpForOnePerson(t *testing.T) {
	a, community, clk, p := serve(t, "academy")
	w := walker{t, a, community, clk, p}
	sam, err := a.Auth.CreateOperator(t.Context(), community, authn.NewOperator{Email: "sam@example.org", Name: "小山", Password: strings.Repeat("long-enough-", 2)}, access.Sales)
	w.must(err)
	e := openClass(w, a)
	id := map[string]string{}
	do := func(fn func(tx *db.Tx) error) { w.must(a.DB.Do(t.Context(), community, fn)); w.settle() }
	for _, name := range []string{"twice", "blocked", "elder", "younger"} {
		do(func(tx *db.Tx) (err error) { id[name], err = a.People.CreateTx(tx, people.Seed{}); return err })
		x, err := a.Events.Claim(t.Context(), community, e.ID, "everybody", id[name])
		w.must(err)
		w.settle()
		if name == "twice" {
			do(func(tx *db.Tx) error { _, err := a.Events.ReturnTx(tx, x.ID); return err })
			_, err = a.Events.Claim(t.Context(), community, e.ID, "everybody", id[name])
			w.must(err)
		}
	}
	m, err := a.People.Merge(t.Context(), community, id["younger"], id["elder"], "op")
	w.must(err)
	w.settle()
	clk.Set(e.Starts)
	do(func(tx *db.Tx) error {
		for _, name := range []string{"twice", "blocked", "younger"} {
			if err := a.Events.AttendTx(tx, e.ID, id[name]); err != nil {
				return err
			}
		}
		return a.People.BlockTx(tx, id["blocked"], "广告", "op")
	})
	w.must(a.Auth.SetDisabled(t.Context(), access.Principal{Kind: access.System}, sam.ID, true))
	clk.Set(e.Ends.Add(time.Hour))
	for range 40 {
		w.settle()
	}
	got := follows(w, a)
	if len(got) != 2 || len(got[id["twice"]]) != 1 || len(got[m.Into]) != 1 {
		t.Errorf("followed up: %v", got)
	}
	for _, list := range got {
		if x := list[0]; x.Kind != "follow-stayed" || x.State != task.StateOpen || x.Role != "sales" {
			t.Errorf("%+v", x)
		}
	}
}

// E8: who buys by the offer, or otherwise, after the follow-up was asked for needs none any more, nor does who is blocked: the task goes by
// itself and the run ends for what happened. The others' stay.
func TestAPurchaseEndsTheFollowUp(t *testing.T) {
	a, community, clk, p := serve(t, "academy")
	w := walker{t, a, community, clk, p}
	w.see("/e/join?lang=zh-Hans")
	w.register("13900000001", "林一")
	e := openClass(w, a)
	here := "/events/" + e.Code
	w.send(here+"/claim", url.Values{"type": {"everybody"}})
	id := map[string]string{}
	do := func(fn func(tx *db.Tx) error) { w.must(a.DB.Do(t.Context(), community, fn)); w.settle() }
	for _, name := range []string{"otherwise", "blocked", "stays"} {
		do(func(tx *db.Tx) (err error) { id[name], err = a.People.CreateTx(tx, people.Seed{}); return err })
		_, err := a.Events.Claim(t.Context(), community, e.ID, "everybody", id[name])
		w.must(err)
	}
	clk.Set(e.Starts)
	do(func(tx *db.Tx) error {
		for _, x := range id {
			if err := a.Events.AttendTx(tx, e.ID, x); err != nil {
				return err
			}
		}
		return nil
	})
	clk.Set(e.Ends.Add(time.Hour))
	until := func(n int) (list map[string][]task.Task) {
		for range 400 { // the app works beside us
			if list = follows(w, a); len(list) == n {
				break
			}
			w.settle()
		}
		return list
	}
	asked := until(4)
	if len(asked) != 4 {
		t.Fatalf("asked for %v", asked)
	}
	clk.Set(e.Ends.Add(20 * time.Hour))
	page := w.see(here, "现场专享")
	order := w.send("/plans/vip/buy", url.Values{"key": {page.Value("key")}, "from": {page.Value("from")}})
	w.send(w.send(order+"/pay", url.Values{"by": {"sandbox"}}), nil)
	var plain shop.Order
	do(func(tx *db.Tx) (err error) {
		plain, err = a.Shop.CheckoutTx(tx, shop.Checkout{Key: "otherwise", Person: id["otherwise"], Items: []shop.Item{{Kind: shop.KindPlan, Item: "vip"}}})
		if err == nil {
			_, err = a.Shop.ConfirmTx(tx, plain.ID, channel.Notice{Ref: "by hand", Amount: plain.Amount, PaidAt: tx.Now()})
		}
		return err
	})
	do(func(tx *db.Tx) error { return a.People.BlockTx(tx, id["blocked"], "广告", "op") })
	if left := until(1); len(left) != 1 || len(left[id["stays"]]) != 1 {
		t.Errorf("still asked for: %v", left)
	}
	for person, list := range asked {
		want := map[string]string{id["otherwise"]: "member", id["blocked"]: "gone", id["stays"]: ""}
		outcome, known := want[person]
		if !known {
			outcome = "bought"
		}
		w.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) error {
			x, err := a.Tasks.GetTx(tx, task.System, list[0].ID)
			if err != nil {
				return err
			}
			r, err := a.Paths.Explain(tx, x.Subject)
			if r.Outcome != outcome || (x.State == task.StateCancelled) != (outcome != "") {
				t.Errorf("the run ended as %q, want %q; the task is %s", r.Outcome, outcome, x.State)
			}
			return err
		}))
	}
}
