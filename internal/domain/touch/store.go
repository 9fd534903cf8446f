package touch

import (
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

func readConfig(tx *db.Tx) (Config, error) {
	c, _, err := db.One(tx, db.Column[db.JSON[Config]], `SELECT config FROM touch_config WHERE community_id = $1`, tx.Community())
	return c.V, err
}

func writeConfig(tx *db.Tx, c Config) error {
	_, err := tx.Exec(`INSERT INTO touch_config (community_id, config) VALUES ($1, $2) ON CONFLICT (community_id) DO UPDATE SET config = excluded.config`,
		tx.Community(), db.JSON[Config]{V: c})
	return err
}

const columns = `id, key, hash, person, channel, purpose, template, vars, subject, body, link, state, reason, not_before, not_after, created_at, done_at, read_at, external`

func scan(r *db.Row) (t Touch, err error) {
	var vars db.JSON[map[string]any]
	err = r.Scan(&t.ID, &t.Key, &t.hash, &t.Person, &t.Channel, &t.Purpose, &t.Template, &vars, &t.Subject, &t.Body, &t.Link, &t.State, &t.Reason,
		&t.NotBefore, &t.NotAfter, &t.CreatedAt, &t.DoneAt, &t.ReadAt, &t.external)
	t.Vars = vars.V
	return t, err
}

// insert adds a touch unless its key has one.
func insert(tx *db.Tx, t Touch) (bool, error) {
	n, err := tx.Exec(`INSERT INTO touch (community_id, `+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) ON CONFLICT DO NOTHING`,
		tx.Community(), t.ID, t.Key, t.hash, t.Person, t.Channel, t.Purpose, t.Template, db.JSON[map[string]any]{V: t.Vars}, t.Subject, t.Body, t.Link, t.State, t.Reason,
		t.NotBefore, t.NotAfter, t.CreatedAt, t.DoneAt, t.ReadAt, t.external)
	return n == 1, err
}

func byKey(tx *db.Tx, key string) (Touch, bool, error) {
	return db.One(tx, scan, `SELECT `+columns+` FROM touch WHERE community_id = $1 AND key = $2`, tx.Community(), key)
}

func byID(tx *db.Tx, id string) (Touch, bool, error) {
	return db.One(tx, scan, `SELECT `+columns+` FROM touch WHERE community_id = $1 AND id = $2`, tx.Community(), id)
}

// turn moves a touch from one state to another; false means that it was in another one.
func turn(tx *db.Tx, t Touch, from State) (bool, error) {
	n, err := tx.Exec(`UPDATE touch SET channel = $4, subject = $5, body = $6, link = $7, state = $8, reason = $9, not_before = $10, done_at = $11, external = $12
		WHERE community_id = $1 AND id = $2 AND state = $3`,
		tx.Community(), t.ID, from, t.Channel, t.Subject, t.Body, t.Link, t.State, t.Reason, t.NotBefore, t.DoneAt, t.external)
	return n == 1, err
}

func takeBudget(tx *db.Tx, person string, b Budget, span string) (bool, error) {
	if b.Max <= 0 {
		return false, nil
	}
	n, err := tx.Exec(`INSERT INTO touch_budget (community_id, person, channel, purpose, span, used) VALUES ($1, $2, $3, $4, $5, 1)
		ON CONFLICT (community_id, person, channel, purpose, span) DO UPDATE SET used = touch_budget.used + 1 WHERE touch_budget.used < $6`,
		tx.Community(), person, b.Channel, b.Purpose, span, b.Max)
	return n == 1, err
}

func giveBudget(tx *db.Tx, person string, b Budget, span string) error {
	_, err := tx.Exec(`UPDATE touch_budget SET used = used - 1 WHERE community_id = $1 AND person = $2 AND channel = $3 AND purpose = $4 AND span = $5`,
		tx.Community(), person, b.Channel, b.Purpose, span)
	return err
}

// list reads a person's touches, newest first; channel "" means all.
func list(tx *db.Tx, person, channel string, state State, cursor string, limit int) (page.Page[Touch], error) {
	at, id := time.UnixMicro(1<<62), ""
	var us int64
	if given, err := page.Parse(cursor, &us, &id); err != nil {
		return page.Page[Touch]{}, err
	} else if given {
		at = db.FromMicros(us)
	}
	limit = page.Limit(limit)
	rows, err := db.All(tx, scan, `SELECT `+columns+` FROM touch WHERE community_id = $1 AND person = $2 AND (channel = $3 OR $3 = '') AND (state = $4 OR $4 = '')
		AND (created_at, id) < ($5, $6) ORDER BY created_at DESC, id DESC LIMIT $7`, tx.Community(), person, channel, state, at, id, limit+1)
	return page.Cut(rows, limit, cursorOf), err
}

func cursorOf(t Touch) string { return page.Cursor(db.Micros(t.CreatedAt), t.ID) }

// stuck lists what did not go out, newest first.
func stuck(tx *db.Tx, cursor string, limit int) (page.Page[Touch], error) {
	at, id := time.UnixMicro(1<<62), ""
	var us int64
	if given, err := page.Parse(cursor, &us, &id); err != nil {
		return page.Page[Touch]{}, err
	} else if given {
		at = db.FromMicros(us)
	}
	limit = page.Limit(limit)
	rows, err := db.All(tx, scan, `SELECT `+columns+` FROM touch WHERE community_id = $1 AND state IN ('held', 'failed', 'unknown')
		AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4`, tx.Community(), at, id, limit+1)
	return page.Cut(rows, limit, cursorOf), err
}

func markRead(tx *db.Tx, person, id string) (Touch, bool, error) {
	return db.One(tx, scan, `UPDATE touch SET read_at = $4 WHERE community_id = $1 AND person = $2 AND id = $3 AND read_at = 0 AND state = 'sent' RETURNING `+columns,
		tx.Community(), person, id, tx.Now())
}

func erase(tx *db.Tx, person string) error {
	_, err := tx.Exec(`UPDATE touch SET vars = '{}', subject = '', body = '', link = '' WHERE community_id = $1 AND person = $2`, tx.Community(), person)
	return err
}
