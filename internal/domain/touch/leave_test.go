package touch_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
)

func (w *world) queue(template string) (person string, t touch.Touch) {
	w.Helper()
	w.Clock.Set(at(8, 12, 0))
	return w.queueFor("ann", template)
}

func (w *world) queueFor(name, template string) (person string, t touch.Touch) {
	w.Helper()
	person = w.person(name)
	t = w.send(touch.Touch{Person: person, Template: template, Channel: "email"})
	if t.State != touch.Queued || w.mail.to(name+"@example.org") != 0 {
		w.Fatalf("it is %s before its job ran", t.State)
	}
	return person, t
}

func TestATouchLeavesOnce(t *testing.T) {
	each(t, func(w *world) {
		person, msg := w.queue("offer")
		w.settle()
		w.want(msg, touch.Done, "")
		w.settle()
		if n := w.mail.to("ann@example.org"); n != 1 {
			t.Errorf("it left %d times", n)
		}
		if f := w.facts(person); f["touch.sent"] != 1 {
			t.Error(f)
		}
		for range 2 {
			for _, e := range []touch.Echo{touch.EchoDelivered, touch.EchoOpened, touch.EchoClicked, touch.EchoReplied} {
				w.do(func(tx *db.Tx) error { return w.touch.EchoTx(tx, msg.ID, e) })
			}
		}
		f := w.facts(person)
		for _, k := range []string{"touch.delivered", "touch.opened", "touch.clicked", "touch.replied"} {
			if f[k] != 1 {
				t.Errorf("%s was told %d times", k, f[k])
			}
		}
		w.do(func(tx *db.Tx) error { return w.touch.EchoTx(tx, msg.ID, touch.EchoBounced) })
		w.want(msg, touch.Broken, touch.Bounced)
		if err := w.Do(t.Context(), w.Community, func(tx *db.Tx) error { return w.touch.EchoTx(tx, "nothing", touch.EchoOpened) }); !errors.Is(err, touch.ErrUnknown) {
			t.Error(err)
		}
	})
}

// P8: what was agreed to when it was queued is asked again at the door, and its room in the budget comes back.
func TestConsentWithdrawnWhileItWaits(t *testing.T) {
	each(t, func(w *world) {
		person, msg := w.queue("offer")
		w.consent(person, people.ForMarketing, "", false)
		w.settle()
		w.want(msg, touch.Held, touch.NoConsent)
		if len(w.mail.sent) != 0 || w.used() != 0 {
			t.Errorf("%d left, %d places kept", len(w.mail.sent), w.used())
		}
	})
}

func TestErasedWhileItWaits(t *testing.T) {
	each(t, func(w *world) {
		person, msg := w.queue("offer")
		notice := w.send(touch.Touch{Person: person, Template: "welcome", Vars: map[string]any{"n": "secret"}})
		w.must(w.people.Erase(t.Context(), w.Community, person, "op"))
		w.settle()
		if len(w.mail.sent) != 0 {
			t.Error("it left")
		}
		w.want(msg, touch.Held, touch.IsErased)
		for _, m := range []touch.Touch{w.now(msg), w.now(notice)} {
			if m.Subject != "" || m.Body != "" || m.Link != "" || len(m.Vars) != 0 {
				t.Errorf("left behind: %+v", m)
			}
		}
	})
}

// Somebody erased while the channel has their message: what it answers brings no word back.
func TestErasedWhileItLeaves(t *testing.T) {
	each(t, func(w *world) {
		person, msg := w.queue("offer")
		w.mail.fail = func(touch.Outgoing) error { return w.people.Erase(w.Context(), w.Community, person, "op") }
		w.settle()
		if got := w.want(msg, touch.Done, ""); got.Body != "" || got.Subject != "" {
			t.Errorf("%+v", got)
		}
	})
}

// A program that dies while a message leaves: marketing is never sent again, service is.
func TestKilledWhileItLeaves(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 12, 0))
		for _, c := range []struct {
			template string
			state    touch.State
			reason   touch.Reason
			times    int
			used     int
		}{{"notice", touch.Done, "", 2, 0}, {"offer", touch.Unknown, touch.Interrupted, 1, 1}} {
			person, msg := w.queueFor("for-"+c.template, c.template)
			died := false
			w.mail.fail = func(touch.Outgoing) error {
				if !died {
					died = true
					panic("the process ends here")
				}
				return nil
			}
			w.settle()
			w.want(msg, touch.Leaving, "")
			w.Clock.Advance(time.Minute)
			w.settle()
			w.want(msg, c.state, c.reason)
			if n := w.mail.to("for-" + c.template + "@example.org"); n != c.times {
				t.Errorf("%s left %d times, want %d", c.template, n, c.times)
			}
			if got := w.used(); got != c.used { // it may have arrived, so it counts
				t.Errorf("%s: %d places taken, want %d", c.template, got, c.used)
			}
			if f := w.facts(person); f["touch.sent"]+f["touch.failed"] != 1 {
				t.Error(f)
			}
		}
	})
}

type lost struct{}

func (lost) Error() string   { return "the connection broke after the message" }
func (lost) MaybeSent() bool { return true }

func TestWhatTheChannelAnswers(t *testing.T) {
	down := errors.New("connection refused")
	cases := []struct {
		name, template string
		answers        []error
		state          touch.State
		reason         touch.Reason
		tries, used    int
	}{
		{"refused for good", "offer", []error{job.Permanent(errors.New("no such user"))}, touch.Broken, touch.ChannelSays, 1, 0},
		{"down for a while", "offer", []error{down, down, nil}, touch.Done, "", 3, 1},
		{"lost on the way, marketing", "offer", []error{lost{}}, touch.Unknown, touch.Interrupted, 1, 1},
		{"lost on the way, service", "notice", []error{lost{}, nil}, touch.Done, "", 2, 0},
		{"down for ever", "offer", []error{down, down, down, down, down, down, down, down, down, down, down, down}, touch.Broken, touch.ChannelDown, 12, 0},
	}
	each(t, func(w *world) {
		w.declare(func() touch.Config { x := basic; x.Quiet = touch.Quiet{From: "00:00", To: "00:00"}; return x }())
		for i, c := range cases {
			w.Clock.Set(at(8+i, 12, 0))
			tries, before := 0, w.used()
			w.mail.fail = func(touch.Outgoing) error { tries++; return c.answers[tries-1] }
			_, msg := w.queueFor(fmt.Sprint("ann", i), c.template)
			for range 14 {
				w.settle()
				w.Clock.Advance(time.Hour)
			}
			w.want(msg, c.state, c.reason)
			if used := w.used() - before; tries != c.tries || used != c.used {
				t.Errorf("%s: %d tries, %d places taken; want %d and %d", c.name, tries, used, c.tries, c.used)
			}
		}
	})
}

// What was late at the door for the quiet hours goes on after them, in the same touch.
func TestQuietHoursAtTheDoor(t *testing.T) {
	each(t, func(w *world) {
		_, msg := w.queue("offer")
		w.Clock.Set(at(8, 21, 30)) // the node was down
		w.settle()
		got := w.want(msg, touch.Queued, "")
		if !got.NotBefore.Equal(at(9, 8, 0)) {
			t.Errorf("it goes on at %s", got.NotBefore)
		}
		w.Clock.Set(at(9, 7, 59))
		w.settle()
		w.want(msg, touch.Queued, "")
		w.Clock.Set(at(9, 8, 0))
		w.settle()
		w.want(msg, touch.Done, "")
		if len(w.mail.sent) != 1 || w.used() != 1 {
			t.Errorf("%d left, %d places taken", len(w.mail.sent), w.used())
		}
		late := w.send(touch.Touch{Person: msg.Person, Template: "notice", Channel: "email", NotAfter: at(9, 10, 0)})
		w.Clock.Set(at(9, 11, 0))
		w.settle()
		w.want(late, touch.Held, touch.TooLate)
	})
}

func TestATemplateTakenAway(t *testing.T) {
	each(t, func(w *world) {
		_, msg := w.queue("offer")
		w.declare(touch.Config{})
		w.settle()
		w.want(msg, touch.Held, touch.NoTemplate)
		if w.used() != 0 {
			t.Error("it keeps its room")
		}
	})
}

// P1: after a merge, what was sent to either is the survivor's, what waits goes to the survivor, and both had one budget.
func TestMergedPersons(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 12, 0))
		w.declare(touch.Config{Templates: basic.Templates, Budgets: []touch.Budget{{Purpose: "marketing", Per: touch.Day, Max: 2}}})
		ann := w.person("ann")
		w.Clock.Advance(time.Second)
		bea := w.person("bea")
		notice := w.send(touch.Touch{Person: bea, Template: "welcome"})
		one := w.send(touch.Touch{Key: "one", Person: ann, Template: "offer", Channel: "email"})
		two := w.send(touch.Touch{Key: "two", Person: bea, Template: "offer", Channel: "email"})
		w.do(func(tx *db.Tx) error {
			_, err := w.people.MergeTx(tx, ann, bea, "op")
			return err
		})
		if got := w.send(touch.Touch{Key: "two", Person: ann, Template: "offer", Channel: "email"}); got.ID != two.ID {
			t.Error("the key is another touch's after the merge")
		}
		if got := w.send(touch.Touch{Person: bea, Template: "offer", Channel: "email", NotAfter: at(8, 20, 0)}); got.Reason != touch.OverBudget {
			t.Errorf("the two of them got more than one person may: %s (%s)", got.State, got.Reason)
		}
		w.settle()
		w.want(one, touch.Done, "")
		w.want(two, touch.Done, "")
		if w.used() != 2 {
			t.Errorf("%d places taken", w.used())
		}
		w.must(w.Read(t.Context(), w.Community, func(tx *db.Tx) error {
			p, err := w.touch.Notices(tx, ann, "", 10)
			if len(p.Items) != 1 || p.Items[0].ID != notice.ID {
				t.Errorf("the survivor's notices: %+v", p.Items)
			}
			return err
		}))
		w.do(func(tx *db.Tx) error { return w.touch.ReadTx(tx, ann, notice.ID) })
		if w.now(notice).ReadAt.IsZero() {
			t.Error("the survivor can't read it")
		}
	})
}

func TestListsGoByPages(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 12, 0))
		ann := w.person("ann")
		for range 5 {
			w.send(touch.Touch{Person: ann, Template: "welcome"})
			w.send(touch.Touch{Person: ann, Template: "offer", Channel: "wecom_mass"}) // she has none
		}
		w.must(w.Read(t.Context(), w.Community, func(tx *db.Tx) error {
			for name, list := range map[string]func(cursor string) (int, string, error){
				"notices": func(c string) (int, string, error) {
					p, err := w.touch.Notices(tx, ann, c, 2)
					return len(p.Items), p.Next, err
				},
				"stuck": func(c string) (int, string, error) {
					p, err := w.touch.Stuck(tx, c, 2)
					return len(p.Items), p.Next, err
				},
			} {
				sum, cursor := 0, ""
				for {
					n, next, err := list(cursor)
					if err != nil {
						return err
					}
					if sum += n; next == "" {
						break
					}
					cursor = next
				}
				if sum != 5 {
					t.Errorf("%s: %d", name, sum)
				}
			}
			return nil
		}))
	})
}

// Erased from another node in the moment in which it leaves: whichever is first, no word stays and no room is lost.
func TestRaceOfErasingAndLeaving(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 12, 0))
		w.second()
		var msgs []touch.Touch
		for i := range 12 {
			_, msg := w.queueFor(fmt.Sprint("ann", i), "offer")
			msgs = append(msgs, msg)
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := w.runner.Step(context.Background()); err != nil {
				t.Error(err)
			}
		})
		for _, m := range msgs {
			wg.Go(func() {
				if err := w.other.Erase(context.Background(), w.Community, m.Person, "op"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.Clock.Advance(time.Minute)
		w.settle()
		sent := 0
		for _, m := range msgs {
			got := w.now(m)
			if got.Body != "" || got.Subject != "" || got.State != touch.Done && got.State != touch.Held {
				t.Errorf("%+v", got)
			}
			if got.State == touch.Done {
				sent++
			}
		}
		if sent != len(w.mail.sent) || w.used() != sent {
			t.Errorf("%d sent, %d left, %d places taken", sent, len(w.mail.sent), w.used())
		}
	})
}
