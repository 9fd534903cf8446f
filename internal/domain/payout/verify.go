package payout

import (
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
)

// proofs find what is off in the rows of this package.
var proofs = []proof.Proof{
	{Code: "payout.batch_open", Query: `SELECT b.id, count(*), 0 FROM payout_batch b JOIN payout_line l ON l.community_id = b.community_id AND l.batch = b.id
		WHERE b.community_id = $1 AND b.state IN ('done', 'cancelled') AND l.state = 'reserved' GROUP BY b.id ORDER BY b.id`},
	{Code: "payout.batch_unapproved", Query: `SELECT b.id, count(*), 0 FROM payout_batch b JOIN payout_line l ON l.community_id = b.community_id AND l.batch = b.id
		WHERE b.community_id = $1 AND b.approved_by = '' AND l.state IN ('paid', 'failed') GROUP BY b.id ORDER BY b.id`},
	{Code: "payout.line_below", Query: `SELECT l.id, l.gross, b.threshold FROM payout_line l JOIN payout_batch b ON b.community_id = l.community_id AND b.id = l.batch
		WHERE l.community_id = $1 AND l.gross < b.threshold ORDER BY l.id`},
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot. What lines have of the books is proven where all tables may be named.
func Verify(tx *db.Tx) ([]proof.Problem, error) {
	return proof.Run(tx, proofs)
}
