package shop_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/channel/pay"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
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
	stage.Stage
	goods *slots
	bank  *bank
	desk  *desk
	keys  int
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
	w.T.Helper()
	other, d := *w, *w.D
	d.Community = community
	other.D = &d
	other.open(places)
	return &other
}

func (w *world) open(places int) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
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

// newNode is one program on the database.
func newNode(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	return newWorldWith(t, d, func(c, p, v string) string { return c + p + v })
}

// newWorldWith is newNode with keys of its own.
func newWorldWith(t testing.TB, d *testkit.DB, hash func(community, purpose, value string) string) *world {
	t.Helper()
	w := &world{Stage: stage.New(t, d)}
	w.goods = &slots{seats: w.Seats}
	w.bank, w.desk = &bank{paid: map[string]money.Fen{}}, &desk{open: map[string]string{}}
	w.Service = shop.New(d.DB, w.goods.seats, w.Books, w.desk, hash)
	w.Accept(byBank, w.bank)
	w.Sell("slot", w.goods)
	w.Accept(channel.Manual, pay.Manual{})
	w.Accept(channel.Sandbox, pay.Sandbox{Page: func(_ context.Context, _, id string) (string, error) { return "/pay/" + id, nil }})
	w.Register(w.Runner)
	return w
}

func (w *world) order(person, group string, qty int) (shop.Order, error) {
	w.keys++
	return w.Checkout(w.T.Context(), w.D.Community, shop.Checkout{
		Key: fmt.Sprint("checkout ", w.keys), Person: person, Items: []shop.Item{{Kind: "slot", Item: group, Qty: qty}},
	})
}

// ordered is an order that must come about.
func (w *world) ordered(person string) shop.Order {
	w.T.Helper()
	o, err := w.order(person, "a", 1)
	if err != nil {
		w.T.Fatal(err)
	}
	return o
}

func (w *world) pay(order string) shop.Payment {
	w.T.Helper()
	p, err := w.Pay(w.T.Context(), w.D.Community, order, channel.Sandbox)
	if err != nil {
		w.T.Fatal(err)
	}
	return p
}

func (w *world) notify(payment string, amount money.Fen) (shop.Order, error) {
	return w.Notify(w.T.Context(), w.D.Community, channel.Sandbox, channel.Notice{Payment: payment, Amount: amount})
}

// paid pays an order, tells of it, and lets it be delivered.
func (w *world) paid(order string) shop.Order {
	w.T.Helper()
	if _, err := w.notify(w.pay(order).ID, price); err != nil {
		w.T.Fatal(err)
	}
	w.Settle()
	return w.detail(order).Order
}

func (w *world) detail(order string) (d shop.Detail) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) (err error) { d, err = w.DetailTx(tx, order); return err })
	return d
}

// balances of the accounts: cash taken in, deposits, revenue.
func (w *world) balances() (cash, deposits, revenue money.Fen) {
	w.T.Helper()
	at := func(account string) money.Fen {
		n, err := w.Books.Balance(w.T.Context(), w.D.Community, account, ledger.CNY)
		if err != nil {
			w.T.Fatal(err)
		}
		return money.Fen(n)
	}
	return -at("cash:sandbox") - at("cash:manual") - at("cash:bank"), at("deposit:orders"), at("revenue:a") + at("revenue:b")
}

func (w *world) wantBalances(cash, deposits, revenue money.Fen) {
	w.T.Helper()
	if c, d, r := w.balances(); c != cash || d != deposits || r != revenue {
		w.T.Errorf("cash %s, deposits %s, revenue %s; want %s, %s, %s", c, d, r, cash, deposits, revenue)
	}
}
