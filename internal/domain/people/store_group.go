package people

import (
	"slices"

	"github.com/qunce/qunce/internal/platform/db"
)

func rootOf(tx *db.Tx, id string) (string, bool, error) {
	return db.One(tx, db.Column[string], `SELECT root FROM person WHERE community_id = $1 AND id = $2`, tx.Community(), id)
}

// groupOf lists a person and everyone merged into them, themselves first. It is sorted here: asked for an order by id, SQLite
// reads the whole community in that order instead of the few by the index.
func groupOf(tx *db.Tx, root string) ([]string, error) {
	rest, err := db.All(tx, db.Column[string], `SELECT id FROM person WHERE community_id = $1 AND root = $2 AND merged_into <> ''`, tx.Community(), root)
	slices.Sort(rest)
	return append([]string{root}, rest...), err
}

// groupWith is groupOf the one who stands for a person; it is empty when there is no such person.
func groupWith(tx *db.Tx, id string) (group []string, err error) {
	err = tx.Each(func(r *db.Row) error {
		var root, other string
		err := r.Scan(&root, &other)
		if len(group) == 0 {
			group = append(group, root)
		}
		if other != "" {
			group = append(group, other)
		}
		return err
	}, `SELECT p.root, COALESCE(m.id, '') FROM person p LEFT JOIN person m ON m.community_id = p.community_id AND m.root = p.root AND m.merged_into <> ''
		WHERE p.community_id = $1 AND p.id = $2`, tx.Community(), id)
	if len(group) > 0 {
		slices.Sort(group[1:])
	}
	return group, err
}

// movedOf gives who stands for those of the ids that were merged into another person.
func movedOf(tx *db.Tx, ids []string) (map[string]string, error) {
	roots := map[string]string{}
	for len(ids) > 0 {
		n := min(len(ids), 64)
		args := []any{tx.Community()}
		in := db.In(&args, ids[:n])
		err := tx.Each(func(r *db.Row) error {
			var id, root string
			err := r.Scan(&id, &root)
			roots[id] = root
			return err
		}, `SELECT id, root FROM person WHERE community_id = $1 AND root <> id AND id IN `+in, args...)
		if err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return roots, nil
}
