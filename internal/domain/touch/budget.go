package touch

import (
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
)

// maxSpans bounds how far ahead room is looked for: beyond that a message is no longer what it was.
const maxSpans = 8

// books say how much of their budgets people have used.
type books interface {
	// take takes one place of a spot, false if it has no more.
	take(tx *db.Tx, person string, x spot, limit int, ends time.Time) (bool, error)
	give(tx *db.Tx, person string, list []spot) error
}

// written are the books of the database.
type written struct{}

func (written) take(tx *db.Tx, person string, x spot, limit int, ends time.Time) (bool, error) {
	return takeBudget(tx, person, x, limit, ends)
}

func (written) give(tx *db.Tx, person string, list []spot) error {
	return giveBudgets(tx, person, list)
}

// fit reserves room under every rule that counts the touch, in the earliest time that has it under all of them. A touch is
// moved there once: what it has reserved is its own when its time comes.
func (s *Service) fit(tx *db.Tx, b books, t Touch, c Config, tpl Template, who *people.Recipient, out pass) (pass, error) {
	rules := c.rulesFor(out.route.name, tpl)
	zone := s.zone(bg, tx.Community())
	for range maxSpans {
		spots, full, next, err := reserve(tx, b, who.ID, rules, t.reserved, out.at, zone)
		if err != nil {
			return out, err
		}
		if full == nil {
			out.reserved = spots
			return out, b.give(tx, who.ID, without(t.reserved, spots))
		}
		out.held = OverBudget
		if full.limit {
			out.held = OverLimit
		}
		if out.at = s.quiet(tx, c, tpl, next); next.IsZero() || late(t, out.at) {
			return out, b.give(tx, who.ID, t.reserved)
		}
		out.held = ""
	}
	out.held = OverBudget
	return out, b.give(tx, who.ID, t.reserved)
}

// without lists what stands in one list and not in the other.
func without(list, other []spot) (out []spot) {
	for _, x := range list {
		if !slices.Contains(other, x) {
			out = append(out, x)
		}
	}
	return out
}

// reserve takes room under all the rules at a time, or under none; then full is the first that had none, and next is when it
// has some again, zero for never. have is room that is the touch's already.
func reserve(tx *db.Tx, b books, person string, rules []rule, have []spot, at time.Time, zone *time.Location) (spots []spot, full *rule, next time.Time, err error) {
	for _, r := range rules {
		x, limit, end := r.at(at, zone)
		if slices.Contains(spots, x) { // a rule that stands twice counts once
			continue
		}
		if !slices.Contains(have, x) {
			ok, err := b.take(tx, person, x, limit, end)
			if err != nil {
				return nil, nil, next, err
			}
			if !ok {
				if limit > 0 {
					next = end
				}
				return nil, &r, next, b.give(tx, person, without(spots, have))
			}
		}
		spots = append(spots, x)
	}
	return spots, nil, next, nil
}

// at is the spot that a rule counts a time in, how many it has room for, and when it ends.
func (r rule) at(t time.Time, zone *time.Location) (x spot, limit int, end time.Time) {
	name, end := r.Per.at(t, zone)
	limit = r.Max
	if r.monthDays {
		limit = end.Add(-time.Second).In(zone).Day()
	}
	if r.limit {
		name = "!" + name
	}
	return spot{r.Channel, r.Purpose, name}, limit, end
}

// at names the span that a time falls into, and gives its end.
func (p Span) at(t time.Time, zone *time.Location) (name string, end time.Time) {
	y, m, d := t.In(zone).Date()
	days := int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	switch p {
	case Minute:
		return fmt.Sprintf("i%d", t.Unix()/60), t.UTC().Truncate(time.Minute).Add(time.Minute)
	case Hour:
		return fmt.Sprintf("h%d", t.Unix()/3600), t.UTC().Truncate(time.Hour).Add(time.Hour)
	case Week: // Mondays begin a week; 1970 began on a Thursday
		week := (days + 3) / 7
		return fmt.Sprintf("w%d", week), time.Date(y, m, d+7-(days+3)%7, 0, 0, 0, 0, zone).UTC()
	case Month:
		return fmt.Sprintf("m%d", y*12+int(m)-1), time.Date(y, m+1, 1, 0, 0, 0, 0, zone).UTC()
	}
	return fmt.Sprintf("d%d", days), time.Date(y, m, d+1, 0, 0, 0, 0, zone).UTC()
}
