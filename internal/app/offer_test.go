package app_test

import (
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// E8: who holds an open class has the declared share of what its offer sold, and no share of what was bought without it; what goes back
// takes its part back, and the books stay sound.
func TestALecturerIsPaidForWhatTheClassSold(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		name := func(s string) text.Text { return text.Text{text.Hans: s} }
		host, ann, bob := w.person(), w.person(), w.person()
		var e event.Event
		w.do(func(tx *db.Tx) error {
			err := w.Growth.DeclareTx(tx, growth.Config{Programmes: []growth.Programme{{Name: "lecturers", Title: name("讲师分成"), Binds: growth.ByOffer, Levels: []growth.Level{{RateBP: 1000}}}}})
			if err == nil {
				err = w.Events.DeclareTx(tx, event.Config{Templates: []event.Template{{
					Name: "class", Title: name("公开课"), Kind: event.Class, Capacity: 5, Lasts: clock.Duration(time.Hour), Sells: event.Sale{Item: "plan/vip"},
					Types: []event.TicketType{{Name: "open", Title: name("公开票")}},
				}}})
			}
			if err == nil {
				e, err = w.Events.PlanTx(tx, event.Draft{Template: "class", Title: name("公开课"), Starts: tx.Now().Add(time.Hour), Host: host}, "")
			}
			return err
		})
		buys := func(person, origin string) shop.Order {
			t.Helper()
			o, err := w.Shop.Checkout(t.Context(), w.community, shop.Checkout{Key: "vip of " + person, Person: person, Origin: origin, Items: []shop.Item{{Kind: shop.KindPlan, Item: "vip"}}})
			w.must(err)
			w.pays(o)
			w.must(w.Settle(t.Context()))
			return o
		}
		buys(bob, "")
		w.has(host, 0, 0, 0)
		o := buys(ann, e.Origin())
		w.has(host, o.Amount/10, 0, 0)
		w.refund(o.ID, shop.Ask{Key: "all"})
		w.must(w.Settle(t.Context()))
		w.has(host, 0, 0, 0)
		w.soundBooks()
	})
}
