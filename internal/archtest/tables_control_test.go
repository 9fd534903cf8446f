package archtest

import (
	"slices"
	"testing"
)

func TestTablesNamed(t *testing.T) {
	for sql, want := range map[string][]string{
		`SELECT a FROM person p JOIN circle AS c ON c.id = p.id`:                            {"person", "circle"},
		`SELECT a FROM person AS p, circle c, seat WHERE a > 1`:                             {"person", "circle", "seat"},
		`SELECT a FROM (SELECT 1 FROM public."seat") s`:                                     {"seat"},
		`INSERT INTO person (a) VALUES ('FROM circle') ON CONFLICT DO UPDATE SET a = 1`:     {"person"},
		`UPDATE person SET a = 1 WHERE b IS DISTINCT FROM circle`:                           {"person"},
		`UPDATE person SET a = c.a FROM circle c`:                                           {"person", "circle"},
		"DELETE FROM person -- not FROM circle\n WHERE EXISTS (SELECT 1 FROM seat)":         {"person", "seat"},
		`SELECT a FROM person WHERE b = $1 FOR UPDATE SKIP LOCKED`:                          {"person"},
		`WITH due AS (SELECT id FROM task LIMIT 9) UPDATE task SET a = 1 FROM due`:          {"task", "task", "due"},
		`DROP TABLE IF EXISTS person`:                                                       {"person"},
		`CREATE TABLE person (a TEXT REFERENCES circle ON UPDATE CASCADE)`:                  {"person"},
		`SELECT count(*) FROM fact WHERE kind = $1 UNION ALL SELECT count(*) FROM ONLY job`: {"fact", "job"},
	} {
		if got := tablesNamed(sql); !slices.Equal(got, want) {
			t.Errorf("%s\nnames %v, not %v", sql, got, want)
		}
	}
}

func TestTablesControl(t *testing.T) {
	tables := []*table{{name: "person", owner: "internal/domain/people"}, {name: "seat", owner: "internal/spine/seat"}}
	files := map[string]string{
		"internal/domain/people/store.go":      "package people\nvar a = `SELECT id FROM person`\n",
		"internal/domain/people/merge/m.go":    "package merge\nvar a = `DELETE FROM person`\n",
		"internal/domain/shop/store.go":        "package shop\nvar a = `SELECT id FROM person WHERE community_id = $1`\n",
		"internal/domain/shop/small.go":        "package shop\nvar a = `select id from seat`\n",
		"internal/domain/shop/joined.go":       "package shop\nconst from = `person`\nvar a = `SELECT id ` + `FROM ` + from\n",
		"internal/domain/shop/fragment.go":     "package shop\nfunc a(q string) string { return q + ` JOIN seat ON true` }\n",
		"internal/domain/shop/call.go":         "package shop\nfunc b(q func(string) string) string { return `x` + q(`UPDATE seat SET a = 1`) }\n",
		"internal/domain/shop/copy.go":         "package shop\nfunc c(tx *db.Tx) { tx.Insert(`person`, nil, nil) }\n",
		"internal/domain/shop/words.go":        "package shop\nvar b = `update person: %w`\nvar c = `person`\nvar d = `the seat from person`\n",
		"internal/domain/shop/service_test.go": "package shop\nvar e = `SELECT 1 FROM person`\n",
		"internal/bench/reference.go":          "package bench\nvar a = `SELECT 1 FROM person`\n",
		"test/faults/kill.go":                  "package faults\nvar a = `SELECT 1 FROM person`\n",
	}
	bites(t, checkTables(sourcesOf(t, files), tables, mayNameAnyTable),
		"shop/store.go:2 names the table person, which is internal/domain/people's alone",
		"shop/small.go:2 names the table seat",
		"shop/joined.go:3 names the table person",
		"shop/fragment.go:2 names the table seat",
		"shop/call.go:2 names the table seat",
		"shop/copy.go:2 names the table person")
}

func TestTimeInSQLControl(t *testing.T) {
	files := map[string]string{
		"internal/domain/shop/store.go":   "package shop\nvar a = `SELECT id FROM sale WHERE at < now()`\n",
		"internal/domain/shop/part.go":    "package shop\nvar b = `SET at = CURRENT_TIMESTAMP`\n",
		"internal/domain/shop/lite.go":    "package shop\nvar c = `UPDATE sale SET at = strftime('%s', 'now')`\nvar d = `UPDATE sale SET at = datetime('now')`\n",
		"internal/domain/shop/words.go":   "package shop\nvar e = `call now() when ready`\nvar f = `SELECT now FROM sale`\n",
		"internal/domain/shop/a_test.go":  "package shop\nvar g = `SELECT now()`\n",
		"migrations/0001_sale.sql":        "CREATE TABLE sale (at BIGINT NOT NULL DEFAULT (unixepoch()));",
		"migrations/0002_sale.sql":        "-- a comment may say now()\nCREATE TABLE s (at TEXT DEFAULT CURRENT_TIMESTAMP);",
		"migrations/0003_without_it.sql":  "CREATE TABLE t (now BIGINT NOT NULL DEFAULT 0); -- now()",
		"migrations/archive/0004_old.sql": "CREATE TABLE u (at TEXT DEFAULT CURRENT_TIMESTAMP);",
	}
	problems, err := checkTimeInSQL(example(files), sourcesOf(t, files))
	if err != nil {
		t.Fatal(err)
	}
	bites(t, problems, "shop/store.go:2", "shop/part.go:2", "shop/lite.go:3", "0001_sale.sql", "0002_sale.sql")
}
