package event_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// E7: members × friend tickets × the rates at which they were taken and used before, with every denominator; and who takes a ticket
// themselves. Without an event before there is no expectation, and more than the house holds never come.
func TestForecast(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		forecast := func(e event.Event) (f event.Turnout) {
			t.Helper()
			w.Do(func(tx *db.Tx) (err error) { f, err = w.ForecastTx(tx, e.ID); return err })
			return f
		}
		members := make([]string, 4)
		for i := range members {
			members[i] = fmt.Sprintf("m%d", i)
			w.member("vip", members[i])
		}
		first := w.plan("session", 20)
		if f := forecast(first); f != (event.Turnout{Members: 4, PerMember: 3, Reach: 12}) {
			t.Errorf("without a past: %+v", f)
		}
		// Two of the four take a ticket and one of them comes; three guests take one and two of them come.
		for _, m := range members[:2] {
			w.claim(first, "seat", m)
		}
		for i := range 3 {
			_, err := w.claimGift(w.give(first, members[0], fmt.Sprint(i)).Token, fmt.Sprint("guest", i))
			w.Must(err)
		}
		w.Pass(first.Starts.Add(time.Minute).Sub(d.Clock.Now()))
		for _, p := range []string{members[0], "guest0", "guest1"} {
			w.Do(func(tx *db.Tx) error { return w.AttendTx(tx, first.ID, p) })
		}
		w.Pass(3 * time.Hour)
		w.member("vip", "m4") // later: not one of those there were
		next := w.plan("session", 20)
		want := event.Turnout{
			Members: 5, PerMember: 3, Reach: 15, Events: 1,
			Taken: event.Rate{Of: 12, N: 3}, Guests: event.Rate{Of: 3, N: 2}, Booked: event.Rate{Of: 4, N: 2}, Came: event.Rate{Of: 2, N: 1},
			Expected: 4, OfGuests: 3, OfOwn: 1, // 15 × 3/12 × 2/3 = 2.5, and 5 × 2/4 × 1/2 = 1.25
		}
		if f := forecast(next); f != want {
			t.Errorf("after one: %+v, want %+v", f, want)
		}
		want.Expected, want.Full = 2, true
		if f := forecast(w.plan("session", 2)); f != want {
			t.Errorf("in a small house: %+v, want %+v", f, want)
		}
		if f := forecast(w.plan("conference", 20)); f.Events != 0 || f.Expected != 0 {
			t.Errorf("of another template: %+v", f)
		}
		err := w.Try(func(tx *db.Tx) error { _, err := w.ForecastTx(tx, "nothing"); return err })
		if !errors.Is(err, event.ErrUnknown) {
			t.Errorf("of nothing: %v", err)
		}
	})
}
