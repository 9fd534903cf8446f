package circle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// putGroup stores a template as a new version if it differs from the last, and tells how many circles the group has had.
// The group's row, locked by the first statement, keeps two declarations apart.
func putGroup(tx *db.Tx, g Group) (circles int, err error) {
	body, err := json.Marshal(g)
	if err != nil {
		return 0, fmt.Errorf("encode group: %w", err)
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:16])
	var version int
	err = tx.QueryRow(`INSERT INTO circle_group (community_id, name, version) VALUES ($1, $2, 0)
		ON CONFLICT (community_id, name) DO UPDATE SET name = excluded.name RETURNING version, circles`, tx.Community(), g.Name).Scan(&version, &circles)
	if err != nil {
		return 0, err
	}
	was, found, err := db.One(tx, db.Column[string], `SELECT hash FROM circle_template WHERE community_id = $1 AND name = $2 AND version = $3`,
		tx.Community(), g.Name, version)
	if err != nil || found && was == hash {
		return circles, err
	}
	version++
	if err := tx.Put(`UPDATE circle_group SET version = $3 WHERE community_id = $1 AND name = $2`, tx.Community(), g.Name, version); err != nil {
		return 0, err
	}
	err = tx.Put(`INSERT INTO circle_template (community_id, name, version, hash, body) VALUES ($1, $2, $3, $4, $5)`,
		tx.Community(), g.Name, version, hash, db.JSON[Group]{V: g})
	return circles, err
}

const selectTemplate = `SELECT t.version, t.body FROM circle_group g
	JOIN circle_template t ON t.community_id = g.community_id AND t.name = g.name AND t.version = g.version WHERE g.community_id = $1 `

func latestTemplate(tx *db.Tx, name string) (g Group, version int, err error) {
	var body db.JSON[Group]
	_, found, err := db.One(tx, func(r *db.Row) (int, error) { return 0, r.Scan(&version, &body) }, selectTemplate+`AND g.name = $2`, tx.Community(), name)
	if err == nil && !found {
		err = ErrGroup.With("group", name)
	}
	return body.V, version, err
}

func templates(tx *db.Tx) ([]Group, error) {
	return db.All(tx, func(r *db.Row) (Group, error) {
		var version int
		var body db.JSON[Group]
		err := r.Scan(&version, &body)
		return body.V, err
	}, selectTemplate+`ORDER BY g.name`, tx.Community())
}

// nextNumber numbers the next circle; found is false in a group that is retired.
func nextNumber(tx *db.Tx, group string) (n int, found bool, err error) {
	return db.One(tx, db.Column[int], `UPDATE circle_group SET circles = circles + 1 WHERE community_id = $1 AND name = $2 AND retired = FALSE RETURNING circles`,
		tx.Community(), group)
}

func setRetired(tx *db.Tx, group string, retired bool) (changed bool, err error) {
	n, err := tx.Exec(`UPDATE circle_group SET retired = $3 WHERE community_id = $1 AND name = $2 AND retired <> $3`, tx.Community(), group, retired)
	return n == 1, err
}

func isRetired(tx *db.Tx, group string) (retired bool, err error) {
	retired, _, err = db.One(tx, db.Column[bool], `SELECT retired FROM circle_group WHERE community_id = $1 AND name = $2`, tx.Community(), group)
	return retired, err
}

func insertCircle(tx *db.Tx, c Circle) error {
	return tx.Put(`INSERT INTO circle (community_id, id, group_name, version, kind, number, name, search, state, opened_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, tx.Community(), c.ID, c.Group, c.version, c.Kind, c.Number,
		db.JSON[text.Text]{V: c.Name}, searchText(c.Name), c.State, c.OpenedAt, c.ChangedAt)
}

const selectCircle = `SELECT c.id, c.group_name, c.version, c.kind, c.number, c.name, c.state, c.seq, c.opened_at, c.changed_at, t.body,
		(SELECT count(*) FROM circle_member m WHERE m.community_id = c.community_id AND m.circle_id = c.id AND m.left_at = 0)
	FROM circle c JOIN circle_template t ON t.community_id = c.community_id AND t.name = c.group_name AND t.version = c.version
	WHERE c.community_id = $1 `

func scanCircle(r *db.Row) (c Circle, err error) {
	var name db.JSON[text.Text]
	var body db.JSON[Group]
	err = r.Scan(&c.ID, &c.Group, &c.version, &c.Kind, &c.Number, &name, &c.State, &c.Messages, &c.OpenedAt, &c.ChangedAt, &body, &c.Members)
	c.Name, c.Rules, c.Welcome, c.StaffRoles = name.V, body.V.Rules, body.V.Welcome, body.V.StaffRoles
	return c, err
}

func circleByID(tx *db.Tx, id string) (Circle, bool, error) {
	return db.One(tx, scanCircle, selectCircle+`AND c.id = $2`, tx.Community(), id)
}

// circles lists those behind a group and number.
func circles(tx *db.Tx, f Filter, group string, number, limit int) ([]Circle, error) {
	args := []any{tx.Community(), group, number}
	where := `AND (c.group_name, c.number) > ($2, $3) `
	add := func(condition string, value any) {
		args = append(args, value)
		where += fmt.Sprintf(condition, len(args))
	}
	if f.Group != "" {
		add(`AND c.group_name = $%d `, f.Group)
	}
	if f.Kind != "" {
		add(`AND c.kind = $%d `, f.Kind)
	}
	if f.State != "" {
		add(`AND c.state = $%d `, f.State)
	}
	if t := text.Fold(f.Text); t != "" {
		add(`AND c.search LIKE $%d ESCAPE '\' `, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(t)+"%")
	}
	add(`ORDER BY c.group_name, c.number LIMIT $%d`, limit)
	return db.All(tx, scanCircle, selectCircle+where, args...)
}

// brief is what a command needs to know of a circle.
type brief struct {
	id, group string
	kind      Kind
	number    int
	state     State
	seq       int64
}

const selectBrief = `SELECT id, group_name, kind, number, state, seq FROM circle WHERE community_id = $1 AND id = $2`

func scanBrief(r *db.Row) (b brief, err error) {
	err = r.Scan(&b.id, &b.group, &b.kind, &b.number, &b.state, &b.seq)
	return b, err
}

func readBrief(tx *db.Tx, id string) (brief, error) {
	b, found, err := db.One(tx, scanBrief, selectBrief, tx.Community(), id)
	if err == nil && !found {
		err = ErrNotFound
	}
	return b, err
}

// keepBrief is readBrief that keeps the circle from being archived until the commit. Messages go on meanwhile: raising
// seq changes no key.
func keepBrief(tx *db.Tx, id string) (brief, error) {
	query := selectBrief
	if tx.Dialect() == db.Postgres {
		query += ` FOR KEY SHARE`
	}
	b, found, err := db.One(tx, scanBrief, query, tx.Community(), id)
	if err == nil && !found {
		err = ErrNotFound
	}
	return b, err
}

// lockCircle waits for those who are joining.
func lockCircle(tx *db.Tx, id string) error {
	_, found, err := db.One(tx, db.Column[string], `SELECT id FROM circle WHERE community_id = $1 AND id = $2`+tx.ForUpdate(), tx.Community(), id)
	if err == nil && !found {
		err = ErrNotFound
	}
	return err
}

func setState(tx *db.Tx, id string, to State, from []State) (bool, error) {
	args := []any{tx.Community(), id, to, tx.Now()}
	marks := make([]string, 0, len(from))
	for _, f := range from {
		args = append(args, f)
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	n, err := tx.Exec(`UPDATE circle SET state = $3, changed_at = $4 WHERE community_id = $1 AND id = $2 AND state IN (`+strings.Join(marks, ", ")+`)`, args...)
	return n == 1, err
}

func rename(tx *db.Tx, id string, name text.Text) (bool, error) {
	n, err := tx.Exec(`UPDATE circle SET name = $3, search = $4 WHERE community_id = $1 AND id = $2`,
		tx.Community(), id, db.JSON[text.Text]{V: name}, searchText(name))
	return n == 1, err
}

func assign(tx *db.Tx, id, role, staff string) error {
	return tx.Put(`INSERT INTO circle_staff (community_id, circle_id, role, staff, since) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		tx.Community(), id, role, staff, tx.Now())
}

func unassign(tx *db.Tx, id, role, staff string) error {
	return tx.Put(`DELETE FROM circle_staff WHERE community_id = $1 AND circle_id = $2 AND role = $3 AND staff = $4`, tx.Community(), id, role, staff)
}

func staffOf(tx *db.Tx, id string) ([]Staff, error) {
	return db.All(tx, func(r *db.Row) (s Staff, err error) {
		err = r.Scan(&s.Role, &s.Staff, &s.Since)
		return s, err
	}, `SELECT role, staff, since FROM circle_staff WHERE community_id = $1 AND circle_id = $2 ORDER BY role, since, staff`, tx.Community(), id)
}
