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

// Erasing the last contact of a company that has a membership asks staff who is to be it; one without needs none. Naming one ends the
// task, also one that waits for a later day; one that staff has finished by then is no obstacle.
func TestACompanyWithoutAContact(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		boss, ann, bob, other := w.person(), w.person(), w.person(), w.person()
		firm := w.firm(boss)
		w.employ(firm, boss, ann)
		w.employ(firm, boss, bob)
		w.do(func(tx *db.Tx) error { _, err := w.People.FoundTx(tx, "bare", other, "二号公司", ""); return err })
		w.must(w.People.Erase(t.Context(), w.community, other, "op"))
		w.must(w.People.Erase(t.Context(), w.community, boss, "op"))
		w.must(w.Settle(t.Context()))
		asked := func(in task.State) []task.Task {
			list, err := w.Tasks.List(t.Context(), w.community, task.System, task.Filter{Kind: "company-contact", State: in}, "", 10)
			w.must(err)
			return list.Items
		}
		first := asked(task.StateOpen)
		if len(first) != 1 || first[0].Subject != firm || first[0].Note != "一号公司" || first[0].Role != "service" {
			t.Fatalf("asked: %+v", first)
		}
		op := task.Principal{ID: "op", Roles: []task.Role{{Name: "service"}}}
		_, err := w.Tasks.Claim(t.Context(), w.community, op, first[0].ID)
		w.must(err)
		_, err = w.Tasks.Snooze(t.Context(), w.community, op, first[0].ID, w.clock.Now().Add(24*time.Hour))
		w.must(err)
		name := func(person string, role people.OrganisationRole) {
			w.do(func(tx *db.Tx) error { return w.People.SetOrganisationMemberTx(tx, firm, person, role, "op") })
		}
		name(bob, people.RoleFinance)
		if now := asked(task.StateClaimed); len(now) != 1 {
			t.Errorf("nobody was named, and they are not asked: %+v", now)
		}
		name(ann, people.RoleContact)
		w.do(func(tx *db.Tx) error { return w.People.ContactOfTx(tx, firm, ann) })
		if open, ended := asked(task.StateClaimed), asked(task.StateCancelled); len(open) != 0 || len(ended) != 1 || ended[0].ID != first[0].ID {
			t.Errorf("named: %+v, %+v", open, ended)
		}
		name(bob, people.RoleContact) // another one ends nothing
		name(bob, people.RoleFinance)
		w.must(w.People.Erase(t.Context(), w.community, ann, "op"))
		w.must(w.Settle(t.Context()))
		second := asked(task.StateOpen)
		if len(second) != 1 {
			t.Fatalf("asked again: %+v", second)
		}
		_, err = w.Tasks.Finish(t.Context(), w.community, op, second[0].ID, "nobody", "")
		w.must(err)
		name(bob, people.RoleContact)
		if ended := asked(task.StateFinished); len(ended) != 1 || ended[0].ID != second[0].ID {
			t.Errorf("finished: %+v", ended)
		}
		w.proven()
	})
}
