package people_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// P10: a company has people in roles, always with a contact; what stands on its invoices is encrypted; its timeline tells all of it.
func TestOrganisations(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, ben := h.person(t, people.Identifier{Kind: people.Phone, Value: "13800000001"}), h.person(t, people.Identifier{Kind: people.Phone, Value: "13800000002"})
		var o people.Organisation
		found := func(key, name string) error {
			return h.Do(t.Context(), h.Community, func(tx *db.Tx) (err error) { o, err = h.s.FoundTx(tx, key, anna, name, ""); return err })
		}
		if err := found("k", " "); !errors.Is(err, people.ErrOrganisationName) {
			t.Errorf("without a name: %v", err)
		}
		for range 2 {
			if err := found("k", "一号 公司"); err != nil {
				t.Fatal(err)
			}
		}
		if err := found("k", "二号公司"); !errors.Is(err, people.ErrOrganisationKey) {
			t.Errorf("the key again: %v", err)
		}
		for want, do := range map[error]func(tx *db.Tx) error{
			people.ErrLastContact:         func(tx *db.Tx) error { return h.s.SetOrganisationMemberTx(tx, o.ID, anna, people.RoleFinance, "") },
			people.ErrNotInOrganisation:   func(tx *db.Tx) error { return h.s.LeaveOrganisationTx(tx, o.ID, ben, "") },
			people.ErrNotContact:          func(tx *db.Tx) error { return h.s.ContactOfTx(tx, o.ID, ben) },
			people.ErrUnknownOrganisation: func(tx *db.Tx) error { return h.s.ContactOfTx(tx, "none", anna) },
			people.ErrOrganisationRole:    func(tx *db.Tx) error { return h.s.SetOrganisationMemberTx(tx, o.ID, ben, "chef", "") },
			people.ErrTaxNumber: func(tx *db.Tx) error {
				_, err := h.s.EditOrganisationTx(tx, o.ID, people.OrganisationEdit{Invoice: &people.Invoice{Title: "x", TaxNumber: "12"}})
				return err
			},
			people.ErrOrganisationChanged: func(tx *db.Tx) error {
				_, err := h.s.EditOrganisationTx(tx, o.ID, people.OrganisationEdit{Version: 9})
				return err
			},
		} {
			if err := h.Do(t.Context(), h.Community, do); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		h.do(t, func(tx *db.Tx) error {
			if err := h.s.SetOrganisationMemberTx(tx, o.ID, ben, people.RoleContact, ""); err != nil {
				return err
			}
			want := people.Invoice{Title: "一号公司", TaxNumber: "91310000MA1FL00000", Email: "a@b.cn"}
			got, err := h.s.EditOrganisationTx(tx, o.ID, people.OrganisationEdit{Invoice: &people.Invoice{Title: " 一号公司 ", TaxNumber: "91310000 ma1fl00000", Email: "a@b.cn"}, Version: 1})
			if err != nil {
				return err
			}
			if i, err := h.s.OrganisationInvoice(tx, got); err != nil || i != want {
				t.Errorf("the invoice: %+v, %v", i, err)
			}
			var stored string
			if err := tx.QueryRow(`SELECT invoice FROM people_organisation WHERE community_id = $1 AND id = $2`, tx.Community(), o.ID).Scan(&stored); err != nil || stored == "" || stored[0] == '{' {
				t.Errorf("stored as %q, %v", stored, err)
			}
			in, err := h.s.AffiliationsTx(tx, ben)
			if len(in) != 1 || in[0].Role != people.RoleContact || in[0].Name != "一号 公司" {
				t.Errorf("ben is in %+v", in)
			}
			return err
		})
		// Both contacts leave at once: one of them stays. Two sources of identifiers agree on an order by time alone.
		h.Clock.Advance(time.Second)
		cfg := h.Config
		cfg.Clock = h.Clock
		other, err := db.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		fact.NewLog(other, bus.NewLocal(), quiet)
		var wg sync.WaitGroup
		var mu sync.Mutex
		stayed := 0
		for i, who := range []string{anna, ben} {
			wg.Go(func() {
				leave := []func(person string) error{
					func(person string) error {
						return h.Do(t.Context(), h.Community, func(tx *db.Tx) error { return h.s.LeaveOrganisationTx(tx, o.ID, person, "") })
					},
					func(person string) error {
						return other.Do(t.Context(), h.Community, func(tx *db.Tx) error { return h.s.LeaveOrganisationTx(tx, o.ID, person, "") })
					},
				}[i]
				err := leave(who)
				mu.Lock()
				defer mu.Unlock()
				if errors.Is(err, people.ErrLastContact) {
					stayed++
				} else if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if stayed != 1 {
			t.Errorf("%d contacts stayed", stayed)
		}
		h.do(t, func(tx *db.Tx) error {
			var kinds []string
			for cursor := ""; ; {
				p, err := h.s.OrganisationTimelineTx(tx, o.ID, cursor, 2)
				for _, f := range p.Items {
					kinds = append(kinds, f.Kind)
				}
				if cursor = p.Next; err != nil || cursor == "" {
					if len(kinds) != 5 || kinds[0] != "people.organisation_left" {
						t.Errorf("its timeline: %v", kinds)
					}
					break
				}
			}
			list, err := h.s.OrganisationsTx(tx, "号_公", "", 10) // no pattern of the caller's
			if err != nil || len(list.Items) != 0 {
				t.Errorf("found by a pattern: %+v", list.Items)
			}
			if list, err = h.s.OrganisationsTx(tx, "号", "", 10); len(list.Items) != 1 {
				t.Errorf("found by its name: %+v", list.Items)
			}
			return err
		})
		// What a person wants on their own invoices goes when they are erased.
		h.do(t, func(tx *db.Tx) error {
			if err := h.s.SetInvoiceTx(tx, anna, people.Invoice{Title: "王小明"}); err != nil {
				return err
			}
			if err := h.s.EraseTx(tx, anna, ""); err != nil {
				return err
			}
			i, err := h.s.InvoiceTx(tx, anna)
			if i != (people.Invoice{}) {
				t.Errorf("after erasing: %+v", i)
			}
			return err
		})
	})
}
