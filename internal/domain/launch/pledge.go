package launch

import (
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
)

// PledgeState is how far a pledge has come.
type PledgeState string

// The states of a pledge.
const (
	Asked    PledgeState = "asked"
	Promised PledgeState = "promised"
	Declined PledgeState = "declined"
	Done     PledgeState = "done"
)

// Pledge is somebody's promise to share a launch.
type Pledge struct {
	ID         string      `json:"id"`
	Launch     string      `json:"launch"`
	Person     string      `json:"person"`
	State      PledgeState `json:"state"`
	AskedAt    time.Time   `json:"asked_at,omitzero" doc:"absent if they came by themselves"`
	AskedBy    string      `json:"asked_by,omitempty"`
	Contacts   int         `json:"contacts" doc:"promised to tell"`
	Shares     int         `json:"shares" doc:"promised"`
	Link       string      `json:"link,omitempty" doc:"their share link, once they promised"`
	PromisedAt time.Time   `json:"promised_at,omitzero"`
	DueAt      time.Time   `json:"due_at,omitzero" doc:"when they were told that it begins"`
	DoneAt     time.Time   `json:"done_at,omitzero"`
	CreatedAt  time.Time   `json:"created_at"`
}

// Promise is what somebody says they will do.
type Promise struct {
	Contacts int `json:"contacts" doc:"whom they will tell"`
	Shares   int `json:"shares" doc:"how often they will share it, in moments or groups; at least 1"`
}

// Reached is a pledge with what its link brought.
type Reached struct {
	Pledge
	Reach Reach `json:"reach" doc:"of their link since the launch was opened"`
}

// Mine is a launch that a person was asked about or promised to share.
type Mine struct {
	Launch Launch `json:"launch"`
	Pledge Pledge `json:"pledge"`
}

// Refusals about pledges.
var (
	ErrUnknownPledge = errs.Define(errs.NotFound, "launch.unknown_pledge")
	ErrPromise       = errs.Define(errs.Invalid, "launch.promise") // "max"
	ErrPledged       = errs.Define(errs.Conflict, "launch.pledged")
	ErrDeclined      = errs.Define(errs.Conflict, "launch.declined")
	ErrDone          = errs.Define(errs.Conflict, "launch.done")
	ErrNotPromised   = errs.Define(errs.Conflict, "launch.not_promised")
)

const maxPromise = 100_000

func (p Promise) check() error {
	var bad []*errs.Error
	if p.Contacts < 0 || p.Contacts > maxPromise {
		bad = append(bad, ErrPromise.With("max", maxPromise).At("/contacts"))
	}
	if p.Shares < 1 || p.Shares > maxPromise {
		bad = append(bad, ErrPromise.With("max", maxPromise).At("/shares"))
	}
	return errs.Join(bad...)
}
