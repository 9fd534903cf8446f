package db_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// put writes a thing without asking what became of it.
func put(tx *db.Tx, name string) error { return tx.Put(insertThing, tx.Community(), name, 1, tx.Now()) }

func names(tx *db.Tx) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM thing WHERE community_id = $1`, tx.Community()).Scan(&n)
	return n, err
}

// What was put is there for the closure's next statement, and after the commit, also when it came last.
func TestWhatIsPutIsThere(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		setup(t, d)
		for round := range 3 { // PostgreSQL knows the text from the second round on
			err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
				for i := range 40 { // more than may wait
					if err := put(tx, fmt.Sprint(round, " ", i)); err != nil {
						return err
					}
				}
				n, err := names(tx)
				if err == nil && n != round*41+40 {
					t.Errorf("round %d: %d things after 40 more", round, n)
				}
				if err != nil {
					return err
				}
				return put(tx, fmt.Sprint(round, " last"))
			})
			if err != nil {
				t.Fatal(err)
			}
			if n := count(t, d); n != (round+1)*41 {
				t.Errorf("round %d: %d things", round, n)
			}
		}
	})
}

// A closure whose put fails late, at its next statement or at the commit, leaves nothing; its neighbours lose nothing, and a refusal
// after a put stays a refusal.
func TestAPutThatFailsIsItsClosuresAlone(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		setup(t, d)
		if err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error { return put(tx, "taken") }); err != nil {
			t.Fatal(err)
		}
		refused := errors.New("refused")
		const n = 240
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				var seen int
				err := d.Do(t.Context(), d.Community, func(tx *db.Tx) (err error) {
					if err := put(tx, fmt.Sprint(i)); err != nil {
						return err
					}
					switch i % 6 {
					case 1: // shows at the next statement
						if err := put(tx, "taken"); err != nil {
							return err
						}
						seen, err = names(tx)
						return err
					case 2: // shows at the commit, or while a neighbour runs
						return put(tx, "taken")
					case 3:
						return refused
					}
					return nil
				})
				if want := i%6 != 1 && i%6 != 2 && i%6 != 3; (err == nil) != want || i%6 == 3 && !errors.Is(err, refused) {
					t.Errorf("closure %d: %v, having seen %d", i, err, seen)
				}
			})
		}
		wg.Wait()
		if got := count(t, d); got != n/2+1 {
			t.Errorf("%d things, want %d", got, n/2+1)
		}
	})
}

// Who refuses before anything of them was sent takes nothing away of those who came before them and only put.
func TestARefusalTakesNoNeighboursPutsAway(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		setup(t, d)
		refused := errors.New("refused")
		for round := range 4 { // PostgreSQL's writers know the text after the first
			const n = 200
			var wg sync.WaitGroup
			for i := range n {
				wg.Go(func() {
					err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
						if i%4 == 1 {
							return refused
						}
						if err := put(tx, fmt.Sprint(round, " ", i)); err != nil || i%4 != 3 {
							return err
						}
						return refused
					})
					if refusal := i%4 == 1 || i%4 == 3; refusal != errors.Is(err, refused) || !refusal && err != nil {
						t.Errorf("closure %d: %v", i, err)
					}
				})
			}
			wg.Wait()
			if got := count(t, d); got != (round+1)*n/2 {
				t.Errorf("round %d: %d things were answered for, %d are there", round, (round+1)*n/2, got)
			}
		}
	})
}

// A reader puts nothing.
func TestReadersPutNothing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		setup(t, d)
		if err := d.Read(t.Context(), d.Community, func(tx *db.Tx) error { return put(tx, "read") }); err == nil {
			t.Error("a reader wrote")
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d things", n)
		}
	})
}

// What must change one row fails its closure when it doesn't, at once or late, before the commit in any case.
func TestWhatMustChangeOneRow(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		setup(t, d)
		raise := func(tx *db.Tx, name string) error {
			return tx.Must(`UPDATE thing SET n = n + 1 WHERE community_id = $1 AND name = $2`, tx.Community(), name)
		}
		for _, name := range []string{"a", "b"} { // PostgreSQL knows the text afterwards
			if err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error { return errors.Join(put(tx, name), raise(tx, name)) }); err != nil {
				t.Fatal(err)
			}
		}
		const n = 120
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
					if err := put(tx, fmt.Sprint(i)); err != nil {
						return err
					}
					if i%3 == 1 {
						return raise(tx, "nobody")
					}
					return raise(tx, fmt.Sprint(i))
				})
				if (err == nil) != (i%3 != 1) {
					t.Errorf("closure %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if got := count(t, d); got != 2+n*2/3 {
			t.Errorf("%d things, want %d", got, 2+n*2/3)
		}
	})
}
