package job

import (
	"context"
	"errors"
	"fmt"
	"time"

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
	_, err := tx.Exec(`INSERT INTO timer (kind, community_id, ref, due_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (kind, community_id, ref) DO UPDATE SET due_at = excluded.due_at, attempts = 0, error = ''`,
		kind, tx.Community(), ref, due)
	return err
}

// Clear takes the timer of a thing away, if it has one.
func Clear(tx *db.Tx, kind, ref string) error {
	_, err := tx.Exec(`DELETE FROM timer WHERE kind = $1 AND community_id = $2 AND ref = $3`, kind, tx.Community(), ref)
	return err
}

// OnTimer registers the handler of a kind, before Step or Run.
func (r *Runner) OnTimer(kind string, h TimerHandler) { r.timers[kind] = h }

// timerBatch is how many due timers are looked up at a time.
const timerBatch = 512

// fireTimers runs what is due, and gives the time of the next one (zero if none is set).
func (r *Runner) fireTimers(ctx context.Context) (fired int, next time.Time, err error) {
	var due []Timer
	err = r.db.Read(ctx, "", func(tx *db.Tx) (err error) {
		due, err = db.All(tx, func(row *db.Row) (t Timer, err error) {
			err = row.Scan(&t.Kind, &t.Community, &t.Ref, &t.Due, &t.attempts)
			return t, err
		}, `SELECT kind, community_id, ref, due_at, attempts FROM timer WHERE due_at <= $1 ORDER BY due_at, community_id, kind, ref LIMIT $2`, tx.Now(), timerBatch)
		if err != nil || len(due) > 0 {
			return err
		}
		next, _, err = db.One(tx, db.Column[time.Time], `SELECT due_at FROM timer ORDER BY due_at LIMIT 1`)
		return err
	})
	if err != nil {
		return 0, next, fmt.Errorf("look for due timers: %w", err)
	}
	return len(due), next, r.spread(ctx, len(due), func(i int) error { return r.fire(ctx, due[i]) })
}

var errTaken = errors.New("the timer was moved or taken by another node")

func (r *Runner) fire(ctx context.Context, t Timer) error {
	h := r.timers[t.Kind]
	if h == nil {
		return fmt.Errorf("no handler for timers of kind %s", t.Kind)
	}
	err := r.db.Do(ctx, t.Community, func(tx *db.Tx) error {
		n, err := tx.Exec(`DELETE FROM timer WHERE kind = $1 AND community_id = $2 AND ref = $3 AND due_at = $4`, t.Kind, t.Community, t.Ref, t.Due)
		if err != nil {
			return err
		}
		if n == 0 {
			return errTaken
		}
		return h(tx, t)
	})
	if err == nil || errors.Is(err, errTaken) || ctx.Err() != nil || db.IsTransient(err) {
		return nil //nolint:nilerr // a transient fault leaves the timer due; the next look finds it
	}
	r.log.Error("timer failed", "kind", t.Kind, "community", t.Community, "ref", t.Ref, "attempts", t.attempts+1, "error", err)
	return r.db.Do(ctx, t.Community, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE timer SET due_at = $5, attempts = attempts + 1, error = $6 WHERE kind = $1 AND community_id = $2 AND ref = $3 AND due_at = $4`,
			t.Kind, t.Community, t.Ref, t.Due, tx.Now().Add(backOff(t.attempts)), brief(err))
		return err
	})
}

// backOff doubles from a second to an hour.
func backOff(attempts int) time.Duration {
	return min(time.Second<<min(attempts, 12), time.Hour)
}

func brief(err error) string {
	s := err.Error()
	if len(s) > 2000 {
		s = s[:2000]
	}
	return s
}

// SetTimers gives the due times of a kind's timers in the community by ref, for verification.
func SetTimers(tx *db.Tx, kind string) (map[string]time.Time, error) {
	set := map[string]time.Time{}
	err := tx.Each(func(r *db.Row) error {
		var ref string
		var due time.Time
		if err := r.Scan(&ref, &due); err != nil {
			return err
		}
		set[ref] = due
		return nil
	}, `SELECT ref, due_at FROM timer WHERE kind = $1 AND community_id = $2`, kind, tx.Community())
	return set, err
}
