package shop

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

// Problem is a row that is off.
type Problem struct {
	Code   string `json:"code"` // what is wrong, e.g. "shop.order_paid"
	Ref    string `json:"ref"`  // whose row: an order's or payment's id
	Stored int64  `json:"stored"`
	Right  int64  `json:"right"`
}

// proofs find what is off in the rows of this package.
var proofs = []struct{ code, query string }{
	{"shop.order_amount", `SELECT o.id, o.amount, CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM shop_order o LEFT JOIN shop_line l ON l.community_id = o.community_id AND l.order_id = o.id
		WHERE o.community_id = $1 GROUP BY o.id, o.amount HAVING o.amount <> COALESCE(SUM(l.amount), 0) ORDER BY o.id`},
	{"shop.order_paid", `SELECT o.id, o.paid, COALESCE(p.received, 0) FROM shop_order o LEFT JOIN shop_payment p ON p.community_id = o.community_id AND p.id = o.payment
		WHERE o.community_id = $1 AND o.paid <> COALESCE(p.received, 0) ORDER BY o.id`},
	{"shop.order_refunded", `SELECT o.id, o.refunded, COALESCE(p.returned, 0) FROM shop_order o LEFT JOIN shop_payment p ON p.community_id = o.community_id AND p.id = o.payment
		WHERE o.community_id = $1 AND o.refunded <> COALESCE(p.returned, 0) ORDER BY o.id`},
	{"shop.payment_returned", `SELECT p.id, p.returned, CAST(COALESCE(SUM(r.amount), 0) AS BIGINT) FROM shop_payment p LEFT JOIN shop_refund r ON r.community_id = p.community_id AND r.payment = p.id
		WHERE p.community_id = $1 GROUP BY p.id, p.returned HAVING p.returned <> COALESCE(SUM(r.amount), 0) ORDER BY p.id`},
	{"shop.payment_useless", `SELECT p.id, p.returned, p.received FROM shop_payment p JOIN shop_order o ON o.community_id = p.community_id AND o.id = p.order_id
		WHERE p.community_id = $1 AND p.state = 'received' AND o.payment <> p.id AND p.returned <> p.received ORDER BY p.id`},
	{"shop.order_lines", `SELECT o.id, o.refunded, CAST(COALESCE(SUM(l.returned), 0) AS BIGINT) FROM shop_order o LEFT JOIN shop_line l ON l.community_id = o.community_id AND l.order_id = o.id
		WHERE o.community_id = $1 GROUP BY o.id, o.refunded HAVING o.refunded <> COALESCE(SUM(l.returned), 0) ORDER BY o.id`},
	{"shop.order_discount", `SELECT o.id, o.discount, CAST(COALESCE(SUM(l.discount), 0) AS BIGINT) FROM shop_order o LEFT JOIN shop_line l ON l.community_id = o.community_id AND l.order_id = o.id
		WHERE o.community_id = $1 GROUP BY o.id, o.discount HAVING o.discount <> COALESCE(SUM(l.discount), 0) ORDER BY o.id`},
	{"shop.line_points", `SELECT o.id, o.points, CAST(COALESCE(SUM(l.points), 0) AS BIGINT) FROM shop_order o LEFT JOIN shop_line l ON l.community_id = o.community_id AND l.order_id = o.id
		WHERE o.community_id = $1 GROUP BY o.id, o.points HAVING o.points <> COALESCE(SUM(l.points), 0) ORDER BY o.id`},
	{"shop.order_waits", `SELECT id, 1, 0 FROM shop_order WHERE community_id = $1 AND waits AND state <> 'paid' ORDER BY id`},
	{"shop.coupon", `SELECT code, 0, 1 FROM shop_coupon WHERE community_id = $1 AND code <> body ->> 'code' ORDER BY code`},
	{"shop.order_unearned", `SELECT id, 0, 1 FROM shop_order WHERE community_id = $1 AND state = 'fulfilled' AND paid > 0 AND entry = '' ORDER BY id`},
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot.
func Verify(tx *db.Tx) ([]Problem, error) {
	var out []Problem
	for _, p := range proofs {
		found, err := db.All(tx, func(r *db.Row) (Problem, error) {
			x := Problem{Code: p.code}
			err := r.Scan(&x.Ref, &x.Stored, &x.Right)
			return x, err
		}, p.query, tx.Community())
		if err != nil {
			return nil, fmt.Errorf("verify orders: %w", err)
		}
		out = append(out, found...)
	}
	return out, nil
}
