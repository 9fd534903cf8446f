package room

import "github.com/qunce/qunce/internal/spine/fact"

// The facts of rooms. Subject is the event.
type (
	// Written : a version of the script is in.
	Written struct {
		Version    int `json:"version"`
		Paragraphs int `json:"paragraphs"`
	}
	// Began : the first paragraph was shown.
	Began struct {
		Version int `json:"version"`
	}
	// Finished : the room ended; the script may be read back.
	Finished struct {
		Shown int `json:"shown"`
		Of    int `json:"of"`
	}
	// Asked : somebody asked a question. Person is who.
	Asked struct {
		Question fact.ID `json:"question"`
	}
	// Voted : somebody wants to know the same. Person is who.
	Voted struct {
		Question fact.ID `json:"question"`
	}
)

// Facts lists the payloads of this package.
func Facts() []any { return []any{Written{}, Began{}, Finished{}, Asked{}, Voted{}} }
