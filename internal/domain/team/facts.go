package team

import "github.com/qunce/qunce/internal/spine/fact"

// DepartmentName is a department's name inside a fact.
type DepartmentName string

// MonthName is a month inside a fact: 2026-11.
type MonthName string

// The facts of the team.
type (
	// Given : one of the staff looks after somebody from now on. Person is whom, Subject the turn, Actor who decided it, if anybody.
	Given struct {
		Side       Side           `json:"side"`
		Department DepartmentName `json:"department"`
		Staff      fact.ID        `json:"staff"`
		Reason     Reason         `json:"reason"`
		Version    int            `json:"version"`
	}
	// Touched : the owner has spoken with a contact for the first time. Person is the contact, Subject the turn.
	Touched struct {
		Staff fact.ID `json:"staff"`
	}
	// TurnEnded : an owner no longer looks after somebody. Person is whom, Subject the turn.
	TurnEnded struct {
		Side   Side    `json:"side"`
		Staff  fact.ID `json:"staff"`
		Reason End     `json:"reason"`
	}
	// Credited : a sale is somebody's. Person is the buyer, Subject the order.
	Credited struct {
		Kind       SaleKind       `json:"kind"`
		Department DepartmentName `json:"department"`
		Staff      fact.ID        `json:"staff"`
		Reason     CreditReason   `json:"reason"`
		Version    int            `json:"version"`
		Amount     int64          `json:"amount"` // fen
		Month      MonthName      `json:"month"`
	}
	// Reduced : a part of a credited order went back. Person is the buyer, Subject the order.
	Reduced struct {
		Amount int64     `json:"amount"` // fen
		Month  MonthName `json:"month"`  // in whose statement it counts
	}
	// MonthClosing : nothing is credited to a month any more. Subject is the month, Actor who closed it.
	MonthClosing struct {
		Month MonthName `json:"month"`
	}
	// MonthClosed : all statements of a month are written. Subject is the month.
	MonthClosed struct {
		Month      MonthName `json:"month"`
		Statements int       `json:"statements"`
		Total      int64     `json:"total"` // fen
	}
	// StatementWritten : what one of the staff earned in a month. Subject is the statement.
	StatementWritten struct {
		Staff fact.ID   `json:"staff"`
		Month MonthName `json:"month"`
		Total int64     `json:"total"` // fen
	}
	// StatementApproved : a second person, the Actor, agreed; it is posted. Subject is the statement.
	StatementApproved struct {
		Staff fact.ID `json:"staff"`
		Total int64   `json:"total"` // fen
	}
	// TargetSet : somebody, or a department, has a target. Subject is the staff or the department, Actor who set it.
	TargetSet struct {
		Month  MonthName  `json:"month"`
		Kind   TargetKind `json:"kind"`
		Amount int64      `json:"amount"` // fen; 0 is none any more
	}
)

// Facts lists the payloads of this package.
func Facts() []any {
	return []any{Given{}, Touched{}, TurnEnded{}, Credited{}, Reduced{}, MonthClosing{}, MonthClosed{}, StatementWritten{}, StatementApproved{}, TargetSet{}}
}
