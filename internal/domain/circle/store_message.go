package circle

import (
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

func insertMessage(tx *db.Tx, m *Message) (bool, error) {
	var p Picture
	if m.Picture != nil {
		p = *m.Picture
	}
	words := m.Words
	if words == nil {
		words = text.Text{}
	}
	n, err := tx.Exec(`INSERT INTO circle_message (community_id, id, circle_id, kind, author_kind, author, text, words, picture, thumb, width, height, link,
			reply_to, answers_after, key, hash, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT DO NOTHING`,
		tx.Community(), m.ID, m.Circle, m.Kind, m.AuthorKind, m.Author, m.Text, db.JSON[text.Text]{V: words}, p.Hash, p.Thumb, p.Width, p.Height,
		db.JSON[*Link]{V: m.Link}, m.ReplyTo, m.answersAfter.Microseconds(), m.key, m.hash, m.At)
	return n == 1, err
}

const selectMessage = `SELECT id, circle_id, seq, kind, author_kind, author, text, words, picture, thumb, width, height, link, reply_to, hash, at,
	pinned_at, withdrawn_at, withdrawn_by, erased FROM circle_message WHERE community_id = $1 `

func scanMessage(r *db.Row) (m Message, err error) {
	var words db.JSON[text.Text]
	var link db.JSON[*Link]
	var p Picture
	err = r.Scan(&m.ID, &m.Circle, &m.Seq, &m.Kind, &m.AuthorKind, &m.Author, &m.Text, &words, &p.Hash, &p.Thumb, &p.Width, &p.Height, &link, &m.ReplyTo,
		&m.hash, &m.At, &m.PinnedAt, &m.WithdrawnAt, &m.WithdrawnBy, &m.Erased)
	m.Words, m.Link = words.V, link.V
	if p.Hash != "" {
		m.Picture = &p
	}
	return m, err
}

func messageByID(tx *db.Tx, circle, id string) (Message, bool, error) {
	return db.One(tx, scanMessage, selectMessage+`AND id = $2 AND circle_id = $3`, tx.Community(), id, circle)
}

func messageByKey(tx *db.Tx, author, key string) (Message, bool, error) {
	return db.One(tx, scanMessage, selectMessage+`AND author = $2 AND key = $3 AND key <> ''`, tx.Community(), author, key)
}

// messagesBy reads all that a person wrote.
func messagesBy(tx *db.Tx, person string) ([]Message, error) {
	return db.All(tx, scanMessage, selectMessage+`AND author = $2 AND author_kind = 'member' ORDER BY at, id`, tx.Community(), person)
}

func messagesByID(tx *db.Tx, ids []string) ([]Message, error) {
	args := []any{tx.Community()}
	marks := make([]string, 0, len(ids))
	for _, id := range ids {
		args = append(args, id)
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	return db.All(tx, scanMessage, selectMessage+`AND id IN (`+strings.Join(marks, ", ")+`)`, args...)
}

const (
	queryAfter  = selectMessage + `AND circle_id = $2 AND seq > 0 AND seq > $3 ORDER BY seq LIMIT $4`
	queryBefore = selectMessage + `AND circle_id = $2 AND seq > 0 AND seq < $3 ORDER BY seq DESC LIMIT $4`
	queryRecent = `SELECT count(*) FROM (SELECT 1 FROM circle_message WHERE community_id = $1 AND author = $2 AND at > $3 AND circle_id = $4 LIMIT $5) x`
)

// messagesAfter reads in rising order, messagesBefore in falling order.
func messagesAfter(tx *db.Tx, circle string, seq int64, limit int) ([]Message, error) {
	return db.All(tx, scanMessage, queryAfter, tx.Community(), circle, seq, limit)
}

func messagesBefore(tx *db.Tx, circle string, seq int64, limit int) ([]Message, error) {
	return db.All(tx, scanMessage, queryBefore, tx.Community(), circle, seq, limit)
}

func pinnedMessages(tx *db.Tx, circle string) ([]Message, error) {
	return db.All(tx, scanMessage, selectMessage+`AND circle_id = $2 AND pinned_at > 0 ORDER BY pinned_at DESC, id DESC`, tx.Community(), circle)
}

// countSince counts, up to limit, what an author wrote in a circle since a time.
func countSince(tx *db.Tx, circle, author string, since time.Time, limit int) (n int, err error) {
	err = tx.QueryRow(queryRecent, tx.Community(), author, since, circle, limit).Scan(&n)
	return n, err
}

// withdraw hides a message; its author's own withdrawal takes the content too.
func withdraw(tx *db.Tx, id, by string, own bool) (bool, error) {
	content := ``
	if own {
		content = `, text = '', picture = '', thumb = '', link = 'null', hash = ''`
	}
	n, err := tx.Exec(`UPDATE circle_message SET withdrawn_at = $3, withdrawn_by = $4, pinned_at = 0, pinned_by = ''`+content+`
		WHERE community_id = $1 AND id = $2 AND withdrawn_at = 0`, tx.Community(), id, tx.Now(), by)
	return n == 1, err
}

// pin changes a pin that is not so already, while there is room for one more.
func pin(tx *db.Tx, circle, id, by string, pinned bool) (bool, error) {
	if !pinned {
		n, err := tx.Exec(`UPDATE circle_message SET pinned_at = 0, pinned_by = '' WHERE community_id = $1 AND id = $2 AND pinned_at > 0`, tx.Community(), id)
		return n == 1, err
	}
	n, err := tx.Exec(`UPDATE circle_message SET pinned_at = $3, pinned_by = $4 WHERE community_id = $1 AND id = $2 AND pinned_at = 0
			AND (SELECT count(*) FROM circle_message o WHERE o.community_id = $1 AND o.circle_id = $5 AND o.pinned_at > 0) < $6`,
		tx.Community(), id, tx.Now(), by, circle, maxPins)
	return n == 1, err
}

// raiseSeq takes n positions and gives the last; db.ErrNoRows when the circle's state does not let them be written.
func raiseSeq(tx *db.Tx, k circleKey, n int, member bool) (last int64, err error) {
	states := `('open', 'frozen')`
	if member {
		states = `('open')`
	}
	err = tx.QueryRow(`UPDATE circle SET seq = seq + $3 WHERE community_id = $1 AND id = $2 AND state IN `+states+` RETURNING seq`, k.community, k.circle, n).Scan(&last)
	return last, err
}

func setSeq(tx *db.Tx, community, id string, seq int64) error {
	return tx.Put(`UPDATE circle_message SET seq = $3 WHERE community_id = $1 AND id = $2`, community, id, seq)
}

func touchStay(tx *db.Tx, community string, t touch) error {
	return tx.Put(`UPDATE circle_member SET read_seq = CASE WHEN read_seq < $3 THEN $3 ELSE read_seq END,
			wrote_at = CASE WHEN wrote_at = 0 THEN $4 ELSE wrote_at END, answered_at = CASE WHEN answered_at = 0 THEN $5 ELSE answered_at END
		WHERE community_id = $1 AND id = $2`, community, t.stay, t.read, t.wrote, t.answered)
}

// addActivity notes n messages of a member on a day; first is true for the day's first visit, total what they wrote so far.
func addActivity(tx *db.Tx, p presence, n int) (first bool, total int, err error) {
	rows, err := tx.Exec(`INSERT INTO circle_activity (community_id, circle_id, day, person, messages) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		p.community, p.circle, p.day, p.person, n)
	if err != nil || rows == 1 || n == 0 {
		return rows == 1, n, err
	}
	err = tx.QueryRow(`UPDATE circle_activity SET messages = messages + $5 WHERE community_id = $1 AND circle_id = $2 AND day = $3 AND person = $4 RETURNING messages`,
		p.community, p.circle, p.day, p.person, n).Scan(&total)
	return false, total, err
}

// addDay adds to a day's sums; begun tells that they are its first.
func addDay(tx *db.Tx, k circleDay, d daySums) (begun bool, err error) {
	var readers int
	err = tx.QueryRow(`INSERT INTO circle_day (community_id, circle_id, day, messages, writers, readers, loudest) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (community_id, day, circle_id) DO UPDATE SET messages = circle_day.messages + excluded.messages,
			writers = circle_day.writers + excluded.writers, readers = circle_day.readers + excluded.readers,
			loudest = CASE WHEN excluded.loudest > circle_day.loudest THEN excluded.loudest ELSE circle_day.loudest END
		RETURNING readers`,
		k.community, k.circle, k.day, d.messages, d.writers, d.readers, d.loudest).Scan(&readers)
	return d.readers > 0 && readers == d.readers, err
}

// forgetActivity leaves out who was there before a day.
func forgetActivity(tx *db.Tx, k circleKey, before int64) error {
	return tx.Put(`DELETE FROM circle_activity WHERE community_id = $1 AND circle_id = $2 AND day < $3`, k.community, k.circle, before)
}

// blankMessages takes the content of everything a person wrote and gives the pictures that were in it.
func blankMessages(tx *db.Tx, person string) (pictures []string, err error) {
	pictures, err = db.All(tx, db.Column[string], `SELECT picture FROM circle_message WHERE community_id = $1 AND author = $2 AND author_kind = 'member' AND picture <> '' ORDER BY id`,
		tx.Community(), person)
	if err != nil {
		return nil, err
	}
	err = tx.Put(`UPDATE circle_message SET text = '', words = '{}', picture = '', thumb = '', link = 'null', key = '', hash = '', pinned_at = 0, pinned_by = '', erased = TRUE
		WHERE community_id = $1 AND author = $2 AND author_kind = 'member'`, tx.Community(), person)
	return pictures, err
}

// circlesShowing lists the circles in which a picture is shown now.
func circlesShowing(tx *db.Tx, hash string) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT circle_id FROM circle_message WHERE community_id = $1 AND picture = $2 AND picture <> '' AND withdrawn_at = 0
		UNION SELECT circle_id FROM circle_message WHERE community_id = $1 AND thumb = $2 AND thumb <> '' AND withdrawn_at = 0`, tx.Community(), hash)
}
