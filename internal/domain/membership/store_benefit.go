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

func useByKey(tx *db.Tx, key string) (Use, bool, error) {
	return db.One(tx, func(r *db.Row) (u Use, err error) {
		err = r.Scan(&u.Key, &u.hash, &u.Entitlement, &u.seat, &u.Qty, &u.For, &u.UsedAt, &u.ReturnedAt)
		return u, err
	}, `SELECT key, hash, entitlement, seat, qty, used_for, used_at, returned_at FROM membership_use WHERE community_id = $1 AND key = $2`, tx.Community(), key)
}

func insertUse(tx *db.Tx, u Use) error {
	return tx.Put(`INSERT INTO membership_use (community_id, key, hash, entitlement, seat, qty, used_for, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.Community(), u.Key, u.hash, u.Entitlement, u.seat, u.Qty, u.For, u.UsedAt)
}

// returnUse notes that a use was taken back, and gives whose it was.
func returnUse(tx *db.Tx, u Use) (person, term, benefit string, err error) {
	if err = tx.Put(`UPDATE membership_use SET returned_at = $3 WHERE community_id = $1 AND key = $2 AND returned_at = 0`, tx.Community(), u.Key, u.ReturnedAt); err != nil {
		return "", "", "", err
	}
	err = tx.QueryRow(`SELECT t.person, t.id, e.benefit FROM membership_entitlement e JOIN membership_term t ON t.community_id = e.community_id AND t.id = e.term
		WHERE e.community_id = $1 AND e.id = $2`, tx.Community(), u.Entitlement).Scan(&person, &term, &benefit)
	return person, term, benefit, err
}
