package goods_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// No list and no step of a purchase reads what all the others have.
func TestReadsUseIndexes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		if err := w.asks(tea(100_00, 0, 5)); err != nil {
			t.Fatal(err)
		}
		const many = 3000
		fill := func(table, columns string, row func(i int) []any) {
			w.Do(func(tx *db.Tx) error {
				rows := make([][]any, many)
				for i := range rows {
					rows[i] = append([]any{tx.Community()}, row(i)...)
				}
				return tx.Insert(table, strings.Split("community_id, "+columns, ", "), rows)
			})
		}
		id := func(kind string, i int) string { return fmt.Sprintf("%s%05d", kind, i) }
		at := func(i int) time.Time { return d.Clock.Now().Add(time.Duration(i) * time.Minute) }
		fill("goods_product", "name, position, body, version, created_at", func(i int) []any {
			return []any{id("p", i), i, db.JSON[goods.Product]{V: tea(1, 0, 1)}, 1, at(i)}
		})
		fill("goods_price", "product, sku, since, price", func(i int) []any { return []any{id("p", i%50), "box", at(i), 100} })
		fill("goods_group", "id, offer, product, sku, size, price, state, opened_at, closes_at", func(i int) []any {
			return []any{id("g", i), id("o", i%50), "tea", "box", 3, 100, []string{"open", "full", "failed"}[i%3], at(i), at(i + 60)}
		})
		fill("goods_item", "id, person, product, sku, qty, price, cost, supplier, ships, return_days, state, seat, grp, held_until, created_at, sold_at", func(i int) []any {
			return []any{id("i", i), id("w", i/3), id("p", i%50), "box", 1, 100, 50, id("s", i%50), true, 7, []string{"sold", "held", "returned"}[i%3], id("x", i), id("g", i), at(i), at(i), at(i)}
		})
		fill("goods_item", "id, person, product, sku, qty, price, cost, supplier, ships, return_days, state, seat, held_until, created_at, sold_at, carrier, shipped_at, received_at", func(i int) []any {
			come := time.Time{}
			if i%2 == 0 {
				come = at(i + 2)
			}
			return []any{id("j", i), id("w", i/3), id("p", i%50), "box", 1, 100, 50, id("s", i%50), true, 7, "sold", id("y", i), at(i), at(i), at(i), "SF", at(i + 1), come}
		})
		fill("goods_address", "id, person, sealed, created_at", func(i int) []any { return []any{id("a", i), id("w", i/3), "", at(i)} })
		if _, err := d.SQL().ExecContext(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
		for name, read := range map[string]func(tx *db.Tx) error{
			"products":  func(tx *db.Tx) error { _, err := w.ProductsTx(tx, false, "", 20); return err },
			"a product": func(tx *db.Tx) error { _, err := w.ProductTx(tx, "p00005"); return err },
			"lowest":    func(tx *db.Tx) error { _, _, err := w.LowestTx(tx, "p00005", "box", at(100)); return err },
			"groups":    func(tx *db.Tx) error { _, err := w.GroupsTx(tx, goods.GroupFilter{}, "", 20); return err },
			"open groups": func(tx *db.Tx) error {
				_, err := w.GroupsTx(tx, goods.GroupFilter{Offer: "o00005", State: goods.GroupOpen}, "", 20)
				return err
			},
			"to ship": func(tx *db.Tx) error {
				_, err := w.ShipmentsTx(tx, goods.ShipmentFilter{State: goods.ToShip, Supplier: "s00005"}, "", 20)
				return err
			},
			"all to ship": func(tx *db.Tx) error {
				_, err := w.ShipmentsTx(tx, goods.ShipmentFilter{State: goods.ToShip}, "", 20)
				return err
			},
			"sent": func(tx *db.Tx) error {
				_, err := w.ShipmentsTx(tx, goods.ShipmentFilter{State: goods.OnWay}, "", 20)
				return err
			},
			"come": func(tx *db.Tx) error {
				_, err := w.ShipmentsTx(tx, goods.ShipmentFilter{State: goods.Arrived}, "", 20)
				return err
			},
			"members": func(tx *db.Tx) error { _, err := w.GroupItemsTx(tx, "g00005", "", 20); return err },
			"mine in it": func(tx *db.Tx) error {
				_, _, err := w.ItemInGroupTx(tx, "g00005", []string{"w00001", "w00002"})
				return err
			},
			"addresses": func(tx *db.Tx) error { _, err := w.AddressesTx(tx, "w00005"); return err },
			"owned":     func(tx *db.Tx) error { _, err := w.OwnedTx(tx, "w00005"); return err },
			"a thing":   func(tx *db.Tx) error { _, err := w.ItemTx(tx, "i00005"); return err },
		} {
			plan := testkit.Plan(t, d, read)
			for _, table := range []string{"product", "price", "group", "item", "address"} {
				if strings.Contains(plan, "Seq Scan on goods_"+table) || strings.Contains(plan, "SCAN goods_"+table) {
					plan = "reads all of goods_" + table + ":\n" + plan
				}
			}
			if plan == "" || strings.HasPrefix(plan, "reads all") || strings.Contains(plan, "(community_id=?)") {
				t.Errorf("%s: %s", name, plan)
			}
		}
	})
}
