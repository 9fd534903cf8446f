package app_test

import (
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/db"
)

// class plans an open class in an hour, held by somebody, at which memberships are sold; their host has a tenth of what that sells.
func (w *stall) class(host string) (e event.Event) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		err := w.Growth.DeclareTx(tx, growth.Config{Programmes: []growth.Programme{{Name: "lecturers", Title: named("讲师分成"), Binds: growth.ByOffer, Levels: []growth.Level{{RateBP: 1000}}}}})
		if err == nil {
			err = w.Events.DeclareTx(tx, event.Config{Templates: []event.Template{{
				Name: "class", Title: named("公开课"), Kind: event.Class, Capacity: 9, Lasts: clock.Duration(time.Hour), Sells: event.Sale{Item: "plan/vip"},
				Types: []event.TicketType{{Name: "open", Title: named("公开票")}},
			}}})
		}
		if err == nil {
			e, err = w.Events.PlanTx(tx, event.Draft{Template: "class", Title: named("公开课"), Starts: tx.Now().Add(time.Hour), Host: host}, "")
		}
		return err
	})
	return e
}

// guestOf is somebody with a ticket of an event.
func (w *stall) guestOf(e event.Event) string {
	w.t.Helper()
	person := w.person()
	_, err := w.Events.Claim(w.t.Context(), w.community, e.ID, "open", person)
	w.must(err)
	return person
}

// buysBy lets somebody have a plan to which something led them.
func (w *stall) buysBy(person, origin, plan string) shop.Order {
	w.t.Helper()
	o, err := w.Shop.Checkout(w.t.Context(), w.community, shop.Checkout{Key: plan + " of " + person, Person: person, Origin: origin, Items: []shop.Item{{Kind: shop.KindPlan, Item: plan}}})
	w.must(err)
	w.pays(o)
	w.must(w.Settle(w.t.Context()))
	return o
}

// E8: who holds an open class has the declared share of what its offer sold, and no share of what was bought without it; what goes back
// takes its part back, and the books stay sound.
func TestALecturerIsPaidForWhatTheClassSold(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		host := w.person()
		e := w.class(host)
		ann, bob := w.guestOf(e), w.guestOf(e)
		w.later(time.Hour)
		w.buysBy(bob, "", "vip")
		w.has(host, 0, 0, 0)
		o := w.buysBy(ann, e.Origin(), "vip")
		w.has(host, o.Amount/10, 0, 0)
		w.refund(o.ID, shop.Ask{Key: "all"})
		w.must(w.Settle(t.Context()))
		w.has(host, 0, 0, 0)
		w.soundBooks()
	})
}

// E8: anybody may name a class when they order. Its host has a share only of what it sells, while it offers that, of who had a ticket
// then; and none of a class that was called off.
func TestAClassSoldOnlyWhatItOffered(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		host := w.person()
		e, off := w.class(host), w.class(host)
		early, other, late, back, right := w.guestOf(e), w.guestOf(e), w.guestOf(e), w.guestOf(e), w.guestOf(e)
		of := w.guestOf(off)
		w.buysBy(early, e.Origin(), "vip") // before it begins
		w.do(func(tx *db.Tx) error {
			x, _, err := w.Events.TicketOfTx(tx, e.ID, back)
			if err == nil {
				_, err = w.Events.ReturnTx(tx, x.ID)
			}
			return err
		})
		w.later(time.Hour)
		_, err := w.Events.Cancel(t.Context(), w.community, off.ID, "")
		w.must(err)
		w.must(w.Settle(t.Context()))
		w.buysBy(w.person(), e.Origin(), "vip") // without a ticket
		w.buysBy(back, e.Origin(), "vip")
		w.buysBy(other, e.Origin(), "ka")
		w.buysBy(of, off.Origin(), "vip")
		w.has(host, 0, 0, 0)
		o := w.buysBy(right, e.Origin(), "vip")
		w.has(host, o.Amount/10, 0, 0)
		w.later(50 * time.Hour)
		w.buysBy(late, e.Origin(), "vip")
		w.has(host, o.Amount/10, 0, 0)
		w.soundBooks()
	})
}

// E8: a host who was erased or is kept out earns by nothing that their class goes on selling.
func TestAHostWhoIsGoneEarnsNothing(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		gone, out := w.person(), w.person()
		for _, host := range []string{gone, out} {
			e := w.class(host)
			one, other := w.guestOf(e), w.guestOf(e)
			w.later(time.Hour)
			o := w.buysBy(one, e.Origin(), "vip")
			w.has(host, o.Amount/10, 0, 0)
			if host == gone {
				w.must(w.People.Erase(t.Context(), w.community, host, "op"))
			} else {
				w.must(w.People.Block(t.Context(), w.community, host, "spam", "op"))
			}
			w.must(w.Settle(t.Context()))
			w.buysBy(other, e.Origin(), "vip")
			w.has(host, o.Amount/10, 0, 0)
		}
		w.soundBooks()
	})
}
