package api_test

import (
	"net/http"
	"strings"
	"testing"
)

// X2: the first run leads from a printed token to a community with its first entry.
func TestSetup(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if w.entry.Code != "join" || w.entry.URL != "https://qunce.example/mothers/e/join" || !strings.HasPrefix(w.entry.QR, "<svg") {
			t.Errorf("the first entry is %+v", w.entry)
		}
		if a := w.do(t, "", "GET /api/v1/setup", nil); a.status != 200 || a.body != `{"needed":false,"playbooks":[]}`+"\n" {
			t.Errorf("the state: %s", a)
		}
		a := w.do(t, w.owner, "GET /api/v1/session", nil)
		if a.status != 200 || !strings.Contains(a.body, `"roles":["owner"]`) {
			t.Errorf("the session: %s", a)
		}
		again := w.do(t, "", "POST /api/v1/setup", map[string]any{
			"token": "x", "operator": map[string]any{"name": "乙", "email": "b@example.com", "password": password}, "community": map[string]any{"slug": "other", "name": "乙"},
		})
		if again.status != http.StatusGone || again.code() != "operator.setup_over" {
			t.Errorf("a second set-up: %s", again)
		}
	})
}
