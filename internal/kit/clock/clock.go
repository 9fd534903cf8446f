// Package clock gives time as a value: the system's in production, a manual one in tests and replays.
package clock

import (
	"context"
	"sync"
	"time"
)

// Clock tells the time and waits for it.
type Clock interface {
	Now() time.Time // UTC
	// Until returns when the clock has reached t (nil), or ctx is done (its error).
	Until(ctx context.Context, t time.Time) error
}

// System is the machine's clock.
type System struct{}

// Now is the machine's time in UTC.
func (System) Now() time.Time { return time.Now().UTC() }

// Until sleeps; it wakes at least once a minute, so that a stepped clock is noticed.
func (s System) Until(ctx context.Context, t time.Time) error {
	for {
		left := t.Sub(s.Now())
		if left <= 0 {
			return nil
		}
		timer := time.NewTimer(min(left, time.Minute))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// Manual is a clock that stands still until it is set. Safe for concurrent use.
type Manual struct {
	mu      sync.Mutex
	now     time.Time
	changed chan struct{}
}

// NewManual starts a manual clock at t.
func NewManual(t time.Time) *Manual {
	return &Manual{now: t.UTC(), changed: make(chan struct{})}
}

// Now is the time it was set to.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Set moves the clock to t, also backwards, and wakes those who wait.
func (m *Manual) Set(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.set(t)
}

// Advance moves the clock on by d.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.set(m.now.Add(d))
}

func (m *Manual) set(t time.Time) {
	m.now = t.UTC()
	close(m.changed)
	m.changed = make(chan struct{})
}

// Until waits for the clock to be set to t or later.
func (m *Manual) Until(ctx context.Context, t time.Time) error {
	for {
		m.mu.Lock()
		now, changed := m.now, m.changed
		m.mu.Unlock()
		if !now.Before(t) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}
