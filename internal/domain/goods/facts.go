package goods

import "github.com/qunce/qunce/internal/spine/fact"

// The names of products, SKUs and group-buys inside facts.
type (
	ProductName string
	SKUName     string
	OfferName   string
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

// Facts lists the payloads of this package.
func Facts() []any {
	return []any{ProductChanged{}, PriceChanged{}, Restocked{}, Sold{}, Returned{}, GroupStarted{}, GroupJoined{}, GroupFull{}, GroupFailed{}}
}
