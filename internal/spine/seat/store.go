package seat

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// LockTx takes the lock that orders those who give and free places in the community. Who decides by rows of their own whether
// to ask for a place takes it before reading them.
func (s *Service) LockTx(tx *db.Tx) error { return s.lock(tx) }

// lockName is under what a closure notes that it has the lock.
const lockName = "seat.lock"

// lock takes the community's lock; see doc.go. SQLite has one writer, which is lock enough.
func (s *Service) lock(tx *db.Tx) error {
	if tx.Dialect() == db.SQLite || s.guardsOnly || !tx.First(lockName) {
		return nil
	}
	tx.Forget("") // those who had the lock may have changed what was read before
	return tx.Lock(`SELECT 1 FROM seat_lock WHERE community_id = $1 FOR UPDATE`, tx.Community())
}

// standing is how things are when a claim is made.
type standing struct {
	group   Group
	used    int    // the holder's live units in the group
	seat    string // that has the claim's key
	opening bool   // a pool has opened and its timer has not fired yet
}

// stand reads a claim's standing.
func (s *Service) stand(tx *db.Tx, group, holder, key string) (standing, error) {
	st := standing{group: Group{Name: group, guardless: s.guardless}}
	g := &st.group
	var offer int64
	err := tx.QueryRow(`SELECT g.per_holder, g.reserve, g.growable, g.policy, g.owner, g.offer_us, COALESCE(h.used, 0), COALESCE(k.id, ''),
			EXISTS (SELECT 1 FROM seat_pool p WHERE p.community_id = $1 AND p.group_name = $2 AND p.has_room = TRUE AND p.opening AND p.opens <= $5)
		FROM seat_group g LEFT JOIN seat_holder h ON h.community_id = g.community_id AND h.group_name = g.name AND h.holder = $3
		LEFT JOIN seat k ON k.community_id = g.community_id AND k.key = $4
		WHERE g.community_id = $1 AND g.name = $2`, tx.Community(), group, holder, key, tx.Now()).
		Scan(&g.PerHolder, &g.Reserve, &g.Growable, &g.Policy, &g.Owner, &offer, &st.used, &st.seat, &st.opening)
	g.OfferFor = time.Duration(offer) * time.Microsecond
	if errors.Is(err, db.ErrNoRows) {
		return st, ErrUnknownGroup.With("group", group)
	}
	return st, err
}

func scanGroup(r *db.Row) (g Group, err error) {
	var offer int64
	err = r.Scan(&g.Name, &g.PerHolder, &g.Reserve, &g.Growable, &g.Policy, &g.Owner, &offer)
	g.OfferFor = time.Duration(offer) * time.Microsecond
	return g, err
}

const selectGroup = `SELECT name, per_holder, reserve, growable, policy, owner, offer_us FROM seat_group WHERE community_id = $1 `

func putGroup(tx *db.Tx, g Group) (bool, error) {
	if err := tx.Put(`INSERT INTO seat_lock (community_id) VALUES ($1) ON CONFLICT DO NOTHING`, tx.Community()); err != nil {
		return false, err
	}
	n, err := tx.Exec(`INSERT INTO seat_group (community_id, name, per_holder, reserve, growable, policy, owner, offer_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (community_id, name) DO UPDATE SET per_holder = excluded.per_holder, reserve = excluded.reserve, growable = excluded.growable,
			policy = excluded.policy, owner = excluded.owner, offer_us = excluded.offer_us
		WHERE seat_group.owner IN ('', excluded.owner) AND (excluded.per_holder >= seat_group.per_holder OR NOT EXISTS (SELECT 1 FROM seat_holder h
			WHERE h.community_id = excluded.community_id AND h.group_name = excluded.name AND h.used > excluded.per_holder))`,
		tx.Community(), g.Name, g.PerHolder, g.Reserve, g.Growable, g.Policy, g.Owner, g.OfferFor.Microseconds())
	return n == 1, err
}

func mostOfHolder(tx *db.Tx, group string) (n int, err error) {
	err = tx.QueryRow(`SELECT COALESCE(max(used), 0) FROM seat_holder WHERE community_id = $1 AND group_name = $2`, tx.Community(), group).Scan(&n)
	return n, err
}

// place is what a claim needs of a pool.
type place struct {
	pool, circle, subject string
	room                  int // left in the pool
}

// fitting says in SQL that a pool asks for nothing but n attributes given as arguments from first on.
func fitting(alias string, first, n int) string {
	expr := alias + ".attributes"
	for i := range n {
		expr = fmt.Sprintf("replace(%s, $%d, '')", expr, first+i)
	}
	return expr + " = ''"
}

// candidates is the condition that pools of a group fit a want, with its arguments: $1 community, $2 group, $3 quantity,
// $4 now, and then the want's.
func candidates(tx *db.Tx, group string, qty int, w Want, except string) (which func(alias string) string, fits func(alias string) string, args []any) {
	given := pairs(w.Attributes)
	args = []any{tx.Community(), group, qty, tx.Now()}
	for _, p := range given {
		args = append(args, p)
	}
	pool, not := 0, 0
	if w.Pool != "" {
		args = append(args, w.Pool)
		pool = len(args)
	}
	if except != "" {
		args = append(args, except)
		not = len(args)
	}
	which = func(alias string) string {
		cond := fmt.Sprintf("%[1]s.community_id = $1 AND %[1]s.group_name = $2", alias)
		if pool > 0 {
			cond += fmt.Sprintf(" AND %s.id = $%d", alias, pool)
		}
		if not > 0 {
			cond += fmt.Sprintf(" AND %s.id <> $%d", alias, not)
		}
		return cond
	}
	return which, func(alias string) string { return fitting(alias, 5, len(given)) }, args
}

var order = map[Policy]string{
	FillFirst:   "",
	LeastLoaded: "p.used * 1000000 / p.capacity, ",
	Weighted:    "p.used * 1000000 / p.weight, ",
	OnDuty:      "p.on_duty DESC, p.used * 1000000 / p.capacity, ",
}

// chosen is the rest of a query for the candidate that the policy chooses.
func chosen(policy Policy, which, fits func(alias string) string) string {
	return `FROM seat_pool p WHERE ` + which("p") + ` AND p.has_room = TRUE AND p.used + $3 <= p.capacity
		AND p.opens <= $4 AND (p.closes = 0 OR p.closes > $4) AND ` + fits("p") + ` ORDER BY ` + order[policy] + `p.position, p.id LIMIT 1`
}

// raiseFitting takes units of the pool that the policy chooses. The outer condition is the guard: on PostgreSQL another
// transaction may have taken the last place since the choice.
func raiseFitting(tx *db.Tx, g Group, qty int, w Want, except string) (at place, found bool, err error) {
	which, fits, args := candidates(tx, g.Name, qty, w, except)
	guard := ` AND has_room = TRUE AND used + $3 <= capacity`
	if g.guardless {
		guard = ``
	}
	return db.One(tx, scanPlace, `UPDATE seat_pool SET used = used + $3, has_room = (used + $3 < capacity)
		WHERE community_id = $1`+guard+` AND id = (
			SELECT p.id `+chosen(g.Policy, which, fits)+`)
		RETURNING id, circle, subject, capacity - used`, args...)
}

func scanPlace(r *db.Row) (p place, err error) {
	err = r.Scan(&p.pool, &p.circle, &p.subject, &p.room)
	return p, err
}

// firstFitting is the pool that raiseFitting would choose.
func firstFitting(tx *db.Tx, g Group, qty int, w Want) (at place, found bool, err error) {
	which, fits, args := candidates(tx, g.Name, qty, w, "")
	return db.One(tx, scanPlace, `SELECT p.id, p.circle, p.subject, p.capacity - p.used `+chosen(g.Policy, which, fits), args...)
}

// raisePool takes units of one pool, if it is open and has them.
func raisePool(tx *db.Tx, pool string, qty int) (bool, error) {
	n, err := tx.Exec(`UPDATE seat_pool SET used = used + $3, has_room = (used + $3 < capacity)
		WHERE community_id = $1 AND id = $2 AND has_room = TRUE AND used + $3 <= capacity`, tx.Community(), pool, qty)
	return n == 1, err
}

// lowerPool gives units back, and tells whether anybody waits for them and whether the group's owner was told that they ran
// out. Those above a capacity that was lowered go.
func lowerPool(tx *db.Tx, pool string, qty int) (waiting, below bool, err error) {
	err = tx.QueryRow(`UPDATE seat_pool SET used = used - $3, has_room = (state = 'open' AND used - $3 < capacity - surplus),
			capacity = CASE WHEN surplus > $3 THEN capacity - $3 ELSE capacity - surplus END, surplus = CASE WHEN surplus > $3 THEN surplus - $3 ELSE 0 END
		WHERE community_id = $1 AND id = $2
		RETURNING EXISTS (SELECT 1 FROM seat_wait w WHERE w.community_id = seat_pool.community_id AND w.group_name = seat_pool.group_name),
			EXISTS (SELECT 1 FROM seat_group g WHERE g.community_id = seat_pool.community_id AND g.name = seat_pool.group_name AND g.below)`,
		tx.Community(), pool, qty).Scan(&waiting, &below)
	return waiting, below, err
}

// raiseHolderSQL counts units for a holder, up to the group's PerHolder.
const raiseHolderSQL = `INSERT INTO seat_holder (community_id, group_name, holder, used)
		SELECT g.community_id, g.name, CAST($3 AS TEXT), CAST($4 AS BIGINT) FROM seat_group g WHERE g.community_id = $1 AND g.name = $2 AND CAST($4 AS BIGINT) <= g.per_holder
		ON CONFLICT (community_id, group_name, holder) DO UPDATE SET used = seat_holder.used + excluded.used
		WHERE seat_holder.used + excluded.used <= (SELECT g.per_holder FROM seat_group g WHERE g.community_id = $1 AND g.name = $2)`

func raiseHolder(tx *db.Tx, group, holder string, qty int) (bool, error) {
	n, err := tx.Exec(raiseHolderSQL, tx.Community(), group, holder, qty)
	return n == 1, err
}

func lowerHolder(tx *db.Tx, group, holder string, qty int) error {
	return tx.Put(`UPDATE seat_holder SET used = used - $4 WHERE community_id = $1 AND group_name = $2 AND holder = $3`, tx.Community(), group, holder, qty)
}

const seatColumns = `id, group_name, pool_id, holder, person, qty, state, key, hash, opened, expires, ended, offered, moved_from, circle, subject`

const selectSeat = `SELECT ` + seatColumns + ` FROM seat `

func scanSeat(r *db.Row) (s Seat, err error) {
	err = r.Scan(&s.ID, &s.Group, &s.Pool, &s.Holder.ID, &s.Holder.Person, &s.Qty, &s.State, &s.Key, &s.hash, &s.Opened, &s.Expires, &s.Ended,
		&s.Offered, &s.MovedFrom, &s.Circle, &s.Subject)
	return s, err
}

var seatColumnList = strings.Split("community_id, "+seatColumns, ", ")

func (s Seat) row(tx *db.Tx) []any {
	return []any{
		tx.Community(), s.ID, s.Group, s.Pool, s.Holder.ID, s.Holder.Person, s.Qty, s.State, s.Key, s.hash, s.Opened, s.Expires, s.Ended,
		s.Offered, s.MovedFrom, s.Circle, s.Subject,
	}
}

// insertSeatSQL writes a new seat unless its key is used.
const insertSeatSQL = `INSERT INTO seat (community_id, ` + seatColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT (community_id, key) DO NOTHING`

func insertSeat(tx *db.Tx, s Seat) (bool, error) {
	n, err := tx.Exec(insertSeatSQL, s.row(tx)...)
	return n == 1, err
}

// errGiven is a guard that let fewer through than were asked for under the lock.
var errGiven = errors.New("a holder's counter did not take what the lock had promised")

// insertGiven counts new seats of different holders and writes them. Holders and keys have been looked up under the lock; should
// a guard refuse one, none is given.
func insertGiven(tx *db.Tx, group string, seats []Seat) error {
	rows := make([][]any, 0, len(seats))
	for len(seats) > 0 {
		n := 1
		for 2*n <= len(seats) { // whole powers of two, so that few texts are ever prepared
			n *= 2
		}
		args := []any{tx.Community(), group}
		var values strings.Builder
		for i, s := range seats[:n] {
			if i > 0 {
				values.WriteString(", ")
			}
			fmt.Fprintf(&values, "($1, $2, $%d, CAST($%d AS BIGINT))", len(args)+1, len(args)+2)
			args = append(args, s.Holder.ID, s.Qty)
			rows = append(rows, s.row(tx))
		}
		seats = seats[n:]
		raised, err := tx.Exec(`INSERT INTO seat_holder (community_id, group_name, holder, used) VALUES `+values.String()+`
			ON CONFLICT (community_id, group_name, holder) DO UPDATE SET used = seat_holder.used + excluded.used
			WHERE seat_holder.used + excluded.used <= (SELECT g.per_holder FROM seat_group g WHERE g.community_id = $1 AND g.name = $2)`, args...)
		if err == nil && int(raised) != n {
			err = errGiven
		}
		if err != nil {
			return err
		}
	}
	return tx.Insert("seat", seatColumnList, rows)
}

// standings tells which claims' keys are known, and how many live units their holders have in the group. Each lookup is a
// subquery that gives a value: for a list or an EXISTS PostgreSQL may read the whole table.
func standings(tx *db.Tx, group string, batch []*asker) (keys map[string]bool, used map[string]int, err error) {
	args := []any{tx.Community(), group}
	var values strings.Builder
	for i := range len(batch) + more(len(batch)) {
		c := batch[min(i, len(batch)-1)].claim
		fmt.Fprintf(&values, ", ($%d, $%d)", len(args)+1, len(args)+2)
		args = append(args, c.Key, c.Holder.ID)
	}
	keys, used = map[string]bool{}, map[string]int{}
	err = tx.Each(func(r *db.Row) error {
		var key, holder, seat string
		var n int
		err := r.Scan(&key, &holder, &seat, &n)
		keys[key], used[holder] = seat != "", n
		return err
	}, `SELECT v.column1, v.column2, COALESCE((SELECT s.id FROM seat s WHERE s.community_id = $1 AND s.key = v.column1), ''),
			COALESCE((SELECT h.used FROM seat_holder h WHERE h.community_id = $1 AND h.group_name = $2 AND h.holder = v.column2), 0)
		FROM (VALUES `+values.String()[2:]+`) AS v`, args...)
	return keys, used, err
}

// more is how many are missing to a power of two, so that few texts are ever prepared.
func more(n int) int {
	whole := 1
	for whole < n {
		whole *= 2
	}
	return whole - n
}

// takeHeld turns a hold into a taken seat; found is false when it is no hold (any more).
func takeHeld(tx *db.Tx, id string) (Seat, bool, error) {
	return db.One(tx, scanSeat, `UPDATE seat SET state = 'taken', expires = 0 WHERE community_id = $1 AND id = $2 AND state = 'held' RETURNING `+seatColumns, tx.Community(), id)
}

// takeLapsed turns a lapsed hold, whose place was taken again, into a taken seat.
func takeLapsed(tx *db.Tx, id string) (Seat, bool, error) {
	return db.One(tx, scanSeat, `UPDATE seat SET state = 'taken', expires = 0, ended = 0 WHERE community_id = $1 AND id = $2 AND state = 'lapsed' RETURNING `+seatColumns,
		tx.Community(), id)
}

// endLive releases a seat that is live.
func endLive(tx *db.Tx, id string) (s Seat, found bool, err error) {
	return db.One(tx, scanSeat, `UPDATE seat SET state = 'released', ended = $3 WHERE community_id = $1 AND id = $2 AND state IN ('held', 'taken') RETURNING `+seatColumns,
		tx.Community(), id, tx.Now())
}

func moveSeat(tx *db.Tx, id, holder string) error {
	return tx.Put(`UPDATE seat SET holder = $3 WHERE community_id = $1 AND id = $2 AND state IN ('held', 'taken')`, tx.Community(), id, holder)
}

// lapseHeld ends a hold whose time is over.
func lapseHeld(tx *db.Tx, id string) (s Seat, found bool, err error) {
	return db.One(tx, scanSeat, `UPDATE seat SET state = 'lapsed', ended = $3 WHERE community_id = $1 AND id = $2 AND state = 'held' AND expires <= $3 RETURNING `+seatColumns,
		tx.Community(), id, tx.Now())
}

// roomLeft is what is left in a group's pools that have not closed.
func roomLeft(tx *db.Tx, group string) (n int, err error) {
	err = tx.QueryRow(`SELECT CAST(COALESCE(sum(capacity - used), 0) AS BIGINT) FROM seat_pool
		WHERE community_id = $1 AND group_name = $2 AND has_room = TRUE AND (closes = 0 OR closes > $3)`, tx.Community(), group, tx.Now()).Scan(&n)
	return n, err
}

// markBelow notes that the room left passed below the reserve, or came back; changed is false when it was known.
func markBelow(tx *db.Tx, group string, below bool) (changed bool, err error) {
	n, err := tx.Exec(`UPDATE seat_group SET below = $3 WHERE community_id = $1 AND name = $2 AND below <> $3`, tx.Community(), group, below)
	return n == 1, err
}

// shortage tells why a want finds no place.
type shortage struct {
	pools  int       // in the group, or the one that is wanted
	fit    int       // of these, how many fit
	open   int       // of these, how many are open now and large enough
	room   int       // of these, how many have room after all
	opens  time.Time // when the next one opens
	expiry time.Time // when the first hold in a fitting one ends that gives something back
}

func explain(tx *db.Tx, group string, qty int, w Want, except string) (sh shortage, err error) {
	which, fits, args := candidates(tx, group, qty, w, except)
	may := func(alias string) string {
		return fits(alias) + fmt.Sprintf(` AND %[1]s.state = 'open' AND %[1]s.capacity >= $3 AND (%[1]s.closes = 0 OR %[1]s.closes > $4)`, alias)
	}
	count := func(cond string) string { return `COALESCE(sum(CASE WHEN ` + cond + ` THEN 1 ELSE 0 END), 0)` }
	// Of a pool whose capacity was lowered below what is used, the first units that come back go.
	const givesBack = `CASE WHEN q.surplus = 0 THEN TRUE ELSE q.surplus < (SELECT sum(h.qty) FROM seat h
		WHERE h.community_id = $1 AND h.group_name = $2 AND h.state = 'held' AND h.pool_id = q.id AND h.expires <= s.expires) END`
	query := strings.Join([]string{
		`SELECT count(*)`, count(fits("p")), count(may("p") + ` AND p.opens <= $4`), count(may("p") + ` AND p.opens <= $4 AND p.used + $3 <= p.capacity`),
		`COALESCE(min(CASE WHEN ` + may("p") + ` AND p.opens > $4 THEN p.opens END), 0)`,
		`COALESCE((SELECT s.expires FROM seat s JOIN seat_pool q ON q.community_id = s.community_id AND q.id = s.pool_id
			WHERE s.community_id = $1 AND s.group_name = $2 AND s.state = 'held' AND ` + which("q") + ` AND ` + may("q") + ` AND ` + givesBack + ` ORDER BY s.expires LIMIT 1), 0)`,
	}, ", ") + ` FROM seat_pool p WHERE ` + which("p")
	err = tx.QueryRow(query, args...).Scan(&sh.pools, &sh.fit, &sh.open, &sh.room, &sh.opens, &sh.expiry)
	if now := tx.Now(); !sh.expiry.IsZero() && sh.expiry.Before(now) {
		sh.expiry = now // it has ended, and its timer is about to fire
	}
	return sh, err
}

func byKey(tx *db.Tx, key string) (Seat, bool, error) {
	return db.One(tx, scanSeat, selectSeat+`WHERE community_id = $1 AND key = $2`, tx.Community(), key)
}
