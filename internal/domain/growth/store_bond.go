package growth

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

const bondColumns = `id, programme, version, binds, promoter, guest, subject, fact, state, reason, winner, task, made, bound_at, valid_until, protect_until,
	(SELECT count(*) FROM growth_reward r WHERE r.community_id = growth_bond.community_id AND r.bond = growth_bond.id)`

const selectBond = `SELECT ` + bondColumns + ` FROM growth_bond WHERE community_id = $1`

func scanBond(now time.Time) func(r *db.Row) (Bond, error) {
	return func(r *db.Row) (b Bond, err error) {
		err = r.Scan(&b.ID, &b.Programme, &b.Version, &b.Binds, &b.Promoter, &b.Guest, &b.Subject, &b.Fact, &b.stored, &b.Reason, &b.Winner, &b.task,
			&b.made, &b.BoundAt, &b.ValidUntil, &b.ProtectUntil, &b.Rewards)
		b.State = b.shown(now)
		return b, err
	}
}

func bondByID(tx *db.Tx, id string) (Bond, bool, error) {
	return db.One(tx, scanBond(tx.Now()), selectBond+` AND id = $2`, tx.Community(), id)
}

// bondByFact finds what a touch that is told again came to.
func bondByFact(tx *db.Tx, programme string, guest []string, fact string) (Bond, bool, error) {
	args := []any{tx.Community(), programme, fact}
	return db.One(tx, scanBond(tx.Now()), selectBond+` AND programme = $2 AND fact = $3 AND guest IN `+db.In(&args, guest)+` ORDER BY bound_at, id LIMIT 1`, args...)
}

// bondLike finds a bond that binds nobody for the same reason; one that an order made itself is like those of that order alone.
func bondLike(tx *db.Tx, b Bond, promoter, guest []string) (Bond, bool, error) {
	args := []any{tx.Community(), b.Programme, string(b.stored), string(b.Reason), b.Winner}
	of := ""
	if b.Binds.atOnce() {
		args, of = append(args, b.Subject), ` AND subject = $6`
	}
	return db.One(tx, scanBond(tx.Now()), selectBond+` AND programme = $2 AND state = $3 AND reason = $4 AND winner = $5`+of+`
		AND promoter IN `+db.In(&args, promoter)+` AND guest IN `+db.In(&args, guest)+` ORDER BY bound_at, id LIMIT 1`, args...)
}

// activeBonds locks a human's active bonds of a programme, the oldest first.
func activeBonds(tx *db.Tx, programme string, guest []string) ([]Bond, error) {
	args := []any{tx.Community(), programme}
	return db.All(tx, scanBond(tx.Now()), selectBond+` AND state = 'active' AND programme = $2 AND guest IN `+db.In(&args, guest)+`
		ORDER BY bound_at, id`+tx.ForUpdate(), args...)
}

// bondsBefore are the bonds that had a human before an end, of one programme or of all, the oldest first: bonds from before it that stand or
// gave way to one from then on. Column says by what that is told: bound_at, when the guest came, or made, when growth came to know.
func bondsBefore(tx *db.Tx, programme string, guest []string, column string, end any) ([]Bond, error) {
	args := []any{tx.Community(), programme, end}
	list, err := db.All(tx, scanBond(tx.Now()), selectBond+` AND (programme = $2 OR $2 = '') AND guest IN `+db.In(&args, guest)+` AND `+column+` < $3
		AND (state = 'active' OR state = 'lost' AND reason IN ('replaced', 'renewed', 'expired') AND EXISTS (
			SELECT 1 FROM growth_bond w WHERE w.community_id = growth_bond.community_id AND w.id = growth_bond.winner AND w.`+column+` >= $3))
		ORDER BY bound_at, id`, args...)
	for i := range list {
		list[i].stored = Active
	}
	return list, err
}

func insertBondRow(tx *db.Tx, b Bond, tail string) (int64, error) {
	return tx.Exec(`INSERT INTO growth_bond (community_id, id, programme, version, binds, promoter, guest, subject, fact, state, reason, winner, made, bound_at, valid_until, protect_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`+tail,
		tx.Community(), b.ID, b.Programme, b.Version, b.Binds, b.Promoter, b.Guest, b.Subject, b.Fact, b.stored, b.Reason, b.Winner, b.made, b.BoundAt, b.ValidUntil, b.ProtectUntil)
}

func insertBond(tx *db.Tx, b Bond) error {
	_, err := insertBondRow(tx, b, "")
	return err
}

// insertActive writes an active bond unless the guest has one, in which case it waits for who makes that.
func insertActive(tx *db.Tx, b Bond) (bool, error) {
	n, err := insertBondRow(tx, b, ` ON CONFLICT (community_id, programme, guest) WHERE state = 'active' DO NOTHING`)
	return n == 1, err
}

func loseBond(tx *db.Tx, id string, why Reason, winner string) error {
	return tx.Put(`UPDATE growth_bond SET state = 'lost', reason = $3, winner = $4 WHERE community_id = $1 AND id = $2 AND state = 'active'`, tx.Community(), id, why, winner)
}

func setBondTask(tx *db.Tx, id, task string) error {
	return tx.Put(`UPDATE growth_bond SET task = $3 WHERE community_id = $1 AND id = $2`, tx.Community(), id, task)
}

// refuseBond ends a pending bond.
func refuseBond(tx *db.Tx, id string) (Bond, bool, error) {
	return db.One(tx, scanBond(tx.Now()), `UPDATE growth_bond SET state = 'refused' WHERE community_id = $1 AND id = $2 AND state = 'pending' RETURNING `+bondColumns, tx.Community(), id)
}

// takePending takes a pending bond out, to be written again.
func takePending(tx *db.Tx, id string) (Bond, bool, error) {
	return db.One(tx, scanBond(tx.Now()), `DELETE FROM growth_bond WHERE community_id = $1 AND id = $2 AND state = 'pending' RETURNING `+bondColumns, tx.Community(), id)
}

// brought is the promoter of a bond that is not of an offer.
const brought = "binds <> 'offer' AND promoter"

// bondsOf lists a human's bonds as promoter or guest, newest first.
func bondsOf(tx *db.Tx, column string, ids []string, before time.Time, beforeID string, limit int) ([]Bond, error) {
	args := []any{tx.Community(), before, beforeID, limit}
	return db.All(tx, scanBond(tx.Now()), selectBond+` AND `+column+` IN `+db.In(&args, ids)+` AND (bound_at, id) < ($2, $3) ORDER BY bound_at DESC, id DESC LIMIT $4`, args...)
}

func losersTo(tx *db.Tx, winner string) ([]Bond, error) {
	return db.All(tx, scanBond(tx.Now()), selectBond+` AND winner = $2 AND winner <> '' ORDER BY bound_at, id`, tx.Community(), winner)
}
