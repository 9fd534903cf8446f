package event_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

func (w *world) guest(d event.GuestDraft) (g event.Guest) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { g, err = w.AddGuestTx(tx, d, "staff"); return err })
	return g
}

func (w *world) askGuest(g event.Guest, d event.AskDraft) (a event.Ask) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { a, err = w.AskGuestTx(tx, g.ID, d, "staff"); return err })
	return a
}

func (w *world) record(g event.Guest) (r event.Record) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		all, err := w.RecordsTx(tx, []event.Guest{g})
		r = all[g.ID]
		return err
	})
	return r
}

// held lets an event take place to which some came and gave a score.
func (w *world) held(host string, scores map[string]int) event.Event {
	w.T.Helper()
	e, err := w.Plan(w.T.Context(), w.D.Community, event.Draft{Template: "session", Title: stage.Words("旧场"), Starts: w.D.Clock.Now().Add(time.Hour), Host: host}, "staff")
	w.Must(err)
	for p := range scores {
		w.member("vip", p)
		w.claim(e, "seat", p)
	}
	w.Pass(90 * time.Minute)
	for p, n := range scores {
		w.Do(func(tx *db.Tx) error { return w.AttendTx(tx, e.ID, p) })
		w.Must(w.Answer(w.T.Context(), w.D.Community, e.ID, p, event.Answer{Score: n}))
	}
	w.Pass(2 * time.Hour)
	return e
}

// E9: a guest is written down, changed, retired and taken up again; what is written down is held to its limits.
func TestGuest(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		long := strings.Repeat("长", 300)
		for _, x := range []struct {
			draft event.GuestDraft
			want  error
			at    string
		}{
			{event.GuestDraft{Name: " "}, event.ErrGuestName, "/name"},
			{event.GuestDraft{Name: "周", Role: long}, event.ErrText, "/role"},
			{event.GuestDraft{Name: "周", Topics: []string{"好", long}}, event.ErrGuestTopics, "/topics/1"},
		} {
			err := w.Try(func(tx *db.Tx) error { _, err := w.AddGuestTx(tx, x.draft, ""); return err })
			if !errors.Is(err, x.want) {
				t.Errorf("%+v: %v, want %v", x.draft, err, x.want)
			}
		}
		g := w.guest(event.GuestDraft{Name: " 周  宁 ", Role: "增长负责人", Contact: "13800000000", Topics: []string{"裂变", "裂变", "", "留存"}})
		if g.Name != "周 宁" || !g.Reachable || !slices.Equal(g.Topics, []string{"裂变", "留存"}) {
			t.Errorf("guest %+v", g)
		}
		var contact string
		w.Do(func(tx *db.Tx) (err error) { contact, err = w.ContactTx(tx, g.ID); return err })
		if contact != "13800000000" {
			t.Errorf("contact %q", contact)
		}
		w.Do(func(tx *db.Tx) error { // control: it isn't written down as it is
			var raw string
			err := tx.QueryRow(`SELECT contact FROM event_guest WHERE community_id = $1`, tx.Community()).Scan(&raw)
			if strings.Contains(raw, contact) {
				t.Errorf("the contact can be read: %q", raw)
			}
			return err
		})
		edit := func(version int64, x event.GuestEdit) error {
			return w.Try(func(tx *db.Tx) (err error) { g, err = w.EditGuestTx(tx, g.ID, version, x, "staff"); return err })
		}
		yes, no, none, role := true, false, "", "顾问"
		w.Must(edit(1, event.GuestEdit{Role: &role, Contact: &none, Retired: &yes}))
		if g.State != event.GuestRetired || g.Role != role || g.Reachable || g.Name != "周 宁" || g.Version != 2 {
			t.Errorf("changed %+v", g)
		}
		if err := edit(1, event.GuestEdit{}); !errors.Is(err, event.ErrGuestStale) {
			t.Errorf("an old version: %v", err)
		}
		w.Refused(event.ErrGuestGone, func(tx *db.Tx) error { _, err := w.AskGuestTx(tx, g.ID, event.AskDraft{}, ""); return err })
		w.Refused(event.ErrUnreachable, func(tx *db.Tx) error { _, err := w.ContactTx(tx, g.ID); return err })
		w.Must(edit(0, event.GuestEdit{Retired: &no}))
		w.Refused(event.ErrGuestNote, func(tx *db.Tx) error { _, err := w.NoteGuestTx(tx, g.ID, " ", ""); return err })
		w.Do(func(tx *db.Tx) error {
			_, err := w.NoteGuestTx(tx, g.ID, "讲过失败的那次。\n愿意来。", "staff")
			return err
		})
		w.Do(func(tx *db.Tx) error {
			p, err := w.NotesTx(tx, g.ID, "", 10)
			if len(p.Items) != 1 || p.Items[0].Actor != "staff" {
				t.Errorf("notes %+v", p.Items)
			}
			return err
		})
		w.sound()
	})
}

// E9: who was asked longest ago comes first. How a guest did is computed from the events that carry them: those they agreed to and
// those they hosted, each once, without what was called off or is still to come.
func TestAGuestsRecord(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		g := w.guest(event.GuestDraft{Name: "周宁", Person: "zhou"})
		other := w.guest(event.GuestDraft{Name: "外人"})
		w.Refused(event.ErrGuestTwice, func(tx *db.Tx) error {
			_, err := w.AddGuestTx(tx, event.GuestDraft{Name: "周", Person: "zhou"}, "")
			return err
		})
		hosted := w.held("zhou", map[string]int{"a": 10, "b": 3})
		agreed := w.held("", map[string]int{"a": 9})
		w.askGuest(g, event.AskDraft{Event: agreed.ID, State: event.Agreed})
		w.askGuest(g, event.AskDraft{Event: hosted.ID, State: event.Agreed}) // counted once
		w.Refused(event.ErrOver, func(tx *db.Tx) error {
			_, err := w.AskGuestTx(tx, other.ID, event.AskDraft{Event: agreed.ID}, "")
			return err
		})
		coming := w.plan("session", 0)
		a := w.askGuest(g, event.AskDraft{Event: coming.ID})
		r := w.record(g)
		if len(r.Appearances) != 2 || r.Appearances[0].Event != agreed.ID || r.Answers != 3 || r.NPS < 33 || r.NPS > 34 || r.Ask == nil || r.Ask.ID != a.ID {
			t.Errorf("record %+v", r)
		}
		if r := w.record(other); len(r.Appearances) != 0 || r.Answers != 0 || r.Ask != nil {
			t.Errorf("nobody's record %+v", r)
		}
		w.Do(func(tx *db.Tx) error {
			p, err := w.GuestsTx(tx, event.GuestFilter{State: event.GuestActive}, "", 1)
			if err != nil || len(p.Items) != 1 || p.Items[0].ID != other.ID || p.Next == "" {
				t.Errorf("who was never asked comes first: %+v %v", p, err)
			}
			p, err = w.GuestsTx(tx, event.GuestFilter{State: event.GuestActive}, p.Next, 1)
			if len(p.Items) != 1 || p.Items[0].ID != g.ID || p.Next != "" {
				t.Errorf("then %+v", p)
			}
			return err
		})
		// Asked again is no second ask; they may think better of it, and be asked anew once they declined.
		if again := w.askGuest(g, event.AskDraft{Event: coming.ID}); again.ID != a.ID {
			t.Errorf("asked again %+v, was %+v", again, a)
		}
		answer := func(said event.AskState) {
			w.Do(func(tx *db.Tx) (err error) { a, err = w.AnswerAskTx(tx, a.ID, said, "staff"); return err })
		}
		answer(event.Agreed)
		if again := w.askGuest(g, event.AskDraft{Event: coming.ID}); again.State != event.Agreed {
			t.Errorf("who agreed is not asked again: %+v", again)
		}
		answer(event.Declined)
		if again := w.askGuest(g, event.AskDraft{Event: coming.ID}); again.State != event.Asked || again.ID != a.ID {
			t.Errorf("asked anew %+v", again)
		}
		w.Refused(event.ErrAskAnswer, func(tx *db.Tx) error { _, err := w.AnswerAskTx(tx, a.ID, event.Asked, ""); return err })
		w.Refused(event.ErrAsk, func(tx *db.Tx) error { _, err := w.AnswerAskTx(tx, "none", event.Agreed, ""); return err })
		w.sound()
	})
}

// Law: a guest who is erased goes from the bank with all that was written down; where they appeared stays. So does one from outside
// who is to be forgotten.
func TestAGuestIsForgotten(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		known, outside := w.guest(event.GuestDraft{Name: "周宁", Person: "zhou", Contact: "13800000000"}), w.guest(event.GuestDraft{Name: "外人", Contact: "w@example.com", Topics: []string{"x"}})
		for _, g := range []event.Guest{known, outside} {
			w.Do(func(tx *db.Tx) error { _, err := w.NoteGuestTx(tx, g.ID, "一段话", ""); return err })
			w.askGuest(g, event.AskDraft{Event: w.held("", map[string]int{"a": 10}).ID, State: event.Agreed})
		}
		w.Do(func(tx *db.Tx) error {
			x, err := w.ExportTx(tx, "zhou")
			if len(x.Guest) != 1 || x.Guest[0].Contact != "13800000000" || len(x.Guest[0].Notes) != 1 || len(x.Guest[0].Asks) != 1 {
				t.Errorf("export %+v", x.Guest)
			}
			return err
		})
		w.Do(func(tx *db.Tx) error { return w.EraseTx(tx, "zhou") })
		for range 2 {
			w.Do(func(tx *db.Tx) error { return w.ForgetGuestTx(tx, outside.ID, "") })
		}
		for _, g := range []event.Guest{known, outside} {
			w.Do(func(tx *db.Tx) error {
				now, err := w.GuestTx(tx, g.ID)
				if err != nil || now.State != event.GuestErased || now.Name != "" || now.Reachable || len(now.Topics) > 0 {
					t.Errorf("forgotten %+v %v", now, err)
				}
				notes, err := w.NotesTx(tx, g.ID, "", 0)
				if len(notes.Items) != 0 {
					t.Errorf("notes %+v", notes)
				}
				return err
			})
			if r := w.record(g); len(r.Appearances) != 1 || r.Answers != 1 {
				t.Errorf("what took place stays: %+v", r)
			}
			name := "新名字"
			w.Refused(event.ErrGuestGone, func(tx *db.Tx) error {
				_, err := w.EditGuestTx(tx, g.ID, 0, event.GuestEdit{Name: &name}, "")
				return err
			})
		}
		anew := w.guest(event.GuestDraft{Name: "李", Person: "li"})
		w.Do(func(tx *db.Tx) error { return w.ForgetGuestTx(tx, anew.ID, "") })
		if again := w.guest(event.GuestDraft{Name: "李", Person: "li"}); again.ID == anew.ID {
			t.Errorf("written down anew %+v", again)
		}
		w.sound()
	})
}

// A merge of persons makes one guest of two, and is undone.
func TestGuestsFollowAMerge(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		one, two := w.guest(event.GuestDraft{Name: "周宁", Person: "zhou"}), w.guest(event.GuestDraft{Name: "小周", Person: "zhou2"})
		w.askGuest(two, event.AskDraft{Event: w.held("", map[string]int{"a": 10}).ID, State: event.Agreed})
		w.Merged["zhou"] = []string{"zhou2"}
		w.Do(func(tx *db.Tx) error { return w.FollowTx(tx, "zhou") })
		list := func() (out []string) {
			w.Do(func(tx *db.Tx) error {
				p, err := w.GuestsTx(tx, event.GuestFilter{State: event.GuestActive}, "", 0)
				out = nil
				for _, g := range p.Items {
					out = append(out, g.ID)
				}
				return err
			})
			return out
		}
		if got := list(); !slices.Equal(got, []string{one.ID}) {
			t.Errorf("guests %q, want the elder", got)
		}
		if r := w.record(one); len(r.Appearances) != 1 {
			t.Errorf("record %+v", r)
		}
		delete(w.Merged, "zhou")
		w.Do(func(tx *db.Tx) error { return errors.Join(w.UnmergeTx(tx, "zhou2"), w.FollowTx(tx, "zhou")) })
		if got := list(); len(got) != 2 {
			t.Errorf("apart again: %q", got)
		}
		if r := w.record(one); len(r.Appearances) != 0 {
			t.Errorf("record %+v", r)
		}
		w.sound()
	})
}

// E9: whoever agrees to come to an event that was called off takes no topic from the others.
func TestACancelledEventTakesNoTopic(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		e, g := w.plan("conference", 5), w.guest(event.GuestDraft{Name: "王老师"})
		var topic event.Topic
		w.Do(func(tx *db.Tx) (err error) {
			topic, err = w.ProposeTx(tx, event.Proposal{Title: "选题"}, "staff")
			return err
		})
		ask := w.askGuest(g, event.AskDraft{Event: e.ID, Topic: topic.ID})
		w.Do(func(tx *db.Tx) error { _, err := w.CancelTx(tx, e.ID, "staff"); return err })
		w.Do(func(tx *db.Tx) error { _, err := w.AnswerAskTx(tx, ask.ID, event.Agreed, "staff"); return err })
		w.Do(func(tx *db.Tx) (err error) { topic, err = w.TopicTx(tx, topic.ID, ""); return err })
		if topic.Event != "" || topic.State != event.TopicOpen {
			t.Errorf("%+v", topic)
		}
	})
}

// E9: guests are found by what they can speak about, page by page.
func TestGuestsAreFoundByTopic(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		one := w.guest(event.GuestDraft{Name: "一", Topics: []string{"私域 复购", "社群排班"}})
		w.guest(event.GuestDraft{Name: "二", Topics: []string{"AI 写作"}})
		w.guest(event.GuestDraft{Name: "三", Topics: []string{"排班"}})
		w.guest(event.GuestDraft{Name: "四"})
		found := func(f event.GuestFilter) (out string) {
			w.Do(func(tx *db.Tx) error {
				out = ""
				for cursor := ""; ; {
					p, err := w.GuestsTx(tx, f, cursor, 1)
					for _, g := range p.Items {
						out += g.Name
					}
					if cursor = p.Next; err != nil || cursor == "" {
						return err
					}
				}
			})
			return out
		}
		for topic, want := range map[string]string{"": "一二三四", "排班": "一三", "私域复购": "一", "ai": "二", "排班 社群": "一", "复购社群": "", "%": ""} {
			if got := found(event.GuestFilter{State: event.GuestActive, Topic: topic}); got != want {
				t.Errorf("%q: %s, want %s", topic, got, want)
			}
		}
		w.Do(func(tx *db.Tx) error {
			_, err := w.EditGuestTx(tx, one.ID, 0, event.GuestEdit{Topics: &[]string{"冷启动"}}, "")
			return err
		})
		if got := found(event.GuestFilter{State: event.GuestActive, Topic: "冷启动"}) + found(event.GuestFilter{State: event.GuestActive, Topic: "社群"}); got != "一" {
			t.Errorf("changed: %s", got)
		}
		w.Do(func(tx *db.Tx) error { return w.ForgetGuestTx(tx, one.ID, "") })
		if got := found(event.GuestFilter{State: event.GuestErased, Topic: "冷启动"}); got != "" {
			t.Errorf("forgotten, and found by what they spoke about: %s", got)
		}
	})
}
