package ledger_test

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/testkit"
)

// model is what the books should say, kept the simple way.
type model struct {
	balances map[string]int64
	posted   map[string]ledger.Entry
	left     map[string]int64 // of an entry that moved one amount
	payouts  map[string]ledger.Payout
}

var floored = map[string]bool{"points:a": true, "points:b": true}

func (m *model) fits(from string, amount int64) bool {
	return !floored[from] || m.balances[from] >= amount
}

func (m *model) move(from, to string, amount int64) {
	m.balances[from] -= amount
	m.balances[to] += amount
}

// Random postings, reversals and payouts: the books agree with the model after each, and with themselves at the end. L1, L3.
func TestBooksFollowTheModel(t *testing.T) {
	each(t, func(w *world) {
		run := 0
		rapid.Check(w.TB.(*testing.T), func(rt *rapid.T) {
			run++
			w.Community = fmt.Sprint("run", run) // every run has books of its own
			m := &model{map[string]int64{}, map[string]ledger.Entry{}, map[string]int64{}, map[string]ledger.Payout{}}
			steps := rapid.IntRange(1, 25).Draw(rt, "steps")
			for range steps {
				switch rapid.IntRange(0, 3).Draw(rt, "what") {
				case 0, 1:
					m.post(rt, w)
				case 2:
					m.reverse(rt, w)
				case 3:
					m.payout(rt, w)
				}
				if rapid.IntRange(0, 9).Draw(rt, "seal") == 0 {
					w.step()
				}
			}
			for account, want := range m.balances {
				got, err := w.books.Balance(w.Context(), w.Community, account, ledger.Points)
				if err != nil || got != want {
					rt.Fatalf("%s has %d (%v), want %d", account, got, err, want)
				}
			}
			r, err := w.books.Verify(w.Context(), w.Community)
			if err != nil || len(r.Flaws) > 0 {
				rt.Fatalf("verify: %v %v", err, r.Flaws)
			}
			for account := range floored {
				if m.balances[account] < 0 {
					rt.Fatalf("%s is below its floor", account)
				}
			}
		})
	})
}

func (m *model) post(rt *rapid.T, w *world) {
	accounts := []string{"issued:x", "issued:y", "points:a", "points:b"}
	key := fmt.Sprint("k", rapid.IntRange(0, 15).Draw(rt, "key"))
	from, to := rapid.SampledFrom(accounts).Draw(rt, "from"), rapid.SampledFrom(accounts).Draw(rt, "to")
	amount := rapid.Int64Range(1, 20).Draw(rt, "amount")
	e, err := w.books.Post(w.Context(), w.Community, ledger.Entry{Key: key, Fact: "f", Lines: move(from, to, amount)})
	was, known := m.posted[key]
	var want error
	switch {
	case from == to:
		want = ledger.ErrUnbalanced
	case known && (amountOf(was, from) != -amount || amountOf(was, to) != amount):
		want = ledger.ErrKeyReused
	case known:
	case !m.fits(from, amount):
		want = ledger.ErrFloor
	}
	if !errors.Is(err, want) || known && err == nil && e.ID != was.ID {
		rt.Fatalf("post %s %d from %s to %s: %v (%s, was %s), want %v", key, amount, from, to, err, e.ID, was.ID, want)
	}
	if err == nil && !known {
		m.posted[key], m.left[e.ID] = e, amount
		m.move(from, to, amount)
	}
}

func amountOf(e ledger.Entry, account string) int64 {
	for _, l := range e.Lines {
		if l.Account == account {
			return l.Amount
		}
	}
	return 0
}

func (m *model) reverse(rt *rapid.T, w *world) {
	if len(m.posted) == 0 {
		return
	}
	e, ok := m.posted[fmt.Sprint("k", rapid.IntRange(0, 15).Draw(rt, "key"))]
	if !ok {
		return
	}
	from, to := e.Lines[0], e.Lines[1] // as it was posted
	if from.Amount > 0 {
		from, to = to, from
	}
	left := m.left[e.ID]
	amount, r := left, ledger.Reversal{Key: fmt.Sprint("r", len(m.left), e.ID, left, rapid.IntRange(0, 1<<30).Draw(rt, "r")), Of: e.ID, Fact: "f"}
	if rapid.Bool().Draw(rt, "part") {
		amount = rapid.Int64Range(1, 20).Draw(rt, "amount")
		r.Lines = move(to.Account, from.Account, amount)
	}
	_, err := w.books.Reverse(w.Context(), w.Community, r)
	var want error
	switch {
	case amount == 0:
		want = ledger.ErrNothing
	case amount > left:
		want = ledger.ErrTooMuch
	case !m.fits(to.Account, amount):
		want = ledger.ErrFloor
	}
	if !errors.Is(err, want) {
		rt.Fatalf("take back %d of %d: %v, want %v", amount, left, err, want)
	}
	if err == nil {
		m.left[e.ID] -= amount
		m.move(to.Account, from.Account, amount)
	}
}

func (m *model) payout(rt *rapid.T, w *world) {
	key := fmt.Sprint("p", rapid.IntRange(0, 3).Draw(rt, "payout"))
	p, known := m.payouts[key]
	if !known {
		amount := rapid.Int64Range(1, 10).Draw(rt, "amount")
		p, err := w.books.Reserve(w.Context(), w.Community, ledger.Payout{Key: key, Account: "points:a", Currency: ledger.Points, Amount: amount, Fact: "f"})
		if (err == nil) != m.fits("points:a", amount) {
			rt.Fatalf("reserve %d of %d: %v", amount, m.balances["points:a"], err)
		}
		if err == nil {
			m.payouts[key] = p
			m.move("points:a", "payout:reserved", amount)
		}
		return
	}
	state, to := ledger.PayoutDone, "issued:x"
	if rapid.Bool().Draw(rt, "give back") {
		state, to = ledger.PayoutReturned, "points:a"
	}
	var err error
	if state == ledger.PayoutDone {
		_, err = w.books.Done(w.Context(), w.Community, key, to, "f")
	} else {
		_, err = w.books.GiveBack(w.Context(), w.Community, key, "f")
	}
	if (err == nil) != (p.State == ledger.PayoutReserved || p.State == state) {
		rt.Fatalf("payout %s is %s, to %s: %v", key, p.State, state, err)
	}
	if p.State == ledger.PayoutReserved {
		p.State = state
		m.payouts[key] = p
		m.move("payout:reserved", to, p.Amount)
	}
}

// Control: what Verify is for. Each damage to an old row is found, where it is.
func TestVerifyFindsDamage(t *testing.T) {
	each(t, func(w *world) {
		for name, query := range map[string]string{
			"amount of a line":     `UPDATE ledger_line SET amount = amount + 1 WHERE community_id = $1 AND account = 'points:ann' AND n = 2`,
			"a line is gone":       `DELETE FROM ledger_line WHERE community_id = $1 AND account = 'points:ann' AND n = 2`,
			"balance":              `UPDATE ledger_balance SET balance = balance + 1 WHERE community_id = $1 AND account = 'points:ann'`,
			"rule of an entry":     `UPDATE ledger_entry SET rule = 'r9' WHERE community_id = $1 AND key = 'k2'`,
			"lines of an entry":    `UPDATE ledger_entry SET lines = '[]' WHERE community_id = $1 AND key = 'k2'`,
			"time of an entry":     `UPDATE ledger_entry SET recorded_at = recorded_at + 1 WHERE community_id = $1 AND key = 'k2'`,
			"hash of an entry":     `UPDATE ledger_entry SET hash = 'x' WHERE community_id = $1 AND key = 'k2'`,
			"an entry is gone":     `DELETE FROM ledger_entry WHERE community_id = $1 AND key = 'k2'`,
			"a seal":               `UPDATE ledger_seal SET hash = 'x' WHERE community_id = $1 AND n = 2`,
			"a seal is gone":       `DELETE FROM ledger_seal WHERE community_id = $1 AND n = 2`,
			"the last seal":        `DELETE FROM ledger_seal WHERE community_id = $1 AND n = 4`,
			"a month's head":       `DELETE FROM ledger_head WHERE community_id = $1 AND month <> ''`,
			"what was taken back":  `UPDATE ledger_taken SET taken = 0 WHERE community_id = $1 AND taken > 0`,
			"a payout":             `UPDATE ledger_payout SET amount = amount + 1 WHERE community_id = $1`,
			"a balance row's line": `DELETE FROM ledger_balance WHERE community_id = $1 AND account = 'points:ann'`,
		} {
			w.Community = name // books of its own
			for i := range 4 {
				w.post(fmt.Sprint("k", i), move("issued:x", "points:ann", 10)...)
			}
			w.step()
			e := w.post("k5", move("issued:x", "points:ben", 10)...)
			_, err := w.books.Reverse(w.Context(), w.Community, ledger.Reversal{Key: "r", Of: e.ID, Fact: "f", Lines: move("points:ben", "issued:x", 4)})
			w.must(err)
			_, err = w.books.Reserve(w.Context(), w.Community, ledger.Payout{Key: "p", Account: "points:ann", Currency: ledger.Points, Amount: 5, Fact: "f"})
			w.must(err)
			if r := w.verify(); r.Sealed != 4 || r.Unsealed != 3 {
				w.Fatalf("before: %+v", r)
			}
			w.damage(query)
			r, err := w.books.Verify(w.Context(), w.Community)
			w.must(err)
			if len(r.Flaws) == 0 {
				w.Errorf("%s: the damage was not found", name)
			}
		}
	})
}

// A forger who makes an old entry, its lines, its hash and the balances agree is still found by the chain.
func TestTheChainFindsAConsistentForgery(t *testing.T) {
	each(t, func(w *world) {
		for i := range 3 {
			w.post(fmt.Sprint("k", i), move("issued:x", "points:ann", 10)...)
		}
		w.step()
		var old ledger.Entry
		w.must(w.Read(w.Context(), w.Community, func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT id FROM ledger_entry WHERE community_id = $1 AND key = 'k1'`, tx.Community()).Scan(&old.ID)
		}))
		old, err := w.books.Get(w.Context(), w.Community, old.ID)
		w.must(err)
		forged := old
		forged.Rule = "r2"
		w.damage(`UPDATE ledger_entry SET rule = 'r2', hash = $2 WHERE community_id = $1 AND key = 'k1'`, ledger.ContentHash(forged))
		r, err := w.books.Verify(w.Context(), w.Community)
		w.must(err)
		if len(r.Flaws) != 1 || r.Flaws[0].Row != old.ID {
			w.Errorf("flaws %v, want one at %s", r.Flaws, old.ID)
		}
	})
}

// Control: without the guard of the floor, clients at once spend what isn't there, and Verify tells.
func TestWithoutItsGuardAFloorIsPassed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		for _, guarded := range []bool{true, false} {
			handle, err := db.Open(t.Context(), d.Config)
			if err != nil {
				t.Fatal(err)
			}
			defer handle.Close()
			books, err := ledger.New(handle, ledger.Kind{Prefix: "points", Floored: guarded}, ledger.Kind{Prefix: "issued"})
			if err != nil {
				t.Fatal(err)
			}
			fact.NewLog(handle, bus.NewLocal(), slog.New(slog.DiscardHandler))
			w := &world{TB: t, DB: d, books: books}
			w.Community = fmt.Sprint("guarded ", guarded)
			w.post("earn", move("issued:x", "points:ann", 10)...)
			var wg sync.WaitGroup
			for i := range 20 {
				wg.Go(func() {
					_, err := books.Post(t.Context(), w.Community, ledger.Entry{Key: fmt.Sprint(i), Fact: "f", Lines: move("points:ann", "issued:x", 1)})
					if err != nil {
						w.is(err, ledger.ErrFloor)
					}
				})
			}
			wg.Wait()
			want := map[bool]int64{true: 0, false: -10}[guarded]
			w.balance("points:ann", want)
			if !guarded {
				w.damage(`UPDATE ledger_balance SET floor = 0 WHERE community_id = $1 AND account = 'points:ann'`)
			}
			r, err := books.Verify(t.Context(), w.Community)
			w.must(err)
			if (len(r.Flaws) == 0) != guarded {
				t.Errorf("guarded %v: flaws %v", guarded, r.Flaws)
			}
		}
	})
}
