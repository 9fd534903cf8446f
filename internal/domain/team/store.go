package team

import (
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

func scanRules(r *db.Row) (x Rules, err error) {
	var c db.JSON[Config]
	err = r.Scan(&x.Version, &c, &x.At)
	x.Config = c.V
	return x, err
}

// rulesNow are the rules in force; a community without any has version 0.
func rulesNow(tx *db.Tx) (Rules, error) {
	x, _, err := db.One(tx, scanRules, `SELECT version, content, at FROM team_rule WHERE community_id = $1 ORDER BY version DESC LIMIT 1`, tx.Community())
	return x, err
}

func rulesAt(tx *db.Tx, version int) (Rules, error) {
	x, found, err := db.One(tx, scanRules, `SELECT version, content, at FROM team_rule WHERE community_id = $1 AND version = $2`, tx.Community(), version)
	if err == nil && !found {
		err = fmt.Errorf("the team has no rules of version %d", version)
	}
	return x, err
}

func insertRules(tx *db.Tx, x Rules) error {
	_, err := tx.Exec(`INSERT INTO team_rule (community_id, version, content, at) VALUES ($1, $2, $3, $4)`, tx.Community(), x.Version, db.JSON[Config]{V: x.Config}, x.At)
	return err
}

const memberColumns = `department, staff, paused, most, hours_from, hours_to, load, last_given`

func scanMember(r *db.Row) (m Member, err error) {
	err = r.Scan(&m.Department, &m.Staff, &m.Paused, &m.Most, &m.From, &m.To, &m.Load, &m.LastGiven)
	return m, err
}

func membersOf(tx *db.Tx, department string) (map[string]Member, error) {
	rows, err := db.All(tx, scanMember, `SELECT `+memberColumns+` FROM team_staff WHERE community_id = $1 AND department = $2`, tx.Community(), department)
	out := make(map[string]Member, len(rows))
	for _, m := range rows {
		out[m.Staff] = m
	}
	return out, err
}

func putMember(tx *db.Tx, m Member) (Member, error) {
	out, _, err := db.One(tx, scanMember, `INSERT INTO team_staff (community_id, department, staff, paused, most, hours_from, hours_to) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (community_id, department, staff) DO UPDATE SET paused = excluded.paused, most = excluded.most, hours_from = excluded.hours_from, hours_to = excluded.hours_to
		RETURNING `+memberColumns, tx.Community(), m.Department, m.Staff, m.Paused, m.Most, m.From, m.To)
	return out, err
}

// takeLoad counts one more for somebody, unless they have most in hand (0: whatever they have).
func takeLoad(tx *db.Tx, m Member, most int) (bool, error) {
	n, err := tx.Exec(`INSERT INTO team_staff (community_id, department, staff, load, last_given) VALUES ($1, $2, $3, 1, $4)
		ON CONFLICT (community_id, department, staff) DO UPDATE SET load = team_staff.load + 1, last_given = excluded.last_given
		WHERE CAST($5 AS BIGINT) = 0 OR team_staff.load < CAST($5 AS BIGINT)`, tx.Community(), m.Department, m.Staff, tx.Now(), most)
	return n == 1, err
}

const selectTurn = `SELECT id, person, side, department, staff, reason, version, source, before, fact, at, given_at, touched_at, ended_at, end_reason FROM team_turn WHERE community_id = $1`

func scanTurn(r *db.Row) (t Turn, err error) {
	err = r.Scan(&t.ID, &t.Person, &t.Side, &t.Department, &t.Staff, &t.Reason, &t.Version, &t.Source, &t.Before, &t.fact, &t.At, &t.GivenAt, &t.TouchedAt, &t.EndedAt, &t.End)
	return t, err
}

func turnByID(tx *db.Tx, id, lock string) (Turn, bool, error) {
	return db.One(tx, scanTurn, selectTurn+` AND id = $2`+lock, tx.Community(), id)
}

func openTurn(tx *db.Tx, person string, side Side, lock string) (Turn, bool, error) {
	return db.One(tx, scanTurn, selectTurn+` AND person = $2 AND side = $3 AND ended_at = 0`+lock, tx.Community(), person, side)
}

// lastTurn is the turn that somebody is in on a side, or was in last.
// lastTurn is the last in which somebody of a side had a person, who may have been others before: the one that is open, if any is.
func lastTurn(tx *db.Tx, ids []string, side Side) (Turn, bool, error) {
	args := []any{tx.Community(), side}
	return db.One(tx, scanTurn, selectTurn+` AND person IN `+db.In(&args, ids)+` AND side = $2 AND staff <> '' AND end_reason <> 'merged' ORDER BY (ended_at = 0) DESC, id DESC LIMIT 1`, args...)
}

func turnsOf(tx *db.Tx, person, before string, limit int) ([]Turn, error) {
	return db.All(tx, scanTurn, selectTurn+` AND person = $2 AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4`, tx.Community(), person, before, limit)
}

func openTurns(tx *db.Tx, f TurnFilter, before string, limit int) ([]Turn, error) {
	return db.All(tx, scanTurn, selectTurn+` AND staff = $2 AND ended_at = 0 AND ($3 = '' OR side = $3) AND ($4 = '' OR id < $4) ORDER BY id DESC LIMIT $5`,
		tx.Community(), f.Staff, string(f.Side), before, limit)
}

// insertTurn puts somebody into a pool; false where they are looked after on that side.
func insertTurn(tx *db.Tx, t Turn) (bool, error) {
	n, err := tx.Exec(`INSERT INTO team_turn (community_id, id, person, side, department, version, source, before, fact, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
		tx.Community(), t.ID, t.Person, t.Side, t.Department, t.Version, t.Source, t.Before, t.fact, t.At)
	return n == 1, err
}

func giveTurn(tx *db.Tx, t Turn) error {
	return tx.Must(`UPDATE team_turn SET staff = $3, reason = $4, department = $5, version = $6, given_at = $7 WHERE community_id = $1 AND id = $2 AND staff = '' AND ended_at = 0`,
		tx.Community(), t.ID, t.Staff, t.Reason, t.Department, t.Version, t.GivenAt)
}

func keepWaiting(tx *db.Tx, t Turn) error {
	return tx.Must(`UPDATE team_turn SET department = $3 WHERE community_id = $1 AND id = $2 AND staff = '' AND ended_at = 0`, tx.Community(), t.ID, t.Department)
}

func touchTurn(tx *db.Tx, t Turn) error {
	return tx.Must(`UPDATE team_turn SET touched_at = $3 WHERE community_id = $1 AND id = $2 AND touched_at = 0 AND ended_at = 0`, tx.Community(), t.ID, t.TouchedAt)
}

func moveTurn(tx *db.Tx, id, person string) error {
	return tx.Must(`UPDATE team_turn SET person = $3 WHERE community_id = $1 AND id = $2 AND ended_at = 0`, tx.Community(), id, person)
}

// endTurn ends a turn and takes it off its owner's load.
func endTurn(tx *db.Tx, t Turn, why End) error {
	if err := tx.Must(`UPDATE team_turn SET ended_at = $3, end_reason = $4 WHERE community_id = $1 AND id = $2 AND ended_at = 0`, tx.Community(), t.ID, tx.Now(), why); err != nil {
		return err
	}
	if t.Staff == "" {
		return nil
	}
	return tx.Must(`UPDATE team_staff SET load = load - 1 WHERE community_id = $1 AND department = $2 AND staff = $3 AND load > 0`, tx.Community(), t.Department, t.Staff)
}

// lockBook gives the month up to which nothing is credited any more, and lets nobody close another until the commit.
func lockBook(tx *db.Tx) (closed string, err error) {
	closed, _, err = db.One(tx, db.Column[string], `INSERT INTO team_book (community_id) VALUES ($1)
		ON CONFLICT (community_id) DO UPDATE SET closed = team_book.closed RETURNING closed`, tx.Community())
	return closed, err
}

func closeBook(tx *db.Tx, month string) error {
	return tx.Must(`UPDATE team_book SET closed = $2 WHERE community_id = $1 AND closed < $2`, tx.Community(), month)
}

func closedUntil(tx *db.Tx) (string, error) {
	closed, _, err := db.One(tx, db.Column[string], `SELECT closed FROM team_book WHERE community_id = $1`, tx.Community())
	return closed, err
}

const selectMonth = `SELECT month, state, closed_by, begun_at, closed_at FROM team_month WHERE community_id = $1`

func scanMonth(r *db.Row) (m Month, err error) {
	err = r.Scan(&m.Month, &m.State, &m.ClosedBy, &m.BegunAt, &m.ClosedAt)
	return m, err
}

func monthRow(tx *db.Tx, month, lock string) (Month, bool, error) {
	return db.One(tx, scanMonth, selectMonth+` AND month = $2`+lock, tx.Community(), month)
}

func monthsBefore(tx *db.Tx, month string, limit int) ([]Month, error) {
	return db.All(tx, scanMonth, selectMonth+` AND ($2 = '' OR month < $2) ORDER BY month DESC LIMIT $3`, tx.Community(), month, limit)
}

func insertMonth(tx *db.Tx, m Month) error {
	_, err := tx.Exec(`INSERT INTO team_month (community_id, month, state, closed_by, begun_at) VALUES ($1, $2, $3, $4, $5)`, tx.Community(), m.Month, m.State, m.ClosedBy, m.BegunAt)
	return err
}

func endMonth(tx *db.Tx, month string, at time.Time) error {
	return tx.Must(`UPDATE team_month SET state = 'closed', closed_at = $3 WHERE community_id = $1 AND month = $2 AND state = 'closing'`, tx.Community(), month, at)
}
