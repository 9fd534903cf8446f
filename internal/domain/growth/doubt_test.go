package growth_test

import (
	"encoding/json"
	"testing"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// marked notes that persons were seen to pay from an account.
func (w *world) marked(account string, persons ...string) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		for _, p := range persons {
			if err := w.MarkTx(tx, p, growth.SamePayer, account); err != nil {
				return err
			}
		}
		return nil
	})
}

// why is for what reason somebody is to look at something.
func (w *world) why(kind task.Kind, subject string) (out growth.Reason) {
	w.T.Helper()
	list, err := w.tasks.List(w.T.Context(), w.D.Community, task.System, task.Filter{State: task.StateOpen, Kind: kind, Subject: subject}, "", 10)
	w.Must(err)
	if len(list.Items) != 1 {
		w.T.Fatalf("%d tasks %s about %s", len(list.Items), kind, subject)
	}
	var x struct{ Reason growth.Reason }
	w.Must(json.Unmarshal(list.Items[0].Context, &x))
	return x.Reason
}

// G2: what a promoter and a buyer share only since they were bound (the account that paid, a phone of a parcel) holds the reward until
// somebody has looked at it. Who was let through is not asked about again; another community's equal account is no match.
func TestARewardIsHeldForWhatTheyShareSince(t *testing.T) {
	each(t, func(t *testing.T, whole *world) {
		for why, share := range map[growth.Reason]func(w *world){
			growth.SamePayer: func(w *world) { w.marked("wallet", "ann", "gil") },
			growth.SamePhone: func(w *world) {
				w.phones["ann"], w.phones["gil"] = []string{"+8613800000001"}, []string{"+8613800000002", "+8613800000001"}
			},
			growth.LooksAlike: func(w *world) { w.alike["ann gil"] = true },
		} {
			for _, o := range []task.Outcome{growth.Allow, growth.Refuse} {
				w := whole.fresh()
				p := lockIn()
				p.ValidDays = 90
				w.declare(p)
				began := w.D.Clock.Now()
				w.bring("ann", "gil")
				w.bring("ann", "hal")
				share(w)
				_, got := w.buy("gil", vip(100))
				if len(got) != 1 || got[0].State != growth.Held {
					t.Fatalf("%s: %+v", why, got)
				}
				if _, other := w.buy("hal", vip(10)); len(other) != 1 || other[0].State != growth.Frozen {
					t.Errorf("%s: another guest's: %+v", why, other)
				}
				if asked := w.why(growth.ReviewReward, got[0].ID); asked != why {
					t.Errorf("asked because of %s, not %s", asked, why)
				}
				w.Days(30)
				w.wantPurse("ann", 10_00, 1_00, 0)
				w.finish(growth.ReviewReward, got[0].ID, o)
				w.Days(1)
				if o == growth.Refuse {
					w.wantPurse("ann", 0, 1_00, 0)
				} else {
					w.wantPurse("ann", 0, 11_00, 0)
				}
				if _, again := w.buy("gil", vip(100)); (again[0].State == growth.Held) != (o == growth.Refuse) {
					t.Errorf("%s, after %s: %+v", why, o, again)
				}
				w.Days(1)
				s := w.simulate(p, began)
				if o == growth.Allow && s.All.Was != s.All.Would || o == growth.Refuse && s.All.Would.Money != 11_00 {
					t.Errorf("%s, after %s: %+v", why, o, s.All)
				}
				w.sound()
			}
		}
	})
}

// G2: the second level is held as well, a bond that somebody let through is not, and accounts of two communities have nothing to do with each other.
func TestWhoseRewardsAreHeld(t *testing.T) {
	each(t, func(t *testing.T, whole *world) {
		w := whole.fresh()
		p := lockIn()
		p.Levels, p.Guests = []growth.Level{{RateBP: 1000}, {RateBP: 500}}, growth.Anyone
		w.declare(p)
		w.bring("ann", "bob")
		w.bring("bob", "gil")
		w.marked("wallet", "ann", "gil")
		if _, got := w.buy("gil", vip(100)); len(got) != 2 || got[0].State != growth.Frozen || got[1].State != growth.Held {
			t.Errorf("two levels: %+v", got)
		}

		w = whole.fresh()
		w.declare(lockIn())
		w.marked("wallet", "ann", "gil")
		w.finish(growth.ReviewBond, w.bring("ann", "gil").ID, growth.Allow)
		if _, got := w.buy("gil", vip(100)); len(got) != 1 || got[0].State != growth.Frozen {
			t.Errorf("let through: %+v", got)
		}

		here, there := whole.fresh(), whole.fresh()
		here.declare(lockIn())
		there.marked("wallet", "gil")
		here.marked("wallet", "ann")
		here.bring("ann", "gil")
		if _, got := here.buy("gil", vip(100)); len(got) != 1 || got[0].State != growth.Frozen {
			t.Errorf("another community's: %+v", got)
		}
	})
}
