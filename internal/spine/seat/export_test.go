package seat

import "github.com/qunce/qunce/internal/platform/db"

// WithoutLock leaves only the guards, to show that they decide and the lock merely orders.
func (s *Service) WithoutLock() *Service {
	s.guardsOnly = true
	return s
}

// WithoutGuard also leaves out the guard of the pools.
func (s *Service) WithoutGuard() *Service {
	s.guardless = true
	return s.WithoutLock()
}

// WouldBeOffered names those of a line who are looked at when pools have room.
func (s *Service) WouldBeOffered(tx *db.Tx, group string, free []Pool) (holders []string, err error) {
	line, err := waiters(tx, group, Waiter{}, free, linePage)
	for _, w := range line {
		holders = append(holders, w.Holder.ID)
	}
	return holders, err
}
