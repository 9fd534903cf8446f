package app

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/db"
)

// firmBuys is when, before the demo begins, a company buys: on a day whose bill is made by then.
const firmBuys = 31 * time.Hour

// fillFirm lets a company buy a membership, whose contact gives three colleagues a place. It does nothing where no plan has places for
// colleagues, nobody is there to buy, or money can't be tried out.
func (a *App) fillFirm(ctx context.Context, community string) error {
	var plan string
	var members []string
	err := a.DB.Read(ctx, community, func(tx *db.Tx) error {
		offers, err := a.Members.Plans(tx)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(offers, func(o membership.Offer) bool { return o.Seats >= 3 }); i >= 0 {
			plan = offers[i].Name
		}
		p, err := a.Members.MembersTx(tx, membership.MemberFilter{State: membership.Active}, "", 4)
		members = nil
		for _, t := range p.Items {
			members = append(members, t.Person)
		}
		return err
	})
	if err != nil || plan == "" || len(members) < 4 || !slices.Contains(a.Shop.Billers(), channel.Sandbox) {
		return err
	}
	boss := members[0]
	var o people.Organisation
	err = a.DB.Do(ctx, community, func(tx *db.Tx) (err error) {
		if o, err = a.People.FoundTx(tx, "firm", boss, "杭州青禾运营有限公司", ""); err == nil {
			_, err = a.People.EditOrganisationTx(tx, o.ID, people.OrganisationEdit{Invoice: &people.Invoice{
				Title: "杭州青禾运营有限公司", TaxNumber: "91330100MA2XXXXXXX", Email: "finance@example.com", Address: "浙江省杭州市西湖区文三路 1 号",
			}})
		}
		return err
	})
	if err != nil {
		return err
	}
	order, err := a.Shop.Checkout(ctx, community, shop.Checkout{Key: "firm", Person: boss, Organisation: o.ID, Items: []shop.Item{{Kind: shop.KindPlan, Item: plan}}})
	if err != nil {
		return fmt.Errorf("order for the company: %w", err)
	}
	p, err := a.Shop.Pay(ctx, community, order.ID, channel.Sandbox)
	if err != nil {
		return fmt.Errorf("pay for the company: %w", err)
	}
	if _, err := a.Shop.Notify(ctx, community, channel.Sandbox, channel.Notice{Payment: p.ID, Amount: order.Amount}); err != nil {
		return fmt.Errorf("pay for the company: %w", err)
	}
	if err := a.Settle(ctx); err != nil {
		return err
	}
	return a.DB.Do(ctx, community, func(tx *db.Tx) error {
		for i, person := range members[1:] {
			place, err := a.Members.InviteTx(tx, o.ID, boss, fmt.Sprint("firm ", i))
			if err == nil {
				_, err = a.Members.TakePlaceTx(tx, place.Token, person)
			}
			if err != nil {
				return fmt.Errorf("a colleague's place: %w", err)
			}
		}
		return nil
	})
}

// fillBill compares the sandbox's bill of a day that is over: one payment is not in it, and one in it is nobody's. It
// does nothing where nothing was paid on that day.
func (a *App) fillBill(ctx context.Context, community string, at time.Time) error {
	if !slices.Contains(a.Shop.Billers(), channel.Sandbox) {
		return nil
	}
	day := at.In(channel.BillZone).Format(time.DateOnly)
	var file bytes.Buffer
	if err := a.Shop.WriteBill(ctx, community, channel.Sandbox, day, &file); err != nil {
		return fmt.Errorf("the bill of %s: %w", day, err)
	}
	var lines []channel.BillLine
	if _, err := channel.ReadTradeBill(&file, func(l channel.BillLine) error { lines = append(lines, l); return nil }); err != nil || len(lines) == 0 {
		return err
	}
	strange := lines[0]
	strange.Payment, strange.Outside, strange.Amount, strange.Fee = "another-system-0001", "4200002788202611210001", 399_00, channel.FeeOf(2_39)
	lines[0] = strange
	file.Reset()
	err := channel.WriteTradeBill(&file, func(put func(channel.BillLine) error) error {
		for _, l := range lines {
			if err := put(l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("the bill of %s: %w", day, err)
	}
	_, err = a.Shop.ReadBill(ctx, community, shop.BillFile{Channel: channel.Sandbox, Day: day, File: bytes.NewReader(file.Bytes())})
	return err
}
