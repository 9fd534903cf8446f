package clock_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
)

var noon = time.Date(2026, 3, 7, 4, 0, 0, 0, time.UTC)

func TestManualWakesWhoeverWaitsForTheTime(t *testing.T) {
	c := clock.NewManual(noon.In(time.FixedZone("", 8*3600)))
	if c.Now().Location() != time.UTC || !c.Now().Equal(noon) {
		t.Errorf("it shows %v", c.Now())
	}
	woken := make(chan int, 3)
	var wg sync.WaitGroup
	for _, minutes := range []int{1, 2} {
		wg.Go(func() {
			if err := c.Until(t.Context(), noon.Add(time.Duration(minutes)*time.Minute)); err != nil {
				t.Error(err)
			}
			woken <- minutes
		})
	}
	c.Advance(time.Minute)
	if got := <-woken; got != 1 {
		t.Errorf("%d woke first", got)
	}
	c.Set(noon)
	if len(woken) != 0 {
		t.Error("somebody woke too early")
	}
	c.Set(noon.Add(time.Hour))
	wg.Wait()
	if err := c.Until(t.Context(), noon); err != nil { // past already
		t.Error(err)
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	for _, c := range []clock.Clock{clock.NewManual(noon), clock.System{}} {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- c.Until(ctx, c.Now().Add(time.Hour)) }()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%T: %v", c, err)
		}
	}
}

func TestAdvancesAddUp(t *testing.T) {
	c := clock.NewManual(noon)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { c.Advance(time.Second) })
	}
	wg.Wait()
	if got := c.Now().Sub(noon); got != 100*time.Second {
		t.Errorf("advanced by %v", got)
	}
}

func TestTheSystemsClockReachesTheTime(t *testing.T) {
	c := clock.System{}
	at := c.Now().Add(5 * time.Millisecond)
	if err := c.Until(t.Context(), at); err != nil || c.Now().Before(at) {
		t.Errorf("%v, %v early", err, at.Sub(c.Now()))
	}
}
