package app_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/transfer"
)

// promote declares that who brings somebody to an event gets a tenth of what they buy.
func (w *stall) promote() {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		return w.Growth.DeclareTx(tx, growth.Config{Programmes: []growth.Programme{{
			Name: "lock-in", Title: text.Text{text.Hans: "锁粉"}, Binds: growth.Attendance, ValidDays: 30, Levels: []growth.Level{{RateBP: 1000}},
		}}})
	})
}

// joined is somebody who bought a membership a day ago.
func (w *stall) joined() string {
	w.t.Helper()
	person := w.person()
	w.bought(person)
	w.later(24 * time.Hour)
	return person
}

func (w *stall) bought(person string) string {
	w.t.Helper()
	order := w.paid(person)
	w.must(w.Settle(w.t.Context()))
	return order
}

// paid is a purchase of a membership that nobody has heard of yet.
func (w *stall) paid(person string) string {
	w.t.Helper()
	o, err := w.Shop.Checkout(w.t.Context(), w.community, shop.Checkout{Key: "vip of " + person, Person: person, Items: []shop.Item{{Kind: shop.KindPlan, Item: "vip"}}})
	w.must(err)
	p, err := w.Shop.Pay(w.t.Context(), w.community, o.ID, "bank")
	w.must(err)
	_, err = w.Shop.Notify(w.t.Context(), w.community, "bank", channel.Notice{Payment: p.ID, Amount: o.Amount})
	w.must(err)
	return o.ID
}

func (w *stall) later(d time.Duration) {
	w.t.Helper()
	w.clock.Advance(d)
	w.must(w.Settle(w.t.Context()))
}

// came tells that somebody came to an event by somebody's ticket.
func (w *stall) came(guest, giver string) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		_, err := fact.Append(tx, event.Attended{Giver: fact.ID(giver)}, fact.Fact{Person: guest, Subject: "event"})
		return err
	})
}

// has is what lies frozen for somebody, what they may have, and what they owe.
func (w *stall) has(person string, frozen, available, owed money.Fen) {
	w.t.Helper()
	for account, want := range map[string]money.Fen{"frozen": frozen, "available": available, "owed": -owed} {
		n, err := w.Ledger.Balance(w.t.Context(), w.community, "commission:"+account+":"+person, ledger.CNY)
		w.must(err)
		if money.Fen(n) != want {
			w.t.Errorf("%s has %s %s, want %s", person, money.Fen(n), account, want)
		}
	}
}

func (w *stall) giveBack(order, key string, amount money.Fen) {
	w.t.Helper()
	_, err := w.Shop.Refund(w.t.Context(), w.community, order, shop.Ask{Key: key, Amount: amount, Actor: "op"})
	w.must(err)
	w.must(w.Settle(w.t.Context()))
}

// E5, G2, G4, L3: a guest comes by a ticket and buys; the giver's reward is frozen, released, paid out by two persons, and
// taken back when the guest gives back what they bought.
func TestAGiverIsPaid(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		w.promote()
		ann, gil := w.joined(), w.person()
		w.do(func(tx *db.Tx) error {
			if err := w.People.SetFieldTx(tx, ann, people.FieldRealName, "安妮", "op"); err != nil {
				return err
			}
			_, err := w.People.IdentifyTx(tx, ann, people.Identifier{Kind: people.Phone, Value: "13800000001", Verified: true}, "")
			return err
		})
		w.came(gil, ann)
		order := w.bought(gil)
		w.has(ann, 99_90, 0, 0)
		w.giveBack(order, "a part", 99_00)
		w.has(ann, 90_00, 0, 0)
		w.later(7*24*time.Hour - time.Second)
		w.has(ann, 90_00, 0, 0)
		w.later(time.Second)
		w.has(ann, 0, 90_00, 0)

		one, other := audit.Actor{Kind: access.Operator, ID: "one"}, audit.Actor{Kind: access.Operator, ID: "other"}
		var b payout.Batch
		w.do(func(tx *db.Tx) (err error) {
			b, err = w.Payouts.DraftTx(tx, one, payout.Plan{Threshold: 1_00})
			return err
		})
		w.do(func(tx *db.Tx) error { _, err := w.Payouts.ApproveTx(tx, other, b.ID); return err })
		var csv, xlsx bytes.Buffer
		w.must(w.PayoutFile(t.Context(), w.community, other, b.ID, transfer.CSV, &csv))
		w.must(w.PayoutFile(t.Context(), w.community, other, b.ID, transfer.XLSX, &xlsx))
		rows := strings.Split(strings.TrimSpace(csv.String()), "\r\n")
		if len(rows) != 2 || !strings.HasPrefix(rows[1], "安妮,13800000001,90.00,0.00,90.00,") {
			t.Errorf("the bank's file %q", rows)
		}
		if !strings.HasPrefix(xlsx.String(), "PK") {
			t.Error("the workbook is none")
		}
		line := rows[1][strings.LastIndexByte(rows[1], ',')+1:]
		w.do(func(tx *db.Tx) error { _, err := w.Payouts.PaidTx(tx, other, line); return err })
		w.has(ann, 0, 0, 0)

		w.giveBack(order, "the rest", 0)
		w.has(ann, 0, 0, 90_00)
		hal := w.person()
		w.came(hal, ann)
		w.bought(hal)
		w.later(8 * 24 * time.Hour)
		w.has(ann, 0, 99_90, 90_00)
		w.do(func(tx *db.Tx) (err error) {
			b, err = w.Payouts.DraftTx(tx, one, payout.Plan{Threshold: 1_00})
			return err
		})
		w.do(func(tx *db.Tx) error {
			d, err := w.Payouts.BatchTx(tx, b.ID)
			if len(d.Totals) != 1 || d.Totals[0].Gross != 9_90 {
				t.Errorf("after what is owed %+v", d.Totals)
			}
			return err
		})
		w.soundBooks()
	})
}

// soundBooks proves rewards, payouts and books. The events that guests came to are facts alone here, so not all is proven.
func (w *stall) soundBooks() {
	w.t.Helper()
	r, err := w.Verify(w.t.Context(), w.community)
	w.must(err)
	for _, f := range r.Flaws {
		if strings.HasPrefix(f.Kind, "growth.") || strings.HasPrefix(f.Kind, "payout.") || strings.HasPrefix(f.Kind, "ledger.") {
			w.t.Errorf("%+v", f)
		}
	}
}

// G2: staff who are known by their phone alone bring nobody once it is said who they are, also after a merge; and bring somebody when it is said
// no longer, or they were erased and are nobody.
func TestStaffWhoAreKnownByPhoneBringNobody(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		w.declares(loose())
		kim, twin := w.person(), w.person()
		op, err := w.Auth.CreateOperator(t.Context(), w.community, authn.NewOperator{Email: "kim@qunce.example", Name: "Kim", Password: "correct horse battery staple"}, access.Sales)
		w.must(err)
		brings := func(giver string, want growth.Reason) {
			t.Helper()
			gil := w.person()
			w.came(gil, giver)
			w.later(time.Second)
			w.do(func(tx *db.Tx) error {
				p, err := w.Growth.PromotersTx(tx, gil, "", 10)
				if err == nil && (len(p.Items) != 1 || p.Items[0].Reason != want) {
					t.Errorf("%+v, want %q", p.Items, want)
				}
				return err
			})
		}
		is := func(person string) {
			t.Helper()
			w.do(func(tx *db.Tx) error { return w.Team.SetPersonTx(tx, op.ID, person) })
		}
		brings(kim, "")
		is(kim)
		brings(kim, growth.IsStaff)
		is(twin)
		brings(kim, "")
		_, err = w.People.Merge(t.Context(), w.community, kim, twin, "op")
		w.must(err)
		brings(kim, growth.IsStaff)
		is("")
		brings(kim, "")
		is(kim)
		w.must(w.People.Erase(t.Context(), w.community, kim, "op"))
		w.do(func(tx *db.Tx) error {
			persons, err := w.Team.PersonsTx(tx)
			if len(persons) > 0 {
				t.Errorf("who was erased is still %v", persons)
			}
			return err
		})
	})
}

// G2: staff, members and oneself bring nobody; who turns out to be one with their promoter has the reward held.
func TestWhoBringsNobody(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		w.promote()
		ann, bob, gil, kim, stranger := w.joined(), w.joined(), w.person(), w.joined(), w.person()
		_, err := w.Auth.CreateOperator(t.Context(), w.community, authn.NewOperator{Email: "kim@qunce.example", Name: "Kim", Password: "correct horse battery staple"}, access.Sales)
		w.must(err)
		w.do(func(tx *db.Tx) error {
			_, err := w.People.IdentifyTx(tx, kim, people.Identifier{Kind: people.Email, Value: "kim@qunce.example", Verified: true}, "")
			return err
		})
		for _, x := range []struct {
			guest, giver string
			why          growth.Reason
		}{{gil, stranger, growth.NotMember}, {bob, ann, growth.IsMember}, {ann, ann, growth.OneHuman}, {gil, kim, growth.IsStaff}, {gil, ann, ""}} {
			w.came(x.guest, x.giver)
			w.do(func(tx *db.Tx) error {
				p, err := w.Growth.PromotersTx(tx, x.guest, "", 10)
				if err == nil && (len(p.Items) == 0 || p.Items[0].Reason != x.why) {
					t.Errorf("%s by %s: %+v, want %q", x.guest, x.giver, p.Items, x.why)
				}
				return err
			})
			w.later(time.Second)
		}
		w.bought(gil)
		w.has(ann, 99_90, 0, 0)
		_, err = w.People.Merge(t.Context(), w.community, ann, gil, "op")
		w.must(err)
		w.later(9 * 24 * time.Hour)
		w.has(ann, 99_90, 0, 0) // somebody has to look at it first
		w.soundBooks()
	})
}
