package launch

import "github.com/qunce/qunce/internal/spine/fact"

// The facts of launches. Subject is the launch for the first two, the pledge or endorser for the others, which Launch names.
type (
	// Opened : a launch is prepared.
	Opened struct{}
	// Closed : a launch was closed by hand.
	Closed struct{}
	// PledgeAsked : somebody was asked to promise. Person is who, Actor who asked.
	PledgeAsked struct {
		Launch fact.ID `json:"launch"`
		Again  bool    `json:"again"` // sooner than the asking budget allows, acknowledged
	}
	// Pledged : somebody promised to share, or something else than before.
	Pledged struct {
		Launch   fact.ID `json:"launch"`
		Contacts int     `json:"contacts"`
		Shares   int     `json:"shares"`
	}
	// PledgeDeclined : somebody won't.
	PledgeDeclined struct {
		Launch fact.ID `json:"launch"`
	}
	// PledgeDue : the launch has begun, and somebody promised.
	PledgeDue struct {
		Launch fact.ID `json:"launch"`
	}
	// PledgeDone : somebody shared as they promised, they say or staff does.
	PledgeDone struct {
		Launch fact.ID `json:"launch"`
	}
	// Endorsed : somebody agreed to be shown with their words.
	Endorsed struct {
		Launch fact.ID `json:"launch"`
	}
	// EndorsementWithdrawn : they do not any more, or the words are others.
	EndorsementWithdrawn struct {
		Launch fact.ID `json:"launch"`
	}
)

// Facts lists the payloads of this package.
func Facts() []any {
	return []any{Opened{}, Closed{}, PledgeAsked{}, Pledged{}, PledgeDeclined{}, PledgeDue{}, PledgeDone{}, Endorsed{}, EndorsementWithdrawn{}}
}
