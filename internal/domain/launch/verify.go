package launch

import (
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
)

// proofs find what is off in the rows of this package.
var proofs = []proof.Proof{
	{Code: "launch.pledge_told_early", Query: `SELECT p.id, p.due_at, l.created_at FROM launch_pledge p JOIN launch l ON l.community_id = p.community_id AND l.id = p.launch
		WHERE p.community_id = $1 AND (p.due_at > 0 AND p.due_at < l.created_at OR p.created_at < l.created_at) ORDER BY p.id`},
	{Code: "launch.pledge_unpromised", Query: `SELECT id, promised_at, created_at FROM launch_pledge
		WHERE community_id = $1 AND (state IN ('promised', 'done') AND promised_at < created_at OR state = 'asked' AND (asked_at = 0 OR asked_by = '') OR done_at > 0 AND state <> 'done') ORDER BY id`},
	{Code: "launch.endorser_without_words", Query: `SELECT id, consent_at, 0 FROM launch_endorser WHERE community_id = $1 AND consent_at > 0 AND quote = '' ORDER BY id`},
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot.
func Verify(tx *db.Tx) ([]proof.Problem, error) { return proof.Run(tx, proofs) }
