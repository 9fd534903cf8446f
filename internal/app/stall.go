package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/db"
)

// stall lets members of the demo buy in its shop during its last days, so that every part of it has something to show: things that were
// sent and one that waits, a complaint, a group-buy that is full and one that is not.
type stall struct {
	*App
	ctx       context.Context
	community string
	clock     *clock.Manual
	members   []string
}

// The demo's stall: how many members buy, and when, before the demo begins.
const (
	stallBuyers = 9
	stallBegins = 30 * time.Hour
	stallGoesOn = 3 * time.Hour
)

// stallSells is what people buy at the demo's stall; a playbook without it has another shop, or none.
const stallSells = "yearbook"

// fillStall lets people buy up to now. It does nothing where the shop doesn't have it, or nobody is there to buy.
func (a *App) fillStall(ctx context.Context, community string, clk *clock.Manual, now time.Time) error {
	s := stall{App: a, ctx: ctx, community: community, clock: clk}
	err := a.DB.Read(ctx, community, func(tx *db.Tx) error {
		s.members = nil
		if _, err := a.Goods.ProductTx(tx, stallSells); errors.Is(err, goods.ErrUnknownProduct) {
			return nil
		} else if err != nil {
			return err
		}
		p, err := a.Members.MembersTx(tx, membership.MemberFilter{State: membership.Active}, "", stallBuyers)
		for _, t := range p.Items {
			s.members = append(s.members, t.Person)
		}
		return err
	})
	if err != nil || len(s.members) < stallBuyers {
		return err
	}
	if err := s.at(now.Add(-stallBegins)); err != nil {
		return err
	}
	if err := s.sends(); err != nil {
		return fmt.Errorf("what was sent: %w", err)
	}
	if err := s.at(now.Add(-stallGoesOn)); err != nil {
		return err
	}
	if err := s.gathers(); err != nil {
		return fmt.Errorf("group-buys: %w", err)
	}
	return nil
}

// at lets time go on, never back, and does what is due.
func (s stall) at(t time.Time) error {
	if s.clock.Now().Before(t) {
		s.clock.Set(t)
	}
	return s.Settle(s.ctx)
}

// homes are where the demo's members live.
var homes = []goods.Address{
	{Name: "林女士", Phone: "13800000001", Region: "浙江省杭州市西湖区", Street: "文三路 1 号"},
	{Name: "陈先生", Phone: "13800000002", Region: "上海市徐汇区", Street: "漕溪北路 2 号"},
	{Name: "黄女士", Phone: "13800000003", Region: "广东省广州市天河区", Street: "体育西路 3 号"},
}

// buys orders a thing and pays for it, and says where it goes.
func (s stall) buys(n int, c shop.Checkout) (item string, err error) {
	c.Person, c.Key = s.members[n], "stall "+s.DB.NewID()
	o, err := s.Shop.Checkout(s.ctx, s.community, c)
	if err != nil {
		return "", err
	}
	err = s.DB.Do(s.ctx, s.community, func(tx *db.Tx) error {
		at, err := s.Goods.AddAddressTx(tx, c.Person, homes[n%len(homes)])
		if err != nil {
			return err
		}
		return s.Goods.SendToTx(tx, o.Lines[0].Ref, at.ID)
	})
	if err == nil && o.State == shop.Created {
		err = s.payTrial(s.ctx, s.community, o.ID)
	}
	if err == nil {
		err = s.Settle(s.ctx)
	}
	return o.Lines[0].Ref, err
}

func one(kind, item string) shop.Checkout {
	return shop.Checkout{Items: []shop.Item{{Kind: kind, Item: item, Qty: 1}}}
}

// sends sells books: two are on their way, one has come and is complained of, one waits; and a bag for points.
func (s stall) sends() error {
	var sent []string
	for n := range 4 {
		c := one(shop.KindGoods, "yearbook/paper")
		if n == 1 {
			c.Coupon = "BOOK10"
		}
		item, err := s.buys(n, c)
		if err != nil {
			return err
		}
		sent = append(sent, item)
	}
	err := s.DB.Do(s.ctx, s.community, func(tx *db.Tx) error {
		for i, item := range sent[:3] {
			if _, err := s.Goods.ShipTx(tx, item, "顺丰", fmt.Sprintf("SF10%08d", i+1), ""); err != nil {
				return err
			}
		}
		if err := s.Goods.ReceiveTx(tx, sent[0]); err != nil {
			return err
		}
		if _, err := s.Goods.ComplainTx(tx, sent[0], "书角在路上压坏了，想换一本。"); err != nil {
			return err
		}
		return s.Shop.GrantTx(tx, s.members[4], 500, shop.GrantPrize, "")
	})
	if err != nil {
		return err
	}
	bag := one(shop.KindGoods, "bag/canvas")
	bag.Points = true
	_, err = s.buys(4, bag)
	return err
}

// gathers lets one group-buy become full, and another wait for its last buyer.
func (s stall) gathers() error {
	for _, group := range [][]int{{5, 6, 7}, {8, 5}} {
		item := "yearbook-3"
		for _, n := range group {
			bought, err := s.buys(n, one(shop.KindGroup, item))
			if err != nil {
				return err
			}
			err = s.DB.Read(s.ctx, s.community, func(tx *db.Tx) error {
				x, err := s.Goods.ItemTx(tx, bought)
				item = "yearbook-3/" + x.Group
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
