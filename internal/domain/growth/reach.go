package growth

import (
	"context"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

// Reach is what a link brought in a while.
type Reach struct {
	Views   int
	Visits  int // visitors, each once a day
	Leads   int // known persons who came by it
	Orders  int // of people who came by it last
	Revenue money.Fen
}

// ReachTx gives what links brought since the day of a time, by link; those that brought nothing are left out.
func (s *Service) ReachTx(tx *db.Tx, links []string, since time.Time) (map[string]Reach, error) {
	out := map[string]Reach{}
	day := since.In(s.Zone(context.Background(), tx.Community())).Format(time.DateOnly)
	for some := range slices.Chunk(links, 64) {
		if err := reachOf(tx, some, day, since, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// CheckProduct refuses what is no product's name: ErrProduct.
func CheckProduct(name string) error {
	if name == "*" || !product.MatchString(name) {
		return ErrProduct.With("product", name)
	}
	return nil
}
