package shop

import (
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// Detail is an order with all that was paid and given back.
type Detail struct {
	Order
	Payments []Payment `json:"payments"`
	Refunds  []Refund  `json:"refunds"`
}

// DetailTx gives an order with its payments and refunds.
func (s *Service) DetailTx(tx *db.Tx, id string) (d Detail, err error) {
	if d.Order, err = s.GetTx(tx, id); err != nil {
		return d, err
	}
	if d.Payments, err = paymentsOf(tx, id); err != nil {
		return d, err
	}
	d.Refunds, err = refundsOf(tx, id)
	return d, err
}

// Filter narrows a list of orders.
type Filter struct {
	Organisation string   // those that were ordered for this company
	Persons      []string // the ids that one human has had; nil means everybody
	State        State
	Product      string // as Line.Product
	Coupon       string // its code
	Origin       string // as Order.Origin
}

// KeyedTx finds the order that a checkout's key has made.
func (s *Service) KeyedTx(tx *db.Tx, key string) (Order, bool, error) { return orderByKey(tx, key) }

// Orders lists orders, newest first.
func (s *Service) Orders(tx *db.Tx, f Filter, cursor string, limit int) (page.Page[Order], error) {
	var us int64
	var beforeID string
	found, err := page.Parse(cursor, &us, &beforeID)
	if err != nil {
		return page.Page[Order]{}, err
	}
	before := db.FromMicros(us)
	if !found {
		before = tx.Now().Add(time.Microsecond)
	}
	limit = page.Limit(limit)
	list, err := ordersBefore(tx, f, before, beforeID, limit+1)
	if err != nil {
		return page.Page[Order]{}, err
	}
	return page.Cut(list, limit, func(o Order) string { return page.Cursor(db.Micros(o.CreatedAt), o.ID) }), nil
}

// PaymentTx gives a payment.
func (s *Service) PaymentTx(tx *db.Tx, id string) (Payment, error) {
	p, found, err := paymentByID(tx, id)
	if err == nil && !found {
		err = ErrUnknownPayment
	}
	return p, err
}

// Channels names the ways to pay, in the order in which they were registered.
func (s *Service) Channels() []string { return s.ways }
