package event

import "github.com/qunce/qunce/internal/spine/fact"

// TypeName is a ticket type's name inside a fact.
type TypeName string

// TemplateName is a template's name inside a fact.
type TemplateName string

// Why says how a ticket came to its end.
type Why string

// The ways in which a ticket ends.
const (
	WhyHolder    Why = "holder"    // given back by who had it
	WhyRefunded  Why = "refunded"  // with the money
	WhyCancelled Why = "cancelled" // with the event
	WhyMerged    Why = "merged"    // its holder has another one
	WhyErased    Why = "erased"    // its holder was erased
	WhyBlocked   Why = "blocked"   // its holder must not get in any more
	WhyUncovered Why = "uncovered" // the membership that it was free for is over
)

// The facts of events. Subject is the event, unless it says otherwise; Person is whom it is about, if anybody, and then the payload names the event as well, so
// that a path of that person knows it. Times are µs since 1970.
type (
	// Planned : an event stands in the calendar.
	Planned struct {
		Kind   Kind  `json:"kind"`
		Starts int64 `json:"starts"`
		Ends   int64 `json:"ends"`
	}
	// Changed : something else than the time is another now.
	Changed struct {
		Version int `json:"version"`
	}
	// Moved : it begins or ends at another time now.
	Moved struct {
		Starts int64 `json:"starts"`
		Ends   int64 `json:"ends"`
		Was    int64 `json:"was"` // when it was to begin
	}
	// Cancelled : it will not take place.
	Cancelled struct{}
	// TicketTaken : a ticket is valid. Person is its holder.
	TicketTaken struct {
		Ticket fact.ID  `json:"ticket"`
		Type   TypeName `json:"type"`
		Event  fact.ID  `json:"event"`
		Price  int64    `json:"price"` // fen
		Giver  fact.ID  `json:"giver,omitempty"`
	}
	// TicketMoved : the event of a valid ticket begins at another time.
	TicketMoved struct {
		Ticket fact.ID `json:"ticket"`
		Event  fact.ID `json:"event"`
		Starts int64   `json:"starts"`
	}
	// SummaryTold : the summary of the event is there to be read. Person is the holder of a ticket.
	SummaryTold struct {
		Ticket fact.ID `json:"ticket"`
		Event  fact.ID `json:"event"`
	}
	// TicketReturned : a valid ticket is no longer one.
	TicketReturned struct {
		Ticket fact.ID  `json:"ticket"`
		Type   TypeName `json:"type"`
		Event  fact.ID  `json:"event"`
		Why    Why      `json:"why"`
	}
	// FriendGiven : a member made a link to a friend ticket. Person is the giver.
	FriendGiven struct {
		Gift  fact.ID `json:"gift"`
		Event fact.ID `json:"event"`
	}
	// FriendClaimed : a guest took a friend ticket. Person is the guest.
	FriendClaimed struct {
		Gift   fact.ID `json:"gift"`
		Event  fact.ID `json:"event"`
		Giver  fact.ID `json:"giver"`
		Ticket fact.ID `json:"ticket"`
	}
	// FriendReturned : an unclaimed friend ticket went back to its giver, who is the Person.
	FriendReturned struct {
		Gift  fact.ID `json:"gift"`
		Event fact.ID `json:"event"`
	}
	// Admitted : somebody was let in at a door. Double tells that a ticket let in a second time, at a phone without a network.
	Admitted struct {
		Ticket  fact.ID `json:"ticket"`
		Event   fact.ID `json:"event"`
		Scan    fact.ID `json:"scan"`
		Offline bool    `json:"offline"`
		Double  bool    `json:"double"`
	}
	// Attended : somebody came, once a person and event.
	Attended struct {
		Ticket fact.ID `json:"ticket"`
		Event  fact.ID `json:"event"`
		Giver  fact.ID `json:"giver,omitempty"` // who gave them the ticket
		Online bool    `json:"online"`
		First  bool    `json:"first"` // they had never come to anything
	}
	// Answered : somebody who came said how likely they would recommend it.
	Answered struct {
		Event          fact.ID `json:"event"`
		Score          int     `json:"score"` // 0–10
		PraisesService bool    `json:"praises_service"`
		PraisesEvent   bool    `json:"praises_event"`
	}
	// Displaced : another event, of a hot topic, has taken its time.
	Displaced struct {
		By     fact.ID `json:"by"`
		Starts int64   `json:"starts"` // when it will be held instead
		Was    int64   `json:"was"`
	}
	// JuryAsked : other guests are asked whether what it will show is good enough.
	JuryAsked struct {
		Round  int `json:"round"`
		Jurors int `json:"jurors"`
		Need   int `json:"need"`
	}
	// Judged : one of them has said so or not. Person is the juror.
	Judged struct {
		Event   fact.ID `json:"event"`
		Round   int     `json:"round"`
		Verdict Verdict `json:"verdict"`
	}
	// JuryPassed : enough have said yes.
	JuryPassed struct {
		Yes  int `json:"yes"`
		No   int `json:"no"`
		Need int `json:"need"`
	}
	// JuryRefused : so many have said no that there can't be enough any more.
	JuryRefused struct {
		Yes  int `json:"yes"`
		No   int `json:"no"`
		Need int `json:"need"`
	}
	// JurorAsked : somebody is asked to be on the jury of an event. Person is the juror.
	JurorAsked struct {
		Event fact.ID `json:"event"`
		Round int     `json:"round"`
	}
	// GuestAdded : somebody may be asked to appear at events. Subject is the guest; Person is who that is, if known.
	GuestAdded struct{}
	// GuestLeft : a guest is not asked any more, or was forgotten. Subject is the guest.
	GuestLeft struct{}
	// GuestAsked : a guest was asked to appear. Subject is the guest.
	GuestAsked struct {
		Ask   fact.ID `json:"ask"`
		Event fact.ID `json:"event,omitempty"`
	}
	// GuestAnswered : a guest said whether they will. Subject is the guest.
	GuestAnswered struct {
		Ask   fact.ID  `json:"ask"`
		Event fact.ID  `json:"event,omitempty"`
		Said  AskState `json:"said"`
	}
	// TopicProposed : something may be voted on. Subject is the topic; Person is who proposed it, if a member did.
	TopicProposed struct {
		Topic fact.ID `json:"topic"`
	}
	// TopicVoted : somebody wants to hear of a topic. Subject is the topic.
	TopicVoted struct {
		Topic fact.ID `json:"topic"`
	}
	// TopicTook : a topic is that of an event. Subject is the topic.
	TopicTook struct {
		Event fact.ID `json:"event"`
	}
	// TopicLeft : a topic was closed. Subject is the topic.
	TopicLeft struct{}
	// SlotEmpty : nothing is planned for a time at which an event should be held. Subject is the time's row.
	SlotEmpty struct {
		Template TemplateName `json:"template"`
		Starts   int64        `json:"starts"`
	}
	// SlotFilled : something is planned for it now. Subject is the time's row.
	SlotFilled struct {
		Template TemplateName `json:"template"`
		Event    fact.ID      `json:"event"`
		Starts   int64        `json:"starts"`
	}
	// BelowLine : what people think of the event is below the community's standard line, once an event.
	BelowLine struct {
		NPS     int `json:"nps"`  // tenths
		Line    int `json:"line"` // tenths
		Answers int `json:"answers"`
	}
)

// Facts lists the payloads of this package.
func Facts() []any {
	return []any{
		Planned{},
		Changed{},
		Moved{},
		Cancelled{},
		TicketTaken{},
		TicketMoved{},
		SummaryTold{},
		TicketReturned{},
		FriendGiven{},
		FriendClaimed{},
		FriendReturned{},
		Admitted{},
		Attended{},
		Answered{},
		Displaced{},
		JuryAsked{},
		Judged{},
		JuryPassed{},
		JuryRefused{},
		JurorAsked{},
		GuestAdded{},
		GuestLeft{},
		GuestAsked{},
		GuestAnswered{},
		TopicProposed{},
		TopicVoted{},
		TopicTook{},
		TopicLeft{},
		SlotEmpty{},
		SlotFilled{},
		BelowLine{},
	}
}
