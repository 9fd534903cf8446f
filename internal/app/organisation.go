package app

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// openCompanies lets contacts order for their companies, and makes who takes a company's place one of its people.
func (a *App) openCompanies() {
	a.Members.SignWith(a.Keys.HMAC)
	a.Members.OnColleague(a.colleague)
	a.Shop.OnBehalf(a.People.ContactOfTx)
	a.People.OnContactGone(a.askForContact)
	a.People.OnContactNamed(asker{a}.Withdraw)
}

// What staff is asked about a company whose last contact was erased. Who it is to be is set on the company's page.
const (
	companyContact task.Kind    = "company-contact"
	contactNamed   task.Outcome = "named"
	contactNone    task.Outcome = "nobody" // the company wants none
)

// nameWithin is how long staff has to name a contact.
const nameWithin = 72 * time.Hour

// askForContact lets staff find a contact for a company that has something it paid for: nobody could invite colleagues or renew it.
// It gives the task.
func (a *App) askForContact(tx *db.Tx, organisation string) (asked string, err error) {
	terms, err := a.Members.CompanyTermsTx(tx, organisation)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(terms, func(t membership.Term) bool {
		return t.State == membership.Pending || t.State == membership.Active || t.State == membership.Grace
	}) {
		return "", nil
	}
	o, err := a.People.OrganisationTx(tx, organisation)
	if err != nil {
		return "", err
	}
	t, err := a.Tasks.OpenTx(tx, task.Task{
		Kind: companyContact, Subject: o.ID, SubjectKind: "organisation", Role: task.RoleName(access.Service), EscalateTo: task.RoleName(access.Admin),
		Due: tx.Now().Add(nameWithin), Outcomes: []task.Outcome{contactNamed, contactNone}, Note: o.Name,
	})
	return t.ID, err
}

// colleague follows who comes and goes. Who is more than a colleague there stays so.
func (a *App) colleague(tx *db.Tx, organisation, person string, in bool) error {
	role, err := a.People.OrganisationRoleTx(tx, organisation, person)
	if err != nil {
		return fmt.Errorf("role of %s in company %s: %w", person, organisation, err)
	}
	switch {
	case in && role == "":
		return a.People.SetOrganisationMemberTx(tx, organisation, person, people.RoleColleague, "")
	case !in && role == people.RoleColleague:
		err = a.People.LeaveOrganisationTx(tx, organisation, person, "")
	}
	if errors.Is(err, people.ErrNotInOrganisation) {
		return nil
	}
	return err
}
