package growth

import (
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// Purse is what somebody has of rewards, in the books.
type Purse struct {
	Frozen       money.Fen `json:"frozen" doc:"fen"`
	Available    money.Fen `json:"available" doc:"fen, that the next payout may pay"`
	Owed         money.Fen `json:"owed,omitempty" doc:"fen, paid out before it was taken back: later earnings pay for it"`
	FrozenPoints int64     `json:"frozen_points,omitempty"`
	Points       int64     `json:"points,omitempty"`
	OwedPoints   int64     `json:"owed_points,omitempty"`
}

// PurseTx gives what a person has, by all their ids.
func (s *Service) PurseTx(tx *db.Tx, person string) (p Purse, err error) {
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return p, err
	}
	for _, x := range []struct {
		c      ledger.Currency
		prefix string
		put    func(n int64)
	}{
		{ledger.CNY, frozenAt, func(n int64) { p.Frozen = money.Fen(n) }},
		{ledger.CNY, availableAt, func(n int64) { p.Available = money.Fen(n) }},
		{ledger.CNY, owedAt, func(n int64) { p.Owed = money.Fen(-n) }},
		{ledger.Points, frozenAt, func(n int64) { p.FrozenPoints = n }},
		{ledger.Points, pointsAt, func(n int64) { p.Points = n }},
		{ledger.Points, owedAt, func(n int64) { p.OwedPoints = -n }},
	} {
		var sum int64
		for _, id := range ids {
			n, err := s.Ledger.BalanceTx(tx, x.prefix+id, x.c)
			if err != nil {
				return p, err
			}
			sum += n
		}
		x.put(sum)
	}
	return p, nil
}
