package task

import "github.com/qunce/qunce/internal/spine/fact"

// Kind says what sort of work a task is: "review-registration".
type Kind string

// Outcome is one of the ends that a task declared.
type Outcome string

// RoleName names a role of the community.
type RoleName string

// Every fact's Person is whom the task is about and its Subject what else (a run, an order); a task about neither is its
// own subject. Actor is who did it.
type (
	// Opened tells that somebody has work to do.
	Opened struct {
		Task fact.ID  `json:"task"`
		Kind Kind     `json:"kind"`
		Role RoleName `json:"role"`
		To   fact.ID  `json:"to"`
	}
	// Claimed tells that somebody took it.
	Claimed struct {
		Task fact.ID `json:"task"`
		Kind Kind    `json:"kind"`
	}
	// Finished tells how it ended.
	Finished struct {
		Task    fact.ID `json:"task"`
		Kind    Kind    `json:"kind"`
		Outcome Outcome `json:"outcome"`
	}
	// HandedOver tells that it went to another person or role.
	HandedOver struct {
		Task fact.ID  `json:"task"`
		Kind Kind     `json:"kind"`
		Role RoleName `json:"role"`
		To   fact.ID  `json:"to"`
	}
	// Snoozed tells that it was put off.
	Snoozed struct {
		Task fact.ID `json:"task"`
		Kind Kind    `json:"kind"`
	}
	// Escalated tells a role that it is overdue.
	Escalated struct {
		Task fact.ID  `json:"task"`
		Kind Kind     `json:"kind"`
		Role RoleName `json:"role"`
	}
	// Cancelled tells that it is no longer wanted.
	Cancelled struct {
		Task fact.ID `json:"task"`
		Kind Kind    `json:"kind"`
	}
)

// Facts lists the payloads this package appends.
func Facts() []any {
	return []any{Opened{}, Claimed{}, Finished{}, HandedOver{}, Snoozed{}, Escalated{}, Cancelled{}}
}
