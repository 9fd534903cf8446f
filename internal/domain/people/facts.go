package people

import "github.com/qunce/qunce/internal/spine/fact"

// What happened to a person. The fact's person is the one who stands for them at the time.
type (
	// Created is a person met for the first time.
	Created struct {
		Source fact.ID `json:"source"`
	}
	// Identified is an identifier that became a person's, or was verified.
	Identified struct {
		Kind     Kind `json:"kind"`
		Verified bool `json:"verified"`
	}
	// Unidentified is an identifier taken from a person.
	Unidentified struct {
		Kind Kind `json:"kind"`
	}
	// Merged is another person's row that the fact's person stands for from now on.
	Merged struct {
		From  fact.ID `json:"from"`
		Merge fact.ID `json:"merge"`
		By    Kind    `json:"by"` // the identifier that showed it; empty when staff decided
	}
	// Unmerged takes a merge back.
	Unmerged struct {
		From  fact.ID `json:"from"`
		Merge fact.ID `json:"merge"`
	}
	// MergeProposed is a guess that another person is the same human.
	MergeProposed struct {
		Other fact.ID `json:"other"`
		By    Kind    `json:"by"`
	}
	// AnchorSet is an anchor date given, corrected or taken away.
	AnchorSet struct {
		Anchor  Anchor `json:"anchor"`
		Cleared bool   `json:"cleared"`
	}
	// StageChanged is a new life stage, come by time or by a date.
	StageChanged struct {
		From Stage `json:"from"`
		To   Stage `json:"to"`
	}
	// Tagged is a tag put on.
	Tagged struct {
		Tag Tag `json:"tag"`
	}
	// Untagged is a tag taken off.
	Untagged struct {
		Tag Tag `json:"tag"`
	}
	// ConsentGiven is a yes to a purpose, on one channel or (empty) all.
	ConsentGiven struct {
		Purpose Purpose `json:"purpose"`
		Channel Channel `json:"channel"`
	}
	// ConsentWithdrawn is a no; an empty purpose means everything on the channel.
	ConsentWithdrawn struct {
		Purpose Purpose `json:"purpose"`
		Channel Channel `json:"channel"`
	}
	// Blocked is a person kept out: by staff, or by an identifier (By) that was blocked before.
	Blocked struct {
		By Kind `json:"by"`
	}
	// Unblocked lets a person in again.
	Unblocked struct{}
	// Erased is a person whose identifiers and texts are gone.
	Erased struct{}
	// ProfileChanged is a field of the profile with a new value.
	ProfileChanged struct {
		Field FieldName `json:"field"`
	}
	// OrganisationFounded is a company with its first contact. Subject is the company, also of the facts below.
	OrganisationFounded struct{}
	// OrganisationChanged is a field of a company with a new value.
	OrganisationChanged struct {
		Field FieldName `json:"field"`
	}
	// OrganisationJoined is somebody in a company, or in another role there.
	OrganisationJoined struct {
		Role OrganisationRole `json:"role"`
	}
	// OrganisationLeft is somebody who is no longer in a company.
	OrganisationLeft struct{}
	// Revealed is a look at a field that is masked otherwise.
	Revealed struct {
		Field FieldName `json:"field"`
	}
)

// Facts lists the facts that this package emits.
func Facts() []any {
	return []any{
		Created{},
		Identified{},
		Unidentified{},
		Merged{},
		Unmerged{},
		MergeProposed{},
		AnchorSet{},
		StageChanged{},
		Tagged{},
		Untagged{},
		ConsentGiven{},
		ConsentWithdrawn{},
		Blocked{},
		Unblocked{},
		Erased{},
		ProfileChanged{},
		Revealed{},
		OrganisationFounded{},
		OrganisationChanged{},
		OrganisationJoined{},
		OrganisationLeft{},
	}
}
