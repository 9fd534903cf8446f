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

// ReadForStatement reads what a statement is made of.
func ReadForStatement(tx *db.Tx, month, department, staff string) ([]Line, money.Fen, error) {
	if _, err := salesIn(tx, month, department, staff); err != nil {
		return nil, 0, err
	}
	if _, _, _, err := nextEarner(tx, month); err != nil {
		return nil, 0, err
	}
	if _, err := firstCredited(tx, month); err != nil {
		return nil, 0, err
	}
	lines, err := takebacks(tx, month, department, staff)
	if err != nil {
		return nil, 0, err
	}
	owed, err := owedBy(tx, staff)
	return lines, owed, err
}
