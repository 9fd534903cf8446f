package community

import (
	"context"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
)

// Sweep removes a bounded number of the transaction's community's rows that have lapsed, and tells whether more are left.
// For the installation's own rows the community is "".
type Sweep func(tx *db.Tx) (more bool, err error)

// sweepTimer is the kind of the timer that each community has, and the installation (as community "").
const sweepTimer = "community.sweep"

// sweepEvery is how often lapsed rows are removed. Nothing depends on it but space: who reads them checks the time.
const sweepEvery = 6 * time.Hour

// OnSweep adds a sweep, before Register.
func (s *Service) OnSweep(sweep ...Sweep) { s.sweep = append(s.sweep, sweep...) }

// Register registers the timer that sweeps.
func (s *Service) Register(r *job.Runner) { r.OnTimer(sweepTimer, s.sweepTx) }

// Start sets the installation's own sweep. Call it once a start.
func (s *Service) Start(ctx context.Context) error {
	return s.db.Do(ctx, "", func(tx *db.Tx) error { return armSweep(tx, tx.Now()) })
}

func armSweep(tx *db.Tx, at time.Time) error { return job.At(tx, sweepTimer, "", at) }

func (s *Service) sweepTx(tx *db.Tx, _ job.Timer) error {
	next := tx.Now().Add(sweepEvery)
	for _, sweep := range s.sweep {
		more, err := sweep(tx)
		if err != nil {
			return err
		}
		if more {
			next = tx.Now().Add(time.Second)
		}
	}
	return armSweep(tx, next)
}
