package ledger

import "github.com/qunce/qunce/internal/spine/fact"

// A fact's Subject is the entry's subject, or one of 16 lanes (ledger:0 …) where it names none.
type (
	// Posted tells of every entry, also of those that take one back.
	Posted struct {
		Entry fact.ID `json:"entry"`
	}
	// Reversed tells that an entry was taken back, wholly or in part, by another.
	Reversed struct {
		Entry fact.ID `json:"entry"`
		By    fact.ID `json:"by"`
	}
	// ReleaseRefused tells that a due posting would have passed below a floor and was not made.
	ReleaseRefused struct {
		Due fact.ID `json:"due"`
	}
)

// Facts lists the payloads this package appends.
func Facts() []any { return []any{Posted{}, Reversed{}, ReleaseRefused{}} }
