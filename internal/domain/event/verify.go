package event

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

// Problem is a row that is off.
type Problem struct {
	Code   string `json:"code"` // what is wrong, e.g. "event.answers"
	Ref    string `json:"ref"`  // whose row
	Stored int64  `json:"stored"`
	Right  int64  `json:"right"`
}

// proofs find what is off in the rows of this package.
var proofs = []struct{ code, query string }{
	{"event.template", `SELECT name, 0, 1 FROM event_template WHERE community_id = $1 AND name <> body ->> 'name' ORDER BY name`},
	{"event.answers", `SELECT e.id, e.answers, COALESCE(a.n, 0) FROM event e
		LEFT JOIN (SELECT event, count(*) AS n FROM event_answer WHERE community_id = $1 GROUP BY event) a ON a.event = e.id
		WHERE e.community_id = $1 AND e.answers <> COALESCE(a.n, 0) ORDER BY e.id`},
	{"event.promoters", `SELECT e.id, e.promoters - e.detractors, COALESCE(a.n, 0) FROM event e
		LEFT JOIN (SELECT event, CAST(SUM(CASE WHEN score >= 9 THEN 1 WHEN score <= 6 THEN -1 ELSE 0 END) AS BIGINT) AS n FROM event_answer WHERE community_id = $1 GROUP BY event) a
			ON a.event = e.id
		WHERE e.community_id = $1 AND e.promoters - e.detractors <> COALESCE(a.n, 0) ORDER BY e.id`},
	{"event.ticket_state", `SELECT id, taken_at, ended_at FROM event_ticket WHERE community_id = $1 AND NOT (state = 'held' AND taken_at = 0 AND ended_at = 0 AND held_until > 0
		OR state = 'dropped' AND taken_at = 0 AND ended_at > 0 OR state = 'valid' AND taken_at > 0 AND ended_at = 0 OR state IN ('returned', 'refunded') AND taken_at > 0 AND ended_at > 0)
		ORDER BY id`},
	{"event.ticket_not_admitted", `SELECT t.id, t.admitted_at, 0 FROM event_ticket t LEFT JOIN event_scan x ON x.community_id = t.community_id AND x.ticket = t.id AND x.result = 'admitted'
		WHERE t.community_id = $1 AND (t.admitted_at > 0) <> (x.id IS NOT NULL) ORDER BY t.id`},
	{"event.gift_state", `SELECT g.id, 0, 1 FROM event_gift g LEFT JOIN event_ticket t ON t.community_id = g.community_id AND t.id = g.ticket AND t.event = g.event AND t.giver = g.giver
		WHERE g.community_id = $1 AND (g.state = 'claimed') <> (t.id IS NOT NULL AND g.guest <> '') ORDER BY g.id`},
	{"event.answer_of_absent", `SELECT a.event || ' ' || a.person, 1, 0 FROM event_answer a JOIN event e ON e.community_id = a.community_id AND e.id = a.event
		WHERE a.community_id = $1 AND NOT EXISTS (SELECT 1 FROM event_attendance c WHERE c.community_id = $1 AND c.event = a.event) ORDER BY a.event, a.person`},
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot. What tickets and gifts have of seats is proven where all tables may be named.
func Verify(tx *db.Tx) ([]Problem, error) {
	var out []Problem
	for _, p := range proofs {
		found, err := db.All(tx, func(r *db.Row) (Problem, error) {
			x := Problem{Code: p.code}
			err := r.Scan(&x.Ref, &x.Stored, &x.Right)
			return x, err
		}, p.query, tx.Community())
		if err != nil {
			return nil, fmt.Errorf("verify events: %w", err)
		}
		out = append(out, found...)
	}
	return out, nil
}
