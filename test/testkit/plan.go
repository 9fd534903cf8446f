package testkit

import (
	"context"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/platform/db"
)

// Plan runs a query of the code and gives how the database would find the rows of each of its statements, line by line:
// EXPLAIN on PostgreSQL, EXPLAIN QUERY PLAN on SQLite. Insert enough rows and ANALYZE first.
func Plan(t testing.TB, d *DB, query func(tx *db.Tx) error) string {
	t.Helper()
	type statement struct {
		text string
		args []any
	}
	var seen []statement
	var lines []string
	err := d.Read(context.Background(), d.Community, func(tx *db.Tx) error {
		tx.Trace(func(text string, args []any) { seen = append(seen, statement{text, args}) })
		if err := query(tx); err != nil {
			return err
		}
		tx.Trace(nil)
		for _, s := range seen {
			explain, line := "EXPLAIN ", db.Column[string]
			if d.Dialect() == db.SQLite {
				explain, line = "EXPLAIN QUERY PLAN ", func(r *db.Row) (detail string, err error) {
					var id, parent, unused int
					err = r.Scan(&id, &parent, &unused, &detail)
					return detail, err
				}
			}
			more, err := db.All(tx, line, explain+s.text, s.args...)
			if err != nil {
				return err
			}
			lines = append(lines, more...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
