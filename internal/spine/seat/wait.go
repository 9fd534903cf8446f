package seat

import (
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// WaitTx puts a holder in a group's line, by priority and then by arrival. When a place that fits becomes free, the first
// in the line gets it as an offer: a hold with an end (the group's OfferFor) and the fact seat.offered; if there is room
// already, at once, and then the Position is 0. An offer that lapses goes to the next; who let it lapse has left the line.
// Waiting again with the same wishes gives the same place in the line; with others ErrInLine. A holder who has as many
// seats as one may have gets ErrHolderFull.
func (s *Service) WaitTx(tx *db.Tx, w Wait) (Waiter, error) {
	if w.Qty == 0 {
		w.Qty = 1
	}
	if w.Qty < 0 {
		return Waiter{}, ErrQuantity.At("/qty")
	}
	if w.Holder.ID == "" {
		return Waiter{}, errNoKey
	}
	if err := s.lock(tx); err != nil {
		return Waiter{}, err
	}
	st, err := s.stand(tx, w.Group, w.Holder.ID, "")
	if err != nil {
		return Waiter{}, err
	}
	if st.used+w.Qty > st.group.PerHolder {
		_, err := s.holderFull(tx, w.Group, w.Holder.ID, st.group.PerHolder)
		return Waiter{}, err
	}
	id := tx.NewID()
	added, err := insertWait(tx, id, w)
	if err != nil {
		return Waiter{}, err
	}
	if !added {
		was, _, err := s.Position(tx, w.Group, w.Holder.ID)
		if err == nil && !was.same(w) {
			err = ErrInLine
		}
		return was, err
	}
	f := w.Holder.about()
	if _, err := fact.Append(tx, Waiting{Group: GroupName(w.Group), Qty: w.Qty, Priority: w.Priority}, f); err != nil {
		return Waiter{}, err
	}
	if err := s.offer(tx, w.Group); err != nil {
		return Waiter{}, err
	}
	now, waits, err := s.Position(tx, w.Group, w.Holder.ID)
	if err == nil && !waits {
		now = Waiter{Wait: w, ID: id, Since: tx.Now()}
	}
	return now, err
}

func (w Waiter) same(o Wait) bool {
	return w.Qty == o.Qty && w.Priority == o.Priority && w.Holder == o.Holder && w.Want.Pool == o.Want.Pool &&
		encodeAttributes(w.Want.Attributes) == encodeAttributes(o.Want.Attributes)
}

// LeaveWaitTx takes a holder out of a group's line; left is false for one who doesn't wait.
func (s *Service) LeaveWaitTx(tx *db.Tx, group string, h Holder) (left bool, err error) {
	if err := s.lock(tx); err != nil {
		return false, err
	}
	left, err = deleteWait(tx, group, h.ID)
	if err != nil || !left {
		return false, err
	}
	_, err = fact.Append(tx, LeftLine{Group: GroupName(group), Why: LeftByWish}, h.about())
	return true, err
}

// linePage is how many waiters are looked at together.
const linePage = 200

// offer gives what room a group has to those who wait for it, in the line's order. The caller has the lock.
func (s *Service) offer(tx *db.Tx, group string) error {
	line, err := waiters(tx, group, Waiter{}, nil, 1)
	if err != nil || len(line) == 0 {
		return err
	}
	g, _, err := db.One(tx, scanGroup, selectGroup+`AND name = $2`, tx.Community(), group)
	if err != nil {
		return err
	}
	free, err := freePools(tx, group)
	if err != nil {
		return err
	}
	for last := (Waiter{}); len(free) > 0; last = line[len(line)-1] {
		if line, err = waiters(tx, group, last, free, linePage); err != nil {
			return err
		}
		if len(line) == 0 {
			break
		}
		for _, w := range line {
			if free, err = s.offerOne(tx, g, w, free); err != nil {
				return err
			}
			if len(free) == 0 {
				break
			}
		}
	}
	_, err = s.watchReserve(tx, g)
	return err
}

// offerOne offers a waiter a place in one of the free pools, and gives back what is free then.
func (s *Service) offerOne(tx *db.Tx, g Group, w Waiter, free []Pool) ([]Pool, error) {
	fits := false
	for _, p := range free {
		fits = fits || p.fits(w.Want) && p.Room() >= w.Qty
	}
	if !fits {
		return free, nil
	}
	at, _, ok, err := take(tx, g, w.Qty, w.Want, "")
	if err != nil || !ok {
		return free, err
	}
	c := Claim{Key: "offer:" + w.ID, Group: g.Name, Holder: w.Holder, Qty: w.Qty, Want: w.Want, TTL: g.OfferFor}
	_, granted, err := s.grant(tx, c, at, true)
	if err != nil {
		return free, err
	}
	if _, err := deleteWait(tx, g.Name, w.Holder.ID); err != nil {
		return free, err
	}
	if !granted { // has as many seats by now as one may have
		_, err := fact.Append(tx, LeftLine{Group: GroupName(g.Name), Why: LeftSeated}, w.Holder.about())
		return free, err
	}
	left := free[:0]
	for _, p := range free {
		if p.ID == at.pool {
			p.Taken += w.Qty
		}
		if p.Room() > 0 {
			left = append(left, p)
		}
	}
	return left, nil
}

// opened is the timer of a pool that opens: those who waited for it come first.
func (s *Service) opened(tx *db.Tx, poolID string) error {
	if err := s.lock(tx); err != nil {
		return err
	}
	p, err := s.Pool(tx, poolID)
	if err != nil {
		return err
	}
	return s.open(tx, p.Group)
}

// openNow does what the timer of a pool that has just opened is about to do, for who comes before that fires. The caller has the
// lock.
func (s *Service) openNow(tx *db.Tx, st standing) error {
	if !st.opening {
		return nil
	}
	return s.open(tx, st.group.Name)
}

func (s *Service) open(tx *db.Tx, group string) error {
	if err := markOpen(tx, group); err != nil {
		return err
	}
	return s.offer(tx, group)
}
