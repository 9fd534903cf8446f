package membership

import (
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

func insertEntitlement(tx *db.Tx, id, term string, b Benefit) error {
	return tx.Put(`INSERT INTO membership_entitlement (community_id, id, term, benefit, title, granted) VALUES ($1, $2, $3, $4, $5, $6)`,
		tx.Community(), id, term, b.Name, db.JSON[text.Text]{V: b.Title}, b.Count)
}

func entitlementsOf(tx *db.Tx, terms []string) ([]Entitlement, error) {
	if len(terms) == 0 {
		return nil, nil
	}
	args := []any{tx.Community()}
	return db.All(tx, func(r *db.Row) (e Entitlement, err error) {
		var title db.JSON[text.Text]
		err = r.Scan(&e.ID, &e.Term, &e.Benefit, &title, &e.Granted)
		e.Title = title.V
		return e, err
	}, `SELECT id, term, benefit, title, granted FROM membership_entitlement WHERE community_id = $1 AND term IN `+db.In(&args, terms)+` ORDER BY id`, args...)
}

func usedOf(tx *db.Tx, entitlement string) (n int, err error) {
	err = tx.QueryRow(`SELECT CAST(COALESCE(SUM(qty), 0) AS BIGINT) FROM membership_use WHERE community_id = $1 AND entitlement = $2 AND returned_at = 0`, tx.Community(), entitlement).Scan(&n)
	return n, err
}

const selectUse = `SELECT u.key, u.hash, u.entitlement, u.seat, u.person, e.benefit, e.title, e.term, u.qty, u.used_for, u.actor, u.note, u.used_at, u.returned_at
	FROM membership_use u JOIN membership_entitlement e ON e.community_id = u.community_id AND e.id = u.entitlement WHERE u.community_id = $1`

func scanUse(r *db.Row) (u Use, err error) {
	var title db.JSON[text.Text]
	err = r.Scan(&u.Key, &u.hash, &u.Entitlement, &u.seat, &u.Person, &u.Benefit, &title, &u.term, &u.Qty, &u.For, &u.Actor, &u.Note, &u.UsedAt, &u.ReturnedAt)
	u.Title = title.V
	return u, err
}

func useByKey(tx *db.Tx, key string) (Use, bool, error) {
	return db.One(tx, scanUse, selectUse+` AND u.key = $2`, tx.Community(), key)
}

// usesOf reads the latest uses of the ids of a human.
func usesOf(tx *db.Tx, ids []string, limit int) ([]Use, error) {
	args := []any{tx.Community(), limit}
	return db.All(tx, scanUse, selectUse+` AND u.person IN `+db.In(&args, ids)+` ORDER BY u.used_at DESC, u.key DESC LIMIT $2`, args...)
}

func insertUse(tx *db.Tx, u Use) error {
	return tx.Put(`INSERT INTO membership_use (community_id, key, hash, entitlement, seat, person, qty, used_for, actor, note, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		tx.Community(), u.Key, u.hash, u.Entitlement, u.seat, u.Person, u.Qty, u.For, u.Actor, u.Note, u.UsedAt)
}

// returnUse notes that a use was taken back.
func returnUse(tx *db.Tx, u Use) error {
	return tx.Put(`UPDATE membership_use SET returned_at = $3 WHERE community_id = $1 AND key = $2 AND returned_at = 0`, tx.Community(), u.Key, u.ReturnedAt)
}

// moveUse lets another entitlement stand for a use.
func moveUse(tx *db.Tx, u Use) error {
	return tx.Put(`UPDATE membership_use SET entitlement = $3, seat = $4 WHERE community_id = $1 AND key = $2`, tx.Community(), u.Key, u.Entitlement, u.seat)
}

// eraseUses forgets what was written down with somebody's uses.
func eraseUses(tx *db.Tx, person string) error {
	return tx.Put(`UPDATE membership_use SET note = '' WHERE community_id = $1 AND person = $2`, tx.Community(), person)
}
