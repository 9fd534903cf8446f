package app

import (
	"errors"
	"fmt"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
)

// openCompanies lets contacts order for their companies, and makes who takes a company's place one of its people.
func (a *App) openCompanies() {
	a.Members.SignWith(a.Keys.HMAC)
	a.Members.OnColleague(a.colleague)
	a.Shop.OnBehalf(a.People.ContactOfTx)
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
