package bench

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"
)

func TestZZ(t *testing.T) {
	ctx := context.Background()
	o := Options{Scale: 0.05, Progress: os.Stderr}
	w, err := open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	r := &run{Options: o, world: w}
	if err := r.populate(ctx, 50000, time.Now().UTC()); err != nil {
		t.Fatal(err)
	}
	for _, tag := range []string{"rare", "common"} {
		for _, extra := range []string{"", " AND p.city = 'city 0' AND p.city <> ''", " AND p.city = 'city 9' AND p.city <> ''"} {
			for _, form := range []string{
				"p.id IN (SELECT person FROM people_tag WHERE community_id = $1 AND tag = $2)",
				"EXISTS (SELECT 1 FROM people_tag t WHERE t.community_id = $1 AND t.tag = $2 AND t.person = p.id)",
				"EXISTS (SELECT 1 FROM people_tag t WHERE t.community_id = p.community_id AND t.tag = $2 AND t.person = p.id)",
			} {
				for _, head := range []string{"SELECT count(*) FROM (SELECT 1 FROM person p WHERE p.community_id = $1 AND p.merged_into = '' AND p.erased_at = 0 AND %s LIMIT 10000) x", "SELECT p.id FROM person p WHERE p.community_id = $1 AND p.merged_into = '' AND p.erased_at = 0 AND %s ORDER BY p.created_at DESC, p.id DESC LIMIT 50"} {
					q := fmt.Sprintf(head, form+extra)
					s, err := r.app.DB.SQL().Prepare(q)
					if err != nil {
						t.Fatal(err)
					}
					best := time.Hour
					for range 5 {
						t0 := time.Now()
						rows, err := s.Query(r.community, tag)
						if err != nil {
							t.Fatal(err)
						}
						for rows.Next() {
						}
						rows.Close()
						best = min(best, time.Since(t0))
					}
					s.Close()
					plan := ""
					rows, _ := r.app.DB.SQL().Query("EXPLAIN QUERY PLAN "+q, r.community, tag)
					for rows.Next() {
						var a, b, c int
						var x string
						rows.Scan(&a, &b, &c, &x)
						plan += x + "; "
					}
					rows.Close()
					fmt.Printf("%s %-22s %-12s %8v %.6s %s\n", tag, extra, form[:12]+form[len(form)-30:len(form)-20], best.Round(time.Microsecond), head[7:], plan)
				}
			}
		}
	}
}
