package verify

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

// inBooks proves that what lies in the books for an order on some accounts is what the order, its payments and refunds say. Each
// part of the sum is read once.
func inBooks(accounts, sign, says string) string {
	return `SELECT id, CAST(SUM(books) AS BIGINT), CAST(SUM(says) AS BIGINT) FROM (
			SELECT e.subject AS id, ` + sign + `l.amount AS books, 0 AS says FROM ledger_line l
				JOIN ledger_entry e ON e.community_id = l.community_id AND e.id = l.entry_id
				JOIN shop_order o ON o.community_id = e.community_id AND o.id = e.subject
				WHERE l.community_id = $1 AND l.account >= '` + accounts + `:' AND l.account < '` + accounts + `;'
			UNION ALL ` + says + `) x
		GROUP BY id HAVING SUM(books) <> SUM(says) ORDER BY id LIMIT $2`
}

const (
	received = `SELECT order_id, 0, received FROM shop_payment WHERE community_id = $1 AND state = 'received'`
	gone     = `SELECT order_id, 0, -amount FROM shop_refund WHERE community_id = $1 AND state = 'done'`
	earned   = `FROM shop_order WHERE community_id = $1 AND entry <> ''`
)

// ofOrders are the accounts that orders move. ';' comes after ':'.
var ofOrders = []struct{ code, query string }{
	{"shop.order_cash", inBooks("cash", "-", received+` UNION ALL `+gone)},
	{"shop.order_deposit", inBooks("deposit", "", received+` UNION ALL `+gone+` UNION ALL SELECT id, 0, refunded - paid `+earned)},
	{"shop.order_points", `SELECT id, CAST(SUM(books) AS BIGINT), CAST(SUM(says) AS BIGINT) FROM (
			SELECT e.subject AS id, l.amount AS books, 0 AS says FROM ledger_line l JOIN ledger_entry e ON e.community_id = l.community_id AND e.id = l.entry_id
				WHERE l.community_id = $1 AND l.account = 'issued:redeemed'
			UNION ALL SELECT id, 0, points FROM shop_order WHERE community_id = $1 AND points > 0 AND state <> 'refunded') x
		GROUP BY id HAVING SUM(books) <> SUM(says) ORDER BY id LIMIT $2`},
	{"shop.order_revenue", inBooks("revenue", "", `SELECT id, 0, paid - refunded `+earned)},
}

func checkBooksOfOrders(tx *db.Tx, r *Report) error {
	for _, x := range ofOrders {
		err := tx.Each(func(row *db.Row) error {
			var id string
			var books, says int64
			err := row.Scan(&id, &books, &says)
			r.add(x.code, id, "%d lie in the books for it, and it says %d", books, says)
			return err
		}, x.query, tx.Community(), most)
		if err != nil {
			return fmt.Errorf("%s: %w", x.code, err)
		}
	}
	return nil
}
