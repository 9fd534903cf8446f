package circle

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

// RetireGroupTx ends the giving of places in a group: none of its circles takes anybody in, by whatever way, and no further one
// is opened. The circles go on with who is in them, and who holds a place may still join. Declaring the group again revives
// it. ErrGroup.
func (s *Service) RetireGroupTx(tx *db.Tx, name string) error {
	g, _, err := latestTemplate(tx, name)
	if err != nil {
		return err
	}
	still := g.seats()
	still.Growable = false
	if err := s.seats.DeclareGroupTx(tx, still); err != nil {
		return err
	}
	return s.retire(tx, name, true)
}

// retire closes the pools of a group's circles, or opens those of its open circles again. The caller has the lock of the
// seats, by which whoever turns a circle or opens one meanwhile comes before this or after it.
func (s *Service) retire(tx *db.Tx, group string, retired bool) error {
	changed, err := setRetired(tx, group, retired)
	if err != nil || !changed {
		return err
	}
	all, err := briefsOf(tx, group)
	if err != nil {
		return err
	}
	for _, c := range all {
		if retired {
			_, err = s.seats.ClosePoolTx(tx, c.id)
		} else if c.state == StateOpen {
			_, err = s.seats.OpenPoolTx(tx, c.id)
		}
		if err != nil {
			return fmt.Errorf("pool of circle %s: %w", c.id, err)
		}
	}
	return nil
}

// turnPool opens or closes the pool of a circle that has come into a state. Those of a retired group stay closed.
func (s *Service) turnPool(tx *db.Tx, id string, to State) error {
	b, err := readBrief(tx, id)
	if err != nil {
		return err
	}
	if _, err := s.seats.ClosePoolTx(tx, id); err != nil || to != StateOpen { // which takes the lock before the next look
		return err
	}
	if retired, err := isRetired(tx, b.group); err != nil || retired {
		return err
	}
	_, err = s.seats.OpenPoolTx(tx, id)
	return err
}

// resize brings the circles that are not over from the template's last capacity to its new one.
func (s *Service) resize(tx *db.Tx, group string, from, to int) error {
	if from == to {
		return nil
	}
	all, err := briefsOf(tx, group)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.state == StateArchived {
			continue
		}
		if _, err := s.seats.ResizeTx(tx, c.id, from, to); err != nil {
			return fmt.Errorf("capacity of circle %s: %w", c.id, err)
		}
	}
	return nil
}
