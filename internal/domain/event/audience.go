package event

import (
	"slices"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// audience is the name of the ticket type, and of its quota, for those who come by the entry of an event that is a placement (E9).
const audience = "audience"

// ErrAudience refuses a ticket that is for an event's audience alone.
var ErrAudience = errs.Define(errs.Forbidden, "event.audience")

// Audience says who has come by the entry of an event's placement.
func (s *Service) Audience(came func(tx *db.Tx, event, person string) (bool, error)) { s.came = came }

// mayTake refuses with ErrAudience a ticket type that is for who came by the entry of the event's placement, to everybody else.
func (s *Service) mayTake(tx *db.Tx, e Event, t TicketType, person string) error {
	if !t.Audience {
		return nil
	}
	came, err := s.cameBy(tx, e.ID, person)
	if err == nil && !came {
		err = ErrAudience
	}
	return err
}

func (s *Service) cameBy(tx *db.Tx, event, person string) (bool, error) {
	if s.came == nil || person == "" {
		return false, nil
	}
	return s.came(tx, event, person)
}

// Seats are the places that an event has for the audience of its placement alone.
type Seats struct {
	Places int       `json:"places" doc:"at most; 0 for none"`
	Price  money.Fen `json:"price" doc:"fen"`
	Taken  int       `json:"taken"`
	Held   int       `json:"held" doc:"to be paid"`
}

// AudienceTx tells how many places an event has for the audience of its placement, and how many are taken.
func (s *Service) AudienceTx(tx *db.Tx, e Event) (x Seats, err error) {
	t, err := e.typeOf(audience)
	if err != nil || !t.Audience {
		return x, nil //nolint:nilerr // it has none
	}
	x.Places, x.Price = e.quota(audience).Capacity, t.Price
	c, err := s.seats.Count(tx, quotaGroup(e.ID, audience))
	x.Taken, x.Held = c.Taken, c.Held
	return x, err
}

// SetAsideTx gives an event so many places for the audience of its placement alone, as a ticket type with a quota of its own. Who has a
// ticket keeps it; with 0 nobody else gets one. The house bounds them too. What else was said of that type stays. Refusals: ErrCapacity, ErrPrice, ErrTwice for an event with
// such a type of its own, and those of ChangeTx.
func (s *Service) SetAsideTx(tx *db.Tx, e Event, places int, price money.Fen, title, actor string) (Event, error) {
	was, err := e.typeOf(audience)
	switch {
	case places < 0 || places > maxCapacity:
		return e, ErrCapacity.With("max", maxCapacity).At("/places")
	case price < 0 || price > maxPrice:
		return e, ErrPrice.At("/price")
	case err != nil && places == 0:
		return e, nil
	case err == nil && !was.Audience:
		return e, ErrTwice.With("name", audience).At("/places")
	}
	if err == nil && e.quota(audience).Capacity == places && was.Price == price && was.Title.In(text.Hans) == title {
		return e, nil
	}
	kind, quota := was, e.quota(audience)
	kind.Name, kind.Audience, kind.Price = audience, true, price
	if !slices.Contains(kind.Quotas, audience) {
		kind.Quotas = append(slices.Clone(kind.Quotas), audience)
	}
	if err != nil || was.Title.In(text.Hans) != title {
		kind.Title, quota.Title = named(kind.Title, title), named(quota.Title, title)
	}
	quota.Capacity = places
	e.Quotas = with(e.Quotas, quota, func(q Quota) bool { return q.Name == audience })
	e.Types = with(e.Types, kind, func(t TicketType) bool { return t.Name == audience })
	return s.ChangeTx(tx, e, actor)
}

// named is a title with other words in the default language; those in the other languages stay.
func named(t text.Text, title string) text.Text {
	out := text.Text{text.Hans: title}
	for lang, words := range t {
		if lang != text.Hans {
			out[lang] = words
		}
	}
	return out
}

// with is a list with an element in the place of the one that is meant, or behind the others.
func with[T any](list []T, x T, is func(T) bool) []T {
	list = slices.Clone(list)
	if i := slices.IndexFunc(list, is); i >= 0 {
		list[i] = x
		return list
	}
	return append(list, x)
}
