package membership_test

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var shanghai = time.FixedZone("CST", 8*3600)

// world is memberships on a database.
type world struct {
	*membership.Service
	*stage.Crowd
	stage.Stage
}

func newWorld(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	w := &world{Stage: stage.New(t, d), Crowd: stage.NewCrowd()}
	w.Service = membership.New(d.DB, w.Seats, w.Crowd, func(context.Context, string) *time.Location { return shanghai })
	w.Register(w.Runner)
	return w
}

// academy is a plan that includes another, with two waves on the lesser one.
func academy() membership.Config {
	renewal := money.Fen(3000_00)
	return membership.Config{Plans: []membership.Plan{
		{
			Name: "vip", Title: stage.Words("VIP"), Price: 3600_00, Renewal: &renewal, Period: membership.Period{Months: 12}, Grace: 14, Refund: 7,
			Number:   membership.Number{Pattern: "V{yyyy}-{n:3}", Reserved: []int{1}, Without: "4"},
			Benefits: []membership.Benefit{{Name: "class", Title: stage.Words("两天课"), Count: 1}, {Name: "online", Title: stage.Words("线上课")}},
			Waves:    []membership.Wave{{Name: "early", Price: 999_00, Quota: 2}, {Name: "late", Price: 1599_00, Quota: 3}},
		},
		{
			Name: "ka", Title: stage.Words("KA"), Price: 120_000_00, Period: membership.Period{Months: 12}, Includes: []string{"vip"}, Refund: 7,
			Benefits: []membership.Benefit{{Name: "class", Title: stage.Words("两天课"), Count: 5}},
		},
	}}
}

func (w *world) declare(c membership.Config) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error { return w.DeclareTx(tx, c) })
}

// buy reserves and pays.
func (w *world) buy(person, plan string) membership.Term {
	w.T.Helper()
	t, err := w.Reserve(w.T.Context(), w.D.Community, person, plan, 15*time.Minute)
	if err != nil {
		w.T.Fatalf("%s reserves %s: %v", person, plan, err)
	}
	if t, err = w.Buy(w.T.Context(), w.D.Community, t.ID); err != nil {
		w.T.Fatalf("%s buys %s: %v", person, plan, err)
	}
	return t
}

func (w *world) refund(term string) (t membership.Term, err error) {
	w.T.Helper()
	err = w.D.Do(w.T.Context(), w.D.Community, func(tx *db.Tx) (err error) {
		t, err = w.RefundTx(tx, term)
		return err
	})
	return t, err
}

func (w *world) memberships(person string) (out []membership.Tenure) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { out, err = w.MembershipsTx(tx, person); return err })
	return out
}

func (w *world) members() int {
	w.T.Helper()
	var c seat.Counts
	w.Do(func(tx *db.Tx) (err error) { c, err = w.Seats.Count(tx, "members"); return err })
	return c.Taken
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, shanghai).UTC() }
