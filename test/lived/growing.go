package lived

import (
	"context"
	"fmt"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// programmes pay who brings somebody by a link, at once, or to an event, after a while.
func programmes() growth.Config {
	name, none := func(s string) text.Text { return text.Text{text.Hans: s} }, 0
	return growth.Config{Programmes: []growth.Programme{
		{Name: "cps", Title: name("CPS 海报"), Binds: growth.Click, ValidDays: 30, Products: []string{"plan"}, Levels: []growth.Level{{RateBP: 1000}}, FreezeDays: &none},
		{
			Name: "lock-in", Title: name("锁粉"), Binds: growth.Attendance, ValidDays: -1, ProtectDays: 30, Levels: []growth.Level{{Fixed: 50_00}},
			Reward: []growth.RewardKind{growth.InMoney, growth.InPoints, growth.InService}, PointsPerYuan: 10, Service: name("一次咨询"),
		},
	}}
}

// growing lets members bring people who buy, give a part back, and who turn out to be somebody known; some are paid out.
func (w *World) growing(ctx context.Context) error {
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	who := func(i int) string { return members[i].Person }
	err = w.Do(ctx, func(tx *db.Tx) error {
		if err := w.Growth.DeclareTx(tx, programmes()); err != nil {
			return err
		}
		if err := w.Growth.ChooseTx(tx, who(1), "lock-in", growth.InService); err != nil {
			return err
		}
		return w.Growth.AskTx(tx, growth.Ask{Person: who(0), Campaign: "spring"})
	})
	if err != nil {
		return err
	}
	for i, sharer := range []int{0, 1, 5} { // the second gets the guest; the guest shares on
		if err := w.comeBy(ctx, who(sharer), fmt.Sprint("browser ", i), who(5+i/2)); err != nil {
			return err
		}
	}
	for _, x := range []struct{ giver, guest int }{{0, 0}, {1, 5}, {0, 6}, {0, 7}, {0, 5}} { // to oneself, as it should be, on one browser, too late
		if err := w.give(ctx, who(x.giver), who(x.guest), x.guest == 6); err != nil {
			return err
		}
	}
	orders := map[int]shop.Order{}
	for _, i := range []int{5, 7} {
		if orders[i], err = w.buy(ctx, who(i), "vip", 999_00); err != nil {
			return err
		}
	}
	if _, err := w.Shop.Refund(ctx, w.Community, orders[5].ID, shop.Ask{Key: "a part of it", Amount: 99_00, Why: "改期", Actor: "owner"}); err != nil {
		return err
	}
	if err := w.Settle(ctx); err != nil {
		return err
	}
	return w.paying(ctx)
}

// comeBy lets a guest come by a sharer's link.
func (w *World) comeBy(ctx context.Context, sharer, visitor, guest string) error {
	return w.Do(ctx, func(tx *db.Tx) error {
		l, err := w.Growth.LinkTx(tx, sharer, "plan:vip")
		if err != nil {
			return err
		}
		if _, err := w.Growth.VisitTx(tx, growth.Visit{Code: l.Code, Visitor: visitor}); err != nil || sharer == guest {
			return err
		}
		return w.Growth.ClaimVisitorTx(tx, visitor, guest)
	})
}

// give lets a guest come to an event by a giver's ticket, perhaps on the giver's browser.
func (w *World) give(ctx context.Context, giver, guest string, shared bool) error {
	return w.Do(ctx, func(tx *db.Tx) error {
		if shared {
			for _, p := range []string{giver, guest} {
				if err := w.Growth.MarkTx(tx, p, growth.SameDevice, "one browser"); err != nil {
					return err
				}
			}
		}
		came, err := fact.Append(tx, growth.LinkFollowed{Sharer: fact.ID(giver)}, fact.Fact{Person: guest})
		if err != nil {
			return err
		}
		_, err = w.Growth.BindTx(tx, growth.Touch{Binds: growth.Attendance, Promoter: giver, Guest: guest, Fact: came})
		return err
	})
}

// paying drafts a batch that a second person approves; what it pays is confirmed, and what the next one can't pay goes back.
func (w *World) paying(ctx context.Context) error {
	one, other := audit.Actor{Kind: access.Operator, ID: "op"}, audit.Actor{Kind: access.Operator, ID: "owner"}
	for _, paid := range []bool{true, false} {
		var b payout.Batch
		err := w.Do(ctx, func(tx *db.Tx) (err error) {
			b, err = w.Payouts.DraftTx(tx, one, payout.Plan{Threshold: 1, WithholdBP: 300})
			return err
		})
		if err != nil {
			return err
		}
		if err := w.Settle(ctx); err != nil {
			return err
		}
		err = w.Do(ctx, func(tx *db.Tx) error {
			lines, err := w.Payouts.LinesTx(tx, b.ID, payout.Reserved, "", 10)
			if err != nil || len(lines.Items) == 0 {
				return fmt.Errorf("nobody is paid: %w", err)
			}
			if _, err := w.Payouts.ApproveTx(tx, other, b.ID); err != nil {
				return err
			}
			if paid {
				_, err = w.Payouts.PaidTx(tx, other, lines.Items[0].ID)
			} else {
				_, err = w.Payouts.FailedTx(tx, other, lines.Items[0].ID, "户名不符")
			}
			return err
		})
		if err != nil {
			return err
		}
		if paid { // somebody earns again
			if err := w.comeAgain(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// comeAgain lets one more guest buy.
func (w *World) comeAgain(ctx context.Context) error {
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	if err := w.comeBy(ctx, members[0].Person, "browser 9", members[8].Person); err != nil {
		return err
	}
	_, err = w.buy(ctx, members[8].Person, "vip", 999_00)
	return err
}
