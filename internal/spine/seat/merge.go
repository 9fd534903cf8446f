package seat

import (
	"github.com/qunce/qunce/internal/platform/db"
)

// MergeTx gives the live seats and the places in lines of one person to another who stands for both from now on, with no new
// fact: the merge has its own. What passes the number of seats that one may have in a group is released, and who has a seat
// or stands in the line already keeps that and nothing more.
func (s *Service) MergeTx(tx *db.Tx, from, into string) error {
	if err := s.lock(tx); err != nil {
		return err
	}
	seats, err := s.LiveSeats(tx, from)
	if err != nil {
		return err
	}
	for _, x := range seats {
		if err := s.handOver(tx, x, into); err != nil {
			return err
		}
	}
	groups, err := linesOf(tx, from)
	if err != nil {
		return err
	}
	for _, g := range groups {
		st, err := s.stand(tx, g, into, "")
		if err != nil {
			return err
		}
		moved := false
		if st.used < st.group.PerHolder {
			if moved, err = moveWait(tx, g, from, into); err != nil {
				return err
			}
		}
		if !moved {
			if _, err := s.LeaveWaitTx(tx, g, Holder{ID: from, Person: true}); err != nil {
				return err
			}
		}
	}
	return nil
}

// WithdrawTx takes a person who is gone out of every line and releases what they hold. Seats that are taken stay: they belong to
// what they were taken for, which ends by itself.
func (s *Service) WithdrawTx(tx *db.Tx, person string) error {
	if err := s.lock(tx); err != nil {
		return err
	}
	groups, err := linesOf(tx, person)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if _, err := s.LeaveWaitTx(tx, g, Holder{ID: person, Person: true}); err != nil {
			return err
		}
	}
	seats, err := s.LiveSeats(tx, person)
	if err != nil {
		return err
	}
	for _, x := range seats {
		if x.State != StateHeld {
			continue
		}
		if _, err := s.ReleaseTx(tx, x.ID); err != nil {
			return err
		}
	}
	return nil
}

// handOver makes a live seat another person's, or releases it when they have as many as one may have.
func (s *Service) handOver(tx *db.Tx, x Seat, into string) error {
	fits, err := raiseHolder(tx, x.Group, into, x.Qty)
	if err != nil {
		return err
	}
	if !fits {
		_, err := s.ReleaseTx(tx, x.ID)
		return err
	}
	if err := lowerHolder(tx, x.Group, x.Holder.ID, x.Qty); err != nil {
		return err
	}
	return moveSeat(tx, x.ID, into)
}

// GiveTx makes a live seat another person's, with no new fact; one that has ended stays as it is. It is released when they
// have as many as one may have.
func (s *Service) GiveTx(tx *db.Tx, seatID, to string) error {
	if err := s.lock(tx); err != nil {
		return err
	}
	x, err := s.Seat(tx, seatID)
	if err != nil || !x.Live() || x.Holder.ID == to {
		return err
	}
	return s.handOver(tx, x, to)
}
