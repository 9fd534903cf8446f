package backup

import (
	"context"
	"fmt"
	"io"
	"io/fs"

	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/db"
)

// Target is where a backup is read back to.
type Target struct {
	DB         *db.DB     // empty; its schema is made
	Blobs      blob.Store // nil leaves the files out
	Migrations fs.FS
}

// Check reads an archive through and proves that it is whole, without writing anything.
func Check(ctx context.Context, path string, migrations fs.FS) (Manifest, error) {
	m, err := walk(ctx, path, visitor{})
	if err != nil {
		return m, err
	}
	last, err := db.LastMigration(migrations)
	if err != nil {
		return m, err
	}
	if m.Schema > last {
		return m, ErrNewer.With("backup", m.Schema).With("program", last)
	}
	return m, nil
}

// insertAt is how many rows are written at a time.
const insertAt = 500

// Restore reads a backup that Check has passed into an empty database and makes its schema up to date: all of it, or none.
func Restore(ctx context.Context, path string, m Manifest, t Target, tell Progress) error {
	if err := t.prepare(ctx, m); err != nil {
		return err
	}
	err := t.DB.Alone(ctx, "", func(tx *db.Tx) error {
		l := &loader{ctx: ctx, tx: tx, blobs: t.Blobs, tell: tell}
		if _, err := walk(ctx, path, visitor{table: l.table, row: l.row, file: l.file}); err != nil {
			return err
		}
		return l.flush()
	})
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return t.DB.Migrate(ctx, t.Migrations)
}

// prepare makes the schema that the backup was made of, in a database that holds nothing.
func (t Target) prepare(ctx context.Context, m Manifest) error {
	var full string
	err := t.DB.Read(ctx, "", func(tx *db.Tx) (err error) {
		full, err = firstFull(tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if full != "" {
		return ErrNotEmpty.Because(fmt.Errorf("table %s has rows", full))
	}
	if err := t.DB.MigrateTo(ctx, t.Migrations, m.Schema); err != nil {
		return err
	}
	version, err := t.DB.SchemaVersion(ctx, t.Migrations)
	if err == nil && version != m.Schema {
		err = ErrNotEmpty.Because(fmt.Errorf("its schema is at %d, the backup's at %d", version, m.Schema))
	}
	return err
}

// loader writes what a walk shows.
type loader struct {
	ctx     context.Context
	tx      *db.Tx
	blobs   blob.Store
	tell    Progress
	name    string
	columns []column
	names   []string
	rows    [][]any
	done    int64 // rows of the table
	files   int64
}

func (l *loader) say(what string, n int64) {
	if l.tell != nil {
		l.tell(what, n)
	}
}

func (l *loader) table(name string, columns []column) error {
	if err := l.flush(); err != nil {
		return err
	}
	l.name, l.columns, l.names, l.done = name, columns, table{columns: columns}.columnNames(), 0
	known, err := tables(l.tx)
	if err != nil {
		return err
	}
	for _, t := range known {
		if t.name == name {
			return t.takes(columns)
		}
	}
	return fmt.Errorf("the schema has no table %s", name)
}

// takes refuses columns that the table doesn't have: their names go into a statement.
func (t table) takes(columns []column) error {
	types := map[string]string{}
	for _, c := range t.columns {
		types[c.Name] = c.Type
	}
	for _, c := range columns {
		if types[c.Name] == "" || types[c.Name] != c.Type {
			return fmt.Errorf("table %s has no column %s of type %s", t.name, c.Name, c.Type)
		}
	}
	return nil
}

func (l *loader) row(line []byte) error {
	values, err := decode(line, l.columns)
	if err != nil {
		return fmt.Errorf("table %s, row %d: %w", l.name, l.done+int64(len(l.rows))+1, err)
	}
	l.rows = append(l.rows, values)
	if len(l.rows) < insertAt {
		return nil
	}
	return l.flush()
}

func (l *loader) flush() error {
	if len(l.rows) == 0 {
		return nil
	}
	if err := l.tx.Insert(l.name, l.names, l.rows); err != nil {
		return fmt.Errorf("write table %s: %w", l.name, err)
	}
	l.done += int64(len(l.rows))
	l.rows = l.rows[:0]
	l.say(l.name, l.done)
	return l.ctx.Err()
}

func (l *loader) file(community, hash string, r io.Reader) error {
	if err := l.flush(); err != nil || l.blobs == nil {
		return err
	}
	if _, _, err := l.blobs.Put(l.ctx, community, r); err != nil {
		return fmt.Errorf("store the file %s: %w", hash, err)
	}
	l.files++
	l.say("files", l.files)
	return nil
}
