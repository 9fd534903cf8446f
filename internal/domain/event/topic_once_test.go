package event_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// E9: two votes of persons who turn out to be one human are one, and two again when they are apart.
func TestVotesFollowAMerge(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "bob", "cleo")
		both, anns, bobs := w.propose("都想听", "cleo"), w.propose("安想听", "ann"), w.propose("鲍想听", "bob")
		w.wants(both, "bob") // the elder vote is that of who goes into the other
		w.wants(both, "ann")
		merge := func() {
			w.Merged["ann"] = []string{"bob"}
			w.Do(func(tx *db.Tx) error { return w.FollowTx(tx, "ann") })
		}
		count := func(when string, want ...int) {
			t.Helper()
			for i, x := range []event.Topic{both, anns, bobs} {
				if now := w.topic(x.ID, "ann"); now.Votes != want[i] {
					t.Errorf("%s: %d want to hear of %s, want %d", when, now.Votes, x.Title, want[i])
				}
			}
			w.sound()
		}
		count("before", 3, 1, 1)
		merge()
		count("as one", 2, 1, 1)
		merge() // again changes nothing
		if x := w.wants(both, "bob"); x.Votes != 2 || !x.Mine {
			t.Errorf("one human votes again: %+v", x)
		}
		count("as one", 2, 1, 1)
		delete(w.Merged, "ann")
		w.Do(func(tx *db.Tx) error { return errors.Join(w.UnmergeTx(tx, "bob"), w.FollowTx(tx, "ann")) })
		count("apart", 3, 1, 1)
		merge()
		w.Do(func(tx *db.Tx) error { _, err := w.UnvoteTopicTx(tx, both.ID, "ann"); return err })
		count("taken back", 1, 1, 1)
		delete(w.Merged, "ann")
		w.Do(func(tx *db.Tx) error { return errors.Join(w.UnmergeTx(tx, "bob"), w.FollowTx(tx, "ann")) })
		count("taken back, and apart", 1, 1, 1)
	})
}

// E9: of one title there is one open topic, and of one member five, however many are proposed at once on two nodes.
func TestProposalsAtTheSameTime(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		second, err := db.Open(t.Context(), d.Config)
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		elsewhere := *d
		elsewhere.DB = second
		nodes := []*world{w, newNode(t, &elsewhere)}
		var all []string
		for i := range 8 {
			all = append(all, fmt.Sprint("m", i))
		}
		w.member("vip", all...)
		var wg sync.WaitGroup
		var refused atomic.Int32
		propose := func(i int, title, person string) {
			wg.Go(func() {
				node := nodes[i%2]
				err := node.Try(func(tx *db.Tx) error {
					_, err := node.ProposeTx(tx, event.Proposal{Title: title, Person: person}, "")
					return err
				})
				if errors.Is(err, event.ErrTopicMany) {
					refused.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			})
		}
		for i, p := range all {
			propose(i, []string{"AI 怎么用", "ai怎么用", "ＡＩ 怎么用"}[i%3], p)
		}
		wg.Wait()
		w.Do(func(tx *db.Tx) error {
			p, err := w.TopicsTx(tx, event.TopicFilter{State: event.TopicOpen}, "", "", 0)
			if len(p.Items) != 1 || p.Items[0].Votes != len(all) || refused.Load() != 0 {
				t.Errorf("one title: %+v", p.Items)
			}
			return err
		})
		w.member("vip", "many")
		for i := range 12 {
			propose(i, fmt.Sprint("第", i, "个"), "many")
		}
		wg.Wait()
		if got := w.topics(event.TopicFilter{State: event.TopicOpen}); len(got) != 6 || refused.Load() != 7 {
			t.Errorf("one member: %d open, %d refused", len(got), refused.Load())
		}
		w.sound()
	})
}

// A title that is open already is refused to another topic; one that an event gives back hands its votes to who has its title by then.
func TestATitleIsOpenOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "bob", "cleo")
		first, other := w.propose("冷启动", "ann"), w.propose("别的", "bob")
		w.wants(first, "bob")
		edit := func(id string, x event.TopicEdit) func(tx *db.Tx) error {
			return func(tx *db.Tx) error { _, err := w.EditTopicTx(tx, id, x, "staff"); return err }
		}
		title, yes, no := "冷 启动", true, false
		w.Refused(event.ErrTopicTwice, edit(other.ID, event.TopicEdit{Title: &title}))
		w.Do(edit(first.ID, event.TopicEdit{Title: &title})) // its own
		w.Do(edit(other.ID, event.TopicEdit{Title: &title, Closed: &yes}))
		w.Refused(event.ErrTopicTwice, edit(other.ID, event.TopicEdit{Closed: &no}))
		e := w.plan("session", 0)
		w.Do(func(tx *db.Tx) error { _, err := w.TakeTopicTx(tx, first.ID, e.ID, ""); return err })
		anew := w.propose("冷启动", "cleo")
		w.wants(anew, "bob")
		if anew.ID == first.ID {
			t.Errorf("a topic that an event has is not voted on: %+v", anew)
		}
		if _, err := w.Cancel(t.Context(), d.Community, e.ID, "staff"); err != nil {
			t.Fatal(err)
		}
		if x := w.topic(first.ID, ""); x.State != event.TopicClosed || x.Event != "" || x.Title == "" {
			t.Errorf("given back %+v", x)
		}
		if x := w.topic(anew.ID, "ann"); x.Votes != 3 || !x.Mine {
			t.Errorf("all of them want to hear of it: %+v", x)
		}
		w.Refused(event.ErrTopicTitle, func(tx *db.Tx) error {
			_, err := w.ProposeTx(tx, event.Proposal{Title: "\u200b"}, "")
			return err
		})
		w.sound()
	})
}

// A question goes with the votes of its topic: who wants to know it after the topic went into its twin counts there.
func TestQuestionsGoWithTheirTopic(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "bob", "cleo", "dan")
		first, other := w.propose("冷启动", "ann"), w.propose("别的", "ann")
		ask := func(topic, question string, persons ...string) (in event.Topic) {
			w.Do(func(tx *db.Tx) (err error) {
				in, err = w.AddQuestionTx(tx, topic, question, persons)
				return err
			})
			return in
		}
		ask(first.ID, "q1", "bob")
		ask(other.ID, "q2", "bob")
		e := w.plan("session", 0)
		w.Do(func(tx *db.Tx) error { _, err := w.TakeTopicTx(tx, first.ID, e.ID, ""); return err })
		anew := w.propose("冷启动", "cleo")
		ask(anew.ID, "q3", "cleo")
		if _, err := w.Cancel(t.Context(), d.Community, e.ID, "staff"); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if in := ask(first.ID, "q1", "bob", "dan"); in.ID != anew.ID || in.State != event.TopicOpen || in.Votes != 4 {
				t.Errorf("asked again %+v", in)
			}
		}
		w.Do(func(tx *db.Tx) error {
			in, err := w.InTopicsTx(tx, []string{"q1", "q2", "q3"})
			if in["q1"] != anew.ID || in["q2"] != other.ID || in["q3"] != anew.ID {
				t.Errorf("the questions are in %v", in)
			}
			return err
		})
		if x := w.topic(first.ID, ""); x.State != event.TopicClosed || x.Votes != 2 {
			t.Errorf("the elder one %+v", x)
		}
		w.sound()
	})
}

// E9: topics are found by the words in their title and in what is said about them, page by page.
func TestTopicsAreFoundByWords(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		for _, x := range []event.Proposal{
			{Title: "私域复购怎么做"}, {Title: "冷启动", About: "没有私域的时候\n怎么办"}, {Title: "100% 的到场率_"}, {Title: "AI 私域"}, {Title: "用 AI 写周报"},
		} {
			w.Do(func(tx *db.Tx) error { _, err := w.ProposeTx(tx, x, "staff"); return err })
		}
		for q, want := range map[string][]string{
			"私域":    {"AI 私域", "冷启动", "私域复购怎么做"},
			"怎么 私域": {"冷启动", "私域复购怎么做"},
			" ｇ ":   nil,
			"ａｉ":    {"用 AI 写周报", "AI 私域"},
			"%":     {"100% 的到场率_"},
			"率_":    {"100% 的到场率_"},
			`\`:     nil,
			"\x00":  {"用 AI 写周报", "AI 私域", "100% 的到场率_", "冷启动", "私域复购怎么做"},
		} {
			if got := w.topics(event.TopicFilter{State: event.TopicOpen, Words: q}); !slices.Equal(got, want) {
				t.Errorf("%q: %q, want %q", q, got, want)
			}
		}
		if got := w.topics(event.TopicFilter{State: event.TopicClosed, Words: "私域"}); len(got) != 0 {
			t.Errorf("closed: %q", got)
		}
	})
}
