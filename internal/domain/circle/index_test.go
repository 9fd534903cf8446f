package circle_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// History, roster and the figures go through indexes.
func TestIndexesAreUsed(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		crowded(t, d)
		for _, x := range circle.Indexed {
			err := d.Do(t.Context(), "c", func(tx *db.Tx) error {
				plan, err := explain(tx, x.Query, x.Args)
				if !strings.Contains(plan, x.Index) {
					t.Errorf("%s is not used:\n%s", x.Index, plan)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// crowded makes a roster in which few are newcomers without an answer.
func crowded(t *testing.T, d *testkit.DB) {
	t.Helper()
	err := d.Do(t.Context(), "c", func(tx *db.Tx) error {
		var rows [][]any
		for i := range 1000 {
			rows = append(rows, []any{"c", tx.NewID(), "x", fmt.Sprint("p", i), "s", "seat", i, 0, 0, i % 2, i % 2 * (i % 50)})
		}
		columns := []string{"community_id", "id", "circle_id", "person", "seat_id", "via", "joined_at", "left_at", "read_seq", "wrote_at", "answered_at"}
		if err := tx.Insert("circle_member", columns, rows); err != nil {
			return err
		}
		_, err := tx.Exec(`ANALYZE`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func explain(tx *db.Tx, query string, args []any) (string, error) {
	head, columns := "EXPLAIN QUERY PLAN ", 4
	if tx.Dialect() == db.Postgres {
		head, columns = "EXPLAIN ", 1
		// Tables of a test are small, and then reading them whole is the better plan.
		if _, err := tx.Exec(`SET LOCAL enable_seqscan = off`); err != nil {
			return "", err
		}
	}
	var plan []string
	err := tx.Each(func(r *db.Row) error {
		row := make([]any, columns)
		into := make([]any, columns)
		for i := range row {
			into[i] = &row[i]
		}
		err := r.Scan(into...)
		plan = append(plan, fmt.Sprint(row[columns-1]))
		return err
	}, head+query, args...)
	return strings.Join(plan, "\n"), err
}
