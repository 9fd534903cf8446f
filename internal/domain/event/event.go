package event

import (
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
)

// Kind is the sort of an event.
type Kind string

// The kinds.
const (
	Script     Kind = "script" // a word-for-word script with slides, read on phones
	Live       Kind = "live"   // a link to somewhere else
	Salon      Kind = "salon"
	Conference Kind = "conference"
	Class      Kind = "class" // an open class
	Course     Kind = "course"
)

// Kinds lists the kinds.
var Kinds = []Kind{Script, Live, Salon, Conference, Class, Course}

// State is whether an event will take place.
type State string

// The states of an event. Whether it is over follows from its time.
const (
	StatePlanned   State = "planned"
	StateCancelled State = "cancelled"
)

// Event is something to come to.
type Event struct {
	ID          string    `json:"id"`
	Code        string    `json:"code" doc:"short, for links"`
	Kind        Kind      `json:"kind"`
	State       State     `json:"state"`
	Template    string    `json:"template,omitempty" doc:"that it was made from"`
	Title       text.Text `json:"title"`
	About       text.Text `json:"about,omitempty"`
	Starts      time.Time `json:"starts"`
	Ends        time.Time `json:"ends"`
	City        string    `json:"city,omitempty"`
	Place       string    `json:"place,omitempty"`
	Link        string    `json:"link,omitempty"`
	Series      string    `json:"series,omitempty"`
	Host        string    `json:"host,omitempty" doc:"person"`
	Capacity    int       `json:"capacity"`
	Terms                 // quotas, ticket types, friend tickets
	Version     int       `json:"version" doc:"rises with every change"`
	CreatedAt   time.Time `json:"created_at"`
	CancelledAt time.Time `json:"cancelled_at,omitzero"`
	Answers     int       `json:"answers" doc:"how many of those who came have answered"`
	Summary     string    `json:"summary,omitempty" doc:"what it came to, for who had a ticket and for members"`
}

// Terms are what tickets an event has.
type Terms struct {
	Quotas  []Quota      `json:"quotas,omitempty" doc:"places besides the house's that some ticket types need as well"`
	Types   []TicketType `json:"types"`
	Friends FriendRule   `json:"friends,omitempty"`
	Sells   Sale         `json:"sells,omitzero" doc:"what it leads to"`
}

// Quota is a number of places that ticket types share.
type Quota struct {
	Name     string    `json:"name" doc:"a–z, 0–9, -"`
	Title    text.Text `json:"title,omitempty"`
	Capacity int       `json:"capacity"`
}

// TicketType is a ticket that can be had.
type TicketType struct {
	Name         string         `json:"name" doc:"a–z, 0–9, -"`
	Title        text.Text      `json:"title"`
	Price        money.Fen      `json:"price,omitempty" doc:"fen in the API, yuan in a playbook; 0 is free, for members of the plans only if there are any"`
	Plans        []string       `json:"plans,omitempty" doc:"free for their members, and for those of plans that include them"`
	Benefit      string         `json:"benefit,omitempty" doc:"a benefit of those plans, of which a member's free ticket uses one; who has none left pays, or can't have it if it isn't sold"`
	Quotas       []string       `json:"quotas,omitempty" doc:"quotas that one of it takes a place of, besides the house"`
	Audience     bool           `json:"audience,omitempty" doc:"only for who has come by the entry of the event's placement"`
	OpensBefore  clock.Duration `json:"opens_before,omitempty" doc:"how long before the start it is first to be had; at once if not given"`
	ClosesBefore clock.Duration `json:"closes_before,omitempty" doc:"how long before the start it is last to be had; at the start if not given"`
}

// FriendRule says which tickets members may give to people who have never come to anything.
type FriendRule struct {
	PerMember       int            `json:"per_member,omitempty" doc:"how many a member may give; 0 means none"`
	Type            string         `json:"type,omitempty" doc:"the ticket type that a guest gets, free"`
	GiverRegistered bool           `json:"giver_registered,omitempty" doc:"only who has a ticket may give"`
	ClosesBefore    clock.Duration `json:"closes_before,omitempty" doc:"how long before the start a guest can last take one; at the start if not given"`
}

// Draft is an event to be made from a template.
type Draft struct {
	Template string    `json:"template" doc:"by name, from the playbook"`
	Title    text.Text `json:"title"`
	About    text.Text `json:"about,omitempty"`
	Starts   time.Time `json:"starts"`
	Ends     time.Time `json:"ends,omitzero" doc:"the template's length after the start if not given"`
	City     string    `json:"city,omitempty"`
	Place    string    `json:"place,omitempty"`
	Link     string    `json:"link,omitempty"`
	Series   string    `json:"series,omitempty"`
	Host     string    `json:"host,omitempty" doc:"person"`
	Capacity int       `json:"capacity,omitempty" doc:"the template's if not given"`
}

// Refusals about events and what playbooks say of them.
var (
	ErrUnknown         = errs.Define(errs.NotFound, "event.unknown")
	ErrUnknownTemplate = errs.Define(errs.NotFound, "event.unknown_template") // "template"
	ErrUnknownType     = errs.Define(errs.NotFound, "event.unknown_type")     // "type"
	ErrCancelled       = errs.Define(errs.Gone, "event.cancelled")
	ErrOver            = errs.Define(errs.Gone, "event.over")
	ErrVersion         = errs.Define(errs.Conflict, "event.version") // it was changed meanwhile
	ErrName            = errs.Define(errs.Invalid, "event.name")     // "max"
	ErrTwice           = errs.Define(errs.Invalid, "event.twice")    // "name"
	ErrTitle           = errs.Define(errs.Invalid, "event.title")    // "max"
	ErrText            = errs.Define(errs.Invalid, "event.text")     // "max"
	ErrLink            = errs.Define(errs.Invalid, "event.link")
	ErrKind            = errs.Define(errs.Invalid, "event.kind")
	ErrTime            = errs.Define(errs.Invalid, "event.time")     // it would end before it starts, or last longer than "days"
	ErrCapacity        = errs.Define(errs.Invalid, "event.capacity") // "max"
	ErrPrice           = errs.Define(errs.Invalid, "event.price")
	ErrNoTypes         = errs.Define(errs.Invalid, "event.no_types")
	ErrNoQuota         = errs.Define(errs.Invalid, "event.no_quota") // "quota"
	ErrWindow          = errs.Define(errs.Invalid, "event.window")   // a ticket type is never to be had
	ErrBenefit         = errs.Define(errs.Invalid, "event.benefit")  // of a ticket type without plans
	ErrFriends         = errs.Define(errs.Invalid, "event.friends")  // "max": a number or type that friend tickets can't have
)

// typeOf finds a ticket type.
func (t Terms) typeOf(name string) (TicketType, error) {
	for _, x := range t.Types {
		if x.Name == name {
			return x, nil
		}
	}
	return TicketType{}, ErrUnknownType.With("type", name)
}

func (t Terms) quota(name string) Quota {
	for _, q := range t.Quotas {
		if q.Name == name {
			return q
		}
	}
	return Quota{Name: name}
}

// shown is a quota's name as people know it.
func (q Quota) shown() string {
	if s := q.Title.In(text.Hans); s != "" {
		return s
	}
	return q.Name
}

// opens is when a ticket type is first to be had; closes when no longer.
func (e Event) opens(t TicketType) time.Time {
	if t.OpensBefore == 0 {
		return time.Time{}
	}
	return e.Starts.Add(-time.Duration(t.OpensBefore))
}

func (e Event) closes(t TicketType) time.Time { return e.Starts.Add(-time.Duration(t.ClosesBefore)) }

// FriendsClose is when the last friend ticket can be taken.
func (e Event) FriendsClose() time.Time { return e.Starts.Add(-time.Duration(e.Friends.ClosesBefore)) }
