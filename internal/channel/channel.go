// Package channel is the port between the domain and the world outside: what an adapter is asked, and what it answers. An
// adapter is a package below this one; it knows addresses and amounts, not people.
package channel

import (
	"context"
	"time"

	"github.com/qunce/qunce/internal/kit/money"
)

// Payments is a way to be paid and to give money back. What it is asked carries an id that makes it idempotent: asked again after
// a lost answer, it does nothing twice.
type Payments interface {
	// Open asks for a payment and says where the payer goes. An error may be tried again, unless it is job.Permanent.
	Open(ctx context.Context, r PayRequest) (PayPage, error)
	// Ask tells what came in for a payment, as a notice would; paid is false while nothing has, or nobody there can know.
	Ask(ctx context.Context, q PayQuestion) (n Notice, paid bool, err error)
	// Refund gives money back. done is false when that takes its time; asked again, it says whether the money has gone back by
	// then. An error may be tried again, unless it is job.Permanent.
	Refund(ctx context.Context, r RefundRequest) (done bool, err error)
}

// Names of the ways to be paid that need no outside account. They stand in the books for ever.
const (
	Manual  = "manual"  // staff confirms what came in
	Sandbox = "sandbox" // for trying things out
)

// PayRequest asks for a payment.
type PayRequest struct {
	Community string
	ID        string // of the payment: what the notification names
	Title     string // what it is for, as the payer reads it
	Amount    money.Fen
	Expires   time.Time // no payment from then on
}

// PayPage is where a payer goes.
type PayPage struct {
	Ref string // the channel's own number, if it has one by then
	URL string // "" where there is no page: the payer is told what to do in words
}

// PayQuestion asks what became of a payment.
type PayQuestion struct {
	Community string
	ID        string // of the payment
	Ref       string // the channel's number, if it was known
}

// RefundRequest gives a payment back, wholly or in part.
type RefundRequest struct {
	Community string
	ID        string // of the refund
	Payment   string // its id
	Ref       string // the channel's number of the payment
	Amount    money.Fen
	Total     money.Fen // that was paid
}

// Notice is what a channel tells of a payment, once, late, twice or out of order. Its signature was checked by the adapter.
type Notice struct {
	Payment string // its id
	Ref     string // the channel's number
	Amount  money.Fen
	PaidAt  time.Time
	Payer   string // the account that paid, as the channel names it; "" if it doesn't say
}
