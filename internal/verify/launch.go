package verify

import (
	"time"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/platform/db"
)

// launchProofs are what can be off between launches, placements or proofs and other parts: a query for each that names the rows.
var launchProofs = []struct{ kind, reason, query string }{
	{
		"launch.two_pledges", "somebody has more than one pledge in a launch",
		`SELECT g.launch || ' ' || p.root FROM launch_pledge g JOIN person p ON p.community_id = g.community_id AND p.id = g.person
			WHERE g.community_id = $1 GROUP BY g.launch, p.root HAVING count(*) > 1 ORDER BY 1 LIMIT $2`,
	},
	{
		"launch.pledge_forgotten", "somebody promised, and nothing will tell them when it begins",
		`SELECT g.id FROM launch_pledge g JOIN launch l ON l.community_id = g.community_id AND l.id = g.launch
			WHERE g.community_id = $1 AND g.state = 'promised' AND g.due_at = 0 AND l.closed_at = 0
			EXCEPT SELECT g.id FROM launch_pledge g JOIN timer t ON t.kind = 'launch.begins' AND t.community_id = g.community_id AND t.ref = g.launch
			WHERE g.community_id = $1 ORDER BY 1 LIMIT $2`,
	},
	{
		"intake.origin_other_placement", "the entry by which somebody came first leads from no placement, or the person came first by another one",
		`SELECT o.person FROM intake_origin o JOIN person p ON p.community_id = o.community_id AND p.id = o.person
			WHERE o.community_id = $1 AND p.first_entry <> o.entry AND NOT EXISTS (SELECT 1 FROM person m WHERE m.community_id = o.community_id AND m.root = p.root AND m.merged_into <> '')
			ORDER BY 1 LIMIT $2`,
	},
	{
		"intake.sale_refunded", "what went back of the order is not what its placement knows of it",
		`SELECT s.order_id FROM intake_sale s JOIN shop_order o ON o.community_id = s.community_id AND o.id = s.order_id
			WHERE s.community_id = $1 AND s.refunded > o.refunded ORDER BY 1 LIMIT $2`,
	},
	{
		"growth.proof_books", "the books say otherwise of what the proof earned",
		`SELECT entry || ' ' || CAST(amount AS TEXT) FROM growth_proof WHERE community_id = $1 AND state = 'approved'
			EXCEPT SELECT entry_id || ' ' || CAST(-amount AS TEXT) FROM ledger_line WHERE community_id = $1 AND account IN ('issued:proof', 'expense:proof') ORDER BY 1 LIMIT $2`,
	},
	{
		"growth.proof_unknown", "something was earned by a proof that is not there",
		`SELECT entry_id || ' ' || CAST(-amount AS TEXT) FROM ledger_line WHERE community_id = $1 AND account IN ('issued:proof', 'expense:proof')
			EXCEPT SELECT entry || ' ' || CAST(amount AS TEXT) FROM growth_proof WHERE community_id = $1 AND state = 'approved' ORDER BY 1 LIMIT $2`,
	},
}

// checkLaunches proves launches, placements and posts, and what proofs earned.
func checkLaunches(tx *db.Tx, r *Report, _ time.Time) error {
	if err := r.prove(tx, launch.Verify); err != nil {
		return err
	}
	if err := r.prove(tx, intake.Verify); err != nil {
		return err
	}
	for _, x := range launchProofs {
		if err := r.each(tx, x.kind, x.reason, x.query); err != nil {
			return err
		}
	}
	return nil
}
