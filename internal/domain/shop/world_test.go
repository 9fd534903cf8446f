package shop_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/channel/pay"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// slots are places at ¥100 each, with which everything about an order can be shown.
type slots struct {
	seats  *seat.Service
	broken error // what Deliver gives
}

const price = money.Fen(100_00)

func (s *slots) Reserve(tx *db.Tx, person string, i shop.Item, until time.Time) (shop.Line, error) {
	id := tx.NewID()
	got, err := s.seats.HoldTx(tx, seat.Claim{Key: "slot " + id, Group: i.Item, Holder: seat.Holder{ID: id}, Qty: i.Qty, TTL: until.Sub(tx.Now())})
	return shop.Line{Kind: i.Kind, Item: i.Item, Ref: got.ID, Title: "slot for " + person, Qty: i.Qty, Amount: price * money.Fen(i.Qty), Revenue: "revenue:" + i.Item, Rule: i.Item + "@1"}, err
}

func (s *slots) Deliver(tx *db.Tx, ref string) error {
	if s.broken != nil {
		return s.broken
	}
	_, err := s.seats.TakeTx(tx, ref)
	return err
}

func (s *slots) Drop(tx *db.Tx, ref string) error {
	_, err := s.seats.ReleaseTx(tx, ref)
	return err
}

func (s *slots) TakeBack(tx *db.Tx, ref string) error { return s.Drop(tx, ref) }

// Returned lets a part go back as it is; who asks for a test sees it in the line.
func (s *slots) Returned(*db.Tx, string, money.Fen) error { return nil }

func (s *slots) Refundable(*db.Tx, string) (money.Fen, error) { return price, nil }

// world is a shop on a database.
type world struct {
	*shop.Service
	t      testing.TB
	d      *testkit.DB
	goods  *slots
	books  *ledger.Service
	runner *job.Runner
	bank   *bank
	desk   *desk
	keys   int
}

// bank is a channel that loses what it should tell, until it is asked, and gives money back when it likes.
type bank struct {
	paid   map[string]money.Fen
	asked  int
	slow   bool  // a refund takes its time
	broken error // what Refund gives
}

const byBank = "bank"

func (b *bank) Open(context.Context, channel.PayRequest) (channel.PayPage, error) {
	return channel.PayPage{Ref: "no", URL: "/bank"}, nil
}

func (b *bank) Ask(_ context.Context, q channel.PayQuestion) (channel.Notice, bool, error) {
	b.asked++
	n, paid := b.paid[q.ID]
	return channel.Notice{Amount: n, Ref: q.Ref}, paid, nil
}

func (b *bank) Refund(context.Context, channel.RefundRequest) (bool, error) {
	return !b.slow, b.broken
}

// desk keeps what staff is asked to see to, by refund.
type desk struct{ open map[string]string }

func (d *desk) Ask(tx *db.Tx, _ shop.Order, r shop.Refund) (string, error) {
	d.open[r.ID] = r.Error
	return r.ID, nil
}

func (d *desk) Withdraw(_ *db.Tx, id string) error {
	delete(d.open, id)
	return nil
}

func newWorld(t testing.TB, d *testkit.DB, places int) *world {
	t.Helper()
	w := newNode(t, d)
	w.open(places)
	return w
}

// in is the same shop in another community.
func (w *world) in(community string, places int) *world {
	w.t.Helper()
	other, d := *w, *w.d
	d.Community = community
	other.d = &d
	other.open(places)
	return &other
}

func (w *world) open(places int) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		for _, group := range []string{"a", "b"} {
			if err := w.goods.seats.DeclareGroupTx(tx, seat.Group{Name: group, PerHolder: 1000}); err != nil {
				return err
			}
			if _, err := w.goods.seats.AddPoolTx(tx, seat.Pool{Group: group, Capacity: places}); err != nil {
				return err
			}
		}
		return nil
	})
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// newNode is one program on the database.
func newNode(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	w := &world{t: t, d: d, goods: &slots{seats: seat.New(d.DB, quiet())}, runner: job.NewRunner(d.DB, quiet())}
	err := fact.NewLog(d.DB, bus.NewLocal(), quiet()).Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if w.books, err = ledger.New(d.DB, ledger.Standard()...); err != nil {
		t.Fatal(err)
	}
	w.bank, w.desk = &bank{paid: map[string]money.Fen{}}, &desk{open: map[string]string{}}
	w.Service = shop.New(d.DB, w.goods.seats, w.books, w.desk)
	w.Accept(byBank, w.bank)
	w.Sell("slot", w.goods)
	w.Accept(channel.Manual, pay.Manual{})
	w.Accept(channel.Sandbox, pay.Sandbox{Page: func(_ context.Context, _, id string) (string, error) { return "/pay/" + id, nil }})
	w.goods.seats.Register(w.runner)
	w.Register(w.runner)
	return w
}

func (w *world) do(fn func(*db.Tx) error) {
	w.t.Helper()
	if err := w.d.Do(w.t.Context(), w.d.Community, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) settle() {
	w.t.Helper()
	for {
		if worked, err := w.runner.Step(w.t.Context()); err != nil {
			w.t.Fatal(err)
		} else if !worked {
			return
		}
	}
}

func (w *world) order(person, group string, qty int) (shop.Order, error) {
	w.keys++
	return w.Checkout(w.t.Context(), w.d.Community, shop.Checkout{
		Key: fmt.Sprint("checkout ", w.keys), Person: person, Items: []shop.Item{{Kind: "slot", Item: group, Qty: qty}},
	})
}

// ordered is an order that must come about.
func (w *world) ordered(person string) shop.Order {
	w.t.Helper()
	o, err := w.order(person, "a", 1)
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

func (w *world) pay(order string) shop.Payment {
	w.t.Helper()
	p, err := w.Pay(w.t.Context(), w.d.Community, order, channel.Sandbox)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) notify(payment string, amount money.Fen) (shop.Order, error) {
	return w.Notify(w.t.Context(), w.d.Community, channel.Sandbox, channel.Notice{Payment: payment, Amount: amount})
}

// paid pays an order, tells of it, and lets it be delivered.
func (w *world) paid(order string) shop.Order {
	w.t.Helper()
	if _, err := w.notify(w.pay(order).ID, price); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
	return w.detail(order).Order
}

func (w *world) detail(order string) (d shop.Detail) {
	w.t.Helper()
	w.do(func(tx *db.Tx) (err error) { d, err = w.DetailTx(tx, order); return err })
	return d
}

// balances of the accounts: cash taken in, deposits, revenue.
func (w *world) balances() (cash, deposits, revenue money.Fen) {
	w.t.Helper()
	at := func(account string) money.Fen {
		n, err := w.books.Balance(w.t.Context(), w.d.Community, account, ledger.CNY)
		if err != nil {
			w.t.Fatal(err)
		}
		return money.Fen(n)
	}
	return -at("cash:sandbox") - at("cash:manual") - at("cash:bank"), at("deposit:orders"), at("revenue:a") + at("revenue:b")
}

func (w *world) wantBalances(cash, deposits, revenue money.Fen) {
	w.t.Helper()
	if c, d, r := w.balances(); c != cash || d != deposits || r != revenue {
		w.t.Errorf("cash %s, deposits %s, revenue %s; want %s, %s, %s", c, d, r, cash, deposits, revenue)
	}
}
