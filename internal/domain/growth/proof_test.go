package growth_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/test/testkit/stage"
)

// album stands for the stored pictures: how often each is in use.
type album struct {
	mu   sync.Mutex
	uses map[string]int
}

func (a *album) UseTx(_ *db.Tx, hash string) error  { return a.add(hash, 1) }
func (a *album) DropTx(_ *db.Tx, hash string) error { return a.add(hash, -1) }

func (a *album) add(hash string, n int) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.uses == nil {
		a.uses = map[string]int{}
	}
	a.uses[hash] += n
	return nil
}

func sharing() growth.ProofRule {
	return growth.ProofRule{Name: "share", Title: stage.Words("转发截图"), Points: 50, SameAddress: 3, Burst: 6}
}

func (w *world) call(change ...func(*growth.ProofRule)) (c growth.Call) {
	w.T.Helper()
	rule := sharing()
	for _, fn := range change {
		fn(&rule)
	}
	w.rules = []growth.ProofRule{rule}
	w.Do(func(tx *db.Tx) (err error) {
		c, err = w.OpenCallTx(tx, "share", growth.Call{Product: "plan:vip", Note: "春季招募", CreatedBy: "boss"})
		return err
	})
	return c
}

// shown is a picture of somebody's own, from a device and an address of their own.
func shown(c growth.Call, person string) growth.Shown {
	return growth.Shown{Call: c.ID, Person: person, Picture: "picture of " + person + " " + c.ID, Device: "phone of " + person, Address: "home of " + person}
}

func (w *world) show(x growth.Shown) (p growth.Proof) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { p, err = w.ShowTx(tx, x); return err })
	return p
}

func (w *world) proof(id string) (p growth.Proof) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { p, err = w.ProofTx(tx, id); return err })
	return p
}

// queue is in whose queue a proof's task is.
func (w *world) queue(p growth.Proof) task.RoleName {
	w.T.Helper()
	t, err := w.tasks.Get(w.T.Context(), w.D.Community, task.System, w.proof(p.ID).ProofTask())
	w.Must(err)
	return t.Role
}

func yes(p growth.Proof) growth.Decision {
	return growth.Decision{Proof: p.ID, Approve: true, By: "boss"}
}

func no(p growth.Proof, why growth.ProofReason) growth.Decision {
	return growth.Decision{Proof: p.ID, Reason: why, By: "boss"}
}

// G9: a picture is looked at, and earns what the call said, once.
func TestAProofIsReviewedAndRewarded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.call()
		w.rules[0].Points = 1 // what was promised stays
		p := w.show(shown(c, "ann"))
		if p.State != growth.ProofWaits || len(p.Suspicions) != 0 || w.queue(p) != "service" || w.album.uses[p.Picture] != 1 {
			t.Fatalf("%+v in the queue of %s", p, w.queue(p))
		}
		w.Refused(growth.ErrProofTwice, func(tx *db.Tx) error { _, err := w.ShowTx(tx, shown(c, "ann")); return err })
		for range 2 { // the same decision again changes nothing
			w.Do(func(tx *db.Tx) (err error) { p, err = w.DecideTx(tx, yes(p)); return err })
		}
		if p.State != growth.ProofAccepted || w.Balance("points:ann", ledger.Points) != 50 || w.Balance("issued:proof", ledger.Points) != -50 {
			t.Errorf("%+v earned %d", p, w.Balance("points:ann", ledger.Points))
		}
		w.Refused(growth.ErrProofDecided, func(tx *db.Tx) error { _, err := w.DecideTx(tx, no(p, growth.NotDone)); return err })

		// Refused with a reason, they may try again.
		q := w.show(shown(c, "bob"))
		w.Refused(growth.ErrProofReason, func(tx *db.Tx) error { _, err := w.DecideTx(tx, no(q, "because")); return err })
		w.Do(func(tx *db.Tx) (err error) { q, err = w.DecideTx(tx, no(q, growth.NotSeen)); return err })
		again := w.show(shown(c, "bob"))
		if q.Reason != growth.NotSeen || again.State != growth.ProofWaits {
			t.Errorf("refused %+v, then %+v", q, again)
		}
		// A task that is finished where tasks are does the same.
		w.finish(growth.ReviewProof, again.ID, growth.ApproveProof)
		if w.Balance("points:bob", ledger.Points) != 50 {
			t.Errorf("bob earned %d", w.Balance("points:bob", ledger.Points))
		}
		w.Do(func(tx *db.Tx) error {
			list, err := w.CallsTx(tx, true, "", 10)
			if err == nil && (len(list.Items) != 1 || list.Items[0].Approved != 2 || list.Items[0].Refused != 1 || list.Items[0].Spent != 100) {
				t.Errorf("calls %+v", list.Items)
			}
			return err
		})
		if got := fmt.Sprint(w.Told("growth", "bob")); got != "[proof_shown proof_refused proof_shown proof_approved]" {
			t.Errorf("facts %s", got)
		}
		w.sound()
	})
}

// Money instead of points is at hand at once, and pays what is owed first.
func TestAProofMayEarnMoney(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.call(func(r *growth.ProofRule) { r.Points, r.Money = 0, 5_00 })
		p := w.show(shown(c, "ann"))
		w.Do(func(tx *db.Tx) error { _, err := w.DecideTx(tx, yes(p)); return err })
		w.wantPurse("ann", 0, 5_00, 0)
		if got := w.Balance("expense:proof", ledger.CNY); got != -5_00 {
			t.Errorf("the expense is %d", got)
		}
		w.sound()
	})
}

// G9: what looks odd is held with its reason, and so is what it resembles; it takes an acknowledgement to be rewarded.
func TestSuspiciousClustersAreHeld(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.members["dan"] = true
		held := func(p growth.Proof, why ...growth.Suspicion) {
			t.Helper()
			p = w.proof(p.ID)
			if got := w.queue(p); p.State != growth.ProofIsHeld || !slices.Equal(p.Suspicions, why) || got != "admin" {
				t.Errorf("%s of %s: %s %v in the queue of %s, want held for %v", p.ID, p.Person, p.State, p.Suspicions, got, why)
			}
		}
		c := w.call()
		first := w.show(shown(c, "ann"))
		x := shown(c, "bob")
		x.Picture = first.Picture
		second := w.show(x)
		held(first, growth.SamePicture)
		held(second, growth.SamePicture)
		w.Refused(growth.ErrProofHeld, func(tx *db.Tx) error { _, err := w.DecideTx(tx, yes(first)); return err })
		w.Do(func(tx *db.Tx) error {
			d := yes(first)
			d.Anyway = true
			if _, err := w.DecideTx(tx, d); err != nil {
				return err
			}
			_, err := w.DecideTx(tx, no(second, growth.Copied))
			return err
		})

		// One's own picture of another call is no new one; the same one again for the same call, after a refusal, is.
		c2 := w.call()
		x = shown(c2, "ann")
		x.Picture = first.Picture
		held(w.show(x), growth.SamePicture)
		third := w.show(shown(c2, "cat"))
		w.Do(func(tx *db.Tx) error { _, err := w.DecideTx(tx, no(third, growth.NotSeen)); return err })
		if p := w.show(shown(c2, "cat")); p.State != growth.ProofWaits {
			t.Errorf("the same picture again is %+v", p)
		}

		// One device, and many at one address.
		w.D.Clock.Advance(time.Hour)
		c3 := w.call()
		a, b := shown(c3, "ann"), shown(c3, "bob")
		b.Device = a.Device
		p, q := w.show(a), w.show(b)
		held(p, growth.OneDevice)
		held(q, growth.OneDevice)
		at := func(person string) growth.Shown {
			x := shown(c3, person)
			x.Address = "cafe"
			return x
		}
		one, two := w.show(at("p1")), w.show(at("p2"))
		if one.State != growth.ProofWaits || two.State != growth.ProofWaits {
			t.Errorf("two at one address: %+v %+v", one, two)
		}
		three := w.show(at("p3"))
		for _, p := range []growth.Proof{one, two, three} {
			held(p, growth.OneAddress)
		}
		// The sixth within ten minutes makes a burst of all.
		six := w.show(shown(c3, "p4"))
		held(six, growth.InBurst)
		held(one, growth.OneAddress, growth.InBurst)
		w.D.Clock.Advance(11 * time.Minute)
		if p := w.show(shown(c3, "p5")); p.State != growth.ProofWaits {
			t.Errorf("after the burst: %+v", p)
		}
		one = w.proof(one.ID)
		w.Do(func(tx *db.Tx) error {
			like, err := w.LikeTx(tx, one)
			if err == nil && len(like[growth.OneAddress]) != 2 {
				t.Errorf("%s resembles %+v", one.ID, like)
			}
			return err
		})
		w.sound()
	})
}

// Two accounts of one human answered a call before anybody knew.
func TestProofsOfOneHumanAreHeldWhenTheyMerge(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.call()
		p, q := w.show(shown(c, "ann")), w.show(shown(c, "ann2"))
		w.Merged["ann"] = []string{"ann2"}
		w.Do(func(tx *db.Tx) error { return w.MergeTx(tx, "ann") })
		for _, x := range []growth.Proof{p, q} {
			if got := w.proof(x.ID); got.State != growth.ProofIsHeld || got.Suspicions[0] != growth.OnePerson {
				t.Errorf("%+v", got)
			}
		}
		w.Refused(growth.ErrProofTwice, func(tx *db.Tx) error { _, err := w.ShowTx(tx, shown(c, "ann2")); return err })
		w.sound()
	})
}

func TestCallsEndAndFillUp(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.call(func(r *growth.ProofRule) { r.Most = 2 })
		w.show(shown(c, "ann"))
		w.show(shown(c, "bob"))
		w.Refused(growth.ErrCallFull, func(tx *db.Tx) error { _, err := w.ShowTx(tx, shown(c, "cat")); return err })
		c = w.call()
		w.Do(func(tx *db.Tx) (err error) { c, err = w.EndCallTx(tx, c.ID); return err })
		w.Refused(growth.ErrCallOver, func(tx *db.Tx) error { _, err := w.ShowTx(tx, shown(c, "cat")); return err })
		w.Refused(growth.ErrUnknownCall, func(tx *db.Tx) error { _, err := w.ShowTx(tx, growth.Shown{Call: "none", Person: "cat"}); return err })
		w.Refused(growth.ErrUnknownProof, func(tx *db.Tx) error { _, err := w.DecideTx(tx, growth.Decision{Proof: "none"}); return err })
		for want, x := range map[error]struct {
			rule string
			call growth.Call
		}{
			growth.ErrUnknownRule: {"none", growth.Call{}},
			growth.ErrProduct:     {"share", growth.Call{Product: "every thing"}},
			growth.ErrNote:        {"share", growth.Call{Note: strings.Repeat("长", 501)}},
			growth.ErrCallEnds:    {"share", growth.Call{Ends: w.D.Clock.Now().AddDate(1, 0, 0)}},
		} {
			w.Refused(want, func(tx *db.Tx) error { _, err := w.OpenCallTx(tx, x.rule, x.call); return err })
		}
	})
}

// P9: who is erased takes their pictures with them; what they earned stays in the books.
func TestErasureForgetsPictures(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c, c2 := w.call(), w.call()
		p, q := w.show(shown(c, "ann")), w.show(shown(c2, "ann"))
		w.Do(func(tx *db.Tx) error { _, err := w.DecideTx(tx, yes(p)); return err })
		w.Do(func(tx *db.Tx) error { return w.EraseTx(tx, "ann") })
		if got := w.proof(q.ID); got.State != growth.ProofRejected || got.Reason != growth.GoneAway || got.Picture != "" {
			t.Errorf("%+v", got)
		}
		if got := w.proof(p.ID); got.State != growth.ProofAccepted || got.Picture != "" || w.album.uses[p.Picture]+w.album.uses[q.Picture] != 0 {
			t.Errorf("%+v, in use %v", got, w.album.uses)
		}
		w.sound()
	})
}

// Two reviewers decide, and one person uploads twice, at the same moment on two connections: one wins.
func TestProofsOnTwoConnections(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other := newWorld(t, w.D.Again(t))
		other.rules = w.rules
		nodes := []*world{w, other}
		race := func(fn func(w *world, n int) error) (won int) {
			var wg sync.WaitGroup
			var mu sync.Mutex
			for n, node := range nodes {
				wg.Go(func() {
					if fn(node, n) == nil {
						mu.Lock()
						won++
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			return won
		}
		for i := range 8 {
			c := w.call(func(r *growth.ProofRule) { r.Most = 1 })
			person := fmt.Sprint("p", i)
			if won := race(func(w *world, _ int) error {
				return w.Try(func(tx *db.Tx) error { _, err := w.ShowTx(tx, shown(c, person)); return err })
			}); won != 1 {
				t.Fatalf("%d uploads of one person were taken", won)
			}
			c = w.call(func(r *growth.ProofRule) { r.Most = 1 })
			if won := race(func(w *world, n int) error {
				return w.Try(func(tx *db.Tx) error { _, err := w.ShowTx(tx, shown(c, fmt.Sprint(person, n))); return err })
			}); won != 1 {
				t.Fatalf("%d uploads were taken by a call for one", won)
			}
			var p growth.Proof
			w.Do(func(tx *db.Tx) error {
				list, err := w.ProofsTx(tx, growth.ProofFilter{Call: c.ID}, "", 10)
				p = list.Items[0]
				return err
			})
			if won := race(func(w *world, n int) error {
				d := yes(p)
				if n == 1 {
					d = no(p, growth.NotDone)
				}
				_, err := w.Decide(t.Context(), w.D.Community, d)
				return err
			}); won != 1 {
				t.Fatalf("%d reviewers decided otherwise", won)
			}
			want := int64(0)
			if w.proof(p.ID).State == growth.ProofAccepted {
				want = 50
			}
			if got := w.Balance("points:"+p.Person, ledger.Points); got != want {
				t.Fatalf("earned %d, want %d", got, want)
			}
		}
		w.sound()
	})
}

// A rule that can't run is refused where it stands.
func TestRulesOfProofsAreChecked(t *testing.T) {
	for want, change := range map[error]func(*growth.ProofRule){
		growth.ErrName:        func(r *growth.ProofRule) { r.Name = "Share It" },
		growth.ErrTitle:       func(r *growth.ProofRule) { r.Title = nil },
		growth.ErrProofReward: func(r *growth.ProofRule) { r.Money = 1 },
		growth.ErrDays:        func(r *growth.ProofRule) { r.Days = 91 },
		growth.ErrProofLimit:  func(r *growth.ProofRule) { r.Burst = 1 },
	} {
		rule := sharing()
		change(&rule)
		if err := (growth.Config{Proofs: []growth.ProofRule{rule}}).Check(); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	if err := (growth.Config{Proofs: []growth.ProofRule{sharing(), sharing()}}).Check(); !errors.Is(err, growth.ErrTwice) {
		t.Errorf("the same name twice: %v", err)
	}
}
