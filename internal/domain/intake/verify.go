package intake

import (
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
)

// proofs find what is off in the rows of this package.
var proofs = []proof.Proof{
	{Code: "intake.placement_came", Query: counts(`came`, `SELECT placement, count(*) AS n FROM intake_origin WHERE community_id = $1 GROUP BY placement`)},
	{Code: "intake.placement_contacts", Query: counts(`contacts`, `SELECT placement, count(*) AS n FROM intake_origin WHERE community_id = $1 AND contact_at > 0 GROUP BY placement`)},
	{Code: "intake.placement_converted", Query: counts(`converted`, `SELECT placement, count(DISTINCT person) AS n FROM intake_sale WHERE community_id = $1 AND paid > refunded GROUP BY placement`)},
	{Code: "intake.placement_orders", Query: counts(`orders`, `SELECT placement, count(*) AS n FROM intake_sale WHERE community_id = $1 GROUP BY placement`)},
	{Code: "intake.placement_paid", Query: counts(`paid`, `SELECT placement, CAST(SUM(paid) AS BIGINT) AS n FROM intake_sale WHERE community_id = $1 GROUP BY placement`)},
	{Code: "intake.placement_refunded", Query: counts(`refunded`, `SELECT placement, CAST(SUM(refunded) AS BIGINT) AS n FROM intake_sale WHERE community_id = $1 GROUP BY placement`)},
	{Code: "intake.entry_nowhere", Query: `SELECT e.id, 0, 1 FROM intake_entry e LEFT JOIN intake_placement p ON p.community_id = e.community_id AND p.id = e.placement AND p.event <> ''
		WHERE e.community_id = $1 AND e.path = '' AND p.id IS NULL ORDER BY e.id`},
	{Code: "intake.placement_closed", Query: `SELECT p.id, 0, 1 FROM intake_placement p LEFT JOIN intake_entry e ON e.community_id = p.community_id AND e.placement = p.id AND e.path = ''
		WHERE p.community_id = $1 AND p.event <> '' AND e.id IS NULL ORDER BY p.id`},
	{Code: "intake.post_dropped_open", Query: `SELECT p.id, 0, 1 FROM intake_post p JOIN intake_entry e ON e.community_id = p.community_id AND e.id = p.entry
		WHERE p.community_id = $1 AND p.dropped_at > 0 AND e.state <> 'retired' ORDER BY p.id`},
}

// counts compares the stored count of each placement with the rows it rests on.
func counts(what, rows string) string {
	return `SELECT p.id, COALESCE(c.n, 0), COALESCE(x.n, 0) FROM intake_placement p
		LEFT JOIN (SELECT placement, n FROM intake_placement_count WHERE community_id = $1 AND what = '` + what + `') c ON c.placement = p.id
		LEFT JOIN (` + rows + `) x ON x.placement = p.id
		WHERE p.community_id = $1 AND COALESCE(c.n, 0) <> COALESCE(x.n, 0) ORDER BY p.id`
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot.
func Verify(tx *db.Tx) ([]proof.Problem, error) { return proof.Run(tx, proofs) }
