package launch

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

const (
	pledgeColumns = `id, launch, person, state, asked_at, asked_by, contacts, shares, link, promised_at, due_at, done_at, created_at`
	selectPledge  = `SELECT ` + pledgeColumns + ` FROM launch_pledge WHERE community_id = $1`
	// furthest orders a human's pledges: the one that came furthest first.
	furthest = `CASE state WHEN 'done' THEN 0 WHEN 'promised' THEN 1 WHEN 'declined' THEN 2 ELSE 3 END, id`
)

func scanPledge(r *db.Row) (p Pledge, err error) {
	err = r.Scan(p.columns()...)
	return p, err
}

func (p *Pledge) columns() []any {
	return []any{&p.ID, &p.Launch, &p.Person, &p.State, &p.AskedAt, &p.AskedBy, &p.Contacts, &p.Shares, &p.Link, &p.PromisedAt, &p.DueAt, &p.DoneAt, &p.CreatedAt}
}

// insertPledge adds a pledge, unless the person has one in the launch.
func insertPledge(tx *db.Tx, p Pledge) (bool, error) {
	n, err := tx.Exec(`INSERT INTO launch_pledge (community_id, `+pledgeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`,
		tx.Community(), p.ID, p.Launch, p.Person, p.State, p.AskedAt, p.AskedBy, p.Contacts, p.Shares, p.Link, p.PromisedAt, p.DueAt, p.DoneAt, p.CreatedAt)
	return n == 1, err
}

// askPledge asks again who has not answered.
func askPledge(tx *db.Tx, p Pledge) (bool, error) {
	n, err := tx.Exec(`UPDATE launch_pledge SET asked_at = $3, asked_by = $4 WHERE community_id = $1 AND id = $2 AND state = 'asked'`, tx.Community(), p.ID, p.AskedAt, p.AskedBy)
	return n == 1, err
}

func promisePledge(tx *db.Tx, p Pledge) (bool, error) {
	n, err := tx.Exec(`UPDATE launch_pledge SET state = 'promised', contacts = $3, shares = $4, link = $5, promised_at = $6, due_at = CASE WHEN due_at = 0 THEN $7 ELSE due_at END
		WHERE community_id = $1 AND id = $2 AND state <> 'done'`, tx.Community(), p.ID, p.Contacts, p.Shares, p.Link, p.PromisedAt, p.DueAt)
	return n == 1, err
}

// movePledge ends a human's pledge: who promised has done it, who was asked or promised won't.
func movePledge(tx *db.Tx, launch string, ids []string, to PledgeState) (Pledge, bool, error) {
	args := []any{tx.Community(), launch}
	set, from := `state = 'declined'`, `('asked', 'promised')`
	if to == Done {
		args = append(args, tx.Now())
		set, from = `state = 'done', done_at = $3`, `('promised')`
	}
	return db.One(tx, scanPledge, `UPDATE launch_pledge SET `+set+` WHERE community_id = $1 AND launch = $2 AND state IN `+from+` AND person IN `+db.In(&args, ids)+`
		RETURNING `+pledgeColumns, args...)
}

func pledgeOf(tx *db.Tx, launch string, ids []string) (Pledge, bool, error) {
	args := []any{tx.Community(), launch}
	return db.One(tx, scanPledge, selectPledge+` AND launch = $2 AND person IN `+db.In(&args, ids)+` ORDER BY `+furthest+` LIMIT 1`, args...)
}

func pledgeByID(tx *db.Tx, id string) (Pledge, bool, error) {
	return db.One(tx, scanPledge, selectPledge+` AND id = $2`, tx.Community(), id)
}

func pledgesBefore(tx *db.Tx, launch string, state PledgeState, before string, limit int) ([]Pledge, error) {
	query, args := selectPledge+` AND launch = $2`, []any{tx.Community(), launch, limit}
	for _, x := range []struct{ condition, value string }{{`state =`, string(state)}, {`id <`, before}} {
		if x.value != "" {
			args = append(args, x.value)
			query += fmt.Sprintf(` AND %s $%d`, x.condition, len(args))
		}
	}
	return db.All(tx, scanPledge, query+` ORDER BY id DESC LIMIT $3`, args...)
}

func pledgesBy(tx *db.Tx, ids []string) ([]Pledge, error) {
	args := []any{tx.Community()}
	return db.All(tx, scanPledge, selectPledge+` AND person IN `+db.In(&args, ids)+` ORDER BY id`, args...)
}

// minesOf lists a human's pledges in launches that are open.
func minesOf(tx *db.Tx, ids []string, limit int) ([]Mine, error) {
	args := []any{tx.Community(), tx.Now(), limit}
	return db.All(tx, func(r *db.Row) (m Mine, err error) {
		l := &m.Launch
		err = r.Scan(append(m.Pledge.columns(), &l.ID, &l.Title, &l.Product, &l.Begins, &l.Ends, &l.CreatedAt)...)
		return m, err
	}, `SELECT p.id, p.launch, p.person, p.state, p.asked_at, p.asked_by, p.contacts, p.shares, p.link, p.promised_at, p.due_at, p.done_at, p.created_at,
			l.id, l.title, l.product, l.begins, l.ends, l.created_at
		FROM launch_pledge p JOIN launch l ON l.community_id = p.community_id AND l.id = p.launch
		WHERE p.community_id = $1 AND l.closed_at = 0 AND l.ends > $2 AND p.person IN `+db.In(&args, ids)+` ORDER BY p.id DESC LIMIT $3`, args...)
}

// duePledges marks some of those who promised as told that it begins, and gives them.
func duePledges(tx *db.Tx, launch string, limit int) ([]Pledge, error) {
	return db.All(tx, scanPledge, `UPDATE launch_pledge SET due_at = $3 WHERE community_id = $1 AND due_at = 0 AND state = 'promised' AND id IN (
			SELECT id FROM launch_pledge WHERE community_id = $1 AND launch = $2 AND state = 'promised' AND due_at = 0 ORDER BY id LIMIT $4)
		RETURNING `+pledgeColumns, tx.Community(), launch, tx.Now(), limit)
}

func countPledges(tx *db.Tx, launch string) (c PledgeCounts, err error) {
	err = tx.Each(func(r *db.Row) error {
		var state PledgeState
		var n int
		var contacts, shares int64
		if err := r.Scan(&state, &n, &contacts, &shares); err != nil {
			return err
		}
		switch state {
		case Asked:
			c.Asked = n
		case Declined:
			c.Declined = n
		case Promised, Done:
			if c.Contacts, c.Shares = c.Contacts+contacts, c.Shares+shares; state == Done {
				c.Done = n
			} else {
				c.Promised = n
			}
		}
		return nil
	}, `SELECT state, count(*), CAST(SUM(contacts) AS BIGINT), CAST(SUM(shares) AS BIGINT) FROM launch_pledge WHERE community_id = $1 AND launch = $2 GROUP BY state`, tx.Community(), launch)
	return c, err
}

// linksAfter gives the links of those who promised, in order: two pledges of one person never share a launch.
func linksAfter(tx *db.Tx, launch, after string, limit int) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT DISTINCT link FROM launch_pledge WHERE community_id = $1 AND launch = $2 AND link <> '' AND link > $3 ORDER BY link LIMIT $4`,
		tx.Community(), launch, after, limit)
}

// foldPledges keeps of a human's pledges the one of each launch that came furthest.
func foldPledges(tx *db.Tx, ids []string) error {
	args := []any{tx.Community()}
	in := db.In(&args, ids)
	_, err := tx.Exec(`DELETE FROM launch_pledge WHERE community_id = $1 AND person IN `+in+` AND id NOT IN (
			SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY launch ORDER BY `+furthest+`) AS n FROM launch_pledge WHERE community_id = $1 AND person IN `+in+`) x WHERE n = 1)`, args...)
	return err
}
