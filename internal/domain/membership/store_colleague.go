package membership

import (
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

const selectPlace = `SELECT id, organisation, key, token, state, seat, invited_by, invited_at, expires_at, person, taken_at, ended_at, why FROM membership_colleague
	WHERE community_id = $1`

func scanPlace(r *db.Row) (p Place, err error) {
	err = r.Scan(&p.ID, &p.Organisation, &p.key, &p.Token, &p.State, &p.seat, &p.InvitedBy, &p.InvitedAt, &p.ExpiresAt, &p.Person, &p.TakenAt, &p.EndedAt, &p.Why)
	return p, err
}

// placeBy finds a place by a column that is unique.
func placeBy(tx *db.Tx, column, value string) (Place, bool, error) {
	return db.One(tx, scanPlace, selectPlace+` AND `+column+` = $2`, tx.Community(), value)
}

// placesOf lists the places that the ids of a human have.
func placesOf(tx *db.Tx, ids []string) ([]Place, error) {
	args := []any{tx.Community()}
	return db.All(tx, scanPlace, selectPlace+` AND state = 'taken' AND person IN `+db.In(&args, ids)+` ORDER BY taken_at, id`, args...)
}

// livePlaces lists a company's places that have not ended.
func livePlaces(tx *db.Tx, organisation string) ([]Place, error) {
	return db.All(tx, scanPlace, selectPlace+` AND organisation = $2 AND state <> 'ended' ORDER BY invited_at, id`, tx.Community(), organisation)
}

func placesBefore(tx *db.Tx, organisation string, before time.Time, id string, limit int) ([]Place, error) {
	return db.All(tx, scanPlace, selectPlace+` AND organisation = $2 AND (invited_at, id) < ($3, $4) ORDER BY invited_at DESC, id DESC LIMIT $5`,
		tx.Community(), organisation, before, id, limit)
}

func insertPlace(tx *db.Tx, p Place) error {
	_, err := tx.Exec(`INSERT INTO membership_colleague (community_id, id, organisation, key, token, state, seat, invited_by, invited_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, tx.Community(), p.ID, p.Organisation, p.key, p.Token, p.State, p.seat, p.InvitedBy, p.InvitedAt, p.ExpiresAt)
	return err
}

// moved refuses a guarded change that met no row: only possible without the lock.
func moved(n int64, err error) error {
	if err == nil && n != 1 {
		return fmt.Errorf("%d places were changed instead of one", n)
	}
	return err
}

func takePlace(tx *db.Tx, p Place) error {
	return moved(tx.Exec(`UPDATE membership_colleague SET state = 'taken', seat = $3, person = $4, taken_at = $5 WHERE community_id = $1 AND id = $2 AND state = 'invited'`,
		tx.Community(), p.ID, p.seat, p.Person, p.TakenAt))
}

func setPlaceEnded(tx *db.Tx, id string, why PlaceEnd) error {
	return moved(tx.Exec(`UPDATE membership_colleague SET state = 'ended', ended_at = $3, why = $4 WHERE community_id = $1 AND id = $2 AND state <> 'ended'`,
		tx.Community(), id, tx.Now(), why))
}
