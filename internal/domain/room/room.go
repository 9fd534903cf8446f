package room

import (
	"time"
	"unicode/utf8"

	"github.com/qunce/qunce/internal/kit/errs"
)

// State is what a room does.
type State string

// The states of a room.
const (
	Waiting State = "waiting" // nothing was shown yet
	Playing State = "playing"
	Paused  State = "paused"
	Ended   State = "ended" // all of the script may be read
)

// Paragraph is what is shown at once.
type Paragraph struct {
	Text  string `json:"text"`
	Slide string `json:"slide,omitempty" doc:"hash of a picture that stands with it and those after it"`
}

// Room is how far a script has come.
type Room struct {
	Event     string    `json:"event"`
	State     State     `json:"state"`
	Version   int       `json:"version" doc:"of the script"`
	Shown     int       `json:"shown" doc:"paragraphs that the audience has"`
	Of        int       `json:"of" doc:"paragraphs of the script"`
	Pace      int       `json:"pace" doc:"characters a minute"`
	NextAt    time.Time `json:"next_at,omitzero"`
	StartedAt time.Time `json:"started_at,omitzero"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
}

// QuestionState says what became of a question.
type QuestionState string

// The states of a question.
const (
	Open     QuestionState = "open"
	Answered QuestionState = "answered"
	Hidden   QuestionState = "hidden" // by the host: nobody else sees it
)

// Question is what somebody of the audience wants to know.
type Question struct {
	ID     string        `json:"id"`
	Event  string        `json:"event"`
	Person string        `json:"person"`
	Text   string        `json:"text"`
	Votes  int           `json:"votes"`
	Mine   bool          `json:"mine,omitempty" doc:"the asker voted for it"`
	State  QuestionState `json:"state"`
	At     time.Time     `json:"at"`
}

// Refusals.
var (
	ErrUnknown    = errs.Define(errs.NotFound, "room.unknown")     // the event has no script
	ErrScript     = errs.Define(errs.Invalid, "room.script")       // "max": nothing to show, or too much
	ErrParagraph  = errs.Define(errs.Invalid, "room.paragraph")    // "max": empty or too long
	ErrSlide      = errs.Define(errs.Invalid, "room.slide")        // no such picture
	ErrBegun      = errs.Define(errs.Conflict, "room.begun")       // the script can't be changed any more
	ErrState      = errs.Define(errs.Conflict, "room.state")       // "state"
	ErrPace       = errs.Define(errs.Invalid, "room.pace")         // "least", "most"
	ErrNotHost    = errs.Define(errs.Forbidden, "room.not_host")   // only the host and staff lead
	ErrNoTicket   = errs.Define(errs.Forbidden, "room.no_ticket")  // only who has a ticket comes in
	ErrQuestion   = errs.Define(errs.Invalid, "room.question")     // "max"
	ErrTooMany    = errs.Define(errs.Limited, "room.too_many")     // "max": open questions of one person
	ErrNoQuestion = errs.Define(errs.NotFound, "room.no_question") // there is none
)

// Limits.
const (
	maxParagraphs = 1000
	maxParagraph  = 2000
	maxQuestion   = 300
	maxOpen       = 5 // questions of one person
	leastPace     = 60
	mostPace      = 3000
	usualPace     = 400 // about what people read aloud in their heads
	shortest      = 2 * time.Second
)

// lasts is how long a paragraph stands before the next one comes.
func (p Paragraph) lasts(pace int) time.Duration {
	return max(shortest, time.Duration(utf8.RuneCountInString(p.Text))*time.Minute/time.Duration(pace))
}
