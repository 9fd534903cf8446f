package api

import (
	"context"

	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

func (a *API) coupons() {
	look(a, shopRead("coupon.list", "GET /coupons", "Lists coupons by their codes, with how often each was used"), func(tx *db.Tx, _ *call, in *Paging) (page.Page[shop.ListedCoupon], error) {
		return a.Shop.CouponsTx(tx, in.Cursor, in.Limit)
	})
	handle(a, shopRead("coupon.get", "GET /coupons/{name}", "A coupon, by its code, with how often it was used"), func(ctx context.Context, c *call, in *OneName) (out *tagged[shop.ListedCoupon], err error) {
		err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
			x, err := a.Shop.CouponTx(tx, in.Name)
			out = &tagged[shop.ListedCoupon]{etagOf(int64(x.Version)), x}
			return err
		})
		return out, err
	})
	change(a, made(shopWrite("coupon.add", "POST /coupons", "Adds a coupon")), func(tx *db.Tx, c *call, in *struct{ Body shop.Coupon }) (shop.ListedCoupon, error) {
		x, err := a.Shop.PutCouponTx(tx, in.Body, 0, c.ID)
		if err != nil {
			return x, err
		}
		return x, c.record(tx, "coupon", x.Code, audit.Detail{"version": x.Version})
	})
	handle(a, matched(shopWrite("coupon.edit", "PUT /coupons/{name}", "Makes a coupon as it is sent; orders that have it keep what it took off")), a.editCoupon)
	change(a, shopWrite("coupon.retire", "POST /coupons/{name}/retire", "Ends the use of a coupon, or begins it again"), func(tx *db.Tx, c *call, in *retiring) (shop.ListedCoupon, error) {
		if err := a.Shop.RetireCouponTx(tx, in.Name, in.Body.Retired, c.ID); err != nil {
			return shop.ListedCoupon{}, err
		}
		x, err := a.Shop.CouponTx(tx, in.Name)
		if err != nil {
			return x, err
		}
		return x, c.record(tx, "coupon", x.Code, audit.Detail{"retired": in.Body.Retired})
	})
}

type couponChange struct {
	OneName
	Body shop.Coupon
}

func (a *API) editCoupon(ctx context.Context, c *call, in *couponChange) (*tagged[shop.ListedCoupon], error) {
	version, err := c.version()
	if err != nil {
		return nil, err
	}
	x, err := alter(ctx, a, c, in, func(tx *db.Tx, c *call, in *couponChange) (shop.ListedCoupon, error) {
		was, err := a.Shop.CouponTx(tx, in.Name)
		if err != nil {
			return was, err
		}
		if version != 0 && int64(was.Version) != version {
			return was, errStale
		}
		body := in.Body
		body.Code = was.Code
		x, err := a.Shop.PutCouponTx(tx, body, was.Version, c.ID)
		if err != nil {
			return x, err
		}
		return x, c.record(tx, "coupon", x.Code, audit.Detail{"version": x.Version})
	})
	return &tagged[shop.ListedCoupon]{etagOf(int64(x.Version)), x}, err
}
