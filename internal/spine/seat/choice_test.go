package seat_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// Every reason for which there is no place has its own refusal, which writes nothing (E4).
func TestRefusals(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		now := testkit.Start
		cases := []struct {
			name   string
			pools  []seat.Pool
			taken  bool // the first pool's place is taken, not only held
			free   bool // the first pool stays empty
			claim  seat.Claim
			err    *errs.Error
			params []any
		}{
			{"no pool", nil, false, true, seat.Claim{}, seat.ErrGone, nil},
			{"taken", []seat.Pool{{Capacity: 1}}, true, false, seat.Claim{}, seat.ErrGone, nil},
			{"held", []seat.Pool{{Capacity: 1}}, false, false, seat.Claim{}, seat.ErrMayComeBack, []any{"until", now.Add(15 * time.Minute)}},
			{"held, opens sooner", []seat.Pool{{Capacity: 1}, {Capacity: 1, Opens: now.Add(time.Minute)}}, false, false, seat.Claim{}, seat.ErrNotOpen, []any{"opens", now.Add(time.Minute)}},
			{"opens later", []seat.Pool{{Capacity: 1, Opens: now.Add(time.Hour)}}, false, true, seat.Claim{}, seat.ErrNotOpen, []any{"opens", now.Add(time.Hour)}},
			{"window over", []seat.Pool{{Capacity: 1, Closes: now}}, false, true, seat.Claim{}, seat.ErrClosed, nil},
			{"closed", []seat.Pool{{Capacity: 1, State: seat.Closed}}, false, true, seat.Claim{}, seat.ErrClosed, nil},
			{"too many at once", []seat.Pool{{Capacity: 1}}, false, true, seat.Claim{Qty: 2}, seat.ErrGone, nil},
			{"does not match", []seat.Pool{{Capacity: 1, Attributes: map[string]string{"city": "上海"}}}, false, true, seat.Claim{Want: seat.Want{Attributes: map[string]string{"city": "北京"}}}, seat.ErrNotEligible, []any{"attribute", "city"}},
			{"unknown pool", []seat.Pool{{Capacity: 1}}, false, true, seat.Claim{Want: seat.Want{Pool: "no"}}, seat.ErrUnknownPool, nil},
		}
		for i, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				group := fmt.Sprintf("g%d", i)
				h.group(seat.Group{Name: group, PerHolder: 5})
				for _, p := range c.pools {
					p.Group = group
					h.pool(p)
				}
				first := h.claim("ann")
				first.Group = group
				if c.taken {
					first.TTL = 0
				}
				if !c.free {
					h.mustHold(first)
				}
				for range 2 { // the second is answered by a reader
					ask := h.claim("bob")
					ask.Group, ask.Qty, ask.Want = group, c.claim.Qty, c.claim.Want
					_, err := h.hold(ask)
					wantErr(t, err, c.err, c.params...)
					h.do(func(tx *db.Tx) error { // the caller's transaction goes on
						_, err := h.HoldTx(tx, ask)
						wantErr(t, err, c.err, c.params...)
						return nil
					})
				}
				h.verify()
			})
		}
		_, err := h.hold(seat.Claim{Key: "k", Group: "nowhere", Holder: person("ann")})
		wantErr(t, err, seat.ErrUnknownGroup, "group", "nowhere")
		_, err = h.hold(seat.Claim{Key: "k", Group: "g0", Holder: person("ann"), Qty: -1})
		wantErr(t, err, seat.ErrQuantity)
	})
}

// The policies choose as they say, among those that fit (I5).
func TestPolicies(t *testing.T) {
	cases := []struct {
		policy seat.Policy
		want   map[string]string
		chosen string
	}{
		{seat.FillFirst, nil, "aaaabb"},
		{seat.LeastLoaded, nil, "abbabb"}, // of 4 and 8
		{seat.Weighted, nil, "abaaab"},
		{seat.OnDuty, nil, "bbbbbb"},
		{seat.FillFirst, map[string]string{"city": "上海", "stage": "x"}, "aaaabb"},
		{seat.FillFirst, map[string]string{"city": "苏州", "stage": `"}{"`}, "aaaabb"},
	}
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		for i, c := range cases {
			group := fmt.Sprintf("g%d", i)
			h.group(seat.Group{Name: group, Policy: c.policy})
			h.pool(seat.Pool{ID: group + "a", Group: group, Capacity: 4, Weight: 3})
			h.pool(seat.Pool{ID: group + "b", Group: group, Capacity: 8, Weight: 1, OnDuty: true})
			h.pool(seat.Pool{ID: group + "c", Group: group, Capacity: 8, OnDuty: true, Weight: 9, Attributes: map[string]string{"city": "上海", "stage": "y"}})
			chosen := ""
			for j := range 6 {
				ask := h.claim(fmt.Sprint("p", j))
				ask.Group, ask.Want.Attributes = group, c.want
				chosen += h.mustHold(ask).Pool[len(group):]
			}
			equal(t, fmt.Sprint(c.policy, c.want), chosen, c.chosen)
		}
		// A pool that asks for something is given to who has it.
		ask := h.claim("shanghai")
		ask.Group, ask.Want.Attributes = "g3", map[string]string{"stage": "y", "city": "上海", "tag": "z"}
		equal(t, "matching pool", h.mustHold(ask).Pool, "g3c")
		ask = h.claim("one pool")
		ask.Group, ask.Want.Pool = "g0", "g0b"
		equal(t, "wanted pool", h.mustHold(ask).Pool, "g0b")
		// When nobody is on duty the others are asked.
		h.do(func(tx *db.Tx) error {
			_, err := h.ArrangeTx(tx, seat.Pool{ID: "g3b", Position: 2})
			return err
		})
		ask = h.claim("late")
		ask.Group = "g3"
		equal(t, "off duty", h.mustHold(ask).Pool, "g3a")
		h.verify()
	})
}
