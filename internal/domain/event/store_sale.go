package event

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

func see(tx *db.Tx, event string, persons []string) error {
	args := []any{tx.Community(), event, tx.Now()}
	return tx.Put(`UPDATE event_attendance SET seen_until = $3 WHERE community_id = $1 AND event = $2 AND seen_until < $3 AND person IN `+db.In(&args, persons), args...)
}

// seenUntil is until when a human followed an event; zero for who came and was never seen to follow.
func seenUntil(tx *db.Tx, event string, ids []string) (until time.Time, came bool, err error) {
	args := []any{tx.Community(), event}
	return db.One(tx, db.Column[time.Time], `SELECT seen_until FROM event_attendance WHERE community_id = $1 AND event = $2 AND person IN `+db.In(&args, ids)+` ORDER BY seen_until DESC LIMIT 1`, args...)
}

// lastSeen is when anybody was last seen to follow an event.
func lastSeen(tx *db.Tx, event string) (time.Time, error) {
	at, _, err := db.One(tx, db.Column[time.Time], `SELECT seen_until FROM event_attendance WHERE community_id = $1 AND event = $2 AND seen_until > 0 ORDER BY seen_until DESC LIMIT 1`, tx.Community(), event)
	return at, err
}

// countStays counts who came: who was seen last before a time has left early.
func countStays(tx *db.Tx, event string, before time.Time, persons []string) (stayed, left int, err error) {
	args, where := []any{tx.Community(), event, before}, ""
	if len(persons) > 0 {
		where = ` AND person IN ` + db.In(&args, persons)
	}
	err = tx.QueryRow(`SELECT COALESCE(SUM(CASE WHEN seen_until = 0 OR seen_until > $3 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN seen_until > 0 AND seen_until <= $3 THEN 1 ELSE 0 END), 0)
		FROM event_attendance WHERE community_id = $1 AND event = $2`+where, args...).Scan(&stayed, &left)
	return stayed, left, err
}
