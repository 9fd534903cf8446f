package team

import (
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

// CloseSome writes the next statement of a month.
func (s *Service) CloseSome(tx *db.Tx, month string) (bool, error) { return s.closeSome(tx, month) }

// Commission is what sales of these amounts earn in a month.
func Commission(p Pay, amounts ...money.Fen) (lines []Line, volume, total money.Fen) {
	sales := make([]sold, len(amounts))
	for i, a := range amounts {
		sales[i] = sold{order: string(rune('a' + i)), base: a, pay: p}
	}
	return commission(sales)
}
