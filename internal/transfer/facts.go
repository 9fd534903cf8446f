package transfer

import "github.com/qunce/qunce/internal/spine/fact"

// What happened to a file.
type (
	// Imported is a file whose rows have all been dealt with.
	Imported struct {
		Import    fact.ID `json:"import"`
		Created   int     `json:"created"`
		Updated   int     `json:"updated"`
		Unchanged int     `json:"unchanged"`
		Left      int     `json:"left"` // rows that were not taken
	}
	// ImportFailed is a file that could not be read to its end.
	ImportFailed struct {
		Import fact.ID `json:"import"`
	}
)

// Facts lists what this package emits.
func Facts() []any { return []any{Imported{}, ImportFailed{}} }
