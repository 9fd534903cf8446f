package path_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

const winding = `
subject: person
start: {on: path_test.reserved, once_per: person, again: [lapsed, left, withdrew]}
steps:
  - until: {after: 10m}
  - wait: path_test.registered
    for: 1h
    else: end lapsed
  - choose:
      - when: {suspicion: ">= 60"}
        then:
          - ask: look
            role: service
            for: 2h
            outcomes: {ok: next, refused: end refused}
            or:
              - {on: path_test.lapsed, then: end withdrew}
              - {on: path_test.registered, where: {suspicion: "< 60"}}
            else: {end: unseen}
  - do: seat
    on:
      full:
        - {do: note, with: {what: waiting}}
        - wait: path_test.noted
          for: 10m
          else: end left
  - {do: note, with: {what: "seated {number}"}}
  - gate:
      - path_test.joined
      - path_test.lapsed
    for: 2h
    else: end half
  - {do: note, with: {what: welcome}}
  - end: seated
`

// happening is one thing that happens, in every world.
type happening func(w *world)

func happenings(rt *rapid.T, people []string) []happening {
	who := rapid.SampledFrom(people)
	return rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) happening {
		person := who.Draw(rt, "who")
		switch rapid.IntRange(0, 9).Draw(rt, "what") {
		case 0, 1:
			n := rapid.IntRange(1, 9).Draw(rt, "number")
			return func(w *world) { w.happen(person, Reserved{Number: n}) }
		case 2, 3:
			n := rapid.SampledFrom([]int{0, 90}).Draw(rt, "suspicion")
			return func(w *world) { w.happen(person, Registered{Suspicion: n}) }
		case 4:
			return func(w *world) { w.happen(person, Joined{}) }
		case 5:
			return func(w *world) { w.happen(person, Lapsed{}) }
		case 6:
			outcome := rapid.SampledFrom([]string{"ok", "refused"}).Draw(rt, "outcome")
			return func(w *world) {
				w.calm() // a task is there once the facts before it are done with
				if id := w.tasks.open[person]; id != "" {
					w.finish(person, id, outcome)
				}
			}
		case 7:
			rooms := rapid.IntRange(0, 1).Draw(rt, "rooms")
			return func(w *world) { w.calm(); w.rooms = rooms }
		}
		d := rapid.SampledFrom([]time.Duration{time.Minute, 10 * time.Minute, time.Hour, 2 * time.Hour}).Draw(rt, "time")
		return func(w *world) { w.calm(); w.pass(d) }
	}), 5, 40).Draw(rt, "happenings")
}

// history is all that a path did with a person, each run's moves with their outcomes and where it is now.
func (w *world) history(person string) (out []string) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		err := tx.Each(func(r *db.Row) error {
			var step, outcome string
			var move int
			err := r.Scan(&move, &step, &outcome)
			out = append(out, fmt.Sprint(move, " ", step, " ", outcome))
			return err
		}, `SELECT l.move, l.step, l.outcome FROM path_run r JOIN path_log l ON l.community_id = r.community_id AND l.run = r.id
			WHERE r.community_id = $1 AND r.subject = $2 ORDER BY r.started_at, r.id, l.move`, tx.Community(), person)
		if err != nil {
			return err
		}
		return tx.Each(func(r *db.Row) error {
			var step, state, outcome string
			err := r.Scan(&step, &state, &outcome)
			out = append(out, "at "+step+" "+state+" "+outcome)
			return err
		}, `SELECT step, state, outcome FROM path_run WHERE community_id = $1 AND subject = $2 ORDER BY started_at, id`, tx.Community(), person)
	})
	noted := w.noted(person) // in any order: what two nodes note in one microsecond has none
	slices.Sort(noted)
	return append(out, noted...)
}

// What nodes do in turn, some of them ending and beginning anew between any two steps of the work, comes out as what one
// node does that finishes each thing before the next. No step is skipped or done twice.
func TestNodesThatComeAndGoChangeNothing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		plain, w := newWorld(t, testkit.SQLite(t)), newWorld(t, d)
		plain.put(winding)
		w.put(winding)
		nodes := []*world{w, w.again()}
		round := 0
		rapid.Check(t, func(rt *rapid.T) {
			if round++; round > 25 && d.Dialect() == db.Postgres {
				return // SQLite has the rest
			}
			people := []string{fmt.Sprint("ann-", round), fmt.Sprint("bea-", round)}
			plain.rooms, w.rooms = 1, 1
			for _, happens := range happenings(rt, people) {
				happens(plain)
				plain.settle()
				happens(w)
				for range rapid.IntRange(0, 4).Draw(rt, "steps") {
					i := rapid.IntRange(0, len(nodes)-1).Draw(rt, "node")
					nodes[i].rooms = w.rooms
					if i > 0 && rapid.IntRange(0, 7).Draw(rt, "end") == 0 {
						nodes[i] = w.again()
					}
					if _, err := nodes[i].log.Step(t.Context()); err != nil {
						rt.Fatal(err)
					}
					if _, err := nodes[i].runner.Step(t.Context()); err != nil {
						rt.Fatal(err)
					}
				}
			}
			w.calm()
			for _, p := range people {
				if one, many := plain.history(p), w.history(p); !slices.Equal(one, many) {
					rt.Fatalf("%s\none node:   %q\nmany nodes: %q", p, one, many)
				}
			}
			w.pass(10 * time.Hour) // and nobody is left on the way in the next round
			plain.pass(10 * time.Hour)
		})
		w.agree()
	})
}

// again is another node on the same database.
func (w *world) again() *world {
	w.t.Helper()
	n := newWorld(w.t, w.d.Again(w.t))
	n.tasks.open, n.rooms = w.tasks.open, w.rooms
	return n
}

// calm finds what other nodes have left, and runs all there is to do now.
func (w *world) calm() {
	w.t.Helper()
	if err := w.log.Sweep(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}
