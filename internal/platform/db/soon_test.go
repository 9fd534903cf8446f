package db_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

const (
	setThing  = `UPDATE thing SET n = $3 WHERE community_id = $1 AND name = $2`
	readThing = `SELECT n FROM thing WHERE community_id = $1 AND name = $2`
)

func valueOf(tx *db.Tx, name string) (n int, err error) {
	err = tx.QueryRow(readThing, tx.Community(), name).Scan(&n)
	return n, err
}

// ask makes a closure's connection know the texts, as it does after the first time.
func ask(t *testing.T, tx *db.Tx) {
	t.Helper()
	_, err := valueOf(tx, "row")
	_, countErr := names(tx)
	if err := errors.Join(err, countErr, tx.Put(setThing, tx.Community(), "other", 0)); err != nil {
		t.Error(err)
	}
}

// What is announced comes with the next query on PostgreSQL, once; SQLite asks when it is asked.
func TestWhatIsAnnouncedComesWithTheNextQuery(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	setup(t, d)
	if err := insert(t.Context(), d, "row"); err != nil {
		t.Fatal(err)
	}
	err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
		ask(t, tx)
		tx.Soon(func() {
			if n, err := valueOf(tx, "row"); n != 0 || !errors.Is(err, db.ErrNoRows) {
				t.Errorf("an announced query found %d, %v", n, err)
			}
		})
		if n, err := names(tx); err != nil || n != 1 {
			t.Errorf("the next query: %d, %v", n, err)
		}
		if _, err := d.SQL().ExecContext(context.Background(), setThing, d.Community, "row", 7); err != nil {
			return err
		}
		if n, err := valueOf(tx, "row"); err != nil || n != 0 {
			t.Errorf("it read %d, %v: it did not come with the query before", n, err)
		}
		if n, err := valueOf(tx, "row"); err != nil || n != 7 {
			t.Errorf("asked once more it read %d, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A closure sees what it has written, whether the query was announced before or behind it, sent or not.
func TestAnAnnouncementIsUndoneByAChange(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		setup(t, d)
		if err := insert(t.Context(), d, "row"); err != nil {
			t.Fatal(err)
		}
		changes := map[string]func(tx *db.Tx, n int) error{
			"Put": func(tx *db.Tx, n int) error { return tx.Put(setThing, tx.Community(), "row", n) },
			"Exec": func(tx *db.Tx, n int) error {
				_, err := tx.Exec(setThing, tx.Community(), "row", n)
				return err
			},
			"QueryRow": func(tx *db.Tx, n int) error {
				return tx.QueryRow(setThing+` RETURNING n`, tx.Community(), "row", n).Scan(&n)
			},
		}
		n := 0
		for name, change := range changes {
			for _, sent := range []bool{false, true, false, true} {
				n++
				err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
					ask(t, tx)
					tx.Soon(func() { _, _ = valueOf(tx, "row") })
					if sent {
						if _, err := names(tx); err != nil {
							return err
						}
					}
					if err := change(tx, n); err != nil {
						return err
					}
					if got, err := valueOf(tx, "row"); err != nil || got != n {
						t.Errorf("%s, sent %t: %d, %v; want %d", name, sent, got, err, n)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// What is announced and never asked, or with other arguments, changes nothing; rows come as they are.
func TestAnAnnouncementMayBeWrong(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		setup(t, d)
		for _, name := range []string{"a", "b", "row"} {
			if err := insert(t.Context(), d, name); err != nil {
				t.Fatal(err)
			}
		}
		const list = `SELECT name, n, NULL FROM thing WHERE community_id = $1 ORDER BY name`
		for range 2 {
			err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
				ask(t, tx)
				read := func() (all []string, err error) {
					return db.All(tx, func(r *db.Row) (name string, err error) {
						var n int
						var none sql.NullString
						err = r.Scan(&name, &n, &none)
						if none.Valid {
							t.Errorf("NULL became %q", none.String)
						}
						return name, err
					}, list, tx.Community())
				}
				if _, err := read(); err != nil {
					return err
				}
				tx.Soon(func() {
					_, _ = valueOf(tx, "nobody")
					_, _ = read()
				})
				if n, err := valueOf(tx, "row"); err != nil || n != 0 {
					t.Errorf("%d, %v", n, err)
				}
				all, err := read()
				if err != nil || len(all) != 3 || all[0] != "a" || all[2] != "row" {
					t.Errorf("%q, %v", all, err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// What is announced must not write.
func TestAnAnnouncementWritesNothing(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	setup(t, d)
	for range 3 {
		err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
			tx.Soon(func() { _ = put(tx, "announced") })
			return nil
		})
		if err == nil {
			t.Error("it was let through")
		}
	}
	if n := count(t, d); n != 0 {
		t.Errorf("%d things", n)
	}
}

// A row that a closure of a shared transaction has locked by Lock stays locked for the closures behind it when it refuses; locked by a
// plain statement it is free again.
func TestALockOutlivesARefusal(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d, err := db.Open(ctx, db.Config{URL: testkit.PostgresURL(t), Writers: 1, Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	table(t, &testkit.DB{DB: d})
	const lock = `SELECT 1 FROM thing WHERE community_id = $1 AND name = 'row' FOR UPDATE`
	if err := d.Do(ctx, "c", func(tx *db.Tx) error { return tx.Put(insertThing, tx.Community(), "row", 0, tx.Now()) }); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	// free tells whether another connection gets the row while the closure behind a refused one runs.
	free := func(lockRow func(tx *db.Tx) error) (is bool) {
		for behind := false; !behind; {
			var first, second int64 // by one writer, one after the other
			begin, done := make(chan struct{}), make(chan error, 3)
			go func() { done <- d.Do(ctx, "c", func(*db.Tx) error { <-begin; return nil }) }()
			go func() {
				done <- d.Do(ctx, "c", func(tx *db.Tx) error {
					second = 0
					err := errors.Join(lockRow(tx), tx.QueryRow(`SELECT pg_current_xact_id()::text::bigint`).Scan(&first))
					return errors.Join(err, refused)
				})
			}()
			go func() {
				done <- d.Do(ctx, "c", func(tx *db.Tx) error {
					if err := tx.QueryRow(`SELECT pg_current_xact_id()::text::bigint`).Scan(&second); err != nil {
						return err
					}
					found := 0
					err := d.SQL().QueryRowContext(context.Background(), lock+` SKIP LOCKED`, "c").Scan(&found)
					if errors.Is(err, sql.ErrNoRows) {
						err = nil
					}
					is = found == 1
					return err
				})
			}()
			close(begin)
			for range 3 {
				if err := <-done; err != nil && !errors.Is(err, refused) {
					t.Fatal(err)
				}
			}
			behind = first == second
		}
		return is
	}
	for range 3 { // the connection knows the text after the first
		free(func(tx *db.Tx) error { return tx.Lock(lock, tx.Community()) })
	}
	if free(func(tx *db.Tx) error { return tx.Lock(lock, tx.Community()) }) {
		t.Error("what Lock has locked was free after the refusal")
	}
	if !free(func(tx *db.Tx) error { return tx.Put(lock, tx.Community()) }) {
		t.Error("control: a plain lock outlived the refusal, so this test shows nothing")
	}
}

// A table that has grown is looked at, so that the planner knows what an index saves.
func TestATableThatHasGrownIsLookedAt(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	setup(t, d)
	rows := make([][]any, 1000)
	for i := range rows {
		rows[i] = []any{d.Community, d.NewID(), i, 0}
	}
	if err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error { return tx.Insert("thing", []string{"community_id", "name", "n", "at"}, rows) }); err != nil {
		t.Fatal(err)
	}
	testkit.Soon(t, "the planner knows of the rows", func() bool {
		var known float64
		if err := errors.Join(d.Analyze(t.Context()), d.SQL().QueryRowContext(t.Context(), `SELECT reltuples FROM pg_class WHERE relname = 'thing' AND relnamespace = current_schema()::regnamespace`).Scan(&known)); err != nil {
			t.Fatal(err)
		}
		return known == 1000
	})
}
