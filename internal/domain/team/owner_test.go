package team_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// G11: who has the fewest contacts in hand is given the next, within the hours and up to the limit; who finds nobody waits in the pool
// until the hours begin or somebody has room.
func TestOneOwnerByLoadAndHours(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if got := w.welcome("early"); got.ID != "" {
			t.Errorf("without departments %+v", got)
		}
		w.declare(config())
		got := map[string]int{}
		for i := range 6 {
			got[w.welcome(fmt.Sprint("p", i)).Staff]++
			w.D.Clock.Advance(time.Minute)
		}
		if got["sam"] != 3 || got["sue"] != 3 {
			t.Fatalf("given to %v", got)
		}
		if again := w.welcome("p0"); again.Staff != "sam" || w.says["p0 sales"] != "sam" {
			t.Errorf("welcomed again %+v, the profile says %q", again, w.says["p0 sales"])
		}
		if full := w.welcome("p6"); full.Staff != "" || w.owner("p6", team.SideSales) != "" {
			t.Errorf("beyond the limit: %+v", full)
		}
		w.touch("sam", "p0")
		w.sell("p0", 3600)
		w.Pass(time.Hour) // looked at again
		if w.owner("p6", team.SideSales) != "sam" || w.owner("p0", team.SideSales) != "-" || w.owner("p0", team.SideService) != "val" {
			t.Error("room was not used")
		}
		w.D.Clock.Set(at("2026-03-09 22:00"))
		w.touch("sue", "p1")
		w.sell("p1", 3600)
		if late := w.welcome("p7"); late.Staff != "" {
			t.Errorf("out of hours %+v", late)
		}
		w.D.Clock.Set(at("2026-03-10 09:00"))
		w.Settle()
		if w.owner("p7", team.SideSales) != "sue" {
			t.Errorf("in the morning %q has them", w.owner("p7", team.SideSales))
		}
		w.sound()
	})
}

// G11: a placement's people come to the department that names its source; staff may be paused, and have hours of their own.
func TestPlacementsAndShifts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := config()
		video := c.Departments[1]
		video.Name, video.Role, video.Sources = "video", access.Traffic, []string{"短视频"}
		c.Departments = append(c.Departments, video)
		c.Owners.Choose = team.ByTurns
		w.staff[access.Traffic] = []string{"tom"}
		w.declare(c)
		if got := w.welcome("ann", "短视频"); got.Staff != "tom" || got.Department != "video" || got.Reason != team.OfTurns {
			t.Errorf("by the placement %+v", got)
		}
		w.Do(func(tx *db.Tx) error {
			_, err := w.PlaceTx(tx, team.Member{Department: "sales", Staff: "sam", Paused: true})
			if err != nil {
				return err
			}
			_, err = w.PlaceTx(tx, team.Member{Department: "sales", Staff: "sue", From: 12 * 60, To: 14 * 60})
			return err
		})
		if got := w.welcome("bob", "别的"); got.Staff != "" || got.Department != "sales" {
			t.Errorf("before the shift %+v", got)
		}
		w.D.Clock.Set(at("2026-03-09 12:00"))
		w.Settle()
		if w.owner("bob", team.SideSales) != "sue" {
			t.Error("nobody was given in the shift")
		}
		for _, m := range []struct {
			team.Member
			want error
		}{
			{team.Member{Department: "none", Staff: "sam"}, team.ErrNoDepartment},
			{team.Member{Department: "sales", Staff: "val"}, team.ErrNotInDepartment},
			{team.Member{Department: "sales", Staff: "sam", Most: -1}, team.ErrMost},
			{team.Member{Department: "sales", Staff: "sam", From: 60, To: 60}, team.ErrMemberHours},
		} {
			w.Refused(m.want, func(tx *db.Tx) error { _, err := w.PlaceTx(tx, m.Member); return err })
		}
		w.sound()
	})
}

// G11: untouched in time, a contact goes to somebody else; touched, it stays. Control: without the timer nothing moves.
func TestUntouchedReturn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(config())
		w.welcome("ann") // sam
		w.D.Clock.Advance(time.Minute)
		w.welcome("bob") // sue
		w.touch("sue", "bob")
		w.touch("sue", "bob")
		w.Refused(team.ErrNotYours, func(tx *db.Tx) error { _, err := w.TouchTx(tx, "sue", "ann"); return err })
		w.Refused(team.ErrNoOwner, func(tx *db.Tx) error { _, err := w.TouchTx(tx, "sue", "cat"); return err })
		w.Pass(47 * time.Hour)
		if w.owner("ann", team.SideSales) != "sam" {
			t.Error("returned too early")
		}
		w.Pass(time.Hour)
		if w.owner("ann", team.SideSales) != "sue" || w.owner("bob", team.SideSales) != "sue" || w.says["ann sales"] != "sue" {
			t.Errorf("ann is %q's, bob %q's", w.owner("ann", team.SideSales), w.owner("bob", team.SideSales))
		}
		if told := w.Told("team", "ann"); fmt.Sprint(told) != "[given turn_ended given]" {
			t.Errorf("told %v", told)
		}
		w.staff[access.Sales] = []string{"sue"}
		w.Pass(48 * time.Hour)
		if w.owner("ann", team.SideSales) != "sue" {
			t.Error("where there is nobody else, nobody has ann")
		}
		w.Do(func(tx *db.Tx) error { _, err := w.ReturnTx(tx, "boss", "bob"); return err })
		if w.owner("bob", team.SideSales) != "sue" {
			t.Error("given back by hand, nobody has bob")
		}
		w.sound()
	})
}

// G11: who no longer works in a department leaves its people to those who do; nobody is left with who can't see them.
func TestALeaversPeopleGoToOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := config()
		c.Owners.Most = 200
		w.declare(c)
		for i := range 120 { // more than one transaction's
			w.welcome(fmt.Sprint("p", i))
			w.D.Clock.Advance(time.Millisecond)
		}
		w.sell("p0", 100) // handed to val
		w.staff[access.Sales], w.staff[access.Service] = []string{"sue"}, nil
		w.Do(func(tx *db.Tx) error {
			return errors.Join(w.LeaveTx(tx, "sam"), w.LeaveTx(tx, "sue"), w.LeaveTx(tx, "val"), w.LeaveTx(tx, "nobody"))
		})
		w.Settle()
		for i := 1; i < 120; i++ {
			if got := w.owner(fmt.Sprint("p", i), team.SideSales); got != "sue" {
				t.Fatalf("p%d is %q's", i, got)
			}
		}
		if got := w.owner("p0", team.SideService); got != "" {
			t.Errorf("a member is %q's, whom nobody serves", got)
		}
		w.staff[access.Service] = []string{"val2"}
		w.D.Clock.Advance(2 * time.Hour)
		w.Settle()
		if got := w.owner("p0", team.SideService); got != "val2" {
			t.Errorf("then %q's", got)
		}
		w.sound()
	})
}

// G11: by hand, by a profile that was edited, after a merge and an erasure there is one owner at most, and the load follows.
func TestHandMergeErase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(config())
		for _, p := range []string{"ann", "bob", "cat"} {
			w.welcome(p)
			w.D.Clock.Advance(time.Minute)
		}
		hand := func(person, staff string) {
			w.Do(func(tx *db.Tx) error { _, err := w.HandTx(tx, "boss", person, team.SideSales, staff); return err })
		}
		hand("ann", "sue")
		hand("ann", "sue")
		hand("new", "sam")
		w.Refused(team.ErrNotInDepartment, func(tx *db.Tx) error { _, err := w.HandTx(tx, "boss", "ann", team.SideSales, "val"); return err })
		w.Refused(team.ErrSideOfPerson, func(tx *db.Tx) error { _, err := w.HandTx(tx, "boss", "ann", "all", "val"); return err })
		w.Do(func(tx *db.Tx) error {
			for _, staff := range []string{"", "王经理", "sue", "sam"} {
				if err := w.AdoptTx(tx, "boss", "ann", team.SideSales, staff); err != nil {
					return err
				}
			}
			return w.AdoptTx(tx, "boss", "ann", team.SideService, "val")
		})
		if w.owner("ann", team.SideSales) != "sam" || w.owner("ann", team.SideService) != "val" || w.owner("new", team.SideSales) != "sam" {
			t.Errorf("ann is %q's and %q's", w.owner("ann", team.SideSales), w.owner("ann", team.SideService))
		}
		w.Do(func(tx *db.Tx) error { return w.MergeTx(tx, "ann", "bob") })
		w.Merged["bob"] = []string{"ann"}
		if w.owner("ann", team.SideSales) != "sue" || w.owner("ann", team.SideService) != "val" {
			t.Errorf("after the merge %q and %q", w.owner("bob", team.SideSales), w.owner("bob", team.SideService))
		}
		w.Do(func(tx *db.Tx) error { return w.DropTx(tx, "bob") })
		if w.owner("bob", team.SideSales) != "-" || w.owner("bob", team.SideService) != "-" {
			t.Error("an erased person has an owner")
		}
		w.sound()
	})
}

// G11: from two connections at once, each contact gets one owner and nobody more than the limit.
func TestOwnersUnderRaces(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(config())
		other := w.second()
		var wg sync.WaitGroup
		errs := make(chan error, 64)
		for i := range 10 {
			for _, d := range []*db.DB{w.D.DB, other} {
				wg.Go(func() {
					errs <- d.Do(t.Context(), w.D.Community, func(tx *db.Tx) error {
						_, err := w.WelcomeTx(tx, team.Arrival{Person: fmt.Sprint("p", i), Fact: "f"})
						return err
					})
				})
			}
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			w.Must(err)
		}
		has := map[string]int{}
		for i := range 10 {
			has[w.owner(fmt.Sprint("p", i), team.SideSales)]++
		}
		if has["sam"] != 3 || has["sue"] != 3 || has[""] != 4 {
			t.Errorf("they have %v", has)
		}
		w.sound()
		if err := w.Try(func(tx *db.Tx) error { // control: the database itself refuses a second owner
			_, err := tx.Exec(`INSERT INTO team_turn (community_id, id, person, side, department, version, at) SELECT community_id, 'x', person, side, department, version, at
				FROM team_turn WHERE community_id = $1 AND ended_at = 0 LIMIT 1`, tx.Community())
			return err
		}); err == nil {
			t.Error("a second owner was written")
		}
	})
}
