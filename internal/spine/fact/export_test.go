package fact

import (
	"context"

	"github.com/qunce/qunce/internal/platform/db"
)

// SweepEvery is how long a lost wake can stay unnoticed.
const SweepEvery = sweepEvery

// AfterEach reads facts of several shards behind a position.
func AfterEach(tx *db.Tx, shards []int, pos int64, share int) ([]Fact, error) {
	at := make([]position, len(shards))
	for i := range at {
		at[i].read = pos
	}
	return afterEach(tx, shards, at, share)
}

// Grown lists the communities that the next sweep looks at.
func (l *Log) Grown(ctx context.Context) ([]string, error) {
	communities, _, err := l.grown(ctx)
	return communities, err
}
