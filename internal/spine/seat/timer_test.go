package seat_test

import (
	"testing"
	"time"

	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// A hold that ends in another way at its very end does not wait for its timer, which another node is firing: the timer waits
// for the community's lock, and the server would see the circle only after a second in which nobody gets a place.
func TestEndingAHoldDoesNotWaitForItsTimer(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	h := newHouse(t, d)
	h.group(seat.Group{Name: "g", PerHolder: 9})
	h.group(seat.Group{Name: "other"})
	h.pool(seat.Pool{Group: "g", Capacity: 9})
	h.pool(seat.Pool{Group: "other", Capacity: 9})
	for name, end := range map[string]func(seatID string) error{
		"release": func(id string) error { _, err := h.Release(ctx, d.Community, id); return err },
		"take":    func(id string) error { _, err := h.Take(ctx, d.Community, id); return err },
		"move": func(id string) error {
			_, err := h.Move(ctx, d.Community, seat.Move{Key: "m", Seat: id, Group: "other"})
			return err
		},
	} {
		s := h.mustHold(h.claim("ann"))
		firing, err := d.SQL().BeginTx(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := firing.ExecContext(ctx, `SELECT 1 FROM timer WHERE ref = $1 FOR UPDATE`, s.ID); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- end(s.ID) }()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%s waits for the timer", name)
		}
		if err := firing.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
	h.pass(time.Hour) // the timers that were left fire and find nothing to do
	h.verify()
	equal(t, "taken", h.count().Taken, 1)
}
