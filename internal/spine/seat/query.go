package seat

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// Group is the group of that name, or ErrUnknownGroup.
func (s *Service) Group(tx *db.Tx, name string) (Group, error) {
	g, found, err := db.One(tx, scanGroup, selectGroup+`AND name = $2`, tx.Community(), name)
	if err == nil && !found {
		err = ErrUnknownGroup.With("group", name)
	}
	return g, err
}

// Groups lists the community's groups by name.
func (s *Service) Groups(tx *db.Tx) ([]Group, error) {
	return db.All(tx, scanGroup, selectGroup+`ORDER BY name`, tx.Community())
}

// Pool is a pool with what is held and taken in it, or ErrUnknownPool.
func (s *Service) Pool(tx *db.Tx, id string) (Pool, error) {
	p, found, err := onePool(tx, id)
	if err == nil && !found {
		err = ErrUnknownPool
	}
	return p, err
}

// Pools lists a group's pools in their order: the seat map.
func (s *Service) Pools(tx *db.Tx, group string) ([]Pool, error) { return poolsOf(tx, group) }

// PoolsOf lists the pools of several groups.
func (s *Service) PoolsOf(tx *db.Tx, groups []string) ([]Pool, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	return poolsOfAll(tx, groups)
}

// Seat is the seat of that id, or ErrUnknown.
func (s *Service) Seat(tx *db.Tx, id string) (Seat, error) {
	seat, found, err := db.One(tx, scanSeat, selectSeat+`WHERE community_id = $1 AND id = $2`, tx.Community(), id)
	if err == nil && !found {
		err = ErrUnknown
	}
	return seat, err
}

// LiveSeatOf is the holder's oldest live seat in a group.
func (s *Service) LiveSeatOf(tx *db.Tx, group, holder string) (seat Seat, found bool, err error) {
	return db.One(tx, scanSeat, selectSeat+`WHERE community_id = $1 AND holder = $2 AND state IN ('held', 'taken') AND group_name = $3 ORDER BY opened, id LIMIT 1`,
		tx.Community(), holder, group)
}

// LiveSeats lists a holder's live seats in all groups, the oldest first.
func (s *Service) LiveSeats(tx *db.Tx, holder string) ([]Seat, error) {
	return db.All(tx, scanSeat, selectSeat+`WHERE community_id = $1 AND holder = $2 AND state IN ('held', 'taken') ORDER BY opened, id`, tx.Community(), holder)
}

// HeldIn lists a group's holds that are neither taken nor ended, those that end first first.
func (s *Service) HeldIn(tx *db.Tx, group string, limit int) ([]Seat, error) {
	return db.All(tx, scanSeat, selectSeat+`WHERE community_id = $1 AND group_name = $2 AND state = 'held' ORDER BY expires, id LIMIT $3`, tx.Community(), group, limit)
}

// Count adds a group's figures up; ErrUnknownGroup.
func (s *Service) Count(tx *db.Tx, group string) (c Counts, err error) {
	if _, err := s.Group(tx, group); err != nil {
		return c, err
	}
	pools, err := poolsOf(tx, group)
	if err != nil {
		return c, err
	}
	for _, p := range pools {
		c.add(p, tx.Now())
	}
	err = tx.QueryRow(`SELECT count(*) FROM seat_wait WHERE community_id = $1 AND group_name = $2`, tx.Community(), group).Scan(&c.Waiting)
	return c, err
}

func (c *Counts) add(p Pool, now time.Time) {
	c.Pools++
	c.Capacity += p.Capacity
	c.Held += p.Held
	c.Taken += p.Taken
	if p.State == Open && (p.Closes.IsZero() || p.Closes.After(now)) {
		c.Room += p.Room()
	}
}

// Counts counts what several groups have, by their names. Groups that aren't there are left out.
func (s *Service) Counts(tx *db.Tx, groups []string) (map[string]Counts, error) {
	out := make(map[string]Counts, len(groups))
	if len(groups) == 0 {
		return out, nil
	}
	pools, err := poolsOfAll(tx, groups)
	if err != nil {
		return nil, err
	}
	for _, p := range pools {
		c := out[p.Group]
		c.add(p, tx.Now())
		out[p.Group] = c
	}
	waiting, err := countWaiting(tx, groups)
	if err != nil {
		return nil, err
	}
	for g, c := range out {
		c.Waiting = waiting[g]
		out[g] = c
	}
	return out, nil
}

// Line lists the first of those who wait in a group, in order.
func (s *Service) Line(tx *db.Tx, group string, limit int) ([]Waiter, error) {
	line, err := waiters(tx, group, Waiter{}, nil, limit)
	for i := range line {
		line[i].Position = i + 1
	}
	return line, err
}

// Position tells where in the line a holder stands; waits is false for one who doesn't.
func (s *Service) Position(tx *db.Tx, group, holder string) (w Waiter, waits bool, err error) {
	w, waits, err = db.One(tx, scanWaiter, selectWaiter+`WHERE community_id = $1 AND group_name = $2 AND holder = $3`, tx.Community(), group, holder)
	if err != nil || !waits {
		return w, false, err
	}
	err = tx.QueryRow(`SELECT count(*) FROM seat_wait WHERE community_id = $1 AND group_name = $2 AND (priority > $3 OR priority = $3 AND seq <= $4)`,
		tx.Community(), group, w.Priority, w.seq).Scan(&w.Position)
	return w, true, err
}
