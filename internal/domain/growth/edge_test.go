package growth_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/platform/db"
)

// G4: rewards are listed by promoter and by state, newest first, a page at a time; each stands in one state.
func TestRewardsByState(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(lockIn())
		w.bring("ann", "gil")
		w.bring("bob", "hal")
		gone, _ := w.buy("gil", vip(100))
		_, early := w.buy("gil", vip(200))
		w.back(gone, 100_00)
		w.Days(7)
		_, late := w.buy("gil", vip(300))
		_, others := w.buy("hal", vip(400))
		list := func(f growth.RewardFilter) (ids []string) {
			w.Do(func(tx *db.Tx) error {
				ids = nil
				for cursor := ""; ; {
					p, err := w.AllRewardsTx(tx, f, cursor, 1)
					if err != nil {
						return err
					}
					for _, r := range p.Items {
						if f.State != "" && r.State != f.State {
							t.Errorf("among %s: %+v", f.State, r)
						}
						ids = append(ids, r.ID)
					}
					if cursor = p.Next; cursor == "" {
						return nil
					}
				}
			})
			return ids
		}
		for f, want := range map[growth.RewardFilter][]string{
			{State: growth.Released}: {early[0].ID}, {State: growth.Frozen}: {others[0].ID, late[0].ID}, {State: growth.Frozen, Promoter: "ann"}: {late[0].ID}, {State: growth.Held}: nil,
		} {
			if got := list(f); !slices.Equal(got, want) {
				t.Errorf("%+v: %v, want %v", f, got, want)
			}
		}
		if all, taken := list(growth.RewardFilter{}), list(growth.RewardFilter{State: growth.Taken}); len(all) != 4 || len(taken) != 1 || !slices.IsSortedFunc(all, func(a, b string) int { return strings.Compare(b, a) }) {
			t.Errorf("all %v, taken %v", all, taken)
		}
		w.Do(func(tx *db.Tx) error {
			p, err := w.PurseTx(tx, "ann")
			if want := (growth.Purse{Frozen: 30_00, Available: 20_00}); p != want {
				t.Errorf("ann has %+v, want %+v", p, want)
			}
			return err
		})
	})
}

// G1: a link to an event brings orders of all its tickets, and none of another event's.
func TestALinkToAnEvent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := lockIn()
		p.Binds, p.Products, p.Guests = growth.ByOrder, []string{"ticket:e1"}, growth.Anyone
		w.declare(p)
		var l growth.Link
		w.Do(func(tx *db.Tx) (err error) {
			if l, err = w.LinkTx(tx, "ann", "ticket:e1"); err == nil {
				_, err = w.VisitTx(tx, growth.Visit{Code: l.Code, Visitor: "v", Person: "gil"})
			}
			return err
		})
		if _, got := w.buy("gil", growth.Line{Kind: "ticket", Item: "e2/house", Amount: 50_00}, growth.Line{Kind: "ticket", Item: "e11/house", Amount: 50_00}); len(got) > 0 {
			t.Errorf("another event earned %+v", got)
		}
		if _, got := w.buy("gil", growth.Line{Kind: "ticket", Item: "e1/house", Amount: 50_00}); len(got) != 1 || got[0].Amount != 5_00 {
			t.Errorf("earned %+v", got)
		}
		w.Do(func(tx *db.Tx) error {
			links, err := w.LinksTx(tx, "ann")
			if len(links) != 1 || links[0].Orders != 1 || links[0].Revenue != 50_00 {
				t.Errorf("links %+v", links)
			}
			return err
		})
		w.Refused(growth.ErrUnknownLink, func(tx *db.Tx) error {
			_, err := w.ChildrenTx(tx, "none", "", 10)
			return err
		})
	})
}
