package people

import (
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// State says what a person's row stands for.
type State string

// The states.
const (
	StateActive  State = "active"
	StateMerged  State = "merged" // another person stands for this one
	StateBlocked State = "blocked"
	StateErased  State = "erased" // a pseudonym for money and counts
)

// Profile is what is known of a person in plain text, by the names of the fields in SetField. Owners are operators' ids.
type Profile struct {
	Nickname     string `json:"nickname" doc:"what others see"`
	NameState    string `json:"name_state" doc:"none, given or verified"`
	City         string `json:"city"`
	Role         string `json:"role"`
	Company      string `json:"company"`
	Industry     string `json:"industry"`
	Lang         string `json:"lang"`
	BornOn       string `json:"born_on" doc:"the person's own birthday, 2006-01-02"`
	Relation     string `json:"relation" doc:"stranger, known, understood, trusting or advocate"`
	Grade        string `json:"grade" doc:"care, cool or ignore"`
	Stakeholder  string `json:"stakeholder"`
	Joiner       string `json:"joiner" doc:"learner, connector, recruiter or advertiser"`
	Concern      string `json:"concern" doc:"knowledge, career or experience"`
	SalesOwner   string `json:"sales_owner"`
	ServiceOwner string `json:"service_owner"`
}

// Person is a person as lists and profiles show them: real name, phone and email masked.
type Person struct {
	Profile
	ID            string         `json:"id"`
	State         State          `json:"state"`
	MergedInto    string         `json:"merged_into,omitempty"`
	BlockedReason string         `json:"blocked_reason,omitempty"`
	BlockedAt     time.Time      `json:"blocked_at,omitzero"`
	Name          string         `json:"name" doc:"masked real name"`
	Phone         string         `json:"phone" doc:"masked"`
	Email         string         `json:"email" doc:"masked"`
	Platforms     []string       `json:"platforms"`
	Needs         []string       `json:"needs"`
	Offers        []string       `json:"offers"`
	DueDate       string         `json:"due_date" doc:"2006-01-02 or empty"`
	BirthDate     string         `json:"birth_date" doc:"2006-01-02 or empty"`
	Stage         Stage          `json:"stage" doc:"computed from the dates"`
	Months        int            `json:"months" doc:"of age; negative before the date"`
	Custom        map[string]any `json:"custom" doc:"the playbook's own fields"`
	Tags          []Tag          `json:"tags"`
	Reach         []string       `json:"reach" doc:"separate ways to reach them: phone, follower, circle"`
	FirstSource   string         `json:"first_source"`
	FirstEntry    string         `json:"first_entry"`
	LastSource    string         `json:"last_source"`
	LastEntry     string         `json:"last_entry"`
	CreatedAt     time.Time      `json:"created_at"`
	LastSeenAt    time.Time      `json:"last_seen_at"`
	Version       int64          `json:"version" doc:"for ETag and If-Match"`
}

// Seed is what is known of someone at the moment they are first met.
type Seed struct {
	Nickname string
	Lang     string
	Source   string
	Entry    string
	Actor    string // who entered them, when not the person
}

// What is refused about a person as a whole.
var (
	ErrNotFound = errs.Define(errs.NotFound, "people.not_found")
	ErrErased   = errs.Define(errs.Gone, "people.erased")
	ErrChanged  = errs.Define(errs.Conflict, "people.changed") // someone else saved meanwhile
	ErrReason   = errs.Define(errs.Invalid, "people.reason")   // a reason is needed
)

// record is a person's row. Its text fields are reached by name through builtin.
type record struct {
	Profile
	id, root, mergedInto                           string
	version                                        int64
	name                                           string // encrypted
	platforms, needs, offers                       string // one a line
	anchors                                        Anchors
	stage                                          Stage
	firstSource, firstEntry, lastSource, lastEntry string
	custom                                         db.JSON[map[string]any]
	reach                                          Reach
	blockedAt                                      time.Time
	blockedReason                                  string
	erasedAt, createdAt, lastSeenAt                time.Time
}

func (r *record) state() State {
	switch {
	case !r.erasedAt.IsZero():
		return StateErased
	case r.mergedInto != "":
		return StateMerged
	case !r.blockedAt.IsZero():
		return StateBlocked
	}
	return StateActive
}

// before orders persons by when they were first met; of two merged, the first one stays.
func (r *record) before(o *record) bool {
	if !r.createdAt.Equal(o.createdAt) {
		return r.createdAt.Before(o.createdAt)
	}
	return r.id < o.id
}
