package fact

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/qunce/qunce/internal/platform/db"
)

// afterEach reads up to share facts behind a position of each shard: shard by shard, in order.
func afterEach(tx *db.Tx, shards []int, at []position, share int) (facts []Fact, err error) {
	if tx.Dialect() == db.Postgres && len(shards) > 1 {
		in, behind := make([]int16, len(shards)), make([]int64, len(shards))
		for i := range shards {
			in[i], behind[i] = int16(shards[i]), at[i].read //nolint:gosec // there are 64
		}
		return db.All(tx, scanFact, `SELECT f.* FROM unnest(CAST($2 AS SMALLINT[]), CAST($3 AS BIGINT[])) AS s (shard, pos)
			CROSS JOIN LATERAL (`+selectFact+`WHERE community_id = $1 AND fact.shard = s.shard AND fact.pos > s.pos ORDER BY fact.pos LIMIT $4) f
			ORDER BY f.shard, f.pos`, tx.Community(), in, behind, share)
	}
	for i := range shards { // on SQLite a short statement run again beats a long one
		more, err := After(tx, shards[i], at[i].read, share)
		if err != nil {
			return nil, err
		}
		facts = append(facts, more...)
	}
	return facts, nil
}

// moveCursors takes the cursors of a batch from old to next. Who finds one elsewhere has lost a race with another node: those
// stretches are left out.
func moveCursors(tx *db.Tx, r reader, batch []stretch) (moved []stretch, lost []int, err error) {
	there, err := moveTogether(tx, r, batch)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range batch {
		if !there[s.shard] {
			switch err := moveCursor(tx, r, s); {
			case errors.Is(err, errMoved):
				lost = append(lost, s.shard)
				continue
			case err != nil:
				return nil, nil, err
			}
		}
		moved = append(moved, s)
	}
	return moved, lost, nil
}

// moveTogether moves on PostgreSQL the cursors that have a row already, in one statement, and tells which.
func moveTogether(tx *db.Tx, r reader, batch []stretch) (map[int]bool, error) {
	if tx.Dialect() != db.Postgres || len(batch) == 1 {
		return nil, nil
	}
	n := len(batch)
	in, old, next, locks := make([]int16, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i, s := range batch {
		in[i], old[i], next[i], locks[i] = int16(s.shard), s.old, s.next, r.unit(s.shard).lock() //nolint:gosec // there are 64
	}
	there := map[int]bool{}
	err := tx.Each(func(row *db.Row) error {
		var shard int
		err := row.Scan(&shard)
		there[shard] = true
		return err
	}, `UPDATE fact_cursor c SET pos = s.next
		FROM unnest(CAST($3 AS SMALLINT[]), CAST($4 AS BIGINT[]), CAST($5 AS BIGINT[]), CAST($6 AS BIGINT[])) AS s (shard, old, next, lock)
		WHERE c.community_id = $1 AND c.subscriber = $2 AND c.shard = s.shard AND c.pos = s.old AND pg_try_advisory_xact_lock(s.lock)
		RETURNING c.shard`, r.community, r.sub.Name, in, old, next, locks)
	if err != nil {
		return nil, fmt.Errorf("move cursors of %s: %w", r.sub.Name, err)
	}
	return there, nil
}

// moveCursor takes one cursor from old to next. On PostgreSQL it doesn't wait for another node that is at it: two nodes with
// several shards in a transaction would wait in a circle.
func moveCursor(tx *db.Tx, r reader, s stretch) error {
	values, args := "VALUES ($1, $2, $3, $4)", []any{r.community, r.sub.Name, s.shard, s.next, s.old}
	if tx.Dialect() == db.Postgres {
		values = "SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS SMALLINT), CAST($4 AS BIGINT) WHERE pg_try_advisory_xact_lock($6)"
		args = append(args, r.unit(s.shard).lock())
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

// hold puts facts whose subject has a parked fact behind it, and gives back the rest. Of a subject that is held back one row has
// an error; those that wait behind it aren't read.
func hold(tx *db.Tx, r reader, batch []stretch) (free []Fact, err error) {
	if !slices.ContainsFunc(batch, func(s stretch) bool { return len(s.facts) > 0 }) {
		return nil, nil
	}
	type key struct {
		shard   int
		subject string
	}
	held := map[key]bool{}
	err = tx.Each(func(row *db.Row) error {
		var k key
		err := row.Scan(&k.shard, &k.subject)
		held[k] = true
		return err
	}, `SELECT shard, subject FROM fact_parked WHERE community_id = $1 AND subscriber = $2 AND shard >= $3 AND shard <= $4 AND error <> ''`,
		r.community, r.sub.Name, batch[0].shard, batch[len(batch)-1].shard)
	if err != nil {
		return nil, err
	}
	for _, s := range batch {
		for _, f := range s.facts {
			if !held[key{s.shard, f.SubjectKey()}] {
				free = append(free, f)
			} else if err := park(tx, r.unit(s.shard), f, ""); err != nil {
				return nil, err
			}
		}
	}
	return free, nil
}

// errMoved tells that another node is ahead, or in the middle of the same shard.
var errMoved = errors.New("another node moved the cursor")
