package transfer

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

const importColumns = `id, name, state, layout, plan, file, size, total, pass, dry, position, counts, foreseen, reason, actor, created_at, began_at, began_done, moved_at, ended_at`

func scanImport(r *db.Row) (im Import, err error) {
	var layout db.JSON[Layout]
	var plan db.JSON[Plan]
	var counts, foreseen db.JSON[Counts]
	err = r.Scan(&im.ID, &im.Name, &im.State, &layout, &plan, &im.file, &im.Size, &im.Total, &im.pass, &im.Dry, &im.position, &counts, &foreseen, &im.Reason,
		&im.Actor, &im.CreatedAt, &im.beganAt, &im.beganDone, &im.movedAt, &im.EndedAt)
	im.Layout, im.Plan, im.Counts, im.Foreseen, im.Kept = layout.V, plan.V, counts.V, foreseen.V, im.file != ""
	im.Rate = im.Speed()
	return im, err
}

const selectImport = `SELECT ` + importColumns + ` FROM transfer_import WHERE community_id = $1`

func insertImport(tx *db.Tx, im Import) error {
	return tx.Put(`INSERT INTO transfer_import (community_id, id, name, state, layout, plan, file, size, total, actor, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		tx.Community(), im.ID, im.Name, im.State, db.JSON[Layout]{V: im.Layout}, db.JSON[Plan]{V: im.Plan}, im.file, im.Size, im.Total, im.Actor, im.CreatedAt)
}

func readImport(tx *db.Tx, id string) (Import, error) {
	return oneImport(tx, selectImport+` AND id = $2`, id)
}

func lockImport(tx *db.Tx, id string) (Import, error) {
	return oneImport(tx, selectImport+` AND id = $2`+tx.ForUpdate(), id)
}

func oneImport(tx *db.Tx, query, id string) (Import, error) {
	im, found, err := db.One(tx, scanImport, query, tx.Community(), id)
	if err == nil && !found {
		err = ErrNotFound
	}
	return im, err
}

func listImports(tx *db.Tx, before time.Time, beforeID string, limit int) ([]Import, error) {
	if before.IsZero() {
		return db.All(tx, scanImport, selectImport+` ORDER BY created_at DESC, id DESC LIMIT $2`, tx.Community(), limit)
	}
	return db.All(tx, scanImport, selectImport+` AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4`, tx.Community(), before, beforeID, limit)
}

func updatePlan(tx *db.Tx, id string, p Plan) error {
	return tx.Put(`UPDATE transfer_import SET plan = $3, state = $4 WHERE community_id = $1 AND id = $2`, tx.Community(), id, db.JSON[Plan]{V: p}, Mapped)
}

// updatePass begins a pass, or goes on with the one that was stopped.
func updatePass(tx *db.Tx, im Import) error {
	return tx.Put(`UPDATE transfer_import SET state = $3, pass = $4, dry = $5, position = $6, counts = $7, began_at = $8, began_done = $9, moved_at = $8, ended_at = 0, reason = ''
		WHERE community_id = $1 AND id = $2`, tx.Community(), im.ID, im.State, im.pass, im.Dry, im.position, db.JSON[Counts]{V: im.Counts}, im.beganAt, im.beganDone)
}

// updateState ends a pass, if it is the one that is under way; false when it isn't.
func updateState(tx *db.Tx, im Import, to State, reason string) (bool, error) {
	foreseen := im.Foreseen
	if to == Checked {
		foreseen = im.Counts
	}
	n, err := tx.Exec(`UPDATE transfer_import SET state = $5, reason = $6, ended_at = $7, foreseen = $8 WHERE community_id = $1 AND id = $2 AND pass = $3 AND state = $4`,
		tx.Community(), im.ID, im.pass, im.State, to, reason, tx.Now(), db.JSON[Counts]{V: foreseen})
	return n == 1, err
}

// movePosition takes a pass on from where it was; false when it is elsewhere, was stopped or began anew.
func movePosition(tx *db.Tx, im Import, to int, counts Counts) (bool, error) {
	n, err := tx.Exec(`UPDATE transfer_import SET position = $6, counts = $7, moved_at = $8 WHERE community_id = $1 AND id = $2 AND pass = $3 AND state = $4 AND position = $5`,
		tx.Community(), im.ID, im.pass, im.State, im.position, to, db.JSON[Counts]{V: counts}, tx.Now())
	return n == 1, err
}

func dropFile(tx *db.Tx, id string) error {
	return tx.Put(`UPDATE transfer_import SET file = '' WHERE community_id = $1 AND id = $2`, tx.Community(), id)
}

func insertProblems(tx *db.Tx, im Import, found []Problem) error {
	rows := make([][]any, 0, len(found))
	for _, p := range found {
		rows = append(rows, []any{tx.Community(), im.ID, im.pass, p.Row, db.JSON[[]Reason]{V: p.Reasons}})
	}
	return tx.Insert("transfer_problem", []string{"community_id", "import", "pass", "at_row", "reasons"}, rows)
}

// problemsAfter reads problems of a pass in the order of their rows.
func problemsAfter(tx *db.Tx, im Import, after, limit int) ([]Problem, error) {
	return db.All(tx, func(r *db.Row) (p Problem, err error) {
		var reasons db.JSON[[]Reason]
		err = r.Scan(&p.Row, &reasons)
		p.Reasons = reasons.V
		return p, err
	}, `SELECT at_row, reasons FROM transfer_problem WHERE community_id = $1 AND import = $2 AND pass = $3 AND at_row > $4 ORDER BY at_row LIMIT $5`,
		tx.Community(), im.ID, im.pass, after, limit)
}

// deleteProblems deletes some of the problems of the passes before one; more tells that some are left.
func deleteProblems(tx *db.Tx, id string, before, limit int) (more bool, err error) {
	n, err := tx.Exec(`DELETE FROM transfer_problem WHERE community_id = $1 AND import = $2 AND (pass, at_row) IN (
			SELECT pass, at_row FROM transfer_problem WHERE community_id = $1 AND import = $2 AND pass < $3 ORDER BY pass, at_row LIMIT $4)`,
		tx.Community(), id, before, limit)
	return n == int64(limit), err
}

func saveMapping(tx *db.Tx, headers string, p Plan) error {
	return tx.Put(`INSERT INTO transfer_mapping (community_id, headers, plan, saved_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (community_id, headers) DO UPDATE SET plan = excluded.plan, saved_at = excluded.saved_at`, tx.Community(), headers, db.JSON[Plan]{V: p}, tx.Now())
}

func savedMapping(tx *db.Tx, headers string) (Plan, bool, error) {
	return db.One(tx, func(r *db.Row) (Plan, error) {
		var p db.JSON[Plan]
		err := r.Scan(&p)
		return p.V, err
	}, `SELECT plan FROM transfer_mapping WHERE community_id = $1 AND headers = $2`, tx.Community(), headers)
}
