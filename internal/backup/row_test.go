package backup

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

func TestJSONIsWrittenOneWay(t *testing.T) {
	for raw, want := range map[string]string{
		`{"b": 1.50e1, "a":[1.0, -0, 0.000001, 1e21, 12345678901234567890123, 2.5E-3]}`: `{"a":[1,0,0.000001,1000000000000000000000,12345678901234567890123,0.0025],"b":15}`,
		`"é<"`: `"é\u003c"`, `null`: `null`, ` [ ] `: `[]`, `-12.340`: `-12.34`,
	} {
		if got, err := canonical([]byte(raw)); err != nil || string(got) != want {
			t.Errorf("%s: %s %v, want %s", raw, got, err, want)
		}
	}
	if _, err := canonical(nil); err == nil {
		t.Error("nothing passes as JSON")
	}
}

// X4: a row that one engine gives is taken by the other and given by it as the same bytes.
func TestRowsAreTheSameOnBothEngines(t *testing.T) {
	lite, server := testkit.SQLite(t), testkit.Postgres(t)
	numbers := rapid.OneOf(rapid.Map(rapid.Float64Range(-1e300, 1e300), func(f float64) any { return f }), rapid.Map(rapid.Int64(), func(n int64) any { return n }))
	words := rapid.Map(rapid.String(), func(s string) string {
		return string(slices.DeleteFunc([]rune(s), func(r rune) bool { return r == 0 }))
	})
	rapid.Check(t, func(t *rapid.T) {
		settings, err := json.Marshal(map[string]any{"n": numbers.Draw(t, "n"), words.Draw(t, "key"): words.Draw(t, "value"), "b": rapid.Bool().Draw(t, "b")})
		if err != nil {
			t.Fatal(err)
		}
		slug, revision := words.Draw(t, "slug"), rapid.Int64().Draw(t, "revision")
		var lines [2]string
		for i, d := range []*testkit.DB{lite, server} {
			lines[i] = throughTable(t, d, []any{slug, string(settings), revision})
		}
		if lines[0] != lines[1] {
			t.Fatalf("%s and %s", lines[0], lines[1])
		}
	})
}

// throughTable writes a community, reads its line, writes that and reads it again.
func throughTable(t *rapid.T, d *testkit.DB, values []any) (line string) {
	err := d.Do(t.Context(), "", func(tx *db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM community`); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO community (id, slug, name, zone, lang, settings, revision, created_at) VALUES ('x', $1, '5', 'UTC', 'en', $2, $3, 0)`, values...)
		if err != nil {
			return err
		}
		all, err := tables(tx)
		if err != nil {
			return err
		}
		c := all[slices.IndexFunc(all, func(t table) bool { return t.name == "community" })]
		read := func() (line string, err error) {
			err = tx.Each(func(r *db.Row) error {
				b, err := newRowWriter(c.columns).encode(r)
				line = string(b)
				return err
			}, c.query(tx.Dialect()))
			return line, err
		}
		first, err := read()
		if err != nil {
			return err
		}
		row, err := decode([]byte(first), c.columns)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM community`); err != nil {
			return err
		}
		if err := tx.Insert(c.name, c.columnNames(), [][]any{row}); err != nil {
			return err
		}
		if line, err = read(); err == nil && line != first {
			t.Fatalf("%s became %s", first, line)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// SQLite takes bytes that are no writing; they come back as they were.
func TestBytesThatAreNoText(t *testing.T) {
	d := testkit.SQLite(t)
	got, err := appendTextFor(d, "a\xff\x00b")
	if err != nil || got != "a\xff\x00b" {
		t.Errorf("%q %v", got, err)
	}
}

func appendTextFor(d *testkit.DB, s string) (back string, err error) {
	err = d.Do(context.Background(), "", func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO attempt (community_id, kind, key, count, ends_at) VALUES ('', 'x', $1, 1, 1)`, s); err != nil {
			return err
		}
		columns := []column{{Name: "key", Type: "text"}}
		var line []byte
		err := tx.Each(func(r *db.Row) (err error) {
			line, err = newRowWriter(columns).encode(r)
			return err
		}, `SELECT key FROM attempt WHERE kind = 'x'`)
		if err != nil {
			return err
		}
		values, err := decode(line, columns)
		if err == nil {
			back, _ = values[0].(string)
		}
		return err
	})
	return back, err
}
