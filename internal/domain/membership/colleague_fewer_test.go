package membership_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// fewer lets a company have three places, then one again: the upgrade that gave them is paid back.
func (w *world) fewer(between func()) (less membership.Term) {
	w.T.Helper()
	w.declare(companies())
	less = w.buyFor("boss", firm, "vip")
	more := w.buyFor("boss", firm, "ka")
	between()
	_, err := w.refund(more.ID)
	w.Must(err)
	return less
}

// P10: when a company comes to have fewer places, invitations end first, then the newest places; each is told of.
func TestFewerPlaces(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		var out membership.Place
		var left []string
		w.OnColleague(func(_ *db.Tx, _, person string, in bool) error {
			if !in {
				left = append(left, person)
			}
			return nil
		})
		less := w.fewer(func() {
			w.hire("anna")
			w.hire("ben")
			var err error
			out, err = w.invite(firm, "out")
			w.Must(err)
		})
		if n := w.places(firm); n != (membership.Places{Places: 1, Taken: 1}) || !slices.Equal(left, []string{"ben"}) || w.members() != 2 {
			t.Errorf("after the refund: %+v, %v went, %d members", n, left, w.members())
		}
		if _, err := w.take(out.Token, "cora"); !errors.Is(err, membership.ErrInvitationOver) {
			t.Errorf("an invitation beyond the places: %v", err)
		}
		if _, err := w.invite(firm, "another"); !errors.Is(err, membership.ErrPlacesFull) {
			t.Errorf("another invitation: %v", err)
		}
		if told := w.Told("membership", "ben"); !slices.Contains(told, "place_freed") {
			t.Errorf("ben was told %v", told)
		}
		w.Do(func(tx *db.Tx) error {
			all, err := w.StandingPlacesTx(tx, firm)
			if len(all) != 1 || all[0].Person != "anna" {
				t.Errorf("places that stand: %+v", all)
			}
			p, err2 := w.PlaceTx(tx, out.ID)
			if p.Why != membership.Fewer {
				t.Errorf("the invitation: %+v", p)
			}
			return errors.Join(err, err2)
		})
		w.Sound(membership.Verify)
		_, err := w.refund(less.ID)
		w.Must(err)
		if n := w.places(firm); n != (membership.Places{}) || w.members() != 0 {
			t.Errorf("after the last: %+v, %d members", n, w.members())
		}
	})
}

// An invitation keeps its place when another one is enough to end, and one whose time is over ends nothing.
func TestFewerPlacesEndAsFewAsTheyMust(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		var out [2]membership.Place
		w.fewer(func() {
			var err error
			_, err = w.invite(firm, "old")
			w.Must(err)
			w.D.Clock.Advance(8 * 24 * 60 * 60 * 1e9) // nobody has seen to its end yet
			for i := range out {
				out[i], err = w.invite(firm, fmt.Sprint("out ", i))
				w.Must(err)
				w.D.Clock.Advance(1e9)
			}
		})
		if _, err := w.take(out[1].Token, "ben"); !errors.Is(err, membership.ErrInvitationOver) {
			t.Errorf("the newer invitation: %v", err)
		}
		if _, err := w.take(out[0].Token, "anna"); err != nil {
			t.Errorf("the older invitation: %v", err)
		}
		w.Sound(membership.Verify)
	})
}

// What was sold before places ended with what gave them, an erasure or a merge: the next step that matters mends it.
func TestPlacesBeyondThePlanAreNotHandedOut(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.declare(companies())
		w.buyFor("boss", firm, "vip")
		swell := func() { // as an older version left it
			w.Do(func(tx *db.Tx) error {
				_, err := w.Seats.SetCapacityTx(tx, "colleagues:"+firm, 3)
				return err
			})
		}
		w.hire("anna")
		swell()
		if _, err := w.invite(firm, "one more"); !errors.Is(err, membership.ErrPlacesFull) {
			t.Errorf("a second of one: %v", err)
		}
		swell()
		w.Do(func(tx *db.Tx) error { return w.EraseTx(tx, "anna") })
		if n := w.places(firm); n != (membership.Places{Places: 1, Room: 1}) {
			t.Errorf("after an erasure: %+v", n)
		}
		w.Sound(membership.Verify)
	})
}

// Whether the refund or the taking comes first, on two connections at once, a company has as many colleagues as it has places for.
func TestARefundRacesTheTaking(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.declare(companies())
		second, err := db.Open(t.Context(), d.Config)
		w.Must(err)
		defer second.Close()
		other := *d
		other.DB = second
		node := newWorld(t, &other)
		for i := range 6 {
			company := fmt.Sprint("firm ", i)
			w.buyFor("boss", company, "vip")
			more := w.buyFor("boss", company, "ka")
			var tokens []string
			for k := range 3 {
				p, err := w.invite(company, fmt.Sprint(i, " ", k))
				w.Must(err)
				tokens = append(tokens, p.Token)
			}
			var wg sync.WaitGroup
			for k, token := range tokens {
				wg.Go(func() {
					_, err := node.take(token, fmt.Sprint("colleague ", i, k))
					if err != nil && !errors.Is(err, membership.ErrInvitationOver) && !errors.Is(err, membership.ErrPlacesFull) {
						t.Error(err)
					}
				})
			}
			wg.Go(func() {
				if _, err := w.refund(more.ID); err != nil {
					t.Error(err)
				}
			})
			wg.Wait()
			if n := w.places(company); n.Places != 1 || n.Taken+n.Invited > 1 {
				t.Errorf("%s: %+v", company, n)
			}
		}
		w.Sound(membership.Verify)
	})
}

// Who is in a company twice, and becomes one, stays in it; one who gives up their place is out, however many came after them.
func TestAMergeKeepsTheColleague(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.declare(companies())
		w.buyFor("boss", firm, "ka")
		w.hire("anna")
		w.hire("anna2")
		var left []string
		w.OnColleague(func(_ *db.Tx, _, person string, in bool) error {
			if !in {
				left = append(left, person)
			}
			return nil
		})
		w.Merged["anna"] = []string{"anna2"}
		w.Do(func(tx *db.Tx) error {
			if err := w.Seats.MergeTx(tx, "anna2", "anna"); err != nil {
				return err
			}
			return w.FollowTx(tx, "anna")
		})
		if len(left) != 0 || w.places(firm).Taken != 1 {
			t.Errorf("%v went with the merge, %+v", left, w.places(firm))
		}
		w.Do(func(tx *db.Tx) error { return w.GiveUpPlaceTx(tx, firm, "anna") })
		w.Do(func(tx *db.Tx) error { return w.GiveUpPlaceTx(tx, firm, "anna") })
		if len(left) != 1 || w.places(firm).Taken != 0 {
			t.Errorf("%v went, %+v", left, w.places(firm))
		}
		w.Sound(membership.Verify)
	})
}
