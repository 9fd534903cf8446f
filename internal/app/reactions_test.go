package app_test

import (
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/internal/spine/task"
)

// P1: two who turn out to be one human have one human's budgets; and budgets of days that are over are forgotten.
func TestAMergeAddsBudgetsUp(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		w.do(func(tx *db.Tx) error {
			return w.Touch.DeclareTx(tx, touch.Config{
				Budgets:   []touch.Budget{{Purpose: "marketing", Per: touch.Day, Max: 1}},
				Templates: map[string]touch.Template{"offer": {Purpose: "marketing", Body: text.Text{text.Hans: "看看"}}},
			})
		})
		send := func(person, key string) (out touch.Touch) {
			t.Helper()
			w.do(func(tx *db.Tx) (err error) {
				out, err = w.Touch.SendTx(tx, touch.Touch{Person: person, Key: key, Template: "offer", Channel: touch.InApp})
				return err
			})
			return out
		}
		one, other := w.person(), w.person()
		for _, p := range []string{one, other} {
			w.must(w.People.Consent(t.Context(), w.community, p, people.Consent{Purpose: people.ForMarketing, Given: true, Wording: "v1"}))
		}
		if x := send(other, "first"); x.State != touch.Done {
			t.Fatalf("the first one: %+v", x)
		}
		_, err := w.People.Merge(t.Context(), w.community, one, other, "op")
		w.must(err)
		if x := send(one, "second"); x.State == touch.Done {
			t.Error("one human got twice what a day allows")
		}
		budgets := func() (n int) {
			t.Helper()
			w.do(func(tx *db.Tx) error {
				return tx.QueryRow(`SELECT count(*) FROM touch_budget WHERE community_id = $1 AND ends_at < $2`, tx.Community(), tx.Now()).Scan(&n)
			})
			return n
		}
		w.clock.Advance(30 * time.Hour)
		if budgets() == 0 {
			t.Fatal("no budget was ever kept")
		}
		w.clock.Advance(60 * time.Hour)
		w.must(w.Settle(t.Context()))
		if n := budgets(); n != 0 {
			t.Errorf("%d budgets of days long over are kept", n)
		}
	})
}

// Who is erased or blocked stands in no line and keeps nobody from a place; who is erased has no place under the cap either.
func TestWhoIsGoneKeepsNoPlace(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		w.do(func(tx *db.Tx) error {
			if err := w.Seats.DeclareGroupTx(tx, seat.Group{Name: "g"}); err != nil {
				return err
			}
			_, err := w.Seats.AddPoolTx(tx, seat.Pool{ID: "p", Group: "g", Capacity: 2})
			return err
		})
		gone := map[string]func(person string) error{
			"erased":  func(p string) error { return w.People.Erase(t.Context(), w.community, p, "op") },
			"blocked": func(p string) error { return w.People.Block(t.Context(), w.community, p, "spam", "op") },
		}
		for how, leave := range gone {
			first, holder, waits, next := w.person(), w.person(), w.person(), w.person()
			w.pays(w.order(holder, "vip"))
			var taken, held seat.Seat
			w.do(func(tx *db.Tx) (err error) {
				holds := func(p string, ttl time.Duration) (seat.Seat, error) {
					return w.Seats.HoldTx(tx, seat.Claim{Key: how + p, Group: "g", Holder: seat.Holder{ID: p, Person: true}, TTL: ttl})
				}
				if taken, err = holds(first, 0); err != nil {
					return err
				}
				if held, err = holds(holder, 5*time.Minute); err != nil {
					return err
				}
				for _, p := range []string{waits, next} {
					if _, err := w.Seats.WaitTx(tx, seat.Wait{Group: "g", Holder: seat.Holder{ID: p, Person: true}}); err != nil {
						return err
					}
				}
				return nil
			})
			w.must(leave(waits))
			w.must(leave(holder))
			w.do(func(tx *db.Tx) error {
				x, err := w.Seats.Seat(tx, held.ID)
				if err != nil || x.State != seat.StateReleased {
					t.Errorf("%s: the hold is %s, %v", how, x.State, err)
				}
				if _, found, err := w.Seats.LiveSeatOf(tx, "g", next); err != nil || !found {
					t.Errorf("%s: the place was not offered to the next one, %v", how, err)
				}
				_, found, err := w.Seats.LiveSeatOf(tx, "members", holder)
				if err != nil || found == (how == "erased") {
					t.Errorf("%s: a place under the cap: %t, %v", how, found, err)
				}
				_, err = w.Seats.ReleaseTx(tx, taken.ID)
				return err
			})
			w.clock.Advance(48 * time.Hour) // and the next one's offer lapses
			w.must(w.Settle(t.Context()))
			w.sound()
		}
	})
}

// A task is finished while its person is erased: what the run hears of it comes too late, and nothing is refused.
func TestAFinishedTaskStopsNoErasure(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		var n yaml.Node
		w.must(yaml.Unmarshal([]byte("start: {on: people.created}\nsteps:\n  - ask: look\n    role: service\n    outcomes: {ok: next}\n    for: 1h\n    else: end late\n"), &n))
		d, problems := path.Parse("p", n.Content[0])
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		w.do(func(tx *db.Tx) error { _, _, err := w.Paths.PutTx(tx, d); return err })
		person := w.person()
		w.do(func(tx *db.Tx) error {
			r, _, err := w.Paths.Latest(tx, "p", person)
			if err != nil || r == nil || r.Task == "" {
				t.Fatalf("run %+v, %v", r, err)
			}
			if _, err := w.Tasks.FinishTx(tx, task.System, r.Task, "ok", ""); err != nil {
				return err
			}
			return w.People.EraseTx(tx, person, "op")
		})
		w.sound()
	})
}
