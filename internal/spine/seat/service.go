package seat

import (
	"context"
	"log/slog"
	"sync"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
)

// GrowFunc makes the next pool of a growable group, in the transaction of the hold that needs it: it writes what the pool
// stands for (a circle) and gives the pool, which the service adds. The pool must fit the want. A refusal means that
// there is no next one now.
type GrowFunc func(tx *db.Tx, g Group, w Want) (Pool, error)

// Service gives out seats.
type Service struct {
	db   *db.DB
	log  *slog.Logger
	grow map[string]GrowFunc

	doors sync.Map // groupKey → *door

	guardsOnly bool // tests leave out the lock to see that the guards alone hold
	guardless  bool // and then the guard of the pools, to see that nothing else does
}

// New makes the service. Call OnGrow and Register before the first hold.
func New(d *db.DB, log *slog.Logger) *Service {
	return &Service{db: d, log: log, grow: map[string]GrowFunc{}}
}

// OnGrow registers the function that makes the next pool of groups with this owner.
func (s *Service) OnGrow(owner string, fn GrowFunc) { s.grow[owner] = fn }

// The kinds of timers.
const (
	timerLapse = "seat.lapse" // of a hold
	timerOpens = "seat.opens" // of a pool, for those who wait
)

// Register gives the runner what is to be done when holds end and pools open.
func (s *Service) Register(r *job.Runner) {
	r.OnTimer(timerLapse, func(tx *db.Tx, t job.Timer) error { return s.lapse(tx, t.Ref) })
	r.OnTimer(timerOpens, func(tx *db.Tx, t job.Timer) error { return s.opened(tx, t.Ref) })
}

// Hold holds a seat for the claim's TTL, or takes it at once when there is none. The same key and content give the same
// seat again while it is live; afterwards ErrLapsed or ErrReleased, with the seat. Refusals: ErrGone, ErrMayComeBack,
// ErrNotOpen, ErrClosed, ErrNotEligible, ErrHolderFull (with a seat they have), ErrKeyReused, ErrUnknownGroup, ErrUnknownPool,
// ErrQuantity. Inside a transaction use HoldTx.
func (s *Service) Hold(ctx context.Context, community string, c Claim) (Seat, error) {
	if err := c.check(); err != nil {
		return Seat{}, err
	}
	return s.ask(ctx, community, c)
}

// Take is TakeTx in a transaction of its own.
func (s *Service) Take(ctx context.Context, community, seatID string) (seat Seat, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		seat, err = s.TakeTx(tx, seatID)
		return err
	})
	return seat, err
}

// Release is ReleaseTx in a transaction of its own.
func (s *Service) Release(ctx context.Context, community, seatID string) (seat Seat, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		seat, err = s.ReleaseTx(tx, seatID)
		return err
	})
	return seat, err
}

// Move is MoveTx in a transaction of its own.
func (s *Service) Move(ctx context.Context, community string, m Move) (seat Seat, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		seat, err = s.MoveTx(tx, m)
		return err
	})
	return seat, err
}

// Wait is WaitTx in a transaction of its own.
func (s *Service) Wait(ctx context.Context, community string, w Wait) (waiter Waiter, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		waiter, err = s.WaitTx(tx, w)
		return err
	})
	return waiter, err
}

// LeaveWait is LeaveWaitTx in a transaction of its own.
func (s *Service) LeaveWait(ctx context.Context, community, group string, h Holder) (left bool, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		left, err = s.LeaveWaitTx(tx, group, h)
		return err
	})
	return left, err
}
