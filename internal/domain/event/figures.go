package event

import (
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// Figures count an event's tickets, comers and answers.
type Figures struct {
	Capacity int     `json:"capacity"`
	Valid    int     `json:"valid" doc:"tickets"`
	Held     int     `json:"held" doc:"to be paid, or offered"`
	Waiting  int     `json:"waiting"`
	Friends  int     `json:"friends" doc:"of the valid tickets, those that a member gave"`
	Admitted int     `json:"admitted" doc:"tickets that have let in at a door"`
	Attended int     `json:"attended" doc:"people, also online"`
	Guests   int     `json:"guests" doc:"of those who came, by a ticket that a member gave"`
	Answers  int     `json:"answers" doc:"of those who came; the denominator of the NPS"`
	NPS      float64 `json:"nps" doc:"% promoters − % detractors; 0 without answers"`
	Below    bool    `json:"below" doc:"it has fallen below the community's line, which is told of once"`
}

// FiguresTx counts an event's tickets, comers and answers, or refuses with ErrUnknown.
func (s *Service) FiguresTx(tx *db.Tx, event string) (Figures, error) {
	all, err := s.FiguresOfTx(tx, []string{event})
	f, found := all[event]
	if err == nil && !found {
		err = ErrUnknown
	}
	return f, err
}

// FiguresOfTx counts those of several events, each figure of all of them at once. Events that aren't there are left out.
func (s *Service) FiguresOfTx(tx *db.Tx, events []string) (map[string]Figures, error) {
	out := make(map[string]Figures, len(events))
	if len(events) == 0 {
		return out, nil
	}
	groups := make([]string, len(events))
	for i, id := range events {
		groups[i] = house(id)
	}
	seats, err := s.seats.Counts(tx, groups)
	if err != nil {
		return nil, err
	}
	for _, id := range events {
		if c, found := seats[house(id)]; found {
			out[id] = Figures{Capacity: c.Capacity, Valid: c.Taken, Held: c.Held, Waiting: c.Waiting}
		}
	}
	return out, countCame(tx, events, out)
}

// Attendee is somebody who came.
type Attendee struct {
	Person  string    `json:"person"`
	At      time.Time `json:"at"`
	Ticket  string    `json:"ticket"`
	Type    string    `json:"type"`
	Giver   string    `json:"giver,omitempty" doc:"person who gave them the ticket"`
	Online  bool      `json:"online,omitempty" doc:"they came into the room; else they were let in at a door"`
	Actor   string    `json:"actor,omitempty" doc:"who let them in"`
	Offline bool      `json:"offline,omitempty" doc:"let in by a phone without a network"`
}

// AttendeesTx lists who came to an event, the first first.
func (s *Service) AttendeesTx(tx *db.Tx, event, cursor string, limit int) (page.Page[Attendee], error) {
	return listAttendees(tx, event, cursor, limit)
}
