package verify

import (
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/platform/db"
)

// moneyProofs are what can be off between rewards or payouts and the books: a query for each that names the rows.
var moneyProofs = []struct{ kind, reason, query string }{
	{
		"growth.reward_books", "what was taken back of the reward is not what was taken back of its entry in the books",
		`SELECT r.id FROM growth_reward r
			LEFT JOIN growth_takeback t ON t.community_id = r.community_id AND t.reward = r.id
			LEFT JOIN ledger_taken k ON k.community_id = r.community_id AND k.entry_id = r.entry AND k.account = 'commission:frozen:' || r.promoter
				AND k.currency = CASE r.kind WHEN 'points' THEN 'POINTS' ELSE 'CNY' END
			WHERE r.community_id = $1 AND r.entry <> ''
			GROUP BY r.id, r.amount, k.amount, k.taken
			HAVING COALESCE(k.taken, 0) <> COALESCE(SUM(t.amount - t.owed), 0) OR COALESCE(k.amount, r.amount) <> r.amount ORDER BY r.id LIMIT $2`,
	},
	{
		"growth.sale_refunded", "what went back of the order is not what rewards know of it",
		`SELECT s.order_id FROM growth_sale s JOIN shop_order o ON o.community_id = s.community_id AND o.id = s.order_id
			WHERE s.community_id = $1 AND s.refunded > o.refunded ORDER BY 1 LIMIT $2`,
	},
	{
		"payout.line_books", "the books say otherwise of this payment",
		`SELECT l.id FROM payout_line l LEFT JOIN ledger_payout p ON p.community_id = l.community_id AND p.key = 'payout ' || l.id || '/' || CAST(l.attempt AS TEXT)
			WHERE l.community_id = $1 AND (p.key IS NULL OR p.amount <> l.gross OR p.account <> l.account
				OR p.state <> CASE l.state WHEN 'reserved' THEN 'reserved' WHEN 'paid' THEN 'done' ELSE 'returned' END) ORDER BY l.id LIMIT $2`,
	},
	{
		"payout.line_twice", "more than one payment of this line left, or is to leave",
		`SELECT substr(key, 8, 20) FROM ledger_payout WHERE community_id = $1 AND substr(key, 1, 7) = 'payout ' AND substr(key, 28, 1) = '/' AND state <> 'returned'
			GROUP BY substr(key, 8, 20) HAVING count(*) > 1 ORDER BY 1 LIMIT $2`,
	},
	{
		"payout.unknown_line", "money was set aside for a line that is not there",
		`SELECT substr(key, 8, 20) FROM ledger_payout WHERE community_id = $1 AND substr(key, 1, 7) = 'payout ' AND substr(key, 28, 1) = '/'
			EXCEPT SELECT id FROM payout_line WHERE community_id = $1 ORDER BY 1 LIMIT $2`,
	},
	{
		"team.statement_books", "what the books have for the statement is not what it says",
		`SELECT id FROM (
				SELECT e.subject AS id, -l.amount AS books FROM ledger_line l JOIN ledger_entry e ON e.community_id = l.community_id AND e.id = l.entry_id
					WHERE l.community_id = $1 AND l.account = 'expense:wage' AND substr(e.key, 1, 10) = 'statement '
				UNION ALL SELECT id, -total FROM team_statement WHERE community_id = $1 AND entry <> '') x
			GROUP BY id HAVING SUM(books) <> 0 ORDER BY id LIMIT $2`,
	},
}

// checkMoney proves rewards and payouts, and that the books agree with them.
func checkMoney(tx *db.Tx, r *Report, _ time.Time) error {
	if err := r.prove(tx, growth.Verify); err != nil {
		return err
	}
	if err := r.prove(tx, payout.Verify); err != nil {
		return err
	}
	if err := r.prove(tx, team.Verify); err != nil {
		return err
	}
	for _, x := range moneyProofs {
		if err := r.each(tx, x.kind, x.reason, x.query); err != nil {
			return err
		}
	}
	return nil
}
