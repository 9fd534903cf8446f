package shop

import (
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// Led is what orders came of one thing that led their buyers to them (S6). Orders that were never paid don't count.
type Led struct {
	Orders   int       `json:"orders"`
	Buyers   int       `json:"buyers" doc:"people who have kept something of it"`
	Paid     money.Fen `json:"paid" doc:"fen"`
	Refunded money.Fen `json:"refunded" doc:"fen, of what was paid"`
}

// LedTx counts what came of some origins, each as Order.Origin; of what led to nothing there is nothing.
func (s *Service) LedTx(tx *db.Tx, origins []string) (map[string]Led, error) {
	if len(origins) == 0 {
		return nil, nil
	}
	return led(tx, origins)
}

// LedPeopleTx lists who has bought by an origin and kept something of it, in the order of their ids.
func (s *Service) LedPeopleTx(tx *db.Tx, origin, cursor string, limit int) (page.Page[string], error) {
	after := ""
	if _, err := page.Parse(cursor, &after); err != nil {
		return page.Page[string]{}, err
	}
	limit = page.Limit(limit)
	rows, err := ledAfter(tx, origin, after, limit+1)
	return page.Cut(rows, limit, func(p string) string { return page.Cursor(p) }), err
}

// HasBoughtByTx tells whether one human, known by some ids, has bought by an origin and kept something of it.
func (s *Service) HasBoughtByTx(tx *db.Tx, origin string, persons []string) (bool, error) {
	return boughtBy(tx, origin, persons)
}
