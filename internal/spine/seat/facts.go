package seat

import (
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// GroupName is a group's name inside a fact.
type GroupName string

// Place is what the facts of a seat say.
type Place struct {
	Seat  fact.ID   `json:"seat"`
	Pool  fact.ID   `json:"pool"`
	Group GroupName `json:"group"`
	Qty   int       `json:"qty"`
}

// The facts of a seat. Person is the holder if it is a person, and Subject what the pool belongs to; else Subject is the
// holder. Circle is the pool's.
type (
	// Held : a place is kept until the hold ends.
	Held Place
	// Taken : the place is the holder's.
	Taken Place
	// Released : the holder gave it up, or it was taken from them.
	Released Place
	// Lapsed : the hold ended untaken.
	Lapsed Place
	// Offered : a freed place is kept for one who waited.
	Offered Place
	// Moved : a seat took the place of another one, which has ended.
	Moved struct {
		Seat      fact.ID   `json:"seat"`
		Pool      fact.ID   `json:"pool"`
		Group     GroupName `json:"group"`
		Qty       int       `json:"qty"`
		FromSeat  fact.ID   `json:"from_seat"`
		FromPool  fact.ID   `json:"from_pool"`
		FromGroup GroupName `json:"from_group"`
	}
	// Waiting : the holder stands in the group's line.
	Waiting struct {
		Group    GroupName `json:"group"`
		Qty      int       `json:"qty"`
		Priority int       `json:"priority"`
	}
	// LeftLine : the holder left the line without an offer.
	LeftLine struct {
		Group GroupName  `json:"group"`
		Why   LeftReason `json:"why"`
	}
	// ReserveReached : fewer units than the reserve are left. Subject is the group's name.
	ReserveReached struct {
		Group   GroupName `json:"group"`
		Room    int       `json:"room"`
		Reserve int       `json:"reserve"`
	}
)

// LeftReason is why somebody left a line.
type LeftReason string

// The reasons.
const (
	LeftByWish LeftReason = "wish"
	LeftSeated LeftReason = "seated" // has as many seats in the group as one may have
)

// Facts lists the payloads of this package.
func Facts() []any {
	return []any{Held{}, Taken{}, Released{}, Lapsed{}, Offered{}, Moved{}, Waiting{}, LeftLine{}, ReserveReached{}}
}

func (s Seat) place() Place {
	return Place{Seat: fact.ID(s.ID), Pool: fact.ID(s.Pool), Group: GroupName(s.Group), Qty: s.Qty}
}

// tell appends a fact of the seat.
func (s Seat) tell(tx *db.Tx, payload any) error {
	f := s.Holder.about()
	f.Circle = s.Circle
	if s.Holder.Person {
		f.Subject = s.Subject
	}
	_, err := fact.Append(tx, payload, f)
	return err
}

func (h Holder) about() fact.Fact {
	if h.Person {
		return fact.Fact{Person: h.ID}
	}
	return fact.Fact{Subject: h.ID}
}
