package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

const seatClients = 64

// seats claims as many seats as there are, and then many more than there are.
func seats(ctx context.Context, r *run) error {
	n := r.scaled(20000, 100)
	if err := r.claims(ctx, "granted", n, n, 3); err != nil {
		return err
	}
	return r.claims(ctx, "refused", n, n/20, 0.5)
}

// claims lets clients claim n seats of capacity, beside as many conditional updates that each commit.
func (r *run) claims(ctx context.Context, name string, n, capacity int, target float64) error {
	r.say("seats: %d claims on %d seats", n, capacity)
	s := r.app.Seats
	err := r.app.DB.Do(ctx, r.community, func(tx *db.Tx) error {
		if err := s.DeclareGroupTx(tx, seat.Group{Name: name, Policy: seat.FillFirst}); err != nil {
			return err
		}
		_, err := s.AddPoolTx(tx, seat.Pool{ID: r.community + name, Group: name, Capacity: capacity, State: seat.Open})
		return err
	})
	if err != nil {
		return err
	}
	pool := r.plain()
	_, err = pool.ExecContext(ctx, `INSERT INTO seat_pool (community_id, id, group_name, position, capacity, has_room, weight, on_duty, opens, closes, attributes, circle, subject)
		VALUES ($1, $2, $2, 1, $3, TRUE, 1, FALSE, 0, 0, '', '', '')`, r.community, name, capacity)
	if err != nil {
		return err
	}
	raise, err := pool.PrepareContext(ctx, `UPDATE seat_pool SET used = used + 1 WHERE community_id = $1 AND id = $2 AND used < capacity`)
	if err != nil {
		return err
	}
	defer raise.Close()
	const rounds = 5
	var bare, ours times
	granted := make([]bool, n)
	err = turns(ctx, rounds, func(ctx context.Context, _ int) error {
		return bare.clients(ctx, seatClients, n/rounds, func(ctx context.Context, _ int) error {
			_, err := raise.ExecContext(ctx, r.community, name)
			return err
		})
	}, func(ctx context.Context, round int) error {
		return ours.clients(ctx, seatClients, n/rounds, func(ctx context.Context, i int) error {
			i += round * (n / rounds)
			_, err := s.Hold(ctx, r.community, seat.Claim{
				Key: fmt.Sprint(name, i), Group: name, Holder: seat.Holder{ID: fmt.Sprint("p", i), Person: true}, TTL: time.Hour,
			})
			granted[i] = err == nil
			if errors.Is(err, seat.ErrMayComeBack) {
				return nil
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	bareRate := bare.rate("claims")
	r.measured(Measure{
		Name: name, Did: fmt.Sprintf("%d claims on %d seats by %d clients", n, capacity, seatClients), Ours: ours.rate("claims"),
		What: "one conditional UPDATE and commit per claim by the same clients", Reference: &bareRate,
	}, target)
	return r.checkSeats(ctx, name, capacity, granted)
}

func (r *run) checkSeats(ctx context.Context, name string, capacity int, granted []bool) error {
	acknowledged := 0
	for _, ok := range granted {
		if ok {
			acknowledged++
		}
	}
	live, err := r.number(ctx, `SELECT count(*) FROM seat WHERE community_id = $1 AND group_name = $2 AND state IN ('held', 'taken')`, r.community, name)
	if err != nil {
		return err
	}
	used, err := r.number(ctx, `SELECT used FROM seat_pool WHERE community_id = $1 AND id = $2`, r.community, r.community+name)
	if err != nil {
		return err
	}
	r.check(name+": never one too many", live == capacity && used == capacity && acknowledged == capacity,
		"%d seats, %d acknowledged, %d live, counter %d", capacity, acknowledged, live, used)
	return nil
}
