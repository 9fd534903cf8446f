package app

import (
	"context"
	"errors"
	"io"

	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/transfer"
)

// openPayouts makes payouts, which pay what growth and others have credited.
func (a *App) openPayouts() {
	a.Payouts = payout.New(payout.Deps{DB: a.DB, Ledger: a.Ledger, Secrets: a.Keys, Zone: a.zone, Payees: a.payees, Settle: a.Growth.SettleAllTx})
	a.Payouts.Register(a.Jobs)
}

// reactPayouts gives people what was paid to them in their own export. Erasing a person leaves it: taxes are reported from it.
func (a *App) reactPayouts() {
	a.People.OnExport("payouts", func(tx *db.Tx, person string) (any, error) {
		ids, err := people.Group(tx, person)
		if err != nil {
			return nil, err
		}
		var all []payout.Line
		for cursor := ""; ; {
			p, err := a.Payouts.PaidToTx(tx, ids, cursor, 100)
			if err != nil {
				return nil, err
			}
			if all, cursor = append(all, p.Items...), p.Next; cursor == "" {
				return all, nil
			}
		}
	})
}

// payees gives legal names and phones. Who was erased has none any more, and still gets what is theirs.
func (a *App) payees(tx *db.Tx, persons []string) (map[string]payout.Payee, error) {
	out := make(map[string]payout.Payee, len(persons))
	for len(persons) > 0 {
		n := min(len(persons), 64)
		if err := a.readPayees(tx, persons[:n], out); err != nil {
			return nil, err
		}
		if err := a.readStaff(tx, persons[:n], out); err != nil {
			return nil, err
		}
		persons = persons[n:]
	}
	return out, nil
}

func (a *App) readPayees(tx *db.Tx, persons []string, out map[string]payout.Payee) error {
	who, err := a.People.Recipients(tx, persons...)
	if errors.Is(err, people.ErrNotFound) { // an account of nobody stops nobody else
		if len(persons) == 1 {
			return nil
		}
		for i := range persons {
			if err := a.readPayees(tx, persons[i:i+1], out); err != nil {
				return err
			}
		}
		return nil
	}
	if err != nil {
		return err
	}
	list := make([]*people.Recipient, 0, len(who))
	for _, r := range who {
		list = append(list, r)
	}
	if err := a.People.ReadAddresses(tx, list...); err != nil {
		return err
	}
	for id, r := range who {
		if r.State == people.StateErased {
			continue
		}
		var p payout.Payee
		if p.Name, err = a.People.LegalName(tx, r); err != nil {
			return err
		}
		if p.Phone, _, err = a.People.Address(tx, r, people.Phone); err != nil {
			return err
		}
		out[id] = p
	}
	return nil
}

// payoutColumns head the file for the bank.
var payoutColumns = []string{"payee", "phone", "gross", "withheld", "net", "line"}

// PayoutFile writes the file for the bank: who gets how much, in yuan.
func (a *App) PayoutFile(ctx context.Context, community string, by audit.Actor, batch string, f transfer.Format, w io.Writer) error {
	return transfer.Write(w, f, func(put func([]string) error) error {
		if err := put(payoutColumns); err != nil {
			return err
		}
		return a.Payouts.Export(ctx, community, by, batch, func(r payout.Row) error {
			return put([]string{r.Payee, text.NationalPhone(r.Phone), r.Gross.String(), r.Withheld.String(), r.Net.String(), r.Line})
		})
	})
}
