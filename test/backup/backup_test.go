// Package backup_test moves a lived-in community between databases and files.
package backup_test

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/backup"
	"github.com/qunce/qunce/test/lived"
	"github.com/qunce/qunce/test/testkit"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same compares what two backups hold.
func same(t *testing.T, a, b backup.Manifest) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(a.Tables)) {
		if a.Tables[name] != b.Tables[name] {
			t.Errorf("table %s differs: %+v and %+v", name, a.Tables[name], b.Tables[name])
		}
	}
	if len(a.Tables) != len(b.Tables) || a.Files != b.Files || a.Bytes != b.Bytes {
		t.Errorf("%d tables, %d files and %d tables, %d files", len(a.Tables), a.Files, len(b.Tables), b.Files)
	}
}

// X4: what is moved from SQLite to PostgreSQL and back is the same to the byte, and lives on.
func TestMovesBetweenDatabasesWithNothingLost(t *testing.T) {
	w := lived.SQLite(t)
	must(t, w.Close())
	ctx, dir := context.Background(), t.TempDir()
	a := w.Config
	first, err := app.Backup(ctx, a, filepath.Join(dir, "first"), nil)
	must(t, err)
	if first.Rows() < 2000 || first.Files != 2 || first.Tables["session"].Rows != 0 || len(first.Keys) != 2 {
		t.Errorf("it holds %d rows, %d files, keys %v", first.Rows(), first.Files, first.Keys)
	}
	b := app.Config{Data: t.TempDir(), DatabaseURL: testkit.PostgresURL(t)}
	_, err = app.Restore(ctx, b, filepath.Join(dir, "first"), filepath.Join(a.Data, "keys"), nil)
	must(t, err)
	second, err := app.Backup(ctx, b, filepath.Join(dir, "second"), nil)
	must(t, err)
	same(t, first, second)

	c := app.Config{Data: t.TempDir()}
	third, err := app.Move(ctx, b, c, nil)
	must(t, err)
	same(t, first, third)
	for _, cfg := range []app.Config{b, c} {
		again := lived.Open(t, cfg, w.Clock.Now())
		must(t, again.Settle(ctx))
		r, err := again.Verify(ctx, again.Community)
		must(t, err)
		if !r.OK() || r.Checked["person"] == 0 {
			t.Errorf("%+v", r)
		}
	}
}
