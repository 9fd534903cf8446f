package path

import "github.com/qunce/qunce/internal/spine/fact"

// Name is a path's name as it stands in facts.
type Name string

// Outcome is how a run ended, as the path names it.
type Outcome string

// Started tells that a subject began a path.
type Started struct {
	Path Name    `json:"path"`
	Run  fact.ID `json:"run"`
}

// Ended tells that a run came to an end.
type Ended struct {
	Path    Name    `json:"path"`
	Run     fact.ID `json:"run"`
	Outcome Outcome `json:"outcome"`
}

// Facts lists the kinds this package emits.
func Facts() []any { return []any{Started{}, Ended{}} }
