package goods

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

type addressRow struct{ id, sealed string }

func addressesOf(tx *db.Tx, persons []string) ([]addressRow, error) {
	args := []any{tx.Community()}
	return db.All(tx, func(r *db.Row) (a addressRow, err error) {
		err = r.Scan(&a.id, &a.sealed)
		return a, err
	}, `SELECT id, sealed FROM goods_address WHERE community_id = $1 AND person IN `+db.In(&args, persons)+` ORDER BY id`, args...)
}

func insertAddress(tx *db.Tx, id, person, sealed string) error {
	return tx.Put(`INSERT INTO goods_address (community_id, id, person, sealed, created_at) VALUES ($1, $2, $3, $4, $5)`, tx.Community(), id, person, sealed, tx.Now())
}

func deleteAddress(tx *db.Tx, persons []string, id string) (bool, error) {
	args := []any{tx.Community(), id}
	n, err := tx.Exec(`DELETE FROM goods_address WHERE community_id = $1 AND id = $2 AND person IN `+db.In(&args, persons), args...)
	return n == 1, err
}

// eraseAddresses takes the addresses of a person away, also from what was sent to them.
func eraseAddresses(tx *db.Tx, person string) error {
	if err := tx.Put(`DELETE FROM goods_address WHERE community_id = $1 AND person = $2`, tx.Community(), person); err != nil {
		return err
	}
	return tx.Put(`UPDATE goods_item SET address = '' WHERE community_id = $1 AND person = $2 AND address <> ''`, tx.Community(), person)
}

func setAddress(tx *db.Tx, item, sealed string) error {
	return tx.Must(`UPDATE goods_item SET address = $3 WHERE community_id = $1 AND id = $2 AND shipped_at = 0`, tx.Community(), item, sealed)
}

func setShipped(tx *db.Tx, x Item) error {
	return tx.Must(`UPDATE goods_item SET carrier = $3, tracking = $4, shipped_at = $5 WHERE community_id = $1 AND id = $2 AND state = 'sold' AND shipped_at = 0`,
		tx.Community(), x.ID, x.Carrier, x.Tracking, x.ShippedAt)
}

func setReceived(tx *db.Tx, id string, at time.Time) error {
	return tx.Must(`UPDATE goods_item SET received_at = $3 WHERE community_id = $1 AND id = $2 AND shipped_at > 0 AND received_at = 0`, tx.Community(), id, at)
}

// shipments lists what is to be sent, the oldest first, or was sent, the newest first, on from a time and id.
func shipments(tx *db.Tx, f ShipmentFilter, from time.Time, id string, limit int) ([]Item, error) {
	args, where := []any{tx.Community(), from, id, limit}, ` AND state = 'sold'`
	if f.Supplier != "" {
		args = append(args, f.Supplier)
		where += ` AND supplier = $5`
	}
	switch f.State {
	case OnWay:
		where += ` AND shipped_at > 0 AND received_at = 0 AND (shipped_at, id) < ($2, $3) ORDER BY shipped_at DESC, id DESC`
	case Arrived:
		where += ` AND shipped_at > 0 AND received_at > 0 AND (shipped_at, id) < ($2, $3) ORDER BY shipped_at DESC, id DESC`
	default:
		where += ` AND ships AND shipped_at = 0 AND (sold_at, id) > ($2, $3) ORDER BY sold_at, id`
	}
	return db.All(tx, scanItem, selectItem+where+` LIMIT $4`, args...)
}

// setComplaint notes the task about a thing, or with none that it has ended; false when there was one, or none, already.
func setComplaint(tx *db.Tx, item, task string) (bool, error) {
	n, err := tx.Exec(`UPDATE goods_item SET complaint = $3 WHERE community_id = $1 AND id = $2 AND (complaint = '') = ($3 <> '')`, tx.Community(), item, task)
	return n == 1, err
}

// suppliers lists those of products that are sold, with what each has to send, by their names.
func suppliers(tx *db.Tx) ([]Supplier, error) {
	return db.All(tx, func(r *db.Row) (x Supplier, err error) {
		err = r.Scan(&x.Name, &x.Products)
		return x, err
	}, `SELECT body ->> 'supplier', count(*) FROM goods_product WHERE community_id = $1 AND retired = FALSE AND body ->> 'supplier' <> ''
		GROUP BY body ->> 'supplier' ORDER BY body ->> 'supplier'`, tx.Community())
}

// countToSend is how many things of a supplier wait to be sent.
func countToSend(tx *db.Tx, supplier string) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM goods_item WHERE community_id = $1 AND supplier = $2 AND ships AND state = 'sold' AND shipped_at = 0`, tx.Community(), supplier).Scan(&n)
	return n, err
}

// supplies tells whether a product is of a supplier.
func supplies(tx *db.Tx, name string) (is bool, err error) {
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM goods_product WHERE community_id = $1 AND body ->> 'supplier' = $2)`, tx.Community(), name).Scan(&is)
	return is, err
}
