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

// Each due timer takes effect once, whichever of two busy nodes gets to it.
func TestTimersFireOnceOnTwoNodes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		effects(t, d)
		both := nodes(t, d)
		const n = 1200
		both[0].do(t, func(tx *db.Tx) error {
			for i := range n {
				if err := job.At(tx, "lapse", fmt.Sprint(i), tx.Now().Add(time.Duration(i%3)*time.Second)); err != nil {
					return err
				}
			}
			return nil
		})
		d.Clock.Advance(time.Minute)
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		began := time.Now()
		for _, node := range both {
			node.OnTimer("lapse", func(tx *db.Tx, timer job.Timer) error { return effect(tx, timer.Ref) })
			wg.Go(func() { node.Run(ctx) }) //nolint:errcheck // gives nil
		}
		testkit.Soon(t, "all timers", func() bool { return both[0].number(t, `SELECT count(*) FROM timer`) == 0 })
		cancel()
		wg.Wait()
		if got := both[0].number(t, `SELECT count(*) FROM effect`); got != n {
			t.Errorf("%d effects of %d timers", got, n)
		}
		t.Logf("%d timers on two nodes in %v", n, time.Since(began))
	})
}

func TestMovedAndClearedTimersDoNotFire(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		n := on(d)
		var fired order
		n.OnTimer("k", func(_ *db.Tx, timer job.Timer) error { fired.add("%s", timer.Ref); return nil })
		at := func(ref string, after time.Duration) {
			n.do(t, func(tx *db.Tx) error { return job.At(tx, "k", ref, testkit.Start.Add(after)) })
		}
		at("moved", time.Minute)
		at("cleared", time.Minute)
		at("kept", time.Minute)
		at("later", time.Hour)
		at("moved", 2*time.Minute)
		n.do(t, func(tx *db.Tx) error { return job.Clear(tx, "k", "cleared") })
		n.do(t, func(tx *db.Tx) error { return job.Clear(tx, "k", "never set") })
		if next, err := n.NextDue(t.Context()); err != nil || !next.Equal(testkit.Start.Add(time.Minute)) {
			t.Errorf("next due %v, %v", next, err)
		}
		n.step(t)
		if len(fired.list) != 0 {
			t.Errorf("early: %v", fired.list)
		}
		d.Clock.Advance(time.Minute)
		n.step(t)
		if !slices.Equal(fired.list, []string{"kept"}) {
			t.Errorf("after a minute: %v", fired.list)
		}
		d.Clock.Advance(time.Minute)
		n.step(t)
		if !slices.Equal(fired.list, []string{"kept", "moved"}) {
			t.Errorf("after two: %v", fired.list)
		}
	})
}

// A timer that is set again by its own handler is another timer.
func TestAHandlerMaySetItsTimerAgain(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		n := on(d)
		fired := 0
		n.OnTimer("tick", func(tx *db.Tx, timer job.Timer) error {
			fired++
			return job.At(tx, "tick", timer.Ref, timer.Due.Add(time.Hour))
		})
		n.do(t, func(tx *db.Tx) error { return job.At(tx, "tick", "x", tx.Now()) })
		n.step(t)
		d.Clock.Advance(3 * time.Hour)
		n.step(t)
		if fired != 4 {
			t.Errorf("fired %d times, want 4", fired)
		}
	})
}

// More failing timers than are looked up at a time don't keep the others from firing; each is tried again, later and later.
func TestFailingTimersStepAside(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		effects(t, d)
		n := on(d)
		var tries atomic.Int64
		n.OnTimer("bad", func(*db.Tx, job.Timer) error { tries.Add(1); return errors.New("群\x00\xff") })
		n.OnTimer("good", func(tx *db.Tx, timer job.Timer) error { return effect(tx, timer.Ref) })
		const bad = 520
		n.do(t, func(tx *db.Tx) error {
			for i := range bad {
				if err := job.At(tx, "bad", fmt.Sprint(i), testkit.Start); err != nil {
					return err
				}
			}
			return job.At(tx, "good", "g", testkit.Start.Add(time.Second))
		})
		d.Clock.Advance(time.Second)
		n.step(t)
		if got := n.number(t, `SELECT count(*) FROM effect`); got != 1 {
			t.Error("the good one did not fire")
		}
		if tries.Load() != bad {
			t.Errorf("%d tries at first, want %d", tries.Load(), bad)
		}
		n.step(t)
		if tries.Load() != bad {
			t.Errorf("tried again at once: %d", tries.Load())
		}
		for _, wait := range []time.Duration{time.Second, 2 * time.Second} {
			before := tries.Load()
			d.Clock.Advance(wait - time.Millisecond)
			n.step(t)
			if tries.Load() != before {
				t.Errorf("tried before %v", wait)
			}
			d.Clock.Advance(time.Millisecond)
			n.step(t)
			if tries.Load() != before+bad {
				t.Errorf("%d tries after %v, want %d more", tries.Load()-before, wait, bad)
			}
		}
	})
}

// A kind nobody handles is said, and doesn't hold up the others for ever.
func TestATimerWithoutAHandlerIsSaid(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		n := on(d)
		n.do(t, func(tx *db.Tx) error { return job.At(tx, "orphan", "x", tx.Now()) })
		if _, err := n.Step(t.Context()); err == nil {
			t.Error("nothing was said")
		}
		n.step(t)
		if n.number(t, `SELECT count(*) FROM timer`) != 1 {
			t.Error("it is gone")
		}
	})
}

// A fault that passes leaves the timer as it is and is reported, so that nobody spins on it.
func TestATransientFaultLeavesTheTimer(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		n := on(d)
		n.OnTimer("k", func(*db.Tx, job.Timer) error { return db.ErrBusy })
		n.do(t, func(tx *db.Tx) error { return job.At(tx, "k", "x", tx.Now()) })
		if _, err := n.Step(t.Context()); !errors.Is(err, db.ErrBusy) {
			t.Errorf("got %v", err)
		}
		if n.number(t, `SELECT count(*) FROM timer WHERE attempts = 0`) != 1 {
			t.Error("the timer was changed")
		}
	})
}

// In a replay everything runs in the same order every time: by due time, then community, kind and name.
func TestOrderedRunsRepeat(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		n := on(d)
		n.Ordered = true
		var happened order
		n.OnTimer("t", func(_ *db.Tx, timer job.Timer) error { happened.add("timer %s", timer.Ref); return nil })
		n.OnJob("j", job.Options{}, func(_ context.Context, j job.Job) (func(*db.Tx) error, error) {
			happened.add("job %s", j.Key)
			return nil, nil
		})
		var want []string
		for i := range 40 {
			n.do(t, func(tx *db.Tx) error { return job.Enqueue(tx, "j", fmt.Sprint(i), tx.Now(), i) })
		}
		n.do(t, func(tx *db.Tx) error {
			for i := 89; i >= 10; i-- {
				if err := job.At(tx, "t", fmt.Sprint(i), tx.Now().Add(time.Duration(i/20)*time.Second)); err != nil {
					return err
				}
			}
			return nil
		})
		d.Clock.Advance(time.Minute)
		n.step(t)
		for i := 10; i < 90; i++ {
			want = append(want, fmt.Sprint("timer ", i))
		}
		for i := range 40 {
			want = append(want, fmt.Sprint("job ", i))
		}
		if !slices.Equal(happened.list, want) {
			t.Errorf("got %v", happened.list)
		}
	})
}

// A timer that keeps failing is listed in its community.
func TestFailingTimersAreListed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		n := on(d)
		n.OnTimer("fails", func(*db.Tx, job.Timer) error { return errors.New("broken") })
		n.do(t, func(tx *db.Tx) error { return job.At(tx, "fails", "x", tx.Now()) })
		listed := func() (list []job.Failing) {
			n.do(t, func(tx *db.Tx) (err error) { list, err = job.ListFailing(tx, 10); return err })
			return list
		}
		for range 3 {
			n.step(t)
			d.Clock.Advance(time.Minute)
		}
		if list := listed(); len(list) != 0 {
			t.Errorf("after three failures: %+v", list)
		}
		n.step(t)
		if list := listed(); len(list) != 1 || list[0].Ref != "x" || list[0].Attempts != 4 || list[0].Error != "broken" {
			t.Errorf("after four failures: %+v", list)
		}
		d.Community = d.NewID()
		if list := listed(); len(list) != 0 {
			t.Errorf("another community's: %+v", list)
		}
	})
}
