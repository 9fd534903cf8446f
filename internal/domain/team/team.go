package team

import (
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
)

// Turn is a time in which one of the staff looks after somebody, or in which they wait in the pool.
type Turn struct {
	ID         string    `json:"id"`
	Person     string    `json:"person"`
	Side       Side      `json:"side"`
	Department string    `json:"department"`
	Staff      string    `json:"staff,omitempty" doc:"an operator; nobody while it waits in the pool"`
	Reason     Reason    `json:"reason,omitempty" doc:"why they have it: load, turns or hand"`
	Version    int       `json:"version" doc:"of the rules"`
	Source     string    `json:"source,omitempty" doc:"the name of the source they came from"`
	Before     string    `json:"before,omitempty" doc:"who had it before and did not touch it"`
	At         time.Time `json:"at"`
	GivenAt    time.Time `json:"given_at,omitzero"`
	TouchedAt  time.Time `json:"touched_at,omitzero"`
	EndedAt    time.Time `json:"ended_at,omitzero"`
	End        End       `json:"end,omitempty"`
	ReturnsAt  time.Time `json:"returns_at,omitzero" doc:"when it goes back to the pool unless it is touched"`

	fact string
}

// Reason is why somebody has a person.
type Reason string

// The reasons.
const (
	OfLoad  Reason = "load"
	OfTurns Reason = "turns"
	OfHand  Reason = "hand" // somebody decided so
)

// End is why a turn ended.
type End string

// The ends.
const (
	Returned End = "returned" // untouched in time, or given back
	Moved    End = "moved"    // another of the staff has it
	Handed   End = "handed"   // paid: service has it
	Merged   End = "merged"   // another turn of the same human goes on
	Erased   End = "erased"
)

// SaleKind is what sort of sale an order is.
type SaleKind string

// The kinds.
const (
	KindNew      SaleKind = "new"
	KindReferral SaleKind = "referral" // the buyer was brought by somebody whom service looks after
	KindRenewal  SaleKind = "renewal"  // the buyer was service's before
	KindUpgrade  SaleKind = "upgrade"
)

// CreditReason is why a sale is somebody's.
type CreditReason string

// The reasons.
const (
	OfOwner    CreditReason = "owner"    // they look after the buyer
	OfPromoter CreditReason = "promoter" // they look after who brought the buyer
	OfOther    CreditReason = "other"    // the side that it is for has nobody, and they look after the buyer on the other
	OfNobody   CreditReason = "nobody"   // nobody looks after the buyer: it is the department's
)

// Sale is an order whose buyer has what they paid for, as the team sees it.
type Sale struct {
	Order     string
	Buyer     string
	Paid      money.Fen
	Back      money.Fen // of it, in all
	PaidAt    time.Time
	Kind      SaleKind // KindNew, KindRenewal or KindUpgrade
	HandsOver bool     // it hands the buyer to service
	Promoter  string   // who gets a reward for having brought the buyer
	Source    string   // the name of the source the buyer came from
	Fact      string

	ids []string // of the buyer
}

// Credit is whose sale an order is.
type Credit struct {
	Order      string       `json:"order"`
	Person     string       `json:"person"`
	Kind       SaleKind     `json:"kind"`
	Department string       `json:"department"`
	Staff      string       `json:"staff,omitempty" doc:"nobody: it is the department's as a whole"`
	Reason     CreditReason `json:"reason"`
	Turn       string       `json:"turn,omitempty" doc:"by which the staff had the buyer, or the promoter"`
	Promoter   string       `json:"promoter,omitempty"`
	Version    int          `json:"version" doc:"of the rules"`
	Fact       string       `json:"fact"`
	Amount     money.Fen    `json:"amount" doc:"fen"`
	Refunded   money.Fen    `json:"refunded,omitempty" doc:"fen"`
	Month      string       `json:"month" doc:"2026-11: in whose statement it counts"`
	At         time.Time    `json:"at" doc:"when it was paid"`
}

// Return is what went back of a credited order.
type Return struct {
	Fact   string    `json:"fact"`
	Amount money.Fen `json:"amount" doc:"fen"`
	Month  string    `json:"month" doc:"in whose statement it counts"`
	At     time.Time `json:"at"`
}

// Member is one of a department's staff.
type Member struct {
	Department string    `json:"department"`
	Staff      string    `json:"staff"`
	Paused     bool      `json:"paused" doc:"is given nobody new"`
	Most       int       `json:"most,omitempty" doc:"in hand at once; as the rules say if not given"`
	From       int       `json:"from,omitempty" doc:"minute of the day from which they are given somebody; with to 0 as the rules say"`
	To         int       `json:"to,omitempty"`
	Load       int       `json:"load" doc:"in hand now"`
	LastGiven  time.Time `json:"last_given,omitzero"`
}

// MonthState is how far the closing of a month has come.
type MonthState string

// The states.
const (
	Closing MonthState = "closing" // statements are being written
	Closed  MonthState = "closed"
)

// Month is a month that is closed, or being closed.
type Month struct {
	Month    string     `json:"month"`
	State    MonthState `json:"state"`
	ClosedBy string     `json:"closed_by"`
	BegunAt  time.Time  `json:"begun_at"`
	ClosedAt time.Time  `json:"closed_at,omitzero"`
}

// StatementState is how far a statement has come.
type StatementState string

// The states.
const (
	Draft    StatementState = "draft"
	Approved StatementState = "approved" // and posted
)

// Statement is what one of the staff earned in a month.
type Statement struct {
	ID         string         `json:"id"`
	Month      string         `json:"month"`
	Department string         `json:"department"`
	Staff      string         `json:"staff"`
	State      StatementState `json:"state"`
	Volume     money.Fen      `json:"volume" doc:"fen credited, without what went back in the month"`
	Commission money.Fen      `json:"commission" doc:"fen"`
	Taken      money.Fen      `json:"taken" doc:"fen for refunds of earlier months, zero or below"`
	Carried    money.Fen      `json:"carried" doc:"fen from the statement before, zero or below"`
	Total      money.Fen      `json:"total" doc:"fen; below zero nothing is paid, and it is carried on"`
	ClosedBy   string         `json:"closed_by"`
	ApprovedBy string         `json:"approved_by,omitempty"`
	Entry      string         `json:"entry,omitempty" doc:"that posted it"`
	At         time.Time      `json:"at"`
	ApprovedAt time.Time      `json:"approved_at,omitzero"`
}

// LineKind is what a line of a statement is for.
type LineKind string

// The kinds.
const (
	ForSale     LineKind = "commission"
	ForRefund   LineKind = "takeback"
	FromEarlier LineKind = "carried"
)

// Line is one reason for some fen of a statement.
type Line struct {
	N       int       `json:"n"`
	Kind    LineKind  `json:"kind"`
	Order   string    `json:"order,omitempty"`
	Base    money.Fen `json:"base" doc:"fen of the order, in this step; what went back is below zero"`
	Reached money.Fen `json:"reached" doc:"fen: the month's volume before it"`
	RateBP  int       `json:"rate_bp"`
	Version int       `json:"version,omitempty" doc:"of the rules"`
	Capped  bool      `json:"capped,omitempty" doc:"the month's limit is reached"`
	Fen     money.Fen `json:"fen"`
}

// TargetKind is what a target counts.
type TargetKind string

// The kinds.
const (
	SalesTarget    TargetKind = "sales"
	ReferralTarget TargetKind = "referral" // what service brings by members whom it looks after
)

// Target is what one of the staff, or a department, is to bring in a month.
type Target struct {
	Month      string     `json:"month"`
	Department string     `json:"department"`
	Staff      string     `json:"staff,omitempty" doc:"nobody: the department as a whole"`
	Kind       TargetKind `json:"kind"`
	Amount     money.Fen  `json:"amount" doc:"fen"`
	SetBy      string     `json:"set_by,omitempty"`
	At         time.Time  `json:"at,omitzero"`
}

// Refusals.
var (
	ErrNoDepartment     = errs.Define(errs.NotFound, "team.no_department")     // "department"
	ErrNotInDepartment  = errs.Define(errs.Conflict, "team.not_in_department") // "staff"
	ErrNoOwner          = errs.Define(errs.NotFound, "team.no_owner")          // nobody looks after the person
	ErrNotYours         = errs.Define(errs.Forbidden, "team.not_yours")        // another of the staff has them
	ErrSideOfPerson     = errs.Define(errs.Invalid, "team.side_of_person")     // neither sales nor service
	ErrNoCredit         = errs.Define(errs.NotFound, "team.no_credit")         // the order is credited to nobody
	ErrMonth            = errs.Define(errs.Invalid, "team.month")              // not written as 2026-11
	ErrMonthRuns        = errs.Define(errs.Conflict, "team.month_runs")        // it has not ended; "month"
	ErrMonthCloses      = errs.Define(errs.Conflict, "team.month_closes")      // the one before is being closed; "month"
	ErrEarlier          = errs.Define(errs.Conflict, "team.earlier")           // "month" is to be closed first
	ErrMonthClosed      = errs.Define(errs.Conflict, "team.month_closed")      // "month"
	ErrUnknownStatement = errs.Define(errs.NotFound, "team.unknown_statement") //
	ErrSamePerson       = errs.Define(errs.Forbidden, "team.same_person")      // who closed the month doesn't approve
	ErrOwnStatement     = errs.Define(errs.Forbidden, "team.own_statement")    // nobody approves what they earn
	ErrApproved         = errs.Define(errs.Conflict, "team.approved")          // by somebody else
	ErrTarget           = errs.Define(errs.Invalid, "team.target")             // "max"
	ErrTargetKind       = errs.Define(errs.Invalid, "team.target_kind")        //
	ErrPeriod           = errs.Define(errs.Invalid, "team.period")             // "max" months, in order
	ErrMemberHours      = errs.Define(errs.Invalid, "team.member_hours")       // not minutes of a day in order
)
