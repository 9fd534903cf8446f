package backup

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/platform/db"
)

// column is a column of a table, with its type in the backup's own words.
type column struct {
	Name string `json:"name"`
	Type string `json:"type"` // text, int, bool, json
	key  int    // its place in the primary key, 0 for none
}

type table struct {
	name    string
	columns []column
}

// leftOut are the tables whose rows stay behind: whoever was signed in signs in again, since a copy must not open doors.
var leftOut = []string{"session"}

// versions is where the schema's version stands; the target has its own.
const versions = "goose_db_version"

// types are the column types of both engines in the backup's words.
var types = map[string]string{"text": "text", "bigint": "int", "integer": "int", "smallint": "int", "boolean": "bool", "jsonb": "json"}

// queryColumns lists every table's columns in their order: table, column, type, place in the primary key. Partitions are
// their table's.
var queryColumns = map[db.Dialect]string{
	db.SQLite: `SELECT m.name, c.name, c.type, c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY m.name, c.cid`,
	db.Postgres: `SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), COALESCE(array_position(i.indkey::int2[], a.attnum), -1) + 1
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname::text COLLATE "C", a.attnum`,
}

// tables reads the schema from the database itself, so that no table is forgotten.
func tables(tx *db.Tx) (out []table, err error) {
	err = tx.Each(func(r *db.Row) error {
		var name, kind string
		var c column
		if err := r.Scan(&name, &c.Name, &kind, &c.key); err != nil {
			return err
		}
		if name == versions {
			return nil
		}
		if c.Type = types[strings.ToLower(kind)]; c.Type == "" {
			return fmt.Errorf("column %s.%s has a type that no backup knows: %s", name, c.Name, kind)
		}
		if len(out) == 0 || out[len(out)-1].name != name {
			out = append(out, table{name: name})
		}
		t := &out[len(out)-1]
		t.columns = append(t.columns, c)
		return nil
	}, queryColumns[tx.Dialect()])
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	return out, nil
}

func (t table) columnNames() []string {
	out := make([]string, 0, len(t.columns))
	for _, c := range t.columns {
		out = append(out, c.Name)
	}
	return out
}

// query reads every row in the order of the primary key, by bytes on both engines.
func (t table) query(d db.Dialect) string {
	var keys []column
	for _, c := range t.columns {
		if c.key > 0 {
			keys = append(keys, c)
		}
	}
	slices.SortFunc(keys, func(a, b column) int { return a.key - b.key })
	order := make([]string, 0, len(keys))
	for _, c := range keys {
		name := c.Name
		if d == db.Postgres && c.Type == "text" {
			name += ` COLLATE "C"`
		}
		order = append(order, name)
	}
	return `SELECT ` + strings.Join(t.columnNames(), ", ") + ` FROM ` + t.name + ` ORDER BY ` + strings.Join(order, ", ")
}

// firstFull names a table that has rows, "" if none has.
func firstFull(tx *db.Tx) (string, error) {
	all, err := tables(tx)
	if err != nil {
		return "", err
	}
	for _, t := range all {
		_, found, err := db.One(tx, db.Column[int], `SELECT 1 FROM `+t.name+` LIMIT 1`)
		if err != nil || found {
			return t.name, err
		}
	}
	return "", nil
}
