package shop_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/testkit"
)

func (w *world) withdraw(id, actor, reason string) (b shop.Bill, err error) {
	err = w.D.Do(w.T.Context(), w.D.Community, func(tx *db.Tx) (err error) {
		b, err = w.WithdrawBillTx(tx, id, actor, reason)
		return err
	})
	return b, err
}

func (w *world) feeEntries(bill string) (out []ledger.Entry) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		e, found, err := w.Books.EntryByKeyTx(tx, "bill "+bill)
		if err != nil || !found {
			return err
		}
		out, err = w.Books.EntryTx(tx, e.ID)
		return err
	})
	return out
}

// L4: a bill that was wrong is withdrawn with a reason, its fee in the same instant; what it settled is open again; the corrected file is
// read in its place, or the same.
func TestWithdraw(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 100)
		w.paid(w.ordered("amy").ID)
		day := w.overNight()
		late := w.billOf(day, nil)
		lacks := w.mustRead(day, w.billOf(day, func([]channel.BillLine) []channel.BillLine { return nil }))
		w.paid(w.ordered("ben").ID)
		next := w.overNight()
		var had channel.BillLine
		if _, err := channel.ReadTradeBill(strings.NewReader(late), func(l channel.BillLine) error { had = l; return nil }); err != nil {
			t.Fatal(err)
		}
		right := w.billOf(next, nil)
		wrong := w.mustRead(next, w.billOf(next, func(lines []channel.BillLine) []channel.BillLine {
			had.At = lines[0].At
			lines[0].Fee, lines[0].Payment = channel.FeeOf(33_00), "nobodys"
			return append(lines, had)
		}))
		if wrong.Fee != 33_60 || wrong.Found != 2 || wrong.Open != 2 || len(w.differences(shop.DifferenceFilter{Bill: lacks.ID, Open: true})) != 0 {
			t.Fatalf("%+v", wrong)
		}
		for name, c := range map[string]struct {
			id, actor, reason string
			want              error
		}{
			"nothing":          {"none", "staff", "x", shop.ErrUnknownBill},
			"without a reason": {wrong.ID, "staff", " ", shop.ErrBillReason},
			"nobody":           {wrong.ID, "", "x", shop.ErrBillReason},
		} {
			if _, err := w.withdraw(c.id, c.actor, c.reason); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		gone, err := w.withdraw(wrong.ID, "staff", "下载错了账单")
		if err != nil || gone.State != shop.BillWithdrawn || gone.WithdrawnBy != "staff" || gone.Why != "下载错了账单" || gone.WithdrawnAt.IsZero() || gone.Open != 0 || gone.Found != 2 {
			t.Errorf("withdrawn: %+v, %v", gone, err)
		}
		if e := w.feeEntries(wrong.ID); len(e) != 2 || e[1].Reverses != e[0].ID || !e[1].At.Equal(e[0].At) || w.fees() != 0 {
			t.Errorf("the fee's entries are %+v, fees %s", e, w.fees())
		}
		if open := w.differences(shop.DifferenceFilter{Open: true}); len(open) != 1 || open[0].Bill != lacks.ID || open[0].Later != "" {
			t.Errorf("open: %+v", open)
		}
		if _, err := w.withdraw(wrong.ID, "staff", "x"); !errors.Is(err, shop.ErrBillWithdrawn) {
			t.Errorf("withdrawn again: %v", err)
		}
		w.proven()
		b := w.mustRead(next, right)
		if b.ID == wrong.ID || b.Found != 0 || b.Fee != 60 || w.fees() != 60 {
			t.Errorf("the corrected one: %+v, fees %s", b, w.fees())
		}
		if _, err := w.withdraw(b.ID, "staff", "x"); err != nil {
			t.Error(err)
		}
		if again := w.mustRead(next, right); again.ID == b.ID || again.Found != 0 || again.State != shop.BillCompared || w.fees() != money.Fen(60) {
			t.Errorf("the same again: %+v", again)
		}
		w.proven()
	})
}

// A payment that the channel counted to the next day, and that only the withdrawn bill of that day had, is not lost sight of.
func TestWhatOnlyAWithdrawnBillHad(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 100)
		o := w.paid(w.ordered("amy").ID)
		if _, err := w.Refund(t.Context(), d.Community, o.ID, shop.Ask{Key: "r", Amount: 1_00, Why: "x", Actor: "staff"}); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		day := w.overNight()
		had := strings.ReplaceAll(w.billOf(day, nil), "`"+day, "`"+w.today())
		w.paid(w.ordered("ben").ID)
		next := w.overNight()
		none := func([]channel.BillLine) []channel.BillLine { return nil }
		wrong := w.mustRead(next, had)
		if b := w.mustRead(day, w.billOf(day, none)); b.Found != 0 || wrong.Found != 1 {
			t.Fatalf("while it stands: %+v, %+v", wrong, b)
		}
		if _, err := w.withdraw(wrong.ID, "staff", "x"); err != nil {
			t.Fatal(err)
		}
		right := w.mustRead(next, w.billOf(next, nil))
		list := w.differences(shop.DifferenceFilter{Bill: right.ID, Open: true})
		if right.Found != 2 || len(list) != 2 || list[0].Kind != shop.NotInBill || list[1].Kind != shop.NotInBill || list[0].Order != o.ID || list[0].What == list[1].What {
			t.Errorf("%+v, %+v", right, list)
		}
		later := w.overNight()
		w.mustRead(later, strings.ReplaceAll(had, "`"+next, "`"+later))
		if open := w.differences(shop.DifferenceFilter{Open: true}); len(open) != 0 {
			t.Errorf("found at last, and open: %+v", open)
		}
		w.proven()
	})
}
