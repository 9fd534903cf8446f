package shop_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/channel/pay"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// interrupted is a file in whose second reading something happens after some bytes, once.
type interrupted struct {
	*strings.Reader
	after int64
	pass  int
	then  func() error
}

func (f *interrupted) Seek(offset int64, whence int) (int64, error) {
	f.pass++
	return f.Reader.Seek(offset, whence)
}

func (f *interrupted) Read(p []byte) (int, error) {
	if at := f.Size() - int64(f.Len()); f.pass == 2 && at >= f.after && f.then != nil {
		then := f.then
		f.then = nil
		if err := then(); err != nil {
			return 0, err
		}
	}
	return f.Reader.Read(p)
}

func (w *world) readFile(day string, f io.ReadSeeker) (shop.Bill, error) {
	return w.ReadBill(w.T.Context(), w.D.Community, shop.BillFile{Channel: channel.Sandbox, Day: day, Actor: "staff", File: f})
}

var errPlug = errors.New("somebody pulled the plug")

// breakOff leaves a bill of which a part was read.
func (w *world) breakOff(day, text string) {
	w.T.Helper()
	_, err := w.readFile(day, &interrupted{Reader: strings.NewReader(text), after: int64(len(text)) - 16<<10, then: func() error { return errPlug }})
	if !errors.Is(err, errPlug) {
		w.T.Fatalf("reading a file that breaks off: %v", err)
	}
	w.Do(func(tx *db.Tx) error {
		p, err := w.BillsTx(tx, shop.BillFilter{Open: true}, "", 1)
		if err == nil && (len(p.Items) != 1 || p.Items[0].State != shop.BillReading) {
			w.T.Fatalf("a file that broke off left %+v", p.Items)
		}
		return err
	})
}

// strangers adds lines of payments that nobody knows, more than a batch of them.
func strangers(lines []channel.BillLine) []channel.BillLine {
	for i := range 450 {
		x := lines[0]
		x.Payment = fmt.Sprint("nobodys", i)
		lines = append(lines, x)
	}
	return lines
}

// L4: the fee of lines that are another merchant's is not ours; that of ours is added up below the fen, and is of the bill's day.
func TestTheFeeOfOurLines(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 100)
		for i := range 3 {
			w.paid(w.ordered(fmt.Sprint("buyer", i)).ID)
		}
		day := w.overNight()
		w.D.Clock.Advance(40 * 24 * time.Hour) // it is read long after
		b := w.mustRead(day, w.billOf(day, func(lines []channel.BillLine) []channel.BillLine {
			lines[0].Fee, lines[1].Fee, lines[2].Fee = 60_600, 60_599, 500 // 0.60600, 0.60599, 0.00500
			other := lines[0]
			other.Payment, other.Merchant, other.Fee = "theirs", "1900000002", channel.FeeOf(77_00)
			return append(lines, other)
		}))
		if b.Fee != 1_22 || w.fees() != 1_22 { // 1.21699
			t.Errorf("the bill keeps %s, the books %s", b.Fee, w.fees())
		}
		midnight, err := time.ParseInLocation(time.DateOnly, day, channel.BillZone)
		if err != nil {
			t.Fatal(err)
		}
		e := w.feeEntries(b.ID)
		if want := midnight.AddDate(0, 0, 1).Add(-time.Microsecond); len(e) != 1 || !e[0].At.Equal(want) {
			t.Errorf("the fee's entries are %+v, want one of %s", e, want)
		}
		w.proven()
		w.Do(func(tx *db.Tx) error { // the proof looks at the lines themselves
			if _, err := tx.Exec(`UPDATE shop_bill_line SET ours = TRUE WHERE community_id = $1 AND bill = $2`, tx.Community(), b.ID); err != nil {
				return err
			}
			found, err := shop.Verify(tx)
			if err == nil && (len(found) != 1 || found[0].Code != "shop.bill_fee" || found[0].Right != 78_22) {
				t.Errorf("counted as ours, nobody finds more than %+v", found)
			}
			if err != nil {
				return err
			}
			_, err = tx.Exec(`UPDATE shop_bill_line SET ours = FALSE WHERE community_id = $1 AND bill = $2 AND ref = 'theirs'`, tx.Community(), b.ID)
			return err
		})
		w.proven()
	})
}

// L4: a file whose reading broke off goes on when it is sent again, and does not stand in the way of another.
func TestAFileThatBrokeOff(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 100)
		w.paid(w.ordered("amy").ID)
		before := w.overNight()
		missed := w.billOf(before, nil)
		empty := w.mustRead(before, w.billOf(before, func([]channel.BillLine) []channel.BillLine { return nil }))
		w.paid(w.ordered("ben").ID)
		day := w.overNight()
		text := w.billOf(day, strangers)
		w.breakOff(day, text)
		if b := w.mustRead(day, text); b.Lines != 451 || b.Found != 450 || b.Matched != 1 {
			t.Errorf("sent again: %+v", b)
		}
		w.proven()

		w.paid(w.ordered("eve").ID)
		next := w.overNight()
		moved := strings.ReplaceAll(missed, "`"+before, "`"+next)
		var lines []channel.BillLine
		if _, err := channel.ReadTradeBill(strings.NewReader(moved), func(l channel.BillLine) error { lines = append(lines, l); return nil }); err != nil {
			t.Fatal(err)
		}
		w.breakOff(next, w.billOf(next, func([]channel.BillLine) []channel.BillLine { return strangers(lines) }))
		w.Do(func(tx *db.Tx) error { // it may have come as far as settling what another bill lacked
			n, err := tx.Exec(`UPDATE shop_difference SET resolved_at = 1, later = (SELECT id FROM shop_bill WHERE community_id = $1 AND state = 'reading') WHERE community_id = $1 AND bill = $2`, tx.Community(), empty.ID)
			if n != 1 {
				t.Errorf("%d differences settled", n)
			}
			return err
		})
		b := w.mustRead(next, w.billOf(next, func([]channel.BillLine) []channel.BillLine { return nil }))
		if b.Lines != 0 || b.Fee != 0 || b.Found != 1 || b.State != shop.BillCompared {
			t.Errorf("another file: %+v", b)
		}
		if open := w.differences(shop.DifferenceFilter{Bill: empty.ID, Open: true}); len(open) != 1 {
			t.Errorf("what only the file that broke off had is %+v", open)
		}
		w.proven()
	})
}

// A file that loses its place while it is read writes nothing more.
func TestAFileThatIsOvertaken(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 100)
		w.paid(w.ordered("amy").ID)
		day := w.overNight()
		text := w.billOf(day, nil)
		var b shop.Bill
		_, err := w.readFile(day, &interrupted{Reader: strings.NewReader(w.billOf(day, strangers)), after: 40_000, then: func() error {
			b = w.mustRead(day, text)
			return nil
		}})
		if !errors.Is(err, shop.ErrBillReplaced) {
			t.Errorf("the file that was overtaken: %v", err)
		}
		if got := w.mustRead(day, text); got != b || b.Lines != 1 || b.Found != 0 {
			t.Errorf("%+v, want %+v", got, b)
		}
		w.proven()
	})
}

// The same file sent twice at once is compared once: what changed in the books meanwhile does not come into the bill afterwards.
func TestAFileThatIsReadTwiceAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 100)
		o := w.paid(w.ordered("amy").ID)
		day := w.overNight()
		if _, err := w.Refund(t.Context(), d.Community, o.ID, shop.Ask{Key: "r", Amount: 1_00, Why: "x", Actor: "staff"}); err != nil {
			t.Fatal(err)
		}
		refund := w.detail(o.ID).Refunds[0].ID
		text := w.billOf(day, func(lines []channel.BillLine) []channel.BillLine {
			back := lines[0]
			back.What, back.Refund, back.State, back.Settled, back.Amount, back.Fee = channel.BilledRefund, refund, "PROCESSING", false, 1_00, 0
			return append(lines, back)
		})
		var first shop.Bill
		second, err := w.readFile(day, &interrupted{Reader: strings.NewReader(text), then: func() error {
			first = w.mustRead(day, text)
			w.Settle() // the refund is done now
			return nil
		}})
		if err != nil || second != first || first.Found != 0 || first.Matched != 2 {
			t.Errorf("%+v, %v, want %+v", second, err, first)
		}
		if list := w.differences(shop.DifferenceFilter{}); len(list) != 0 {
			t.Errorf("found afterwards: %+v", list)
		}
		w.proven()
	})
}

// L4: a refund that is done days after it was asked for is looked for in the bill of the day on which it was done.
func TestARefundThatTakesDays(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 100)
		o := w.paid(w.ordered("amy").ID)
		if _, err := w.Refund(t.Context(), d.Community, o.ID, shop.Ask{Key: "r", Amount: 1_00, Why: "x", Actor: "staff"}); err != nil {
			t.Fatal(err)
		}
		asked := w.overNight()
		w.mustRead(asked, w.billOf(asked, nil))
		between := w.overNight()
		w.Settle()
		done := w.overNight()
		none := func([]channel.BillLine) []channel.BillLine { return nil }
		if b := w.mustRead(between, w.billOf(between, nil)); b.Lines != 0 || b.Found != 0 {
			t.Errorf("the day between: %+v", b)
		}
		if b := w.mustRead(done, w.billOf(done, none)); b.Found != 1 {
			t.Errorf("the day on which it was done: %+v", b)
		}
		list := w.differences(shop.DifferenceFilter{})
		if len(list) != 1 || list[0].What != channel.BilledRefund || list[0].Kind != shop.NotInBill || list[0].Day != done {
			t.Errorf("%+v", list)
		}
		if !strings.Contains(w.billOf(done, nil), "`1.00,") {
			t.Error("the bill of that day does not have it")
		}
		w.proven()
	})
}

// What a bill lacks is settled by a line of the same channel that says that our money moved, and by no other.
func TestWhatSettlesNothing(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 100)
		w.paid(w.ordered("amy").ID)
		day := w.overNight()
		text := w.billOf(day, nil)
		w.mustRead(day, w.billOf(day, func([]channel.BillLine) []channel.BillLine { return nil }))
		var line channel.BillLine
		if _, err := channel.ReadTradeBill(strings.NewReader(text), func(l channel.BillLine) error { line = l; return nil }); err != nil {
			t.Fatal(err)
		}
		w.Accept("elsewhere", pay.Sandbox{})
		other, err := w.ReadBill(t.Context(), d.Community, shop.BillFile{Channel: "elsewhere", Day: day, Actor: "staff", File: strings.NewReader(text)})
		if open := w.differences(shop.DifferenceFilter{Open: true}); err != nil || other.Found != 1 || len(open) != 2 {
			t.Errorf("a bill of another channel: %v, open are %+v", err, open)
		}
		for _, c := range []struct {
			name   string
			change func(l *channel.BillLine)
			open   int
		}{
			{"not paid", func(l *channel.BillLine) { l.State, l.Settled = "NOTPAY", false }, 1},
			{"another merchant's", func(l *channel.BillLine) { l.Merchant = "1900000002" }, 1},
			{"paid", func(*channel.BillLine) {}, 0},
		} {
			w.paid(w.ordered("ben " + c.name).ID)
			next := w.overNight()
			w.mustRead(next, w.billOf(next, func(lines []channel.BillLine) []channel.BillLine {
				l := line
				l.At = lines[0].At
				c.change(&l)
				return append(lines, l)
			}))
			open := 0
			for _, x := range w.differences(shop.DifferenceFilter{Open: true}) {
				if x.Kind == shop.NotInBill {
					open++
				}
			}
			if open != c.open {
				t.Errorf("%s: %d are lacking, want %d", c.name, open, c.open)
			}
		}
		w.proven()
	})
}
