package payout_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/testkit"
)

// Lists and the job that collects read what they give, not all that was ever paid.
func TestReadsUseIndexes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const many = 3000
		w.Do(func(tx *db.Tx) error {
			batches, lines, holdings := make([][]any, many), make([][]any, many), make([][]any, many)
			for i := range many {
				n := fmt.Sprintf("%05d", i)
				batches[i] = []any{tx.Community(), n, "done", 1, 0, "2026-03", "ann", "f", tx.Now()}
				lines[i] = []any{tx.Community(), n, fmt.Sprintf("%05d", i/10), fmt.Sprintf("%05d", i/3), "a" + n, 100, 0, 100, "paid", "", "", tx.Now()}
				holdings[i] = []any{tx.Community(), "commission:available:" + n, "CNY", 0, 1, 100, 0}
			}
			if err := tx.Insert("payout_batch", strings.Split("community_id id state threshold withhold_bp period created_by fact created_at", " "), batches); err != nil {
				return err
			}
			if err := tx.Insert("payout_line", strings.Split("community_id id batch person account gross withheld net state name phone created_at", " "), lines); err != nil {
				return err
			}
			return tx.Insert("ledger_balance", strings.Split("community_id account currency slot n balance floor", " "), holdings)
		})
		if _, err := w.D.SQL().ExecContext(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
		for name, read := range map[string]func(tx *db.Tx) error{
			"batch":   func(tx *db.Tx) error { _, err := w.BatchTx(tx, "00005"); return err },
			"batches": func(tx *db.Tx) error { _, err := w.BatchesTx(tx, "", 20); return err },
			"lines":   func(tx *db.Tx) error { _, err := w.LinesTx(tx, "00005", payout.IsPaid, "", 20); return err },
			"paid to": func(tx *db.Tx) error { _, err := w.PaidToTx(tx, []string{"00005"}, "", 20); return err },
			"debts": func(tx *db.Tx) error {
				_, err := w.Books.BalancesTx(tx, []string{"commission:available:00005", "commission:available:00007"}, ledger.CNY)
				return err
			},
		} {
			plan := testkit.Plan(t, w.D, read)
			if plan == "" || strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "SCAN ") || strings.Contains(plan, "(community_id=?)") && name != "batches" {
				t.Errorf("%s:\n%s", name, plan)
			}
		}
	})
}
