package people

import (
	"math"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
)

// Stage is a life stage, named by the playbook.
type Stage string

// Anchor names a date that stages are computed from.
type Anchor string

// The anchors.
const (
	DueDate   Anchor = "due_date"
	BirthDate Anchor = "birth_date"
)

// Date is a calendar day in the community's zone, as 2006-01-02; empty means none.
type Date string

// Anchors are a person's current anchor dates.
type Anchors struct {
	Due   Date `json:"due_date"`
	Birth Date `json:"birth_date"`
}

// StageRule says when a stage holds: from day From after the anchor's (negative before it), until the day before Until.
// A nil bound is open. A rule without an anchor always holds. Of several that hold, the first one counts.
type StageRule struct {
	Stage  Stage  `json:"stage"`
	Anchor Anchor `json:"anchor,omitempty"`
	From   *int   `json:"from,omitempty"`
	Until  *int   `json:"until,omitempty"`
}

// Standing is where the rules put a person at a moment.
type Standing struct {
	Stage  Stage
	Months int       // whole months since the stage's anchor; negative: months begun that are left before it
	Next   time.Time // when the stage changes if no date does; zero for never
}

// StageAt computes the stage: the same for everyone with these dates, rules and zone at that moment.
func StageAt(rules []StageRule, a Anchors, now time.Time, zone *time.Location) Standing {
	today := dayOf(now, zone)
	st := standing(rules, a, today)
	for day, ok := nextBound(rules, a, today); ok; day, ok = nextBound(rules, a, day) {
		if standing(rules, a, day).Stage != st.Stage {
			st.Next = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone).UTC()
			break
		}
	}
	return st
}

// standing is the stage and age on a day. Days are midnights in UTC, so that each has 24 hours.
func standing(rules []StageRule, a Anchors, day time.Time) Standing {
	for _, r := range rules {
		if r.Anchor == "" {
			return Standing{Stage: r.Stage}
		}
		at, ok := a.day(r.Anchor)
		if !ok {
			continue
		}
		off := int(day.Sub(at) / (24 * time.Hour))
		if (r.From == nil || off >= *r.From) && (r.Until == nil || off < *r.Until) {
			return Standing{Stage: r.Stage, Months: monthsBetween(at, day)}
		}
	}
	return Standing{}
}

// nextBound is the first day after the given one on which any rule begins or ends.
func nextBound(rules []StageRule, a Anchors, after time.Time) (best time.Time, ok bool) {
	for _, r := range rules {
		at, has := a.day(r.Anchor)
		if !has {
			continue
		}
		for _, bound := range []*int{r.From, r.Until} {
			if bound == nil {
				continue
			}
			if day := at.AddDate(0, 0, *bound); day.After(after) && (!ok || day.Before(best)) {
				best, ok = day, true
			}
		}
	}
	return best, ok
}

func (a Anchors) day(which Anchor) (time.Time, bool) {
	d := a.Due
	if which == BirthDate {
		d = a.Birth
	}
	if which == "" || d == "" {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, string(d))
	return t, err == nil
}

// dayOf is the calendar day of a moment in a zone, as a midnight in UTC.
func dayOf(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// monthsBetween counts whole months from one day to another; before it, minus the months begun.
func monthsBetween(from, to time.Time) int {
	n := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	// A child born on the 31st turns a month older on the last day of a shorter month.
	day := min(from.Day(), time.Date(to.Year(), to.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day())
	if to.Day() < day {
		n--
	}
	return n
}

// How far dates may lie from today.
const (
	dueGrace     = 14  // days a due date may be over
	dueAhead     = 300 // days it may be ahead
	childYears   = 18  // of age at most
	guardianAge  = 14  // years between a parent and a child at least
	personYears  = 120
	consentYears = 14 // below which a guardian agrees
)

// What is refused about dates.
var (
	ErrDate      = errs.Define(errs.Invalid, "people.date")       // not a calendar day
	ErrDateRange = errs.Define(errs.Invalid, "people.date_range") // outside {from} – {to}
)

// checkAnchor tells whether the date may stand for the anchor today, given the person's own birthday.
func checkAnchor(which Anchor, d, bornOn Date, today time.Time) *errs.Error {
	if d == "" {
		return nil
	}
	from, to := today.AddDate(0, 0, -dueGrace), today.AddDate(0, 0, dueAhead)
	if which == BirthDate {
		from, to = today.AddDate(-childYears, 0, 0), today
	}
	if born, err := time.Parse(time.DateOnly, string(bornOn)); err == nil {
		if grown := born.AddDate(guardianAge, 0, 0); grown.After(from) {
			from = grown
		}
	}
	return d.within(from, to)
}

// within refuses a day that can't be read or lies outside the range, which it names.
func (d Date) within(from, to time.Time) *errs.Error {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil || t.Year() < 1000 {
		return ErrDate
	}
	if t.Before(from) || t.After(to) {
		return ErrDateRange.With("from", from.Format(time.DateOnly)).With("to", to.Format(time.DateOnly))
	}
	return nil
}

// age is the number of whole years on a day; unknown is a great number.
func age(bornOn string, today time.Time) int {
	born, err := time.Parse(time.DateOnly, bornOn)
	if err != nil {
		return math.MaxInt
	}
	return monthsBetween(born, today) / 12
}
