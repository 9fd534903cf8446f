package money_test

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/kit/money"
)

func TestParseReadsWhatStringWrites(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		amount := money.Fen(rapid.Int64Range(math.MinInt64+1, math.MaxInt64).Draw(r, "amount"))
		got, err := money.Parse(amount.String())
		if err != nil || got != amount {
			r.Fatalf("%s was read as %d, %v", amount, got, err)
		}
	})
}

func TestParse(t *testing.T) {
	for text, want := range map[string]money.Fen{
		"0": 0, "12": 1200, "12.3": 1230, "12.34": 1234, "-0.05": -5, " ¥1,234.50 ": 123450, "￥8": 800, "007": 700,
	} {
		if got, err := money.Parse(text); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", ".", "5.", ".5", "1.234", "--1", "+1", "1e5", "１２", "1.-5", "-", "¥", "1 2", "0x10", "1_000", "99999999999999999999", "NaN"} {
		if got, err := money.Parse(text); err == nil {
			t.Errorf("%q was read as %s", text, got)
		}
	}
}

// The parts sum to the amount, whatever it is; none is a fen or more from its exact share; nobody with no weight gets
// any; who has more weight gets no less.
func TestShareIsExact(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		amount := rapid.Int64().Draw(r, "amount")
		weights := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 10), rapid.Int64Range(0, 1<<58)), 1, 12).Draw(r, "weights")
		sum := new(big.Int)
		for _, w := range weights {
			sum.Add(sum, big.NewInt(w))
		}
		if sum.Sign() == 0 {
			weights[0] = 1
			sum.SetInt64(1)
		}
		parts := money.Share(money.Fen(amount), weights...)
		total := new(big.Int)
		for i, p := range parts {
			total.Add(total, big.NewInt(int64(p)))
			exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(amount), big.NewInt(weights[i])), sum)
			off := exact.Sub(exact, new(big.Rat).SetInt64(int64(p)))
			if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 || weights[i] == 0 && p != 0 {
				r.Fatalf("part %d of %d by %v is %d", i, amount, weights, p)
			}
			for j := range i {
				if more, less := weights[i], weights[j]; more > less && abs(p) < abs(parts[j]) {
					r.Fatalf("weight %d got %d, weight %d got %d", more, p, less, parts[j])
				}
			}
		}
		if total.Cmp(big.NewInt(amount)) != 0 {
			r.Fatalf("%v sums to %s, not %d", parts, total, amount)
		}
	})
}

func abs(f money.Fen) uint64 {
	if f < 0 {
		return -uint64(f)
	}
	return uint64(f)
}

func TestShareGivesWhatIsLeftToTheLargestFractionsFirst(t *testing.T) {
	for _, c := range []struct {
		amount  money.Fen
		weights []int64
		want    []money.Fen
	}{
		{100, []int64{1, 1, 1}, []money.Fen{34, 33, 33}},
		{-100, []int64{1, 1, 1}, []money.Fen{-34, -33, -33}},
		{10, []int64{0, 7, 0, 3}, []money.Fen{0, 7, 0, 3}},
		{5, []int64{1, 3, 2}, []money.Fen{1, 2, 2}}, // 0.83, 2.5, 1.67
		{2, []int64{1, 1, 1, 1}, []money.Fen{1, 1, 0, 0}},
		{0, []int64{2, 1}, []money.Fen{0, 0}},
	} {
		if got := money.Share(c.amount, c.weights...); !slices.Equal(got, c.want) {
			t.Errorf("%d by %v: %v, want %v", c.amount, c.weights, got, c.want)
		}
	}
}

func ExampleShare() {
	fmt.Println(money.Share(10000, 6, 3, 1))
	// Output: [60.00 30.00 10.00]
}
