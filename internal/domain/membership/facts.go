package membership

import "github.com/qunce/qunce/internal/spine/fact"

// PlanName is a plan's name inside a fact.
type PlanName string

// BenefitName is a benefit's name inside a fact.
type BenefitName string

// Kind says how somebody came to a term.
type Kind string

// The kinds.
const (
	KindNew     Kind = "new"
	KindRenewal Kind = "renewal"
	KindUpgrade Kind = "upgrade" // from a plan that this one includes
)

// The facts of memberships. Person is the member, Subject the term.
type (
	// TermBought : a term is somebody's. It may begin later.
	TermBought struct {
		Plan PlanName `json:"plan"`
		Kind Kind     `json:"kind"`
		Paid int64    `json:"paid"` // fen
	}
	// TermStarted : a term began.
	TermStarted struct {
		Plan PlanName `json:"plan"`
		Kind Kind     `json:"kind"`
		Ends int64    `json:"ends"` // µs since 1970
	}
	// GraceBegan : a run ended without another term; all is as before until grace is over.
	GraceBegan struct {
		Plan  PlanName `json:"plan"`
		Until int64    `json:"until"` // µs since 1970
	}
	// TermExpired : a run is over.
	TermExpired struct {
		Plan PlanName `json:"plan"`
	}
	// TermRefunded : a term was given back.
	TermRefunded struct {
		Plan PlanName `json:"plan"`
	}
	// TermUpgraded : a term gave way to one of a plan that includes its own.
	TermUpgraded struct {
		Plan PlanName `json:"plan"`
		Into fact.ID  `json:"into"`
	}
	// TermFollowed : another term was bought that goes on where this one ends.
	TermFollowed struct {
		Plan PlanName `json:"plan"`
		By   fact.ID  `json:"by"`
	}
	// TermLeft : a member gave up the rest of a term.
	TermLeft struct {
		Plan PlanName `json:"plan"`
	}
	// CompanyCovered : a company has bought a term. Subject is the company, also of the three below; Person who bought.
	CompanyCovered struct {
		Plan PlanName `json:"plan"`
		Kind Kind     `json:"kind"`
		Term fact.ID  `json:"term"`
	}
	// ColleagueInvited : a company's contact keeps a place for a colleague. Person is the contact.
	ColleagueInvited struct {
		Place fact.ID `json:"place"`
	}
	// ColleagueJoined : a colleague has a place.
	ColleagueJoined struct {
		Place fact.ID `json:"place"`
	}
	// PlaceFreed : a place is free again. Person is who had it, else who had invited to it.
	PlaceFreed struct {
		Place fact.ID  `json:"place"`
		Why   PlaceEnd `json:"why"`
	}
	// BenefitUsed : a member used something the plan promises.
	BenefitUsed struct {
		Benefit BenefitName `json:"benefit"`
		Qty     int         `json:"qty"`
		For     fact.ID     `json:"for"` // what it was used for: an event, an order
	}
	// BenefitReturned : a use was taken back.
	BenefitReturned struct {
		Benefit BenefitName `json:"benefit"`
		Qty     int         `json:"qty"`
	}
)

// Facts lists the payloads of this package.
func Facts() []any {
	return []any{TermBought{}, TermStarted{}, GraceBegan{}, TermExpired{}, TermRefunded{}, TermUpgraded{}, TermFollowed{}, TermLeft{}, CompanyCovered{}, ColleagueInvited{}, ColleagueJoined{}, PlaceFreed{}, BenefitUsed{}, BenefitReturned{}}
}
