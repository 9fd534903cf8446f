package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

type aPlacedEvent struct {
	ID, Event, Name string
	PartnerName     string `json:"partner_name"`
	Entry           struct{ ID, Code, URL, Owner string }
	Seats           struct{ Places, Price, Taken, Held int }
	PaybackDays     *int   `json:"payback_days"`
	ROIBP           *int64 `json:"roi_bp"`

	Cost, Opened, Came, Contacts, Tickets, Attended, Converted, Revenue, Profit int64
}

// brings makes an event a placement at a source.
func (w *world) brings(t *testing.T, event, source string) (p aPlacedEvent) {
	t.Helper()
	one := here("/events/" + event + "/placement")
	w.must(t, 200, "PUT "+one, m{"source": source, "pool": "同类号", "name": "老王的读者", "cost": 500_00, "places": 1}).into(t, &p)
	w.must(t, 200, "GET "+one, nil)
	return p
}

// signsUp is somebody who opens the link of an entry and signs up there.
func (w *world) signsUp(t *testing.T, entry, phone string) string {
	t.Helper()
	v := intake.Visitor{Account: strings.Repeat("x", 21) + phone, Device: phone, Address: "10.1.0.1", Lang: "zh-Hans"}
	code := w.app.World(w.clock).Code
	if err := w.app.Intake.SendCode(t.Context(), w.community, phone, v.Address, v.Lang); err != nil {
		t.Fatal(err)
	}
	f := intake.Form{Phone: phone, Code: code(phone), Consents: []string{"service"}, FilledIn: time.Minute}
	r, err := w.app.Intake.SignUp(t.Context(), w.community, entry, v, f)
	if err != nil {
		t.Fatal(err)
	}
	w.settle(t)
	return r.Person
}

// E9, G7: an event is declared a placement by one request; what became of its audience stands on the event and among placements, ranked
// with the others; all of it is in the audit log.
func TestAnEventThatIsAPlacement(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.live(t)
		one := here("/events/" + ids["events"] + "/placement")
		if a := w.do(t, w.owner, "GET "+one, nil); a.status != 404 || !strings.Contains(a.body, "intake.no_placement") {
			t.Errorf("an event that is none: %s", a)
		}
		source := w.make(t, here("/sources"), m{"name": "老王的读者群", "kind": "person"}).ID
		other := w.make(t, here("/placements"), m{"source": source, "name": "没有人来", "cost": 100_00}).ID
		for field, body := range map[string]m{
			"/source": {"source": "none", "name": "老王"}, "/name": {"source": source, "name": " "}, "/cost": {"source": source, "name": "老王", "cost": -1},
			"/partner": {"source": source, "name": "老王", "partner": "nobody"}, "/places": {"source": source, "name": "老王", "places": -1},
		} {
			if body["cost"] == nil {
				body["cost"] = 1
			}
			if a := w.do(t, w.owner, "PUT "+one, body); a.status < 400 || a.status >= 500 || !strings.Contains(a.body, `"`+field+`"`) {
				t.Errorf("%s: %s", field, a)
			}
		}
		traffic := w.operator(t, w.community, "traffic@example.com", true, access.Traffic)
		if a := w.do(t, traffic, "PUT "+one, m{"source": source, "name": "老王的读者", "cost": 1, "places": 1}); a.status != http.StatusForbidden {
			t.Errorf("who may not change events sets places aside: %s", a)
		}
		if a := w.do(t, traffic, "PUT "+one, m{"source": source, "name": "老王的读者", "cost": 1}); a.status != 200 {
			t.Errorf("who buys placements: %s", a)
		}
		p := w.brings(t, ids["events"], source)
		again := w.brings(t, ids["events"], source)
		if p.Entry.ID == "" || again.ID != p.ID || again.Entry != p.Entry || p.Event != ids["events"] || p.Cost != 500_00 || p.Seats.Places != 1 || !strings.HasSuffix(p.Entry.URL, "/mothers/e/"+p.Entry.Code) {
			t.Fatalf("%+v, then %+v", p, again)
		}
		w.must(t, 200, "PUT "+one, m{"name": "老王的读者", "cost": 500_00, "partner": ids["people"]}).into(t, &p)
		if p.Entry.Owner != ids["people"] || p.PartnerName == "" || p.Seats.Places != 1 {
			t.Errorf("a partner: %+v", p)
		}
		for _, path := range []string{"/qr.svg", "/qr.png"} {
			w.must(t, 200, "GET "+here("/entries/"+p.Entry.ID+path), nil)
		}
		for field, body := range map[string]m{"/path": {"path": "join"}, "/placement": {"placement": other}} {
			if a := w.do(t, w.owner, "PATCH "+here("/entries/"+p.Entry.ID), body); a.status != http.StatusConflict || a.code() != "intake.event_entry" || !strings.Contains(a.body, `"`+field+`"`) {
				t.Errorf("its entry is led elsewhere by %s: %s", field, a)
			}
		}
		w.audienceComes(t, p, ids["events"])
		w.clock.Advance(24 * time.Hour)
		w.must(t, 200, "GET "+one, nil).into(t, &p)
		if got := fmt.Sprint(p.Opened, p.Came, p.Contacts, p.Tickets, p.Attended, p.Converted, p.Revenue, p.Profit, p.Seats); got != "1 2 2 1 1 1 80000 30000 {1 0 1 0}" || p.PaybackDays == nil || *p.ROIBP != 6_000 {
			t.Errorf("opened, came, contacts, tickets, attended, converted, revenue, profit, seats %s, %+v", got, p)
		}
		var ranked struct{ Items []aPlacedEvent }
		w.must(t, 200, "GET "+here("/placements/ranked"), nil).into(t, &ranked)
		if len(ranked.Items) < 2 || ranked.Items[0].ID != p.ID || ranked.Items[0].Event != ids["events"] || ranked.Items[0].Revenue != 800_00 {
			t.Errorf("ranked with %s: %+v", other, ranked.Items)
		}
		if a := w.do(t, w.owner, "GET "+here("/audit?action=event.place"), nil); !strings.Contains(a.body, p.ID) {
			t.Errorf("who did it is not noted: %s", a)
		}
	})
}

// audienceComes lets two strangers sign up by a placement's entry, of whom one takes a ticket, comes and buys.
func (w *world) audienceComes(t *testing.T, p aPlacedEvent, event string) {
	t.Helper()
	if err := w.app.Intake.View(t.Context(), w.community, p.Entry.ID, "visitor"); err != nil {
		t.Fatal(err)
	}
	ann := w.signsUp(t, p.Entry.Code, "13800000071")
	w.signsUp(t, p.Entry.Code, "13800000072")
	if _, err := w.app.Events.Claim(t.Context(), w.community, event, "audience", ann); err != nil {
		t.Fatal(err)
	}
	r, err := w.app.Verify(t.Context(), w.community)
	if n := r.ByPart(); err != nil || n["intake"]+n["event"]+n["seat"] > 0 {
		t.Errorf("verify: %v %v", n, err)
	}
	err = w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) error {
		if err := w.app.Events.AttendTx(tx, event, ann); err != nil {
			return err
		}
		return w.app.Intake.BoughtTx(tx, intake.Bought{Order: "order of ann", Person: ann, Paid: money.Fen(800_00), At: tx.Now()})
	})
	if err != nil {
		t.Fatal(err)
	}
	w.settle(t)
}
