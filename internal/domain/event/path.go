package event

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
)

// The moments that paths can wait for.
const (
	startsMoment = "event_starts"
	endsMoment   = "event_ends"
)

// Install registers what paths know of events: the event that a run is about, or the one that its values name, as the facts of
// tickets and of offered seats do. Times that people read are those of the community's zone.
func (s *Service) Install(e *path.Engine, zone func(ctx context.Context, community string) *time.Location) {
	for name, x := range map[string]struct {
		doc string
		at  func(Event) time.Time
	}{
		startsMoment: {"When the event begins, with an offset as -21d before it. An event that is moved takes its runs along.", func(e Event) time.Time { return e.Starts }},
		endsMoment:   {"When the event ends.", func(e Event) time.Time { return e.Ends }},
	} {
		e.RegisterMoment(path.Moment{Name: name, Doc: x.doc, When: func(c *path.Call) (time.Time, error) {
			e, err := s.OfTx(c.Tx, c.Run)
			return x.at(e), err
		}})
	}
	e.Register(s.summaryAction())
	e.RegisterSource(path.Source{
		Prefix: "event", Names: []string{"id", "code", "title", "kind", "state", "template", "series", "city", "host", "capacity", "tickets", "answers", "jury", "starts", "ends", "when", "hours", "offer_ends", "sells", "holds", "stay", "bought"},
		Read: func(tx *db.Tx, r *path.Run) (map[string]any, error) {
			return s.values(tx, r, zone(context.Background(), tx.Community()))
		},
	})
	s.moved = func(ctx context.Context, community string) error {
		return errors.Join(e.Retime(ctx, community, startsMoment), e.Retime(ctx, community, endsMoment))
	}
}

// OfTx is the event of a run; none is no error, and has no id.
func (s *Service) OfTx(tx *db.Tx, r *path.Run) (Event, error) {
	id, named := r.Vars["event"].(string)
	if !named {
		if id, named = r.Vars["pool"].(string); !named { // of an offered seat: the house's pool has the event's id
			id = r.Subject
		}
	}
	e, err := s.GetTx(tx, id)
	if errors.Is(err, ErrUnknown) {
		return Event{}, nil
	}
	return e, err
}

// values are what paths know of the run's event: hours is how many whole ones are left until it begins, below 0 afterwards; when is
// the time of its beginning as people read it, and offer_ends until when the place that is offered to the run's person is kept; holds says
// whether that person has a ticket now, stay how long they were there, and bought whether they have kept something that they bought by its
// offer.
func (s *Service) values(tx *db.Tx, r *path.Run, zone *time.Location) (map[string]any, error) {
	e, err := s.OfTx(tx, r)
	if err != nil || e.ID == "" {
		return map[string]any{}, err
	}
	offer, holds, there, bought := "", false, Absent, false
	if r.Person != "" {
		w, err := s.who(tx, r.Person)
		if err != nil {
			return nil, err
		}
		x, err := s.offered(tx, e.ID, w)
		if err != nil {
			return nil, err
		}
		if x.ID != "" {
			offer = shown(earlier(x.Expires, e.Starts), zone)
		}
		t, found, err := s.TicketOfTx(tx, e.ID, w.root())
		if err != nil {
			return nil, err
		}
		holds = found && t.State == Valid
		if there, bought, err = s.leftWith(tx, e, w); err != nil {
			return nil, err
		}
	}
	j, err := juryOf(tx, e.ID)
	if err != nil {
		return nil, err
	}
	c, err := s.seats.Count(tx, house(e.ID))
	return map[string]any{
		"id": e.ID, "code": e.Code, "title": e.Title.In(text.Hans), "kind": string(e.Kind), "state": string(e.State), "template": e.Template, "series": e.Series, "city": e.City, "host": e.Host,
		"capacity": e.Capacity, "tickets": c.Taken, "answers": e.Answers, "jury": string(j.State), "starts": e.Starts, "ends": e.Ends,
		"when": shown(e.Starts, zone), "hours": int(math.Floor(e.Starts.Sub(tx.Now()).Hours())), "offer_ends": offer, "sells": e.Sells.Item, "holds": holds, "stay": string(there), "bought": bought,
	}, err
}

// shown is a time as people read it.
func shown(t time.Time, zone *time.Location) string { return t.In(zone).Format("2006-01-02 15:04") }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
