package fact

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// OfOtherSince reads facts of some kinds about a subject that isn't a person, whoever else they are about, after a fact by time and id.
// Their order is that of recording: they come from several shards. kind "circle" means facts of that circle.
func OfOtherSince(tx *db.Tx, kind, subject string, kinds []string, at time.Time, id string, limit int) ([]Fact, error) {
	column := "subject"
	if kind == "circle" {
		column = "circle"
	}
	if len(kinds) == 0 {
		return nil, nil
	}
	args := []any{tx.Community(), subject, at, id, limit}
	in := db.In(&args, kinds)
	return db.All(tx, scanFact, selectFact+`WHERE community_id = $1 AND `+column+` = $2 AND `+column+` <> '' AND (recorded_at, id) > ($3, $4) AND kind IN `+in+
		` ORDER BY recorded_at, id LIMIT $5`, args...)
}
