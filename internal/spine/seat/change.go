package seat

import (
	"errors"
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// TakeTx makes a held seat the holder's. A taken one stays so. A hold that has lapsed is taken after all if its pool still
// has room and the holder may have it; else ErrLapsed. Others: ErrReleased, ErrHolderFull, ErrUnknown.
func (s *Service) TakeTx(tx *db.Tx, seatID string) (Seat, error) {
	seat, held, err := takeHeld(tx, seatID)
	if err != nil {
		return Seat{}, err
	}
	if held {
		if err := job.Clear(tx, timerLapse, seat.ID); err != nil {
			return Seat{}, err
		}
		return seat, seat.tell(tx, Taken(seat.place()))
	}
	if err := s.lock(tx); err != nil {
		return Seat{}, err
	}
	seat, err = s.Seat(tx, seatID)
	if err != nil {
		return Seat{}, err
	}
	switch seat.State {
	case StateTaken:
		return seat, nil
	case StateReleased:
		return seat, ErrReleased.With("seat", seat.ID)
	case StateHeld:
		return seat, errChanged
	}
	return s.revive(tx, seat)
}

// errChanged is a seat that changed between two statements: only possible without the lock.
var errChanged = errors.New("the seat was changed by another transaction")

// revive takes a lapsed hold if its place is still free.
func (s *Service) revive(tx *db.Tx, seat Seat) (Seat, error) {
	ok, err := raisePool(tx, seat.Pool, seat.Qty)
	if err != nil {
		return Seat{}, err
	}
	if !ok {
		return seat, ErrLapsed.With("seat", seat.ID)
	}
	ok, err = raiseHolder(tx, seat.Group, seat.Holder.ID, seat.Qty)
	if err != nil {
		return Seat{}, err
	}
	if !ok {
		if _, _, err := lowerPool(tx, seat.Pool, seat.Qty); err != nil {
			return Seat{}, err
		}
		st, err := s.stand(tx, seat.Group, seat.Holder.ID, "")
		if err != nil {
			return Seat{}, err
		}
		return s.holderFull(tx, seat.Group, seat.Holder.ID, st.group.PerHolder)
	}
	taken, ok, err := takeLapsed(tx, seat.ID)
	if err == nil && !ok {
		err = errChanged
	}
	if err != nil {
		return Seat{}, err
	}
	if err := taken.tell(tx, Taken(taken.place())); err != nil {
		return Seat{}, err
	}
	return taken, s.watchGroup(tx, taken.Group)
}

// ReleaseTx gives a live seat up; what it frees is offered to who waits. A seat that has ended stays as it is, and is no error.
func (s *Service) ReleaseTx(tx *db.Tx, seatID string) (Seat, error) {
	if err := s.lock(tx); err != nil {
		return Seat{}, err
	}
	was, err := s.Seat(tx, seatID)
	if err != nil || !was.Live() {
		return was, err
	}
	seat, ended, err := endLive(tx, seatID)
	if err != nil || !ended {
		return was, err
	}
	// It may have been taken since it was read, which left no timer; clearing none is harmless.
	if was.State == StateHeld {
		if err := job.Clear(tx, timerLapse, seat.ID); err != nil {
			return Seat{}, err
		}
	}
	if err := seat.tell(tx, Released(seat.place())); err != nil {
		return Seat{}, err
	}
	return seat, s.free(tx, seat)
}

// lapse is the timer of a hold.
func (s *Service) lapse(tx *db.Tx, seatID string) error {
	if err := s.lock(tx); err != nil {
		return err
	}
	seat, lapsed, err := lapseHeld(tx, seatID)
	if err != nil || !lapsed {
		return err
	}
	if err := seat.tell(tx, Lapsed(seat.place())); err != nil {
		return err
	}
	return s.free(tx, seat)
}

// free gives the units of an ended seat back and offers them to who waits.
func (s *Service) free(tx *db.Tx, seat Seat) error {
	if err := lowerHolder(tx, seat.Group, seat.Holder.ID, seat.Qty); err != nil {
		return err
	}
	return s.freePool(tx, seat)
}

// freePool is free where the holder keeps as many units as before.
func (s *Service) freePool(tx *db.Tx, seat Seat) error {
	waiting, below, err := lowerPool(tx, seat.Pool, seat.Qty)
	if err == nil && waiting {
		err = s.offer(tx, seat.Group)
	}
	if err == nil && below {
		err = s.watchGroup(tx, seat.Group)
	}
	return err
}

// watchGroup is watchReserve of a group that is not read yet.
func (s *Service) watchGroup(tx *db.Tx, group string) error {
	g, err := s.Group(tx, group)
	if err == nil {
		_, err = s.watchReserve(tx, g)
	}
	return err
}

// MoveTx gives the holder another place for a live seat: another pool of its group, or one of another group. The new seat
// has the state and the end of the old one, which is released. Both happen or neither: the refusals are those of HoldTx,
// and ErrReleased or ErrLapsed when the seat is not live. A seat that is in the wanted pool already is given as it is.
func (s *Service) MoveTx(tx *db.Tx, m Move) (Seat, error) {
	if m.Key == "" {
		return Seat{}, errNoKey
	}
	if err := s.lock(tx); err != nil {
		return Seat{}, err
	}
	if seat, used, err := byKey(tx, m.Key); used || err != nil {
		if err == nil {
			err = repeated(seat, m.Key, m.hash())
		}
		return seat, err
	}
	from, err := s.Seat(tx, m.Seat)
	if err != nil {
		return Seat{}, err
	}
	if !from.Live() {
		err := repeated(from, "", from.hash)
		return from, err
	}
	group := m.Group
	if group == "" {
		group = from.Group
	}
	if group == from.Group && m.Want.Pool == from.Pool {
		return from, nil
	}
	st, err := s.stand(tx, group, from.Holder.ID, "")
	if err != nil {
		return Seat{}, err
	}
	if err := s.openNow(tx, st); err != nil {
		return Seat{}, err
	}
	if group != from.Group && st.used+from.Qty > st.group.PerHolder {
		return s.holderFull(tx, group, from.Holder.ID, st.group.PerHolder)
	}
	return s.move(tx, st.group, m, from)
}

// move changes places; everything that could refuse it but room has been asked under the lock.
func (s *Service) move(tx *db.Tx, g Group, m Move, from Seat) (Seat, error) {
	at, short, ok, err := take(tx, g, from.Qty, m.Want, from.Pool)
	if err == nil && !ok {
		at, err = s.growOrRefuse(tx, g, from.Qty, m.Want, from.Pool, short)
	}
	if err != nil {
		return Seat{}, err
	}
	ended, ok, err := endLive(tx, from.ID)
	if err == nil && !ok {
		err = errChanged
	}
	if err != nil {
		return Seat{}, err
	}
	if err := lowerHolder(tx, from.Group, from.Holder.ID, from.Qty); err != nil {
		return Seat{}, err
	}
	to := from
	to.ID, to.Group, to.Pool, to.Key, to.hash = tx.NewID(), g.Name, at.pool, m.Key, m.hash()
	to.Circle, to.Subject, to.MovedFrom, to.Opened, to.Offered = at.circle, at.subject, from.ID, tx.Now(), false
	if ok, err = raiseHolder(tx, g.Name, to.Holder.ID, to.Qty); err == nil && ok {
		ok, err = insertSeat(tx, to)
	}
	if err == nil && !ok {
		err = errChanged
	}
	if err != nil {
		return Seat{}, fmt.Errorf("move seat %s: %w", from.ID, err)
	}
	if to.State == StateHeld {
		if err := job.Clear(tx, timerLapse, from.ID); err != nil {
			return Seat{}, err
		}
		if err := job.At(tx, timerLapse, to.ID, to.Expires); err != nil {
			return Seat{}, err
		}
	}
	err = to.tell(tx, Moved{
		Seat: fact.ID(to.ID), Pool: fact.ID(to.Pool), Group: GroupName(to.Group), Qty: to.Qty,
		FromSeat: fact.ID(from.ID), FromPool: fact.ID(from.Pool), FromGroup: GroupName(from.Group),
	})
	if err != nil {
		return Seat{}, err
	}
	if err := s.freePool(tx, ended); err != nil {
		return Seat{}, err
	}
	return to, s.given(tx, g, at.room, m.Want)
}
