package job

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
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

var errNeverEnds = errors.New("no attempt came to an end: the program or the attempt's time ended before")

// ErrNotDead refuses to revive a job that isn't dead.
var ErrNotDead = errs.Define(errs.NotFound, "job.not_dead")

// Enqueue adds a job in the transaction. With a key that a job of the kind has already, waiting or at work, it does
// nothing; a dead one with the key is replaced.
func Enqueue(tx *db.Tx, kind, key string, at time.Time, payload any) error {
	err := tx.Put(`INSERT INTO job (id, community_id, kind, key, run_at, payload, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (kind, community_id, key) WHERE key <> '' DO UPDATE SET id = excluded.id, state = 'ready', attempts = 0, error = '',
				run_at = excluded.run_at, payload = excluded.payload, created_at = excluded.created_at WHERE job.state = 'dead'`,
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

// claim leases up to limit jobs of a kind that are due.
func (r *Runner) claim(ctx context.Context, kind string, limit int) (claimed []Job, err error) {
	k := r.jobs[kind]
	due := false // looking costs less than a transaction that finds nothing
	err = r.db.Read(ctx, "", func(tx *db.Tx) error {
		_, due, err = db.One(tx, db.Column[string], `SELECT id FROM job WHERE kind = $1 AND state = 'ready' AND run_at <= $2 AND lease_until <= $3 ORDER BY run_at LIMIT 1`,
			kind, tx.Now(), r.real())
		return err
	})
	if err != nil || !due {
		return nil, err
	}
	err = r.db.Do(ctx, "", func(tx *db.Tx) (err error) {
		now := r.real()
		claimed, err = db.All(tx, scanJob, `UPDATE job SET lease_until = $1, attempts = attempts + 1 WHERE id IN (
				SELECT id FROM job WHERE kind = $2 AND state = 'ready' AND run_at <= $3 AND lease_until <= $4 ORDER BY run_at, id LIMIT $5`+tx.SkipLocked()+`)
			RETURNING id, community_id, kind, key, run_at, attempts, error, payload, lease_until`,
			now.Add(k.Lease), kind, tx.Now(), now, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim jobs of kind %s: %w", kind, err)
	}
	slices.SortFunc(claimed, func(a, b Job) int { return cmp.Or(a.RunAt.Compare(b.RunAt), cmp.Compare(a.ID, b.ID)) })
	return claimed, nil
}

// renew gives a job that waited for its turn its whole lease again; false means that another node has it by now.
func (r *Runner) renew(ctx context.Context, k *jobKind, j *Job) (ok bool, err error) {
	now := r.real()
	if j.lease.Sub(now) > k.Lease/4*3 {
		return true, nil
	}
	lease := now.Add(k.Lease)
	err = r.db.Do(ctx, "", func(tx *db.Tx) error {
		n, err := tx.Exec(`UPDATE job SET lease_until = $3 WHERE id = $1 AND lease_until = $2`, j.ID, j.lease, lease)
		ok = n == 1
		return err
	})
	j.lease = lease
	return ok, err
}

// giveBack ends the lease of a job that this node will not finish, because it is shutting down.
func (r *Runner) giveBack(ctx context.Context, j Job) {
	err := r.db.Do(context.WithoutCancel(ctx), "", func(tx *db.Tx) error {
		return tx.Put(`UPDATE job SET lease_until = 0, attempts = attempts - 1 WHERE id = $1 AND lease_until = $2`, j.ID, j.lease)
	})
	if err != nil {
		r.log.Warn("a job waits for its lease to end", "kind", j.Kind, "job", j.ID, "error", err)
	}
}

func (r *Runner) do(ctx context.Context, k *jobKind, j Job) error {
	if ctx.Err() != nil {
		r.giveBack(ctx, j)
		return nil
	}
	if ok, err := r.renew(ctx, k, &j); err != nil || !ok {
		return err
	}
	if j.Attempts > k.Attempts { // each of them ended with its node or its lease, perhaps because of what the job does
		return r.failed(ctx, k, j, errNeverEnds)
	}
	finish, err := r.attempt(ctx, k, j)
	if err != nil && ctx.Err() != nil {
		r.giveBack(ctx, j)
		return nil
	}
	if err != nil {
		return r.failed(ctx, k, j, err)
	}
	// What was done outside is recorded even if the node is shutting down.
	ctx = context.WithoutCancel(ctx)
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

// attempt calls the handler, within the lease. A panic is an error like others.
func (r *Runner) attempt(ctx context.Context, k *jobKind, j Job) (finish func(*db.Tx) error, err error) {
	ctx, cancel := context.WithTimeout(ctx, j.lease.Sub(r.real()))
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a job: %v\n%s", p, debug.Stack())
		}
	}()
	return k.handle(ctx, j)
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
