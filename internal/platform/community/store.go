package community

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

const columns = `id, slug, name, zone, lang, playbook, playbook_version, settings, revision, created_at`

func scan(r *db.Row) (*Community, error) {
	var (
		c        Community
		name     db.JSON[text.Text]
		settings db.RawJSON
	)
	err := r.Scan(&c.ID, &c.Slug, &name, &c.Zone, &c.Lang, &c.Playbook, &c.PlaybookVersion, &settings, &c.Revision, &c.CreatedAt)
	if err != nil {
		return nil, err
	}
	c.Name, c.Settings = name.V, json.RawMessage(settings)
	if c.location, err = time.LoadLocation(c.Zone); err != nil {
		return nil, fmt.Errorf("time zone of community %s: %w", c.ID, err)
	}
	return &c, nil
}

// insert adds the row, unless the slug is taken.
func insert(tx *db.Tx, c *Community) error {
	n, err := tx.Exec(`INSERT INTO community (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (slug) DO NOTHING`,
		c.ID, c.Slug, db.JSON[text.Text]{V: c.Name}, c.Zone, string(c.Lang), c.Playbook, c.PlaybookVersion, db.RawJSON(c.Settings), c.Revision, c.CreatedAt)
	if err == nil && n == 0 {
		return ErrSlugTaken.With("slug", c.Slug).At("/slug")
	}
	return err
}

// selectBy finds by a column of this package's choice.
func selectBy(tx *db.Tx, column, value, lock string) (*Community, error) {
	c, found, err := db.One(tx, scan, `SELECT `+columns+` FROM community WHERE `+column+` = $1`+lock, value)
	if err == nil && !found {
		return nil, ErrUnknown
	}
	return c, err
}

func list(tx *db.Tx, cursor string, limit int) (page.Page[*Community], error) {
	var (
		at time.Time
		id string
	)
	if _, err := page.Parse(cursor, &at, &id); err != nil {
		return page.Page[*Community]{}, err
	}
	limit = page.Limit(limit)
	rows, err := db.All(tx, scan, `SELECT `+columns+` FROM community WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3`, at, id, limit+1)
	return page.Cut(rows, limit, func(c *Community) string { return page.Cursor(c.CreatedAt, c.ID) }), err
}

// update writes the row, whose lock the transaction holds, with the next revision. The address moves only to a free one.
func update(tx *db.Tx, c *Community) error {
	if err := claimSlug(tx, c); err != nil {
		return err
	}
	return tx.QueryRow(`UPDATE community SET name = $2, zone = $3, lang = $4, playbook = $5, playbook_version = $6, settings = $7,
		revision = revision + 1 WHERE id = $1 RETURNING revision`,
		c.ID, db.JSON[text.Text]{V: c.Name}, c.Zone, string(c.Lang), c.Playbook, c.PlaybookVersion, db.RawJSON(c.Settings)).Scan(&c.Revision)
}

// claimSlug moves the community to its new slug. Two that claim one slug at the same moment: PostgreSQL's unique index
// lets the second wait and then fails its statement, which the caller sees as a fault and may try again.
func claimSlug(tx *db.Tx, c *Community) error {
	n, err := tx.Exec(`UPDATE community SET slug = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM community other WHERE other.slug = $2 AND other.id <> $1)`, c.ID, c.Slug)
	if err == nil && n == 0 {
		return ErrSlugTaken.With("slug", c.Slug).At("/slug")
	}
	return err
}
