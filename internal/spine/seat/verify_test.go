package seat_test

import (
	"testing"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// Each kind of row is damaged by hand and found, and nothing else is (L5).
func TestVerifyFindsDamage(t *testing.T) {
	cases := []struct {
		damage string
		finds  []proof.Problem // in order
	}{
		{`UPDATE seat_pool SET used = 2 WHERE community_id = $1 AND id = 'p'`, []proof.Problem{{Code: "seat.pool_used", Ref: "p", Stored: 2, Right: 1}}},
		{`UPDATE seat_pool SET capacity = 0, has_room = FALSE WHERE community_id = $1 AND id = 'p'`, []proof.Problem{{Code: "seat.pool_over_capacity", Ref: "p", Stored: 1, Right: 0}}},
		{`UPDATE seat_pool SET surplus = 1 WHERE community_id = $1 AND id = 'p'`, []proof.Problem{{Code: "seat.pool_surplus", Ref: "p", Stored: 1, Right: 0}}},
		{`UPDATE seat_pool SET has_room = FALSE WHERE community_id = $1 AND id = 'p'`, []proof.Problem{{Code: "seat.pool_has_room", Ref: "p", Stored: 0, Right: 1}}},
		{`UPDATE seat_holder SET used = 0 WHERE community_id = $1`, []proof.Problem{{Code: "seat.holder_used", Ref: "g ann", Stored: 0, Right: 1}}},
		{`DELETE FROM seat_holder WHERE community_id = $1`, []proof.Problem{{Code: "seat.holder_missing", Ref: "g ann", Stored: 0, Right: 1}}},
		{`UPDATE seat_group SET per_holder = 0 WHERE community_id = $1`, []proof.Problem{{Code: "seat.holder_over_limit", Ref: "g ann", Stored: 1, Right: 0}}},
		{`DELETE FROM timer WHERE community_id = $1`, []proof.Problem{{Code: "seat.hold_without_timer", Ref: "s", Stored: 0, Right: 1}}},
		{`UPDATE timer SET due_at = due_at - 1 WHERE community_id = $1`, []proof.Problem{{Code: "seat.hold_without_timer", Ref: "s", Stored: 0, Right: 1}}},
		{`UPDATE timer SET due_at = due_at + 7200000000 WHERE community_id = $1`, []proof.Problem{{Code: "seat.hold_without_timer", Ref: "s", Stored: 2, Right: 1}}},
		{`UPDATE seat SET state = 'taken' WHERE community_id = $1`, []proof.Problem{{Code: "seat.timer_without_hold", Ref: "s", Stored: 1, Right: 0}}},
		{`UPDATE seat SET pool_id = 'x' WHERE community_id = $1`, []proof.Problem{{Code: "seat.pool_used", Ref: "p", Stored: 1, Right: 0}, {Code: "seat.without_pool", Ref: "s", Stored: 0, Right: 0}}},
		{`DELETE FROM seat_group WHERE community_id = $1`, []proof.Problem{{Code: "seat.pool_without_group", Ref: "p", Stored: 0, Right: 0}}},
		{`UPDATE seat SET qty = 0 WHERE community_id = $1`, []proof.Problem{{Code: "seat.pool_used", Ref: "p", Stored: 1, Right: 0}, {Code: "seat.holder_used", Ref: "g ann", Stored: 1, Right: 0}, {Code: "seat.quantity", Ref: "s", Stored: 0, Right: 1}}},
		{`UPDATE seat SET ended = 1 WHERE community_id = $1`, []proof.Problem{{Code: "seat.state", Ref: "s", Stored: 0, Right: 0}}},
	}
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		for _, c := range cases {
			d.Community = d.NewID()
			h.group(seat.Group{Name: "g"})
			h.pool(seat.Pool{ID: "p", Group: "g", Capacity: 3})
			s := h.mustHold(h.claim("ann"))
			h.verify()
			h.do(func(tx *db.Tx) error {
				_, err := tx.Exec(c.damage, tx.Community())
				return err
			})
			var found []proof.Problem
			h.read(func(tx *db.Tx) (err error) {
				found, err = seat.Verify(tx)
				return err
			})
			if len(found) != len(c.finds) {
				t.Errorf("%s: found %+v, want %+v", c.damage, found, c.finds)
				continue
			}
			for i, want := range c.finds {
				if want.Ref == "s" {
					want.Ref = s.ID
				}
				got := found[i]
				if got.Code == "seat.hold_without_timer" || got.Code == "seat.timer_without_hold" { // times, not amounts
					want.Stored, want.Right = got.Stored, got.Right
				}
				equal(t, c.damage, got, want)
			}
		}
	})
}
