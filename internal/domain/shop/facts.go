package shop

import "github.com/qunce/qunce/internal/spine/fact"

// ChannelName is a channel's name inside a fact.
type ChannelName string

// The facts of orders. Person is the buyer, Subject the order. Amounts are fen.
type (
	// OrderCreated : something is kept for a buyer.
	OrderCreated struct {
		Amount int64 `json:"amount"`
	}
	// PaymentReceived : a channel told of money, for the first time.
	PaymentReceived struct {
		Payment fact.ID `json:"payment"`
		Amount  int64   `json:"amount"`
	}
	// OrderPaid : what was asked for is paid.
	OrderPaid struct {
		Amount int64 `json:"amount"`
	}
	// OrderFulfilled : the buyer has what they paid for.
	OrderFulfilled struct {
		Amount int64 `json:"amount"`
	}
	// OrderClosed : the order ended unpaid.
	OrderClosed struct{}
	// RefundAsked : money goes back.
	RefundAsked struct {
		Refund fact.ID `json:"refund"`
		Amount int64   `json:"amount"`
	}
	// RefundDone : money has gone back.
	RefundDone struct {
		Refund fact.ID `json:"refund"`
		Amount int64   `json:"amount"`
	}
	// RefundFailed : the channel refused to give money back.
	RefundFailed struct {
		Refund fact.ID `json:"refund"`
	}
	// PointsReturned : the points that it was paid with are the buyer's again.
	PointsReturned struct {
		Points int64 `json:"points"`
	}
	// PointsGranted : staff has given Person points, or taken some. Subject is the posting's own.
	PointsGranted struct {
		Points int64    `json:"points"`
		Why    GrantWhy `json:"why"`
	}
	// BillRead : a channel's bill of a day was compared with the books. Subject is the bill.
	BillRead struct {
		Channel ChannelName `json:"channel"`
		Found   int         `json:"found"` // differences
		Fee     int64       `json:"fee"`
	}
	// BillTakenBack : staff has withdrawn a bill, with its fee. Subject is the bill.
	BillTakenBack struct {
		Channel ChannelName `json:"channel"`
		Fee     int64       `json:"fee"`
	}
	// DifferenceResolved : somebody said why a bill and the books differ. Subject is the bill.
	DifferenceResolved struct {
		Difference fact.ID        `json:"difference"`
		Kind       DifferenceKind `json:"kind"`
	}
	// CouponChanged : a coupon is new, or other than before. Subject is its code.
	CouponChanged struct {
		Version int `json:"version"`
	}
)

// Facts lists the payloads of this package.
func Facts() []any {
	return []any{OrderCreated{}, PaymentReceived{}, OrderPaid{}, OrderFulfilled{}, OrderClosed{}, RefundAsked{}, RefundDone{}, RefundFailed{}, PointsReturned{}, PointsGranted{}, CouponChanged{}}
}
