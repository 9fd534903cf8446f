package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

const insertThing = `INSERT INTO thing (community_id, name, n, at) VALUES ($1, $2, $3, $4)`

func setup(t *testing.T, d *testkit.DB) {
	t.Helper()
	table(t, d)
}

func table(t testing.TB, d *testkit.DB) {
	t.Helper()
	err := d.Do(context.Background(), "", func(tx *db.Tx) error {
		_, err := tx.Exec(`CREATE TABLE thing (community_id TEXT, name TEXT, n BIGINT, at BIGINT, PRIMARY KEY (community_id, name))`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, d *testkit.DB) (n int) {
	t.Helper()
	err := d.Read(t.Context(), d.Community, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM thing`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Of many closures in shared transactions, those that fail or panic leave nothing and take nothing of their neighbours.
func TestSharedTransactionKeepsNeighboursApart(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		setup(t, d)
		const n = 300
		boom := errors.New("boom")
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
					if _, err := tx.Exec(`INSERT INTO thing (community_id, name, n, at) VALUES ($1, $2, $3, $4)`, tx.Community(), fmt.Sprint(i), i, tx.Now()); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return boom
					case 2:
						if i%2 == 0 {
							panic("boom")
						}
						// A failed statement spoils its closure even when its error is swallowed.
						tx.Exec(`INSERT INTO thing (community_id, name, n, at) VALUES ($1, $2, 0, 0)`, tx.Community(), fmt.Sprint(i)) //nolint:errcheck // swallowed on purpose
					}
					return nil
				})
				if (err == nil) != (i%3 == 0) {
					t.Errorf("closure %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if got := count(t, d); got != n/3 {
			t.Errorf("%d rows, want %d", got, n/3)
		}
	})
}

func TestFlushFailureIsAnsweredAlone(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		setup(t, d)
		bad := errors.New("bad item")
		d.OnFlush("test", func(tx *db.Tx, items []db.Deferred) error {
			for _, it := range items {
				if it.Item == 7 {
					return bad
				}
				if _, err := tx.Exec(`INSERT INTO thing (community_id, name, n, at) VALUES ($1, $2, 0, 0)`, it.Community, fmt.Sprint("flush", it.Item)); err != nil {
					return err
				}
			}
			return nil
		})
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error { tx.Defer("test", i); return nil })
				if errors.Is(err, bad) != (i == 7) {
					t.Errorf("closure %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if got := count(t, d); got != 19 {
			t.Errorf("%d rows flushed, want 19", got)
		}
	})
}

func TestTimesAndJSONSurvive(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		var at, none time.Time
		var data db.JSON[map[string]int]
		err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
			if _, err := tx.Exec(`CREATE TABLE v (community_id TEXT PRIMARY KEY, at BIGINT, none BIGINT, data JSONB, ok BOOLEAN NOT NULL)`); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO v VALUES ($1, $2, $3, $4, $5)`, "c", tx.Now(), time.Time{}, db.JSON[map[string]int]{V: map[string]int{"a": 1}}, true); err != nil {
				return err
			}
			return tx.QueryRow(`SELECT at, none, data FROM v WHERE ok`).Scan(&at, &none, &data)
		})
		if err != nil {
			t.Fatal(err)
		}
		if !at.Equal(testkit.Start) || !none.IsZero() || data.V["a"] != 1 {
			t.Errorf("got %v, %v, %v", at, none, data.V)
		}
	})
}

func TestNowNeverRunsBackwards(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	now := func() (at time.Time) {
		d.Read(t.Context(), "", func(tx *db.Tx) error { at = tx.Now(); return nil }) //nolint:errcheck // it never fails
		return at
	}
	before := now()
	d.Clock.Advance(-time.Hour)
	if after := now(); after.Before(before) {
		t.Errorf("%v, then %v", before, after)
	}
}

func TestACancelledWaitRunsNothing(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := d.Do(ctx, "", func(*db.Tx) error { t.Error("ran"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestReadsDoNotWrite(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	setup(t, d)
	err := d.Read(t.Context(), "", func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM thing`)
		return err
	})
	if err == nil {
		t.Error("a reader wrote")
	}
}
