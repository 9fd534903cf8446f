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
	all := map[string]string{"scale": "0.006", "months": "2", "renewals": "0", "go.arrive": "15%", "go.give": "4%", "go.convert": "60%"}
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

// M1, E5, G2, G4, L3: whatever the parameters, what promoters are paid is what the rules say, the books sum to zero, and verification
// finds nothing; a rate, a price or a window changes the outcome in the direction that it should.
func TestOperators(t *testing.T) {
	t.Parallel()
	const joined, paid, buy = "members after 2 months", "paid to promoters", "of those who opened the page, bought"
	usual := club(t, "", nil)
	if figure(t, usual, joined).Measured < 20 || figure(t, usual, paid).Measured == 0 || figure(t, usual, "friends who became members").Measured == 0 {
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
		{paid, map[string]string{"delay.convert": "2592000"}, true}, // half of them decide when the lock-in is over
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

// I8, M2: founders come to the hall by their layers, and what KA costs more is paid and earned.
func TestAcademy(t *testing.T) {
	t.Parallel()
	set := map[string]string{"scale": "0.001", "months": "2", "renewals": "0", "go.arrive": "30%", "go.upgrade": "30%", "delay.upgrade": "432000"}
	r, _ := run(t, "academy", "", 1, set)
	if !r.OK() {
		t.Errorf("it does not hold: %+v %+v", r.Invariants, r.Verify)
	}
	if figure(t, r, "of these KA").Measured == 0 || figure(t, r, "came to the hall").Measured == 0 {
		t.Errorf("nobody has KA, or is in the hall: %+v", r.Measured)
	}
	if f := figure(t, r, "contacts given to sales"); f.Measured == 0 || figure(t, r, "of these bought").Measured == 0 {
		t.Errorf("nobody sells: %+v", r.Measured)
	}
	set["rate.third"], set["rate.second"], set["rate.first"] = "20%", "15%", "10%" // T6: higher steps, more for the staff
	if more, _ := run(t, "academy", "", 1, set); !more.OK() || figure(t, more, "earned by staff").Measured <= figure(t, r, "earned by staff").Measured {
		t.Errorf("higher steps earn no more: %+v", more.Measured)
	}
	set["go.upgrade"] = "0"
	if less, _ := run(t, "academy", "", 1, set); figure(t, less, "revenue").Measured >= figure(t, r, "revenue").Measured {
		t.Error("without KA as much is earned")
	}
}
