package team

import (
	"math/bits"

	"github.com/qunce/qunce/internal/kit/money"
)

// sold is what of an order counts in a month.
type sold struct {
	order   string
	base    money.Fen
	version int
	pay     Pay
}

// commission walks through the sales of a month in their order and pays each part of the volume by its step, as its own rules say.
// What a fen is divided into is carried on: the sum is that of the month rounded down, not of each line.
func commission(sales []sold) (lines []Line, volume, total money.Fen) {
	exact := money.Fen(0) // in ten-thousandths of a fen
	for _, x := range sales {
		for rest := x.base; rest > 0; {
			rate, next := x.pay.rateAt(volume)
			piece := rest
			if next > 0 {
				piece = min(piece, next-volume)
			}
			l := Line{Kind: ForSale, Order: x.order, Base: piece, Reached: volume, RateBP: rate, Version: x.version}
			before := exact / wholeBP
			exact += piece * money.Fen(rate)
			l.Fen = exact/wholeBP - before
			if limit := x.pay.Cap; limit > 0 && total+l.Fen > limit {
				l.Fen, l.Capped = max(0, limit-total), true
			}
			lines = append(lines, l)
			volume, total, rest = volume+piece, total+l.Fen, rest-piece
		}
	}
	return lines, volume, total
}

// part is amount × of / whole, rounded down; of is at most the whole.
func part(amount, of, whole money.Fen) money.Fen {
	if amount <= 0 || of <= 0 || whole <= 0 {
		return 0
	}
	high, low := bits.Mul64(uint64(amount), uint64(of))
	q, _ := bits.Div64(high, low, uint64(whole))
	return money.Fen(q) //nolint:gosec // at most the amount
}
