package path

import (
	"fmt"
	"sort"

	"github.com/qunce/qunce/internal/platform/db"
)

// countKey is one count of a step; outcome "" counts entries.
type countKey struct {
	community string
	path      string
	version   int
	step      string
	outcome   string
	slot      int
}

type count struct {
	runs    int64
	seconds int64
}

type countItem struct {
	key   countKey
	count count
}

// countFlush is the flusher's name on the database.
const countFlush = "path.count"

// flushCounts adds up what the closures of a shared transaction counted, and writes each count once, in one order for all
// transactions so that none waits for another in a circle.
func flushCounts(tx *db.Tx, items []db.Deferred) error {
	sum := map[countKey]count{}
	for _, it := range items {
		x := it.Item.(countItem)
		c := sum[x.key]
		sum[x.key] = count{c.runs + x.count.runs, c.seconds + x.count.seconds}
	}
	order := make([]countKey, 0, len(sum))
	for k := range sum {
		order = append(order, k)
	}
	sort.Slice(order, func(i, j int) bool { return order[i].less(order[j]) })
	for _, k := range order {
		_, err := tx.Exec(`INSERT INTO path_count (community_id, path, version, step, outcome, slot, runs, seconds) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (community_id, path, version, step, outcome, slot) DO UPDATE SET runs = path_count.runs + excluded.runs, seconds = path_count.seconds + excluded.seconds`,
			k.community, k.path, k.version, k.step, k.outcome, k.slot, sum[k].runs, sum[k].seconds)
		if err != nil {
			return fmt.Errorf("count step: %w", err)
		}
	}
	return nil
}

func (k countKey) less(o countKey) bool {
	a := [...]string{k.community, k.path, k.step, k.outcome}
	b := [...]string{o.community, o.path, o.step, o.outcome}
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	if k.version != o.version {
		return k.version < o.version
	}
	return k.slot < o.slot
}
