package people

import (
	"strconv"

	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

func insertLook(tx *db.Tx, l Look) error {
	return tx.Put(`INSERT INTO people_look (community_id, person, id, kind, actor, field, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.Community(), l.Person, l.ID, string(l.Kind), l.Actor, string(l.Field), l.Reason, l.At)
}

// mostLooks bounds what is listed of a person whom exports look at again and again.
const mostLooks = 500

func looksAt(tx *db.Tx, persons []string) ([]Look, error) {
	args := []any{tx.Community()}
	return db.All(tx, func(r *db.Row) (l Look, err error) {
		var kind, field string
		err = r.Scan(&l.ID, &l.Person, &kind, &l.Actor, &field, &l.Reason, &l.At)
		l.Kind, l.Field = access.Kind(kind), FieldName(field)
		return l, err
	}, `SELECT id, person, kind, actor, field, reason, at FROM people_look WHERE community_id = $1 AND person IN `+db.In(&args, persons)+
		` ORDER BY at DESC, id DESC LIMIT `+strconv.Itoa(mostLooks), args...)
}
