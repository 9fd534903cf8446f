package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// aRoom is what the API says of a room.
type aRoom struct {
	State, URL, Lead         string
	Version, Shown, Of, Pace int
}

// scripted puts a script into the event of the ids and gives a question that the person asks there.
func (w *world) scripted(t *testing.T, ids lived) string {
	t.Helper()
	paragraphs := []m{{"text": marker + strings.Repeat("字", 98), "slide": ids["pictures"]}, {"text": "第二段"}, {"text": "第三段"}}
	w.must(t, 200, "PUT "+here("/events/"+ids["events"]+"/room/script"), m{"paragraphs": paragraphs})
	var q room.Question
	err := w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) (err error) {
		q, err = w.app.Rooms.AskTx(tx, ids["events"], ids["people"], "1", marker+"怎么开始？")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return q.ID
}

// perform goes through everything that staff does with a script room.
func (w *world) perform(t *testing.T, ids lived) {
	t.Helper()
	room := here("/events/" + ids["events"] + "/room")
	w.must(t, 200, "GET "+room, nil)
	w.must(t, 200, "GET "+room+"/script", nil)
	w.must(t, 200, "GET "+room+"/questions", nil)
	w.must(t, 200, "POST "+room+"/pace", m{"pace": 300})
	for _, verb := range []string{"play", "pause", "next", "end"} {
		w.must(t, 200, "POST "+room+"/"+verb, nil)
	}
	w.must(t, 200, "POST "+here("/questions/"+ids["questions"]+"/mark"), m{"state": "answered"})
}

// E3: staff writes a script, plays it and answers what is asked; who only looks may read, and changes nothing.
func TestRooms(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.live(t)
		path := here("/events/" + ids["events"] + "/room")
		is := func(a answer, state string, shown int) aRoom {
			t.Helper()
			var r aRoom
			a.into(t, &r)
			if a.status != http.StatusOK || r.State != state || r.Shown != shown {
				t.Errorf("%s, want %s with %d shown", a, state, shown)
			}
			return r
		}
		r := is(w.must(t, 200, "GET "+path, nil), "waiting", 0)
		if r.Of != 3 || r.Version != 1 || r.Pace != 400 || !strings.HasSuffix(r.URL, "/room") || !strings.HasSuffix(r.Lead, "/lead") {
			t.Errorf("the room: %+v", r)
		}
		for _, c := range []struct {
			body any
			code string
		}{
			{m{"paragraphs": []m{}}, "room.script"},
			{m{"paragraphs": []m{{"text": " "}}}, "room.paragraph"},
			{m{"paragraphs": []m{{"text": "好", "slide": strings.Repeat("0", 64)}}}, "room.slide"},
		} {
			if a := w.do(t, w.owner, "PUT "+path+"/script", c.body); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, c.code) {
				t.Errorf("%v: %s, want %s", c.body, a, c.code)
			}
		}
		if a := w.do(t, w.owner, "PUT "+here("/events/nothing0000000000000/room/script"), m{"paragraphs": []m{{"text": "好"}}}); a.status == http.StatusOK {
			t.Errorf("a script for no event: %s", a)
		}
		is(w.must(t, 200, "POST "+path+"/pace", m{"pace": 600}), "waiting", 0)
		is(w.must(t, 200, "POST "+path+"/play", nil), "playing", 1)
		for range 2 {
			is(w.must(t, 200, "POST "+path+"/next", nil, "Idempotency-Key: n1"), "playing", 2)
		}
		is(w.must(t, 200, "POST "+path+"/pause", nil), "paused", 2)
		w.clock.Advance(time.Hour)
		w.settle(t)
		is(w.must(t, 200, "GET "+path, nil), "paused", 2)
		if a := w.do(t, w.owner, "PUT "+path+"/script", m{"paragraphs": []m{{"text": "别的"}}}); a.code() != "room.begun" {
			t.Errorf("another script: %s", a)
		}
		if a := w.do(t, w.owner, "POST "+path+"/pace", m{"pace": 1}); a.code() != "room.pace" && !strings.Contains(a.body, "room.pace") {
			t.Errorf("a pace of 1: %s", a)
		}
		var script struct{ Paragraphs []room.Paragraph }
		w.must(t, 200, "GET "+path+"/script", nil).into(t, &script)
		if len(script.Paragraphs) != 3 || script.Paragraphs[0].Slide != ids["pictures"] {
			t.Errorf("the script: %+v", script)
		}
		var asked struct {
			Items []struct{ ID, Text, Nickname, State string }
		}
		w.must(t, 200, "POST "+here("/questions/"+ids["questions"]+"/mark"), m{"state": "hidden"})
		w.must(t, 200, "GET "+path+"/questions", nil).into(t, &asked)
		if len(asked.Items) != 1 || asked.Items[0].Nickname != marker+"甲" || asked.Items[0].State != "hidden" {
			t.Errorf("questions: %+v", asked)
		}
		viewer := w.operator(t, w.community, "looks@example.com", true, access.Viewer)
		if a := w.do(t, viewer, "GET "+path, nil); a.status != http.StatusOK {
			t.Errorf("who looks: %s", a)
		}
		for _, verb := range []string{"play", "next", "pause", "end"} {
			if a := w.do(t, viewer, "POST "+path+"/"+verb, nil); a.status != http.StatusForbidden {
				t.Errorf("who looks does %s: %s", verb, a)
			}
		}
		is(w.must(t, 200, "POST "+path+"/end", nil), "ended", 2)
		if a := w.do(t, w.owner, "POST "+path+"/play", nil); a.code() != "room.state" {
			t.Errorf("played after its end: %s", a)
		}
	})
}
