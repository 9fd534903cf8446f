package fact

import (
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
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
	if len(why) > 2000 {
		why = why[:2000]
	}
	_, err := tx.Exec(`INSERT INTO fact_parked (community_id, subscriber, shard, pos, subject, error, parked_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		u.community, u.sub.Name, u.shard, f.Pos, f.SubjectKey(), why, tx.Now())
	return err
}

// hold puts facts whose subject has a parked fact behind it, and gives back the rest.
func hold(tx *db.Tx, u unit, facts []Fact) (free []Fact, err error) {
	if len(facts) == 0 {
		return nil, nil
	}
	subjects, err := db.All(tx, db.Column[string], `SELECT DISTINCT subject FROM fact_parked WHERE community_id = $1 AND subscriber = $2 AND shard = $3`,
		u.community, u.sub.Name, u.shard)
	if err != nil || len(subjects) == 0 {
		return facts, err
	}
	held := map[string]bool{}
	for _, s := range subjects {
		held[s] = true
	}
	for _, f := range facts {
		if !held[f.SubjectKey()] {
			free = append(free, f)
			continue
		}
		if err := park(tx, u, f, ""); err != nil {
			return nil, err
		}
	}
	return free, nil
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

// Replay hands a parked fact, and then those held behind it, to the subscriber again. An error changes nothing.
func (l *Log) Replay(ctx context.Context, community, subscriber string, shard int, pos int64) error {
	return l.unpark(ctx, community, subscriber, shard, pos, false)
}

// Skip leaves a parked fact out for good and hands over those held behind it.
func (l *Log) Skip(ctx context.Context, community, subscriber string, shard int, pos int64) error {
	return l.unpark(ctx, community, subscriber, shard, pos, true)
}

func (l *Log) unpark(ctx context.Context, community, subscriber string, shard int, pos int64, skip bool) error {
	var sub *Subscription
	for _, s := range l.subs {
		if s.Name == subscriber {
			sub = s
		}
	}
	if sub == nil {
		return ErrNotParked
	}
	return l.db.Alone(ctx, community, func(tx *db.Tx) error {
		var subject string
		err := tx.QueryRow(`SELECT subject FROM fact_parked WHERE community_id = $1 AND subscriber = $2 AND shard = $3 AND pos = $4 AND error <> ''`+tx.ForUpdate(),
			community, subscriber, shard, pos).Scan(&subject)
		if err != nil {
			return ErrNotParked.Because(err)
		}
		// The cursor's row is the lock against the running subscriber.
		if _, err := tx.Exec(`UPDATE fact_cursor SET pos = pos WHERE community_id = $1 AND subscriber = $2 AND shard = $3`, community, subscriber, shard); err != nil {
			return err
		}
		facts, err := db.All(tx, scanFact, `SELECT f.shard, f.pos, f.id, f.kind, f.person, f.subject, f.circle, f.entry, f.actor, f.at, f.recorded_at, f.data
			FROM fact_parked p JOIN fact f ON f.community_id = p.community_id AND f.shard = p.shard AND f.pos = p.pos
			WHERE p.community_id = $1 AND p.subscriber = $2 AND p.shard = $3 AND p.subject = $4 ORDER BY f.pos`, community, subscriber, shard, subject)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM fact_parked WHERE community_id = $1 AND subscriber = $2 AND shard = $3 AND subject = $4`, community, subscriber, shard, subject); err != nil {
			return err
		}
		if skip && len(facts) > 0 {
			facts = facts[1:]
		}
		if len(facts) == 0 {
			return nil
		}
		if err := sub.Handle(tx, facts); err != nil {
			return fmt.Errorf("replay fact for %s: %w", subscriber, err)
		}
		return nil
	})
}
