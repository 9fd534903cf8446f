package event_test

import (
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

// weekly is a session each Tuesday evening, and a salon on the 15th.
func weekly() event.Config {
	c := templates()
	c.Templates[0].Slots = []event.Rhythm{{Every: event.EveryWeek, On: 2, At: "20:00"}}
	c.Templates[1].Slots = []event.Rhythm{{Every: event.EveryMonth, On: 15, At: "14:00"}}
	c.Templates[1].Warn = event.Warning{Before: clock.Duration(60 * 24 * time.Hour), Role: "sales"}
	return c
}

// E9: staff is told once of a time that is empty 30 days ahead, or as long before as the playbook says; the task goes when something
// is planned, and comes again when that is called off.
func TestEmptySlotsAreWarnedOf(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		d.Clock.Set(time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)) // a Monday
		tuesday := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
		if _, err := w.Plan(t.Context(), d.Community, event.Draft{Template: "session", Title: stage.Words("第一场"), Starts: tuesday.Add(-2 * time.Hour)}, ""); err != nil {
			t.Fatal(err)
		}
		w.Do(func(tx *db.Tx) error { return w.DeclareTx(tx, weekly()) })
		w.Settle()
		open := func(role task.RoleName) (due []time.Time) {
			p, err := w.tasks.List(t.Context(), d.Community, task.Principal{ID: "staff", Roles: []task.Role{{Name: role}}}, task.Filter{Kind: event.FillSlot}, "", 0)
			w.Must(err)
			for _, x := range p.Items {
				due = append(due, x.Due)
			}
			return due
		}
		if got := open("content"); len(got) != 4 { // the 10th, 17th, 24th and the 1st of December
			t.Errorf("told of %s, want four Tuesdays", got)
		}
		if got := open("sales"); len(got) != 2 { // of November and December; January is more than 60 days away
			t.Errorf("told of %s, want two fifteenths", got)
		}
		var slots []event.Slot
		look := func() {
			w.Do(func(tx *db.Tx) (err error) {
				slots, err = w.SlotsTx(tx, tx.Now(), tx.Now().AddDate(0, 0, 14))
				return err
			})
		}
		if look(); len(slots) != 3 || slots[0].Event == "" || slots[0].Task != "" || slots[1].Event != "" || slots[1].Task == "" || !slots[0].Starts.Equal(tuesday) {
			t.Errorf("slots %+v", slots)
		}
		w.Days(1)
		if got := open("content"); len(got) != 4 {
			t.Errorf("told again: %s", got)
		}
		w.Days(1) // the 8th of December is 30 days away on the 8th of November, not yet
		e, err := w.Plan(t.Context(), d.Community, event.Draft{Template: "session", Title: stage.Words("补上"), Starts: tuesday.AddDate(0, 0, 7)}, "")
		w.Must(err)
		if w.Settle(); len(open("content")) != 3 {
			t.Errorf("filled: %s", open("content"))
		}
		if _, err := w.Cancel(t.Context(), d.Community, e.ID, ""); err != nil {
			t.Fatal(err)
		}
		if w.Settle(); len(open("content")) != 4 {
			t.Errorf("empty again: %s", open("content"))
		}
		w.Days(5) // the 9th
		if got := open("content"); len(got) != 5 {
			t.Errorf("the next one: %s", got)
		}
		w.Do(func(tx *db.Tx) error { return w.DeclareTx(tx, templates()) })
		if w.Settle(); len(open("content"))+len(open("sales")) != 0 {
			t.Errorf("the rhythm is gone: %s", open("content"))
		}
		w.sound()
	})
}

// Rhythms that never come are refused.
func TestRhythms(t *testing.T) {
	for name, change := range map[string]func(*event.Template){
		"no day":      func(t *event.Template) { t.Slots = []event.Rhythm{{Every: event.EveryWeek, At: "20:00"}} },
		"an 8th day":  func(t *event.Template) { t.Slots = []event.Rhythm{{Every: event.EveryWeek, On: 8, At: "20:00"}} },
		"the 31st":    func(t *event.Template) { t.Slots = []event.Rhythm{{Every: event.EveryMonth, On: 31, At: "20:00"}} },
		"no time":     func(t *event.Template) { t.Slots = []event.Rhythm{{Every: event.EveryWeek, On: 1, At: "8pm"}} },
		"no rhythm":   func(t *event.Template) { t.Slots = []event.Rhythm{{Every: "year", On: 1, At: "20:00"}} },
		"twice":       func(t *event.Template) { t.Slots = append(t.Slots, t.Slots...) },
		"a far away":  func(t *event.Template) { t.Warn.Before = clock.Duration(365 * 24 * time.Hour) },
		"nobody told": func(t *event.Template) { t.Warn.Role = "nobody" },
	} {
		c := weekly()
		change(&c.Templates[0])
		if c.Check() == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if c := weekly(); c.Check() != nil {
		t.Errorf("control: %v", c.Check())
	}
}
