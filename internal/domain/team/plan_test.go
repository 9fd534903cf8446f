package team_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// No list, and nothing that happens to one contact or order, reads those of all the others.
func TestReadsUseIndexes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(config())
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
		id := func(kind string, i int) string { return fmt.Sprintf("%s%05d", kind, i) }
		month := func(i int) string { return fmt.Sprintf("20%02d-%02d", 10+i/12%60, 1+i%12) }
		now := w.D.Clock.Now()
		fill("team_turn", "id, person, side, department, staff, reason, version, at, given_at, touched_at", func(i int) []any {
			at := now.Add(time.Duration(i) * time.Hour)
			return []any{id("t", i), id("p", i), "sales", "sales", id("s", i/10), "load", 1, at, at, at}
		})
		fill("team_credit", "order_id, person, kind, department, staff, reason, version, fact, amount, refunded, month, at", func(i int) []any {
			return []any{id("o", i), id("p", i), "new", "sales", id("s", i/10), "owner", 1, "f", 100, 10, month(i), now}
		})
		fill("team_return", "order_id, fact, amount, month, at", func(i int) []any { return []any{id("o", i), "f", 10, month(i + 1), now} })
		fill("team_statement", "id, month, department, staff, state, volume, commission, taken, carried, total, closed_by, at", func(i int) []any {
			return []any{id("x", i), month(i), "sales", id("s", i/10), "draft", 100, 3, 0, 0, 3, "boss", now}
		})
		fill("team_line", "statement, n, kind, order_id, base, fen", func(i int) []any { return []any{id("x", i), 1, "commission", id("o", i), 100, 3} })
		fill("team_target", "month, department, staff, kind, amount, set_by, at", func(i int) []any {
			return []any{month(i), "sales", id("s", i), "sales", 1, "boss", now}
		})
		if _, err := w.D.SQL().ExecContext(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
		for name, read := range map[string]func(tx *db.Tx) error{
			"in hand": func(tx *db.Tx) error {
				_, err := w.OpenTx(tx, team.TurnFilter{Staff: "s00005", Side: team.SideSales}, "", 20)
				return err
			},
			"pool":    func(tx *db.Tx) error { _, err := w.OpenTx(tx, team.TurnFilter{}, "", 20); return err },
			"owners":  func(tx *db.Tx) error { _, err := w.TurnsTx(tx, "p00005", "", 20); return err },
			"owner":   func(tx *db.Tx) error { _, err := w.OwnerTx(tx, "p00005", team.SideSales); return err },
			"credits": func(tx *db.Tx) error { _, err := w.CreditsTx(tx, team.CreditFilter{}, "", 20); return err },
			"credits of": func(tx *db.Tx) error {
				_, err := w.CreditsTx(tx, team.CreditFilter{Staff: "s00005"}, "", 20)
				return err
			},
			"why":     func(tx *db.Tx) error { _, err := w.WhyTx(tx, "o00005"); return err },
			"race":    func(tx *db.Tx) error { _, err := w.BoardTx(tx, "2026-03", "2026-03"); return err },
			"targets": func(tx *db.Tx) error { _, err := w.TargetsTx(tx, "2026-03"); return err },
			"statements of a month": func(tx *db.Tx) error {
				_, err := w.StatementsTx(tx, team.StatementFilter{Month: "2026-03"}, "", 20)
				return err
			},
			"statements of": func(tx *db.Tx) error {
				_, err := w.StatementsTx(tx, team.StatementFilter{Staff: "s00005"}, "", 20)
				return err
			},
			"lines": func(tx *db.Tx) error { _, err := w.LinesTx(tx, "x00005", "", 20); return err },
			"a statement": func(tx *db.Tx) error {
				_, _, err := team.ReadForStatement(tx, "2026-03", "sales", "s00005")
				return err
			},
		} {
			plan := testkit.Plan(t, w.D, read)
			if plan == "" || strings.Contains(plan, "Seq Scan on team_turn") || strings.Contains(plan, "Seq Scan on team_credit") || strings.Contains(plan, "Seq Scan on team_return") ||
				strings.Contains(plan, "Seq Scan on team_statement") || strings.Contains(plan, "Seq Scan on team_line") || strings.Contains(plan, "Seq Scan on team_target") || strings.Contains(plan, "SCAN team") || strings.Contains(plan, "SCAN t ") || strings.Contains(plan, "SCAN c ") {
				t.Errorf("%s:\n%s", name, plan)
			}
			if strings.Contains(plan, "(community_id=?)") && name != "credits" && !strings.Contains(plan, "team_rule") {
				t.Errorf("%s reads the whole community:\n%s", name, plan)
			}
		}
	})
}
