package event_test

import (
	"cmp"
	"errors"
	"reflect"
	"testing"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
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

// setAside gives an event places for its audience, by what it is now.
func (w *world) setAside(e *event.Event, places int, price money.Fen, title string) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		now, err := w.GetTx(tx, e.ID)
		if err == nil {
			*e, err = w.SetAsideTx(tx, now, places, price, title, "staff")
		}
		return err
	})
}

// change makes an event as an edit says.
func (w *world) change(e *event.Event, edit func(*event.Event)) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		now, err := w.GetTx(tx, e.ID)
		if err == nil {
			edit(&now)
			*e, err = w.ChangeTx(tx, now, "staff")
		}
		return err
	})
}

// E9: a quota that an edit takes away and that comes back has the places that are said then, whether somebody kept theirs or not.
func TestAQuotaComesBack(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.Audience(func(*db.Tx, string, string) (bool, error) { return true, nil })
		for _, kept := range []int{0, 1, 2} {
			e := w.plan("conference", 10)
			before := e
			w.setAside(&e, 2, 0, "老王的读者")
			who := []string{"ann", "bob", "cat", "dan", "eve"}
			for _, p := range who[:kept] {
				w.claim(e, "audience", p)
			}
			w.change(&e, func(x *event.Event) { x.Types, x.Quotas = before.Types, before.Quotas })
			has := func(want seat.Counts) {
				t.Helper()
				w.Do(func(tx *db.Tx) error {
					got, err := w.Seats.Count(tx, "event:"+e.ID+":audience")
					if got.Taken != want.Taken || got.Room != want.Room {
						t.Errorf("%d kept: %+v, want %+v", kept, got, want)
					}
					return err
				})
			}
			has(seat.Counts{Taken: kept})
			w.setAside(&e, 4, 0, "老王的读者")
			has(seat.Counts{Taken: kept, Room: 4 - kept})
			for _, p := range who[kept:4] {
				w.claim(e, "audience", p)
			}
			if _, err := w.hold(e, "audience", who[4]); !errors.Is(err, event.ErrQuotaFull) {
				t.Errorf("a fifth place of four: %v", err)
			}
			w.sound()
		}
	})
}

// An event whose places were made otherwise than it says is a fault that is told, not one that is passed over.
func TestPlacesThatDoNotFollow(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		e := w.plan("conference", 10)
		w.setAside(&e, 2, 0, "老王的读者")
		w.Do(func(tx *db.Tx) error { _, err := w.Seats.SetCapacityTx(tx, "event:"+e.ID+":audience", 5); return err })
		err := w.Try(func(tx *db.Tx) error { _, err := w.SetAsideTx(tx, e, 4, 0, "老王的读者", "staff"); return err })
		if err == nil {
			t.Error("it says four places and has five")
		}
	})
}

// E9: setting places aside anew changes how many they are, what they cost and what they are called, and nothing else.
func TestSettingAsideKeepsTheRest(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		e := w.plan("conference", 10)
		w.setAside(&e, 2, 0, "老王的读者")
		at := len(e.Types) - 1
		w.change(&e, func(x *event.Event) {
			kind := &x.Types[at]
			kind.OpensBefore, kind.ClosesBefore, kind.Plans, kind.Quotas = 72*hour, 24*hour, []string{"vip"}, []string{"dinner", "audience"}
			kind.Title["en"] = "Readers of Wang"
			x.Quotas[len(x.Quotas)-1].Title = text.Text{text.Hans: "老王的座位", text.En: "Wang's seats"}
			x.Types[0], x.Types[at] = x.Types[at], x.Types[0]
		})
		was := e
		for _, to := range []struct {
			places       int
			price        money.Fen
			title, quota string
		}{{3, 0, "老王的读者", "老王的座位"}, {3, 99_00, "老王的读者", "老王的座位"}, {4, 99_00, "老王和老李的读者", "老王和老李的读者"}, {0, 99_00, "老王和老李的读者", "老王和老李的读者"}} {
			w.setAside(&e, to.places, to.price, to.title)
			kind, quota := was.Types[0], was.Quotas[len(was.Quotas)-1]
			kind.Price, kind.Title = to.price, text.Text{text.Hans: to.title, text.En: "Readers of Wang"}
			quota.Capacity, quota.Title = to.places, text.Text{text.Hans: to.quota, text.En: "Wang's seats"}
			if !reflect.DeepEqual(e.Types[0], kind) || !reflect.DeepEqual(e.Quotas[len(e.Quotas)-1], quota) || len(e.Types) != len(was.Types) {
				t.Errorf("%+v: %+v, %+v", to, e.Types[0], e.Quotas)
			}
		}
	})
}
