package app

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/task"
)

// openGrowth makes growth, which learns of orders and events by their facts.
func (a *App) openGrowth() {
	a.Growth = growth.New(growth.Deps{
		DB: a.DB, Ledger: a.Ledger, Tasks: a.Tasks, People: promoters{a}, Hash: a.Keys.HMAC, Zone: a.zone,
		Asking: func(tx *db.Tx) (growth.Asking, error) {
			p, err := a.Playbooks.Current(tx)
			return p.Growth.Asking, err
		},
		Proofs: func(tx *db.Tx) ([]growth.ProofRule, error) {
			p, err := a.Playbooks.Current(tx)
			return p.Growth.Proofs, err
		},
		Pictures: a.Blobs,
	})
	a.Growth.Register(a.Jobs)
	kinds := []string{
		fact.KindOf(shop.OrderFulfilled{}), fact.KindOf(shop.RefundAsked{}), fact.KindOf(event.Attended{}), fact.KindOf(event.FriendClaimed{}), fact.KindOf(task.Finished{}),
	}
	a.Facts.Subscribe(fact.Subscription{Name: "growth", Kinds: kinds, Most: 64, Handle: func(tx *db.Tx, facts []fact.Fact) error {
		for _, f := range facts {
			if err := a.grow(tx, f); err != nil {
				return fmt.Errorf("growth after %s %s: %w", f.Kind, f.ID, err)
			}
		}
		return nil
	}})
}

// reactGrowth lets paths ask growth, and growth follow what becomes of persons.
func (a *App) reactGrowth() {
	a.Growth.Install(a.Paths)
	a.People.OnMerge(func(tx *db.Tx, _, into string) error { return a.Growth.MergeTx(tx, into) })
	a.People.OnErase(a.Growth.EraseTx)
	a.People.OnExport("referrals", func(tx *db.Tx, person string) (any, error) { return a.Growth.ExportTx(tx, person) })
}

// grow tells growth what happened elsewhere.
func (a *App) grow(tx *db.Tx, f fact.Fact) error {
	switch f.Kind {
	case fact.KindOf(shop.OrderFulfilled{}):
		return a.earn(tx, f)
	case fact.KindOf(shop.RefundAsked{}):
		o, err := a.Shop.GetTx(tx, f.Subject)
		if err != nil {
			return err
		}
		if err := a.Growth.RefundTx(tx, growth.Refund{Order: o.ID, Lines: linesOf(o), Fact: f.ID}); err != nil {
			return err
		}
		return a.Team.RefundTx(tx, o.ID, o.Refunded, f.ID)
	case fact.KindOf(event.Attended{}):
		var x event.Attended
		if err := f.Into(&x); err != nil {
			return err
		}
		return a.bring(tx, growth.Attendance, string(x.Giver), f)
	case fact.KindOf(event.FriendClaimed{}):
		var x event.FriendClaimed
		if err := f.Into(&x); err != nil {
			return err
		}
		return a.bring(tx, growth.Claim, string(x.Giver), f)
	case fact.KindOf(task.Finished{}):
		var x task.Finished
		if err := f.Into(&x); err != nil {
			return err
		}
		return a.Growth.ReviewTx(tx, growth.Review{Kind: x.Kind, Subject: f.Subject, Outcome: x.Outcome, Fact: f.ID, By: f.Actor})
	}
	return nil
}

func (a *App) bring(tx *db.Tx, binds growth.Binding, giver string, f fact.Fact) error {
	if giver == "" {
		return nil // nobody gave them the ticket
	}
	_, err := a.Growth.BindTx(tx, growth.Touch{Binds: binds, Promoter: giver, Guest: f.Person, Subject: f.Subject, At: f.At, Fact: f.ID})
	return err
}

// earn tells growth of an order whose buyer has what they paid for.
func (a *App) earn(tx *db.Tx, f fact.Fact) error {
	o, err := a.Shop.GetTx(tx, f.Subject)
	if err != nil || o.Paid == 0 {
		return err
	}
	sale := growth.Sale{Order: o.ID, Buyer: o.Person, Paid: o.Paid, PaidAt: o.PaidAt, RefundUntil: o.PaidAt, Lines: linesOf(o), Fact: f.ID}
	if err := a.offeredBy(tx, o, &sale); err != nil {
		return err
	}
	for _, l := range o.Lines {
		until, err := a.refundUntil(tx, l)
		if err != nil {
			return err
		}
		if until.After(sale.RefundUntil) {
			sale.RefundUntil = until
		}
	}
	if err := a.markPayer(tx, o); err != nil { // before it earns: what both of them paid from is looked at
		return err
	}
	rewards, err := a.Growth.EarnTx(tx, sale)
	if err != nil {
		return err
	}
	return a.credit(tx, o, f, rewards)
}

// markPayer notes from which account somebody paid.
func (a *App) markPayer(tx *db.Tx, o shop.Order) error {
	payer, err := a.Shop.PayerTx(tx, o.ID)
	if err != nil || payer == "" {
		return err
	}
	return a.Growth.MarkTx(tx, o.Person, growth.SamePayer, payer)
}

// offeredBy notes on a sale who held the event whose offer led to it, and which of its lines that sold. Anybody may name an event when
// they order: it has sold what it offered at that time, to who had a ticket of it then.
func (a *App) offeredBy(tx *db.Tx, o shop.Order, sale *growth.Sale) error {
	id, is := strings.CutPrefix(o.Origin, "event/")
	if !is {
		return nil
	}
	e, err := a.Events.GetTx(tx, id)
	if errors.Is(err, event.ErrUnknown) {
		return nil
	}
	if err != nil || e.Host == "" || !e.Offers(o.CreatedAt) {
		return err
	}
	had, err := a.Events.HadTicketTx(tx, e.ID, o.Person, o.CreatedAt)
	if err != nil || !had {
		return err
	}
	for i, l := range o.Lines {
		if strings.HasPrefix(l.Kind+"/"+l.Item+"/", e.Sells.Item+"/") {
			sale.Host, sale.Lines[i].Offered = e.Host, true
		}
	}
	return nil
}

// linesOf are an order's things as growth sees them.
func linesOf(o shop.Order) []growth.Line {
	out := make([]growth.Line, len(o.Lines))
	for i, l := range o.Lines {
		out[i] = growth.Line{Kind: l.Kind, Item: l.Item, Amount: l.Amount, Back: l.Back()}
	}
	return out
}

// refundUntil is when what was bought can't be given back by its buyer any more.
func (a *App) refundUntil(tx *db.Tx, l shop.Line) (time.Time, error) {
	switch l.Kind {
	case shop.KindPlan:
		t, err := a.Members.TermTx(tx, l.Ref)
		return t.RefundUntil(), err
	case shop.KindTicket:
		t, err := a.Events.TicketTx(tx, l.Ref)
		if err != nil {
			return time.Time{}, err
		}
		e, err := a.Events.GetTx(tx, t.Event)
		return e.Starts, err
	case shop.KindGoods, shop.KindGroup:
		return a.Goods.RefundUntilTx(tx, l.Ref)
	}
	return time.Time{}, nil
}

// promoters tells growth about persons.
type promoters struct{ app *App }

func (p promoters) IDs(tx *db.Tx, person string) ([]string, error) { return people.Group(tx, person) }

// Member goes by the dates of the terms: what somebody bought at the time or later doesn't count.
func (p promoters) Member(tx *db.Tx, person string, at time.Time) (bool, error) {
	terms, err := p.app.Members.TermsTx(tx, person)
	for _, t := range terms {
		if t.State == membership.Held || t.State == membership.Dropped || !t.BoughtAt.Before(at) || !t.Starts.Before(at) || !t.GraceUntil.After(at) {
			continue
		}
		if t.EndedAt.IsZero() || t.EndedAt.After(at) {
			return true, err
		}
	}
	return false, err
}

func (p promoters) Gone(tx *db.Tx, person string) (bool, error) { return p.app.beyondCare(tx, person) }

// Staff tells as which operator a person works here.
func (p promoters) Staff(tx *db.Tx, person string) (string, error) {
	root, err := people.Root(tx, person)
	if err != nil {
		return "", err
	}
	known, err := db.Keep(tx, "app.operators", func() (map[string]string, error) { return p.app.operators(tx) })
	return known[root], err
}

// operators are those who work here, by the person who stands for them: whom the staff say they are, and who has an address that they sign in to
// the console with.
func (a *App) operators(tx *db.Tx) (map[string]string, error) {
	staff, err := a.Auth.StaffTx(tx)
	if err != nil {
		return nil, err
	}
	persons, err := a.Team.PersonsTx(tx)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, x := range staff {
		if person := persons[x.ID]; person != "" {
			out[person] = x.ID
		}
		owner, found, err := a.People.Owner(tx, people.Identifier{Kind: people.Email, Value: x.Email})
		if errors.Is(err, people.ErrEmail) {
			continue // nobody can be known by it
		}
		if err != nil {
			return nil, err
		}
		if found {
			out[owner] = x.ID
		}
	}
	return out, nil
}

func (p promoters) Phones(tx *db.Tx, person string) ([]string, error) {
	out, err := p.app.People.PhonesTx(tx, person)
	if err != nil {
		return nil, err
	}
	addresses, err := p.app.Goods.AddressesTx(tx, person)
	for _, x := range addresses {
		if phone, ok := text.Phone(x.Phone); ok {
			out = append(out, phone)
		}
	}
	return out, err
}

func (p promoters) Alike(tx *db.Tx, one, other string) (bool, error) {
	return p.app.People.ProposedTx(tx, one, other)
}
