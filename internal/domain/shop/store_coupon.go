package shop

import (
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

const selectCoupon = `SELECT body, declared, retired, version FROM shop_coupon WHERE community_id = $1`

func scanCoupon(r *db.Row) (c ListedCoupon, err error) {
	var body, declared db.JSON[Coupon]
	err = r.Scan(&body, &declared, &c.Retired, &c.Version)
	c.Coupon, c.declared = body.V, declared.V
	return c, err
}

func couponByCode(tx *db.Tx, code string) (ListedCoupon, bool, error) {
	return db.One(tx, scanCoupon, selectCoupon+` AND code = $2`, tx.Community(), code)
}

// putCoupon writes a coupon at a position; at one below zero it stays where it is. false for a version that is not the next.
func putCoupon(tx *db.Tx, c ListedCoupon, position int) (bool, error) {
	n, err := tx.Exec(`INSERT INTO shop_coupon (community_id, code, position, body, declared, version) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (community_id, code) DO UPDATE SET body = excluded.body, declared = excluded.declared, version = excluded.version, retired = FALSE,
			position = CASE WHEN excluded.position < 0 THEN shop_coupon.position ELSE excluded.position END
		WHERE shop_coupon.version = excluded.version - 1`,
		tx.Community(), c.Code, position, db.JSON[Coupon]{V: c.Coupon}, db.JSON[Coupon]{V: c.declared}, c.Version)
	return n == 1, err
}

func retireCoupon(tx *db.Tx, code string, retired bool) (int, bool, error) {
	return db.One(tx, db.Column[int], `UPDATE shop_coupon SET retired = $3, version = version + 1 WHERE community_id = $1 AND code = $2 RETURNING version`, tx.Community(), code, retired)
}

// retireCoupons ends the use of what the playbook named, and names no longer.
func retireCoupons(tx *db.Tx, named map[string]bool) error {
	args, where := []any{tx.Community()}, ""
	if len(named) > 0 {
		codes := make([]string, 0, len(named))
		for c := range named {
			codes = append(codes, c)
		}
		where = ` AND code NOT IN ` + db.In(&args, codes)
	}
	return tx.Put(`UPDATE shop_coupon SET retired = TRUE, declared = '{}', version = version + 1 WHERE community_id = $1 AND declared ->> 'code' <> ''`+where, args...)
}

// CouponsTx lists coupons by their codes.
func (s *Service) CouponsTx(tx *db.Tx, cursor string, limit int) (page.Page[ListedCoupon], error) {
	code := ""
	if _, err := page.Parse(cursor, &code); err != nil {
		return page.Page[ListedCoupon]{}, err
	}
	limit = page.Limit(limit)
	list, err := db.All(tx, scanCoupon, selectCoupon+` AND code > $2 ORDER BY code LIMIT $3`, tx.Community(), code, limit+1)
	if err != nil {
		return page.Page[ListedCoupon]{}, err
	}
	for i, c := range list {
		p, err := s.seats.Pool(tx, couponGroup(c.Code))
		if err != nil {
			return page.Page[ListedCoupon]{}, err
		}
		list[i].Used, list[i].Kept = p.Taken, p.Held
	}
	return page.Cut(list, limit, func(c ListedCoupon) string { return page.Cursor(c.Code) }), nil
}

func setCouponSeat(tx *db.Tx, order, seat string) error {
	return tx.Must(`UPDATE shop_order SET coupon_seat = $3 WHERE community_id = $1 AND id = $2`, tx.Community(), order, seat)
}
