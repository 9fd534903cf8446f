package intake_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// scanners are what the property's people do at the two live codes.
type scanners struct {
	*world
	rng     *rand.Rand
	round   string            // with its seed, for what is off
	persons map[string]string // by account
	did     map[string]int    // what has happened over all rounds
}

var liveGroups = map[string]string{"grows": "floor", "fixed": "hall"}

func (v *scanners) code() (entry, group string) {
	entry = one(v, []string{"grows", "fixed"})
	return entry, liveGroups[entry]
}

func one[T any](v *scanners, of []T) T { return of[v.rng.IntN(len(of))] }

func (v *scanners) fatal(format string, args ...any) {
	v.t.Helper()
	v.t.Fatalf(v.round+": "+format, args...)
}

// mine is a person's live seat in a group.
func (v *scanners) mine(group, person string) (s seat.Seat, found bool) {
	v.read(func(tx *db.Tx) (err error) { s, found, err = v.Seats.LiveSeatOf(tx, group, person); return err })
	return s, found
}

// scan leads to the circle that the seat map before it says: the same again for who has a place, else the first with room, else
// the next one, else into the line.
func (v *scanners) scan() {
	entry, group := v.code()
	// Each has a code of their own: who sits in a circle by another one is shown that, when this one has none for them.
	account := fmt.Sprint(100*len(group) + v.rng.IntN(8))
	who := v.persons[account]
	before, counts := v.seatMap(group)
	var had seat.Seat
	var has, waits bool
	if who != "" {
		had, has = v.mine(group, who)
		v.read(func(tx *db.Tx) (err error) { _, waits, err = v.Seats.Position(tx, group, who); return err })
	}
	visitor := visitor(account)
	visitor.Person = who
	person, _, err := v.Intake.Arrive(v.t.Context(), v.Community, entry, visitor, "")
	v.must(err)
	v.persons[account] = person
	v.settle()
	x := v.at(entry, person)
	after, now := v.seatMap(group)
	free := slices.IndexFunc(before, func(p seat.Pool) bool { return p.State == seat.Open && p.Room() > 0 })
	open := slices.ContainsFunc(before, func(p seat.Pool) bool { return p.State == seat.Open })
	var saw string
	var ok bool
	switch {
	case has:
		saw, ok = "again", x.Circle == had.Circle && len(after) == len(before)
	case waits:
		saw, ok = "still in line", x.Stage == intake.InLine && now.Waiting == counts.Waiting
	case free >= 0:
		saw, ok = "room", x.Stage == intake.ToJoin && x.Circle == before[free].Circle && len(after) == len(before)
	case entry == "grows":
		saw, ok = "the next circle", x.Stage == intake.ToJoin && len(after) == len(before)+1 && x.Circle == after[len(before)].Circle
	case open:
		saw, ok = "line", x.Stage == intake.InLine && x.Position == counts.Waiting+1 && now.Waiting == counts.Waiting+1
	default:
		saw, ok = "closed", x.Stage == intake.Ended && x.Outcome == "closed" && now.Waiting == counts.Waiting
	}
	if v.did[saw]++; !ok {
		v.fatal("%s at %s (%s): %+v; the seat map was %+v, is %+v", account, entry, saw, x, before, after)
	}
}

// someone is one who has a live seat of a state at a code, if there is any.
func (v *scanners) someone(state seat.State) (s seat.Seat, entry string, found bool) {
	entry, group := v.code()
	var all []seat.Seat
	for _, account := range slices.Sorted(maps.Keys(v.persons)) {
		if s, found := v.mine(group, v.persons[account]); found && s.State == state {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		return s, entry, false
	}
	return one(v, all), entry, true
}

func (v *scanners) join() {
	s, entry, found := v.someone(seat.StateHeld)
	if !found {
		return
	}
	_, err := v.Circles.Join(v.t.Context(), v.Community, circle.Join{Person: s.Holder.ID, Circle: s.Circle, Entry: v.entry(entry).ID})
	if e := errs.As(err); e != nil && e.Code == circle.ErrArchived.Code {
		return // the circle ended while its place was kept
	}
	v.must(err)
	v.settle()
	v.did["joined"]++
	if x := v.at(entry, s.Holder.ID); x.Stage != intake.Seated || x.Circle != s.Circle {
		v.fatal("joined %s and stands at %+v", s.Circle, x)
	}
}

// leave frees a place, which goes to the first in line if the circle takes people in.
func (v *scanners) leave() {
	s, entry, found := v.someone(seat.StateTaken)
	if !found {
		return
	}
	var line []seat.Waiter
	var pool seat.Pool
	v.read(func(tx *db.Tx) (err error) {
		if pool, err = v.Seats.Pool(tx, s.Pool); err == nil {
			line, err = v.Seats.Line(tx, liveGroups[entry], 1)
		}
		return err
	})
	v.world.leave(s.Holder.ID, s.Circle)
	v.did["left"]++
	if len(line) == 0 || pool.State == seat.Closed {
		return
	}
	v.did["offered"]++
	if x := v.at(entry, line[0].Holder.ID); x.Stage != intake.ToJoin || x.Circle != s.Circle {
		v.fatal("the first in line stands at %+v after %s was left", x, s.Circle)
	}
}

// turn freezes, thaws or archives a circle, or opens the next by hand.
func (v *scanners) turn() {
	_, group := v.code()
	pools, _ := v.seatMap(group)
	id := one(v, pools).Circle
	c, err := v.Circles.Get(v.t.Context(), v.Community, id)
	v.must(err)
	what := one(v, []string{"freeze", "freeze", "thaw", "thaw", "thaw", "archive", "open"})
	switch {
	case what == "open" && len(pools) < 4:
		_, err = v.Circles.Open(v.t.Context(), v.Community, group, nil)
		v.must(err)
		v.settle()
	case what == "archive" && len(pools) > 1 && c.State != circle.StateArchived:
		v.world.turn(v.Circles.ArchiveTx, id)
	case what == "freeze" && c.State != circle.StateArchived:
		v.world.turn(v.Circles.FreezeTx, id)
	case what == "thaw" && c.State == circle.StateFrozen:
		v.world.turn(v.Circles.ThawTx, id)
	default:
		return
	}
	v.did[what]++
}

func (v *scanners) wait() {
	v.pass(time.Duration(1+v.rng.IntN(20)) * time.Minute)
}

// check holds the seat map against what everybody has: no circle above its size, nobody twice, no room while somebody waits.
func (v *scanners) check() {
	for entry, group := range liveGroups {
		pools, counts := v.seatMap(group)
		used, waiting := map[string]int{}, map[int]bool{}
		for _, person := range v.persons {
			if s, found := v.mine(group, person); found {
				used[s.Pool]++
			}
			x := v.at(entry, person)
			if x.Stage == intake.InLine {
				waiting[x.Position] = true
			}
		}
		for _, p := range pools {
			if p.Held+p.Taken > p.Capacity || p.Held+p.Taken != used[p.ID] {
				v.fatal("%s: %d held, %d taken of %d, and %d have one", p.Circle, p.Held, p.Taken, p.Capacity, used[p.ID])
			}
		}
		if counts.Waiting > 0 && counts.Room > 0 {
			v.fatal("%s: %+v", group, counts)
		}
		for i := range counts.Waiting {
			if !waiting[i+1] {
				v.fatal("%s: nobody is told of being number %d of %d in line", group, i+1, counts.Waiting)
			}
		}
	}
}

// In whatever order people scan, join, leave and let their holds lapse while circles are frozen, thawed, archived and opened:
// a live code leads where the seat map says (I5). The rounds are always the same; a flaw names its seed.
func TestLiveCodeInAnyOrder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		did := map[string]int{}
		rounds := uint64(12)
		if w.DB.Dialect() == db.Postgres {
			rounds = 4
		}
		for seed := range rounds {
			w.live(fmt.Sprint("order-", seed))
			v := &scanners{world: w, rng: rand.New(rand.NewPCG(seed, 0)), persons: map[string]string{}, did: did}
			for step := range 50 {
				v.round = fmt.Sprintf("seed %d, step %d", seed, step)
				one(v, []func(){v.scan, v.scan, v.scan, v.join, v.join, v.leave, v.turn, v.wait})()
				v.check()
			}
			w.sound()
		}
		for _, what := range []string{"again", "still in line", "room", "the next circle", "line", "closed", "joined", "left", "offered", "freeze", "thaw", "archive", "open"} {
			if did[what] == 0 {
				t.Errorf("%q never happened: the rounds prove nothing about it", what)
			}
		}
	})
}
