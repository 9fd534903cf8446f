package seat

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
)

// Policy says which of the fitting pools with room is chosen.
type Policy string

// The policies. Equal pools are taken by Position.
const (
	FillFirst   Policy = "fill_first"   // the first by Position
	LeastLoaded Policy = "least_loaded" // the one used least in proportion to its capacity
	Weighted    Policy = "weighted"     // the one used least in proportion to its weight
	OnDuty      Policy = "on_duty"      // least loaded of those on duty; when nobody is, of the others
)

// Group is a set of pools that stand for one thing.
type Group struct {
	Name      string        `json:"name"`       // "stage:pregnancy", "event:<id>"
	PerHolder int           `json:"per_holder"` // live units one holder may have; 0 means 1
	Reserve   int           `json:"reserve"`    // when fewer units are left in the group, its owner is told; 0 means never
	Growable  bool          `json:"growable"`   // whether Owner's function makes the next pool
	Policy    Policy        `json:"policy"`     // "" means FillFirst
	Owner     string        `json:"owner"`      // the part of the program whose group it is; a growable one grows by the function that it gave OnGrow
	OfferFor  time.Duration `json:"offer_for"`  // how long an offer to a waiter stands; 0 means a day
	guardless bool          // tests leave out the guard to see that it decides
}

// PoolState says whether a pool gives places.
type PoolState string

// The states of a pool. A closed one keeps its seats.
const (
	Open   PoolState = "open"
	Closed PoolState = "closed"
)

// Pool is a number of units of one thing.
type Pool struct {
	ID       string `json:"id"` // made if not given
	Group    string `json:"group"`
	Position int    `json:"position"` // order among equals; 0 means after the others when the pool is added
	Capacity int    `json:"capacity"`
	Held     int    `json:"held"`
	Taken    int    `json:"taken"`
	// Attributes are what a pool asks for: it takes those whose Want has all of them. A pool without any takes everyone.
	Attributes map[string]string `json:"attributes,omitempty"`
	State      PoolState         `json:"state"`
	Weight     int               `json:"weight"` // for Weighted; 0 means 1
	OnDuty     bool              `json:"on_duty"`
	Opens      time.Time         `json:"opens,omitzero"`  // no places before
	Closes     time.Time         `json:"closes,omitzero"` // no places from then on
	Circle     string            `json:"circle,omitempty"`
	Subject    string            `json:"subject,omitempty"` // what the pool belongs to: an event, a product; stands on its facts
}

// Room is how many units are left.
func (p Pool) Room() int { return p.Capacity - p.Held - p.Taken }

// State is what has become of a seat.
type State string

// The states of a seat; the first two are live.
const (
	StateHeld     State = "held"
	StateTaken    State = "taken"
	StateReleased State = "released"
	StateLapsed   State = "lapsed"
)

// Holder is who has or wants a seat.
type Holder struct {
	ID     string `json:"id"`
	Person bool   `json:"person"` // facts are about this person; else the holder is their subject
}

// Seat is one or more units of a pool with a holder.
type Seat struct {
	ID        string    `json:"id"`
	Group     string    `json:"group"`
	Pool      string    `json:"pool"`
	Holder    Holder    `json:"holder"`
	Qty       int       `json:"qty"`
	State     State     `json:"state"`
	Key       string    `json:"-"`
	Opened    time.Time `json:"opened"`
	Expires   time.Time `json:"expires,omitzero"`     // of a held seat
	Ended     time.Time `json:"ended,omitzero"`       // of a released or lapsed seat
	Offered   bool      `json:"offered"`              // given to a waiter
	MovedFrom string    `json:"moved_from,omitempty"` // the seat it took the place of
	Circle    string    `json:"circle,omitempty"`     // the pool's
	Subject   string    `json:"subject,omitempty"`    // the pool's
	hash      string
}

// Live tells whether the seat counts.
func (s Seat) Live() bool { return s.State == StateHeld || s.State == StateTaken }

// Want is what a holder can show and wishes.
type Want struct {
	Attributes map[string]string `json:"attributes,omitempty"` // what the holder has: city, stage, source … More than a pool asks for does no harm
	Pool       string            `json:"pool,omitempty"`       // this pool only
}

// Claim asks for a seat.
type Claim struct {
	Key    string // with the same content it gives the same seat again; required
	Group  string
	Holder Holder
	Qty    int // 0 means 1
	Want   Want
	TTL    time.Duration // how long the hold lasts; 0 means that the seat is taken at once. Not part of the key's content
}

// Move asks for another place for a seat.
type Move struct {
	Key   string // as in Claim
	Seat  string // the live seat to move
	Group string // "" means the seat's own
	Want  Want
}

// Wait asks for a place in a group's line.
type Wait struct {
	Group    string
	Holder   Holder
	Qty      int // 0 means 1
	Priority int // higher ones come first
	Want     Want
}

// Waiter is who stands in a line.
type Waiter struct {
	Wait
	ID       string
	Since    time.Time
	Position int // 1 is next
	seq      int64
}

// Counts are the figures of a group. Room counts open pools that have not reached Closes.
type Counts struct {
	Pools    int `json:"pools"`
	Capacity int `json:"capacity"`
	Held     int `json:"held"`
	Taken    int `json:"taken"`
	Room     int `json:"room"`
	Waiting  int `json:"waiting"`
}

// Refusals. Each writes nothing.
var (
	ErrGone           = errs.Define(errs.Conflict, "seat.gone")            // full for good
	ErrMayComeBack    = errs.Define(errs.Conflict, "seat.may_come_back")   // full, but some are only held; "until": when the first of these ends
	ErrNotOpen        = errs.Define(errs.Conflict, "seat.not_open")        // "opens": when
	ErrClosed         = errs.Define(errs.Conflict, "seat.closed")          // what would fit is closed
	ErrNotEligible    = errs.Define(errs.Forbidden, "seat.not_eligible")   // no pool fits; "attribute": what the nearest one asks for
	ErrHolderFull     = errs.Define(errs.Conflict, "seat.holder_full")     // "limit"; "seat", "pool": a seat they have. SeatOf reads it
	ErrLapsed         = errs.Define(errs.Gone, "seat.lapsed")              // the hold ended and there is no room any more; "seat"
	ErrReleased       = errs.Define(errs.Gone, "seat.released")            // the seat was given up; "seat"
	ErrKeyReused      = errs.Define(errs.Conflict, "seat.key_reused")      // "key"
	ErrInLine         = errs.Define(errs.Conflict, "seat.in_line")         // waits already, with other wishes
	ErrBelowUsed      = errs.Define(errs.Conflict, "seat.below_used")      // a capacity below what is held and taken: "used"
	ErrBelowHolders   = errs.Define(errs.Conflict, "seat.below_holders")   // a PerHolder below what somebody has: "used"
	ErrUnknown        = errs.Define(errs.NotFound, "seat.unknown")         // no such seat
	ErrUnknownPool    = errs.Define(errs.NotFound, "seat.unknown_pool")    // no such pool
	ErrUnknownGroup   = errs.Define(errs.NotFound, "seat.unknown_group")   // no such group: "group"
	ErrQuantity       = errs.Define(errs.Invalid, "seat.quantity")         // less than one
	ErrCapacity       = errs.Define(errs.Invalid, "seat.capacity")         // below zero
	ErrPolicy         = errs.Define(errs.Invalid, "seat.policy")           // unknown policy
	ErrWindow         = errs.Define(errs.Invalid, "seat.window")           // it would close before it opens
	ErrGroupElsewhere = errs.Define(errs.Conflict, "seat.group_elsewhere") // "group": its name stands for another part's group already
	ErrPoolElsewhere  = errs.Define(errs.Conflict, "seat.pool_elsewhere")  // the pool's id stands for another pool already
)

// SeatOf is the seat that a refusal names: the one a holder at the limit has, the one that lapsed or was released.
func SeatOf(err error) (seatID string, ok bool) {
	if e := errs.As(err); e != nil {
		seatID, ok = e.Params["seat"].(string)
	}
	return seatID, ok
}

var errNoKey = errors.New("a claim needs a key, a group and a holder")

func (c *Claim) check() error {
	if c.Qty == 0 {
		c.Qty = 1
	}
	if c.Key == "" || c.Group == "" || c.Holder.ID == "" {
		return errNoKey
	}
	if c.Qty < 0 || c.TTL < 0 {
		return ErrQuantity.At("/qty")
	}
	return nil
}

func (c Claim) hash() string {
	return hashOf("hold", c.Group, c.Holder.ID, fmt.Sprint(c.Holder.Person, c.Qty), c.Want.Pool, encodeAttributes(c.Want.Attributes))
}

func (m Move) hash() string {
	return hashOf("move", m.Seat, m.Group, m.Want.Pool, encodeAttributes(m.Want.Attributes))
}

func hashOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d %s\n", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// pairs gives each attribute as a JSON object of its own, in order. No such text can stand inside another, since a quote
// within a string is escaped; so SQL may take them out of a pool's attributes one by one.
func pairs(attributes map[string]string) []string {
	out := make([]string, 0, len(attributes))
	for _, k := range slices.Sorted(maps.Keys(attributes)) {
		b, _ := json.Marshal(map[string]string{k: attributes[k]}) //nolint:errchkjson // strings always encode
		out = append(out, string(b))
	}
	return out
}

func encodeAttributes(attributes map[string]string) string {
	return strings.Join(pairs(attributes), "")
}

func decodeAttributes(s string) (map[string]string, error) {
	if s == "" {
		return nil, nil //nolint:nilnil // no attributes
	}
	out := map[string]string{}
	for dec := json.NewDecoder(strings.NewReader(s)); ; {
		err := dec.Decode(&out) // adds its pair to what is there
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("attributes %q: %w", s, err)
		}
	}
}

// missing names the first attribute the pool asks for that the want lacks; "" means that it fits.
func (p Pool) missing(w Want) string {
	for _, k := range slices.Sorted(maps.Keys(p.Attributes)) {
		if v, ok := w.Attributes[k]; !ok || v != p.Attributes[k] {
			return k
		}
	}
	return ""
}

func (p Pool) fits(w Want) bool {
	return (w.Pool == "" || w.Pool == p.ID) && p.missing(w) == ""
}
