package event

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// tellJob tells some of the holders of an event's tickets that it begins at another time.
const tellJob = "event.tell_moved"

// tellAtOnce is how many of them in one transaction.
const tellAtOnce = 200

// telling is how far the telling has come.
type telling struct {
	Event  string `json:"event"`
	Starts int64  `json:"starts"` // when it begins now
	After  string `json:"after"`  // the ticket that was told of last
}

func (t telling) enqueue(tx *db.Tx) error {
	return job.Enqueue(tx, tellJob, fmt.Sprint(t.Event, " ", t.Starts, " ", t.After), tx.Now(), t)
}

// tellMoved makes the next holders' facts as the job ends, so that each is told once however often the job begins.
func (s *Service) tellMoved(_ context.Context, j job.Job) (func(*db.Tx) error, error) {
	var t telling
	if err := j.Into(&t); err != nil {
		return nil, err
	}
	return func(tx *db.Tx) error {
		e, err := s.GetTx(tx, t.Event)
		if errors.Is(err, ErrUnknown) {
			return nil
		}
		// Who moves it once more tells of that; of what is called off or over there is nothing to tell.
		if err != nil || e.State == StateCancelled || !e.Starts.After(tx.Now()) || db.Micros(e.Starts) != t.Starts {
			return err
		}
		list, err := validAfter(tx, t.Event, t.After, tellAtOnce)
		if err != nil {
			return fmt.Errorf("list who is told that event %s was moved: %w", t.Event, err)
		}
		for _, x := range list {
			if err := x.tell(tx, TicketMoved{Ticket: fact.ID(x.ID), Event: fact.ID(x.Event), Starts: t.Starts}); err != nil {
				return err
			}
			t.After = x.ID
		}
		if len(list) < tellAtOnce {
			return nil
		}
		return t.enqueue(tx)
	}, nil
}

// movedTx lets what waits for the event's time wait for another one, and its holders be told if it begins at another time.
func (s *Service) movedTx(tx *db.Tx, now Event, was time.Time) error {
	if err := job.Enqueue(tx, moveJob, fmt.Sprint(now.ID, " ", now.Version), tx.Now(), nil); err != nil || now.Starts.Equal(was) {
		return err
	}
	if err := rewatchSlots(tx); err != nil {
		return err
	}
	return telling{Event: now.ID, Starts: db.Micros(now.Starts)}.enqueue(tx)
}
