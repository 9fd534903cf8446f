package api

import (
	"context"
	"net/http"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// OneName is something that people have named: a product, a coupon, a supplier.
type OneName struct {
	Name string `path:"name" maxLength:"40"`
}

// ProductRow is a product with its figures.
type ProductRow struct {
	goods.Listed
	Stock   []goods.Stock `json:"stock" doc:"by SKU"`
	Revenue money.Fen     `json:"revenue" doc:"fen earned, without what went back: the balance of its account in the books"`
	Account string        `json:"account" doc:"that account"`
	URL     string        `json:"url" doc:"its page"`
}

// ProductView is a product with what may be struck through beside its prices.
type ProductView struct {
	ProductRow
	Strikes []StrikeLimit `json:"strikes" doc:"by SKU; one that had no price in the last seven days is not there"`
}

// StrikeLimit is the highest price that may be struck through beside a new one.
type StrikeLimit struct {
	SKU  string    `json:"sku"`
	Most money.Fen `json:"most" doc:"fen: the lowest price that was asked, or paid, in the last seven days"`
}

func (a *API) shop() {
	a.products()
	a.groupBuys()
	a.coupons()
	a.shipments()
	a.complaints()
	a.suppliers()
	a.points()
}

const shopTag = "Shop"

func shopRead(name, route, summary string) Op {
	return Op{Name: name, Route: route, Tag: shopTag, Action: access.ShopRead, Summary: summary}
}

func shopWrite(name, route, summary string) Op {
	return Op{Name: name, Route: route, Tag: shopTag, Action: access.ShopWrite, Once: true, Summary: summary}
}

// made is an operation that makes something.
func made(o Op) Op {
	o.Status = http.StatusCreated
	return o
}

// matched is an operation that two people may be at.
func matched(o Op) Op {
	o.Once, o.Match = false, true
	return o
}

func (a *API) products() {
	look(a, shopRead("product.list", "GET /products", "Lists products in the shop's order, with what was sold of each"), a.listProducts)
	handle(a, shopRead("product.get", "GET /products/{name}", "A product with its figures, and what may be struck through"), func(ctx context.Context, c *call, in *OneName) (out *tagged[ProductView], err error) {
		err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
			v, err := a.productView(tx, c, in.Name)
			out = &tagged[ProductView]{etagOf(int64(v.Version)), v}
			return err
		})
		return out, err
	})
	change(a, made(shopWrite("product.add", "POST /products", "Puts a product on sale")), func(tx *db.Tx, c *call, in *struct{ Body goods.Product }) (goods.Listed, error) {
		p, err := a.Goods.PutTx(tx, in.Body, 0, c.ID)
		if err != nil {
			return p, err
		}
		return p, c.record(tx, "product", p.Name, audit.Detail{"version": p.Version})
	})
	handle(a, matched(shopWrite("product.edit", "PUT /products/{name}", "Makes a product as it is sent; how many there are of a SKU is changed by product.stock")), a.editProduct)
	change(a, shopWrite("product.stock", "POST /products/{name}/stock", "Adds units of a SKU, or takes some away that nobody has"), func(tx *db.Tx, c *call, in *struct {
		OneName
		Body struct {
			SKU string `json:"sku" maxLength:"40"`
			By  int    `json:"by" doc:"how many more; below zero how many fewer"`
		}
	},
	) (list[goods.Stock], error) {
		if err := a.Goods.RestockTx(tx, in.Name, in.Body.SKU, in.Body.By, c.ID); err != nil {
			return list[goods.Stock]{}, err
		}
		now, err := a.Goods.StockTx(tx, in.Name)
		if err != nil {
			return list[goods.Stock]{}, err
		}
		return list[goods.Stock]{Items: now}, c.record(tx, "product", in.Name, audit.Detail{"sku": in.Body.SKU, "by": in.Body.By})
	})
	change(a, shopWrite("product.retire", "POST /products/{name}/retire", "Ends the selling of a product, or begins it again"), func(tx *db.Tx, c *call, in *retiring) (goods.Listed, error) {
		if err := a.Goods.RetireTx(tx, in.Name, in.Body.Retired, c.ID); err != nil {
			return goods.Listed{}, err
		}
		p, err := a.Goods.ProductTx(tx, in.Name)
		if err != nil {
			return p, err
		}
		return p, c.record(tx, "product", in.Name, audit.Detail{"retired": in.Body.Retired})
	})
}

type retiring struct {
	OneName
	Body struct {
		Retired bool `json:"retired"`
	}
}

func (a *API) listProducts(tx *db.Tx, c *call, in *struct {
	Paging
	Retired bool `query:"retired" doc:"also what is sold no more"`
},
) (out page.Page[ProductRow], err error) {
	p, err := a.Goods.ProductsTx(tx, in.Retired, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	for _, x := range p.Items {
		row, err := a.productRow(tx, c, x)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, row)
	}
	return out, nil
}

func (a *API) productRow(tx *db.Tx, c *call, p goods.Listed) (row ProductRow, err error) {
	row = ProductRow{Listed: p, Account: goods.RevenueOf(p.Name), URL: a.PublicURL + "/" + c.community.Slug + "/shop/" + p.Name}
	if row.Stock, err = a.Goods.StockTx(tx, p.Name); err != nil {
		return row, err
	}
	row.Revenue, err = a.Goods.RevenueTx(tx, p.Name)
	return row, err
}

func (a *API) productView(tx *db.Tx, c *call, name string) (v ProductView, err error) {
	p, err := a.Goods.ProductTx(tx, name)
	if err != nil {
		return v, err
	}
	if v.ProductRow, err = a.productRow(tx, c, p); err != nil {
		return v, err
	}
	for _, s := range p.SKUs {
		most, found, err := a.Goods.LowestTx(tx, name, s.Name, tx.Now())
		if err != nil {
			return v, err
		}
		if found {
			v.Strikes = append(v.Strikes, StrikeLimit{s.Name, most})
		}
	}
	return v, nil
}

type productChange struct {
	OneName
	Body goods.Product
}

func (a *API) editProduct(ctx context.Context, c *call, in *productChange) (*tagged[goods.Listed], error) {
	version, err := c.version()
	if err != nil {
		return nil, err
	}
	p, err := alter(ctx, a, c, in, func(tx *db.Tx, c *call, in *productChange) (goods.Listed, error) {
		was, err := a.Goods.ProductTx(tx, in.Name)
		if err != nil {
			return was, err
		}
		if version != 0 && int64(was.Version) != version {
			return was, errStale
		}
		body := in.Body
		body.Name = in.Name
		p, err := a.Goods.PutTx(tx, body, was.Version, c.ID)
		if err != nil {
			return p, err
		}
		return p, c.record(tx, "product", p.Name, audit.Detail{"version": p.Version})
	})
	return &tagged[goods.Listed]{etagOf(int64(p.Version)), p}, err
}
