package touch

import (
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
)

// pass is the gate's answer: leave now, leave at a later time, or don't.
type pass struct {
	held     Reason
	route    route
	at       time.Time
	reserved []spot
}

// gate looks at a touch in the order that the package comment gives. What the touch had reserved is kept where it still
// counts, and else given back; what it gives holds the room in budgets that the touch has now.
func (s *Service) gate(tx *db.Tx, t Touch, c Config, tpl Template, who *people.Recipient) (pass, error) {
	out, err := s.look(tx, t, c, tpl, who)
	if err != nil {
		return out, err
	}
	if out.held == "" {
		return s.fit(tx, written{}, t, c, tpl, who, out)
	}
	return out, giveBudgets(tx, who.ID, t.reserved)
}

// look is the part of the gate that reserves nothing.
func (s *Service) look(tx *db.Tx, t Touch, c Config, tpl Template, who *people.Recipient) (pass, error) {
	switch {
	case tpl.Purpose == "": // every template has one
		return pass{held: NoTemplate}, nil
	case !s.knows(t.Channel):
		return pass{held: NotReached}, nil
	}
	open := s.agreed(t, tpl, who)
	if len(open) == 0 {
		return pass{held: NoConsent}, nil
	}
	switch who.State {
	case people.StateErased:
		return pass{held: IsErased}, nil
	case people.StateBlocked:
		return pass{held: IsBlocked}, nil
	}
	via, found, err := s.reach(tx, open, who)
	if err != nil || !found {
		return pass{held: NotReached}, err
	}
	out := pass{route: via, at: latest(tx.Now(), t.NotBefore)}
	if late(t, out.at) {
		out.held = TooLate
	} else if out.at = s.quiet(tx, c, tpl, out.at); late(t, out.at) {
		out.held = QuietHours
	}
	return out, nil
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func late(t Touch, at time.Time) bool { return !t.NotAfter.IsZero() && at.After(t.NotAfter) }

// agreed lists the channels that the person lets be used for this: the one asked for, or any, in their order.
func (s *Service) agreed(t Touch, tpl Template, who *people.Recipient) (open []route) {
	for _, r := range s.routes {
		if (t.Channel == "" || r.name == t.Channel) && agrees(who, tpl, people.Channel(r.name)) {
			open = append(open, r)
		}
	}
	return open
}

// agrees tells whether a message may use a channel. An answer to the person's own act needs the channel to be open; a service
// message, that the purpose was not refused; everything else, a yes.
func agrees(who *people.Recipient, tpl Template, ch people.Channel) bool {
	if tpl.Purpose != string(people.ForService) {
		return who.Allows(people.Purpose(tpl.Purpose), ch)
	}
	return who.Consents.ChannelOpen(ch) && (tpl.Answer || !who.Consents.Refused(people.ForService, ch))
}

// reach finds the first channel by which the person has an address.
func (s *Service) reach(tx *db.Tx, open []route, who *people.Recipient) (via route, found bool, err error) {
	for _, r := range open {
		if r.channel == nil {
			return r, true, nil
		}
		if err := s.people.ReadAddresses(tx, who); err != nil {
			return via, false, err
		}
		if who.Reached(r.kind) {
			return r, true, nil
		}
	}
	return via, false, nil
}

// quiet moves a time out of the quiet hours, but for answers.
func (s *Service) quiet(tx *db.Tx, c Config, tpl Template, at time.Time) time.Time {
	if tpl.Answer {
		return at
	}
	return c.Quiet.over(at, s.zone(bg, tx.Community()))
}

// over moves a time that falls into the quiet hours to their end.
func (q Quiet) over(at time.Time, zone *time.Location) time.Time {
	from, to := q.hours()
	local := at.In(zone)
	minute := local.Hour()*60 + local.Minute()
	day := 0
	switch {
	case from < to && minute >= from && minute < to, from > to && minute < to:
	case from > to && minute >= from:
		day = 1
	default:
		return at
	}
	return time.Date(local.Year(), local.Month(), local.Day()+day, to/60, to%60, 0, 0, zone).UTC()
}

// hours gives the bounds as minutes of the day.
func (q Quiet) hours() (from, to int) {
	return minuteOf(q.From, quietFrom), minuteOf(q.To, quietTo)
}

// The quiet hours of a community whose playbook doesn't say others.
const (
	quietFrom = "21:00"
	quietTo   = "08:00"
)

func minuteOf(s, def string) int {
	t, err := time.Parse("15:04", s)
	if err != nil {
		t, _ = time.Parse("15:04", def) //nolint:errcheck // a constant
	}
	return t.Hour()*60 + t.Minute()
}
