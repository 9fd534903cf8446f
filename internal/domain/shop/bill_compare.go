package shop

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// feeAccount is what channels keep.
const feeAccount = "expense:fees"

// postFee takes what a channel has kept out of its cash, in the last instant of the bill's day; a bill without a fee posts nothing.
func (s *Service) postFee(tx *db.Tx, b Bill, d billDay, cause string) (string, error) {
	if b.Fee == 0 {
		return "", nil
	}
	e, err := s.books.PostTx(tx, ledger.Entry{Key: "bill " + b.ID, Fact: cause, Subject: b.ID, At: d.to.Add(-time.Microsecond), Lines: []ledger.Line{
		{Account: cashAccount(b.Channel), Amount: int64(b.Fee)}, {Account: feeAccount, Amount: -int64(b.Fee)},
	}})
	if err != nil {
		return "", fmt.Errorf("post the fee of bill %s: %w", b.ID, err)
	}
	return e.ID, nil
}

// compare finds what differs: line by line, then what of ours no bill has. Killed and begun again it finds the same, once.
func (s *Service) compare(ctx context.Context, community string, b Bill, d billDay) error {
	for after, last := 0, 0; ; after = last {
		err := s.db.Do(ctx, community, func(tx *db.Tx) error {
			if err := reading(tx, b); err != nil {
				return err
			}
			lines, err := billLinesAfter(tx, b.ID, after, billBatch)
			if last = 0; len(lines) > 0 {
				last = lines[len(lines)-1].N
			}
			if err != nil || last == 0 {
				return err
			}
			return compareLines(tx, b, lines)
		})
		if err != nil {
			return fmt.Errorf("compare bill %s: %w", b.ID, err)
		}
		if last == 0 {
			break
		}
	}
	for _, lacking := range []func(tx *db.Tx, b Bill, d billDay, at time.Time, id string) ([]Difference, error){lackingPayments, lackingRefunds, lostPayments, lostRefunds} {
		at, id := time.Time{}, ""
		for more := true; more; {
			from, fromID := at, id
			err := s.db.Do(ctx, community, func(tx *db.Tx) error {
				if err := reading(tx, b); err != nil {
					return err
				}
				found, err := lacking(tx, b, d, from, fromID)
				if more = len(found) > 0; err != nil || !more {
					return err
				}
				at, id = found[len(found)-1].FoundAt, found[len(found)-1].Ref
				return addDifferences(tx, found)
			})
			if err != nil {
				return fmt.Errorf("look for what bill %s lacks: %w", b.ID, err)
			}
		}
	}
	return nil
}

// ourSide is a payment or refund as our books have it.
type ourSide struct {
	order, channel, state string
	amount                money.Fen
	done                  bool
}

// compareLines holds lines against payments and refunds. What another bill lacked, and these say was done, is settled there.
func compareLines(tx *db.Tx, b Bill, lines []billLine) error {
	var found []Difference
	for _, what := range []channel.Billed{channel.BilledPayment, channel.BilledRefund} {
		var refs, done []string
		for _, l := range lines {
			if l.What == what {
				refs = append(refs, l.ref())
			}
			if l.What == what && l.ours && l.Settled {
				done = append(done, l.ref())
			}
		}
		if len(refs) == 0 {
			continue
		}
		ours, err := ourSides(tx, what, refs)
		if err != nil {
			return err
		}
		first, err := firstLines(tx, b.Channel, what, refs)
		if err != nil {
			return err
		}
		if err := settleLacking(tx, b, what, done); err != nil {
			return err
		}
		for _, l := range lines {
			if l.What == what {
				found = append(found, differencesOf(b, l, ours, first)...)
			}
		}
	}
	return addDifferences(tx, found)
}

// differencesOf says in what one line differs from our books.
func differencesOf(b Bill, l billLine, ours map[string]ourSide, first map[string]place) (out []Difference) {
	o, known := ours[l.ref()]
	add := func(kind DifferenceKind) {
		x := Difference{Bill: b.ID, Kind: kind, What: l.What, Line: l.N, Ref: l.ref(), Outside: l.Outside, Theirs: l.Amount, TheirState: l.State}
		if known {
			x.Order, x.Ours, x.OurState = o.order, o.amount, o.state
		}
		out = append(out, x)
	}
	if known && o.channel != b.Channel {
		known = false
	}
	switch {
	case !l.ours:
		known = false
		add(OtherMerchant)
		return out
	case !known:
		add(NotOurs)
	case l.Settled != o.done:
		add(StateDiffers)
	case l.Settled && l.Amount != o.amount:
		add(AmountDiffers)
	}
	if at, seen := first[l.ref()]; seen && l.Settled && at != (place{b.ID, l.N}) {
		add(BilledTwice)
	}
	return out
}

// WriteBill writes the bill of a day of a channel that makes its own here: the sandbox's. Refusals: those of ReadBill about channel and day,
// ErrBillNotMade.
func (s *Service) WriteBill(ctx context.Context, community, by, day string, w io.Writer) error {
	d, err := s.billDay(by, day)
	if err != nil {
		return err
	}
	writer, ok := d.biller.(channel.BillWriter)
	if !ok {
		return ErrBillNotMade.With("channel", by).At("/channel")
	}
	return writer.WriteBill(w, func(put func(channel.BillLine) error) error { //nolint:wrapcheck // the writer's own
		for _, read := range []func(tx *db.Tx, d billDay, at time.Time, id string) ([]channel.BillLine, error){paymentsOfDay, refundsOfDay} {
			for at, id := d.from, ""; ; {
				var some []channel.BillLine
				err := s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
					some, err = read(tx, d, at, id)
					return err
				})
				if err != nil || len(some) == 0 {
					if err != nil {
						return err
					}
					break
				}
				for _, l := range some {
					if err := put(l); err != nil {
						return err
					}
					at, id = l.At, l.Payment
					if l.What == channel.BilledRefund {
						id = l.Refund
					}
				}
			}
		}
		return nil
	})
}

// MayWriteBill gives the refusals of WriteBill without writing.
func (s *Service) MayWriteBill(by, day string) error {
	_, err := s.billDay(by, day)
	if err == nil && !s.MakesBills(by) {
		err = ErrBillNotMade.With("channel", by).At("/channel")
	}
	return err
}

// MakesBills tells whether WriteBill works for a channel.
func (s *Service) MakesBills(by string) bool {
	_, ok := s.pay[by].(channel.BillWriter)
	return ok
}

// Billers names the channels that have bills.
func (s *Service) Billers() (out []string) {
	for _, name := range s.ways {
		if _, ok := s.pay[name].(channel.Biller); ok {
			out = append(out, name)
		}
	}
	return out
}
