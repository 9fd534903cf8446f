package lived

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
)

// leading gives contacts owners who speak with them, lose them and sell; a month of their sales is closed, approved and in a payout.
func (w *World) leading(ctx context.Context) error {
	seller, err := w.hire(ctx)
	if err != nil {
		return err
	}
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	last := len(members) - 1
	err = w.Do(ctx, func(tx *db.Tx) error {
		p, err := w.Shop.Orders(tx, shop.Filter{State: shop.Fulfilled}, "", 50)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(p.Items, func(o shop.Order) bool { return o.Refunded > 0 })
		other := slices.IndexFunc(p.Items, func(o shop.Order) bool {
			return at >= 0 && o.Person != p.Items[at].Person && o.Refunded == 0 && o.Paid > 0
		})
		if other < 0 {
			return errors.New("nobody has bought, or given a part of it back")
		}
		for i, o := range []shop.Order{p.Items[at], p.Items[other]} { // the one brings the other
			if _, err := w.Team.HandTx(tx, "owner", o.Person, team.SideSales, seller); err != nil {
				return err
			}
			x := team.Sale{Order: o.ID, Buyer: o.Person, Paid: o.Paid, PaidAt: o.PaidAt.AddDate(0, -1, 0), Kind: team.KindNew, HandsOver: i == 0, Fact: "f"}
			if i == 1 {
				x.Promoter = p.Items[at].Person
			}
			if err := w.Team.CreditTx(tx, x); err != nil {
				return err
			}
			if err := w.Team.RefundTx(tx, o.ID, o.Refunded, "g"); err != nil {
				return err
			}
		}
		for _, m := range members[last-2:] {
			if _, err := w.Team.HandTx(tx, "owner", m.Person, team.SideSales, seller); err != nil {
				return err
			}
		}
		if _, err := w.Team.ReturnTx(tx, "owner", members[last-1].Person); err != nil {
			return err
		}
		if err := w.Team.SetPersonTx(tx, seller, members[last].Person); err != nil {
			return err
		}
		_, err = w.Team.TouchTx(tx, seller, members[last].Person)
		return err
	})
	if err != nil {
		return err
	}
	return w.closing(ctx)
}

// hire makes the team: two who sell and one who serves, whose id it doesn't give.
func (w *World) hire(ctx context.Context) (seller string, err error) {
	title := func(s string) text.Text { return text.Text{text.Hans: s} }
	err = w.Do(ctx, func(tx *db.Tx) error {
		return w.Team.DeclareTx(tx, team.Config{Departments: []team.Department{
			{Name: "sales", Title: title("销售部"), Side: team.SideSales, Pay: team.Pay{Steps: []team.Step{{RateBP: 300}, {From: 1000_00, RateBP: 500}}}},
			{Name: "service", Title: title("服务部"), Side: team.SideService},
		}})
	})
	for i, role := range []access.Role{access.Sales, access.Sales, access.Service} {
		if err != nil {
			return "", err
		}
		var op authn.Operator
		op, err = w.Auth.CreateOperator(ctx, w.Community, authn.NewOperator{Email: fmt.Sprintf("staff%d@qunce.example", i), Name: "同事", Password: "correct horse battery staple"}, role)
		if i == 0 {
			seller = op.ID
		}
	}
	return seller, err
}

// closing closes last month, of which one statement is approved and in a payout, and sets a target for this one. What goes back
// of the month now is to be taken back in the next.
func (w *World) closing(ctx context.Context) error {
	now := w.Clock.Now()
	err := w.Do(ctx, func(tx *db.Tx) error {
		_, err := w.Team.CloseTx(tx, "op", now.AddDate(0, -1, 0).Format("2006-01"))
		return err
	})
	if err != nil {
		return err
	}
	if err := w.Settle(ctx); err != nil {
		return err
	}
	return w.Do(ctx, func(tx *db.Tx) error {
		p, err := w.Team.StatementsTx(tx, team.StatementFilter{}, "", 10)
		if err != nil || len(p.Items) == 0 || p.Items[0].Total <= 0 {
			return fmt.Errorf("nobody earns anything, but %+v: %w", p.Items, err)
		}
		if _, err := w.Team.ApproveTx(tx, "owner", p.Items[0].ID); err != nil {
			return err
		}
		if _, err := w.Team.SetTargetTx(tx, "owner", team.Target{Month: now.Format("2006-01"), Department: "sales", Kind: team.SalesTarget, Amount: 10_000_00}); err != nil {
			return err
		}
		_, err = w.Payouts.DraftTx(tx, audit.Actor{Kind: access.Operator, ID: "op"}, payout.Plan{Threshold: 1})
		return err
	})
}
