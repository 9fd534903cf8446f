package growth_test

import (
	"testing"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// Whoever ended the task of a proof before it came to be held has not seen why: it is looked at once more.
func TestAProofThatIsHeldMeanwhileIsLookedAtAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.call()
		p := w.show(shown(c, "ann"))
		w.finish(growth.ReviewProof, p.ID, growth.ApproveProof, func() {
			x := shown(c, "bob")
			x.Picture = p.Picture
			w.show(x)
		})
		if got := w.proof(p.ID); got.State != growth.ProofIsHeld || w.queue(p) != "admin" || w.Balance("points:ann", ledger.Points) != 0 {
			t.Fatalf("%+v, in the queue of %s, earned %d", got, w.queue(p), w.Balance("points:ann", ledger.Points))
		}
		for range 2 {
			w.Do(func(tx *db.Tx) error { // the news once more
				return w.ReviewTx(tx, growth.Review{Kind: growth.ReviewProof, Subject: p.ID, Outcome: growth.ApproveProof, By: "boss"})
			})
		}
		if got := w.proof(p.ID); got.State != growth.ProofIsHeld {
			t.Errorf("%+v", got)
		}
		w.finish(growth.ReviewProof, p.ID, growth.ApproveProof)
		if w.Balance("points:ann", ledger.Points) != 50 {
			t.Errorf("earned %d", w.Balance("points:ann", ledger.Points))
		}
		w.sound()
	})
}

// Who works here may take part, and doesn't decide on it.
func TestNobodyRewardsAProofOfTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.staff["ann"] = "boss"
		p := w.show(shown(w.call(), "ann"))
		if p.State != growth.ProofIsHeld || p.Suspicions[0] != growth.OfStaff || w.queue(p) != "admin" {
			t.Fatalf("%+v in the queue of %s", p, w.queue(p))
		}
		own := yes(p)
		own.Anyway = true
		w.Refused(growth.ErrOwnProof, func(tx *db.Tx) error { _, err := w.DecideTx(tx, own); return err })
		w.finish(growth.ReviewProof, p.ID, growth.ApproveProof) // where tasks are
		if got := w.proof(p.ID); got.Decided() || w.queue(p) != "admin" {
			t.Fatalf("%+v", got)
		}
		own.By = "colleague"
		w.Do(func(tx *db.Tx) error { _, err := w.DecideTx(tx, own); return err })
		if w.Balance("points:ann", ledger.Points) != 50 {
			t.Errorf("earned %d", w.Balance("points:ann", ledger.Points))
		}
		w.sound()
	})
}
