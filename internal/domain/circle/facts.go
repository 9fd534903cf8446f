package circle

import "github.com/qunce/qunce/internal/spine/fact"

// Kind says what a circle is for.
type Kind string

// The kinds of circles.
const (
	KindBase       Kind = "base"
	KindConversion Kind = "conversion"
	KindHall       Kind = "hall"
	KindService    Kind = "service"
	KindStage      Kind = "stage"
	KindEvent      Kind = "event"
	KindCamp       Kind = "camp"
)

// GroupName is a group's name inside a fact.
type GroupName string

// Via says how somebody came onto the roster.
type Via string

// The ways onto the roster.
const (
	ViaSeat Via = "seat" // took the seat that was held for them
	ViaMove Via = "move" // staff moved them
)

// Reason says why somebody is no longer on the roster.
type Reason string

// The reasons.
const (
	ReasonLeft    Reason = "left"    // they went
	ReasonMoved   Reason = "moved"   // to another circle
	ReasonRemoved Reason = "removed" // by staff, a block or an erasure
	ReasonMerged  Reason = "merged"  // the same human has another stay
)

// MessageKind says what a message is.
type MessageKind string

// The kinds of messages.
const (
	MessageText    MessageKind = "text"
	MessagePicture MessageKind = "picture"
	MessageLink    MessageKind = "link"
	MessageSystem  MessageKind = "system"
)

// The facts of circles. A fact's Circle is the circle, its Person whom it is about; where there is nobody, the Subject is
// the circle. Actor is the member of staff who did it.
type (
	// Opened is a new circle.
	Opened struct {
		Group  GroupName `json:"group"`
		Kind   Kind      `json:"kind"`
		Number int       `json:"number"`
	}
	// Joined is a person who came onto the roster. Entry is the way they came in by.
	Joined struct {
		Group  GroupName `json:"group"`
		Kind   Kind      `json:"kind"`
		Number int       `json:"number"`
		Via    Via       `json:"via"`
	}
	// Left is a person who went off the roster.
	Left struct {
		Group  GroupName `json:"group"`
		Kind   Kind      `json:"kind"`
		Reason Reason    `json:"reason"`
	}
	// Frozen is a circle that takes nobody in and lets no member write.
	Frozen struct{}
	// Thawed is a frozen circle that was opened again.
	Thawed struct{}
	// Archived is a circle that has ended.
	Archived struct{}
	// Muted is a member who may not write for some minutes; 0 means that they may again.
	Muted struct {
		Minutes int `json:"minutes"`
	}
	// MessagePosted is a message; its person is the member who wrote it.
	MessagePosted struct {
		Message fact.ID     `json:"message"`
		Kind    MessageKind `json:"kind"`
		Reply   fact.ID     `json:"reply"`
	}
	// MessageWithdrawn is a message taken back by its author or a moderator; its person is the author.
	MessageWithdrawn struct {
		Message fact.ID `json:"message"`
	}
	// Pinned is a message put at the top of its circle, or taken from there.
	Pinned struct {
		Message fact.ID `json:"message"`
		Pinned  bool    `json:"pinned"`
	}
)

// Facts lists the payloads of this package.
func Facts() []any {
	return []any{Opened{}, Joined{}, Left{}, Frozen{}, Thawed{}, Archived{}, Muted{}, MessagePosted{}, MessageWithdrawn{}, Pinned{}}
}
