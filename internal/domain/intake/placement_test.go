package intake_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// place pays for a presence with one entry, whose code is its name.
func (w *world) place(name, pool string, cost money.Fen) (p intake.Placement) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		s, err := w.Intake.EnsureSourceTx(tx, intake.Source{Name: "投放", Kind: "account"})
		if err != nil {
			return err
		}
		if p, err = w.Intake.AddPlacementTx(tx, intake.Placement{Source: s.ID, Name: name, Pool: pool, Cost: cost}); err != nil {
			return err
		}
		_, err = w.Intake.AddEntryTx(tx, intake.Entry{Code: name, Title: name, Source: s.ID, Placement: p.ID, Path: "direct", LiveCode: "room"})
		return err
	})
	return p
}

func (w *world) figures(p intake.Placement) (f intake.PlacementFigures) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) { f, err = w.Intake.FiguresTx(tx, p.ID); return err })
	return f
}

// pays lets a person have what they paid for, of which some goes back.
func (w *world) pays(order, person string, paid, back money.Fen) {
	w.t.Helper()
	for range 2 { // told twice
		w.do(func(tx *db.Tx) error {
			if err := w.Intake.BoughtTx(tx, intake.Bought{Order: order, Person: person, Paid: paid, At: tx.Now()}); err != nil {
				return err
			}
			return w.Intake.GivenBackTx(tx, order, back)
		})
	}
}

func (w *world) counts(p intake.Placement, want string) {
	w.t.Helper()
	f := w.figures(p)
	if got := fmt.Sprint(f.Came, f.Contacts, f.Converted, f.Orders, f.Revenue); got != want {
		w.t.Errorf("%s: came, contacts, converted, orders, revenue %s, want %s", p.Name, got, want)
	}
	w.read(func(tx *db.Tx) error {
		found, err := intake.Verify(tx)
		for _, x := range found {
			w.t.Errorf("%+v", x)
		}
		return err
	})
}

// G7: a placement is credited with those whose first way in it was, with what they bought, and with nobody else.
func TestAPlacementsFigures(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		paid, other := w.place("paid", "同类号", 1000_00), w.place("free-one", "", 0)
		ann := w.register("paid", w.come("paid", "1"), "1", "13800000001").Person
		w.come("paid", "2")
		w.come("free-one", "3")
		w.come("paid", "3") // came first by the other
		w.come("open", "4")
		w.come("paid", "4") // came first without any
		w.counts(paid, "2 1 0 0 0.00")
		w.counts(other, "1 0 0 0 0.00")

		w.Clock.Advance(3 * 24 * time.Hour)
		w.pays("o1", ann, 999_00, 0)
		w.counts(paid, "2 1 1 1 999.00")
		if f := w.figures(paid); f.PaybackDays != nil || *f.ROIBP != -10 || *f.RateBP != 10_000 {
			t.Errorf("%+v", f)
		}
		w.Clock.Advance(24 * time.Hour)
		w.pays("o2", ann, 601_00, 100_00)
		w.counts(paid, "2 1 1 2 1500.00")
		if f := w.figures(paid); f.PaybackDays == nil || *f.PaybackDays != 4 || *f.ROIBP != 5_000 || f.Profit != 500_00 {
			t.Errorf("%+v, %v days", f, f.PaybackDays)
		}
		w.pays("o1", ann, 999_00, 999_00)
		w.pays("o2", ann, 601_00, 601_00)
		w.counts(paid, "2 1 0 2 0.00")
	})
}

// Two who are one came once, by the earlier way, and bought once.
func TestAMergeLeavesOneFirstWayIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b := w.place("aaaa", "", 1), w.place("bbbb", "", 1)
		one := w.come("aaaa", "1")
		w.Clock.Advance(time.Minute)
		two := w.register("bbbb", w.come("bbbb", "2"), "2", "13800000001").Person
		three := w.come("aaaa", "3")
		w.pays("o1", one, 100, 0)
		w.pays("o2", three, 100, 0)
		w.pays("o3", two, 100, 0)
		w.counts(a, "2 0 2 2 2.00")
		w.counts(b, "1 1 1 1 1.00")
		for _, from := range []string{two, three} {
			_, err := w.People.Merge(t.Context(), w.Community, one, from, "")
			w.must(err)
		}
		w.counts(a, "1 1 1 2 2.00")
		w.counts(b, "0 0 1 1 1.00")
		w.pays("o4", two, 100, 0)
		w.counts(a, "1 1 1 3 3.00")
	})
}

// The best placement stands first, page by page; those that can't be ranked come last.
func TestPlacementsAreRanked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i, x := range []struct {
			pool    string
			cost    money.Fen
			revenue money.Fen
		}{{"号", 100_00, 300_00}, {"群", 100_00, 50_00}, {"号", 0, 70_00}, {"群", 200_00, 400_00}} {
			p := w.place(fmt.Sprint("place-", i), x.pool, x.cost)
			w.pays(fmt.Sprint("order ", i), w.come(p.Name, fmt.Sprint(i+1)), x.revenue, 0)
		}
		order := func(by intake.Ranking, pool string) (names []string) {
			for cursor := ""; ; {
				var p page.Page[intake.PlacementFigures]
				w.read(func(tx *db.Tx) (err error) { p, err = w.Intake.RankTx(tx, by, pool, cursor, 1); return err })
				for _, f := range p.Items {
					names = append(names, strings.TrimPrefix(f.Name, "place-"))
				}
				if cursor = p.Next; cursor == "" {
					return names
				}
			}
		}
		for by, want := range map[intake.Ranking]string{"": "[0 3 1 2]", intake.ByRevenue: "[3 0 2 1]", intake.ByCost: "[3 1 0 2]"} {
			if got := fmt.Sprint(order(by, "")); got != want {
				t.Errorf("by %q: %s, want %s", by, got, want)
			}
		}
		if got := fmt.Sprint(order(intake.ByROI, "群")); got != "[3 1]" {
			t.Errorf("of one pool: %s", got)
		}
		w.read(func(tx *db.Tx) error {
			pools, err := w.Intake.PoolsTx(tx)
			if err == nil && (len(pools) != 2 || pools[0].Cost+pools[1].Cost != 400_00 || pools[0].Placements != 2) {
				t.Errorf("pools %+v", pools)
			}
			_, refused := w.Intake.RankTx(tx, "luck", "", "", 1)
			w.wants(refused, intake.ErrRanking)
			return err
		})
	})
}

func TestAPlacementIsChanged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.place("paid", "", 100)
		p.Cost, p.Pool, p.Name = 200, "群", "四月"
		w.do(func(tx *db.Tx) error { _, err := w.Intake.SetPlacementTx(tx, p); return err })
		if f := w.figures(p); f.Cost != 200 || f.Pool != "群" || f.Name != "四月" {
			t.Errorf("%+v", f)
		}
		p.Cost, p.Pool = -1, strings.Repeat("群", 81)
		err := w.DB.Do(t.Context(), w.Community, func(tx *db.Tx) error { _, err := w.Intake.SetPlacementTx(tx, p); return err })
		w.wants(err, intake.ErrCost)
		w.wants(err, intake.ErrPool)
		p.ID, p.Cost, p.Pool = "none", 1, ""
		w.wants(w.DB.Do(t.Context(), w.Community, func(tx *db.Tx) error { _, err := w.Intake.SetPlacementTx(tx, p); return err }), intake.ErrNoPlacement)
	})
}

// G7: contacts × rate × price − cost. The published case: 400 in the group at 2.75 % and ¥5,800 are 11 sales and ¥63,800.
func TestWhatIf(t *testing.T) {
	o, err := intake.Prospect{Contacts: 400, RateBP: 275, Price: 5800_00, Cost: 10_000_00}.Outlook()
	if err != nil || o.Sales != 11 || o.Revenue != 63_800_00 || o.Profit != 53_800_00 || *o.ROIBP != 53_800 || *o.SalesNeeded != 2 || *o.RateNeeded != 50 {
		t.Errorf("%+v %v", o, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := intake.Prospect{
			Contacts: rapid.IntRange(0, 1_000_000).Draw(t, "contacts"), RateBP: rapid.IntRange(0, 10_000).Draw(t, "rate"),
			Price: money.Fen(rapid.Int64Range(0, 1_000_000_00).Draw(t, "price")), Cost: money.Fen(rapid.Int64Range(0, 100_000_000_00).Draw(t, "cost")),
		}
		o, err := p.Outlook()
		if err != nil || o.Profit != o.Revenue-p.Cost || o.Sales > int64(p.Contacts) || (o.ROIBP == nil) != (p.Cost == 0) {
			t.Fatalf("%+v: %+v %v", p, o, err)
		}
		if o.RateNeeded != nil { // at that rate it pays, and a point below it does not
			p.RateBP = int(*o.RateNeeded)
			if at, _ := p.Outlook(); at.Profit < 0 {
				t.Fatalf("%+v at the rate that it needs: %+v", p, at)
			}
			if p.RateBP--; p.RateBP >= 0 && p.Cost > 0 {
				if below, _ := p.Outlook(); below.Profit >= 0 {
					t.Fatalf("%+v below the rate that it needs: %+v", p, below)
				}
			}
		}
	})
	for _, bad := range []intake.Prospect{{Contacts: -1}, {RateBP: 10_001}, {Price: -1}, {Cost: 1 << 60}} {
		if _, err := bad.Outlook(); err == nil {
			t.Errorf("%+v is worked out", bad)
		}
	}
}

// G10: a post is planned with an entry of its own, published, and counted by it.
func TestAPostFromPlanToLeads(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var p, q intake.Post
		plan := func(title string) (p intake.Post) {
			w.do(func(tx *db.Tx) error {
				s, err := w.Intake.EnsureSourceTx(tx, intake.Source{Name: "知乎", Kind: "article"})
				if err != nil {
					return err
				}
				p, err = w.Intake.PlanPostTx(tx, intake.PostDraft{Source: s.ID, Title: title, PlannedAt: tx.Now().Add(time.Hour), Path: "direct"})
				return err
			})
			return p
		}
		p, q = plan("第一篇"), plan("第二篇")
		try := func(x intake.Post) error {
			return w.DB.Do(t.Context(), w.Community, func(tx *db.Tx) (err error) { x, err = w.Intake.SetPostTx(tx, x, "boss"); return err })
		}
		bad := func(want error, change func(*intake.Post)) {
			x := p
			change(&x)
			w.wants(try(x), want)
		}
		bad(intake.ErrPostLink, func(p *intake.Post) { p.PublishedAt = w.Clock.Now() })
		bad(intake.ErrPostLink, func(p *intake.Post) { p.Link = "javascript:1" })
		bad(intake.ErrPostReach, func(p *intake.Post) { p.Reach = 5 })
		bad(intake.ErrPostStale, func(p *intake.Post) { p.Version = 9 })
		bad(intake.ErrUnknownPost, func(p *intake.Post) { p.ID = "none" })
		p.PublishedAt, p.Link, p.Reach = w.Clock.Now(), "https://example.com/1", 1200
		w.must(try(p))
		p.Version++
		bad(intake.ErrPostOut, func(p *intake.Post) { p.PublishedAt = time.Time{}; p.Reach = 0 })
		w.wants(w.DB.Do(t.Context(), w.Community, func(tx *db.Tx) error { _, err := w.Intake.DropPostTx(tx, p.ID); return err }), intake.ErrPostOut)
		w.do(func(tx *db.Tx) error { _, err := w.Intake.DropPostTx(tx, q.ID); return err })
		w.wants(try(q), intake.ErrPostStale)
		w.read(func(tx *db.Tx) error {
			e, err := w.Intake.EntryTx(tx, p.Entry)
			if err != nil {
				return err
			}
			x, err := w.Intake.EntryTx(tx, q.Entry)
			if e.State != intake.Active || x.State != intake.Retired {
				t.Errorf("entries %+v %+v", e, x)
			}
			p.Entry = e.Code
			return err
		})
		w.register(p.Entry, w.come(p.Entry, "1"), "1", "13800000001")
		w.come(p.Entry, "2")
		w.read(func(tx *db.Tx) error {
			list, err := w.Intake.PostsTx(tx, p.Source, intake.PostPublished, "", 10)
			if err == nil && (len(list.Items) != 1 || list.Items[0].Came != 2 || list.Items[0].Registered != 1 || list.Items[0].Reach != 1200 || list.Items[0].State != intake.PostPublished) {
				t.Errorf("%+v", list.Items)
			}
			return err
		})
		w.sound()
	})
}

func TestReadsOfPlacementsUseIndexes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.place("paid", "", 100)
		const many = 3000
		fill := func(table, columns string, row func(i int) []any) {
			w.do(func(tx *db.Tx) error {
				rows := make([][]any, many)
				for i := range rows {
					rows[i] = append([]any{tx.Community()}, row(i)...)
				}
				return tx.Insert(table, strings.Split("community_id, "+columns, ", "), rows)
			})
		}
		id := func(kind string, i int) string { return fmt.Sprintf("%s%05d", kind, i) }
		at := func(i int) time.Time { return w.Clock.Now().Add(time.Duration(i) * time.Minute) }
		fill("intake_origin", "person, placement, entry, at", func(i int) []any { return []any{id("p", i), id("l", i/50), "e", at(i)} })
		fill("intake_sale", "order_id, placement, person, paid, at", func(i int) []any { return []any{id("o", i), id("l", i/50), id("p", i), 100, at(i)} })
		fill("intake_post", "id, source, title, entry, planned_at, version, created_at", func(i int) []any { return []any{id("t", i), id("s", i/50), "x", id("e", i), at(i), 1, at(i)} })
		fill("intake_entry", "id, code, title, path, state, created_at", func(i int) []any { return []any{id("e", i), id("c", i), "x", "direct", "active", at(i)} })
		if _, err := w.DB.SQL().ExecContext(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
		d := &testkit.DB{DB: w.DB, Clock: w.Clock, Community: w.Community}
		for name, read := range map[string]func(tx *db.Tx) error{
			"origins": func(tx *db.Tx) error { _, err := w.Intake.OriginsTx(tx, p.ID, "", 20); return err },
			"sales":   func(tx *db.Tx) error { _, err := w.Intake.PlacedSalesTx(tx, p.ID, "", 20); return err },
			"figures": func(tx *db.Tx) error { _, err := w.Intake.FiguresTx(tx, p.ID); return err },
			"posts":   func(tx *db.Tx) error { _, err := w.Intake.PostsTx(tx, "", "", "", 20); return err },
			"place":   func(tx *db.Tx) error { _, err := w.Intake.PostsTx(tx, "s00005", "", "", 20); return err },
		} {
			plan := testkit.Plan(t, d, read)
			for _, table := range []string{"intake_origin", "intake_sale", "intake_post", "intake_entry", "p", "e"} {
				if strings.Contains(plan, "Seq Scan on "+table) || strings.Contains(plan, "SCAN "+table+"\n") || strings.Contains(plan, "SCAN "+table+" ") {
					t.Errorf("%s reads all of %s: %s", name, table, plan)
				}
			}
			if plan == "" {
				t.Errorf("%s has no plan", name)
			}
		}
	})
}
