package h5_test

import (
	"slices"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/task"
)

// waiting lists the kinds of the tasks that paths have asked for and nobody has done, each with what is before it of "kind".
func (w walker) waiting(a *app.App) (kinds []string) {
	w.Helper()
	for _, state := range []task.State{task.StateOpen, task.StateClaimed} {
		list, err := a.Tasks.List(w.Context(), w.community, task.Principal{ID: "x", All: true}, task.Filter{State: state}, "", 100)
		w.must(err)
		for _, x := range list.Items {
			if x.SubjectKind == "run" {
				kinds = append(kinds, string(x.Kind))
			}
		}
	}
	slices.Sort(kinds)
	return kinds
}

// until lets the app, which works beside us, come to these tasks and no others.
func (w walker) until(a *app.App, what string, want ...string) {
	w.Helper()
	var got []string
	for range 600 {
		if got = w.waiting(a); slices.Equal(got, want) {
			return
		}
		w.settle()
	}
	w.Fatalf("%s: asked for %q, want %q", what, got, want)
}

// ended tells how the newest run of a path about a subject ended.
func (w walker) ended(a *app.App, name, subject string) (outcome string) {
	w.Helper()
	w.must(a.DB.Read(w.Context(), w.community, func(tx *db.Tx) error {
		r, found, err := a.Paths.Latest(tx, name, subject)
		if outcome = "none"; found {
			outcome = r.Outcome
		}
		if found && r.State == path.Running {
			outcome = "running"
		}
		return err
	}))
	return outcome
}

// buys lets somebody buy a membership that the staff has the money for.
func (w walker) buys(a *app.App, person, plan string) (o shop.Order) {
	w.Helper()
	w.must(a.DB.Do(w.Context(), w.community, func(tx *db.Tx) (err error) {
		o, err = a.Shop.CheckoutTx(tx, shop.Checkout{Key: "buys " + tx.Now().String(), Person: person, Items: []shop.Item{{Kind: shop.KindPlan, Item: plan}}})
		if err == nil {
			_, err = a.Shop.ConfirmTx(tx, o.ID, channel.Notice{Ref: "by hand " + o.ID, Amount: o.Amount, PaidAt: tx.Now()})
		}
		return err
	}))
	w.settle()
	return o
}

// E2: an event that is called off needs no guest, outline or script any more, whether somebody was asked already or not.
func TestACancelledEventIsMadeNoFurther(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}
	plan := func(days int) event.Event {
		e, err := a.Events.Plan(t.Context(), community, event.Draft{Template: "session", Title: text.Text{text.Hans: "专场"}, Starts: clk.Now().AddDate(0, 0, days)}, "op")
		w.must(err)
		return e
	}
	soon, later := plan(15), plan(40)
	w.until(a, "one is near", "invite-guest")
	for _, e := range []event.Event{soon, later} {
		_, err := a.Events.Cancel(t.Context(), community, e.ID, "op")
		w.must(err)
	}
	w.until(a, "both are called off")
	if got := w.ended(a, "production", soon.ID); got != "cancelled" {
		t.Errorf("ended as %q", got)
	}
	clk.Set(later.Starts.AddDate(0, 0, -21).Add(time.Minute))
	for range 400 {
		if w.settle(); w.ended(a, "production", later.ID) != "running" {
			break
		}
	}
	if got, kinds := w.ended(a, "production", later.ID), w.waiting(a); got != "cancelled" || len(kinds) != 0 {
		t.Errorf("ended as %q; asked for %q", got, kinds)
	}
}

// M3: who has renewed isn't called about it, and who gave the membership back isn't shown round; who comes again is.
func TestWhoRenewsOrLeavesIsCaredForNoMore(t *testing.T) {
	a, community, clk, p := serve(t, "academy")
	w := walker{t, a, community, clk, p}
	id := map[string]string{}
	for _, name := range []string{"leaves", "stays"} {
		w.must(a.DB.Do(t.Context(), community, func(tx *db.Tx) (err error) { id[name], err = a.People.CreateTx(tx, people.Seed{}); return err }))
	}
	o := w.buys(a, id["leaves"], "vip")
	w.until(a, "bought", "add-sales-account")
	_, err := a.Shop.Refund(t.Context(), community, o.ID, shop.Ask{Key: "back", Actor: "op"})
	w.must(err)
	w.until(a, "given back")
	if got := w.ended(a, "layers", id["leaves"]); got != "left" {
		t.Errorf("ended as %q", got)
	}
	w.buys(a, id["leaves"], "vip")
	w.until(a, "bought again", "add-sales-account")

	w.buys(a, id["stays"], "vip")
	w.until(a, "bought", "add-sales-account", "add-sales-account")
	bought := clk.Now()
	for clk.Now().Before(bought.AddDate(0, 3, 0)) || len(w.waiting(a)) > 0 { // nobody shows them round, and all that passes
		clk.Advance(24 * time.Hour)
		w.settle()
	}
	clk.Set(bought.AddDate(1, 0, -6))
	w.until(a, "a week before the end", "call-about-renewal", "call-about-renewal")
	w.buys(a, id["stays"], "vip")
	w.until(a, "renewed", "call-about-renewal")
}

// Who is moved to another circle of the group is still there, and followed up; who leaves isn't.
func TestAMoveEndsNoFollowUp(t *testing.T) {
	a, community, clk, p := serve(t, "course")
	w := walker{t, a, community, clk, p}
	w.see("/e/course?lang=zh-Hans")
	w.send("/e/course/arrive", nil)
	w.send("/e/course/join", nil)
	w.until(a, "joined", "follow-up")
	person := w.onlyPerson()
	in := func() string {
		t.Helper()
		mine, err := a.Circles.CirclesOf(t.Context(), community, person)
		w.must(err)
		if len(mine) != 1 {
			t.Fatalf("in %d circles", len(mine))
		}
		return mine[0].Circle
	}
	to, err := a.Circles.Open(t.Context(), community, "conversion", nil)
	w.must(err)
	_, err = a.Circles.Move(t.Context(), community, circle.Move{Person: person, From: in(), To: to.ID, Actor: "op"})
	w.must(err)
	clk.Advance(time.Minute)
	for range 100 {
		w.settle()
	}
	if got := w.waiting(a); !slices.Equal(got, []string{"follow-up"}) || in() != to.ID {
		t.Errorf("moved: asked for %q", got)
	}
	_, err = a.Circles.Leave(t.Context(), community, in(), person, circle.ReasonLeft, "")
	w.must(err)
	w.until(a, "left")
	if got := w.ended(a, "join-course", person); got != "seated" {
		t.Errorf("left: the run %s", got)
	}
}
