package touch

import (
	"fmt"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

const campaignColumns = `id, version, name, rule, channel, message, holdout, starts_at, not_after, state, created_at, created_by, approved_at, approved_by, started_at, ended_at, after`

func scanCampaign(r *db.Row) (c Campaign, err error) {
	var rule db.JSON[Rule]
	var message db.JSON[Template]
	err = r.Scan(&c.ID, &c.Version, &c.Name, &rule, &c.Channel, &message, &c.Holdout, &c.StartsAt, &c.NotAfter, &c.State, &c.CreatedAt, &c.CreatedBy,
		&c.ApprovedAt, &c.ApprovedBy, &c.StartedAt, &c.EndedAt, &c.after)
	c.Rule, c.Message = rule.V, message.V
	return c, err
}

func insertCampaign(tx *db.Tx, c Campaign) error {
	return tx.Put(`INSERT INTO touch_campaign (community_id, id, version, name, rule, channel, message, holdout, starts_at, not_after, state, created_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		tx.Community(), c.ID, c.Version, c.Name, db.JSON[Rule]{V: c.Rule}, c.Channel, db.JSON[Template]{V: c.Message}, c.Holdout, c.StartsAt, c.NotAfter, c.State, c.CreatedAt, c.CreatedBy)
}

func readCampaign(tx *db.Tx, id, lock string) (Campaign, bool, error) {
	return db.One(tx, scanCampaign, `SELECT `+campaignColumns+` FROM touch_campaign WHERE community_id = $1 AND id = $2`+lock, tx.Community(), id)
}

func editCampaign(tx *db.Tx, c Campaign) (Campaign, bool, error) {
	return db.One(tx, scanCampaign, `UPDATE touch_campaign SET version = version + 1, name = $4, rule = $5, channel = $6, message = $7, holdout = $8, starts_at = $9, not_after = $10
		WHERE community_id = $1 AND id = $2 AND version = $3 AND state = 'draft' RETURNING `+campaignColumns,
		tx.Community(), c.ID, c.Version, c.Name, db.JSON[Rule]{V: c.Rule}, c.Channel, db.JSON[Template]{V: c.Message}, c.Holdout, c.StartsAt, c.NotAfter)
}

func approveCampaign(tx *db.Tx, id string, version int64, actor string) (Campaign, bool, error) {
	return db.One(tx, scanCampaign, `UPDATE touch_campaign SET state = 'approved', approved_at = $4, approved_by = $5
		WHERE community_id = $1 AND id = $2 AND version = $3 AND state = 'draft' RETURNING `+campaignColumns, tx.Community(), id, version, tx.Now(), actor)
}

func startCampaign(tx *db.Tx, id string) (Campaign, bool, error) {
	return db.One(tx, scanCampaign, `UPDATE touch_campaign SET state = 'sending', started_at = CASE WHEN starts_at > $3 THEN starts_at ELSE $3 END
		WHERE community_id = $1 AND id = $2 AND state = 'approved' RETURNING `+campaignColumns, tx.Community(), id, tx.Now())
}

func stopCampaign(tx *db.Tx, id string) (Campaign, bool, error) {
	return db.One(tx, scanCampaign, `UPDATE touch_campaign SET state = 'stopped', ended_at = $3
		WHERE community_id = $1 AND id = $2 AND state IN ('approved', 'sending', 'done') RETURNING `+campaignColumns, tx.Community(), id, tx.Now())
}

// moveCampaign notes how far the sending has come. Its row is locked by who calls.
func moveCampaign(tx *db.Tx, id, after string, done bool) error {
	if !done {
		return tx.Put(`UPDATE touch_campaign SET after = $3 WHERE community_id = $1 AND id = $2`, tx.Community(), id, after)
	}
	return tx.Put(`UPDATE touch_campaign SET state = 'done', ended_at = $3 WHERE community_id = $1 AND id = $2`, tx.Community(), id, tx.Now())
}

func listCampaigns(tx *db.Tx, cursor string, limit int) (page.Page[Campaign], error) {
	var us int64
	var id string
	given, err := page.Parse(cursor, &us, &id)
	if err != nil {
		return page.Page[Campaign]{}, err
	}
	args, behind := []any{tx.Community()}, ``
	if given {
		args, behind = append(args, us, id), ` AND (created_at, id) < ($2, $3)`
	}
	limit = page.Limit(limit)
	args = append(args, limit+1)
	rows, err := db.All(tx, scanCampaign, `SELECT `+campaignColumns+` FROM touch_campaign WHERE community_id = $1`+behind+
		fmt.Sprintf(` ORDER BY created_at DESC, id DESC LIMIT $%d`, len(args)), args...)
	return page.Cut(rows, limit, func(c Campaign) string { return page.Cursor(db.Micros(c.CreatedAt), c.ID) }), err
}

func countsOf(tx *db.Tx, campaign string, each func(state, reason string, n int)) error {
	return tx.Each(func(r *db.Row) error {
		var state, reason string
		var n int
		err := r.Scan(&state, &reason, &n)
		each(state, reason, n)
		return err
	}, `SELECT state, reason, touches FROM touch_campaign_count WHERE community_id = $1 AND campaign = $2`, tx.Community(), campaign)
}

// waitingOf locks touches of a campaign that wait for their time.
func waitingOf(tx *db.Tx, campaign string, limit int) ([]Touch, error) {
	return db.All(tx, scan, selectTouch+`WHERE community_id = $1 AND campaign = $2 AND campaign <> '' AND state = 'queued' AND trial = FALSE ORDER BY id LIMIT $3`+tx.ForUpdate(),
		tx.Community(), campaign, limit)
}
