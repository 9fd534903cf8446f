package shop

import (
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

// State is how far an order has come.
type State string

// The states of an order.
const (
	Created   State = "created"   // to be paid
	Paid      State = "paid"      // to be given
	Fulfilled State = "fulfilled" // given
	Closed    State = "closed"    // ended unpaid
	Refunded  State = "refunded"  // all of it was given back, or is on its way
)

// Order is what somebody buys.
type Order struct {
	ID       string    `json:"id"`
	Person   string    `json:"person"`
	State    State     `json:"state"`
	Lines    []Line    `json:"lines"`
	Amount   money.Fen `json:"amount" doc:"fen to pay"`
	Paid     money.Fen `json:"paid" doc:"fen"`
	Refunded money.Fen `json:"refunded" doc:"fen given back, or on its way"`
	Why      string    `json:"why,omitempty" doc:"code of the refusal for which it was given back by itself"`
	// Organisation is the company for which the buyer has ordered.
	Organisation string    `json:"organisation,omitempty" doc:"the company for which it was ordered"`
	Origin       string    `json:"origin,omitempty" doc:"what led its buyer to it, as event/ and an id"`
	Waits        bool      `json:"waits,omitempty" doc:"paid, and can't be given yet: a group-buy that is not full"`
	Coupon       string    `json:"coupon,omitempty"`
	Discount     money.Fen `json:"discount,omitempty" doc:"fen that the coupon has taken off; the amount is without them"`
	Points       int64     `json:"points,omitempty" doc:"points that it was paid with, and nothing else"`
	CreatedAt    time.Time `json:"created_at"`
	ExpiresAt    time.Time `json:"expires_at" doc:"nothing is kept from then on"`
	PaidAt       time.Time `json:"paid_at,omitzero"`
	FulfilledAt  time.Time `json:"fulfilled_at,omitzero"`
	EndedAt      time.Time `json:"ended_at,omitzero" doc:"when it was closed or refunded"`

	hash, payment, entry    string
	couponSeat, pointsEntry string
}

// KindPlan is the kind of a line that is a membership: Item is the plan, Ref the term.
const KindPlan = "plan"

// KindTicket is the kind of a line that is a ticket: Item is the event's id and the ticket type with a slash between, Ref the ticket.
const KindTicket = "ticket"

// KindGoods is the kind of a line that is goods: Item is the product and the SKU with a slash between, Ref the thing.
const KindGoods = "goods"

// KindGroup is the kind of a line that is a place in a group-buy: Item is the offer, or the offer and the group with a slash between,
// Ref the thing.
const KindGroup = "group"

// Line is one thing of an order.
type Line struct {
	Kind    string    `json:"kind" doc:"plan, ticket …"`
	Item    string    `json:"item" doc:"what was asked for: the plan, the ticket type"`
	Ref     string    `json:"ref" doc:"what is kept for the buyer: the term, the ticket"`
	Title   string    `json:"title"`
	Qty     int       `json:"qty"`
	Amount  money.Fen `json:"amount" doc:"fen, for all of them, without the discount"`
	Points  int64     `json:"points,omitempty" doc:"for how many points all of them can be had, or were"`
	Revenue string    `json:"-"` // the account that it is earned on
	Rule    string    `json:"-"` // by which it costs that, with its version: year@3
	Product string    `json:"product" doc:"what it is one of, with its kind: plan:year, ticket:<event>, goods:tea"`

	Fixed bool `json:"-"` // only a coupon that names it changes what it costs
	Alone bool `json:"-"` // it is ordered with nothing else: it may have to wait
	Fresh bool `json:"-"` // it was kept for the buyer just now, so that no other order has it
	// Discount is what a coupon has taken off.
	Discount money.Fen `json:"discount,omitempty" doc:"fen that the coupon has taken off"`

	returned money.Fen // of the amount, given back or on its way
	gone     bool      // it was taken back, or never will be given
}

// Back is what of its amount was given back, or is on its way.
func (l Line) Back() money.Fen { return l.returned }

// Item asks for a thing.
type Item struct {
	Kind string `json:"kind"`
	Item string `json:"item"`
	Qty  int    `json:"qty,omitempty" doc:"1 if not given"`

	Organisation string `json:"-"` // the checkout's
}

// Checkout asks for an order.
type Checkout struct {
	Key    string // with the same content it is the same order again; required
	Person string
	Items  []Item
	Coupon string // its code, if any
	Points bool   // pay with points, and nothing else

	Organisation string // the company that the person orders for, as its contact; "" for themselves
	Origin       string // what led the person to it, as event/ and an id; "" if nothing is known
}

// Goods is a kind of thing that orders are for. Its refusals are the buyer's; a refusal of Deliver means that the money goes back.
type Goods interface {
	// Reserve keeps a thing for a buyer until a time, and says what it costs.
	Reserve(tx *db.Tx, person string, i Item, until time.Time) (Line, error)
	// Deliver makes it the buyer's, once. It is the end of its transaction when it refuses.
	Deliver(tx *db.Tx, ref string) error
	// Drop ends the keeping.
	Drop(tx *db.Tx, ref string) error
	// TakeBack undoes Deliver.
	TakeBack(tx *db.Tx, ref string) error
	// Returned notes that a part of what a thing costs has gone back while its buyer keeps it, delivered or not yet.
	Returned(tx *db.Tx, ref string, part money.Fen) error
	// Refundable is how much of what a thing cost its buyer can have back by themselves, now.
	Refundable(tx *db.Tx, ref string) (money.Fen, error)
}

// Discounter is for goods that have to know for how much less they are bought: what is credited of them later must not be more.
type Discounter interface {
	Discounted(tx *db.Tx, ref string, off money.Fen) error
}

// Gatherer is a kind of things that may have to wait when they are paid.
type Gatherer interface {
	// Gather notes that a thing is paid, and tells whether it can be delivered now. While it can't its order stays paid; RedeliverTx
	// tells once it can. Its refusal means that the money goes back. It may be asked again.
	Gather(tx *db.Tx, ref string) (ready bool, err error)
}

// PaymentState is what became of a payment.
type PaymentState string

// The states of a payment.
const (
	Open     PaymentState = "open"
	Received PaymentState = "received"
	Void     PaymentState = "void" // no longer wanted: the order has ended
)

// Payment is one attempt to pay an order by a channel.
type Payment struct {
	ID        string       `json:"id"`
	Order     string       `json:"order"`
	Channel   string       `json:"channel"`
	State     PaymentState `json:"state"`
	Amount    money.Fen    `json:"amount" doc:"fen asked for"`
	Received  money.Fen    `json:"received,omitempty" doc:"fen"`
	Returned  money.Fen    `json:"returned,omitempty" doc:"fen given back, or on its way"`
	Ref       string       `json:"ref,omitempty" doc:"the channel's number"`
	URL       string       `json:"url,omitempty" doc:"where the payer goes"`
	CreatedAt time.Time    `json:"created_at"`
	PaidAt    time.Time    `json:"paid_at,omitzero"`

	entry string
	payer string // a keyed hash of the account that paid
}

// RefundState is how far a refund has come.
type RefundState string

// The states of a refund.
const (
	Asked  RefundState = "asked"
	Waits  RefundState = "waits" // for the channel, or a person, to say that it is done
	Done   RefundState = "done"
	Failed RefundState = "failed" // the channel refused: a person has to see to it
)

// Refund is money on its way back.
type Refund struct {
	ID      string      `json:"id"`
	Order   string      `json:"order"`
	Payment string      `json:"payment"`
	Channel string      `json:"channel"`
	Amount  money.Fen   `json:"amount" doc:"fen"`
	State   RefundState `json:"state"`
	Why     string      `json:"why,omitempty" doc:"code of a refusal, or what staff wrote"`
	Actor   string      `json:"actor,omitempty"`
	AskedAt time.Time   `json:"asked_at"`
	DoneAt  time.Time   `json:"done_at,omitzero"`
	Error   string      `json:"error,omitempty"`

	task string // in which staff is asked to see to it
}

// Desk asks staff to see to what the program can't. app fills it.
type Desk interface {
	// Ask opens a task about a refund that failed for good. Its end is told by AskAgainTx or RefundDoneTx.
	Ask(tx *db.Tx, o Order, r Refund) (task string, err error)
	// Withdraw calls a task off that is needed no longer; one that has ended stays as it is.
	Withdraw(tx *db.Tx, task string) error
}

// Refusals.
var (
	ErrNoItems        = errs.Define(errs.Invalid, "shop.no_items")
	ErrKind           = errs.Define(errs.Invalid, "shop.kind") // "kind"
	ErrQty            = errs.Define(errs.Invalid, "shop.qty")
	ErrKeyReused      = errs.Define(errs.Conflict, "shop.key_reused")
	ErrOpen           = errs.Define(errs.Conflict, "shop.open") // "order": it has one of the things in it
	ErrOrigin         = errs.Define(errs.Invalid, "shop.origin")
	ErrUnknownOrder   = errs.Define(errs.NotFound, "shop.unknown_order")
	ErrUnknownPayment = errs.Define(errs.NotFound, "shop.unknown_payment")
	ErrUnknownRefund  = errs.Define(errs.NotFound, "shop.unknown_refund")
	ErrChannel        = errs.Define(errs.Invalid, "shop.channel")        // "channel"
	ErrEnded          = errs.Define(errs.Gone, "shop.ended")             // the order is closed or refunded
	ErrPaid           = errs.Define(errs.Conflict, "shop.paid")          // there is nothing to pay any more
	ErrNotPaid        = errs.Define(errs.Conflict, "shop.not_paid")      // there is nothing to give back
	ErrTooMuch        = errs.Define(errs.Conflict, "shop.too_much")      // "left": more than is left of what was paid
	ErrTooLate        = errs.Define(errs.Conflict, "shop.too_late")      // the days for giving it back are over
	ErrAmount         = errs.Define(errs.Invalid, "shop.amount")         // not above zero
	ErrWrongAmount    = errs.Define(errs.Conflict, "shop.wrong_amount")  // why a payment goes back
	ErrPaidTwice      = errs.Define(errs.Conflict, "shop.paid_twice")    // why a payment goes back
	ErrPaidTooLate    = errs.Define(errs.Conflict, "shop.paid_too_late") // why a payment goes back
	ErrOnBehalf       = errs.Define(errs.Forbidden, "shop.on_behalf")    // nobody may order for companies
	ErrAlone          = errs.Define(errs.Conflict, "shop.alone")         // it is ordered with nothing else
	ErrPointsOnly     = errs.Define(errs.Conflict, "shop.points_only")   // it can be had for points only
	ErrNoPoints       = errs.Define(errs.Conflict, "shop.no_points")     // it can't be had for points
	ErrFewPoints      = errs.Define(errs.Conflict, "shop.few_points")    // "points", "has"
	ErrGrant          = errs.Define(errs.Invalid, "shop.grant")          // "max": none, or too many
	ErrPointsWhole    = errs.Define(errs.Conflict, "shop.points_whole")  // what points have paid for goes back whole
)
