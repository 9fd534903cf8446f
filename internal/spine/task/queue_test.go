package task_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/test/testkit"
)

func TestNeverShownToTheWrongRole(t *testing.T) {
	each(t, func(w *world) {
		everywhere := w.open(review("a"))
		inCircle := review("b")
		inCircle.Circle = "c1"
		circle := w.open(inCircle)
		anyStaff := review("c")
		anyStaff.Role, anyStaff.Circle = "", "c1"
		staff := w.open(anyStaff)
		otherCircle := review("d")
		otherCircle.Circle = "c2"
		other := w.open(otherCircle)
		personal := review("e")
		personal.Role, personal.Assignee = "", "zoe"
		own := w.open(personal)
		w.must(w.Do(w.Context(), w.NewID(), func(tx *db.Tx) error { // another community's task
			_, err := w.tasks.OpenTx(tx, review("a"))
			return err
		}))

		all := []task.Task{everywhere, circle, staff, other, own}
		empty := task.Principal{Roles: []task.Role{{}, {Circle: "c1"}}} // names nobody and no role
		for _, c := range []struct {
			by   task.Principal
			sees []task.Task
		}{
			{ann, []task.Task{everywhere, circle, other}},
			{host, []task.Task{circle, staff}},
			{lead, nil},
			{none, []task.Task{own}},
			{empty, nil},
			{task.System, all},
		} {
			want := map[string]bool{}
			for _, s := range c.sees {
				want[s.ID] = true
			}
			if got := w.queue(c.by, task.Filter{}); len(got) != len(want) {
				w.Errorf("%s has %d in the queue, want %d", c.by.ID, len(got), len(want))
			}
			n, err := w.tasks.Counts(w.Context(), w.Community, c.by)
			w.must(err)
			if n.Open != len(want) {
				w.Errorf("%s counts %+v, want %d", c.by.ID, n, len(want))
			}
			for _, x := range all {
				_, err := w.tasks.Get(w.Context(), w.Community, c.by, x.ID)
				if (err == nil) != want[x.ID] {
					w.Errorf("%s gets %s: %v", c.by.ID, x.Key, err)
				}
				if want[x.ID] {
					continue
				}
				later := w.Clock.Now().Add(time.Hour)
				_, err = w.tasks.Finish(w.Context(), w.Community, c.by, x.ID, "admit", "")
				w.is(err, task.ErrNotFound)
				_, err = w.tasks.Snooze(w.Context(), w.Community, c.by, x.ID, later)
				w.is(err, task.ErrNotFound)
				_, err = w.tasks.HandOver(w.Context(), w.Community, c.by, x.ID, task.Handover{To: "me"})
				w.is(err, task.ErrNotFound)
				_, err = w.tasks.Cancel(w.Context(), w.Community, c.by, x.ID)
				w.is(err, task.ErrNotFound)
				if c.by.ID != "" {
					_, err = w.tasks.Claim(w.Context(), w.Community, c.by, x.ID)
					w.is(err, task.ErrNotFound)
				}
			}
		}
	})
}

func TestQueueIsInOrderOfDueTimeAndFiltered(t *testing.T) {
	each(t, func(w *world) {
		var want []string
		for i := range 5 {
			r := review(fmt.Sprint(i))
			r.Due = testkit.Start.Add(time.Duration(i+1) * time.Hour)
			want = append(want, w.open(r).ID)
		}
		r := review("someday")
		r.Due, r.Kind, r.Person = time.Time{}, "call", "p2"
		someday := w.open(r).ID
		want = append(want, someday)
		if got := w.queue(ann, task.Filter{}); fmt.Sprint(got) != fmt.Sprint(want) {
			w.Errorf("got %v, want %v", got, want)
		}
		for _, f := range []task.Filter{{Kind: "call"}, {Person: "p2"}, {Subject: "run1", Kind: "call"}} {
			if got := w.queue(ann, f); len(got) != 1 || got[0] != someday {
				w.Errorf("%+v: got %v", f, got)
			}
		}
		_, err := w.tasks.Claim(w.Context(), w.Community, ann, want[0])
		w.must(err)
		if got := w.queue(ben, task.Filter{}); len(got) != 5 {
			w.Errorf("ben's queue has what ann took: %v", got)
		}
		if got := w.queue(ann, task.Filter{Mine: true}); len(got) != 1 {
			w.Errorf("ann's own: %v", got)
		}
		if got := w.queue(ben, task.Filter{State: task.StateClaimed}); len(got) != 1 {
			w.Errorf("claimed in ben's role: %v", got)
		}
		_, err = w.tasks.List(w.Context(), w.Community, ann, task.Filter{}, "nonsense", 0)
		if err == nil {
			w.Error("a foreign cursor was taken")
		}
	})
}
