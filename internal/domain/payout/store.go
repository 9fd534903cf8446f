package payout

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

const selectBatch = `SELECT id, state, threshold, withhold_bp, period, created_by, approved_by, looked, fact, created_at, approved_at, ended_at FROM payout_batch WHERE community_id = $1`

func scanBatch(r *db.Row) (b Batch, err error) {
	err = r.Scan(&b.ID, &b.State, &b.Threshold, &b.WithholdBP, &b.Period, &b.CreatedBy, &b.ApprovedBy, &b.looked, &b.fact, &b.CreatedAt, &b.ApprovedAt, &b.EndedAt)
	return b, err
}

func batchByID(tx *db.Tx, id, lock string) (Batch, bool, error) {
	return db.One(tx, scanBatch, selectBatch+` AND id = $2`+lock, tx.Community(), id)
}

func batchesBefore(tx *db.Tx, before time.Time, id string, limit int) ([]Batch, error) {
	return db.All(tx, scanBatch, selectBatch+` AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4`, tx.Community(), before, id, limit)
}

func insertBatch(tx *db.Tx, b Batch) error {
	return tx.Put(`INSERT INTO payout_batch (community_id, id, state, threshold, withhold_bp, period, created_by, fact, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		tx.Community(), b.ID, b.State, b.Threshold, b.WithholdBP, b.Period, b.CreatedBy, b.fact, b.CreatedAt)
}

func setState(tx *db.Tx, id string, from, to State) error {
	var ended time.Time
	if to == IsDone || to == IsCancelled {
		ended = tx.Now()
	}
	return tx.Must(`UPDATE payout_batch SET state = $4, ended_at = $5 WHERE community_id = $1 AND id = $2 AND state = $3`, tx.Community(), id, from, to, ended)
}

func setLooked(tx *db.Tx, id, account string) error {
	return tx.Must(`UPDATE payout_batch SET looked = $3 WHERE community_id = $1 AND id = $2 AND state = 'drafting'`, tx.Community(), id, account)
}

func approve(tx *db.Tx, b Batch) error {
	return tx.Must(`UPDATE payout_batch SET state = 'approved', approved_by = $3, approved_at = $4 WHERE community_id = $1 AND id = $2 AND state = 'draft' AND created_by <> $3`,
		tx.Community(), b.ID, b.ApprovedBy, b.ApprovedAt)
}

const selectLine = `SELECT id, batch, person, account, gross, withheld, net, state, reason, attempt, name, phone, created_at, ended_at FROM payout_line WHERE community_id = $1`

func scanLine(r *db.Row) (l Line, err error) {
	err = r.Scan(&l.ID, &l.Batch, &l.Person, &l.Account, &l.Gross, &l.Withheld, &l.Net, &l.State, &l.Reason, &l.Attempt, &l.name, &l.phone, &l.At, &l.EndedAt)
	return l, err
}

func lineByID(tx *db.Tx, id string) (Line, bool, error) {
	return db.One(tx, scanLine, selectLine+` AND id = $2`, tx.Community(), id)
}

// linesOf are a batch's lines after an id, of one state unless it is empty.
func linesOf(tx *db.Tx, batch string, state LineState, after string, limit int) ([]Line, error) {
	if state == "" {
		return db.All(tx, scanLine, selectLine+` AND batch = $2 AND id > $3 ORDER BY id LIMIT $4`, tx.Community(), batch, after, limit)
	}
	return db.All(tx, scanLine, selectLine+` AND batch = $2 AND state = $3 AND id > $4 ORDER BY id LIMIT $5`, tx.Community(), batch, state, after, limit)
}

func linesTo(tx *db.Tx, persons []string, before time.Time, id string, limit int) ([]Line, error) {
	args := []any{tx.Community(), before, id, limit}
	return db.All(tx, scanLine, selectLine+` AND person IN `+db.In(&args, persons)+` AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4`, args...)
}

func insertLines(tx *db.Tx, lines []Line) error {
	rows := make([][]any, 0, len(lines))
	for _, l := range lines {
		rows = append(rows, []any{tx.Community(), l.ID, l.Batch, l.Person, l.Account, int64(l.Gross), int64(l.Withheld), int64(l.Net), string(l.State), l.name, l.phone, l.At})
	}
	return tx.Insert("payout_line", []string{"community_id", "id", "batch", "person", "account", "gross", "withheld", "net", "state", "name", "phone", "created_at"}, rows)
}

func endLine(tx *db.Tx, l Line, to LineState, reason string) error {
	return tx.Must(`UPDATE payout_line SET state = $3, reason = $4, ended_at = $5 WHERE community_id = $1 AND id = $2 AND state = 'reserved' AND attempt = $6`,
		tx.Community(), l.ID, to, reason, tx.Now(), l.Attempt)
}

func retryLine(tx *db.Tx, l Line) error {
	return tx.Must(`UPDATE payout_line SET state = 'reserved', reason = '', ended_at = 0, attempt = $3 WHERE community_id = $1 AND id = $2 AND state = 'failed' AND attempt = $3 - 1`,
		tx.Community(), l.ID, l.Attempt)
}

func totals(tx *db.Tx, batch string) ([]Totals, error) {
	return db.All(tx, func(r *db.Row) (t Totals, err error) {
		err = r.Scan(&t.State, &t.Lines, &t.Gross, &t.Withheld, &t.Net)
		return t, err
	}, `SELECT state, count(*), CAST(sum(gross) AS BIGINT), CAST(sum(withheld) AS BIGINT), CAST(sum(net) AS BIGINT) FROM payout_line
		WHERE community_id = $1 AND batch = $2 GROUP BY state ORDER BY state`, tx.Community(), batch)
}
