package people

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/secret"
	"github.com/qunce/qunce/test/testkit"
)

const crowd = 50_000

// fill makes a crowd with few stages, some cities and sources, rare tags and names; every fifth of them is in our community.
func fill(t *testing.T, d *testkit.DB, s *Service) {
	t.Helper()
	numbers := fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) `, crowd-1)
	gram := s.secrets.HMAC(d.Community, purposeGram, text.SearchBigrams("王")[0])
	err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
		at := db.Micros(tx.Now()) - crowd*1_000_000
		for _, q := range []struct {
			text string
			args []any
		}{
			{`INSERT INTO person (community_id, id, root, stage, city, grade, first_source, reach, created_at, last_seen_at) ` + numbers + `
				SELECT CASE WHEN i % 5 = 0 THEN CAST($1 AS TEXT) ELSE 'other' END, 'p' || (100000 + i), 'p' || (100000 + i), CASE WHEN i % 3 = 0 THEN 'pregnancy' ELSE 'parenting' END, 'city' || (i % 40),
					CASE WHEN i % 500 = 0 THEN 'care' ELSE '' END, 'source' || (i % 20), i % 8, CAST($2 AS BIGINT) + i * CAST(1000000 AS BIGINT), CAST($2 AS BIGINT) + (i * 7919 % 50000) * CAST(1000000 AS BIGINT) FROM n`, []any{tx.Community(), at}},
			{`INSERT INTO people_tag (community_id, tag, person, at) ` + numbers + `SELECT CASE WHEN i % 5 = 0 THEN CAST($1 AS TEXT) ELSE 'other' END, CASE WHEN i % 1000 = 0 THEN 'vip' ELSE 'tag' || (i % 50) END, 'p' || (100000 + i), 0 FROM n`, []any{tx.Community()}},
			{`INSERT INTO people_index (community_id, kind, hash, person) ` + numbers + `SELECT CASE WHEN i % 5 = 0 THEN CAST($1 AS TEXT) ELSE 'other' END, 'gram', CASE WHEN i % 12 = 0 THEN CAST($2 AS TEXT) ELSE 'h' || (i % 5000) END, 'p' || (100000 + i) FROM n`, []any{tx.Community(), gram}},
			{`INSERT INTO people_identifier (community_id, kind, value, person, secret, tail, verified, created_at) ` + numbers + `SELECT CASE WHEN i % 5 = 0 THEN CAST($1 AS TEXT) ELSE 'other' END, 'phone', 'v' || i, 'p' || (100000 + i), '', 't' || (i % 10000), TRUE, 0 FROM n`, []any{tx.Community()}},
		} {
			if _, err := tx.Exec(q.text, q.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if d.Dialect() == db.Postgres { // SQLite has no statistics in production either
		if _, err := d.SQL().ExecContext(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
	}
}

// plan is how the engine runs a query.
func plan(tx *db.Tx, query string, args []any) (string, error) {
	if tx.Dialect() == db.Postgres {
		lines, err := db.All(tx, db.Column[string], `EXPLAIN `+query, args...)
		return strings.Join(lines, "\n"), err
	}
	lines, err := db.All(tx, func(r *db.Row) (line string, err error) {
		var a, b, c int
		err = r.Scan(&a, &b, &c, &line)
		return line, err
	}, `EXPLAIN QUERY PLAN `+query, args...)
	return strings.Join(lines, "\n"), err
}

// wholeTable tells that a plan reads a table from end to end.
func wholeTable(plan string) bool {
	for line := range strings.Lines(plan) {
		line = strings.TrimSpace(line)
		if strings.Contains(line, "Seq Scan on") || strings.HasPrefix(line, "SCAN p") || strings.HasPrefix(line, "SCAN i") || strings.HasPrefix(line, "SCAN m") {
			return true
		}
	}
	return false
}

// Every list starts from its community and an index; the first page of each comes within a bounded time of the crowd's size.
func TestListsUseIndexes(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		keys, err := secret.OpenOrCreate(filepath.Join(t.TempDir(), "key"))
		if err != nil {
			t.Fatal(err)
		}
		s := New(d.DB, keys, func(*db.Tx) (Settings, error) { return Settings{}, nil }, nil)
		fill(t, d, s)
		from := testkit.Start.Add(-2 * time.Hour)
		for name, f := range map[string]Filter{
			"all": {}, "last seen": {BySeen: true}, "stage": {Stage: "pregnancy"}, "city": {City: "city3"}, "stage and city": {Stage: "parenting", City: "city3"},
			"grade": {Grade: "care"}, "source": {Source: "source7"}, "tag": {Tag: "vip"}, "ways": {Ways: []int{0}}, "known": {Known: true}, "known of a city": {Known: true, City: "city3"}, "some": {IDs: []string{"p100000", "p100005"}}, "created": {CreatedFrom: from},
			"name": {Text: "王小明"}, "surname": {Text: "王"}, "tail": {Text: "5678"}, "phone": {Text: "13800135678"},
		} {
			err := d.Read(t.Context(), d.Community, func(tx *db.Tx) error {
				for _, statement := range []func(q *query) string{
					func(q *query) string { return q.listing(time.Time{}, "", 51) },
					func(q *query) string { return q.listing(testkit.Start, "x", 51) },
					func(q *query) string { return q.counting(1001) },
				} {
					q, err := s.query(tx, f)
					if err != nil {
						return err
					}
					text := statement(q)
					how, err := plan(tx, text, q.args)
					if err != nil {
						return err
					}
					if wholeTable(how) || !strings.Contains(how, "community_id") {
						t.Errorf("%s:\n%s", name, how)
					}
					if name == "known" && !strings.Contains(how, "person_known") {
						t.Errorf("visitors are read too:\n%s", how)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.List(t.Context(), d.Community, f, "", 50); err != nil {
				t.Fatal(err)
			}
		}
		// The check would see a table read whole.
		err = d.Read(t.Context(), d.Community, func(tx *db.Tx) error {
			how, err := plan(tx, `SELECT p.id FROM person p WHERE p.company = $1`, []any{"x"})
			if !wholeTable(how) {
				t.Errorf("not recognised:\n%s", how)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
