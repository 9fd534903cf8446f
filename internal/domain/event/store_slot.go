package event

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// States of a time of which staff was told.
const (
	slotEmpty = "empty"
	slotDone  = "done" // something is planned for it, or it has gone by
)

// slotKey names a time by its template and its beginning, µs.
type slotKey struct {
	template string
	starts   int64
}

type slotRow struct {
	id, state, task string
	round           int
	slotKey
}

// slotTasks reads of which times from one time on and before the other staff was told.
func slotTasks(tx *db.Tx, from, to time.Time) (map[slotKey]slotRow, error) {
	out := map[slotKey]slotRow{}
	err := tx.Each(func(r *db.Row) error {
		var x slotRow
		err := r.Scan(&x.id, &x.template, &x.starts, &x.state, &x.round, &x.task)
		out[x.slotKey] = x
		return err
	}, `SELECT id, template, starts, state, round, task FROM event_slot WHERE community_id = $1 AND starts >= $2 AND starts < $3`, tx.Community(), from, to)
	return out, err
}

// putSlot notes that a time is empty; fresh is false if that was noted.
func putSlot(tx *db.Tx, x Slot) (row slotRow, fresh bool, err error) {
	row, fresh, err = db.One(tx, func(r *db.Row) (x slotRow, err error) {
		err = r.Scan(&x.id, &x.round)
		return x, err
	}, `INSERT INTO event_slot (community_id, id, template, starts, state) VALUES ($1, $2, $3, $4, 'empty')
		ON CONFLICT (community_id, template, starts) DO UPDATE SET state = 'empty', round = event_slot.round + 1, task = '' WHERE event_slot.state = 'done'
		RETURNING id, round`, tx.Community(), tx.NewID(), x.Template, x.Starts)
	return row, fresh, err
}

func setSlotTask(tx *db.Tx, id, task string) error {
	return tx.Put(`UPDATE event_slot SET task = $3 WHERE community_id = $1 AND id = $2`, tx.Community(), id, task)
}

func endSlot(tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec(`UPDATE event_slot SET state = 'done' WHERE community_id = $1 AND id = $2 AND state = 'empty'`, tx.Community(), id)
	return n == 1, err
}

// plannedFrom lists what is planned to begin from one time on and before the other, in order.
func plannedFrom(tx *db.Tx, from, to time.Time) ([]Event, error) {
	return db.All(tx, scanEvent, selectEvent+` AND starts >= $2 AND starts < $3 AND state = 'planned' ORDER BY starts, id`, tx.Community(), from, to)
}
