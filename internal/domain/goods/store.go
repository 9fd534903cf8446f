package goods

import (
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

const selectProduct = `SELECT body, declared, retired, version, created_at FROM goods_product WHERE community_id = $1`

func scanProduct(r *db.Row) (p Listed, err error) {
	var body, declared db.JSON[Product]
	err = r.Scan(&body, &declared, &p.Retired, &p.Version, &p.CreatedAt)
	p.Product, p.declared = body.V, declared.V
	return p, err
}

func productByName(tx *db.Tx, name string) (Listed, bool, error) {
	return db.One(tx, scanProduct, selectProduct+` AND name = $2`, tx.Community(), name)
}

// putProduct writes a product at a position; at one below zero it stays where it is. false for a version that is not the next.
func putProduct(tx *db.Tx, p Listed, position int) (bool, error) {
	n, err := tx.Exec(`INSERT INTO goods_product (community_id, name, position, body, declared, version, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (community_id, name) DO UPDATE SET body = excluded.body, declared = excluded.declared, version = excluded.version, retired = FALSE,
			position = CASE WHEN excluded.position < 0 THEN goods_product.position ELSE excluded.position END
		WHERE goods_product.version = excluded.version - 1`,
		tx.Community(), p.Name, position, db.JSON[Product]{V: p.Product}, db.JSON[Product]{V: p.declared}, p.Version, p.CreatedAt)
	return n == 1, err
}

func placeProduct(tx *db.Tx, name string, position int) error {
	return tx.Put(`UPDATE goods_product SET position = $3 WHERE community_id = $1 AND name = $2`, tx.Community(), name, position)
}

// retireProducts ends the selling of what the playbook named, and names no longer.
func retireProducts(tx *db.Tx, named map[string]bool) error {
	args := []any{tx.Community()}
	return tx.Put(`UPDATE goods_product SET retired = TRUE, declared = '{}', version = version + 1 WHERE community_id = $1 AND declared ->> 'name' <> ''`+except(&args, "name", named), args...)
}

// except leaves out the rows that are named.
func except(args *[]any, column string, named map[string]bool) string {
	if len(named) == 0 {
		return ""
	}
	names := make([]string, 0, len(named))
	for n := range named {
		names = append(names, n)
	}
	return ` AND ` + column + ` NOT IN ` + db.In(args, names)
}

func retireProduct(tx *db.Tx, name string, retired bool) (int, bool, error) {
	return db.One(tx, db.Column[int], `UPDATE goods_product SET retired = $3, version = version + 1 WHERE community_id = $1 AND name = $2 RETURNING version`, tx.Community(), name, retired)
}

// ProductsTx lists products in the shop's order: those that are sold, or all.
func (s *Service) ProductsTx(tx *db.Tx, all bool, cursor string, limit int) (page.Page[Listed], error) {
	type placed struct {
		Listed
		position int64
	}
	position, name := int64(-1), ""
	if _, err := page.Parse(cursor, &position, &name); err != nil {
		return page.Page[Listed]{}, err
	}
	limit = page.Limit(limit)
	list, err := db.All(tx, func(r *db.Row) (x placed, err error) {
		var body, declared db.JSON[Product]
		err = r.Scan(&body, &declared, &x.Retired, &x.Version, &x.CreatedAt, &x.position)
		x.Product, x.declared = body.V, declared.V
		return x, err
	}, `SELECT body, declared, retired, version, created_at, position FROM goods_product
		WHERE community_id = $1 AND (position, name) > ($2, $3) AND (retired = FALSE OR $4) ORDER BY position, name LIMIT $5`, tx.Community(), position, name, all, limit+1)
	if err != nil {
		return page.Page[Listed]{}, err
	}
	cut := page.Cut(list, limit, func(x placed) string { return page.Cursor(x.position, x.Name) })
	out := page.Page[Listed]{Next: cut.Next}
	for _, x := range cut.Items {
		out.Items = append(out.Items, x.Listed)
	}
	return out, nil
}

func insertPrice(tx *db.Tx, product, sku string, price money.Fen) error {
	return tx.Put(`INSERT INTO goods_price (community_id, product, sku, since, price) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (community_id, product, sku, since) DO UPDATE SET price = excluded.price`, tx.Community(), product, sku, tx.Now(), price)
}

// priceSince is since when the price of a SKU is asked.
func priceSince(tx *db.Tx, product, sku string) (time.Time, error) {
	t, _, err := db.One(tx, func(r *db.Row) (t time.Time, err error) { err = r.Scan(&t); return t, err },
		`SELECT since FROM goods_price WHERE community_id = $1 AND product = $2 AND sku = $3 ORDER BY since DESC LIMIT 1`, tx.Community(), product, sku)
	return t, err
}

// lowestAsked is the lowest price that was asked at some time between two; below zero when there was none.
func lowestAsked(tx *db.Tx, product, sku string, from, to time.Time) (n money.Fen, err error) {
	err = tx.QueryRow(`SELECT COALESCE(MIN(price), -1) FROM goods_price WHERE community_id = $1 AND product = $2 AND sku = $3 AND since < $5
		AND since >= (SELECT COALESCE(MAX(since), 0) FROM goods_price WHERE community_id = $1 AND product = $2 AND sku = $3 AND since <= $4)`,
		tx.Community(), product, sku, from, to).Scan(&n)
	return n, err
}

// lowestPaid is the lowest price of one at which a SKU was sold between two times; below zero when none was. What is had for points has none.
func lowestPaid(tx *db.Tx, product, sku string, from, to time.Time) (n money.Fen, err error) {
	err = tx.QueryRow(`SELECT COALESCE(MIN(price), -1) FROM goods_item WHERE community_id = $1 AND product = $2 AND sku = $3 AND sold_at >= $4 AND sold_at < $5 AND sold_at > 0 AND price > 0`,
		tx.Community(), product, sku, from, to).Scan(&n)
	return n, err
}
