package fact

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/qunce/qunce/internal/platform/db"
)

// stretch is a piece of a shard on its way to a reader: the facts it wants between two positions of its cursor.
type stretch struct {
	shard     int
	old, next int64
	facts     []Fact
}

// work hands over what lies in some shards of a reader, in one transaction. It tells whether there was anything, and gives the
// shards whose cursors another node has moved or is moving.
func (l *Log) work(ctx context.Context, r reader, shards []int) (worked bool, lost []int, err error) {
	batch, err := l.read(ctx, r, shards)
	if err != nil || len(batch) == 0 {
		return false, nil, err
	}
	worth := slices.DeleteFunc(slices.Clone(batch), func(s stretch) bool { return len(s.facts) == 0 && s.next-s.old < storeEvery })
	if len(worth) > 0 {
		lost, err = l.handle(ctx, r, worth)
	}
	if err != nil {
		l.forget(r, shards)
		return false, nil, err
	}
	l.mu.Lock()
	for _, s := range batch {
		l.seen[r.unit(s.shard)] = position{s.old, s.next}
	}
	for _, s := range worth {
		l.seen[r.unit(s.shard)] = position{s.next, s.next}
	}
	l.mu.Unlock()
	l.forget(r, lost)
	return true, lost, nil
}

// read gives what lies behind the reader's cursors. Each shard has its share of the batch; those with more are marked again.
func (l *Log) read(ctx context.Context, r reader, shards []int) (batch []stretch, err error) {
	at, err := l.positions(ctx, r, shards)
	if err != nil {
		return nil, err
	}
	share := max(2, cmp.Or(r.sub.Most, batchSize)/len(shards))
	var facts []Fact
	err = l.db.Read(ctx, r.community, func(tx *db.Tx) (err error) {
		facts, err = afterEach(tx, shards, at, share)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read facts for %s: %w", r.sub.Name, err)
	}
	var full []int
	for i, shard := range shards {
		n := 0
		for n < len(facts) && facts[n].Shard == shard {
			n++
		}
		if n == share {
			full = append(full, shard)
		}
		if n > 0 {
			s := stretch{shard: shard, old: at[i].stored, next: facts[n-1].Pos}
			for _, f := range facts[:n] {
				if r.sub.wants(f.Kind) {
					s.facts = append(s.facts, f)
				}
			}
			batch, facts = append(batch, s), facts[n:]
		}
	}
	l.mark(r, full)
	return batch, nil
}

// handle runs the handler over the facts of a batch and moves its cursors in one transaction. When the handler fails for a
// reason that will not pass, the batch is halved down to the one bad fact, which is parked.
func (l *Log) handle(ctx context.Context, r reader, batch []stretch) (lost []int, err error) {
	err = l.db.Do(ctx, r.community, func(tx *db.Tx) error {
		var moved []stretch
		if moved, lost, err = moveCursors(tx, r, batch); err != nil {
			return err
		}
		free, err := hold(tx, r, moved)
		if err != nil || len(free) == 0 {
			return err
		}
		return r.sub.Handle(tx, free)
	})
	switch {
	case err == nil:
		return lost, nil
	case ctx.Err() != nil, db.IsTransient(err):
		return nil, err
	}
	if one, other := halves(batch); len(other) > 0 {
		lost, err = l.handle(ctx, r, one)
		if err != nil {
			return nil, err
		}
		more, err := l.handle(ctx, r, other)
		return append(lost, more...), err
	}
	return l.parkOne(ctx, r, batch[0], err)
}

// halves divides a batch between its shards, or the facts of its only one; other is empty when there is one fact at most.
func halves(batch []stretch) (one, other []stretch) {
	if half := len(batch) / 2; half > 0 {
		return batch[:half], batch[half:]
	}
	s := batch[0]
	half := len(s.facts) / 2
	if half == 0 {
		return batch, nil
	}
	middle := s.facts[half].Pos - 1
	return []stretch{{s.shard, s.old, middle, s.facts[:half]}}, []stretch{{s.shard, middle, s.next, s.facts[half:]}}
}

// parkOne passes a stretch whose only fact the handler refuses.
func (l *Log) parkOne(ctx context.Context, r reader, s stretch, why error) (lost []int, err error) {
	if len(s.facts) == 0 {
		return nil, why
	}
	f := s.facts[0]
	l.log.Error("fact parked", "subscriber", r.sub.Name, "community", r.community, "fact", f.ID, "kind", f.Kind, "error", why)
	err = l.db.Do(ctx, r.community, func(tx *db.Tx) error {
		if _, lost, err = moveCursors(tx, r, []stretch{s}); err != nil || len(lost) > 0 {
			return err
		}
		return park(tx, r.unit(s.shard), f, reason(why))
	})
	return lost, err
}

// positions is how far the reader has come in its shards, from memory or the database.
func (l *Log) positions(ctx context.Context, r reader, shards []int) ([]position, error) {
	out := make([]position, len(shards))
	known := true
	l.mu.Lock()
	for i, shard := range shards {
		at, ok := l.seen[r.unit(shard)]
		out[i], known = at, known && ok
	}
	l.mu.Unlock()
	if known {
		return out, nil
	}
	stored := map[int]int64{}
	err := l.db.Read(ctx, r.community, func(tx *db.Tx) error {
		return tx.Each(func(row *db.Row) error {
			var shard int
			var pos int64
			err := row.Scan(&shard, &pos)
			stored[shard] = pos
			return err
		}, `SELECT shard, pos FROM fact_cursor WHERE community_id = $1 AND subscriber = $2`, r.community, r.sub.Name)
	})
	if err != nil {
		return nil, fmt.Errorf("read cursors of %s: %w", r.sub.Name, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, shard := range shards {
		if _, ok := l.seen[r.unit(shard)]; !ok {
			out[i] = position{stored[shard], stored[shard]}
		}
	}
	return out, nil
}

func (l *Log) forget(r reader, shards []int) {
	l.mu.Lock()
	for _, shard := range shards {
		delete(l.seen, r.unit(shard))
	}
	l.mu.Unlock()
}
