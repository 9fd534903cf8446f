package event

import (
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
)

// proofs find what is off in the rows of this package.
var proofs = []proof.Proof{
	{Code: "event.template", Query: `SELECT name, 0, 1 FROM event_template WHERE community_id = $1 AND name <> body ->> 'name' ORDER BY name`},
	{Code: "event.answers", Query: `SELECT e.id, e.answers, COALESCE(a.n, 0) FROM event e
		LEFT JOIN (SELECT event, count(*) AS n FROM event_answer WHERE community_id = $1 GROUP BY event) a ON a.event = e.id
		WHERE e.community_id = $1 AND e.answers <> COALESCE(a.n, 0) ORDER BY e.id`},
	{Code: "event.promoters", Query: `SELECT e.id, e.promoters - e.detractors, COALESCE(a.n, 0) FROM event e
		LEFT JOIN (SELECT event, CAST(SUM(CASE WHEN score >= 9 THEN 1 WHEN score <= 6 THEN -1 ELSE 0 END) AS BIGINT) AS n FROM event_answer WHERE community_id = $1 GROUP BY event) a
			ON a.event = e.id
		WHERE e.community_id = $1 AND e.promoters - e.detractors <> COALESCE(a.n, 0) ORDER BY e.id`},
	{Code: "event.ticket_state", Query: `SELECT id, taken_at, ended_at FROM event_ticket WHERE community_id = $1 AND NOT (state = 'held' AND taken_at = 0 AND ended_at = 0 AND held_until > 0
		OR state = 'dropped' AND taken_at = 0 AND ended_at > 0 OR state = 'valid' AND taken_at > 0 AND ended_at = 0 OR state IN ('returned', 'refunded') AND taken_at > 0 AND ended_at > 0)
		ORDER BY id`},
	{Code: "event.ticket_not_admitted", Query: `SELECT t.id, t.admitted_at, 0 FROM event_ticket t LEFT JOIN event_scan x ON x.community_id = t.community_id AND x.ticket = t.id AND x.result = 'admitted'
		WHERE t.community_id = $1 AND (t.admitted_at > 0) <> (x.id IS NOT NULL) ORDER BY t.id`},
	{Code: "event.gift_state", Query: `SELECT g.id, 0, 1 FROM event_gift g LEFT JOIN event_ticket t ON t.community_id = g.community_id AND t.id = g.ticket AND t.event = g.event AND t.giver = g.giver
		WHERE g.community_id = $1 AND (g.state = 'claimed') <> (t.id IS NOT NULL AND g.guest <> '') ORDER BY g.id`},
	{Code: "event.jury", Query: `SELECT j.event, COALESCE(v.yes, 0), j.need FROM event_jury j
		LEFT JOIN (SELECT event, count(*) AS n, SUM(CASE WHEN verdict = 'yes' THEN 1 ELSE 0 END) AS yes, SUM(CASE WHEN verdict = 'no' THEN 1 ELSE 0 END) AS nay
			FROM event_juror WHERE community_id = $1 GROUP BY event) v ON v.event = j.event
		WHERE j.community_id = $1 AND j.state <> CASE WHEN COALESCE(v.yes, 0) >= j.need THEN 'passed' WHEN COALESCE(v.n, 0) - COALESCE(v.nay, 0) < j.need THEN 'failed' ELSE 'asked' END
		ORDER BY j.event`},
	{Code: "event.juror", Query: `SELECT x.event || ' ' || x.person, x.said_at, 0 FROM event_juror x LEFT JOIN event_jury j ON j.community_id = x.community_id AND j.event = x.event
		WHERE x.community_id = $1 AND (j.event IS NULL OR x.verdict NOT IN ('', 'yes', 'no') OR (x.verdict = '') <> (x.said_at = 0)) ORDER BY x.event, x.person`},
	{Code: "event.guest_state", Query: `SELECT id, 0, 1 FROM event_guest WHERE community_id = $1 AND (state NOT IN ('active', 'retired', 'erased') OR (state = 'erased') <> (name = '')
		OR state = 'erased' AND (contact <> '' OR person <> '')) ORDER BY id`},
	{Code: "event.guest_asked", Query: `SELECT g.id, g.asked_at, COALESCE(a.at, 0) FROM event_guest g
		LEFT JOIN (SELECT guest, MAX(asked_at) AS at FROM event_ask WHERE community_id = $1 GROUP BY guest) a ON a.guest = g.id
		WHERE g.community_id = $1 AND g.asked_at <> COALESCE(a.at, 0) ORDER BY g.id`},
	{Code: "event.ask_state", Query: `SELECT id, answered_at, 0 FROM event_ask WHERE community_id = $1 AND (state NOT IN ('asked', 'agreed', 'declined') OR (state = 'asked') <> (answered_at = 0)) ORDER BY id`},
	{Code: "event.topic_state", Query: `SELECT id, 0, 1 FROM event_topic WHERE community_id = $1 AND (state NOT IN ('open', 'taken', 'closed') OR (state = 'taken') <> (event <> '') OR orphan AND state <> 'taken') ORDER BY id`},
	{Code: "event.topic_votes", Query: `SELECT t.id, t.votes, COALESCE(v.n, 0) FROM event_topic t
		LEFT JOIN (SELECT topic, count(*) AS n FROM event_topic_vote WHERE community_id = $1 AND counted GROUP BY topic) v ON v.topic = t.id
		WHERE t.community_id = $1 AND t.votes <> COALESCE(v.n, 0) ORDER BY t.id`},
	{Code: "event.slot_task", Query: `SELECT id, 0, 1 FROM event_slot WHERE community_id = $1 AND (state NOT IN ('empty', 'done') OR task = '') ORDER BY id`},
	{Code: "event.answer_of_absent", Query: `SELECT a.event || ' ' || a.person, 1, 0 FROM event_answer a JOIN event e ON e.community_id = a.community_id AND e.id = a.event
		WHERE a.community_id = $1 AND NOT EXISTS (SELECT 1 FROM event_attendance c WHERE c.community_id = $1 AND c.event = a.event) ORDER BY a.event, a.person`},
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot. What tickets and gifts have of seats is proven where all tables may be named.
func Verify(tx *db.Tx) ([]proof.Problem, error) {
	return proof.Run(tx, proofs)
}
