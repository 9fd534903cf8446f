package channel_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
)

// A bill as WeChat Pay lays it out: BOM, every column, a ` before each cell, commas inside a title, sums.
const sample = "\ufeff交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n" +
	"`2026-11-20 09:30:00,`wx1,`1900000001,`0,`,`4200001,`pay1,`openid1,`JSAPI,`SUCCESS,`OTHERS,`CNY,`999.00,`0.00,`0,`0,`0.00,`0.00,`,`,`年度会员,一年,`,`5.99,`0.60%,`999.00,`0.00,`\r\n" +
	"`2026-11-20 23:59:59,`wx1,`1900000001,`0,`,`4200001,`pay1,`openid1,`JSAPI,`REFUND,`OTHERS,`CNY,`0.00,`0.00,`5030001,`back1,`100.00,`0.00,`ORIGINAL,`SUCCESS,`年度会员,一年,`,`-0.60,`0.60%,`0.00,`100.00,`\r\n" +
	"总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n" +
	"`2,`999.00,`100.00,`0.00,`5.39,`999.00,`100.00\r\n"

func read(text string) (lines []channel.BillLine, sums channel.BillSums, err error) {
	sums, err = channel.ReadTradeBill(strings.NewReader(text), func(l channel.BillLine) error { lines = append(lines, l); return nil })
	return lines, sums, err
}

// L4: a bill is read as it is laid out.
func TestReadTradeBill(t *testing.T) {
	t.Parallel()
	lines, sums, err := read(sample)
	if err != nil {
		t.Fatal(err)
	}
	if want := (channel.BillSums{Lines: 2, Paid: 999_00, Refunded: 100_00, Fee: channel.FeeOf(5_39)}); sums != want {
		t.Errorf("sums %+v, want %+v", sums, want)
	}
	at := time.Date(2026, 11, 20, 1, 30, 0, 0, time.UTC)
	paid := channel.BillLine{
		N: 2, At: lines[0].At, What: channel.BilledPayment, Merchant: "1900000001", Payment: "pay1", Outside: "4200001", State: "SUCCESS", Settled: true, Amount: 999_00, Fee: channel.FeeOf(5_99), Title: "年度会员,一年",
	}
	if lines[0] != paid || !lines[0].At.Equal(at) {
		t.Errorf("%+v, want %+v", lines[0], paid)
	}
	back := channel.BillLine{
		N: 3, At: lines[1].At, What: channel.BilledRefund, Merchant: "1900000001", Payment: "pay1", Refund: "back1", Outside: "5030001", State: "SUCCESS", Settled: true, Amount: 100_00, Fee: channel.FeeOf(-60), Title: "年度会员,一年",
	}
	if lines[1] != back {
		t.Errorf("%+v, want %+v", lines[1], back)
	}
	// Columns in another order, and without a BOM or carriage returns, say the same.
	if got, _, err := read(strings.ReplaceAll(strings.TrimPrefix(sample, "\ufeff"), "\r\n", "\n")); err != nil || !slices.Equal(got, lines) {
		t.Errorf("other line ends: %+v, %v", got, err)
	}
}

// What is wrong is refused by line and column.
func TestReadTradeBillRefuses(t *testing.T) {
	t.Parallel()
	swap := func(old, new string) string { return strings.Replace(sample, old, new, 1) }
	for name, c := range map[string]struct {
		text         string
		want         error
		line, column any
	}{
		"nothing":              {"", channel.ErrBillHeader, nil, "交易时间"},
		"another file":         {"手机号,昵称\n1,2\n", channel.ErrBillHeader, nil, "交易时间"},
		"a column less":        {swap("手续费,", ""), channel.ErrBillHeader, nil, "手续费"},
		"a cell less":          {swap(",`OTHERS", ""), channel.ErrBillCells, 2, nil},
		"not UTF-8":            {swap("年度", "\xc4\xea\xb6\xc8"), channel.ErrBillEncoding, 2, nil},
		"a zero":               {swap("年度", "\x00"), channel.ErrBillEncoding, 2, nil},
		"a day that is none":   {swap("2026-11-20 09", "2026-02-30 09"), channel.ErrBillTime, 2, "交易时间"},
		"no amount":            {swap("`999.00,`0.00,`\r\n", "`,`0.00,`\r\n"), channel.ErrBillAmount, 2, "订单金额"},
		"an amount with sign":  {swap("`999.00,`0.00,`\r\n", "`¥999.00,`0.00,`\r\n"), channel.ErrBillAmount, 2, "订单金额"},
		"below five decimals":  {swap("`5.99", "`5.990000"), channel.ErrBillAmount, 2, "手续费"},
		"a fee of signs":       {swap("`5.99", "`5.99-01"), channel.ErrBillAmount, 2, "手续费"},
		"more than it is":      {swap("`5.99", "`10000000.01"), channel.ErrBillAmount, 2, "手续费"},
		"below zero":           {swap("`100.00,`\r\n", "`-100.00,`\r\n"), channel.ErrBillAmount, 3, "申请退款金额"},
		"dollars":              {swap("CNY", "USD"), channel.ErrBillCurrency, 2, "货币种类"},
		"no number":            {swap("`pay1", "`"), channel.ErrBillNumber, 2, "商户订单号"},
		"a refund without one": {swap("`back1", "`"), channel.ErrBillNumber, 3, "商户退款单号"},
		"no sums":              {sample[:strings.Index(sample, "总交易单数")], channel.ErrBillNoSums, nil, nil},
		"half of the sums":     {sample[:strings.Index(sample, "`2,`999")], channel.ErrBillNoSums, nil, nil},
		"sums of other lines":  {swap("`2,`999.00", "`3,`999.00"), channel.ErrBillSums, 5, "总交易单数"},
		"another sum":          {swap("`5.39", "`5.40"), channel.ErrBillSums, 5, "手续费总金额"},
		"more after the sums":  {sample + "`1\r\n", channel.ErrBillAfter, 6, nil},
		"no end of the line":   {swap("年度", strings.Repeat("年", 20_000)), channel.ErrBillLong, 2, nil},
	} {
		_, _, err := read(c.text)
		e := errs.As(err)
		if !errors.Is(err, c.want) || e.Params["line"] != c.line || e.Params["column"] != c.column {
			t.Errorf("%s: %v %v, want %v at line %v, column %v", name, err, e, c.want, c.line, c.column)
		}
	}
}

// L4: channels write fees with up to five decimals. They are added up as they are; the sum that the bill says is theirs in as many
// decimals as it has, half of the last one rounded up, and nothing else will do.
func TestFeesBelowAFen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		paid, back, sum string
		want            channel.Fee
		refused         bool
	}{
		{"0.00600", "-0.00060", "0.00540", 540, false},
		{"0.00600", "-0.00060", "0.0054", 540, false},
		{"0.00600", "-0.00060", "0.005", 540, false},
		{"0.00600", "-0.00060", "0.01", 540, false},
		{"0.00600", "-0.00060", "0.00", 540, true},
		{"0.00600", "-0.00060", "0.00541", 540, true},
		{"0.00600", "-0.00060", "0.006", 540, true},
		{"0.006", "-0.00200", "0.00", 400, false},
		{"0.00500", "0.00", "0.01", 500, false},
		{"0.00", "-0.005", "-0.01", -500, false},
		{"0.00", "-0.005", "0.00", -500, true},
		{"5.99000", "-0.60000", "5.39000", 5_39_000, false},
		{"5.995", "-0.60", "5.40", 5_39_500, false},
		{"0", "0.0", "0", 0, false},
	} {
		text := strings.NewReplacer("`5.99,", "`"+c.paid+",", "`-0.60,", "`"+c.back+",", "`5.39,", "`"+c.sum+",").Replace(sample)
		_, sums, err := read(text)
		if refused := errors.Is(err, channel.ErrBillSums); refused != c.refused || err != nil && !refused || !refused && sums.Fee != c.want {
			t.Errorf("%s and %s, %s in all: %v, %v", c.paid, c.back, c.sum, sums.Fee, err)
		}
	}
	for fee, want := range map[channel.Fee]string{0: "0.00", 1: "0.00001", -1: "-0.00001", 1234: "0.01234", -12_340: "-0.12340", 7_000: "0.07", -100_000: "-1.00"} {
		if fee.String() != want {
			t.Errorf("%d is %s, want %s", fee, fee, want)
		}
	}
	for fee, want := range map[channel.Fee]money.Fen{499: 0, 500: 1, -499: 0, -500: -1, 1499: 1, -1500: -2, 5_39_000: 5_39} {
		if fee.Fen() != want {
			t.Errorf("%s is %s, want %s", fee, fee.Fen(), want)
		}
	}
}

// What is written is read back, to the thousandth of a fen of fees; and what put gives ends the reading.
func TestWriteTradeBill(t *testing.T) {
	t.Parallel()
	var lines []channel.BillLine
	for i := range 500 {
		l := channel.BillLine{At: time.Date(2026, 11, 20, 0, i, 0, 0, channel.BillZone), What: channel.BilledPayment, Merchant: "1", Payment: fmt.Sprint("p", i), Outside: fmt.Sprint("o", i), State: "SUCCESS", Settled: true, Amount: money.Fen(i), Fee: channel.Fee(i * 7), Title: "`一,`二\n"}
		if i%3 == 0 {
			l.What, l.Refund, l.Fee = channel.BilledRefund, fmt.Sprint("r", i), -l.Fee
		}
		lines = append(lines, l)
	}
	var b bytes.Buffer
	err := channel.WriteTradeBill(&b, func(put func(channel.BillLine) error) error {
		for _, l := range lines {
			if err := put(l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := read(b.String())
	if err != nil || len(got) != len(lines) {
		t.Fatalf("%d lines, %v", len(got), err)
	}
	for i, l := range got {
		want := lines[i]
		want.N, want.Title, want.At = l.N, l.Title, l.At
		if l != want || !l.At.Equal(lines[i].At) {
			t.Fatalf("%+v, want %+v", l, want)
		}
	}
	if _, err := channel.ReadTradeBill(&b, func(channel.BillLine) error { return io.ErrClosedPipe }); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the end that was asked for: %v", err)
	}
}

// A file of any bytes is read or refused; what was read sums up, and is the same when written and read again.
func FuzzReadTradeBill(f *testing.F) {
	f.Add(sample)
	f.Add(strings.ReplaceAll(sample, "`", ""))
	f.Add(sample[:len(sample)/2])
	f.Fuzz(func(t *testing.T, text string) {
		lines, sums, err := read(text)
		if err != nil {
			if errs.As(err) == nil {
				t.Fatalf("an error without words: %v", err)
			}
			return
		}
		var paid, back money.Fen
		for _, l := range lines {
			if l.What == channel.BilledRefund {
				back += l.Amount
			} else {
				paid += l.Amount
			}
		}
		if paid != sums.Paid || back != sums.Refunded || len(lines) != sums.Lines {
			t.Fatalf("%d lines with %s and %s; the sums are %+v", len(lines), paid, back, sums)
		}
		var b bytes.Buffer
		if err := channel.WriteTradeBill(&b, func(put func(channel.BillLine) error) error {
			for _, l := range lines {
				if err := put(l); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		again, same, err := read(b.String())
		if err != nil || same != sums || len(again) != len(lines) {
			t.Fatalf("written and read again: %+v, %v, want %+v", same, err, sums)
		}
	})
}
