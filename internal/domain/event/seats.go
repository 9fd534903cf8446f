package event

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// seatOwner is the name under which events have groups of seats.
const seatOwner = "event"

// house is the group of all places of an event, whose one pool has the event's id.
func house(event string) string { return "event:" + event }

// quotaGroup is the group of a quota, which is its only pool's id as well.
func quotaGroup(event, quota string) string { return "event:" + event + ":" + quota }

// grant is the group of the friend tickets for an event, which is its only pool's id as well: each member has so many.
func grant(event string) string { return "friend:" + event }

// anyMany is the capacity of the grants: what counts is how many one holder may have.
const anyMany = 1 << 40

// declare makes the groups and pools of an event agree with it; was is what they were made with before.
func (s *Service) declare(tx *db.Tx, e, was Event) error {
	if err := s.pool(tx, seat.Group{Name: house(e.ID), Owner: seatOwner}, e.ID, e.ID, was.Capacity, e.Capacity); err != nil {
		return errs.PointTo(err, "/capacity")
	}
	for i, q := range e.Quotas {
		group := quotaGroup(e.ID, q.Name)
		if err := s.pool(tx, seat.Group{Name: group, Owner: seatOwner}, group, e.ID, was.quota(q.Name).Capacity, q.Capacity); err != nil {
			return errs.PointTo(err, fmt.Sprintf("/quotas/%d/capacity", i))
		}
	}
	for _, q := range was.Quotas { // who has a place of one that is no more keeps it; it may come back with other places
		if slices.ContainsFunc(e.Quotas, func(x Quota) bool { return x.Name == q.Name }) {
			continue
		}
		if err := s.resize(tx, quotaGroup(e.ID, q.Name), q.Capacity, 0); err != nil {
			return err
		}
	}
	if e.Friends.PerMember == 0 {
		return nil
	}
	err := s.pool(tx, seat.Group{Name: grant(e.ID), Owner: seatOwner, PerHolder: e.Friends.PerMember}, grant(e.ID), e.ID, anyMany, anyMany)
	return errs.PointTo(err, "/friends/per_member")
}

func (s *Service) pool(tx *db.Tx, g seat.Group, id, event string, from, to int) error {
	if err := s.seats.DeclareGroupTx(tx, g); err != nil {
		return err
	}
	got, err := s.seats.AddPoolTx(tx, seat.Pool{ID: id, Group: g.Name, Capacity: to, Subject: event})
	if err != nil || from == to && got.Capacity == to {
		return err
	}
	return s.resize(tx, id, from, to)
}

// resize is for pools that nobody else may give another capacity: one that doesn't follow is a fault.
func (s *Service) resize(tx *db.Tx, id string, from, to int) error {
	p, err := s.seats.ResizeTx(tx, id, from, to)
	if err == nil && p.Capacity != max(to, p.Held+p.Taken) {
		err = fmt.Errorf("pool %s has %d places, not %d: it was not made with %d", id, p.Capacity, to, from)
	}
	return err
}

// places are the seats of a ticket: in the house, and by quota.
type places struct {
	house  string
	quotas map[string]string
}

// claim asks for a ticket's place in the house.
func (t Ticket) claim(ttl time.Duration) seat.Claim {
	return seat.Claim{Key: "ticket " + t.ID, Group: house(t.Event), Holder: seat.Holder{ID: t.Person, Person: true}, TTL: ttl}
}

// hold keeps a place in the house and one in each quota of a ticket's type, or takes them when ttl is 0. offer is a seat in the house
// that was offered to the person already. It refuses with all undone by the end of the caller's transaction.
func (s *Service) hold(tx *db.Tx, e Event, kind TicketType, t Ticket, offer string, ttl time.Duration) (places, error) {
	p := places{house: offer, quotas: map[string]string{}}
	if offer == "" {
		got, err := s.seats.HoldTx(tx, t.claim(ttl))
		if err != nil {
			return p, err
		}
		p.house = got.ID
	} else if ttl == 0 {
		if _, err := s.seats.TakeTx(tx, offer); err != nil {
			return p, err
		}
	}
	for _, q := range kind.Quotas {
		c := t.claim(ttl)
		c.Key, c.Group = c.Key+" "+q, quotaGroup(e.ID, q)
		got, err := s.seats.HoldTx(tx, c)
		if err != nil {
			return p, e.quotaFull(q, err)
		}
		p.quotas[q] = got.ID
	}
	return p, nil
}

// take makes the places of a ticket its holder's; one that was given up is claimed anew.
func (s *Service) take(tx *db.Tx, e Event, t Ticket, person string) (places, error) {
	p := places{house: t.seat, quotas: map[string]string{}}
	holder := seat.Holder{ID: person, Person: true}
	again := func(id, key, group string) (string, error) {
		_, err := s.seats.TakeTx(tx, id)
		if !errors.Is(err, seat.ErrReleased) {
			return id, err
		}
		got, err := s.seats.HoldTx(tx, seat.Claim{Key: key, Group: group, Holder: holder})
		return got.ID, err
	}
	seats, err := seatsOf(tx, t.ID)
	if err != nil {
		return p, err
	}
	if p.house, err = again(t.seat, "ticket again "+t.ID, house(e.ID)); err != nil {
		return p, err
	}
	for _, q := range slices.Sorted(maps.Keys(seats)) {
		if p.quotas[q], err = again(seats[q], "ticket again "+t.ID+" "+q, quotaGroup(e.ID, q)); err != nil {
			return p, e.quotaFull(q, err)
		}
	}
	return p, nil
}

// quotaFull says which quota has no place, and why.
func (e Event) quotaFull(quota string, err error) error {
	why := errs.As(err)
	if why == nil {
		return err
	}
	out := ErrQuotaFull.With("quota", e.quota(quota).shown()).With("why", why.Code).Because(err)
	if until, ok := why.Params["until"]; ok {
		out = out.With("until", until)
	}
	return out
}

func (s *Service) release(tx *db.Tx, seats ...string) error {
	for _, id := range seats {
		if _, err := s.seats.ReleaseTx(tx, id); err != nil {
			return fmt.Errorf("give seat %s back: %w", id, err)
		}
	}
	return nil
}
