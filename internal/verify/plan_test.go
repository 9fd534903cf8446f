package verify

import (
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// Nothing is looked through once more for each row of something else: a community of 20,000 arrivals has 400,000 facts.
func TestNoQueryGrowsWithTheSquare(t *testing.T) {
	d := testkit.SQLite(t)
	type asked struct {
		query string
		args  []any
	}
	var all []asked
	for _, x := range traces {
		query, kinds := x.query()
		all = append(all, asked{query, append([]any{d.Community, most}, kinds...)})
	}
	for _, x := range readers {
		all = append(all, asked{x.query, []any{d.Community, most}})
	}
	for _, x := range launchProofs {
		all = append(all, asked{x.query, []any{d.Community, most}})
	}
	for _, x := range moneyProofs {
		all = append(all, asked{x.query, []any{d.Community, most}})
	}
	for _, x := range ofOrders {
		all = append(all, asked{x.query, []any{d.Community, most}})
	}
	steps := func(x asked) (out []string) {
		correlated := map[int]bool{}
		err := d.Read(t.Context(), d.Community, func(tx *db.Tx) (err error) {
			out, err = db.All(tx, func(r *db.Row) (step string, err error) {
				var id, parent, unused int
				err = r.Scan(&id, &parent, &unused, &step)
				correlated[id] = strings.HasPrefix(step, "CORRELATED")
				if correlated[parent] {
					step = "for each row: " + step
				}
				return step, err
			}, "EXPLAIN QUERY PLAN "+x.query, x.args...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	looksThrough := func(steps []string) bool {
		for _, s := range steps {
			if strings.HasPrefix(s, "SCAN") && strings.Contains(s, "LEFT-JOIN") || strings.HasPrefix(s, "for each row: SCAN") {
				return true
			}
		}
		return false
	}
	for _, x := range all {
		if s := steps(x); looksThrough(s) {
			t.Errorf("%s\n%s", x.query, strings.Join(s, "\n"))
		}
	}
	for _, bad := range []string{
		`SELECT t.id FROM task t LEFT JOIN (SELECT DISTINCT f.data ->> 'task' AS named FROM fact f WHERE f.community_id = $1) f ON f.named = t.id
			WHERE t.community_id = $1 AND f.named IS NULL LIMIT $2`,
		`SELECT t.id FROM task t WHERE t.community_id = $1 AND NOT EXISTS (SELECT 1 FROM fact f WHERE f.data ->> 'task' = t.id) LIMIT $2`,
	} {
		if s := steps(asked{bad, []any{d.Community, most}}); !looksThrough(s) {
			t.Errorf("a query that does is not found out: %s", strings.Join(s, "\n"))
		}
	}
}
