package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

func insert(ctx context.Context, d *testkit.DB, name string) error {
	return d.Do(ctx, d.Community, func(tx *db.Tx) error {
		_, err := tx.Exec(insertThing, tx.Community(), name, 0, tx.Now())
		return err
	})
}

// Two closures of two nodes lock two rows in opposite order. PostgreSQL ends one of them; it runs again alone, and neither
// caller hears of it.
func TestADeadlocksVictimRunsAgain(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	setup(t, d)
	other := d.Again(t)
	for _, name := range []string{"a", "b"} {
		if err := insert(t.Context(), d, name); err != nil {
			t.Fatal(err)
		}
	}
	var met sync.WaitGroup
	met.Add(2)
	lock := func(node *testkit.DB, names ...string) error {
		first := true
		return node.Do(t.Context(), d.Community, func(tx *db.Tx) error {
			for _, name := range names {
				if _, err := tx.Exec(`UPDATE thing SET n = n + 1 WHERE community_id = $1 AND name = $2`, tx.Community(), name); err != nil {
					return err
				}
				if first {
					first = false
					met.Done()
					met.Wait() // both hold their first row
				}
			}
			return nil
		})
	}
	var wg sync.WaitGroup
	var errA, errB error
	wg.Go(func() { errA = lock(d, "a", "b") })
	wg.Go(func() { errB = lock(other, "b", "a") })
	wg.Wait()
	if errA != nil || errB != nil {
		t.Fatalf("%v, %v", errA, errB)
	}
	if _, _, _, reruns := d.Counts(); reruns == 0 {
		if _, _, _, reruns = other.Counts(); reruns == 0 {
			t.Error("nobody was run again: there was no deadlock")
		}
	}
	var sum int
	d.Read(t.Context(), d.Community, func(tx *db.Tx) error { return tx.QueryRow(`SELECT CAST(sum(n) AS BIGINT) FROM thing`).Scan(&sum) }) //nolint:errcheck // the sum tells
	if sum != 4 {
		t.Errorf("the rows were raised %d times, want 4", sum)
	}
}

// The server ends a writer's connection in the middle of a closure: that call says so, and the next one works.
func TestALostConnectionIsToldAndReplaced(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	setup(t, d)
	err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
		if _, err := tx.Exec(insertThing, tx.Community(), "lost", 0, tx.Now()); err != nil {
			return err
		}
		var pid int
		if err := tx.QueryRow(`SELECT pg_backend_pid()`).Scan(&pid); err != nil {
			return err
		}
		if _, err := d.SQL().ExecContext(context.Background(), `SELECT pg_terminate_backend($1)`, pid); err != nil {
			return err
		}
		_, err := tx.Exec(insertThing, tx.Community(), "lost too", 0, tx.Now())
		return err
	})
	if !errors.Is(err, db.ErrLost) || !db.IsTransient(err) {
		t.Errorf("got %v", err)
	}
	for i := range 4 {
		if err := insert(t.Context(), d, fmt.Sprint("after", i)); err != nil {
			t.Error(err)
		}
	}
	if got := count(t, d); got != 4 {
		t.Errorf("%d rows, want those after the loss", got)
	}
}

// Under load, the server ends every connection again and again: what was acknowledged is there, what was refused says why.
func TestLosingConnectionsUnderLoadLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	setup(t, d)
	var told sync.Map
	var failed atomic.Int64
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				name := fmt.Sprintf("%d/%d", w, i)
				switch err := insert(context.Background(), d, name); {
				case err == nil:
					told.Store(name, true)
				case errors.Is(err, db.ErrLost):
					failed.Add(1)
				default:
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
	pool, err := sql.Open("pgx", d.Config.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	for range 5 {
		batches, _, _, _ := d.Counts()
		testkit.Soon(t, "ten more batches", func() bool { now, _, _, _ := d.Counts(); return now >= batches+10 })
		if _, err := pool.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			t.Error(err)
		}
	}
	cancel()
	wg.Wait()
	if failed.Load() == 0 {
		t.Error("no call was hit")
	}
	there := map[string]bool{}
	err = d.Read(t.Context(), d.Community, func(tx *db.Tx) error {
		names, err := db.All(tx, db.Column[string], `SELECT name FROM thing`)
		for _, n := range names {
			there[n] = true
		}
		return err
	})
	if err != nil { // the readers' connections were ended too; the first read after that says so
		t.Logf("read: %v", err)
		err = d.Read(t.Context(), d.Community, func(tx *db.Tx) error {
			names, err := db.All(tx, db.Column[string], `SELECT name FROM thing`)
			for _, n := range names {
				there[n] = true
			}
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	told.Range(func(k, _ any) bool {
		if !there[k.(string)] {
			t.Errorf("%s was acknowledged and is gone", k)
		}
		return true
	})
}

// A full disk: the batch fails with a refusal people can act on, nothing acknowledged is lost, and it goes on when there is room.
func TestAFullDiskLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	setup(t, d)
	limit := func(pages string) {
		t.Helper()
		err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
			var n int
			return tx.QueryRow(`PRAGMA max_page_count = ` + pages).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit("1") // SQLite takes the present size at least
	var told, full atomic.Int64
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := range 40 {
				err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
					_, err := tx.Exec(insertThing, tx.Community(), fmt.Sprintf("%0200d/%d", w, i), 0, tx.Now())
					if w == 0 && i == 3 { // the limit is the connection's, which is dropped when it is full
						tx.QueryRow(`PRAGMA max_page_count = 60`).Scan(new(int)) //nolint:errcheck // what follows tells
					}
					return err
				})
				switch {
				case err == nil:
					told.Add(1)
				case errors.Is(err, db.ErrFull):
					full.Add(1)
				default:
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if full.Load() == 0 {
		t.Fatal("the disk was never full")
	}
	if got := count(t, d); got != int(told.Load()) {
		t.Errorf("%d rows, %d acknowledged", got, told.Load())
	}
	if err := insert(t.Context(), d, "room again"); err != nil {
		t.Error(err)
	}
}

func TestAReadOnlyFileIsRefusedInWords(t *testing.T) {
	if os.Geteuid() == 0 {
		// root may write everything: SQLite's own switch stands in for the file's mode.
		d := testkit.SQLite(t)
		setup(t, d)
		err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
			if _, err := tx.Exec(`PRAGMA query_only = ON`); err != nil {
				return err
			}
			_, err := tx.Exec(insertThing, tx.Community(), "x", 0, tx.Now())
			return err
		})
		if !errors.Is(err, db.ErrReadOnly) {
			t.Errorf("got %v", err)
		}
		return
	}
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	_, err := db.Open(t.Context(), db.Config{Path: filepath.Join(folder, "data", "qunce.db")})
	if !errors.Is(err, db.ErrReadOnly) {
		t.Errorf("got %v", err)
	}
}

// A path may hold what means something in a URI.
func TestAnOddPathIsTheFilesPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a%20b?c#d 群", "qunce.db")
	d, err := db.Open(t.Context(), db.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// Close under load answers every call: those that were taken are done, the others refused, and what was told is there.
func TestCloseAnswersEveryCall(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		setup(t, d)
		var told, refused atomic.Int64
		var wg sync.WaitGroup
		for w := range 64 {
			wg.Go(func() {
				for i := 0; ; i++ {
					err := insert(context.Background(), d, fmt.Sprintf("%d/%d", w, i))
					if err == nil {
						told.Add(1)
						continue
					}
					if !errors.Is(err, db.ErrClosed) {
						t.Error(err)
					}
					refused.Add(1)
					return
				}
			})
		}
		testkit.Soon(t, "two hundred were told", func() bool { return told.Load() >= 200 })
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
		if refused.Load() != 64 {
			t.Errorf("%d refused, want every caller's last", refused.Load())
		}
		if err := d.Read(t.Context(), d.Community, func(*db.Tx) error { return nil }); !errors.Is(err, db.ErrClosed) {
			t.Errorf("read: %v", err)
		}
		if got := count(t, d.Again(t)); got != int(told.Load()) {
			t.Errorf("%d rows, %d acknowledged", got, told.Load())
		}
	})
}

// What is the server's fault may go well later, and what is the statement's may not: facts are parked for the one and not for
// the other.
func TestTheServersFaultsPass(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	for code, passes := range map[string]bool{"57014": true, "58030": true, "XX000": true, "23505": false, "22012": false} {
		err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
			_, err := tx.Exec(`DO $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '` + code + `'; END $$`)
			return err
		})
		if err == nil || db.IsTransient(err) != passes {
			t.Errorf("%s: %v", code, err)
		}
	}
	if err := db.Undone(); !db.IsTransient(err) {
		t.Errorf("undone at COMMIT: %v", err)
	}
}
