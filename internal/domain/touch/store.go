package touch

import (
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// configVersion tells whether the configuration is another one; empty means that there is none.
func configVersion(tx *db.Tx) (string, error) {
	v, _, err := db.One(tx, db.Column[string], `SELECT version FROM touch_config WHERE community_id = $1`, tx.Community())
	return v, err
}

func readConfig(tx *db.Tx) (Config, error) {
	c, _, err := db.One(tx, db.Column[db.JSON[Config]], `SELECT config FROM touch_config WHERE community_id = $1`, tx.Community())
	return c.V, err
}

func writeConfig(tx *db.Tx, version string, c Config) error {
	return tx.Put(`INSERT INTO touch_config (community_id, version, config) VALUES ($1, $2, $3)
		ON CONFLICT (community_id) DO UPDATE SET version = excluded.version, config = excluded.config`, tx.Community(), version, db.JSON[Config]{V: c})
}

const columns = `id, key, hash, person, channel, purpose, template, campaign, trial, vars, subject, body, link, state, reason, reserved, not_before, not_after,
	created_at, left_at, done_at, read_at, external`

const selectTouch = `SELECT ` + columns + ` FROM touch `

func scan(r *db.Row) (t Touch, err error) {
	var vars db.JSON[map[string]any]
	var reserved db.JSON[[]spot]
	err = r.Scan(&t.ID, &t.Key, &t.hash, &t.Person, &t.Channel, &t.Purpose, &t.Template, &t.Campaign, &t.Trial, &vars, &t.Subject, &t.Body, &t.Link,
		&t.State, &t.Reason, &reserved, &t.NotBefore, &t.NotAfter, &t.CreatedAt, &t.leftAt, &t.DoneAt, &t.ReadAt, &t.external)
	t.Vars, t.reserved = vars.V, reserved.V
	return t, err
}

// insert adds a touch unless its key has one.
func insert(tx *db.Tx, t Touch) (bool, error) {
	n, err := tx.Exec(`INSERT INTO touch (community_id, `+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
			$21, $22, $23, $24) ON CONFLICT (community_id, key) DO NOTHING`,
		tx.Community(), t.ID, t.Key, t.hash, t.Person, t.Channel, t.Purpose, t.Template, t.Campaign, t.Trial, db.JSON[map[string]any]{V: t.Vars}, t.Subject, t.Body, t.Link,
		t.State, t.Reason, spots(t.reserved), t.NotBefore, t.NotAfter, t.CreatedAt, t.leftAt, t.DoneAt, t.ReadAt, t.external)
	return n == 1, err
}

func spots(list []spot) db.JSON[[]spot] {
	if list == nil {
		list = []spot{}
	}
	return db.JSON[[]spot]{V: list}
}

func byKey(tx *db.Tx, key string) (Touch, bool, error) {
	return db.One(tx, scan, selectTouch+`WHERE community_id = $1 AND key = $2`, tx.Community(), key)
}

func byID(tx *db.Tx, id string) (Touch, bool, error) {
	return db.One(tx, scan, selectTouch+`WHERE community_id = $1 AND id = $2`, tx.Community(), id)
}

// turn writes how a touch goes on at the door; false means that it isn't any more as it was.
func turn(tx *db.Tx, t, was Touch) (bool, error) {
	n, err := tx.Exec(`UPDATE touch SET channel = $5, subject = $6, body = $7, link = $8, state = $9, reason = $10, reserved = $11, not_before = $12, left_at = $13, done_at = $14
		WHERE community_id = $1 AND id = $2 AND state = $3 AND left_at = $4`,
		tx.Community(), t.ID, was.State, was.leftAt, t.Channel, t.Subject, t.Body, t.Link, t.State, t.Reason, spots(t.reserved), t.NotBefore, t.leftAt, t.DoneAt)
	return n == 1, err
}

// end writes what became of a touch. The words stay as they are: the person may have been erased meanwhile.
func end(tx *db.Tx, t, was Touch) (bool, error) {
	n, err := tx.Exec(`UPDATE touch SET state = $5, reason = $6, reserved = $7, done_at = $8, external = $9 WHERE community_id = $1 AND id = $2 AND state = $3 AND left_at = $4`,
		tx.Community(), t.ID, was.State, was.leftAt, t.State, t.Reason, spots(t.reserved), t.DoneAt, t.external)
	return n == 1, err
}

// takeBudget takes one place of a spot, false if it has no more.
func takeBudget(tx *db.Tx, person string, x spot, limit int, ends time.Time) (bool, error) {
	if limit <= 0 {
		return false, nil
	}
	n, err := tx.Exec(`INSERT INTO touch_budget (community_id, person, channel, purpose, span, used, ends_at) VALUES ($1, $2, $3, $4, $5, 1, $7)
		ON CONFLICT (community_id, person, channel, purpose, span) DO UPDATE SET used = touch_budget.used + 1 WHERE touch_budget.used < $6`,
		tx.Community(), person, x.Channel, x.Purpose, x.Span, limit, ends)
	return n == 1, err
}

func giveBudgets(tx *db.Tx, person string, list []spot) error {
	for _, x := range list {
		err := tx.Put(`UPDATE touch_budget SET used = used - 1 WHERE community_id = $1 AND person = $2 AND channel = $3 AND purpose = $4 AND span = $5 AND used > 0`,
			tx.Community(), person, x.Channel, x.Purpose, x.Span)
		if err != nil {
			return fmt.Errorf("give room in a budget back: %w", err)
		}
	}
	return nil
}

// usedOf reads what persons have used of their budgets.
func usedOf(tx *db.Tx, persons []string, each func(person string, x spot, used int)) error {
	args := []any{tx.Community()}
	in := among(&args, persons)
	return tx.Each(func(r *db.Row) error {
		var person string
		var x spot
		var used int
		err := r.Scan(&person, &x.Channel, &x.Purpose, &x.Span, &used)
		each(person, x, used)
		return err
	}, `SELECT person, channel, purpose, span, used FROM touch_budget WHERE community_id = $1 AND person IN `+in, args...)
}

func mergeBudgets(tx *db.Tx, from, into string) error {
	err := tx.Put(`INSERT INTO touch_budget (community_id, person, channel, purpose, span, used, ends_at)
		SELECT community_id, $3, channel, purpose, span, used, ends_at FROM touch_budget WHERE community_id = $1 AND person = $2
		ON CONFLICT (community_id, person, channel, purpose, span) DO UPDATE SET used = touch_budget.used + excluded.used`, tx.Community(), from, into)
	if err != nil {
		return err
	}
	err = tx.Put(`DELETE FROM touch_budget WHERE community_id = $1 AND person = $2`, tx.Community(), from)
	return err
}

func dropBudgets(tx *db.Tx, before time.Time, limit int) (int64, error) {
	return tx.Exec(`DELETE FROM touch_budget WHERE community_id = $1 AND (person, channel, purpose, span) IN (
		SELECT person, channel, purpose, span FROM touch_budget WHERE community_id = $1 AND ends_at < $2 ORDER BY ends_at LIMIT $3)`, tx.Community(), before, limit)
}

// ofPersons lists the touches of persons for which a condition holds.
func ofPersons(tx *db.Tx, persons []string, and, cursor string, limit int) (page.Page[Touch], error) {
	args := []any{tx.Community()}
	in := among(&args, persons)
	return list(tx, `person IN `+in+and, args, cursor, limit)
}

// among is a list of values for IN.
func among(args *[]any, values []string) string {
	var in strings.Builder
	for _, v := range values {
		*args = append(*args, v)
		fmt.Fprintf(&in, ", $%d", len(*args))
	}
	return `(` + strings.TrimPrefix(in.String(), ", ") + `)`
}

// ofCampaign lists what a campaign sent or meant to send, but for its tests; an empty state or reason is any.
func ofCampaign(tx *db.Tx, campaign string, state State, reason Reason, cursor string, limit int) (page.Page[Touch], error) {
	where, args := `campaign = $2 AND campaign <> '' AND trial = FALSE`, []any{tx.Community(), campaign}
	if state != "" {
		args = append(args, state)
		where += fmt.Sprintf(` AND state = $%d`, len(args))
	}
	if reason != "" {
		args = append(args, reason)
		where += fmt.Sprintf(` AND reason = $%d`, len(args))
	}
	return list(tx, where, args, cursor, limit)
}

// stuck lists what did not go out.
func stuck(tx *db.Tx, cursor string, limit int) (page.Page[Touch], error) {
	return list(tx, `state IN ('held', 'failed', 'unknown') AND reason <> 'holdout'`, []any{tx.Community()}, cursor, limit)
}

// list reads a page of touches for which a condition holds, newest first.
func list(tx *db.Tx, where string, args []any, cursor string, limit int) (page.Page[Touch], error) {
	var us int64
	var id string
	given, err := page.Parse(cursor, &us, &id)
	if err != nil {
		return page.Page[Touch]{}, err
	}
	if given {
		where += fmt.Sprintf(` AND (created_at, id) < ($%d, $%d)`, len(args)+1, len(args)+2)
		args = append(args, us, id)
	}
	limit = page.Limit(limit)
	args = append(args, limit+1)
	rows, err := db.All(tx, scan, selectTouch+`WHERE community_id = $1 AND `+where+fmt.Sprintf(` ORDER BY created_at DESC, id DESC LIMIT $%d`, len(args)), args...)
	return page.Cut(rows, limit, func(t Touch) string { return page.Cursor(db.Micros(t.CreatedAt), t.ID) }), err
}

// markEcho notes what came back for a sent touch; false if it was known, or the touch wasn't sent.
func markEcho(tx *db.Tx, id string, bit int, read bool) (bool, error) {
	at := time.Time{}
	if read {
		at = tx.Now()
	}
	n, err := tx.Exec(`UPDATE touch SET echoes = echoes + $3, read_at = CASE WHEN read_at = 0 THEN $4 ELSE read_at END
		WHERE community_id = $1 AND id = $2 AND state = 'sent' AND (echoes & $3) = 0`, tx.Community(), id, bit, at)
	return n == 1, err
}

// waitingFor lists what a person waits for.
func waitingFor(tx *db.Tx, person string) ([]Touch, error) {
	return db.All(tx, scan, selectTouch+`WHERE community_id = $1 AND person = $2 AND state = 'queued' ORDER BY created_at, id`+tx.ForUpdate(), tx.Community(), person)
}

func blank(tx *db.Tx, person string) error {
	return tx.Put(`UPDATE touch SET vars = '{}', subject = '', body = '', link = '' WHERE community_id = $1 AND person = $2`, tx.Community(), person)
}
