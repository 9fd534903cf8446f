package shop

import "github.com/qunce/qunce/internal/platform/db"

// OrderOfTx finds the order by which a thing was bought, if it was paid and not given back whole.
func (s *Service) OrderOfTx(tx *db.Tx, kind, ref string) (Order, bool, error) {
	id, found, err := paidOrderOf(tx, kind, ref)
	if err != nil || !found {
		return Order{}, false, err
	}
	o, err := s.GetTx(tx, id)
	return o, err == nil, err
}
