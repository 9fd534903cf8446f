package launch

import (
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

const (
	launchColumns = `id, title, product, begins, ends, target_pledges, target_reach, target_endorsers, version, created_at, closed_at`
	selectLaunch  = `SELECT ` + launchColumns + ` FROM launch WHERE community_id = $1`
)

func scanLaunch(r *db.Row) (l Launch, err error) {
	err = r.Scan(&l.ID, &l.Title, &l.Product, &l.Begins, &l.Ends, &l.Target.Pledges, &l.Target.Reach, &l.Target.Endorsers, &l.Version, &l.CreatedAt, &l.ClosedAt)
	return l, err
}

func insertLaunch(tx *db.Tx, l Launch) error {
	_, err := tx.Exec(`INSERT INTO launch (community_id, `+launchColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		tx.Community(), l.ID, l.Title, l.Product, l.Begins, l.Ends, l.Target.Pledges, l.Target.Reach, l.Target.Endorsers, l.Version, l.CreatedAt, l.ClosedAt)
	return err
}

// updateLaunch changes an open launch of a version.
func updateLaunch(tx *db.Tx, l Launch) (Launch, bool, error) {
	return db.One(tx, scanLaunch, `UPDATE launch SET title = $3, begins = $4, ends = $5, target_pledges = $6, target_reach = $7, target_endorsers = $8, version = version + 1
		WHERE community_id = $1 AND id = $2 AND version = $9 AND closed_at = 0 RETURNING `+launchColumns,
		tx.Community(), l.ID, l.Title, l.Begins, l.Ends, l.Target.Pledges, l.Target.Reach, l.Target.Endorsers, l.Version)
}

func closeLaunch(tx *db.Tx, id string) (Launch, bool, error) {
	return db.One(tx, scanLaunch, `UPDATE launch SET closed_at = $3, version = version + 1 WHERE community_id = $1 AND id = $2 AND closed_at = 0 RETURNING `+launchColumns,
		tx.Community(), id, tx.Now())
}

func launchByID(tx *db.Tx, id string) (Launch, bool, error) {
	return db.One(tx, scanLaunch, selectLaunch+` AND id = $2`, tx.Community(), id)
}

func launchesBefore(tx *db.Tx, at int64, id string, limit int) ([]Launch, error) {
	return db.All(tx, scanLaunch, selectLaunch+` AND (begins, id) < ($2, $3) ORDER BY begins DESC, id DESC LIMIT $4`, tx.Community(), at, id, limit)
}

// oldest reads a page of what is ordered by id.
func oldest[T any](cursor string, limit int, read func(after string, limit int) ([]T, error), id func(T) string) (page.Page[T], error) {
	var after string
	if _, err := page.Parse(cursor, &after); err != nil {
		return page.Page[T]{}, err
	}
	limit = page.Limit(limit)
	rows, err := read(after, limit+1)
	return page.Cut(rows, limit, func(x T) string { return page.Cursor(id(x)) }), err
}

const (
	endorserColumns = `id, launch, person, name, title, quote, consent_at, consent_by, created_at`
	resourceColumns = `id, launch, kind, title, link, ready, created_at`
)

func scanEndorser(r *db.Row) (e Endorser, err error) {
	err = r.Scan(&e.ID, &e.Launch, &e.Person, &e.Name, &e.Title, &e.Quote, &e.ConsentAt, &e.ConsentBy, &e.CreatedAt)
	return e, err
}

func scanResource(r *db.Row) (x Resource, err error) {
	err = r.Scan(&x.ID, &x.Launch, &x.Kind, &x.Title, &x.Link, &x.Ready, &x.CreatedAt)
	return x, err
}

// insertEndorser adds one to fewer than most.
func insertEndorser(tx *db.Tx, e Endorser, most int) (bool, error) {
	n, err := tx.Exec(`INSERT INTO launch_endorser (community_id, `+endorserColumns+`)
		SELECT $1, $2, $3, $4, $5, $6, $7, CAST($8 AS BIGINT), $9, CAST($10 AS BIGINT) WHERE (SELECT count(*) FROM launch_endorser WHERE community_id = $1 AND launch = $3) < $11`,
		tx.Community(), e.ID, e.Launch, e.Person, e.Name, e.Title, e.Quote, e.ConsentAt, e.ConsentBy, e.CreatedAt, most)
	return n == 1, err
}

func lockEndorser(tx *db.Tx, id string) (Endorser, bool, error) {
	return db.One(tx, scanEndorser, `SELECT `+endorserColumns+` FROM launch_endorser WHERE community_id = $1 AND id = $2`+tx.ForUpdate(), tx.Community(), id)
}

func updateEndorser(tx *db.Tx, e Endorser) error {
	_, err := tx.Exec(`UPDATE launch_endorser SET name = $3, title = $4, quote = $5, consent_at = $6, consent_by = $7 WHERE community_id = $1 AND id = $2`,
		tx.Community(), e.ID, e.Name, e.Title, e.Quote, e.ConsentAt, e.ConsentBy)
	return err
}

func endorsersOf(tx *db.Tx, launch string, agreed bool, after string, limit int) ([]Endorser, error) {
	return db.All(tx, scanEndorser, `SELECT `+endorserColumns+` FROM launch_endorser WHERE community_id = $1 AND launch = $2 AND id > $3 AND (consent_at > 0 OR $4 = FALSE) ORDER BY id LIMIT $5`,
		tx.Community(), launch, after, agreed, limit)
}

func eraseEndorsers(tx *db.Tx, person string) error {
	_, err := tx.Exec(`DELETE FROM launch_endorser WHERE community_id = $1 AND person = $2 AND person <> ''`, tx.Community(), person)
	return err
}

// insertResource adds one to fewer than most.
func insertResource(tx *db.Tx, x Resource, most int) (bool, error) {
	n, err := tx.Exec(`INSERT INTO launch_resource (community_id, `+resourceColumns+`)
		SELECT $1, $2, $3, $4, $5, $6, $7, CAST($8 AS BIGINT) WHERE (SELECT count(*) FROM launch_resource WHERE community_id = $1 AND launch = $3) < $9`,
		tx.Community(), x.ID, x.Launch, x.Kind, x.Title, x.Link, x.Ready, x.CreatedAt, most)
	return n == 1, err
}

func updateResource(tx *db.Tx, x Resource) (Resource, bool, error) {
	return db.One(tx, scanResource, `UPDATE launch_resource SET kind = $3, title = $4, link = $5, ready = $6 WHERE community_id = $1 AND id = $2 RETURNING `+resourceColumns,
		tx.Community(), x.ID, x.Kind, x.Title, x.Link, x.Ready)
}

func resourceByID(tx *db.Tx, id string) (Resource, bool, error) {
	return db.One(tx, scanResource, `SELECT `+resourceColumns+` FROM launch_resource WHERE community_id = $1 AND id = $2`, tx.Community(), id)
}

func resourcesOf(tx *db.Tx, launch, after string, limit int) ([]Resource, error) {
	return db.All(tx, scanResource, `SELECT `+resourceColumns+` FROM launch_resource WHERE community_id = $1 AND launch = $2 AND id > $3 ORDER BY id LIMIT $4`,
		tx.Community(), launch, after, limit)
}

func deleteEndorser(tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec(`DELETE FROM launch_endorser WHERE community_id = $1 AND id = $2`, tx.Community(), id)
	return n == 1, err
}

func deleteResource(tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec(`DELETE FROM launch_resource WHERE community_id = $1 AND id = $2`, tx.Community(), id)
	return n == 1, err
}

// countParts counts who agreed of those named, and what is ready of what is noted. Both are bounded by most.
func countParts(tx *db.Tx, launch string) (endorsers, resources Progress, err error) {
	err = tx.QueryRow(`SELECT count(CASE WHEN consent_at > 0 THEN 1 END), count(*) FROM launch_endorser WHERE community_id = $1 AND launch = $2`, tx.Community(), launch).
		Scan(&endorsers.N, &endorsers.Of)
	if err != nil {
		return endorsers, resources, err
	}
	err = tx.QueryRow(`SELECT count(CASE WHEN ready THEN 1 END), count(*) FROM launch_resource WHERE community_id = $1 AND launch = $2`, tx.Community(), launch).
		Scan(&resources.N, &resources.Of)
	return endorsers, resources, err
}
