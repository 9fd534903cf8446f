package membership_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

// M1: waves are sold in their order at their prices, to the last place and not one more, by many buyers at once.
func TestWavesAreSoldOut(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.declare(academy())
		var mu sync.Mutex
		var prices []money.Fen
		var refused int
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				term, err := w.Reserve(t.Context(), d.Community, "p"+string(rune('a'+i)), "vip", time.Minute)
				if err == nil {
					term, err = w.Buy(t.Context(), d.Community, term.ID)
				}
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					prices = append(prices, term.Due())
				case errors.Is(err, seat.ErrGone), errors.Is(err, seat.ErrMayComeBack):
					refused++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		slices.Sort(prices)
		if want := []money.Fen{999_00, 999_00, 1599_00, 1599_00, 1599_00}; !slices.Equal(prices, want) || refused != 7 {
			t.Errorf("sold at %v, %d refused", prices, refused)
		}
		if n := w.members(); n != 5 {
			t.Errorf("%d members", n)
		}
		// Somebody gives theirs back: the place is sold once more, at its wave's price.
		w.Do(func(tx *db.Tx) error {
			q, err := w.QuoteTx(tx, "late", "vip")
			if !errors.Is(err, seat.ErrGone) {
				t.Errorf("quote of a plan that is sold out: %+v, %v", q, err)
			}
			return nil
		})
	})
}

// M2: renewing early or in grace goes on where the term ends; after a lapse a run begins on the day; since never changes.
func TestRuns(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d) // 7 March 2026, noon in Shanghai
		w.declare(academy())
		first := w.buy("ann", "vip")
		if first.Number != "V2026-002" || !first.Ends.Equal(day(2027, 3, 8)) || first.State != membership.Active {
			t.Fatalf("first term %+v", first)
		}
		w.Days(300)
		early := w.buy("ann", "vip")
		if early.Kind != membership.KindRenewal || early.Due() != 3000_00 || !early.Starts.Equal(first.Ends) || !early.Ends.Equal(day(2028, 3, 8)) || early.State != membership.Pending {
			t.Fatalf("early renewal %+v", early)
		}
		w.Days(66 + 365 + 7) // into the grace of the second term
		if m := w.memberships("ann"); len(m) != 1 || m[0].State != membership.Grace || !m[0].RunStart.Equal(first.Starts) {
			t.Fatalf("in grace: %+v", m)
		}
		late := w.buy("ann", "vip")
		if !late.Starts.Equal(early.Ends) || late.State != membership.Active || late.Number != first.Number || !late.RunStart.Equal(first.Starts) {
			t.Fatalf("renewal in grace %+v", late)
		}
		w.Days(365 + 20)
		if m := w.memberships("ann"); len(m) != 0 || w.members() != 0 {
			t.Fatalf("after the lapse: %+v, %d members", m, w.members())
		}
		again := w.buy("ann", "vip")
		if again.Kind != membership.KindNew || !again.Starts.Equal(d.Clock.Now()) || !again.RunStart.Equal(again.Starts) || again.Number != first.Number {
			t.Fatalf("after the lapse %+v", again)
		}
		if m := w.memberships("ann"); !m[0].MemberSince.Equal(first.BoughtAt) {
			t.Errorf("member since %s", m[0].MemberSince)
		}
		want := []string{
			"term_bought", "term_started", "term_bought", "term_followed", "term_started", "grace_began", "term_bought", "term_followed", "term_started",
			"grace_began", "term_expired", "term_bought", "term_started",
		}
		if got := w.Told("membership", "ann"); !slices.Equal(got, want) {
			t.Errorf("told %q", got)
		}
	})
}

// M1, M2: an upgrade credits the unused part to the fen and takes what the lesser plan gave; its refund lets that go on.
func TestUpgrade(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.declare(academy())
		vip := w.buy("ann", "vip")
		w.use("ann", "class", "k1", nil)
		w.Days(100)
		left := vip.Ends.Sub(d.Clock.Now())
		want := money.Fen(int64(999_00) * int64(left/time.Second) / int64(vip.Ends.Sub(vip.Starts)/time.Second))
		ka := w.buy("ann", "ka")
		if ka.Kind != membership.KindUpgrade || ka.Credit != want || ka.Due() != 120_000_00-want || !ka.RunStart.Equal(vip.Starts) {
			t.Fatalf("upgrade %+v, credit should be %s", ka, want)
		}
		if m := w.memberships("ann"); len(m) != 1 || m[0].Plan != "ka" {
			t.Errorf("has %+v", m)
		}
		w.Do(func(tx *db.Tx) error {
			if _, err := w.QuoteTx(tx, "ann", "vip"); !errors.Is(err, membership.ErrHas) {
				t.Errorf("buying less than one has: %v", err)
			}
			return nil
		})
		if got := w.left("ann"); got["class"] != 5 || got["online"] != 0 {
			t.Errorf("entitled to %v", got)
		}
		if _, err := w.refund(ka.ID); err != nil {
			t.Fatal(err)
		}
		if m := w.memberships("ann"); len(m) != 1 || m[0].Plan != "vip" || m[0].Number != vip.Number || w.members() != 1 {
			t.Errorf("after the refund: %+v, %d members", m, w.members())
		}
		w.use("ann", "class", "k2", membership.ErrUsedUp) // the one of the vip term was used
		if _, err := w.refund(vip.ID); err != nil {
			t.Fatal(err)
		}
		w.use("ann", "online", "k3", membership.ErrNoBenefit)
		if m := w.memberships("ann"); len(m) != 0 || w.members() != 0 {
			t.Errorf("after both refunds: %+v, %d members", m, w.members())
		}
	})
}

// What was reserved is kept to its end at its price; paid later it is honoured while there is room.
func TestReservations(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		c := academy()
		c.Plans[0].Waves = []membership.Wave{{Name: "one", Price: 999_00, Quota: 1}}
		w.declare(c)
		reserve := func(person string) (membership.Term, error) {
			return w.Reserve(t.Context(), d.Community, person, "vip", 15*time.Minute)
		}
		first, err := reserve("ann")
		if err != nil {
			t.Fatal(err)
		}
		if same, err := reserve("ann"); err != nil || same.ID != first.ID {
			t.Errorf("asked again: %+v, %v", same, err)
		}
		if _, err := reserve("bob"); !errors.Is(err, seat.ErrMayComeBack) {
			t.Errorf("while it is held: %v", err)
		}
		c.Plans[0].Waves[0].Price = 1999_00
		w.declare(c)
		if same, err := reserve("ann"); err != nil || same.Due() != 999_00 {
			t.Errorf("after the price was raised: %+v, %v", same, err)
		}
		w.Days(1)
		bob := w.buy("bob", "vip")
		if bob.Due() != 1999_00 {
			t.Errorf("bob pays %s", bob.Due())
		}
		if _, err := w.Buy(t.Context(), d.Community, first.ID); !errors.Is(err, seat.ErrLapsed) {
			t.Errorf("paid after the hold ended, and somebody has the place: %v", err)
		}
		if _, err := w.refund(bob.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := w.Buy(t.Context(), d.Community, first.ID); err != nil || got.Due() != 999_00 {
			t.Errorf("paid after the hold ended, with room: %+v, %v", got, err)
		}
		if again, err := w.Buy(t.Context(), d.Community, first.ID); err != nil || again.ID != first.ID || w.members() != 1 {
			t.Errorf("paid twice: %+v, %v", again, err)
		}
		w.Blocks["eve"] = true
		if _, err := reserve("eve"); !errors.Is(err, membership.ErrBlocked) {
			t.Errorf("blocked: %v", err)
		}
		if _, err := w.Reserve(t.Context(), d.Community, "eve", "none", time.Minute); err == nil {
			t.Error("a plan that is not sold was reserved")
		}
	})
}

// M1: the community's cap counts people, not terms, and a place under it comes back with a lapse.
func TestTheCap(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		c := academy()
		c.Cap = 2
		w.declare(c)
		w.buy("ann", "vip")
		w.buy("bob", "vip")
		w.buy("ann", "ka")
		if _, err := w.Reserve(t.Context(), d.Community, "cid", "ka", time.Minute); !errors.Is(err, seat.ErrGone) {
			t.Errorf("the third: %v", err)
		}
		if _, err := w.Reserve(t.Context(), d.Community, "cid", "vip", time.Minute); !errors.Is(err, seat.ErrGone) {
			t.Errorf("the third, by a wave with room: %v", err)
		}
		w.Do(func(tx *db.Tx) error {
			plans, err := w.Plans(tx)
			if err == nil && (plans[0].Sold[0].Sold != 2 || plans[0].Sold[1].Held != 0) {
				t.Errorf("a refusal kept a place in the wave: %+v", plans[0].Sold)
			}
			return err
		})
		w.Days(400)
		w.buy("cid", "ka")
		if n := w.members(); n != 1 {
			t.Errorf("%d members", n)
		}
	})
}

// Two reservations share the place under the cap: giving one up leaves it to the other, bought or not.
func TestTwoReservationsShareAPlace(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		c := academy()
		c.Cap = 1
		w.declare(c)
		for _, person := range []string{"ann", "bob"} {
			vip, err := w.Reserve(t.Context(), d.Community, person, "vip", time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			ka, err := w.Reserve(t.Context(), d.Community, person, "ka", time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			drop := func() { w.Do(func(tx *db.Tx) error { return w.DropTx(tx, vip.ID) }) }
			if person == "bob" {
				drop()
			}
			if ka, err = w.Buy(t.Context(), d.Community, ka.ID); err != nil {
				t.Fatal(err)
			}
			drop()
			w.Days(1) // and the holds that were left end
			if n := w.members(); n != 1 {
				t.Errorf("%s: %d members", person, n)
			}
			if _, err := w.refund(ka.ID); err != nil {
				t.Fatal(err)
			}
			if n := w.members(); n != 0 {
				t.Errorf("%s: %d members after the refund", person, n)
			}
		}
	})
}

// Terms end at midnight in the community's zone; a month that is too short ends with its last day; a season with its own.
func TestPeriods(t *testing.T) {
	d := testkit.SQLite(t)
	w := newWorld(t, d)
	for i, x := range []struct {
		from   time.Time
		period membership.Period
		want   time.Time
	}{
		{time.Date(2026, 3, 15, 14, 0, 0, 0, shanghai), membership.Period{Months: 12}, day(2027, 3, 16)},
		{time.Date(2026, 3, 15, 23, 59, 59, 0, shanghai), membership.Period{Months: 1}, day(2026, 4, 16)},
		{time.Date(2026, 3, 16, 0, 0, 0, 0, shanghai), membership.Period{Months: 12}, day(2027, 3, 16)},
		{time.Date(2027, 1, 31, 10, 0, 0, 0, shanghai), membership.Period{Months: 1}, day(2027, 3, 1)},
		{time.Date(2028, 2, 29, 10, 0, 0, 0, shanghai), membership.Period{Months: 12}, day(2029, 3, 1)},
		{time.Date(2029, 2, 28, 10, 0, 0, 0, shanghai), membership.Period{Months: 36}, day(2032, 2, 29)},
		{time.Date(2033, 12, 31, 23, 0, 0, 0, shanghai), membership.Period{Months: 2}, day(2034, 3, 1)},
		{time.Date(2035, 5, 1, 9, 0, 0, 0, shanghai), membership.Period{Until: "12-31"}, day(2036, 1, 1)},
		{time.Date(2037, 1, 1, 0, 0, 0, 0, shanghai), membership.Period{Until: "12-31"}, day(2038, 1, 1)},
		{time.Date(2039, 1, 1, 0, 0, 0, 0, shanghai), membership.Period{Until: "02-29"}, day(2039, 3, 1)},
	} {
		d.Clock.Set(x.from.UTC())
		w.declare(membership.Config{Plans: []membership.Plan{{Name: "p", Title: stage.Words("P"), Period: x.period}}})
		if got := w.buy("p"+string(rune('a'+i)), "p"); !got.Ends.Equal(x.want) {
			t.Errorf("%v from %s ends %s, want %s", x.period, x.from, got.Ends.In(shanghai), x.want.In(shanghai))
		}
	}
}
