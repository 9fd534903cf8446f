package goods

import (
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

// Owned is a SKU that somebody has bought and not given back.
type Owned struct {
	Product, SKU string
	Price        money.Fen // the most that one of it has cost; 0 for what points have paid for
	Since        time.Time
}

// mostOwned bounds how many SKUs OwnedTx gives.
const mostOwned = 200

// OwnedTx lists what a person, by all their ids, has bought and not given back, the dearest first.
func (s *Service) OwnedTx(tx *db.Tx, person string) ([]Owned, error) {
	ids, err := s.people.IDs(tx, person)
	if err != nil {
		return nil, err
	}
	return ownedBy(tx, ids, mostOwned)
}

// LeftTx tells how many there are left of several products, by the product and SKU with a slash between.
func (s *Service) LeftTx(tx *db.Tx, products []Listed) (map[string]int, error) {
	out, groups := map[string]int{}, make([]string, 0, len(products))
	for _, p := range products {
		groups = append(groups, stockGroup(p.Name))
	}
	pools, err := s.seats.PoolsOf(tx, groups)
	if err != nil {
		return nil, err
	}
	rooms := map[string]int{}
	for _, p := range pools {
		rooms[p.ID] = max(p.Room(), 0)
	}
	for _, p := range products {
		for _, sku := range p.SKUs {
			out[p.Name+"/"+sku.Name] = rooms[stockPool(p.Name, sku.Name)]
		}
	}
	return out, nil
}
