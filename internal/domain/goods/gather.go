package goods

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// GatherTx notes that a thing is paid. ready tells whether it can be given: a thing of a group-buy is when its group is full. Refusals, after
// which what was paid is owed back: ErrGroupOver and ErrGroupFull when the place is gone, those of TakeTx.
func (s *Service) GatherTx(tx *db.Tx, id string) (ready bool, err error) {
	x, err := s.itemTx(tx, id)
	if err != nil || x.Group == "" || x.State == Bought || x.State == Back {
		return true, err
	}
	g, err := s.GroupTx(tx, x.Group)
	if err != nil || x.State == Waiting {
		return g.State == GroupSuccess, err
	}
	was := x.State
	if g, err = s.place(tx, &x, g); err != nil {
		return false, err
	}
	if err := s.takeSeats(tx, &x); err != nil {
		return false, err
	}
	x.State, x.JoinedAt, x.EndedAt = Waiting, tx.Now(), time.Time{}
	if err := updateItem(tx, x, was); err != nil {
		return false, err
	}
	if _, err := fact.Append(tx, GroupJoined{Item: fact.ID(x.ID)}, fact.Fact{Person: x.Person, Subject: g.ID}); err != nil {
		return false, err
	}
	return s.fill(tx, g)
}

// place takes a thing's place in its group, or else in the next one if its buyer wants that.
func (s *Service) place(tx *db.Tx, x *Item, g Group) (Group, error) {
	err := ErrGroupOver.At("") // a copy
	if g.State == GroupOpen && g.ClosesAt.After(tx.Now()) {
		if x.State == Dropped { // closed unpaid, and somebody of the same may have come since
			if twice, err := inGroup(tx, g.ID, x.Person); err != nil || twice {
				return g, errs.Or(err, ErrInGroup)
			}
		}
		got, taken := s.take(tx, x.slot, "slot again "+x.ID)
		if taken == nil {
			x.slot = got
			return g, nil
		}
		refusal := errs.As(noPlace(taken))
		if refusal == nil || !errors.Is(refusal, ErrGroupFull) {
			return g, taken
		}
		err = refusal
	}
	if !x.next {
		return g, err
	}
	return s.placeInNext(tx, x, g)
}

// placeInNext takes a place in a group that follows one, or starts it.
func (s *Service) placeInNext(tx *db.Tx, x *Item, g Group) (Group, error) {
	if err := s.release(tx, x.slot); err != nil {
		return g, err
	}
	following, err := groupsAfter(tx, g)
	if err != nil {
		return g, err
	}
	claim := seat.Claim{Holder: seat.Holder{ID: x.ID}}
	for _, n := range following {
		if twice, err := inGroup(tx, n.ID, x.Person); err != nil || twice || !n.ClosesAt.After(tx.Now()) {
			if err != nil {
				return g, err
			}
			continue
		}
		claim.Key, claim.Group = "slot "+x.ID+" "+n.ID, slots(n.ID)
		got, err := s.seats.HoldTx(tx, claim)
		if err == nil {
			x.Group, x.slot = n.ID, got.ID
			return n, nil
		}
		if !errors.Is(noPlace(err), ErrGroupFull) {
			return g, err
		}
	}
	o := Offer{Name: g.Offer, Item: g.Product + "/" + g.SKU, Size: g.Size, Price: g.Price}
	o.Window = clock.Duration(g.ClosesAt.Sub(g.OpenedAt))
	n, err := s.start(tx, o, x.Person, g.ID, "")
	if err != nil {
		return g, err
	}
	claim.Key, claim.Group = "slot "+x.ID+" "+n.ID, slots(n.ID)
	got, err := s.seats.HoldTx(tx, claim)
	x.Group, x.slot = n.ID, got.ID
	return n, err
}

// fill ends a group whose every place is paid for; the orders of the others are given by a job.
func (s *Service) fill(tx *db.Tx, g Group) (full bool, err error) {
	pool, err := s.seats.Pool(tx, slots(g.ID))
	if err != nil || pool.Taken < g.Size {
		return false, err
	}
	if err := s.end(tx, g, GroupSuccess); err != nil {
		return false, err
	}
	_, err = fact.Append(tx, GroupFull{Size: g.Size}, fact.Fact{Subject: g.ID})
	return true, err
}

// closeGroup is the timer of a group: its time is over, and it is short.
func (s *Service) closeGroup(tx *db.Tx, id string) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	g, err := s.GroupTx(tx, id)
	if err != nil || g.State != GroupOpen {
		return err
	}
	return s.fail(tx, g)
}

func (s *Service) fail(tx *db.Tx, g Group) error {
	pool, err := s.seats.Pool(tx, slots(g.ID))
	if err != nil {
		return err
	}
	if err := s.end(tx, g, GroupShort); err != nil {
		return err
	}
	_, err = fact.Append(tx, GroupFailed{Size: g.Size, Paid: pool.Taken}, fact.Fact{Subject: g.ID})
	return err
}

func (s *Service) end(tx *db.Tx, g Group, state GroupState) error {
	if err := endGroup(tx, g.ID, state); err != nil {
		return err
	}
	if _, err := s.seats.ClosePoolTx(tx, slots(g.ID)); err != nil {
		return err
	}
	if err := job.Clear(tx, closeTimer, g.ID); err != nil {
		return err
	}
	return job.Enqueue(tx, settleJob, g.ID, tx.Now(), nil)
}

// settle sees to the orders of a group that has ended, each by itself. Done again it changes nothing.
func (s *Service) settle(ctx context.Context, community, group string) error {
	for after := ""; ; {
		var items []Item
		var g Group
		err := s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
			if g, err = s.GroupTx(tx, group); err == nil {
				items, err = itemsIn(tx, group, []State{Held, Waiting}, after, settleBatch)
			}
			return err
		})
		if err != nil || len(items) == 0 {
			return err
		}
		for _, x := range items {
			err := s.db.Do(ctx, community, func(tx *db.Tx) error { return s.settleOne(tx, g, x) })
			if err != nil {
				return fmt.Errorf("settle %s of group-buy %s: %w", x.ID, group, err)
			}
		}
		after = items[len(items)-1].ID
	}
}

const settleBatch = 100

func (s *Service) settleOne(tx *db.Tx, g Group, was Item) error {
	x, err := s.itemTx(tx, was.ID)
	switch {
	case err != nil || x.Group != g.ID || x.State != was.State: // it was paid, dropped or given meanwhile
		return err
	case g.State == GroupSuccess && x.State == Waiting:
		return s.orders.ReadyTx(tx, x.ID)
	case g.State == GroupSuccess && x.next: // what is kept is paid for in the next group
		return nil
	case g.State == GroupSuccess:
		return s.orders.EndTx(tx, x.ID, ErrGroupOver.Code)
	}
	return s.orders.EndTx(tx, x.ID, ErrGroupShort.Code)
}

// leaveGroup gives the place of a thing back whose order has ended. A group that somebody started and that nobody is in ends with it.
func (s *Service) leaveGroup(tx *db.Tx, x *Item) error {
	g, err := s.GroupTx(tx, x.Group)
	if err != nil || g.State == GroupSuccess {
		return err // what was paid when it became full stays counted
	}
	if err := s.release(tx, x.slot); err != nil {
		return err
	}
	x.JoinedAt = time.Time{}
	if g.State != GroupOpen {
		return nil
	}
	pool, err := s.seats.Pool(tx, slots(g.ID))
	if err != nil || g.Starter == "" || pool.Held+pool.Taken > 0 {
		return err
	}
	return s.fail(tx, g)
}
