package goods_test

import (
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// crowd is everybody; into stands for those who were merged.
type crowd struct{ into map[string]string }

func (c *crowd) IDs(_ *db.Tx, person string) ([]string, error) {
	if root, merged := c.into[person]; merged {
		return []string{root, person}, nil
	}
	return []string{person}, nil
}

func (c *crowd) Blocked(_ *db.Tx, person string) (bool, error) { return person == "mallory", nil }

// ends keeps what group-buys ask of orders.
type ends struct{ ready, over map[string]string }

func (e *ends) ReadyTx(_ *db.Tx, item string) error { e.ready[item] = "ready"; return nil }

func (e *ends) EndTx(_ *db.Tx, item, why string) error { e.over[item] = why; return nil }

// world is goods on a database.
type world struct {
	*goods.Service
	t      testing.TB
	d      *testkit.DB
	seats  *seat.Service
	people *crowd
	orders *ends
	runner *job.Runner
}

func newWorld(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	w := &world{t: t, d: d, seats: seat.New(d.DB, quiet), people: &crowd{map[string]string{}}, orders: &ends{map[string]string{}, map[string]string{}}, runner: job.NewRunner(d.DB, quiet)}
	if err := fact.NewLog(d.DB, bus.NewLocal(), quiet).Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	books, err := ledger.New(d.DB, ledger.Standard()...)
	if err != nil {
		t.Fatal(err)
	}
	w.Service = goods.New(d.DB, w.seats, books, w.people, nil)
	w.Follow(w.orders, nil)
	w.seats.Register(w.runner)
	w.Register(w.runner)
	return w
}

func (w *world) do(fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.d.Do(w.t.Context(), w.d.Community, fn); err != nil {
		w.t.Fatal(err)
	}
}

func named(s string) text.Text { return text.Text{text.Hans: s} }

// tea is a product with one SKU.
func tea(price, strike money.Fen, stock int) goods.Product {
	return goods.Product{Name: "tea", Title: named("茶"), Kind: goods.Wares, SKUs: []goods.SKU{{Name: "box", Price: price, Strike: strike, Stock: stock}}}
}

// asks makes the product as staff does.
func (w *world) asks(p goods.Product) error {
	return w.d.Do(w.t.Context(), w.d.Community, func(tx *db.Tx) error {
		was, err := w.ProductTx(tx, p.Name)
		if err != nil && !errors.Is(err, goods.ErrUnknownProduct) {
			return err
		}
		_, err = w.PutTx(tx, p, was.Version, "op")
		return err
	})
}

func (w *world) hold(person, item string, qty int) (k goods.Kept, err error) {
	err = w.d.Do(w.t.Context(), w.d.Community, func(tx *db.Tx) (err error) {
		k, err = w.HoldTx(tx, goods.Want{Person: person, Item: item, Qty: qty, Until: tx.Now().Add(15 * time.Minute)})
		return err
	})
	return k, err
}

func (w *world) sound() {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		found, err := goods.Verify(tx)
		for _, p := range found {
			w.t.Errorf("%+v", p)
		}
		seats, err2 := seat.Verify(tx)
		for _, p := range seats {
			w.t.Errorf("%+v", p)
		}
		return errors.Join(err, err2)
	})
}
