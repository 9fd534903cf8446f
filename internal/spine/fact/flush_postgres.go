package fact

import (
	"fmt"
	"strings"

	"github.com/qunce/qunce/internal/platform/db"
)

// flushText takes the positions and writes the rows in one round trip, its columns as arrays: one text for any number of
// facts. VALUES lists would be several texts and are slower to plan. unnest keeps the order of its arrays, and so do the
// shards' locks.
var flushText = func() string {
	types := map[string]string{"shard": "SMALLINT", "pos": "BIGINT", "at": "BIGINT", "recorded_at": "BIGINT"}
	var arrays, values []string
	for i, c := range columns {
		t := types[c]
		if t == "" {
			t = "TEXT"
		}
		arrays = append(arrays, fmt.Sprintf("CAST($%d AS %s[])", 4+i, t))
		switch c {
		case "pos":
			values = append(values, "taken.pos - f.pos")
		case "data":
			values = append(values, "CAST(f.data AS JSONB)")
		default:
			values = append(values, "f."+c)
		}
	}
	names := strings.Join(columns, ", ")
	return `WITH taken AS (
		INSERT INTO fact_shard (community_id, shard, pos)
		SELECT * FROM unnest(CAST($1 AS TEXT[]), CAST($2 AS SMALLINT[]), CAST($3 AS BIGINT[]))
		ON CONFLICT (community_id, shard) DO UPDATE SET pos = fact_shard.pos + excluded.pos
		RETURNING community_id, shard, pos)
	INSERT INTO fact (` + names + `) SELECT ` + strings.Join(values, ", ") + `
	FROM unnest(` + strings.Join(arrays, ", ") + `) AS f (` + names + `)
	JOIN taken ON taken.community_id = f.community_id AND taken.shard = f.shard`
}()

// flushPostgres is takePositions and the insert in one statement.
func flushPostgres(tx *db.Tx, keys []shardKey, groups map[shardKey][]*Fact) error {
	var of struct {
		community []string
		shard     []int16
		count     []int64
	}
	var f struct {
		community, id, kind, person, subject, circle, entry, actor, data []string
		shard                                                            []int16
		behind, at, recorded                                             []int64
	}
	for _, k := range keys {
		facts := groups[k]
		of.community, of.shard, of.count = append(of.community, k.community), append(of.shard, int16(k.shard)), append(of.count, int64(len(facts)))
		for i, x := range facts {
			f.community, f.shard, f.behind = append(f.community, k.community), append(f.shard, int16(k.shard)), append(f.behind, int64(len(facts)-1-i))
			f.id, f.kind, f.person, f.subject = append(f.id, x.ID), append(f.kind, x.Kind), append(f.person, x.Person), append(f.subject, x.Subject)
			f.circle, f.entry, f.actor = append(f.circle, x.Circle), append(f.entry, x.Entry), append(f.actor, x.Actor)
			f.at, f.recorded, f.data = append(f.at, db.Micros(x.At)), append(f.recorded, db.Micros(x.RecordedAt)), append(f.data, string(x.Data))
		}
	}
	n, err := tx.Exec(flushText, of.community, of.shard, of.count,
		f.community, f.shard, f.behind, f.id, f.kind, f.person, f.subject, f.circle, f.entry, f.actor, f.at, f.recorded, f.data)
	if err == nil && n != int64(len(f.id)) {
		return fmt.Errorf("%d of %d facts were written", n, len(f.id))
	}
	return err
}
