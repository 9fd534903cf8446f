package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// block keeps SQLite's one writer busy until release is called, so that what follows shares a batch.
func block(t *testing.T, d *testkit.DB) (release func()) {
	t.Helper()
	begun, end, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		d.Alone(context.Background(), d.Community, func(*db.Tx) error { close(begun); <-end; return nil }) //nolint:errcheck // it never fails
	}()
	<-begun
	return func() { close(end); <-ended }
}

// Closures that take long are spread over several transactions; each still runs once and is answered for itself.
func TestLongClosuresAreSplit(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	setup(t, d)
	release := block(t, d)
	var wg sync.WaitGroup
	var runs atomic.Int64
	for i := range 12 {
		wg.Go(func() {
			err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
				runs.Add(1)
				if _, err := tx.Exec(insertThing, tx.Community(), fmt.Sprint(i), i, tx.Now()); err != nil {
					return err
				}
				time.Sleep(15 * time.Millisecond)
				if i == 5 {
					return errors.New("no")
				}
				return nil
			})
			if (err != nil) != (i == 5) {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	time.Sleep(50 * time.Millisecond) // all wait
	before, _, _, _ := d.Counts()
	release()
	wg.Wait()
	after, _, _, _ := d.Counts()
	if n := after - before; n < 4 || n > 12 {
		t.Errorf("%d transactions for 180 ms of closures", n)
	}
	if runs.Load() != 12 || count(t, d) != 11 {
		t.Errorf("%d runs, %d rows", runs.Load(), count(t, d))
	}
}

func TestACallGivenUpWhileItWaitsNeverRuns(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	setup(t, d)
	release := block(t, d)
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan error)
	go func() {
		answered <- d.Do(ctx, d.Community, func(tx *db.Tx) error { t.Error("ran"); return nil })
	}()
	cancel()
	if err := <-answered; !errors.Is(err, context.Canceled) { // while the writer is still busy
		t.Errorf("got %v", err)
	}
	release()
	if err := insert(t.Context(), d, "next"); err != nil {
		t.Error(err)
	}
}

// What a flusher wants after the commit is done before anybody is answered, also when the batch's last closure was refused.
func TestAfterCommitComesBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	var woken atomic.Int64
	d.OnFlush("test", func(tx *db.Tx, items []db.Deferred) error {
		tx.AfterCommit(func() { woken.Add(int64(len(items))) })
		return nil
	})
	release := block(t, d)
	var wg sync.WaitGroup
	refuse := errors.New("refused")
	for i := range 10 {
		time.Sleep(time.Millisecond) // in this order
		wg.Go(func() {
			err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
				tx.Defer("test", i)
				if i == 9 {
					return refuse
				}
				return nil
			})
			if i < 9 && (err != nil || woken.Load() != 9) {
				t.Errorf("closure %d was answered with %v when %d items had been told of", i, err, woken.Load())
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	release()
	wg.Wait()
}

func TestPanicsStayWithTheirCause(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		setup(t, d)
		d.OnFlush("bad", func(*db.Tx, []db.Deferred) error { panic("in the flusher") })
		err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error { tx.Defer("bad", 1); return nil })
		if err == nil || !strings.Contains(err.Error(), "in the flusher") {
			t.Errorf("flusher: %v", err)
		}
		err = d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
			tx.AfterCommit(func() { panic("after the commit") })
			_, err := tx.Exec(insertThing, tx.Community(), "x", 0, tx.Now())
			return err
		})
		if err != nil || count(t, d) != 1 {
			t.Errorf("after the commit: %v", err)
		}
		err = d.Read(t.Context(), d.Community, func(tx *db.Tx) error {
			return tx.Each(func(*db.Row) error { panic("in a read") }, `SELECT name FROM thing`)
		})
		if err == nil || count(t, d) != 1 {
			t.Errorf("read: %v", err)
		}
	})
}

func TestWhatNobodyWouldFlushFails(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	if err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error { tx.Defer("nobody", 1); return nil }); err == nil {
		t.Error("an item was lost silently")
	}
}

// A Do inside a Do waits for itself. It is told within a second, and its neighbours go on.
func TestDoInsideDoIsRefused(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	setup(t, d)
	err := d.Do(t.Context(), d.Community, func(*db.Tx) error { return insert(t.Context(), d, "inner") })
	if err == nil || !strings.Contains(err.Error(), "inside a Do") {
		t.Errorf("got %v", err)
	}
	if err := insert(t.Context(), d, "next"); err != nil || count(t, d) != 1 {
		t.Errorf("next: %v, %d rows", err, count(t, d))
	}
}

// Other goroutines that wait behind a long closure are not mistaken for nested ones.
func TestWaitingLongIsNotNesting(t *testing.T) {
	t.Parallel()
	d := testkit.SQLite(t)
	setup(t, d)
	release := block(t, d)
	answered := make(chan error)
	go func() { answered <- insert(context.Background(), d, "patient") }()
	time.Sleep(700 * time.Millisecond)
	release()
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

// Both engines refuse what only one of them could do.
func TestStatementsDoNotOverlap(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		setup(t, d)
		if err := insert(t.Context(), d, "x"); err != nil {
			t.Fatal(err)
		}
		for name, fn := range map[string]func(tx *db.Tx) error{
			"a statement inside Each": func(tx *db.Tx) error {
				return tx.Each(func(*db.Row) error { _, err := tx.Exec(`DELETE FROM thing`); return err }, `SELECT name FROM thing`)
			},
			"a statement before Scan": func(tx *db.Tx) error {
				tx.QueryRow(`SELECT name FROM thing`)
				_, err := tx.Exec(`DELETE FROM thing`)
				return err
			},
			"no Scan at all": func(tx *db.Tx) error { tx.QueryRow(`DELETE FROM thing RETURNING name`); return nil },
		} {
			if err := d.Do(t.Context(), d.Community, fn); err == nil || count(t, d) != 1 {
				t.Errorf("%s: %v, %d rows", name, err, count(t, d))
			}
		}
		err := d.Read(t.Context(), d.Community, func(tx *db.Tx) error {
			return tx.QueryRow(`DELETE FROM thing RETURNING name`).Scan(new(string))
		})
		if err == nil || count(t, d) != 1 {
			t.Error("a reader wrote")
		}
	})
}

// A statement that fails after fn has seen enough fails its closure: else COMMIT would quietly undo the transaction.
func TestALateFailureIsNoticed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		setup(t, d)
		err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
			rows := make([][]any, 0, 500)
			for i := range 500 {
				rows = append(rows, []any{tx.Community(), fmt.Sprint(i), 500 - i, tx.Now()})
			}
			return tx.Insert("thing", []string{"community_id", "name", "n", "at"}, rows)
		})
		if err != nil {
			t.Fatal(err)
		}
		enough := errors.New("enough")
		err = d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
			if _, err := tx.Exec(insertThing, tx.Community(), "late", 0, tx.Now()); err != nil {
				return err
			}
			// The overflow comes at the last row, after many were sent.
			err := tx.Each(func(*db.Row) error { return enough }, `SELECT CASE WHEN n = 1 THEN abs(CAST('-9223372036854775808' AS BIGINT)) ELSE n END FROM thing WHERE n > 0 ORDER BY n DESC`)
			if !errors.Is(err, enough) {
				return err
			}
			return nil
		})
		there := count(t, d) == 501
		if (err == nil) != there {
			t.Errorf("answered %v; the row is there: %t", err, there)
		}
	})
}

func TestInsertTakesAnyNumberOfRows(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		setup(t, d)
		round := 0
		rapid.Check(t, func(r *rapid.T) {
			round++
			n := rapid.OneOf(rapid.IntRange(0, 9), rapid.IntRange(60, 70), rapid.SampledFrom([]int{127, 249, 250, 251, 513})).Draw(r, "rows")
			err := d.Do(context.Background(), d.Community, func(tx *db.Tx) error {
				var rows [][]any
				for i := range n {
					rows = append(rows, []any{tx.Community(), fmt.Sprintf("%d/%d", round, i), i, tx.Now()})
				}
				return tx.Insert("thing", []string{"community_id", "name", "n", "at"}, rows)
			})
			if err != nil {
				r.Fatal(err)
			}
			var got, sum int
			err = d.Read(context.Background(), d.Community, func(tx *db.Tx) error {
				return tx.QueryRow(`SELECT count(*), CAST(COALESCE(sum(n), 0) AS BIGINT) FROM thing WHERE community_id = $1 AND name LIKE $2`, tx.Community(), fmt.Sprint(round, "/%")).Scan(&got, &sum)
			})
			if err != nil || got != n || sum != n*(n-1)/2 {
				r.Fatalf("%d rows of %d, sum %d, %v", got, n, sum, err)
			}
		})
	})
}

// A bare number is JSON too, and named types are their basic ones.
func TestOddValuesSurvive(t *testing.T) {
	type colour string
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		var number, fraction db.RawJSON
		var c colour
		err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
			if _, err := tx.Exec(`CREATE TABLE odd (a JSONB, b JSONB, c TEXT, d BIGINT)`); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO odd VALUES ($1, $2, $3, $4)`, db.JSON[int]{V: 5}, db.JSON[float64]{V: 1.5}, colour("red"), time.Second); err != nil {
				return err
			}
			return tx.QueryRow(`SELECT a, b, c FROM odd WHERE d = $1`, time.Second).Scan(&number, &fraction, &c)
		})
		if err != nil || string(number) != "5" || string(fraction) != "1.5" || c != "red" {
			t.Errorf("%s, %s, %s, %v", number, fraction, c, err)
		}
	})
}
