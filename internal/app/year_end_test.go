package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// M1, G1, L3: the day, the month and the year end at midnight in Shanghai, which is four in the afternoon by the machine: members get
// numbers of the year in which they have what they bought, payouts are of their month, and a visitor counts once a day.
func TestTheYearEndsInShanghai(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		ann := w.joined()
		plan := membership.Plan{Name: "year", Title: named("年度"), Price: 999_00, Period: membership.Period{Months: 12}, Number: membership.Number{Pattern: "{yyyy}-{n:2}"}}
		var link growth.Link
		w.do(func(tx *db.Tx) (err error) {
			if err := w.Members.DeclareTx(tx, membership.Config{Plans: []membership.Plan{plan}}); err != nil {
				return err
			}
			link, err = w.Growth.LinkTx(tx, ann, "plan:year")
			return err
		})
		midnight := time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)
		early, over, late := w.person(), w.person(), w.person()
		look := func(buyer, number, period string, visits int) {
			t.Helper()
			var b payout.Batch
			w.do(func(tx *db.Tx) (err error) {
				if _, err = w.Growth.VisitTx(tx, growth.Visit{Code: link.Code, Visitor: "one browser"}); err != nil {
					return err
				}
				b, err = w.Payouts.DraftTx(tx, audit.Actor{Kind: access.Operator, ID: "one"}, payout.Plan{Threshold: 1})
				return err
			})
			d := w.pays(w.order(buyer, "year"))
			w.do(func(tx *db.Tx) error {
				term, err := w.Members.TermTx(tx, d.Lines[0].Ref)
				links, err2 := w.Growth.LinksTx(tx, ann)
				if err != nil || err2 != nil || term.Number != number || b.Period != period || len(links) != 1 || links[0].Visits != visits {
					t.Errorf("at %s number %s, payout of %s, links %+v; want %s, %s, %d visits", tx.Now(), term.Number, b.Period, links, number, period, visits)
				}
				return err
			})
		}
		w.clock.Set(midnight.Add(-time.Minute))
		look(early, "2026-01", "2026-12", 1)
		crosses := w.order(over, "year") // ordered in the old year, paid in the new one
		w.clock.Set(midnight)
		look(late, "2027-01", "2027-01", 2)
		if d := w.pays(crosses); d.State != shop.Fulfilled {
			t.Errorf("paid over midnight: %+v", d)
		}
		w.do(func(tx *db.Tx) error {
			term, err := w.Members.TermTx(tx, crosses.Lines[0].Ref)
			if term.Number != "2027-02" || !term.Ends.Equal(midnight.AddDate(1, 0, 0)) {
				t.Errorf("paid at midnight: number %s, ends %s", term.Number, term.Ends)
			}
			return err
		})
	})
}

// hasty is a bank that tells of the payment, five times, before it has answered that its page is open.
type hasty struct {
	bank
	app *app.App
	err error
}

func (h *hasty) Open(ctx context.Context, r channel.PayRequest) (channel.PayPage, error) {
	for range 5 {
		if _, err := h.app.Shop.Notify(ctx, r.Community, "hasty", channel.Notice{Payment: r.ID, Amount: r.Amount}); err != nil {
			h.err = err
		}
	}
	return channel.PayPage{URL: "/hasty"}, nil
}

// S2: what a channel tells before the order knows its page counts, and once.
func TestToldBeforeThePageIsKnown(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		h := &hasty{app: w.App}
		w.Shop.Accept("hasty", h)
		o := w.order(w.person(), "vip")
		p, err := w.Shop.Pay(t.Context(), w.community, o.ID, "hasty")
		w.must(err)
		w.must(h.err)
		w.must(w.Settle(t.Context()))
		d := w.detail(o.ID)
		if d.State != shop.Fulfilled || d.Paid != o.Amount || len(d.Payments) != 1 || d.Payments[0].ID != p.ID || d.Payments[0].State != shop.Received || len(d.Refunds) != 0 {
			t.Errorf("told early it is %+v", d)
		}
		if n := w.revenue("revenue:membership"); n != o.Amount {
			t.Errorf("%s was earned", n)
		}
		w.sound()
	})
}
