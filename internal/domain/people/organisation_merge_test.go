package people_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// caller is somebody with a number of their own.
func (h *house) caller(t *testing.T, n int) string {
	t.Helper()
	return h.person(t, people.Identifier{Kind: people.Phone, Value: fmt.Sprint(13800000000 + n)})
}

// founded is a company with a contact.
func (h *house) founded(t *testing.T, contact string) (o people.Organisation) {
	t.Helper()
	h.do(t, func(tx *db.Tx) (err error) {
		o, err = h.s.FoundTx(tx, "key "+contact, contact, "一号公司", "")
		return err
	})
	return o
}

// P10: who is in a company under two ids that became one is there once, as the more of the two, and can be given another role.
func TestAMergedContactCanBeDemoted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for i := range 2 {
			first, later := h.caller(t, 10*i+1), h.caller(t, 10*i+2)
			demoted(t, h, []string{first, later}[i], []string{later, first}[i], h.caller(t, 10*i+3))
		}
	})
}

// demoted makes one of a contact, anna, and a colleague, anna2, and gives her every role; ben is another contact.
func demoted(t *testing.T, h *house, anna, anna2, ben string) {
	t.Helper()
	o := h.founded(t, anna)
	h.Clock.Advance(time.Second)
	h.do(t, func(tx *db.Tx) error {
		return errors.Join(h.s.SetOrganisationMemberTx(tx, o.ID, anna2, people.RoleColleague, ""), h.s.SetOrganisationMemberTx(tx, o.ID, ben, people.RoleContact, ""))
	})
	m, err := h.s.Merge(t.Context(), h.Community, anna, anna2, "op")
	if err != nil {
		t.Fatal(err)
	}
	is := func(want people.OrganisationRole) {
		t.Helper()
		h.do(t, func(tx *db.Tx) error {
			in, err := h.s.AffiliationsTx(tx, anna2)
			if len(in) != 1 || in[0].Role != want {
				t.Errorf("anna is in %+v, want %s", in, want)
			}
			first, err2 := h.s.OrganisationMembersTx(tx, o.ID, "", 1)
			rest, err3 := h.s.OrganisationMembersTx(tx, o.ID, first.Next, 5)
			all := append(first.Items, rest.Items...)
			if len(all) != 2 || all[0].Person != m.Into || all[0].Role != want || all[1].Person != ben {
				t.Errorf("who is in it: %+v", all)
			}
			role, err4 := h.s.OrganisationRoleTx(tx, o.ID, anna)
			if role != want {
				t.Errorf("anna is %q, want %s", role, want)
			}
			return errors.Join(err, err2, err3, err4)
		})
	}
	is(people.RoleContact)
	for _, role := range []people.OrganisationRole{people.RoleColleague, people.RoleFinance, people.RoleContact, people.RoleFinance} {
		h.do(t, func(tx *db.Tx) error { return h.s.SetOrganisationMemberTx(tx, o.ID, anna2, role, "op") })
		is(role)
	}
	h.do(t, func(tx *db.Tx) error { return h.s.LeaveOrganisationTx(tx, o.ID, anna2, "op") })
	h.do(t, func(tx *db.Tx) error {
		in, err := h.s.AffiliationsTx(tx, anna)
		if len(in) != 0 {
			t.Errorf("she left, and is in %+v", in)
		}
		return err
	})
}

// Erasing the last contact is told of, once; erasing one of two is not; of two at once, on two connections, one is.
func TestTheLastContactIsErased(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var mu sync.Mutex
		var gone []string
		tell := func(_ *db.Tx, organisation string) (string, error) {
			mu.Lock()
			defer mu.Unlock()
			gone = append(gone, organisation)
			return "", nil
		}
		h.s.OnContactGone(tell)
		cfg := h.Config
		cfg.Clock = h.Clock
		other, err := db.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		fact.NewLog(other, bus.NewLocal(), quiet)
		for i := range 4 {
			gone = nil
			anna, ben, cora := h.caller(t, 3*i), h.caller(t, 3*i+1), h.caller(t, 3*i+2)
			o := h.founded(t, anna)
			h.Clock.Advance(time.Second)
			h.do(t, func(tx *db.Tx) error {
				return errors.Join(h.s.SetOrganisationMemberTx(tx, o.ID, ben, people.RoleContact, ""), h.s.SetOrganisationMemberTx(tx, o.ID, cora, people.RoleContact, ""))
			})
			h.do(t, func(tx *db.Tx) error { return h.s.EraseTx(tx, cora, "op") })
			if len(gone) != 0 {
				t.Errorf("two contacts are left: %v", gone)
			}
			var wg sync.WaitGroup
			for k, who := range []string{anna, ben} {
				d := []*db.DB{h.DB.DB, other}[k]
				wg.Go(func() {
					if err := d.Do(t.Context(), h.Community, func(tx *db.Tx) error { return h.s.EraseTx(tx, who, "op") }); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if len(gone) != 1 || gone[0] != o.ID {
				t.Errorf("told of %v, want %s once", gone, o.ID)
			}
		}
	})
}
