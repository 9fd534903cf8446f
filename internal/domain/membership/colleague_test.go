package membership_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// companies are the plans of the academy, of which KA has places for three colleagues and VIP for one.
func companies() membership.Config {
	c := academy()
	c.Plans[0].Seats, c.Plans[0].Waves = 1, nil
	c.Plans[1].Seats = 3
	return c
}

const firm = "firm"

// buyFor buys a plan for a company.
func (w *world) buyFor(person, organisation, plan string) membership.Term {
	w.T.Helper()
	var t membership.Term
	w.Do(func(tx *db.Tx) (err error) {
		t, err = w.ReserveForTx(tx, person, organisation, plan, 15*time.Minute)
		return err
	})
	t, err := w.Buy(w.T.Context(), w.D.Community, t.ID)
	w.Must(err)
	return t
}

func (w *world) invite(organisation, key string) (p membership.Place, err error) {
	err = w.Try(func(tx *db.Tx) (err error) { p, err = w.InviteTx(tx, organisation, "boss", key); return err })
	return p, err
}

func (w *world) take(token, person string) (p membership.Place, err error) {
	err = w.Try(func(tx *db.Tx) (err error) { p, err = w.TakePlaceTx(tx, token, person); return err })
	return p, err
}

// hire invites somebody who takes the place.
func (w *world) hire(person string) membership.Place {
	w.T.Helper()
	p, err := w.invite(firm, "for "+person)
	w.Must(err)
	p, err = w.take(p.Token, person)
	w.Must(err)
	return p
}

func (w *world) free(place string) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error { _, err := w.FreePlaceTx(tx, place, membership.TakenBack); return err })
}

func (w *world) covers(person string) (out []string) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { out, err = w.CoversTx(tx, person); return err })
	return out
}

func (w *world) places(organisation string) (n membership.Places) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { n, err = w.PlacesTx(tx, organisation); return err })
	return n
}

// P10: a company's term has places for colleagues, each of whom takes one by a link and is a member by it; taking back frees it.
func TestColleagues(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.declare(companies())
		if _, err := w.invite(firm, "early"); !errors.Is(err, membership.ErrNoPlaces) {
			t.Errorf("invited before anything was bought: %v", err)
		}
		term := w.buyFor("boss", firm, "ka")
		if term.Organisation != firm || !slices.Equal(w.covers("boss"), []string{"ka", "vip"}) {
			t.Errorf("%+v covers %v", term, w.covers("boss"))
		}
		anna, ben := w.hire("anna"), w.hire("ben")
		third, err := w.invite(firm, "third")
		w.Must(err)
		if again, err := w.invite(firm, "third"); err != nil || again.ID != third.ID {
			t.Errorf("the same key again: %+v, %v", again, err)
		}
		if _, err := w.invite(firm, "fourth"); !errors.Is(err, membership.ErrPlacesFull) {
			t.Errorf("a fourth of three: %v", err)
		}
		if n := w.places(firm); n != (membership.Places{Places: 3, Invited: 1, Taken: 2}) {
			t.Errorf("places: %+v", n)
		}
		has := w.memberships("anna")
		if len(has) != 1 || !has[0].Colleague || has[0].Company != firm || has[0].Plan != "ka" || has[0].MemberSince.IsZero() || w.members() != 3 {
			t.Errorf("anna has %+v; %d members", has, w.members())
		}
		// What is counted is the company's, not everybody's own.
		for _, person := range []string{"anna", "ben", "boss", "anna", "boss"} {
			_, err := w.UseBenefit(t.Context(), d.Community, membership.Usage{Key: person + fmt.Sprint(len(w.Told("membership", person))), Person: person, Benefit: "class"})
			w.Must(err)
		}
		if _, err := w.UseBenefit(t.Context(), d.Community, membership.Usage{Key: "sixth", Person: "ben", Benefit: "class"}); !errors.Is(err, membership.ErrUsedUp) {
			t.Errorf("a sixth of five: %v", err)
		}

		for who, c := range map[string]struct {
			token string
			want  error
		}{
			"ben":  {third.Token, membership.ErrHasPlace},
			"boss": {third.Token, membership.ErrHasPlace},
			"cora": {anna.Token, membership.ErrInvitationTaken},
			"dora": {"no", membership.ErrUnknownInvitation},
		} {
			if _, err := w.take(c.token, who); !errors.Is(err, c.want) {
				t.Errorf("%s takes a place: %v, want %v", who, err, c.want)
			}
		}
		if same, err := w.take(anna.Token, "anna"); err != nil || same.ID != anna.ID {
			t.Errorf("anna's own link again: %+v, %v", same, err)
		}
		w.Blocks["eve"] = true
		if _, err := w.take(third.Token, "eve"); !errors.Is(err, membership.ErrBlocked) {
			t.Errorf("a blocked person: %v", err)
		}
		w.free(ben.ID)
		w.free(ben.ID)
		if len(w.covers("ben")) != 0 || w.places(firm).Taken != 1 || w.members() != 2 {
			t.Errorf("ben has %v; %+v; %d members", w.covers("ben"), w.places(firm), w.members())
		}
		w.free(third.ID)
		if _, err := w.take(third.Token, "cora"); !errors.Is(err, membership.ErrInvitationOver) {
			t.Errorf("an invitation that was taken back: %v", err)
		}
		if w.places(firm).Room != 2 {
			t.Errorf("places: %+v", w.places(firm))
		}
		w.Sound(membership.Verify)
	})
}

// An invitation ends by itself, and so does everybody's place with the company's last term; a renewal keeps them.
func TestColleaguesGoWithTheTerm(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.declare(companies())
		w.buyFor("boss", firm, "ka")
		w.hire("anna")
		late, err := w.invite(firm, "late")
		w.Must(err)
		w.Days(8)
		if _, err := w.take(late.Token, "ben"); !errors.Is(err, membership.ErrInvitationOver) || w.places(firm).Invited != 0 {
			t.Errorf("an invitation of last week: %v, %+v", err, w.places(firm))
		}
		second := w.buyFor("anna", firm, "ka") // another contact renews it: the caller says who may
		if second.Kind != membership.KindRenewal {
			t.Errorf("bought again: %+v", second)
		}
		w.Days(400)
		if !slices.Equal(w.covers("anna"), []string{"ka", "vip"}) {
			t.Errorf("in the second year anna has %v", w.covers("anna"))
		}
		w.Days(340)
		if len(w.covers("anna")) != 0 || w.members() != 0 || w.places(firm) != (membership.Places{}) {
			t.Errorf("after it anna has %v; %d members; %+v", w.covers("anna"), w.members(), w.places(firm))
		}
		w.Sound(membership.Verify)
		// Bought anew, the places are empty.
		w.buyFor("boss", firm, "ka")
		if n := w.places(firm); n.Places != 3 || n.Taken != 0 {
			t.Errorf("bought anew: %+v", n)
		}
	})
}

// A company's terms and its people's own are apart: neither renews nor credits the other. An upgrade gives more places, a refund ends them.
func TestACompanysTermIsItsOwn(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.declare(companies())
		own := w.buy("boss", "vip")
		less := w.buyFor("boss", firm, "vip")
		if less.Kind != membership.KindNew || own.Organisation != "" || len(w.memberships("boss")) != 2 {
			t.Errorf("for the company: %+v; boss has %+v", less, w.memberships("boss"))
		}
		w.hire("anna")
		if _, err := w.invite(firm, "second"); !errors.Is(err, membership.ErrPlacesFull) {
			t.Errorf("a second of one: %v", err)
		}
		more := w.buyFor("boss", firm, "ka")
		if more.Kind != membership.KindUpgrade || more.Credit == 0 || w.places(firm).Room != 2 {
			t.Errorf("upgraded: %+v, %+v", more, w.places(firm))
		}
		w.hire("ben")
		if _, err := w.refund(more.ID); err != nil { // VIP goes on, with its one place
			t.Fatal(err)
		}
		if n := w.places(firm); n != (membership.Places{Places: 1, Taken: 1}) || len(w.covers("ben")) != 0 || !slices.Equal(w.covers("anna"), []string{"vip"}) {
			t.Errorf("after the refund: %+v, ben has %v", n, w.covers("ben"))
		}
		if _, err := w.refund(less.ID); err != nil {
			t.Fatal(err)
		}
		if len(w.covers("ben"))+len(w.covers("anna")) != 0 || !slices.Equal(w.covers("boss"), []string{"vip"}) || w.members() != 1 {
			t.Errorf("after the last: anna %v, ben %v, boss %v, %d members", w.covers("anna"), w.covers("ben"), w.covers("boss"), w.members())
		}
		w.Sound(membership.Verify)
		if err := w.Try(func(tx *db.Tx) error {
			c := companies()
			c.Plans[0].Seats = 0
			if err := w.DeclareTx(tx, c); err != nil {
				return err
			}
			_, err := w.ReserveForTx(tx, "boss", firm, "vip", time.Minute)
			return err
		}); !errors.Is(err, membership.ErrPersonsOnly) {
			t.Errorf("a plan without places for a company: %v", err)
		}
	})
}

// Who is there twice after a merge of persons has one place; who leaves gives it back.
func TestPlacesFollowPersons(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.declare(companies())
		w.buyFor("boss", firm, "ka")
		w.hire("anna")
		w.hire("anna2")
		w.Merged["anna"] = []string{"anna2"}
		w.Do(func(tx *db.Tx) error {
			if err := w.Seats.MergeTx(tx, "anna2", "anna"); err != nil {
				return err
			}
			return w.FollowTx(tx, "anna")
		})
		if n := w.places(firm); n.Taken != 1 || w.members() != 2 {
			t.Errorf("after the merge: %+v, %d members", n, w.members())
		}
		own := w.buy("anna", "vip")
		w.Do(func(tx *db.Tx) error {
			n, err := w.LeaveTx(tx, "anna")
			if n != 2 {
				t.Errorf("%d memberships ended", n)
			}
			return err
		})
		if n := w.places(firm); n.Taken != 0 || len(w.covers("anna")) != 0 || w.members() != 1 {
			t.Errorf("after leaving: %+v, anna has %v, %d members", n, w.covers("anna"), w.members())
		}
		w.Do(func(tx *db.Tx) error {
			x, err := w.TermTx(tx, own.ID)
			if x.State != membership.Left || x.EndedAt.IsZero() {
				t.Errorf("what she left: %+v", x)
			}
			_, err2 := w.LeaveTx(tx, "boss")
			return errors.Join(err, err2)
		})
		if !slices.Equal(w.covers("boss"), []string{"ka", "vip"}) {
			t.Errorf("the company's term ended with its contact's leaving: %v", w.covers("boss"))
		}
		if _, err := w.refund(own.ID); err != nil {
			t.Errorf("staff gives back what was left: %v", err)
		}
		w.Sound(membership.Verify)
	})
}

// Many claim the last places at once on two connections, of links made for all: never more than there are, and one each.
func TestPlacesAreNeverOversold(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.declare(companies())
		w.buyFor("boss", firm, "ka")
		second, err := db.Open(t.Context(), d.Config)
		w.Must(err)
		defer second.Close()
		other := *d
		other.DB = second
		nodes := []*world{w, newWorld(t, &other)}
		var wg sync.WaitGroup
		var mu sync.Mutex
		var tokens []string
		full := 0
		for i := range 12 {
			wg.Go(func() {
				p, err := nodes[i%2].invite(firm, fmt.Sprint("key ", i))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					tokens = append(tokens, p.Token)
				case errors.Is(err, membership.ErrPlacesFull):
					full++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(tokens) != 3 || full != 9 {
			t.Fatalf("%d invitations, %d refused", len(tokens), full)
		}
		took := 0
		for i := range 12 { // four claim each link
			wg.Go(func() {
				_, err := nodes[i%2].take(tokens[i/4], fmt.Sprint("colleague ", i))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					took++
				case !errors.Is(err, membership.ErrInvitationTaken):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := w.places(firm); took != 3 || n.Taken != 3 || n.Room != 0 || w.members() != 4 {
			t.Errorf("%d took one, %+v, %d members", took, n, w.members())
		}
		w.Sound(membership.Verify)
	})
}

// A community that is full has no room for a colleague either; their invitation stays.
func TestColleaguesCountUnderTheCap(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		c := companies()
		c.Cap = 2
		w.declare(c)
		w.buyFor("boss", firm, "ka")
		w.hire("anna")
		p, err := w.invite(firm, "one more")
		w.Must(err)
		if _, err := w.take(p.Token, "ben"); !errors.Is(err, seat.ErrGone) {
			t.Errorf("a third of two: %v", err)
		}
		if n := w.places(firm); n.Invited != 1 || n.Taken != 1 {
			t.Errorf("places: %+v", n)
		}
	})
}
