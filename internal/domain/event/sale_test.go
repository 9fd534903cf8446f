package event_test

import (
	"errors"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// E8: an event offers what it sells to who has a ticket, from its beginning until some time after its end.
func TestAnEventOffersWhatItSells(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		e := w.plan("conference", 5)
		e.Sells = event.Sale{Item: "plan/vip", Coupon: "OPEN", For: clock.Duration(24 * time.Hour)}
		w.Do(func(tx *db.Tx) (err error) { e, err = w.ChangeTx(tx, e, "staff"); return err })
		w.claim(e, "open", "ann")
		offered := func(person string, want bool) {
			t.Helper()
			w.Do(func(tx *db.Tx) error {
				got, err := w.OfferedTx(tx, e, person)
				if got != want {
					t.Errorf("%q is offered: %v", person, got)
				}
				return err
			})
		}
		offered("ann", false)
		w.D.Clock.Set(e.Starts)
		offered("ann", true)
		offered("bob", false)
		offered("", false)
		w.D.Clock.Set(e.Ends.Add(24*time.Hour - time.Microsecond))
		offered("ann", true)
		w.D.Clock.Set(e.Ends.Add(24 * time.Hour))
		offered("ann", false)
		for _, x := range []event.Sale{{Item: "vip"}, {Item: "plan/VIP"}, {Item: "door/x"}, {Coupon: "OPEN"}, {For: clock.Duration(time.Hour)}, {Item: "plan/vip", Coupon: "open"}, {Item: "plan/vip", For: -1}} {
			bad := w.plan("conference", 5)
			bad.Sells = x
			err := w.Try(func(tx *db.Tx) error { _, err := w.ChangeTx(tx, bad, "staff"); return err })
			if !errors.Is(err, event.ErrSells) && !errors.Is(err, event.ErrOffers) && !errors.Is(err, event.ErrTime) {
				t.Errorf("%+v: %v", x, err)
			}
		}
	})
}

// E8: who came online is told apart by how long they followed; who was let in at a door has stayed.
func TestStays(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		e := w.plan("conference", 5)
		for _, p := range []string{"ann", "bob", "cat", "dan"} {
			w.claim(e, "open", p)
		}
		w.D.Clock.Set(e.Starts)
		follow := func(persons ...string) {
			w.Do(func(tx *db.Tx) error { return w.SeenTx(tx, e.ID, persons) })
		}
		w.Do(func(tx *db.Tx) error {
			for _, p := range []string{"ann", "bob", "cat"} {
				if err := w.AttendTx(tx, e.ID, p); err != nil {
					return err
				}
			}
			return nil
		})
		follow("ann", "bob", "eve") // cat opened a link, and is not seen
		w.D.Clock.Advance(30 * time.Minute)
		follow("ann")
		stays := func(want event.Stays, persons ...string) {
			t.Helper()
			w.Do(func(tx *db.Tx) error {
				got, err := w.StaysTx(tx, e.ID, persons...)
				if got != want {
					t.Errorf("%v: %+v, want %+v", persons, got, want)
				}
				return err
			})
		}
		stays(event.Stays{Stayed: 2, Left: 1, Absent: 1})
		stays(event.Stays{Left: 1}, "bob", "dan")
		for p, want := range map[string]event.Stay{"ann": event.Stayed, "bob": event.LeftEarly, "cat": event.Stayed, "dan": event.Absent} {
			w.Do(func(tx *db.Tx) error {
				got, err := w.StayTx(tx, e.ID, p)
				if got != want {
					t.Errorf("%s %s, want %s", p, got, want)
				}
				return err
			})
		}
		follow("bob") // back again
		stays(event.Stays{Stayed: 3, Absent: 1})
	})
}
