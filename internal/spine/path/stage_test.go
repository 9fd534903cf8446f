package path_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/test/testkit"
)

const layered = `
start: {on: path_test.reserved, once_per: person}
steps:
  - do: note
    with: {what: begun}
  - stage: {en: Sales}
    ask: add
    role: sales
    outcomes: {added: next, gone: end gone}
    within: 24h
    for: 72h
    else: next
  - do: note
    with: {what: added}
  - stage: {en: Circle}
    wait: path_test.joined
    for: 48h
    else:
      - ask: help
        role: service
        outcomes: {helped: next}
  - stage: {en: Hall}
    wait: path_test.registered
  - end: inside
`

// I8: the stages of a path tell for each run where it is and since when, and for the path who is in which.
func TestStages(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(layered)
		start := d.Clock.Now()
		for _, p := range []string{"ann", "bea", "cat", "dan"} {
			w.happen(p, Reserved{})
			w.settle()
			w.pass(time.Minute)
		}
		w.finish("ann", w.tasks.open["ann"], "added")
		w.finish("bea", w.tasks.open["bea"], "added")
		w.finish("cat", w.tasks.open["cat"], "gone")
		w.pass(time.Hour)
		w.happen("ann", Joined{})
		w.pass(time.Hour)
		w.wantStages("ann", "Sales done", "Circle done", "Hall now")
		w.wantStages("bea", "Sales done", "Circle now", "Hall ahead")
		w.wantStages("cat", "Sales never", "Circle never", "Hall never")
		w.wantStages("dan", "Sales now", "Circle ahead", "Hall ahead")
		w.wantInStages("[dan] [bea] [ann]")

		w.read(func(tx *db.Tx) error {
			at, err := w.engine.StandTx(tx, []string{"dan", "bea", "cat", "none"})
			if err == nil && (len(at) != 2 || at[0].Person != "bea" || at[0].Kind != "wait" || at[0].Stage != 2 || at[1].What != "add" || at[1].Owner != "sales" || at[1].Due.Sub(at[1].EnteredAt) != 24*time.Hour) {
				t.Errorf("they stand at %+v", at)
			}
			return err
		})

		// Who needs help is in the same stage still; another version of the path changes nothing for those on their way.
		d2 := w.parse(layered)
		d2.Steps = d2.Steps[1:]
		w.do(func(tx *db.Tx) error { _, _, err := w.engine.PutTx(tx, d2); return err })
		w.happen("eve", Reserved{})
		w.settle()
		w.pass(48 * time.Hour)
		w.wantInStages("[dan eve] [bea] [ann]")
		w.pass(27 * time.Hour) // nobody did the tasks
		w.wantInStages("[] [bea dan eve] [ann]")
		w.happen("ann", Registered{})
		w.settle()
		w.wantStages("ann", "Sales done", "Circle done", "Hall done")
		w.read(func(tx *db.Tx) error {
			x, err := w.engine.Course(tx, w.run("dan").ID)
			if s := x.Stages; err == nil && (!s[0].Since.Equal(start.Add(3*time.Minute)) || !s[0].Left.Equal(s[1].Since) || s[1].Due.Sub(s[1].Since) != 48*time.Hour || !s[2].Since.IsZero()) {
				t.Errorf("dan's times: %+v", s)
			}
			return err
		})
		w.read(func(tx *db.Tx) error {
			_, err := w.engine.StagesTx(tx, "none")
			_, err2 := w.engine.InStageTx(tx, "none", 1, "", 10)
			if !errors.Is(err, path.ErrUnknownPath) || !errors.Is(err2, path.ErrUnknownPath) {
				t.Errorf("a path that is not there: %v, %v", err, err2)
			}
			return nil
		})
	})
}

func (w *world) wantStages(person string, want ...string) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		x, err := w.engine.Course(tx, w.run(person).ID)
		var got []string
		for _, s := range x.Stages {
			got = append(got, s.Title["en"]+" "+string(s.State))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			w.t.Errorf("%s: %q, want %q", person, got, want)
		}
		return err
	})
}

// wantInStages compares who is in each stage, read in pages of one.
func (w *world) wantInStages(want string) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		counts, err := w.engine.StagesTx(tx, "p")
		if err != nil {
			return err
		}
		got := ""
		for i, c := range counts {
			var who []string
			for cursor := ""; ; {
				p, err := w.engine.InStageTx(tx, "p", i+1, cursor, 1)
				if err != nil {
					return err
				}
				for _, r := range p.Items {
					who = append(who, r.Person)
				}
				if cursor = p.Next; cursor == "" {
					break
				}
			}
			all, err := w.engine.InStageTx(tx, "p", 0, "", 100)
			if err != nil {
				return err
			}
			there := slices.DeleteFunc(all.Items, func(r path.Stand) bool { return r.Stage != i+1 })
			if len(there) != len(who) {
				w.t.Errorf("%d in stage %d, of all %d", len(who), i+1, len(there))
			}
			if int(c.Running) != len(who) {
				w.t.Errorf("%d in stage %d, of which %q are listed", c.Running, i+1, who)
			}
			got += fmt.Sprint(who) + " "
		}
		if got != want+" " {
			w.t.Errorf("in stages %s, want %s", got, want)
		}
		return nil
	})
}
