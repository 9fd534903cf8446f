package event

import (
	"fmt"
	"strings"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// searched is how lines are searched by words.
func searched(lines ...string) string {
	folded := make([]string, len(lines))
	for i, l := range lines {
		folded[i] = text.Fold(l)
	}
	return strings.Join(folded, "\n")
}

// holds narrows a query to where each of the words is in a column of what is searched.
func holds(args *[]any, column, words string) (where string) {
	for _, w := range strings.Fields(words) {
		if w = text.Fold(w); w != "" {
			*args = append(*args, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(w)+"%")
			where += fmt.Sprintf(` AND %s LIKE $%d ESCAPE '\'`, column, len(*args))
		}
	}
	return where
}

// selectTopic reads topics t as one sees them who has the ids that stand in the IN behind it.
func selectTopic(args *[]any, ids []string) string {
	return `SELECT t.id, t.title, t.about, t.state, t.person, t.event, t.votes, t.created_at, t.orphan,
			EXISTS (SELECT 1 FROM event_topic_vote v WHERE v.community_id = $1 AND v.topic = t.id AND v.person IN ` + db.In(args, ids) + `)
		FROM event_topic t WHERE t.community_id = $1`
}

func scanTopic(r *db.Row) (t Topic, err error) {
	err = r.Scan(&t.ID, &t.Title, &t.About, &t.State, &t.Person, &t.Event, &t.Votes, &t.CreatedAt, &t.orphan, &t.Mine)
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
	args := []any{tx.Community(), text.Fold(title)}
	return db.One(tx, scanTopic, selectTopic(&args, []string{""})+` AND t.folded = $2 AND t.folded <> '' AND t.state = 'open'`, args...)
}

// topicsBehind reads on behind a topic, those with most votes first.
func topicsBehind(tx *db.Tx, f TopicFilter, ids []string, votes int64, id string, limit int) ([]Topic, error) {
	args := []any{tx.Community(), f.State, votes, id, limit}
	query := selectTopic(&args, ids) + ` AND t.state = $2 AND (t.votes < $3 OR t.votes = $3 AND t.id < $4)` + holds(&args, "t.words", f.Words)
	return db.All(tx, scanTopic, query+` ORDER BY t.votes DESC, t.id DESC LIMIT $5`, args...)
}

// insertTopic writes an open topic, unless one of its title is open, or who proposes it has, by all their ids, as many open ones as
// they may.
func insertTopic(tx *db.Tx, t Topic, ids []string, most int) (bool, error) {
	args := []any{tx.Community(), t.ID, t.Title, t.About, text.Fold(t.Title), searched(t.Title, t.About), t.State, t.Person, t.CreatedAt}
	query := `INSERT INTO event_topic (community_id, id, title, about, folded, words, state, person, created_at) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE TRUE`
	if len(ids) > 0 {
		args = append(args, most)
		query += ` AND (SELECT count(*) FROM event_topic WHERE community_id = $1 AND state = 'open' AND person IN ` + db.In(&args, ids) + `) < $10`
	}
	n, err := tx.Exec(query+` ON CONFLICT (community_id, folded) WHERE state = 'open' AND folded <> '' DO NOTHING`, args...)
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

// deleteTopicVotes takes the votes of a human back and tells how many of them were counted.
func deleteTopicVotes(tx *db.Tx, topic string, ids []string) (n int, err error) {
	args := []any{tx.Community(), topic}
	err = tx.Each(func(r *db.Row) error {
		var counted bool
		err := r.Scan(&counted)
		if counted {
			n++
		}
		return err
	}, `DELETE FROM event_topic_vote WHERE community_id = $1 AND topic = $2 AND person IN `+db.In(&args, ids)+` RETURNING counted`, args...)
	return n, err
}

func countTopicVote(tx *db.Tx, topic string, by int) (votes int, err error) {
	err = tx.QueryRow(`UPDATE event_topic SET votes = votes + $3 WHERE community_id = $1 AND id = $2 RETURNING votes`, tx.Community(), topic, by).Scan(&votes)
	return votes, err
}

type topicVote struct {
	topic, person string
	counted       bool
}

// votesOf reads the votes of a human, by topic, the eldest of each first.
func votesOf(tx *db.Tx, ids []string) ([]topicVote, error) {
	args := []any{tx.Community()}
	return db.All(tx, func(r *db.Row) (v topicVote, err error) {
		err = r.Scan(&v.topic, &v.person, &v.counted)
		return v, err
	}, `SELECT topic, person, counted FROM event_topic_vote WHERE community_id = $1 AND person IN `+db.In(&args, ids)+` ORDER BY topic, at, person`, args...)
}

// setTopicVote lets a vote count that did not, or no longer.
func setTopicVote(tx *db.Tx, topic, person string, counts bool) error {
	err := tx.Must(`UPDATE event_topic_vote SET counted = $4 WHERE community_id = $1 AND topic = $2 AND person = $3`, tx.Community(), topic, person, counts)
	if err != nil {
		return err
	}
	_, err = countTopicVote(tx, topic, map[bool]int{true: 1, false: -1}[counts])
	return err
}

// votersFor names who wants to hear of a topic.
func votersFor(tx *db.Tx, topic string) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT person FROM event_topic_vote WHERE community_id = $1 AND topic = $2 AND counted ORDER BY at, person`, tx.Community(), topic)
}

// updateTopic writes a topic's words and state, unless it would be open beside another one of its title.
func updateTopic(tx *db.Tx, t Topic) (bool, error) {
	n, err := tx.Exec(`UPDATE event_topic SET title = $3, about = $4, folded = $5, words = $6, state = $7 WHERE community_id = $1 AND id = $2
		AND NOT EXISTS (SELECT 1 FROM event_topic o WHERE o.community_id = $1 AND o.folded = $5 AND o.folded <> '' AND o.state = 'open' AND o.id <> $2 AND $7 = 'open')`,
		tx.Community(), t.ID, t.Title, t.About, text.Fold(t.Title), searched(t.Title, t.About), t.State)
	return n == 1, err
}

func takeTopic(tx *db.Tx, topic, event string) (bool, error) {
	n, err := tx.Exec(`UPDATE event_topic SET state = 'taken', event = $3 WHERE community_id = $1 AND id = $2 AND state = 'open'
		AND NOT EXISTS (SELECT 1 FROM event_topic WHERE community_id = $1 AND event = $3)
		AND EXISTS (SELECT 1 FROM event WHERE community_id = $1 AND id = $3 AND state = 'planned')`, tx.Community(), topic, event)
	return n == 1, err
}

// freeTopic writes what becomes of a topic that an event had.
func freeTopic(tx *db.Tx, t Topic) error {
	return tx.Put(`UPDATE event_topic SET title = $3, about = $4, folded = $5, words = $6, state = $7, event = '', orphan = FALSE WHERE community_id = $1 AND id = $2`,
		tx.Community(), t.ID, t.Title, t.About, text.Fold(t.Title), searched(t.Title, t.About), t.State)
}

// putTopicQuestion notes the topic of a question, and names the one it is in.
func putTopicQuestion(tx *db.Tx, topic, question string) (in string, err error) {
	err = tx.QueryRow(`INSERT INTO event_topic_question (community_id, question, topic) VALUES ($1, $2, $3)
		ON CONFLICT (community_id, question) DO UPDATE SET topic = event_topic_question.topic RETURNING topic`, tx.Community(), question, topic).Scan(&in)
	return in, err
}

// moveTopicQuestions brings the questions that are in a topic into another one; each is in one topic only.
func moveTopicQuestions(tx *db.Tx, from, to string) error {
	return tx.Put(`UPDATE event_topic_question SET topic = $3 WHERE community_id = $1 AND topic = $2`, tx.Community(), from, to)
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

// eraseTopics takes away what a person proposed; the words of a topic that an event has stay until the event gives it back.
func eraseTopics(tx *db.Tx, person string) error {
	err := tx.Put(`UPDATE event_topic SET title = '', about = '', folded = '', words = '', state = 'closed' WHERE community_id = $1 AND person = $2 AND person <> '' AND state <> 'taken'`,
		tx.Community(), person)
	if err != nil {
		return err
	}
	return tx.Put(`UPDATE event_topic SET person = '', orphan = state = 'taken' WHERE community_id = $1 AND person = $2 AND person <> ''`, tx.Community(), person)
}
