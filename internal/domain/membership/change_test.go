package membership_test

import (
	"errors"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

func (w *world) reserve(person, plan string) membership.Term {
	w.T.Helper()
	t, err := w.Reserve(w.T.Context(), w.D.Community, person, plan, 15*time.Minute)
	if err != nil {
		w.T.Fatal(err)
	}
	return t
}

// changed sees that a reservation is refused since its price no longer holds, and that the same thing can be reserved anew.
func (w *world) changed(t membership.Term, credit money.Fen) {
	w.T.Helper()
	if _, err := w.Buy(w.T.Context(), w.D.Community, t.ID); !errors.Is(err, membership.ErrChanged) {
		w.T.Errorf("%s pays for %s: %v", t.Person, t.Plan, err)
	}
	w.Do(func(tx *db.Tx) error { return w.DropTx(tx, t.ID) })
	anew := w.reserve(t.Person, t.Plan)
	if anew.ID == t.ID || anew.Credit != credit {
		w.T.Errorf("anew: %+v, not with a credit of %s", anew, credit)
	}
	if _, err := w.Buy(w.T.Context(), w.D.Community, anew.ID); err != nil {
		w.T.Error(err)
	}
}

// returned gives a part back, as a refund of the order does.
func (w *world) returned(term string, part money.Fen) error {
	w.T.Helper()
	return w.D.Do(w.T.Context(), w.D.Community, func(tx *db.Tx) error { return w.ReturnedTx(tx, term, part) })
}

// M1, M2: a price that counted on something else than what the member has when they pay isn't taken: nothing gives way uncredited,
// and nothing is credited that went back.
func TestAPriceHoldsForWhatItWasMadeFor(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		c := academy()
		c.Plans[1].Includes = []string{"vip", "lite"}
		c.Plans = append(c.Plans, membership.Plan{Name: "lite", Title: stage.Words("Lite"), Price: 200_00, Period: membership.Period{Months: 12}})
		w.declare(c)

		// Two tabs: the lesser plan is bought in between.
		vip, ka := w.reserve("ann", "vip"), w.reserve("ann", "ka")
		if _, err := w.Buy(t.Context(), d.Community, vip.ID); err != nil {
			t.Fatal(err)
		}
		w.changed(ka, 999_00)

		// One of two terms that were credited is given back in between.
		vip = w.buy("bob", "vip")
		w.buy("bob", "lite")
		if ka = w.reserve("bob", "ka"); ka.Credit != 1199_00 {
			t.Fatalf("credited %s", ka.Credit)
		}
		if _, err := w.refund(vip.ID); err != nil {
			t.Fatal(err)
		}
		w.changed(ka, 200_00)

		// A part of it goes back in between.
		vip = w.buy("cid", "vip")
		ka = w.reserve("cid", "ka")
		if err := w.returned(vip.ID, 900_00); err != nil {
			t.Fatal(err)
		}
		w.changed(ka, vip.Price-900_00)

		// It renews in between.
		w.buy("dan", "lite")
		ka = w.reserve("dan", "ka")
		w.buy("dan", "lite")
		w.changed(ka, 400_00)
	})
}

// A term that has run out between reservation and payment changes nothing: the member had it to its end.
func TestWhatRunsOutStaysCredited(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.declare(academy())
		vip := w.buy("ann", "vip")
		d.Clock.Set(vip.GraceUntil.Add(-time.Minute))
		ka := w.reserve("ann", "ka")
		d.Clock.Advance(2 * time.Minute)
		if got, err := w.Buy(t.Context(), d.Community, ka.ID); err != nil || got.State != membership.Active {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// What went back of a term in parts is neither credited nor given back once more; a term that gave way is part of another's price.
func TestPartsOfATerm(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.declare(academy())
		vip := w.buy("ann", "vip")
		if err := w.returned(vip.ID, 900_00); err != nil {
			t.Fatal(err)
		}
		w.Do(func(tx *db.Tx) error {
			term, err := w.TermTx(tx, vip.ID)
			if n := term.Refundable(tx.Now()); err == nil && n != 99_00 {
				t.Errorf("%s can be given back", n)
			}
			q, quoteErr := w.QuoteTx(tx, "ann", "ka")
			if quoteErr == nil && q.Credit != 99_00 {
				t.Errorf("%s is credited", q.Credit)
			}
			return errors.Join(err, quoteErr)
		})
		w.buy("ann", "ka")
		if err := w.returned(vip.ID, 1); !errors.Is(err, membership.ErrNotBought) {
			t.Errorf("a part of what gave way: %v", err)
		}
	})
}
