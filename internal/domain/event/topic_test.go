package event_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
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
			p, err := w.TopicsTx(tx, event.TopicFilter{State: event.TopicOpen}, "bob", "", 1)
			if err != nil || len(p.Items) != 1 || p.Items[0].ID != anns.ID || !p.Items[0].Mine || p.Next == "" {
				t.Errorf("by votes %+v %v", p, err)
			}
			p, err = w.TopicsTx(tx, event.TopicFilter{State: event.TopicOpen}, "bob", p.Next, 1)
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

// Law: what an erased person proposed goes: at once, or when the event that has it gives it back. What others proposed keeps their
// vote as somebody's.
func TestAnErasedPersonsTopics(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "bob")
		open, taken, given, bobs := w.propose("安的", "ann"), w.propose("安的，排上了", "ann"), w.propose("安的，也排上了", "ann"), w.propose("鲍的", "bob")
		w.wants(bobs, "ann")
		w.wants(taken, "bob")
		e, other, third := w.plan("session", 0), w.plan("conference", 0), w.plan("session", 0)
		for x, at := range map[string]event.Event{taken.ID: e, given.ID: other, bobs.ID: third} {
			w.Do(func(tx *db.Tx) error { _, err := w.TakeTopicTx(tx, x, at.ID, ""); return err })
		}
		w.Do(func(tx *db.Tx) error { return w.EraseTx(tx, "ann") })
		gone := func(id string) {
			t.Helper()
			if x := w.topic(id, ""); x.Title != "" || x.About != "" || x.State != event.TopicClosed || x.Person != "" || x.Event != "" {
				t.Errorf("theirs %+v", x)
			}
		}
		gone(open.ID)
		if x := w.topic(taken.ID, ""); x.Title == "" || x.State != event.TopicTaken || x.Person != "" {
			t.Errorf("an event's %+v", x)
		}
		if _, err := w.Cancel(t.Context(), d.Community, e.ID, ""); err != nil {
			t.Fatal(err)
		}
		w.Do(func(tx *db.Tx) error { return w.FreeTopicTx(tx, other.ID, "staff") })
		gone(taken.ID)
		gone(given.ID)
		for _, at := range []event.TopicState{event.TopicOpen, event.TopicClosed} {
			if got := w.topics(event.TopicFilter{State: at, Words: "安的"}); len(got) != 0 {
				t.Errorf("found %q", got)
			}
		}
		w.Do(func(tx *db.Tx) error { return w.FreeTopicTx(tx, third.ID, "staff") }) // control
		if x := w.topic(bobs.ID, ""); x.Votes != 2 || x.Person != "bob" || x.Title == "" || x.State != event.TopicOpen {
			t.Errorf("another's %+v", x)
		}
		// What staff writes in the place of what went is staff's, and comes back.
		title, open2 := "新写的", false
		w.Do(func(tx *db.Tx) error {
			_, err := w.EditTopicTx(tx, taken.ID, event.TopicEdit{Title: &title, Closed: &open2}, "staff")
			if err == nil {
				_, err = w.TakeTopicTx(tx, taken.ID, third.ID, "staff")
			}
			if err == nil {
				err = w.FreeTopicTx(tx, third.ID, "staff")
			}
			return err
		})
		if x := w.topic(taken.ID, ""); x.Title != title || x.State != event.TopicOpen {
			t.Errorf("written anew %+v", x)
		}
		w.sound()
	})
}

// topics are the titles that a filter gives.
func (w *world) topics(f event.TopicFilter) (out []string) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		out = nil
		for cursor := ""; ; {
			p, err := w.TopicsTx(tx, f, "", cursor, 2)
			for _, x := range p.Items {
				out = append(out, x.Title)
			}
			if cursor = p.Next; err != nil || cursor == "" {
				return err
			}
		}
	})
	return out
}
