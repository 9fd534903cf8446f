package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

type problem struct {
	Type, Title, Detail, Code, Next, ID string
	Status                              int
	Params                              map[string]any
	Errors                              []struct {
		Pointer, Parameter, Code, Detail, Next string
		Line                                   int
	}
}

func (a answer) problem(t *testing.T) (p problem) {
	t.Helper()
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("%s as %s", a, got)
	}
	a.into(t, &p)
	if p.Status != a.status || p.Type != "/problems/"+p.Code || p.Title == "" || p.Detail == "" || p.Next == "" || strings.HasPrefix(p.Detail, "error.") {
		t.Errorf("not whole: %s", a)
	}
	return p
}

// What is wrong with a request is said field by field, whoever found it.
func TestRefusalsPointAtWhatIsWrong(t *testing.T) {
	w := begin(t, "")
	for _, c := range []struct {
		name, route string
		body        any
		headers     []string
		status      int
		code        string
		at          string // pointer or parameter
	}{
		{"an unknown field", "POST " + here("/sources"), map[string]any{"name": "x", "kind": "group", "colour": "red"}, nil, 422, "request.unknown", "/colour"},
		{"a missing field", "POST " + here("/sources"), map[string]any{"name": "x"}, nil, 422, "request.required", "/kind"},
		{"another type", "POST " + here("/sources"), map[string]any{"name": 5, "kind": "group"}, nil, 422, "request.type", "/name"},
		{"a missing field within", "POST /api/v1/setup", map[string]any{"token": "x", "operator": map[string]any{"name": "x", "email": "x"}, "community": map[string]any{"slug": "x", "name": "x"}}, nil, 422, "request.required", "/operator/password"},
		{"a domain's refusal", "POST " + here("/sources"), map[string]any{"name": "x", "kind": "weather"}, nil, 422, "intake.source_kind", "/kind"},
		{"a time without a zone", "POST " + here("/openings"), map[string]any{"name": "x", "opens_at": "2026-11-21T14:30:00", "rate": 5}, nil, 422, "request.format", "/opens_at"},
		{"an unknown parameter", "GET " + here("/people?colour=red"), nil, nil, 422, "request.unknown", "colour"},
		{"a limit beyond the most", "GET " + here("/people?limit=1000"), nil, nil, 422, "request.range", "limit"},
		{"a choice that isn't one", "GET " + here("/people?state=asleep"), nil, nil, 422, "request.choice", "state"},
		{"an id that isn't one", "GET " + here("/people/1"), nil, nil, 422, "request.id_shape", "id"},
		{"a cursor of nobody", "GET " + here("/people?cursor=!!"), nil, nil, 400, "page.cursor", ""},
		{"an id of nothing", "GET " + here("/people/"+strings.Repeat("0", 20)), nil, nil, 404, "people.not_found", ""},
		{"no such operation", "GET " + here("/colours"), nil, nil, 404, "request.no_operation", ""},
		{"another method", "DELETE " + here("/people"), nil, nil, 405, "request.method", ""},
		{"no such community", "GET /api/v1/communities/nowhere/people", nil, nil, 404, "community.unknown", ""},
		{"another media type", "POST " + here("/sources"), map[string]any{}, []string{"Content-Type: text/plain"}, 415, "request.media", ""},
		{"from another site", "POST " + here("/sources"), map[string]any{}, []string{"Sec-Fetch-Site: cross-site"}, 403, "request.cross_origin", ""},
		{"a body beyond the bound", "POST " + here("/playbook/check"), map[string]any{"source": strings.Repeat("x", 1<<20)}, nil, 413, "request.too_large", ""},
		{"nobody", "GET " + here("/people"), nil, []string{"Cookie: none=1"}, 401, "access.sign_in", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := w.do(t, w.owner, c.route, c.body, c.headers...)
			if c.code == "access.sign_in" {
				a = w.do(t, "", c.route, c.body)
			}
			p := a.problem(t)
			if p.Status != c.status || p.Code != c.code {
				t.Fatalf("%s", a)
			}
			if c.at != "" && (len(p.Errors) != 1 || p.Errors[0].Pointer != c.at && p.Errors[0].Parameter != c.at || p.Errors[0].Code != c.code || p.Errors[0].Detail == "") {
				t.Errorf("it points at %+v", p.Errors)
			}
		})
	}
	broken := httptest.NewRequestWithContext(t.Context(), http.MethodPost, here("/sources"), strings.NewReader(`{"name":`))
	broken.Header.Set("Content-Type", "application/json")
	w.sign(broken, w.owner)
	if p := w.send(broken).problem(t); p.Status != 400 || p.Code != "request.unreadable" {
		t.Errorf("broken JSON: %+v", p)
	}
}

func TestRefusalsSpeakTheCallersLanguage(t *testing.T) {
	w := begin(t, "")
	for header, want := range map[string]string{
		"Accept-Language: zh-TW": "請", "Accept-Language: en-GB,en;q=0.9": "search", "Accept-Language: fr": "请", "Cookie: qunce_lang=en": "search",
	} {
		if p := w.do(t, "Bearer "+strings.TrimPrefix(w.token(t, w.community, access.Read), "Bearer "), "GET "+here("/people/"+strings.Repeat("0", 20)), nil, header).problem(t); !strings.Contains(p.Next+p.Detail, want) {
			t.Errorf("%s: %s %s", header, p.Detail, p.Next)
		}
	}
}

// A playbook's problems come with their lines.
func TestPlaybookProblemsHaveLines(t *testing.T) {
	w := begin(t, "")
	p := w.do(t, w.owner, "POST "+here("/playbook/apply"), map[string]any{"source": "playbook: 1\nname: x\ntitel: y\n"}).problem(t)
	if p.Status != 422 || p.Code != "playbook.wrong" || len(p.Errors) == 0 || p.Errors[0].Line != 3 || p.Errors[0].Pointer != "titel" {
		t.Errorf("%+v", p)
	}
	var checked struct {
		Problems []struct{ Line int }
		Changes  []any
	}
	w.must(t, 200, "POST "+here("/playbook/check"), map[string]any{"source": "playbook: 1\nname: x\ntitel: y\n"}).into(t, &checked)
	if len(checked.Problems) != 1 || checked.Problems[0].Line != 3 {
		t.Errorf("checked: %+v", checked)
	}
}

// A fault of ours shows its id and nothing else; the log has the rest.
func TestFaultsAreMasked(t *testing.T) {
	w := begin(t, "")
	if _, err := w.app.DB.SQL().ExecContext(t.Context(), `DROP TABLE intake_source`); err != nil {
		t.Fatal(err)
	}
	a := w.do(t, w.owner, "GET "+here("/sources"), nil)
	p := a.problem(t)
	if p.Status != 500 || p.Code != "request.fault" || p.ID == "" || strings.Contains(a.body, "intake_source") || a.Header.Get("X-Request-Id") != p.ID {
		t.Errorf("%s", a)
	}
	if log := w.log.String(); !strings.Contains(log, "intake_source") || !strings.Contains(log, p.ID) {
		t.Errorf("the log has it not: %s", log)
	}
}

// The same key and content take effect once; another content is refused; without a key nothing is remembered. A key works
// for one principal only.
func TestIdempotencyKey(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		route, key := "POST "+here("/sources"), "Idempotency-Key: k1"
		one := map[string]any{"name": "一", "kind": "group"}
		first := w.must(t, 201, route, one, key)
		if again := w.must(t, 201, route, one, key); again.body != first.body {
			t.Errorf("another answer: %s and %s", first, again)
		}
		if p := w.do(t, w.owner, route, map[string]any{"name": "二", "kind": "group"}, key).problem(t); p.Code != "idempotency.key_reused" {
			t.Errorf("another content: %+v", p)
		}
		if p := w.do(t, w.owner, route, one).problem(t); p.Code != "intake.name_taken" {
			t.Errorf("without the key: %+v", p)
		}
		if p := w.do(t, w.token(t, w.community, access.WriteIntake), route, one, key).problem(t); p.Code != "intake.name_taken" {
			t.Errorf("somebody else's key: %+v", p)
		}
		if n := w.count(t, `SELECT count(*) FROM audit WHERE community_id = $1 AND action = 'source.add'`); n != 1 {
			t.Errorf("%d audit entries for one effect", n)
		}
	})
}

func (w *world) count(t *testing.T, query string) (n int) {
	t.Helper()
	err := w.app.DB.Read(t.Context(), w.community, func(tx *db.Tx) error { return tx.QueryRow(query, w.community).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Of two who edit the same, the second is told.
func TestIfMatch(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.live(t)
		for path, edits := range map[string][2]any{
			"/people/" + ids["people"]:   {map[string]any{"fields": map[string]any{"city": "上海"}}, map[string]any{"fields": map[string]any{"city": "北京"}}},
			"/entries/" + ids["entries"]: {map[string]any{"title": "甲"}, map[string]any{"title": "乙"}},
			"/circles/" + ids["circles"]: {map[string]any{"name": map[string]string{"zh-Hans": "甲"}}, map[string]any{"capacity": 50}},
			"/":                          {map[string]any{"name": map[string]string{"zh-Hans": "甲"}}, map[string]any{"zone": "Asia/Tokyo"}},
		} {
			path = strings.TrimSuffix(here(path), "/")
			tag := w.must(t, 200, "GET "+path, nil).Header.Get("ETag")
			if tag == "" {
				t.Fatalf("%s has no ETag", path)
			}
			now := w.must(t, 200, "PATCH "+path, edits[0], "If-Match: "+tag).Header.Get("ETag")
			if p := w.do(t, w.owner, "PATCH "+path, edits[1], "If-Match: "+tag).problem(t); p.Status != 412 {
				t.Errorf("%s: a stale edit got %+v", path, p)
			}
			if p := w.do(t, w.owner, "PATCH "+path, edits[1], "If-Match: yesterday").problem(t); p.Code != "request.etag" {
				t.Errorf("%s: what is no ETag got %+v", path, p)
			}
			w.must(t, 200, "PATCH "+path, edits[1], "If-Match: "+now)
			w.must(t, 200, "PATCH "+path, edits[0])
		}
	})
}
