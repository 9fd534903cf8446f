package growth

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

// Problem is a row that is off.
type Problem struct {
	Code   string `json:"code"` // what is wrong, e.g. "growth.reward_taken"
	Ref    string `json:"ref"`  // whose row: a reward's, bond's, sale's or link's
	Stored int64  `json:"stored"`
	Right  int64  `json:"right"`
}

// proofs find what is off in the rows of this package.
var proofs = []struct{ code, query string }{
	{"growth.reward_taken", `SELECT r.id, r.taken, CAST(COALESCE(SUM(t.amount), 0) AS BIGINT) FROM growth_reward r
		LEFT JOIN growth_takeback t ON t.community_id = r.community_id AND t.reward = r.id WHERE r.community_id = $1
		GROUP BY r.id, r.taken HAVING r.taken <> COALESCE(SUM(t.amount), 0) ORDER BY r.id`},
	{"growth.reward_unposted", `SELECT id, 0, amount FROM growth_reward WHERE community_id = $1 AND kind <> 'service' AND (entry = '' OR due = '') ORDER BY id`},
	{"growth.reward_beyond", `SELECT r.id, r.base, s.paid FROM growth_reward r JOIN growth_sale s ON s.community_id = r.community_id AND s.order_id = r.order_id
		WHERE r.community_id = $1 AND r.base > s.paid ORDER BY r.id`},
	{"growth.reward_not_bound", `SELECT r.id, r.version, b.version FROM growth_reward r JOIN growth_bond b ON b.community_id = r.community_id AND b.id = r.bond
		WHERE r.community_id = $1 AND (b.programme <> r.programme OR b.state IN ('pending', 'refused')) ORDER BY r.id`},
	{"growth.bond_lost_to_nobody", `SELECT b.id, 0, 1 FROM growth_bond b LEFT JOIN growth_bond w ON w.community_id = b.community_id AND w.id = b.winner
		WHERE b.community_id = $1 AND b.state = 'lost' AND (w.id IS NULL OR w.programme <> b.programme) ORDER BY b.id`},
	{"growth.link_circle", `SELECT l.id, 1, 0 FROM growth_link l JOIN growth_link p ON p.community_id = l.community_id AND p.id = l.parent
		WHERE l.community_id = $1 AND l.parent <> '' AND (p.created_at > l.created_at OR p.id = l.id) ORDER BY l.id`},
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot. What rewards have of the books is proven where all tables may be named.
func Verify(tx *db.Tx) ([]Problem, error) {
	var out []Problem
	for _, p := range proofs {
		found, err := db.All(tx, func(r *db.Row) (Problem, error) {
			x := Problem{Code: p.code}
			err := r.Scan(&x.Ref, &x.Stored, &x.Right)
			return x, err
		}, p.query, tx.Community())
		if err != nil {
			return nil, fmt.Errorf("verify growth: %w", err)
		}
		out = append(out, found...)
	}
	return out, nil
}
