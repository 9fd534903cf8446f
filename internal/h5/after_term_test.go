package h5_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/db"
)

// leaves lets somebody give up what they have.
func (w walker) leaves(a *app.App, person string) {
	w.Helper()
	w.must(a.DB.Do(w.Context(), w.community, func(tx *db.Tx) error {
		n, err := a.Members.LeaveTx(tx, person)
		if err == nil && n == 0 {
			w.Error("there was nothing to leave")
		}
		return err
	}))
	w.settle()
}

// ends waits for the end of the newest run of a path about a subject.
func (w walker) ends(a *app.App, name, subject, want string) {
	w.Helper()
	got := ""
	for range 600 {
		if got = w.ended(a, name, subject); got != "running" && got != "none" {
			break
		}
		w.settle()
	}
	if got != want {
		w.Errorf("%s ended as %q, want %q", name, got, want)
	}
}

// comes makes somebody who has not been here.
func (w walker) comes(a *app.App) (id string) {
	w.Helper()
	w.must(a.DB.Do(w.Context(), w.community, func(tx *db.Tx) (err error) { id, err = a.People.CreateTx(tx, people.Seed{}); return err }))
	return id
}

// own waits for the circle of a group that somebody is in, as it is in a state; "" waits until they are in none.
func (w walker) own(a *app.App, person, group string, state circle.State) (x circle.Circle) {
	w.Helper()
	for range 600 {
		all, err := a.Circles.CirclesOf(w.Context(), w.community, person)
		w.must(err)
		i := slices.IndexFunc(all, func(m circle.Membership) bool { return m.Info.Group == group && (state == "" || m.Info.State == state) })
		if i < 0 == (state == "") {
			if i >= 0 {
				x = all[i].Info
			}
			return x
		}
		w.settle()
	}
	w.Fatalf("not in a circle of %s that is %q", group, state)
	return x
}

// terms lists what somebody ever bought.
func (w walker) terms(a *app.App, person string) (ids []string) {
	w.Helper()
	w.must(a.DB.Read(w.Context(), w.community, func(tx *db.Tx) error {
		all, err := a.Members.TermsTx(tx, person)
		for _, t := range all {
			ids = append(ids, t.ID)
		}
		return err
	}))
	return ids
}

// M4: who left is neither reminded of the end of what they gave up nor called about it, before it or once they were asked for.
func TestWhoLeftHearsNothingOfRenewal(t *testing.T) {
	for playbook, plan := range map[string]string{"academy": "vip", "operators": "annual"} {
		t.Run(playbook, func(t *testing.T) {
			a, community, clk, p := serve(t, playbook)
			w := walker{t, a, community, clk, p}
			early, late := w.comes(a), w.comes(a)
			w.buys(a, early, plan)
			w.buys(a, late, plan)
			bought := clk.Now()
			w.leaves(a, early)
			for clk.Now().Before(bought.AddDate(0, 2, 0)) || len(w.waiting(a)) > 0 { // nobody shows them round, and all that passes
				clk.Advance(24 * time.Hour)
				w.settle()
			}
			clk.Set(bought.AddDate(1, 0, -6))
			if playbook == "academy" {
				w.until(a, "who stayed is called", "call-about-renewal")
			}
			w.leaves(a, late)
			w.until(a, "both have left")
			clk.Set(bought.AddDate(1, 0, 0).Add(12 * time.Hour))
			for _, who := range []string{early, late} {
				term := w.terms(a, who)[0]
				w.ends(a, "renew", term, "gone")
			}
		})
	}
}

// M4: who does not renew hears of it a month, a week and a day before the end, a week after it, and once the grace is long over.
func TestTheAcademyRemindsUntilItIsOver(t *testing.T) {
	a, community, clk, p := serve(t, "academy")
	w := walker{t, a, community, clk, p}
	w.see("/e/join?lang=zh-Hans")
	w.register("13900000001", "林一")
	order := w.send("/plans/vip/buy", url.Values{"key": {w.see("/plans").Value("key")}})
	w.send(w.send(order+"/pay", url.Values{"by": {"sandbox"}}), nil)
	w.settle()
	var end time.Time
	w.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) error {
		all, err := a.Members.TermsTx(tx, w.onlyPerson())
		end = all[0].Ends
		return err
	}))
	count := func(days int, words string) int {
		if month := end.AddDate(0, 0, -30); clk.Now().Before(month) {
			clk.Set(month)
		}
		for to := end.AddDate(0, 0, days).Add(10 * time.Hour); clk.Now().Before(to); w.settle() {
			clk.Advance(10 * time.Hour)
		}
		w.signIn("13900000001")
		return strings.Count(w.see("/me", words).Words(), words)
	}
	if before, after := count(-29, "会员到"), count(0, "会员到"); before == 0 || after != before+1 {
		t.Errorf("reminded %d times a month before the end, and %d times until it", before, after)
	}
	count(8, "会员已到期，宽限期内可续")
	count(61, "随时欢迎回来")
}

// M2: who is a member no more is not in the members' groups either; who comes back is given a place again.
func TestWhoIsNoMemberLeavesTheGroups(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}
	w.see("/e/join?lang=zh-Hans")
	w.register("13900000001", "林一")
	w.buy()
	w.see("/me", "为你留了位置")
	who := w.onlyPerson()
	refund := func(key string) {
		var list []shop.Order
		w.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) error {
			page, err := a.Shop.Orders(tx, shop.Filter{Persons: []string{who}}, "", 10)
			list = page.Items
			return err
		}))
		i := slices.IndexFunc(list, func(o shop.Order) bool { return o.State == shop.Fulfilled })
		if i < 0 {
			t.Fatalf("no order to give back: %+v", list)
		}
		_, err := a.Shop.Refund(t.Context(), community, list[i].ID, shop.Ask{Key: key, Actor: "op"})
		w.must(err)
		w.settle()
	}
	kept := func(want int) {
		t.Helper()
		var got []circle.Place
		for range 600 {
			w.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) (err error) { got, err = a.Circles.PlacesTx(tx, who); return err }))
			if len(got) == want {
				return
			}
			w.settle()
		}
		t.Fatalf("%d places are kept, want %d", len(got), want)
	}
	join := func() circle.Circle {
		var in string
		w.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) error {
			got, err := a.Circles.PlacesTx(tx, who)
			in = got[0].Circle
			return err
		}))
		w.send("/circles/"+in+"/join", nil)
		return w.own(a, who, "base", circle.StateOpen)
	}
	refund("before joining") // the place that is kept goes too
	kept(0)
	w.ends(a, "join", who, "left")
	w.buys(a, who, "annual")
	kept(1)
	join()
	refund("inside")
	w.own(a, who, "base", "")
	w.buys(a, who, "annual")
	kept(1)
	join()
	clk.Advance(370 * 24 * time.Hour) // in grace all is as before
	w.settle()
	w.own(a, who, "base", circle.StateOpen)
	clk.Advance(30 * 24 * time.Hour)
	w.own(a, who, "base", "")
}

// M2, I8: a member's own circle is closed when the membership is over, still theirs to read and nobody else's to come into; who comes
// back is shown round again, with a new one.
func TestAnOwnCircleEndsWithTheMembership(t *testing.T) {
	a, community, clk, p := serve(t, "academy")
	w := walker{t, a, community, clk, p}
	pass := func(what string, want ...string) {
		t.Helper()
		w.until(a, what, want...)
		clk.Advance(73 * time.Hour)
	}
	one := w.comes(a)
	w.buys(a, one, "vip")
	pass("bought", "add-sales-account")
	first := w.own(a, one, "service", circle.StateOpen)
	w.leaves(a, one)
	if was := w.own(a, one, "service", circle.StateArchived); was.ID != first.ID {
		t.Errorf("another circle was closed: %+v", was)
	}
	w.until(a, "left")
	two := w.comes(a)
	w.buys(a, two, "vip")
	pass("somebody else bought", "add-sales-account")
	if x := w.own(a, two, "service", circle.StateOpen); x.ID == first.ID {
		t.Error("somebody else got the circle")
	}
	w.leaves(a, two)
	w.until(a, "left as well")
	w.buys(a, one, "vip")
	pass("bought again", "add-sales-account")
	if x := w.own(a, one, "service", circle.StateOpen); x.ID == first.ID {
		t.Error("the closed circle is used again")
	}
}
