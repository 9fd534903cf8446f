package event

import (
	"github.com/qunce/qunce/internal/platform/db"
)

// selectTopic reads topics t as one sees them who has the ids that stand in the IN behind it.
func selectTopic(args *[]any, ids []string) string {
	return `SELECT t.id, t.title, t.about, t.state, t.person, t.event, t.votes, t.created_at,
			EXISTS (SELECT 1 FROM event_topic_vote v WHERE v.community_id = $1 AND v.topic = t.id AND v.person IN ` + db.In(args, ids) + `)
		FROM event_topic t WHERE t.community_id = $1`
}

func scanTopic(r *db.Row) (t Topic, err error) {
	err = r.Scan(&t.ID, &t.Title, &t.About, &t.State, &t.Person, &t.Event, &t.Votes, &t.CreatedAt, &t.Mine)
	return t, err
}

func topicBy(tx *db.Tx, id string, ids []string) (Topic, bool, error) {
	args := []any{tx.Community(), id}
	return db.One(tx, scanTopic, selectTopic(&args, ids)+` AND t.id = $2`, args...)
}

func topicOf(tx *db.Tx, event string) (Topic, bool, error) {
	args := []any{tx.Community(), event}
	return db.One(tx, scanTopic, selectTopic(&args, []string{""})+` AND t.event = $2 AND t.event <> ''`, args...)
}

func openTopic(tx *db.Tx, title string) (Topic, bool, error) {
	args := []any{tx.Community(), title}
	return db.One(tx, scanTopic, selectTopic(&args, []string{""})+` AND t.title = $2 AND t.state = 'open' ORDER BY t.id LIMIT 1`, args...)
}

// topicsBehind reads on behind a topic, those with most votes first.
func topicsBehind(tx *db.Tx, state TopicState, ids []string, votes int64, id string, limit int) ([]Topic, error) {
	args := []any{tx.Community(), state, votes, id, limit}
	behind := ` AND t.state = $2 AND (t.votes < $3 OR t.votes = $3 AND t.id < $4) ORDER BY t.votes DESC, t.id DESC LIMIT $5`
	return db.All(tx, scanTopic, selectTopic(&args, ids)+behind, args...)
}

// insertTopic writes a topic, unless who proposes it has as many open ones as they may.
func insertTopic(tx *db.Tx, t Topic, most int) (bool, error) {
	n, err := tx.Exec(`INSERT INTO event_topic (community_id, id, title, about, state, person, created_at)
		SELECT $1, $2, $3, $4, $5, $6, $7 WHERE $6 = '' OR (SELECT count(*) FROM event_topic WHERE community_id = $1 AND person = $6 AND state = 'open') < $8`,
		tx.Community(), t.ID, t.Title, t.About, t.State, t.Person, t.CreatedAt, most)
	return n == 1, err
}

// insertTopicVote notes the vote of a human, unless one of their ids has voted.
func insertTopicVote(tx *db.Tx, topic string, ids []string) (bool, error) {
	args := []any{tx.Community(), topic, ids[0], tx.Now()}
	n, err := tx.Exec(`INSERT INTO event_topic_vote (community_id, topic, person, at)
		SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM event_topic_vote WHERE community_id = $1 AND topic = $2 AND person IN `+db.In(&args, ids)+`)
		ON CONFLICT DO NOTHING`, args...)
	return n == 1, err
}

func deleteTopicVotes(tx *db.Tx, topic string, ids []string) (int, error) {
	args := []any{tx.Community(), topic}
	n, err := tx.Exec(`DELETE FROM event_topic_vote WHERE community_id = $1 AND topic = $2 AND person IN `+db.In(&args, ids), args...)
	return int(n), err
}

func countTopicVote(tx *db.Tx, topic string, by int) (votes int, err error) {
	err = tx.QueryRow(`UPDATE event_topic SET votes = votes + $3 WHERE community_id = $1 AND id = $2 RETURNING votes`, tx.Community(), topic, by).Scan(&votes)
	return votes, err
}

func setTopicWords(tx *db.Tx, t Topic) error {
	return tx.Put(`UPDATE event_topic SET title = $3, about = $4 WHERE community_id = $1 AND id = $2`, tx.Community(), t.ID, t.Title, t.About)
}

// setTopicState closes a topic or opens it again, unless an event has it.
func setTopicState(tx *db.Tx, id string, to TopicState) (bool, error) {
	n, err := tx.Exec(`UPDATE event_topic SET state = $3 WHERE community_id = $1 AND id = $2 AND state <> $3 AND state <> 'taken'`, tx.Community(), id, to)
	return n == 1, err
}

func takeTopic(tx *db.Tx, topic, event string) (bool, error) {
	n, err := tx.Exec(`UPDATE event_topic SET state = 'taken', event = $3 WHERE community_id = $1 AND id = $2 AND state = 'open'
		AND NOT EXISTS (SELECT 1 FROM event_topic WHERE community_id = $1 AND event = $3)`, tx.Community(), topic, event)
	return n == 1, err
}

func freeTopic(tx *db.Tx, event string) error {
	return tx.Put(`UPDATE event_topic SET state = 'open', event = '' WHERE community_id = $1 AND event = $2 AND event <> ''`, tx.Community(), event)
}

// putTopicQuestion notes the topic of a question, and names the one it is in.
func putTopicQuestion(tx *db.Tx, topic, question string) (in string, err error) {
	err = tx.QueryRow(`INSERT INTO event_topic_question (community_id, question, topic) VALUES ($1, $2, $3)
		ON CONFLICT (community_id, question) DO UPDATE SET topic = event_topic_question.topic RETURNING topic`, tx.Community(), question, topic).Scan(&in)
	return in, err
}

func topicsOfQuestions(tx *db.Tx, questions []string) (map[string]string, error) {
	args, out := []any{tx.Community()}, map[string]string{}
	err := tx.Each(func(r *db.Row) error {
		var question, topic string
		err := r.Scan(&question, &topic)
		out[question] = topic
		return err
	}, `SELECT question, topic FROM event_topic_question WHERE community_id = $1 AND question IN `+db.In(&args, questions), args...)
	return out, err
}

// topicsBy reads what a human proposed.
func topicsBy(tx *db.Tx, ids []string) ([]Topic, error) {
	args := []any{tx.Community()}
	query := selectTopic(&args, ids)
	return db.All(tx, scanTopic, query+` AND t.person <> '' AND t.person IN `+db.In(&args, ids)+` ORDER BY t.id`, args...)
}

// votedFor names the topics that a human wants to hear of.
func votedFor(tx *db.Tx, ids []string) ([]string, error) {
	args := []any{tx.Community()}
	return db.All(tx, db.Column[string], `SELECT DISTINCT topic FROM event_topic_vote WHERE community_id = $1 AND person IN `+db.In(&args, ids)+` ORDER BY topic`, args...)
}

// eraseTopics takes away what a person proposed; a topic that an event has stays, without them.
func eraseTopics(tx *db.Tx, person string) error {
	err := tx.Put(`UPDATE event_topic SET title = '', about = '', state = 'closed' WHERE community_id = $1 AND person = $2 AND person <> '' AND state <> 'taken'`, tx.Community(), person)
	if err != nil {
		return err
	}
	return tx.Put(`UPDATE event_topic SET person = '' WHERE community_id = $1 AND person = $2 AND person <> ''`, tx.Community(), person)
}
