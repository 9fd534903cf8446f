package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/task"
)

// staffed gives the community a seller and somebody who serves, and rules by which they earn.
func (w *stall) staffed() (seller, server string) {
	w.t.Helper()
	hire := func(email string, role access.Role) string {
		op, err := w.Auth.CreateOperator(w.t.Context(), w.community, authn.NewOperator{Email: email, Name: "员工 " + string(role), Password: "correct horse battery staple"}, role)
		w.must(err)
		return op.ID
	}
	title := text.Text{text.Hans: "部门"}
	w.do(func(tx *db.Tx) error {
		return w.Team.DeclareTx(tx, team.Config{Departments: []team.Department{
			{Name: "sales", Title: title, Side: team.SideSales, Pay: team.Pay{Steps: []team.Step{{RateBP: 500}}}},
			{Name: "service", Title: title, Side: team.SideService, Pay: team.Pay{Steps: []team.Step{{RateBP: 200}}}},
		}})
	})
	return hire("sam@example.com", access.Sales), hire("val@example.com", access.Service)
}

// told lets something happen elsewhere, and everybody take it in.
func (w *stall) told(payload any, f fact.Fact) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error { _, err := fact.Append(tx, payload, f); return err })
	w.must(w.Settle(w.t.Context()))
}

// cared is who has a person on a side, "" for nobody.
func (w *stall) cared(person string, side team.Side) (t team.Turn) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		p, err := w.Team.TurnsTx(tx, person, "", 50)
		t = team.Turn{}
		for _, x := range p.Items {
			if x.Side == side && x.EndedAt.IsZero() {
				t = x
			}
		}
		return err
	})
	return t
}

// G11, T6, P2: who registers, or takes a ticket, has a seller; who buys is handed to service; a sale is one team's, apart from the
// reward of who brought the buyer; what goes back is taken off; and what the staff earned is paid by a payout.
func TestStaffSellAndEarn(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		w.promote()
		old := w.joined() // before there was a team
		sam, val := w.staffed()
		ann, gil := w.person(), w.person()
		w.told(intake.Registered{Registration: "r"}, fact.Fact{Person: ann})
		w.told(event.TicketTaken{Ticket: "t"}, fact.Fact{Person: gil, Subject: "event"})
		w.told(event.TicketTaken{Ticket: "u"}, fact.Fact{Person: old, Subject: "event"})
		if got := w.cared(ann, team.SideSales); got.Staff != sam || !got.TouchedAt.IsZero() {
			t.Errorf("ann's owner %+v", got)
		}
		if w.cared(gil, team.SideSales).Staff != sam || w.cared(old, team.SideSales).ID != "" {
			t.Error("a guest has no seller, or a member has one")
		}
		w.told(task.Finished{Task: "k", Kind: "call", Outcome: "done"}, fact.Fact{Person: ann, Actor: "somebody"})
		w.told(task.Finished{Task: "l", Kind: "call", Outcome: "done"}, fact.Fact{Person: ann, Actor: sam})
		if w.cared(ann, team.SideSales).TouchedAt.IsZero() {
			t.Error("a call by the owner is no touch")
		}
		first := w.bought(ann)
		if w.cared(ann, team.SideSales).ID != "" || w.cared(ann, team.SideService).Staff != val {
			t.Error("the buyer is not service's")
		}
		w.later(24 * time.Hour)
		w.came(gil, ann)
		second := w.bought(gil)
		w.has(ann, 99_90, 0, 0) // the reward is apart
		for order, want := range map[string]team.Credit{first: {Staff: sam, Kind: team.KindNew, Department: "sales"}, second: {Staff: val, Kind: team.KindReferral, Department: "service", Promoter: ann}} {
			var y team.Why
			w.do(func(tx *db.Tx) (err error) { y, err = w.Team.WhyTx(tx, order); return err })
			if c := y.Credit; c.Staff != want.Staff || c.Kind != want.Kind || c.Department != want.Department || c.Promoter != want.Promoter || c.Amount != 999_00 {
				t.Errorf("%+v, want %+v", c, want)
			}
		}
		w.do(func(tx *db.Tx) error {
			p, err := w.People.ProfileTx(tx, ann)
			if p.ServiceOwner != val || p.SalesOwner != sam {
				t.Errorf("the profile names %q and %q", p.SalesOwner, p.ServiceOwner)
			}
			return err
		})
		w.giveBack(first, "a part", 99_00)
		month := w.clock.Now().In(time.FixedZone("CST", 8*3600)).Format("2006-01")
		w.later(40 * 24 * time.Hour)
		w.do(func(tx *db.Tx) error { _, err := w.Team.CloseTx(tx, "one", month); return err })
		w.must(w.Settle(t.Context()))
		w.do(func(tx *db.Tx) error {
			p, err := w.Team.StatementsTx(tx, team.StatementFilter{Month: month}, "", 10)
			if err != nil {
				return err
			}
			for _, x := range p.Items {
				if _, err := w.Team.ApproveTx(tx, "other", x.ID); err != nil {
					return err
				}
			}
			return nil
		})
		for staff, want := range map[string]int64{sam: 45_00, val: 19_98} {
			if n, err := w.Ledger.Balance(t.Context(), w.community, "wage:"+staff, ledger.CNY); err != nil || n != want {
				t.Errorf("%s has %d, want %d: %v", staff, n, want, err)
			}
		}
		w.paysWages(sam)
		w.proven()
	})
}

// G3, G11: a buyer who is erased before anybody has heard of the sale is credited and handed to nobody, and who brought them is paid.
func TestASaleOutlivesItsBuyer(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		w.promote()
		ann, gil := w.joined(), w.person()
		w.staffed()
		w.came(gil, ann)
		w.must(w.Settle(t.Context()))
		order := w.paid(gil)
		for more := true; more; { // it is delivered, and nobody has heard
			var err error
			more, err = w.Jobs.Step(t.Context())
			w.must(err)
		}
		w.must(w.People.Erase(t.Context(), w.community, gil, "op"))
		w.must(w.Settle(t.Context()))
		w.do(func(tx *db.Tx) error {
			parked, err := fact.ListParked(tx, 10)
			if len(parked) != 0 {
				t.Errorf("parked: %+v", parked)
			}
			return err
		})
		w.has(ann, 99_90, 0, 0)
		w.do(func(tx *db.Tx) error { _, err := w.Team.WhyTx(tx, order); return err })
		w.do(func(tx *db.Tx) error { // facts about different subjects come in any order: a turn begun now might outlast the erasure
			p, err := w.Team.TurnsTx(tx, gil, "", 9)
			if len(p.Items) != 0 {
				t.Errorf("an erased person was handed to service: %+v", p.Items)
			}
			return err
		})
		w.proven()
	})
}

// proven proves the team's rows and the books.
func (w *stall) proven() {
	w.t.Helper()
	r, err := w.Verify(w.t.Context(), w.community)
	w.must(err)
	for _, f := range r.Flaws {
		if strings.HasPrefix(f.Kind, "team.") {
			w.t.Errorf("%+v", f)
		}
	}
	w.soundBooks()
}

// paysWages drafts a payout, in which the bank's file names the staff.
func (w *stall) paysWages(staff string) {
	w.t.Helper()
	var b payout.Batch
	w.do(func(tx *db.Tx) (err error) {
		b, err = w.Payouts.DraftTx(tx, audit.Actor{Kind: access.Operator, ID: "one"}, payout.Plan{Threshold: 1_00})
		return err
	})
	w.must(w.Settle(w.t.Context()))
	w.do(func(tx *db.Tx) error {
		_, err := w.Payouts.ApproveTx(tx, audit.Actor{Kind: access.Operator, ID: "other"}, b.ID)
		return err
	})
	w.do(func(tx *db.Tx) error {
		p, err := w.Payouts.LinesTx(tx, b.ID, "", "", 10)
		if err != nil {
			return err
		}
		for _, l := range p.Items {
			if l.Account == "wage:"+staff && l.Gross == 45_00 {
				return nil
			}
		}
		w.t.Errorf("no wage in %+v", p.Items)
		return nil
	})
	var file strings.Builder
	w.must(w.PayoutFile(w.t.Context(), w.community, audit.Actor{Kind: access.Operator, ID: "other"}, b.ID, "csv", &file))
	if !strings.Contains(file.String(), "员工 sales,,45.00") {
		w.t.Errorf("the bank's file %q", file.String())
	}
}

// G11, P2: an owner written on the profile counts; who is merged, blocked or erased has one owner or none.
func TestOwnersFollowPeople(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		sam, val := w.staffed()
		ann, bob, cat := w.person(), w.person(), w.person()
		for _, p := range []string{ann, bob, cat} {
			w.told(intake.Registered{Registration: "r"}, fact.Fact{Person: p})
		}
		w.do(func(tx *db.Tx) error { return w.People.SetFieldTx(tx, ann, "service_owner", val, "op") })
		w.do(func(tx *db.Tx) error { return w.People.SetFieldTx(tx, bob, "sales_owner", "王经理", "op") })
		w.must(w.Settle(t.Context()))
		if w.cared(ann, team.SideService).Staff != val || w.cared(bob, team.SideSales).Staff != sam {
			t.Error("the profile was not followed, or a name was taken for an operator")
		}
		m, err := w.People.Merge(t.Context(), w.community, ann, bob, "op")
		w.must(err)
		w.must(w.Settle(t.Context()))
		if m.Into == "" || w.cared(m.Into, team.SideSales).Staff != sam || w.cared(m.Into, team.SideService).Staff != val {
			t.Errorf("after the merge %+v", w.cared(m.Into, team.SideSales))
		}
		w.do(func(tx *db.Tx) error { return w.People.BlockTx(tx, cat, "广告", "op") })
		w.must(w.Settle(t.Context()))
		if w.cared(cat, team.SideSales).ID != "" {
			t.Error("a blocked person has an owner")
		}
		boss := access.Principal{Kind: access.Operator, ID: "boss", Community: w.community, Roles: []access.Role{access.Owner}, MFA: true}
		w.must(w.Auth.SetRoles(t.Context(), boss, val, []access.Role{access.Viewer}))
		w.must(w.Settle(t.Context()))
		if got := w.cared(m.Into, team.SideService); got.ID == "" || got.Staff != "" {
			t.Errorf("who serves no longer has %+v", got)
		}
		w.must(w.People.Erase(t.Context(), w.community, m.Into, "op"))
		w.must(w.Settle(t.Context()))
		if w.cared(m.Into, team.SideSales).ID != "" || w.cared(m.Into, team.SideService).ID != "" {
			t.Error("an erased person has an owner")
		}
		w.proven()
	})
}
