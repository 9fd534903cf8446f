package shop_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/channel/pay"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/testkit"
)

// today is the day of the bills that are made now.
func (w *world) today() string { return w.D.Clock.Now().In(channel.BillZone).Format(time.DateOnly) }

// overNight lets the day end, and gives its name.
func (w *world) overNight() string {
	day := w.today()
	w.D.Clock.Advance(24 * time.Hour)
	return day
}

// billOf is the sandbox's bill of a day, with lines changed before they are written.
func (w *world) billOf(day string, change func(lines []channel.BillLine) []channel.BillLine) string {
	w.T.Helper()
	var b bytes.Buffer
	if err := w.WriteBill(w.T.Context(), w.D.Community, channel.Sandbox, day, &b); err != nil {
		w.T.Fatal(err)
	}
	if change == nil {
		return b.String()
	}
	var lines []channel.BillLine
	if _, err := channel.ReadTradeBill(&b, func(l channel.BillLine) error { lines = append(lines, l); return nil }); err != nil {
		w.T.Fatal(err)
	}
	b.Reset()
	err := channel.WriteTradeBill(&b, func(put func(channel.BillLine) error) error {
		for _, l := range change(lines) {
			if err := put(l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return b.String()
}

func (w *world) readBill(day, text string) (shop.Bill, error) {
	return w.ReadBill(w.T.Context(), w.D.Community, shop.BillFile{Channel: channel.Sandbox, Day: day, Actor: "staff", File: strings.NewReader(text)})
}

func (w *world) mustRead(day, text string) shop.Bill {
	w.T.Helper()
	b, err := w.readBill(day, text)
	if err != nil {
		w.T.Fatalf("bill of %s: %v", day, err)
	}
	return b
}

func (w *world) differences(f shop.DifferenceFilter) (out []shop.Difference) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		out = nil
		for cursor := ""; ; {
			p, err := w.DifferencesTx(tx, f, cursor, 2)
			if err != nil {
				return err
			}
			if out, cursor = append(out, p.Items...), p.Next; cursor == "" {
				return nil
			}
		}
	})
	return out
}

func (w *world) fees() money.Fen {
	w.T.Helper()
	n, err := w.Books.Balance(w.T.Context(), w.D.Community, "expense:fees", ledger.CNY)
	if err != nil {
		w.T.Fatal(err)
	}
	return money.Fen(-n)
}

func (w *world) proven() { w.T.Helper(); w.Sound(shop.Verify) }

// L4: a bill that says what the books say has no differences; its fee is posted once; the same file again changes nothing.
func TestABillThatAgrees(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 100)
		kept := w.paid(w.ordered("amy").ID)
		gone := w.paid(w.ordered("ben").ID)
		if _, err := w.Refund(t.Context(), d.Community, gone.ID, shop.Ask{Key: "r", Amount: 40_00, Why: "x", Actor: "staff"}); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		day := w.overNight()
		text := w.billOf(day, nil)
		b := w.mustRead(day, text)
		if b.State != shop.BillCompared || b.Lines != 3 || b.Found != 0 || b.Matched != 3 || b.Paid != 2*price || b.Refunded != 40_00 || b.Fee != 96 {
			t.Errorf("%+v", b)
		}
		if again := w.mustRead(day, text); again != b {
			t.Errorf("read again: %+v, want %+v", again, b)
		}
		if w.fees() != 96 {
			t.Errorf("fees in the books are %s", w.fees())
		}
		w.wantBalances(2*price-40_00-96, 0, 2*price-40_00)
		w.proven()
		_ = kept
		// Another file of that day is refused, and says which bill is there.
		_, err := w.readBill(day, w.billOf(day, func(l []channel.BillLine) []channel.BillLine { return l[:1] }))
		if e := errs.As(err); !errors.Is(err, shop.ErrBillThere) || e.Params["bill"] != b.ID {
			t.Errorf("another file: %v", err)
		}
	})
}

// L4: every way in which a bill and the books differ is a row of its own, with both sides; they are resolved once, with a reason.
func TestDifferences(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 100)
		var orders []shop.Order
		for i := range 6 {
			orders = append(orders, w.paid(w.ordered(fmt.Sprint("buyer", i)).ID))
		}
		back, err := w.Refund(t.Context(), d.Community, orders[5].ID, shop.Ask{Key: "r", Why: "x", Actor: "staff"})
		if err != nil {
			t.Fatal(err)
		}
		w.Settle()
		open := w.ordered("late")
		unpaid := w.pay(open.ID)
		paymentOf := func(o shop.Order) string { return w.detail(o.ID).Payments[0].ID }
		refund := w.detail(back.ID).Refunds[0].ID
		day := w.overNight()
		text := w.billOf(day, func(lines []channel.BillLine) (out []channel.BillLine) {
			for _, l := range lines {
				switch {
				case l.What == channel.BilledRefund:
					l.State, l.Settled = "ABNORMAL", false
				case l.Payment == paymentOf(orders[0]):
					continue // not in the bill
				case l.Payment == paymentOf(orders[1]):
					l.Amount++
				case l.Payment == paymentOf(orders[2]):
					out = append(out, l) // twice
				case l.Payment == paymentOf(orders[3]):
					l.Merchant = "1900000002"
				}
				out = append(out, l)
			}
			strange, unknown := out[0], out[0]
			strange.Payment, unknown.Payment = "nobodys", unpaid.ID
			return append(out, strange, unknown)
		})
		b := w.mustRead(day, text)
		type row struct {
			kind  shop.DifferenceKind
			ref   string
			delta money.Fen
		}
		want := map[row]bool{
			{shop.NotInBill, paymentOf(orders[0]), -price}: true, {shop.AmountDiffers, paymentOf(orders[1]), 1}: true, {shop.BilledTwice, paymentOf(orders[2]), 0}: true,
			{shop.OtherMerchant, paymentOf(orders[3]), price}: true, {shop.NotInBill, paymentOf(orders[3]), -price}: true,
			{shop.StateDiffers, refund, 0}: true, {shop.NotOurs, "nobodys", price + 1}: true, {shop.StateDiffers, unpaid.ID, 1}: true,
		}
		list := w.differences(shop.DifferenceFilter{Bill: b.ID})
		for _, x := range list {
			r := row{x.Kind, x.Ref, x.Theirs - x.Ours}
			if !want[r] {
				t.Errorf("difference %+v", x)
			}
			delete(want, r)
		}
		if len(want) > 0 || b.Found != len(list) || b.Open != b.Found {
			t.Errorf("not found: %v; the bill says %d, %d open", want, b.Found, b.Open)
		}
		if b.Matched != 3 || b.Lines != 9 {
			t.Errorf("%d of %d lines agree", b.Matched, b.Lines)
		}
		w.proven()

		resolve := func(id, reason string) (x shop.Difference, err error) {
			err = d.Do(t.Context(), d.Community, func(tx *db.Tx) (err error) { x, err = w.ResolveTx(tx, id, "staff", reason); return err })
			return x, err
		}
		for reason, id := range map[string]string{"": list[0].ID, strings.Repeat("长", 501): list[0].ID} {
			if _, err := resolve(id, reason); !errors.Is(err, shop.ErrBillReason) {
				t.Errorf("resolved because of %q: %v", reason, err)
			}
		}
		if _, err := resolve("nothing", "x"); !errors.Is(err, shop.ErrUnknownDifference) {
			t.Errorf("resolved what is not there: %v", err)
		}
		if x, err := resolve(list[0].ID, "对方系统的测试单"); err != nil || x.ResolvedBy != "staff" || x.Reason == "" || x.ResolvedAt.IsZero() {
			t.Errorf("resolved: %+v, %v", x, err)
		}
		if _, err := resolve(list[0].ID, "again"); !errors.Is(err, shop.ErrResolved) {
			t.Errorf("resolved again: %v", err)
		}
		if left := w.differences(shop.DifferenceFilter{Open: true}); len(left) != len(list)-1 {
			t.Errorf("%d are open, want %d", len(left), len(list)-1)
		}
		w.proven()
	})
}

// What a bill lacks because the channel counts it to the next day is settled by that day's bill.
func TestALaterBillHasIt(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 100)
		w.paid(w.ordered("amy").ID)
		day := w.overNight()
		moved := w.billOf(day, nil)
		b := w.mustRead(day, w.billOf(day, func([]channel.BillLine) []channel.BillLine { return nil }))
		if b.Found != 1 || b.Lines != 0 {
			t.Fatalf("%+v", b)
		}
		next := w.overNight()
		c := w.mustRead(next, strings.ReplaceAll(moved, "`"+day, "`"+next))
		list := w.differences(shop.DifferenceFilter{})
		if c.Found != 0 || len(list) != 1 || list[0].Later != c.ID || list[0].ResolvedBy != "" || list[0].ResolvedAt.IsZero() {
			t.Errorf("%+v, then %+v", c, list)
		}
		w.proven()
		var bills []shop.Bill
		w.Do(func(tx *db.Tx) error {
			p, err := w.BillsTx(tx, shop.BillFilter{}, "", 1)
			if err == nil {
				bills = p.Items
				p, err = w.BillsTx(tx, shop.BillFilter{}, p.Next, 1)
				bills = append(bills, p.Items...)
			}
			return err
		})
		w.Do(func(tx *db.Tx) error {
			p, err := w.BillsTx(tx, shop.BillFilter{Open: true}, "", 0)
			if len(p.Items) != 0 {
				t.Errorf("with something open: %+v", p.Items)
			}
			return err
		})
		if len(bills) != 2 || bills[0].ID != c.ID || bills[1].ID != b.ID {
			t.Errorf("bills: %+v", bills)
		}
	})
}

// A file that is wrong changes nothing.
func TestBillsThatAreRefused(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 100)
		w.paid(w.ordered("amy").ID)
		if _, err := w.readBill(w.today(), ""); !errors.Is(err, shop.ErrBillEarly) {
			t.Errorf("a day that is not over: %v", err)
		}
		day := w.overNight()
		text := w.billOf(day, nil)
		for name, c := range map[string]struct {
			channel, day, text string
			want               error
		}{
			"a channel without bills":     {channel.Manual, day, text, shop.ErrBillChannel},
			"no channel":                  {"x", day, text, shop.ErrBillChannel},
			"no day":                      {channel.Sandbox, "gestern", text, shop.ErrBillDay},
			"another day":                 {channel.Sandbox, "2020-02-29", text, shop.ErrBillOtherDay},
			"another merchant's":          {channel.Sandbox, day, strings.ReplaceAll(text, pay.SandboxMerchant, "1900000002"), shop.ErrBillMerchant},
			"broken off":                  {channel.Sandbox, day, text[:len(text)/2], nil},
			"without its sums":            {channel.Sandbox, day, text[:strings.Index(text, "总交易单数")], channel.ErrBillNoSums},
			"with an amount that is none": {channel.Sandbox, day, strings.Replace(text, "`100.00,`0.00,`\r\n", "`1e2,`0.00,`\r\n", 1), channel.ErrBillAmount},
		} {
			_, err := w.ReadBill(t.Context(), d.Community, shop.BillFile{Channel: c.channel, Day: c.day, Actor: "staff", File: strings.NewReader(c.text)})
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.Do(func(tx *db.Tx) error {
			p, err := w.BillsTx(tx, shop.BillFilter{}, "", 0)
			if len(p.Items) > 0 {
				t.Errorf("kept: %+v", p.Items)
			}
			return err
		})
		if err := w.WriteBill(t.Context(), d.Community, channel.Manual, day, &bytes.Buffer{}); !errors.Is(err, shop.ErrBillChannel) {
			t.Errorf("a bill of what has none: %v", err)
		}
	})
}

// The same file sent by two at once, on two connections, is one bill with its fee once. A reading that broke off goes on.
func TestOneBillUnderARace(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 300)
		for i := range 5 {
			w.paid(w.ordered(fmt.Sprint("b", i)).ID)
		}
		day := w.overNight()
		text := w.billOf(day, func(l []channel.BillLine) []channel.BillLine {
			for i := range 450 { // more than one batch
				x := l[0]
				x.Payment = fmt.Sprint("nobodys", i)
				l = append(l, x)
			}
			return l[1:]
		})
		second, err := db.Open(t.Context(), d.Config)
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		elsewhere := *d
		elsewhere.DB = second
		other := newNode(t, &elsewhere)
		var wg sync.WaitGroup
		got := make([]shop.Bill, 4)
		for i := range got {
			wg.Go(func() {
				node := []*world{w, other}[i%2]
				b, err := node.ReadBill(t.Context(), d.Community, shop.BillFile{Channel: channel.Sandbox, Day: day, Actor: "staff", File: strings.NewReader(text)})
				if err != nil {
					t.Error(err)
				}
				got[i] = b
			})
		}
		wg.Wait()
		for _, b := range got {
			if b.ID != got[0].ID || b.State != shop.BillCompared || b.Found != 451 || b.Lines != 454 {
				t.Errorf("%+v", b)
			}
		}
		if w.fees() != got[0].Fee {
			t.Errorf("fees %s, want %s", w.fees(), got[0].Fee)
		}
		w.proven()
	})
}
