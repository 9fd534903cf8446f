package goods

import (
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// strikeDays is how far a price that is struck through is looked back for: the rules against price fraud (明码标价和禁止价格欺诈规定,
// in force since July 2022, articles 16 to 19) take the seven days before a promotion began.
const strikeDays = 7

// checkStrike refuses to strike a price through that was not really asked: one above the lowest price, asked or paid, of the
// seven days before the price beside it came into force.
func (s *Service) checkStrike(tx *db.Tx, was Listed, product string, sku SKU) error {
	if sku.Strike == 0 {
		return nil
	}
	began := tx.Now()
	if old, err := was.sku(sku.Name); err == nil && old.Price == sku.Price {
		if began, err = priceSince(tx, product, sku.Name); err != nil {
			return err
		}
	}
	lowest, found, err := s.LowestTx(tx, product, sku.Name, began)
	switch {
	case err != nil:
		return err
	case !found:
		return ErrStrikeNew.With("days", strikeDays)
	case sku.Strike > lowest:
		return ErrStrike.With("lowest", lowest.String()).With("days", strikeDays)
	}
	return nil
}

// LowestTx is the lowest price that was asked or paid for a SKU in the seven days before a time; found is false when there was none.
func (s *Service) LowestTx(tx *db.Tx, product, sku string, before time.Time) (lowest money.Fen, found bool, err error) {
	from := before.Add(-strikeDays * 24 * time.Hour)
	asked, err := lowestAsked(tx, product, sku, from, before)
	if err != nil {
		return 0, false, err
	}
	paid, err := lowestPaid(tx, product, sku, from, before)
	if err != nil || asked < 0 {
		return paid, paid >= 0, err
	}
	if paid >= 0 {
		asked = min(asked, paid)
	}
	return asked, true, nil
}

// price keeps the prices of a product that are new.
func (s *Service) price(tx *db.Tx, was, now Listed, actor string) error {
	for _, sku := range now.SKUs {
		old, err := was.sku(sku.Name)
		if err == nil && old.Price == sku.Price {
			continue
		}
		if err := insertPrice(tx, now.Name, sku.Name, sku.Price); err != nil {
			return err
		}
		if _, err := fact.Append(tx, PriceChanged{SKU: SKUName(sku.Name), Price: int64(sku.Price), Was: int64(old.Price)}, fact.Fact{Subject: now.Name, Actor: actor}); err != nil {
			return err
		}
	}
	return nil
}
