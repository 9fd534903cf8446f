package growth_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	made "github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// No list and no step of a guest's way reads what all the others have.
func TestReadsUseIndexes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lockIn())
		const many = 3000
		fill := func(table, columns string, row func(i int) []any) {
			w.Do(func(tx *db.Tx) error {
				rows := make([][]any, many)
				for i := range rows {
					rows[i] = append([]any{tx.Community()}, row(i)...)
				}
				return tx.Insert(table, strings.Split("community_id, "+columns, ", "), rows)
			})
		}
		ago := func(i int) time.Time { return w.D.Clock.Now().Add(-time.Duration(i) * time.Minute) }
		id := func(kind string, i int) string { return fmt.Sprintf("%s%05d", kind, i) }
		fill("growth_link", "id, code, sharer, product, parent, created_at", func(i int) []any {
			return []any{id("l", i), id("c", i), id("p", i), "", id("l", i/2-1), w.D.Clock.Now()}
		})
		fill("growth_touch", "holder, product, person, first_link, first_at, last_link, last_at", func(i int) []any {
			return []any{id("p", i), "", true, id("l", 1), w.D.Clock.Now(), id("l", 1), w.D.Clock.Now()}
		})
		fill("growth_mark", "person, kind, hash, at", func(i int) []any { return []any{id("p", i), "device", id("h", i), w.D.Clock.Now()} })
		fill("growth_lead", "link, person, at", func(i int) []any { return []any{id("l", i/3), id("p", i), w.D.Clock.Now()} })
		fill("growth_visit", "link, day, visitor, views", func(i int) []any { return []any{id("l", i/3), "2026-03-01", id("v", i), 1} })
		fill("growth_bond", "id, programme, version, binds, promoter, guest, fact, made, state, bound_at, valid_until, protect_until", func(i int) []any {
			at := ago(i)
			return []any{id("b", i), "lock-in", 1, "attendance", id("p", i/3), id("g", i), id("f", i), made.From(at), "active", at, at, at}
		})
		fill("growth_sale", "order_id, buyer, link, paid, lines, paid_at, refund_until, fact, heard", func(i int) []any {
			return []any{id("o", i), id("g", i), id("l", i/3), 100, db.JSON[[]growth.Line]{V: []growth.Line{vip(1)}}, ago(i), ago(i), id("f", i), made.From(ago(i))}
		})
		fill("growth_reward", "id, order_id, programme, version, level, bond, promoter, kind, base, amount, release_at, fact, at", func(i int) []any {
			return []any{id("r", i), id("o", i), "lock-in", 1, 1, id("b", i), id("p", i/3), "service", 100, 1, w.D.Clock.Now(), id("f", i), w.D.Clock.Now()}
		})
		if _, err := w.D.SQL().ExecContext(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
		for name, read := range map[string]func(tx *db.Tx) error{
			"guests":      func(tx *db.Tx) error { _, err := w.GuestsTx(tx, "p00005", "", 20); return err },
			"promoters":   func(tx *db.Tx) error { _, err := w.PromotersTx(tx, "g00005", "", 20); return err },
			"rewards":     func(tx *db.Tx) error { _, err := w.RewardsTx(tx, "p00005", "", 20); return err },
			"all rewards": func(tx *db.Tx) error { _, err := w.AllRewardsTx(tx, growth.RewardFilter{}, "", 20); return err },
			"in a state": func(tx *db.Tx) error {
				_, err := w.AllRewardsTx(tx, growth.RewardFilter{Promoter: "p00005", State: growth.Released}, "", 20)
				return err
			},
			"links":    func(tx *db.Tx) error { _, err := w.LinksTx(tx, "p00005"); return err },
			"children": func(tx *db.Tx) error { _, err := w.ChildrenTx(tx, "l00005", "", 20); return err },
			"why":      func(tx *db.Tx) error { _, err := w.WhyTx(tx, "r00005"); return err },
			"earned":   func(tx *db.Tx) error { _, err := w.HasEarnedTx(tx, "p00005"); return err },
			"a simulation": func(tx *db.Tx) error {
				_, err := w.SimulateTx(tx, lockIn(), tx.Now().Add(-time.Hour), tx.Now().Add(-55*time.Minute))
				return err
			},
			"a link": func(tx *db.Tx) error { _, err := w.LinkByCode(tx, "c00005"); return err },
		} {
			plan := testkit.Plan(t, w.D, read)
			for _, table := range []string{"link", "touch", "mark", "lead", "visit", "bond", "sale", "reward"} {
				if strings.Contains(plan, "Seq Scan on growth_"+table) || strings.Contains(plan, "SCAN growth_"+table) {
					plan = "reads all of growth_" + table + ":\n" + plan
				}
			}
			if plan == "" || strings.HasPrefix(plan, "reads all") || strings.Contains(plan, "(community_id=?)") {
				t.Errorf("%s: %s", name, plan)
			}
		}
	})
}
