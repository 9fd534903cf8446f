package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/api"
	"github.com/qunce/qunce/internal/domain/people"
)

// draft is a campaign as the console writes one.
func draft() m {
	return m{
		"name": "春季课", "rule": m{"member": "*"}, "channel": "inapp",
		"message": m{"purpose": "marketing", "body": m{"zh-Hans": "{name}，新课来了：{link}", "en": "{name}, a new course: {link}"}, "link": "/me"},
	}
}

// reach sends a campaign: looked at, written, tried, approved, started, followed, stopped.
func (w *world) reach(t *testing.T, ids lived) {
	t.Helper()
	who := w.person(t, "13800000009")
	if err := w.app.People.Consent(t.Context(), w.community, who, people.Consent{Purpose: people.ForMarketing, Given: true, Wording: "v1"}); err != nil {
		t.Fatal(err)
	}
	if a := w.must(t, 200, "GET "+here("/touches/rules"), nil); !contains(a.body, `"inapp"`, `"quiet"`) {
		t.Errorf("rules: %s", a)
	}
	w.person(t, "13800000010") // who never agreed to anything
	rule := m{"any": []m{{"member": "*"}, {"field": "stage", "known": true}}}
	var seen api.SegmentLook
	w.must(t, 200, "POST "+here("/segments/look"), m{"rule": rule, "purpose": "marketing", "channel": "inapp"}).into(t, &seen)
	if f := seen.Forecast; seen.Count.N < 2 || f.Looked != seen.Count.N || f.Now+f.Later != 1 || f.Held != f.Reasons["consent"]+f.Reasons["blocked"] || f.Held == 0 {
		t.Errorf("looked at: %+v", seen)
	}
	if a := w.do(t, w.owner, "POST "+here("/segments/look"), m{"rule": m{"field": "shoe", "is": "x"}, "purpose": "marketing"}); a.status != 422 || !contains(a.body, `"/rule`) {
		t.Errorf("a field that isn't there: %s", a)
	}
	fields := draft()
	fields["rule"] = rule
	one := w.make(t, here("/campaigns"), fields)
	at := here("/campaigns/" + one.ID)
	fields["name"] = "春季课二"
	w.must(t, 200, "PUT "+at, fields, `If-Match: "v1"`)
	if a := w.do(t, w.owner, "PUT "+at, fields, `If-Match: "v1"`); a.code() != "touch.campaign_state" {
		t.Errorf("somebody was faster: %s", a)
	}
	if a := w.must(t, 200, "GET "+at+"/preview?person="+who, nil); !contains(a.body, "新课来了") {
		t.Errorf("preview: %s", a)
	}
	w.must(t, 200, "POST "+at+"/test", m{"person": who})
	if a := w.do(t, w.owner, "POST "+at+"/start", nil); a.code() != "touch.campaign_state" {
		t.Errorf("without approval: %s", a)
	}
	w.must(t, 200, "POST "+at+"/approve", m{"version": 2})
	w.must(t, 200, "POST "+at+"/start", nil)
	w.settle(t)
	var now api.CampaignView
	w.must(t, 200, "GET "+at, nil).into(t, &now)
	if now.Total != seen.Count.N || now.Results.Held != seen.Forecast.Held {
		t.Errorf("it came to %+v, foreseen %+v", now, seen.Forecast)
	}
	if n := len(w.get(t, at+"/touches?state=held").Items); n != now.Results.Held {
		t.Errorf("%d rows behind %d", n, now.Results.Held)
	}
	w.must(t, 200, "POST "+at+"/stop", nil)
	if list := w.get(t, here("/campaigns")).Items; len(list) < 1 || list[0].ID != one.ID {
		t.Errorf("%+v", list)
	}
}

// P2: the people of a circle are a list of their own, and an export of it.
func TestPeopleOfACircle(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.live(t)
		w.person(t, "13800000005")
		all, of := w.get(t, here("/people")), w.get(t, here("/people?circle="+ids["circles"]))
		if of.Count.N != 1 || len(of.Items) != 1 || of.Items[0].ID != ids["people"] || all.Count.N < 3 {
			t.Errorf("%+v of %+v", of, all)
		}
		coverage := w.must(t, 200, "GET "+here("/coverage"), nil)
		if !contains(coverage.body, `"sources":[{`) {
			t.Errorf("%s", coverage)
		}
		if merges := w.get(t, here("/merges")).Items; len(merges) != 1 || merges[0].ID != ids["merges"] {
			t.Errorf("%+v", merges)
		}
	})
}

func contains(s string, parts ...string) bool {
	return !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(s, p) })
}
