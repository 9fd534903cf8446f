package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
)

// teamed gives the community a seller who looks after somebody and whose sale of last month stands in a statement.
func (w *world) teamed(t *testing.T, ids lived) {
	t.Helper()
	for _, role := range []access.Role{access.Sales, access.Service} {
		op, err := w.app.Auth.CreateOperator(t.Context(), w.community, authn.NewOperator{Email: string(role) + "@example.com", Name: marker, Password: password}, role)
		if err != nil {
			t.Fatal(err)
		}
		ids["the "+string(role)] = op.ID
	}
	ids["contact"] = w.person(t, "13800000021")
	lastMonth := w.clock.Now().AddDate(0, -1, 0)
	err := w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) error {
		title := text.Text{text.Hans: marker}
		if err := w.app.Team.DeclareTx(tx, team.Config{Departments: []team.Department{
			{Name: "sales", Title: title, Side: team.SideSales, Pay: team.Pay{Steps: []team.Step{{RateBP: 300}, {From: 500_00, RateBP: 500}}}},
			{Name: "service", Title: title, Side: team.SideService},
		}}); err != nil {
			return err
		}
		for _, person := range []string{ids["people"], ids["contact"]} {
			if _, err := w.app.Team.WelcomeTx(tx, team.Arrival{Person: person, Fact: "f"}); err != nil {
				return err
			}
		}
		return w.app.Team.CreditTx(tx, team.Sale{Order: ids["orders"], Buyer: ids["people"], Paid: 999_00, PaidAt: lastMonth, Kind: team.KindNew, Fact: "f"})
	})
	if err != nil {
		t.Fatal(err)
	}
	month := lastMonth.Format("2006-01")
	w.pays(t, http.StatusCreated, "POST "+here("/months"), m{"month": month})
	w.settle(t)
	ids["months"] = month
	ids["statements"] = w.list(t, "/statements?month="+month, 1).Items[0].ID
}

// leads looks at what the staff does and earns, and changes it (G11, T1, T6).
func (w *world) leads(t *testing.T, ids lived) {
	t.Helper()
	statement, contact, month := here("/statements/"+ids["statements"]), here("/people/"+ids["contact"]), w.clock.Now().Format("2006-01")
	for path, want := range map[string]string{
		"/departments": `"load":2`, "/contacts-in-hand?staff=" + ids["the sales"]: ids["contact"], "/contacts-in-hand?pool=true": `"items":[]`, "/contacts-in-hand": `"items":[]`,
		"/people/" + ids["contact"] + "/owners": `"staff_name":"` + marker, "/credits": ids["orders"], "/credits?staff=" + ids["the sales"]: `"reason":"owner"`,
		"/orders/" + ids["orders"] + "/credit": `"rate_bp":500`, "/targets?month=" + month: `"items":[]`, "/race?from=" + ids["months"]: `"sales":99900`, "/race?from=" + month: `"owned":2`,
		"/months": ids["months"], "/statements?staff=" + ids["the sales"]: ids["statements"], "/statements/" + ids["statements"]: `"commission":3995`,
		"/statements/" + ids["statements"] + "/lines": `"reached":50000`,
	} {
		if a := w.pays(t, http.StatusOK, "GET "+here(path), nil); !strings.Contains(a.body, want) {
			t.Errorf("%s has no %s: %s", path, want, a)
		}
	}
	w.pays(t, http.StatusOK, "PUT "+here("/staff/"+ids["the sales"]+"/person"), m{"person": ids["people"]})
	if a := w.do(t, w.owner, "GET "+here("/staff"), nil); !strings.Contains(a.body, `"person":"`+ids["people"]+`","person_name":"`+marker) {
		t.Errorf("who the staff are: %s", a)
	}
	w.pays(t, http.StatusNotFound, "PUT "+here("/staff/"+ids["the sales"]+"/person"), m{"person": ids["orders"]})
	w.pays(t, http.StatusNotFound, "PUT "+here("/staff/"+ids["people"]+"/person"), m{"person": ids["people"]})
	w.pays(t, http.StatusOK, "PUT "+here("/departments/sales/staff/"+ids["the sales"]), m{"most": 5, "from": 540, "to": 1260})
	w.pays(t, http.StatusOK, "PUT "+here("/targets"), m{"month": month, "department": "sales", "staff": ids["the sales"], "kind": "sales", "amount": 100_000_00})
	w.pays(t, http.StatusConflict, "PUT "+here("/targets"), m{"month": ids["months"], "department": "sales", "kind": "sales", "amount": 1})
	w.pays(t, http.StatusOK, "PUT "+contact+"/owner", m{"side": "service", "staff": ids["the service"]})
	w.pays(t, http.StatusForbidden, "POST "+contact+"/owner/touch", nil) // another's
	seller := w.signIn(t, "sales@example.com")
	for route, want := range map[string]int{"POST " + contact + "/owner/touch": 200, "GET " + statement: 200, "GET " + statement + "/lines": 200, "POST " + statement + "/approve": 403, "GET " + here("/months"): 403} {
		if a := w.do(t, seller, route, nil); a.status != want {
			t.Errorf("the seller: %s %s", route, a)
		}
	}
	colleague := w.signIn(t, "service@example.com")
	for route, want := range map[string]int{"POST " + contact + "/owner/return": 403, "GET " + statement: 404, "GET " + statement + "/lines": 404, "PUT " + contact + "/owner": 403} {
		if a := w.do(t, colleague, route, m{"side": "sales", "staff": ids["the sales"]}); a.status != want {
			t.Errorf("a colleague: %s %s", route, a)
		}
	}
	if a := w.do(t, colleague, "GET "+here("/statements"), nil); strings.Contains(a.body, ids["statements"]) {
		t.Errorf("a colleague sees another's statement: %s", a)
	}
	w.pays(t, http.StatusOK, "POST "+contact+"/owner/return", nil)
	w.pays(t, http.StatusForbidden, "POST "+statement+"/approve", nil) // by who closed the month
	third := w.operator(t, w.community, "third@example.com", true, access.Owner)
	for range 2 {
		if a := w.do(t, third, "POST "+statement+"/approve", nil); a.status != http.StatusOK || !strings.Contains(a.body, `"state":"approved"`) {
			t.Errorf("approved: %s", a)
		}
	}
	w.pays(t, http.StatusCreated, "POST "+here("/months"), m{"month": ids["months"]}) // again
	w.pays(t, http.StatusConflict, "POST "+here("/months"), m{"month": month})
	paid := w.draftPayout(t)
	w.settle(t)
	if a := w.pays(t, http.StatusOK, "GET "+here("/payouts/"+paid+"/lines"), nil); !strings.Contains(a.body, "wage:"+ids["the sales"]) {
		t.Errorf("the wage is not in a payout: %s", a)
	}
}

// signIn gives the session of an operator without a second factor.
func (w *world) signIn(t *testing.T, email string) string {
	t.Helper()
	s, err := w.app.Auth.SignIn(t.Context(), authn.SignIn{Email: email, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return "cookie " + s.Token
}
