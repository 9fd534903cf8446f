package membership_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// M2, M4: whoever looks after members finds each once, by the end of their run, and sees how many renew of those whose terms end in a
// month.
func TestWhoPaysAndWhoLeaves(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		c := academy()
		c.Plans[0].Waves = nil
		w.declare(c)
		list := func(s membership.State, size int) string {
			t.Helper()
			var all []string
			for cursor := ""; ; {
				var next string
				w.Do(func(tx *db.Tx) error {
					p, err := w.MembersTx(tx, membership.MemberFilter{State: s}, cursor, size)
					for _, x := range p.Items {
						all = append(all, fmt.Sprint(x.Person, " ", x.State))
					}
					next = p.Next
					return err
				})
				if cursor = next; cursor == "" {
					return strings.Join(all, ", ")
				}
			}
		}
		expect := func(what string, got, want any) {
			t.Helper()
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
		start := d.Clock.Now()
		w.buy("ann", "vip")
		d.Clock.Advance(24 * time.Hour)
		w.buy("bob", "vip")
		w.buy("eve", "ka")
		d.Clock.Advance(24 * time.Hour)
		w.buy("cat", "vip")
		w.Do(func(tx *db.Tx) error { _, err := w.ReserveTx(tx, "dan", "vip", time.Hour); return err }) // has paid nothing
		expect("all, a page at a time", list("", 1), "ann active, bob active, eve active, cat active")
		d.Clock.Set(start.AddDate(1, 0, -20))
		w.Days(0)
		w.buy("bob", "vip")
		expect("ending", list(membership.Ending, 10), "ann active, eve active, cat active")
		expect("pending", list(membership.Pending, 10), "bob pending")
		counts := func() (out []membership.Counts) {
			t.Helper()
			w.Do(func(tx *db.Tx) (err error) { out, err = w.CountsTx(tx); return err })
			return out
		}
		expect("counts", counts(), []membership.Counts{{Plan: "ka", Active: 1, Ending: 1}, {Plan: "vip", Pending: 1, Active: 2, Ending: 2}})
		d.Clock.Set(start.AddDate(1, 0, 5))
		w.Days(0)
		expect("grace", list(membership.Grace, 10), "ann grace, cat grace")
		expect("lapsed: KA has no grace", list(membership.Lapsed, 10), "eve expired")
		w.buy("ann", "vip")
		d.Clock.Set(start.AddDate(1, 1, 0))
		w.Days(0)
		expect("lapsed", list(membership.Lapsed, 1), "cat expired, eve expired")
		expect("active", list(membership.Active, 10), "ann active, bob active")
		var cohorts []membership.Cohort
		w.Do(func(tx *db.Tx) (err error) { cohorts, err = w.CohortsTx(tx, shanghai, 2, 1); return err })
		month := start.In(shanghai).AddDate(1, 0, 0).Format("2006-01")
		i := slices.IndexFunc(cohorts, func(c membership.Cohort) bool { return c.Month == month && c.Plan == "vip" })
		if i < 0 || cohorts[i] != (membership.Cohort{Month: month, Plan: "vip", Ended: 3, Renewed: 2}) {
			t.Errorf("renewals of %s: %+v", month, cohorts)
		}
	})
}

// Who was a member at a time: by a term of their own while it runs, until it is given back, or by a place of a company; nobody counts twice.
func TestMembersAt(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.declare(companies())
		at := []time.Time{d.Clock.Now().Add(-time.Hour)}
		moment := func() {
			d.Clock.Advance(time.Hour)
			at = append(at, d.Clock.Now())
			d.Clock.Advance(time.Hour)
		}
		w.buy("ann", "vip")
		bob := w.buy("bob", "vip")
		w.buyFor("boss", firm, "ka")
		moment() // ann and bob; who buys for a company is no member by that
		place := w.hire("cat")
		w.hire("ann")
		moment() // cat as well, and ann once
		if _, err := w.refund(bob.ID); err != nil {
			t.Fatal(err)
		}
		w.free(place.ID)
		moment() // ann
		w.Do(func(tx *db.Tx) error {
			got, err := w.MembersAtTx(tx, at)
			if want := []int{0, 2, 3, 1}; err == nil && !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
			return err
		})
	})
}
