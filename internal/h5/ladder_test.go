package h5_test

import (
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit/phone"
)

// M6: a member's page has their next step as one line that leads to it; nothing for who is at the top.
func TestTheNextStepIsOneLine(t *testing.T) {
	w, _ := onAShelf(t)
	w = w.arrives()
	see := func(path string, want ...string) phone.Page { t.Helper(); return w.look(w.phone, path, want...) }
	if page := see("/me?lang=zh-Hans", "下一步", "白茶", "¥100.00"); strings.Count(page.HTML, `href="/mothers/shop/tea"`) != 1 {
		t.Errorf("the line leads elsewhere: %s", page.HTML)
	}
	see("/me?lang=en", "Next", "White tea", "¥100.00")
	see("/shop/tea", "White tea")
	w.send("/shop/tea/buy", map[string][]string{"key": {see("/shop/tea").Value("key")}, "sku": {"box"}, "qty": {"1"}})
	see("/me?lang=zh-Hans", "下一步") // not paid: nothing was bought
	var order shop.Order
	w.write(func(tx *db.Tx) error {
		list, err := w.app.Shop.Orders(tx, shop.Filter{State: shop.Created}, "", 1)
		if len(list.Items) == 1 {
			order = list.Items[0]
		}
		return err
	})
	w.send(w.here("/mothers/orders/"+order.ID)+"/address", home)
	w.pay("/mothers/orders/" + order.ID)
	if page := see("/me", "白茶"); strings.Contains(page.Words(), "下一步") {
		t.Errorf("who has all that is sold is led on: %s", page.Words())
	}
	w.write(func(tx *db.Tx) error {
		return w.app.Growth.DeclareTx(tx, growth.Config{Programmes: []growth.Programme{{
			Name: "refer", Title: text.Text{text.Hans: "好友推荐"}, Binds: growth.Click, ValidDays: 7, Promoters: growth.Anyone, Levels: []growth.Level{{RateBP: 500}},
		}}})
	})
	if page := see("/me", "下一步", "分享给朋友", "好友推荐"); !strings.Contains(page.HTML, `<li><a href="/mothers/me/share"><span><span`) {
		t.Errorf("sharing leads elsewhere: %s", page.HTML)
	}
}
