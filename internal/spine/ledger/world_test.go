package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/testkit"
)

// world is a ledger with its runner and log on one database.
type world struct {
	testing.TB
	*testkit.DB
	books  *ledger.Service
	log    *fact.Log
	runner *job.Runner
}

func newWorld(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	w := &world{TB: t, DB: d, runner: job.NewRunner(d.DB, slog.New(slog.DiscardHandler))}
	w.books, w.log = node(t, d.DB)
	w.books.Register(w.runner)
	w.log.Subscribe(w.books.Subscription())
	w.must(w.log.Start(context.Background()))
	return w
}

// node is a ledger on a handle of the database.
func node(t testing.TB, d *db.DB) (*ledger.Service, *fact.Log) {
	t.Helper()
	books, err := ledger.New(d, ledger.Standard()...)
	if err != nil {
		t.Fatal(err)
	}
	return books, fact.NewLog(d, bus.NewLocal(), slog.New(slog.DiscardHandler))
}

func each(t *testing.T, fn func(w *world)) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) { fn(newWorld(t, d)) })
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) is(err, want error) {
	w.Helper()
	if !errors.Is(err, want) {
		w.Errorf("got %v, want %v", err, want)
	}
}

func (w *world) post(key string, lines ...ledger.Line) ledger.Entry {
	w.Helper()
	e, err := w.books.Post(w.Context(), w.Community, ledger.Entry{Key: key, Fact: "f", Rule: "r1", Lines: lines})
	w.must(err)
	return e
}

func (w *world) step() {
	w.Helper()
	_, err := w.runner.Step(w.Context())
	w.must(err)
	_, err = w.log.Step(w.Context())
	w.must(err)
}

func (w *world) balance(account string, want int64) {
	w.Helper()
	n, err := w.books.Balance(w.Context(), w.Community, account, currencyOf(account))
	w.must(err)
	if n != want {
		w.Errorf("%s has %d, want %d", account, n, want)
	}
}

// verify gives the report, and fails the test if there are more flaws than none.
func (w *world) verify() ledger.Report {
	w.Helper()
	r, err := w.books.Verify(w.Context(), w.Community)
	w.must(err)
	for _, f := range r.Flaws {
		w.Errorf("verify: %s: %s", f.Row, f.What)
	}
	return r
}

func currencyOf(account string) ledger.Currency {
	if account[0] == 'p' && account[1] == 'o' || account[0] == 'i' {
		return ledger.Points
	}
	return ledger.CNY
}

func line(account string, amount int64) ledger.Line {
	return ledger.Line{Account: account, Currency: currencyOf(account), Amount: amount}
}

// move gives the lines that move an amount.
func move(from, to string, amount int64) []ledger.Line {
	return []ledger.Line{line(from, -amount), line(to, amount)}
}

// damage changes the database behind the ledger's back.
func (w *world) damage(query string, args ...any) {
	w.Helper()
	w.must(w.Do(w.Context(), w.Community, func(tx *db.Tx) error {
		n, err := tx.Exec(query, append([]any{tx.Community()}, args...)...)
		if err == nil && n == 0 {
			return fmt.Errorf("%s damaged nothing", query)
		}
		return err
	}))
}
