package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// sells puts a membership on sale.
func (w *world) sells(t *testing.T) {
	t.Helper()
	err := w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) error {
		return w.app.Members.DeclareTx(tx, membership.Config{Plans: []membership.Plan{{
			Name: "year", Title: text.Text{text.Hans: marker + "会员"}, Price: 1599_00, Period: membership.Period{Months: 12}, Refund: 7, Number: membership.Number{Pattern: "V{n:3}", Reserved: []int{88}},
			Benefits: []membership.Benefit{{Name: "salon", Title: text.Text{text.Hans: "沙龙"}, Count: 2}}, Waves: []membership.Wave{{Name: "first", Price: 999_00, Quota: 2}},
		}}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

type anOrder struct {
	ID, State                string
	Amount, Paid, Refunded   int
	Payments, Refunds, Items []struct{ ID, State, Channel string }
}

// pays does something as an owner with a second factor, which money asks for.
func (w *world) pays(t *testing.T, status int, route string, body any) answer {
	t.Helper()
	if w.boss == "" {
		w.boss = w.operator(t, w.community, "money@example.com", true, access.Owner)
	}
	a := w.do(t, w.boss, route, body)
	if a.status != status {
		t.Fatalf("%s: %s", route, a)
	}
	return a
}

// bought lets somebody buy the membership and get a part of it back, and gives the order and the refund.
func (w *world) bought(t *testing.T, person string) (order, refund string) {
	t.Helper()
	w.sells(t)
	var o anOrder
	w.must(t, http.StatusCreated, "POST "+here("/orders"), map[string]any{"person": person, "items": []any{map[string]any{"kind": "plan", "item": "year"}}}).into(t, &o)
	w.pays(t, http.StatusOK, "POST "+here("/orders/"+o.ID+"/confirm"), map[string]any{"amount": 99900, "ref": marker})
	w.settle(t)
	w.pays(t, http.StatusOK, "POST "+here("/orders/"+o.ID+"/refunds"), map[string]any{"amount": 100, "why": marker})
	w.settle(t)
	w.must(t, http.StatusOK, "GET "+here("/orders/"+o.ID), nil).into(t, &o)
	return o.ID, o.Refunds[0].ID
}

// trades does what else staff does with orders: gives all of one back, and ends one that nobody paid, whose id it gives.
func (w *world) trades(t *testing.T, ids lived) (unpaid string) {
	t.Helper()
	order := "/orders/" + ids["orders"]
	for range 2 {
		w.pays(t, http.StatusOK, "POST "+here("/refunds/"+ids["refunds"]+"/done"), nil)
	}
	w.pays(t, http.StatusConflict, "POST "+here(order+"/confirm"), map[string]any{"amount": 99900})
	w.pays(t, http.StatusConflict, "POST "+here(order+"/refunds"), map[string]any{"amount": 99801, "why": "x"})
	w.must(t, http.StatusConflict, "POST "+here(order+"/cancel"), nil)
	w.served(t, ids)
	w.pays(t, http.StatusOK, "POST "+here(order+"/refunds"), map[string]any{"why": "x"})
	var second anOrder
	body := map[string]any{"person": ids["people"], "items": []any{map[string]any{"kind": "plan", "item": "year"}}}
	w.must(t, http.StatusCreated, "POST "+here("/orders"), body).into(t, &second)
	w.pays(t, http.StatusConflict, "POST "+here("/orders/"+second.ID+"/confirm"), map[string]any{"amount": 99899})
	w.must(t, http.StatusOK, "POST "+here("/orders/"+second.ID+"/cancel"), nil)
	w.must(t, http.StatusOK, "GET "+here("/orders"), nil)
	w.must(t, http.StatusOK, "GET "+here("/plans"), nil)
	for _, read := range []string{"/members?state=lapsed", "/members/cohorts", "/pages"} {
		w.must(t, http.StatusOK, "GET "+here(read), nil)
	}
	w.reads(t)
	return second.ID
}

// reads goes from the whole of the books down to what caused one of their entries.
func (w *world) reads(t *testing.T) {
	t.Helper()
	var sheet struct {
		Lines []struct {
			Account string
			Balance int64
		}
		Totals map[string]int64
	}
	w.pays(t, http.StatusOK, "GET "+here("/books"), nil).into(t, &sheet)
	if sheet.Totals["CNY"] != 0 || len(sheet.Lines) < 3 {
		t.Errorf("books %+v", sheet)
	}
	var accounts struct{ Items []struct{ Account string } }
	w.pays(t, http.StatusOK, "GET "+here("/books/accounts?prefix=revenue"), nil).into(t, &accounts)
	var lines struct {
		Items []struct {
			Entry           string
			Amount, Balance int64
		}
	}
	w.pays(t, http.StatusOK, "GET "+here("/books/history?account="+accounts.Items[0].Account), nil).into(t, &lines)
	var entry struct {
		Entry    struct{ Subject string }
		Fact     struct{ Kind, Subject string }
		Reversed []struct{ Reverses string }
	}
	first := lines.Items[len(lines.Items)-1]
	w.pays(t, http.StatusOK, "GET "+here("/books/entries/"+first.Entry), nil).into(t, &entry)
	if accounts.Items[0].Account != "revenue:membership" || first.Amount != 99900 || entry.Fact.Kind != "shop.order_fulfilled" || entry.Fact.Subject != entry.Entry.Subject || len(entry.Reversed) != 2 {
		t.Errorf("from %+v to %+v and %+v", accounts.Items, first, entry)
	}
}

// Staff sells a membership, confirms that it was paid, and gives money back, which a person has to see to (M1, S2, S3).
func TestOrders(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.live(t)
		var o anOrder
		get := func() anOrder {
			t.Helper()
			o = anOrder{}
			w.must(t, http.StatusOK, "GET "+here("/orders/"+ids["orders"]), nil).into(t, &o)
			return o
		}
		if get(); o.State != "fulfilled" || o.Paid != 99900 || o.Refunded != 100 || o.Refunds[0].State != "waits" || o.Payments[0].Channel != "manual" {
			t.Errorf("order %+v", o)
		}
		var has struct {
			Memberships  []struct{ Plan, State string }
			Entitlements []struct {
				Benefit string
				Left    int
			}
			Terms []struct{ Price int }
		}
		w.must(t, http.StatusOK, "GET "+here("/people/"+ids["people"]+"/memberships"), nil).into(t, &has)
		if len(has.Memberships) != 1 || has.Memberships[0].State != "active" || len(has.Entitlements) != 1 || has.Entitlements[0].Left != 1 || has.Terms[0].Price != 99900 {
			t.Errorf("has %+v", has)
		}
		unpaid := w.trades(t, ids)
		if get(); o.State != "refunded" || o.Refunds[0].State != "done" {
			t.Errorf("after all went back: %+v", o)
		}
		type plan struct {
			Name string
			Sold []struct{ Sold, Room int }
		}
		var plans struct{ Items []plan }
		w.must(t, http.StatusOK, "GET "+here("/plans"), nil).into(t, &plans)
		year := slices.IndexFunc(plans.Items, func(p plan) bool { return p.Name == "year" })
		if year < 0 || plans.Items[year].Sold[0].Room != 1 { // the guest of earned has one
			t.Errorf("plans %+v", plans)
		}
		var list anOrder
		w.must(t, http.StatusOK, "GET "+here("/orders?state=closed&person="+ids["people"]), nil).into(t, &list)
		if len(list.Items) != 1 || list.Items[0].ID != unpaid {
			t.Errorf("closed orders %+v", list.Items)
		}
		w.must(t, http.StatusNotFound, "GET "+here("/orders/"+ids["people"]), nil)
		w.must(t, http.StatusUnprocessableEntity, "POST "+here("/orders"), map[string]any{"person": ids["people"], "items": []any{map[string]any{"kind": "none", "item": "x"}}})
	})
}

// Money that goes back by the end of a task wants the right and the second factor that it wants anywhere (X2, L2).
func TestWhoEndsARefundsTaskMayPostMoney(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var id string
		err := w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) error {
			x, err := w.app.Tasks.OpenTx(tx, task.Task{
				Kind: "refund-failed", Subject: tx.NewID(), SubjectKind: "refund", Role: task.RoleName(access.Admin), Due: tx.Now().Add(time.Hour), Outcomes: []task.Outcome{"ask-again", "settled"},
			})
			id = x.ID
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range []struct {
			mfa  bool
			want int
		}{{false, http.StatusForbidden}, {true, http.StatusOK}} {
			who := w.operator(t, w.community, fmt.Sprintf("admin%d@example.com", i), c.mfa, access.Admin)
			if a := w.do(t, who, "POST "+here("/tasks/"+id+"/finish"), m{"outcome": "settled"}); a.status != c.want {
				t.Errorf("second factor %t: %s, want %d", c.mfa, a, c.want)
			}
		}
	})
}
