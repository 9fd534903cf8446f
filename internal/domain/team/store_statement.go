package team

import (
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

// nextEarner is one of the staff to whom something counts in a month, and who has no statement for it.
func nextEarner(tx *db.Tx, month string) (department, staff string, found bool, err error) {
	x, found, err := db.One(tx, func(r *db.Row) (x [2]string, err error) {
		err = r.Scan(&x[0], &x[1])
		return x, err
	}, `SELECT department, staff FROM team_credit WHERE community_id = $1 AND month = $2 AND staff <> ''
		UNION SELECT c.department, c.staff FROM team_return r JOIN team_credit c ON c.community_id = r.community_id AND c.order_id = r.order_id
			WHERE r.community_id = $1 AND r.month = $2 AND c.staff <> ''
		EXCEPT SELECT department, staff FROM team_statement WHERE community_id = $1 AND month = $2 ORDER BY 1, 2 LIMIT 1`, tx.Community(), month)
	return x[0], x[1], found, err
}

const selectStatement = `SELECT id, month, department, staff, state, volume, commission, taken, carried, total, closed_by, approved_by, entry, at, approved_at FROM team_statement WHERE community_id = $1`

func scanStatement(r *db.Row) (x Statement, err error) {
	err = r.Scan(&x.ID, &x.Month, &x.Department, &x.Staff, &x.State, &x.Volume, &x.Commission, &x.Taken, &x.Carried, &x.Total, &x.ClosedBy, &x.ApprovedBy, &x.Entry, &x.At, &x.ApprovedAt)
	return x, err
}

func statementByID(tx *db.Tx, id, lock string) (Statement, bool, error) {
	return db.One(tx, scanStatement, selectStatement+` AND id = $2`+lock, tx.Community(), id)
}

// owedBy is what somebody's statements have left to be carried on, in whichever departments they earned: zero or below.
func owedBy(tx *db.Tx, staff string) (owed money.Fen, err error) {
	err = tx.QueryRow(`SELECT CAST(COALESCE(SUM(CASE WHEN total < 0 THEN total ELSE 0 END) - SUM(carried), 0) AS BIGINT) FROM team_statement WHERE community_id = $1 AND staff = $2`,
		tx.Community(), staff).Scan(&owed)
	return owed, err
}

func insertStatement(tx *db.Tx, x Statement, lines []Line) error {
	_, err := tx.Exec(`INSERT INTO team_statement (community_id, id, month, department, staff, state, volume, commission, taken, carried, total, closed_by, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		tx.Community(), x.ID, x.Month, x.Department, x.Staff, x.State, x.Volume, x.Commission, x.Taken, x.Carried, x.Total, x.ClosedBy, x.At)
	if err != nil {
		return err
	}
	rows := make([][]any, 0, len(lines))
	for i, l := range lines {
		rows = append(rows, []any{tx.Community(), x.ID, i + 1, string(l.Kind), l.Order, int64(l.Base), int64(l.Reached), l.RateBP, l.Version, l.Capped, int64(l.Fen)})
	}
	return tx.Insert("team_line", []string{"community_id", "statement", "n", "kind", "order_id", "base", "reached", "rate_bp", "version", "capped", "fen"}, rows)
}

const lineColumns = `n, kind, order_id, base, reached, rate_bp, version, capped, fen`

func scanLine(r *db.Row) (l Line, err error) {
	err = r.Scan(&l.N, &l.Kind, &l.Order, &l.Base, &l.Reached, &l.RateBP, &l.Version, &l.Capped, &l.Fen)
	return l, err
}

func linesAfter(tx *db.Tx, statement string, n, limit int) ([]Line, error) {
	return db.All(tx, scanLine, `SELECT `+lineColumns+` FROM team_line WHERE community_id = $1 AND statement = $2 AND n > $3 ORDER BY n LIMIT $4`, tx.Community(), statement, n, limit)
}

// earnedBy are the lines of statements that an order has.
func earnedBy(tx *db.Tx, order string) ([]Earned, error) {
	return db.All(tx, func(r *db.Row) (e Earned, err error) {
		err = r.Scan(&e.N, &e.Kind, &e.Order, &e.Base, &e.Reached, &e.RateBP, &e.Version, &e.Capped, &e.Fen, &e.Statement, &e.Month)
		return e, err
	}, `SELECT l.n, l.kind, l.order_id, l.base, l.reached, l.rate_bp, l.version, l.capped, l.fen, s.id, s.month FROM team_line l
		JOIN team_statement s ON s.community_id = l.community_id AND s.id = l.statement
		WHERE l.community_id = $1 AND l.order_id = $2 AND l.order_id <> '' ORDER BY s.month, l.n`, tx.Community(), order)
}

func approve(tx *db.Tx, x Statement) error {
	return tx.Must(`UPDATE team_statement SET state = 'approved', approved_by = $3, approved_at = $4, entry = $5
		WHERE community_id = $1 AND id = $2 AND state = 'draft' AND closed_by <> $3 AND staff <> $3`, tx.Community(), x.ID, x.ApprovedBy, x.ApprovedAt, x.Entry)
}

func sumOf(tx *db.Tx, month string) (n int, total int64, err error) {
	err = tx.QueryRow(`SELECT count(*), CAST(COALESCE(SUM(total), 0) AS BIGINT) FROM team_statement WHERE community_id = $1 AND month = $2`, tx.Community(), month).Scan(&n, &total)
	return n, total, err
}

// statementsAfter lists by month downwards, and within it by department and staff.
func statementsAfter(tx *db.Tx, f StatementFilter, month, department, staff string, limit int) ([]Statement, error) {
	where, args := "", []any{tx.Community(), month, department, staff, limit}
	if f.Month != "" {
		args = append(args, f.Month)
		where += ` AND month = $6`
	}
	if f.Staff != "" {
		args = append(args, f.Staff)
		where += ` AND staff = $7`
		if f.Month == "" {
			where = ` AND staff = $6`
		}
	}
	return db.All(tx, scanStatement, selectStatement+where+` AND ($2 = '' OR month < $2 OR (month = $2 AND (department, staff) > ($3, $4)))
		ORDER BY month DESC, department, staff LIMIT $5`, args...)
}
