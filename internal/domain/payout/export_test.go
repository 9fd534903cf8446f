package payout

import "github.com/qunce/qunce/internal/platform/db"

// CollectSome is one transaction of the job that drafts a batch.
func (s *Service) CollectSome(tx *db.Tx, batch string) (more bool, err error) {
	return s.collectSome(tx, batch)
}
