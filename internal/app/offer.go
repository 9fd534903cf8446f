package app

import (
	"errors"
	"strings"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
)

// openOffers lets events lead to orders (E8, S6): orders ask events what they offer, and paths of events whether it was bought.
func (a *App) openOffers() {
	a.Events.Sold(a.Shop.HasBoughtByTx)
	a.Shop.Offered(func(tx *db.Tx, origin, coupon, person string) (bool, error) {
		id, is := strings.CutPrefix(origin, "event/")
		if !is {
			return false, nil
		}
		e, err := a.Events.GetTx(tx, id)
		if errors.Is(err, event.ErrUnknown) || err == nil && e.Sells.Coupon != coupon {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		return a.Events.OfferedTx(tx, e, person)
	})
}
