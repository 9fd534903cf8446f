package seat

// WithoutLock leaves only the guards, to show that they decide and the lock merely orders.
func (s *Service) WithoutLock() *Service {
	s.guardsOnly = true
	return s
}
