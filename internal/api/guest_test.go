package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/access"
)

// banked writes down a guest who was asked for the lived community's event, and a topic.
func (w *world) banked(t *testing.T, ids lived) {
	t.Helper()
	var x struct{ ID string }
	w.must(t, http.StatusCreated, "POST "+here("/topics"), m{"title": marker + "选题"}).into(t, &x)
	ids["topics"] = x.ID
	w.must(t, http.StatusCreated, "POST "+here("/guests"), m{"name": marker + "嘉宾", "contact": marker + "微信", "topics": []string{marker}}).into(t, &x)
	ids["guests"] = x.ID
	w.must(t, http.StatusCreated, "POST "+here("/guests/"+ids["guests"]+"/asks"), m{"event": ids["events"]}).into(t, &x)
	ids["asks"] = x.ID
	w.must(t, http.StatusCreated, "POST "+here("/guests/"+ids["guests"]+"/notes"), m{"text": marker + "笔记"})
}

type guestAnswer struct {
	ID, Name, State    string
	Reachable          bool
	Version            int
	Appearances, Topic any
	Ask                struct{ State string }
	Asks               []struct{ ID, State, GuestName string }
}

// E9: staff keeps guests and topics: who is asked, for what, what they said, what people ask, and which times are empty.
func TestGuestsAndTopics(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.live(t)
		one := here("/guests/" + ids["guests"])
		viewer := w.operator(t, w.community, "viewer@example.com", true, access.Viewer)
		if a := w.do(t, viewer, "POST "+one+"/reveal", nil); a.status != http.StatusForbidden {
			t.Errorf("who only looks is told: %s", a)
		}
		w.consult(t, ids)
		if a := w.do(t, w.owner, "GET "+here("/audit?action=guest.reveal"), nil); !strings.Contains(a.body, ids["guests"]) {
			t.Errorf("who looked is not noted: %s", a)
		}
	})
}

// consult goes through everything that staff does with guests and topics; ids has a guest who was asked, and an open topic.
func (w *world) consult(t *testing.T, ids lived) {
	t.Helper()
	one := here("/guests/" + ids["guests"])
	var g guestAnswer
	w.must(t, 200, "GET "+one, nil).into(t, &g)
	if g.State != "active" || !g.Reachable || len(g.Asks) != 1 || g.Ask.State != "asked" || g.Version != 1 {
		t.Errorf("guest %+v", g)
	}
	a := w.do(t, w.owner, "GET "+here("/guests"), nil)
	if a.status != 200 || strings.Contains(a.body, "微信") || !strings.Contains(a.body, marker+"嘉宾") {
		t.Errorf("the list tells how a guest is reached: %s", a)
	}
	w.finds(t)
	if a := w.must(t, 200, "POST "+one+"/reveal", nil); !strings.Contains(a.body, "微信") {
		t.Errorf("reveal: %s", a)
	}
	if a := w.do(t, w.owner, "PATCH "+one, m{"role": "顾问"}, `If-Match: "v9"`); a.status != http.StatusPreconditionFailed {
		t.Errorf("an old version: %s", a)
	}
	w.must(t, 200, "PATCH "+one, m{"role": "顾问"}, `If-Match: "v1"`)
	if a := w.must(t, 200, "GET "+one+"/notes", nil); !strings.Contains(a.body, "笔记") {
		t.Errorf("notes: %s", a)
	}
	if a := w.must(t, 200, "POST "+here("/asks/"+ids["asks"]+"/answer"), m{"state": "agreed"}); !strings.Contains(a.body, marker+"沙龙") {
		t.Errorf("answer: %s", a)
	}
	var q struct {
		Items []struct{ ID, Topic string }
	}
	w.must(t, 200, "GET "+here("/topics/questions"), nil).into(t, &q)
	if len(q.Items) != 1 || q.Items[0].ID != ids["questions"] || q.Items[0].Topic != "" {
		t.Errorf("questions %+v", q)
	}
	var topic struct {
		ID    string
		Votes int
		State string
	}
	w.must(t, 200, "POST "+here("/questions/"+ids["questions"]+"/topic"), m{"topic": ids["topics"]}).into(t, &topic)
	if topic.ID != ids["topics"] || topic.Votes != 1 {
		t.Errorf("who asked wants to hear of it: %+v", topic)
	}
	if a := w.do(t, w.owner, "POST "+here("/questions/"+ids["questions"]+"/topic"), m{"title": ""}); a.code() != "event.topic_title" {
		t.Errorf("a topic without a title: %s", a)
	}
	if a := w.must(t, 200, "PUT "+here("/events/"+ids["events"]+"/topic"), m{"topic": ids["topics"]}); !strings.Contains(a.body, `"taken"`) || !strings.Contains(a.body, `"agreed"`) {
		t.Errorf("the event's: %s", a)
	}
	w.must(t, 200, "GET "+here("/topics?state=taken"), nil)
	w.must(t, 200, "PUT "+here("/events/"+ids["events"]+"/topic"), m{"topic": ""})
	w.must(t, 200, "PATCH "+here("/topics/"+ids["topics"]), m{"closed": true})
	w.must(t, http.StatusNoContent, "DELETE "+one, nil)
	if a := w.do(t, w.owner, "GET "+one, nil); strings.Contains(a.body, marker+"嘉宾") || !strings.Contains(a.body, `"erased"`) {
		t.Errorf("forgotten: %s", a)
	}
	w.must(t, 200, "GET "+here("/events/slots"), nil)
	w.must(t, 200, "GET "+here("/events/"+ids["events"]+"/guests"), nil)
}

// finds looks for guests by what they speak about, and for topics by words.
func (w *world) finds(t *testing.T) {
	t.Helper()
	for query, found := range map[string]bool{
		"/guests?topic=" + url.QueryEscape("号 暗"): true, "/guests?topic=" + url.QueryEscape("排班"): false, "/guests?state=retired&topic=" + url.QueryEscape(marker): false,
		"/topics?q=" + url.QueryEscape("选题 "+marker): true, "/topics?q=" + url.QueryEscape("%"): false, "/topics?state=closed&q=" + url.QueryEscape("选题"): false,
	} {
		var a struct{ Items []struct{ ID string } }
		w.must(t, 200, "GET "+here(query), nil).into(t, &a)
		if (len(a.Items) == 1) != found {
			t.Errorf("%s: %+v, want found %v", query, a, found)
		}
	}
	for _, name := range []string{"/guests?topic=", "/topics?q="} {
		if a := w.do(t, w.owner, "GET "+here(name+strings.Repeat("x", 81)), nil); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s of 81 characters: %s", name, a)
		}
	}
}

// E9: the times that the playbook wants filled, with what is planned for them.
func TestSlotsAreListed(t *testing.T) {
	w := begin(t, "")
	w.rhythm(t, event.Rhythm{Every: event.EveryWeek, On: 2, At: "20:00"})
	var slots struct {
		Items []struct {
			Starts time.Time
			Event  string
			Title  map[string]string
		}
	}
	w.must(t, 200, "GET "+here("/events/slots?days=28"), nil).into(t, &slots)
	if len(slots.Items) != 4 || slots.Items[0].Event != "" || slots.Items[0].Title["zh-Hans"] == "" {
		t.Fatalf("slots %+v", slots)
	}
	w.must(t, http.StatusCreated, "POST "+here("/events"), m{"template": "salon", "title": m{"zh-Hans": "补上"}, "starts": slots.Items[1].Starts})
	w.must(t, 200, "GET "+here("/events/slots?days=28"), nil).into(t, &slots)
	if slots.Items[0].Event != "" || slots.Items[1].Event == "" {
		t.Errorf("filled %+v", slots)
	}
}
