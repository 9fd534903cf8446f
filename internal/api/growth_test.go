package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// anyList is any list, of any part of which the tests look at the ids.
type anyList struct {
	Items []struct{ ID, State, Guest, Promoter, Reason string }
}

func (w *world) list(t *testing.T, path string, want int) (l anyList) {
	t.Helper()
	w.pays(t, http.StatusOK, "GET "+here(path), nil).into(t, &l)
	if len(l.Items) != want {
		t.Fatalf("%s: %d of them, want %d: %+v", path, len(l.Items), want, l.Items)
	}
	return l
}

// earned lets somebody bring a guest who buys, so that they have a reward that is in a draft of a payout.
func (w *world) earned(t *testing.T, ids lived) {
	t.Helper()
	sharer, guest, at := w.person(t, "13800000011"), w.person(t, "13800000012"), 0
	err := w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) error {
		err := w.app.Growth.DeclareTx(tx, growth.Config{Programmes: []growth.Programme{{
			Name: "cps", Title: text.Text{text.Hans: marker}, Binds: growth.Click, ValidDays: 7, Promoters: growth.Anyone, Guests: growth.Anyone, FreezeDays: &at,
			Levels: []growth.Level{{RateBP: 1000}},
		}}})
		if err != nil {
			return err
		}
		l, err := w.app.Growth.LinkTx(tx, sharer, "plan:year")
		if err != nil {
			return err
		}
		ids["links"], ids["sharer"] = l.ID, sharer
		_, err = w.app.Growth.VisitTx(tx, growth.Visit{Code: l.Code, Visitor: strings.Repeat("c", 32), Person: guest})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var o anOrder
	w.must(t, http.StatusCreated, "POST "+here("/orders"), m{"person": guest, "items": []m{{"kind": "plan", "item": "year"}}}).into(t, &o)
	w.pays(t, http.StatusOK, "POST "+here("/orders/"+o.ID+"/confirm"), m{"amount": o.Amount, "ref": marker})
	w.settle(t)
	ids["rewards"] = w.list(t, "/rewards?state=released&promoter="+sharer, 1).Items[0].ID
	ids["payouts"] = w.draftPayout(t)
	w.settle(t)
	ids["payout-lines"] = w.list(t, "/payouts/"+ids["payouts"]+"/lines?state=reserved", 1).Items[0].ID
	if all := w.list(t, "/payouts/"+ids["payouts"]+"/lines", 1).Items[0].ID; all != ids["payout-lines"] {
		t.Errorf("the lines of whatever state begin with %s, want %s", all, ids["payout-lines"])
	}
}

// simulate asks what twice the rate would have come to (G2).
func (w *world) simulate(t *testing.T, ids lived) {
	t.Helper()
	rules := m{"name": "cps", "title": m{"zh-Hans": marker}, "binds": "click", "valid_days": 7, "promoters": "anyone", "guests": "anyone", "freeze_days": 0, "levels": []m{{"rate_bp": 2000}}}
	ask := m{"rules": rules, "from": w.clock.Now().AddDate(0, -1, 0), "to": w.clock.Now()}
	type tally struct {
		Rewards int
		Money   int64
	}
	var s struct {
		Version, Purchases int
		Promoters          []struct {
			Promoter   string
			Was, Would tally
		}
	}
	w.pays(t, http.StatusOK, "POST "+here("/programmes/cps/simulate"), ask).into(t, &s)
	if len(s.Promoters) != 1 || s.Promoters[0].Promoter != ids["sharer"] || s.Promoters[0].Was.Rewards != 1 || s.Promoters[0].Would != (tally{1, 2 * s.Promoters[0].Was.Money}) || s.Purchases == 0 {
		t.Errorf("simulated: %+v", s)
	}
	rules["levels"] = []m{{"rate_bp": 20_000}}
	if a := w.pays(t, http.StatusUnprocessableEntity, "POST "+here("/programmes/cps/simulate"), ask); !strings.Contains(a.body, "growth.rate") || !strings.Contains(a.body, "/rules/levels/0") {
		t.Errorf("twice what was paid: %s", a)
	}
	w.pays(t, http.StatusNotFound, "POST "+here("/programmes/none/simulate"), ask)
}

func (w *world) draftPayout(t *testing.T) string {
	t.Helper()
	var b struct{ ID string }
	w.pays(t, http.StatusCreated, "POST "+here("/payouts"), m{"threshold": 100, "withhold_bp": 500}).into(t, &b)
	return b.ID
}

// pay looks at why somebody earned something, and pays them: two persons, a file, a payment that fails first (G1–G4, L3).
func (w *world) pay(t *testing.T, ids lived) {
	t.Helper()
	for path, want := range map[string]string{
		"/programmes": "growth.warning.short_freeze", "/people/" + ids["sharer"] + "/bonds": `"state":"won"`, "/people/" + ids["people"] + "/bonds?as=guest": `"items":[]`,
		"/people/" + ids["sharer"] + "/links": `"visits":1`, "/links/" + ids["links"] + "/chain": `"depth":0`, "/links/" + ids["links"] + "/children": `"items":[]`,
		"/rewards": ids["rewards"], "/rewards/" + ids["rewards"] + "/why": `"rate_bp":1000`, "/payouts": ids["payouts"], "/payouts/" + ids["payouts"]: `"gross":`,
	} {
		if a := w.pays(t, http.StatusOK, "GET "+here(path), nil); !strings.Contains(a.body, want) {
			t.Errorf("%s has no %s: %s", path, want, a)
		}
	}
	for _, state := range []string{"frozen", "held", "taken"} {
		w.list(t, "/rewards?state="+state, 0)
	}
	w.simulate(t, ids)
	batch, line := here("/payouts/"+ids["payouts"]), here("/payout-lines/"+ids["payout-lines"])
	w.pays(t, http.StatusConflict, "POST "+batch+"/file", nil)
	w.pays(t, http.StatusConflict, "POST "+batch+"/approve", nil) // by who drafted it
	w.pays(t, http.StatusConflict, "POST "+line+"/paid", nil)
	second := w.operator(t, w.community, "second@example.com", true, access.Owner)
	for who, want := range map[string]int{w.token(t, w.community, access.Scopes...): http.StatusForbidden, second: http.StatusOK} {
		if a := w.do(t, who, "POST "+batch+"/approve", nil); a.status != want {
			t.Errorf("approved: %s, want %d", a, want)
		}
	}
	if a := w.do(t, w.token(t, w.community, access.WriteMoney), "POST "+batch+"/file", nil); a.status != http.StatusForbidden {
		t.Errorf("names and phones for who may not see them: %s", a)
	}
	if a := w.pays(t, http.StatusOK, "POST "+batch+"/file?format=csv", nil); !strings.Contains(a.body, "13800000011") || !strings.Contains(a.body, ids["payout-lines"]) {
		t.Errorf("the file for the bank: %s", a)
	}
	if a := w.pays(t, http.StatusOK, "POST "+batch+"/file?format=xlsx", nil); !strings.HasPrefix(a.body, "PK") {
		t.Error("the workbook is none")
	}
	if n := w.count(t, `SELECT count(*) FROM audit WHERE community_id = $1 AND action = 'payout.export'`); n != 2 {
		t.Errorf("%d files stand in the audit log", n)
	}
	w.pays(t, http.StatusConflict, "POST "+batch+"/cancel", nil)
	w.pays(t, http.StatusOK, "POST "+line+"/failed", m{"reason": "户名不符"})
	w.list(t, "/payouts/"+ids["payouts"]+"/lines?state=failed", 1)
	w.pays(t, http.StatusOK, "POST "+line+"/retry", nil)
	w.pays(t, http.StatusOK, "POST "+line+"/paid", nil)
	w.pays(t, http.StatusOK, "POST "+line+"/paid", nil) // told twice
	w.pays(t, http.StatusConflict, "POST "+line+"/failed", m{"reason": "x"})
	if a := w.pays(t, http.StatusOK, "GET "+batch, nil); !strings.Contains(a.body, `"state":"done"`) {
		t.Errorf("paid: %s", a)
	}
	w.pays(t, http.StatusOK, "POST "+here("/payouts/"+w.draftPayout(t)+"/cancel"), nil)
	w.byToken(t)
}

// byToken drafts a payout with a token of the operator's own, who is no second person for it.
func (w *world) byToken(t *testing.T) {
	t.Helper()
	var made struct {
		Text string
		ID   string
	}
	w.pays(t, http.StatusCreated, "POST "+here("/tokens"), m{"name": "账务", "scopes": []string{"write:money"}}).into(t, &made)
	a := w.do(t, "Bearer "+made.Text, "POST "+here("/payouts"), m{"threshold": 100})
	a.into(t, &made)
	if a.status != http.StatusCreated {
		t.Fatalf("drafted by token: %s", a)
	}
	if a := w.pays(t, http.StatusConflict, "POST "+here("/payouts/"+made.ID+"/approve"), nil); !strings.Contains(a.body, "payout.same_person") {
		t.Errorf("approved by who has the token: %s", a)
	}
	w.pays(t, http.StatusOK, "POST "+here("/payouts/"+made.ID+"/cancel"), nil)
}
