package shop

import (
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
)

// proofs find what is off in the rows of this package.
var proofs = []proof.Proof{
	{Code: "shop.order_amount", Query: `SELECT o.id, o.amount, CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM shop_order o LEFT JOIN shop_line l ON l.community_id = o.community_id AND l.order_id = o.id
		WHERE o.community_id = $1 GROUP BY o.id, o.amount HAVING o.amount <> COALESCE(SUM(l.amount), 0) ORDER BY o.id`},
	{Code: "shop.order_paid", Query: `SELECT o.id, o.paid, COALESCE(p.received, 0) FROM shop_order o LEFT JOIN shop_payment p ON p.community_id = o.community_id AND p.id = o.payment
		WHERE o.community_id = $1 AND o.paid <> COALESCE(p.received, 0) ORDER BY o.id`},
	{Code: "shop.order_refunded", Query: `SELECT o.id, o.refunded, COALESCE(p.returned, 0) FROM shop_order o LEFT JOIN shop_payment p ON p.community_id = o.community_id AND p.id = o.payment
		WHERE o.community_id = $1 AND o.refunded <> COALESCE(p.returned, 0) ORDER BY o.id`},
	{Code: "shop.payment_returned", Query: `SELECT p.id, p.returned, CAST(COALESCE(SUM(r.amount), 0) AS BIGINT) FROM shop_payment p LEFT JOIN shop_refund r ON r.community_id = p.community_id AND r.payment = p.id
		WHERE p.community_id = $1 GROUP BY p.id, p.returned HAVING p.returned <> COALESCE(SUM(r.amount), 0) ORDER BY p.id`},
	{Code: "shop.payment_useless", Query: `SELECT p.id, p.returned, p.received FROM shop_payment p JOIN shop_order o ON o.community_id = p.community_id AND o.id = p.order_id
		WHERE p.community_id = $1 AND p.state = 'received' AND o.payment <> p.id AND p.returned <> p.received ORDER BY p.id`},
	{Code: "shop.order_lines", Query: `SELECT o.id, o.refunded, CAST(COALESCE(SUM(l.returned), 0) AS BIGINT) FROM shop_order o LEFT JOIN shop_line l ON l.community_id = o.community_id AND l.order_id = o.id
		WHERE o.community_id = $1 GROUP BY o.id, o.refunded HAVING o.refunded <> COALESCE(SUM(l.returned), 0) ORDER BY o.id`},
	{Code: "shop.order_discount", Query: `SELECT o.id, o.discount, CAST(COALESCE(SUM(l.discount), 0) AS BIGINT) FROM shop_order o LEFT JOIN shop_line l ON l.community_id = o.community_id AND l.order_id = o.id
		WHERE o.community_id = $1 GROUP BY o.id, o.discount HAVING o.discount <> COALESCE(SUM(l.discount), 0) ORDER BY o.id`},
	{Code: "shop.line_points", Query: `SELECT o.id, o.points, CAST(COALESCE(SUM(l.points), 0) AS BIGINT) FROM shop_order o LEFT JOIN shop_line l ON l.community_id = o.community_id AND l.order_id = o.id
		WHERE o.community_id = $1 GROUP BY o.id, o.points HAVING o.points <> COALESCE(SUM(l.points), 0) ORDER BY o.id`},
	{Code: "shop.line_created", Query: `SELECT l.order_id, l.created_at, o.created_at FROM shop_line l JOIN shop_order o ON o.community_id = l.community_id AND o.id = l.order_id
		WHERE l.community_id = $1 AND l.created_at <> o.created_at ORDER BY l.order_id, l.n`},
	{Code: "shop.order_waits", Query: `SELECT id, 1, 0 FROM shop_order WHERE community_id = $1 AND waits AND state <> 'paid' ORDER BY id`},
	{Code: "shop.coupon", Query: `SELECT code, 0, 1 FROM shop_coupon WHERE community_id = $1 AND code <> body ->> 'code' ORDER BY code`},
	{Code: "shop.bill_lines", Query: `SELECT b.id, b.lines, CAST(COUNT(l.n) AS BIGINT) FROM shop_bill b LEFT JOIN shop_bill_line l ON l.community_id = b.community_id AND l.bill = b.id
		WHERE b.community_id = $1 AND b.state = 'compared' GROUP BY b.id, b.lines HAVING b.lines <> COUNT(l.n) ORDER BY b.id`},
	{Code: "shop.bill_paid", Query: billSum("b.paid", "CASE WHEN l.what = 'payment' THEN l.amount ELSE 0 END")},
	{Code: "shop.bill_refunded", Query: billSum("b.refunded", "CASE WHEN l.what = 'refund' THEN l.amount ELSE 0 END")},
	{Code: "shop.bill_fee", Query: `SELECT id, fee, fen FROM (SELECT id, fee, CASE WHEN kept < 0 THEN -((500 - kept) / 1000) ELSE (kept + 500) / 1000 END AS fen FROM (
		SELECT b.id, b.fee, CAST(COALESCE(SUM(CASE WHEN l.ours OR b.fee_of_all THEN l.fee_exact ELSE 0 END), 0) AS BIGINT) AS kept
		FROM shop_bill b LEFT JOIN shop_bill_line l ON l.community_id = b.community_id AND l.bill = b.id WHERE b.community_id = $1 AND b.state = 'compared' GROUP BY b.id, b.fee) s) r
		WHERE fee <> fen ORDER BY id`},
	{Code: "shop.bill_found", Query: `SELECT b.id, b.found, CAST(COUNT(x.id) AS BIGINT) FROM shop_bill b LEFT JOIN shop_difference x ON x.community_id = b.community_id AND x.bill = b.id
		WHERE b.community_id = $1 AND b.state = 'compared' GROUP BY b.id, b.found HAVING b.found <> COUNT(x.id) ORDER BY b.id`},
	{Code: "shop.bill_not_listed", Query: `SELECT l.bill || ' ' || CAST(l.n AS TEXT), 0, 1 FROM shop_bill_line l JOIN shop_bill b ON b.community_id = l.community_id AND b.id = l.bill AND b.state = 'compared'
		LEFT JOIN shop_payment p ON l.what = 'payment' AND p.community_id = l.community_id AND p.id = l.ref AND p.channel = l.channel
		LEFT JOIN shop_refund r ON l.what = 'refund' AND r.community_id = l.community_id AND r.id = l.ref
		WHERE l.community_id = $1 AND (p.id IS NULL AND r.id IS NULL OR NOT l.ours OR l.settled AND p.received > 0 AND p.received <> l.amount OR l.settled AND r.amount <> l.amount)
		AND NOT EXISTS (SELECT 1 FROM shop_difference x WHERE x.community_id = l.community_id AND x.bill = l.bill AND x.n = l.n) ORDER BY 1`},
	{Code: "shop.bill_unexplained", Query: `SELECT id, 0, 1 FROM shop_bill WHERE community_id = $1 AND (state = 'withdrawn') <> (withdrawn_at > 0 AND withdrawn_by <> '' AND why <> '') ORDER BY id`},
	{Code: "shop.difference_unexplained", Query: `SELECT id, 0, 1 FROM shop_difference WHERE community_id = $1 AND resolved_at > 0 AND later = '' AND (resolved_by = '' OR reason = '') ORDER BY id`},
	{Code: "shop.order_unearned", Query: `SELECT id, 0, 1 FROM shop_order WHERE community_id = $1 AND state = 'fulfilled' AND paid > 0 AND entry = '' ORDER BY id`},
}

// billSum compares what a bill says with the sum of its lines.
func billSum(says, of string) string {
	return `SELECT b.id, ` + says + `, CAST(COALESCE(SUM(` + of + `), 0) AS BIGINT) FROM shop_bill b LEFT JOIN shop_bill_line l ON l.community_id = b.community_id AND l.bill = b.id
		WHERE b.community_id = $1 AND b.state = 'compared' GROUP BY b.id, ` + says + ` HAVING ` + says + ` <> COALESCE(SUM(` + of + `), 0) ORDER BY b.id`
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot.
func Verify(tx *db.Tx) ([]proof.Problem, error) {
	return proof.Run(tx, proofs)
}
