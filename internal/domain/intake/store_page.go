package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

// declarePages gives every version whose words have changed a new revision.
func declarePages(tx *db.Tx, pages []Page) error {
	if err := tx.Put(`UPDATE intake_page_version SET active = FALSE WHERE community_id = $1 AND active`, tx.Community()); err != nil {
		return fmt.Errorf("end the versions of pages: %w", err)
	}
	for _, p := range pages {
		for _, v := range p.Versions {
			words, err := json.Marshal(v.Landing)
			if err != nil {
				return fmt.Errorf("encode page %s: %w", p.Name, err)
			}
			sum := sha256.Sum256(words)
			err = tx.Put(`INSERT INTO intake_page_version (community_id, page, version, revision, hash, active, since)
				SELECT $1, $2, $3, COALESCE(MAX(CASE WHEN hash = $4 THEN revision END), COALESCE(MAX(revision), 0) + 1), $4, TRUE, $5
				FROM intake_page_version WHERE community_id = $1 AND page = $2 AND version = $3
				ON CONFLICT (community_id, page, version, revision) DO UPDATE SET active = TRUE`,
				tx.Community(), p.Name, v.Name, hex.EncodeToString(sum[:16]), tx.Now())
			if err != nil {
				return fmt.Errorf("declare version %s of page %s: %w", v.Name, p.Name, err)
			}
		}
	}
	return nil
}

func activeRevision(tx *db.Tx, page, version string) (int, error) {
	n, _, err := db.One(tx, db.Column[int], `SELECT revision FROM intake_page_version WHERE community_id = $1 AND page = $2 AND version = $3 AND active`, tx.Community(), page, version)
	return n, err
}

func pageFigures(tx *db.Tx) ([]PageFigures, error) {
	return db.All(tx, func(r *db.Row) (f PageFigures, err error) {
		err = r.Scan(&f.Page, &f.Version, &f.Revision, &f.Active, &f.Since, &f.Seen, &f.Begun, &f.Bought, &f.Refunded, &f.Paid)
		return f, err
	}, `SELECT v.page, v.version, v.revision, v.active, v.since,
			COALESCE(MAX(CASE WHEN c.what = 'seen' THEN c.n END), 0), COALESCE(MAX(CASE WHEN c.what = 'begun' THEN c.n END), 0),
			COALESCE(MAX(CASE WHEN c.what = 'bought' THEN c.n END), 0), COALESCE(MAX(CASE WHEN c.what = 'refunded' THEN c.n END), 0),
			COALESCE(MAX(CASE WHEN c.what = 'paid' THEN c.n END), 0)
		FROM intake_page_version v LEFT JOIN intake_page_count c ON c.community_id = v.community_id AND c.page = v.page AND c.version = v.version AND c.revision = v.revision
		WHERE v.community_id = $1 GROUP BY v.page, v.version, v.revision, v.active, v.since ORDER BY v.page, v.active DESC, v.version, v.revision DESC LIMIT 200`, tx.Community())
}

func insertLead(tx *db.Tx, person string, x Shown) (bool, error) {
	n, err := tx.Exec(`INSERT INTO intake_lead (community_id, person, page, version, revision, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		tx.Community(), person, x.Page, x.Version, x.Revision, tx.Now())
	return n == 1, err
}

const leadColumns = `page, version, revision, paid`

func scanLead(r *db.Row) (l lead, err error) {
	err = r.Scan(&l.page, &l.version, &l.revision, &l.paid)
	return l, err
}

// creditLead gives a term to the page by which a human began last, unless one of theirs is credited already.
func creditLead(tx *db.Tx, ids []string, term string, paid int64) (lead, bool, error) {
	args := []any{tx.Community(), term, paid}
	in := db.In(&args, ids)
	return db.One(tx, scanLead, `UPDATE intake_lead SET term = $2, paid = $3 WHERE community_id = $1 AND (person, page) IN (
			SELECT person, page FROM intake_lead WHERE community_id = $1 AND person IN `+in+` ORDER BY at DESC, page LIMIT 1)
		AND NOT EXISTS (SELECT 1 FROM intake_lead WHERE community_id = $1 AND person IN `+in+` AND term <> '') RETURNING `+leadColumns, args...)
}

func leadOf(tx *db.Tx, term string) (lead, bool, error) {
	return db.One(tx, scanLead, `SELECT `+leadColumns+` FROM intake_lead WHERE community_id = $1 AND term = $2 AND term <> ''`, tx.Community(), term)
}
