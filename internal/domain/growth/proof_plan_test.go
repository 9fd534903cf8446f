package growth_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// Nobody's proof is found by reading those of all calls.
func TestReadsOfProofsUseIndexes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.call()
		const many = 3000
		rows := make([][]any, many)
		for i := range rows {
			id := func(kind string, n int) string { return fmt.Sprintf("%s%05d", kind, n) }
			at := w.D.Clock.Now().Add(-time.Duration(i) * time.Hour)
			call := id("c", i/20)
			if i < 20 {
				call = c.ID
			}
			rows[i] = []any{
				w.D.Community, id("x", i), call, id("p", i/3), id("h", i), id("d", i), id("a", i), "refused",
				db.JSON[[]string]{V: []string{}},
				"other",
				"points", 50, "boss", at, id("f", i), at,
			}
		}
		w.Do(func(tx *db.Tx) error {
			return tx.Insert("growth_proof", strings.Split("community_id, id, call, person, picture, device, address, state, suspicions, reason, kind, amount, decided_by, decided_at, fact, at", ", "), rows)
		})
		if _, err := w.D.SQL().ExecContext(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
		for name, read := range map[string]func(tx *db.Tx) error{
			"of a call": func(tx *db.Tx) error {
				_, err := w.ProofsTx(tx, growth.ProofFilter{Call: "c00050"}, "", 20)
				return err
			},
			"of a person": func(tx *db.Tx) error {
				_, err := w.ProofsTx(tx, growth.ProofFilter{Person: "p00050"}, "", 20)
				return err
			},
			"held": func(tx *db.Tx) error {
				_, err := w.ProofsTx(tx, growth.ProofFilter{State: growth.ProofIsHeld}, "", 20)
				return err
			},
			"all":   func(tx *db.Tx) error { _, err := w.ProofsTx(tx, growth.ProofFilter{}, "", 20); return err },
			"own":   func(tx *db.Tx) error { _, _, err := w.OwnProofTx(tx, c.ID, "p00001"); return err },
			"calls": func(tx *db.Tx) error { _, err := w.CallsTx(tx, true, "", 20); return err },
			"alike": func(tx *db.Tx) error {
				_, err := w.LikeTx(tx, growth.Proof{ID: "y", Call: c.ID, Person: "p9", Picture: "h00001"})
				return err
			},
		} {
			plan := testkit.Plan(t, w.D, read)
			if plan == "" || strings.Contains(plan, "Seq Scan on growth_proof") || strings.Contains(plan, "SCAN growth_proof") || strings.Contains(plan, "(community_id=?)") && strings.Contains(plan, "growth_proof") && name != "all" {
				t.Errorf("%s: %s", name, plan)
			}
		}
	})
}
