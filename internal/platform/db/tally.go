package db

import (
	"fmt"
	"slices"
	"strings"
)

// Tally is a table of sums that grow: how many runs came to a step, how many people came in by an entry. Closures add to
// it; each sum is written once for a shared transaction, in one order for all transactions, so that a sum everybody adds
// to is locked last and nobody waits for another in a circle.
type Tally struct {
	name string
	text string
}

// NewTally makes the tally of a table whose primary key is community_id and keys, and whose sums are the columns sums.
// Register it before the first Do.
func NewTally(d *DB, table string, keys []string, sums ...string) *Tally {
	all := slices.Concat([]string{"community_id"}, keys, sums)
	updates := make([]string, len(sums))
	for i, s := range sums {
		updates[i] = s + " = " + table + "." + s + " + excluded." + s
	}
	t := &Tally{name: "tally " + table}
	t.text = fmt.Sprintf("INSERT INTO %s (%s) VALUES %s ON CONFLICT (community_id, %s) DO UPDATE SET %s", table, strings.Join(all, ", "),
		placeholders(1, len(all)), strings.Join(keys, ", "), strings.Join(updates, ", "))
	d.OnFlush(t.name, t.flush)
	return t
}

type tallyItem struct {
	keys []any
	sums []int64
}

// Add adds to the sums of a key. Keys are texts or integers.
func (t *Tally) Add(tx *Tx, keys []any, sums ...int64) { tx.Defer(t.name, tallyItem{keys, sums}) }

func (t *Tally) flush(tx *Tx, items []Deferred) error {
	type row struct {
		args []any
		sums []int64
	}
	rows := map[string]*row{}
	var order []string
	for _, it := range items {
		x := it.Item.(tallyItem)
		k := fmt.Sprintf("%s %q", it.Community, x.keys)
		r := rows[k]
		if r == nil {
			r = &row{args: slices.Concat([]any{it.Community}, x.keys), sums: make([]int64, len(x.sums))}
			rows[k] = r
			order = append(order, k)
		}
		for i, n := range x.sums {
			r.sums[i] += n
		}
	}
	slices.Sort(order)
	for _, k := range order {
		args := rows[k].args
		for _, n := range rows[k].sums {
			args = append(args, n)
		}
		if _, err := tx.Exec(t.text, args...); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return nil
}
