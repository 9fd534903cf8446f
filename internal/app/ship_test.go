package app_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/task"
)

// S5, S1: what is sent goes to an address that is kept encrypted; its supplier is owed what it costs; what was sent does not come back into
// the stock; the days for giving it back begin when it has come.
func TestShipping(t *testing.T) {
	eachCounter(t, func(t *testing.T, w *stall) {
		ann := w.person()
		o := w.paidFor(ann, "goods tea/box 2", "goods tea/tin 1", "goods course/all 1")
		box, tin, course := o.Lines[0].Ref, o.Lines[1].Ref, o.Lines[2].Ref
		home := goods.Address{Name: "王小明", Phone: "+8613800000000", Region: "福建 福鼎", Street: "太姥山路 1 号"}
		refused := func(want error, fn func(tx *db.Tx) error) {
			t.Helper()
			if err := w.DB.Do(t.Context(), w.community, fn); !errors.Is(err, want) {
				t.Errorf("%v; want %v", err, want)
			}
		}
		ship := func(item, carrier string) func(tx *db.Tx) error {
			return func(tx *db.Tx) error { _, err := w.Goods.ShipTx(tx, item, carrier, "SF1", "op"); return err }
		}
		refused(goods.ErrNoAddress, ship(box, "SF"))
		refused(goods.ErrAddress, func(tx *db.Tx) error { _, err := w.Goods.AddAddressTx(tx, ann, goods.Address{Name: "x"}); return err })
		w.do(func(tx *db.Tx) (err error) {
			if home, err = w.Goods.AddAddressTx(tx, ann, home); err != nil {
				return err
			}
			return errors.Join(w.Goods.SendToTx(tx, box, home.ID), w.Goods.SendToTx(tx, tin, home.ID))
		})
		refused(goods.ErrNotToShip, func(tx *db.Tx) error { return w.Goods.SendToTx(tx, course, home.ID) })
		refused(goods.ErrUnknownAddress, func(tx *db.Tx) error { return w.Goods.SendToTx(tx, box, "none") })
		refused(goods.ErrShipment, ship(box, " "))
		list := func() (n int) {
			w.do(func(tx *db.Tx) error {
				p, err := w.Goods.ShipmentsTx(tx, goods.ShipmentFilter{State: goods.ToShip, Supplier: "fuding"}, "", 10)
				n = len(p.Items)
				return err
			})
			return n
		}
		if n := list(); n != 2 {
			t.Errorf("%d to be sent", n)
		}
		w.do(ship(box, "SF"))
		refused(goods.ErrNotToShip, ship(box, "SF"))
		if n := list(); n != 1 {
			t.Errorf("%d to be sent", n)
		}
		if n := w.balance("supplier:fuding", ledger.CNY); n != 120_00 {
			t.Errorf("the supplier is owed %d", n)
		}
		w.sound()
		// Both go back, the box by a complaint: the tin was never sent.
		admin := task.Principal{ID: "op", All: true}
		for _, outcome := range []task.Outcome{"reject", "refund"} {
			var id string
			w.do(func(tx *db.Tx) (err error) { id, err = w.Goods.ComplainTx(tx, box, "漏了"); return err })
			refused(goods.ErrComplained, func(tx *db.Tx) error { _, err := w.Goods.ComplainTx(tx, box, "again"); return err })
			_, err := w.Tasks.Finish(t.Context(), w.community, admin, id, outcome, "")
			w.must(err)
			w.must(w.Settle(t.Context()))
		}
		if d := w.detail(o.ID); d.Refunded != 200_00 {
			t.Errorf("the complaint gave %s back", d.Refunded)
		}
		w.refund(o.ID, shop.Ask{Of: tin})
		w.wantLeft("tea", "box", 0, 2, 3)
		w.wantLeft("tea", "tin", 0, 0, 50)
		w.sound()

		o = w.paidFor(ann, "goods tea/tin 1")
		w.do(func(tx *db.Tx) error { return w.Goods.SendToTx(tx, o.Lines[0].Ref, home.ID) })
		w.do(ship(o.Lines[0].Ref, "SF"))
		can := func() (can bool) {
			w.do(func(tx *db.Tx) (err error) {
				x, err := w.Shop.GetTx(tx, o.ID)
				if err == nil {
					can, err = w.Shop.CanGiveUp(tx, x)
				}
				return err
			})
			return can
		}
		for _, x := range []struct {
			days int
			can  bool
		}{{9, true}, {7, true}, {2, false}} { // ten days on the way, and seven to think
			w.clock.Advance(time.Duration(x.days) * 24 * time.Hour)
			w.must(w.Settle(t.Context()))
			if can() != x.can {
				t.Errorf("may give it back: %v, after %d days more", !x.can, x.days)
			}
		}
		w.do(func(tx *db.Tx) error {
			x, err := w.Goods.ItemTx(tx, o.Lines[0].Ref)
			if x.ReceivedAt.IsZero() || x.Tracking != "SF1" {
				t.Errorf("shipped %+v", x)
			}
			a, err2 := w.Goods.AddressOfTx(tx, x.ID)
			if a.Street != home.Street {
				t.Errorf("sent to %+v", a)
			}
			var sealed string
			err3 := tx.QueryRow(`SELECT sealed FROM goods_address WHERE community_id = $1`, w.community).Scan(&sealed)
			if strings.Contains(sealed, "王小明") {
				t.Error("the address lies open")
			}
			return errors.Join(err, err2, err3)
		})
		w.do(func(tx *db.Tx) error { return w.People.EraseTx(tx, ann, "op") })
		w.do(func(tx *db.Tx) error {
			a, err := w.Goods.AddressOfTx(tx, o.Lines[0].Ref)
			if a.Street != "" {
				t.Errorf("outlives her: %+v", a)
			}
			return err
		})
		w.sound()
	})
}
