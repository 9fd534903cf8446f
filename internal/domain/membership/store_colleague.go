package membership

import (
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// termsOfOrganisations reads what several companies have bought.
func termsOfOrganisations(tx *db.Tx, ids []string) ([]Term, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := []any{tx.Community()}
	return db.All(tx, scanTerm, selectTerm+` AND t.organisation IN `+db.In(&args, ids)+` AND t.state IN ('bought', 'refunded', 'upgraded', 'left') ORDER BY t.id`, args...)
}

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

// placesIn lists those of them in one company.
func placesIn(tx *db.Tx, organisation string, ids []string) ([]Place, error) {
	args := []any{tx.Community(), organisation}
	return db.All(tx, scanPlace, selectPlace+` AND organisation = $2 AND state = 'taken' AND person IN `+db.In(&args, ids)+` ORDER BY taken_at, id`, args...)
}

// livePlaces lists a company's places that have not ended.
func livePlaces(tx *db.Tx, organisation string) ([]Place, error) {
	return db.All(tx, scanPlace, selectPlace+` AND organisation = $2 AND state <> 'ended' ORDER BY invited_at, id`, tx.Community(), organisation)
}

type crowd struct {
	organisation string
	n            int
}

// takenPlaces counts the colleagues of every company that has some.
func takenPlaces(tx *db.Tx) ([]crowd, error) {
	return db.All(tx, func(r *db.Row) (c crowd, err error) {
		err = r.Scan(&c.organisation, &c.n)
		return c, err
	}, `SELECT organisation, count(*) FROM membership_colleague WHERE community_id = $1 AND state = 'taken' GROUP BY organisation ORDER BY organisation`, tx.Community())
}

// cutOf are the conditions of Which; $6 is the time.
var cutOf = map[Which]string{
	EveryPlace:    ` AND CAST($6 AS BIGINT) > 0`,
	StandingPlace: ` AND (state = 'taken' OR state = 'invited' AND expires_at > $6)`,
	OverPlaces:    ` AND (state = 'ended' OR state = 'invited' AND expires_at <= $6)`,
}

func placesBefore(tx *db.Tx, organisation string, which Which, before time.Time, id string, limit int) ([]Place, error) {
	return db.All(tx, scanPlace, selectPlace+` AND organisation = $2 AND (invited_at, id) < ($3, $4)`+cutOf[which]+` ORDER BY invited_at DESC, id DESC LIMIT $5`,
		tx.Community(), organisation, before, id, limit, tx.Now())
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
