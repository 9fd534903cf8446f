package intake

import (
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

const (
	placementColumns = `id, source, pool, name, cost, starts, ends, event, created_at`
	selectPlacement  = `SELECT ` + placementColumns + ` FROM intake_placement WHERE community_id = $1`
)

func (p *Placement) columns() []any {
	return []any{&p.ID, &p.Source, &p.Pool, &p.Name, &p.Cost, &p.Starts, &p.Ends, &p.Event, &p.CreatedAt}
}

func scanPlacement(r *db.Row) (p Placement, err error) {
	err = r.Scan(p.columns()...)
	return p, err
}

// insertPlacement adds one; added is false when its event is one already.
func insertPlacement(tx *db.Tx, p Placement) (added bool, err error) {
	n, err := tx.Exec(`INSERT INTO intake_placement (community_id, `+placementColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
		tx.Community(), p.ID, p.Source, p.Pool, p.Name, int64(p.Cost), p.Starts, p.Ends, p.Event, p.CreatedAt)
	return n == 1, err
}

func placementOfEvent(tx *db.Tx, event string) (Placement, bool, error) {
	return db.One(tx, scanPlacement, selectPlacement+` AND event = $2 AND event <> ''`, tx.Community(), event)
}

// entryToEvent is the newest entry of a placement that leads to its event, one that takes people in before one that is retired.
func entryToEvent(tx *db.Tx, placement string) (Entry, bool, error) {
	return db.One(tx, scanEntry, selectEntry+` AND placement = $2 AND placement <> '' AND path = ''
		ORDER BY CASE WHEN state = 'active' THEN 0 ELSE 1 END, created_at DESC, id DESC LIMIT 1`, tx.Community(), placement)
}

// entriesOf are the ids of a placement's entries, the newest first.
func entriesOf(tx *db.Tx, placement string) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT id FROM intake_entry WHERE community_id = $1 AND placement = $2 AND placement <> '' ORDER BY created_at DESC, id DESC LIMIT 200`, tx.Community(), placement)
}

// countToEvent sums one of the counts of a placement's entries that lead to its event up.
func countToEvent(tx *db.Tx, placement, what string) (n int64, err error) {
	err = tx.QueryRow(`SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM intake_count WHERE community_id = $1 AND what = $3
		AND entry IN (SELECT id FROM intake_entry WHERE community_id = $1 AND placement = $2 AND placement <> '' AND path = '')`, tx.Community(), placement, what).Scan(&n)
	return n, err
}

// countOrigins counts those of some persons whose first way in a placement was.
func countOrigins(tx *db.Tx, placement string, persons []string) (n int64, err error) {
	args := []any{tx.Community(), placement}
	err = tx.QueryRow(`SELECT count(*) FROM intake_origin WHERE community_id = $1 AND placement = $2 AND person IN `+db.In(&args, persons), args...).Scan(&n)
	return n, err
}

func placementByID(tx *db.Tx, id string) (Placement, bool, error) {
	return db.One(tx, scanPlacement, selectPlacement+` AND id = $2`, tx.Community(), id)
}

func updatePlacement(tx *db.Tx, p Placement) (Placement, bool, error) {
	return db.One(tx, scanPlacement, `UPDATE intake_placement SET pool = $3, name = $4, cost = $5, starts = $6, ends = $7 WHERE community_id = $1 AND id = $2 RETURNING `+placementColumns,
		tx.Community(), p.ID, p.Pool, p.Name, int64(p.Cost), p.Starts, p.Ends)
}

// placementSums are a placement's counts, each a column.
const placementSums = `
	CAST(COALESCE(SUM(CASE WHEN c.what = 'came' THEN c.n END), 0) AS BIGINT) AS came, CAST(COALESCE(SUM(CASE WHEN c.what = 'contacts' THEN c.n END), 0) AS BIGINT) AS contacts,
	CAST(COALESCE(SUM(CASE WHEN c.what = 'converted' THEN c.n END), 0) AS BIGINT) AS converted, CAST(COALESCE(SUM(CASE WHEN c.what = 'orders' THEN c.n END), 0) AS BIGINT) AS orders,
	CAST(COALESCE(SUM(CASE WHEN c.what = 'paid' THEN c.n END), 0) AS BIGINT) AS paid, CAST(COALESCE(SUM(CASE WHEN c.what = 'refunded' THEN c.n END), 0) AS BIGINT) AS refunded`

const placementFigures = `SELECT p.id, p.source, p.pool, p.name, p.cost, p.starts, p.ends, p.event, p.created_at,` + placementSums + `
	FROM intake_placement p LEFT JOIN intake_placement_count c ON c.community_id = p.community_id AND c.placement = p.id WHERE p.community_id = $1`

const placementGroup = ` GROUP BY p.community_id, p.id, p.source, p.pool, p.name, p.cost, p.starts, p.ends, p.event, p.created_at`

func (f *PlacementFigures) columns() []any {
	return append(f.Placement.columns(), &f.Came, &f.Contacts, &f.Converted, &f.Orders, &f.Paid, &f.Refunded)
}

func figuresOf(tx *db.Tx, id string) (PlacementFigures, bool, error) {
	return db.One(tx, func(r *db.Row) (f PlacementFigures, err error) {
		err = r.Scan(f.columns()...)
		f.weighed()
		return f, err
	}, placementFigures+` AND p.id = $2`+placementGroup, tx.Community(), id)
}

// scores are what placements are ranked by, the highest first.
var scores = map[Ranking]string{
	ByROI:      `CASE WHEN cost > 0 THEN (paid - refunded - cost) * 10000 / cost ELSE -4000000000000000000 END`,
	ByRevenue:  `paid - refunded`,
	ByContacts: `contacts`,
	ByRate:     `CASE WHEN contacts > 0 THEN converted * 10000 / contacts ELSE -1 END`,
	ByCost:     `cost`,
}

type ranked struct {
	PlacementFigures
	score int64
}

// rankPlacements lists placements by a score. They are as many as somebody bought; each has a handful of sums.
func rankPlacements(tx *db.Tx, by Ranking, pool string, score int64, id string, limit int) ([]ranked, error) {
	args, where := []any{tx.Community(), score, id, limit}, ``
	if pool != "" {
		args, where = append(args, pool), ` AND p.pool = $5`
	}
	return db.All(tx, func(r *db.Row) (x ranked, err error) {
		err = r.Scan(append(x.columns(), &x.score)...)
		x.weighed()
		return x, err
	}, `SELECT * FROM (SELECT f.*, CAST(`+scores[by]+` AS BIGINT) AS score FROM (`+placementFigures+where+placementGroup+`) f) s
		WHERE (score, id) < ($2, $3) ORDER BY score DESC, id DESC LIMIT $4`, args...)
}

func poolFigures(tx *db.Tx) ([]PoolFigures, error) {
	return db.All(tx, func(r *db.Row) (f PoolFigures, err error) {
		err = r.Scan(&f.Pool, &f.Placements, &f.Cost, &f.Came, &f.Contacts, &f.Converted, &f.Revenue)
		f.RateBP, f.ROIBP = ratio(f.Converted, f.Contacts), ratio(int64(f.Revenue-f.Cost), int64(f.Cost))
		return f, err
	}, `SELECT pool, count(*), CAST(SUM(cost) AS BIGINT), CAST(SUM(came) AS BIGINT), CAST(SUM(contacts) AS BIGINT), CAST(SUM(converted) AS BIGINT), CAST(SUM(paid - refunded) AS BIGINT)
		FROM (`+placementFigures+placementGroup+`) f GROUP BY pool ORDER BY pool LIMIT 200`, tx.Community())
}

// paidBackAt is when the orders of a placement, less what was given back of them, had come to a cost.
func paidBackAt(tx *db.Tx, placement string, cost money.Fen) (time.Time, bool, error) {
	return db.One(tx, db.Column[time.Time], `SELECT at FROM (
			SELECT at, order_id, SUM(paid - refunded) OVER (ORDER BY at, order_id) AS total FROM intake_sale WHERE community_id = $1 AND placement = $2) s
		WHERE total >= $3 ORDER BY at, order_id LIMIT 1`, tx.Community(), placement, int64(cost))
}

const selectOrigin = `SELECT person, placement, entry, at, contact_at FROM intake_origin WHERE community_id = $1`

func scanOrigin(r *db.Row) (o Origin, err error) {
	err = r.Scan(&o.Person, &o.placement, &o.Entry, &o.At, &o.ContactAt)
	return o, err
}

func originOf(tx *db.Tx, ids []string) (Origin, bool, error) {
	args := []any{tx.Community()}
	return db.One(tx, scanOrigin, selectOrigin+` AND person IN `+db.In(&args, ids)+` ORDER BY at, person LIMIT 1`, args...)
}

func insertOrigin(tx *db.Tx, o Origin) (bool, error) {
	n, err := tx.Exec(`INSERT INTO intake_origin (community_id, person, placement, entry, at, contact_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		tx.Community(), o.Person, o.placement, o.Entry, o.At, o.ContactAt)
	return n == 1, err
}

// reachOrigin notes when a human could be reached first, and gives the placement they came by.
func reachOrigin(tx *db.Tx, ids []string, at time.Time) (placement string, first bool, err error) {
	args := []any{tx.Community(), at}
	return db.One(tx, db.Column[string], `UPDATE intake_origin SET contact_at = $2 WHERE community_id = $1 AND contact_at = 0 AND person IN `+db.In(&args, ids)+` RETURNING placement`, args...)
}

func giveOrigin(tx *db.Tx, from, into string) error {
	_, err := tx.Exec(`UPDATE intake_origin SET person = $3 WHERE community_id = $1 AND person = $2`, tx.Community(), from, into)
	return err
}

func deleteOrigins(tx *db.Tx, from, into string) error {
	_, err := tx.Exec(`DELETE FROM intake_origin WHERE community_id = $1 AND person IN ($2, $3)`, tx.Community(), from, into)
	return err
}

func originsBefore(tx *db.Tx, placement string, at int64, person string, limit int) ([]Origin, error) {
	return db.All(tx, scanOrigin, selectOrigin+` AND placement = $2 AND (at, person) < ($3, $4) ORDER BY at DESC, person DESC LIMIT $5`, tx.Community(), placement, at, person, limit)
}

const selectSale = `SELECT order_id, placement, person, paid, refunded, at FROM intake_sale WHERE community_id = $1`

func scanSale(r *db.Row) (x PlacedSale, err error) {
	err = r.Scan(&x.Order, &x.placement, &x.Person, &x.Paid, &x.Refunded, &x.At)
	return x, err
}

func insertSale(tx *db.Tx, x PlacedSale) (bool, error) {
	n, err := tx.Exec(`INSERT INTO intake_sale (community_id, order_id, placement, person, paid, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		tx.Community(), x.Order, x.placement, x.Person, int64(x.Paid), x.At)
	return n == 1, err
}

func lockSale(tx *db.Tx, order string) (PlacedSale, bool, error) {
	return db.One(tx, scanSale, selectSale+` AND order_id = $2`+tx.ForUpdate(), tx.Community(), order)
}

func refundSale(tx *db.Tx, order string, refunded money.Fen) error {
	_, err := tx.Exec(`UPDATE intake_sale SET refunded = $3 WHERE community_id = $1 AND order_id = $2`, tx.Community(), order, int64(refunded))
	return err
}

// otherSales tells whether a person has something else that they paid for by a placement.
func otherSales(tx *db.Tx, x PlacedSale) (bool, error) {
	_, found, err := db.One(tx, db.Column[int], `SELECT 1 FROM intake_sale WHERE community_id = $1 AND person = $2 AND placement = $3 AND paid > refunded AND order_id <> $4 LIMIT 1`,
		tx.Community(), x.Person, x.placement, x.Order)
	return found, err
}

// convertedTwice are the placements by which two persons both have something that they paid for.
func convertedTwice(tx *db.Tx, one, other string) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT placement FROM intake_sale WHERE community_id = $1 AND person IN ($2, $3) AND paid > refunded
		GROUP BY placement HAVING count(DISTINCT person) = 2 ORDER BY placement`, tx.Community(), one, other)
}

func giveSales(tx *db.Tx, from, into string) error {
	_, err := tx.Exec(`UPDATE intake_sale SET person = $3 WHERE community_id = $1 AND person = $2`, tx.Community(), from, into)
	return err
}

func salesBefore(tx *db.Tx, placement string, at int64, order string, limit int) ([]PlacedSale, error) {
	return db.All(tx, scanSale, selectSale+` AND placement = $2 AND (at, order_id) < ($3, $4) ORDER BY at DESC, order_id DESC LIMIT $5`, tx.Community(), placement, at, order, limit)
}
