package circle

import (
	"time"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

const memberColumns = `m.id, m.circle_id, m.person, m.seat_id, m.via, m.from_circle, m.joined_at, m.left_at, m.left_why, m.muted_until, m.read_seq, m.wrote_at, m.answered_at`

const (
	selectMember = `SELECT ` + memberColumns + ` FROM circle_member m WHERE m.community_id = $1 AND m.circle_id = $2 `
	queryCurrent = selectMember + `AND m.person = $3 AND m.left_at = 0`
	queryPast    = selectMember + `AND (m.joined_at, m.id) > ($3, $4) ORDER BY m.joined_at, m.id LIMIT $5`
	queryRoster  = selectMember + `AND m.left_at = 0 AND (m.joined_at, m.id) > ($3, $4) ORDER BY m.joined_at, m.id LIMIT $5`
)

func (m *Member) fields() []any {
	return []any{&m.ID, &m.Circle, &m.Person, &m.seat, &m.Via, &m.From, &m.JoinedAt, &m.LeftAt, &m.Reason, &m.MutedUntil, &m.Read, &m.wroteAt, &m.answeredAt}
}

func scanMember(r *db.Row) (m Member, err error) {
	err = r.Scan(m.fields()...)
	return m, err
}

func currentMember(tx *db.Tx, circle, person string) (Member, bool, error) {
	return db.One(tx, scanMember, queryCurrent, tx.Community(), circle, person)
}

// wasMember tells whether a person is or was ever on a roster.
func wasMember(tx *db.Tx, circle, person string) (bool, error) {
	_, found, err := db.One(tx, db.Column[string], `SELECT id FROM circle_member WHERE community_id = $1 AND person = $2 AND circle_id = $3 LIMIT 1`,
		tx.Community(), person, circle)
	return found, err
}

func insertMember(tx *db.Tx, m Member) (bool, error) {
	n, err := tx.Exec(`INSERT INTO circle_member (community_id, id, circle_id, person, seat_id, via, from_circle, joined_at, read_seq)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
		tx.Community(), m.ID, m.Circle, m.Person, m.seat, m.Via, m.From, m.JoinedAt, m.Read)
	return n == 1, err
}

func endStay(tx *db.Tx, id string, why Reason) (bool, error) {
	n, err := tx.Exec(`UPDATE circle_member SET left_at = $3, left_why = $4 WHERE community_id = $1 AND id = $2 AND left_at = 0`,
		tx.Community(), id, tx.Now(), why)
	return n == 1, err
}

func mute(tx *db.Tx, id string, until time.Time) (bool, error) {
	n, err := tx.Exec(`UPDATE circle_member SET muted_until = $3 WHERE community_id = $1 AND id = $2 AND left_at = 0 AND muted_until <> $3`,
		tx.Community(), id, until)
	return n == 1, err
}

func currentSeats(tx *db.Tx, circle string) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT seat_id FROM circle_member WHERE community_id = $1 AND circle_id = $2 AND left_at = 0 ORDER BY joined_at, id`,
		tx.Community(), circle)
}

// roster lists stays behind a time and id.
func roster(tx *db.Tx, circle string, f RosterFilter, after time.Time, id string, limit int) ([]Member, error) {
	query := queryRoster
	if f.Past {
		query = queryPast
	}
	return db.All(tx, scanMember, query, tx.Community(), circle, after, id, limit)
}

// memberships lists the stays of one id that last, with their circles (without what only the pools know).
func memberships(tx *db.Tx, person string) ([]Membership, error) {
	return db.All(tx, func(r *db.Row) (x Membership, err error) {
		var name db.JSON[text.Text]
		c := &x.Info
		err = r.Scan(append(x.fields(), &c.ID, &c.Group, &c.Kind, &c.Number, &name, &c.State, &c.Messages, &c.OpenedAt, &c.ChangedAt)...)
		c.Name = name.V
		x.Unread = max(0, c.Messages-x.Read)
		return x, err
	}, `SELECT `+memberColumns+`, c.id, c.group_name, c.kind, c.number, c.name, c.state, c.seq, c.opened_at, c.changed_at
		FROM circle_member m JOIN circle c ON c.community_id = m.community_id AND c.id = m.circle_id
		WHERE m.community_id = $1 AND m.person = $2 AND m.left_at = 0 ORDER BY m.joined_at, m.id`, tx.Community(), person)
}
