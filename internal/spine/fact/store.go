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
	if err := takePositions(tx, keys, groups); err != nil {
		return err
	}
	rows := make([][]any, 0, len(items))
	for _, k := range keys {
		for _, f := range groups[k] {
			rows = append(rows, []any{k.community, f.Shard, f.Pos, f.ID, f.Kind, f.Person, f.Subject, f.Circle, f.Entry, f.Actor, f.At, f.RecordedAt, db.RawJSON(f.Data)})
		}
	}
	if err := tx.Insert("fact", columns, rows); err != nil {
		return fmt.Errorf("write facts: %w", err)
	}
	tx.AfterCommit(func() { l.wake(keys) })
	return nil
}

// takePositions raises each shard's counter and numbers its facts. A statement's rows are locked in the order given.
func takePositions(tx *db.Tx, keys []shardKey, groups map[shardKey][]*Fact) error {
	per := 1
	if tx.Dialect() == db.Postgres {
		per = Shards
	}
	for len(keys) > 0 {
		n := min(per, len(keys))
		var b strings.Builder
		args := make([]any, 0, 3*n)
		for i, k := range keys[:n] {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "($%d, $%d, $%d)", 3*i+1, 3*i+2, 3*i+3)
			args = append(args, k.community, k.shard, len(groups[k]))
		}
		err := tx.Each(func(r *db.Row) error {
			var k shardKey
			var last int64
			if err := r.Scan(&k.community, &k.shard, &last); err != nil {
				return err
			}
			facts := groups[k]
			for i, f := range facts {
				f.Pos = last - int64(len(facts)-1-i)
			}
			return nil
		}, `INSERT INTO fact_shard (community_id, shard, pos) VALUES `+b.String()+`
			ON CONFLICT (community_id, shard) DO UPDATE SET pos = fact_shard.pos + excluded.pos RETURNING community_id, shard, pos`, args...)
		if err != nil {
			return fmt.Errorf("take positions: %w", err)
		}
		keys = keys[n:]
	}
	return nil
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

// Timeline reads facts of persons (several after a merge), newest first, before a time and id; kinds nil means all.
func Timeline(tx *db.Tx, persons, kinds []string, before time.Time, beforeID string, limit int) ([]Fact, error) {
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

// keepMonths makes PostgreSQL's partitions of this month and the two that follow. A month that already has rows in the
// default partition stays there.
func keepMonths(tx *db.Tx) error {
	if tx.Dialect() != db.Postgres {
		return nil
	}
	first := time.Date(tx.Now().Year(), tx.Now().Month(), 1, 0, 0, 0, 0, time.UTC)
	for i := range 3 {
		from, to := first.AddDate(0, i, 0), first.AddDate(0, i+1, 0)
		name := "fact_" + from.Format("2006_01")
		var there int
		err := tx.QueryRow(`SELECT (SELECT count(*) FROM pg_class WHERE relname = $1) + (SELECT count(*) FROM (SELECT 1 FROM fact_other WHERE recorded_at >= $2 AND recorded_at < $3 LIMIT 1) x)`,
			name, from, to).Scan(&there)
		if err != nil {
			return fmt.Errorf("look for month %s: %w", name, err)
		}
		if there > 0 {
			continue
		}
		if _, err := tx.Exec(fmt.Sprintf(`CREATE TABLE %s PARTITION OF fact FOR VALUES FROM (%d) TO (%d)`, name, db.Micros(from), db.Micros(to))); err != nil {
			return fmt.Errorf("make month %s: %w", name, err)
		}
	}
	return nil
}

// OfOtherSince reads facts about a subject that isn't a person, whoever else they are about, after a fact by time and id.
// Their order is that of recording: they come from several shards. kind "circle" means facts of that circle.
func OfOtherSince(tx *db.Tx, kind, subject string, at time.Time, id string, limit int) ([]Fact, error) {
	column := "subject"
	if kind == "circle" {
		column = "circle"
	}
	return db.All(tx, scanFact, selectFact+`WHERE community_id = $1 AND `+column+` = $2 AND `+column+` <> '' AND (recorded_at, id) > ($3, $4) ORDER BY recorded_at, id LIMIT $5`,
		tx.Community(), subject, at, id, limit)
}
