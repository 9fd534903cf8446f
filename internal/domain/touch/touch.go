package touch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
)

// Touch is one message to one person. Who sends one gives Key, Person, Template, and if wanted Channel, Vars, NotBefore and
// NotAfter.
type Touch struct {
	ID        string         `json:"id"`
	Key       string         `json:"-"` // leaves at most once
	Person    string         `json:"person"`
	Channel   string         `json:"channel" doc:"empty: the first by which the person can be reached"`
	Purpose   string         `json:"purpose"`
	Template  string         `json:"template" doc:"empty for a campaign's own message"`
	Campaign  string         `json:"campaign,omitempty"`
	Trial     bool           `json:"trial,omitempty" doc:"a campaign's test, which its results leave out"`
	Vars      map[string]any `json:"-"`
	Subject   string         `json:"subject"`
	Body      string         `json:"body"`
	Link      string         `json:"link"`
	State     State          `json:"state"`
	Reason    Reason         `json:"reason,omitempty"`
	NotBefore time.Time      `json:"not_before,omitzero"`
	NotAfter  time.Time      `json:"not_after,omitzero"`
	CreatedAt time.Time      `json:"created_at"`
	DoneAt    time.Time      `json:"done_at,omitzero"`
	ReadAt    time.Time      `json:"read_at,omitzero"`
	leftAt    time.Time
	external  string
	hash      string
	reserved  []spot
}

// State says what has become of a touch.
type State string

// The states.
const (
	Queued  State = "queued"
	Leaving State = "leaving" // handed to the channel, which hasn't answered yet
	Done    State = "sent"
	Broken  State = "failed"
	Unknown State = "unknown" // it may have gone out; marketing isn't sent again
	Held    State = "held"    // the gate held it back
)

// Reason is why a touch did not go out. Its words are those of touch.reason.<reason>.
type Reason string

// The reasons.
const (
	NoConsent   Reason = "consent"
	IsErased    Reason = "erased"
	IsBlocked   Reason = "blocked"
	NotReached  Reason = "unreachable" // the person has no address on the channel
	QuietHours  Reason = "quiet"       // its time ends before the quiet hours do
	OverBudget  Reason = "budget"      // no room before its time ends
	OverLimit   Reason = "limit"       // the channel's own limit leaves none
	TooLate     Reason = "too_late"    // its time had ended
	NoTemplate  Reason = "template"    // the playbook has it no longer
	Stopped     Reason = "stopped"     // its campaign was stopped
	HeldOut     Reason = "holdout"     // in the group that a campaign is compared with
	ChannelSays Reason = "refused"     // the channel refused it
	ChannelDown Reason = "channel"     // the channel could not be reached in time
	Interrupted Reason = "interrupted" // broken off while it was leaving
	Bounced     Reason = "bounced"     // the channel took it and could not deliver it
)

// Reasons lists them all, for catalogues and filters.
var Reasons = []Reason{
	NoConsent, IsErased, IsBlocked, NotReached, QuietHours, OverBudget, OverLimit, TooLate, NoTemplate, Stopped, HeldOut,
	ChannelSays, ChannelDown, Interrupted, Bounced,
}

// Refusals.
var (
	ErrTemplate = errs.Define(errs.Invalid, "touch.template") // "template"
	ErrChannel  = errs.Define(errs.Invalid, "touch.channel")  // "channel"
	ErrKey      = errs.Define(errs.Conflict, "touch.key_reused")
	ErrUnknown  = errs.Define(errs.NotFound, "touch.unknown")
)

// Channel hands messages to the outside. A failure that will not pass is wrapped by job.Permanent; one after which the
// message may have gone out has a method MaybeSent() bool. Anything else is tried again.
type Channel interface {
	// Send delivers one message. Its ID is the same for every try, for channels that can tell a repeat.
	Send(ctx context.Context, m Outgoing) (external string, err error)
}

// Outgoing is a message as a channel gets it.
type Outgoing struct {
	Community string
	ID        string
	To        string // address on the channel
	Subject   string
	Body      string
	Link      string // absolute
	Home      string // the community's phone pages, without a slash at the end
}

// InApp is the channel of notices on the phone pages: the touch itself is the message.
const InApp = "inapp"

// route says how a channel reaches people.
type route struct {
	name    string
	kind    people.Kind // whose value is the address
	channel Channel     // nil for in-app
}

// spot is room in a budget, for one touch.
type spot struct {
	Channel string `json:"c,omitempty"`
	Purpose string `json:"p,omitempty"`
	Span    string `json:"s"`
}

// plainVars writes values as people read them, so that a message that waits in the database says the same as one that
// leaves at once.
func plainVars(vars map[string]any, zone *time.Location) map[string]any {
	out := make(map[string]any, len(vars))
	for k, v := range vars {
		if f, ok := v.(float64); ok && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			out[k] = strconv.FormatFloat(f, 'f', 0, 64)
		} else {
			out[k] = text.Show(v, zone)
		}
	}
	return out
}

// contentHash is what a key stands for, but for the person, whose id may change by a merge, and the times, which are often
// counted from now.
func (t Touch) contentHash() string {
	b, _ := json.Marshal([]any{t.Channel, t.Template, t.Campaign, t.Trial, t.Vars}) //nolint:errchkjson // texts only
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
