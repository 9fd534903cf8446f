package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// Job is slow work for the outside.
type Job struct {
	ID        string     `json:"id"`
	Community string     `json:"-"`
	Kind      string     `json:"kind"`
	Key       string     `json:"key,omitempty"` // one job of a kind and key at a time
	RunAt     time.Time  `json:"run_at"`
	Attempts  int        `json:"attempts"`
	Error     string     `json:"error,omitempty"`
	Payload   db.RawJSON `json:"payload"`
	lease     time.Time
}

// Into decodes the payload.
func (j Job) Into(v any) error {
	if err := json.Unmarshal(j.Payload, v); err != nil {
		return fmt.Errorf("payload of job %s (%s): %w", j.ID, j.Kind, err)
	}
	return nil
}

// Handler does the work outside any transaction. finish, which may be nil, records the result in the transaction that
// ends the job. An error is tried again later unless it is wrapped by Permanent.
type Handler func(ctx context.Context, j Job) (finish func(tx *db.Tx) error, err error)

// Options bound a kind of job.
type Options struct {
	Lease    time.Duration // how long one attempt may take; 0 means a minute
	Attempts int           // after so many failures the job is dead; 0 means 12
	Parallel int           // at once on this node; 0 means 8
	// Dead records that the job was given up, in the transaction that does so. May be nil.
	Dead func(tx *db.Tx, j Job, why error) error
}

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent marks a failure that will not pass.
func Permanent(err error) error { return permanent{err} }

// ErrNotDead refuses to revive a job that isn't dead.
var ErrNotDead = errs.Define(errs.NotFound, "job.not_dead")

// Enqueue adds a job in the transaction. With a key that a waiting job of the kind has already, it does nothing.
func Enqueue(tx *db.Tx, kind, key string, at time.Time, payload any) error {
	_, err := tx.Exec(`INSERT INTO job (id, community_id, kind, key, run_at, payload, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		tx.NewID(), tx.Community(), kind, key, at, db.JSON[any]{V: payload}, tx.Now())
	if err != nil {
		return fmt.Errorf("enqueue job %s: %w", kind, err)
	}
	return nil
}

// ListDead lists the community's jobs that were given up, newest first.
func ListDead(tx *db.Tx, limit int) ([]Job, error) {
	return db.All(tx, scanJob, selectJob+`WHERE community_id = $1 AND state = 'dead' ORDER BY run_at DESC LIMIT $2`, tx.Community(), limit)
}

// Revive gives a dead job another round of attempts.
func Revive(tx *db.Tx, jobID string) error {
	n, err := tx.Exec(`UPDATE job SET state = 'ready', attempts = 0, run_at = $3, lease_until = 0 WHERE community_id = $1 AND id = $2 AND state = 'dead'`,
		tx.Community(), jobID, tx.Now())
	if err == nil && n == 0 {
		return ErrNotDead
	}
	return err
}

const selectJob = `SELECT id, community_id, kind, key, run_at, attempts, error, payload, lease_until FROM job `

func scanJob(r *db.Row) (j Job, err error) {
	err = r.Scan(&j.ID, &j.Community, &j.Kind, &j.Key, &j.RunAt, &j.Attempts, &j.Error, &j.Payload, &j.lease)
	return j, err
}

// OnJob registers the handler of a kind, before Step or Run.
func (r *Runner) OnJob(kind string, o Options, h Handler) {
	if o.Lease == 0 {
		o.Lease = time.Minute
	}
	if o.Attempts == 0 {
		o.Attempts = 12
	}
	if o.Parallel == 0 {
		o.Parallel = 8
	}
	r.jobs[kind] = &jobKind{Options: o, handle: h}
	r.kinds = append(r.kinds, kind)
}

type jobKind struct {
	Options
	handle Handler
}

// runJobs claims what is due of a kind and does it; next is when the next one is due (zero if none).
func (r *Runner) runJobs(ctx context.Context, kind string) (ran int, next time.Time, err error) {
	k := r.jobs[kind]
	err = r.db.Read(ctx, "", func(tx *db.Tx) error {
		next, _, err = db.One(tx, db.Column[time.Time], `SELECT run_at FROM job WHERE kind = $1 AND state = 'ready' AND lease_until <= $2 ORDER BY run_at LIMIT 1`, kind, r.real())
		return err
	})
	if err != nil || next.IsZero() || next.After(r.db.Clock().Now()) {
		return 0, next, err
	}
	var claimed []Job
	err = r.db.Do(ctx, "", func(tx *db.Tx) (err error) {
		now := r.real()
		claimed, err = db.All(tx, scanJob, `UPDATE job SET lease_until = $1, attempts = attempts + 1 WHERE id IN (
				SELECT id FROM job WHERE kind = $2 AND state = 'ready' AND run_at <= $3 AND lease_until <= $4 ORDER BY run_at LIMIT $5`+tx.SkipLocked()+`)
			RETURNING id, community_id, kind, key, run_at, attempts, error, payload, lease_until`,
			now.Add(k.Lease), kind, tx.Now(), now, k.Parallel*4)
		return err
	})
	if err != nil {
		return 0, next, fmt.Errorf("claim jobs of kind %s: %w", kind, err)
	}
	return len(claimed), next, r.spreadN(ctx, len(claimed), k.Parallel, func(i int) error { return r.do(ctx, k, claimed[i]) })
}

func (r *Runner) do(ctx context.Context, k *jobKind, j Job) error {
	workCtx, cancel := context.WithTimeout(ctx, k.Lease)
	finish, err := k.handle(workCtx, j)
	cancel()
	if ctx.Err() != nil {
		return nil // shutting down: the lease ends and the job is taken up again
	}
	if err != nil {
		return r.failed(ctx, k, j, err)
	}
	err = r.db.Do(ctx, j.Community, func(tx *db.Tx) error {
		n, err := tx.Exec(`DELETE FROM job WHERE id = $1 AND lease_until = $2`, j.ID, j.lease)
		if err != nil {
			return err
		}
		if n == 0 {
			return errTaken // the lease ended and another node has it
		}
		if finish == nil {
			return nil
		}
		return finish(tx)
	})
	switch {
	case err == nil, errors.Is(err, errTaken):
		return nil
	case db.IsTransient(err):
		return nil //nolint:nilerr // the lease ends and the job is taken up again
	}
	return r.failed(ctx, k, j, err)
}

// failed sets the next attempt, or gives the job up.
func (r *Runner) failed(ctx context.Context, k *jobKind, j Job, why error) error {
	var p permanent
	dead := errors.As(why, &p) || j.Attempts >= k.Attempts
	r.log.Warn("job failed", "kind", j.Kind, "job", j.ID, "community", j.Community, "attempts", j.Attempts, "dead", dead, "error", why)
	return r.db.Do(ctx, j.Community, func(tx *db.Tx) error {
		state := "ready"
		if dead {
			state = "dead"
		}
		n, err := tx.Exec(`UPDATE job SET state = $3, run_at = $4, lease_until = 0, error = $5 WHERE id = $1 AND lease_until = $2`,
			j.ID, j.lease, state, tx.Now().Add(backOff(j.Attempts)), brief(why))
		if err != nil || n == 0 || !dead || k.Dead == nil {
			return err
		}
		return k.Dead(tx, j, why)
	})
}
