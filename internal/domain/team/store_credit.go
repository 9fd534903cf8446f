package team

import (
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

const creditColumns = `order_id, person, kind, department, staff, reason, turn, promoter, version, fact, amount, refunded, month, at`

const selectCredit = `SELECT ` + creditColumns + ` FROM team_credit WHERE community_id = $1`

func scanCredit(r *db.Row) (c Credit, err error) {
	err = r.Scan(&c.Order, &c.Person, &c.Kind, &c.Department, &c.Staff, &c.Reason, &c.Turn, &c.Promoter, &c.Version, &c.Fact, &c.Amount, &c.Refunded, &c.Month, &c.At)
	return c, err
}

func creditOf(tx *db.Tx, order, lock string) (Credit, bool, error) {
	return db.One(tx, scanCredit, selectCredit+` AND order_id = $2`+lock, tx.Community(), order)
}

func insertCredit(tx *db.Tx, c Credit) (bool, error) {
	n, err := tx.Exec(`INSERT INTO team_credit (community_id, order_id, person, kind, department, staff, reason, turn, promoter, version, fact, amount, month, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`,
		tx.Community(), c.Order, c.Person, c.Kind, c.Department, c.Staff, c.Reason, c.Turn, c.Promoter, c.Version, c.Fact, c.Amount, c.Month, c.At)
	return n == 1, err
}

func creditsBefore(tx *db.Tx, f CreditFilter, at int64, order string, limit int) ([]Credit, error) {
	if f.Staff != "" {
		return db.All(tx, scanCredit, selectCredit+` AND staff = $2 AND (at, order_id) < ($3, $4) ORDER BY at DESC, order_id DESC LIMIT $5`, tx.Community(), f.Staff, at, order, limit)
	}
	return db.All(tx, scanCredit, selectCredit+` AND (at, order_id) < ($2, $3) ORDER BY at DESC, order_id DESC LIMIT $4`, tx.Community(), at, order, limit)
}

// reduce takes what went back off a credit, which is locked.
func reduce(tx *db.Tx, order string, r Return) error {
	if err := tx.Must(`UPDATE team_credit SET refunded = refunded + $3 WHERE community_id = $1 AND order_id = $2`, tx.Community(), order, r.Amount); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO team_return (community_id, order_id, fact, amount, month, at) VALUES ($1, $2, $3, $4, $5, $6)`, tx.Community(), order, r.Fact, r.Amount, r.Month, r.At)
	return err
}

func returnsOf(tx *db.Tx, order string) ([]Return, error) {
	return db.All(tx, func(r *db.Row) (x Return, err error) {
		err = r.Scan(&x.Fact, &x.Amount, &x.Month, &x.At)
		return x, err
	}, `SELECT fact, amount, month, at FROM team_return WHERE community_id = $1 AND order_id = $2 ORDER BY at, fact`, tx.Community(), order)
}

// firstCredited is the first month after one in which something is to be counted; "" for none.
func firstCredited(tx *db.Tx, closed string) (month string, err error) {
	month, _, err = db.One(tx, db.Column[string], `SELECT COALESCE(MIN(month), '') FROM (
		SELECT MIN(month) AS month FROM team_credit WHERE community_id = $1 AND month > $2
		UNION ALL SELECT MIN(month) FROM team_return WHERE community_id = $1 AND month > $2) x`, tx.Community(), closed)
	return month, err
}

// salesIn are somebody's sales of a month, without what went back in it.
func salesIn(tx *db.Tx, month, department, staff string) ([]sold, error) {
	return db.All(tx, func(r *db.Row) (x sold, err error) {
		err = r.Scan(&x.order, &x.version, &x.base)
		return x, err
	}, `SELECT c.order_id, c.version, CAST(c.amount - COALESCE(SUM(r.amount), 0) AS BIGINT) FROM team_credit c
		LEFT JOIN team_return r ON r.community_id = c.community_id AND r.order_id = c.order_id AND r.month = c.month
		WHERE c.community_id = $1 AND c.month = $2 AND c.department = $3 AND c.staff = $4
		GROUP BY c.order_id, c.version, c.amount, c.at ORDER BY c.at, c.order_id`, tx.Community(), month, department, staff)
}

// wentBack is what went back in a month of somebody's orders of earlier ones.
func wentBack(tx *db.Tx, month, department, staff string) ([]gone, error) {
	return db.All(tx, func(r *db.Row) (x gone, err error) {
		err = r.Scan(&x.order, &x.version, &x.now, &x.all, &x.base, &x.earned, &x.taken)
		return x, err
	}, `SELECT c.order_id, c.version, CAST(SUM(n.amount) AS BIGINT),
			CAST((SELECT SUM(a.amount) FROM team_return a WHERE a.community_id = c.community_id AND a.order_id = c.order_id AND a.month > c.month AND a.month <= $2) AS BIGINT),
			CAST(COALESCE((SELECT SUM(l.base) FROM team_line l WHERE l.community_id = c.community_id AND l.order_id = c.order_id AND l.order_id <> '' AND l.kind = 'commission'), 0) AS BIGINT),
			CAST(COALESCE((SELECT SUM(l.fen) FROM team_line l WHERE l.community_id = c.community_id AND l.order_id = c.order_id AND l.order_id <> '' AND l.kind = 'commission'), 0) AS BIGINT),
			CAST(COALESCE((SELECT -SUM(l.fen) FROM team_line l WHERE l.community_id = c.community_id AND l.order_id = c.order_id AND l.order_id <> '' AND l.kind = 'takeback'), 0) AS BIGINT)
		FROM team_return n JOIN team_credit c ON c.community_id = n.community_id AND c.order_id = n.order_id
		WHERE n.community_id = $1 AND n.month = $2 AND c.month < $2 AND c.department = $3 AND c.staff = $4
		GROUP BY c.community_id, c.order_id, c.version, c.month ORDER BY c.order_id`, tx.Community(), month, department, staff)
}

func putTarget(tx *db.Tx, x Target) (bool, error) {
	if x.Amount == 0 {
		n, err := tx.Exec(`DELETE FROM team_target WHERE community_id = $1 AND month = $2 AND department = $3 AND staff = $4 AND kind = $5`, tx.Community(), x.Month, x.Department, x.Staff, x.Kind)
		return n > 0, err
	}
	n, err := tx.Exec(`INSERT INTO team_target (community_id, month, department, staff, kind, amount, set_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (community_id, month, department, staff, kind) DO UPDATE SET amount = excluded.amount, set_by = excluded.set_by, at = excluded.at
		WHERE team_target.amount <> excluded.amount`, tx.Community(), x.Month, x.Department, x.Staff, x.Kind, x.Amount, x.SetBy, x.At)
	return n > 0, err
}

func targetsIn(tx *db.Tx, from, to string) ([]Target, error) {
	return db.All(tx, func(r *db.Row) (x Target, err error) {
		err = r.Scan(&x.Month, &x.Department, &x.Staff, &x.Kind, &x.Amount, &x.SetBy, &x.At)
		return x, err
	}, `SELECT month, department, staff, kind, amount, set_by, at FROM team_target WHERE community_id = $1 AND month >= $2 AND month <= $3 ORDER BY month, department, staff, kind`, tx.Community(), from, to)
}

func countTurns(tx *db.Tx, from, to time.Time, x scores) error {
	return tx.Each(func(r *db.Row) error {
		var department, staff string
		var owned, touched, converted int
		err := r.Scan(&department, &staff, &owned, &touched, &converted)
		x.each(department, staff, func(s *Score) {
			s.Owned, s.Touched, s.Converted = s.Owned+owned, s.Touched+touched, s.Converted+converted
		})
		return err
	}, `SELECT department, staff, count(*), SUM(CASE WHEN touched_at > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN end_reason = 'handed' THEN 1 ELSE 0 END)
		FROM team_turn WHERE community_id = $1 AND side = 'sales' AND given_at >= $2 AND given_at < $3 AND given_at > 0 GROUP BY department, staff`, tx.Community(), from, to)
}

func sumCredits(tx *db.Tx, from, to string, x scores) error {
	return tx.Each(func(r *db.Row) error {
		var department, staff string
		var referral bool
		var orders int
		var amount money.Fen
		err := r.Scan(&department, &staff, &referral, &orders, &amount)
		x.each(department, staff, func(s *Score) {
			s.Orders += orders
			s.add(referral, amount)
		})
		return err
	}, `SELECT department, staff, kind = 'referral', count(*), CAST(SUM(amount) AS BIGINT) FROM team_credit
		WHERE community_id = $1 AND month >= $2 AND month <= $3 GROUP BY department, staff, kind = 'referral'`, tx.Community(), from, to)
}

func sumReturns(tx *db.Tx, from, to string, x scores) error {
	return tx.Each(func(r *db.Row) error {
		var department, staff string
		var referral bool
		var amount money.Fen
		err := r.Scan(&department, &staff, &referral, &amount)
		x.each(department, staff, func(s *Score) { s.add(referral, -amount) })
		return err
	}, `SELECT c.department, c.staff, c.kind = 'referral', CAST(SUM(r.amount) AS BIGINT) FROM team_return r
		JOIN team_credit c ON c.community_id = r.community_id AND c.order_id = r.order_id
		WHERE r.community_id = $1 AND r.month >= $2 AND r.month <= $3 GROUP BY c.department, c.staff, c.kind = 'referral'`, tx.Community(), from, to)
}

func (s *Score) add(referral bool, amount money.Fen) {
	if referral {
		s.Referrals += amount
	} else {
		s.Sales += amount
	}
}
