package blob

import "github.com/qunce/qunce/internal/platform/db"

// FindTx finds a blob of the transaction's community; ErrMissing when there is none.
func (s *Service) FindTx(tx *db.Tx, hash string) (Blob, error) {
	b, found, err := find(tx, hash)
	if err == nil && !found {
		err = ErrMissing
	}
	return b, err
}
