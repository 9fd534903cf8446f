package touch_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// The gate's order: where several reasons hold, the first one in the order is given.
func TestTheGateLooksInItsOrder(t *testing.T) {
	type wrong struct{ consent, erased, blocked, reach, late, quiet, budget bool }
	cases := []struct {
		name string
		with wrong
		want touch.Reason
	}{
		{"consent before all", wrong{consent: true, blocked: true, reach: true, quiet: true, budget: true}, touch.NoConsent},
		{"erased", wrong{erased: true, reach: true, quiet: true, budget: true}, touch.IsErased},
		{"blocked before reach", wrong{blocked: true, reach: true, quiet: true, budget: true}, touch.IsBlocked},
		{"reach before time", wrong{reach: true, late: true, quiet: true, budget: true}, touch.NotReached},
		{"its time is over", wrong{late: true, quiet: true, budget: true}, touch.TooLate},
		{"quiet before budgets", wrong{quiet: true, budget: true}, touch.QuietHours},
		{"budgets last", wrong{budget: true}, touch.OverBudget},
		{"nothing", wrong{}, ""},
	}
	each(t, func(w *world) {
		for i, c := range cases {
			day := 8 + i
			w.Clock.Set(at(day, 12, 0))
			name := fmt.Sprint("ann", i)
			person := w.person(name)
			if c.with.budget {
				w.send(touch.Touch{Person: person, Template: "offer", Channel: "email"})
				w.settle()
			}
			if c.with.quiet {
				w.Clock.Set(at(day, 22, 0))
			}
			if c.with.consent {
				w.consent(person, people.ForMarketing, "email", false)
			}
			if c.with.blocked {
				w.must(w.people.Block(w.Context(), w.Community, person, "spam", "op"))
			}
			if c.with.reach && !c.with.erased {
				w.must(w.people.Unidentify(w.Context(), w.Community, person, people.Identifier{Kind: people.Email, Value: name + "@example.org"}, "op"))
			}
			if c.with.erased {
				w.must(w.people.Erase(w.Context(), w.Community, person, "op"))
			}
			msg := touch.Touch{Person: person, Template: "offer", Channel: "email", NotAfter: w.Clock.Now().Add(time.Hour)}
			if c.with.late {
				msg.NotAfter = w.Clock.Now().Add(-time.Hour)
			}
			got := w.send(msg)
			state, told := touch.Held, 1
			if c.want == "" {
				state, told = touch.Queued, 0
			}
			if got.State != state || got.Reason != c.want {
				w.Errorf("%s: it is %s (%s), want %s (%s)", c.name, got.State, got.Reason, state, c.want)
			}
			if n := w.facts(person)["touch.held_back"]; n != told {
				w.Errorf("%s: told %d times", c.name, n)
			}
		}
	})
}

// What each kind of message needs of the person's consent (P8).
func TestConsentByPurposeAndChannel(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 12, 0))
		try := func(person, template, channel string) touch.Reason {
			return w.send(touch.Touch{Person: person, Template: template, Channel: channel, NotAfter: w.Clock.Now().Add(72 * time.Hour)}).Reason
		}
		ann := w.person("ann")
		w.consent(ann, "", "email", false)
		if got := try(ann, "welcome", "email"); got != touch.NoConsent {
			t.Errorf("a closed channel: an answer left (%q)", got)
		}
		if got := try(ann, "welcome", ""); got != "" {
			t.Errorf("another channel is open: %q", got)
		}
		ben := w.person("ben")
		w.consent(ben, people.ForService, "", false)
		if got := try(ben, "notice", "email"); got != touch.NoConsent {
			t.Errorf("service was refused: a notice left (%q)", got)
		}
		if got := try(ben, "welcome", "email"); got != "" {
			t.Errorf("an answer to their own act: %q", got)
		}
		cat := w.person("cat")
		w.do(func(tx *db.Tx) error { return w.people.SetFieldTx(tx, cat, "born_on", "2015-01-01", "op") })
		if got := try(cat, "offer", "email"); got != touch.NoConsent {
			t.Errorf("a child's yes counted without a guardian: %q", got)
		}
		w.consent(cat, people.ForGuardian, "", true)
		if got := try(cat, "offer", "email"); got != "" {
			t.Errorf("with a guardian: %q", got)
		}
	})
}

func TestInAppIsSentAtOnceInThePersonsLanguage(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 23, 0)) // answers don't mind the quiet hours
		for lang, want := range map[string]string{
			"zh-Hans": "ann，欢迎来到妈妈群：https://q.example/m/me 3", "zh-Hant": "ann，歡迎來到媽媽群：https://q.example/m/me 3",
			"en": "ann, welcome to Mothers: https://q.example/m/me 3", "": "ann，欢迎来到妈妈群：https://q.example/m/me 3",
		} {
			id, _, err := w.people.FindOrCreate(t.Context(), w.Community, []people.Identifier{{Kind: people.App, Value: "app" + lang}}, people.Seed{Nickname: "ann", Lang: lang})
			w.must(err)
			got := w.send(touch.Touch{Person: id, Template: "welcome", Vars: map[string]any{"n": 3}})
			if got.State != touch.Done || got.Body != want || got.Channel != touch.InApp {
				t.Errorf("%s: %+v", lang, got)
			}
			if f := w.facts(id); f["touch.sent"] != 1 {
				t.Error(f)
			}
			for range 2 {
				w.do(func(tx *db.Tx) error { return w.touch.ReadTx(tx, id, got.ID) })
			}
			if f := w.facts(id); f["touch.opened"] != 1 {
				t.Error(f)
			}
			if w.now(got).ReadAt.IsZero() {
				t.Error("it is not marked as read")
			}
		}
		ann, ben := w.person("ann"), w.person("ben")
		got := w.send(touch.Touch{Person: ann, Template: "welcome"})
		w.do(func(tx *db.Tx) error { return w.touch.ReadTx(tx, ben, got.ID) })
		if !w.now(got).ReadAt.IsZero() {
			t.Error("somebody else has read it")
		}
	})
}

// What waits says the same as what leaves at once: numbers and times don't change on their way through the database.
func TestWordsAreTheSameLater(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 12, 0))
		ann := w.person("ann")
		for _, v := range []any{3, int64(4_000_000), 5_000_000.0, "x", at(9, 14, 30).UTC(), true} {
			now := w.send(touch.Touch{Person: ann, Template: "welcome", Vars: map[string]any{"n": v}})
			later := w.send(touch.Touch{Person: ann, Template: "welcome", Channel: "email", Vars: map[string]any{"n": v}})
			w.settle()
			if a, b := w.now(now).Body, w.now(later).Body; a != b || a == "" {
				t.Errorf("%v: %q and %q", v, a, b)
			}
		}
	})
}

func TestKeys(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 12, 0))
		ann := w.person("ann")
		msg := touch.Touch{Key: "k", Person: ann, Template: "offer", Channel: "email", Vars: map[string]any{"a": 1}}
		one := w.send(msg)
		if two := w.send(msg); two.ID != one.ID {
			t.Error("a key made two touches")
		}
		if got := w.used(); got != 1 {
			t.Errorf("a repeat keeps room in a budget: %d", got)
		}
		for _, other := range []touch.Touch{
			{Key: "k", Person: w.person("ben"), Template: "offer", Channel: "email", Vars: msg.Vars},
			{Key: "k", Person: ann, Template: "notice", Channel: "email", Vars: msg.Vars},
			{Key: "k", Person: ann, Template: "offer", Channel: "email", Vars: map[string]any{"a": 2}},
		} {
			if _, err := w.touch.Send(t.Context(), w.Community, other); !errors.Is(err, touch.ErrKey) {
				t.Errorf("%+v: %v", other, err)
			}
		}
		c := basic
		c.Templates = maps.Clone(basic.Templates)
		c.Templates["offer"] = touch.Template{Purpose: "sharing", Subject: basic.Templates["offer"].Subject, Body: basic.Templates["offer"].Body}
		w.declare(c)
		if _, err := w.touch.Send(t.Context(), w.Community, msg); !errors.Is(err, touch.ErrKey) {
			t.Errorf("for another purpose by now: %v", err)
		}
		w.declare(basic)
		if _, err := w.touch.Send(t.Context(), w.Community, touch.Touch{Person: ann, Template: "offer"}); err == nil {
			t.Error("a touch without a key was taken")
		}
		if _, err := w.touch.Send(t.Context(), w.Community, touch.Touch{Key: "z", Person: ann, Template: "none"}); !errors.Is(err, touch.ErrTemplate) {
			t.Error(err)
		}
		if _, err := w.touch.Send(t.Context(), w.Community, touch.Touch{Key: "z", Person: ann, Template: "offer", Channel: "pigeon"}); !errors.Is(err, touch.ErrChannel) {
			t.Error(err)
		}
	})
}

// From two nodes at once a key is one touch, and one place in a budget.
func TestRaceForAKey(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 12, 0))
		nodes := []*touch.Service{w.touch, w.second()}
		for round := range 8 {
			ann := w.person(fmt.Sprint("ann", round))
			var ids [8]string
			var wg sync.WaitGroup
			for i := range ids {
				wg.Go(func() {
					got, err := nodes[i%2].Send(context.Background(), w.Community, touch.Touch{Key: fmt.Sprint("k", round), Person: ann, Template: "offer", Channel: "email"})
					if err != nil {
						t.Error(err)
					}
					ids[i] = got.ID
				})
			}
			wg.Wait()
			if len(slices.Compact(ids[:])) != 1 {
				t.Errorf("one key, touches %v", ids)
			}
		}
		if got := w.used(); got != 8 {
			t.Errorf("%d places taken for 8 messages", got)
		}
	})
}

// Arrivals send a welcome each: it takes few statements.
func TestSendingTakesFewStatements(t *testing.T) {
	w := open(t, testkit.SQLite(t))
	w.Clock.Set(at(8, 12, 0))
	ann := w.person("ann")
	for _, c := range []struct {
		msg  touch.Touch
		most int
	}{
		{touch.Touch{Key: "a", Person: ann, Template: "welcome"}, 4},                     // version, person, consents, insert
		{touch.Touch{Key: "b", Person: ann, Template: "offer", Channel: "email"}, 4 + 3}, // and identifiers, one budget, the job
	} {
		w.do(func(tx *db.Tx) error {
			_, err := w.touch.SendTx(tx, touch.Touch{Key: "warm " + c.msg.Key, Person: ann, Template: "welcome"})
			return err
		})
		var all []string
		w.do(func(tx *db.Tx) error {
			all = nil
			tx.Trace(func(q string, _ []any) { all = append(all, q) })
			_, err := w.touch.SendTx(tx, c.msg)
			return err
		})
		if len(all) > c.most {
			t.Errorf("%d statements: %q", len(all), all)
		}
	}
}
