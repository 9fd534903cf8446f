package blob

import "github.com/qunce/qunce/internal/platform/db"

// FindTx finds a blob of the transaction's community; ErrMissing when there is none.
func (s *Service) FindTx(tx *db.Tx, hash string) (Blob, error) { return FindTx(tx, hash) }

// FindTx is the service's, for who has no service.
func FindTx(tx *db.Tx, hash string) (Blob, error) {
	b, found, err := find(tx, hash)
	if err == nil && !found {
		err = ErrMissing
	}
	return b, err
}

// EachOfAll names every blob of every community, in order: for backups.
func EachOfAll(tx *db.Tx, fn func(community, hash string) error) error {
	return tx.Each(func(r *db.Row) error {
		var community, hash string
		if err := r.Scan(&community, &hash); err != nil {
			return err
		}
		return fn(community, hash)
	}, `SELECT community_id, hash FROM blob ORDER BY community_id, hash`)
}
