package seat

import (
	"maps"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/platform/proof"
)

// proofs find what is off, each from the rows it rests on and not from another proof.
var proofs = []proof.Proof{
	{Code: "seat.pool_used", Query: `SELECT p.id, p.used, COALESCE(s.qty, 0) FROM seat_pool p
		LEFT JOIN (SELECT pool_id, CAST(sum(qty) AS BIGINT) AS qty FROM seat WHERE community_id = $1 AND state IN ('held', 'taken') GROUP BY pool_id) s ON s.pool_id = p.id
		WHERE p.community_id = $1 AND p.used <> COALESCE(s.qty, 0) ORDER BY p.id`},
	{Code: "seat.pool_over_capacity", Query: `SELECT p.id, COALESCE(s.qty, 0), p.capacity FROM seat_pool p
		JOIN (SELECT pool_id, CAST(sum(qty) AS BIGINT) AS qty FROM seat WHERE community_id = $1 AND state IN ('held', 'taken') GROUP BY pool_id) s ON s.pool_id = p.id
		WHERE p.community_id = $1 AND s.qty > p.capacity ORDER BY p.id`},
	{Code: "seat.pool_surplus", Query: `SELECT id, surplus, 0 FROM seat_pool WHERE community_id = $1 AND (surplus < 0 OR surplus > 0 AND used < capacity) ORDER BY id`},
	{Code: "seat.pool_has_room", Query: `SELECT id, CASE WHEN has_room THEN 1 ELSE 0 END, CASE WHEN state = 'open' AND used < capacity THEN 1 ELSE 0 END FROM seat_pool
		WHERE community_id = $1 AND has_room <> (state = 'open' AND used < capacity) ORDER BY id`},
	{Code: "seat.holder_used", Query: `SELECT h.group_name || ' ' || h.holder, h.used, COALESCE(s.qty, 0) FROM seat_holder h
		LEFT JOIN (SELECT group_name, holder, CAST(sum(qty) AS BIGINT) AS qty FROM seat WHERE community_id = $1 AND state IN ('held', 'taken') GROUP BY group_name, holder) s
			ON s.group_name = h.group_name AND s.holder = h.holder
		WHERE h.community_id = $1 AND h.used <> COALESCE(s.qty, 0) ORDER BY h.group_name, h.holder`},
	{Code: "seat.holder_missing", Query: `SELECT s.group_name || ' ' || s.holder, 0, CAST(sum(s.qty) AS BIGINT) FROM seat s
		WHERE s.community_id = $1 AND s.state IN ('held', 'taken') AND NOT EXISTS (SELECT 1 FROM seat_holder h
			WHERE h.community_id = $1 AND h.group_name = s.group_name AND h.holder = s.holder)
		GROUP BY s.group_name, s.holder ORDER BY s.group_name, s.holder`},
	{Code: "seat.holder_over_limit", Query: `SELECT s.group_name || ' ' || s.holder, CAST(sum(s.qty) AS BIGINT), g.per_holder FROM seat s
		JOIN seat_group g ON g.community_id = s.community_id AND g.name = s.group_name
		WHERE s.community_id = $1 AND s.state IN ('held', 'taken') GROUP BY s.group_name, s.holder, g.per_holder HAVING sum(s.qty) > g.per_holder
		ORDER BY s.group_name, s.holder`},
	{Code: "seat.without_pool", Query: `SELECT s.id, 0, 0 FROM seat s LEFT JOIN seat_pool p ON p.community_id = s.community_id AND p.id = s.pool_id AND p.group_name = s.group_name
		WHERE s.community_id = $1 AND p.id IS NULL ORDER BY s.id`},
	{Code: "seat.pool_without_group", Query: `SELECT p.id, 0, 0 FROM seat_pool p LEFT JOIN seat_group g ON g.community_id = p.community_id AND g.name = p.group_name
		WHERE p.community_id = $1 AND g.name IS NULL ORDER BY p.id`},
	{Code: "seat.quantity", Query: `SELECT id, qty, 1 FROM seat WHERE community_id = $1 AND qty < 1 ORDER BY id`},
	{Code: "seat.state", Query: `SELECT id, 0, 0 FROM seat WHERE community_id = $1 AND (state NOT IN ('held', 'taken', 'released', 'lapsed')
			OR state IN ('held', 'taken') AND ended <> 0 OR state IN ('released', 'lapsed') AND ended = 0) ORDER BY id`},
}

// Verify proves the community's seats from scratch and gives each row that is off: counters against the seats they count,
// no pool over its capacity, nobody above PerHolder, every hold with its timer. Run it where nothing is written meanwhile,
// or in a db.Snapshot.
func Verify(tx *db.Tx) ([]proof.Problem, error) {
	out, err := proof.Run(tx, proofs)
	if err != nil {
		return nil, err
	}
	timers, err := verifyTimers(tx)
	return append(out, timers...), err
}

// latest is how long after its due time a timer that failed may have been put off to.
const latest = time.Hour

// verifyTimers proves that every hold has a timer at its end, or later when it failed and is tried again, and that no
// timer is left over. One that is due may be: it was being fired when the hold ended, and will find nothing to do.
func verifyTimers(tx *db.Tx) (out []proof.Problem, err error) {
	set, err := job.SetTimers(tx, timerLapse)
	if err != nil {
		return nil, err
	}
	err = tx.Each(func(r *db.Row) error {
		var id string
		var expires time.Time
		if err := r.Scan(&id, &expires); err != nil {
			return err
		}
		due, found := set[id]
		delete(set, id)
		last := tx.Now()
		if expires.After(last) {
			last = expires
		}
		if !found || expires.IsZero() || due.Before(expires) || due.After(last.Add(latest)) {
			out = append(out, proof.Problem{Code: "seat.hold_without_timer", Ref: id, Stored: db.Micros(due), Right: db.Micros(expires)})
		}
		return nil
	}, `SELECT id, expires FROM seat WHERE community_id = $1 AND state = 'held' ORDER BY id`, tx.Community())
	for _, id := range slices.Sorted(maps.Keys(set)) {
		if !set[id].After(tx.Now()) {
			continue
		}
		out = append(out, proof.Problem{Code: "seat.timer_without_hold", Ref: id, Stored: db.Micros(set[id]), Right: 0})
	}
	return out, err
}
