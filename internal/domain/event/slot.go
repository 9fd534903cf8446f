package event

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/task"
)

// Every is how often a rhythm comes round.
type Every string

// The rhythms.
const (
	EveryWeek  Every = "week"
	EveryMonth Every = "month"
)

// Rhythm is a time that comes again and again, at which an event of a template should be held.
type Rhythm struct {
	Every Every  `json:"every"`
	On    int    `json:"on" doc:"of a week 1 for Monday to 7 for Sunday; of a month the day, up to 28"`
	At    string `json:"at" doc:"as 20:00, in the community's zone"`
}

// Warning says when staff is told that a time of a rhythm is still empty, and who.
type Warning struct {
	Before clock.Duration `json:"before,omitempty" doc:"30d if not given"`
	Role   access.Role    `json:"role,omitempty" doc:"content if not given"`
}

// Defaults of a warning, and what becomes of its task.
const (
	warnBefore = 30 * 24 * time.Hour
	warnAtMost = 180 * 24 * time.Hour
	inviteBy   = 21 * 24 * time.Hour // a guest is invited this long before
	decideIn   = 3 * 24 * time.Hour  // of a time that is nearer than that

	// FillSlot is the kind of task by which staff is told of an empty time.
	FillSlot task.Kind = "fill-slot"
)

// Slot is a time at which an event of a template should be held.
type Slot struct {
	Template string    `json:"template"`
	Title    text.Text `json:"title" doc:"of the template"`
	Starts   time.Time `json:"starts"`
	Event    string    `json:"event,omitempty" doc:"that is planned for it; none while it is empty"`
	Warns    time.Time `json:"warns" doc:"when staff is told if it is empty"`
	Task     string    `json:"task,omitempty" doc:"by which staff was told"`

	role access.Role
}

// ErrRhythm refuses a rhythm that never comes, or a warning that comes too early.
var ErrRhythm = errs.Define(errs.Invalid, "event.rhythm")

func (p *problems) rhythms(t Template, at string) {
	seen := map[Rhythm]bool{}
	for i, r := range t.Slots {
		most := map[Every]int{EveryWeek: 7, EveryMonth: 28}[r.Every]
		_, err := time.Parse("15:04", r.At)
		p.Refuse(r.On < 1 || r.On > most || err != nil || seen[r], ErrRhythm, fmt.Sprintf("%s/slots/%d", at, i))
		seen[r] = true
	}
	p.Refuse(t.Warn.Before < 0 || time.Duration(t.Warn.Before) > warnAtMost, ErrRhythm, at+"/warn/before")
	p.Refuse(t.Warn.Role != "" && !slices.Contains(access.Roles, t.Warn.Role), ErrRhythm, at+"/warn/role")
}

// on tells whether a rhythm comes on a day, and when.
func (r Rhythm) on(day time.Time) (time.Time, bool) {
	is := day.Day()
	if r.Every == EveryWeek {
		is = (int(day.Weekday())+6)%7 + 1
	}
	at, err := time.Parse("15:04", r.At)
	if err != nil || is != r.On {
		return time.Time{}, false
	}
	return time.Date(day.Year(), day.Month(), day.Day(), at.Hour(), at.Minute(), 0, 0, day.Location()), true
}

// slots are the times of a template from one time on and before the other, in order.
func (t Template) slots(from, to time.Time, zone *time.Location) (out []Slot) {
	before := time.Duration(t.Warn.Before)
	if before == 0 {
		before = warnBefore
	}
	role := t.Warn.Role
	if role == "" {
		role = access.Content
	}
	for day := from.In(zone); !day.AddDate(0, 0, -1).After(to); day = day.AddDate(0, 0, 1) {
		for _, r := range t.Slots {
			if at, comes := r.on(day); comes && !at.Before(from) && at.Before(to) {
				out = append(out, Slot{Template: t.Name, Title: t.Title, Starts: at.UTC(), Warns: at.Add(-before).UTC(), role: role})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Slot) int { return a.Starts.Compare(b.Starts) })
	return out
}

// SlotsTx lists the times at which events should be held, from one time on and before the other, with what is planned for them: an
// event of the template on the same day, or any event that begins then.
func (s *Service) SlotsTx(tx *db.Tx, from, to time.Time) ([]Slot, error) {
	all, err := templates(tx)
	if err != nil {
		return nil, err
	}
	zone := s.zone(context.Background(), tx.Community())
	out := []Slot{}
	for _, t := range all {
		out = append(out, t.slots(from, to, zone)...)
	}
	if len(out) == 0 {
		return out, nil
	}
	slices.SortStableFunc(out, func(a, b Slot) int { return a.Starts.Compare(b.Starts) })
	planned, err := plannedFrom(tx, from.AddDate(0, 0, -1), to.AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	fill(out, planned, zone)
	told, err := slotTasks(tx, from, to)
	for i := range out {
		if x := told[slotKey{out[i].Template, db.Micros(out[i].Starts)}]; out[i].Event == "" && x.state == slotEmpty {
			out[i].Task = x.task
		}
	}
	return out, err
}

// fill finds what is planned for each time. An event fills one of them.
func fill(out []Slot, planned []Event, zone *time.Location) {
	used := map[string]bool{}
	for _, fits := range []func(Slot, Event) bool{
		func(x Slot, e Event) bool { return e.Starts.Equal(x.Starts) && e.Template == x.Template },
		func(x Slot, e Event) bool {
			return e.Template == x.Template && e.Starts.In(zone).Format(time.DateOnly) == x.Starts.In(zone).Format(time.DateOnly)
		},
		func(x Slot, e Event) bool { return e.Starts.Equal(x.Starts) },
	} {
		for i := range out {
			for _, e := range planned {
				if out[i].Event == "" && !used[e.ID] && fits(out[i], e) {
					out[i].Event, used[e.ID] = e.ID, true
				}
			}
		}
	}
}

// slotsTimer fires when it is to be looked which times are still empty.
const slotsTimer = "event.slots"

// lookAgain is how often that is done while nothing changes.
const lookAgain = 24 * time.Hour

// watchSlots lets it be looked at once which times are empty.
func watchSlots(tx *db.Tx) error { return job.At(tx, slotsTimer, "", tx.Now()) }

// rewatchSlots is watchSlots where any template has times that should be filled.
func rewatchSlots(tx *db.Tx) error {
	all, err := templates(tx)
	if err != nil || !slices.ContainsFunc(all, func(t Template) bool { return len(t.Slots) > 0 }) {
		return err
	}
	return watchSlots(tx)
}

// sweep tells staff of the times that have become empty by the day they warn, and lets them go that were filled.
func (s *Service) sweep(tx *db.Tx) error {
	all, err := s.SlotsTx(tx, tx.Now(), tx.Now().Add(warnAtMost))
	if err != nil {
		return err
	}
	next := tx.Now().Add(lookAgain)
	due := []Slot{}
	for _, x := range all {
		if !x.Warns.After(tx.Now()) {
			due = append(due, x)
		} else if x.Warns.Before(next) {
			next = x.Warns
		}
	}
	told, err := slotTasks(tx, tx.Now().Add(-warnAtMost), tx.Now().Add(warnAtMost))
	if err != nil {
		return err
	}
	for _, x := range due {
		key := slotKey{x.Template, db.Micros(x.Starts)}
		was, known := told[key]
		delete(told, key)
		switch {
		case x.Event == "" && (!known || was.state == slotDone):
			err = s.slotEmpty(tx, x)
		case x.Event != "" && known && was.state == slotEmpty:
			err = s.slotDone(tx, was, x.Event)
		}
		if err != nil {
			return fmt.Errorf("look at the time %s of %s: %w", x.Starts, x.Template, err)
		}
	}
	for _, was := range slices.SortedFunc(maps.Values(told), func(a, b slotRow) int { return strings.Compare(a.id, b.id) }) {
		if was.state == slotEmpty { // it has gone by, or the playbook has it no longer
			if err := s.slotDone(tx, was, ""); err != nil {
				return err
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	return job.At(tx, slotsTimer, "", next)
}

// slotEmpty tells staff of an empty time, once each time it becomes so.
func (s *Service) slotEmpty(tx *db.Tx, x Slot) error {
	row, fresh, err := putSlot(tx, x)
	if err != nil || !fresh {
		return err
	}
	context, err := json.Marshal(map[string]any{"template": x.Template, "starts": db.Micros(x.Starts)})
	if err != nil {
		return fmt.Errorf("encode a task's context: %w", err)
	}
	due := x.Starts.Add(-inviteBy)
	if soon := tx.Now().Add(decideIn); due.Before(soon) {
		due = earlier(soon, x.Starts)
	}
	t, err := s.tasks.OpenTx(tx, task.Task{
		Kind: FillSlot, Subject: row.id, SubjectKind: "slot", Role: task.RoleName(x.role), Due: due, EscalateTo: task.RoleName(access.Admin),
		Outcomes: []task.Outcome{"planned", "left"}, Context: context, Key: fmt.Sprint("slot ", row.id, " ", row.round),
	})
	if err != nil {
		return err
	}
	if err := setSlotTask(tx, row.id, t.ID); err != nil {
		return err
	}
	_, err = fact.Append(tx, SlotEmpty{Template: TemplateName(x.Template), Starts: db.Micros(x.Starts)}, fact.Fact{Subject: row.id})
	return err
}

// slotDone takes the task of a time back for which an event is planned now, or which has gone by.
func (s *Service) slotDone(tx *db.Tx, row slotRow, event string) error {
	changed, err := endSlot(tx, row.id)
	if err != nil || !changed {
		return err
	}
	if _, err := s.tasks.CancelTx(tx, task.System, row.task); err != nil && errs.As(err) == nil {
		return err // else somebody has done it
	}
	if event == "" {
		return nil
	}
	_, err = fact.Append(tx, SlotFilled{Template: TemplateName(row.template), Event: fact.ID(event), Starts: row.starts}, fact.Fact{Subject: row.id})
	return err
}
