package payout

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

// Problem is a row that is off.
type Problem struct {
	Code   string `json:"code"` // what is wrong, e.g. "payout.batch_open"
	Ref    string `json:"ref"`  // whose row: a batch's or line's id
	Stored int64  `json:"stored"`
	Right  int64  `json:"right"`
}

// proofs find what is off in the rows of this package.
var proofs = []struct{ code, query string }{
	{"payout.batch_open", `SELECT b.id, count(*), 0 FROM payout_batch b JOIN payout_line l ON l.community_id = b.community_id AND l.batch = b.id
		WHERE b.community_id = $1 AND b.state IN ('done', 'cancelled') AND l.state = 'reserved' GROUP BY b.id ORDER BY b.id`},
	{"payout.batch_unapproved", `SELECT b.id, count(*), 0 FROM payout_batch b JOIN payout_line l ON l.community_id = b.community_id AND l.batch = b.id
		WHERE b.community_id = $1 AND b.approved_by = '' AND l.state IN ('paid', 'failed') GROUP BY b.id ORDER BY b.id`},
	{"payout.line_below", `SELECT l.id, l.gross, b.threshold FROM payout_line l JOIN payout_batch b ON b.community_id = l.community_id AND b.id = l.batch
		WHERE l.community_id = $1 AND l.gross < b.threshold ORDER BY l.id`},
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot. What lines have of the books is proven where all tables may be named.
func Verify(tx *db.Tx) ([]Problem, error) {
	var out []Problem
	for _, p := range proofs {
		found, err := db.All(tx, func(r *db.Row) (Problem, error) {
			x := Problem{Code: p.code}
			err := r.Scan(&x.Ref, &x.Stored, &x.Right)
			return x, err
		}, p.query, tx.Community())
		if err != nil {
			return nil, fmt.Errorf("verify payouts: %w", err)
		}
		out = append(out, found...)
	}
	return out, nil
}
