package intake

import "github.com/qunce/qunce/internal/spine/fact"

// PageName is the name of a landing page, or of a version of one, inside a fact.
type PageName string

// What people did on their way in. Entry says by which way.
type (
	// Viewed is an entry's page seen by a visitor, once a day. Its subject is the visitor: nobody is known yet.
	Viewed struct{}
	// Pressed is a long-press on a live code's picture; its subject is the visitor.
	Pressed struct{}
	// Arrived is a person who took the first step from an entry's page.
	Arrived struct {
		Opening fact.ID `json:"opening"` // empty when the entry has no doors
	}
	// Reserved is a person's place in the queue before the doors.
	Reserved struct {
		Opening fact.ID `json:"opening"`
		Number  int     `json:"number"`
	}
	// Followed is a person who follows the community's account.
	Followed struct{}
	// ContactAdded is a person who added one of the community's contacts.
	ContactAdded struct {
		Contact fact.ID `json:"contact"` // the contact's pool
	}
	// Registered is a registration form that was taken.
	Registered struct {
		Registration fact.ID `json:"registration"`
		Suspicion    int     `json:"suspicion"` // 0–100
		Known        bool    `json:"known"`     // the phone belonged to someone already
	}
	// PageSeen is a version of a landing page seen by a browser, once; its subject is the visitor.
	PageSeen struct {
		Page     PageName `json:"page"`
		Version  PageName `json:"version"`
		Revision int      `json:"revision"`
	}
	// PageBegun is a person who took the first step from a landing page.
	PageBegun PageSeen
	// PostMade is a post on another platform that is planned; its subject is the post.
	PostMade struct{}
	// PostOut is a post that is out; its subject is the post.
	PostOut struct{}
	// EventPlaced is an event that is a placement from now on, or costs something else; its subject is the event.
	EventPlaced struct {
		Placement fact.ID `json:"placement"`
		Cost      int64   `json:"cost"` // fen
	}
	// OpeningMoved is doors with another time or rate; its subject is the opening.
	OpeningMoved struct {
		Rate int `json:"rate"`
	}
)

// Facts lists the kinds this package emits.
func Facts() []any {
	return []any{Viewed{}, Pressed{}, Arrived{}, Reserved{}, Followed{}, ContactAdded{}, Registered{}, PageSeen{}, PageBegun{}, PostMade{}, PostOut{}, EventPlaced{}, OpeningMoved{}}
}
