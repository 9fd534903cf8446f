package blob

import "context"

// Verify reads a stored file through: ErrMissing, or ErrDamaged when it isn't what its name says.
func (s *Service) Verify(ctx context.Context, community, hash string) error {
	return Verify(ctx, s.store, community, hash)
}
