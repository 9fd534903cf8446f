package job

import (
	"errors"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// SetTimers gives the due times of a kind's timers in the community by ref, for verification.
func SetTimers(tx *db.Tx, kind string) (map[string]time.Time, error) {
	set := map[string]time.Time{}
	err := tx.Each(func(r *db.Row) error {
		var ref string
		var due time.Time
		if err := r.Scan(&ref, &due); err != nil {
			return err
		}
		set[ref] = due
		return nil
	}, `SELECT ref, due_at FROM timer WHERE kind = $1 AND community_id = $2`, kind, tx.Community())
	return set, err
}

// IsPermanent tells whether a failure was marked by Permanent.
func IsPermanent(err error) bool {
	var p permanent
	return errors.As(err, &p)
}
