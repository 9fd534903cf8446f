package payout

import (
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
)

// State is how far a batch has come.
type State string

// The states of a batch.
const (
	Drafting    State = "drafting" // a job collects who has enough
	Draft       State = "draft"    // to be approved
	IsApproved  State = "approved" // to be paid
	Paying      State = "paying"   // its file was taken
	IsDone      State = "done"     // every line has ended
	Cancelling  State = "cancelling"
	IsCancelled State = "cancelled"
)

// Batch is a list of people to be paid.
type Batch struct {
	ID         string    `json:"id"`
	State      State     `json:"state"`
	Threshold  money.Fen `json:"threshold" doc:"fen; who has less is not in it"`
	WithholdBP int       `json:"withhold_bp,omitempty" doc:"held back for taxes, in basis points"`
	Period     string    `json:"period" doc:"2026-11"`
	CreatedBy  string    `json:"created_by"`
	ApprovedBy string    `json:"approved_by,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
	ApprovedAt time.Time `json:"approved_at,omitzero"`
	EndedAt    time.Time `json:"ended_at,omitzero"`

	looked, fact string
}

// Totals are the lines of a batch in one state.
type Totals struct {
	State    LineState `json:"state"`
	Lines    int       `json:"lines"`
	Gross    money.Fen `json:"gross" doc:"fen"`
	Withheld money.Fen `json:"withheld" doc:"fen"`
	Net      money.Fen `json:"net" doc:"fen"`
}

// Detail is a batch with its totals.
type Detail struct {
	Batch
	Totals []Totals `json:"totals"`
}

// LineState is how far a line has come.
type LineState string

// The states of a line.
const (
	Reserved LineState = "reserved" // set aside, to be paid
	IsPaid   LineState = "paid"
	IsFailed LineState = "failed"   // given back, because it could not be paid
	Returned LineState = "returned" // given back, because the batch was cancelled
)

// Line is what one payee gets.
type Line struct {
	ID       string    `json:"id"`
	Batch    string    `json:"batch"`
	Person   string    `json:"person"`
	Account  string    `json:"account"`
	Gross    money.Fen `json:"gross" doc:"fen"`
	Withheld money.Fen `json:"withheld" doc:"fen, for taxes"`
	Net      money.Fen `json:"net" doc:"fen, what the payee gets"`
	State    LineState `json:"state"`
	Reason   string    `json:"reason,omitempty" doc:"why it could not be paid, as the bank or staff said"`
	Attempt  int       `json:"attempt"`
	At       time.Time `json:"at"`
	EndedAt  time.Time `json:"ended_at,omitzero"`

	name, phone string // encrypted
}

// key names an attempt in the books.
func (l Line) key() string { return fmt.Sprintf("payout %s/%d", l.ID, l.Attempt) }

// Row is a line as the bank needs it.
type Row struct {
	Line                 string
	Payee                string
	Phone                string
	Gross, Withheld, Net money.Fen
}

// Plan is what a batch is drafted from.
type Plan struct {
	Threshold  money.Fen
	WithholdBP int
}

// Refusals.
var (
	ErrThreshold    = errs.Define(errs.Invalid, "payout.threshold") // not above zero
	ErrWithhold     = errs.Define(errs.Invalid, "payout.withhold")  // not below the whole
	ErrUnknownBatch = errs.Define(errs.NotFound, "payout.unknown_batch")
	ErrUnknownLine  = errs.Define(errs.NotFound, "payout.unknown_line")
	ErrSamePerson   = errs.Define(errs.Conflict, "payout.same_person") // who drafted it approves it
	ErrState        = errs.Define(errs.Conflict, "payout.state")       // "state": not in this state of the batch
	ErrEmpty        = errs.Define(errs.Conflict, "payout.empty")       // nobody is in it
	ErrEnded        = errs.Define(errs.Conflict, "payout.ended")       // "state": the line has ended otherwise
	ErrReason       = errs.Define(errs.Invalid, "payout.reason")
)
