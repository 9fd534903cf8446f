package room

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

func hashOf(script []Paragraph) (string, error) {
	body, err := json.Marshal(script)
	if err != nil {
		return "", fmt.Errorf("encode a script: %w", err)
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16]), nil
}

func scriptHash(tx *db.Tx, event string, version int) (string, error) {
	h, _, err := db.One(tx, db.Column[string], `SELECT hash FROM room_script WHERE community_id = $1 AND event = $2 AND version = $3`, tx.Community(), event, version)
	return h, err
}

func scriptOf(tx *db.Tx, event string, version int) ([]Paragraph, error) {
	body, _, err := db.One(tx, db.Column[db.JSON[[]Paragraph]], `SELECT body FROM room_script WHERE community_id = $1 AND event = $2 AND version = $3`, tx.Community(), event, version)
	return body.V, err
}

// insertScript writes a version and makes it the room's, which waits.
func insertScript(tx *db.Tx, event string, version int, script []Paragraph, hash, actor string) error {
	err := tx.Put(`INSERT INTO room_script (community_id, event, version, body, hash, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		tx.Community(), event, version, db.JSON[[]Paragraph]{V: script}, hash, actor, tx.Now())
	if err != nil {
		return err
	}
	err = tx.Put(`INSERT INTO room (community_id, event, version, state, shown, pace) VALUES ($1, $2, $3, $4, 0, $5)
		ON CONFLICT (community_id, event) DO UPDATE SET version = excluded.version WHERE room.state = $4`, tx.Community(), event, version, Waiting, usualPace)
	return err
}

const selectRoom = `SELECT r.event, r.state, r.version, r.shown, r.pace, r.next_at, r.started_at, r.ended_at,
		(SELECT ` + "%s" + ` FROM room_script s WHERE s.community_id = r.community_id AND s.event = r.event AND s.version = r.version)
	FROM room r WHERE r.community_id = $1 AND r.event = $2`

// lengths says in SQL how many paragraphs a script has.
var lengths = map[db.Dialect]string{db.SQLite: "json_array_length(s.body)", db.Postgres: "jsonb_array_length(s.body)"}

func roomOf(tx *db.Tx, event string, lock bool) (Room, bool, error) {
	query := fmt.Sprintf(selectRoom, lengths[tx.Dialect()])
	if lock {
		query += tx.ForUpdate()
	}
	return db.One(tx, func(r *db.Row) (x Room, err error) {
		err = r.Scan(&x.Event, &x.State, &x.Version, &x.Shown, &x.Pace, &x.NextAt, &x.StartedAt, &x.EndedAt, &x.Of)
		return x, err
	}, query, tx.Community(), event)
}

func updateRoom(tx *db.Tx, r Room) error {
	return tx.Put(`UPDATE room SET state = $3, shown = $4, pace = $5, next_at = $6, started_at = $7, ended_at = $8 WHERE community_id = $1 AND event = $2`,
		tx.Community(), r.Event, r.State, r.Shown, r.Pace, r.NextAt, r.StartedAt, r.EndedAt)
}

// insertQuestion writes a question unless its key is used, or its asker has as many open ones as they may.
func insertQuestion(tx *db.Tx, q Question, key string, most int) (bool, error) {
	n, err := tx.Exec(`INSERT INTO room_question (community_id, id, event, person, body, state, key, at)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE (SELECT count(*) FROM room_question WHERE community_id = $1 AND person = $4 AND event = $3 AND state = $6) < $9
		ON CONFLICT DO NOTHING`, tx.Community(), q.ID, q.Event, q.Person, q.Text, q.State, key, q.At, most)
	return n == 1, err
}

const questionColumns = `q.id, q.event, q.person, q.body, q.votes, q.state, q.at`

func scanQuestion(r *db.Row) (q Question, err error) {
	err = r.Scan(&q.ID, &q.Event, &q.Person, &q.Text, &q.Votes, &q.State, &q.At)
	return q, err
}

func questionByID(tx *db.Tx, id string) (Question, bool, error) {
	return db.One(tx, scanQuestion, `SELECT `+questionColumns+` FROM room_question q WHERE q.community_id = $1 AND q.id = $2`, tx.Community(), id)
}

func questionByKey(tx *db.Tx, event, person, key string) (Question, bool, error) {
	return db.One(tx, scanQuestion, `SELECT `+questionColumns+` FROM room_question q WHERE q.community_id = $1 AND q.event = $2 AND q.person = $3 AND q.key = $4`,
		tx.Community(), event, person, key)
}

// questionsOf reads on behind a question, those with most votes first.
func questionsOf(tx *db.Tx, event string, ids []string, hidden bool, votes int64, id string, limit int) ([]Question, error) {
	args := []any{tx.Community(), event, votes, id, limit}
	behind := `(q.votes, q.id) < ($3, $4)`
	if id == "" {
		behind = `q.votes <= $3 AND q.id > $4`
	}
	query := `SELECT ` + questionColumns + `, EXISTS (SELECT 1 FROM room_vote v WHERE v.community_id = q.community_id AND v.question = q.id AND v.person IN ` + db.In(&args, ids) + `)
		FROM room_question q WHERE q.community_id = $1 AND q.event = $2 AND ` + behind
	if !hidden {
		query += ` AND q.state <> 'hidden'`
	}
	return db.All(tx, func(r *db.Row) (q Question, err error) {
		err = r.Scan(&q.ID, &q.Event, &q.Person, &q.Text, &q.Votes, &q.State, &q.At, &q.Mine)
		return q, err
	}, query+` ORDER BY q.votes DESC, q.id DESC LIMIT $5`, args...)
}

// openQuestions reads on behind a question of any event.
func openQuestions(tx *db.Tx, votes int64, id string, limit int) ([]Question, error) {
	return db.All(tx, scanQuestion, `SELECT `+questionColumns+` FROM room_question q WHERE q.community_id = $1 AND q.state = 'open' AND (q.votes < $2 OR q.votes = $2 AND q.id < $3)
		AND q.body <> '' ORDER BY q.votes DESC, q.id DESC LIMIT $4`, tx.Community(), votes, id, limit)
}

func votersOf(tx *db.Tx, question string) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT person FROM room_vote WHERE community_id = $1 AND question = $2 ORDER BY person`, tx.Community(), question)
}

// insertVote notes the vote of a human, unless one of their ids has voted.
func insertVote(tx *db.Tx, question string, ids []string) (bool, error) {
	args := []any{tx.Community(), question, ids[0], tx.Now()}
	n, err := tx.Exec(`INSERT INTO room_vote (community_id, question, person, at)
		SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM room_vote WHERE community_id = $1 AND question = $2 AND person IN `+db.In(&args, ids)+`)
		ON CONFLICT DO NOTHING`, args...)
	return n == 1, err
}

func addVote(tx *db.Tx, question string) (votes int, err error) {
	err = tx.QueryRow(`UPDATE room_question SET votes = votes + 1 WHERE community_id = $1 AND id = $2 RETURNING votes`, tx.Community(), question).Scan(&votes)
	return votes, err
}

func setQuestion(tx *db.Tx, id string, state QuestionState) error {
	return tx.Put(`UPDATE room_question SET state = $3 WHERE community_id = $1 AND id = $2`, tx.Community(), id, state)
}

func eraseQuestions(tx *db.Tx, person string) error {
	return tx.Put(`UPDATE room_question SET body = '' WHERE community_id = $1 AND person = $2`, tx.Community(), person)
}
