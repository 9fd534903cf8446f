package db_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// One writer has its turn to flush and waits for a row that a closure of another writer has locked, while that one waits for
// the turn. The server sees no circle in it, so nobody would ever end it.
func TestWhoWaitsForTheTurnDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	setup(t, d)
	flushing := make(chan struct{}, 2)
	d.OnFlush("row", func(tx *db.Tx, items []db.Deferred) error {
		flushing <- struct{}{}
		_, err := tx.Exec(`UPDATE thing SET n = n + $2 WHERE community_id = $1 AND name = 'row'`, items[0].Community, len(items))
		return err
	})
	if err := insert(t.Context(), d, "row"); err != nil {
		t.Fatal(err)
	}
	locked, done := make(chan struct{}), make(chan error, 2)
	go func() {
		done <- d.Alone(context.Background(), d.Community, func(tx *db.Tx) error {
			if _, err := tx.Exec(`SELECT 1 FROM thing WHERE community_id = $1 AND name = 'row' FOR UPDATE`, tx.Community()); err != nil {
				return err
			}
			close(locked)
			<-flushing
			tx.Defer("row", 1)
			return nil
		})
	}()
	<-locked
	go func() {
		done <- d.Alone(context.Background(), d.Community, func(tx *db.Tx) error { tx.Defer("row", 1); return nil })
	}()
	for range 2 {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(10 * time.Second):
			t.Error("both wait for each other")
			if _, err := d.SQL().ExecContext(context.Background(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// What every transaction locks is flushed behind everything else, whoever registered first.
func TestTheLastFlushersComeLast(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	var order []string
	note := func(name string) db.Flusher {
		return func(*db.Tx, []db.Deferred) error { order = append(order, name); return nil }
	}
	d.OnFlush("a", note("a"))
	d.OnLastFlush("z", note("z"))
	d.OnFlush("b", note("b"))
	err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
		for _, name := range []string{"z", "b", "a"} {
			tx.Defer(name, 1)
		}
		return nil
	})
	if err != nil || fmt.Sprint(order) != "[a b z]" {
		t.Errorf("%v, %v", order, err)
	}
}
