package fact

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/qunce/qunce/internal/platform/db"
)

// Sweep looks for what is behind: after a start, and now and then in case a wake was lost between nodes. Of shards that have
// not grown since the last sweep all that was behind is marked already, so where nothing happens it reads the shards' ends
// and nothing else. It is the installation's own housekeeping, so it crosses communities.
func (l *Log) Sweep(ctx context.Context) error {
	grown, ends, err := l.grown(ctx)
	if err != nil {
		return fmt.Errorf("look for facts: %w", err)
	}
	for communities := range slices.Chunk(grown, 64) {
		for _, s := range l.subs {
			if err := l.sweep(ctx, s, communities); err != nil {
				return fmt.Errorf("look for facts behind %s: %w", s.Name, err)
			}
		}
	}
	l.mu.Lock()
	l.swept = ends
	l.mu.Unlock()
	return nil
}

// grown lists the communities in which facts came since the last sweep, and how far their shards are now.
func (l *Log) grown(ctx context.Context) (communities []string, ends map[shardKey]int64, err error) {
	l.mu.Lock()
	swept := l.swept
	l.mu.Unlock()
	ends = make(map[shardKey]int64, len(swept))
	grown := map[string]bool{}
	err = l.db.Read(ctx, "", func(tx *db.Tx) error {
		return tx.Each(func(r *db.Row) error {
			e, err := scanEnd(r)
			ends[e.shardKey] = e.pos
			if was, known := swept[e.shardKey]; !known || was < e.pos {
				grown[e.community] = true
			}
			return err
		}, `SELECT community_id, shard, pos FROM fact_shard`)
	})
	return slices.Sorted(maps.Keys(grown)), ends, err
}

type shardEnd struct {
	shardKey
	pos int64
}

func scanEnd(r *db.Row) (e shardEnd, err error) {
	err = r.Scan(&e.community, &e.shard, &e.pos)
	return e, err
}

// sweep marks what is behind a subscriber's cursors in some communities.
func (l *Log) sweep(ctx context.Context, s *Subscription, communities []string) error {
	var ends []shardEnd
	err := l.db.Read(ctx, "", func(tx *db.Tx) (err error) {
		args := []any{s.Name}
		in := db.In(&args, communities)
		ends, err = db.All(tx, scanEnd, `SELECT s.community_id, s.shard, s.pos FROM fact_shard s LEFT JOIN fact_cursor c
			ON c.community_id = s.community_id AND c.subscriber = $1 AND c.shard = s.shard
			WHERE s.community_id IN `+in+` AND (c.pos IS NULL OR c.pos < s.pos) ORDER BY s.community_id, s.shard`, args...)
		return err
	})
	if err != nil {
		return err
	}
	// Of facts nobody asked for a cursor is stored now and then only; what this node has read past isn't behind.
	var behind []shardKey
	l.mu.Lock()
	for _, e := range ends {
		if l.seen[unit{s, e.shardKey}].read < e.pos {
			behind = append(behind, e.shardKey)
		}
	}
	l.mu.Unlock()
	l.markAll(behind, s)
	return nil
}
