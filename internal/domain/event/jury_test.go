package event_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

func (w *world) ask(e event.Event, need int, persons ...string) (j event.Jury) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { j, err = w.AskJuryTx(tx, e.ID, persons, need, "staff"); return err })
	return j
}

func (w *world) judge(e event.Event, person string, v event.Verdict) (j event.Jury) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { j, err = w.JudgeTx(tx, e.ID, person, v, "", "staff"); return err })
	return j
}

// E2: n of m guests must say yes. It passes with the last that is needed, fails with the first that makes it impossible, and a
// script that was written anew is read anew.
func TestJury(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		e, err := w.Plan(t.Context(), d.Community, event.Draft{Template: "session", Title: stage.Words("第一场"), Starts: d.Clock.Now().Add(48 * time.Hour), Host: "host"}, "staff")
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			need    int
			persons []string
			want    error
		}{{1, nil, event.ErrJury}, {3, []string{"a", "b"}, event.ErrJury}, {0, []string{"a"}, event.ErrJury}, {1, []string{"a", "a"}, event.ErrJury}, {1, []string{"a", "host"}, event.ErrHost}} {
			err := w.Try(func(tx *db.Tx) error { _, err := w.AskJuryTx(tx, e.ID, x.persons, x.need, ""); return err })
			if !errors.Is(err, x.want) {
				t.Errorf("%d of %q: %v, want %v", x.need, x.persons, err, x.want)
			}
		}
		if j := w.ask(e, 2, "a", "b", "c"); j.State != event.JuryOpen || j.Round != 1 || len(j.Jurors) != 3 {
			t.Errorf("asked %+v", j)
		}
		w.Refused(event.ErrJuror, func(tx *db.Tx) error { _, err := w.JudgeTx(tx, e.ID, "d", event.Yes, "", ""); return err })
		w.Refused(event.ErrVerdict, func(tx *db.Tx) error { _, err := w.JudgeTx(tx, e.ID, "a", "maybe", "", ""); return err })
		w.judge(e, "a", event.No)
		if j := w.judge(e, "b", event.Yes); j.State != event.JuryOpen || j.Yes != 1 || j.No != 1 {
			t.Errorf("one each %+v", j)
		}
		if j := w.judge(e, "c", event.No); j.State != event.JuryFailed || j.DecidedAt.IsZero() {
			t.Errorf("two no %+v", j)
		}
		w.Refused(event.ErrDecided, func(tx *db.Tx) error { _, err := w.JudgeTx(tx, e.ID, "a", event.Yes, "", ""); return err })
		if j := w.judge(e, "a", event.No); j.State != event.JuryFailed {
			t.Errorf("the same again %+v", j)
		}
		w.sound()
		if j := w.ask(e, 2, "a", "b", "c"); j.State != event.JuryOpen || j.Round != 2 || j.Yes+j.No != 0 {
			t.Errorf("second round %+v", j)
		}
		w.judge(e, "a", event.No)
		w.judge(e, "a", event.Yes) // thought better of it
		if j := w.judge(e, "b", event.Yes); j.State != event.JuryPass || j.Yes != 2 {
			t.Errorf("second round ends %+v", j)
		}
		w.sound()
	})
}

// Control: jurors who speak at the same time decide once, and by all that was said.
func TestJurorsSpeakAtTheSameTime(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		e := w.plan("session", 0)
		var all []string
		for i := range 12 {
			all = append(all, fmt.Sprint("juror", i))
		}
		w.ask(e, 12, all...)
		var wg sync.WaitGroup
		for _, p := range all {
			wg.Go(func() {
				if err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error { _, err := w.JudgeTx(tx, e.ID, p, event.Yes, "", ""); return err }); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.Do(func(tx *db.Tx) error {
			j, err := w.JuryTx(tx, e.ID)
			if j.State != event.JuryPass || j.Yes != 12 {
				t.Errorf("in the end %+v", j)
			}
			return err
		})
		w.sound()
	})
}

// E2: a hot topic takes a slot; what it displaces is held at the next time that is free, with its tickets.
func TestAHotTopicTakesASlot(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann")
		e := w.plan("session", 0)
		ann := w.claim(e, "seat", "ann")
		week := 7 * 24 * time.Hour
		if _, err := w.Plan(t.Context(), d.Community, event.Draft{Template: "session", Title: stage.Words("下周"), Starts: e.Starts.Add(week + time.Hour)}, ""); err != nil {
			t.Fatal(err)
		}
		var free time.Time
		w.Do(func(tx *db.Tx) (err error) { free, err = w.SlotTx(tx, e.ID); return err })
		if !free.Equal(e.Starts.Add(2 * week)) {
			t.Errorf("free at %s, want two weeks after %s", free, e.Starts)
		}
		hot := event.Draft{Template: "session", Title: stage.Words("热点")}
		w.Refused(event.ErrTime, func(tx *db.Tx) error { _, _, err := w.GiveWayTx(tx, e.ID, hot, e.Starts, ""); return err })
		w.Refused(event.ErrUnknownTemplate, func(tx *db.Tx) error {
			_, _, err := w.GiveWayTx(tx, e.ID, event.Draft{Template: "none", Title: stage.Words("热点")}, free, "")
			return err
		})
		var taken, moved event.Event
		w.Do(func(tx *db.Tx) (err error) { taken, moved, err = w.GiveWayTx(tx, e.ID, hot, free, "staff"); return err })
		if !taken.Starts.Equal(e.Starts) || !moved.Starts.Equal(free) || moved.Ends.Sub(moved.Starts) != e.Ends.Sub(e.Starts) {
			t.Errorf("hot %+v, displaced %+v", taken, moved)
		}
		if got := w.ticket(ann.ID); got.State != event.Valid || got.Event != e.ID {
			t.Errorf("ticket %+v", got)
		}
		if w.Settle(); !slices.Contains(w.Told("event", "ann"), "ticket_moved") {
			t.Errorf("ann was told %q", w.Told("event", "ann"))
		}
		d.Clock.Set(moved.Starts)
		w.Refused(event.ErrOver, func(tx *db.Tx) error { _, _, err := w.GiveWayTx(tx, e.ID, hot, free.Add(week), ""); return err })
		w.sound()
	})
}

// Who has a ticket is told once that an event begins at another time, also when there are more than are told at once; an end that is
// moved alone, and a time that was moved again before anybody was told, are no news.
func TestHoldersAreToldThatAnEventWasMoved(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		const many = 203
		e := w.plan("conference", many)
		for i := range many {
			w.claim(e, "open", fmt.Sprint("p", i))
		}
		move := func(change func(e *event.Event)) {
			w.Do(func(tx *db.Tx) error {
				now, err := w.GetTx(tx, e.ID)
				if err != nil {
					return err
				}
				change(&now)
				_, err = w.ChangeTx(tx, now, "staff")
				return err
			})
		}
		move(func(e *event.Event) { e.Ends = e.Ends.Add(time.Hour) })
		w.Settle()
		move(func(e *event.Event) { e.Starts, e.Ends = e.Starts.Add(time.Hour), e.Ends.Add(time.Hour) })
		move(func(e *event.Event) { e.Starts, e.Ends = e.Starts.Add(time.Hour), e.Ends.Add(time.Hour) })
		w.Settle()
		told := 0
		for i := range many {
			for _, kind := range w.Told("event", fmt.Sprint("p", i)) {
				if kind == "ticket_moved" {
					told++
				}
			}
		}
		if told != many {
			t.Errorf("told %d times, want %d", told, many)
		}
	})
}
