package shop

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// BillState is how far the reading of a bill has come.
type BillState string

// The states of a bill. One whose reading broke off goes on when the file is sent again, or gives its place to another file. One that
// was withdrawn leaves its day to another; its fee is taken back, and its lines no longer count.
const (
	BillReading   BillState = "reading"
	BillCompared  BillState = "compared"
	BillWithdrawn BillState = "withdrawn"
)

// Bill is what a channel says of one day.
type Bill struct {
	ID         string    `json:"id"`
	Channel    string    `json:"channel"`
	Day        string    `json:"day" doc:"2006-01-02, of the channel's zone"`
	State      BillState `json:"state" enum:"reading,compared,withdrawn"`
	Lines      int       `json:"lines"`
	Matched    int       `json:"matched" doc:"of the lines, those that say what the books said; once it was compared"`
	Paid       money.Fen `json:"paid" doc:"fen that came in, as the bill has it"`
	Refunded   money.Fen `json:"refunded" doc:"fen that went back, as the bill has it"`
	Fee        money.Fen `json:"fee" doc:"fen that the channel has kept of our own lines"`
	Found      int       `json:"found" doc:"differences from the books"`
	Open       int       `json:"open" doc:"of these, not resolved"`
	Actor      string    `json:"actor" doc:"operator who sent it"`
	CreatedAt  time.Time `json:"created_at"`
	ComparedAt time.Time `json:"compared_at,omitzero"`
	Entry      string    `json:"entry,omitempty" doc:"by which its fee came into the books"`

	WithdrawnAt time.Time `json:"withdrawn_at,omitzero"`
	WithdrawnBy string    `json:"withdrawn_by,omitempty" doc:"operator"`
	Why         string    `json:"why,omitempty" doc:"it was withdrawn"`

	hash string
}

// DifferenceKind is how a bill and our books differ.
type DifferenceKind string

// The kinds of differences.
const (
	NotOurs       DifferenceKind = "not_ours"    // in the bill, and not in our books
	NotInBill     DifferenceKind = "not_in_bill" // in our books, and not in the bill
	AmountDiffers DifferenceKind = "amount"
	StateDiffers  DifferenceKind = "state"    // done for one, and not for the other
	BilledTwice   DifferenceKind = "twice"    // it stood in a bill before
	OtherMerchant DifferenceKind = "merchant" // somebody else's money
)

// Difference is one thing in which a bill and our books differ, until somebody has said why that is.
type Difference struct {
	ID         string         `json:"id"`
	Bill       string         `json:"bill"`
	Channel    string         `json:"channel"`
	Day        string         `json:"day"`
	Kind       DifferenceKind `json:"kind" enum:"not_ours,not_in_bill,amount,state,twice,merchant"`
	What       channel.Billed `json:"what" enum:"payment,refund"`
	Line       int            `json:"line,omitempty" doc:"of the file; none for what is not in it"`
	Ref        string         `json:"ref" doc:"our number of the payment or refund"`
	Outside    string         `json:"outside,omitempty" doc:"the channel's number"`
	Order      string         `json:"order,omitempty"`
	Theirs     money.Fen      `json:"theirs,omitempty" doc:"fen in the bill"`
	Ours       money.Fen      `json:"ours,omitempty" doc:"fen in our books"`
	TheirState string         `json:"their_state,omitempty" doc:"in the channel's words"`
	OurState   string         `json:"our_state,omitempty"`
	FoundAt    time.Time      `json:"found_at"`
	ResolvedAt time.Time      `json:"resolved_at,omitzero"`
	ResolvedBy string         `json:"resolved_by,omitempty" doc:"operator; nobody where another bill has it"`
	Reason     string         `json:"reason,omitempty" doc:"why they differ, or why the bill was withdrawn"`
	Later      string         `json:"later,omitempty" doc:"the bill that has what this one lacked"`
}

// Refusals about bills; those about the file itself are the channel's.
var (
	ErrBillChannel       = errs.Define(errs.Invalid, "bill.channel")  // "channel" makes none
	ErrBillDay           = errs.Define(errs.Invalid, "bill.day")      // not a day
	ErrBillEarly         = errs.Define(errs.Conflict, "bill.early")   // "day" is not over
	ErrBillOtherDay      = errs.Define(errs.Invalid, "bill.other")    // "line", "day"
	ErrBillMerchant      = errs.Define(errs.Invalid, "bill.merchant") // "merchant": all of it is somebody else's
	ErrBillThere         = errs.Define(errs.Conflict, "bill.there")   // "day", "bill": another file was read for it
	ErrUnknownBill       = errs.Define(errs.NotFound, "bill.unknown")
	ErrUnknownDifference = errs.Define(errs.NotFound, "bill.unknown_difference")
	ErrBillReason        = errs.Define(errs.Invalid, "bill.reason")    // "max"
	ErrResolved          = errs.Define(errs.Conflict, "bill.resolved") // somebody was faster
	ErrBillNotMade       = errs.Define(errs.Conflict, "bill.not_made") // "channel": its bills are made elsewhere
	ErrBillUnread        = errs.Define(errs.Conflict, "bill.unread")   // the file changed while it was read
	ErrBillReplaced      = errs.Define(errs.Conflict, "bill.replaced") // "day": another file took its place while it was read
	ErrBillWithdrawn     = errs.Define(errs.Conflict, "bill.withdrawn")
	maxBillReason        = 500
	billBatch            = 200 // lines a transaction
)

// BillFile is a bill that staff has from a channel.
type BillFile struct {
	Channel string
	Day     string // 2006-01-02
	Actor   string // who of the staff
	File    io.ReadSeeker
}

// billDay is a day of a channel's bills.
type billDay struct {
	name     string
	biller   channel.Biller
	day      string
	from, to time.Time
}

func (s *Service) billDay(name, day string) (d billDay, err error) {
	biller, ok := s.pay[name].(channel.Biller)
	if !ok {
		return d, ErrBillChannel.With("channel", name).At("/channel")
	}
	from, err := time.ParseInLocation(time.DateOnly, day, biller.BillZone())
	if err != nil {
		return d, ErrBillDay.At("/day")
	}
	d = billDay{name, biller, day, from.UTC(), from.AddDate(0, 0, 1).UTC()}
	if d.to.After(s.db.Clock().Now()) {
		return d, ErrBillEarly.With("day", day).At("/day")
	}
	return d, nil
}

// ReadBill reads the bill of a day and keeps what in it differs from our payments and refunds; the fee of our own lines is posted, at the
// end of that day. A file that is wrong changes nothing. The same file again gives the bill as it is, or goes on where reading it broke
// off; another file takes the place of one that broke off. It is read twice, in bounded memory. Refusals: ErrBillChannel, ErrBillDay,
// ErrBillEarly, ErrBillOtherDay, ErrBillMerchant, ErrBillThere, ErrBillReplaced, and the channel's, which name line and column.
func (s *Service) ReadBill(ctx context.Context, community string, f BillFile) (b Bill, err error) {
	d, err := s.billDay(f.Channel, f.Day)
	if err != nil {
		return b, err
	}
	sums, hash, err := d.check(f.File)
	if err != nil {
		return b, err
	}
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		b, err = beginBill(tx, Bill{
			ID: tx.NewID(), Channel: d.name, Day: d.day, State: BillReading, Lines: sums.Lines, Paid: sums.Paid, Refunded: sums.Refunded, Fee: sums.Fee.Fen(),
			Actor: f.Actor, CreatedAt: tx.Now(), hash: hash,
		})
		return err
	})
	if err != nil || b.State == BillCompared {
		return b, err
	}
	if err = s.keepLines(ctx, community, b, d, f.File); err == nil {
		if err = s.compare(ctx, community, b, d); err == nil {
			err = s.closeBill(ctx, community, b, d)
		}
	}
	if err != nil && !errors.Is(err, errBillOver) {
		return b, err
	}
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		b, err = s.BillTx(tx, b.ID)
		return err
	})
	return b, err
}

// beginBill gives the bill of a day that a file is to be read into: a new one, or what there is of the same file, or the place of
// another file whose reading broke off.
func beginBill(tx *db.Tx, b Bill) (Bill, error) {
	was, found, err := addBill(tx, b)
	if err != nil || !found {
		return b, errs.Or(err, ErrBillReplaced.With("day", b.Day).At("/file"))
	}
	if was.hash == b.hash {
		return was, nil
	}
	if was, err = lockBill(tx, was.ID); err != nil || was.hash == b.hash && was.State != BillWithdrawn {
		return was, err
	}
	if was.State != BillReading {
		return was, ErrBillThere.With("day", b.Day).With("bill", was.ID)
	}
	b.ID = was.ID
	return b, takeOver(tx, b)
}

// errBillOver tells that a bill was compared by somebody else, who read the same file meanwhile.
var errBillOver = errors.New("the bill was compared meanwhile")

// reading holds a bill for one step of reading its file, as long as it is that file's and was not compared.
func reading(tx *db.Tx, b Bill) error {
	now, err := lockBill(tx, b.ID)
	switch {
	case err != nil:
		return err
	case now.State == BillWithdrawn || now.hash != b.hash:
		return ErrBillReplaced.With("day", b.Day).At("/file")
	case now.State == BillCompared:
		return errBillOver
	}
	return nil
}

// check reads the file through before anything is kept of it. The fee that it gives is that of our own lines.
func (d billDay) check(f io.ReadSeeker) (sums channel.BillSums, hash string, err error) {
	if _, err = f.Seek(0, io.SeekStart); err != nil {
		return sums, "", fmt.Errorf("read a bill: %w", err)
	}
	sum := sha256.New()
	ours, fee, other := 0, channel.Fee(0), ""
	sums, err = d.biller.ReadBill(io.TeeReader(f, sum), func(l channel.BillLine) error {
		// Refunds stand in the bill of the day on which they were asked for, or done: which one is the channel's affair.
		if l.What == channel.BilledPayment && (l.At.Before(d.from) || !l.At.Before(d.to)) {
			return ErrBillOtherDay.With("line", l.N).With("day", l.At.In(d.biller.BillZone()).Format(time.DateOnly)).At("/file")
		}
		if d.isOurs(l) {
			ours++
			fee += l.Fee
		} else {
			other = l.Merchant
		}
		return nil
	})
	if err == nil && ours == 0 && other != "" {
		err = ErrBillMerchant.With("merchant", other)
	}
	sums.Fee = fee
	return sums, hex.EncodeToString(sum.Sum(nil)[:16]), errs.PointTo(err, "/file")
}

func (d billDay) isOurs(l channel.BillLine) bool {
	m := d.biller.Merchant()
	return m == "" || l.Merchant == m
}

// keepLines stores the lines of a bill, those that are not there yet.
func (s *Service) keepLines(ctx context.Context, community string, b Bill, d billDay, f io.ReadSeeker) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read a bill again: %w", err)
	}
	var batch []channel.BillLine
	flush := func() error {
		return s.db.Do(ctx, community, func(tx *db.Tx) error {
			if err := reading(tx, b); err != nil {
				return err
			}
			return insertBillLines(tx, b, d, batch)
		})
	}
	sums, err := d.biller.ReadBill(f, func(l channel.BillLine) error {
		if batch = append(batch, l); len(batch) < billBatch {
			return nil
		}
		err := flush()
		batch = batch[:0]
		return err
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	if err == nil && sums.Lines != b.Lines {
		err = ErrBillUnread.At("/file")
	}
	return err
}

// closeBill posts what the channel has kept, and tells that the bill was compared: once.
func (s *Service) closeBill(ctx context.Context, community string, b Bill, d billDay) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		if err := reading(tx, b); err != nil {
			return err
		}
		out := b
		if out.Found, err = countDifferences(tx, b.ID); err != nil {
			return err
		}
		cause, err := fact.Append(tx, BillRead{Channel: ChannelName(out.Channel), Found: out.Found, Fee: int64(out.Fee)}, fact.Fact{Subject: out.ID})
		if err != nil {
			return err
		}
		if out.Entry, err = s.postFee(tx, out, d, cause); err != nil {
			return err
		}
		out.State, out.ComparedAt = BillCompared, tx.Now()
		return setCompared(tx, out)
	})
}

// BillTx gives a bill.
func (s *Service) BillTx(tx *db.Tx, id string) (Bill, error) {
	b, found, err := billByID(tx, id)
	if err == nil && !found {
		err = ErrUnknownBill
	}
	return b, err
}

// BillFilter narrows a list of bills.
type BillFilter struct {
	Open bool // those that were not read to the end, or have a difference that nobody has resolved
}

// BillsTx lists bills, those of the latest day first.
func (s *Service) BillsTx(tx *db.Tx, f BillFilter, cursor string, limit int) (page.Page[Bill], error) {
	day, id := "9999", ""
	if _, err := page.Parse(cursor, &day, &id); err != nil {
		return page.Page[Bill]{}, err
	}
	limit = page.Limit(limit)
	list, err := billsBefore(tx, f, day, id, limit+1)
	return page.Cut(list, limit, func(b Bill) string { return page.Cursor(b.Day, b.ID) }), err
}

// DifferenceFilter narrows a list of differences.
type DifferenceFilter struct {
	Bill string
	Open bool // those that nobody has resolved
}

// DifferencesTx lists differences, the latest first.
func (s *Service) DifferencesTx(tx *db.Tx, f DifferenceFilter, cursor string, limit int) (page.Page[Difference], error) {
	var us int64
	var id string
	more, err := page.Parse(cursor, &us, &id)
	if err != nil {
		return page.Page[Difference]{}, err
	}
	before := db.FromMicros(us)
	if !more {
		before = tx.Now().Add(time.Microsecond)
	}
	limit = page.Limit(limit)
	list, err := differencesBefore(tx, f, before, id, limit+1)
	return page.Cut(list, limit, func(x Difference) string { return page.Cursor(db.Micros(x.FoundAt), x.ID) }), err
}

// ResolveTx notes why a difference is one, and that nothing more is to be done. Refusals: ErrUnknownDifference, ErrBillReason,
// ErrResolved.
func (s *Service) ResolveTx(tx *db.Tx, id, actor, reason string) (Difference, error) {
	if !explained(actor, reason) {
		return Difference{}, ErrBillReason.With("max", maxBillReason).At("/reason")
	}
	was, found, err := differenceByID(tx, id)
	if err != nil || !found {
		return was, errs.Or(err, ErrUnknownDifference)
	}
	if ok, err := resolveDifference(tx, id, actor, reason); err != nil || !ok {
		return was, errs.Or(err, ErrResolved)
	}
	if _, err := fact.Append(tx, DifferenceResolved{Difference: fact.ID(id), Kind: was.Kind}, fact.Fact{Subject: was.Bill, Actor: actor}); err != nil {
		return was, err
	}
	was, _, err = differenceByID(tx, id)
	return was, err
}
