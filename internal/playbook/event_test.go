package playbook_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/playbook"
	"github.com/qunce/qunce/internal/spine/path"
)

const sessions = club + `
events:
  templates:
    - name: session
      title: {zh-Hans: 线上分享, en: A session}
      kind: script
      capacity: 2
      lasts: 90m
      types:
        - {name: seat, title: 席位, price: 399, plans: [year]}
        - {name: dinner, title: 含晚宴, price: 899, quotas: [dinner], closes_before: 1d}
      quotas:
        - {name: dinner, title: 晚宴, capacity: 1}
      friends: {per_member: 3, type: seat, closes_before: 2h}
paths:
  production:
    subject: event
    start: {on: event.planned, once_per: subject}
    steps:
      - until: {moment: event_starts, offset: -1h}
      - choose:
          - {when: {event.kind: script, event.tickets: ">= 0"}, then: end warmed}
      - end: other
`

// E1, X1: templates come from the playbook; events made from them keep what they have when it changes or retires them.
func TestEventsOfAPlaybook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.apply(sessions)
		e := w.plan()
		if e.Kind != event.Script || e.Capacity != 2 || e.Types[0].Price != 399_00 || e.Friends.PerMember != 3 || e.Ends.Sub(e.Starts) != 90*time.Minute {
			t.Errorf("made %+v", e)
		}
		if again := w.apply("# again\n" + sessions); len(again) > 0 {
			t.Errorf("applied again it changed %v", again)
		}
		w.apply(strings.Replace(sessions, "price: 399", "price: 499", 1))
		w.read(func(tx *db.Tx) error {
			list, err := w.Events.TemplatesTx(tx)
			if err == nil && (len(list) != 1 || list[0].Types[0].Price != 499_00) {
				t.Errorf("templates %+v", list)
			}
			was, err2 := w.Events.GetTx(tx, e.ID)
			if was.Types[0].Price != 399_00 {
				t.Errorf("the event changed with its template: %+v", was)
			}
			return errors.Join(err, err2)
		})
		was, _ := playbook.Parse([]byte(sessions))
		is, _ := playbook.Parse([]byte(club))
		changes, err := playbook.Diff(was, is)
		w.must(err)
		retires := false
		for _, c := range changes {
			retires = retires || c.Field == "events.templates[session]" && c.Retires
		}
		if !retires {
			t.Errorf("told %+v", changes)
		}
		w.apply(club)
		_, err = w.Events.Plan(t.Context(), w.Community, event.Draft{Template: "session", Title: text.Text{text.Hans: "二"}, Starts: w.Clock.Now().Add(time.Hour)}, "")
		if !errors.Is(err, event.ErrUnknownTemplate) {
			t.Errorf("of a template that is named no longer: %v", err)
		}
		w.sound()
	})
}

func (w *world) plan() event.Event {
	w.t.Helper()
	e, err := w.Events.Plan(w.t.Context(), w.Community, event.Draft{Template: "session", Title: text.Text{text.Hans: "第一场"}, Starts: w.Clock.Now().Add(48 * time.Hour)}, "")
	w.must(err)
	return e
}

// A template of which no event could be made is told by line and field.
func TestAWrongTemplateIsTold(t *testing.T) {
	if _, problems := playbook.Parse([]byte(sessions)); len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	for field, change := range map[string][2]string{
		"events.templates[0].kind":               {"kind: script", "kind: party"},
		"events.templates[0].capacity":           {"capacity: 2", "capacity: 0"},
		"events.templates[0].lasts":              {"lasts: 90m", "lasts: 0m"},
		"events.templates[0].types[0].plans[0]":  {"plans: [year]", "plans: [none]"},
		"events.templates[0].types[1].quotas[0]": {"quotas: [dinner]", "quotas: [none]"},
		"events.templates[0].types[1].price":     {"price: 899", "price: -1"},
		"events.templates[0].friends.type":       {"type: seat", "type: none"},
	} {
		_, problems := playbook.Parse([]byte(strings.Replace(sessions, change[0], change[1], 1)))
		if len(problems) != 1 || problems[0].Field != field || problems[0].Line == 0 {
			t.Errorf("%s: %+v", field, problems)
		}
	}
}

// E2: a path's until counts from an event's start, and goes along when the event is moved.
func TestAPathWaitsForAnEvent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.apply(sessions)
		e := w.plan()
		w.settle()
		run := func() (r *path.Run) {
			w.read(func(tx *db.Tx) (err error) { r, _, err = w.Paths.Latest(tx, "production", e.ID); return err })
			return r
		}
		if got, want := run().DueAt, e.Starts.Add(-time.Hour); !got.Equal(want) {
			t.Errorf("due %s, want %s", got, want)
		}
		w.must(w.DB.Do(t.Context(), w.Community, func(tx *db.Tx) (err error) {
			e.Starts, e.Ends = e.Starts.Add(-24*time.Hour), e.Ends.Add(-24*time.Hour)
			e, err = w.Events.ChangeTx(tx, e, "")
			return err
		}))
		w.settle()
		if got, want := run().DueAt, e.Starts.Add(-time.Hour); !got.Equal(want) {
			t.Errorf("after it was moved due %s, want %s", got, want)
		}
		w.Clock.Set(e.Starts)
		w.settle()
		if got := run(); got.Outcome != "warmed" {
			t.Errorf("at the start %+v", got)
		}
	})
}
