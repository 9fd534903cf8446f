package growth

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

const selectSale = `SELECT order_id, buyer, link, paid, refunded, lines, paid_at, refund_until, fact, heard FROM growth_sale WHERE community_id = $1`

// soldLine is a line as a sale keeps it.
type soldLine struct {
	Line
	Offered bool `json:"offered,omitempty"`
}

func storedLines(lines []Line) (out db.JSON[[]soldLine]) {
	for _, l := range lines {
		out.V = append(out.V, soldLine{l, l.Offered})
	}
	return out
}

func scanSale(r *db.Row) (x Sale, err error) {
	var lines db.JSON[[]soldLine]
	err = r.Scan(&x.Order, &x.Buyer, &x.Link, &x.Paid, &x.Refunded, &lines, &x.PaidAt, &x.RefundUntil, &x.Fact, &x.heard)
	for _, l := range lines.V {
		l.Line.Offered = l.Offered
		x.Lines = append(x.Lines, l.Line)
	}
	return x, err
}

func insertSale(tx *db.Tx, x Sale) (bool, error) {
	n, err := tx.Exec(`INSERT INTO growth_sale (community_id, order_id, buyer, link, paid, refunded, lines, paid_at, refund_until, fact, heard) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
		tx.Community(), x.Order, x.Buyer, x.Link, x.Paid, x.Refunded, storedLines(x.Lines), x.PaidAt, x.RefundUntil, x.Fact, tx.NewID())
	return n == 1, err
}

func saleOf(tx *db.Tx, order string) (Sale, bool, error) {
	return db.One(tx, scanSale, selectSale+` AND order_id = $2`, tx.Community(), order)
}

// refundSale notes what of an order has gone back in all, and tells whether that is more than was known. Its row orders those who
// take back.
func refundSale(tx *db.Tx, r Refund) (Sale, bool, error) {
	was, found, err := saleOf(tx, r.Order)
	if err != nil || !found {
		return Sale{}, false, err
	}
	lines := slices.Clone(r.Lines)
	for i := range lines { // what was offered never changes
		lines[i].Offered = i < len(was.Lines) && was.Lines[i].Offered
	}
	n, err := tx.Exec(`UPDATE growth_sale SET refunded = $3, lines = $4 WHERE community_id = $1 AND order_id = $2 AND refunded < $3`,
		tx.Community(), r.Order, back(lines), storedLines(lines))
	if err != nil || n == 0 {
		return Sale{}, false, err
	}
	return saleOf(tx, r.Order)
}

func salesSince(tx *db.Tx, buyer []string, since time.Time) ([]Sale, error) {
	args := []any{tx.Community(), since}
	return db.All(tx, scanSale, selectSale+` AND paid_at >= $2 AND buyer IN `+db.In(&args, buyer)+` ORDER BY paid_at, order_id`+tx.ForUpdate(), args...)
}

const selectReward = `SELECT id, order_id, programme, version, level, bond, promoter, kind, base, amount, taken, held, allowed, task, release_at, entry, due, fact, at FROM growth_reward WHERE community_id = $1`

func scanReward(now time.Time) func(r *db.Row) (Reward, error) {
	return func(r *db.Row) (x Reward, err error) {
		err = r.Scan(&x.ID, &x.Order, &x.Programme, &x.Version, &x.Level, &x.Bond, &x.Promoter, &x.Kind, &x.Base, &x.Amount, &x.Taken, &x.held, &x.allowed, &x.task, &x.ReleaseAt,
			&x.entry, &x.due, &x.Fact, &x.At)
		x.State = x.shown(now)
		return x, err
	}
}

func rewardByID(tx *db.Tx, id string) (Reward, bool, error) {
	return db.One(tx, scanReward(tx.Now()), selectReward+` AND id = $2`, tx.Community(), id)
}

func lockReward(tx *db.Tx, id string) (Reward, bool, error) {
	return db.One(tx, scanReward(tx.Now()), selectReward+` AND id = $2`+tx.ForUpdate(), tx.Community(), id)
}

// rewardsOf locks what an order earned.
func rewardsOf(tx *db.Tx, order string) ([]Reward, error) {
	return db.All(tx, scanReward(tx.Now()), selectReward+` AND order_id = $2 ORDER BY programme, level`+tx.ForUpdate(), tx.Community(), order)
}

func rewarded(tx *db.Tx, order, programme string) (bool, error) {
	_, found, err := db.One(tx, db.Column[string], `SELECT id FROM growth_reward WHERE community_id = $1 AND order_id = $2 AND programme = $3 LIMIT 1`, tx.Community(), order, programme)
	return found, err
}

func insertReward(tx *db.Tx, x Reward) error {
	return tx.Put(`INSERT INTO growth_reward (community_id, id, order_id, programme, version, level, bond, promoter, kind, base, amount, release_at, entry, due, fact, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		tx.Community(), x.ID, x.Order, x.Programme, x.Version, x.Level, x.Bond, x.Promoter, x.Kind, x.Base, x.Amount, x.ReleaseAt, x.entry, x.due, x.Fact, x.At)
}

// takeReward notes what was taken back, once a fact.
func takeReward(tx *db.Tx, id string, n, owed int64, fact string) error {
	if err := tx.Put(`UPDATE growth_reward SET taken = taken + $3 WHERE community_id = $1 AND id = $2`, tx.Community(), id, n); err != nil {
		return err
	}
	return tx.Put(`INSERT INTO growth_takeback (community_id, reward, fact, amount, owed, at) VALUES ($1, $2, $3, $4, $5, $6)`, tx.Community(), id, fact, n, owed, tx.Now())
}

func takeBacks(tx *db.Tx, reward string) ([]TakeBack, error) {
	return db.All(tx, func(r *db.Row) (x TakeBack, err error) {
		err = r.Scan(&x.Fact, &x.Amount, &x.Owed, &x.At)
		return x, err
	}, `SELECT fact, amount, owed, at FROM growth_takeback WHERE community_id = $1 AND reward = $2 ORDER BY at, fact`, tx.Community(), reward)
}

func setRewardTask(tx *db.Tx, id, task string, held bool) error {
	return tx.Put(`UPDATE growth_reward SET task = $3, held = $4 WHERE community_id = $1 AND id = $2`, tx.Community(), id, task, held)
}

// endRewardTask notes how a look at a reward ended.
func endRewardTask(tx *db.Tx, id string, allowed bool) error {
	return tx.Put(`UPDATE growth_reward SET task = '', held = FALSE, allowed = $3 WHERE community_id = $1 AND id = $2`, tx.Community(), id, allowed)
}

func setDue(tx *db.Tx, x Reward) error {
	return tx.Put(`UPDATE growth_reward SET due = $3, release_at = $4 WHERE community_id = $1 AND id = $2`, tx.Community(), x.ID, x.due, x.ReleaseAt)
}

// rewardsTo lists what a human earned, newest first.
func rewardsTo(tx *db.Tx, ids []string, before time.Time, beforeID string, limit int) ([]Reward, error) {
	args := []any{tx.Community(), before, beforeID, limit}
	return db.All(tx, scanReward(tx.Now()), selectReward+` AND promoter IN `+db.In(&args, ids)+` AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $4`, args...)
}

// HasEarnedTx tells whether a person has brought somebody and earned by it: a reward that nobody looks at, and of which something is left.
func (s *Service) HasEarnedTx(tx *db.Tx, person string) (bool, error) {
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return false, err
	}
	args := []any{tx.Community()}
	_, found, err := db.One(tx, db.Column[string], `SELECT r.id FROM growth_reward r JOIN growth_bond b ON b.community_id = r.community_id AND b.id = r.bond AND b.binds <> 'offer'
		WHERE r.community_id = $1 AND r.promoter IN `+db.In(&args, ids)+` AND r.taken < r.amount AND r.held = FALSE LIMIT 1`, args...)
	return found, err
}

// afterAllIDs comes after every id, in any order of letters.
const afterAllIDs = "zzzzzzzzzzzzzzzzzzzzz"

// rewardsIn lists rewards in a state, of some promoters or of all, the last made first.
func rewardsIn(tx *db.Tx, promoters []string, state RewardState, before string, limit int) ([]Reward, error) {
	query, args := selectReward, []any{tx.Community()}
	if len(promoters) > 0 {
		query += ` AND promoter IN ` + db.In(&args, promoters)
	}
	switch state {
	case Taken:
		query += ` AND taken >= amount`
	case Held:
		query += ` AND taken < amount AND held = TRUE`
	case Frozen, Released:
		args = append(args, tx.Now())
		query += fmt.Sprintf(` AND taken < amount AND held = FALSE AND release_at %s $%d`, map[RewardState]string{Frozen: ">", Released: "<="}[state], len(args))
	}
	args = append(args, cmp.Or(before, afterAllIDs), limit)
	return db.All(tx, scanReward(tx.Now()), query+fmt.Sprintf(` AND id < $%d ORDER BY id DESC LIMIT $%d`, len(args)-1, len(args)), args...)
}

// letThrough tells whether somebody allowed a reward for what one human bought to another.
func letThrough(tx *db.Tx, promoter, buyer []string) (bool, error) {
	args := []any{tx.Community()}
	_, found, err := db.One(tx, db.Column[string], `SELECT r.id FROM growth_reward r JOIN growth_sale s ON s.community_id = r.community_id AND s.order_id = r.order_id
		WHERE r.community_id = $1 AND r.allowed = TRUE AND r.promoter IN `+db.In(&args, promoter)+` AND s.buyer IN `+db.In(&args, buyer)+` LIMIT 1`, args...)
	return found, err
}

// ownRewards locks what a human earned by bringing themselves, as far as they still have it and nobody looks at it yet.
func ownRewards(tx *db.Tx, ids []string) ([]Reward, error) {
	args := []any{tx.Community()}
	in := db.In(&args, ids)
	return db.All(tx, scanReward(tx.Now()), selectReward+` AND promoter IN `+in+` AND held = FALSE AND taken < amount
		AND order_id IN (SELECT order_id FROM growth_sale WHERE community_id = $1 AND buyer IN `+in+`) ORDER BY id`+tx.ForUpdate(), args...)
}
