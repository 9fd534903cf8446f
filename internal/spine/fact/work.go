package fact

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"

	"github.com/qunce/qunce/internal/platform/db"
)

// work handles one batch of a unit and marks the unit again if there may be more.
func (l *Log) work(ctx context.Context, u unit) (worked bool, err error) {
	defer l.release(u)
	at, err := l.position(ctx, u)
	if err != nil {
		return false, err
	}
	var facts []Fact
	err = l.db.Read(ctx, u.community, func(tx *db.Tx) (err error) {
		facts, err = After(tx, u.shard, at.read, batchSize)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("read facts for %s: %w", u.sub.Name, err)
	}
	if len(facts) == 0 {
		return false, nil
	}
	next := facts[len(facts)-1].Pos
	wanted := facts[:0:0]
	for _, f := range facts {
		if u.sub.wants(f.Kind) {
			wanted = append(wanted, f)
		}
	}
	if len(wanted) > 0 || next-at.stored >= storeEvery {
		if err := l.handle(ctx, u, at.stored, next, wanted); err != nil {
			l.forget(u)
			return errors.Is(err, errMoved), err
		}
		at.stored = next
	}
	at.read = next
	l.mu.Lock()
	l.seen[u] = at
	l.mu.Unlock()
	if len(facts) == batchSize {
		l.mark([]shardKey{u.shardKey}, u.sub)
	}
	return true, nil
}

// handle runs the handler over facts and moves the cursor from old to next in one transaction. When the handler fails for
// a reason that will not pass, the batch is halved down to the one bad fact, which is parked.
func (l *Log) handle(ctx context.Context, u unit, old, next int64, facts []Fact) error {
	err := l.db.Do(ctx, u.community, func(tx *db.Tx) error {
		if err := moveCursor(tx, u, old, next); err != nil {
			return err
		}
		free, err := hold(tx, u, facts)
		if err != nil || len(free) == 0 {
			return err
		}
		return u.sub.Handle(tx, free)
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errMoved), ctx.Err() != nil, db.IsTransient(err):
		return err
	case len(facts) > 1:
		half := len(facts) / 2
		middle := facts[half].Pos - 1
		if err := l.handle(ctx, u, old, middle, facts[:half]); err != nil {
			return err
		}
		return l.handle(ctx, u, middle, next, facts[half:])
	case len(facts) == 0:
		return err
	}
	l.log.Error("fact parked", "subscriber", u.sub.Name, "community", u.community, "fact", facts[0].ID, "kind", facts[0].Kind, "error", err)
	return l.db.Do(ctx, u.community, func(tx *db.Tx) error {
		if err := moveCursor(tx, u, old, next); err != nil {
			return err
		}
		return park(tx, u, facts[0], reason(err))
	})
}

// position is how far the unit has come, from memory or the database.
func (l *Log) position(ctx context.Context, u unit) (position, error) {
	l.mu.Lock()
	at, known := l.seen[u]
	l.mu.Unlock()
	if known {
		return at, nil
	}
	err := l.db.Read(ctx, u.community, func(tx *db.Tx) error {
		pos, _, err := db.One(tx, db.Column[int64], `SELECT pos FROM fact_cursor WHERE community_id = $1 AND subscriber = $2 AND shard = $3`,
			u.community, u.sub.Name, u.shard)
		at = position{pos, pos}
		return err
	})
	if err != nil {
		return at, fmt.Errorf("read cursor of %s: %w", u.sub.Name, err)
	}
	return at, nil
}

func (l *Log) forget(u unit) {
	l.mu.Lock()
	delete(l.seen, u)
	l.mu.Unlock()
}

// moveCursor takes the cursor's row from old to next; who finds it elsewhere has lost a race with another node. On
// PostgreSQL it doesn't wait for the other: two nodes with several units in a transaction would wait in a circle.
func moveCursor(tx *db.Tx, u unit, old, next int64) error {
	values, args := "VALUES ($1, $2, $3, $4)", []any{u.community, u.sub.Name, u.shard, next, old}
	if tx.Dialect() == db.Postgres {
		values = "SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS SMALLINT), CAST($4 AS BIGINT) WHERE pg_try_advisory_xact_lock($6)"
		args = append(args, u.lock())
	}
	n, err := tx.Exec(`INSERT INTO fact_cursor (community_id, subscriber, shard, pos) `+values+`
		ON CONFLICT (community_id, subscriber, shard) DO UPDATE SET pos = excluded.pos WHERE fact_cursor.pos = $5`, args...)
	if err == nil && n == 0 {
		return errMoved
	}
	return err
}

// lock is the unit's number among the server's advisory locks.
func (u unit) lock() int64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "fact_cursor %s %s %d", u.community, u.sub.Name, u.shard)
	return int64(h.Sum64()) //nolint:gosec // any number will do
}
