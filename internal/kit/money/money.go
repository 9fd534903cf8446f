// Package money is amounts as integers: fen of CNY, or points. There are no fractions of a fen.
package money

import (
	"errors"
	"fmt"
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
	s = strings.ReplaceAll(strings.TrimPrefix(strings.TrimSpace(s), "¥"), ",", "")
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

// Share divides amount by weights so that the parts sum to it exactly: each gets its floor, and the fen left over go to
// the largest remainders, earlier ones first. Weights must not be negative and must not all be zero.
func Share(amount Fen, weights ...int64) []Fen {
	var sum int64
	for _, w := range weights {
		sum += w
	}
	parts := make([]Fen, len(weights))
	rest := make([]int64, len(weights))
	left := amount
	for i, w := range weights {
		parts[i] = Fen(int64(amount) / sum * w)
		part := int64(amount) % sum * w
		parts[i] += Fen(part / sum)
		rest[i] = part % sum
		left -= parts[i]
	}
	step := Fen(1)
	if left < 0 {
		step = -1
	}
	for left != 0 {
		best := -1
		for i, r := range rest {
			if weights[i] > 0 && (best < 0 || r*int64(step) > rest[best]*int64(step)) {
				best = i
			}
		}
		parts[best] += step
		rest[best] = -int64(step) * sum
		left -= step
	}
	return parts
}
