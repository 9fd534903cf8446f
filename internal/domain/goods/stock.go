package goods

import (
	"errors"
	"fmt"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// stockGroup is the group of a product's units; each SKU is a pool of it. A thing that is sold holds its units, not its buyer.
func stockGroup(product string) string { return "stock:" + product }

func stockPool(product, sku string) string { return "stock:" + product + "/" + sku }

// allowance is the group, and its only pool, of what each person may buy of a product.
func allowance(product string) string { return "allowance:" + product }

// anyMany is the capacity of what has no limit.
const anyMany = 1 << 40

// capacity is how many there are of a SKU to begin with.
func (p Product) capacity(sku SKU) int {
	if sku.Stock == 0 && !p.Kind.ships() {
		return anyMany
	}
	return sku.Stock
}

// stock makes the groups and pools of a product agree with it. A pool that was restocked since keeps what it has.
func (s *Service) stock(tx *db.Tx, was, now Listed) error {
	if err := s.seats.DeclareGroupTx(tx, seat.Group{Name: stockGroup(now.Name), PerHolder: anyMany}); err != nil {
		return err
	}
	for i, sku := range now.SKUs {
		pool := seat.Pool{ID: stockPool(now.Name, sku.Name), Group: stockGroup(now.Name), Capacity: now.capacity(sku), Subject: now.Name}
		if _, err := s.seats.AddPoolTx(tx, pool); err != nil {
			return err
		}
		old, err := was.sku(sku.Name)
		if err != nil || was.capacity(old) == pool.Capacity {
			continue
		}
		if _, err := s.seats.ResizeTx(tx, pool.ID, was.capacity(old), pool.Capacity); err != nil {
			return errs.PointTo(err, fmt.Sprintf("/skus/%d/stock", i))
		}
	}
	if now.PerPerson == 0 {
		return nil
	}
	if err := s.seats.DeclareGroupTx(tx, seat.Group{Name: allowance(now.Name), PerHolder: now.PerPerson}); err != nil {
		return errs.PointTo(err, "/per_person")
	}
	_, err := s.seats.AddPoolTx(tx, seat.Pool{ID: allowance(now.Name), Group: allowance(now.Name), Capacity: anyMany, Subject: now.Name})
	return err
}

// Stock is how many there are of a SKU.
type Stock struct {
	SKU   string `json:"sku"`
	Held  int    `json:"held" doc:"kept for orders that are not paid"`
	Sold  int    `json:"sold" doc:"paid for and not given back unshipped"`
	Left  int    `json:"left"`
	NoEnd bool   `json:"no_end,omitempty" doc:"there are as many as anybody wants"`
}

// StockTx tells what is left of a product, by SKU.
func (s *Service) StockTx(tx *db.Tx, product string) ([]Stock, error) {
	p, err := s.ProductTx(tx, product)
	if err != nil {
		return nil, err
	}
	out := make([]Stock, 0, len(p.SKUs))
	for _, sku := range p.SKUs {
		pool, err := s.seats.Pool(tx, stockPool(product, sku.Name))
		if err != nil {
			return nil, fmt.Errorf("stock of %s/%s: %w", product, sku.Name, err)
		}
		out = append(out, Stock{SKU: sku.Name, Held: pool.Held, Sold: pool.Taken, Left: max(pool.Room(), 0), NoEnd: pool.Capacity >= anyMany/2})
	}
	return out, nil
}

// RestockTx adds units of a SKU, or takes some away that are not sold and kept for nobody. Refusals: ErrUnknownProduct,
// ErrUnknownSKU, ErrStock, ErrFewer.
func (s *Service) RestockTx(tx *db.Tx, product, sku string, by int, actor string) error {
	if by == 0 || by > maxStock || by < -maxStock {
		return ErrStock.With("max", maxStock).At("/by")
	}
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	p, err := s.ProductTx(tx, product)
	if err != nil {
		return err
	}
	if _, err := p.sku(sku); err != nil {
		return err
	}
	pool, err := s.seats.Pool(tx, stockPool(product, sku))
	if err != nil {
		return err
	}
	if left := max(pool.Room(), 0); by < -left {
		return ErrFewer.With("left", left).At("/by")
	}
	if _, err := s.seats.SetCapacityTx(tx, pool.ID, pool.Capacity+by); err != nil {
		return errs.PointTo(err, "/by")
	}
	_, err = fact.Append(tx, Restocked{SKU: SKUName(sku), By: by}, fact.Fact{Subject: product, Actor: actor})
	return err
}

// take makes a seat its holder's; one that was given up in between is claimed anew.
func (s *Service) take(tx *db.Tx, id, key string) (string, error) {
	_, err := s.seats.TakeTx(tx, id)
	if !errors.Is(err, seat.ErrReleased) {
		return id, err
	}
	was, err := s.seats.Seat(tx, id)
	if err != nil {
		return id, err
	}
	got, err := s.seats.HoldTx(tx, seat.Claim{Key: key, Group: was.Group, Holder: was.Holder, Qty: was.Qty, Want: seat.Want{Pool: was.Pool}})
	return got.ID, err
}

func (s *Service) release(tx *db.Tx, seats ...string) error {
	for _, id := range seats {
		if id == "" {
			continue
		}
		if _, err := s.seats.ReleaseTx(tx, id); err != nil {
			return fmt.Errorf("give seat %s back: %w", id, err)
		}
	}
	return nil
}
