package membership

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
)

// State is what a term is at a time.
type State string

// The states. Held and dropped ones were not bought.
const (
	Held     State = "held"    // reserved, to be paid
	Dropped  State = "dropped" // the reservation ended unpaid
	Pending  State = "pending" // bought, begins later
	Active   State = "active"
	Grace    State = "grace" // over, and all is still as before
	Expired  State = "expired"
	Refunded State = "refunded"
	Upgraded State = "upgraded" // gave way to a term of a plan that includes its own
	Left     State = "left"     // ended by its member's own will

	bought State = "bought" // stored; what it is follows from the dates
)

// Term is one period of a plan that somebody reserved or bought.
type Term struct {
	ID         string    `json:"id"`
	Person     string    `json:"person"`
	Plan       string    `json:"plan"`
	Title      text.Text `json:"title"`
	Kind       Kind      `json:"kind"`
	State      State     `json:"state"`
	Price      money.Fen `json:"price" doc:"fen, of the whole term"`
	Credit     money.Fen `json:"credit,omitempty" doc:"fen, of the price, from terms that it replaces"`
	Wave       string    `json:"wave,omitempty"`
	HeldUntil  time.Time `json:"held_until,omitzero"`
	BoughtAt   time.Time `json:"bought_at,omitzero"`
	RunStart   time.Time `json:"run_start,omitzero" doc:"when the unbroken run began"`
	Starts     time.Time `json:"starts,omitzero"`
	Ends       time.Time `json:"ends,omitzero"`
	GraceUntil time.Time `json:"grace_until,omitzero"`
	EndedAt    time.Time `json:"ended_at,omitzero" doc:"when it was refunded or upgraded"`
	Number     string    `json:"number,omitempty"`
	// Organisation is whose term it is, when it isn't the person's own: then the person is its contact.
	Organisation string `json:"organisation,omitempty" doc:"the company whose it is, if it is not the person's own"`

	stored     State
	version    int
	endedBy    string
	seat       string
	memberSeat string
	plan       Plan       // the version it was bought under
	returned   money.Fen  // of the price, given back while the member keeps it
	quoted     []credited // the terms that its price was made for
}

// credited is a term as a quote found it.
type credited struct {
	Term     string    `json:"term"`
	Returned money.Fen `json:"returned"`
}

func (t Term) credited() credited { return credited{t.ID, t.returned} }

// Rule names the version of the plan by which the term costs what it does.
func (t Term) Rule() string { return fmt.Sprintf("%s@%d", t.Plan, t.version) }

// Full is the plan's price when the term was bought, without waves and credits.
func (t Term) Full() money.Fen { return t.plan.Price }

// Due is what is to be paid for the term.
func (t Term) Due() money.Fen { return t.Price - t.Credit }

// at gives what the term is at a time, by its dates alone.
func (t Term) at(now time.Time) State {
	switch {
	case t.stored == Held && !t.HeldUntil.After(now):
		return Dropped
	case t.stored != bought:
		return t.stored
	case t.Starts.After(now):
		return Pending
	case t.Ends.After(now):
		return Active
	case t.GraceUntil.After(now):
		return Grace
	}
	return Expired
}

// live tells whether a term is bought and not over.
func (t Term) live(now time.Time) bool {
	switch t.at(now) {
	case Pending, Active, Grace:
		return true
	}
	return false
}

// unused is the part of what the term cost that its member has not had at a time: in proportion, rounded down to the fen.
func (t Term) unused(now time.Time) money.Fen {
	whole, left, kept := t.Ends.Sub(t.Starts), t.Ends.Sub(now), max(t.Price-t.returned, 0)
	switch {
	case left >= whole:
		return kept
	case left <= 0 || whole <= 0:
		return 0
	}
	high, low := bits.Mul64(uint64(kept), uint64(left))
	part, _ := bits.Div64(high, low, uint64(whole))
	return money.Fen(part) //nolint:gosec // at most what was kept
}

// Tenure is what somebody has of one plan: the run of terms under way.
type Tenure struct {
	Plan        string    `json:"plan"`
	Title       text.Text `json:"title"`
	Company     string    `json:"organisation,omitempty" doc:"the company by which they have it"`
	Colleague   bool      `json:"colleague,omitempty" doc:"by a place that the company's contact gave them"`
	Term        string    `json:"term" doc:"the one that runs now, else the next"`
	Number      string    `json:"number,omitempty"`
	State       State     `json:"state" doc:"pending, active or grace"`
	MemberSince time.Time `json:"member_since" doc:"when they first became a member of the community"`
	RunStart    time.Time `json:"run_start"`
	Ends        time.Time `json:"ends" doc:"of the last term that was bought"`
	GraceUntil  time.Time `json:"grace_until,omitzero"`
	Renewal     money.Fen `json:"renewal" doc:"fen, what another term costs"`
}

// Quote is what somebody would buy now.
type Quote struct {
	Plan     string    `json:"plan"`
	Kind     Kind      `json:"kind"`
	Price    money.Fen `json:"price" doc:"fen"`
	Credit   money.Fen `json:"credit,omitempty" doc:"fen, the unused part of what they have"`
	Due      money.Fen `json:"due" doc:"fen to pay"`
	Wave     string    `json:"wave,omitempty"`
	Starts   time.Time `json:"starts"`
	Ends     time.Time `json:"ends"`
	Replaces []string  `json:"replaces,omitempty" doc:"terms that end with it"`
}

// Refusals about terms.
var (
	ErrUnknownTerm = errs.Define(errs.NotFound, "membership.unknown_term")
	ErrHas         = errs.Define(errs.Conflict, "membership.has_it_all")   // "plan": it includes what is asked for
	ErrBlocked     = errs.Define(errs.Forbidden, "membership.blocked")     // the person must not get in
	ErrNotHeld     = errs.Define(errs.Conflict, "membership.not_held")     // nothing is reserved: it was refunded, or never was
	ErrChanged     = errs.Define(errs.Conflict, "membership.changed")      // what the price was made for is no longer so
	ErrNotBought   = errs.Define(errs.Conflict, "membership.not_bought")   // it can't be given back
	ErrFollowed    = errs.Define(errs.Conflict, "membership.followed")     // "term": a later one of the run is to be given back first
	ErrNoNumbers   = errs.Define(errs.Conflict, "membership.no_numbers")   // the series is used up: "pattern"
	ErrPersonsOnly = errs.Define(errs.Conflict, "membership.persons_only") // the plan has no places for colleagues
	ErrUnnumbered  = errs.Define(errs.Conflict, "membership.unnumbered")   // its plan gives no numbers
	ErrNumberTaken = errs.Define(errs.Conflict, "membership.number_taken") // "number"
)
