package intake

import "github.com/qunce/qunce/internal/platform/db"

// ArriveTx is what Arrive does in its transaction.
func (s *Service) ArriveTx(tx *db.Tx, e Entry, v Visitor) (string, error) {
	return s.arriveTx(tx, e, v)
}
