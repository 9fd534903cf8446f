package seat

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/platform/db"
)

// selectPool reads pools of the group $2 with what is held in each.
const selectPool = `SELECT p.id, p.group_name, p.position, p.capacity, COALESCE(h.held, 0), p.used - COALESCE(h.held, 0), p.attributes, p.state, p.weight,
		p.on_duty, p.opens, p.closes, p.circle, p.subject
	FROM seat_pool p LEFT JOIN (SELECT pool_id, CAST(sum(qty) AS BIGINT) AS held FROM seat
		WHERE community_id = $1 AND group_name = $2 AND state = 'held' GROUP BY pool_id) h ON h.pool_id = p.id
	WHERE p.community_id = $1 AND p.group_name = $2 `

func scanPool(r *db.Row) (p Pool, err error) {
	var attributes string
	if err = r.Scan(&p.ID, &p.Group, &p.Position, &p.Capacity, &p.Held, &p.Taken, &attributes, &p.State, &p.Weight, &p.OnDuty, &p.Opens, &p.Closes, &p.Circle, &p.Subject); err != nil {
		return p, err
	}
	p.Attributes, err = decodeAttributes(attributes)
	return p, err
}

func poolsOf(tx *db.Tx, group string) ([]Pool, error) {
	return db.All(tx, scanPool, selectPool+`ORDER BY p.position, p.id`, tx.Community(), group)
}

// poolsOfAll reads the pools of several groups.
func poolsOfAll(tx *db.Tx, groups []string) ([]Pool, error) {
	args := []any{tx.Community()}
	in := db.In(&args, groups)
	return db.All(tx, scanPool, `SELECT p.id, p.group_name, p.position, p.capacity, COALESCE(h.held, 0), p.used - COALESCE(h.held, 0), p.attributes, p.state, p.weight,
			p.on_duty, p.opens, p.closes, p.circle, p.subject
		FROM seat_pool p LEFT JOIN (SELECT pool_id, CAST(sum(qty) AS BIGINT) AS held FROM seat
			WHERE community_id = $1 AND group_name IN `+in+` AND state = 'held' GROUP BY pool_id) h ON h.pool_id = p.id
		WHERE p.community_id = $1 AND p.group_name IN `+in, args...)
}

// countWaiting counts the lines of several groups.
func countWaiting(tx *db.Tx, groups []string) (map[string]int, error) {
	args, out := []any{tx.Community()}, map[string]int{}
	err := tx.Each(func(r *db.Row) error {
		var group string
		var n int
		err := r.Scan(&group, &n)
		out[group] = n
		return err
	}, `SELECT group_name, count(*) FROM seat_wait WHERE community_id = $1 AND group_name IN `+db.In(&args, groups)+` GROUP BY group_name`, args...)
	return out, err
}

// freePools are the pools that give places now.
func freePools(tx *db.Tx, group string) ([]Pool, error) {
	return db.All(tx, scanPool, selectPool+`AND p.has_room = TRUE AND p.opens <= $3 AND (p.closes = 0 OR p.closes > $3) ORDER BY p.position, p.id`,
		tx.Community(), group, tx.Now())
}

func onePool(tx *db.Tx, id string) (Pool, bool, error) {
	group, found, err := db.One(tx, db.Column[string], `SELECT group_name FROM seat_pool WHERE community_id = $1 AND id = $2`, tx.Community(), id)
	if err != nil || !found {
		return Pool{}, false, err
	}
	return db.One(tx, scanPool, selectPool+`AND p.id = $3`, tx.Community(), group, id)
}

func insertPool(tx *db.Tx, p Pool) (bool, error) {
	if p.Position == 0 {
		err := tx.QueryRow(`SELECT COALESCE(max(position), 0) + 1 FROM seat_pool WHERE community_id = $1 AND group_name = $2`, tx.Community(), p.Group).Scan(&p.Position)
		if err != nil {
			return false, err
		}
	}
	n, err := tx.Exec(`INSERT INTO seat_pool (community_id, id, group_name, position, capacity, has_room, state, weight, on_duty, opens, closes, attributes, circle, subject, opening)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING`,
		tx.Community(), p.ID, p.Group, p.Position, p.Capacity, p.State == Open && p.Capacity > 0, p.State, p.Weight, p.OnDuty, p.Opens, p.Closes,
		encodeAttributes(p.Attributes), p.Circle, p.Subject, p.Opens.After(tx.Now()))
	return n == 1, err
}

func setCapacity(tx *db.Tx, pool string, capacity int) (bool, error) {
	n, err := tx.Exec(`UPDATE seat_pool SET capacity = $3, surplus = 0, has_room = (state = 'open' AND used < $3) WHERE community_id = $1 AND id = $2 AND used <= $3`,
		tx.Community(), pool, capacity)
	return n == 1, err
}

func resizePool(tx *db.Tx, pool string, from, to int) (bool, error) {
	n, err := tx.Exec(`UPDATE seat_pool SET capacity = CASE WHEN used > $4 THEN used ELSE $4 END, surplus = CASE WHEN used > $4 THEN used - $4 ELSE 0 END,
			has_room = (state = 'open' AND used < $4)
		WHERE community_id = $1 AND id = $2 AND capacity - surplus = $3`, tx.Community(), pool, from, to)
	return n == 1, err
}

func setState(tx *db.Tx, pool string, state PoolState) (bool, error) {
	n, err := tx.Exec(`UPDATE seat_pool SET state = $3, has_room = (CAST($3 AS TEXT) = 'open' AND used < capacity) WHERE community_id = $1 AND id = $2`,
		tx.Community(), pool, state)
	return n == 1, err
}

func arrangePool(tx *db.Tx, p Pool) (bool, error) {
	n, err := tx.Exec(`UPDATE seat_pool SET position = $3, weight = $4, on_duty = $5, opens = $6, closes = $7, attributes = $8, opening = $9 WHERE community_id = $1 AND id = $2`,
		tx.Community(), p.ID, p.Position, p.Weight, p.OnDuty, p.Opens, p.Closes, encodeAttributes(p.Attributes), p.Opens.After(tx.Now()))
	return n == 1, err
}

// markOpen notes that those who wait have been asked since the group's pools opened.
func markOpen(tx *db.Tx, group string) error {
	return tx.Put(`UPDATE seat_pool SET opening = FALSE WHERE community_id = $1 AND group_name = $2 AND opening AND opens <= $3`, tx.Community(), group, tx.Now())
}

const selectWaiter = `SELECT id, group_name, holder, person, priority, seq, qty, pool_id, attributes, since FROM seat_wait `

func scanWaiter(r *db.Row) (w Waiter, err error) {
	var attributes string
	if err = r.Scan(&w.ID, &w.Group, &w.Holder.ID, &w.Holder.Person, &w.Priority, &w.seq, &w.Qty, &w.Want.Pool, &attributes, &w.Since); err != nil {
		return w, err
	}
	w.Want.Attributes, err = decodeAttributes(attributes)
	return w, err
}

// waiters reads a piece of a group's line behind a waiter, from its beginning if that is none. With free pools it gives only
// those for whom one of them may be: a long line that waits for something else is not carried here while others wait.
func waiters(tx *db.Tx, group string, behind Waiter, free []Pool, limit int) ([]Waiter, error) {
	args := []any{tx.Community(), group, limit}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	cond := ""
	if behind.seq > 0 {
		p := arg(behind.Priority)
		cond = ` AND (priority < ` + p + ` OR priority = ` + p + ` AND seq > ` + arg(behind.seq) + `)`
	}
	most := map[string]int{} // units that a pool has which asks for these attributes
	for _, p := range free {
		asks := encodeAttributes(p.Attributes)
		most[asks] = max(most[asks], p.Room())
	}
	var may []string
	for _, asks := range slices.Sorted(maps.Keys(most)) {
		fits := `qty <= ` + arg(most[asks])
		attributes, err := decodeAttributes(asks)
		if err != nil {
			return nil, err
		}
		for _, pair := range pairs(attributes) {
			fits += ` AND replace(attributes, ` + arg(pair) + `, '') <> attributes`
		}
		may = append(may, fits)
	}
	if len(may) > 0 {
		cond += ` AND (` + strings.Join(may, ` OR `) + `)`
	}
	return db.All(tx, scanWaiter, selectWaiter+`WHERE community_id = $1 AND group_name = $2`+cond+` ORDER BY priority DESC, seq LIMIT $3`, args...)
}

// insertWait puts a holder at the end of the line, unless they stand in it; the lock makes the numbers unique.
func insertWait(tx *db.Tx, id string, w Wait) (bool, error) {
	n, err := tx.Exec(`INSERT INTO seat_wait (community_id, group_name, holder, id, person, priority, seq, qty, pool_id, attributes, since)
		VALUES ($1, $2, $3, $4, $5, $6, (SELECT COALESCE(max(seq), 0) + 1 FROM seat_wait WHERE community_id = $1 AND group_name = $2), $7, $8, $9, $10)
		ON CONFLICT (community_id, group_name, holder) DO NOTHING`,
		tx.Community(), w.Group, w.Holder.ID, id, w.Holder.Person, w.Priority, w.Qty, w.Want.Pool, encodeAttributes(w.Want.Attributes), tx.Now())
	return n == 1, err
}

// linesOf lists the groups in whose lines a holder stands.
func linesOf(tx *db.Tx, holder string) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT group_name FROM seat_wait WHERE community_id = $1 AND holder = $2 ORDER BY group_name`, tx.Community(), holder)
}

// moveWait makes a place in a line another's, unless they stand there too.
func moveWait(tx *db.Tx, group, from, into string) (bool, error) {
	n, err := tx.Exec(`UPDATE seat_wait SET holder = $4 WHERE community_id = $1 AND group_name = $2 AND holder = $3
		AND NOT EXISTS (SELECT 1 FROM seat_wait o WHERE o.community_id = $1 AND o.group_name = $2 AND o.holder = $4)`, tx.Community(), group, from, into)
	return n == 1, err
}

func deleteWait(tx *db.Tx, group, holder string) (bool, error) {
	n, err := tx.Exec(`DELETE FROM seat_wait WHERE community_id = $1 AND group_name = $2 AND holder = $3`, tx.Community(), group, holder)
	return n == 1, err
}
