package testkit

import (
	"context"
	"testing"

	"github.com/qunce/qunce/internal/platform/db"
)

// Again opens the same database once more, on the same clock: another node on PostgreSQL, the restarted program on SQLite.
func (d *DB) Again(t testing.TB) *DB {
	t.Helper()
	again, err := db.Open(context.Background(), d.Config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { again.Close() })
	return &DB{DB: again, Clock: d.Clock, Community: d.Community, Config: d.Config}
}
