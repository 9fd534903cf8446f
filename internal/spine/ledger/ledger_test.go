package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/testkit"
)

// L1: double entry, each currency sums to zero, a key posts once.
func TestAnEntryIsPostedOnce(t *testing.T) {
	each(t, func(w *world) {
		lines := []ledger.Line{
			line("revenue:membership", 10000), line("cash:wechatpay", -10000), line("issued:order", -100), line("points:ann", 100),
		}
		a := w.post("order-1", lines...)
		slices.Reverse(lines)
		if b := w.post("order-1", lines...); b.ID != a.ID || b.Hash != a.Hash || len(b.Lines) != 4 {
			w.Errorf("posted again as %+v", b)
		}
		_, err := w.books.Post(w.Context(), w.Community, ledger.Entry{Key: "order-1", Fact: "f", Rule: "r2", Lines: lines})
		w.is(err, ledger.ErrKeyReused)
		w.balance("cash:wechatpay", -10000)
		w.balance("points:ann", 100)

		for _, c := range []struct {
			want  error
			lines []ledger.Line
		}{
			{ledger.ErrUnbalanced, []ledger.Line{line("cash:a", 1), line("revenue:b", -2)}},
			{ledger.ErrUnbalanced, []ledger.Line{line("cash:a", 1), line("points:ann", -1)}}, // each currency by itself
			{ledger.ErrUnbalanced, nil},
			{ledger.ErrAccount, move("cash:a", "unheard:of", 1)},
			{ledger.ErrAccount, move("cash:a", "payout:reserved", 1)},
			{ledger.ErrAccount, move("cash:a", "payout:reserved:x", 1)},
			{ledger.ErrAccount, move("cash:a", "cashew", 1)},
			{ledger.ErrAmount, move("cash:a", "revenue:b", 0)},
			{ledger.ErrAmount, move("cash:a", "revenue:b", 1<<60)},
			{ledger.ErrFloor, move("points:ann", "issued:spent", 101)},
			{ledger.ErrFloor, move("points:new", "issued:spent", 1)},
		} {
			_, err := w.books.Post(w.Context(), w.Community, ledger.Entry{Key: "bad", Fact: "f", Lines: c.lines})
			w.is(err, c.want)
		}
		w.post("bad", move("points:ann", "issued:spent", 100)...) // a refused key is free
		w.step()
		if r := w.verify(); r.Entries != 2 || r.Sealed != 2 || r.Unsealed != 0 {
			w.Errorf("report %+v", r)
		}
		if _, err := fact.NewRegistry(ledger.Facts()...); err != nil {
			w.Error(err)
		}
	})
}

// In one transaction a later entry sees what an earlier one gave.
func TestEntriesOfOneTransaction(t *testing.T) {
	each(t, func(w *world) {
		w.must(w.Do(w.Context(), w.Community, func(tx *db.Tx) error {
			for i, lines := range [][]ledger.Line{move("issued:x", "points:a", 5), move("points:a", "points:b", 5), move("points:b", "issued:x", 2)} {
				if _, err := w.books.PostTx(tx, ledger.Entry{Key: fmt.Sprint(i), Fact: "f", Lines: lines}); err != nil {
					return err
				}
			}
			return nil
		}))
		w.balance("points:a", 0)
		w.balance("points:b", 3)
		w.balance("issued:x", -3)
		w.verify()
	})
}

// L1: what was posted is taken back by a new entry, never by more than is left.
func TestReversals(t *testing.T) {
	each(t, func(w *world) {
		a := w.post("a", line("cash:w", -300), line("revenue:m", 250), line("commission:frozen:ann", 50))
		part := ledger.Reversal{Key: "r1", Of: a.ID, Fact: "f2", Lines: []ledger.Line{line("cash:w", 120), line("revenue:m", -100), line("commission:frozen:ann", -20)}}
		r1, err := w.books.Reverse(w.Context(), w.Community, part)
		w.must(err)
		again, err := w.books.Reverse(w.Context(), w.Community, part)
		w.must(err)
		if again.ID != r1.ID || again.Reverses != a.ID {
			w.Errorf("reversed twice: %+v, %+v", r1, again)
		}
		w.balance("commission:frozen:ann", 30)

		tooMuch := part
		tooMuch.Key, tooMuch.Lines = "r2", []ledger.Line{line("cash:w", 181), line("revenue:m", -151), line("commission:frozen:ann", -30)}
		_, err = w.books.Reverse(w.Context(), w.Community, tooMuch)
		w.is(err, ledger.ErrTooMuch)
		tooMuch.Lines = move("cash:w", "revenue:m", 10) // the wrong way round
		_, err = w.books.Reverse(w.Context(), w.Community, tooMuch)
		w.is(err, ledger.ErrTooMuch)
		tooMuch.Key = "r1"
		_, err = w.books.Reverse(w.Context(), w.Community, tooMuch)
		w.is(err, ledger.ErrKeyReused)

		rest := ledger.Reversal{Key: "r3", Of: a.ID, Fact: "f3"}
		for range 2 {
			r3, err := w.books.Reverse(w.Context(), w.Community, rest)
			w.must(err)
			_, err = w.books.Reverse(w.Context(), w.Community, ledger.Reversal{Key: "r4", Of: r3.ID, Fact: "f"})
			w.is(err, ledger.ErrReversal)
		}
		_, err = w.books.Reverse(w.Context(), w.Community, ledger.Reversal{Key: "r5", Of: a.ID, Fact: "f"})
		w.is(err, ledger.ErrNothing)
		_, err = w.books.Reverse(w.Context(), w.Community, ledger.Reversal{Key: "r5", Of: "nothing", Fact: "f"})
		w.is(err, ledger.ErrNoEntry)
		for _, account := range []string{"cash:w", "revenue:m", "commission:frozen:ann"} {
			w.balance(account, 0)
		}

		// Money that has moved on can't be taken back from where it was.
		b := w.post("b", move("expense:x", "commission:frozen:ben", 10)...)
		w.post("c", move("commission:frozen:ben", "commission:available:ben", 10)...)
		_, err = w.books.Reverse(w.Context(), w.Community, ledger.Reversal{Key: "r6", Of: b.ID, Fact: "f"})
		w.is(err, ledger.ErrFloor)
		w.step()
		w.verify()
	})
}

// G4: frozen money becomes available when it is due, less what was refunded.
func TestDuePostings(t *testing.T) {
	each(t, func(w *world) {
		earn := func(who string) ledger.Entry {
			return w.post("earn"+who, move("expense:commission", "commission:frozen:"+who, 100)...)
		}
		due := func(who, of string) string {
			d := ledger.Due{Entry: ledger.Entry{Key: "release" + who, Fact: "f", Lines: move("commission:frozen:"+who, "commission:available:"+who, 100)}, At: testkit.Start.Add(time.Hour), Of: of}
			id, err := w.books.PostAt(w.Context(), w.Community, d)
			w.must(err)
			again, err := w.books.PostAt(w.Context(), w.Community, d)
			w.must(err)
			if again != id {
				w.Errorf("set twice: %s, %s", id, again)
			}
			d.Entry.Rule = "another"
			_, err = w.books.PostAt(w.Context(), w.Community, d)
			w.is(err, ledger.ErrKeyReused)
			return id
		}
		whole := earn("ann")
		due("ann", whole.ID)
		refunded := earn("ben")
		due("ben", refunded.ID)
		_, err := w.books.Reverse(w.Context(), w.Community, ledger.Reversal{Key: "r1", Of: refunded.ID, Fact: "f", Lines: move("commission:frozen:ben", "expense:commission", 40)})
		w.must(err)
		gone := earn("cat")
		due("cat", gone.ID)
		_, err = w.books.Reverse(w.Context(), w.Community, ledger.Reversal{Key: "r2", Of: gone.ID, Fact: "f"})
		w.must(err)
		earn("dan")
		w.post("spent", move("commission:frozen:dan", "commission:available:dan", 50)...)
		due("dan", "") // of nothing: the floor refuses it
		off := due("eve", "")
		cancel := func(tx *db.Tx) error { return w.books.CancelDueTx(tx, off) }
		w.must(w.Do(w.Context(), w.Community, cancel))
		w.is(w.Do(w.Context(), w.Community, cancel), ledger.ErrNoDue)

		w.step()
		w.balance("commission:available:ann", 0)
		w.Clock.Advance(2 * time.Hour)
		w.step()
		w.step()
		w.balance("commission:available:ann", 100)
		w.balance("commission:available:ben", 60)
		w.balance("commission:frozen:ben", 0)
		w.balance("commission:available:cat", 0)
		w.balance("commission:available:dan", 50)
		w.verify()
	})
}

// L3: a payout is set aside, then paid or given back, each once.
func TestPayouts(t *testing.T) {
	each(t, func(w *world) {
		w.post("earn", move("expense:commission", "commission:available:ann", 100)...)
		p := ledger.Payout{Key: "p1", Account: "commission:available:ann", Amount: 70, Fact: "f"}
		for range 2 {
			_, err := w.books.Reserve(w.Context(), w.Community, p)
			w.must(err)
		}
		w.balance("commission:available:ann", 30)
		w.balance("payout:reserved", 70)
		other := p
		other.Amount = 20
		_, err := w.books.Reserve(w.Context(), w.Community, other)
		w.is(err, ledger.ErrKeyReused)
		other.Key, other.Amount = "p2", 31
		_, err = w.books.Reserve(w.Context(), w.Community, other)
		w.is(err, ledger.ErrFloor)
		other.Amount = 30
		_, err = w.books.Reserve(w.Context(), w.Community, other)
		w.must(err)

		for range 2 {
			done, err := w.books.Done(w.Context(), w.Community, "p1", "cash:wechatpay", "f")
			w.must(err)
			_, err = w.books.Reverse(w.Context(), w.Community, ledger.Reversal{Key: "r", Of: done.Entry, Fact: "f"})
			w.is(err, ledger.ErrReversal)
			_, err = w.books.GiveBack(w.Context(), w.Community, "p2", "f")
			w.must(err)
		}
		_, err = w.books.GiveBack(w.Context(), w.Community, "p1", "f")
		w.is(err, ledger.ErrPayout)
		_, err = w.books.Done(w.Context(), w.Community, "p1", "cash:bank", "f")
		w.is(err, ledger.ErrPayout)
		_, err = w.books.Done(w.Context(), w.Community, "p3", "cash:bank", "f")
		w.is(err, ledger.ErrNoPayout)
		w.balance("commission:available:ann", 30)
		w.balance("payout:reserved", 0)
		w.balance("cash:wechatpay", 70)
		w.step()
		w.verify()
	})
}

// Two nodes at once: one key posts once, a floor holds, an entry is taken back once, a payout ends once.
func TestRacesFromTwoNodes(t *testing.T) {
	each(t, func(w *world) {
		second, err := db.Open(context.Background(), w.Config)
		w.must(err)
		defer second.Close()
		other, _ := node(w, second)
		nodes := []*ledger.Service{w.books, other}
		// race runs fn n times on each node at once and gives how often it succeeded.
		race := func(n int, refusals []error, fn func(books *ledger.Service, i int) error) (won int) {
			var wg sync.WaitGroup
			var mu sync.Mutex
			for k, books := range nodes {
				for i := range n {
					wg.Go(func() {
						err := fn(books, 2*i+k)
						mu.Lock()
						defer mu.Unlock()
						if err == nil {
							won++
							return
						}
						if !slices.ContainsFunc(refusals, func(want error) bool { return errors.Is(err, want) }) {
							w.Errorf("refused with %v", err)
						}
					})
				}
			}
			wg.Wait()
			return won
		}
		ctx := w.Context()
		post := func(books *ledger.Service, key string, lines []ledger.Line) error {
			_, err := books.Post(ctx, w.Community, ledger.Entry{Key: key, Fact: "f", Lines: lines})
			return err
		}
		if n := race(10, nil, func(b *ledger.Service, _ int) error { return post(b, "same", move("issued:x", "points:ann", 10)) }); n != 20 {
			w.Errorf("one key: %d of 20 were answered", n)
		}
		w.balance("points:ann", 10)
		spent := race(20, []error{ledger.ErrFloor}, func(b *ledger.Service, i int) error {
			return post(b, fmt.Sprint("spend", i), move("points:ann", "issued:spent", 1))
		})
		if spent != 10 {
			w.Errorf("%d of 10 points were spent", spent)
		}
		e := w.post("sale", move("cash:w", "revenue:m", 100)...)
		parts := race(10, []error{ledger.ErrTooMuch}, func(b *ledger.Service, i int) error {
			_, err := b.Reverse(ctx, w.Community, ledger.Reversal{Key: fmt.Sprint("part", i), Of: e.ID, Fact: "f", Lines: move("revenue:m", "cash:w", 15)})
			return err
		})
		if parts != 6 {
			w.Errorf("%d parts of 15 of 100 were taken back", parts)
		}
		whole := w.post("sale2", move("cash:w", "revenue:m", 100)...)
		if n := race(5, nil, func(b *ledger.Service, _ int) error {
			_, err := b.Reverse(ctx, w.Community, ledger.Reversal{Key: "whole", Of: whole.ID, Fact: "f"})
			return err
		}); n != 10 {
			w.Errorf("one reversal: %d of 10 were answered", n)
		}
		w.post("earn", move("expense:c", "commission:available:ann", 100)...)
		_, err = w.books.Reserve(ctx, w.Community, ledger.Payout{Key: "p", Account: "commission:available:ann", Amount: 100, Fact: "f"})
		w.must(err)
		if n := race(5, []error{ledger.ErrPayout}, func(b *ledger.Service, i int) (err error) {
			if i%2 == 0 {
				_, err = b.Done(ctx, w.Community, "p", "cash:w", "f")
			} else {
				_, err = b.GiveBack(ctx, w.Community, "p", "f")
			}
			return err
		}); n != 5 {
			w.Errorf("%d answers of one kind, want 5", n)
		}
		w.step()
		w.must(w.log.Sweep(ctx))
		w.step()
		if r := w.verify(); r.Unsealed != 0 {
			w.Errorf("%d entries were not sealed", r.Unsealed)
		}
	})
}

// Statements go back from the newest line, each with the balance after it, for accounts of one row and spread ones.
func TestStatements(t *testing.T) {
	each(t, func(w *world) {
		for i := range 25 {
			w.post(fmt.Sprint(i), move("issued:x", "points:ann", int64(i+1))...)
			w.Clock.Advance(time.Second)
		}
		for account, sign := range map[string]int64{"points:ann": 1, "issued:x": -1} {
			cursor, want, balance := "", int64(25), int64(325)
			for more := true; more; more = cursor != "" {
				p, err := w.books.History(w.Context(), w.Community, account, ledger.Points, cursor, 4)
				w.must(err)
				for _, m := range p.Items {
					if m.Amount != sign*want || m.Balance != sign*balance || m.Key != fmt.Sprint(want-1) {
						w.Fatalf("%s: %+v, want %d with %d after it", account, m, want, balance)
					}
					balance -= want
					want--
				}
				cursor = p.Next
			}
			if want != 0 {
				w.Errorf("%s: the statement ended before %d", account, want)
			}
		}
		// What is posted while one reads moves nothing.
		first, err := w.books.History(w.Context(), w.Community, "issued:x", ledger.Points, "", 10)
		w.must(err)
		w.post("late", move("issued:x", "points:ann", 1000)...)
		next, err := w.books.History(w.Context(), w.Community, "issued:x", ledger.Points, first.Next, 10)
		w.must(err)
		if m := next.Items[0]; m.Key != "14" || m.Balance != -120 {
			w.Errorf("the second page begins with %+v", m)
		}
		rows, err := w.books.TrialBalance(w.Context(), w.Community, "", testkit.Start.Add(9500*time.Millisecond))
		w.must(err)
		if len(rows) != 2 || rows[0].Balance != -55 || rows[1].Balance != 55 || rows[1].Credit != 55 || rows[0].Debit != 55 {
			w.Errorf("trial balance %+v", rows)
		}
		rows, err = w.books.TrialBalance(w.Context(), w.Community, "points", w.Clock.Now())
		w.must(err)
		if len(rows) != 1 || rows[0].Account != "points:ann" || rows[0].Balance != 1325 {
			w.Errorf("trial balance of a kind %+v", rows)
		}
	})
}

// Entries that go from one account to another and back take their rows in different orders: the one that may not go below its
// floor when the entry is posted, the other at the end. On PostgreSQL nobody may wait for ever.
func TestEntriesBothWaysComeThrough(t *testing.T) {
	each(t, func(w *world) {
		w.post("seed", move("issued:x", "points:alice", 1_000_000)...)
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for i := range 25 {
					from, to := "issued:x", "points:alice"
					if g%2 == 0 {
						from, to = to, from
					}
					if _, err := w.books.Post(context.Background(), w.Community, ledger.Entry{Key: fmt.Sprint(g, "-", i), Fact: "f", Rule: "r1", Lines: move(from, to, 1)}); err != nil {
						w.Error(err)
					}
				}
			})
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(30 * time.Second):
			panic("they wait for each other") // nothing can be closed any more
		}
	})
}
