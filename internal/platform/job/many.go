package job

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// AtNew sets the timers of things that have none yet, many with few statements: refs[i] is due at due[i].
func AtNew(tx *db.Tx, kind string, refs []string, due []time.Time) error {
	rows := make([][]any, len(refs))
	for i, ref := range refs {
		rows[i] = []any{kind, tx.Community(), ref, due[i]}
	}
	return tx.Insert("timer", []string{"kind", "community_id", "ref", "due_at"}, rows)
}
