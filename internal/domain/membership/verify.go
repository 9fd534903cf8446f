package membership

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

// Problem is a row that is off.
type Problem struct {
	Code   string `json:"code"` // what is wrong, e.g. "membership.term_without_seat"
	Ref    string `json:"ref"`  // whose row: a term's, entitlement's or number's
	Stored int64  `json:"stored"`
	Right  int64  `json:"right"`
}

// proofs find what is off in the rows of this package.
var proofs = []struct{ code, query string }{
	{"membership.term_dates", `SELECT id, starts, ends FROM membership_term WHERE community_id = $1 AND state IN ('bought', 'upgraded', 'refunded')
		AND (starts >= ends OR run_start > starts OR grace_until < ends OR bought_at = 0) ORDER BY id`},
	{"membership.upgraded_by_nothing", `SELECT t.id, 0, 1 FROM membership_term t LEFT JOIN membership_term o ON o.community_id = t.community_id AND o.id = t.ended_by
		WHERE t.community_id = $1 AND t.state = 'upgraded' AND o.id IS NULL ORDER BY t.id`},
	{"membership.number_not_given", `SELECT t.id, 0, 1 FROM membership_term t LEFT JOIN membership_number n ON n.community_id = t.community_id AND n.text = t.number
		WHERE t.community_id = $1 AND t.state = 'bought' AND t.number <> '' AND n.text IS NULL ORDER BY t.id`},
	{"membership.member_without_term", `SELECT m.person, 1, 0 FROM membership_member m WHERE m.community_id = $1
		AND NOT EXISTS (SELECT 1 FROM membership_term t WHERE t.community_id = m.community_id AND t.person = m.person AND t.bought_at > 0) ORDER BY m.person`},
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot. What terms, uses and members have of seats is proven where all tables may be named.
func Verify(tx *db.Tx) ([]Problem, error) {
	var out []Problem
	for _, p := range proofs {
		found, err := db.All(tx, func(r *db.Row) (Problem, error) {
			x := Problem{Code: p.code}
			err := r.Scan(&x.Ref, &x.Stored, &x.Right)
			return x, err
		}, p.query, tx.Community())
		if err != nil {
			return nil, fmt.Errorf("verify memberships: %w", err)
		}
		out = append(out, found...)
	}
	return out, nil
}
