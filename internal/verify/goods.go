package verify

import (
	"time"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/platform/db"
)

// goodsProofs are what can be off between goods and other parts: a query for each that names the rows.
var goodsProofs = []struct{ kind, reason, query string }{
	{
		"goods.units_without_item", "units of the stock are taken, and nothing that was sold has them",
		`SELECT id FROM seat WHERE community_id = $1 AND state = 'taken' AND group_name LIKE 'stock:%'
			EXCEPT SELECT seat FROM goods_item WHERE community_id = $1 AND (state IN ('waits', 'sold') OR shipped_at > 0) ORDER BY 1 LIMIT $2`,
	},
	{
		"goods.slot_without_item", "a place in a group-buy is taken that nobody has paid for",
		`SELECT id FROM seat WHERE community_id = $1 AND state = 'taken' AND group_name LIKE 'groupbuy:%'
			EXCEPT SELECT slot FROM goods_item WHERE community_id = $1 AND joined_at > 0 ORDER BY 1 LIMIT $2`,
	},
	{
		"goods.item_without_order", "the buyer has it, or waits for it, and no order says so",
		`SELECT id FROM goods_item WHERE community_id = $1 AND state IN ('waits', 'sold')
			EXCEPT SELECT l.ref FROM shop_line l JOIN shop_order o ON o.community_id = l.community_id AND o.id = l.order_id
				WHERE l.community_id = $1 AND l.kind IN ('goods', 'group') AND l.gone = FALSE AND o.state IN ('paid', 'fulfilled') ORDER BY 1 LIMIT $2`,
	},
	{
		"goods.order_without_item", "an order is fulfilled, and its buyer has not got this",
		`SELECT l.ref FROM shop_line l JOIN shop_order o ON o.community_id = l.community_id AND o.id = l.order_id
				WHERE l.community_id = $1 AND l.kind IN ('goods', 'group') AND l.gone = FALSE AND o.state = 'fulfilled'
			EXCEPT SELECT id FROM goods_item WHERE community_id = $1 AND state = 'sold' ORDER BY 1 LIMIT $2`,
	},
	{
		"goods.line_product", "a line of an order is for another product than what it has sold, or has earned for another one",
		`SELECT l.order_id FROM shop_line l JOIN goods_item i ON i.community_id = l.community_id AND i.id = l.ref
			WHERE l.community_id = $1 AND l.kind IN ('goods', 'group') AND (l.product <> 'goods:' || i.product OR l.revenue <> 'revenue:shop:' || i.product) ORDER BY 1 LIMIT $2`,
	},
	{
		"goods.forgotten", "it waits for a group-buy that has ended, and nothing is under way for it",
		`SELECT i.id FROM goods_item i JOIN goods_group g ON g.community_id = i.community_id AND g.id = i.grp WHERE i.community_id = $1 AND i.state = 'waits' AND g.state <> 'open'
			EXCEPT SELECT i.id FROM goods_item i JOIN job j ON j.community_id = i.community_id AND j.key = i.grp AND j.kind = 'goods.settle' WHERE i.community_id = $1
			EXCEPT SELECT l.ref FROM shop_line l JOIN job j ON j.community_id = l.community_id AND j.key = l.order_id AND j.kind = 'shop.redeliver' WHERE l.community_id = $1
			ORDER BY 1 LIMIT $2`,
	},
}

// checkGoods proves products and things, and that stock, places in group-buys and orders agree with them.
func checkGoods(tx *db.Tx, r *Report, _ time.Time) error {
	if err := r.prove(tx, goods.Verify); err != nil {
		return err
	}
	for _, x := range goodsProofs {
		if err := r.each(tx, x.kind, x.reason, x.query); err != nil {
			return err
		}
	}
	return tx.Each(func(row *db.Row) error {
		var id string
		var books, says int64
		err := row.Scan(&id, &books, &says)
		r.add("goods.cost", id, "%d are owed to a supplier in the books for it, and it says %d", books, says)
		return err
	}, costInBooks, tx.Community(), most)
}

// costInBooks proves that suppliers are owed what was shipped has cost.
const costInBooks = `SELECT id, CAST(SUM(books) AS BIGINT), CAST(SUM(says) AS BIGINT) FROM (
		SELECT e.subject AS id, l.amount AS books, 0 AS says FROM ledger_line l JOIN ledger_entry e ON e.community_id = l.community_id AND e.id = l.entry_id
			WHERE l.community_id = $1 AND l.account = 'expense:goods'
		UNION ALL SELECT id, 0, -cost * qty FROM goods_item WHERE community_id = $1 AND shipped_at > 0 AND supplier <> '') x
	GROUP BY id HAVING SUM(books) <> SUM(says) ORDER BY id LIMIT $2`
