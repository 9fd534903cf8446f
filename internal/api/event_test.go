package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

type anEvent struct {
	ID, Code, State, URL, Door, Starts, Ends string
	Version                                  int
	Conflicts                                []struct{ ID string }
	Figures                                  struct{ Valid, Friends, Admitted, Attended int }
	Result                                   struct {
		Answers int
		NPS     float64
	}
	Types []struct {
		OpensBefore string `json:"opens_before"`
	}
}

// invites puts a sort of events into the community, free for whoever has the year's membership.
func (w *world) invites(t *testing.T) { w.rhythm(t) }

// rhythm is invites, with times at which one should be held.
func (w *world) rhythm(t *testing.T, slots ...event.Rhythm) {
	t.Helper()
	name := func(s string) text.Text { return text.Text{text.Hans: s} }
	err := w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) error {
		return w.app.Events.DeclareTx(tx, event.Config{Templates: []event.Template{{
			Name: "salon", Title: name("沙龙"), Kind: event.Salon, Capacity: 2, Lasts: clock.Duration(2 * time.Hour),
			Types:   []event.TicketType{{Name: "seat", Title: name("席位"), Price: 399_00, Plans: []string{"year"}, OpensBefore: clock.Duration(240 * time.Hour)}},
			Friends: event.FriendRule{PerMember: 3, Type: "seat"}, Slots: slots,
		}}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// planned is an event, and a ticket that somebody has for it.
func (w *world) planned(t *testing.T, person string) (e anEvent, ticket event.Ticket) {
	t.Helper()
	w.invites(t)
	draft := m{"template": "salon", "title": m{"zh-Hans": marker + "沙龙"}, "starts": w.clock.Now().Add(48 * time.Hour), "city": "上海", "place": "图书馆", "host": person}
	w.must(t, http.StatusCreated, "POST "+here("/events"), draft).into(t, &e)
	ticket, err := w.app.Events.Claim(t.Context(), w.community, e.ID, "seat", person)
	if err != nil {
		t.Fatal(err)
	}
	return e, ticket
}

// hold goes through everything that staff does with an event; ids has one with a ticket of the person's.
func (w *world) hold(t *testing.T, ids lived) {
	t.Helper()
	one := here("/events/" + ids["events"])
	w.must(t, 200, "GET "+here("/events/templates"), nil)
	w.must(t, 200, "GET "+here("/events/production"), nil)
	w.must(t, 200, "GET "+one+"/sale", nil)
	w.must(t, 200, "GET "+here("/lecturers?from=2026-01-01T00:00:00Z"), nil)
	w.must(t, 200, "GET "+here("/events?conflicts=true&city=上海&kind=salon"), nil)
	w.must(t, 200, "GET "+one, nil)
	for _, path := range []string{"/tickets?state=valid", "/tickets?state=held", "/line", "/gifts", "/scans", "/doubles", "/answers", "/attendees", "/production", "/slot"} {
		w.must(t, 200, "GET "+one+path, nil)
	}
	w.must(t, 200, "GET "+one+"/calendar.ics", nil)
	w.must(t, 200, "GET "+one+"/forecast", nil)
	w.must(t, 200, "GET "+here("/people/"+ids["people"]+"/tickets"), nil)
	w.must(t, 200, "PATCH "+one, m{"place": "咖啡馆"})
	juror := w.person(t, "13800000039")
	w.brings(t, ids["events"], w.make(t, here("/sources"), m{"name": "老王的读者群", "kind": "person"}).ID)
	w.must(t, 200, "PUT "+one+"/jury", m{"persons": []string{juror}, "need": 1})
	w.must(t, 200, "PUT "+one+"/summary", m{"text": "三条做法"})
	w.must(t, 200, "POST "+one+"/jury/verdicts", m{"person": juror, "verdict": "yes"})
	w.must(t, 200, "POST "+one+"/give-way", m{"hot": m{"template": "salon", "title": m{"zh-Hans": "热点"}, "starts": w.clock.Now()}, "to": w.clock.Now().Add(240 * time.Hour)})
	w.must(t, 200, "POST "+one+"/scans", m{"code": "nobody's", "nonce": "1"})
	w.must(t, 200, "POST "+here("/tickets/"+ids["tickets"]+"/give-back"), nil)
	w.must(t, 200, "POST "+one+"/cancel", nil)
}

// E1, E2, E4, E5: staff plans an event, sees what is in its way, checks tickets in once, and reads what people thought.
func TestEvents(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.live(t)
		ann := ids["people"]
		one := here("/events/" + ids["events"])
		var e anEvent
		got := w.must(t, 200, "GET "+one, nil)
		got.into(t, &e)
		if !strings.HasSuffix(e.URL, "/mothers/events/"+e.Code) || !strings.HasSuffix(e.Door, "/mothers/door/"+e.Code) || e.Figures.Valid != 1 || e.Types[0].OpensBefore != "10d" {
			t.Errorf("event %+v", e)
		}
		tag := got.Header.Get("ETag")
		moved := w.clock.Now().Add(72 * time.Hour).UTC().Format(time.RFC3339)
		w.must(t, 200, "PATCH "+one, m{"starts": moved}, "If-Match: "+tag).into(t, &e)
		from, _ := time.Parse(time.RFC3339, e.Starts)
		to, _ := time.Parse(time.RFC3339, e.Ends)
		if e.Version != 2 || to.Sub(from) != 2*time.Hour {
			t.Errorf("moved %+v", e)
		}
		w.must(t, http.StatusPreconditionFailed, "PATCH "+one, m{"city": "杭州"}, "If-Match: "+tag)
		w.must(t, 422, "PATCH "+one, m{"capacity": 0})
		w.must(t, 422, "POST "+here("/events"), m{"template": "salon", "title": m{"zh-Hans": ""}, "starts": moved})
		w.must(t, 404, "POST "+here("/events"), m{"template": "nothing", "title": m{"zh-Hans": "x"}, "starts": moved})

		var other anEvent
		w.must(t, 201, "POST "+here("/events"), m{"template": "salon", "title": m{"zh-Hans": "同时"}, "starts": moved, "city": "上海", "place": "图书馆"}).into(t, &other)
		var list struct{ Items []anEvent }
		w.must(t, 200, "GET "+here("/events?figures=true"), nil).into(t, &list)
		if len(list.Items) != 2 || list.Items[0].Figures.Valid+list.Items[1].Figures.Valid != 1 {
			t.Errorf("figures of all %+v", list.Items)
		}
		w.must(t, 200, "GET "+here("/events?conflicts=true&from="+w.clock.Now().UTC().Format(time.RFC3339)), nil).into(t, &list)
		if len(list.Items) != 2 || len(list.Items[0].Conflicts) != 1 || len(list.Items[1].Conflicts) != 1 {
			t.Errorf("calendar %+v", list.Items)
		}
		if a := w.must(t, 200, "GET "+one+"/calendar.ics", nil); !strings.HasPrefix(a.Header.Get("Content-Type"), "text/calendar") || !strings.Contains(a.body, "BEGIN:VEVENT") {
			t.Errorf("calendar file %s of %s", a, a.Header.Get("Content-Type"))
		}

		w.comesAndTalks(t, e, ann)
		tickets := w.must(t, 200, "GET "+one+"/tickets", nil)
		if strings.Contains(tickets.body, `"code"`) || !strings.Contains(tickets.body, marker) {
			t.Errorf("tickets: %s", tickets)
		}
		w.must(t, http.StatusConflict, "POST "+here("/tickets/"+ids["tickets"]+"/give-back"), nil)
		w.must(t, http.StatusGone, "POST "+one+"/cancel", nil)
	})
}

// comesAndTalks gives a friend ticket, checks a guest and their host in at the door, and lets the host say what they thought.
func (w *world) comesAndTalks(t *testing.T, e anEvent, ann string) {
	t.Helper()
	ctx := t.Context()
	one := here("/events/" + e.ID)
	own, err := w.app.Events.Claim(ctx, w.community, e.ID, "seat", ann)
	if err != nil {
		t.Fatal(err)
	}
	gift, err := w.app.Events.Give(ctx, w.community, e.ID, ann, "1")
	if err != nil {
		t.Fatal(err)
	}
	guest := w.person(t, "13800000031")
	his, err := w.app.Events.ClaimGift(ctx, w.community, gift.Token, guest)
	if err != nil {
		t.Fatal(err)
	}
	if a := w.must(t, 200, "GET "+one+"/gifts", nil); strings.Contains(a.body, gift.Token) || !strings.Contains(a.body, `"state":"claimed"`) || !strings.Contains(a.body, "路人") {
		t.Errorf("gifts: %s", a)
	}
	w.clock.Advance(72 * time.Hour)
	nurse := w.operator(t, w.community, "door@example.com", false, access.Service)
	viewer := w.operator(t, w.community, "looks@example.com", false, access.Viewer)
	scan := func(who string, body m) (result, first string) {
		t.Helper()
		var a struct {
			Result  string
			FirstAt string `json:"first_at"`
		}
		w.do(t, who, "POST "+one+"/scans", body).into(t, &a)
		return a.Result, a.FirstAt
	}
	if r, _ := scan(nurse, m{"code": own.Code, "nonce": "a"}); r != "admitted" {
		t.Errorf("first scan: %s", r)
	}
	at := w.clock.Now()
	w.clock.Advance(time.Minute)
	if r, _ := scan(nurse, m{"code": own.Code, "nonce": "a"}); r != "admitted" {
		t.Errorf("the same scan sent again: %s", r)
	}
	if r, first := scan(nurse, m{"code": own.Code, "nonce": "b"}); r != "already" || first != at.UTC().Format(time.RFC3339) {
		t.Errorf("second scan: %s, first at %s", r, first)
	}
	if r, _ := scan(nurse, m{"code": own.Code, "nonce": "c", "offline": true, "at": at}); r != "double" {
		t.Errorf("an offline scan: %s", r)
	}
	if a := w.do(t, viewer, "POST "+one+"/scans", m{"code": his.Code, "nonce": "d"}); a.status != http.StatusForbidden {
		t.Errorf("who only looks checks in: %s", a)
	}
	if a := w.must(t, 200, "GET "+one+"/doubles", nil); strings.Count(a.body, `"result":"double"`) != 1 || !strings.Contains(a.body, marker) {
		t.Errorf("doubles: %s", a)
	}
	if err := w.app.Events.Answer(ctx, w.community, e.ID, ann, event.Answer{Score: 9, Text: "很好"}); err != nil {
		t.Fatal(err)
	}
	if a := w.must(t, 200, "GET "+one+"/answers", nil); !strings.Contains(a.body, "很好") || !strings.Contains(a.body, marker) {
		t.Errorf("answers: %s", a)
	}
	if a := w.must(t, 200, "GET "+one+"/attendees", nil); strings.Count(a.body, `"person":`) != 1 || !strings.Contains(a.body, marker) || !strings.Contains(a.body, `"actor":`) {
		t.Errorf("who came: %s", a)
	}
	w.must(t, 200, "GET "+one, nil).into(t, &e)
	if e.Figures.Valid != 2 || e.Figures.Friends != 1 || e.Figures.Admitted != 1 || e.Figures.Attended != 1 || e.Result.Answers != 1 || e.Result.NPS != 100 {
		t.Errorf("afterwards %+v %+v", e.Figures, e.Result)
	}
	w.clock.Advance(3 * time.Hour)
}

// A ticket that cost something goes back with its money, for which the right to post money is needed.
func TestAPaidTicketIsGivenBackByItsOrder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.invites(t)
		var e anEvent
		w.must(t, 201, "POST "+here("/events"), m{"template": "salon", "title": m{"zh-Hans": "沙龙"}, "starts": w.clock.Now().Add(48 * time.Hour)}).into(t, &e)
		bob := w.person(t, "13800000032")
		var o anOrder
		w.must(t, 201, "POST "+here("/orders"), m{"person": bob, "items": []m{{"kind": "ticket", "item": e.ID + "/seat", "qty": 1}}}).into(t, &o)
		w.pays(t, 200, "POST "+here("/orders/"+o.ID+"/confirm"), m{"amount": 39900})
		w.settle(t)
		var list struct{ Items []struct{ ID, State string } }
		w.must(t, 200, "GET "+here("/people/"+bob+"/tickets"), nil).into(t, &list)
		if len(list.Items) != 1 || list.Items[0].State != "valid" {
			t.Fatalf("bought %+v", list.Items)
		}
		back := "POST " + here("/tickets/"+list.Items[0].ID+"/give-back")
		if a := w.must(t, http.StatusForbidden, back, nil); a.code() != "access.mfa_needed" {
			t.Errorf("without a second factor: %s", a)
		}
		nurse := w.operator(t, w.community, "nurse@example.com", true, access.Service)
		if a := w.do(t, nurse, back, nil); a.code() != "access.denied" {
			t.Errorf("who may not post money: %s", a)
		}
		for range 2 {
			if a := w.pays(t, http.StatusOK, back, nil); !strings.Contains(a.body, `"state":"refunded"`) {
				t.Errorf("given back: %s", a)
			}
		}
		w.settle(t)
		w.must(t, 200, "GET "+here("/orders/"+o.ID), nil).into(t, &o)
		if o.State != "refunded" || o.Refunded != 39900 {
			t.Errorf("the order %+v", o)
		}
	})
}
