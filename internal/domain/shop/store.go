package shop

import (
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

const selectOrder = `SELECT id, hash, person, state, amount, paid, refunded, why, payment, entry, created_at, expires_at, paid_at, fulfilled_at, ended_at,
		waits, coupon, coupon_seat, discount, points, points_entry, organisation, origin
	FROM shop_order WHERE community_id = $1`

func scanOrder(r *db.Row) (o Order, err error) {
	err = r.Scan(&o.ID, &o.hash, &o.Person, &o.State, &o.Amount, &o.Paid, &o.Refunded, &o.Why, &o.payment, &o.entry, &o.CreatedAt, &o.ExpiresAt,
		&o.PaidAt, &o.FulfilledAt, &o.EndedAt, &o.Waits, &o.Coupon, &o.couponSeat, &o.Discount, &o.Points, &o.pointsEntry, &o.Organisation, &o.Origin)
	return o, err
}

func orderByID(tx *db.Tx, id string) (Order, bool, error) {
	return db.One(tx, scanOrder, selectOrder+` AND id = $2`, tx.Community(), id)
}

func orderByKey(tx *db.Tx, key string) (o Order, found bool, err error) {
	o, found, err = db.One(tx, scanOrder, selectOrder+` AND key = $2`, tx.Community(), key)
	if err == nil && found {
		o.Lines, err = linesOf(tx, o.ID)
	}
	return o, found, err
}

// openOrderOf finds the order that is to be paid for a thing.
func openOrderOf(tx *db.Tx, ref string) (o Order, found bool, err error) {
	ids, err := ordersWith(tx, ref, "")
	for _, id := range ids {
		if o, found, err = orderByID(tx, id); err != nil || found && o.State == Created {
			break
		}
		found = false
	}
	if err == nil && found {
		o.Lines, err = linesOf(tx, o.ID)
	}
	return o, found, err
}

// ordersWith lists the orders that have a thing in them, the oldest first. It starts from the thing: asked in one statement for the
// first order in some state, PostgreSQL would rather read all orders until one fits.
func ordersWith(tx *db.Tx, ref, kind string) ([]string, error) {
	ids, err := db.All(tx, db.Column[string], `SELECT order_id FROM shop_line WHERE community_id = $1 AND ref = $2 AND (kind = $3 OR $3 = '')`, tx.Community(), ref, kind)
	slices.Sort(ids)
	return ids, err
}

// paidOrderOf finds the order that a thing was paid by.
func paidOrderOf(tx *db.Tx, kind, ref string) (string, bool, error) {
	ids, err := ordersWith(tx, ref, kind)
	if err != nil {
		return "", false, err
	}
	for _, id := range ids {
		o, found, err := orderByID(tx, id)
		if err != nil || found && (o.State == Paid || o.State == Fulfilled) && (o.left() > 0 || o.Points > 0) {
			return id, found, err
		}
	}
	return "", false, nil
}

func linesOf(tx *db.Tx, order string) ([]Line, error) {
	one := []Order{{ID: order}}
	err := addLines(tx, one)
	return one[0].Lines, err
}

// addLines reads the lines of orders, of which there is one at least.
func addLines(tx *db.Tx, orders []Order) error {
	ids, at := make([]string, len(orders)), map[string]*Order{}
	for i := range orders {
		ids[i], at[orders[i].ID] = orders[i].ID, &orders[i]
	}
	args := []any{tx.Community()}
	in := db.In(&args, ids)
	return tx.Each(func(r *db.Row) error {
		var l Line
		var order string
		err := r.Scan(&order, &l.Kind, &l.Item, &l.Ref, &l.Title, &l.Qty, &l.Amount, &l.Revenue, &l.Rule, &l.returned, &l.gone, &l.Discount, &l.Points, &l.Product)
		at[order].Lines = append(at[order].Lines, l)
		return err
	}, `SELECT order_id, kind, item, ref, title, qty, amount, revenue, rule, returned, gone, discount, points, product FROM shop_line WHERE community_id = $1 AND order_id IN `+in+` ORDER BY order_id, n`, args...)
}

func insertOrder(tx *db.Tx, o Order, key string) error {
	err := tx.Put(`INSERT INTO shop_order (community_id, id, key, hash, person, state, amount, created_at, expires_at, coupon, coupon_seat, discount, points, points_entry, organisation, origin)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		tx.Community(), o.ID, key, o.hash, o.Person, o.State, o.Amount, o.CreatedAt, o.ExpiresAt, o.Coupon, o.couponSeat, o.Discount, o.Points, o.pointsEntry, o.Organisation, o.Origin)
	if err != nil {
		return err
	}
	rows := make([][]any, 0, len(o.Lines))
	for i, l := range o.Lines {
		rows = append(rows, []any{tx.Community(), o.ID, i, l.Kind, l.Item, l.Ref, l.Title, l.Qty, int64(l.Amount), l.Revenue, l.Rule, int64(l.Discount), l.Points, l.Product, o.CreatedAt})
	}
	return tx.Insert("shop_line", []string{"community_id", "order_id", "n", "kind", "item", "ref", "title", "qty", "amount", "revenue", "rule", "discount", "points", "product", "created_at"}, rows)
}

func setOrigin(tx *db.Tx, id, origin string) error {
	return tx.Must(`UPDATE shop_order SET origin = $3 WHERE community_id = $1 AND id = $2 AND origin = ''`, tx.Community(), id, origin)
}

func setState(tx *db.Tx, id string, from, to State) error {
	return tx.Must(`UPDATE shop_order SET state = $4, ended_at = $5 WHERE community_id = $1 AND id = $2 AND state = $3`, tx.Community(), id, from, to, tx.Now())
}

func setPaid(tx *db.Tx, o Order) error {
	return tx.Must(`UPDATE shop_order SET state = 'paid', paid = $3, paid_at = $4, payment = $5, ended_at = 0 WHERE community_id = $1 AND id = $2 AND state IN ('created', 'closed')`,
		tx.Community(), o.ID, o.Paid, o.PaidAt, o.payment)
}

func setFulfilled(tx *db.Tx, o Order) error {
	return tx.Must(`UPDATE shop_order SET state = 'fulfilled', fulfilled_at = $3, entry = $4 WHERE community_id = $1 AND id = $2 AND state = 'paid'`,
		tx.Community(), o.ID, o.FulfilledAt, o.entry)
}

func setWaits(tx *db.Tx, id string, waits bool) error {
	return tx.Must(`UPDATE shop_order SET waits = $3 WHERE community_id = $1 AND id = $2 AND state = 'paid' AND waits <> $3`, tx.Community(), id, waits)
}

func setRefunded(tx *db.Tx, o Order) error {
	return tx.Must(`UPDATE shop_order SET state = $3, refunded = $4, why = $5, ended_at = $6, waits = CASE WHEN $3 = 'paid' THEN waits ELSE FALSE END WHERE community_id = $1 AND id = $2 AND paid >= $4`,
		tx.Community(), o.ID, o.State, o.Refunded, o.Why, o.EndedAt)
}

func setLineGone(tx *db.Tx, order string, n int) error {
	return tx.Must(`UPDATE shop_line SET gone = TRUE WHERE community_id = $1 AND order_id = $2 AND n = $3`, tx.Community(), order, n)
}

func addLineReturned(tx *db.Tx, order string, n int, part money.Fen) error {
	return tx.Must(`UPDATE shop_line SET returned = returned + $4 WHERE community_id = $1 AND order_id = $2 AND n = $3 AND returned + $4 <= amount`,
		tx.Community(), order, n, part)
}

const selectPayment = `SELECT id, order_id, channel, state, amount, received, returned, ref, url, entry, created_at, paid_at FROM shop_payment WHERE community_id = $1`

func scanPayment(r *db.Row) (p Payment, err error) {
	err = r.Scan(&p.ID, &p.Order, &p.Channel, &p.State, &p.Amount, &p.Received, &p.Returned, &p.Ref, &p.URL, &p.entry, &p.CreatedAt, &p.PaidAt)
	return p, err
}

func paymentByID(tx *db.Tx, id string) (Payment, bool, error) {
	return db.One(tx, scanPayment, selectPayment+` AND id = $2`, tx.Community(), id)
}

func openPayment(tx *db.Tx, order, by string) (Payment, bool, error) {
	return db.One(tx, scanPayment, selectPayment+` AND order_id = $2 AND channel = $3 AND state = 'open' ORDER BY created_at, id LIMIT 1`, tx.Community(), order, by)
}

func paymentsOf(tx *db.Tx, order string) ([]Payment, error) {
	return db.All(tx, scanPayment, selectPayment+` AND order_id = $2 ORDER BY created_at, id`, tx.Community(), order)
}

func insertPayment(tx *db.Tx, p Payment) error {
	return tx.Put(`INSERT INTO shop_payment (community_id, id, order_id, channel, state, amount, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		tx.Community(), p.ID, p.Order, p.Channel, p.State, p.Amount, p.CreatedAt)
}

func setPage(tx *db.Tx, p Payment) error {
	return tx.Put(`UPDATE shop_payment SET ref = $3, url = $4 WHERE community_id = $1 AND id = $2 AND ref = ''`, tx.Community(), p.ID, p.Ref, p.URL)
}

func receivePayment(tx *db.Tx, p Payment) error {
	return tx.Must(`UPDATE shop_payment SET state = 'received', received = $3, ref = $4, entry = $5, paid_at = $6, payer = $7 WHERE community_id = $1 AND id = $2 AND state <> 'received'`,
		tx.Community(), p.ID, p.Received, p.Ref, p.entry, p.PaidAt, p.payer)
}

// payerOf is who paid for an order: by the payment that it took.
func payerOf(tx *db.Tx, order string) (string, error) {
	payer, _, err := db.One(tx, db.Column[string], `SELECT p.payer FROM shop_order o JOIN shop_payment p ON p.community_id = o.community_id AND p.id = o.payment
		WHERE o.community_id = $1 AND o.id = $2`, tx.Community(), order)
	return payer, err
}

func addReturned(tx *db.Tx, id string, amount money.Fen) error {
	return tx.Must(`UPDATE shop_payment SET returned = returned + $3 WHERE community_id = $1 AND id = $2 AND returned + $3 <= received`, tx.Community(), id, amount)
}

func voidPayments(tx *db.Tx, order string) error {
	return tx.Put(`UPDATE shop_payment SET state = 'void' WHERE community_id = $1 AND order_id = $2 AND state = 'open'`, tx.Community(), order)
}

const selectRefund = `SELECT r.id, r.order_id, r.payment, p.channel, r.amount, r.state, r.why, r.actor, r.error, r.task, r.asked_at, r.done_at
	FROM shop_refund r JOIN shop_payment p ON p.community_id = r.community_id AND p.id = r.payment WHERE r.community_id = $1`

func scanRefund(r *db.Row) (x Refund, err error) {
	err = r.Scan(&x.ID, &x.Order, &x.Payment, &x.Channel, &x.Amount, &x.State, &x.Why, &x.Actor, &x.Error, &x.task, &x.AskedAt, &x.DoneAt)
	return x, err
}

func refundByID(tx *db.Tx, id string) (Refund, bool, error) {
	return db.One(tx, scanRefund, selectRefund+` AND r.id = $2`, tx.Community(), id)
}

func refundsOf(tx *db.Tx, order string) ([]Refund, error) {
	return db.All(tx, scanRefund, selectRefund+` AND r.order_id = $2 ORDER BY r.asked_at, r.id`, tx.Community(), order)
}

func refundByKey(tx *db.Tx, key string) (hash string, found bool, err error) {
	return db.One(tx, db.Column[string], `SELECT hash FROM shop_refund WHERE community_id = $1 AND key = $2`, tx.Community(), key)
}

func insertRefund(tx *db.Tx, r Refund, key, hash string) error {
	return tx.Put(`INSERT INTO shop_refund (community_id, id, key, hash, order_id, payment, amount, state, why, actor, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		tx.Community(), r.ID, key, hash, r.Order, r.Payment, r.Amount, r.State, r.Why, r.Actor, r.AskedAt)
}

// refundWaits notes that a refund is under way; false for one that has ended.
func refundWaits(tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec(`UPDATE shop_refund SET state = 'waits' WHERE community_id = $1 AND id = $2 AND state IN ('asked', 'waits')`, tx.Community(), id)
	return n == 1, err
}

func setRefund(tx *db.Tx, r Refund) error {
	return tx.Must(`UPDATE shop_refund SET state = $3, error = $4, task = $5, asked_at = $6 WHERE community_id = $1 AND id = $2 AND state <> 'done'`,
		tx.Community(), r.ID, r.State, r.Error, r.task, r.AskedAt)
}

// eraseWords takes staff's words, and the hash that they are in, from the refunds of a person's orders.
func eraseWords(tx *db.Tx, person string) error {
	if err := tx.Put(`UPDATE shop_payment SET payer = '' WHERE community_id = $1 AND payer <> ''
		AND order_id IN (SELECT id FROM shop_order WHERE community_id = $1 AND person = $2)`, tx.Community(), person); err != nil {
		return err
	}
	return tx.Put(`UPDATE shop_refund SET why = '', hash = '' WHERE community_id = $1 AND actor <> ''
		AND order_id IN (SELECT id FROM shop_order WHERE community_id = $1 AND person = $2)`, tx.Community(), person)
}

func setRefundDone(tx *db.Tx, r Refund) error {
	return tx.Must(`UPDATE shop_refund SET state = 'done', done_at = $3 WHERE community_id = $1 AND id = $2 AND state <> 'done'`, tx.Community(), r.ID, r.DoneAt)
}

// ordersBefore lists orders, newest first, before a time and id.
func ordersBefore(tx *db.Tx, f Filter, before time.Time, beforeID string, limit int) ([]Order, error) {
	args := []any{tx.Community(), before, beforeID, limit}
	where := ""
	for _, x := range []struct{ column, value string }{{"state", string(f.State)}, {"coupon", f.Coupon}, {"organisation", f.Organisation}, {"origin", f.Origin}} {
		if x.value != "" {
			args = append(args, x.value)
			where += fmt.Sprintf(" AND o.%s = $%d", x.column, len(args))
		}
	}
	if len(f.Persons) > 0 {
		where += " AND o.person IN " + db.In(&args, f.Persons)
	}
	query := `SELECT o.id FROM shop_order o WHERE o.community_id = $1` + where + ` AND (o.created_at, o.id) < ($2, $3) ORDER BY o.created_at DESC, o.id DESC LIMIT $4`
	if f.Product != "" { // read from the lines of the product, of an order the first
		args = append(args, f.Product)
		query = `SELECT o.id FROM shop_line l JOIN shop_order o ON o.community_id = l.community_id AND o.id = l.order_id
			WHERE l.community_id = $1 AND l.product = $` + fmt.Sprint(len(args)) + where + ` AND (l.created_at, l.order_id) < ($2, $3)
				AND NOT EXISTS (SELECT 1 FROM shop_line x WHERE x.community_id = $1 AND x.order_id = l.order_id AND x.n < l.n AND x.product = l.product)
			ORDER BY l.created_at DESC, l.order_id DESC LIMIT $4`
	}
	ids, err := db.All(tx, db.Column[string], query, args...)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	args = []any{tx.Community()}
	list, err := db.All(tx, scanOrder, selectOrder+` AND id IN `+db.In(&args, ids)+` ORDER BY created_at DESC, id DESC`, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list, addLines(tx, list)
}
