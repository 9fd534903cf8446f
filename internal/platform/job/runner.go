package job

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/db"
)

// Runner runs the timers and jobs of a node.
type Runner struct {
	db     *db.DB
	log    *slog.Logger
	timers map[string]TimerHandler
	jobs   map[string]*jobKind
	kinds  []string
	wall   clock.Clock // for leases

	// Ordered runs one piece after the other, so that a replay repeats itself exactly.
	Ordered bool
}

// NewRunner makes the runner of a node. Register handlers before Step or Run.
func NewRunner(d *db.DB, log *slog.Logger) *Runner {
	return &Runner{db: d, log: log, timers: map[string]TimerHandler{}, jobs: map[string]*jobKind{}, wall: clock.System{}}
}

func (r *Runner) real() time.Time { return r.wall.Now().Truncate(time.Microsecond) }

// Step runs everything that is due now, timers before jobs. worked tells whether anything was done.
func (r *Runner) Step(ctx context.Context) (worked bool, err error) {
	for {
		n, err := r.fireTimers(ctx)
		if err != nil {
			return worked, err
		}
		for _, kind := range r.kinds {
			k := r.jobs[kind]
			claimed, err := r.claim(ctx, kind, 4*k.Parallel)
			if err == nil {
				err = r.spread(len(claimed), k.Parallel, func(i int) error { return r.do(ctx, k, claimed[i]) })
			}
			if err != nil {
				return worked, err
			}
			n += len(claimed)
		}
		if n == 0 {
			return worked, nil
		}
		worked = true
	}
}

// NextDue is the time of the earliest timer or job, zero if there is none: where a replay moves its clock.
func (r *Runner) NextDue(ctx context.Context) (next time.Time, err error) {
	err = r.db.Read(ctx, "", func(tx *db.Tx) error {
		next, _, err = db.One(tx, db.Column[time.Time], `SELECT due_at FROM timer ORDER BY due_at LIMIT 1`)
		if err != nil {
			return err
		}
		for _, kind := range r.kinds {
			at, found, err := db.One(tx, db.Column[time.Time], `SELECT run_at FROM job WHERE kind = $1 AND state = 'ready' ORDER BY run_at LIMIT 1`, kind)
			if err != nil {
				return err
			}
			if found && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
		return nil
	})
	return next, err
}

// pollEvery is the longest a due timer or job can wait unnoticed.
const pollEvery = 250 * time.Millisecond

// Run runs timers and jobs until ctx ends.
func (r *Runner) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { r.runTimers(ctx) })
	for _, kind := range r.kinds {
		wg.Go(func() { r.runKind(ctx, kind) })
	}
	wg.Wait()
	return nil
}

func (r *Runner) runTimers(ctx context.Context) {
	for ctx.Err() == nil {
		n, err := r.fireTimers(ctx)
		if err != nil && ctx.Err() == nil {
			r.log.Error("due timers", "error", err)
		}
		if n == 0 || err != nil {
			pause(ctx, pollEvery)
		}
	}
}

// runKind keeps a short queue of claimed jobs, so that a slow one holds up nothing but its own place.
func (r *Runner) runKind(ctx context.Context, kind string) {
	k := r.jobs[kind]
	parallel := k.Parallel
	if r.Ordered {
		parallel = 1
	}
	queue := make(chan Job, 3*parallel)
	taken := make(chan struct{}, 1)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(queue)
	for range parallel {
		wg.Go(func() {
			for j := range queue {
				select {
				case taken <- struct{}{}:
				default:
				}
				if err := r.do(ctx, k, j); err != nil && ctx.Err() == nil {
					r.log.Error("job", "kind", kind, "job", j.ID, "error", err)
				}
			}
		})
	}
	for ctx.Err() == nil {
		room := cap(queue) - len(queue)
		if room < parallel {
			select {
			case <-taken:
			case <-ctx.Done():
			}
			continue
		}
		claimed, err := r.claim(ctx, kind, room)
		if err != nil && ctx.Err() == nil {
			r.log.Error("due jobs", "kind", kind, "error", err)
		}
		for _, j := range claimed {
			queue <- j // there is room
		}
		if len(claimed) == 0 {
			pause(ctx, pollEvery)
		}
	}
}

// pause waits on the machine's clock.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// spread runs n pieces, so many side by side, and gives the first error.
func (r *Runner) spread(n, parallel int, fn func(i int) error) error {
	if r.Ordered {
		parallel = 1
	}
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		first error
	)
	slots := make(chan struct{}, parallel)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := fn(i); err != nil {
				mu.Lock()
				defer mu.Unlock()
				if first == nil {
					first = err
				}
			}
		})
	}
	wg.Wait()
	return first
}
