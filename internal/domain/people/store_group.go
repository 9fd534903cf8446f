package people

import "github.com/qunce/qunce/internal/platform/db"

// movedOf gives who stands for those of the ids that were merged into another person.
func movedOf(tx *db.Tx, ids []string) (map[string]string, error) {
	roots := map[string]string{}
	for len(ids) > 0 {
		n := min(len(ids), 64)
		args := []any{tx.Community()}
		in := list(&args, ids[:n])
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
