package fact_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

// shaky sometimes fails for a reason that passes, after it has written.
func shaky(s fact.Subscription, failures *atomic.Int64) fact.Subscription {
	whole := s.Handle
	s.Handle = func(tx *db.Tx, facts []fact.Fact) error {
		if err := whole(tx, facts); err != nil {
			return err
		}
		if failures.Load() < 20 && rand.IntN(4) == 0 {
			failures.Add(1)
			return db.ErrBusy.Because(errors.New("made up"))
		}
		return nil
	}
	return s
}

// feed appends facts of some persons from every node at once, each person's numbered in order.
func feed(t *testing.T, nodes []*node, persons, each int) {
	t.Helper()
	var wg sync.WaitGroup
	for p := range persons {
		wg.Go(func() {
			for i := range each {
				var payload any = Joined{N: i}
				if i%3 == 2 {
					payload = Left{N: i}
				}
				nodes[(p+i)%len(nodes)].append(t, fmt.Sprint("p", p), payload)
			}
		})
	}
	wg.Wait()
}

func numbers(n int, want func(i int) bool) (out []int) {
	for i := range n {
		if want(i) {
			out = append(out, i)
		}
	}
	return out
}

// Every subscriber sees every fact it asked for once, each person's in order: with workers, on two nodes where the
// database allows it, with handlers that fail for a while, and with a node that is killed and started again.
func TestEverySubscriberSeesEveryFactOnceAndInOrder(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		ledgerOf(t, d)
		var failures atomic.Int64
		subs := func() []fact.Subscription {
			return []fact.Subscription{shaky(noting("all"), &failures), shaky(noting("left", "fact_test.left"), &failures)}
		}
		one := start(t, d, subs()...)
		nodes := []*node{one}
		stops := []func(){one.run()}
		if d.Dialect() == db.Postgres {
			two := start(t, d.Again(t), subs()...)
			nodes, stops = append(nodes, two), append(stops, two.run())
		}
		const persons, each = 12, 18
		feed(t, nodes, persons, each/2)
		// The last node is killed while it works; on SQLite that is the only one.
		dying := nodes[len(nodes)-1]
		killed := make(chan struct{})
		go func() { dying.Close(); close(killed) }() //nolint:errcheck // it dies
		stops[len(stops)-1]()
		<-killed
		again := start(t, d.Again(t), subs()...)
		nodes[len(nodes)-1], stops[len(stops)-1] = again, again.run()
		for p := range persons {
			for i := each / 2; i < each; i++ {
				var payload any = Joined{N: i}
				if i%3 == 2 {
					payload = Left{N: i}
				}
				nodes[i%len(nodes)].append(t, fmt.Sprint("p", p), payload)
			}
		}
		want := persons*each + persons*each/3
		testkit.Soon(t, "every fact seen", func() bool {
			if again.number(t, `SELECT count(*) FROM saw`) == want {
				return true
			}
			d.Clock.Advance(fact.SweepEvery) // other nodes' facts are found by the sweep
			return false
		})
		for _, stop := range stops {
			stop()
		}
		if parked := again.parked(t); len(parked) != 0 {
			t.Fatalf("parked: %+v", parked)
		}
		for p := range persons {
			person := fmt.Sprint("p", p)
			if got := again.saw(t, "left", person); !slices.Equal(got, numbers(each, func(i int) bool { return i%3 == 2 })) {
				t.Errorf("left saw %v of %s", got, person)
			}
			if got := again.saw(t, "all", person); !slices.Equal(got, numbers(each, func(int) bool { return true })) {
				t.Errorf("all saw %v of %s", got, person)
			}
		}
		if failures.Load() == 0 {
			t.Error("no handler ever failed")
		}
	})
}

// Step does what the workers do, in an order that repeats, also when a transient failure ends it half-way.
func TestStepTakesUpWhereItFailed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		ledgerOf(t, d)
		failing := true
		s := noting("s")
		whole := s.Handle
		s.Handle = func(tx *db.Tx, facts []fact.Fact) error {
			if failing && slices.ContainsFunc(facts, func(f fact.Fact) bool { return f.Person == "p3" }) {
				return db.ErrBusy.Because(errors.New("made up"))
			}
			return whole(tx, facts)
		}
		n := start(t, d, s)
		feed(t, []*node{n}, 6, 4)
		if _, err := n.log.Step(t.Context()); !db.IsTransient(err) {
			t.Fatalf("got %v", err)
		}
		failing = false
		n.step(t)
		if got := n.number(t, `SELECT count(*) FROM saw`); got != 24 || len(n.parked(t)) != 0 {
			t.Errorf("%d facts seen, parked %+v", got, n.parked(t))
		}
		if worked, err := n.log.Step(t.Context()); worked || err != nil {
			t.Errorf("a second step: %t, %v", worked, err)
		}
	})
}

func TestASubscriberStartsFromTheBeginningOrFromNow(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		ledgerOf(t, d)
		first := start(t, d)
		first.append(t, "p", Joined{N: 1})
		d.Close()
		fromNow := noting("now")
		fromNow.FromNow = true
		second := start(t, d.Again(t), noting("beginning"), fromNow)
		second.append(t, "p", Joined{N: 2})
		second.append(t, "q", Joined{N: 3})
		second.step(t)
		second.Close()
		// It was new once: after a restart it goes on from its cursor.
		third := start(t, d.Again(t), noting("beginning"), fromNow)
		third.append(t, "p", Joined{N: 4})
		third.step(t)
		if got := third.saw(t, "beginning", "p"); !slices.Equal(got, []int{1, 2, 4}) {
			t.Errorf("from the beginning: %v", got)
		}
		if got := third.saw(t, "now", "p"); !slices.Equal(got, []int{2, 4}) {
			t.Errorf("from now: %v", got)
		}
		if got := third.saw(t, "now", "q"); !slices.Equal(got, []int{3}) {
			t.Errorf("from now, another shard: %v", got)
		}
	})
}

// Facts that nobody asked for are read past; the cursor is stored now and then, and nothing behind them is lost.
func TestUnaskedFactsArePassed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		ledgerOf(t, d)
		n := start(t, d, noting("left", "fact_test.left"))
		err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
			for i := range 700 {
				var payload any = Joined{N: i}
				if i == 650 {
					payload = Left{N: i}
				}
				if _, err := fact.Append(tx, payload, fact.Fact{Person: "p"}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		n.step(t)
		if got := n.saw(t, "left", "p"); !slices.Equal(got, []int{650}) {
			t.Errorf("saw %v", got)
		}
		// All that is behind the stored cursor has been read: the sweep finds nothing new to do.
		if err := n.log.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if worked, err := n.log.Step(t.Context()); worked || err != nil {
			t.Errorf("after the sweep: %t, %v", worked, err)
		}
	})
}

func TestTwoSubscribersOfOneNameAreRefused(t *testing.T) {
	d := testkit.SQLite(t)
	n := start(t, d)
	n.log.Subscribe(noting("same"))
	n.log.Subscribe(noting("same"))
	if err := n.log.Start(context.Background()); err == nil || !strings.Contains(err.Error(), "same") {
		t.Errorf("got %v", err)
	}
}

// A wake that comes over the bus lets a node look at once; without one the sweep does, later.
func TestANodeWakesTheOthers(t *testing.T) {
	t.Parallel()
	d := testkit.Postgres(t)
	ledgerOf(t, d)
	writer := start(t, d)
	far, other := bus.NewLocal(), d.Again(t)
	reader := &node{other, fact.NewLog(other.DB, far, slog.New(slog.DiscardHandler))}
	reader.log.Subscribe(noting("far"))
	if err := reader.log.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	writer.append(t, "p", Joined{N: 1})
	reader.step(t)
	if got := reader.saw(t, "far", "p"); len(got) != 0 {
		t.Fatalf("it looked without being woken: %v", got)
	}
	far.Broadcast("fact", []byte(`no JSON`))
	far.Broadcast("fact", fmt.Appendf(nil, `{%q:[%d]}`, d.Community, fact.ShardOf("p")))
	reader.step(t)
	if got := reader.saw(t, "far", "p"); !slices.Equal(got, []int{1}) {
		t.Errorf("saw %v", got)
	}
}
