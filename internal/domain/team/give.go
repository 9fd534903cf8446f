package team

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// begin puts somebody into the pool of a side, unless they are looked after there: then that turn is given.
func (s *Service) begin(tx *db.Tx, rules Rules, t Turn) (_ Turn, made bool, err error) {
	t.ID, t.At, t.Version = tx.NewID(), tx.Now(), rules.Version
	if made, err = insertTurn(tx, t); err != nil || made {
		return t, made, err
	}
	t, _, err = openTurn(tx, t.Person, t.Side, tx.ForUpdate())
	return t, false, err
}

// give looks for somebody who can have a person that waits in the pool.
func (s *Service) give(tx *db.Tx, rules Rules, t Turn) (Turn, error) {
	d, known := rules.department(t.Side, t.Source)
	if !known { // nobody sells any more: they wait
		return t, job.At(tx, turnTimer, t.ID, tx.Now().Add(retryPool))
	}
	t.Department = d.Name
	members, err := s.members(tx, d)
	if err != nil {
		return t, err
	}
	ready := s.ready(tx, rules, members, t.Before)
	for _, m := range ready {
		most := cmp.Or(m.Most, rules.Owners.Most, maxMost)
		taken, err := takeLoad(tx, m, most)
		if err != nil {
			return t, err
		}
		if taken {
			t.Staff, t.Reason = m.Staff, OfLoad
			if rules.Owners.Choose == ByTurns {
				t.Reason = OfTurns
			}
			return t, s.given(tx, rules, &t, "")
		}
	}
	if err := keepWaiting(tx, t); err != nil {
		return t, err
	}
	return t, job.At(tx, turnTimer, t.ID, s.nextLook(tx, rules, members))
}

// retryPool is when those who wait are looked at again, if nobody has room.
const retryPool = time.Hour

// ready are the staff who may be given somebody now, in the order in which they are asked.
func (s *Service) ready(tx *db.Tx, rules Rules, members []Member, not string) []Member {
	now := minuteOf(tx.Now().In(s.zone(tx)))
	var out []Member
	for _, m := range members {
		from, to := rules.hoursOf(m)
		if !m.Paused && now >= from && now < to {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b Member) int {
		load := 0
		if rules.Owners.Choose != ByTurns {
			load = cmp.Compare(a.Load, b.Load)
		}
		return cmp.Or(load, a.LastGiven.Compare(b.LastGiven), cmp.Compare(a.Staff, b.Staff))
	})
	if len(out) > 1 && not != "" { // while there is anybody else they don't get them again
		out = slices.DeleteFunc(out, func(m Member) bool { return m.Staff == not })
	}
	return out
}

func minuteOf(t time.Time) int { return t.Hour()*60 + t.Minute() }

// hoursOf are the minutes of the day in which somebody is given people.
func (r Rules) hoursOf(m Member) (from, to int) {
	if m.To > 0 {
		return m.From, m.To
	}
	from, to, _ = r.Owners.Hours.minutes()
	return from, to
}

// nextLook is when somebody who waits is looked at again: when the next of the staff begins work, or after a while.
func (s *Service) nextLook(tx *db.Tx, rules Rules, members []Member) time.Time {
	now := tx.Now().In(s.zone(tx))
	next := time.Time{}
	for _, m := range members {
		from, to := rules.hoursOf(m)
		if m.Paused {
			continue
		}
		if minute := minuteOf(now); minute >= from && minute < to { // at work, and full
			return tx.Now().Add(retryPool)
		}
		y, month, day := now.Date()
		at := time.Date(y, month, day, from/60, from%60, 0, 0, now.Location())
		if !at.After(now) {
			at = time.Date(y, month, day+1, from/60, from%60, 0, 0, now.Location())
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	if next.IsZero() {
		return tx.Now().Add(retryPool)
	}
	return next
}

// given writes down who has a person now, whose load counts it already.
func (s *Service) given(tx *db.Tx, rules Rules, t *Turn, actor string) error {
	t.GivenAt, t.Version = tx.Now(), rules.Version
	if err := giveTurn(tx, *t); err != nil {
		return fmt.Errorf("give %s to %s: %w", t.Person, t.Staff, err)
	}
	_, err := fact.Append(tx, Given{t.Side, DepartmentName(t.Department), fact.ID(t.Staff), t.Reason, t.Version},
		fact.Fact{Person: t.Person, Subject: t.ID, Actor: actor})
	if err != nil {
		return err
	}
	if t.Side == SideSales {
		t.ReturnsAt = t.GivenAt.Add(rules.Owners.returnAfter())
		err = job.At(tx, turnTimer, t.ID, t.ReturnsAt)
	} else {
		err = job.Clear(tx, turnTimer, t.ID)
	}
	if err != nil {
		return err
	}
	return s.People.Own(tx, t.Person, t.Side, t.Staff)
}

// due gives somebody who waits to one of the staff, or takes them from who did not touch them.
func (s *Service) due(tx *db.Tx, id string) error {
	t, found, err := turnByID(tx, id, tx.ForUpdate())
	if err != nil || !found || !t.EndedAt.IsZero() {
		return err
	}
	rules, err := rulesNow(tx)
	if err != nil {
		return err
	}
	if t.Staff == "" {
		_, err = s.give(tx, rules, t)
		return err
	}
	if t.Side != SideSales || !t.TouchedAt.IsZero() {
		return nil
	}
	_, err = s.toPool(tx, rules, t, "")
	return err
}
