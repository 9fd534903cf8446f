package goods

import (
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// Kind is what sort of thing a product is.
type Kind string

// The kinds of products.
const (
	Wares      Kind = "goods"       // is shipped
	Course     Kind = "course"      // is to be seen at once
	Deed       Kind = "service"     // is done by somebody
	PointsItem Kind = "points_item" // is had for points, and shipped
)

// Kinds lists them.
var Kinds = []Kind{Wares, Course, Deed, PointsItem}

// ships tells whether a thing has to be sent to its buyer.
func (k Kind) ships() bool { return k == Wares || k == PointsItem }

// Product is something for sale.
type Product struct {
	Name      string    `json:"name" doc:"a–z, 0–9, -"`
	Title     text.Text `json:"title"`
	About     text.Text `json:"about,omitempty"`
	Kind      Kind      `json:"kind"`
	SKUs      []SKU     `json:"skus" doc:"what of it can be bought: sizes, colours, or only one"`
	Supplier  string    `json:"supplier,omitempty" doc:"who ships it and is owed its cost: a–z, 0–9, -"`
	PerPerson int       `json:"per_person,omitempty" doc:"how many one may buy of all its SKUs together; any number if not given"`
	Return    int       `json:"return,omitempty" doc:"days from when it came in which its buyer may give it back by themselves"`
}

// SKU is one thing of a product that can be bought.
type SKU struct {
	Name   string    `json:"name" doc:"a–z, 0–9, -"`
	Title  text.Text `json:"title,omitempty"`
	Price  money.Fen `json:"price,omitempty" doc:"fen; in a playbook yuan"`
	Strike money.Fen `json:"strike,omitempty" doc:"price to strike through: never above the lowest of the 7 days before the price began"`
	Cost   money.Fen `json:"cost,omitempty" doc:"owed to the supplier for each that is shipped"`
	Stock  int       `json:"stock,omitempty" doc:"how many there are to begin with; for a course or service any number if not given"`
	Points int64     `json:"points,omitempty" doc:"for how many points it can be had instead"`
}

// title is what a line of an order says.
func (p Product) title(sku SKU) string {
	if name := sku.Title.In(text.Hans); name != "" {
		return p.Title.In(text.Hans) + " " + name
	}
	return p.Title.In(text.Hans)
}

// Listed is a product as it stands in the shop.
type Listed struct {
	Product
	Retired   bool      `json:"retired,omitempty" doc:"sold no more"`
	Version   int       `json:"version"`
	CreatedAt time.Time `json:"created_at"`

	declared Product
}

// sku finds one by its name.
func (p Product) sku(name string) (SKU, error) {
	for _, s := range p.SKUs {
		if s.Name == name {
			return s, nil
		}
	}
	return SKU{}, ErrUnknownSKU.With("sku", name).At("/item")
}

// Offer is a group-buy that may be started.
type Offer struct {
	Name   string         `json:"name" doc:"a–z, 0–9, -"`
	Item   string         `json:"item" doc:"product and SKU with a slash between"`
	Size   int            `json:"size" doc:"how many have to pay; never more, never fewer"`
	Window clock.Duration `json:"window" doc:"from its start, as 24h"`
	Price  money.Fen      `json:"price" doc:"fen, of one; in a playbook yuan"`
}

// ListedOffer is a group-buy as it stands in the shop.
type ListedOffer struct {
	Offer
	Retired bool `json:"retired,omitempty"`
	Version int  `json:"version"`

	declared Offer
}

// RevenueOf is the account on which a product earns.
func RevenueOf(product string) string { return "revenue:shop:" + product }

// RevenueTx is what a product has earned, without what went back, by the books.
func (s *Service) RevenueTx(tx *db.Tx, product string) (money.Fen, error) {
	n, err := s.books.BalanceTx(tx, RevenueOf(product), ledger.CNY)
	return money.Fen(n), err
}

// cut takes an item's name apart: product and SKU.
func cut(item string) (product, sku string, err error) {
	product, sku, ok := strings.Cut(item, "/")
	if !ok || product == "" || sku == "" {
		return "", "", ErrUnknownProduct.With("product", text.Brief(item, maxName)).At("/item")
	}
	return product, sku, nil
}

// Refusals about products and what is declared.
var (
	ErrName           = errs.Define(errs.Invalid, "goods.name")  // "max"
	ErrTitle          = errs.Define(errs.Invalid, "goods.title") // "max"
	ErrText           = errs.Define(errs.Invalid, "goods.text")  // "max"
	ErrKind           = errs.Define(errs.Invalid, "goods.kind")
	ErrTwice          = errs.Define(errs.Invalid, "goods.twice") // "name"
	ErrNoSKU          = errs.Define(errs.Invalid, "goods.no_sku")
	ErrPrice          = errs.Define(errs.Invalid, "goods.price")            // "max"
	ErrStock          = errs.Define(errs.Invalid, "goods.stock")            // "max"
	ErrFewer          = errs.Define(errs.Conflict, "goods.fewer")           // "left": the others are sold, or kept for orders
	ErrLimit          = errs.Define(errs.Invalid, "goods.limit")            // "max"
	ErrReturn         = errs.Define(errs.Invalid, "goods.return")           // "max"
	ErrPointsPrice    = errs.Define(errs.Invalid, "goods.points_price")     // "max"
	ErrSize           = errs.Define(errs.Invalid, "goods.size")             // "max"
	ErrWindow         = errs.Define(errs.Invalid, "goods.window")           // "days"
	ErrStrikeLow      = errs.Define(errs.Invalid, "goods.strike_low")       // not above the price
	ErrStrike         = errs.Define(errs.Invalid, "goods.strike")           // "lowest", "days"
	ErrStrikeNew      = errs.Define(errs.Invalid, "goods.strike_new")       // "days": it had no price before
	ErrUnknownProduct = errs.Define(errs.NotFound, "goods.unknown_product") // "product"
	ErrUnknownSKU     = errs.Define(errs.NotFound, "goods.unknown_sku")     // "sku"
	ErrUnknownOffer   = errs.Define(errs.NotFound, "goods.unknown_offer")   // "offer"
	ErrVersion        = errs.Define(errs.Conflict, "goods.version")         // somebody else has changed it
)
