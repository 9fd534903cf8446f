package event

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// AskState is what a guest said.
type AskState string

// The states of an ask.
const (
	Asked    AskState = "asked" // and has not answered
	Agreed   AskState = "agreed"
	Declined AskState = "declined"
)

// Ask is that a guest was asked to appear; who agreed to an event appears there.
type Ask struct {
	ID         string    `json:"id"`
	Guest      string    `json:"guest"`
	Event      string    `json:"event,omitempty" doc:"none: at some time"`
	Topic      string    `json:"topic,omitempty"`
	State      AskState  `json:"state"`
	Actor      string    `json:"actor"`
	AskedAt    time.Time `json:"asked_at"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
}

// AskDraft is what a guest is asked.
type AskDraft struct {
	Event string   `json:"event,omitempty" doc:"at which they are to appear; at some time if not given"`
	Topic string   `json:"topic,omitempty" doc:"what they are to speak about"`
	State AskState `json:"state,omitempty" doc:"what they said, if they have"`
}

// Appearance is an event that took place with a guest.
type Appearance struct {
	Event   string    `json:"event"`
	Title   text.Text `json:"title"`
	Starts  time.Time `json:"starts"`
	Answers int       `json:"answers" doc:"the denominator of the NPS"`
	NPS     float64   `json:"nps" doc:"% promoters − % detractors; 0 without answers"`

	tally tally
}

// Record is how a guest has done, from the events that took place with them: those they agreed to, and those they were the host of.
type Record struct {
	Appearances []Appearance `json:"appearances" doc:"the last first"`
	Answers     int          `json:"answers" doc:"of all of them; the denominator of the NPS"`
	NPS         float64      `json:"nps" doc:"of all their answers"`
	Ask         *Ask         `json:"ask,omitempty" doc:"the last"`
}

// AskGuestTx writes down that a guest was asked, and what they said if they have. Asked again for an event they declined, they are
// to answer anew. What has taken place can only have been agreed to. Refusals: ErrGuest, ErrGuestGone, ErrUnknown, ErrCancelled,
// ErrOver, ErrTopic, ErrAskAnswer.
func (s *Service) AskGuestTx(tx *db.Tx, guest string, d AskDraft, actor string) (a Ask, err error) {
	if d.State == "" {
		d.State = Asked
	}
	if d.State != Asked && d.State != Agreed && d.State != Declined {
		return a, ErrAskAnswer.At("/state")
	}
	g, err := s.GuestTx(tx, guest)
	if err != nil || g.State != GuestActive {
		return a, errs.Or(err, ErrGuestGone)
	}
	if err := s.askable(tx, d); err != nil {
		return a, err
	}
	a = Ask{ID: tx.NewID(), Guest: g.ID, Event: d.Event, Topic: d.Topic, State: d.State, Actor: actor, AskedAt: tx.Now()}
	if d.State != Asked {
		a.AnsweredAt = tx.Now()
	}
	fresh, err := putAsk(tx, &a)
	if err != nil || !fresh {
		return a, err
	}
	if _, err := fact.Append(tx, GuestAsked{Ask: fact.ID(a.ID), Event: fact.ID(a.Event)}, g.fact(actor)); err != nil {
		return a, err
	}
	if a.State == Asked {
		return a, nil
	}
	return a, s.answered(tx, g, a, actor)
}

func (g Guest) fact(actor string) fact.Fact {
	return fact.Fact{Person: g.Person, Subject: g.ID, Actor: actor}
}

// askable holds that a guest can be asked for the event and topic.
func (s *Service) askable(tx *db.Tx, d AskDraft) error {
	if d.Topic != "" {
		if _, err := s.TopicTx(tx, d.Topic, ""); err != nil {
			return errs.PointTo(err, "/topic")
		}
	}
	if d.Event == "" {
		return nil
	}
	e, err := s.GetTx(tx, d.Event)
	switch {
	case err != nil:
		return errs.PointTo(err, "/event")
	case e.State == StateCancelled:
		return ErrCancelled.At("/event")
	case d.State == Asked && !e.Ends.After(tx.Now()):
		return ErrOver.At("/event")
	}
	return nil
}

// AnswerAskTx writes down what a guest said; they may think better of it. Refusals: ErrAsk, ErrAskAnswer, ErrGuestGone.
func (s *Service) AnswerAskTx(tx *db.Tx, ask string, said AskState, actor string) (a Ask, err error) {
	if said != Agreed && said != Declined {
		return a, ErrAskAnswer.At("/state")
	}
	a, found, err := askByID(tx, ask)
	if err != nil || !found {
		return a, errs.Or(err, ErrAsk)
	}
	g, err := s.GuestTx(tx, a.Guest)
	if err != nil || g.State == GuestErased {
		return a, errs.Or(err, ErrGuestGone)
	}
	changed, err := answerAsk(tx, ask, said)
	if err != nil {
		return a, fmt.Errorf("write an answer down: %w", err)
	}
	if !changed {
		return a, nil // they said so before
	}
	a.State, a.AnsweredAt = said, tx.Now()
	return a, s.answered(tx, g, a, actor)
}

// answered tells what a guest said. A topic they agreed to speak about at an event is that event's, if it has none.
func (s *Service) answered(tx *db.Tx, g Guest, a Ask, actor string) error {
	if _, err := fact.Append(tx, GuestAnswered{Ask: fact.ID(a.ID), Event: fact.ID(a.Event), Said: a.State}, g.fact(actor)); err != nil {
		return err
	}
	if a.State != Agreed || a.Event == "" || a.Topic == "" {
		return nil
	}
	e, err := s.GetTx(tx, a.Event)
	if err != nil || e.State != StatePlanned {
		return err // an event that was called off takes no topic from others
	}
	_, err = s.giveTopic(tx, a.Topic, a.Event, actor)
	return err
}

// AsksTx lists who was asked for an event, or what a guest was asked, the last first. It gives the last 200.
func (s *Service) AsksTx(tx *db.Tx, event, guest string) ([]Ask, error) {
	if event != "" {
		if _, err := s.GetTx(tx, event); err != nil {
			return nil, err
		}
		return asksForEvent(tx, event)
	}
	g, err := s.GuestTx(tx, guest)
	if err != nil {
		return nil, err
	}
	all, err := asksOf(tx, []string{g.ID})
	if len(all) > maxAsks {
		all = all[:maxAsks]
	}
	return all, err
}

// maxAsks is how many asks are shown at once.
const maxAsks = 200

// RecordsTx tells how several guests have done, by their ids.
func (s *Service) RecordsTx(tx *db.Tx, guests []Guest) (map[string]Record, error) {
	out := map[string]Record{}
	if len(guests) == 0 {
		return out, nil
	}
	carried := map[string]map[string]bool{} // events by guest
	ids, host := make([]string, len(guests)), map[string]string{}
	for i, g := range guests {
		ids[i], carried[g.ID] = g.ID, map[string]bool{}
		if g.Person == "" || g.State == GuestErased {
			continue
		}
		w, err := s.who(tx, g.Person)
		if err != nil {
			return nil, err
		}
		for _, id := range w.ids {
			host[id] = g.ID
		}
	}
	asks, err := asksOf(tx, ids)
	if err != nil {
		return nil, err
	}
	last := map[string]*Ask{}
	for i, a := range asks {
		if last[a.Guest] == nil {
			last[a.Guest] = &asks[i]
		}
		if a.State == Agreed && a.Event != "" {
			carried[a.Guest][a.Event] = true
		}
	}
	held, err := heldEvents(tx, carried, host)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		out[id] = recordOf(held, carried[id], last[id])
	}
	return out, nil
}

// heldEvents reads what took place of the events that guests agreed to or hosted, and adds the latter to what carries them.
func heldEvents(tx *db.Tx, carried map[string]map[string]bool, host map[string]string) ([]Appearance, error) {
	events := map[string]bool{}
	for _, of := range carried {
		maps.Copy(events, of)
	}
	held, by, err := tookPlace(tx, slices.Sorted(maps.Keys(events)), slices.Sorted(maps.Keys(host)))
	for i, x := range held {
		if g, hosted := host[by[i]]; hosted {
			carried[g][x.Event] = true
		}
	}
	return held, err
}

func recordOf(held []Appearance, carried map[string]bool, last *Ask) Record {
	r, sum := Record{Appearances: []Appearance{}, Ask: last}, tally{}
	for _, x := range held {
		if carried[x.Event] {
			r.Appearances = append(r.Appearances, x)
			sum.n, sum.promoters, sum.detractors = sum.n+x.tally.n, sum.promoters+x.tally.promoters, sum.detractors+x.tally.detractors
		}
	}
	r.Answers, r.NPS = sum.n, sum.nps()
	return r
}
