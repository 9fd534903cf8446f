package path_test

import (
	"testing"
	"time"

	"github.com/qunce/qunce/test/testkit"
)

// The clock begins on Saturday, 7 March 2026, at noon in Shanghai.
func TestUntil(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		for i, x := range []struct {
			name, until string
			stays, goes time.Duration
		}{
			{"after", "{after: 90m}", 90*time.Minute - time.Second, 90 * time.Minute},
			{"an hour today, in the community's zone", `{hour: "20:00"}`, 8*time.Hour - time.Second, 8 * time.Hour},
			{"an hour that is past today", `{hour: "12:00"}`, 24*time.Hour - time.Second, 24 * time.Hour},
			{"a weekday", `{weekday: mon, hour: "09:30"}`, 45*time.Hour + 29*time.Minute, 45*time.Hour + 30*time.Minute},
			{"this weekday, an hour that is past", `{weekday: sat, hour: "11:00"}`, 7*24*time.Hour - time.Hour - time.Second, 7*24*time.Hour - time.Hour},
			{"an hour some days on", `{after: 2d, hour: "11:59"}`, 72*time.Hour - 2*time.Minute, 72*time.Hour - time.Minute},
			{"a day", "{at: thing.day, offset: 9h}", 21*time.Hour - time.Second, 21 * time.Hour},
			{"before a time", "{at: thing.time, offset: -1h}", 59 * time.Minute, time.Hour},
			{"no time at all", "{at: thing.none}", -time.Second, 0},
			{"a time that is past", "{at: thing.past}", -time.Second, 0},
		} {
			t.Run(x.name, func(t *testing.T) {
				start := testkit.Start.AddDate(0, 0, 14*i) // time never runs backwards
				d.Clock.Set(start)
				w.settle()
				w.put("start: {on: path_test.reserved}\nsteps:\n  - until: " + x.until + "\n  - end: gone\n")
				person := d.NewID()
				w.happen(person, Reserved{})
				w.settle()
				if x.stays >= 0 {
					d.Clock.Set(start.Add(x.stays))
					w.settle()
					w.wantOutcome(person, "")
				}
				d.Clock.Set(start.Add(x.goes))
				w.settle()
				w.wantOutcome(person, "gone")
			})
		}
	})
}

// Doors moved while people wait: earlier lets them in at once, later keeps them, and the reminder goes out once.
func TestMomentsThatMove(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put(intake)
		w.happen("ann", Reserved{Number: 1})
		w.settle()
		w.pass(50 * time.Minute)
		w.wantNoted("ann", "soon 1")
		w.move(24 * time.Hour) // the doors open a day later
		w.pass(20 * time.Minute)
		w.wantNoted("ann", "soon 1")
		w.pass(24 * time.Hour)
		w.wantNoted("ann", "soon 1", "form")

		w.doors = d.Clock.Now().Add(10 * time.Hour)
		w.happen("bea", Reserved{Number: 1})
		w.settle()
		w.move(-9*time.Hour - 55*time.Minute) // in 5 minutes: too late for the reminder
		w.pass(4 * time.Minute)
		w.wantNoted("bea")
		w.pass(time.Minute)
		w.wantNoted("bea", "form")
	})
}

// Doors that move without anybody asking again are found moved when the old time comes.
func TestALateTimerAsksAgain(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put("start: {on: path_test.reserved}\nsteps:\n  - until: {moment: opening}\n  - end: in\n")
		w.happen("ann", Reserved{Number: 1})
		w.settle()
		w.doors = w.doors.Add(time.Hour)
		w.pass(time.Hour)
		w.wantOutcome("ann", "")
		w.pass(time.Hour)
		w.wantOutcome("ann", "in")
	})
}

// A third of a microsecond is kept as a whole one: the timer of a turn never fires before it and then for ever again.
func TestMomentsBetweenMicroseconds(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.put("start: {on: path_test.reserved}\nsteps:\n  - until: {moment: opening}\n  - end: in\n")
		w.doors = d.Clock.Now().Add(time.Second + 333*time.Nanosecond)
		w.happen("ann", Reserved{Number: 1})
		w.settle()
		d.Clock.Set(testkit.Start.Add(time.Second))
		w.settle()
		w.wantOutcome("ann", "")
		next, err := w.runner.NextDue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		d.Clock.Set(next)
		w.settle()
		w.wantOutcome("ann", "in")
	})
}

// move changes when the doors open and asks the moment again for those who wait.
func (w *world) move(by time.Duration) {
	w.t.Helper()
	w.doors = w.doors.Add(by)
	if err := w.engine.Retime(w.t.Context(), w.d.Community, "opening"); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}
