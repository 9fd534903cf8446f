package team_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

// G11: a sale is one team's: sales' for its contact, service's for who was brought by a member of theirs, and for renewals; with why.
func TestCredit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(config())
		w.welcome("ann") // sam
		first := w.sell("ann", 3600)
		if y := w.why(first); y.Credit.Staff != "sam" || y.Credit.Department != "sales" || y.Credit.Kind != team.KindNew || y.Credit.Reason != team.OfOwner ||
			y.Turn.Person != "ann" || y.Rules.Version != 1 || y.Credit.Month != "2026-03" || y.Credit.Fact == "" {
			t.Errorf("the first sale %+v", y)
		}
		kind := func(k team.SaleKind) func(*team.Sale) { return func(x *team.Sale) { x.Kind = k } }
		by := func(p string) func(*team.Sale) { return func(x *team.Sale) { x.Promoter = p } }
		w.D.Clock.Advance(time.Minute)
		w.welcome("bob") // sue
		for _, c := range []struct {
			order      string
			staff      string
			department string
			kind       team.SaleKind
			reason     team.CreditReason
		}{
			{w.sell("ann", 120, kind(team.KindUpgrade)), "sam", "sales", team.KindUpgrade, team.OfOwner},
			{w.sell("ann", 120, kind(team.KindRenewal)), "val", "service", team.KindRenewal, team.OfOwner},
			{w.sell("bob", 120, by("ann")), "val", "service", team.KindReferral, team.OfPromoter},
			{w.sell("cat", 120, by("dan")), "", "sales", team.KindNew, team.OfNobody}, // nobody looks after either
			{w.sell("cat", 120), "val", "service", team.KindRenewal, team.OfOwner},    // handed to service by the sale before
			{w.sell("eve", 120, kind(team.KindRenewal)), "", "service", team.KindRenewal, team.OfNobody},
		} {
			y := w.why(c.order).Credit
			if y.Staff != c.staff || y.Department != c.department || y.Kind != c.kind || y.Reason != c.reason {
				t.Errorf("%+v, want %+v", y, c)
			}
		}
		w.Refused(team.ErrNoCredit, func(tx *db.Tx) error { _, err := w.WhyTx(tx, "none"); return err })
		none := w.fresh()
		none.sell("ann", 100)
		none.Refused(team.ErrNoCredit, func(tx *db.Tx) error { _, err := none.WhyTx(tx, "order0001"); return err })
		w.sound()
	})
}

// G11: a department that goes by another name earns for what its people sell, and an upgrade is whose the human was, whatever they were
// known by then.
func TestCreditGoesOnAfterRenamesAndMerges(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(config())
		w.welcome("ann") // sam
		w.sell("ann", 3600)
		c := config()
		c.Departments[1].Name = "sellers"
		w.declare(c)
		upgrade := func(x *team.Sale) { x.Kind = team.KindUpgrade }
		if y := w.why(w.sell("ann", 100, upgrade)).Credit; y.Department != "sellers" || y.Staff != "sam" {
			t.Errorf("after the rename %+v", y)
		}
		w.D.Clock.Advance(time.Minute)
		w.welcome("bob")
		bobs := w.why(w.sell("bob", 100)).Credit.Staff
		w.Do(func(tx *db.Tx) error { return w.MergeTx(tx, "bob", "bert") })
		w.Merged["bert"] = []string{"bob"}
		if y := w.why(w.sell("bert", 100, upgrade)).Credit; y.Staff != bobs || y.Reason != team.OfOwner {
			t.Errorf("after the merge %+v", y)
		}
		w.D.Clock.Set(at("2026-04-01 09:00"))
		if got := w.closed("2026-03"); got["sam"].Total == 0 {
			t.Errorf("sam's %+v", got["sam"])
		}
		w.sound()
	})
}

// G11: told twice from two connections at once, a sale is credited once, and what goes back is taken off once.
func TestCreditUnderRaces(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(config())
		w.welcome("ann")
		other := w.second()
		var wg sync.WaitGroup
		errs := make(chan error, 64)
		for i := range 8 {
			for _, d := range []*db.DB{w.D.DB, other} {
				wg.Go(func() {
					errs <- d.Do(t.Context(), w.D.Community, func(tx *db.Tx) error {
						x := team.Sale{Order: fmt.Sprint("o", i%4), Buyer: "ann", Paid: 100_00, PaidAt: tx.Now(), Kind: team.KindNew, HandsOver: true, Fact: fmt.Sprint("f", i)}
						if err := w.CreditTx(tx, x); err != nil {
							return err
						}
						return w.RefundTx(tx, x.Order, 40_00, fmt.Sprint("r", i))
					})
				})
			}
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			w.Must(err)
		}
		w.Do(func(tx *db.Tx) error {
			p, err := w.CreditsTx(tx, team.CreditFilter{}, "", 50)
			for _, c := range p.Items {
				if c.Refunded != 40_00 {
					t.Errorf("%+v", c)
				}
			}
			if len(p.Items) != 4 {
				t.Errorf("%d credits", len(p.Items))
			}
			return err
		})
		if w.owner("ann", team.SideService) != "val" || w.owner("ann", team.SideSales) != "-" {
			t.Error("ann is not handed to service once")
		}
		w.sound()
	})
}

// T1: figures with what they are of: contacts given, touched, converted, and sales beside the target; referrals apart.
func TestRaceBoard(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(config())
		for _, p := range []string{"ann", "bob", "cat", "dan"} {
			w.welcome(p) // sam, sue, sam, sue
			w.D.Clock.Advance(time.Minute)
		}
		w.touch("sam", "ann")
		w.touch("sam", "cat")
		w.touch("sue", "bob")
		w.sell("ann", 3600)
		order := w.sell("bob", 9000)
		w.refund(order, 1000)
		w.sell("dan", 500, func(x *team.Sale) { x.Promoter = "ann" })
		w.sell("eve", 700) // nobody's
		set := func(x team.Target) {
			w.Do(func(tx *db.Tx) error { _, err := w.SetTargetTx(tx, "boss", x); return err })
		}
		set(team.Target{Month: "2026-03", Department: "sales", Staff: "sam", Kind: team.SalesTarget, Amount: 10_000_00})
		set(team.Target{Month: "2026-03", Department: "sales", Staff: "sam", Kind: team.SalesTarget, Amount: 7_200_00})
		set(team.Target{Month: "2026-03", Department: "sales", Staff: "sue", Kind: team.SalesTarget, Amount: 1_00})
		set(team.Target{Month: "2026-03", Department: "sales", Staff: "sue", Kind: team.SalesTarget})
		set(team.Target{Month: "2026-03", Department: "service", Kind: team.ReferralTarget, Amount: 1_000_00})
		b := w.board("2026-03", "2026-03")
		sam, sue, val := score(b, "sam"), score(b, "sue"), score(b, "val")
		if sam.Owned != 2 || sam.Touched != 2 || sam.Converted != 1 || sam.Orders != 1 || sam.Sales != 3600_00 || sam.Target != 7200_00 || sam.ShareBP != 5000 || sam.Rank != 2 {
			t.Errorf("sam %+v", sam)
		}
		if sue.Owned != 2 || sue.Touched != 1 || sue.Converted != 2 || sue.Sales != 8000_00 || sue.Target != 0 || sue.Rank != 1 {
			t.Errorf("sue %+v", sue)
		}
		if val.Referrals != 500_00 || val.Sales != 0 || val.Rank != 3 {
			t.Errorf("val %+v", val)
		}
		for _, d := range b.Departments {
			switch {
			case d.Department == "sales" && (d.Owned != 4 || d.Sales != (3600+8000+700)*100 || d.Target != 7200_00 || d.Rank != 1),
				d.Department == "service" && (d.Referrals != 500_00 || d.ReferralTarget != 1000_00 || d.ReferralShareBP != 5000):
				t.Errorf("%+v", d)
			}
		}
		if later := w.board("2026-04", "2026-06"); score(later, "sam").Sales != 0 {
			t.Errorf("in other months %+v", later.Staff)
		}
		for _, c := range []struct {
			from, to string
			want     error
		}{{"2026-13", "2026-03", team.ErrMonth}, {"2026-03", "2026-3", team.ErrMonth}, {"2026-03", "2026-02", team.ErrPeriod}, {"2025-03", "2026-03", team.ErrPeriod}} {
			w.Refused(c.want, func(tx *db.Tx) error { _, err := w.BoardTx(tx, c.from, c.to); return err })
		}
		for _, c := range []struct {
			team.Target
			want error
		}{
			{team.Target{Month: "2026", Kind: team.SalesTarget}, team.ErrMonth},
			{team.Target{Month: "2026-03", Kind: "calls"}, team.ErrTargetKind},
			{team.Target{Month: "2026-03", Kind: team.SalesTarget, Amount: -1}, team.ErrTarget},
			{team.Target{Month: "2026-03", Kind: team.SalesTarget, Department: "none"}, team.ErrNoDepartment},
			{team.Target{Month: "2026-03", Kind: team.SalesTarget, Department: "sales", Staff: "val"}, team.ErrNotInDepartment},
		} {
			w.Refused(c.want, func(tx *db.Tx) error { _, err := w.SetTargetTx(tx, "boss", c.Target); return err })
		}
		w.sound()
	})
}

func yuan(n int64) money.Fen { return money.Fen(n * 100) }
