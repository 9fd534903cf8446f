package payout_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plain seals by saying what for.
type plain struct{}

func (plain) Encrypt(c, p, text string) string { return c + "/" + p + "/" + text }

func (plain) Decrypt(c, p, sealed string) (string, error) {
	if len(sealed) < len(c)+len(p)+2 {
		return "", errors.New("not sealed")
	}
	return sealed[len(c)+len(p)+2:], nil
}

// world is payouts on a database.
type world struct {
	*payout.Service
	t      testing.TB
	d      *testkit.DB
	books  *ledger.Service
	runner *job.Runner
	n      int
	owes   map[string]int64 // what is settled first
	broken int              // reads of payees until one fails; 0 means none does
}

var (
	ann = audit.Actor{Kind: access.Operator, ID: "ann"}
	bob = audit.Actor{Kind: access.Operator, ID: "bob"}
)

var errPlug = errors.New("the plug was pulled")

func newWorld(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	w := &world{t: t, d: d, runner: job.NewRunner(d.DB, quiet), owes: map[string]int64{}}
	err := fact.NewLog(d.DB, bus.NewLocal(), quiet).Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if w.books, err = ledger.New(d.DB, ledger.Standard()...); err != nil {
		t.Fatal(err)
	}
	w.Service = payout.New(payout.Deps{
		DB: d.DB, Ledger: w.books, Secrets: plain{}, Zone: func(context.Context, string) *time.Location { return time.UTC },
		Payees: func(_ *db.Tx, ids []string) (map[string]payout.Payee, error) {
			if w.broken > 0 {
				if w.broken--; w.broken == 0 {
					return nil, errPlug
				}
			}
			out := map[string]payout.Payee{}
			for _, id := range ids {
				out[id] = payout.Payee{Name: "name of " + id, Phone: "+86 " + id}
			}
			return out, nil
		},
		Settle: func(tx *db.Tx, persons []string) (map[string]bool, error) {
			out := map[string]bool{}
			for _, p := range persons {
				out[p] = w.owes[p] > 0
				if err := w.settle(tx, p); err != nil {
					return nil, err
				}
			}
			return out, nil
		},
	})
	w.Register(w.runner)
	return w
}

// settle lets what somebody has pay for what they owe.
func (w *world) settle(tx *db.Tx, person string) error {
	n := w.owes[person]
	if n == 0 {
		return nil
	}
	_, err := w.books.PostTx(tx, ledger.Entry{Key: "settled " + person, Fact: "f", Lines: []ledger.Line{
		{Account: "commission:available:" + person, Amount: -n}, {Account: "commission:owed:" + person, Amount: n},
	}})
	return err
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) do(fn func(*db.Tx) error) {
	w.t.Helper()
	w.must(w.d.Do(w.t.Context(), w.d.Community, fn))
}

func (w *world) refused(want error, fn func(*db.Tx) error) {
	w.t.Helper()
	if err := w.d.Do(w.t.Context(), w.d.Community, fn); !errors.Is(err, want) {
		w.t.Errorf("got %v, want %v", err, want)
	}
}

// earn gives an account money.
func (w *world) earn(account string, yuan int64) {
	w.t.Helper()
	w.n++
	_, err := w.books.Post(w.t.Context(), w.d.Community, ledger.Entry{Key: fmt.Sprint("earn ", w.n), Fact: "f", Lines: []ledger.Line{
		{Account: "expense:commission", Amount: -yuan * 100}, {Account: account, Amount: yuan * 100},
	}})
	w.must(err)
}

// earnAll gives ten yuan each to many.
func (w *world) earnAll(people int) {
	w.t.Helper()
	for done := 0; done < people; done += 100 {
		w.do(func(tx *db.Tx) error {
			for i := range min(100, people-done) {
				who := fmt.Sprintf("%05d", done+i)
				_, err := w.books.PostTx(tx, ledger.Entry{Key: "earn " + who, Fact: "f", Lines: []ledger.Line{
					{Account: "expense:commission", Amount: -10_00}, {Account: "commission:available:" + who, Amount: 10_00},
				}})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// work does what is due; jobs that failed are tried again later.
func (w *world) work() {
	w.t.Helper()
	for {
		worked, err := w.runner.Step(w.t.Context())
		w.must(err)
		if !worked {
			return
		}
	}
}

func (w *world) draft(p payout.Plan) (b payout.Batch) {
	w.t.Helper()
	w.do(func(tx *db.Tx) (err error) { b, err = w.DraftTx(tx, ann, p); return err })
	w.work()
	return b
}

// approved is a batch that both have agreed to.
func (w *world) approved(threshold money.Fen) payout.Batch {
	w.t.Helper()
	b := w.draft(payout.Plan{Threshold: threshold})
	w.do(func(tx *db.Tx) error {
		_, err := w.ApproveTx(tx, bob, b.ID)
		return err
	})
	return b
}

func (w *world) detail(batch string) (d payout.Detail) {
	w.t.Helper()
	w.do(func(tx *db.Tx) (err error) { d, err = w.BatchTx(tx, batch); return err })
	return d
}

func (w *world) lines(batch string, state payout.LineState) (out []payout.Line) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		p, err := w.LinesTx(tx, batch, state, "", 100)
		out = p.Items
		return err
	})
	return out
}

func (w *world) balance(account string) int64 {
	w.t.Helper()
	n, err := w.books.Balance(w.t.Context(), w.d.Community, account, ledger.CNY)
	w.must(err)
	return n
}

func (w *world) sound() {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		found, err := payout.Verify(tx)
		for _, p := range found {
			w.t.Errorf("%+v", p)
		}
		return err
	})
	r, err := w.books.Verify(w.t.Context(), w.d.Community)
	w.must(err)
	for _, f := range r.Flaws {
		w.t.Errorf("books: %+v", f)
	}
	if r.Sums[ledger.CNY] != 0 {
		w.t.Errorf("the books sum to %v", r.Sums)
	}
}
