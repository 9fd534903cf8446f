package channel

import (
	"fmt"
	"io"
	"time"

	"github.com/qunce/qunce/internal/kit/money"
)

// Biller is a way to be paid that makes a bill of each day.
type Biller interface {
	// Merchant is the number under which the channel knows whose money it is; "" where it is not known.
	Merchant() string
	// ReadBill reads a bill file of one day and gives its lines one by one. It keeps no more than a line in memory. Refusals name
	// the line and the column that are wrong; what put gives ends the reading.
	ReadBill(r io.Reader, put func(BillLine) error) (BillSums, error)
	// BillZone decides where a day of a bill ends.
	BillZone() *time.Location
}

// BillWriter is a Biller that makes its bill files here, because there is nobody outside to make them.
type BillWriter interface {
	Biller
	// WriteBill writes a bill file that ReadBill reads. lines gives its lines to put, once.
	WriteBill(w io.Writer, lines func(put func(BillLine) error) error) error
}

// Billed is what a line of a bill is about.
type Billed string

// What lines are about.
const (
	BilledPayment Billed = "payment"
	BilledRefund  Billed = "refund"
)

// BillLine is a payment or a refund as its channel has it.
type BillLine struct {
	N        int // line of the file, the first is 1
	At       time.Time
	What     Billed
	Merchant string
	Payment  string // our number of the payment
	Refund   string // our number of the refund
	Outside  string // the channel's number of the payment or refund
	State    string // in the channel's words
	Settled  bool   // it was done: the money came in, or has gone back
	Amount   money.Fen
	Fee      Fee // that the channel keeps of it; below zero: given back with a refund
	Title    string
}

// BillSums are what the end of a bill says of its lines. They were compared with the lines.
type BillSums struct {
	Lines    int
	Paid     money.Fen
	Refunded money.Fen
	Fee      Fee
}

// Fee is what a channel keeps, in thousandths of a fen: bills have it with up to five decimals of a yuan.
type Fee int64

// feeFen is a fen in thousandths of it.
const feeFen = 1000

// FeeOf is a fee of whole fen.
func FeeOf(f money.Fen) Fee { return Fee(f) * feeFen }

// Fen rounds to the fen, half a fen away from zero. Channels settle whole fen of a day: only the sum of a bill is rounded, and once.
func (f Fee) Fen() money.Fen { return money.Fen(f.round(feeFen) / feeFen) }

// round takes a fee to the nearest multiple of a unit, half of it away from zero.
func (f Fee) round(unit Fee) Fee {
	if f < 0 {
		return -(-f).round(unit)
	}
	return (f + unit/2) / unit * unit
}

// String writes yuan: with two decimals, or with five where there is something below a fen.
func (f Fee) String() string {
	if f%feeFen == 0 {
		return money.Fen(f / feeFen).String()
	}
	sign := ""
	if f < 0 {
		sign, f = "-", -f
	}
	return fmt.Sprintf("%s%s%03d", sign, money.Fen(f/feeFen), f%feeFen)
}
