package shop

import (
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/platform/db"
)

const selectBill = `SELECT b.id, b.channel, b.day, b.hash, b.state, b.lines, b.paid, b.refunded, b.fee, b.entry, b.found,
		(SELECT count(*) FROM shop_difference x WHERE x.community_id = b.community_id AND x.bill = b.id AND x.resolved_at = 0),
		CASE WHEN b.compared_at = 0 THEN 0 ELSE b.lines - (SELECT count(DISTINCT x.n) FROM shop_difference x WHERE x.community_id = b.community_id AND x.bill = b.id AND x.n > 0) END,
		b.actor, b.created_at, b.compared_at, b.withdrawn_at, b.withdrawn_by, b.why
	FROM shop_bill b WHERE b.community_id = $1`

func scanBill(r *db.Row) (b Bill, err error) {
	err = r.Scan(&b.ID, &b.Channel, &b.Day, &b.hash, &b.State, &b.Lines, &b.Paid, &b.Refunded, &b.Fee, &b.Entry, &b.Found, &b.Open, &b.Matched, &b.Actor, &b.CreatedAt,
		&b.ComparedAt, &b.WithdrawnAt, &b.WithdrawnBy, &b.Why)
	return b, err
}

func billByID(tx *db.Tx, id string) (Bill, bool, error) {
	return db.One(tx, scanBill, selectBill+` AND b.id = $2`, tx.Community(), id)
}

func billsBefore(tx *db.Tx, f BillFilter, day, id string, limit int) ([]Bill, error) {
	open := ""
	if f.Open {
		open = ` AND (b.state = 'reading' OR EXISTS (SELECT 1 FROM shop_difference x WHERE x.community_id = b.community_id AND x.bill = b.id AND x.resolved_at = 0))`
	}
	return db.All(tx, scanBill, selectBill+open+` AND (b.day, b.id) < ($2, $3) ORDER BY b.day DESC, b.id DESC LIMIT $4`, tx.Community(), day, id, limit)
}

// addBill stores a bill, unless one of its day is there, and gives the one that is, if it was not withdrawn in this moment.
func addBill(tx *db.Tx, b Bill) (out Bill, found bool, err error) {
	_, err = tx.Exec(`INSERT INTO shop_bill (community_id, id, channel, day, hash, state, lines, paid, refunded, fee, actor, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (community_id, channel, day) WHERE state <> 'withdrawn' DO NOTHING`,
		tx.Community(), b.ID, b.Channel, b.Day, b.hash, b.State, b.Lines, b.Paid, b.Refunded, b.Fee, b.Actor, b.CreatedAt)
	if err != nil {
		return b, false, err
	}
	return db.One(tx, scanBill, selectBill+` AND b.channel = $2 AND b.day = $3 AND b.state <> 'withdrawn'`, tx.Community(), b.Channel, b.Day)
}

// takeOver empties a bill whose reading broke off, for another file. Its lock is held.
func takeOver(tx *db.Tx, b Bill) error {
	if err := reopenLacking(tx, b.ID); err != nil {
		return err
	}
	for _, table := range []string{"shop_difference", "shop_bill_line"} {
		if err := tx.Put(`DELETE FROM `+table+` WHERE community_id = $1 AND bill = $2`, tx.Community(), b.ID); err != nil {
			return err
		}
	}
	return tx.Must(`UPDATE shop_bill SET hash = $3, lines = $4, paid = $5, refunded = $6, fee = $7, actor = $8, created_at = $9 WHERE community_id = $1 AND id = $2 AND state = 'reading'`,
		tx.Community(), b.ID, b.hash, b.Lines, b.Paid, b.Refunded, b.Fee, b.Actor, b.CreatedAt)
}

// reopenLacking opens again what other bills lacked and only this one had.
func reopenLacking(tx *db.Tx, bill string) error {
	return tx.Put(`UPDATE shop_difference SET resolved_at = 0, later = '' WHERE community_id = $1 AND later = $2 AND later <> ''`, tx.Community(), bill)
}

// endDifferences resolves what is open of a bill.
func endDifferences(tx *db.Tx, bill, actor, reason string) error {
	return tx.Put(`UPDATE shop_difference SET resolved_at = $3, resolved_by = $4, reason = $5 WHERE community_id = $1 AND bill = $2 AND resolved_at = 0`,
		tx.Community(), bill, tx.Now(), actor, reason)
}

func setWithdrawn(tx *db.Tx, id, actor, why string) error {
	return tx.Must(`UPDATE shop_bill SET state = 'withdrawn', withdrawn_at = $3, withdrawn_by = $4, why = $5 WHERE community_id = $1 AND id = $2 AND state <> 'withdrawn'`,
		tx.Community(), id, tx.Now(), actor, why)
}

// lockBill keeps others from writing to a bill until the transaction ends.
func lockBill(tx *db.Tx, id string) (b Bill, err error) {
	if err = tx.QueryRow(`SELECT id FROM shop_bill WHERE community_id = $1 AND id = $2`+tx.ForUpdate(), tx.Community(), id).Scan(&b.ID); err != nil {
		return b, err
	}
	b, _, err = billByID(tx, id)
	return b, err
}

func setCompared(tx *db.Tx, b Bill) error {
	return tx.Must(`UPDATE shop_bill SET state = $3, entry = $4, found = $5, compared_at = $6 WHERE community_id = $1 AND id = $2 AND state = 'reading'`,
		tx.Community(), b.ID, b.State, b.Entry, b.Found, b.ComparedAt)
}

// billLine is a stored line.
type billLine struct {
	channel.BillLine
	ours bool // not another merchant's
}

// ref is our number of what the line is about.
func (l billLine) ref() string {
	if l.What == channel.BilledRefund {
		return l.Refund
	}
	return l.Payment
}

// insertBillLines stores the lines that are not there yet: they come in the order of the file. The bill's lock is held.
func insertBillLines(tx *db.Tx, b Bill, d billDay, lines []channel.BillLine) error {
	var last int
	if err := tx.QueryRow(`SELECT COALESCE(MAX(n), 0) FROM shop_bill_line WHERE community_id = $1 AND bill = $2`, tx.Community(), b.ID).Scan(&last); err != nil {
		return err
	}
	rows := make([][]any, 0, len(lines))
	for _, l := range lines {
		if l.N > last {
			rows = append(rows, []any{
				tx.Community(), b.ID, l.N, b.Channel, string(l.What), billLine{BillLine: l}.ref(), l.Outside, l.Merchant, d.isOurs(l), l.State, l.Settled, int64(l.Amount),
				int64(l.Fee), db.Micros(l.At),
			})
		}
	}
	return tx.Insert("shop_bill_line", []string{"community_id", "bill", "n", "channel", "what", "ref", "outside", "merchant", "ours", "state", "settled", "amount", "fee_exact", "at"}, rows)
}

func billLinesAfter(tx *db.Tx, bill string, after, limit int) ([]billLine, error) {
	return db.All(tx, func(r *db.Row) (l billLine, err error) {
		var ref string
		err = r.Scan(&l.N, &l.What, &ref, &l.Outside, &l.Merchant, &l.ours, &l.State, &l.Settled, &l.Amount, &l.Fee)
		if l.Payment = ref; l.What == channel.BilledRefund {
			l.Payment, l.Refund = "", ref
		}
		return l, err
	}, `SELECT n, what, ref, outside, merchant, ours, state, settled, amount, fee_exact FROM shop_bill_line WHERE community_id = $1 AND bill = $2 AND n > $3 ORDER BY n LIMIT $4`,
		tx.Community(), bill, after, limit)
}

// ourSides reads the payments, or refunds, that lines are about.
func ourSides(tx *db.Tx, what channel.Billed, refs []string) (map[string]ourSide, error) {
	args, out := []any{tx.Community()}, map[string]ourSide{}
	query := `SELECT id, order_id, channel, state, CASE WHEN state = 'received' THEN received ELSE amount END, state = 'received' FROM shop_payment WHERE community_id = $1 AND id IN `
	if what == channel.BilledRefund {
		query = `SELECT r.id, r.order_id, p.channel, r.state, r.amount, r.state = 'done' FROM shop_refund r JOIN shop_payment p ON p.community_id = r.community_id AND p.id = r.payment
			WHERE r.community_id = $1 AND r.id IN `
	}
	err := tx.Each(func(r *db.Row) error {
		var id string
		var o ourSide
		err := r.Scan(&id, &o.order, &o.channel, &o.state, &o.amount, &o.done)
		out[id] = o
		return err
	}, query+db.In(&args, refs), args...)
	return out, err
}

// place is where a line stands.
type place struct {
	bill string
	n    int
}

// standing narrows lines l to those that say something of our money: of bills that were not withdrawn, and not another merchant's.
const standing = ` l.ours AND EXISTS (SELECT 1 FROM shop_bill o WHERE o.community_id = l.community_id AND o.id = l.bill AND o.state <> 'withdrawn')`

// firstLines gives the line in which each thing stood first as done.
func firstLines(tx *db.Tx, by string, what channel.Billed, refs []string) (map[string]place, error) {
	args, out := []any{tx.Community(), by, string(what)}, map[string]place{}
	err := tx.Each(func(r *db.Row) error {
		var ref string
		var at place
		err := r.Scan(&ref, &at.bill, &at.n)
		if _, seen := out[ref]; !seen {
			out[ref] = at
		}
		return err
	}, `SELECT l.ref, l.bill, l.n FROM shop_bill_line l WHERE l.community_id = $1 AND l.channel = $2 AND l.what = $3 AND l.ref IN `+db.In(&args, refs)+` AND l.settled AND`+standing+`
		ORDER BY l.ref, l.bill, l.n`, args...)
	return out, err
}

// settleLacking ends what other bills of the channel lacked and this one says was done.
func settleLacking(tx *db.Tx, b Bill, what channel.Billed, refs []string) error {
	if len(refs) == 0 {
		return nil
	}
	args := []any{tx.Community(), b.ID, string(what), tx.Now(), b.Channel}
	_, err := tx.Exec(`UPDATE shop_difference SET resolved_at = $4, later = $2 WHERE community_id = $1 AND kind = 'not_in_bill' AND resolved_at = 0 AND bill <> $2 AND what = $3
		AND bill IN (SELECT o.id FROM shop_bill o WHERE o.community_id = $1 AND o.channel = $5) AND ref IN `+db.In(&args, refs), args...)
	return err
}

// The payments and refunds of a day that no bill of the channel has, after a time and id. FoundAt is when they were made: the next page
// begins there. A refund belongs to the day on which it was done, which may be days after it was asked for.
func lackingPayments(tx *db.Tx, b Bill, d billDay, at time.Time, id string) ([]Difference, error) {
	return lacking(tx, b, d, channel.BilledPayment, `SELECT p.id, p.order_id, p.ref, p.received, p.state, p.paid_at FROM shop_payment p
		WHERE p.community_id = $1 AND p.channel = $2 AND p.state = 'received' AND (p.paid_at, p.id) > ($3, $4) AND p.paid_at >= $5 AND p.paid_at < $6
		AND NOT EXISTS (SELECT 1 FROM shop_bill_line l WHERE l.community_id = p.community_id AND l.channel = p.channel AND l.what = 'payment' AND l.ref = p.id AND`+standing+`)
		ORDER BY p.paid_at, p.id LIMIT $7`, at, id)
}

func lackingRefunds(tx *db.Tx, b Bill, d billDay, at time.Time, id string) ([]Difference, error) {
	return lacking(tx, b, d, channel.BilledRefund, `SELECT r.id, r.order_id, '', r.amount, r.state, r.done_at
		FROM shop_refund r JOIN shop_payment p ON p.community_id = r.community_id AND p.id = r.payment AND p.channel = $2
		WHERE r.community_id = $1 AND r.state = 'done' AND (r.done_at, r.id) > ($3, $4) AND r.done_at >= $5 AND r.done_at < $6
		AND NOT EXISTS (SELECT 1 FROM shop_bill_line l WHERE l.community_id = r.community_id AND l.channel = p.channel AND l.what = 'refund' AND l.ref = r.id AND`+standing+`)
		ORDER BY r.done_at, r.id LIMIT $7`, at, id)
}

// The payments and refunds of other days that only a withdrawn bill of this day had. The bill of their own day may have been compared
// while it stood, and then says nothing of them.
func lostPayments(tx *db.Tx, b Bill, d billDay, at time.Time, id string) ([]Difference, error) {
	return lacking(tx, b, d, channel.BilledPayment, `SELECT DISTINCT p.id, p.order_id, p.ref, p.received, p.state, p.paid_at FROM `+withdrawnLine+` AND g.what = 'payment'
		JOIN shop_payment p ON p.community_id = g.community_id AND p.id = g.ref AND p.channel = $2 AND p.state = 'received'
		WHERE w.community_id = $1 AND w.channel = $2 AND w.day = $8 AND w.state = 'withdrawn' AND (p.paid_at, p.id) > ($3, $4) AND NOT (p.paid_at >= $5 AND p.paid_at < $6)
		AND NOT EXISTS (SELECT 1 FROM shop_bill_line l WHERE l.community_id = p.community_id AND l.channel = p.channel AND l.what = 'payment' AND l.ref = p.id AND`+standing+`)
		AND NOT EXISTS (SELECT 1 FROM shop_difference x WHERE x.community_id = p.community_id AND x.what = 'payment' AND x.ref = p.id AND x.kind = 'not_in_bill' AND x.resolved_at = 0)
		ORDER BY p.paid_at, p.id LIMIT $7`, at, id, d.day)
}

func lostRefunds(tx *db.Tx, b Bill, d billDay, at time.Time, id string) ([]Difference, error) {
	return lacking(tx, b, d, channel.BilledRefund, `SELECT DISTINCT r.id, r.order_id, '', r.amount, r.state, r.done_at FROM `+withdrawnLine+` AND g.what = 'refund'
		JOIN shop_refund r ON r.community_id = g.community_id AND r.id = g.ref AND r.state = 'done'
		WHERE w.community_id = $1 AND w.channel = $2 AND w.day = $8 AND w.state = 'withdrawn' AND (r.done_at, r.id) > ($3, $4) AND NOT (r.done_at >= $5 AND r.done_at < $6)
		AND NOT EXISTS (SELECT 1 FROM shop_bill_line l WHERE l.community_id = r.community_id AND l.channel = $2 AND l.what = 'refund' AND l.ref = r.id AND`+standing+`)
		AND NOT EXISTS (SELECT 1 FROM shop_difference x WHERE x.community_id = r.community_id AND x.what = 'refund' AND x.ref = r.id AND x.kind = 'not_in_bill' AND x.resolved_at = 0)
		ORDER BY r.done_at, r.id LIMIT $7`, at, id, d.day)
}

// withdrawnLine is a line g of a bill w, if it says that our money moved.
const withdrawnLine = `shop_bill w JOIN shop_bill_line g ON g.community_id = w.community_id AND g.bill = w.id AND g.ours AND g.settled`

func lacking(tx *db.Tx, b Bill, d billDay, what channel.Billed, query string, at time.Time, id string, more ...any) ([]Difference, error) {
	return db.All(tx, func(r *db.Row) (Difference, error) {
		x := Difference{Bill: b.ID, Kind: NotInBill, What: what}
		err := r.Scan(&x.Ref, &x.Order, &x.Outside, &x.Ours, &x.OurState, &x.FoundAt)
		return x, err
	}, query, append([]any{tx.Community(), d.name, at, id, d.from, d.to, billBatch}, more...)...)
}

// The payments and refunds of a day, as lines of a bill, after a time and id.
func paymentsOfDay(tx *db.Tx, d billDay, at time.Time, id string) ([]channel.BillLine, error) {
	return db.All(tx, func(r *db.Row) (channel.BillLine, error) {
		l := channel.BillLine{What: channel.BilledPayment}
		err := r.Scan(&l.Payment, &l.Outside, &l.Amount, &l.At)
		return l, err
	}, `SELECT id, ref, received, paid_at FROM shop_payment WHERE community_id = $1 AND channel = $2 AND state = 'received' AND (paid_at, id) > ($3, $4)
		AND paid_at >= $5 AND paid_at < $6 ORDER BY paid_at, id LIMIT $7`, tx.Community(), d.name, at, id, d.from, d.to, billBatch)
}

func refundsOfDay(tx *db.Tx, d billDay, at time.Time, id string) ([]channel.BillLine, error) {
	return db.All(tx, func(r *db.Row) (channel.BillLine, error) {
		l := channel.BillLine{What: channel.BilledRefund}
		err := r.Scan(&l.Refund, &l.Payment, &l.Amount, &l.At)
		l.Outside = "refund " + l.Refund
		return l, err
	}, `SELECT r.id, r.payment, r.amount, r.done_at FROM shop_refund r JOIN shop_payment p ON p.community_id = r.community_id AND p.id = r.payment AND p.channel = $2
		WHERE r.community_id = $1 AND r.state = 'done' AND (r.done_at, r.id) > ($3, $4) AND r.done_at >= $5 AND r.done_at < $6 ORDER BY r.done_at, r.id LIMIT $7`,
		tx.Community(), d.name, at, id, d.from, d.to, billBatch)
}

const selectDifference = `SELECT x.id, x.bill, b.channel, b.day, x.kind, x.what, x.n, x.ref, x.outside, x.order_id, x.theirs, x.ours, x.their_state, x.our_state, x.found_at,
		x.resolved_at, x.resolved_by, x.reason, x.later
	FROM shop_difference x JOIN shop_bill b ON b.community_id = x.community_id AND b.id = x.bill WHERE x.community_id = $1`

func scanDifference(r *db.Row) (x Difference, err error) {
	err = r.Scan(&x.ID, &x.Bill, &x.Channel, &x.Day, &x.Kind, &x.What, &x.Line, &x.Ref, &x.Outside, &x.Order, &x.Theirs, &x.Ours, &x.TheirState, &x.OurState, &x.FoundAt,
		&x.ResolvedAt, &x.ResolvedBy, &x.Reason, &x.Later)
	return x, err
}

func differenceByID(tx *db.Tx, id string) (Difference, bool, error) {
	return db.One(tx, scanDifference, selectDifference+` AND x.id = $2`, tx.Community(), id)
}

func differencesBefore(tx *db.Tx, f DifferenceFilter, before time.Time, id string, limit int) ([]Difference, error) {
	args := []any{tx.Community(), before, id, limit}
	where := ""
	if f.Bill != "" {
		where, args = ` AND x.bill = $5`, append(args, f.Bill)
	}
	if f.Open {
		where += ` AND x.resolved_at = 0`
	}
	return db.All(tx, scanDifference, selectDifference+where+` AND (x.found_at, x.id) < ($2, $3) ORDER BY x.found_at DESC, x.id DESC LIMIT $4`, args...)
}

// addDifferences stores those that are not there yet.
func addDifferences(tx *db.Tx, found []Difference) error {
	for _, x := range found {
		_, err := tx.Exec(`INSERT INTO shop_difference (community_id, id, bill, kind, what, n, ref, outside, order_id, theirs, ours, their_state, our_state, found_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (community_id, bill, kind, what, ref, n) DO NOTHING`,
			tx.Community(), tx.NewID(), x.Bill, x.Kind, string(x.What), x.Line, x.Ref, x.Outside, x.Order, x.Theirs, x.Ours, x.TheirState, x.OurState, tx.Now())
		if err != nil {
			return err
		}
	}
	return nil
}

func countDifferences(tx *db.Tx, bill string) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM shop_difference WHERE community_id = $1 AND bill = $2`, tx.Community(), bill).Scan(&n)
	return n, err
}

func resolveDifference(tx *db.Tx, id, actor, reason string) (bool, error) {
	n, err := tx.Exec(`UPDATE shop_difference SET resolved_at = $3, resolved_by = $4, reason = $5 WHERE community_id = $1 AND id = $2 AND resolved_at = 0`,
		tx.Community(), id, tx.Now(), actor, reason)
	return n == 1, err
}
