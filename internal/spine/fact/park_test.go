package fact_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

// picky refuses the facts whose number is in bad, after writing down those before it.
func picky(name string, bad map[int]error) fact.Subscription {
	return fact.Subscription{Name: name, Handle: func(tx *db.Tx, facts []fact.Fact) error {
		for _, f := range facts {
			var p Joined
			if err := f.Into(&p); err != nil {
				return err
			}
			if err := bad[p.N]; err != nil {
				return err
			}
			if err := note(tx, name, []fact.Fact{f}); err != nil {
				return err
			}
		}
		return nil
	}}
}

// twoOfOneShard gives two persons whose facts share a shard.
func twoOfOneShard() (a, b string) {
	a = "p0"
	for i := 1; ; i++ {
		if b = fmt.Sprint("p", i); fact.ShardOf(b) == fact.ShardOf(a) {
			return a, b
		}
	}
}

// Of a long batch only the one bad fact is parked; later facts of its subject wait behind it, everybody else's go on.
func TestTheOneBadFactIsParked(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		ledgerOf(t, d)
		bad := map[int]error{13: errors.New(strings.Repeat("坏", 900) + "\x00\xff")} // cut inside a letter, it would not be a text
		n := start(t, d, picky("s", bad), noting("other"))
		a, b := twoOfOneShard()
		for i := range 40 {
			n.append(t, a, Joined{N: i})
			n.append(t, b, Joined{N: 100 + i})
		}
		n.step(t)
		if got := n.saw(t, "s", a); !slices.Equal(got, numbers(13, func(int) bool { return true })) {
			t.Errorf("of the bad fact's subject it saw %v", got)
		}
		if got := n.saw(t, "s", b); len(got) != 40 {
			t.Errorf("of its neighbour it saw %d", len(got))
		}
		if got := n.saw(t, "other", a); len(got) != 40 {
			t.Errorf("another subscriber saw %d", len(got))
		}
		parked := n.parked(t)
		if len(parked) != 1 || parked[0].Subject != a || parked[0].Behind != 26 || !strings.HasPrefix(parked[0].Error, "坏坏") {
			t.Fatalf("parked %+v", parked)
		}
		// What comes later waits too.
		n.append(t, a, Joined{N: 40})
		n.step(t)
		if p := n.parked(t)[0]; p.Behind != 27 {
			t.Errorf("%d behind, want 27", p.Behind)
		}
		p := parked[0]
		if err := n.log.Replay(t.Context(), d.Community, "s", p.Shard, p.Pos); err == nil || len(n.parked(t)) != 1 || len(n.saw(t, "s", a)) != 13 {
			t.Errorf("replaying what is still bad: %v, %+v", err, n.parked(t))
		}
		clear(bad)
		if err := n.log.Replay(t.Context(), d.Community, "s", p.Shard, p.Pos); err != nil {
			t.Error(err)
		}
		n.append(t, a, Joined{N: 41})
		n.step(t)
		if got := n.saw(t, "s", a); !slices.Equal(got, numbers(42, func(int) bool { return true })) {
			t.Errorf("after the replay it saw %v", got)
		}
		for _, err := range []error{
			n.log.Replay(t.Context(), d.Community, "s", p.Shard, p.Pos), n.log.Skip(t.Context(), d.Community, "nobody", p.Shard, p.Pos),
		} {
			if !errors.Is(err, fact.ErrNotParked) {
				t.Errorf("got %v", err)
			}
		}
	})
}

// When a fact that waited is bad as well, the operator gets past the first all the same and meets the second next.
func TestSkippingMeetsTheNextBadOne(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		ledgerOf(t, d)
		bad := map[int]error{3: errors.New(""), 7: errors.New("seven"), 300: errors.New("three hundred")}
		n := start(t, d, picky("s", bad))
		for i := range 10 {
			n.append(t, "p", Joined{N: i})
		}
		n.step(t)
		for i := 10; i < 310; i++ {
			n.append(t, "p", Joined{N: i})
		}
		n.step(t)
		skip := func(wantError string) {
			t.Helper()
			parked := n.parked(t)
			if len(parked) != 1 || !strings.Contains(parked[0].Error, wantError) {
				t.Fatalf("parked %+v, want one for %q", parked, wantError)
			}
			if err := n.log.Skip(t.Context(), d.Community, "s", parked[0].Shard, parked[0].Pos); err != nil {
				t.Fatal(err)
			}
		}
		skip("errors.errorString") // an error without words is parked all the same
		skip("seven")
		skip("three hundred")
		if parked := n.parked(t); len(parked) != 0 || n.number(t, `SELECT count(*) FROM fact_parked`) != 0 {
			t.Errorf("parked %+v", parked)
		}
		if got := n.saw(t, "s", "p"); !slices.Equal(got, numbers(310, func(i int) bool { return i != 3 && i != 7 && i != 300 })) {
			t.Errorf("saw %v", got)
		}
	})
}

// Whatever happens in whatever order, a subscriber has seen of each person what is neither behind a bad fact nor skipped,
// once and in order.
func TestParkingKeepsOrderWhateverHappens(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		ledgerOf(t, d)
		bad := map[int]error{}
		n := start(t, d, picky("s", bad))
		round, next := 0, 0
		a, b := twoOfOneShard()
		rapid.Check(t, func(r *rapid.T) {
			if next > 400 { // enough of durable commits
				return
			}
			clear(bad)
			for _, p := range n.parked(t) { // of the round before, which may have been broken off
				if err := n.log.Replay(context.Background(), d.Community, "s", p.Shard, p.Pos); err != nil {
					r.Fatal(err)
				}
			}
			round++
			skipped, said := map[int]bool{}, map[string][]int{}
			people := []string{inShardOf(a, round), inShardOf(b, round), fmt.Sprint("q/", round)}
			for range rapid.IntRange(1, 12).Draw(r, "steps") {
				switch rapid.SampledFrom([]string{"append", "append bad", "step", "mend", "skip"}).Draw(r, "what") {
				case "append bad":
					bad[next] = errors.New("bad")
					fallthrough
				case "append":
					p := rapid.SampledFrom(people).Draw(r, "who")
					n.append(t, p, Joined{N: next})
					said[p] = append(said[p], next)
					next++
				case "step":
					n.step(t)
				case "mend":
					clear(bad)
					for _, p := range n.parked(t) {
						if err := n.log.Replay(context.Background(), d.Community, "s", p.Shard, p.Pos); err != nil {
							r.Fatal(err)
						}
					}
				case "skip":
					for _, p := range n.parked(t) {
						all := said[p.Subject]
						first := all[len(n.saw(t, "s", p.Subject))+count(skipped, all)]
						skipped[first] = true
						if err := n.log.Skip(context.Background(), d.Community, "s", p.Shard, p.Pos); err != nil {
							r.Fatal(err)
						}
					}
				}
			}
			n.step(t)
			for _, p := range people {
				var want []int
				for _, i := range said[p] {
					if skipped[i] {
						continue
					}
					if bad[i] != nil {
						break
					}
					want = append(want, i)
				}
				if got := n.saw(t, "s", p); !slices.Equal(got, want) {
					r.Fatalf("of %s it saw %v, want %v", p, got, want)
				}
			}
		})
	})
}

// inShardOf gives a person of the same shard for every round.
func inShardOf(person string, round int) string {
	for i := 0; ; i++ {
		if p := fmt.Sprint("r", round, "/", person, "/", i); fact.ShardOf(p) == fact.ShardOf(person) {
			return p
		}
	}
}

func count(in map[int]bool, of []int) (n int) {
	for _, i := range of {
		if in[i] {
			n++
		}
	}
	return n
}
