package fact

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

var columns = []string{"community_id", "shard", "pos", "id", "kind", "person", "subject", "circle", "entry", "actor", "at", "recorded_at", "data"}

const selectFact = `SELECT shard, pos, id, kind, person, subject, circle, entry, actor, at, recorded_at, data FROM fact `

func scanFact(r *db.Row) (f Fact, err error) {
	var data db.RawJSON
	err = r.Scan(&f.Shard, &f.Pos, &f.ID, &f.Kind, &f.Person, &f.Subject, &f.Circle, &f.Entry, &f.Actor, &f.At, &f.RecordedAt, &data)
	f.Data = []byte(data)
	return f, err
}

type shardKey struct {
	community string
	shard     int
}

// flush writes the facts of a shared transaction: positions under the shards' locks, in rising order so that no two
// transactions wait for each other in a circle, then the rows.
func (l *Log) flush(tx *db.Tx, items []db.Deferred) error {
	groups := map[shardKey][]*Fact{}
	for _, it := range items {
		f := it.Item.(*Fact)
		k := shardKey{it.Community, f.Shard}
		groups[k] = append(groups[k], f)
	}
	keys := make([]shardKey, 0, len(groups))
	for k := range groups {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		return a.community < b.community || a.community == b.community && a.shard < b.shard
	})
	write := flushRows
	if tx.Dialect() == db.Postgres {
		write = flushPostgres
	}
	if err := write(tx, keys, groups); err != nil {
		return fmt.Errorf("write facts: %w", err)
	}
	tx.AfterCommit(func() { l.wake(keys, groups) })
	return nil
}

// flushRows raises each shard's counter, numbers its facts and writes them: on SQLite a short statement run again beats a
// long one.
func flushRows(tx *db.Tx, keys []shardKey, groups map[shardKey][]*Fact) error {
	var rows [][]any
	for _, k := range keys {
		facts := groups[k]
		var last int64
		err := tx.QueryRow(`INSERT INTO fact_shard (community_id, shard, pos) VALUES ($1, $2, $3)
			ON CONFLICT (community_id, shard) DO UPDATE SET pos = fact_shard.pos + excluded.pos RETURNING pos`, k.community, k.shard, len(facts)).Scan(&last)
		if err != nil {
			return fmt.Errorf("take positions: %w", err)
		}
		for i, f := range facts {
			pos := last - int64(len(facts)-1-i)
			rows = append(rows, []any{k.community, k.shard, pos, f.ID, f.Kind, f.Person, f.Subject, f.Circle, f.Entry, f.Actor, f.At, f.RecordedAt, string(f.Data)})
		}
	}
	return tx.Insert("fact", columns, rows)
}

// After reads up to limit facts of a shard behind a position, in order.
func After(tx *db.Tx, shard int, pos int64, limit int) ([]Fact, error) {
	return db.All(tx, scanFact, selectFact+`WHERE community_id = $1 AND shard = $2 AND pos > $3 ORDER BY pos LIMIT $4`,
		tx.Community(), shard, pos, limit)
}

// OfPersonAfter reads a person's facts behind a position of their shard, in order: what arrived while nobody waited for it.
func OfPersonAfter(tx *db.Tx, person string, pos int64, limit int) ([]Fact, error) {
	return db.All(tx, scanFact, selectFact+`WHERE community_id = $1 AND person = $2 AND person <> '' AND shard = $3 AND pos > $4 ORDER BY pos LIMIT $5`,
		tx.Community(), person, ShardOf(person), pos, limit)
}

// lastRecorded is when the latest of every shard's last facts was recorded.
func lastRecorded(tx *db.Tx) (at time.Time, err error) {
	err = tx.QueryRow(`SELECT COALESCE(MAX(f.recorded_at), 0) FROM fact_shard s JOIN fact f ON f.community_id = s.community_id AND f.shard = s.shard AND f.pos = s.pos`).Scan(&at)
	return at, err
}

// OfSubject finds a fact of a subject by its id. Ids alone have no index: they are never cursors, and a fact is always looked for
// with what it is about.
func OfSubject(tx *db.Tx, subject, id string) (Fact, bool, error) {
	return db.One(tx, scanFact, selectFact+`WHERE community_id = $1 AND subject = $2 AND subject <> '' AND id = $3`, tx.Community(), subject, id)
}

// LastPos is the position of the person's latest fact in their shard; 0 if there is none.
func LastPos(tx *db.Tx, person string) (pos int64, err error) {
	err = tx.QueryRow(`SELECT COALESCE(MAX(pos), 0) FROM fact WHERE community_id = $1 AND person = $2 AND person <> ''`, tx.Community(), person).Scan(&pos)
	return pos, err
}

// Timeline reads facts of persons (several after a merge), newest first, before a time and id; kinds nil means all.
func Timeline(tx *db.Tx, persons, kinds []string, before time.Time, beforeID string, limit int) ([]Fact, error) {
	if len(persons) == 0 {
		return nil, nil
	}
	var b strings.Builder
	args := []any{tx.Community()}
	list := func(column string, values []string) {
		b.WriteString(" AND " + column + " IN (")
		for i, v := range values {
			if i > 0 {
				b.WriteByte(',')
			}
			args = append(args, v)
			fmt.Fprintf(&b, "$%d", len(args))
		}
		b.WriteByte(')')
	}
	list("person", persons)
	if len(kinds) > 0 {
		list("kind", kinds)
	}
	if !before.IsZero() {
		args = append(args, before, beforeID)
		fmt.Fprintf(&b, " AND (at, id) < ($%d, $%d)", len(args)-1, len(args))
	}
	args = append(args, limit)
	return db.All(tx, scanFact, selectFact+`WHERE community_id = $1 AND person <> ''`+b.String()+fmt.Sprintf(` ORDER BY at DESC, id DESC LIMIT $%d`, len(args)), args...)
}

// About reads the facts about a subject, the latest first, before a time and id of what was recorded; a zero time means from now.
func About(tx *db.Tx, subject string, before time.Time, beforeID string, limit int) ([]Fact, error) {
	args, where := []any{tx.Community(), subject, limit}, ""
	if !before.IsZero() {
		args, where = append(args, before, beforeID), " AND (recorded_at, id) < ($4, $5)"
	}
	return db.All(tx, scanFact, selectFact+`WHERE community_id = $1 AND subject = $2 AND subject <> ''`+where+` ORDER BY recorded_at DESC, id DESC LIMIT $3`, args...)
}

// keepMonths makes PostgreSQL's partitions of this month and the two that follow. A month that already has rows in the
// default partition stays there.
func keepMonths(tx *db.Tx) error {
	if tx.Dialect() != db.Postgres {
		return nil
	}
	// Nodes that start together take turns.
	if err := tx.Put(`SELECT pg_advisory_xact_lock($1)`, monthsLock); err != nil {
		return fmt.Errorf("wait for another node's months: %w", err)
	}
	first := time.Date(tx.Now().Year(), tx.Now().Month(), 1, 0, 0, 0, 0, time.UTC)
	for i := range 3 {
		from, to := first.AddDate(0, i, 0), first.AddDate(0, i+1, 0)
		name := "fact_" + from.Format("2006_01")
		var there bool
		err := tx.QueryRow(`SELECT to_regclass($1) IS NOT NULL OR EXISTS (SELECT 1 FROM fact_other WHERE recorded_at >= $2 AND recorded_at < $3)`,
			name, from, to).Scan(&there)
		if err != nil {
			return fmt.Errorf("look for month %s: %w", name, err)
		}
		if there {
			continue
		}
		if err := tx.Put(fmt.Sprintf(`CREATE TABLE %s PARTITION OF fact FOR VALUES FROM (%d) TO (%d)`, name, db.Micros(from), db.Micros(to))); err != nil {
			return fmt.Errorf("make month %s: %w", name, err)
		}
	}
	return nil
}

// monthsLock is the number of the making of months among the server's advisory locks.
const monthsLock = 71184
