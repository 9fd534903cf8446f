package event_test

import (
	"cmp"
	"errors"
	"testing"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// errUndone ends a transaction that was only to see what it would do.
var errUndone = errors.New("undone")

// E9, E4: places set aside for the audience of a placement are a quota of their own, for those who came by its entry and for nobody else.
func TestPlacesForAnAudience(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		came := map[string]bool{"ann": true, "bob": true, "cat": true}
		e := w.plan("conference", 10)
		aside := func(places int, price money.Fen, title string) (err error) {
			return w.Try(func(tx *db.Tx) error {
				now, err := w.GetTx(tx, e.ID)
				if err == nil {
					now, err = w.SetAsideTx(tx, now, places, price, title, "staff")
				}
				if err == nil {
					e = now
				}
				return err
			})
		}
		has := func(want event.Seats) {
			t.Helper()
			w.Do(func(tx *db.Tx) error {
				got, err := w.AudienceTx(tx, e)
				if got != want {
					t.Errorf("%+v, want %+v", got, want)
				}
				return err
			})
		}
		take := func(person string, want error) {
			t.Helper()
			err := w.Try(func(tx *db.Tx) error {
				if _, err := w.ClaimTx(tx, e.ID, "audience", person); err != nil {
					return err
				}
				return errUndone
			})
			if !errors.Is(err, cmp.Or(want, errUndone)) {
				t.Errorf("%q may take it: %v", person, err)
			}
		}
		if err := aside(0, 0, "老王的读者"); err != nil || e.Version != 1 {
			t.Errorf("no places: %v, version %d", err, e.Version)
		}
		has(event.Seats{})
		for _, x := range []struct {
			places int
			price  money.Fen
			want   error
		}{{-1, 0, event.ErrCapacity}, {1_000_001, 0, event.ErrCapacity}, {1, -1, event.ErrPrice}} {
			if err := aside(x.places, x.price, "老王的读者"); !errors.Is(err, x.want) {
				t.Errorf("%+v: %v", x, err)
			}
		}
		for range 2 { // the same again changes nothing
			if err := aside(2, 0, "老王的读者"); err != nil || e.Version != 2 || len(e.Types) != 5 {
				t.Errorf("set aside: %v, %+v", err, e)
			}
		}
		take("ann", event.ErrAudience) // nobody says who came
		w.Audience(func(_ *db.Tx, id, person string) (bool, error) { return id == e.ID && came[person], nil })
		take("ann", nil)
		take("eve", event.ErrAudience)
		for person, want := range map[string]error{"ann": nil, "eve": event.ErrAudience, "": event.ErrAudience} {
			for _, c := range w.look(e, person).Choices {
				if c.Name == "audience" && (c.Refuse == nil) != (want == nil) {
					t.Errorf("%q sees %v", person, c.Refuse)
				}
			}
		}
		if open := e.ForOutsiders(d.Clock.Now()); len(open) != 3 {
			t.Errorf("for outsiders: %+v", open)
		}
		w.claim(e, "audience", "ann")
		w.claim(e, "audience", "bob")
		has(event.Seats{Places: 2, Taken: 2})
		if _, err := w.hold(e, "audience", "cat"); !errors.Is(err, event.ErrQuotaFull) {
			t.Errorf("a third place of two: %v", err)
		}
		if err := aside(3, 100_00, "老王和老李的读者"); err != nil {
			t.Error(err)
		}
		if _, err := w.hold(e, "audience", "cat"); err != nil {
			t.Errorf("a third place of three: %v", err)
		}
		has(event.Seats{Places: 3, Price: 100_00, Taken: 2, Held: 1})
		if err := aside(0, 100_00, "老王和老李的读者"); err != nil {
			t.Error(err)
		}
		has(event.Seats{Price: 100_00, Taken: 2, Held: 1})

		full := w.plan("conference", 1)
		if err := w.Try(func(tx *db.Tx) (err error) {
			full, err = w.SetAsideTx(tx, full, 1, 0, "老王的读者", "staff")
			return err
		}); err != nil {
			t.Error(err)
		}
		w.Audience(func(_ *db.Tx, id, person string) (bool, error) { return id == full.ID && person == "dan", nil })
		w.claim(full, "audience", "dan")
		err := w.Try(func(tx *db.Tx) error { _, err := w.WaitTx(tx, full.ID, "audience", "eve"); return err })
		if !errors.Is(err, event.ErrAudience) {
			t.Errorf("eve waits for it: %v", err)
		}
		if _, err := w.hold(full, "day", "ann"); !errors.Is(err, seat.ErrGone) {
			t.Errorf("the house bounds all: %v", err)
		}
		own := w.plan("conference", 5)
		own.Types = append(own.Types, event.TicketType{Name: "audience", Title: own.Title})
		err = w.Try(func(tx *db.Tx) error { _, err := w.SetAsideTx(tx, own, 1, 0, "老王的读者", "staff"); return err })
		if !errors.Is(err, event.ErrTwice) {
			t.Errorf("a type of that name: %v", err)
		}
		w.sound()
	})
}
