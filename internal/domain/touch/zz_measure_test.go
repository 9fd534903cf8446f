package touch_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

func TestZZMeasure(t *testing.T) {
	for name, d := range map[string]*testkit.DB{"sqlite": testkit.SQLite(t), } {
		w := open(t, d)
		const n = 20_000
		w.do(func(tx *db.Tx) error {
			num := fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) `, n-1)
			for _, q := range []string{
				`INSERT INTO person (community_id, id, root, stage, city, grade, first_source, reach, created_at, last_seen_at, custom) ` + num + `SELECT CAST($1 AS TEXT), 'p' || (10000000 + i), 'p' || (10000000 + i), CASE WHEN i % 3 = 0 THEN 'pregnancy' ELSE 'parenting' END, 'city' || (i % 40), CASE WHEN i % 500 = 0 THEN 'care' ELSE '' END, 'source' || (i % 20), i % 8, 1700000000000000 + i * CAST(1000000 AS BIGINT), 1700000000000000 + i * CAST(1000000 AS BIGINT), '{"shoe": 38}' FROM n`,
				`INSERT INTO people_tag (community_id, tag, person, at) ` + num + `SELECT CAST($1 AS TEXT), 'tag' || (i % 50), 'p' || (10000000 + i), 0 FROM n`,
				`INSERT INTO people_consent (community_id, person, id, purpose, channel, given, wording, entry, address, actor, at) ` + num + `SELECT CAST($1 AS TEXT), 'p' || (10000000 + i), 'c' || i, 'marketing', '', TRUE, 'v', '', '', '', 1 FROM n`,
				`INSERT INTO fact (community_id, shard, pos, id, kind, person, subject, circle, entry, actor, at, recorded_at, data) ` + num + `SELECT CAST($1 AS TEXT), 1, i, 'f' || i, CASE WHEN i % 7 = 0 THEN 'a.b' ELSE 'a.c' END, 'p' || (10000000 + i), '', '', '', '', 1700000000000000 + i, i, '{}' FROM n`,
			} {
				if _, err := tx.Exec(q, tx.Community()); err != nil {
					return err
				}
			}
			return nil
		})
		if name == "pg" {
			if _, err := d.SQL().ExecContext(t.Context(), `ANALYZE`); err != nil {
				t.Fatal(err)
			}
		}
		for _, rule := range []string{
			`{}`, `{"all":[{"field":"stage","is":"pregnancy"},{"field":"city","is":["city1"]},{"tag":"tag1"},{"consent":"marketing"},{"fact":"a.b"},{"field":"custom.shoe","from":"30"}]}`,
			`{"all":[{"field":"grade","is":"care"},{"consent":"marketing"},{"not":{"fact":"a.b"}}]}`, `{"fact":"a.b"}`, `{"fact":"a.zzz"}`, `{"member":"*"}`, `{"member":"group:x"}`, `{"consent":"marketing","channel":"email"}`,
		} {
			r, err := touch.ParseRule([]byte(rule))
			w.must(err)
			for range 2 {
				began := time.Now()
				out, err := w.touch.Look(t.Context(), w.Community, r, 2_000_000)
				w.must(err)
				a := time.Since(began)
				began = time.Now()
				_, err = w.touch.Look(t.Context(), w.Community, r, 10_000)
				w.must(err)
				fmt.Printf("%s %s: %d, %v; bounded %v\n", name, rule, out.Count, a, time.Since(began))
			}
		}
		w.Clock.Set(time.Date(2026, 3, 8, 4, 0, 0, 0, time.UTC))
		c := news
		c.Rule = touch.Rule{All: []touch.Rule{{Field: "city", Is: []string{"city3"}}}}
		id := w.launch(c)
		began := time.Now()
		w.settle()
		r := w.results(id)
		w.do(func(tx *db.Tx) error {
			return tx.Each(func(r *db.Row) error { var a, b, c string; err := r.Scan(&a, &b, &c); fmt.Println(name, "job", a, b, c); return err }, `SELECT kind, CAST(attempts AS TEXT), error FROM job LIMIT 3`)
		})
		fmt.Printf("%s campaign: %d in %v, %v\n", name, r.Sent, time.Since(began), r)
	}
}
