package shop

import "github.com/qunce/qunce/internal/platform/db"

func led(tx *db.Tx, origins []string) (map[string]Led, error) {
	out, args := map[string]Led{}, []any{tx.Community()}
	return out, tx.Each(func(r *db.Row) error {
		var origin string
		var x Led
		err := r.Scan(&origin, &x.Orders, &x.Buyers, &x.Paid, &x.Refunded)
		out[origin] = x
		return err
	}, `SELECT origin, count(*), count(DISTINCT CASE WHEN state IN ('paid', 'fulfilled') THEN person END), CAST(SUM(paid) AS BIGINT), CAST(SUM(refunded) AS BIGINT)
		FROM shop_order WHERE community_id = $1 AND origin <> '' AND origin IN `+db.In(&args, origins)+` AND state IN ('paid', 'fulfilled', 'refunded') GROUP BY origin`, args...)
}

func ledAfter(tx *db.Tx, origin, after string, limit int) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT DISTINCT person FROM shop_order
		WHERE community_id = $1 AND origin <> '' AND origin = $2 AND state IN ('paid', 'fulfilled') AND person > $3 ORDER BY person LIMIT $4`, tx.Community(), origin, after, limit)
}

func boughtBy(tx *db.Tx, origin string, persons []string) (bool, error) {
	args := []any{tx.Community(), origin}
	_, found, err := db.One(tx, db.Column[string], `SELECT id FROM shop_order
		WHERE community_id = $1 AND origin <> '' AND origin = $2 AND state IN ('paid', 'fulfilled') AND person IN `+db.In(&args, persons)+` LIMIT 1`, args...)
	return found, err
}
