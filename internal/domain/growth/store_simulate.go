package growth

import (
	"time"

	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/platform/db"
)

// salesIn are the orders that were paid in a while, in no order.
func salesIn(tx *db.Tx, from, to time.Time, limit int) ([]Sale, error) {
	return db.All(tx, scanSale, selectSale+` AND paid_at >= $2 AND paid_at < $3 LIMIT $4`, tx.Community(), from, to, limit)
}

// bondsIn are the bonds of a programme that growth came to know of in a while, and, where something of the while was told or allowed only
// later, all until then; in no order.
func bondsIn(tx *db.Tx, programme string, from, to time.Time, limit int) ([]Bond, error) {
	last, _, err := db.One(tx, db.Column[string], `SELECT COALESCE(MAX(made), $3) FROM growth_bond WHERE community_id = $1 AND programme = $2 AND made >= $3 AND bound_at < $4`,
		tx.Community(), programme, id.From(to), to)
	if err != nil {
		return nil, err
	}
	return db.All(tx, scanBond(tx.Now()), selectBond+` AND programme = $2 AND made >= $3 AND made <= $4 LIMIT $5`, tx.Community(), programme, id.From(from), last, limit)
}

// rewardsFor are what a programme gave for the orders that were paid in a while.
func rewardsFor(tx *db.Tx, programme string, from, to time.Time) ([]Reward, error) {
	return db.All(tx, scanReward(tx.Now()), selectReward+` AND programme = $2
		AND order_id IN (SELECT order_id FROM growth_sale WHERE community_id = $1 AND paid_at >= $3 AND paid_at < $4)`, tx.Community(), programme, from, to)
}
