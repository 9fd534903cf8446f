package team

import (
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
)

// proofs find what is off in the rows of this package.
var proofs = []proof.Proof{
	{Code: "team.load", Query: `SELECT ref, CAST(SUM(says) AS BIGINT), CAST(SUM(is_so) AS BIGINT) FROM (
			SELECT department || ' ' || staff AS ref, load AS says, 0 AS is_so FROM team_staff WHERE community_id = $1
			UNION ALL SELECT department || ' ' || staff, 0, 1 FROM team_turn WHERE community_id = $1 AND staff <> '' AND ended_at = 0) x
		GROUP BY ref HAVING SUM(says) <> SUM(is_so) ORDER BY ref`},
	{Code: "team.refunded", Query: `SELECT c.order_id, c.refunded, CAST(COALESCE(SUM(r.amount), 0) AS BIGINT) FROM team_credit c
		LEFT JOIN team_return r ON r.community_id = c.community_id AND r.order_id = c.order_id WHERE c.community_id = $1
		GROUP BY c.order_id, c.refunded HAVING c.refunded <> COALESCE(SUM(r.amount), 0) ORDER BY c.order_id`},
	{Code: "team.statement_sum", Query: `SELECT s.id, s.total, CAST(COALESCE(SUM(l.fen), 0) AS BIGINT) FROM team_statement s
		LEFT JOIN team_line l ON l.community_id = s.community_id AND l.statement = s.id WHERE s.community_id = $1
		GROUP BY s.id, s.total, s.commission, s.taken HAVING s.total <> COALESCE(SUM(l.fen), 0)
			OR s.commission <> COALESCE(SUM(CASE WHEN l.kind = 'commission' THEN l.fen ELSE 0 END), 0) OR s.taken <> COALESCE(SUM(CASE WHEN l.kind = 'takeback' THEN l.fen ELSE 0 END), 0)
		ORDER BY s.id`},
	{Code: "team.carried", Query: `SELECT id, owed, CASE WHEN total < 0 THEN total ELSE 0 END FROM (
			SELECT id, total, CAST(SUM(CASE WHEN total < 0 THEN total ELSE 0 END) OVER (PARTITION BY staff ORDER BY month, department)
				- SUM(carried) OVER (PARTITION BY staff ORDER BY month, department) AS BIGINT) AS owed FROM team_statement WHERE community_id = $1) x
		WHERE owed <> CASE WHEN total < 0 THEN total ELSE 0 END ORDER BY id`},
	{Code: "team.statement_volume", Query: `SELECT s.id, s.volume, CAST(SUM(x.amount) AS BIGINT) FROM team_statement s JOIN (
			SELECT month, department, staff, amount FROM team_credit WHERE community_id = $1
			UNION ALL SELECT c.month, c.department, c.staff, -r.amount FROM team_return r
				JOIN team_credit c ON c.community_id = r.community_id AND c.order_id = r.order_id AND c.month = r.month WHERE r.community_id = $1) x
			ON x.month = s.month AND x.department = s.department AND x.staff = s.staff
		WHERE s.community_id = $1 GROUP BY s.id, s.volume HAVING s.volume <> SUM(x.amount) ORDER BY s.id`},
	{Code: "team.order_explained", Query: `SELECT ref, CAST(SUM(says) AS BIGINT), CAST(SUM(is_so) AS BIGINT) FROM (
			SELECT l.order_id AS ref, l.base AS says, 0 AS is_so FROM team_line l JOIN team_statement s ON s.community_id = l.community_id AND s.id = l.statement
				JOIN team_month m ON m.community_id = s.community_id AND m.month = s.month AND m.state = 'closed' WHERE l.community_id = $1 AND l.order_id <> ''
			UNION ALL SELECT c.order_id, 0, c.amount FROM team_credit c JOIN team_month m ON m.community_id = c.community_id AND m.month = c.month AND m.state = 'closed'
				WHERE c.community_id = $1 AND c.staff <> ''
			UNION ALL SELECT r.order_id, 0, -r.amount FROM team_return r JOIN team_month m ON m.community_id = r.community_id AND m.month = r.month AND m.state = 'closed'
				JOIN team_credit c ON c.community_id = r.community_id AND c.order_id = r.order_id AND c.staff <> '' WHERE r.community_id = $1) x
		GROUP BY ref HAVING SUM(says) <> SUM(is_so) ORDER BY ref`},
	{Code: "team.no_statement", Query: `SELECT c.month || ' ' || c.department || ' ' || c.staff, 0, count(*) FROM team_credit c
		JOIN team_month m ON m.community_id = c.community_id AND m.month = c.month AND m.state = 'closed'
		LEFT JOIN team_statement s ON s.community_id = c.community_id AND s.month = c.month AND s.department = c.department AND s.staff = c.staff
		WHERE c.community_id = $1 AND c.staff <> '' AND s.id IS NULL GROUP BY c.month, c.department, c.staff ORDER BY 1`},
	{Code: "team.closing", Query: `SELECT m.month, 0, 1 FROM team_month m JOIN team_book b ON b.community_id = m.community_id WHERE m.community_id = $1 AND m.month > b.closed ORDER BY m.month`},
	{Code: "team.unposted", Query: `SELECT id, 0, total FROM team_statement WHERE community_id = $1 AND (state = 'approved' AND total > 0) <> (entry <> '') ORDER BY id`},
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot. What statements have of the books is proven where all tables may be named.
func Verify(tx *db.Tx) ([]proof.Problem, error) {
	return proof.Run(tx, proofs)
}
