package lived

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/db"
)

// employing lets a company buy a membership, whose contact invites two colleagues, of whom one comes and one place is taken back.
func (w *World) employing(ctx context.Context) error {
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	n := len(members)
	boss, colleague, gone := members[5].Person, members[n-1].Person, members[n-2].Person
	var firm people.Organisation
	err = w.DB.Do(ctx, w.Community, func(tx *db.Tx) (err error) {
		owners, err := w.Auth.WithRole(tx, "owner")
		if err != nil {
			return err
		}
		if firm, err = w.People.FoundTx(tx, "firm", boss, "一号公司", ""); err != nil {
			return err
		}
		edit := people.OrganisationEdit{Invoice: &people.Invoice{Title: "一号公司", TaxNumber: "91310000MA1FL00000", Email: "bill@example.com"}}
		if len(owners) > 0 {
			edit.Owner = &owners[0]
		}
		if _, err = w.People.EditOrganisationTx(tx, firm.ID, edit); err != nil {
			return err
		}
		return w.People.SetInvoiceTx(tx, colleague, people.Invoice{Title: "个人"})
	})
	if err != nil {
		return err
	}
	o, err := w.Shop.Checkout(ctx, w.Community, shop.Checkout{Key: "for the firm", Person: boss, Organisation: firm.ID, Items: []shop.Item{{Kind: shop.KindPlan, Item: "ka"}}})
	if err != nil {
		return fmt.Errorf("order for a company: %w", err)
	}
	p, err := w.Shop.Pay(ctx, w.Community, o.ID, channel.Sandbox)
	if err != nil {
		return err
	}
	if _, err := w.Shop.Notify(ctx, w.Community, channel.Sandbox, channel.Notice{Payment: p.ID, Amount: o.Amount}); err != nil {
		return err
	}
	if err := w.Settle(ctx); err != nil {
		return err
	}
	return w.DB.Do(ctx, w.Community, func(tx *db.Tx) error {
		for i, person := range []string{colleague, gone, ""} {
			place, err := w.App.Members.InviteTx(tx, firm.ID, boss, fmt.Sprint("invite ", i))
			if err != nil || person == "" {
				return err
			}
			if place, err = w.App.Members.TakePlaceTx(tx, place.Token, person); err == nil && person == gone {
				_, err = w.App.Members.FreePlaceTx(tx, place.ID, membership.TakenBack)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// reconciling compares the sandbox's bill of the day: one payment is missing, which stands in the next day's, and one is of another amount.
func (w *World) reconciling(ctx context.Context) error {
	zone := channel.BillZone
	day := w.Clock.Now().In(zone).Format(time.DateOnly)
	w.Clock.Advance(48 * time.Hour)
	if err := w.Settle(ctx); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := w.Shop.WriteBill(ctx, w.Community, channel.Sandbox, day, &b); err != nil {
		return err
	}
	var lines []channel.BillLine
	if _, err := channel.ReadTradeBill(&b, func(l channel.BillLine) error { lines = append(lines, l); return nil }); err != nil {
		return err
	}
	if len(lines) < 1 {
		return fmt.Errorf("nothing was paid on %s", day)
	}
	late := lines[len(lines)-1]
	late.At = late.At.Add(24 * time.Hour)
	other := lines[0]
	other.Payment, other.Outside = "nobodys", "4200000000"
	if err := w.readBill(ctx, day, append(lines[:len(lines)-1:len(lines)-1], other)); err != nil {
		return err
	}
	if err := w.readBill(ctx, late.At.In(zone).Format(time.DateOnly), []channel.BillLine{late}); err != nil {
		return err
	}
	return w.DB.Do(ctx, w.Community, func(tx *db.Tx) error {
		open, err := w.Shop.DifferencesTx(tx, shop.DifferenceFilter{Open: true}, "", 1)
		if err == nil && len(open.Items) > 0 {
			_, err = w.Shop.ResolveTx(tx, open.Items[0].ID, "owner", "另一个系统的收款")
		}
		return err
	})
}

func (w *World) readBill(ctx context.Context, day string, lines []channel.BillLine) error {
	var b bytes.Buffer
	err := channel.WriteTradeBill(&b, func(put func(channel.BillLine) error) error {
		for _, l := range lines {
			if err := put(l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = w.Shop.ReadBill(ctx, w.Community, shop.BillFile{Channel: channel.Sandbox, Day: day, Actor: "owner", File: bytes.NewReader(b.Bytes())})
	return err
}
