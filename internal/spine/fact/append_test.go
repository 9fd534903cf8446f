package fact_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

// While many write, from two nodes on PostgreSQL, whoever reads on from where they stood meets every position once.
func TestPositionsRiseInCommitOrderWithoutGaps(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		nodes := []*node{start(t, d)}
		if d.Dialect() == db.Postgres {
			nodes = append(nodes, start(t, d.Again(t)))
		}
		const writers, rounds = 24, 15
		refuse := errors.New("refused")
		var writing sync.WaitGroup
		done := make(chan struct{})
		var mu sync.Mutex
		written := 0
		for w := range writers {
			n := nodes[w%len(nodes)]
			r := rand.New(rand.NewPCG(uint64(w), 1))
			writing.Go(func() {
				for i := range rounds {
					count := 1 + r.IntN(4)
					err := n.Do(context.Background(), n.Community, func(tx *db.Tx) error {
						for k := range count {
							if _, err := fact.Append(tx, Joined{N: i}, fact.Fact{Person: fmt.Sprintf("p%d", (w+k)%10)}); err != nil {
								return err
							}
						}
						if i%5 == 4 {
							return refuse
						}
						return nil
					})
					if err == nil {
						mu.Lock()
						written += count
						mu.Unlock()
					} else if !errors.Is(err, refuse) {
						t.Error(err)
					}
				}
			})
		}
		go func() { writing.Wait(); close(done) }()
		cursors := map[int]int64{}
		readOn := func() {
			for shard := range fact.Shards {
				var facts []fact.Fact
				err := d.Read(t.Context(), d.Community, func(tx *db.Tx) (err error) {
					facts, err = fact.After(tx, shard, cursors[shard], 1000)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range facts {
					if f.Pos != cursors[shard]+1 {
						t.Fatalf("shard %d: position %d follows %d", shard, f.Pos, cursors[shard])
					}
					cursors[shard] = f.Pos
				}
			}
		}
		for running := true; running; {
			select {
			case <-done:
				running = false
			default:
			}
			readOn()
		}
		var sum int64
		for _, pos := range cursors {
			sum += pos
		}
		if int(sum) != written {
			t.Errorf("%d facts read, %d written", sum, written)
		}
	})
}

// heldOpen starts a transaction that runs fn at once and commits when release is called.
func heldOpen(t *testing.T, n *node, fn func(tx *db.Tx) error) (release func()) {
	t.Helper()
	begun, end, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		ended <- n.Alone(context.Background(), n.Community, func(tx *db.Tx) error {
			err := fn(tx)
			close(begun)
			<-end
			return err
		})
	}()
	<-begun
	return func() {
		close(end)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// Control: a fact that was appended first and committed last has the lower id. Who reads by id has passed it by then; who
// reads by position has not. Likewise for a number that is taken when the row is written and not under the shard's lock.
func TestIdsAndSequencesLoseRowsWherePositionsDoNot(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	slow, fast := start(t, d), start(t, d.Again(t))
	err := d.Do(t.Context(), "", func(tx *db.Tx) error {
		_, err := tx.Exec(`CREATE TABLE bare (pos BIGSERIAL PRIMARY KEY, who TEXT)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	write := func(who string) func(tx *db.Tx) error {
		return func(tx *db.Tx) error {
			if _, err := tx.Exec(`INSERT INTO bare (who) VALUES ($1)`, who); err != nil {
				return err
			}
			_, err := fact.Append(tx, Joined{}, fact.Fact{Person: "p", Circle: who})
			return err
		}
	}
	var lastID string
	var lastPos, lastBare int64
	read := func() (byID, byBare, byPos int) {
		err := fast.Read(t.Context(), d.Community, func(tx *db.Tx) error {
			ids, err := db.All(tx, db.Column[string], `SELECT id FROM fact WHERE community_id = $1 AND id > $2 ORDER BY id`, tx.Community(), lastID)
			if err != nil {
				return err
			}
			bare, err := db.All(tx, db.Column[int64], `SELECT pos FROM bare WHERE pos > $1 ORDER BY pos`, lastBare)
			if err != nil {
				return err
			}
			facts, err := fact.After(tx, fact.ShardOf("p"), lastPos, 10)
			if err != nil {
				return err
			}
			byID, byBare, byPos = len(ids), len(bare), len(facts)
			if byID > 0 {
				lastID = ids[byID-1]
			}
			if byBare > 0 {
				lastBare = bare[byBare-1]
			}
			if byPos > 0 {
				lastPos = facts[byPos-1].Pos
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return byID, byBare, byPos
	}

	release := heldOpen(t, slow, write("slow"))
	d.Clock.Advance(time.Second)
	if err := fast.Do(t.Context(), d.Community, write("fast")); err != nil {
		t.Fatal(err)
	}
	if byID, byBare, byPos := read(); byID != 1 || byBare != 1 || byPos != 1 {
		t.Fatalf("the fast one: %d by id, %d by sequence, %d by position", byID, byBare, byPos)
	}
	release()
	byID, byBare, byPos := read()
	if byPos != 1 {
		t.Errorf("%d facts by position, want the slow one", byPos)
	}
	if byID != 0 || byBare != 0 {
		t.Errorf("the control found %d by id and %d by sequence: it shows nothing", byID, byBare)
	}
}

func TestAKeyAppendsOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		nodes := []*node{start(t, d)}
		if d.Dialect() == db.Postgres {
			nodes = append(nodes, start(t, d.Again(t)))
		}
		var mu sync.Mutex
		ids := map[string]int{}
		refused := 0
		var wg sync.WaitGroup
		for w := range 32 {
			n := nodes[w%len(nodes)]
			wg.Go(func() {
				var id string
				err := n.Do(context.Background(), n.Community, func(tx *db.Tx) (err error) {
					id, err = fact.Append(tx, Joined{N: 7 + w/31}, fact.Fact{Person: "p", Key: "k"}) // one says something else
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					ids[id]++
				case errors.Is(err, fact.ErrKeyReused):
					refused++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(ids) != 1 || refused != 1 && refused != 31 {
			t.Errorf("%d ids, %d refused", len(ids), refused)
		}
		if got := nodes[0].number(t, `SELECT count(*) FROM fact WHERE community_id = $1`, d.Community); got != 1 {
			t.Errorf("%d facts", got)
		}
		// The key belongs to its community, and time doesn't change what a fact says.
		d.Clock.Advance(time.Hour)
		err := d.Do(t.Context(), "elsewhere", func(tx *db.Tx) error {
			_, err := fact.Append(tx, Joined{N: 99}, fact.Fact{Person: "p", Key: "k"})
			return err
		})
		if err != nil {
			t.Error(err)
		}
		err = d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
			for range 2 {
				first, err := fact.Append(tx, Left{N: 1}, fact.Fact{Person: "q", Key: "twice in one"})
				if err != nil {
					return err
				}
				again, err := fact.Append(tx, Left{N: 1}, fact.Fact{Person: "q", Key: "twice in one"})
				if err != nil || again != first {
					return fmt.Errorf("%s, then %s: %w", first, again, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// A key whose transaction was refused is free again.
func TestARefusedTransactionTakesNoKey(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		n := start(t, d)
		refuse := errors.New("refused")
		put := func(number int, end error) error {
			return d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
				if _, err := fact.Append(tx, Joined{N: number}, fact.Fact{Person: "p", Key: "k"}); err != nil {
					return err
				}
				return end
			})
		}
		if err := put(1, refuse); !errors.Is(err, refuse) {
			t.Error(err)
		}
		if err := put(2, nil); err != nil {
			t.Error(err)
		}
		if got := n.number(t, `SELECT count(*) FROM fact`); got != 1 {
			t.Errorf("%d facts", got)
		}
	})
}

func TestAFactIsAboutSomebody(t *testing.T) {
	d := testkit.SQLite(t)
	start(t, d)
	err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
		_, err := fact.Append(tx, Joined{}, fact.Fact{Circle: "c"})
		return err
	})
	if err == nil {
		t.Error("a fact about nobody was taken")
	}
}

// The shards' rows are locked when nothing else of the transaction is waited for, though other parts register after the log.
func TestFactsAreFlushedLast(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		n := start(t, d)
		before := -1
		d.OnFlush("later", func(tx *db.Tx, items []db.Deferred) error {
			return tx.QueryRow(`SELECT count(*) FROM fact_shard WHERE community_id = $1`, items[0].Community).Scan(&before)
		})
		err := n.Do(t.Context(), n.Community, func(tx *db.Tx) error {
			tx.Defer("later", 1)
			_, err := fact.Append(tx, Joined{}, fact.Fact{Person: "ann"})
			return err
		})
		if err != nil || before != 0 {
			t.Errorf("%v; %d shards were locked before another's flush", err, before)
		}
	})
}

// A program whose clock is behind goes on where the log ends; a fact from far ahead is a clock's fault and stops no time.
func TestTimeGoesOnWhereTheLogEnds(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		now := func(ahead time.Duration) (got time.Time) {
			cfg := d.Config
			cfg.Clock = clock.NewManual(d.Clock.Now().Add(-ahead))
			other, err := db.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			start(t, &testkit.DB{DB: other, Clock: d.Clock, Community: d.Community, Config: cfg})
			err = other.Do(t.Context(), d.Community, func(tx *db.Tx) error { got = tx.Now(); return nil })
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		n := start(t, d)
		n.append(t, "ann", Joined{})
		if got := now(30 * time.Second); !got.Equal(d.Clock.Now()) {
			t.Errorf("the time is %v, want %v", got, d.Clock.Now())
		}
		if got := now(2 * time.Hour); !got.Equal(d.Clock.Now().Add(-2 * time.Hour)) {
			t.Errorf("the time is %v, want the clock's", got)
		}
	})
}

// A sweep of what has not grown reads the ends of the shards and nothing else.
func TestSweepingWhereNothingHappens(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		n := start(t, d, fact.Subscription{Name: "a", Handle: func(*db.Tx, []fact.Fact) error { return nil }})
		n.append(t, "ann", Joined{})
		n.step(t)
		grown := func() int {
			t.Helper()
			communities, err := n.log.Grown(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := n.log.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			return len(communities)
		}
		if first := grown(); first != 1 {
			t.Errorf("%d communities are looked at, want 1", first)
		}
		if again := grown(); again != 0 {
			t.Errorf("%d communities are looked at, and nothing has happened", again)
		}
		n.append(t, "bea", Joined{})
		if again := grown(); again != 1 {
			t.Errorf("%d communities are looked at, want 1", again)
		}
	})
}
