package circle

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

type seenOn struct {
	day      int64
	messages int
}

// activity lists who was there since a day, one row a member and day.
func activity(tx *db.Tx, circle string, since int64) ([]seenOn, error) {
	return db.All(tx, func(r *db.Row) (a seenOn, err error) {
		err = r.Scan(&a.day, &a.messages)
		return a, err
	}, `SELECT day, messages FROM circle_activity WHERE community_id = $1 AND circle_id = $2 AND day >= $3`, tx.Community(), circle, since)
}

type answer struct {
	at    time.Time
	after time.Duration
}

const (
	queryAnswers    = `SELECT min(at), min(answers_after) FROM circle_message WHERE community_id = $1 AND circle_id = $2 AND at >= $3 AND answers_after > 0 GROUP BY reply_to`
	queryUnanswered = `SELECT circle_id, count(*) FROM circle_member
		WHERE community_id = $1 AND left_at = 0 AND answered_at = 0 AND wrote_at > 0 AND wrote_at <= $3 AND joined_at >= $2 GROUP BY circle_id`
)

// answerTimes lists, for each message that was answered since a time, how long its first answer took.
func answerTimes(tx *db.Tx, circle string, since time.Time) ([]answer, error) {
	return db.All(tx, func(r *db.Row) (a answer, err error) {
		var us int64
		err = r.Scan(&a.at, &us)
		a.after = time.Duration(us) * time.Microsecond
		return a, err
	}, queryAnswers, tx.Community(), circle, since)
}

// membersAt counts who was on a roster at a time.
func membersAt(tx *db.Tx, circle string, at time.Time) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM circle_member WHERE community_id = $1 AND circle_id = $2 AND joined_at < $3 AND (left_at = 0 OR left_at >= $3)`,
		tx.Community(), circle, at).Scan(&n)
	return n, err
}

func liveCircles(tx *db.Tx, f Filter) ([]Circle, error) {
	var out []Circle
	for _, state := range []State{StateOpen, StateFrozen} {
		if f.State != "" && f.State != state {
			continue
		}
		only := f
		only.State = state
		some, err := circles(tx, only, "", 0, maxBoard)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// maxBoard bounds how many circles a board weighs.
const maxBoard = 5000

// weekSum are the sums of a circle's days: messages and loudest of the last seven with today, readers of the last seven
// full ones, readersThen of the seven before these.
type weekSum struct{ messages, loudest, readers, readersThen int }

func weekSums(tx *db.Tx, today int64) (map[string]weekSum, error) {
	out := map[string]weekSum{}
	err := tx.Each(func(r *db.Row) error {
		var id string
		var w weekSum
		if err := r.Scan(&id, &w.messages, &w.loudest, &w.readers, &w.readersThen); err != nil {
			return err
		}
		out[id] = w
		return nil
	}, `SELECT circle_id,
			CAST(sum(CASE WHEN day > $3 THEN messages ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN day > $3 THEN loudest ELSE 0 END) AS BIGINT),
			CAST(sum(CASE WHEN day >= $3 AND day < $4 THEN readers ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN day < $3 THEN readers ELSE 0 END) AS BIGINT)
		FROM circle_day WHERE community_id = $1 AND day >= $2 GROUP BY circle_id`, tx.Community(), today-2*week, today-week, today)
	return out, err
}

// loudestSince is how many messages the one who wrote most has written since a day.
func loudestSince(tx *db.Tx, circle string, since int64) (n int, err error) {
	err = tx.QueryRow(`SELECT COALESCE(max(n), 0) FROM (SELECT CAST(sum(messages) AS BIGINT) AS n FROM circle_activity
		WHERE community_id = $1 AND circle_id = $2 AND day >= $3 GROUP BY person) x`, tx.Community(), circle, since).Scan(&n)
	return n, err
}

// unansweredNewcomers counts by circle who came since a time, wrote before another, and was not answered.
func unansweredNewcomers(tx *db.Tx, since, before time.Time) (map[string]int, error) {
	out := map[string]int{}
	err := tx.Each(func(r *db.Row) error {
		var id string
		var n int
		if err := r.Scan(&id, &n); err != nil {
			return err
		}
		out[id] = n
		return nil
	}, queryUnanswered, tx.Community(), since, before)
	return out, err
}

func groupNames(tx *db.Tx) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT name FROM circle_group WHERE community_id = $1 ORDER BY name`, tx.Community())
}

func briefsOf(tx *db.Tx, group string) ([]brief, error) {
	return db.All(tx, scanBrief, `SELECT id, group_name, kind, number, state, seq FROM circle WHERE community_id = $1 AND group_name = $2 ORDER BY number`,
		tx.Community(), group)
}

func currentStays(tx *db.Tx, circle string) ([]Member, error) {
	return db.All(tx, scanMember, selectMember+`AND m.left_at = 0 ORDER BY m.joined_at, m.id`, tx.Community(), circle)
}
