package payout_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
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
	stage.Stage
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
	w := &world{Stage: stage.New(t, d), owes: map[string]int64{}}
	w.Service = payout.New(payout.Deps{
		DB: d.DB, Ledger: w.Books, Secrets: plain{}, Zone: func(context.Context, string) *time.Location { return time.UTC },
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
	w.Register(w.Runner)
	return w
}

// settle lets what somebody has pay for what they owe.
func (w *world) settle(tx *db.Tx, person string) error {
	n := w.owes[person]
	if n == 0 {
		return nil
	}
	_, err := w.Books.PostTx(tx, ledger.Entry{Key: "settled " + person, Fact: "f", Lines: []ledger.Line{
		{Account: "commission:available:" + person, Amount: -n}, {Account: "commission:owed:" + person, Amount: n},
	}})
	return err
}

// earn gives an account money.
func (w *world) earn(account string, yuan int64) {
	w.T.Helper()
	w.n++
	_, err := w.Books.Post(w.T.Context(), w.D.Community, ledger.Entry{Key: fmt.Sprint("earn ", w.n), Fact: "f", Lines: []ledger.Line{
		{Account: "expense:commission", Amount: -yuan * 100}, {Account: account, Amount: yuan * 100},
	}})
	w.Must(err)
}

// earnAll gives ten yuan each to many.
func (w *world) earnAll(people int) {
	w.T.Helper()
	for done := 0; done < people; done += 100 {
		w.Do(func(tx *db.Tx) error {
			for i := range min(100, people-done) {
				who := fmt.Sprintf("%05d", done+i)
				_, err := w.Books.PostTx(tx, ledger.Entry{Key: "earn " + who, Fact: "f", Lines: []ledger.Line{
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

func (w *world) draft(p payout.Plan) (b payout.Batch) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { b, err = w.DraftTx(tx, ann, p); return err })
	w.Settle()
	return b
}

// approved is a batch that both have agreed to.
func (w *world) approved(threshold money.Fen) payout.Batch {
	w.T.Helper()
	b := w.draft(payout.Plan{Threshold: threshold})
	w.Do(func(tx *db.Tx) error {
		_, err := w.ApproveTx(tx, bob, b.ID)
		return err
	})
	return b
}

func (w *world) detail(batch string) (d payout.Detail) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { d, err = w.BatchTx(tx, batch); return err })
	return d
}

func (w *world) lines(batch string, state payout.LineState) (out []payout.Line) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		p, err := w.LinesTx(tx, batch, state, "", 100)
		out = p.Items
		return err
	})
	return out
}

func (w *world) balance(account string) int64 {
	w.T.Helper()
	return w.Balance(account, ledger.CNY)
}

// sound proves the rows and the books.
func (w *world) sound() {
	w.T.Helper()
	w.Sound(payout.Verify)
	w.Balanced()
}
