package app_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/task"
)

// loose gives a tenth to whoever brought somebody last.
func loose() growth.Programme {
	return growth.Programme{
		Name: "loose", Title: text.Text{text.Hans: "松"}, Binds: growth.Attendance, ValidDays: 30, Levels: []growth.Level{{RateBP: 1000}}, Promoters: growth.Anyone, Guests: growth.Anyone,
	}
}

func (w *stall) declares(p growth.Programme) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error { return w.Growth.DeclareTx(tx, growth.Config{Programmes: []growth.Programme{p}}) })
}

// simulated runs a programme again, and gives its statements.
func (w *stall) simulated(p growth.Programme, from time.Time) (s growth.Simulation, statements []string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second) // one that waits for a lock would wait for ever
	defer cancel()
	w.must(w.DB.Read(ctx, w.community, func(tx *db.Tx) (err error) {
		tx.Trace(func(q string, _ []any) { statements = append(statements, q) })
		s, err = w.Growth.SimulateTx(tx, p, from, tx.Now())
		return err
	}))
	return s, statements
}

// G2: a simulation waits for nobody who writes about a promoter, and lets nobody wait.
func TestASimulationLocksNobody(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		strict := loose()
		strict.Promoters = growth.MembersOnly
		w.declares(strict)
		began := w.clock.Now()
		ann, gil := w.person(), w.person()
		w.came(gil, ann) // refused: ann is no member
		w.later(time.Hour)
		held, free, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		release := sync.OnceFunc(func() { close(free) })
		defer release()
		go func() {
			done <- w.DB.Alone(t.Context(), w.community, func(tx *db.Tx) error {
				if err := w.People.SetFieldTx(tx, ann, people.FieldRealName, "安妮", "op"); err != nil {
					return err
				}
				_, err := w.People.ProfileTx(tx, ann) // sends what waits
				close(held)
				<-free
				return err
			})
		}()
		<-held
		s, statements := w.simulated(loose(), began)
		release()
		w.must(<-done)
		if s.All.Would.Bonds != 1 {
			t.Errorf("%+v", s.All)
		}
		for _, q := range statements {
			if strings.Contains(q, "FOR UPDATE") {
				t.Errorf("locks: %s", q)
			}
		}
	})
}

// A simulation asks once about each promoter and once who works here: its statements do not grow with touches times staff.
func TestStatementsOfASimulation(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		strict := loose()
		strict.Guests = growth.NewOnly
		w.declares(strict)
		for i := range 10 {
			email := fmt.Sprintf("op%d@qunce.example", i)
			_, err := w.Auth.CreateOperator(t.Context(), w.community, authn.NewOperator{Email: email, Name: "Kim", Password: "correct horse battery staple"}, access.Sales)
			w.must(err)
		}
		began := w.clock.Now()
		promoters := []string{w.person(), w.person(), w.person()}
		const guests = 30
		for i := range guests {
			gil := w.person()
			w.bought(gil)
			w.clock.Advance(time.Second)
			w.came(gil, promoters[i%len(promoters)]) // refused: a member already
		}
		w.later(time.Hour)
		s, statements := w.simulated(loose(), began)
		if s.Touches != guests || s.Purchases != guests || s.All.Would.Bonds != guests {
			t.Errorf("%+v", s)
		}
		if n := len(statements); n > 6*guests+60 {
			t.Errorf("%d statements for %d touches of %d promoters", n, guests, len(promoters))
		}
	})
}

// paysFrom pays an order from an account that the bank tells of.
func (w *stall) paysFrom(account string, o shop.Order) {
	w.t.Helper()
	p, err := w.Shop.Pay(w.t.Context(), w.community, o.ID, "bank")
	w.must(err)
	_, err = w.Shop.Notify(w.t.Context(), w.community, "bank", channel.Notice{Payment: p.ID, Amount: o.Amount, Payer: account})
	w.must(err)
	w.must(w.Settle(w.t.Context()))
}

// holds counts what somebody is to look at.
func (w *stall) holds(reason growth.Reason) (n int) {
	w.t.Helper()
	list, err := w.Tasks.List(w.t.Context(), w.community, task.System, task.Filter{State: task.StateOpen}, "", 50)
	w.must(err)
	for _, x := range list.Items {
		if (x.Kind == growth.ReviewReward || x.Kind == growth.ReviewBond) && strings.Contains(string(x.Context), `"`+string(reason)+`"`) {
			n++
		}
	}
	return n
}

// G2: a promoter and a buyer who paid from one account, or whose parcel goes to the promoter's phone, are looked at before the reward is
// released; whose account and phone are their own, are not.
func TestOneAccountOrPhoneHoldsAReward(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		w.declares(loose())
		ann, gil, hal, ivy := w.person(), w.person(), w.person(), w.person()
		w.paysFrom("wallet", w.order(ann, "vip"))
		w.do(func(tx *db.Tx) error {
			_, err := w.People.IdentifyTx(tx, ann, people.Identifier{Kind: people.Phone, Value: "13800000001", Verified: true}, "")
			return err
		})
		for _, guest := range []string{gil, hal, ivy} {
			w.came(guest, ann)
		}
		w.later(time.Second)
		w.do(func(tx *db.Tx) error {
			for person, phone := range map[string]string{hal: "+86 138 0000 0001", ivy: "13800000003"} {
				if _, err := w.Goods.AddAddressTx(tx, person, goods.Address{Name: "王", Phone: phone, Region: "福建省福鼎市", Street: "太姥山路 1 号"}); err != nil {
					return err
				}
			}
			return nil
		})
		w.paysFrom("purse", w.order(ivy, "vip"))
		if n := w.holds(growth.SamePayer) + w.holds(growth.SamePhone); n != 0 {
			t.Errorf("%d are held of whose account and phone are their own", n)
		}
		w.paysFrom("wallet", w.order(gil, "vip"))
		w.paysFrom("another", w.order(hal, "vip"))
		if a, b := w.holds(growth.SamePayer), w.holds(growth.SamePhone); a != 1 || b != 1 {
			t.Errorf("held for one account %d, for one phone %d", a, b)
		}
		w.later(30 * 24 * time.Hour)
		w.has(ann, 199_80, 99_90, 0) // two wait, one is hers
	})
}

// G2, O2: a group-buy is paid for while one promoter has the buyer; who brought them before the group was full takes nothing of it.
func TestAGroupBuyIsOfWhoHadTheBuyer(t *testing.T) {
	eachCounter(t, func(t *testing.T, w *stall) {
		w.declares(loose())
		ann, bob, gil := w.person(), w.person(), w.person()
		w.came(gil, ann)
		w.later(time.Second)
		first := w.paidFor(gil, "group tea-3 1")
		w.later(time.Hour)
		w.do(func(tx *db.Tx) error {
			_, err := fact.Append(tx, event.Attended{Giver: fact.ID(bob)}, fact.Fact{Person: gil, Subject: "event2"})
			return err
		})
		w.later(time.Hour)
		for range 2 {
			w.paidFor(w.person(), "group "+first.Lines[0].Item+" 1")
		}
		w.must(w.Settle(t.Context()))
		if got := w.detail(first.ID); got.State != shop.Fulfilled {
			t.Fatalf("the group: %+v", got)
		}
		w.has(ann, 2_00, 0, 0) // a tenth of 20.00
		w.has(bob, 0, 0, 0)
	})
}
