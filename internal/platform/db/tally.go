package db

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Tally is a table of sums that grow: how many runs came to a step, how many people came in by an entry. Closures add to
// it; each sum is written once for a shared transaction, in one order for all transactions, so that a sum everybody adds
// to is locked last and nobody waits for another in a circle.
type Tally struct {
	name, table string
	columns     []string
	tail        string
	spread      bool
}

// NewTally makes the tally of a table whose primary key is community_id and keys, and whose sums are the columns sums.
// Register it before the first Do.
func NewTally(d *DB, table string, keys []string, sums ...string) *Tally {
	updates := make([]string, len(sums))
	for i, s := range sums {
		updates[i] = s + " = " + table + "." + s + " + excluded." + s
	}
	t := &Tally{name: "tally " + table, table: table, columns: slices.Concat([]string{"community_id"}, keys, sums)}
	t.tail = fmt.Sprintf(" ON CONFLICT (community_id, %s) DO UPDATE SET %s", strings.Join(keys, ", "), strings.Join(updates, ", "))
	d.OnFlush(t.name, t.flush)
	return t
}

// NewSpreadTally is NewTally for sums that everybody adds to all the time. The last column of the key is slot, the number of
// the connection that commits: no two of a program wait for each other. Who reads a sum adds up its slots.
func NewSpreadTally(d *DB, table string, keys []string, sums ...string) *Tally {
	t := NewTally(d, table, append(keys, "slot"), sums...)
	t.spread = true
	return t
}

type tallyItem struct {
	keys []any
	sums []int64
}

// Add adds to the sums of a key. Keys are texts or integers; a slot is not given.
func (t *Tally) Add(tx *Tx, keys []any, sums ...int64) { tx.Defer(t.name, tallyItem{keys, sums}) }

func (t *Tally) flush(tx *Tx, items []Deferred) error {
	type row struct {
		keys []any
		sums []int64
	}
	sums := map[string]*row{}
	for _, it := range items {
		x := it.Item.(tallyItem)
		k := fmt.Sprintf("%s %q", it.Community, x.keys)
		r := sums[k]
		if r == nil {
			r = &row{slices.Concat([]any{it.Community}, x.keys), make([]int64, len(x.sums))}
			sums[k] = r
		}
		for i, n := range x.sums {
			r.sums[i] += n
		}
	}
	rows := make([][]any, 0, len(sums))
	for _, k := range slices.Sorted(maps.Keys(sums)) {
		args := sums[k].keys
		if t.spread {
			args = append(args, tx.c.slot)
		}
		for _, n := range sums[k].sums {
			args = append(args, n)
		}
		rows = append(rows, args)
	}
	if err := tx.insert(t.table, t.columns, rows, t.tail); err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	return nil
}
