package touch

import "github.com/qunce/qunce/internal/spine/fact"

// ChannelName names a channel in facts.
type ChannelName string

// TemplateName names a template in facts.
type TemplateName string

// Message is what the facts of a touch say.
type Message struct {
	Touch    fact.ID      `json:"touch"`
	Channel  ChannelName  `json:"channel"`
	Template TemplateName `json:"template"`
	Campaign fact.ID      `json:"campaign,omitempty"`
}

// What became of a touch.
type (
	// Sent : it was handed to the channel.
	Sent Message
	// Delivered : the channel says that it arrived.
	Delivered Message
	// Opened : the person saw it.
	Opened Message
	// Clicked : the person followed its link.
	Clicked Message
	// Replied : the person answered it.
	Replied Message
	// Failed : it did not arrive, or nobody can tell.
	Failed struct {
		Touch    fact.ID      `json:"touch"`
		Channel  ChannelName  `json:"channel"`
		Template TemplateName `json:"template"`
		Campaign fact.ID      `json:"campaign,omitempty"`
		Reason   Reason       `json:"reason"`
	}
	// HeldBack : the gate did not let it leave.
	HeldBack struct {
		Touch    fact.ID      `json:"touch"`
		Channel  ChannelName  `json:"channel"`
		Template TemplateName `json:"template"`
		Campaign fact.ID      `json:"campaign,omitempty"`
		Reason   Reason       `json:"reason"`
	}
)

// What became of a campaign, which is the fact's subject.
type (
	// CampaignApproved : it may be sent as it is.
	CampaignApproved struct {
		Version int64 `json:"version"`
	}
	// CampaignStarted : it goes out.
	CampaignStarted struct{}
	// CampaignEnded : everybody it is for has been looked at, or (Stopped) somebody ended it.
	CampaignEnded struct {
		Stopped bool `json:"stopped"`
	}
)

// Facts lists the kinds this package emits.
func Facts() []any {
	return []any{Sent{}, Delivered{}, Opened{}, Clicked{}, Replied{}, Failed{}, HeldBack{}, CampaignApproved{}, CampaignStarted{}, CampaignEnded{}}
}

// message is what facts say of a touch. A test is no part of its campaign.
func (t Touch) message() Message {
	m := Message{Touch: fact.ID(t.ID), Channel: ChannelName(t.Channel), Template: TemplateName(t.Template)}
	if !t.Trial {
		m.Campaign = fact.ID(t.Campaign)
	}
	return m
}
