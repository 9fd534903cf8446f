package growth

import (
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

func scanProgramme(r *db.Row) (p programme, err error) {
	var c db.JSON[Programme]
	err = r.Scan(&p.version, &c, &p.since)
	p.Programme = c.V
	return p, err
}

// programmes lists the versions that are in force, of all programmes or of those that were not retired.
func programmes(tx *db.Tx, live bool) ([]programme, error) {
	return db.All(tx, scanProgramme, `SELECT v.version, v.content, v.at FROM growth_programme p
		JOIN growth_programme_version v ON v.community_id = p.community_id AND v.name = p.name AND v.version = p.version
		WHERE p.community_id = $1 AND (p.retired = FALSE OR $2 = FALSE) ORDER BY p.position, p.name`, tx.Community(), live)
}

func programmeAt(tx *db.Tx, name string, version int) (programme, error) {
	p, found, err := db.One(tx, scanProgramme, `SELECT version, content, at FROM growth_programme_version WHERE community_id = $1 AND name = $2 AND version = $3`,
		tx.Community(), name, version)
	if err == nil && !found {
		err = ErrUnknownProgramme.With("programme", name)
	}
	return p, err
}

func putProgramme(tx *db.Tx, p programme, position int) error {
	err := tx.Put(`INSERT INTO growth_programme_version (community_id, name, version, content, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		tx.Community(), p.Name, p.version, db.JSON[Programme]{V: p.Programme}, tx.Now())
	if err != nil {
		return err
	}
	err = tx.Put(`INSERT INTO growth_programme (community_id, name, version, position, retired) VALUES ($1, $2, $3, $4, FALSE)
		ON CONFLICT (community_id, name) DO UPDATE SET version = excluded.version, position = excluded.position, retired = FALSE`,
		tx.Community(), p.Name, p.version, position)
	return err
}

func retireProgrammes(tx *db.Tx, but []Programme) error {
	query, args := `UPDATE growth_programme SET retired = TRUE WHERE community_id = $1`, []any{tx.Community()}
	if len(but) > 0 {
		names := make([]string, len(but))
		for i, p := range but {
			names[i] = p.Name
		}
		query += ` AND name NOT IN ` + db.In(&args, names)
	}
	return tx.Put(query, args...)
}

const selectLink = `SELECT id, code, sharer, product, parent, created_at FROM growth_link WHERE community_id = $1`

func scanLink(r *db.Row) (l Link, err error) {
	err = r.Scan(&l.ID, &l.Code, &l.Sharer, &l.Product, &l.Parent, &l.CreatedAt)
	return l, err
}

func linkByCode(tx *db.Tx, code string) (Link, bool, error) {
	return db.One(tx, scanLink, selectLink+` AND code = $2`, tx.Community(), code)
}

func linkByID(tx *db.Tx, id string) (Link, bool, error) {
	return db.One(tx, scanLink, selectLink+` AND id = $2`, tx.Community(), id)
}

func linkOf(tx *db.Tx, ids []string, product string) (Link, bool, error) {
	args := []any{tx.Community(), product}
	return db.One(tx, scanLink, selectLink+` AND product = $2 AND sharer IN `+db.In(&args, ids)+` ORDER BY created_at, id LIMIT 1`, args...)
}

func linksOf(tx *db.Tx, ids []string) ([]Link, error) {
	args := []any{tx.Community()}
	return db.All(tx, scanLink, selectLink+` AND sharer IN `+db.In(&args, ids)+` ORDER BY created_at, id`, args...)
}

func childrenOf(tx *db.Tx, parent, after string, limit int) ([]Link, error) {
	return db.All(tx, scanLink, selectLink+` AND parent = $2 AND parent <> '' AND id > $3 ORDER BY id LIMIT $4`, tx.Community(), parent, after, limit)
}

func insertLink(tx *db.Tx, l Link) (bool, error) {
	n, err := tx.Exec(`INSERT INTO growth_link (community_id, id, code, sharer, product, parent, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		tx.Community(), l.ID, l.Code, l.Sharer, l.Product, l.Parent, l.CreatedAt)
	return n == 1, err
}

// countVisit adds a view, and tells whether it is the visitor's first of the day.
func countVisit(tx *db.Tx, link, day, visitor string) (fresh bool, err error) {
	var views int
	err = tx.QueryRow(`INSERT INTO growth_visit (community_id, link, day, visitor, views) VALUES ($1, $2, $3, $4, 1)
		ON CONFLICT (community_id, link, day, visitor) DO UPDATE SET views = growth_visit.views + 1 RETURNING views`, tx.Community(), link, day, visitor).Scan(&views)
	return views == 1, err
}

// touchRow is by which links a holder came to a product.
type touchRow struct {
	holder, product     string
	person              bool
	firstLink, lastLink string
	firstAt, lastAt     time.Time
}

func scanTouch(r *db.Row) (t touchRow, err error) {
	err = r.Scan(&t.holder, &t.product, &t.person, &t.firstLink, &t.firstAt, &t.lastLink, &t.lastAt)
	return t, err
}

const touchColumns = `holder, product, person, first_link, first_at, last_link, last_at`

// foldTouch adds to what a holder's first and last links are.
func foldTouch(tx *db.Tx, t touchRow) error {
	return tx.Put(`INSERT INTO growth_touch (community_id, `+touchColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (community_id, holder, product) DO UPDATE SET
			first_link = CASE WHEN excluded.first_at < growth_touch.first_at THEN excluded.first_link ELSE growth_touch.first_link END,
			first_at = CASE WHEN excluded.first_at < growth_touch.first_at THEN excluded.first_at ELSE growth_touch.first_at END,
			last_link = CASE WHEN excluded.last_at >= growth_touch.last_at THEN excluded.last_link ELSE growth_touch.last_link END,
			last_at = CASE WHEN excluded.last_at >= growth_touch.last_at THEN excluded.last_at ELSE growth_touch.last_at END`,
		tx.Community(), t.holder, t.product, t.person, t.firstLink, t.firstAt, t.lastLink, t.lastAt)
}

// claimTouches takes what a visitor left.
func claimTouches(tx *db.Tx, visitor string) ([]touchRow, error) {
	return db.All(tx, scanTouch, `DELETE FROM growth_touch WHERE community_id = $1 AND holder = $2 AND person = FALSE RETURNING `+touchColumns, tx.Community(), visitor)
}

// touchesOf lists by which links of others a human came.
func touchesOf(tx *db.Tx, ids []string) ([]touchRow, error) {
	args := []any{tx.Community()}
	in := db.In(&args, ids)
	return db.All(tx, scanTouch, `SELECT `+touchColumns+` FROM growth_touch t WHERE community_id = $1 AND holder IN `+in+` AND person = TRUE
		AND NOT EXISTS (SELECT 1 FROM growth_link l WHERE l.community_id = t.community_id AND l.id IN (t.first_link, t.last_link) AND l.sharer IN `+in+`)
		ORDER BY first_at, product, holder`, args...)
}

func insertLead(tx *db.Tx, link, person string, at time.Time) error {
	return tx.Put(`INSERT INTO growth_lead (community_id, link, person, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, tx.Community(), link, person, at)
}

func insertMark(tx *db.Tx, person, kind, hash string) error {
	return tx.Put(`INSERT INTO growth_mark (community_id, person, kind, hash, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		tx.Community(), person, kind, hash, tx.Now())
}

// sharedMark is what two humans have in common.
func sharedMark(tx *db.Tx, one, other []string) (string, bool, error) {
	args := []any{tx.Community()}
	return db.One(tx, db.Column[string], `SELECT a.kind FROM growth_mark a JOIN growth_mark b ON b.community_id = a.community_id AND b.kind = a.kind AND b.hash = a.hash
		WHERE a.community_id = $1 AND a.person IN `+db.In(&args, one)+` AND b.person IN `+db.In(&args, other)+` ORDER BY a.kind LIMIT 1`, args...)
}

// Counts of links.

func addCounts(tx *db.Tx, links []Link) ([]LinkCount, error) {
	out, at, ids := make([]LinkCount, len(links)), map[string]*LinkCount{}, make([]string, len(links))
	for i, l := range links {
		out[i].Link, ids[i] = l, l.ID
		at[l.ID] = &out[i]
	}
	for len(ids) > 0 {
		n := min(len(ids), 64)
		if err := countLinks(tx, ids[:n], at); err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return out, nil
}

func countLinks(tx *db.Tx, ids []string, at map[string]*LinkCount) error {
	for _, q := range []struct {
		query string
		add   func(c *LinkCount, n, m int64)
	}{
		{`SELECT link, count(*), CAST(sum(views) AS BIGINT) FROM growth_visit WHERE community_id = $1 AND link IN %s GROUP BY link`, func(c *LinkCount, n, m int64) { c.Visits, c.Views = int(n), int(m) }},
		{`SELECT link, count(*), 0 FROM growth_lead WHERE community_id = $1 AND link IN %s GROUP BY link`, func(c *LinkCount, n, _ int64) { c.Leads = int(n) }},
		{
			`SELECT link, count(*), CAST(sum(paid - refunded) AS BIGINT) FROM growth_sale WHERE community_id = $1 AND link IN %s AND link <> '' GROUP BY link`,
			func(c *LinkCount, n, m int64) { c.Orders, c.Revenue = int(n), money.Fen(m) },
		},
		{`SELECT parent, count(*), 0 FROM growth_link WHERE community_id = $1 AND parent IN %s AND parent <> '' GROUP BY parent`, func(c *LinkCount, n, _ int64) { c.Children = int(n) }},
	} {
		args := []any{tx.Community()}
		err := tx.Each(func(r *db.Row) error {
			var link string
			var n, m int64
			err := r.Scan(&link, &n, &m)
			if err == nil {
				q.add(at[link], n, m)
			}
			return err
		}, strings.Replace(q.query, "%s", db.In(&args, ids), 1), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// Asking.

func lastAsked(tx *db.Tx, person string) (time.Time, error) {
	at, _, err := db.One(tx, db.Column[time.Time], `SELECT at FROM growth_asked WHERE community_id = $1 AND person = $2`, tx.Community(), person)
	return at, err
}

// spendAsk notes that a person is asked now, if that was not done after a time.
func spendAsk(tx *db.Tx, person, campaign string, before time.Time) (spent bool, last time.Time, err error) {
	n, err := tx.Exec(`INSERT INTO growth_asked (community_id, person, campaign, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (community_id, person) DO UPDATE SET campaign = excluded.campaign, at = excluded.at WHERE growth_asked.at <= $5`,
		tx.Community(), person, campaign, tx.Now(), before)
	if err != nil || n == 1 {
		return n == 1, time.Time{}, err
	}
	last, err = lastAsked(tx, person)
	return false, last, err
}

// followAsked lets the one who stands for a human have been asked when any of their ids was.
func followAsked(tx *db.Tx, ids []string) error {
	args := []any{tx.Community(), ids[0]}
	return tx.Put(`INSERT INTO growth_asked (community_id, person, campaign, at)
		SELECT community_id, $2, campaign, at FROM growth_asked WHERE community_id = $1 AND person IN `+db.In(&args, ids)+` ORDER BY at DESC LIMIT 1
		ON CONFLICT (community_id, person) DO UPDATE SET campaign = excluded.campaign, at = excluded.at`, args...)
}

func choiceOf(tx *db.Tx, person, programme string) (RewardKind, error) {
	k, _, err := db.One(tx, db.Column[RewardKind], `SELECT kind FROM growth_choice WHERE community_id = $1 AND person = $2 AND programme = $3`, tx.Community(), person, programme)
	return k, err
}

func putChoice(tx *db.Tx, person, programme string, k RewardKind) error {
	return tx.Put(`INSERT INTO growth_choice (community_id, person, programme, kind) VALUES ($1, $2, $3, $4)
		ON CONFLICT (community_id, person, programme) DO UPDATE SET kind = excluded.kind`, tx.Community(), person, programme, k)
}

func erase(tx *db.Tx, person string) error {
	for _, query := range []string{
		`DELETE FROM growth_mark WHERE community_id = $1 AND person = $2`, `DELETE FROM growth_choice WHERE community_id = $1 AND person = $2`,
		`DELETE FROM growth_asked WHERE community_id = $1 AND person = $2`, `DELETE FROM growth_touch WHERE community_id = $1 AND holder = $2 AND person = TRUE`,
	} {
		if err := tx.Put(query, tx.Community(), person); err != nil {
			return err
		}
	}
	return nil
}

// leadsOf lists by which links a human came until a time, oldest first.
func leadsOf(tx *db.Tx, ids []string, until time.Time) ([]Came, error) {
	args := []any{tx.Community(), until}
	return db.All(tx, func(r *db.Row) (c Came, err error) {
		err = r.Scan(&c.Link, &c.Sharer, &c.At)
		return c, err
	}, `SELECT d.link, l.sharer, d.at FROM growth_lead d JOIN growth_link l ON l.community_id = d.community_id AND l.id = d.link
		WHERE d.community_id = $1 AND d.at <= $2 AND d.person IN `+db.In(&args, ids)+` ORDER BY d.at, d.link LIMIT 100`, args...)
}

// reachOf adds what links brought since a day, of which since is the moment.
func reachOf(tx *db.Tx, links []string, day string, since time.Time, out map[string]Reach) error {
	for _, q := range []struct {
		query string
		from  any
		add   func(r *Reach, n, m int64)
	}{
		{`SELECT link, count(*), CAST(sum(views) AS BIGINT) FROM growth_visit WHERE community_id = $1 AND day >= $2 AND link IN %s GROUP BY link`, day, func(r *Reach, n, m int64) { r.Visits, r.Views = int(n), int(m) }},
		{`SELECT link, count(*), 0 FROM growth_lead WHERE community_id = $1 AND at >= $2 AND link IN %s GROUP BY link`, since, func(r *Reach, n, _ int64) { r.Leads = int(n) }},
		{
			`SELECT link, count(*), CAST(sum(paid - refunded) AS BIGINT) FROM growth_sale WHERE community_id = $1 AND paid_at >= $2 AND link IN %s AND link <> '' GROUP BY link`,
			since, func(r *Reach, n, m int64) { r.Orders, r.Revenue = int(n), money.Fen(m) },
		},
	} {
		args := []any{tx.Community(), q.from}
		err := tx.Each(func(r *db.Row) error {
			var link string
			var n, m int64
			err := r.Scan(&link, &n, &m)
			if err == nil {
				x := out[link]
				q.add(&x, n, m)
				out[link] = x
			}
			return err
		}, strings.Replace(q.query, "%s", db.In(&args, links), 1), args...)
		if err != nil {
			return err
		}
	}
	return nil
}
