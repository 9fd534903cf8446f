package api_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// employed gives the community a company with a membership and a colleague, and a bill with a difference.
func (w *world) employed(t *testing.T, ids lived) {
	t.Helper()
	boss, colleague := w.person(t, "13800000020"), w.person(t, "13800000021")
	ids["organisations"] = w.make(t, here("/organisations"), m{"name": marker + "公司", "contact": boss}).ID
	var place membership.Place
	err := w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) error {
		offers, err := w.app.Members.Plans(tx)
		if err != nil {
			return err
		}
		plans := []membership.Plan{{Name: "team", Title: text.Text{text.Hans: "团队"}, Price: 5000_00, Period: membership.Period{Months: 12}, Seats: 3}}
		for _, o := range offers {
			plans = append(plans, o.Plan)
		}
		return w.app.Members.DeclareTx(tx, membership.Config{Plans: plans})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) (err error) {
		term, err := w.app.Members.ReserveForTx(tx, boss, ids["organisations"], "team", time.Minute)
		if err == nil {
			_, err = w.app.Members.BuyTx(tx, term.ID)
		}
		if err != nil {
			return err
		}
		if place, err = w.app.Members.InviteTx(tx, ids["organisations"], boss, "invite"); err == nil {
			place, err = w.app.Members.TakePlaceTx(tx, place.Token, colleague)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	ids["places"], ids["colleague"], ids["boss"] = place.ID, colleague, boss
	var b struct {
		ID    string
		Found int
	}
	w.uploadBill(t, http.StatusCreated, "2026-01-01", aBill("2026-01-01")).into(t, &b)
	var list struct{ Items []struct{ ID string } }
	w.must(t, http.StatusOK, "GET "+here("/differences?open=true&bill="+b.ID), nil).into(t, &list)
	if b.Found != 1 || len(list.Items) != 1 {
		t.Fatalf("the bill: %+v, %+v", b, list)
	}
	ids["bills"], ids["differences"] = b.ID, list.Items[0].ID
}

// aBill is the bill of a day with one payment that is not in the books.
func aBill(day string) string {
	var b bytes.Buffer
	err := channel.WriteTradeBill(&b, func(put func(channel.BillLine) error) error {
		at, err := time.ParseInLocation(time.DateOnly, day, channel.BillZone)
		if err == nil {
			err = put(channel.BillLine{At: at, What: channel.BilledPayment, Merchant: "1900000001", Payment: "nobodys", Outside: marker, State: "SUCCESS", Settled: true, Amount: 100, Fee: channel.FeeOf(1)})
		}
		return err
	})
	if err != nil {
		panic(err)
	}
	return b.String()
}

func (w *world) uploadBill(t *testing.T, status int, day, file string) answer {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for k, v := range map[string]string{"channel": "sandbox", "day": day} {
		if err := form.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "bill.csv")
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err != nil {
		t.Fatal(err)
	}
	form.Close()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, here("/bills"), &b)
	req.Header.Set("Content-Type", form.FormDataContentType())
	w.pays(t, http.StatusOK, "GET "+here("/bills"), nil) // there is somebody with a second factor
	w.sign(req, w.boss)
	a := w.send(req)
	if a.status != status {
		t.Fatalf("upload of a bill: %s %s", a, w.log)
	}
	return a
}

// looksAfter goes through everything that staff does with companies and bills.
func (w *world) looksAfter(t *testing.T, ids lived) {
	t.Helper()
	one := here("/organisations/" + ids["organisations"])
	if a := w.must(t, 200, "GET "+here("/organisations?q="+marker), nil); !strings.Contains(a.body, `"taken":1`) || !strings.Contains(a.body, `"contacts":[{"person":"`+ids["boss"]) || !strings.Contains(a.body, `"state":"active"`) {
		t.Errorf("the list of companies: %s", a)
	}
	got := w.must(t, 200, "GET "+one, nil)
	if !strings.Contains(got.body, `"taken":1`) || !strings.Contains(got.body, `"plan":"team"`) {
		t.Errorf("the company: %s", got)
	}
	tag := got.Header.Get("ETag")
	w.must(t, 200, "PATCH "+one, m{"owner": w.ownerID, "invoice": m{"title": "暗号公司", "tax_number": "91310000MA1FL00000", "email": "bill@example.com", "account": "6222000000001234"}}, "If-Match: "+tag)
	if a := w.must(t, 412, "PATCH "+one, m{"name": "x"}, "If-Match: "+tag); a.status != 412 {
		t.Errorf("an old version: %s", a)
	}
	for field, body := range map[string]m{"/owner": {"owner": "nobody"}, "/invoice/tax_number": {"invoice": m{"title": "x", "tax_number": "1"}}} {
		if a := w.must(t, 422, "PATCH "+one, body); !strings.Contains(a.body, field) {
			t.Errorf("%s: %s", field, a)
		}
	}
	if a := w.must(t, 200, "GET "+one+"/invoice", nil); !strings.Contains(a.body, "91310000MA1FL00000") || strings.Contains(a.body, "bill@") || !strings.Contains(a.body, `"****1234"`) {
		t.Errorf("the invoice: %s", a)
	}
	// What is left out stays.
	w.must(t, 200, "PATCH "+one, m{"invoice": m{"address": "一号路"}})
	if a := w.pays(t, 200, "POST "+one+"/invoice/reveal", m{"reason": "invoice"}); !strings.Contains(a.body, "bill@example.com") || !strings.Contains(a.body, "一号路") {
		t.Errorf("the invoice in full: %s", a)
	}
	if a := w.must(t, 201, "POST "+one+"/places", nil); !strings.Contains(a.body, "/colleague/") || strings.Contains(a.body, `"token"`) || !strings.Contains(a.body, `"state":"invited"`) {
		t.Errorf("an invitation: %s", a)
	}
	if a := w.must(t, 200, "GET "+one+"/people?limit=1", nil); !strings.Contains(a.body, `"role":"`) || !strings.Contains(a.body, `"next"`) {
		t.Errorf("its people: %s", a)
	}
	if a := w.must(t, 200, "GET "+one+"/places", nil); !strings.Contains(a.body, ids["colleague"]) || strings.Contains(a.body, `"token"`) {
		t.Errorf("its places: %s", a)
	}
	if a := w.must(t, 200, "GET "+one+"/places?which=over", nil); strings.Contains(a.body, ids["colleague"]) {
		t.Errorf("its places that are over: %s", a)
	}
	if a := w.must(t, 200, "GET "+here("/people/"+ids["colleague"]+"/organisations"), nil); !strings.Contains(a.body, `"role":"colleague"`) {
		t.Errorf("the colleague's companies: %s", a)
	}
	if a := w.must(t, 200, "GET "+here("/people/"+ids["colleague"]+"/memberships"), nil); !strings.Contains(a.body, `"colleague":true`) {
		t.Errorf("the colleague has: %s", a)
	}
	w.must(t, 201, "POST "+here("/orders"), m{"person": ids["boss"], "organisation": ids["organisations"], "items": []any{m{"kind": "plan", "item": "team"}}})
	if a := w.must(t, 200, "GET "+here("/orders?organisation="+ids["organisations"]), nil); !strings.Contains(a.body, `"organisation":"`+ids["organisations"]) {
		t.Errorf("its orders: %s", a)
	}
	w.must(t, 403, "POST "+here("/orders"), m{"person": ids["colleague"], "organisation": ids["organisations"], "items": []any{m{"kind": "plan", "item": "team"}}})
	w.must(t, 409, "PUT "+one+"/people/"+ids["boss"], m{"role": "finance"})
	w.must(t, 204, "PUT "+one+"/people/"+ids["colleague"], m{"role": string(people.RoleContact)})
	w.must(t, 204, "PUT "+one+"/people/"+ids["colleague"], m{"role": "finance"})
	var code string
	err := w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) (err error) {
		code, err = w.app.Members.CardCodeTx(tx, ids["colleague"])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if a := w.must(t, 200, "POST "+here("/members/check"), m{"code": "https://qunce.example/demo/card/" + code}); !strings.Contains(a.body, `"valid":true`) {
		t.Errorf("the card: %s", a)
	}
	w.must(t, 422, "POST "+here("/members/check"), m{"code": code + "x"})
	for range 2 {
		w.must(t, 200, "POST "+here("/places/"+ids["places"]+"/free"), nil)
	}
	w.must(t, 204, "DELETE "+one+"/people/"+ids["colleague"], nil)
	if a := w.must(t, 200, "GET "+one+"/timeline?limit=2", nil); !strings.Contains(a.body, "people.organisation_left") || !strings.Contains(a.body, `"next"`) {
		t.Errorf("its timeline: %s", a)
	}

	w.pays(t, 200, "GET "+here("/channels"), nil)
	day := "2026-01-02"
	if a := w.pays(t, 200, "GET "+here("/channels/sandbox/bill?day="+day), nil); !strings.Contains(a.body, "总交易单数") {
		t.Errorf("a bill that is made here: %s", a)
	}
	w.pays(t, 422, "GET "+here("/channels/manual/bill?day="+day), nil)
	w.uploadBill(t, 201, "2026-01-01", aBill("2026-01-01"))
	w.uploadBill(t, 422, "2026-01-01", aBill("2026-01-02"))
	if a := w.uploadBill(t, 422, day, strings.Replace(aBill(day), "`CNY", "`USD", 1)); !strings.Contains(a.body, "货币种类") || !strings.Contains(a.body, "/file") {
		t.Errorf("a bill in dollars: %s", a)
	}
	if a := w.pays(t, 200, "GET "+here("/bills/"+ids["bills"]), nil); !strings.Contains(a.body, `"open":1`) {
		t.Errorf("the bill: %s", a)
	}
	w.pays(t, 200, "POST "+here("/differences/"+ids["differences"]+"/resolve"), m{"reason": "另一个系统的收款"})
	w.pays(t, 409, "POST "+here("/differences/"+ids["differences"]+"/resolve"), m{"reason": "x"})
	w.uploadBill(t, 409, "2026-01-01", strings.Replace(aBill("2026-01-01"), marker, "corrected", 1))
	if a := w.pays(t, 200, "POST "+here("/bills/"+ids["bills"]+"/withdraw"), m{"reason": "下载错了账单"}); !strings.Contains(a.body, `"withdrawn"`) || !strings.Contains(a.body, "下载错了账单") {
		t.Errorf("a bill that was withdrawn: %s", a)
	}
	w.pays(t, 409, "POST "+here("/bills/"+ids["bills"]+"/withdraw"), m{"reason": "x"})
	w.uploadBill(t, 201, "2026-01-01", strings.Replace(aBill("2026-01-01"), marker, "corrected", 1))
}
