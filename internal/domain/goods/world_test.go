package goods_test

import (
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ends keeps what group-buys ask of orders.
type ends struct{ ready, over map[string]string }

func (e *ends) ReadyTx(_ *db.Tx, item string) error { e.ready[item] = "ready"; return nil }

func (e *ends) EndTx(_ *db.Tx, item, why string) error { e.over[item] = why; return nil }

// world is goods on a database.
type world struct {
	*goods.Service
	stage.Stage
	people *stage.Crowd
	orders *ends
}

func newWorld(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	w := &world{Stage: stage.New(t, d), people: stage.NewCrowd(), orders: &ends{map[string]string{}, map[string]string{}}}
	w.people.Blocks["mallory"] = true
	w.Service = goods.New(d.DB, w.Seats, w.Books, w.people, nil)
	w.Follow(w.orders, nil)
	w.Register(w.Runner)
	return w
}

// tea is a product with one SKU.
func tea(price, strike money.Fen, stock int) goods.Product {
	return goods.Product{Name: "tea", Title: stage.Words("茶"), Kind: goods.Wares, SKUs: []goods.SKU{{Name: "box", Price: price, Strike: strike, Stock: stock}}}
}

// asks makes the product as staff does.
func (w *world) asks(p goods.Product) error {
	return w.D.Do(w.T.Context(), w.D.Community, func(tx *db.Tx) error {
		was, err := w.ProductTx(tx, p.Name)
		if err != nil && !errors.Is(err, goods.ErrUnknownProduct) {
			return err
		}
		_, err = w.PutTx(tx, p, was.Version, "op")
		return err
	})
}

func (w *world) hold(person, item string, qty int) (k goods.Kept, err error) {
	err = w.D.Do(w.T.Context(), w.D.Community, func(tx *db.Tx) (err error) {
		k, err = w.HoldTx(tx, goods.Want{Person: person, Item: item, Qty: qty, Until: tx.Now().Add(15 * time.Minute)})
		return err
	})
	return k, err
}

// sound proves the rows.
func (w *world) sound() {
	w.T.Helper()
	w.Sound(goods.Verify)
}
