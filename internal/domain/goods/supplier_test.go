package goods_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/testkit"
)

// owe lets the books owe suppliers something, as things that were sent do.
func (w *world) owe(names ...string) {
	w.Do(func(tx *db.Tx) error {
		for _, name := range names {
			_, err := w.Books.PostTx(tx, ledger.Entry{Key: "owed " + name, Fact: "test", Lines: []ledger.Line{
				{Account: "supplier:" + name, Amount: 1000_00}, {Account: "expense:goods", Amount: -1000_00},
			}})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *world) payOn(d *testkit.DB, s *goods.Service, supplier string, amount money.Fen, ref string) error {
	return d.Do(w.T.Context(), d.Community, func(tx *db.Tx) error {
		_, err := s.PaySupplierTx(tx, supplier, amount, ref, "op")
		return err
	})
}

func (w *world) owed(supplier string) money.Fen {
	w.T.Helper()
	n, err := w.Books.Balance(w.T.Context(), w.D.Community, "supplier:"+supplier, ledger.CNY)
	if err != nil {
		w.T.Fatal(err)
	}
	return money.Fen(n)
}

// A payment that two people note with the bank's number of it is one payment; the same number with another amount is refused.
func TestASupplierIsPaidOnce(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.owe("tea house", "tea")
		pay := func(supplier string, amount money.Fen, ref string, want error, left money.Fen) {
			t.Helper()
			if err := w.payOn(d, w.Service, supplier, amount, ref); !errors.Is(err, want) {
				t.Errorf("%s of %q: %v, want %v", amount, ref, err, want)
			}
			if got := w.owed(supplier); got != left {
				t.Errorf("after %s of %q they are owed %s, want %s", amount, ref, got, left)
			}
		}
		pay("tea", 400_00, "B1", nil, 600_00)
		pay("tea", 400_00, " B1 ", nil, 600_00)
		pay("tea", 700_00, "B1", goods.ErrPaidOther, 600_00)
		pay("tea", 600_00, "B2", nil, 0)
		pay("tea", 600_00, "B2", nil, 0) // although they are owed less by now
		for ref, want := range map[string]bool{"B2": false, "B3": true} {
			w.Do(func(tx *db.Tx) error {
				supplier := map[bool]string{false: "tea", true: "tea house"}[want]
				fresh, err := w.PaySupplierTx(tx, supplier, map[bool]money.Fen{false: 600_00, true: 1_00}[want], ref, "op")
				if fresh != want {
					t.Errorf("%s to %s is fresh: %v", ref, supplier, fresh)
				}
				return err
			})
		}
		err := w.payOn(d, w.Service, "tea", 1, "B1")
		if e := errs.As(err); e == nil || e.Params["ref"] != "B1" || e.Params["amount"] != "400.00" {
			t.Errorf("another amount: %v", err)
		}
		pay("tea house", 1_00, "B1", nil, 998_00) // another supplier's is another payment
		pay("tea house", 1_00, "", nil, 997_00)
		pay("tea house", 1_00, "", nil, 996_00) // without a number nobody can tell
		pay("tea", 1, "house B1", goods.ErrPaidMore, 0)

		second, err := db.Open(t.Context(), d.Config)
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		elsewhere := *d
		elsewhere.DB = second
		other := newWorld(t, &elsewhere)
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				node, on := w, d
				if i%2 == 1 {
					node, on = other, &elsewhere
				}
				if err := w.payOn(on, node.Service, "tea house", 100_00, fmt.Sprint("R", i/4)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := w.owed("tea house"); got != 796_00 {
			t.Errorf("two payments that eight people noted leave %s", got)
		}
		var paid atomic.Int32
		for i := range 8 { // the whole debt, as eight payments
			wg.Go(func() {
				node, on := w, d
				if i%2 == 1 {
					node, on = other, &elsewhere
				}
				switch err := w.payOn(on, node.Service, "tea house", 796_00, fmt.Sprint("whole ", i)); {
				case err == nil:
					paid.Add(1)
				case !errors.Is(err, goods.ErrPaidMore):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := w.owed("tea house"); got != 0 || paid.Load() != 1 {
			t.Errorf("the debt was paid %d times, %s is left", paid.Load(), got)
		}
	})
}
