package intake

import (
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
)

// Source is where people come from.
type Source struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Kind      string    `json:"kind" doc:"article, video, group, account, person, offline, other"`
	CreatedAt time.Time `json:"created_at"`
}

// Placement is a paid presence at a source.
type Placement struct {
	ID        string    `json:"id"`
	Source    string    `json:"source"`
	Pool      string    `json:"pool,omitempty" doc:"accounts with the same audience, groups, mid-size accounts: as the community names them"`
	Name      string    `json:"name"`
	Cost      money.Fen `json:"cost" doc:"fen"`
	Starts    time.Time `json:"starts,omitzero"`
	Ends      time.Time `json:"ends,omitzero"`
	Event     string    `json:"event,omitempty" doc:"that it brings an audience to; one that is an event's has an entry that leads there"`
	CreatedAt time.Time `json:"created_at"`
}

// EntryState says whether an entry takes people in.
type EntryState string

// The states. A retired entry leads to its successor, if it has one.
const (
	Active  EntryState = "active"
	Retired EntryState = "retired"
)

// Entry is a short link with its QR that leads into a path, or to the event that its placement is.
type Entry struct {
	ID        string     `json:"id"`
	Code      string     `json:"code" doc:"in the short link; 3–32 of a–z, 0–9, -"`
	Title     string     `json:"title"`
	Source    string     `json:"source,omitempty"`
	Placement string     `json:"placement,omitempty"`
	Owner     string     `json:"owner,omitempty" doc:"the person whose link it is"`
	Path      string     `json:"path,omitempty" doc:"the path it leads into; empty for one that leads to its placement's event"`
	Opening   string     `json:"opening,omitempty" doc:"the doors it waits at"`
	Keyword   string     `json:"keyword,omitempty" doc:"a word that reserves a place, besides the button"`
	LiveCode  string     `json:"live_code,omitempty" doc:"the group of circles that the code hands out"`
	Page      string     `json:"page,omitempty" doc:"its landing page; the community's own if not given"`
	State     EntryState `json:"state"`
	Successor string     `json:"successor,omitempty" doc:"the entry that a retired one leads to"`
	CreatedAt time.Time  `json:"created_at"`
}

// Counts are the counts of an entry over a span of days, by what was counted: viewed, pressed, arrived, reserved …
type Counts map[string]int64

// What is refused about entries.
var (
	ErrUnknownEntry     = errs.Define(errs.NotFound, "intake.unknown_entry")
	ErrRetired          = errs.Define(errs.Gone, "intake.retired")
	ErrCodeTaken        = errs.Define(errs.Conflict, "intake.code_taken")
	ErrCode             = errs.Define(errs.Invalid, "intake.code")
	ErrUnknownPath      = errs.Define(errs.Invalid, "intake.unknown_path")
	ErrUnknownSource    = errs.Define(errs.Invalid, "intake.unknown_source")
	ErrUnknownPlacement = errs.Define(errs.Invalid, "intake.unknown_placement")
	ErrUnknownOpening   = errs.Define(errs.Invalid, "intake.unknown_opening")
	ErrName             = errs.Define(errs.Invalid, "intake.name")
	ErrSourceKind       = errs.Define(errs.Invalid, "intake.source_kind")
	ErrNameTaken        = errs.Define(errs.Conflict, "intake.name_taken")
	ErrCost             = errs.Define(errs.Invalid, "intake.cost")
	ErrSuccession       = errs.Define(errs.Invalid, "intake.succession")
	ErrUnknownGroup     = errs.Define(errs.Invalid, "intake.unknown_group")
	ErrUnknownOwner     = errs.Define(errs.Invalid, "intake.unknown_owner")
	ErrPlacementEnds    = errs.Define(errs.Invalid, "intake.placement_ends")
)

var sourceKinds = []string{"article", "video", "group", "account", "person", "offline", "other"}

// CheckEntry refuses a code or title that no entry can have.
func CheckEntry(code, title string) error {
	var bad []*errs.Error
	if !validCode(code) {
		bad = append(bad, ErrCode.At("/code"))
	}
	if !validName(title) {
		bad = append(bad, ErrName.At("/title"))
	}
	return errs.Join(bad...)
}

// CheckSource refuses a name or kind that no source can have.
func CheckSource(name, kind string) error {
	var bad []*errs.Error
	if !validName(name) {
		bad = append(bad, ErrName.At("/name"))
	}
	if !slices.Contains(sourceKinds, kind) {
		bad = append(bad, ErrSourceKind.With("kinds", strings.Join(sourceKinds, ", ")).At("/kind"))
	}
	return errs.Join(bad...)
}

func validCode(code string) bool {
	if len(code) < 3 || len(code) > 32 || code[0] == '-' || code[len(code)-1] == '-' {
		return false
	}
	for _, c := range code {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

func validName(s string) bool { return strings.TrimSpace(s) != "" && len([]rune(s)) <= 80 }
