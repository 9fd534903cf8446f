package event_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

func (w *world) propose(title, person string) (x event.Topic) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) {
		x, err = w.ProposeTx(tx, event.Proposal{Title: title, Person: person}, "")
		return err
	})
	return x
}

func (w *world) topic(id, person string) (x event.Topic) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { x, err = w.TopicTx(tx, id, person); return err })
	return x
}

func (w *world) wants(x event.Topic, person string) (out event.Topic) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { out, err = w.VoteTopicTx(tx, x.ID, person); return err })
	return out
}

// E9: topics are proposed by staff and members, voted on once each, and listed by how many want to hear of them.
func TestTopics(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "bob")
		w.Refused(event.ErrTopicTitle, func(tx *db.Tx) error { _, err := w.ProposeTx(tx, event.Proposal{Title: " "}, ""); return err })
		w.Refused(event.ErrTopicMembers, func(tx *db.Tx) error {
			_, err := w.ProposeTx(tx, event.Proposal{Title: "外人的", Person: "stranger"}, "")
			return err
		})
		staff, anns := w.propose("私域复购", ""), w.propose("冷启动", "ann")
		if staff.Votes != 0 || anns.Votes != 1 || !anns.Mine || anns.Person != "ann" {
			t.Errorf("proposed %+v, %+v", staff, anns)
		}
		if same := w.propose(" 冷启动 ", "bob"); same.ID != anns.ID || same.Votes != 2 {
			t.Errorf("the same title is a vote: %+v", same)
		}
		if x := w.wants(anns, "bob"); x.Votes != 2 {
			t.Errorf("a second vote of one person: %+v", x)
		}
		w.Refused(event.ErrTopicMembers, func(tx *db.Tx) error { _, err := w.VoteTopicTx(tx, anns.ID, "stranger"); return err })
		w.Do(func(tx *db.Tx) error {
			p, err := w.TopicsTx(tx, event.TopicOpen, "bob", "", 1)
			if err != nil || len(p.Items) != 1 || p.Items[0].ID != anns.ID || !p.Items[0].Mine || p.Next == "" {
				t.Errorf("by votes %+v %v", p, err)
			}
			p, err = w.TopicsTx(tx, event.TopicOpen, "bob", p.Next, 1)
			if len(p.Items) != 1 || p.Items[0].ID != staff.ID || p.Items[0].Mine || p.Next != "" {
				t.Errorf("then %+v", p)
			}
			return err
		})
		w.Do(func(tx *db.Tx) error {
			_, err := w.UnvoteTopicTx(tx, anns.ID, "bob")
			if err == nil {
				_, err = w.UnvoteTopicTx(tx, anns.ID, "bob")
			}
			return err
		})
		if x := w.topic(anns.ID, "bob"); x.Votes != 1 || x.Mine {
			t.Errorf("taken back %+v", x)
		}
		// Where no membership is sold, everybody is one of them.
		w.Do(func(tx *db.Tx) error { return w.members.DeclareTx(tx, membership.Config{}) })
		if x := w.wants(staff, "stranger"); x.Votes != 1 {
			t.Errorf("without plans %+v", x)
		}
		for i := range 4 {
			w.propose(fmt.Sprint("又一个", i), "ann")
		}
		w.Refused(event.ErrTopicMany, func(tx *db.Tx) error {
			_, err := w.ProposeTx(tx, event.Proposal{Title: "太多了", Person: "ann"}, "")
			return err
		})
		w.sound()
	})
}

// A question from a room brings all who wanted to know into one topic, once.
func TestAQuestionBecomesATopic(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		one, two := w.propose("怎么算服务好", ""), w.propose("别的", "")
		bring := func(topic, question string, persons ...string) (x event.Topic) {
			w.Do(func(tx *db.Tx) (err error) { x, err = w.AddQuestionTx(tx, topic, question, persons); return err })
			return x
		}
		if x := bring(one.ID, "q1", "asker", "voter"); x.Votes != 2 {
			t.Errorf("brought %+v", x)
		}
		if x := bring(one.ID, "q1", "asker", "voter", "late"); x.Votes != 3 {
			t.Errorf("again %+v", x)
		}
		if x := bring(two.ID, "q1", "asker"); x.ID != one.ID {
			t.Errorf("a question is in one topic: %+v", x)
		}
		w.Do(func(tx *db.Tx) error {
			in, err := w.InTopicsTx(tx, []string{"q1", "q2"})
			if len(in) != 1 || in["q1"] != one.ID {
				t.Errorf("in topics %v", in)
			}
			return err
		})
		w.Refused(event.ErrTopic, func(tx *db.Tx) error { _, err := w.AddQuestionTx(tx, "none", "q3", nil); return err })
		w.sound()
	})
}

// An event has one topic; a topic it took is free again when the event is called off, and goes with a guest who agreed to speak of it.
func TestAnEventTakesATopic(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann")
		one, two := w.propose("一", ""), w.propose("二", "")
		e, other := w.plan("session", 0), w.plan("conference", 0)
		take := func(x event.Topic, e event.Event) error {
			return w.Try(func(tx *db.Tx) error { _, err := w.TakeTopicTx(tx, x.ID, e.ID, "staff"); return err })
		}
		w.Must(take(one, e))
		w.Must(take(one, e))
		w.Refused(event.ErrTopicTaken, func(tx *db.Tx) error { _, err := w.TakeTopicTx(tx, two.ID, e.ID, ""); return err })
		w.Refused(event.ErrTopicClosed, func(tx *db.Tx) error { _, err := w.TakeTopicTx(tx, one.ID, other.ID, ""); return err })
		w.Refused(event.ErrTopicClosed, func(tx *db.Tx) error { _, err := w.VoteTopicTx(tx, one.ID, "ann"); return err })
		yes := true
		w.Refused(event.ErrTopicClosed, func(tx *db.Tx) error {
			_, err := w.EditTopicTx(tx, one.ID, event.TopicEdit{Closed: &yes}, "")
			return err
		})
		if _, err := w.Cancel(t.Context(), d.Community, e.ID, ""); err != nil {
			t.Fatal(err)
		}
		if x := w.topic(one.ID, ""); x.State != event.TopicOpen || x.Event != "" {
			t.Errorf("free again %+v", x)
		}
		w.askGuest(w.guest(event.GuestDraft{Name: "周"}), event.AskDraft{Event: other.ID, Topic: two.ID, State: event.Agreed})
		w.Do(func(tx *db.Tx) error {
			x, found, err := w.TopicOfTx(tx, other.ID)
			if !found || x.ID != two.ID || x.State != event.TopicTaken {
				t.Errorf("the guest's topic %+v", x)
			}
			return err
		})
		title := "一，改过"
		w.Do(func(tx *db.Tx) error {
			_, err := w.EditTopicTx(tx, one.ID, event.TopicEdit{Title: &title, Closed: &yes}, "")
			return err
		})
		if x := w.topic(one.ID, ""); x.State != event.TopicClosed || x.Title != title {
			t.Errorf("closed %+v", x)
		}
		w.sound()
	})
}

// Control: two votes of one person at the same time are one, and votes of many at the same time are all counted.
func TestVotesAtTheSameTime(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		var all []string
		for i := range 6 {
			all = append(all, fmt.Sprint("m", i))
		}
		w.member("vip", all...)
		x := w.propose("一起投", "")
		var wg sync.WaitGroup
		for _, p := range slices.Concat(all, all) {
			wg.Go(func() {
				if err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error { _, err := w.VoteTopicTx(tx, x.ID, p); return err }); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if x := w.topic(x.ID, ""); x.Votes != len(all) {
			t.Errorf("%d votes, want %d", x.Votes, len(all))
		}
		w.sound()
	})
}

// Law: what an erased person proposed goes, unless an event has it; what others proposed keeps their vote as somebody's.
func TestAnErasedPersonsTopics(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "bob")
		open, taken, bobs := w.propose("安的", "ann"), w.propose("安的，排上了", "ann"), w.propose("鲍的", "bob")
		w.wants(bobs, "ann")
		e := w.plan("session", 0)
		w.Do(func(tx *db.Tx) error { _, err := w.TakeTopicTx(tx, taken.ID, e.ID, ""); return err })
		w.Do(func(tx *db.Tx) error { return w.EraseTx(tx, "ann") })
		if x := w.topic(open.ID, ""); x.Title != "" || x.State != event.TopicClosed || x.Person != "" {
			t.Errorf("theirs %+v", x)
		}
		if x := w.topic(taken.ID, ""); x.Title == "" || x.State != event.TopicTaken || x.Person != "" {
			t.Errorf("an event's %+v", x)
		}
		if x := w.topic(bobs.ID, ""); x.Votes != 2 || x.Person != "bob" {
			t.Errorf("another's %+v", x)
		}
		w.sound()
	})
}

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
