package seat

import (
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// HoldTx is Hold inside the caller's transaction. A refusal has written nothing of the claim, so the caller may go on.
func (s *Service) HoldTx(tx *db.Tx, c Claim) (Seat, error) {
	if err := c.check(); err != nil {
		return Seat{}, err
	}
	if err := s.lock(tx); err != nil {
		return Seat{}, err
	}
	st, err := s.stand(tx, c.Group, c.Holder.ID, c.Key)
	if err != nil {
		return Seat{}, err
	}
	if err := s.openNow(tx, st); err != nil {
		return Seat{}, err
	}
	if st.seat != "" || st.used+c.Qty > st.group.PerHolder {
		if seat, known, err := s.known(tx, c); known || err != nil {
			return seat, err
		}
	}
	sure := !s.guardsOnly && !st.opening // else this very holder, waiting in line, may have been given a place since
	at, seat, err := s.find(tx, st.group, c, sure)
	if err != nil || at.pool == "" {
		return seat, err
	}
	if sure && !st.group.Growable {
		return s.grantSure(tx, st.group, c, at)
	}
	seat, granted, err := s.grant(tx, c, at, false)
	if err != nil {
		return Seat{}, err
	}
	if !granted {
		// The key or the holder's last unit was used since.
		seat, known, err := s.known(tx, c)
		if err == nil && !known {
			err = fmt.Errorf("seat for %s in %s was neither given nor refused", c.Holder.ID, c.Group)
		}
		return seat, err
	}
	return seat, s.given(tx, st.group, at.room, c.Want)
}

// find takes a place for the claim, letting the group grow if it can. When it finds none it gives the refusal, or, without
// a place, the seat that has the key, unless the claim's standing is sure to be as it was read.
func (s *Service) find(tx *db.Tx, g Group, c Claim, sure bool) (place, Seat, error) {
	at, short, ok, err := take(tx, g, c.Qty, c.Want, "")
	if ok || err != nil {
		return at, Seat{}, err
	}
	if !sure {
		if seat, known, err := s.known(tx, c); known || err != nil {
			return place{}, seat, err
		}
	}
	at, err = s.growOrRefuse(tx, g, c.Qty, c.Want, "", short)
	return at, Seat{}, err
}

// races bounds how often the last place of a pool may be lost to others before the answer is that the database is busy.
const races = 50

// take takes a place in a fitting pool, or tells why there is none. Who loses a race for a pool's last place tries the next pool.
func take(tx *db.Tx, g Group, qty int, w Want, except string) (at place, short shortage, ok bool, err error) {
	for range races {
		at, ok, err = raiseFitting(tx, g, qty, w, except)
		if ok || err != nil {
			return at, short, ok, err
		}
		short, err = explain(tx, g.Name, qty, w, except)
		if err != nil || short.room == 0 {
			return at, short, false, err
		}
	}
	return at, short, false, db.ErrBusy
}

// growOrRefuse follows take when that has found none.
func (s *Service) growOrRefuse(tx *db.Tx, g Group, qty int, w Want, except string, short shortage) (place, error) {
	grown, err := s.growBy(tx, g, qty, w)
	if err != nil {
		return place{}, err
	}
	if grown {
		at, left, ok, err := take(tx, g, qty, w, except)
		if ok || err != nil {
			return at, err
		}
		short = left
	}
	return place{}, s.refusal(tx, short, g.Name, w)
}

// grant writes the seat at a place that was taken. If the holder may not have it or the key is used, it gives the place
// back and granted is false.
func (s *Service) grant(tx *db.Tx, c Claim, at place, offered bool) (seat Seat, granted bool, err error) {
	ok, err := raiseHolder(tx, c.Group, c.Holder.ID, c.Qty)
	if err != nil {
		return Seat{}, false, err
	}
	if !ok {
		_, _, err = lowerPool(tx, at.pool, c.Qty)
		return Seat{}, false, err
	}
	seat = newSeat(tx, c, at, offered)
	if ok, err = insertSeat(tx, seat); err != nil {
		return Seat{}, false, err
	}
	if !ok {
		if _, _, err = lowerPool(tx, at.pool, c.Qty); err == nil {
			err = lowerHolder(tx, c.Group, c.Holder.ID, c.Qty)
		}
		return Seat{}, false, err
	}
	return seat, true, beginAll(tx, []Seat{seat})
}

// grantSure is grant to a claim whose standing was read under the lock: neither the holder's limit nor the key is in its way.
func (s *Service) grantSure(tx *db.Tx, g Group, c Claim, at place) (Seat, error) {
	seat := newSeat(tx, c, at, false)
	if err := tx.Must(raiseHolderSQL, tx.Community(), c.Group, c.Holder.ID, c.Qty); err != nil {
		return Seat{}, err
	}
	if err := tx.Must(insertSeatSQL, seat.row(tx)...); err != nil {
		return Seat{}, err
	}
	if err := beginAll(tx, []Seat{seat}); err != nil {
		return Seat{}, err
	}
	return seat, s.given(tx, g, at.room, c.Want)
}

// newSeat is the seat that a claim gives at a place.
func newSeat(tx *db.Tx, c Claim, at place, offered bool) Seat {
	seat := Seat{
		ID: tx.NewID(), Group: c.Group, Pool: at.pool, Holder: c.Holder, Qty: c.Qty, State: StateTaken, Key: c.Key, hash: c.hash(),
		Opened: tx.Now(), Offered: offered, Circle: at.circle, Subject: at.subject,
	}
	if c.TTL > 0 {
		seat.State, seat.Expires = StateHeld, tx.Now().Add(c.TTL.Truncate(time.Microsecond))
	}
	return seat
}

// beginAll sets the timers of new seats and tells of them.
func beginAll(tx *db.Tx, seats []Seat) error {
	var held []string
	var ends []time.Time
	for _, s := range seats {
		if s.State == StateHeld {
			held, ends = append(held, s.ID), append(ends, s.Expires)
		}
	}
	if err := job.AtNew(tx, timerLapse, held, ends); err != nil {
		return err
	}
	for _, s := range seats {
		var payload any = Taken(s.place())
		if s.Offered {
			payload = Offered(s.place())
		} else if s.State == StateHeld {
			payload = Held(s.place())
		}
		if err := s.tell(tx, payload); err != nil {
			return err
		}
	}
	return nil
}

// known answers a claim from what is there already: the seat with its key, or the refusal of a holder at the limit.
func (s *Service) known(tx *db.Tx, c Claim) (seat Seat, known bool, err error) {
	seat, known, err = byKey(tx, c.Key)
	if err != nil || known {
		if err == nil {
			err = repeated(seat, c.Key, c.hash())
		}
		return seat, true, err
	}
	st, err := s.stand(tx, c.Group, c.Holder.ID, c.Key)
	if err != nil || st.used+c.Qty <= st.group.PerHolder {
		return Seat{}, err != nil, err
	}
	seat, err = s.holderFull(tx, c.Group, c.Holder.ID, st.group.PerHolder)
	return seat, true, err
}

// holderFull is the refusal of a holder at the limit, with a seat they have.
func (s *Service) holderFull(tx *db.Tx, group, holder string, limit int) (Seat, error) {
	refusal := ErrHolderFull.With("limit", limit)
	seat, found, err := s.LiveSeatOf(tx, group, holder)
	if err != nil {
		return Seat{}, err
	}
	if found {
		refusal = refusal.With("seat", seat.ID).With("pool", seat.Pool)
	}
	return seat, refusal
}

// repeated judges the seat that has a key already.
func repeated(seat Seat, key, hash string) error {
	switch {
	case seat.hash != hash:
		return ErrKeyReused.With("key", key)
	case seat.State == StateLapsed:
		return ErrLapsed.With("seat", seat.ID)
	case seat.State == StateReleased:
		return ErrReleased.With("seat", seat.ID)
	}
	return nil
}

// refusal says why there is no place. Of a hold that may come back and a pool that opens later, the sooner is told.
func (s *Service) refusal(tx *db.Tx, sh shortage, group string, w Want) error {
	switch {
	case sh.pools == 0 && w.Pool != "":
		return ErrUnknownPool
	case sh.pools == 0:
		return ErrGone
	case sh.fit == 0:
		return s.notEligible(tx, group, w)
	case !sh.expiry.IsZero() && (sh.opens.IsZero() || sh.expiry.Before(sh.opens)):
		return ErrMayComeBack.With("until", sh.expiry)
	case !sh.opens.IsZero():
		return ErrNotOpen.With("opens", sh.opens)
	case sh.open == 0:
		return s.closedOrGone(tx, group, w)
	}
	return ErrGone
}

// notEligible names what the nearest pool asks for that the want lacks.
func (s *Service) notEligible(tx *db.Tx, group string, w Want) error {
	pools, err := s.Pools(tx, group)
	if err != nil {
		return err
	}
	attribute, least := "", 0
	for _, p := range pools {
		if w.Pool != "" && w.Pool != p.ID {
			continue
		}
		lacks := 0
		for k, v := range p.Attributes {
			if w.Attributes[k] != v {
				lacks++
			}
		}
		if attribute == "" || lacks < least {
			attribute, least = p.missing(w), lacks
		}
	}
	return ErrNotEligible.With("attribute", attribute)
}

// closedOrGone tells pools that are closed from those that are too small.
func (s *Service) closedOrGone(tx *db.Tx, group string, w Want) error {
	pools, err := s.Pools(tx, group)
	if err != nil {
		return err
	}
	for _, p := range pools {
		if p.fits(w) && p.State == Open && (p.Closes.IsZero() || p.Closes.After(tx.Now())) {
			return ErrGone
		}
	}
	return ErrClosed
}

// given follows the giving of places, the last of them in a pool that has roomInPool left.
func (s *Service) given(tx *db.Tx, g Group, roomInPool int, w Want) error {
	if g.Reserve == 0 || roomInPool >= g.Reserve {
		return nil
	}
	below, err := s.watchReserve(tx, g)
	if err != nil || !below {
		return err
	}
	_, err = s.growBy(tx, g, 1, Want{Attributes: w.Attributes})
	return err
}

// watchReserve tells the owner once when the room left passes below the reserve, whatever took it, and notes when it is there
// again. The caller has the lock.
func (s *Service) watchReserve(tx *db.Tx, g Group) (below bool, err error) {
	if g.Reserve == 0 {
		return false, nil
	}
	room, err := roomLeft(tx, g.Name)
	if err != nil {
		return false, err
	}
	below = room < g.Reserve
	changed, err := markBelow(tx, g.Name, below)
	if err == nil && changed && below {
		_, err = fact.Append(tx, ReserveReached{Group: GroupName(g.Name), Room: room, Reserve: g.Reserve}, fact.Fact{Subject: g.Name})
	}
	return below, err
}

// growBy adds the next pool of a growable group, large enough for qty.
func (s *Service) growBy(tx *db.Tx, g Group, qty int, w Want) (bool, error) {
	if !g.Growable || w.Pool != "" {
		return false, nil
	}
	fn := s.grow[g.Owner]
	if fn == nil {
		return false, fmt.Errorf("group %s is to grow, but its owner %q has no function for it", g.Name, g.Owner)
	}
	p, err := fn(tx, g, w)
	if refused := errs.As(err); refused != nil && !db.IsTransient(err) {
		s.log.Warn("a group could not grow", "community", tx.Community(), "group", g.Name, "reason", refused.Code)
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("next pool of group %s: %w", g.Name, err)
	}
	p.Group = g.Name
	if lacks := p.missing(w); lacks != "" || p.Capacity < qty {
		return false, fmt.Errorf("next pool of group %s (capacity %d) does not fit the %d units it is for; asks for %q", g.Name, p.Capacity, qty, lacks)
	}
	_, err = s.AddPoolTx(tx, p)
	return err == nil, err
}
