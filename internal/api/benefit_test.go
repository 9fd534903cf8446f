package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
)

// has lets the member of bought use a benefit, and say what stands on their invoices.
func (w *world) has(t *testing.T, ids lived) {
	t.Helper()
	ids["benefits"] = "salon"
	var use membership.Use
	w.must(t, http.StatusCreated, "POST "+here("/people/"+ids["people"]+"/benefits/salon/use"), map[string]any{"note": marker}).into(t, &use)
	ids["benefit-uses"] = use.Key
	var m struct{ Terms []struct{ ID string } }
	w.must(t, http.StatusOK, "GET "+here("/people/"+ids["people"]+"/memberships"), nil).into(t, &m)
	ids["terms"] = m.Terms[0].ID
	err := w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) error {
		return w.app.People.SetInvoiceTx(tx, ids["people"], people.Invoice{Title: "王小明", Address: marker + "一号路", Email: "wang@example.com", Account: "6222000000001234"})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// served does what staff does for a member with two salons, of which one is used: M3, the second click and the last one; M2, a number
// that was kept for them; M5, their invoice data, masked until somebody needs it.
func (w *world) served(t *testing.T, ids lived) {
	t.Helper()
	type m = map[string]any
	one := here("/people/" + ids["people"])
	left := func(want string) {
		t.Helper()
		if a := w.must(t, 200, "GET "+one+"/memberships", nil); !strings.Contains(a.body, want) {
			t.Errorf("want %s: %s", want, a)
		}
	}
	left(`"used":1,"left":1`)
	left(`"note":"` + marker + `"`)
	use := "POST " + one + "/benefits/salon/use"
	first := w.must(t, 201, use, m{"note": "x"}, "Idempotency-Key: click")
	if again := w.must(t, 201, use, m{"note": "x"}, "Idempotency-Key: click"); again.body != first.body {
		t.Errorf("the second click: %s, the first %s", again, first)
	}
	left(`"used":2,"left":0`)
	if a := w.must(t, 409, use, m{}); a.code() != membership.ErrUsedUp.Code || !strings.Contains(a.body, `"granted":2`) || !strings.Contains(a.body, `"until":"20`) {
		t.Errorf("one more than there were: %s", a)
	}
	if a := w.must(t, 403, "POST "+one+"/benefits/none/use", m{}); a.code() != membership.ErrNoBenefit.Code {
		t.Errorf("what nothing promises: %s", a)
	}
	for range 2 {
		w.must(t, 200, "POST "+here("/benefit-uses/"+ids["benefit-uses"]+"/return"), nil)
	}
	left(`"used":1,"left":1`)
	w.must(t, 404, "POST "+here("/benefit-uses/"+ids["people"]+"/return"), nil)

	for range 2 {
		if a := w.must(t, 200, "PUT "+here("/terms/"+ids["terms"]+"/number"), m{"number": 88}); !strings.Contains(a.body, `"number":"V088"`) {
			t.Errorf("a number that was kept: %s", a)
		}
	}
	left(`"number":"V088"`)
	w.must(t, 404, "PUT "+here("/terms/"+ids["people"]+"/number"), m{"number": 9})
	w.must(t, 422, "PUT "+here("/terms/"+ids["terms"]+"/number"), m{"number": 0})

	masked := w.must(t, 200, "GET "+one+"/invoice", nil)
	if !strings.Contains(masked.body, `"王**"`) || !strings.Contains(masked.body, `"****1234"`) || strings.Contains(masked.body, "一号路") || strings.Contains(masked.body, "wang@") {
		t.Errorf("the invoice: %s", masked)
	}
	if a := w.pays(t, 200, "POST "+one+"/invoice/reveal", m{"reason": "invoice"}); !strings.Contains(a.body, "王小明") || !strings.Contains(a.body, "一号路") {
		t.Errorf("the invoice in full: %s", a)
	}
	for _, action := range []string{"benefit.use", "benefit.return", "term.number", "person.reveal_invoice"} {
		if a := w.must(t, 200, "GET "+here("/audit?action="+action+"&target="+ids["people"]), nil); !strings.Contains(a.body, `"action":"`+action+`"`) {
			t.Errorf("nobody wrote %s down: %s", action, a)
		}
	}
}
