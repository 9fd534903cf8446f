package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/platform/db"
)

// aLaunch is what the tests look at of launches and what stands on their boards.
type aLaunch struct {
	ID, State, Title string
	Missing          []struct {
		What       string
		Have, Want int
	}
	Pledges struct{ Asked, Promised, Declined, Done int }
	Asked   int
	Items   []struct {
		ID, Person, Refused, What, State, Nickname string
		Pledge                                     struct{ ID string }
	}
}

// prepare makes a launch that begins in a week.
func (w *world) prepare(t *testing.T) string {
	t.Helper()
	now := w.clock.Now()
	return w.make(t, here("/launches"), m{
		"title": marker + "春季", "product": "plan:year", "begins": now.AddDate(0, 0, 7), "ends": now.AddDate(0, 0, 14), "target": m{"pledges": 2, "reach": 10, "endorsers": 1},
	}).ID
}

// shows lets a person send a picture for a call.
func (w *world) shows(t *testing.T, call, person, picture string) (p growth.Proof) {
	t.Helper()
	err := w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) (err error) {
		p, err = w.app.Growth.ShowTx(tx, growth.Shown{Call: call, Person: person, Picture: picture, Device: "phone of " + person})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// launched gives the used community a launch with all that stands on its board, a call with a proof, a placement and a post.
func (w *world) launched(t *testing.T, ids lived) {
	t.Helper()
	ids["launches"] = w.prepare(t)
	at := here("/launches/" + ids["launches"])
	ids["endorsers"] = w.make(t, at+"/endorsers", m{"name": marker, "quote": marker}).ID
	ids["resources"] = w.make(t, at+"/resources", m{"kind": "text", "title": marker}).ID
	var p seen
	w.must(t, http.StatusOK, "POST "+at+"/promises", m{"person": ids["sharer"], "contacts": 5, "shares": 1}).into(t, &p)
	ids["pledges"] = p.ID
	ids["calls"] = w.make(t, here("/calls"), m{"rule": "share", "note": marker}).ID
	ids["proofs"] = w.shows(t, ids["calls"], ids["sharer"], ids["pictures"]).ID
	source := w.make(t, here("/sources"), m{"name": marker, "kind": "article"}).ID
	ids["placements"] = w.make(t, here("/placements"), m{"source": source, "name": marker, "cost": 100}).ID
	ids["posts"] = w.make(t, here("/posts"), m{"source": source, "title": marker, "planned_at": w.clock.Now(), "path": "intake-1"}).ID
}

// board runs a launch, a call, placements and posts (G5, G7, G9, G10).
func (w *world) board(t *testing.T) {
	t.Helper()
	w.pledged(t)
	w.proved(t)
	w.placedAndPosted(t)
}

func (w *world) pledged(t *testing.T) {
	t.Helper()
	ann, bob := w.person(t, "13800000031"), w.person(t, "13800000032")
	id := w.prepare(t)
	at := here("/launches/" + id)
	if all := w.do(t, w.owner, "GET "+here("/launches"), nil); all.status != http.StatusOK || !strings.Contains(all.body, id) {
		t.Errorf("launches: %s", all)
	}
	w.must(t, http.StatusOK, "PATCH "+at, m{"target": m{"pledges": 3, "reach": 10, "endorsers": 1}}, `If-Match: "v1"`)
	if a := w.do(t, w.owner, "PATCH "+at, m{"title": "x"}, `If-Match: "v1"`); a.status != http.StatusPreconditionFailed {
		t.Errorf("a stale change: %s", a)
	}
	e := w.make(t, at+"/endorsers", m{"name": "安", "quote": "好"}).ID
	w.must(t, http.StatusOK, "PATCH "+here("/endorsers/"+e), m{"name": "安", "title": "总监", "quote": "很好"})
	w.must(t, http.StatusOK, "POST "+here("/endorsers/"+e+"/consent"), m{"given": true})
	w.must(t, http.StatusOK, "GET "+at+"/endorsers?agreed=true", nil)
	r := w.make(t, at+"/resources", m{"kind": "text", "title": "文案"}).ID
	w.must(t, http.StatusOK, "GET "+at+"/resources", nil)

	var asked aLaunch
	w.must(t, http.StatusOK, "POST "+at+"/pledges", m{"persons": []string{ann, bob}}).into(t, &asked)
	if asked.Asked != 2 {
		t.Errorf("%+v", asked)
	}
	// G6: a second time within 30 days takes an acknowledgement.
	w.must(t, http.StatusOK, "POST "+at+"/pledges", m{"persons": []string{ann}}).into(t, &asked)
	if asked.Asked != 0 || asked.Items[0].Refused != "growth.asked_lately" || asked.Items[0].What == "" {
		t.Errorf("asked again: %+v", asked)
	}
	w.must(t, http.StatusOK, "POST "+at+"/pledges", m{"persons": []string{ann}, "again": true}).into(t, &asked)
	if asked.Asked != 1 {
		t.Errorf("acknowledged: %+v", asked)
	}
	var p seen
	w.must(t, http.StatusOK, "POST "+at+"/promises", m{"person": ann, "contacts": 30, "shares": 2}).into(t, &p)
	w.must(t, http.StatusOK, "POST "+here("/pledges/"+p.ID+"/done"), nil)
	var list aLaunch
	w.must(t, http.StatusOK, "GET "+at+"/pledges?state=asked", nil).into(t, &list)
	if len(list.Items) != 1 || list.Items[0].Person != bob {
		t.Fatalf("asked: %+v", list)
	}
	w.must(t, http.StatusOK, "POST "+here("/pledges/"+list.Items[0].ID+"/decline"), nil)
	var b aLaunch
	w.must(t, http.StatusOK, "GET "+at, nil).into(t, &b)
	if b.Pledges.Done != 1 || b.Pledges.Declined != 1 || len(b.Missing) != 3 {
		t.Errorf("the board: %+v", b)
	}
	w.must(t, http.StatusOK, "PATCH "+here("/resources/"+r), m{"kind": "text", "title": "文案", "ready": true})
	w.must(t, http.StatusNoContent, "DELETE "+here("/resources/"+r), nil)
	w.must(t, http.StatusNoContent, "DELETE "+here("/endorsers/"+e), nil)
	w.must(t, http.StatusOK, "POST "+at+"/close", nil)
}

func (w *world) proved(t *testing.T) {
	t.Helper()
	ann, bob := w.person(t, "13800000033"), w.person(t, "13800000034")
	if a := w.do(t, w.owner, "GET "+here("/calls/rules"), nil); a.status != http.StatusOK || !strings.Contains(a.body, "share") {
		t.Errorf("rules: %s", a)
	}
	call := w.make(t, here("/calls"), m{"rule": "share", "product": "plan:year"}).ID
	picture := w.upload(t)
	p, q := w.shows(t, call, ann, picture), w.shows(t, call, bob, picture)
	a := w.must(t, http.StatusOK, "GET "+here("/proofs/"+p.ID), nil)
	if !strings.Contains(a.body, q.ID) || !strings.Contains(a.body, "同一张图") {
		t.Errorf("what resembles it: %s", a)
	}
	if a := w.do(t, w.owner, "POST "+here("/proofs/"+p.ID+"/approve"), m{}); a.code() != "growth.proof_held" {
		t.Errorf("a held proof: %s", a)
	}
	w.must(t, http.StatusOK, "POST "+here("/proofs/"+p.ID+"/approve"), m{"anyway": true})
	w.must(t, http.StatusOK, "POST "+here("/proofs/"+q.ID+"/refuse"), m{"reason": "copied"})
	if a := w.do(t, w.owner, "POST "+here("/proofs/"+q.ID+"/approve"), m{}); a.code() != "growth.proof_decided" {
		t.Errorf("decided otherwise: %s", a)
	}
	w.settle(t) // the tasks' ends are told and change nothing
	w.list(t, "/proofs?state=approved&call="+call, 1)
	w.list(t, "/proofs?state=refused&person="+bob, 1)
	w.list(t, "/calls?open=true", 2) // with that of the used community
	w.must(t, http.StatusOK, "POST "+here("/calls/"+call+"/end"), nil)
	w.list(t, "/calls?open=true", 1)
}

func (w *world) placedAndPosted(t *testing.T) {
	t.Helper()
	source := w.make(t, here("/sources"), m{"name": "知乎", "kind": "article"}).ID
	p := w.make(t, here("/placements"), m{"source": source, "pool": "群", "name": "四月", "cost": 100_00}).ID
	w.must(t, http.StatusOK, "PATCH "+here("/placements/"+p), m{"cost": 200_00})
	entry := w.make(t, here("/entries"), m{"code": "paid-entry", "title": "付费", "source": source, "placement": p, "path": "intake-1"})
	_, _, err := w.app.Intake.Arrive(t.Context(), w.community, "paid-entry", intake.Visitor{Account: strings.Repeat("e", 32)}, "")
	if err != nil {
		t.Fatal(entry, err)
	}
	w.settle(t)
	for path, want := range map[string]string{
		"/placements/ranked?by=cost&pool=群": `"cost":20000`, "/placements/" + p: `"came":1`, "/placements/pools": `"placements":1`,
		"/placements/what-if?contacts=400&rate_bp=275&price=580000&cost=1000000": `"revenue":6380000`, "/placements/" + p + "/people": `"person"`, "/placements/" + p + "/sales": `"items":[]`,
	} {
		if a := w.do(t, w.owner, "GET "+here(path), nil); a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%s has no %s: %s", path, want, a)
		}
	}
	post := w.make(t, here("/posts"), m{"source": source, "title": "第一篇", "planned_at": w.clock.Now(), "path": "intake-1"}).ID
	w.must(t, http.StatusOK, "PATCH "+here("/posts/"+post), m{"published_at": w.clock.Now().Format(time.RFC3339), "link": "https://example.com/1", "reach": 900}, `If-Match: "v1"`)
	w.list(t, "/posts?state=published&source="+source, 1)
	w.must(t, http.StatusOK, "GET "+here("/posts/"+post), nil)
	other := w.make(t, here("/posts"), m{"source": source, "title": "第二篇", "planned_at": w.clock.Now(), "path": "intake-1"}).ID
	w.must(t, http.StatusOK, "POST "+here("/posts/"+other+"/drop"), nil)
}
