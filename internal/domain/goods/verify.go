package goods

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

// Problem is a row that is off.
type Problem struct {
	Code   string `json:"code"` // what is wrong, e.g. "goods.group_size"
	Ref    string `json:"ref"`  // whose row
	Stored int64  `json:"stored"`
	Right  int64  `json:"right"`
}

// proofs find what is off in the rows of this package.
var proofs = []struct{ code, query string }{
	{"goods.product", `SELECT name, 0, 1 FROM goods_product WHERE community_id = $1 AND name <> body ->> 'name' ORDER BY name`},
	{"goods.offer", `SELECT name, 0, 1 FROM goods_offer WHERE community_id = $1 AND name <> body ->> 'name' ORDER BY name`},
	{"goods.item_state", `SELECT id, sold_at, ended_at FROM goods_item WHERE community_id = $1 AND NOT (state = 'held' AND joined_at = 0 AND sold_at = 0 AND ended_at = 0
		OR state = 'dropped' AND sold_at = 0 AND ended_at > 0 OR state = 'waits' AND grp <> '' AND joined_at > 0 AND sold_at = 0 AND ended_at = 0
		OR state = 'sold' AND (joined_at > 0) = (grp <> '') AND sold_at > 0 AND ended_at = 0
		OR state = 'returned' AND (joined_at > 0) = (grp <> '') AND sold_at > 0 AND ended_at > 0) ORDER BY id`},
	{"goods.item_shipped", `SELECT id, shipped_at, received_at FROM goods_item WHERE community_id = $1 AND ((shipped_at > 0) <> (carrier <> '') OR received_at > 0 AND shipped_at = 0
		OR shipped_at > 0 AND (sold_at = 0 OR NOT ships)) ORDER BY id`},
	{"goods.group_size", `SELECT g.id, g.size, COALESCE(i.n, 0) FROM goods_group g
		LEFT JOIN (SELECT grp, count(*) AS n FROM goods_item WHERE community_id = $1 AND grp <> '' AND joined_at > 0 GROUP BY grp) i ON i.grp = g.id
		WHERE g.community_id = $1 AND (g.state = 'full') <> (COALESCE(i.n, 0) = g.size) ORDER BY g.id`},
	{"goods.group_given", `SELECT i.id, 1, 0 FROM goods_item i JOIN goods_group g ON g.community_id = i.community_id AND g.id = i.grp
		WHERE i.community_id = $1 AND i.sold_at > 0 AND g.state <> 'full' ORDER BY i.id`},
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot. What things have of seats, orders and the books is proven where all tables may be named.
func Verify(tx *db.Tx) ([]Problem, error) {
	var out []Problem
	for _, p := range proofs {
		found, err := db.All(tx, func(r *db.Row) (Problem, error) {
			x := Problem{Code: p.code}
			err := r.Scan(&x.Ref, &x.Stored, &x.Right)
			return x, err
		}, p.query, tx.Community())
		if err != nil {
			return nil, fmt.Errorf("verify goods: %w", err)
		}
		out = append(out, found...)
	}
	prices, err := verifyPrices(tx)
	return append(out, prices...), err
}

// verifyPrices holds that the price of every SKU is the last one that was kept.
func verifyPrices(tx *db.Tx) (out []Problem, err error) {
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
				out = append(out, Problem{"goods.price", item, int64(s.Price), kept})
			}
		}
	}
	return out, err
}
