package growth

import (
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
)

// Link is somebody's own way to a product.
type Link struct {
	ID        string    `json:"id"`
	Code      string    `json:"code"`
	Sharer    string    `json:"sharer"`
	Product   string    `json:"product,omitempty" doc:"plan:vip, ticket:…; empty for the community as a whole"`
	Parent    string    `json:"parent,omitempty" doc:"the link by which the sharer came"`
	CreatedAt time.Time `json:"created_at"`
}

// LinkCount is a link with what came of it.
type LinkCount struct {
	Link
	Views    int       `json:"views"`
	Visits   int       `json:"visits" doc:"visitors, each once a day"`
	Leads    int       `json:"leads" doc:"known persons who came by it"`
	Orders   int       `json:"orders" doc:"of people who came by it last"`
	Revenue  money.Fen `json:"revenue" doc:"fen, of those orders, less refunds"`
	Children int       `json:"children" doc:"links of people who came by it"`
}

// Visit is somebody who opens a link. Person is empty while they are not known.
type Visit struct {
	Code    string
	Visitor string // the browser's own key
	Person  string
}

// Touch is something by which a promoter brought a guest.
type Touch struct {
	Binds    Binding
	Promoter string
	Guest    string
	Subject  string // the link, event or order
	Product  string // that a link is for; "" for all
	At       time.Time
	Fact     string // that tells of it
}

// BondState is what a bond is now.
type BondState string

// The states of a bond. Those that are stored come first; an active one is expired or has won by its dates and rewards.
const (
	Pending BondState = "pending" // somebody looks at it
	Active  BondState = "active"
	Lost    BondState = "lost"    // another bond has the guest
	Refused BondState = "refused" // nobody is bound by it

	Won     BondState = "won" // active, or over, and a reward was earned by it
	Expired BondState = "expired"
)

// Reason is why a bond is not active, or why somebody looks at it or at a reward.
type Reason string

// The reasons.
const (
	OneHuman   Reason = "self"        // promoter and guest are the same human
	IsStaff    Reason = "staff"       // and the programme has no staff in it
	IsGone     Reason = "gone"        // the promoter is kept out or was erased
	NotMember  Reason = "no_promoter" // the promoter is no member
	IsMember   Reason = "member"      // the guest was a member already
	SameDevice Reason = "device"      // both were seen on one device
	SamePhone  Reason = "phone"
	SamePayer  Reason = "payment" // both were paid for by one account
	LooksAlike Reason = "alike"   // they may be one human, which staff has not settled

	CameLater Reason = "later"     // the guest came by somebody else first
	Protected Reason = "protected" // the guest is somebody else's for a while
	Replaced  Reason = "replaced"  // the guest came by somebody else last
	Renewed   Reason = "renewed"   // by the same promoter
	Over      Reason = "expired"   // and then another bond was made
	Reviewed  Reason = "reviewed"  // somebody looked at it
)

// Bond is a guest's tie to a promoter in a programme.
type Bond struct {
	ID           string    `json:"id"`
	Programme    string    `json:"programme"`
	Version      int       `json:"version" doc:"of the programme, in force when it was made"`
	Binds        Binding   `json:"binds"`
	Promoter     string    `json:"promoter"`
	Guest        string    `json:"guest"`
	Subject      string    `json:"subject,omitempty" doc:"the link, event or order that made it"`
	State        BondState `json:"state"`
	Reason       Reason    `json:"reason,omitempty"`
	Winner       string    `json:"winner,omitempty" doc:"the bond it lost to"`
	Rewards      int       `json:"rewards" doc:"earned by it"`
	BoundAt      time.Time `json:"bound_at"`
	ValidUntil   time.Time `json:"valid_until" doc:"in the year 9999 for ever"`
	ProtectUntil time.Time `json:"protect_until"`
	Fact         string    `json:"fact"`

	stored BondState
	task   string
	made   string    // an id of when it was kept, or allowed: its own unless somebody looked at it
	ended  time.Time // in a simulation: when who took its place came
}

// looked tells whether somebody let it through.
func (b Bond) looked() bool { return b.made != b.ID }

// stood tells whether it had the guest at a time, as far as a simulation has come.
func (b Bond) stood(at time.Time) bool {
	return !b.BoundAt.After(at) && (b.ended.IsZero() || b.ended.After(at))
}

// live tells whether an order of a time counts.
func (b Bond) live(at time.Time, order string) bool {
	return b.stored == Active && !b.BoundAt.After(at) && (b.ValidUntil.After(at) || b.Binds.atOnce() && b.Subject == order)
}

// shown is the state by dates and rewards.
func (b Bond) shown(now time.Time) BondState {
	switch {
	case b.stored != Active:
		return b.stored
	case b.Rewards > 0:
		return Won
	case !b.ValidUntil.After(now):
		return Expired
	}
	return Active
}

// Line is one thing of an order.
type Line struct {
	Kind   string    `json:"kind"`
	Item   string    `json:"item"`
	Amount money.Fen `json:"amount" doc:"fen"`
	Back   money.Fen `json:"back,omitempty" doc:"fen, of it, given back or on its way"`

	Offered bool `json:"-"` // the host's event sold it; the sale keeps it
}

// back is what of lines has gone back.
func back(lines []Line) (sum money.Fen) {
	for _, l := range lines {
		sum += l.Back
	}
	return sum
}

// Sale is an order whose buyer has what they paid for.
type Sale struct {
	Order       string    `json:"order"`
	Buyer       string    `json:"buyer"`
	Link        string    `json:"link,omitempty" doc:"by which the buyer came last"`
	Host        string    `json:"-"` // person who held the event whose offer it was; the bond keeps them
	Paid        money.Fen `json:"paid" doc:"fen"`
	Refunded    money.Fen `json:"refunded" doc:"fen given back, or on its way"`
	Lines       []Line    `json:"lines"`
	PaidAt      time.Time `json:"paid_at"`
	RefundUntil time.Time `json:"refund_until" doc:"when it can't be given back any more"`
	Fact        string    `json:"fact"`

	heard string // an id of when growth heard of it
}

// Refund tells how much of an order has gone back in all: its lines as they were in the sale, in that order, each with what has gone
// back of it. What of them was offered the sale knows.
type Refund struct {
	Order string
	Lines []Line
	Fact  string
}

// RewardState is how far a reward has come.
type RewardState string

// The states of a reward.
const (
	Frozen   RewardState = "frozen"
	Released RewardState = "released" // the promoter has it
	Held     RewardState = "held"     // somebody looks at it
	Taken    RewardState = "taken"    // all of it was taken back
)

// Reward is what a promoter gets for an order.
type Reward struct {
	ID        string      `json:"id"`
	Order     string      `json:"order"`
	Programme string      `json:"programme"`
	Version   int         `json:"version"`
	Level     int         `json:"level"`
	Bond      string      `json:"bond"`
	Promoter  string      `json:"promoter"`
	Kind      RewardKind  `json:"kind"`
	Base      money.Fen   `json:"base" doc:"fen paid for what the programme is about"`
	Amount    int64       `json:"amount" doc:"fen or points; 1 for a service"`
	Taken     int64       `json:"taken,omitempty" doc:"of it, taken back"`
	State     RewardState `json:"state"`
	ReleaseAt time.Time   `json:"release_at"`
	At        time.Time   `json:"at"`
	Fact      string      `json:"fact"`

	held       bool
	allowed    bool // somebody looked at it
	task       string
	entry, due string
}

// left is what was not taken back.
func (r Reward) left() int64 { return r.Amount - r.Taken }

func (r Reward) shown(now time.Time) RewardState {
	switch {
	case r.left() == 0:
		return Taken
	case r.held:
		return Held
	case r.ReleaseAt.After(now):
		return Frozen
	}
	return Released
}

// TakeBack is a part of a reward that was taken back.
type TakeBack struct {
	Fact   string    `json:"fact"`
	Amount int64     `json:"amount"`
	Owed   int64     `json:"owed,omitempty" doc:"of it, what was paid out already"`
	At     time.Time `json:"at"`
}

// Refusals.
var (
	ErrUnknownLink      = errs.Define(errs.NotFound, "growth.unknown_link")
	ErrUnknownReward    = errs.Define(errs.NotFound, "growth.unknown_reward")
	ErrUnknownProgramme = errs.Define(errs.NotFound, "growth.unknown_programme") // "programme"
	ErrChoice           = errs.Define(errs.Invalid, "growth.choice")             // the programme doesn't offer it
	ErrAskedLately      = errs.Define(errs.Conflict, "growth.asked_lately")      // "again": when they may be asked
)
