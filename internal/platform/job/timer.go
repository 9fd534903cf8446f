package job

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// Timer is a moment that was set.
type Timer struct {
	Kind      string
	Community string
	Ref       string // whose moment: a seat's, a run's, a task's id
	Due       time.Time
	attempts  int
}

// TimerHandler has the effect of a timer, in the transaction that deletes it. It checks for itself whether the thing still
// wants it: a timer may be late.
type TimerHandler func(tx *db.Tx, t Timer) error

// At sets the timer of a thing, moving an earlier one.
func At(tx *db.Tx, kind, ref string, due time.Time) error {
	return tx.Put(`INSERT INTO timer (kind, community_id, ref, due_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (kind, community_id, ref) DO UPDATE SET due_at = excluded.due_at, attempts = 0, error = ''`,
		kind, tx.Community(), ref, due)
}

// Clear takes the timer of a thing away, if it has one. One that is being fired is left to that: its handler waits for what
// the caller has locked and then finds that nothing is wanted any more. To wait for it would be a circle.
func Clear(tx *db.Tx, kind, ref string) error {
	return tx.Put(`DELETE FROM timer WHERE (kind, community_id, ref) IN (
			SELECT kind, community_id, ref FROM timer WHERE kind = $1 AND community_id = $2 AND ref = $3`+tx.SkipLocked()+`)`,
		kind, tx.Community(), ref)
}

// Failing is a timer that keeps failing. It is tried once an hour at last, for ever.
type Failing struct {
	Kind     string    `json:"kind"`
	Ref      string    `json:"ref"`
	Due      time.Time `json:"due" doc:"when it is tried again"`
	Attempts int       `json:"attempts"`
	Error    string    `json:"error"`
}

// ListFailing lists the community's timers that have failed more than three times, those that are tried next first.
func ListFailing(tx *db.Tx, limit int) ([]Failing, error) {
	return db.All(tx, func(r *db.Row) (t Failing, err error) {
		err = r.Scan(&t.Kind, &t.Ref, &t.Due, &t.Attempts, &t.Error)
		return t, err
	}, `SELECT kind, ref, due_at, attempts, error FROM timer WHERE community_id = $1 AND attempts > 3 ORDER BY due_at, kind, ref LIMIT $2`, tx.Community(), limit)
}

// OnTimer registers the handler of a kind, before Step or Run.
func (r *Runner) OnTimer(kind string, h TimerHandler) { r.timers[kind] = h }

// timerBatch is how many due timers are looked up at a time.
const timerBatch = 512

// timersAtOnce is how many are fired side by side, so that their transactions are committed together.
const timersAtOnce = 64

// fireTimers runs what is due and tells how many timers it dealt with.
func (r *Runner) fireTimers(ctx context.Context) (int, error) {
	var due []Timer
	err := r.db.Read(ctx, "", func(tx *db.Tx) (err error) {
		due, err = db.All(tx, func(row *db.Row) (t Timer, err error) {
			err = row.Scan(&t.Kind, &t.Community, &t.Ref, &t.Due, &t.attempts)
			return t, err
		}, `SELECT kind, community_id, ref, due_at, attempts FROM timer WHERE due_at <= $1 ORDER BY due_at, community_id, kind, ref LIMIT $2`, tx.Now(), timerBatch)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("look for due timers: %w", err)
	}
	var done atomic.Int64
	err = r.spread(len(due), timersAtOnce, func(i int) error {
		ok, err := r.fire(ctx, due[i])
		if ok {
			done.Add(1)
		}
		return err
	})
	return int(done.Load()), err
}

var (
	errTaken     = errors.New("moved, or taken by another node")
	errNoHandler = errors.New("no handler is registered for it")
)

// fire has a timer's effect, or moves it back when the handler fails. An error with false leaves it due.
func (r *Runner) fire(ctx context.Context, t Timer) (done bool, err error) {
	err = errNoHandler
	if h := r.timers[t.Kind]; h != nil {
		err = r.db.Do(ctx, t.Community, func(tx *db.Tx) error {
			if err := takeTimer(tx, t); err != nil {
				return err
			}
			return h(tx, t)
		})
	}
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, errTaken), ctx.Err() != nil:
		return false, nil
	case db.IsTransient(err):
		return false, fmt.Errorf("timer %s: %w", t.Kind, err)
	}
	r.log.Error("timer failed", "kind", t.Kind, "community", t.Community, "ref", t.Ref, "attempts", t.attempts+1, "error", err)
	moveErr := r.db.Do(ctx, t.Community, func(tx *db.Tx) error {
		return tx.Put(`UPDATE timer SET due_at = $5, attempts = attempts + 1, error = $6 WHERE kind = $1 AND community_id = $2 AND ref = $3 AND due_at = $4`,
			t.Kind, t.Community, t.Ref, t.Due, tx.Now().Add(backOff(t.attempts)), brief(err))
	})
	if moveErr == nil && errors.Is(err, errNoHandler) {
		return true, fmt.Errorf("timer %s: %w", t.Kind, err) // the program is put together wrongly: say so, also in tests
	}
	return moveErr == nil, moveErr
}

// takeTimer deletes a timer that is still as it was seen. One that another node is at is left to it without waiting:
// nodes that fire several timers in a transaction would wait for each other in a circle.
func takeTimer(tx *db.Tx, t Timer) error {
	n, err := tx.Exec(`DELETE FROM timer WHERE (kind, community_id, ref) IN (
			SELECT kind, community_id, ref FROM timer WHERE kind = $1 AND community_id = $2 AND ref = $3 AND due_at = $4`+tx.SkipLocked()+`)`,
		t.Kind, t.Community, t.Ref, t.Due)
	if err == nil && n == 0 {
		return errTaken
	}
	return err
}

// backOff doubles from a second to an hour.
func backOff(attempts int) time.Duration {
	return min(time.Second<<min(attempts, 12), time.Hour)
}

func brief(err error) string { return text.Brief(err.Error(), 2000) }
