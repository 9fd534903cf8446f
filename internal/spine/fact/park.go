package fact

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// Parked is a fact that a subscriber could not handle. It holds back the later facts of its subject for that subscriber.
type Parked struct {
	Subscriber string    `json:"subscriber"`
	Shard      int       `json:"shard"`
	Pos        int64     `json:"pos"`
	Subject    string    `json:"subject"`
	Error      string    `json:"error"`
	ParkedAt   time.Time `json:"parked_at"`
	Behind     int       `json:"behind"` // later facts of the subject that wait
}

// ErrNotParked refuses to replay or skip what isn't parked (any more).
var ErrNotParked = errs.Define(errs.NotFound, "fact.not_parked")

func park(tx *db.Tx, u unit, f Fact, why string) error {
	return tx.Put(`INSERT INTO fact_parked (community_id, subscriber, shard, pos, subject, error, parked_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (community_id, subscriber, shard, pos) DO UPDATE SET error = excluded.error, parked_at = excluded.parked_at`,
		u.community, u.sub.Name, u.shard, f.Pos, f.SubjectKey(), why, tx.Now())
}

// reason is an error's text as the database takes it. It is never empty: an empty one marks a fact that only waits.
func reason(err error) string {
	if s := text.Brief(err.Error(), 2000); s != "" {
		return s
	}
	return fmt.Sprintf("%T", err)
}

// ListParked lists what is parked in the community, oldest first.
func ListParked(tx *db.Tx, limit int) ([]Parked, error) {
	return db.All(tx, func(r *db.Row) (p Parked, err error) {
		err = r.Scan(&p.Subscriber, &p.Shard, &p.Pos, &p.Subject, &p.Error, &p.ParkedAt, &p.Behind)
		return p, err
	}, `SELECT subscriber, shard, pos, subject, error, parked_at,
			(SELECT count(*) FROM fact_parked b WHERE b.community_id = p.community_id AND b.subscriber = p.subscriber AND b.shard = p.shard AND b.subject = p.subject AND b.error = '')
		FROM fact_parked p WHERE community_id = $1 AND error <> '' ORDER BY parked_at, subscriber, shard, pos LIMIT $2`, tx.Community(), limit)
}

// Replay hands a parked fact, and then those held behind it, to the subscriber again. When the parked one fails again the
// error changes nothing; when one behind it fails, that one is the parked one from then on.
func (l *Log) Replay(ctx context.Context, community, subscriber string, shard int, pos int64) error {
	return l.unpark(ctx, community, subscriber, shard, pos, false)
}

// Skip leaves a parked fact out for good and hands over those held behind it.
func (l *Log) Skip(ctx context.Context, community, subscriber string, shard int, pos int64) error {
	return l.unpark(ctx, community, subscriber, shard, pos, true)
}

func (l *Log) unpark(ctx context.Context, community, subscriber string, shard int, pos int64, skip bool) error {
	i := slices.IndexFunc(l.subs, func(s *Subscription) bool { return s.Name == subscriber })
	if i < 0 {
		return ErrNotParked
	}
	u := unit{l.subs[i], shardKey{community, shard}}
	first, at := true, pos
	for limit := batchSize; at > 0; {
		next, err := l.unparkSome(ctx, u, at, limit, first && skip)
		switch {
		case err == nil:
			first, at = false, next
		case errors.Is(err, ErrNotParked) && !first:
			return nil // somebody else went on with it
		case errors.Is(err, ErrNotParked), ctx.Err() != nil, db.IsTransient(err):
			return err
		case limit > 1:
			limit /= 2 // down to the one bad fact
		case first:
			return err
		default:
			// The fact that was asked for is through; one that waited behind it is the bad one now.
			return l.db.Do(ctx, community, func(tx *db.Tx) error { return blame(tx, u, at, reason(err)) })
		}
	}
	return nil
}

// unparkSome hands up to limit facts of a subject to the subscriber, from its parked one at pos (left out with skip), and
// parks the one behind them. next is that one's position, 0 if none was left.
func (l *Log) unparkSome(ctx context.Context, u unit, pos int64, limit int, skip bool) (next int64, err error) {
	err = l.db.Alone(ctx, u.community, func(tx *db.Tx) error {
		facts, err := parkedFrom(tx, u, pos, limit+1)
		if err != nil {
			return err
		}
		if len(facts) == 0 {
			return fmt.Errorf("fact %d/%d is no longer in the log", u.shard, pos)
		}
		next = 0
		if len(facts) > limit {
			next, facts = facts[limit].Pos, facts[:limit]
			if err := blame(tx, u, next, "waits for those before it to be replayed"); err != nil {
				return err
			}
		}
		if err := unparkUpTo(tx, u, facts); err != nil {
			return err
		}
		if skip {
			facts = facts[1:]
		}
		if len(facts) == 0 {
			return nil
		}
		if err := u.sub.Handle(tx, facts); err != nil {
			return fmt.Errorf("replay fact for %s: %w", u.sub.Name, err)
		}
		return nil
	})
	return next, err
}

// parkedFrom locks the subject of a parked fact for its subscriber and reads that fact and those held behind it.
func parkedFrom(tx *db.Tx, u unit, pos int64, limit int) ([]Fact, error) {
	subject, found, err := db.One(tx, db.Column[string], `SELECT subject FROM fact_parked WHERE community_id = $1 AND subscriber = $2 AND shard = $3 AND pos = $4 AND error <> ''`+tx.ForUpdate(),
		u.community, u.sub.Name, u.shard, pos)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, ErrNotParked
	}
	// The cursor's row is the lock against the running subscriber.
	if err := tx.Put(`UPDATE fact_cursor SET pos = pos WHERE community_id = $1 AND subscriber = $2 AND shard = $3`, u.community, u.sub.Name, u.shard); err != nil {
		return nil, err
	}
	return db.All(tx, scanFact, `SELECT f.shard, f.pos, f.id, f.kind, f.person, f.subject, f.circle, f.entry, f.actor, f.at, f.recorded_at, f.data
		FROM fact_parked p JOIN fact f ON f.community_id = p.community_id AND f.shard = p.shard AND f.pos = p.pos
		WHERE p.community_id = $1 AND p.subscriber = $2 AND p.shard = $3 AND p.subject = $4 AND p.pos >= $5 ORDER BY p.pos LIMIT $6`,
		u.community, u.sub.Name, u.shard, subject, pos, limit)
}

// unparkUpTo takes facts of one subject off the list.
func unparkUpTo(tx *db.Tx, u unit, facts []Fact) error {
	return tx.Put(`DELETE FROM fact_parked WHERE community_id = $1 AND subscriber = $2 AND shard = $3 AND subject = $4 AND pos <= $5`,
		u.community, u.sub.Name, u.shard, facts[0].SubjectKey(), facts[len(facts)-1].Pos)
}

// blame makes a fact that waits the one that its subject waits for.
func blame(tx *db.Tx, u unit, pos int64, why string) error {
	return tx.Put(`UPDATE fact_parked SET error = $5, parked_at = $6 WHERE community_id = $1 AND subscriber = $2 AND shard = $3 AND pos = $4`,
		u.community, u.sub.Name, u.shard, pos, why, tx.Now())
}
