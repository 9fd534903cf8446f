package payout_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/testkit"
)

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) { fn(t, newWorld(t, d)) })
}

const available = "commission:available:"

// L3: from the draft to the bank: who has enough is in it, a second person approves, one fails and is paid once by a retry.
func TestABatch(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.earn(available+"gil", 100)
		w.earn(available+"hal", 49)
		w.earn(available+"ida", 50)
		w.earn("wage:joe", 3000)
		w.earn("commission:frozen:kim", 900)
		b := w.draft(payout.Plan{Threshold: 50_00, WithholdBP: 333})
		d := w.detail(b.ID)
		if d.State != payout.Draft || len(d.Totals) != 1 || d.Totals[0].Lines != 3 || d.Totals[0].Gross != 3150_00 || d.Totals[0].Withheld != 3_33+1_66+99_90 {
			t.Fatalf("drafted %+v", d)
		}
		if w.balance(available+"gil") != 0 || w.balance(available+"hal") != 49_00 || w.balance("payout:reserved") != 3150_00 {
			t.Error("what is in the batch was not set aside, or more was")
		}
		gil := w.lines(b.ID, payout.Reserved)[0]
		w.Refused(payout.ErrState, func(tx *db.Tx) error { _, err := w.PaidTx(tx, bob, gil.ID); return err })
		w.Refused(payout.ErrSamePerson, func(tx *db.Tx) error { _, err := w.ApproveTx(tx, ann, b.ID); return err })
		w.Refused(payout.ErrSamePerson, func(tx *db.Tx) error { _, err := w.ApproveTx(tx, audit.Actor{}, b.ID); return err })
		for range 2 {
			w.Do(func(tx *db.Tx) error { _, err := w.ApproveTx(tx, bob, b.ID); return err })
		}
		var rows []payout.Row
		w.Must(w.Export(t.Context(), w.D.Community, bob, b.ID, func(r payout.Row) error { rows = append(rows, r); return nil }))
		if len(rows) != 3 || rows[0].Line != gil.ID || rows[0].Payee != "name of gil" || rows[0].Phone != "+86 gil" || rows[0].Net != 96_67 {
			t.Errorf("the bank's file %+v", rows)
		}
		w.Do(func(tx *db.Tx) error {
			list, err := audit.List(tx, audit.Filter{Action: "payout.export"})
			if len(list.Items) != 1 || list.Items[0].ActorID != "bob" {
				t.Errorf("audit %+v", list.Items)
			}
			return err
		})
		w.Refused(payout.ErrState, func(tx *db.Tx) error { _, err := w.CancelTx(tx, bob, b.ID); return err })
		for range 2 { // told twice
			w.Do(func(tx *db.Tx) error { _, err := w.PaidTx(tx, bob, rows[0].Line); return err })
			w.Do(func(tx *db.Tx) error { _, err := w.FailedTx(tx, bob, rows[1].Line, "户名不符"); return err })
		}
		if w.balance(available+"ida") != 50_00 || w.balance("cash:bank") != 96_67 || w.balance("withheld:tax") != 3_33 {
			t.Errorf("ida has %d, the bank %d, the tax office %d", w.balance(available+"ida"), w.balance("cash:bank"), w.balance("withheld:tax"))
		}
		w.Refused(payout.ErrEnded, func(tx *db.Tx) error { _, err := w.FailedTx(tx, bob, rows[0].Line, "no"); return err })
		w.Refused(payout.ErrEnded, func(tx *db.Tx) error { _, err := w.PaidTx(tx, bob, rows[1].Line); return err })
		w.Refused(payout.ErrReason, func(tx *db.Tx) error { _, err := w.FailedTx(tx, bob, rows[2].Line, " "); return err })
		w.Do(func(tx *db.Tx) error { _, err := w.PaidTx(tx, bob, rows[2].Line); return err })
		if d := w.detail(b.ID); d.State != payout.IsDone {
			t.Errorf("all lines have ended, and it is %+v", d)
		}
		for range 2 {
			w.Do(func(tx *db.Tx) error { _, err := w.RetryTx(tx, bob, rows[1].Line); return err })
		}
		if d := w.detail(b.ID); d.State != payout.Paying {
			t.Errorf("a line is open again, and it is %+v", d)
		}
		w.Do(func(tx *db.Tx) error { _, err := w.PaidTx(tx, bob, rows[1].Line); return err })
		w.Refused(payout.ErrEnded, func(tx *db.Tx) error { _, err := w.RetryTx(tx, bob, rows[1].Line); return err })
		if d := w.detail(b.ID); d.State != payout.IsDone || d.Totals[0].State != payout.IsPaid || d.Totals[0].Lines != 3 {
			t.Errorf("at the end %+v", d)
		}
		if w.balance("payout:reserved") != 0 || w.balance("cash:bank")+w.balance("withheld:tax") != 3150_00 {
			t.Error("something was paid twice, or not")
		}
		w.Do(func(tx *db.Tx) error {
			p, err := w.PaidToTx(tx, []string{"ida"}, "", 10)
			if len(p.Items) != 1 || p.Items[0].Attempt != 2 || p.Items[0].State != payout.IsPaid {
				t.Errorf("ida's %+v", p.Items)
			}
			list, err2 := w.BatchesTx(tx, "", 10)
			if len(list.Items) != 1 {
				t.Errorf("batches %+v", list.Items)
			}
			return errors.Join(err, err2)
		})
		w.sound()
	})
}

// What failed is paid by the next batch; then a retry in the old one has nothing left to pay.
func TestAnotherBatchPaysWhatFailed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.earn(available+"gil", 100)
		one := w.approved(1_00)
		line := w.lines(one.ID, payout.Reserved)[0].ID
		w.Do(func(tx *db.Tx) error { _, err := w.FailedTx(tx, bob, line, "closed account"); return err })
		two := w.approved(1_00)
		w.Refused(ledger.ErrFloor, func(tx *db.Tx) error { _, err := w.RetryTx(tx, bob, line); return err })
		next := w.lines(two.ID, payout.Reserved)
		if len(next) != 1 || next[0].Gross != 100_00 {
			t.Fatalf("the next batch has %+v", next)
		}
		w.Do(func(tx *db.Tx) error { _, err := w.PaidTx(tx, bob, next[0].ID); return err })
		if n := w.balance("cash:bank"); n != 100_00 {
			t.Errorf("%d fen were paid", n)
		}
		w.sound()
	})
}

// What somebody owes is settled before they are paid.
func TestDebtsComeFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.earn(available+"gil", 100)
		w.earn(available+"hal", 100)
		w.owes["gil"], w.owes["hal"] = 30_00, 60_00
		b := w.draft(payout.Plan{Threshold: 50_00})
		if got := w.lines(b.ID, payout.Reserved); len(got) != 1 || got[0].Person != "gil" || got[0].Gross != 70_00 {
			t.Errorf("drafted %+v", got)
		}
		w.sound()
	})
}

func TestCancel(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.earnAll(300) // more than one transaction of them
		b := w.approved(1_00)
		for range 2 {
			w.Do(func(tx *db.Tx) error { _, err := w.CancelTx(tx, ann, b.ID); return err })
			w.Settle()
		}
		if d := w.detail(b.ID); d.State != payout.IsCancelled || len(d.Totals) != 1 || d.Totals[0].State != payout.Returned || d.Totals[0].Lines != 300 {
			t.Errorf("cancelled %+v", d)
		}
		if w.balance("payout:reserved") != 0 || w.balance(available+"00299") != 10_00 {
			t.Error("not all was given back")
		}
		w.Refused(payout.ErrState, func(tx *db.Tx) error { _, err := w.ApproveTx(tx, bob, b.ID); return err })
		if err := w.Export(t.Context(), w.D.Community, bob, b.ID, func(payout.Row) error { return nil }); !errors.Is(err, payout.ErrState) {
			t.Errorf("the file of a cancelled batch: %v", err)
		}
		w.sound()
	})
}

// L3: pulled out at any moment, drafting goes on where it was: nobody is in it twice, nobody is forgotten.
func TestDraftingGoesOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.earnAll(600)
		w.earn("wage:001", 10)
		w.broken = 2
		b := w.draft(payout.Plan{Threshold: 10_00})
		if d := w.detail(b.ID); d.State != payout.Drafting || d.Totals[0].Lines != 250 {
			t.Fatalf("half-way %+v", d)
		}
		w.broken = 2
		for range 20 {
			w.D.Clock.Advance(time.Hour)
			w.Settle()
		}
		if d := w.detail(b.ID); d.State != payout.Draft || d.Totals[0].Lines != 601 || d.Totals[0].Gross != 6010_00 {
			t.Errorf("at the end %+v", d)
		}
		w.sound()
	})
}

// Two who approve, pay, fail and retry at once: each thing happens once.
func TestRaces(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.earn(available+"gil", 100)
		w.earn(available+"hal", 100)
		b := w.draft(payout.Plan{Threshold: 1_00})
		at := func(fn func(tx *db.Tx) error) {
			var wg sync.WaitGroup
			for range 6 {
				wg.Go(func() {
					err := w.D.Alone(t.Context(), w.D.Community, fn)
					if err != nil && !errors.Is(err, payout.ErrState) && !errors.Is(err, payout.ErrEnded) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		at(func(tx *db.Tx) error {
			_, err := w.ApproveTx(tx, audit.Actor{ID: tx.NewID()}, b.ID)
			return err
		})
		lines := w.lines(b.ID, payout.Reserved)
		at(func(tx *db.Tx) error { _, err := w.PaidTx(tx, bob, lines[0].ID); return err })
		at(func(tx *db.Tx) error { _, err := w.FailedTx(tx, bob, lines[1].ID, "no"); return err })
		at(func(tx *db.Tx) error { _, err := w.RetryTx(tx, bob, lines[1].ID); return err })
		at(func(tx *db.Tx) error { _, err := w.PaidTx(tx, bob, lines[1].ID); return err })
		if d := w.detail(b.ID); d.State != payout.IsDone || w.balance("cash:bank") != 200_00 {
			t.Errorf("%+v, %d fen were paid", d, w.balance("cash:bank"))
		}
		w.sound()
	})
}

func TestWrongPlans(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for want, p := range map[error]payout.Plan{payout.ErrThreshold: {}, payout.ErrWithhold: {Threshold: 1, WithholdBP: 10_000}} {
			w.Refused(want, func(tx *db.Tx) error { _, err := w.DraftTx(tx, ann, p); return err })
		}
		b := w.draft(payout.Plan{Threshold: 1_00})
		w.Refused(payout.ErrEmpty, func(tx *db.Tx) error { _, err := w.ApproveTx(tx, bob, b.ID); return err })
		w.Refused(payout.ErrUnknownBatch, func(tx *db.Tx) error { _, err := w.ApproveTx(tx, bob, "none"); return err })
		w.Refused(payout.ErrUnknownLine, func(tx *db.Tx) error { _, err := w.PaidTx(tx, bob, "none"); return err })
		if _, err := fact.NewRegistry(payout.Facts()...); err != nil {
			t.Error(err)
		}
	})
}
