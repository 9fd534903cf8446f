package intake

import (
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
)

// Prospect is a placement that somebody thinks of: what it would cost and bring.
type Prospect struct {
	Contacts int       `json:"contacts"`
	RateBP   int       `json:"rate_bp" doc:"of the contacts, who buy, in basis points"`
	Price    money.Fen `json:"price" doc:"fen"`
	Cost     money.Fen `json:"cost" doc:"fen"`
}

// Outlook is what a prospect comes to.
type Outlook struct {
	Sales       int64     `json:"sales" doc:"contacts × rate, rounded down"`
	Revenue     money.Fen `json:"revenue" doc:"fen, sales × price"`
	Profit      money.Fen `json:"profit" doc:"fen, revenue − cost"`
	ROIBP       *int64    `json:"roi_bp,omitempty" doc:"profit of cost, in basis points; absent without a cost"`
	SalesNeeded *int64    `json:"sales_needed,omitempty" doc:"sales that pay the cost; absent without a price"`
	RateNeeded  *int64    `json:"rate_needed_bp,omitempty" doc:"rate at which the contacts pay the cost, rounded up; absent if no rate does"`
}

// Limits of a prospect.
const (
	maxContacts = 100_000_000
	maxPrice    = money.Fen(100_000_000_00)
)

// Outlook works out what would come of a placement: contacts × rate × price − cost (G7). Refusals: ErrWhatIf.
func (p Prospect) Outlook() (o Outlook, err error) {
	var bad []*errs.Error
	for field, x := range map[string][2]int64{
		"/contacts": {int64(p.Contacts), maxContacts}, "/rate_bp": {int64(p.RateBP), wholeBP}, "/price": {int64(p.Price), int64(maxPrice)}, "/cost": {int64(p.Cost), int64(maxPrice)},
	} {
		if x[0] < 0 || x[0] > x[1] {
			bad = append(bad, ErrWhatIf.With("max", x[1]).At(field))
		}
	}
	if err := errs.Join(bad...); err != nil {
		return o, err
	}
	o.Sales = int64(p.Contacts) * int64(p.RateBP) / wholeBP
	o.Revenue = money.Fen(o.Sales) * p.Price
	o.Profit = o.Revenue - p.Cost
	o.ROIBP = ratio(int64(o.Profit), int64(p.Cost))
	if p.Price > 0 {
		needed := (int64(p.Cost) + int64(p.Price) - 1) / int64(p.Price)
		o.SalesNeeded = &needed
		if n := int64(p.Contacts); needed <= n && n > 0 {
			rate := (needed*wholeBP + n - 1) / n
			o.RateNeeded = &rate
		}
	}
	return o, nil
}
