package event

import (
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// slots is how many weeks ahead a free time is looked for.
const slots = 26

// ErrNoSlot : no week has the time free.
var ErrNoSlot = errs.Define(errs.Conflict, "event.no_slot") // "weeks"

// SlotTx finds the next time at which an event could be held instead: the same hour, some weeks later, when nothing else is
// planned. Refusals: ErrUnknown, ErrNoSlot.
func (s *Service) SlotTx(tx *db.Tx, event string) (time.Time, error) {
	e, err := s.GetTx(tx, event)
	if err != nil {
		return time.Time{}, err
	}
	was := e
	for week := 1; week <= slots; week++ {
		e.Starts, e.Ends = was.Starts.AddDate(0, 0, 7*week), was.Ends.AddDate(0, 0, 7*week)
		if !e.Starts.After(tx.Now()) {
			continue
		}
		if others, err := overlapping(tx, e); err != nil || len(others) == 0 {
			return e.Starts, err
		}
	}
	return time.Time{}, ErrNoSlot.With("weeks", slots)
}

// GiveWayTx lets another event, of a hot topic, take the time of one that is planned, which is held at another time instead, with
// its tickets and all that is being done for it. d.Starts is not looked at: it is the other's. Refusals: those of PlanTx and
// ChangeTx, ErrOver for one that has begun.
func (s *Service) GiveWayTx(tx *db.Tx, event string, d Draft, to time.Time, actor string) (hot, displaced Event, err error) {
	if err := s.seats.LockTx(tx); err != nil {
		return hot, displaced, err
	}
	e, err := s.GetTx(tx, event)
	if err != nil {
		return hot, e, err
	}
	switch {
	case e.State == StateCancelled:
		return hot, e, ErrCancelled
	case !e.Starts.After(tx.Now()):
		return hot, e, ErrOver
	case !to.After(tx.Now()) || to.Equal(e.Starts):
		return hot, e, ErrTime.With("days", maxDays).At("/to")
	}
	d.Starts = e.Starts
	lasts := e.Ends.Sub(e.Starts)
	e.Starts, e.Ends = micro(to), micro(to).Add(lasts)
	if displaced, err = s.ChangeTx(tx, e, actor); err != nil {
		return hot, displaced, fmt.Errorf("move event %s: %w", event, err)
	}
	if hot, err = s.PlanTx(tx, d, actor); err != nil {
		return hot, displaced, err
	}
	_, err = fact.Append(tx, Displaced{By: fact.ID(hot.ID), Starts: db.Micros(displaced.Starts), Was: db.Micros(hot.Starts)}, fact.Fact{Subject: displaced.ID, Actor: actor})
	return hot, displaced, err
}
