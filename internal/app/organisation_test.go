package app_test

import (
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// firm is a company with a membership of three places for colleagues.
func (w *stall) firm(contact string) (id string) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		err := w.Members.DeclareTx(tx, membership.Config{Plans: []membership.Plan{{
			Name: "team", Title: text.Text{text.Hans: "团队"}, Price: 5000_00, Period: membership.Period{Months: 12}, Seats: 3,
		}}})
		if err != nil {
			return err
		}
		o, err := w.People.FoundTx(tx, "firm "+contact, contact, "一号公司", "")
		if err != nil {
			return err
		}
		id = o.ID
		term, err := w.Members.ReserveForTx(tx, contact, id, "team", time.Minute)
		if err == nil {
			_, err = w.Members.BuyTx(tx, term.ID)
		}
		return err
	})
	return id
}

// employ gives somebody a place.
func (w *stall) employ(firm, contact, person string) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		p, err := w.Members.InviteTx(tx, firm, contact, "for "+person)
		if err == nil {
			_, err = w.Members.TakePlaceTx(tx, p.Token, person)
		}
		return err
	})
}

// P10: merging two colleagues of a company leaves one human with one place in it; who is freed of it goes.
func TestAMergeKeepsTheColleagueInTheCompany(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		boss, ann, bob := w.person(), w.person(), w.person()
		firm := w.firm(boss)
		w.employ(firm, boss, ann)
		w.employ(firm, boss, bob)
		m, err := w.People.Merge(t.Context(), w.community, ann, bob, "op")
		w.must(err)
		role := func() (r people.OrganisationRole) {
			w.do(func(tx *db.Tx) (err error) { r, err = w.People.OrganisationRoleTx(tx, firm, m.Into); return err })
			return r
		}
		w.do(func(tx *db.Tx) error {
			n, err := w.Members.PlacesTx(tx, firm)
			if n != (membership.Places{Places: 3, Taken: 1, Room: 2}) {
				t.Errorf("places: %+v", n)
			}
			return err
		})
		if role() != people.RoleColleague {
			t.Errorf("after the merge they are %q there", role())
		}
		w.do(func(tx *db.Tx) error { return w.Members.GiveUpPlaceTx(tx, firm, m.From) })
		if role() != "" {
			t.Errorf("without a place they are %q there", role())
		}
		w.proven()
	})
}

// Erasing the last contact of a company that has a membership asks staff who is to be it; one without needs none.
func TestACompanyWithoutAContact(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		boss, ann, other := w.person(), w.person(), w.person()
		firm := w.firm(boss)
		w.employ(firm, boss, ann)
		w.do(func(tx *db.Tx) error { _, err := w.People.FoundTx(tx, "bare", other, "二号公司", ""); return err })
		w.must(w.People.Erase(t.Context(), w.community, other, "op"))
		w.must(w.People.Erase(t.Context(), w.community, boss, "op"))
		w.must(w.Settle(t.Context()))
		list, err := w.Tasks.List(t.Context(), w.community, task.System, task.Filter{Kind: "company-contact"}, "", 10)
		w.must(err)
		if len(list.Items) != 1 || list.Items[0].Subject != firm || list.Items[0].Note != "一号公司" || list.Items[0].Role != "service" {
			t.Errorf("asked: %+v", list.Items)
		}
		w.do(func(tx *db.Tx) error {
			if err := w.People.SetOrganisationMemberTx(tx, firm, ann, people.RoleContact, "op"); err != nil {
				return err
			}
			return w.People.ContactOfTx(tx, firm, ann)
		})
		w.proven()
	})
}
