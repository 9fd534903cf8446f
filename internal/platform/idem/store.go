package idem

import "github.com/qunce/qunce/internal/platform/db"

// claim takes the key for this transaction; a lapsed one is taken over. It is false when an answer stands there.
func claim(tx *db.Tx, principal, route, key, bodyHash string) (mine bool, err error) {
	n, err := tx.Exec(`INSERT INTO idempotency (community_id, principal, route, key, body_hash, status, body, expires_at)
		VALUES ($1, $2, $3, $4, $5, 0, '', $6)
		ON CONFLICT (community_id, principal, route, key) DO UPDATE SET body_hash = excluded.body_hash, status = 0, body = '', expires_at = excluded.expires_at
		WHERE idempotency.expires_at <= $7`,
		tx.Community(), principal, route, key, bodyHash, tx.Now().Add(KeepFor), tx.Now())
	return n == 1, err
}

func complete(tx *db.Tx, principal, route, key string, status int, sealed string) error {
	return tx.Put(`UPDATE idempotency SET status = $5, body = $6 WHERE community_id = $1 AND principal = $2 AND route = $3 AND key = $4`,
		tx.Community(), principal, route, key, status, sealed)
}

func find(tx *db.Tx, principal, route, key string) (hash string, status int, sealed string, err error) {
	err = tx.QueryRow(`SELECT body_hash, status, body FROM idempotency WHERE community_id = $1 AND principal = $2 AND route = $3 AND key = $4`,
		tx.Community(), principal, route, key).Scan(&hash, &status, &sealed)
	return hash, status, sealed, err
}

// purgeBatch bounds how long one purge holds its locks.
const purgeBatch = 500

func purge(tx *db.Tx) (more bool, err error) {
	n, err := tx.Exec(`DELETE FROM idempotency WHERE community_id = $1 AND (principal, route, key) IN (
			SELECT principal, route, key FROM idempotency WHERE community_id = $1 AND expires_at <= $2 ORDER BY expires_at LIMIT $3)`,
		tx.Community(), tx.Now(), purgeBatch)
	return n == purgeBatch, err
}
