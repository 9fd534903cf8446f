package goods

import (
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

const selectItem = `SELECT id, person, product, sku, qty, price, cost, supplier, ships, return_days, state, seat, allowance, grp, slot, next_group, held_until, created_at,
	joined_at, sold_at, ended_at, address, carrier, tracking, shipped_at, received_at, complaint FROM goods_item WHERE community_id = $1`

func scanItem(r *db.Row) (x Item, err error) {
	err = r.Scan(&x.ID, &x.Person, &x.Product, &x.SKU, &x.Qty, &x.Price, &x.Cost, &x.Supplier, &x.Ships, &x.returnDays, &x.State, &x.seat, &x.allowance, &x.Group, &x.slot,
		&x.next, &x.HeldUntil, &x.CreatedAt, &x.JoinedAt, &x.SoldAt, &x.EndedAt, &x.address, &x.Carrier, &x.Tracking,
		&x.ShippedAt, &x.ReceivedAt, &x.Complaint)
	x.Addressed = x.address != ""
	return x, err
}

func itemByID(tx *db.Tx, id string) (Item, bool, error) {
	return db.One(tx, scanItem, selectItem+` AND id = $2`, tx.Community(), id)
}

// heldItem finds a thing that is kept for the same buyer and is the same in all that counts.
func heldItem(tx *db.Tx, x Item) (Item, bool, error) {
	return db.One(tx, scanItem, selectItem+` AND person = $2 AND product = $3 AND sku = $4 AND qty = $5 AND price = $6 AND grp = $7 AND next_group = $8 AND state = 'held' AND held_until > $9
		ORDER BY created_at DESC LIMIT 1`, tx.Community(), x.Person, x.Product, x.SKU, x.Qty, x.Price, x.Group, x.next, tx.Now())
}

// ownedBy reads what a human has bought and not given back, the dearest first.
func ownedBy(tx *db.Tx, ids []string, limit int) ([]Owned, error) {
	args := []any{tx.Community(), limit}
	return db.All(tx, func(r *db.Row) (k Owned, err error) {
		err = r.Scan(&k.Product, &k.SKU, &k.Price, &k.Since)
		return k, err
	}, `SELECT product, sku, MAX(price), MIN(sold_at) FROM goods_item WHERE community_id = $1 AND person IN `+db.In(&args, ids)+` AND state = 'sold'
		GROUP BY product, sku ORDER BY 3 DESC, product, sku LIMIT $2`, args...)
}

// insertItem writes a new thing; false for who is in the group already.
func insertItem(tx *db.Tx, x Item) (bool, error) {
	n, err := tx.Exec(`INSERT INTO goods_item (community_id, id, person, product, sku, qty, price, cost, supplier, ships, return_days, state, seat, allowance, grp, slot, next_group, held_until, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
		ON CONFLICT (community_id, grp, person) WHERE grp <> '' AND state IN ('held', 'waits', 'sold') DO NOTHING`,
		tx.Community(), x.ID, x.Person, x.Product, x.SKU, x.Qty, x.Price, x.Cost, x.Supplier, x.Ships, x.returnDays, x.State, x.seat, x.allowance, x.Group, x.slot, x.next,
		x.HeldUntil, x.CreatedAt)
	return n == 1, err
}

// updateItem writes what has become of a thing that was in a state.
func updateItem(tx *db.Tx, x Item, was State) error {
	n, err := tx.Exec(`UPDATE goods_item SET state = $3, seat = $4, allowance = $5, grp = $6, slot = $7, joined_at = $8, sold_at = $9, ended_at = $10
		WHERE community_id = $1 AND id = $2 AND state = $11`, tx.Community(), x.ID, x.State, x.seat, x.allowance, x.Group, x.slot, x.JoinedAt, x.SoldAt, x.EndedAt, was)
	if err == nil && n != 1 {
		err = fmt.Errorf("thing %s is %s no more", x.ID, was) // only possible without the lock
	}
	return err
}

// inGroup tells whether somebody has a place in a group, or one kept.
func inGroup(tx *db.Tx, group, person string) (bool, error) {
	_, found, err := db.One(tx, db.Column[string], `SELECT id FROM goods_item WHERE community_id = $1 AND grp = $2 AND person = $3 AND state IN ('held', 'waits', 'sold') LIMIT 1`,
		tx.Community(), group, person)
	return found, err
}

// lastInGroup finds the last thing of somebody in a group.
func lastInGroup(tx *db.Tx, group string, persons []string) (Item, bool, error) {
	args := []any{tx.Community(), group}
	return db.One(tx, scanItem, selectItem+` AND grp = $2 AND person IN `+db.In(&args, persons)+` ORDER BY id DESC LIMIT 1`, args...)
}

func itemsIn(tx *db.Tx, group string, states []State, after string, limit int) ([]Item, error) {
	args := []any{tx.Community(), group, after, limit}
	return db.All(tx, scanItem, selectItem+` AND grp = $2 AND id > $3 AND state IN `+db.In(&args, states)+` ORDER BY id LIMIT $4`, args...)
}

const selectGroup = `SELECT id, offer, product, sku, size, price, state, starter, follows, opened_at, closes_at, ended_at FROM goods_group WHERE community_id = $1`

func scanGroup(r *db.Row) (g Group, err error) {
	err = r.Scan(&g.ID, &g.Offer, &g.Product, &g.SKU, &g.Size, &g.Price, &g.State, &g.Starter, &g.Follows, &g.OpenedAt, &g.ClosesAt, &g.EndedAt)
	return g, err
}

func groupByID(tx *db.Tx, id string) (Group, bool, error) {
	return db.One(tx, scanGroup, selectGroup+` AND id = $2`, tx.Community(), id)
}

// startedGroup is the open group of an offer that somebody has started.
func startedGroup(tx *db.Tx, offer, person string) (Group, bool, error) {
	return db.One(tx, scanGroup, selectGroup+` AND offer = $2 AND state = 'open' AND starter = $3 AND closes_at > $4 ORDER BY opened_at DESC, id LIMIT 1`,
		tx.Community(), offer, person, tx.Now())
}

// groupsAfter are the open groups that follow one.
func groupsAfter(tx *db.Tx, g Group) ([]Group, error) {
	return db.All(tx, scanGroup, selectGroup+` AND offer = $2 AND state = 'open' AND follows = $3 ORDER BY opened_at, id`, tx.Community(), g.Offer, g.ID)
}

func insertGroup(tx *db.Tx, g Group) error {
	return tx.Put(`INSERT INTO goods_group (community_id, id, offer, product, sku, size, price, state, starter, follows, opened_at, closes_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		tx.Community(), g.ID, g.Offer, g.Product, g.SKU, g.Size, g.Price, g.State, g.Starter, g.Follows, g.OpenedAt, g.ClosesAt)
}

func endGroup(tx *db.Tx, id string, state GroupState) error {
	n, err := tx.Exec(`UPDATE goods_group SET state = $3, ended_at = $4 WHERE community_id = $1 AND id = $2 AND state = 'open'`, tx.Community(), id, state, tx.Now())
	if err == nil && n != 1 {
		err = fmt.Errorf("group-buy %s is open no more", id) // only possible without the lock
	}
	return err
}

const selectOffer = `SELECT body, declared, retired, version FROM goods_offer WHERE community_id = $1`

func scanOffer(r *db.Row) (o ListedOffer, err error) {
	var body, declared db.JSON[Offer]
	err = r.Scan(&body, &declared, &o.Retired, &o.Version)
	o.Offer, o.declared = body.V, declared.V
	return o, err
}

func offerByName(tx *db.Tx, name string) (ListedOffer, bool, error) {
	return db.One(tx, scanOffer, selectOffer+` AND name = $2`, tx.Community(), name)
}

func offers(tx *db.Tx) ([]ListedOffer, error) {
	return db.All(tx, scanOffer, selectOffer+` ORDER BY position, name`, tx.Community())
}

func putOffer(tx *db.Tx, o ListedOffer, position int) (bool, error) {
	n, err := tx.Exec(`INSERT INTO goods_offer (community_id, name, position, body, declared, version) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (community_id, name) DO UPDATE SET body = excluded.body, declared = excluded.declared, version = excluded.version, retired = FALSE,
			position = CASE WHEN excluded.position < 0 THEN goods_offer.position ELSE excluded.position END
		WHERE goods_offer.version = excluded.version - 1`,
		tx.Community(), o.Name, position, db.JSON[Offer]{V: o.Offer}, db.JSON[Offer]{V: o.declared}, o.Version)
	return n == 1, err
}

func retireOffer(tx *db.Tx, name string, retired bool) (bool, error) {
	n, err := tx.Exec(`UPDATE goods_offer SET retired = $3, version = version + 1 WHERE community_id = $1 AND name = $2`, tx.Community(), name, retired)
	return n == 1, err
}

func retireOffers(tx *db.Tx, named map[string]bool) error {
	args := []any{tx.Community()}
	return tx.Put(`UPDATE goods_offer SET retired = TRUE, declared = '{}', version = version + 1 WHERE community_id = $1 AND declared ->> 'name' <> ''`+except(&args, "name", named), args...)
}

// groupsBefore lists group-buys, the newest first, before a time and id.
func groupsBefore(tx *db.Tx, offer string, state GroupState, before time.Time, id string, limit int) ([]Group, error) {
	args, where := []any{tx.Community(), before, id, limit}, ""
	for _, x := range []struct{ column, value string }{{"offer", offer}, {"state", string(state)}} {
		if x.value != "" {
			args = append(args, x.value)
			where += fmt.Sprintf(" AND %s = $%d", x.column, len(args))
		}
	}
	return db.All(tx, scanGroup, selectGroup+where+` AND (opened_at, id) < ($2, $3) ORDER BY opened_at DESC, id DESC LIMIT $4`, args...)
}
