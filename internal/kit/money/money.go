// Package money is amounts as integers: fen of CNY, or points. There are no fractions of a fen.
package money

import (
	"cmp"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Fen is an amount of CNY in hundredths of a yuan.
type Fen int64

// String writes yuan with two decimals: 1234.50.
func (f Fen) String() string {
	sign := ""
	n := uint64(f)
	if f < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

var errAmount = errors.New("an amount is written as yuan with at most two decimals, as 1234.50")

// Parse reads yuan with at most two decimals.
func Parse(s string) (Fen, error) {
	s = strings.TrimSpace(s)
	s = strings.TrimPrefix(strings.TrimPrefix(s, "¥"), "￥") // the half-width sign, and what Chinese keyboards write
	s = strings.ReplaceAll(s, ",", "")
	sign := int64(1)
	if strings.HasPrefix(s, "-") {
		sign, s = -1, s[1:]
	}
	yuan, cents, dotted := strings.Cut(s, ".")
	if len(cents) > 2 || yuan == "" || dotted && cents == "" || strings.ContainsAny(s, "+-") {
		return 0, errAmount
	}
	for len(cents) < 2 {
		cents += "0"
	}
	n, err := strconv.ParseInt(yuan+cents, 10, 64)
	if err != nil {
		return 0, errAmount
	}
	return Fen(sign * n), nil
}

// Share divides amount by weights so that the parts sum to it exactly: each gets its share without the fraction, and the
// fen left over go to the largest fractions, earlier ones first. A negative amount is divided as its opposite. Weights must
// not be negative, must not all be zero, and their sum must fit an int64.
func Share(amount Fen, weights ...int64) []Fen {
	var sum uint64
	for _, w := range weights {
		sum += uint64(w)
	}
	sign, whole := Fen(1), uint64(amount)
	if amount < 0 {
		sign, whole = -1, -whole
	}
	parts := make([]Fen, len(weights))
	fractions := make([]uint64, len(weights))
	order := make([]int, len(weights))
	left := whole
	for i, w := range weights {
		high, low := bits.Mul64(whole, uint64(w)) // wider than an int64: weights may be amounts themselves
		part, fraction := bits.Div64(high, low, sum)
		parts[i], fractions[i], order[i] = sign*Fen(part), fraction, i
		left -= part
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(fractions[b], fractions[a]) })
	for _, i := range order[:left] {
		parts[i] += sign
	}
	return parts
}
