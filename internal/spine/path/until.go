package path

import (
	"fmt"
	"reflect"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// enterUntil waits for a time; the reminder before it is a due time of its own.
func (b *batch) enterUntil(r *Run, n *node, f *fact.Fact) (to target, outcome string, stands bool, err error) {
	u := n.step.Until
	at, err := b.moment(r, u, f)
	if err != nil {
		return to, "", false, err
	}
	if !at.After(b.tx.Now()) {
		return target{addr: n.next}, OK, false, nil
	}
	delete(r.Vars, remindName(n))
	r.DueAt = at
	if u.Remind != nil {
		if early := at.Add(-time.Duration(u.Remind.Before)); early.After(b.tx.Now()) {
			r.DueAt = early
		}
	}
	return to, "", true, nil
}

// remindName notes with the run that the reminder of a step went out: moved doors are no reason for a second one.
func remindName(n *node) string { return "remind." + n.addr }

func (b *batch) moment(r *Run, u *Until, f *fact.Fact) (time.Time, error) {
	at, err := b.exactly(r, u, f)
	return ceil(at), err
}

func (b *batch) exactly(r *Run, u *Until, f *fact.Fact) (time.Time, error) {
	switch {
	case u.Moment != "":
		m := b.e.moments[u.Moment]
		if m == nil {
			return time.Time{}, fmt.Errorf("no moment is called %s", u.Moment)
		}
		at, err := m.When(&Call{Tx: b.tx, Run: r, Fact: f, with: u.With, vals: b.values(r)})
		if err == nil && !at.IsZero() {
			at = at.Add(time.Duration(u.Offset))
		}
		return at, err
	case u.At != "":
		v, err := b.values(r)(u.At)
		at := timeOf(v, b.zone())
		if err != nil || at.IsZero() {
			return time.Time{}, err
		}
		return at.Add(time.Duration(u.Offset)), nil
	case u.Hour != "":
		return nextHour(r.EnteredAt.Add(time.Duration(u.After)), b.zone(), u), nil
	}
	return r.EnteredAt.Add(time.Duration(u.After)), nil
}

// again asks an until's moment once more, since it may have been moved, and tells whether it is still to come. Between the
// reminder's time and the moment, remind says whether to send the reminder: only the timer does.
func (b *batch) again(r *Run, n *node, remind bool) (stands bool, err error) {
	u := n.step.Until
	at, err := b.moment(r, u, nil)
	if err != nil {
		return false, err
	}
	r.DueAt = at
	if !at.After(b.tx.Now()) {
		r.DueAt = b.tx.Now()
		return false, nil
	}
	if u.Remind == nil || r.Vars[remindName(n)] != nil {
		return true, nil
	}
	early := at.Add(-time.Duration(u.Remind.Before))
	switch {
	case early.After(b.tx.Now()):
		r.DueAt = early
	case remind:
		r.Vars[remindName(n)] = true
		_, err = b.do(r, u.Remind.Do, nil)
	}
	return true, err
}

// timeOf reads a value that is a time: one as such, a day (its beginning in the zone), or the microseconds that facts and
// actions write. Anything else is no time.
func timeOf(v any, zone *time.Location) time.Time {
	if t, ok := v.(time.Time); ok {
		return t
	}
	switch x := reflect.ValueOf(v); {
	case x.Kind() == reflect.String:
		day, err := time.ParseInLocation(time.DateOnly, x.String(), zone)
		if err != nil {
			return time.Time{}
		}
		return day.UTC()
	case x.CanInt():
		return db.FromMicros(x.Int())
	case x.CanFloat(): // out of JSON
		return db.FromMicros(int64(x.Float()))
	}
	return time.Time{}
}

// ceil rounds a time up to what the database keeps, so that a timer is never early by less than it can say.
func ceil(t time.Time) time.Time {
	if down := t.Truncate(time.Microsecond); down.Before(t) {
		return down.Add(time.Microsecond)
	}
	return t
}

func nextHour(now time.Time, zone *time.Location, u *Until) time.Time {
	hour, minute, err := hourOf(u.Hour)
	if err != nil {
		return now
	}
	local := now.In(zone)
	for i := range 8 {
		day := time.Date(local.Year(), local.Month(), local.Day()+i, hour, minute, 0, 0, zone)
		if day.After(now) && (u.Weekday == "" || weekdays[day.Weekday()] == u.Weekday) {
			return day.UTC()
		}
	}
	return now
}

func hourOf(s string) (hour, minute int, err error) {
	t, err := time.Parse("15:04", s)
	return t.Hour(), t.Minute(), err
}
