package app

import (
	"errors"
	"fmt"
	"slices"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/task"
)

// openTeam makes the team, which learns of contacts and of what its staff does by facts. Sales it is told of with growth: who brought
// the buyer is known then.
func (a *App) openTeam() {
	a.Team = team.New(team.Deps{DB: a.DB, Ledger: a.Ledger, People: ownedPeople{a}, Zone: a.zone, Holders: a.Auth.WithRole})
	a.Team.Register(a.Jobs)
	a.Auth.OnRoles(a.Team.LeaveTx)
	kinds := []string{
		fact.KindOf(intake.Registered{}), fact.KindOf(intake.ContactAdded{}), fact.KindOf(event.TicketTaken{}), fact.KindOf(task.Finished{}), fact.KindOf(people.ProfileChanged{}),
	}
	a.Facts.Subscribe(fact.Subscription{Name: "team", Kinds: kinds, Most: 64, Handle: func(tx *db.Tx, facts []fact.Fact) error {
		rules, err := a.Team.RulesTx(tx)
		if err != nil || len(rules.Departments) == 0 {
			return err
		}
		for _, f := range facts {
			if f.Person == "" {
				continue
			}
			if err := a.staffAfter(tx, f); err != nil {
				return fmt.Errorf("team after %s %s: %w", f.Kind, f.ID, err)
			}
		}
		return nil
	}})
}

// reactTeam lets the team follow what becomes of persons.
func (a *App) reactTeam() {
	a.People.OnMerge(a.Team.MergeTx)
	a.People.OnErase(a.Team.DropTx)
	a.People.OnErase(a.Team.ForgetTx)
	a.People.OnBlock(func(tx *db.Tx, person, _ string) error { return a.Team.DropTx(tx, person) })
	a.People.OnExport("owners", func(tx *db.Tx, person string) (any, error) {
		var all []team.Turn
		for cursor := ""; ; {
			p, err := a.Team.TurnsTx(tx, person, cursor, 100)
			if err != nil {
				return nil, err
			}
			if all, cursor = append(all, p.Items...), p.Next; cursor == "" {
				return all, nil
			}
		}
	})
}

// staffAfter tells the team what happened elsewhere.
func (a *App) staffAfter(tx *db.Tx, f fact.Fact) error {
	switch f.Kind {
	case fact.KindOf(task.Finished{}):
		_, err := a.Team.TouchTx(tx, f.Actor, f.Person)
		if errors.Is(err, team.ErrNoOwner) || errors.Is(err, team.ErrNotYours) || errors.Is(err, people.ErrNotFound) {
			return nil
		}
		return err
	case fact.KindOf(people.ProfileChanged{}):
		var x people.ProfileChanged
		if err := f.Into(&x); err != nil {
			return err
		}
		return a.adopt(tx, f, x.Field)
	}
	gone, err := a.beyondCare(tx, f.Person)
	if err != nil || gone {
		return err
	}
	member, err := promoters{a}.Member(tx, f.Person, tx.Now())
	if err != nil || member {
		return err
	}
	source, err := a.sourceOf(tx, f.Person, f.Entry)
	if err == nil {
		_, err = a.Team.WelcomeTx(tx, team.Arrival{Person: f.Person, Source: source, Fact: f.ID})
	}
	return err
}

// beyondCare tells whether a person is kept out or erased, so that nobody looks after them. Either at the same moment is seen, or finds
// what this transaction did.
func (a *App) beyondCare(tx *db.Tx, person string) (bool, error) {
	out, err := a.People.KeptOut(tx, person)
	if errors.Is(err, people.ErrErased) {
		return true, nil
	}
	return out, err
}

// owners are the fields of a profile that say who looks after the person.
var owners = map[people.FieldName]team.Side{"sales_owner": team.SideSales, "service_owner": team.SideService}

// adopt follows a profile on which somebody, or a path, wrote who looks after the person.
func (a *App) adopt(tx *db.Tx, f fact.Fact, field people.FieldName) error {
	side, known := owners[field]
	if !known {
		return nil
	}
	p, err := a.People.ProfileTx(tx, f.Person)
	if err != nil || p.State == people.StateErased {
		return err
	}
	staff := p.SalesOwner
	if side == team.SideService {
		staff = p.ServiceOwner
	}
	return a.Team.AdoptTx(tx, f.Actor, p.ID, side, staff)
}

// sourceOf is the name of the source by which somebody came: that of an entry, else the first they ever came by.
func (a *App) sourceOf(tx *db.Tx, person, entry string) (string, error) {
	id := ""
	if entry != "" {
		e, err := a.Intake.EntryTx(tx, entry)
		if err != nil && !errors.Is(err, intake.ErrUnknownEntry) {
			return "", err
		}
		id = e.Source
	}
	if id == "" {
		p, err := a.People.ProfileTx(tx, person)
		if err != nil {
			return "", err
		}
		id = p.FirstSource
	}
	s, err := a.Intake.SourceTx(tx, id)
	if errors.Is(err, intake.ErrUnknownSource) {
		return "", nil
	}
	return s.Name, err
}

// credit tells the team of an order whose buyer has what they paid for; rewards are what others got for bringing them.
func (a *App) credit(tx *db.Tx, o shop.Order, f fact.Fact, rewards []growth.Reward) error {
	rules, err := a.Team.RulesTx(tx)
	if err != nil || len(rules.Departments) == 0 {
		return err
	}
	x := team.Sale{Order: o.ID, Buyer: o.Person, Paid: o.Paid, Back: o.Refunded, PaidAt: o.PaidAt, Kind: team.KindNew, Fact: f.ID}
	for _, l := range o.Lines {
		x.HandsOver = x.HandsOver || rules.Owners.HandsOver(l.Kind)
		if l.Kind != shop.KindPlan {
			continue
		}
		t, err := a.Members.TermTx(tx, l.Ref)
		if err != nil {
			return err
		}
		switch t.Kind {
		case membership.KindRenewal:
			x.Kind = team.KindRenewal
		case membership.KindUpgrade:
			x.Kind = team.KindUpgrade
		case membership.KindNew:
		}
	}
	if at := slices.IndexFunc(rewards, func(r growth.Reward) bool { return r.Level == 1 }); at >= 0 {
		x.Promoter = rewards[at].Promoter
	}
	if x.Source, err = a.sourceOf(tx, o.Person, ""); err != nil {
		return err
	}
	gone, err := a.beyondCare(tx, o.Person)
	if err != nil {
		return err
	}
	x.HandsOver = x.HandsOver && !gone
	return a.Team.CreditTx(tx, x)
}

// ownedPeople tells the team about persons, and writes their owners on their profiles.
type ownedPeople struct{ app *App }

func (p ownedPeople) IDs(tx *db.Tx, person string) ([]string, error) { return people.Group(tx, person) }

func (p ownedPeople) Own(tx *db.Tx, person string, side team.Side, staff string) error {
	for field, of := range owners {
		if of == side {
			return p.app.People.SetFieldTx(tx, person, field, staff, "")
		}
	}
	return nil
}

// readStaff adds to payees those who are no persons but operators: their wages are paid as rewards are.
func (a *App) readStaff(tx *db.Tx, ids []string, out map[string]payout.Payee) error {
	var left []string
	for _, id := range ids {
		if _, known := out[id]; !known {
			left = append(left, id)
		}
	}
	if len(left) == 0 {
		return nil
	}
	staff, err := a.Auth.StaffTx(tx)
	for _, x := range staff {
		if slices.Contains(left, x.ID) {
			out[x.ID] = payout.Payee{Name: x.Name}
		}
	}
	return err
}
