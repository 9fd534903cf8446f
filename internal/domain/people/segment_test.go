package people

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/secret"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

// fillSaid adds statements and facts of the crowd.
func fillSaid(t *testing.T, d *testkit.DB) {
	t.Helper()
	numbers := fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) `, crowd-1)
	err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
		for _, q := range []string{
			`INSERT INTO people_consent (community_id, person, id, purpose, channel, given, wording, entry, address, actor, at) ` + numbers +
				`SELECT CASE WHEN i % 5 = 0 THEN CAST($1 AS TEXT) ELSE 'other' END, 'p' || (100000 + i), 'c' || i, 'marketing', '', TRUE, 'v', '', '', '', 1 FROM n`,
			`INSERT INTO fact (community_id, shard, pos, id, kind, person, subject, circle, entry, actor, at, recorded_at, data) ` + numbers +
				`SELECT CASE WHEN i % 5 = 0 THEN CAST($1 AS TEXT) ELSE 'other' END, 1, i, 'f' || i, 'a.b', 'p' || (100000 + i), '', '', '', '', i, i, '{}' FROM n`,
		} {
			if _, err := tx.Exec(q, tx.Community()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if d.Dialect() == db.Postgres {
		if _, err := d.SQL().ExecContext(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
	}
}

// reads tells that a plan reads one of the tables from end to end, by the names that the statements give them, or looks for
// what belongs to a person without an index on the person.
func reads(plan string) bool {
	for line := range strings.Lines(plan) {
		line = strings.TrimSpace(line)
		for _, name := range []string{"k", "f", "o", "p", "person"} {
			if line == "SCAN "+name || (name == "k" || name == "f") && strings.HasPrefix(line, "SEARCH "+name+" ") && !strings.Contains(line, "person=?") {
				return true
			}
		}
		if strings.Contains(line, "Seq Scan on") && !strings.Contains(line, "Seq Scan on fact_2") { // an empty month
			return true
		}
	}
	return false
}

// O1: every statement of a segment starts from its community and an index, and a step of long work is bounded.
func TestSegmentsUseIndexes(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		keys, err := secret.OpenOrCreate(filepath.Join(t.TempDir(), "key"))
		if err != nil {
			t.Fatal(err)
		}
		s := New(d.DB, keys, func(*db.Tx) (Settings, error) {
			return Settings{Zone: time.UTC, Fields: []Field{{Name: "shoe", Type: NumberField}}}, nil
		}, nil)
		fill(t, d, s)
		fillSaid(t, d)
		field := func(name FieldName, test Test) func(c *Chooser) string {
			return func(c *Chooser) string {
				where, err := c.Field(name, test)
				if err != nil {
					t.Fatal(err)
				}
				return where
			}
		}
		for name, where := range map[string]func(c *Chooser) string{
			"everyone": func(*Chooser) string { return "TRUE" }, "stage": field("stage", Test{Is: []string{"pregnancy"}}),
			"cities": field("city", Test{Is: []string{"city1", "city2"}}), "custom": field("custom.shoe", Test{From: "40"}),
			"tag": func(c *Chooser) string { return c.Tagged("vip") }, "agrees": func(c *Chooser) string { return c.Agrees(ForMarketing, "email") },
			"fact": func(c *Chooser) string {
				return fact.Happened(c.Arg, Self, MergedIDs, "a.b", testkit.Start, time.Time{}, 1)
			},
			"facts": func(c *Chooser) string {
				return fact.Happened(c.Arg, Self, MergedIDs, "a.b", testkit.Start, time.Time{}, 3)
			},
			"no fact": func(c *Chooser) string {
				return "NOT (" + fact.Happened(c.Arg, Self, MergedIDs, "a.b", testkit.Start, time.Time{}, 1) + ")"
			},
			"ever": func(c *Chooser) string {
				return fact.Happened(c.Arg, Self, MergedIDs, "a.b", time.Time{}, time.Time{}, 1)
			},
			"one or two": func(c *Chooser) string { return "(" + c.Tagged("vip") + " OR " + c.Ways([]int{3}) + ")" },
		} {
			err := d.Read(t.Context(), d.Community, func(tx *db.Tx) error {
				for kind, statement := range map[string]func(c *Chooser, where string) string{
					"first": func(c *Chooser, where string) string { return c.first(where, 50) },
					"count": func(c *Chooser, where string) string { return c.counting(where, 1001) },
					"step":  func(c *Chooser, where string) string { return c.window(where, "p12", testkit.Start, 250) },
				} {
					c, err := s.Choose(tx)
					if err != nil {
						return err
					}
					text := statement(c, where(c))
					how, err := plan(tx, text, c.args)
					if err != nil {
						return fmt.Errorf("%s %s: %w", name, kind, err)
					}
					if reads(how) || !strings.Contains(how, "community_id") {
						t.Errorf("%s, %s:\n%s", name, kind, how)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		walk(t, d, s)
	})
}

// walk goes through a rare segment to its end: every step gives few, and together they give all, once.
func walk(t *testing.T, d *testkit.DB, s *Service) {
	t.Helper()
	seen, steps, after := map[string]bool{}, 0, ""
	for more := true; more; steps++ {
		err := d.Read(t.Context(), d.Community, func(tx *db.Tx) (err error) {
			c, err := s.Choose(tx)
			if err != nil {
				return err
			}
			var ids []string
			ids, after, more, err = s.ChosenAfter(tx, c, c.Tagged("tag5"), after, tx.Now(), 70)
			if len(ids) > 70 {
				t.Errorf("a step gave %d", len(ids))
			}
			for _, id := range ids {
				if seen[id] {
					t.Errorf("%s came twice", id)
				}
				seen[id] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if want := crowd / 50; len(seen) != want || steps > 30 {
		t.Errorf("%d of %d in %d steps", len(seen), want, steps)
	}
}
