package goods

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
)

// proofs find what is off in the rows of this package.
var proofs = []proof.Proof{
	{Code: "goods.product", Query: `SELECT name, 0, 1 FROM goods_product WHERE community_id = $1 AND name <> body ->> 'name' ORDER BY name`},
	{Code: "goods.offer", Query: `SELECT name, 0, 1 FROM goods_offer WHERE community_id = $1 AND name <> body ->> 'name' ORDER BY name`},
	{Code: "goods.item_state", Query: `SELECT id, sold_at, ended_at FROM goods_item WHERE community_id = $1 AND NOT (state = 'held' AND joined_at = 0 AND sold_at = 0 AND ended_at = 0
		OR state = 'dropped' AND sold_at = 0 AND ended_at > 0 OR state = 'waits' AND grp <> '' AND joined_at > 0 AND sold_at = 0 AND ended_at = 0
		OR state = 'sold' AND (joined_at > 0) = (grp <> '') AND sold_at > 0 AND ended_at = 0
		OR state = 'returned' AND (joined_at > 0) = (grp <> '') AND sold_at > 0 AND ended_at > 0) ORDER BY id`},
	{Code: "goods.item_shipped", Query: `SELECT id, shipped_at, received_at FROM goods_item WHERE community_id = $1 AND ((shipped_at > 0) <> (carrier <> '') OR received_at > 0 AND shipped_at = 0
		OR shipped_at > 0 AND (sold_at = 0 OR NOT ships)) ORDER BY id`},
	{Code: "goods.group_size", Query: `SELECT g.id, g.size, COALESCE(i.n, 0) FROM goods_group g
		LEFT JOIN (SELECT grp, count(*) AS n FROM goods_item WHERE community_id = $1 AND grp <> '' AND joined_at > 0 GROUP BY grp) i ON i.grp = g.id
		WHERE g.community_id = $1 AND (g.state = 'full') <> (COALESCE(i.n, 0) = g.size) ORDER BY g.id`},
	{Code: "goods.group_given", Query: `SELECT i.id, 1, 0 FROM goods_item i JOIN goods_group g ON g.community_id = i.community_id AND g.id = i.grp
		WHERE i.community_id = $1 AND i.sold_at > 0 AND g.state <> 'full' ORDER BY i.id`},
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot. What things have of seats, orders and the books is proven where all tables may be named.
func Verify(tx *db.Tx) ([]proof.Problem, error) {
	out, err := proof.Run(tx, proofs)
	if err != nil {
		return nil, err
	}
	prices, err := verifyPrices(tx)
	return append(out, prices...), err
}

// verifyPrices holds that the price of every SKU is the last one that was kept.
func verifyPrices(tx *db.Tx) (out []proof.Problem, err error) {
	last := map[string]int64{}
	err = tx.Each(func(r *db.Row) error {
		var product, sku string
		var price int64
		err := r.Scan(&product, &sku, &price)
		last[product+"/"+sku] = price
		return err
	}, `SELECT p.product, p.sku, p.price FROM goods_price p
		JOIN (SELECT product, sku, MAX(since) AS since FROM goods_price WHERE community_id = $1 GROUP BY product, sku) l ON l.product = p.product AND l.sku = p.sku AND l.since = p.since
		WHERE p.community_id = $1`, tx.Community())
	if err != nil {
		return nil, fmt.Errorf("verify prices: %w", err)
	}
	products, err := db.All(tx, scanProduct, selectProduct+` ORDER BY name`, tx.Community())
	for _, p := range products {
		for _, s := range p.SKUs {
			item := p.Name + "/" + s.Name
			if kept, found := last[item]; !found || kept != int64(s.Price) {
				out = append(out, proof.Problem{Code: "goods.price", Ref: item, Stored: int64(s.Price), Right: kept})
			}
		}
	}
	return out, err
}
