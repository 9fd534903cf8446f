package goods

import (
	"fmt"
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
	_, err := tx.Exec(`INSERT INTO goods_address (community_id, id, person, sealed, created_at) VALUES ($1, $2, $3, $4, $5)`, tx.Community(), id, person, sealed, tx.Now())
	return err
}

func deleteAddress(tx *db.Tx, persons []string, id string) (bool, error) {
	args := []any{tx.Community(), id}
	n, err := tx.Exec(`DELETE FROM goods_address WHERE community_id = $1 AND id = $2 AND person IN `+db.In(&args, persons), args...)
	return n == 1, err
}

// eraseAddresses takes the addresses of a person away, also from what was sent to them.
func eraseAddresses(tx *db.Tx, person string) error {
	if _, err := tx.Exec(`DELETE FROM goods_address WHERE community_id = $1 AND person = $2`, tx.Community(), person); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE goods_item SET address = '' WHERE community_id = $1 AND person = $2 AND address <> ''`, tx.Community(), person)
	return err
}

// changed refuses a guarded change that met no row: only possible without the lock.
func changed(n int64, err error) error {
	if err == nil && n != 1 {
		err = fmt.Errorf("%d rows were changed instead of one", n)
	}
	return err
}

func setAddress(tx *db.Tx, item, sealed string) error {
	return changed(tx.Exec(`UPDATE goods_item SET address = $3 WHERE community_id = $1 AND id = $2 AND shipped_at = 0`, tx.Community(), item, sealed))
}

func setShipped(tx *db.Tx, x Item) error {
	return changed(tx.Exec(`UPDATE goods_item SET carrier = $3, tracking = $4, shipped_at = $5 WHERE community_id = $1 AND id = $2 AND state = 'sold' AND shipped_at = 0`,
		tx.Community(), x.ID, x.Carrier, x.Tracking, x.ShippedAt))
}

func setReceived(tx *db.Tx, id string, at time.Time) error {
	return changed(tx.Exec(`UPDATE goods_item SET received_at = $3 WHERE community_id = $1 AND id = $2 AND shipped_at > 0 AND received_at = 0`, tx.Community(), id, at))
}

// toShip lists what is sold and not sent, the oldest first, after a time and id.
func toShip(tx *db.Tx, supplier string, after time.Time, id string, limit int) ([]Item, error) {
	return db.All(tx, scanItem, selectItem+` AND supplier = $2 AND ships AND state = 'sold' AND shipped_at = 0 AND (sold_at, id) > ($3, $4) ORDER BY sold_at, id LIMIT $5`,
		tx.Community(), supplier, after, id, limit)
}

// setComplaint notes the task about a thing, or with none that it has ended; false when there was one, or none, already.
func setComplaint(tx *db.Tx, item, task string) (bool, error) {
	n, err := tx.Exec(`UPDATE goods_item SET complaint = $3 WHERE community_id = $1 AND id = $2 AND (complaint = '') = ($3 <> '')`, tx.Community(), item, task)
	return n == 1, err
}
