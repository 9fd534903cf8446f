package team

import "github.com/qunce/qunce/internal/platform/db"

func putPerson(tx *db.Tx, staff, person string) error {
	return tx.Put(`INSERT INTO team_person (community_id, staff, person) VALUES ($1, $2, $3) ON CONFLICT (community_id, staff) DO UPDATE SET person = excluded.person`,
		tx.Community(), staff, person)
}

func deletePerson(tx *db.Tx, staff string) error {
	return tx.Put(`DELETE FROM team_person WHERE community_id = $1 AND staff = $2`, tx.Community(), staff)
}

func forgetPerson(tx *db.Tx, person string) error {
	return tx.Put(`DELETE FROM team_person WHERE community_id = $1 AND person = $2`, tx.Community(), person)
}

// personsOf are the persons that the staff are, as it was said.
func personsOf(tx *db.Tx) (map[string]string, error) {
	out := map[string]string{}
	return out, tx.Each(func(r *db.Row) error {
		var staff, person string
		err := r.Scan(&staff, &person)
		out[staff] = person
		return err
	}, `SELECT staff, person FROM team_person WHERE community_id = $1`, tx.Community())
}
