package event_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

// E4: a scan is one record a nonce; a second one admits nobody and says when the first was; each refusal has its result.
func TestCheckIn(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "bob")
		e, other := w.plan("session", 0), w.plan("session", 0)
		ann, bob, off := w.claim(e, "seat", "ann"), w.claim(e, "seat", "bob"), w.claim(other, "seat", "ann")
		held, err := w.hold(e, "seat", "eve")
		if err != nil {
			t.Fatal(err)
		}
		w.Do(func(tx *db.Tx) error { _, err := w.ReturnTx(tx, bob.ID); return err })
		first := w.scan(e, ann.Code, "n1")
		if first.Result != event.Admit || first.Person != "ann" || first.Type != "seat" || !first.FirstAt.Equal(d.Clock.Now()) {
			t.Errorf("first %+v", first)
		}
		d.Clock.Advance(time.Minute)
		if again := w.scan(e, ann.Code, "n1"); again != first {
			t.Errorf("sent again %+v, was %+v", again, first)
		}
		if second := w.scan(e, ann.Code, "n2"); second.Result != event.Already || !second.FirstAt.Equal(first.At) {
			t.Errorf("second %+v", second)
		}
		w.Refused(event.ErrNonceReused, func(tx *db.Tx) error {
			_, err := w.ScanTx(tx, event.Scan{Event: e.ID, Code: bob.Code, Nonce: "n1"})
			return err
		})
		w.Refused(event.ErrNonce, func(tx *db.Tx) error { _, err := w.ScanTx(tx, event.Scan{Event: e.ID, Code: ann.Code}); return err })
		w.Refused(event.ErrUnknown, func(tx *db.Tx) error {
			_, err := w.ScanTx(tx, event.Scan{Event: "none", Code: ann.Code, Nonce: "n9"})
			return err
		})
		for i, x := range []struct {
			code string
			want event.Result
		}{{bob.Code, event.NotValid}, {held.Code, event.NotValid}, {off.Code, event.WrongEvent}, {"none", event.NoTicket}} {
			if got := w.scan(e, x.code, fmt.Sprint("r", i)); got.Result != x.want {
				t.Errorf("%s: %s, want %s", x.code, got.Result, x.want)
			}
		}
		if _, err := w.Cancel(t.Context(), d.Community, other.ID, ""); err != nil {
			t.Fatal(err)
		}
		if got := w.scan(other, off.Code, "n3"); got.Result != event.CalledOff {
			t.Errorf("of a cancelled event: %s", got.Result)
		}
		w.Do(func(tx *db.Tx) error {
			all, err := w.ScansTx(tx, e.ID, "", 3)
			if err == nil && (len(all.Items) != 3 || all.Next == "" || all.Items[0].Result != event.NoTicket) {
				t.Errorf("scans %+v", all)
			}
			f, err2 := w.FiguresTx(tx, e.ID)
			if f.Admitted != 1 || f.Attended != 1 || f.Valid != 1 || f.Held != 1 {
				t.Errorf("figures %+v", f)
			}
			return errors.Join(err, err2)
		})
		if got := w.Told("event", "ann"); !slices.Equal(got, []string{"ticket_taken", "ticket_taken", "admitted", "attended"}) {
			t.Errorf("told %q", got)
		}
	})
}

// E4: phones without a network may both have let somebody in; what they send later is on record, and listed. A clock that is ahead
// is cut.
func TestDoubleEntries(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "bob")
		e := w.plan("session", 0)
		ann, bob := w.claim(e, "seat", "ann"), w.claim(e, "seat", "bob")
		w.Pass(48 * time.Hour)
		at := d.Clock.Now()
		d.Clock.Advance(time.Hour)
		sent := func(code, nonce string, at time.Time) (a event.Admission) {
			w.Do(func(tx *db.Tx) (err error) {
				a, err = w.ScanTx(tx, event.Scan{Event: e.ID, Code: code, Nonce: nonce, At: at, Offline: true, Actor: "staff"})
				return err
			})
			return a
		}
		if got := sent(ann.Code, "a1", at); got.Result != event.Admit || !got.At.Equal(at) {
			t.Errorf("first %+v", got)
		}
		if got := sent(ann.Code, "b1", at.Add(time.Minute)); got.Result != event.Double || !got.FirstAt.Equal(at) {
			t.Errorf("second %+v", got)
		}
		if got := sent(ann.Code, "b1", at.Add(time.Minute)); got.Result != event.Double {
			t.Errorf("the second sent again %+v", got)
		}
		if got := sent(bob.Code, "a2", at.Add(100*time.Hour)); got.Result != event.Admit || !got.At.Equal(d.Clock.Now()) {
			t.Errorf("a clock that is ahead: %+v", got)
		}
		w.Do(func(tx *db.Tx) error {
			list, err := w.DoubleEntriesTx(tx, e.ID, "", 0)
			if err == nil && (len(list.Items) != 1 || list.Items[0].Ticket != ann.ID || list.Items[0].Actor != "staff" || !list.Items[0].FirstAt.Equal(at)) {
				t.Errorf("double entries %+v", list)
			}
			return err
		})
		w.sound()
	})
}

// E4: of many scans of one ticket at once, one admits.
func TestScansAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		nodes := []*world{w, newNode(t, d.Again(t))}
		w.member("vip", "ann")
		e := w.plan("session", 0)
		ann := w.claim(e, "seat", "ann")
		var mu sync.Mutex
		results := map[event.Result]int{}
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				a, err := nodes[i%2].Scan(t.Context(), d.Community, event.Scan{Event: e.ID, Code: ann.Code, Nonce: fmt.Sprint("n", i/3)})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				results[a.Result]++
			})
		}
		wg.Wait()
		if results[event.Admit] != 3 || results[event.Already] != 9 { // three of one nonce
			t.Errorf("results %v", results)
		}
		if got := w.Told("event", "ann"); !slices.Equal(got, []string{"ticket_taken", "admitted", "attended"}) {
			t.Errorf("told %q", got)
		}
		w.sound()
	})
}

// E5: who came is told once a person and event, with who brought them; online as at a door.
func TestAttendance(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann")
		one, two := w.plan("session", 0), w.plan("session", 0)
		gus, err := w.claimGift(w.give(one, "ann", "k1").Token, "gus")
		if err != nil {
			t.Fatal(err)
		}
		w.Refused(event.ErrNoTicket, func(tx *db.Tx) error { return w.AttendTx(tx, two.ID, "gus") })
		w.Pass(48 * time.Hour)
		w.scan(one, gus.Code, "n1")
		for range 2 {
			w.Do(func(tx *db.Tx) error { return w.AttendTx(tx, one.ID, "gus") })
		}
		w.Do(func(tx *db.Tx) error {
			facts, err := fact.OfPersonAfter(tx, "gus", 0, 100)
			var came []event.Attended
			for _, f := range facts {
				if f.Kind == "event.attended" {
					var a event.Attended
					if err := f.Into(&a); err != nil {
						return err
					}
					came = append(came, a)
				}
			}
			if len(came) != 1 || came[0].Giver != "ann" || !came[0].First || came[0].Online {
				t.Errorf("came %+v", came)
			}
			return err
		})
	})
}
