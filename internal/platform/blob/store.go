package blob

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

const columns = `hash, kind, size, width, height, thumb, refs, uploaded_by, created_at`

func scan(r *db.Row) (b Blob, err error) {
	err = r.Scan(&b.Hash, &b.Kind, &b.Size, &b.Width, &b.Height, &b.Thumb, &b.Refs, &b.UploadedBy, &b.CreatedAt)
	return b, err
}

// record adds a row. The same content again only moves its time on, which keeps it from being collected. A row that is
// new counts as a use of its small picture.
func record(tx *db.Tx, b Blob) error {
	n, err := tx.Exec(`INSERT INTO blob (community_id, `+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9) ON CONFLICT (community_id, hash) DO NOTHING`,
		tx.Community(), b.Hash, b.Kind, b.Size, b.Width, b.Height, b.Thumb, b.UploadedBy, b.CreatedAt)
	if err != nil {
		return err
	}
	if n == 1 && b.Thumb != "" {
		_, err = addRefs(tx, b.Thumb, 1)
		return err
	}
	err = tx.Put(`UPDATE blob SET created_at = $3 WHERE community_id = $1 AND hash = $2 AND created_at < $3`, tx.Community(), b.Hash, tx.Now())
	return err
}

func find(tx *db.Tx, hash string) (Blob, bool, error) {
	return db.One(tx, scan, `SELECT `+columns+` FROM blob WHERE community_id = $1 AND hash = $2`, tx.Community(), hash)
}

// addRefs changes how often a file is used; it never falls below zero.
func addRefs(tx *db.Tx, hash string, by int) (int64, error) {
	return tx.Exec(`UPDATE blob SET refs = refs + $3, created_at = $4 WHERE community_id = $1 AND hash = $2 AND refs + $3 >= 0`, tx.Community(), hash, by, tx.Now())
}

// unused lists some files that nothing has used since before.
func unused(tx *db.Tx, before time.Time, limit int) ([]Blob, error) {
	return db.All(tx, scan, `SELECT `+columns+` FROM blob WHERE community_id = $1 AND refs = 0 AND created_at < $2 ORDER BY created_at LIMIT $3`, tx.Community(), before, limit)
}

// forget deletes the row of a file that is still unused, and with it the use of its small picture.
func forget(tx *db.Tx, b Blob, before time.Time) (gone bool, err error) {
	n, err := tx.Exec(`DELETE FROM blob WHERE community_id = $1 AND hash = $2 AND refs = 0 AND created_at < $3`, tx.Community(), b.Hash, before)
	if err != nil || n == 0 {
		return false, err
	}
	if b.Thumb != "" {
		_, err = addRefs(tx, b.Thumb, -1)
	}
	return true, err
}

func list(tx *db.Tx, after string, limit int) ([]Blob, error) {
	return db.All(tx, scan, `SELECT `+columns+` FROM blob WHERE community_id = $1 AND hash > $2 ORDER BY hash LIMIT $3`, tx.Community(), after, limit)
}
