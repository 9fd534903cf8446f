package growth

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// salesIn are the orders that were paid in a while, in no order.
func salesIn(tx *db.Tx, from, to time.Time, limit int) ([]Sale, error) {
	return db.All(tx, scanSale, selectSale+` AND paid_at >= $2 AND paid_at < $3 LIMIT $4`, tx.Community(), from, to, limit)
}

// bondsIn are the bonds of a programme that were made in a while, in no order.
func bondsIn(tx *db.Tx, programme string, from, to time.Time, limit int) ([]Bond, error) {
	return db.All(tx, scanBond(tx.Now()), selectBond+` AND programme = $2 AND bound_at >= $3 AND bound_at < $4 LIMIT $5`, tx.Community(), programme, from, to, limit)
}

// rewardsFor are what a programme gave for the orders that were paid in a while.
func rewardsFor(tx *db.Tx, programme string, from, to time.Time) ([]Reward, error) {
	return db.All(tx, scanReward(tx.Now()), selectReward+` AND programme = $2
		AND order_id IN (SELECT order_id FROM growth_sale WHERE community_id = $1 AND paid_at >= $3 AND paid_at < $4)`, tx.Community(), programme, from, to)
}

// stoodAt are a human's bonds of a programme that were active at a time, in the order in which they were made.
func stoodAt(tx *db.Tx, programme string, guest []string, at time.Time) ([]Bond, error) {
	args := []any{tx.Community(), programme, at}
	list, err := db.All(tx, scanBond(tx.Now()), selectBond+` AND programme = $2 AND bound_at < $3 AND guest IN `+db.In(&args, guest)+`
		AND (state = 'active' OR state = 'lost' AND reason IN ('replaced', 'renewed', 'expired') AND EXISTS (
			SELECT 1 FROM growth_bond w WHERE w.community_id = growth_bond.community_id AND w.id = growth_bond.winner AND w.bound_at >= $3))
		ORDER BY bound_at, id`, args...)
	for i := range list {
		list[i].stored = Active
	}
	return list, err
}
