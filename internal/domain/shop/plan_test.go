package shop_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// The orders of a product, and those with a coupon, are read from their own end: however many others there are, and however rare they are.
func TestOrdersAreReadByIndexes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d, 1)
		const many = 3000
		at := func(i int) time.Time { return d.Clock.Now().Add(time.Duration(i-many) * time.Minute) }
		w.Do(func(tx *db.Tx) error {
			orders, lines := make([][]any, many), make([][]any, 0, many+30)
			for i := range orders {
				id, coupon := fmt.Sprintf("o%05d", i), ""
				if i%300 == 0 {
					coupon = "RARE"
				}
				orders[i] = []any{tx.Community(), id, id, "", "ann", "closed", 100, coupon, at(i), at(i)}
				product := "goods:tea"
				if i%300 == 0 { // two lines of it
					product = "goods:rare"
					lines = append(lines, []any{tx.Community(), id, 1, "goods", "rare/two", id, "x", 1, 50, "revenue:a", product, at(i)})
				}
				lines = append(lines, []any{tx.Community(), id, 0, "goods", "rare/one", id, "x", 1, 50, "revenue:a", product, at(i)})
			}
			if err := tx.Insert("shop_order", strings.Split("community_id, id, key, hash, person, state, amount, coupon, created_at, expires_at", ", "), orders); err != nil {
				return err
			}
			return tx.Insert("shop_line", strings.Split("community_id, order_id, n, kind, item, ref, title, qty, amount, revenue, product, created_at", ", "), lines)
		})
		if _, err := d.SQL().ExecContext(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
		for name, f := range map[string]shop.Filter{"product": {Product: "goods:rare"}, "its closed ones": {Product: "goods:rare", State: shop.Closed}, "coupon": {Coupon: "RARE"}} {
			var got []string
			read := func(tx *db.Tx) error {
				got = nil
				for cursor := ""; ; {
					p, err := w.Orders(tx, f, cursor, 4)
					for _, o := range p.Items {
						got = append(got, o.ID)
					}
					if cursor = p.Next; err != nil || cursor == "" {
						return err
					}
				}
			}
			plan := testkit.Plan(t, d, read)
			if len(got) != 10 || got[0] != "o02700" || got[9] != "o00000" {
				t.Errorf("%s: %v", name, got)
			}
			for _, table := range []string{"shop_order", "shop_line"} {
				if plan == "" || strings.Contains(plan, "Seq Scan on "+table) || strings.Contains(plan, "SCAN "+table) || strings.Contains(plan, "(community_id=?)") {
					t.Errorf("%s reads all of %s:\n%s", name, table, plan)
				}
			}
		}
	})
}
