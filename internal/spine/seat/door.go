package seat

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// door is where those who ask for a place in a group at the same time come together, so that a few statements answer them
// all: one of them leads, answers those who wait with it, and lets the next one lead.
type door struct {
	mu      sync.Mutex
	waiting []*asker
	led     bool

	// shut tells that the last answer was that there is no place. Then readers answer first, so that a crowd at a full or
	// closed door costs no writer anything. It is only a hint, and the leader's alone.
	shut bool
}

type asker struct {
	claim Claim
	wake  chan bool // true: to lead, false: answered
	leads bool
	seat  Seat
	err   error
}

func (a *asker) answer(seat Seat, err error) { a.seat, a.err = seat, err }

type groupKey struct{ community, group string }

// together is how many are answered at once.
const together = 64

// ask answers a claim together with others. ctx ends the wait only until somebody takes the claim along.
func (s *Service) ask(ctx context.Context, community string, c Claim) (Seat, error) {
	key := groupKey{community, c.Group}
	found, _ := s.doors.LoadOrStore(key, &door{})
	d := found.(*door)
	a := &asker{claim: c, wake: make(chan bool, 1)}
	lead := d.enter(a)
	if !lead {
		select {
		case lead = <-a.wake:
		case <-ctx.Done():
			if d.leave(a) {
				return Seat{}, ctx.Err()
			}
			lead = <-a.wake
		}
	}
	if !lead {
		return a.seat, a.err
	}
	runtime.Gosched() // let those who were just answered come back: larger batches cost less
	batch := d.take()
	defer func() {
		if idle := d.next(batch[1:]); idle {
			s.doors.CompareAndDelete(key, d)
		}
	}()
	for _, b := range batch {
		b.answer(Seat{}, errUnanswered) // should the leader panic
	}
	s.answerAll(context.WithoutCancel(ctx), community, d, batch)
	return a.seat, a.err
}

var errUnanswered = errors.New("the claim was not answered")

func (d *door) enter(a *asker) (lead bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting = append(d.waiting, a)
	lead, d.led = !d.led, true
	return lead
}

// leave takes out one who no longer waits, unless a leader took it along or it is to lead.
func (d *door) leave(a *asker) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.Index(d.waiting, a)
	if i < 0 || a.leads {
		return false
	}
	d.waiting = slices.Delete(d.waiting, i, i+1)
	return true
}

// take gives the leader, who waits first, and those who are answered with it.
func (d *door) take() []*asker {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := min(len(d.waiting), together)
	batch := slices.Clone(d.waiting[:n])
	d.waiting = slices.Delete(d.waiting, 0, n)
	return batch
}

// next wakes those who were answered, and the next leader. idle tells that nobody is left and nothing is to be remembered.
func (d *door) next(answered []*asker) (idle bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range answered {
		a.wake <- false
	}
	if d.led = len(d.waiting) > 0; d.led {
		d.waiting[0].leads = true
		d.waiting[0].wake <- true
	}
	return !d.led && !d.shut
}

func (s *Service) answerAll(ctx context.Context, community string, d *door, batch []*asker) {
	left := batch
	if d.shut {
		var err error
		if left, err = s.readAnswers(ctx, community, batch); err != nil {
			for _, a := range batch {
				a.answer(Seat{}, err)
			}
			return
		}
	}
	if len(left) > 0 {
		s.writeAnswers(ctx, community, left)
		d.shut = noPlace(left[len(left)-1].err)
	}
}

// noPlace tells that a claim was refused for want of a place, so that the next ones may well be too.
func noPlace(err error) bool {
	for _, refusal := range []error{ErrGone, ErrMayComeBack, ErrNotOpen, ErrClosed} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}

// readAnswers answers those whose answer needs no writing: their key is known, they have what they may have, or there is
// no place. It gives back the others.
func (s *Service) readAnswers(ctx context.Context, community string, batch []*asker) (left []*asker, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		left = nil
		st, err := s.stand(tx, batch[0].claim.Group, "", "")
		if err != nil {
			return err
		}
		fresh, err := s.answerKnown(tx, st.group, batch)
		if err != nil || st.group.Growable {
			left = fresh
			return err
		}
		short := map[string]shortage{}
		for _, a := range fresh {
			c := a.claim
			as := fmt.Sprintf("%d %q %s", c.Qty, c.Want.Pool, encodeAttributes(c.Want.Attributes))
			sh, known := short[as]
			if !known {
				if sh, err = explain(tx, c.Group, c.Qty, c.Want, ""); err != nil {
					return err
				}
				short[as] = sh
			}
			if sh.room > 0 {
				left = append(left, a)
				continue
			}
			err := s.refusal(tx, sh, c.Group, c.Want)
			if errs.As(err) == nil {
				return err
			}
			a.answer(Seat{}, err)
		}
		return nil
	})
	return left, err
}

// answerKnown answers those whose key is known or who have what they may have, and gives back the others.
func (s *Service) answerKnown(tx *db.Tx, g Group, batch []*asker) (fresh []*asker, err error) {
	keys, used, err := standings(tx, g.Name, batch)
	if err != nil {
		return nil, err
	}
	for _, a := range batch {
		if !keys[a.claim.Key] && used[a.claim.Holder.ID]+a.claim.Qty <= g.PerHolder {
			fresh = append(fresh, a)
			continue
		}
		seat, known, err := s.known(tx, a.claim)
		switch {
		case err != nil && errs.As(err) == nil:
			return nil, err
		case known:
			a.answer(seat, err)
		default:
			fresh = append(fresh, a)
		}
	}
	return fresh, nil
}

// writeAnswers gives places in one transaction. If that fails, each claim has one of its own, so that a fault of one is
// not its neighbours'.
func (s *Service) writeAnswers(ctx context.Context, community string, batch []*asker) {
	if len(batch) > 1 {
		err := s.db.Do(ctx, community, func(tx *db.Tx) error { return s.holdAll(tx, batch) })
		if err == nil {
			return
		}
	}
	for _, a := range batch {
		var seat Seat
		err := s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
			seat, err = s.HoldTx(tx, a.claim)
			return err
		})
		a.answer(seat, err)
	}
}

// holdAll is HoldTx for several claims on one group. On PostgreSQL, where each statement is a journey, they share those
// that can be shared.
func (s *Service) holdAll(tx *db.Tx, batch []*asker) error {
	if tx.Dialect() == db.Postgres && !s.guardsOnly {
		var err error
		if batch, err = s.holdShared(tx, batch); err != nil {
			return err
		}
	}
	for _, a := range batch {
		seat, err := s.HoldTx(tx, a.claim)
		if err != nil && errs.As(err) == nil || db.IsTransient(err) {
			return err
		}
		a.answer(seat, err)
	}
	return nil
}

// holdShared gives places to those who ask for one for the first time, and gives back the others.
func (s *Service) holdShared(tx *db.Tx, batch []*asker) (left []*asker, err error) {
	if err := s.lock(tx); err != nil {
		return nil, err
	}
	st, err := s.stand(tx, batch[0].claim.Group, "", "")
	if errs.As(err) != nil {
		return batch, nil //nolint:nilerr // each is refused by itself
	}
	if err != nil {
		return nil, err
	}
	if err := s.openNow(tx, st); err != nil {
		return nil, err
	}
	fresh, err := s.answerKnown(tx, st.group, batch)
	if err != nil {
		return nil, err
	}
	// Who asks twice in one breath is answered one after the other.
	once := make([]*asker, 0, len(fresh))
	met := map[string]bool{}
	for _, a := range fresh {
		if met["k"+a.claim.Key] || met["h"+a.claim.Holder.ID] {
			left = append(left, a)
			continue
		}
		met["k"+a.claim.Key], met["h"+a.claim.Holder.ID] = true, true
		once = append(once, a)
	}
	places, err := takeMany(tx, st.group, once)
	if err != nil {
		return nil, err
	}
	seats := make([]Seat, 0, len(once))
	var last *asker
	room := math.MaxInt
	for _, a := range once {
		at, ok := places[a]
		if !ok {
			left = append(left, a)
			continue
		}
		seat := newSeat(tx, a.claim, at, false)
		seats, last, room = append(seats, seat), a, min(room, at.room)
		a.answer(seat, nil)
	}
	if len(seats) == 0 {
		return left, nil
	}
	if err := insertGiven(tx, st.group.Name, seats); err != nil {
		return nil, err
	}
	if err := beginAll(tx, seats); err != nil {
		return nil, err
	}
	return left, s.given(tx, st.group, room, last.claim.Want)
}

// takeMany takes places under the lock. Where pools are filled one after the other, equal claims take theirs together.
func takeMany(tx *db.Tx, g Group, claims []*asker) (map[*asker]place, error) {
	places := map[*asker]place{}
	if g.Policy != FillFirst {
		for _, a := range claims {
			at, ok, err := raiseFitting(tx, g, a.claim.Qty, a.claim.Want, "")
			if err != nil {
				return nil, err
			}
			if ok {
				places[a] = at
			}
		}
		return places, nil
	}
	for len(claims) > 0 {
		var same, others []*asker
		for _, a := range claims {
			if a.claim.asksLike(claims[0].claim) {
				same = append(same, a)
			} else {
				others = append(others, a)
			}
		}
		c := claims[0].claim
		claims = others
		for len(same) > 0 {
			at, found, err := firstFitting(tx, g, c.Qty, c.Want)
			if err != nil {
				return nil, err
			}
			if !found {
				break
			}
			n := min(len(same), at.room/c.Qty)
			if ok, err := raisePool(tx, at.pool, n*c.Qty); err != nil || !ok {
				return places, err
			}
			for _, a := range same[:n] {
				at.room -= c.Qty
				places[a] = at
			}
			same = same[n:]
		}
	}
	return places, nil
}

// asksLike tells that two claims fit the same pools.
func (c Claim) asksLike(o Claim) bool {
	return c.Qty == o.Qty && c.Want.Pool == o.Want.Pool && maps.Equal(c.Want.Attributes, o.Want.Attributes)
}
