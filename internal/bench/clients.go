package bench

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// times collects how long each piece of work took.
type times struct {
	spent time.Duration // on the clock, by all clients together
	cpu   time.Duration // the process's processor time
	each  []time.Duration
}

// clients lets so many clients do n pieces of work, and adds what it took. The first error ends it.
func (t *times) clients(ctx context.Context, clients, n int, work func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	took := make([]time.Duration, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	began, used := time.Now(), processor()
	for range min(clients, n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				from := time.Now()
				if err := work(ctx, i); err != nil {
					cancel(err)
					return
				}
				took[i] = time.Since(from)
			}
		})
	}
	wg.Wait()
	t.spent += time.Since(began)
	t.cpu += processor() - used
	t.each = append(t.each, took...)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// rate is what the work came to; each piece was one of unit.
func (t *times) rate(unit string) Rate {
	slices.Sort(t.each)
	at := func(q float64) float64 {
		if len(t.each) == 0 {
			return 0
		}
		return ms(t.each[min(len(t.each)-1, int(q*float64(len(t.each))))])
	}
	n := float64(len(t.each))
	return Rate{N: len(t.each), Unit: unit, PerSecond: n / t.spent.Seconds(), P50: at(0.5), P99: at(0.99), Max: at(1), Processor: ms(t.cpu) / n}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// turns lets two sides work in turns, so many rounds each.
func turns(ctx context.Context, rounds int, one, other func(ctx context.Context, round int) error) error {
	for round := range rounds {
		if err := one(ctx, round); err != nil {
			return err
		}
		if err := other(ctx, round); err != nil {
			return err
		}
	}
	return nil
}
