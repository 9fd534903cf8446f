package replay

import (
	"container/heap"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
)

// sim is one run: the queue of what will happen, the chance, and what came out.
type sim struct {
	World
	name      string
	community string
	p         map[string]float64
	rand      *rand.Rand
	queue     happenings
	seq       int
	done      int
	progress  func(done, total int)
	result    Result
	owed      []owed // to promoters
	payouts   payouts
}

// happening is something a simulated person does at a time.
type happening struct {
	at  time.Time
	seq int
	do  func(ctx context.Context) error
}

type happenings []happening

func (e happenings) Len() int { return len(e) }
func (e happenings) Less(i, j int) bool {
	return e[i].at.Before(e[j].at) || e[i].at.Equal(e[j].at) && e[i].seq < e[j].seq
}
func (e happenings) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *happenings) Push(x any)   { *e = append(*e, x.(happening)) } //nolint:forcetypeassert // only happenings are pushed
func (e *happenings) Pop() any {
	old := *e
	x := old[len(old)-1]
	*e = old[:len(old)-1]
	return x
}

// at lets something happen at a time, not before now.
func (s *sim) at(t time.Time, do func(ctx context.Context) error) {
	if now := s.Clock.Now(); t.Before(now) {
		t = now
	}
	s.seq++
	heap.Push(&s.queue, happening{t, s.seq, do})
}

// in lets something happen after a while.
func (s *sim) in(d time.Duration, do func(ctx context.Context) error) { s.at(s.Clock.Now().Add(d), do) }

// live lets time pass until end. The clock moves in steps of slice: what happens within one is done in order at its end, and
// then the program does what that made due. With a short slice times are truer, with a long one the run is faster.
func (s *sim) live(ctx context.Context, end time.Time, slice time.Duration) error {
	for {
		next, err := s.next(ctx, end)
		if err != nil {
			return err
		}
		if next.After(end) {
			break
		}
		if grid := next.Truncate(slice); grid.Before(next) {
			next = grid.Add(slice)
		}
		if next.After(s.Clock.Now()) {
			s.Clock.Set(next)
		}
		if err := s.Settle(ctx); err != nil {
			return err
		}
		for len(s.queue) > 0 && !s.queue[0].at.After(next) {
			e := heap.Pop(&s.queue).(happening) //nolint:forcetypeassert // only happenings are pushed
			if err := e.do(ctx); err != nil {
				return err
			}
			s.done++
		}
		if err := s.Settle(ctx); err != nil {
			return err
		}
		if s.progress != nil {
			s.progress(s.done, s.done+len(s.queue))
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	s.Clock.Set(end)
	return s.Settle(ctx)
}

// next is the earliest time at which anything happens.
func (s *sim) next(ctx context.Context, end time.Time) (time.Time, error) {
	next, err := s.NextDue(ctx)
	if err != nil {
		return end, fmt.Errorf("look for what is due: %w", err)
	}
	if next.IsZero() {
		next = end.Add(time.Hour)
	}
	if len(s.queue) > 0 && s.queue[0].at.Before(next) {
		next = s.queue[0].at
	}
	return next, nil
}

// chance is true with the probability of a parameter.
func (s *sim) chance(name string) bool { return s.rand.Float64() < s.param(name) }

func (s *sim) param(name string) float64 {
	v, ok := s.p[name]
	if !ok {
		panic("replay: no parameter " + name) // a slip in this package, found by the first run
	}
	return v
}

// delay draws a time around a median given in seconds: most people are quick, a few take many times as long.
func (s *sim) delay(name string) time.Duration {
	seconds := s.param(name) * math.Exp(s.rand.NormFloat64()*0.8)
	return time.Duration(seconds * float64(time.Second))
}

func (s *sim) figure(name string, measured float64, unit string, of float64) {
	s.result.Measured = append(s.result.Measured, Figure{Name: name, Measured: round(measured), Unit: unit, Of: of})
}

func (s *sim) published(name, value, source string) {
	s.result.Published = append(s.result.Published, Figure{Name: name, Published: value, Source: source})
}

func (s *sim) invariant(name string, ok bool, detail string, args ...any) {
	s.result.Invariants[name] = Invariant{ok, fmt.Sprintf(detail, args...)}
}

func round(v float64) float64 { return math.Round(v*1000) / 1000 }

// number reads a parameter: a number, a percentage, or a duration in seconds.
func number(text string) (float64, error) {
	if p, ok := strings.CutSuffix(text, "%"); ok {
		v, err := strconv.ParseFloat(p, 64)
		return v / 100, err
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return v, nil
	}
	d, err := clock.ParseDuration(text)
	return time.Duration(d).Seconds(), err
}
