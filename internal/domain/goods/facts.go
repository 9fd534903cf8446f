package goods

import "github.com/qunce/qunce/internal/spine/fact"

type (
	// ProductName is a product's name inside facts.
	ProductName string
	// SKUName is a SKU's name inside facts.
	SKUName string
	// OfferName is a group-buy's name inside facts.
	OfferName string
	// SupplierName is a supplier's name inside facts.
	SupplierName string
)

// Piece is what the facts of a sold thing say.
type Piece struct {
	Item    fact.ID     `json:"item"`
	Product ProductName `json:"product"`
	SKU     SKUName     `json:"sku"`
	Qty     int         `json:"qty"`
}

// The facts of products, whose Subject is the product's name.
type (
	// ProductChanged : a product is new, or other than before.
	ProductChanged struct {
		Version int `json:"version"`
	}
	// PriceChanged : another price is asked from now on.
	PriceChanged struct {
		SKU   SKUName `json:"sku"`
		Price int64   `json:"price"`
		Was   int64   `json:"was"`
	}
	// Restocked : there are more of it, or fewer.
	Restocked struct {
		SKU SKUName `json:"sku"`
		By  int     `json:"by"`
	}
)

// The facts of what is sold. Person is the buyer, Subject the thing.
type (
	// Sold : it is the buyer's.
	Sold Piece
	// Returned : it was given back.
	Returned Piece
	// Shipped : it is on its way, and its supplier is owed what it costs.
	Shipped Piece
	// Complained : its buyer has asked staff about it. The answer is the task's.
	Complained Piece
	// Received : it has come, or so much time has passed that it must have.
	Received Piece
)

// The facts of group-buys, whose Subject is the group.
type (
	// GroupStarted : a group is open. Person is who started it, if that was no staff.
	GroupStarted struct {
		Offer OfferName `json:"offer"`
		Size  int       `json:"size"`
	}
	// GroupJoined : Person has paid for a place.
	GroupJoined struct {
		Item fact.ID `json:"item"`
	}
	// GroupFull : every place is paid for.
	GroupFull struct {
		Size int `json:"size"`
	}
	// GroupFailed : its time ended short of its size.
	GroupFailed struct {
		Size int `json:"size"`
		Paid int `json:"paid"`
	}
)

// SupplierPaid : a supplier has money that they were owed. Subject is the payment.
type SupplierPaid struct {
	Supplier SupplierName `json:"supplier"`
	Amount   int64        `json:"amount"`
}

// Facts lists the payloads of this package.
func Facts() []any {
	return []any{ProductChanged{}, PriceChanged{}, Restocked{}, Sold{}, Returned{}, Shipped{}, Complained{}, Received{}, GroupStarted{}, GroupJoined{}, GroupFull{}, GroupFailed{}, SupplierPaid{}}
}
