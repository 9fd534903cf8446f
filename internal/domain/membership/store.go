package membership

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

// planRow is a plan with the number of its version.
type planRow struct {
	Plan
	version int
}

// putPlan stores a plan as a new version if it differs from the one that is sold.
func putPlan(tx *db.Tx, p Plan, position int) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode plan: %w", err)
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:16])
	n, err := tx.Exec(`UPDATE membership_plan SET position = $4 WHERE community_id = $1 AND name = $2 AND hash = $3 AND active`, tx.Community(), p.Name, hash, position)
	if err != nil || n == 1 {
		return err
	}
	if err := tx.Put(`UPDATE membership_plan SET active = FALSE WHERE community_id = $1 AND name = $2 AND active`, tx.Community(), p.Name); err != nil {
		return err
	}
	err = tx.Put(`INSERT INTO membership_plan (community_id, name, version, position, active, hash, body)
		SELECT $1, $2, COALESCE(MAX(version), 0) + 1, $3, TRUE, $4, $5 FROM membership_plan WHERE community_id = $1 AND name = $2`,
		tx.Community(), p.Name, position, hash, db.RawJSON(body))
	return err
}

// retirePlans stops selling plans that are not among those given, and names them.
func retirePlans(tx *db.Tx, keep []Plan) (retired []string, err error) {
	plans, err := activePlans(tx)
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		if slices.ContainsFunc(keep, func(k Plan) bool { return k.Name == p.Name }) {
			continue
		}
		retired = append(retired, p.Name)
		if err := tx.Put(`UPDATE membership_plan SET active = FALSE WHERE community_id = $1 AND name = $2 AND active`, tx.Community(), p.Name); err != nil {
			return nil, err
		}
	}
	return retired, nil
}

func activePlans(tx *db.Tx) ([]planRow, error) {
	return db.All(tx, func(r *db.Row) (p planRow, err error) {
		var body db.JSON[Plan]
		err = r.Scan(&p.version, &body)
		p.Plan = body.V
		return p, err
	}, `SELECT version, body FROM membership_plan WHERE community_id = $1 AND active ORDER BY position, name`, tx.Community())
}

type waveRow struct {
	name, id string
	price    money.Fen
}

func scanWave(r *db.Row) (w waveRow, err error) {
	err = r.Scan(&w.name, &w.id, &w.price)
	return w, err
}

// putWave makes a wave, or sets the price of one that is there, and gives the id of its pool.
func putWave(tx *db.Tx, plan string, w Wave) (id string, err error) {
	err = tx.QueryRow(`INSERT INTO membership_wave (community_id, plan, name, id, price) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (community_id, plan, name) DO UPDATE SET price = excluded.price RETURNING id`, tx.Community(), plan, w.Name, tx.NewID(), w.Price).Scan(&id)
	return id, err
}

// wavesOf gives every wave that a plan ever had, by name.
func wavesOf(tx *db.Tx, plan string) (map[string]waveRow, error) {
	list, err := db.All(tx, scanWave, `SELECT name, id, price FROM membership_wave WHERE community_id = $1 AND plan = $2`, tx.Community(), plan)
	out := map[string]waveRow{}
	for _, w := range list {
		out[w.name] = w
	}
	return out, err
}

func waveByID(tx *db.Tx, id string) (waveRow, error) {
	return scanWave(tx.QueryRow(`SELECT name, id, price FROM membership_wave WHERE community_id = $1 AND id = $2`, tx.Community(), id))
}

const selectTerm = `SELECT t.id, t.person, t.plan, t.version, t.kind, t.state, t.price, t.credit, t.wave, t.seat, t.member_seat, t.held_until, t.bought_at,
		t.run_start, t.starts, t.ends, t.grace_until, t.ended_at, t.ended_by, t.number, t.returned, t.quoted, t.organisation, p.body
	FROM membership_term t JOIN membership_plan p ON p.community_id = t.community_id AND p.name = t.plan AND p.version = t.version WHERE t.community_id = $1`

func scanTerm(r *db.Row) (t Term, err error) {
	var plan db.JSON[Plan]
	var quoted db.JSON[[]credited]
	err = r.Scan(&t.ID, &t.Person, &t.Plan, &t.version, &t.Kind, &t.stored, &t.Price, &t.Credit, &t.Wave, &t.seat, &t.memberSeat, &t.HeldUntil, &t.BoughtAt,
		&t.RunStart, &t.Starts, &t.Ends, &t.GraceUntil, &t.EndedAt, &t.endedBy, &t.Number, &t.returned, &quoted, &t.Organisation, &plan)
	t.plan, t.Title, t.quoted = plan.V, plan.V.Title, quoted.V
	return t, err
}

func termByID(tx *db.Tx, id string) (Term, error) {
	t, found, err := db.One(tx, scanTerm, selectTerm+` AND t.id = $2`, tx.Community(), id)
	if err == nil && !found {
		err = ErrUnknownTerm
	}
	return t, err
}

// termsOf reads what the ids of a human have bought, also what was refunded or upgraded since.
func termsOf(tx *db.Tx, ids []string) ([]Term, error) {
	args := []any{tx.Community()}
	return db.All(tx, scanTerm, selectTerm+` AND t.person IN `+db.In(&args, ids)+` AND t.state IN ('bought', 'refunded', 'upgraded', 'left') ORDER BY t.id`, args...)
}

// termsOfOrganisation reads what a company has bought.
func termsOfOrganisation(tx *db.Tx, id string) ([]Term, error) {
	return db.All(tx, scanTerm, selectTerm+` AND t.organisation = $2 AND t.organisation <> '' AND t.state IN ('bought', 'refunded', 'upgraded', 'left') ORDER BY t.id`, tx.Community(), id)
}

func heldTerm(tx *db.Tx, ids []string, plan, organisation string) (Term, bool, error) {
	args := []any{tx.Community(), plan, organisation}
	t, found, err := db.One(tx, scanTerm, selectTerm+` AND t.plan = $2 AND t.organisation = $3 AND t.person IN `+db.In(&args, ids)+` AND t.state = 'held' ORDER BY t.id LIMIT 1`, args...)
	t.State = Held
	return t, found, err
}

func insertTerm(tx *db.Tx, t Term) error {
	return tx.Put(`INSERT INTO membership_term (community_id, id, person, plan, version, kind, state, price, credit, wave, seat, member_seat, held_until, quoted, organisation)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		tx.Community(), t.ID, t.Person, t.Plan, t.version, t.Kind, Held, t.Price, t.Credit, t.Wave, t.seat, t.memberSeat, t.HeldUntil, db.JSON[[]credited]{V: t.quoted}, t.Organisation)
}

func buyTerm(tx *db.Tx, t Term) error {
	return tx.Put(`UPDATE membership_term SET state = $3, kind = $4, seat = $5, member_seat = $6, bought_at = $7, run_start = $8, starts = $9, ends = $10, grace_until = $11,
			ended_at = 0, number = $12 WHERE community_id = $1 AND id = $2`,
		tx.Community(), t.ID, bought, t.Kind, t.seat, t.memberSeat, t.BoughtAt, t.RunStart, t.Starts, t.Ends, t.GraceUntil, t.Number)
}

func addReturned(tx *db.Tx, id string, part money.Fen) error {
	return tx.Put(`UPDATE membership_term SET returned = returned + $3 WHERE community_id = $1 AND id = $2`, tx.Community(), id, part)
}

// endTerm takes a term from one state to another that is its last.
func endTerm(tx *db.Tx, id string, from, to State, at time.Time, by string) error {
	return tx.Put(`UPDATE membership_term SET state = $4, ended_at = $5, ended_by = $6 WHERE community_id = $1 AND id = $2 AND state = $3`,
		tx.Community(), id, from, to, at, by)
}

func reviveTerm(tx *db.Tx, id string) error {
	return tx.Put(`UPDATE membership_term SET state = 'bought', ended_at = 0, ended_by = '' WHERE community_id = $1 AND id = $2 AND state = 'upgraded'`, tx.Community(), id)
}

func setNumber(tx *db.Tx, plan string, ids []string, number string) error {
	args := []any{tx.Community(), plan, number}
	return tx.Put(`UPDATE membership_term SET number = $3 WHERE community_id = $1 AND plan = $2 AND person IN `+db.In(&args, ids)+` AND state = 'bought'`, args...)
}

// regiveNumber makes a number that a human has had theirs again.
func regiveNumber(tx *db.Tx, series string, n int, ids []string) (bool, error) {
	args := []any{tx.Community(), series, n, tx.Now()}
	rows, err := tx.Exec(`UPDATE membership_number SET given_at = $4 WHERE community_id = $1 AND series = $2 AND n = $3 AND person IN `+db.In(&args, ids), args...)
	return rows == 1, err
}

func insertMember(tx *db.Tx, person string, since time.Time) error {
	return tx.Put(`INSERT INTO membership_member (community_id, person, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, tx.Community(), person, since)
}

func memberSince(tx *db.Tx, ids []string) (since time.Time, err error) {
	args := []any{tx.Community()}
	err = tx.QueryRow(`SELECT COALESCE(MIN(since), 0) FROM membership_member WHERE community_id = $1 AND person IN `+db.In(&args, ids), args...).Scan(&since)
	return since, err
}

func numberOf(tx *db.Tx, ids []string, pattern string) (string, bool, error) {
	args := []any{tx.Community(), pattern}
	return db.One(tx, db.Column[string], `SELECT text FROM membership_number WHERE community_id = $1 AND pattern = $2 AND person IN `+db.In(&args, ids)+` ORDER BY given_at DESC, n DESC LIMIT 1`, args...)
}

func lastNumber(tx *db.Tx, series string) (int, error) {
	n, _, err := db.One(tx, db.Column[int], `SELECT last FROM membership_series WHERE community_id = $1 AND series = $2`+tx.ForUpdate(), tx.Community(), series)
	return n, err
}

func setLast(tx *db.Tx, series string, n int) error {
	return tx.Put(`INSERT INTO membership_series (community_id, series, last) VALUES ($1, $2, $3)
		ON CONFLICT (community_id, series) DO UPDATE SET last = excluded.last`, tx.Community(), series, n)
}

// insertNumber gives a number, unless it is somebody's.
func insertNumber(tx *db.Tx, series string, n int, pattern, text, person string) (bool, error) {
	rows, err := tx.Exec(`INSERT INTO membership_number (community_id, series, n, pattern, text, person, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		tx.Community(), series, n, pattern, text, person, tx.Now())
	return rows == 1, err
}
