package intake

import (
	"errors"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// EventPlacement says that an event is a placement (E9): whose audience it is held for, and what that cost.
type EventPlacement struct {
	Source  string    `json:"source,omitempty" doc:"where the audience is; needed the first time, and stays"`
	Pool    string    `json:"pool,omitempty" doc:"as the community names it"`
	Name    string    `json:"name" doc:"whose audience, as people know it"`
	Cost    money.Fen `json:"cost" doc:"fen"`
	Partner string    `json:"partner,omitempty" doc:"person who brings them"`
}

// What is refused about an event that is a placement.
var (
	ErrPlaced     = errs.Define(errs.Conflict, "intake.placed")      // a second placement of it
	ErrEventEntry = errs.Define(errs.Conflict, "intake.event_entry") // its entry, which is printed on things, would lead elsewhere
)

// staysWithEvent refuses another path or placement for an entry that leads to an event.
func staysWithEvent(was, e Entry) error {
	var refused []*errs.Error
	if was.Path == "" && e.Path != "" {
		refused = append(refused, ErrEventEntry.At("/path"))
	}
	if was.Path == "" && e.Placement != was.Placement {
		refused = append(refused, ErrEventEntry.At("/placement"))
	}
	return errs.Join(refused...)
}

// PlaceEventTx makes an event a placement with an entry of its own that leads there, or changes what it costs and how it is called.
// Refusals: ErrUnknownSource, ErrUnknownOwner at /partner, and those of a placement.
func (s *Service) PlaceEventTx(tx *db.Tx, event string, d EventPlacement, actor string) (p Placement, e Entry, err error) {
	was, found, err := placementOfEvent(tx, event)
	if err != nil {
		return p, e, err
	}
	p = Placement{Source: d.Source, Pool: d.Pool, Name: d.Name, Cost: d.Cost, Event: event}
	if found {
		p.ID, p.Starts, p.Ends = was.ID, was.Starts, was.Ends
		p, err = s.SetPlacementTx(tx, p)
	} else {
		p, err = s.AddPlacementTx(tx, p)
	}
	if err != nil {
		return p, e, err
	}
	if e, err = s.entryOfEvent(tx, p, d.Partner); err != nil {
		return p, e, err
	}
	if found && p == was {
		return p, e, nil
	}
	_, err = fact.Append(tx, EventPlaced{Placement: fact.ID(p.ID), Cost: int64(p.Cost)}, fact.Fact{Subject: event, Entry: e.ID, Actor: actor})
	return p, e, err
}

// entryOfEvent makes the entry of an event's placement, or changes whose it is and how it is called.
func (s *Service) entryOfEvent(tx *db.Tx, p Placement, partner string) (Entry, error) {
	e, found, err := entryToEvent(tx, p.ID)
	if err != nil {
		return e, err
	}
	next := e
	next.Title, next.Source, next.Placement, next.Owner = p.Name, p.Source, p.ID, partner
	switch {
	case !found:
		e, err = s.AddEntryTx(tx, next)
	case next != e:
		e, err = s.SetEntryTx(tx, next)
	}
	if errors.Is(err, ErrUnknownOwner) {
		err = ErrUnknownOwner.At("/partner")
	}
	return e, err
}

// PlacementOfTx gives the placement that an event is, with the entry that leads there; ErrNoPlacement for an event that is none.
func (s *Service) PlacementOfTx(tx *db.Tx, event string) (p Placement, e Entry, err error) {
	p, found, err := placementOfEvent(tx, event)
	if err != nil || !found {
		return p, e, errs.Or(err, ErrNoPlacement)
	}
	e, _, err = entryToEvent(tx, p.ID)
	return p, e, err
}

// EventOfTx gives the event that an entry leads to; "" for one that leads into a path.
func (s *Service) EventOfTx(tx *db.Tx, e Entry) (string, error) {
	if e.Path != "" {
		return "", nil
	}
	p, _, err := placementByID(tx, e.Placement)
	return p.Event, err
}

// OriginatedTx counts those of some persons whose first way in a placement was; each human once.
func (s *Service) OriginatedTx(tx *db.Tx, placement string, persons []string) (int64, error) {
	if len(persons) == 0 {
		return 0, nil
	}
	moved, err := people.Roots(tx, persons)
	if err != nil {
		return 0, err
	}
	roots := make([]string, len(persons))
	for i, id := range persons {
		if roots[i] = moved[id]; roots[i] == "" {
			roots[i] = id
		}
	}
	return countOrigins(tx, placement, roots)
}

// OpenedTx counts who has seen the page of one of the entries by which a placement leads to its event, each visitor once a day.
func (s *Service) OpenedTx(tx *db.Tx, placement string) (int64, error) {
	return countToEvent(tx, placement, fact.KindOf(Viewed{}))
}

// CameToTx tells whether a human has come by an entry that leads to an event.
func (s *Service) CameToTx(tx *db.Tx, event, person string) (bool, error) {
	if person == "" {
		return false, nil
	}
	p, found, err := placementOfEvent(tx, event)
	if err != nil || !found {
		return false, err
	}
	ids, err := people.Group(tx, person)
	if err != nil {
		return false, err
	}
	came, err := fact.Timeline(tx, ids, []string{fact.KindOf(Arrived{})}, time.Time{}, "", mostCame)
	if err != nil || len(came) == 0 {
		return false, err
	}
	entries, err := entriesOf(tx, p.ID)
	return slices.ContainsFunc(came, func(f fact.Fact) bool { return slices.Contains(entries, f.Entry) }), err
}

// mostCame bounds how many of a human's ways in are looked at, the latest first.
const mostCame = 100

// cameTx tells once that somebody has come by an entry that leads to an event.
func cameTx(tx *db.Tx, e Entry, person string) error {
	_, err := fact.Append(tx, Arrived{}, fact.Fact{Person: person, Entry: e.ID, Key: "arrived " + e.ID + " " + person})
	return err
}
