package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// What the shop of the tests has: tea of a supplier, a group-buy of three, a coupon of ten yuan.
func tea() m {
	return m{
		"name": "tea", "title": m{"zh-Hans": marker + "茶"}, "kind": "goods", "supplier": "fuding", "per_person": 5, "return": 7,
		"skus": []m{{"name": "box", "title": m{"zh-Hans": "一盒"}, "price": 10000, "cost": 6000, "stock": 5}, {"name": "tin", "price": 3000, "cost": 2000, "stock": 2, "points": 300}},
	}
}

func three() m {
	return m{"name": "tea-3", "item": "tea/box", "size": 3, "window": "24h", "price": 8000}
}

func ten() m { return m{"code": "TEN", "title": m{"zh-Hans": "减十元"}, "off": 1000} }

// stocked opens the shop, and lets somebody buy a thing that is to be sent, and complain of it.
func (w *world) stocked(t *testing.T, ids lived) {
	t.Helper()
	w.must(t, 201, "POST "+here("/products"), tea())
	w.must(t, 201, "POST "+here("/offers"), three())
	w.must(t, 201, "POST "+here("/coupons"), ten())
	ids["products"], ids["offers"], ids["coupons"], ids["suppliers"] = "tea", "tea-3", "TEN", "fuding"
	ids["group-buys"] = w.make(t, here("/group-buys"), m{"offer": "tea-3"}).ID
	ids["shipments"], ids["complaints"] = w.wants(t, ids["people"], "goods", "tea/box"), ""
	err := w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) (err error) {
		ids["complaints"], err = w.app.Goods.ComplainTx(tx, ids["shipments"], marker)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

type anOrderOf struct {
	ID, State string
	Amount    int
	Waits     bool
	Lines     []struct{ Ref, Product string }
}

// wants lets a person buy a thing, and gives what it is.
func (w *world) wants(t *testing.T, person, kind, item string) string {
	t.Helper()
	var o anOrderOf
	w.must(t, 201, "POST "+here("/orders"), m{"person": person, "items": []m{{"kind": kind, "item": item}}}).into(t, &o)
	w.pays(t, 200, "POST "+here("/orders/"+o.ID+"/confirm"), m{"amount": o.Amount})
	w.settle(t)
	return o.Lines[0].Ref
}

// keepsShop does everything that staff does with a shop (S1–S5, L2).
func (w *world) keepsShop(t *testing.T, ids lived) {
	t.Helper()
	w.clock.Advance(time.Second) // a price that was asked for no time is none
	for path, want := range map[string]string{
		"/products":     `"stock":[{"sku":"box","held":0,"sold":1,"left":4},{"sku":"tin","held":0,"sold":0,"left":2}],"revenue":10000,"account":"revenue:shop:tea"`,
		"/products/tea": `"strikes":[{"sku":"box","most":10000},{"sku":"tin","most":3000}]`, "/offers": `"window":"1d"`, "/coupons": `"used":0`, "/coupons/ten": `"TEN"`,
		"/group-buys": ids["group-buys"], "/group-buys?offer=tea-3&state=open": ids["group-buys"], "/group-buys/" + ids["group-buys"]: `"paid":0`,
		"/group-buys/" + ids["group-buys"] + "/members": `"items":[]`, "/shipments": ids["shipments"], "/shipments?supplier=fuding": `"cost":6000`,
		"/shipments?state=sent": `"items":[]`, "/complaints": ids["complaints"], "/complaints/" + ids["complaints"]: marker, "/orders?product=goods:tea": `"product":"goods:tea"`,
		"/orders?product=goods:none":           `"items":[]`,
		"/ladder":                              `"mid":50000,"high":1000000,"rungs":[{"rung":"free","items":[]},{"rung":"low","items":[{"kind":"goods","item":"tea","part":"tin"`,
		"/people/" + ids["people"] + "/ladder": `"why":"`,
	} {
		if a := w.must(t, 200, "GET "+here(path), nil); !strings.Contains(a.body, want) {
			t.Errorf("%s has no %s: %s", path, want, a)
		}
	}
	w.sets(t)
	w.sends(t, ids)
	w.answers(t, ids)
	w.settles(t, ids)
}

// sets changes products, offers, coupons and the stock.
func (w *world) sets(t *testing.T) {
	t.Helper()
	w.must(t, http.StatusConflict, "POST "+here("/products"), tea())
	changed := tea()
	changed["skus"].([]m)[0]["price"] = 9000
	changed["skus"].([]m)[0]["strike"] = 12000
	if a := w.must(t, 422, "PUT "+here("/products/tea"), changed); a.code() != "request.fields" && !strings.Contains(a.body, goods.ErrStrike.Code) {
		t.Errorf("a price that was never asked is struck through: %s", a)
	}
	changed["skus"].([]m)[0]["strike"] = 10000
	w.must(t, http.StatusPreconditionFailed, "PUT "+here("/products/tea"), changed, `If-Match: "v9"`)
	if a := w.must(t, 200, "PUT "+here("/products/tea"), changed, `If-Match: "v1"`); a.Header.Get("ETag") != `"v2"` || !strings.Contains(a.body, `"strike":10000`) {
		t.Errorf("changed: %s", a)
	}
	if a := w.must(t, 200, "POST "+here("/products/tea/stock"), m{"sku": "tin", "by": 3}); !strings.Contains(a.body, `"left":5`) {
		t.Errorf("more tins: %s", a)
	}
	w.must(t, http.StatusConflict, "POST "+here("/products/tea/stock"), m{"sku": "tin", "by": -6})
	for _, retired := range []bool{true, false} {
		w.must(t, 200, "POST "+here("/products/tea/retire"), m{"retired": retired})
		w.must(t, 200, "POST "+here("/offers/tea-3/retire"), m{"retired": retired})
		w.must(t, 200, "POST "+here("/coupons/ten/retire"), m{"retired": retired})
	}
	two := three()
	two["size"] = 2
	w.must(t, http.StatusPreconditionFailed, "PUT "+here("/offers/tea-3"), two, `If-Match: "v1"`)
	w.must(t, 200, "PUT "+here("/offers/tea-3"), two, `If-Match: "v3"`)
	w.must(t, http.StatusPreconditionFailed, "PUT "+here("/coupons/TEN"), ten(), `If-Match: "v1"`)
	w.must(t, 200, "PUT "+here("/coupons/TEN"), ten(), `If-Match: "v3"`)
	viewer := w.operator(t, w.community, "looks@example.com", true, access.Viewer)
	if a := w.do(t, viewer, "POST "+here("/products/tea/stock"), m{"sku": "tin", "by": 1}); a.code() != "access.denied" {
		t.Errorf("who only looks changes the stock: %s", a)
	}
}

// sends ships what waits, which an address is needed for.
func (w *world) sends(t *testing.T, ids lived) {
	t.Helper()
	send := "POST " + here("/shipments/"+ids["shipments"]+"/send")
	if a := w.must(t, http.StatusConflict, send, m{"carrier": "顺丰"}); a.code() != goods.ErrNoAddress.Code {
		t.Errorf("to nowhere: %s", a)
	}
	err := w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) error {
		home, err := w.app.Goods.AddAddressTx(tx, ids["people"], goods.Address{Name: "王小明", Phone: "13800000001", Region: "福建福鼎", Street: "太姥山路 1 号"})
		if err != nil {
			return err
		}
		return w.app.Goods.SendToTx(tx, ids["shipments"], home.ID)
	})
	if err != nil {
		t.Fatal(err)
	}
	if a := w.must(t, 200, "GET "+here("/shipments"), nil); !strings.Contains(a.body, `"addressed":true`) || strings.Contains(a.body, "太姥山") {
		t.Errorf("what waits: %s", a)
	}
	look := "POST " + here("/shipments/"+ids["shipments"]+"/address")
	nurse := w.operator(t, w.community, "packs@example.com", false, access.Service)
	if a := w.do(t, nurse, look, m{"reason": "发货"}); a.code() != "access.mfa_needed" {
		t.Errorf("an address without a second factor: %s", a)
	}
	if a := w.pays(t, 200, look, m{"reason": "发货"}); !strings.Contains(a.body, "太姥山") {
		t.Errorf("the address: %s", a)
	}
	if a := w.must(t, 200, send, m{"carrier": "顺丰", "tracking": "SF1"}); !strings.Contains(a.body, `"tracking":"SF1"`) {
		t.Errorf("sent: %s", a)
	}
	w.must(t, http.StatusConflict, send, m{"carrier": "顺丰"})
	for state, want := range map[string]string{"waits": `"items":[]`, "sent": ids["shipments"], "come": `"items":[]`} {
		if a := w.must(t, 200, "GET "+here("/shipments?state="+state), nil); !strings.Contains(a.body, want) {
			t.Errorf("%s: %s", state, a)
		}
	}
}

// answers gives the money back that a buyer asks for, which only who may post money does.
func (w *world) answers(t *testing.T, ids lived) {
	t.Helper()
	back := m{"outcome": "refund", "words": "原路退回"}
	answer := here("/complaints/" + ids["complaints"] + "/answer")
	nurse := w.operator(t, w.community, "consoles@example.com", true, access.Service)
	if a := w.do(t, nurse, "POST "+answer, back); a.code() != "access.denied" {
		t.Errorf("a refund by who may not post money: %s", a)
	}
	if a := w.do(t, nurse, "POST "+here("/tasks/"+ids["complaints"]+"/finish"), m{"outcome": "refund"}); a.code() != "access.denied" {
		t.Errorf("a refund by the task, by who may not post money: %s", a)
	}
	if a := w.must(t, 404, "POST "+here("/complaints/"+ids["tasks"]+"/answer"), back); a.code() != "goods.no_complaint" {
		t.Errorf("another task: %s", a)
	}
	if a := w.pays(t, 200, "POST "+answer, back); !strings.Contains(a.body, `"state":"finished"`) || !strings.Contains(a.body, "原路退回") {
		t.Errorf("answered: %s", a)
	}
	w.settle(t)
	if a := w.must(t, 200, "GET "+here("/complaints?state=finished&person="+ids["people"]), nil); !strings.Contains(a.body, `"outcome":"refund"`) || !strings.Contains(a.body, `"state":"returned"`) {
		t.Errorf("after the answer: %s", a)
	}
	if a := w.must(t, 200, "GET "+here("/products"), nil); !strings.Contains(a.body, `"revenue":0`) {
		t.Errorf("what was earned: %s", a)
	}
}

// settles pays a supplier, and looks at a month; and gives somebody points, who spends them.
func (w *world) settles(t *testing.T, ids lived) {
	t.Helper()
	month := w.clock.Now().In(time.FixedZone("", 8*3600)).Format("2006-01")
	if a := w.must(t, 200, "GET "+here("/suppliers"), nil); !strings.Contains(a.body, `"name":"fuding","products":1,"waiting":0,"owed":6000`) {
		t.Errorf("suppliers: %s", a)
	}
	pay := "POST " + here("/suppliers/fuding/payments")
	if a := w.pays(t, http.StatusConflict, pay, m{"amount": 6001}); a.code() != goods.ErrPaidMore.Code {
		t.Errorf("more than is owed: %s", a)
	}
	w.pays(t, 422, pay, m{"amount": 0})
	for range 2 { // the second one, by the same number of the bank's, is the same payment
		w.pays(t, 201, pay, m{"amount": 4000, "ref": "B1"})
	}
	var noted struct{ Items []any }
	w.must(t, 200, "GET "+here("/audit?action=supplier.pay"), nil).into(t, &noted)
	if len(noted.Items) != 1 {
		t.Errorf("one payment was written down as %d", len(noted.Items))
	}
	var s struct {
		Opening, Cost, Paid, Closing int
		Items                        []struct {
			Amount, Balance int
			Item            *struct{ ID, Order, Nickname string }
		}
		Next string
	}
	w.must(t, 200, "GET "+here("/suppliers/fuding/statement?limit=1&month="+month), nil).into(t, &s)
	if s.Opening != 0 || s.Cost != 6000 || s.Paid != 4000 || s.Closing != 2000 || len(s.Items) != 1 || s.Items[0].Item == nil || s.Items[0].Item.ID != ids["shipments"] || s.Items[0].Item.Order == "" {
		t.Errorf("the statement %+v", s)
	}
	w.must(t, 200, "GET "+here("/suppliers/fuding/statement?limit=1&month="+month+"&cursor="+s.Next), nil).into(t, &s)
	if len(s.Items) != 1 || s.Items[0].Amount != -4000 || s.Items[0].Balance != 2000 || s.Items[0].Item != nil && s.Items[0].Item.ID != ids["shipments"] {
		t.Errorf("its second page %+v", s.Items)
	}
	w.must(t, 200, "GET "+here("/suppliers/fuding/statement?month=2020-01"), nil).into(t, &s)
	if s.Opening+s.Cost+s.Paid+s.Closing != 0 {
		t.Errorf("a month before: %+v", s)
	}
	w.must(t, 422, "GET "+here("/suppliers/fuding/statement?month=2026-13"), nil)

	points := here("/people/" + ids["people"] + "/points")
	w.pays(t, 422, "POST "+points, m{"points": 0, "why": "gift"})
	if a := w.pays(t, http.StatusConflict, "POST "+points, m{"points": -1, "why": "correction"}); a.code() != "shop.few_points" {
		t.Errorf("points that they have not: %s", a)
	}
	w.pays(t, 201, "POST "+points, m{"points": 310, "why": "prize"})
	w.pays(t, 201, "POST "+points, m{"points": -5, "why": "prize"})
	w.must(t, 201, "POST "+here("/orders"), m{"person": ids["people"], "items": []m{{"kind": "goods", "item": "tea/tin"}}, "points": true})
	if a := w.must(t, 200, "GET "+points, nil); !strings.Contains(a.body, `{"balance":5,`) || !strings.Contains(a.body, `"kind":"spent","points":-300`) || !strings.Contains(a.body, `"kind":"withdrew"`) || !strings.Contains(a.body, `"kind":"granted","points":310`) {
		t.Errorf("points: %s", a)
	}
	var o anOrderOf
	w.must(t, 201, "POST "+here("/orders"), m{"person": ids["people"], "items": []m{{"kind": "goods", "item": "tea/box"}}, "coupon": "ten"}).into(t, &o)
	if a := w.must(t, 200, "GET "+here("/orders?coupon=TEN"), nil); o.Amount != 8000 || !strings.Contains(a.body, o.ID) {
		t.Errorf("orders with a coupon: %d, %s", o.Amount, a)
	}
}

// S4: who takes part in a group-buy stands in its list with their orders.
func TestGroupBuyMembers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(t, 201, "POST "+here("/products"), tea())
		offer := three()
		offer["size"] = 2
		w.must(t, 201, "POST "+here("/offers"), offer)
		group := w.make(t, here("/group-buys"), m{"offer": "tea-3"}).ID
		for i, want := range []string{`"state":"waits"`, `"state":"sold"`} {
			w.wants(t, w.person(t, "1380000005"+string(rune('0'+i))), "group", "tea-3/"+group)
			a := w.must(t, 200, "GET "+here("/group-buys/"+group+"/members"), nil)
			if strings.Count(a.body, want) != i+1 || strings.Count(a.body, `"order":"`) != i+1 {
				t.Errorf("after %d: %s", i+1, a)
			}
		}
		if a := w.must(t, 200, "GET "+here("/group-buys?state=full"), nil); !strings.Contains(a.body, `"paid":2`) {
			t.Errorf("full: %s", a)
		}
		if a := w.must(t, 200, "GET "+here("/products"), nil); !strings.Contains(a.body, `"revenue":16000`) {
			t.Errorf("earned: %s", a)
		}
		if a := w.must(t, 200, "GET "+here("/orders?product=goods:tea"), nil); strings.Count(a.body, `"kind":"group"`) != 2 {
			t.Errorf("the product's orders: %s", a)
		}
	})
}
