package growth

import (
	"slices"
	"strconv"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

const selectCall = `SELECT id, terms, product, note, created_at, created_by, ends FROM growth_call WHERE community_id = $1`

func scanCall(r *db.Row) (c Call, err error) {
	var terms db.JSON[ProofRule]
	err = r.Scan(&c.ID, &terms, &c.Product, &c.Note, &c.CreatedAt, &c.CreatedBy, &c.Ends)
	c.Rule = terms.V
	return c, err
}

func insertCall(tx *db.Tx, c Call) error {
	_, err := tx.Exec(`INSERT INTO growth_call (community_id, id, rule, terms, product, note, created_at, created_by, ends) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		tx.Community(), c.ID, c.Rule.Name, db.JSON[ProofRule]{V: c.Rule}, c.Product, c.Note, c.CreatedAt, c.CreatedBy, c.Ends)
	return err
}

// callByID gives a call; locked, nobody else counts its proofs until the commit.
func callByID(tx *db.Tx, id string, locked bool) (Call, bool, error) {
	query := selectCall + ` AND id = $2`
	if locked {
		query += tx.ForUpdate()
	}
	return db.One(tx, scanCall, query, tx.Community(), id)
}

func endCall(tx *db.Tx, id string) (Call, bool, error) {
	return db.One(tx, scanCall, `UPDATE growth_call SET ends = $3 WHERE community_id = $1 AND id = $2 AND ends > $3
		RETURNING id, terms, product, note, created_at, created_by, ends`, tx.Community(), id, tx.Now())
}

// callsBefore lists calls that end after a time and before another, the last first.
func callsBefore(tx *db.Tx, since, before time.Time, id string, limit int) ([]Call, error) {
	return db.All(tx, scanCall, selectCall+` AND ends > $2 AND (ends, id) < ($3, $4) ORDER BY ends DESC, id DESC LIMIT $5`, tx.Community(), since, before, id, limit)
}

func countCalls(tx *db.Tx, calls []Call) ([]CallCounts, error) {
	out := make([]CallCounts, len(calls))
	for i, c := range calls {
		out[i].Call = c
		err := tx.Each(func(r *db.Row) error {
			var state ProofState
			var n int
			var amount int64
			if err := r.Scan(&state, &n, &amount); err != nil {
				return err
			}
			switch state {
			case ProofWaits:
				out[i].Waits = n
			case ProofIsHeld:
				out[i].Held = n
			case ProofAccepted:
				out[i].Approved, out[i].Spent = n, amount
			case ProofRejected:
				out[i].Refused = n
			}
			return nil
		}, `SELECT state, count(*), CAST(SUM(amount) AS BIGINT) FROM growth_proof WHERE community_id = $1 AND call = $2 GROUP BY state`, tx.Community(), c.ID)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

const (
	proofColumns = `id, call, person, picture, device, address, state, suspicions, reason, task, kind, amount, entry, decided_by, decided_at, fact, at`
	selectProof  = `SELECT ` + proofColumns + ` FROM growth_proof WHERE community_id = $1`
)

func scanProof(r *db.Row) (p Proof, err error) {
	var why db.JSON[[]Suspicion]
	err = r.Scan(&p.ID, &p.Call, &p.Person, &p.Picture, &p.device, &p.address, &p.State, &why, &p.Reason, &p.task, &p.Kind, &p.Amount, &p.entry, &p.DecidedBy, &p.DecidedAt, &p.fact, &p.At)
	p.Suspicions = why.V
	return p, err
}

func insertProof(tx *db.Tx, p Proof) error {
	_, err := tx.Exec(`INSERT INTO growth_proof (community_id, `+proofColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		tx.Community(), p.ID, p.Call, p.Person, p.Picture, p.device, p.address, p.State, db.JSON[[]Suspicion]{V: p.Suspicions}, p.Reason, p.task, p.Kind, p.Amount,
		p.entry, p.DecidedBy, p.DecidedAt, p.fact, p.At)
	return err
}

func setProofTask(tx *db.Tx, id, task string) error {
	_, err := tx.Exec(`UPDATE growth_proof SET task = $3 WHERE community_id = $1 AND id = $2`, tx.Community(), id, task)
	return err
}

// updateHeld holds a proof that nobody has decided on.
func updateHeld(tx *db.Tx, p Proof) (bool, error) {
	n, err := tx.Exec(`UPDATE growth_proof SET state = 'held', suspicions = $3 WHERE community_id = $1 AND id = $2 AND state IN ('waits', 'held')`,
		tx.Community(), p.ID, db.JSON[[]Suspicion]{V: p.Suspicions})
	return n == 1, err
}

func decideProof(tx *db.Tx, p Proof) error {
	_, err := tx.Exec(`UPDATE growth_proof SET state = $3, reason = $4, entry = $5, decided_by = $6, decided_at = $7 WHERE community_id = $1 AND id = $2 AND state IN ('waits', 'held')`,
		tx.Community(), p.ID, p.State, p.Reason, p.entry, p.DecidedBy, p.DecidedAt)
	return err
}

func proofByID(tx *db.Tx, id string) (Proof, bool, error) {
	return db.One(tx, scanProof, selectProof+` AND id = $2`, tx.Community(), id)
}

func lockProof(tx *db.Tx, id string) (Proof, bool, error) {
	return db.One(tx, scanProof, selectProof+` AND id = $2`+tx.ForUpdate(), tx.Community(), id)
}

// liveProof is a human's proof for a call that was not refused.
func liveProof(tx *db.Tx, call string, ids []string) (Proof, bool, error) {
	args := []any{tx.Community(), call}
	return db.One(tx, scanProof, selectProof+` AND call = $2 AND state <> 'refused' AND person IN `+db.In(&args, ids)+` LIMIT 1`, args...)
}

func latestProof(tx *db.Tx, call string, ids []string) (Proof, bool, error) {
	args := []any{tx.Community(), call}
	return db.One(tx, scanProof, selectProof+` AND call = $2 AND person IN `+db.In(&args, ids)+` ORDER BY id DESC LIMIT 1`, args...)
}

// countLive counts a call's proofs that were not refused, up to a limit. The call's row is locked.
func countLive(tx *db.Tx, call string, limit int) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM (SELECT 1 FROM growth_proof WHERE community_id = $1 AND call = $2 AND state <> 'refused' LIMIT $3) x`, tx.Community(), call, limit).Scan(&n)
	return n, err
}

// openProofs are a human's proofs that were not refused, for calls of the last weeks.
func openProofs(tx *db.Tx, ids []string) ([]Proof, error) {
	args := []any{tx.Community(), tx.Now().AddDate(0, 0, -2*maxProofDays)}
	return db.All(tx, scanProof, selectProof+` AND state <> 'refused' AND at > $2 AND person IN `+db.In(&args, ids)+` ORDER BY id`, args...)
}

func proofsIn(tx *db.Tx, f ProofFilter, ids []string, before string, limit int) ([]Proof, error) {
	query, args := selectProof, []any{tx.Community(), limit}
	where := func(column string, value any) {
		args = append(args, value)
		query += ` AND ` + column + ` $` + strconv.Itoa(len(args))
	}
	if f.Call != "" {
		where("call =", f.Call)
	}
	if f.State != "" {
		where("state =", f.State)
	}
	if before != "" {
		where("id <", before)
	}
	if len(ids) > 0 {
		query += ` AND person IN ` + db.In(&args, ids)
	}
	return db.All(tx, scanProof, query+` ORDER BY id DESC LIMIT $2`, args...)
}

// cluster is why a proof looks odd, and which others do with it.
type cluster struct {
	why  Suspicion
	with []Proof
}

// Bounds of what is looked at of a cluster, and the spans in which proofs count as one.
const (
	maxTwins    = 20
	maxCluster  = 200
	addressSpan = time.Hour
	burstSpan   = 10 * time.Minute
)

// alike finds what a proof resembles.
func alike(tx *db.Tx, c Call, p Proof, ids []string) (out []cluster, err error) {
	add := func(why Suspicion, least int, with []Proof, err error) error {
		if err == nil && len(with) >= least {
			out = append(out, cluster{why, with})
		}
		return err
	}
	twins, err := twinsOf(tx, p, ids)
	if err := add(SamePicture, 1, twins, err); err != nil {
		return nil, err
	}
	others := func(column, value string, since time.Time, limit int) ([]Proof, error) {
		args := []any{tx.Community(), p.Call, since, limit}
		query := selectProof + ` AND call = $2 AND at > $3 AND state <> 'refused' AND person NOT IN ` + db.In(&args, ids)
		if column != "" {
			if value == "" {
				return nil, nil
			}
			args = append(args, value)
			query += ` AND ` + column + ` = $` + strconv.Itoa(len(args)) + ` AND ` + column + ` <> ''`
		}
		return db.All(tx, scanProof, query+` ORDER BY id LIMIT $4`, args...)
	}
	near, err := others("device", p.device, time.Time{}, maxTwins)
	if err := add(OneDevice, 1, near, err); err != nil {
		return nil, err
	}
	near, err = others("address", p.address, p.At.Add(-addressSpan), maxCluster)
	if err := add(OneAddress, c.Rule.SameAddress-1, near, err); err != nil {
		return nil, err
	}
	near, err = others("", "", p.At.Add(-burstSpan), maxCluster)
	return out, add(InBurst, min(c.Rule.Burst, maxCluster)-1, near, err)
}

// twinsOf are proofs with the same picture: of others, and the person's own for another call.
func twinsOf(tx *db.Tx, p Proof, ids []string) ([]Proof, error) {
	if p.Picture == "" {
		return nil, nil
	}
	args := []any{tx.Community(), p.Picture, p.ID, p.Call, maxTwins}
	return db.All(tx, scanProof, selectProof+` AND picture = $2 AND picture <> '' AND id <> $3 AND (call <> $4 OR person NOT IN `+db.In(&args, ids)+`) ORDER BY id LIMIT $5`, args...)
}

// picturesOf are a person's proofs with a picture, and those that nobody has decided on.
func picturesOf(tx *db.Tx, person string) ([]Proof, error) {
	list, err := db.All(tx, scanProof, selectProof+` AND person = $2 ORDER BY id`, tx.Community(), person)
	return slices.DeleteFunc(list, func(p Proof) bool { return p.Picture == "" && p.Decided() }), err
}

func forgetPictures(tx *db.Tx, person string) error {
	_, err := tx.Exec(`UPDATE growth_proof SET picture = '', device = '', address = '' WHERE community_id = $1 AND person = $2`, tx.Community(), person)
	return err
}
