package replay_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/qunce/qunce/internal/replay"
	"github.com/qunce/qunce/test/testkit"
)

// club replays a little of the operators' case: two months, friends who give and buy often, so that there is something to pay.
func club(t *testing.T, url string, set map[string]string) replay.Result {
	t.Helper()
	all := map[string]string{"scale": "0.006", "months": "2", "renewals": "0", "go.arrive": "15%", "go.give": "8%", "go.convert": "60%", "sessions.week": "1", "minutes.idle": "240"}
	maps.Copy(all, set)
	r, _ := run(t, "operators", url, 1, all)
	for name, i := range r.Invariants {
		if !i.OK {
			t.Errorf("%v: %s: %s", set, name, i.Detail)
		}
	}
	if !r.OK() {
		t.Errorf("%v: verify finds %v", set, r.Verify)
	}
	return r
}

// M1, E5, G1, G2, G4, G6, L3: whatever the parameters, what promoters are paid is what the rules say, the books sum to zero, and verification
// finds nothing; a rate, a price or a window changes the outcome in the direction that it should.
func TestOperators(t *testing.T) {
	t.Parallel()
	const joined, paid, buy, reach = "members after 2 months", "paid to promoters", "of those who opened the page, bought", "came by members' links at launches"
	usual := club(t, "", nil)
	if figure(t, usual, joined).Measured < 20 || figure(t, usual, paid).Measured == 0 || figure(t, usual, "friends who became members").Measured == 0 ||
		figure(t, usual, reach).Measured < 20 || figure(t, usual, "of these known by name or account").Measured == 0 || figure(t, usual, "batches of payments").Measured < 2 {
		t.Fatalf("too little happens to see anything: %+v", usual.Measured)
	}
	for _, c := range []struct {
		figure string
		set    map[string]string
		less   bool
	}{
		{buy, map[string]string{"go.buy": "0.3"}, true},
		{buy, map[string]string{"price.first": "9000", "price.later": "9000"}, true},
		{"revenue", map[string]string{"quota.first": "1", "quota.second": "1", "elasticity": "0"}, false}, // all but two pay the later price
		{paid, map[string]string{"go.convert": "0"}, true},
		{paid, map[string]string{"window.lockin": "1"}, true},  // who decides later than a day after they came counts no more
		{paid, map[string]string{"window.poster": "0"}, true},  // nor does who comes by a poster
		{paid, map[string]string{"window.refund": "60"}, true}, // and is paid for, when nobody can give it back any more
		{paid, map[string]string{"rate.lockin": "30%"}, false},
		{paid, map[string]string{"rate.poster": "30%"}, false},
		{reach, map[string]string{"go.pledge": "10%"}, true},
		{reach, map[string]string{"readers.share": "5"}, false},
	} {
		t.Run(fmt.Sprint(c.set), func(t *testing.T) {
			t.Parallel()
			was, is := figure(t, usual, c.figure).Measured, figure(t, club(t, "", c.set), c.figure).Measured
			if is == was || (is < was) != c.less {
				t.Errorf("%s: %v, was %v", c.figure, is, was)
			}
		})
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		if got, want := text(t, club(t, testkit.PostgresURL(t), nil)), text(t, usual); got != want {
			t.Errorf("it differs: %s", difference(want, got))
		}
	})
}

// I8, M2, E8, G1, G2, G4, L3, S5, T6: founders come to the hall by their layers, what KA costs more is paid and earned, open classes sell, what
// referrals earn is paid in money or buys things, and staff is paid their months; a rate or a window changes it in the direction that it should.
func TestAcademy(t *testing.T) {
	t.Parallel()
	academy := func(t *testing.T, set map[string]string) replay.Result {
		t.Helper()
		all := map[string]string{
			"scale": "0.001", "months": "2", "renewals": "0", "go.arrive": "30%", "go.upgrade": "30%", "delay.upgrade": "432000", "reach.month": "16500", "reach.open": "12000", "go.open": "40%", "go.offer": "50%",
			"go.refer": "1", "readers.refer": "2", "go.arrive.referred": "40%", "delay.refer": "432000", "go.redeem": "1",
		}
		maps.Copy(all, set)
		r, _ := run(t, "academy", "", 1, all)
		if !r.OK() {
			t.Errorf("%v: it does not hold: %+v %+v", set, r.Invariants, r.Verify)
		}
		return r
	}
	usual := academy(t, nil)
	for _, name := range []string{
		"of these KA", "came to the hall", "contacts given to sales", "of these bought", "bought what it offered", "of these became members", "paid to promoters", "redeemed with points", "paid to staff",
	} {
		if figure(t, usual, name).Measured == 0 {
			t.Errorf("none: %s", name)
		}
	}
	for _, c := range []struct {
		figure, set, to string
		less            bool
	}{
		{"earned by staff", "rate.first", "5%", false},
		{"revenue", "go.upgrade", "0", true},
		{"paid to promoters", "rate.referral", "5%", true},
		{"points earned by sharing", "window.referral", "0", true},
		{"redeemed with points", "window.refund", "60", true}, // what they earned is frozen for as long
	} {
		t.Run(c.set, func(t *testing.T) {
			t.Parallel()
			was, is := figure(t, usual, c.figure).Measured, figure(t, academy(t, map[string]string{c.set: c.to}), c.figure).Measured
			if is == was || (is < was) != c.less {
				t.Errorf("%s: %v, was %v", c.figure, is, was)
			}
		})
	}
}
