package channel

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
)

// Refusals of bill files: "line" counts as editors do, "column" is the file's own name of it.
var (
	ErrBillHeader   = errs.Define(errs.Invalid, "bill.header")   // "column" is not there
	ErrBillEncoding = errs.Define(errs.Invalid, "bill.encoding") // "line": not UTF-8
	ErrBillLong     = errs.Define(errs.Invalid, "bill.long")     // "line", "max" bytes
	ErrBillCells    = errs.Define(errs.Invalid, "bill.cells")    // "line", "want", "has"
	ErrBillTick     = errs.Define(errs.Invalid, "bill.tick")     // "line": a cell without the sign before it
	ErrBillTime     = errs.Define(errs.Invalid, "bill.time")     // "line", "column"
	ErrBillAmount   = errs.Define(errs.Invalid, "bill.amount")   // "line", "column"
	ErrBillCurrency = errs.Define(errs.Invalid, "bill.currency") // "line", "column"
	ErrBillNumber   = errs.Define(errs.Invalid, "bill.number")   // "line", "column": nothing in it, or too long
	ErrBillNoSums   = errs.Define(errs.Invalid, "bill.no_sums")  // it breaks off before its sums
	ErrBillSums     = errs.Define(errs.Invalid, "bill.sums")     // "line", "column", "says", "counted"
	ErrBillAfter    = errs.Define(errs.Invalid, "bill.after")    // "line": more after the sums
)

// Names of columns of a trade bill: those that are read.
const (
	colTime        = "交易时间"
	colMerchant    = "商户号"
	colOutside     = "微信订单号"
	colPayment     = "商户订单号"
	colState       = "交易状态"
	colCurrency    = "货币种类"
	colAmount      = "订单金额"
	colOutsideBack = "微信退款单号"
	colRefund      = "商户退款单号"
	colBack        = "申请退款金额"
	colBackState   = "退款状态"
	colTitle       = "商品名称"
	colFee         = "手续费"

	sumLines = "总交易单数"
	sumPaid  = "订单总金额"
	sumBack  = "申请退款总金额"
	sumFee   = "手续费总金额"
)

// The columns of a trade bill of all trades, and of the sums at its end, in the order in which WeChat Pay writes them.
var (
	billColumns = []string{
		colTime, "公众账号ID", colMerchant, "特约商户号", "设备号", colOutside, colPayment, "用户标识", "交易类型", colState, "付款银行", colCurrency, "应结订单金额", "代金券金额",
		colOutsideBack, colRefund, "退款金额", "充值券退款金额", "退款类型", colBackState, colTitle, "商户数据包", colFee, "费率", colAmount, colBack, "费率备注",
	}
	sumColumns = []string{sumLines, "应结订单总金额", "退款总金额", "充值券退款总金额", sumFee, sumPaid, sumBack}
	needed     = []string{colTime, colMerchant, colOutside, colPayment, colState, colCurrency, colOutsideBack, colRefund, colBackState, colFee, colAmount, colBack}
)

// States of trades and refunds that mean that the money has moved.
const (
	tradeDone = "SUCCESS"
	tradeBack = "REFUND" // the line is about a refund
	backDone  = "SUCCESS"
)

const (
	maxBillLine = 16 << 10 // bytes
	maxNumber   = 64       // characters of a number
	billTime    = "2006-01-02 15:04:05"
)

// BillZone is where the days of trade bills end.
var BillZone = time.FixedZone("CST", 8*3600)

// ReadTradeBill reads a trade bill as WeChat Pay makes it: UTF-8, with or without a BOM, a header, one line a trade or refund with
// ` before each cell, then a header of sums and the sums, to which the lines must come. Columns are found by their names, so that
// more of them, or in another order, do no harm. It keeps one line in memory.
func ReadTradeBill(r io.Reader, put func(BillLine) error) (sums BillSums, err error) {
	t := &tradeBill{in: bufio.NewReaderSize(r, maxBillLine)}
	head, err := t.next()
	if err != nil {
		return sums, errs.Or(ifEOF(err), ErrBillHeader.With("column", colTime))
	}
	if t.at, err = columnsOf(head, needed); err != nil {
		return sums, err
	}
	t.columns = len(strings.Split(head, ","))
	for {
		text, err := t.next()
		switch {
		case errors.Is(err, io.EOF):
			return sums, ErrBillNoSums
		case err != nil:
			return sums, err
		case !strings.HasPrefix(text, "`"):
			return sums, t.compare(text, sums)
		}
		l, err := t.line(text)
		if err != nil {
			return sums, err
		}
		sums.add(l)
		if err := put(l); err != nil {
			return sums, err
		}
	}
}

func (s *BillSums) add(l BillLine) {
	s.Lines++
	s.Fee += l.Fee
	if l.What == BilledRefund {
		s.Refunded += l.Amount
	} else {
		s.Paid += l.Amount
	}
}

// ifEOF is nil for the end of a file, which the caller has words for.
func ifEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// tradeBill is a bill as far as it was read.
type tradeBill struct {
	in      *bufio.Reader
	n       int // the line that was read last
	columns int
	at      map[string]int // columns, by name
}

// next gives the next line that has something in it; io.EOF after the last.
func (t *tradeBill) next() (string, error) {
	for {
		b, err := t.in.ReadSlice('\n')
		if len(b) > 0 {
			t.n++
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			return "", ErrBillLong.With("line", t.n).With("max", maxBillLine)
		}
		if err != nil && (!errors.Is(err, io.EOF) || len(b) == 0) {
			return "", err //nolint:wrapcheck // io.EOF, or the reader's own
		}
		if t.n == 1 {
			b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
		}
		b = bytes.TrimRight(b, "\r\n")
		if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
			return "", ErrBillEncoding.With("line", t.n)
		}
		if len(b) > 0 {
			return string(b), nil
		}
	}
}

// columnsOf finds columns by their names.
func columnsOf(head string, want []string) (map[string]int, error) {
	names := strings.Split(head, ",")
	at := map[string]int{}
	for i, name := range names {
		at[strings.TrimSpace(strings.TrimPrefix(name, "`"))] = i
	}
	for _, name := range want {
		if _, ok := at[name]; !ok {
			return nil, ErrBillHeader.With("column", name)
		}
	}
	return at, nil
}

// cells takes a line apart: at each comma before a `, so that a title may have commas in it.
func (t *tradeBill) cells(text string, want int) ([]string, error) {
	text, ok := strings.CutPrefix(text, "`")
	if !ok {
		return nil, ErrBillTick.With("line", t.n)
	}
	cells := strings.Split(text, ",`")
	if len(cells) != want {
		return nil, ErrBillCells.With("line", t.n).With("want", want).With("has", len(cells))
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells, nil
}

func (t *tradeBill) line(text string) (l BillLine, err error) {
	cells, err := t.cells(text, t.columns)
	if err != nil {
		return l, err
	}
	cell := func(column string) string { return cells[t.at[column]] }
	wrong := func(e *errs.Error, column string) error { return e.With("line", t.n).With("column", column) }
	l = BillLine{N: t.n, What: BilledPayment, Merchant: cell(colMerchant), Payment: cell(colPayment), Outside: cell(colOutside), State: cell(colState)}
	if i, ok := t.at[colTitle]; ok {
		l.Title = cells[i]
	}
	if l.At, err = time.ParseInLocation(billTime, cell(colTime), BillZone); err != nil || l.At.Year() < 2000 || l.At.Year() > 2200 {
		return l, wrong(ErrBillTime, colTime)
	}
	if cell(colCurrency) != "CNY" {
		return l, wrong(ErrBillCurrency, colCurrency)
	}
	amount, number := colAmount, colPayment
	l.Settled = l.State == tradeDone
	if l.State == tradeBack {
		amount, number = colBack, colRefund
		l.What, l.Refund, l.Outside, l.State = BilledRefund, cell(colRefund), cell(colOutsideBack), cell(colBackState)
		l.Settled = l.State == backDone
	}
	if l.Amount, err = parseFen(cell(amount)); err != nil || l.Amount < 0 {
		return l, wrong(ErrBillAmount, amount)
	}
	if l.Fee, _, err = parseFee(cell(colFee)); err != nil || l.Fee > mostFee || l.Fee < -mostFee {
		return l, wrong(ErrBillAmount, colFee)
	}
	for _, name := range []string{number, colPayment, colMerchant, colState, colOutside} {
		if v := cell(name); v == "" && name != colOutside || utf8.RuneCountInString(v) > maxNumber {
			return l, wrong(ErrBillNumber, name)
		}
	}
	if utf8.RuneCountInString(l.Outside) > maxNumber || utf8.RuneCountInString(l.State) > maxNumber {
		return l, wrong(ErrBillNumber, colOutsideBack)
	}
	return l, nil
}

// most keeps sums of any number of lines far from the end of 64 bits.
const (
	most    = money.Fen(1e12)
	mostFee = Fee(1e12)
)

var (
	errFen = errors.New("an amount of a bill is yuan with two decimals")
	errFee = errors.New("a fee of a bill is yuan with at most five decimals")
)

// parseFen reads yuan as bills have them: digits, one point, an optional minus; nothing that people write besides.
func parseFen(s string) (money.Fen, error) {
	if s == "" || strings.Trim(s, "-.0123456789") != "" {
		return 0, errFen
	}
	n, err := money.Parse(s)
	if err != nil || n > most || n < -most {
		return 0, errFen
	}
	return n, nil
}

// parseFee reads yuan with up to five decimals, and the unit in which the last of them counts: a fen, or what of it is written.
func parseFee(s string) (n, unit Fee, err error) {
	whole, part, _ := strings.Cut(s, ".")
	if len(part) <= 2 {
		fen, err := parseFen(s)
		return FeeOf(fen), feeFen, err
	}
	below, err := strconv.ParseUint((part[2:] + "00")[:3], 10, 16)
	if err != nil || len(part) > 5 {
		return 0, 0, errFee
	}
	fen, err := parseFen(whole + "." + part[:2])
	if n = Fee(below); strings.HasPrefix(whole, "-") {
		n = -n
	}
	for unit = feeFen; len(part) > 2; part = part[1:] {
		unit /= 10
	}
	return FeeOf(fen) + n, unit, err
}

// compare reads the sums, and holds them against what the lines came to. The sum of the fees must be theirs in as many decimals as it is
// written with, which may be fewer than those of the lines: nothing else is rounded.
func (t *tradeBill) compare(head string, counted BillSums) error {
	at, err := columnsOf(head, []string{sumLines, sumPaid, sumBack, sumFee})
	if err != nil {
		return err
	}
	text, err := t.next()
	if errors.Is(err, io.EOF) {
		return ErrBillNoSums
	}
	if err != nil {
		return err
	}
	cells, err := t.cells(text, len(strings.Split(head, ",")))
	if err != nil {
		return err
	}
	wrong := func(e *errs.Error, column string) *errs.Error { return e.With("line", t.n).With("column", column) }
	if n, err := strconv.Atoi(cells[at[sumLines]]); err != nil || n != counted.Lines {
		return wrong(ErrBillSums, sumLines).With("says", cells[at[sumLines]]).With("counted", fmt.Sprint(counted.Lines))
	}
	for _, s := range []struct {
		column  string
		counted money.Fen
	}{{sumPaid, counted.Paid}, {sumBack, counted.Refunded}} {
		cell := cells[at[s.column]]
		if n, err := money.Parse(cell); err != nil || strings.Trim(cell, "-.0123456789") != "" {
			return wrong(ErrBillAmount, s.column)
		} else if n != s.counted {
			return wrong(ErrBillSums, s.column).With("says", cell).With("counted", s.counted.String())
		}
	}
	cell := cells[at[sumFee]]
	if n, unit, err := parseFee(cell); err != nil {
		return wrong(ErrBillAmount, sumFee)
	} else if n != counted.Fee.round(unit) {
		return wrong(ErrBillSums, sumFee).With("says", cell).With("counted", counted.Fee.String())
	}
	if _, err := t.next(); err == nil {
		return ErrBillAfter.With("line", t.n)
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// WriteTradeBill writes a trade bill that ReadTradeBill reads.
func WriteTradeBill(w io.Writer, lines func(put func(BillLine) error) error) error {
	out := bufio.NewWriter(w)
	var sums BillSums
	row := func(columns []string, cells map[string]string) {
		for i, name := range columns {
			if i > 0 {
				out.WriteByte(',') //nolint:errcheck // Flush tells
			}
			out.WriteString("`" + cells[name]) //nolint:errcheck // Flush tells
		}
		out.WriteString("\r\n") //nolint:errcheck // Flush tells
	}
	out.WriteString("\ufeff" + strings.Join(billColumns, ",") + "\r\n") //nolint:errcheck // Flush tells
	err := lines(func(l BillLine) error {
		sums.add(l)
		row(billColumns, l.written())
		return nil
	})
	if err != nil {
		return err
	}
	out.WriteString(strings.Join(sumColumns, ",") + "\r\n") //nolint:errcheck // Flush tells
	row(sumColumns, map[string]string{
		sumLines: fmt.Sprint(sums.Lines), "应结订单总金额": sums.Paid.String(), "退款总金额": sums.Refunded.String(), "充值券退款总金额": "0.00", sumFee: sums.Fee.String(),
		sumPaid: sums.Paid.String(), sumBack: sums.Refunded.String(),
	})
	return out.Flush() //nolint:wrapcheck // the writer's own
}

func (l BillLine) written() map[string]string {
	c := map[string]string{
		colTime: l.At.In(BillZone).Format(billTime), colMerchant: l.Merchant, colPayment: l.Payment, colOutside: l.Outside, colState: l.State, colCurrency: "CNY",
		colTitle: strings.Map(plain, l.Title), colFee: l.Fee.String(), "费率": "0.00%", "应结订单金额": "0.00", "代金券金额": "0.00", "退款金额": "0.00", "充值券退款金额": "0.00",
		colAmount: "0.00", colBack: "0.00",
	}
	if l.What == BilledRefund {
		c[colOutside], c[colOutsideBack], c[colRefund], c[colState], c[colBackState] = "", l.Outside, l.Refund, tradeBack, l.State
		c["退款金额"], c[colBack] = l.Amount.String(), l.Amount.String()
		return c
	}
	c["应结订单金额"], c[colAmount] = l.Amount.String(), l.Amount.String()
	return c
}

// plain leaves out what would take a line apart.
func plain(r rune) rune {
	if slices.Contains([]rune{'`', '\n', '\r', 0}, r) {
		return ' '
	}
	return r
}
