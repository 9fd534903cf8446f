package job_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/test/testkit"
)

func enqueue(t testing.TB, n *node, kind, key string, payload any) {
	t.Helper()
	n.do(t, func(tx *db.Tx) error { return job.Enqueue(tx, kind, key, tx.Now(), payload) })
}

// What a job gives back is recorded in the transaction that ends it; when that fails, both are undone and it is tried again.
func TestAJobEndsWithItsResult(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		effects(t, d)
		n := on(d)
		refuse := true
		n.OnJob("send", job.Options{}, func(_ context.Context, j job.Job) (func(*db.Tx) error, error) {
			var to string
			if err := j.Into(&to); err != nil {
				return nil, err
			}
			return func(tx *db.Tx) error {
				if err := effect(tx, to); err != nil {
					return err
				}
				if refuse {
					return errors.New("refused")
				}
				return nil
			}, nil
		})
		enqueue(t, n, "send", "", "mei")
		n.step(t)
		if n.number(t, `SELECT count(*) FROM effect`) != 0 || n.number(t, `SELECT count(*) FROM job WHERE attempts = 1`) != 1 {
			t.Error("a refused result left something, or took the job")
		}
		refuse = false
		d.Clock.Advance(time.Minute)
		n.step(t)
		if n.number(t, `SELECT count(*) FROM effect`) != 1 || n.number(t, `SELECT count(*) FROM job`) != 0 {
			t.Error("the result or the end of the job is missing")
		}
	})
}

func TestFailedJobsAreTriedAgainAndThenDead(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		effects(t, d)
		n := on(d)
		var tries atomic.Int64
		broken := true
		o := job.Options{Attempts: 3, Dead: func(tx *db.Tx, j job.Job, why error) error { return effect(tx, "dead "+j.Key) }}
		n.OnJob("flaky", o, func(context.Context, job.Job) (func(*db.Tx) error, error) {
			tries.Add(1)
			if broken {
				return nil, errors.New("坏\x00")
			}
			return nil, nil
		})
		n.OnJob("hopeless", o, func(context.Context, job.Job) (func(*db.Tx) error, error) {
			return nil, job.Permanent(errors.New("never"))
		})
		n.OnJob("panics", job.Options{Attempts: 1}, func(context.Context, job.Job) (func(*db.Tx) error, error) { panic("boom") })
		enqueue(t, n, "flaky", "f", nil)
		enqueue(t, n, "hopeless", "h", nil)
		enqueue(t, n, "panics", "p", nil)
		n.step(t)
		n.step(t)
		if tries.Load() != 1 {
			t.Errorf("%d tries without waiting", tries.Load())
		}
		for range 4 {
			d.Clock.Advance(time.Hour)
			n.step(t)
		}
		if tries.Load() != 3 {
			t.Errorf("%d tries, want 3", tries.Load())
		}
		var dead []job.Job
		list := func() []string {
			var keys []string
			err := n.Read(t.Context(), n.Community, func(tx *db.Tx) (err error) { dead, err = job.ListDead(tx, 10); return err })
			if err != nil {
				t.Fatal(err)
			}
			for _, j := range dead {
				keys = append(keys, j.Key)
			}
			slices.Sort(keys)
			return keys
		}
		if got := list(); !slices.Equal(got, []string{"f", "h", "p"}) {
			t.Fatalf("dead: %v", got)
		}
		if n.number(t, `SELECT count(*) FROM effect`) != 2 {
			t.Error("giving up was not recorded")
		}
		broken = false
		for _, j := range dead {
			if j.Key == "f" {
				n.do(t, func(tx *db.Tx) error { return job.Revive(tx, j.ID) })
				err := n.Do(t.Context(), n.Community, func(tx *db.Tx) error { return job.Revive(tx, j.ID) })
				if !errors.Is(err, job.ErrNotDead) {
					t.Errorf("reviving the living: %v", err)
				}
			}
		}
		n.step(t)
		if got := list(); !slices.Equal(got, []string{"h", "p"}) || tries.Load() != 4 {
			t.Errorf("after the revival: %v, %d tries", got, tries.Load())
		}
	})
}

// One job of a kind and key at a time, also when two nodes enqueue it at once. A dead one makes way.
func TestAKeyIsOneJob(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		both := nodes(t, d)
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() { enqueue(t, both[i%2], "k", "same", i) })
		}
		wg.Wait()
		enqueue(t, both[0], "other", "same", nil)
		enqueue(t, both[0], "k", "", nil)
		enqueue(t, both[0], "k", "", nil)
		if got := both[0].number(t, `SELECT count(*) FROM job`); got != 4 {
			t.Errorf("%d jobs, want 4", got)
		}
		var done order
		broken := true
		both[0].OnJob("k", job.Options{Attempts: 1}, func(_ context.Context, j job.Job) (func(*db.Tx) error, error) {
			if broken {
				return nil, errors.New("no")
			}
			done.add("%s %s", j.Key, j.Payload)
			return nil, nil
		})
		both[0].step(t)
		broken = false
		enqueue(t, both[1], "k", "same", "second life")
		both[0].step(t)
		if !slices.Equal(done.list, []string{`same "second life"`}) {
			t.Errorf("done: %v", done.list)
		}
	})
}

// A node that dies at work loses its lease, and another takes the job; the dead one's late result counts for nothing.
func TestADeadNodesJobIsTakenOver(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		effects(t, d)
		both := nodes(t, d)
		const lease = 300 * time.Millisecond
		taken, wake := make(chan struct{}), make(chan struct{})
		both[0].OnJob("k", job.Options{Lease: lease}, func(context.Context, job.Job) (func(*db.Tx) error, error) {
			close(taken)
			<-wake // it hangs past the end of its lease, deaf to its context
			return func(tx *db.Tx) error { return effect(tx, "late") }, nil
		})
		both[1].OnJob("k", job.Options{Lease: lease}, func(_ context.Context, j job.Job) (func(*db.Tx) error, error) {
			return func(tx *db.Tx) error { return effect(tx, fmt.Sprint("attempt ", j.Attempts)) }, nil
		})
		enqueue(t, both[0], "k", "x", nil)
		ended := make(chan error)
		go func() { _, err := both[0].Step(context.Background()); ended <- err }()
		<-taken
		both[1].step(t)
		if both[1].number(t, `SELECT count(*) FROM effect`) != 0 {
			t.Error("a leased job was taken")
		}
		testkit.Soon(t, "the take-over", func() bool { both[1].step(t); return both[1].number(t, `SELECT count(*) FROM effect`) == 1 })
		close(wake)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if both[1].number(t, `SELECT count(*) FROM effect WHERE what = 'attempt 2'`) != 1 || both[1].number(t, `SELECT count(*) FROM effect`) != 1 {
			t.Error("the late result counted")
		}
	})
}

// Jobs that wait for their turn longer than a lease are not done twice.
func TestWaitingForATurnKeepsTheLease(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		both := nodes(t, d)
		var runs atomic.Int64
		for _, n := range both {
			n.OnJob("slow", job.Options{Lease: 200 * time.Millisecond, Parallel: 2}, func(context.Context, job.Job) (func(*db.Tx) error, error) {
				runs.Add(1)
				time.Sleep(100 * time.Millisecond)
				return nil, nil
			})
		}
		for range 8 {
			enqueue(t, both[0], "slow", "", nil)
		}
		var wg sync.WaitGroup
		for _, n := range both {
			wg.Go(func() {
				testkit.Soon(t, "no jobs left", func() bool { n.step(t); return n.number(t, `SELECT count(*) FROM job`) == 0 })
			})
		}
		wg.Wait()
		if runs.Load() != 8 {
			t.Errorf("8 jobs were done %d times", runs.Load())
		}
	})
}

// One slow job holds up nothing but its own place; a node that shuts down gives back what it won't finish.
func TestASlowJobHoldsUpNoOther(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		n := on(d)
		var quick atomic.Int64
		n.OnJob("k", job.Options{Parallel: 2}, func(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
			if j.Key == "slow" {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			quick.Add(1)
			return nil, nil
		})
		enqueue(t, n, "k", "slow", nil)
		for i := range 60 {
			enqueue(t, n, "k", fmt.Sprint(i), nil)
		}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { n.Run(ctx); close(ended) }() //nolint:errcheck // gives nil
		testkit.Soon(t, "the quick ones", func() bool { return quick.Load() == 60 })
		cancel()
		<-ended
		if got := n.number(t, `SELECT count(*) FROM job WHERE key = 'slow' AND lease_until = 0 AND attempts = 0`); got != 1 {
			t.Error("the slow one was not given back")
		}
	})
}

// A job that takes its program with it leaves nobody to count the failure: the claims count.
func TestAJobThatEndsItsProgramIsGivenUp(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		effects(t, d)
		n := on(d)
		tries := 0
		n.OnJob("deadly", job.Options{Attempts: 3, Dead: func(tx *db.Tx, j job.Job, why error) error { return effect(tx, "dead "+j.Key) }},
			func(context.Context, job.Job) (func(*db.Tx) error, error) { tries++; return nil, nil })
		enqueue(t, n, "deadly", "k", nil)
		n.do(t, func(tx *db.Tx) error { // as three programs left it
			_, err := tx.Exec(`UPDATE job SET attempts = 3, lease_until = 1`)
			return err
		})
		n.step(t)
		if tries != 0 || n.number(t, `SELECT count(*) FROM job WHERE state = 'dead'`) != 1 || n.number(t, `SELECT count(*) FROM effect`) != 1 {
			t.Errorf("tried %d times more", tries)
		}
		n.do(t, func(tx *db.Tx) error {
			dead, err := job.ListDead(tx, 10)
			if err != nil || len(dead) != 1 || dead[0].Error == "" {
				t.Errorf("%+v, %v", dead, err)
				return err
			}
			return job.Revive(tx, dead[0].ID)
		})
		n.step(t)
		if tries != 1 {
			t.Errorf("tried %d times after it was revived", tries)
		}
	})
}
