package growth

import (
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
)

// proofs find what is off in the rows of this package.
var proofs = []proof.Proof{
	{Code: "growth.reward_taken", Query: `SELECT r.id, r.taken, CAST(COALESCE(SUM(t.amount), 0) AS BIGINT) FROM growth_reward r
		LEFT JOIN growth_takeback t ON t.community_id = r.community_id AND t.reward = r.id WHERE r.community_id = $1
		GROUP BY r.id, r.taken HAVING r.taken <> COALESCE(SUM(t.amount), 0) ORDER BY r.id`},
	{Code: "growth.reward_unposted", Query: `SELECT id, 0, amount FROM growth_reward WHERE community_id = $1 AND kind <> 'service' AND (entry = '' OR due = '') ORDER BY id`},
	{Code: "growth.reward_beyond", Query: `SELECT r.id, r.base, s.paid FROM growth_reward r JOIN growth_sale s ON s.community_id = r.community_id AND s.order_id = r.order_id
		WHERE r.community_id = $1 AND r.base > s.paid ORDER BY r.id`},
	{Code: "growth.reward_not_bound", Query: `SELECT r.id, r.version, b.version FROM growth_reward r JOIN growth_bond b ON b.community_id = r.community_id AND b.id = r.bond
		WHERE r.community_id = $1 AND (b.programme <> r.programme OR b.state IN ('pending', 'refused')) ORDER BY r.id`},
	{Code: "growth.bond_lost_to_nobody", Query: `SELECT b.id, 0, 1 FROM growth_bond b LEFT JOIN growth_bond w ON w.community_id = b.community_id AND w.id = b.winner
		WHERE b.community_id = $1 AND b.state = 'lost' AND (w.id IS NULL OR w.programme <> b.programme) ORDER BY b.id`},
	{Code: "growth.link_circle", Query: `SELECT l.id, 1, 0 FROM growth_link l JOIN growth_link p ON p.community_id = l.community_id AND p.id = l.parent
		WHERE l.community_id = $1 AND l.parent <> '' AND (p.created_at > l.created_at OR p.id = l.id) ORDER BY l.id`},
	{Code: "growth.proof_reward", Query: `SELECT p.id, p.amount, COALESCE(CAST(c.terms ->> 'points' AS BIGINT), CAST(c.terms ->> 'money' AS BIGINT), 0) FROM growth_proof p
		JOIN growth_call c ON c.community_id = p.community_id AND c.id = p.call
		WHERE p.community_id = $1 AND p.amount <> COALESCE(CAST(c.terms ->> 'points' AS BIGINT), CAST(c.terms ->> 'money' AS BIGINT), 0) ORDER BY p.id`},
	{Code: "growth.call_beyond", Query: `SELECT c.id, count(*), CAST(c.terms ->> 'most' AS BIGINT) FROM growth_call c
		JOIN growth_proof p ON p.community_id = c.community_id AND p.call = c.id AND p.state <> 'refused' WHERE c.community_id = $1
		GROUP BY c.community_id, c.id, c.terms HAVING count(*) > COALESCE(CAST(c.terms ->> 'most' AS BIGINT), count(*)) ORDER BY c.id`},
	{Code: "growth.proof_not_suspected", Query: `SELECT id, 0, 1 FROM growth_proof WHERE community_id = $1 AND state = 'held' AND CAST(suspicions AS TEXT) = '[]' ORDER BY id`},
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot. What rewards have of the books is proven where all tables may be named.
func Verify(tx *db.Tx) ([]proof.Problem, error) {
	return proof.Run(tx, proofs)
}
