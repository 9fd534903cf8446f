package playbook_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/playbook"
)

const store = club + `
shop:
  products:
    - name: tea
      title: {zh-Hans: 白茶, en: White tea}
      kind: goods
      supplier: fuding
      per_person: 4
      return: 7
      skus:
        - {name: box, title: 一盒, price: 100, cost: 60.50, stock: 5}
        - {name: tin, price: 30, stock: 50, points: 300}
  group_buys:
    - {name: tea-3, item: tea/tin, size: 3, window: 24h, price: 20}
  coupons:
    - {code: TEA10, title: 茶减十元, off: 10, min: 50, for: [goods/tea], quota: 2, per_person: 1, closes: 2030-01-01T00:00:00+08:00}
`

// S1, S4, S5, X1: products, group-buys and coupons come from the playbook; what staff changed stays until the file says something new
// of it, and what it names no longer is retired.
func TestShopOfAPlaybook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.apply(store)
		price := func() (p goods.Listed) {
			t.Helper()
			w.read(func(tx *db.Tx) (err error) { p, err = w.Goods.ProductTx(tx, "tea"); return err })
			return p
		}
		if p := price(); p.SKUs[0].Price != 100_00 || p.SKUs[0].Cost != 60_50 || p.SKUs[1].Points != 300 || p.Return != 7 || p.Retired {
			t.Errorf("made %+v", p)
		}
		w.must(w.DB.Do(t.Context(), w.Community, func(tx *db.Tx) error {
			p := price().Product
			p.SKUs[0].Price = 120_00
			_, err := w.Goods.PutTx(tx, p, 1, "op")
			return err
		}))
		if again := w.apply("# again\n" + store); len(again) > 0 {
			t.Errorf("applied again it changed %v", again)
		}
		w.apply(strings.Replace(store, "off: 10,", "off: 15,", 1))
		if p := price(); p.SKUs[0].Price != 120_00 {
			t.Errorf("what staff did is undone: %+v", p)
		}
		w.read(func(tx *db.Tx) error {
			c, err := w.Shop.CouponTx(tx, "TEA10")
			if c.Off != 15_00 || c.Closes.IsZero() {
				t.Errorf("the coupon %+v", c)
			}
			offers, err2 := w.Goods.OffersTx(tx, false)
			if len(offers) != 1 || offers[0].Price != 20_00 {
				t.Errorf("group-buys %+v", offers)
			}
			return errors.Join(err, err2)
		})
		w.apply(strings.Replace(store, "price: 100,", "price: 110,", 1))
		if p := price(); p.SKUs[0].Price != 110_00 {
			t.Errorf("what the playbook says anew is not heard: %+v", p)
		}
		was, _ := playbook.Parse([]byte(store))
		is, _ := playbook.Parse([]byte(club))
		changes, err := playbook.Diff(was, is)
		w.must(err)
		retires := map[string]bool{}
		for _, c := range changes {
			retires[c.Field] = c.Retires
		}
		for _, field := range []string{"shop.products[tea]", "shop.group_buys[tea-3]", "shop.coupons[TEA10]"} {
			if !retires[field] {
				t.Errorf("%s is not told as retired: %+v", field, changes)
			}
		}
		w.apply(club)
		if p := price(); !p.Retired {
			t.Errorf("named no longer: %+v", p)
		}
		w.read(func(tx *db.Tx) error {
			c, err := w.Shop.CouponTx(tx, "TEA10")
			if !c.Retired {
				t.Errorf("named no longer: %+v", c)
			}
			return err
		})
		w.sound()
	})
}

// What could not be sold is refused at its line.
func TestShopIsChecked(t *testing.T) {
	for bad, code := range map[string]string{
		strings.Replace(store, "kind: goods", "kind: nothing", 1):              goods.ErrKind.Code,
		strings.Replace(store, "item: tea/tin", "item: tea/none", 1):           goods.ErrUnknownProduct.Code,
		strings.Replace(store, "code: TEA10", "code: tea10", 1):                shop.ErrCode.Code,
		strings.Replace(store, "price: 30,", "price: 30, strike: 20,", 1):      goods.ErrStrikeLow.Code,
		strings.Replace(store, "off: 10, min", "off: 10, off_bp: 100, min", 1): shop.ErrCouponOff.Code,
	} {
		_, problems := playbook.Parse([]byte(bad))
		words, err := text.Load()
		if err != nil {
			t.Fatal(err)
		}
		if len(problems) != 1 || problems[0].Line == 0 {
			t.Errorf("%s: %+v", code, problems)
			continue
		}
		if say := words.Say(text.En, nil, "error."+code, map[string]any{"max": 40, "product": "tea/none"}); !strings.HasPrefix(problems[0].Reason, say) {
			t.Errorf("%s: %q instead of %q", code, problems[0].Reason, say)
		}
	}
}
