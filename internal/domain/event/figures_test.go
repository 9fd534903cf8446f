package event_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

// The figures of several events are those of each.
func TestFiguresOfSeveralEvents(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "bob", "cid")
		a, b, c := w.plan("session", 2), w.plan("session", 0), w.plan("session", 0)
		ann := w.claim(a, "seat", "ann")
		guest, err := w.claimGift(w.give(a, "ann", "1").Token, "guest")
		if err != nil {
			t.Fatal(err)
		}
		w.Do(func(tx *db.Tx) error { _, err := w.WaitTx(tx, a.ID, "seat", "bob"); return err })
		if _, err := w.hold(b, "seat", "eve"); err != nil {
			t.Fatal(err)
		}
		w.scan(a, ann.Code, "1")
		w.Do(func(tx *db.Tx) error { return w.AttendTx(tx, a.ID, "guest") })
		if err := w.Answer(t.Context(), d.Community, a.ID, "ann", event.Answer{Score: 10}); err != nil {
			t.Fatal(err)
		}
		want := map[string]event.Figures{
			a.ID: {Capacity: 2, Valid: 2, Waiting: 1, Friends: 1, Admitted: 1, Attended: 2, Guests: 1, Answers: 1, NPS: 100},
			b.ID: {Capacity: 100, Held: 1}, c.ID: {Capacity: 100},
		}
		w.Do(func(tx *db.Tx) error {
			got, err := w.FiguresOfTx(tx, []string{a.ID, b.ID, c.ID, "none"})
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("figures %+v, want %+v", got, want)
			}
			one, err2 := w.FiguresTx(tx, a.ID)
			if err2 != nil || one != want[a.ID] {
				t.Errorf("of one %+v %v", one, err2)
			}
			who, err2 := w.AttendeesTx(tx, a.ID, "", 1)
			if err2 != nil || len(who.Items) != 1 || who.Next == "" || who.Items[0].Person != "ann" || who.Items[0].Online || who.Items[0].Ticket != ann.ID {
				t.Errorf("first who came %+v %v", who, err2)
			}
			who, err2 = w.AttendeesTx(tx, a.ID, who.Next, 1)
			if err2 != nil || len(who.Items) != 1 || who.Next != "" || who.Items[0].Person != "guest" || !who.Items[0].Online || who.Items[0].Giver != "ann" || who.Items[0].Ticket != guest.ID {
				t.Errorf("then came %+v %v", who, err2)
			}
			return err
		})
		w.Refused(event.ErrUnknown, func(tx *db.Tx) error { _, err := w.FiguresTx(tx, "none"); return err })
	})
}

// What is held are tickets that wait for their money and places that are offered, and none of them twice.
func TestHeldTicketsAreListed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "bob", "cid")
		e := w.plan("session", 2)
		ann := w.claim(e, "seat", "ann")
		w.claim(e, "seat", "bob")
		for _, p := range []string{"cid", "dan"} {
			w.Do(func(tx *db.Tx) error { _, err := w.WaitTx(tx, e.ID, "seat", p); return err })
		}
		list := func() (out string) {
			w.Do(func(tx *db.Tx) error {
				p, err := w.TicketsTx(tx, e.ID, event.Held, "", 0)
				for _, x := range p.Items {
					out += fmt.Sprint(x.Person, " ", x.State, ", ")
				}
				return err
			})
			return strings.TrimSuffix(out, ", ")
		}
		if got := list(); got != "" {
			t.Errorf("at first %q", got)
		}
		w.Do(func(tx *db.Tx) error { _, err := w.ReturnTx(tx, ann.ID); return err })
		if got := list(); got != "cid offered" {
			t.Errorf("offered %q", got)
		}
		if _, err := w.hold(e, "seat", "cid"); err != nil {
			t.Fatal(err)
		}
		if got := list(); got != "cid held" {
			t.Errorf("held %q", got)
		}
		d.Clock.Advance(time.Hour)
		if got := list(); got != "cid offered" {
			t.Errorf("after the time to pay %q", got)
		}
	})
}

// A link leads to https, or to this machine while somebody tries things out.
func TestLinksOfEvents(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		for link, good := range map[string]bool{
			"https://example.com/room": true, "http://localhost:8080/x": true, "http://127.0.0.1/x": true, "http://live.localhost": true,
			"http://example.com": false, "http://localhost.example.com": false, "ftp://localhost": false, "nowhere": false, "https://": false,
		} {
			_, err := w.Plan(t.Context(), d.Community, event.Draft{Template: "session", Title: stage.Words("一"), Starts: d.Clock.Now().Add(time.Hour), Link: link}, "")
			if (err == nil) != good {
				t.Errorf("%s: %v", link, err)
			}
		}
	})
}
