package h5_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
	"github.com/qunce/qunce/test/testkit/phone"
)

// shelf opens a shop: tea of a supplier, of which a group of two pays less, and a cup for points.
func (w walker) shelf() {
	w.Helper()
	hans := func(s, en string) text.Text { return text.Text{text.Hans: s, text.En: en} }
	w.write(func(tx *db.Tx) error {
		err := w.app.Goods.DeclareTx(tx, goods.Config{
			Products: []goods.Product{
				{
					Name: "tea", Title: hans("白茶", "White tea"), About: hans("福鼎的白茶。\n手工做的。", "From Fuding."), Kind: goods.Wares, Supplier: "fuding", PerPerson: 3, Return: 7,
					SKUs: []goods.SKU{{Name: "box", Title: hans("一盒", "A box"), Price: 100_00, Cost: 60_00, Stock: 4}, {Name: "tin", Title: hans("一罐", "A tin"), Price: 30_00, Stock: 0}},
				},
				{Name: "cup", Title: hans("杯子", "A cup"), Kind: goods.PointsItem, SKUs: []goods.SKU{{Name: "one", Points: 500, Stock: 1}}},
			},
			GroupBuys: []goods.Offer{{Name: "tea-2", Item: "tea/box", Size: 2, Window: clock.Duration(24 * time.Hour), Price: 80_00}},
		})
		if err != nil {
			return err
		}
		return w.app.Shop.DeclareCouponsTx(tx, []shop.Coupon{{Code: "TEN", Title: hans("减十元", "Ten off"), Off: 10_00, Quota: 5}})
	})
}

// write does something in one transaction.
func (w walker) write(fn func(tx *db.Tx) error) {
	w.Helper()
	w.must(w.app.DB.Do(w.Context(), w.community, fn))
}

// arrives is a phone whose holder is known here.
func (w walker) arrives() walker {
	w.Helper()
	w.phone = phone.New(w.phone.Base, nil)
	w.send("/e/join/arrive", nil)
	return w
}

// pay pays an order on the trial page, and gives its page.
func (w walker) pay(order string) {
	w.Helper()
	w.send(w.here(w.send(w.here(order)+"/pay", url.Values{"by": {"sandbox"}})), url.Values{"payer": {" wallet "}})
	w.settled()
}

// here is a path as the phone asks for it.
func (w walker) here(path string) string { return strings.TrimPrefix(path, "/mothers") }

// settled does what is due, where nothing else does.
func (w walker) settled() {
	w.Helper()
	w.must(w.app.Settle(w.Context()))
}

var home = url.Values{"name": {"王小明"}, "phone": {"13800000000"}, "region": {"福建省福鼎市"}, "street": {"太姥山路 1 号"}}

func onAShelf(t *testing.T) (walker, func(path string, want ...string) phone.Page) {
	t.Helper()
	a, community, _, p := begin(t)
	w := walker{T: t, app: a, community: community, phone: p}
	w.shelf()
	return w, func(path string, want ...string) phone.Page { t.Helper(); return w.look(w.phone, path, want...) }
}

// look opens a page that has the words already.
func (w walker) look(p *phone.Phone, path string, want ...string) phone.Page {
	w.Helper()
	page, err := p.Open(w.Context(), w.here(path))
	w.must(err)
	for _, x := range want {
		if !strings.Contains(page.Words(), x) {
			w.Errorf("%s: no %q in %s", path, x, page.Words())
		}
	}
	return page
}

// staff does something as who may do everything.
var staff = task.Principal{ID: "op", All: true}

// S1, S2, S5: on the phone somebody looks at the shop as a stranger, buys with a coupon, says where it goes, follows it, complains, and is
// answered.
func TestShopOnThePhone(t *testing.T) {
	w, see := onAShelf(t)
	see("/shop?lang=zh-Hans", "白茶", "¥100.00", "杯子", "500 积分")
	page := see("/shop/tea", "手工做的", "一盒", "还剩 4 件", "一罐", "已售完", "每人 3 件", "收到后 7 天内可以自己退", "2 人团", "¥80.00", "留手机号购买")
	if page.Has("/buy") || !strings.Contains(page.HTML, `<meta property="og:title" content="白茶">`) || !strings.Contains(page.HTML, `og:description" content="¥100.00 福鼎的白茶。"`) {
		t.Errorf("a stranger sees %s", page.HTML)
	}
	w = w.arrives()
	see = func(path string, want ...string) phone.Page { t.Helper(); return w.look(w.phone, path, want...) }
	see("/me?lang=zh-Hans", "去商城看看")
	buy := func(more ...string) url.Values {
		form := url.Values{"key": {see("/shop/tea").Value("key")}, "sku": {"box"}, "qty": {"2"}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return form
	}
	w.refused("/shop/tea/buy", buy("qty", "0"), "数量不对")
	w.refused("/shop/tea/buy", buy("qty", "4"), "每人限购 3 件")
	w.refused("/shop/tea/buy", buy("sku", "tin"), "还剩 0 件")
	w.refused("/shop/tea/buy", buy("coupon", "none"), "NONE")
	w.refused("/shop/tea/buy", buy("with", "points"), "不能用积分")
	first := buy("coupon", "ten")
	order := w.send("/shop/tea/buy", first)
	if again := w.send("/shop/tea/buy", first); again != order {
		t.Errorf("a second tap leads to %s, not %s", again, order)
	}
	if page := see(order, "待付款", "白茶 · 一盒 × 2", "¥200.00", "−¥10.00", "¥190.00", "先填好寄到哪里"); page.Has("/pay") {
		t.Error("it may be paid before it is said where it goes")
	}
	w.refused(w.here(order)+"/address", url.Values{"name": {"王小明"}}, "地址里的每一项都要填")
	w.send(w.here(order)+"/address", home)
	see(order, "太姥山路 1 号", "去付款")
	w.pay(order)
	w.write(func(tx *db.Tx) error {
		payer, err := w.app.Shop.PayerTx(tx, order[strings.LastIndex(order, "/")+1:])
		if payer == "" || strings.Contains(payer, "wallet") {
			t.Errorf("the account that paid is kept as %q", payer)
		}
		return err
	})
	see(order, "待发货", "正在准备发货")
	see("/me", "白茶 · 一盒", "待发货")
	var item string
	w.write(func(tx *db.Tx) error {
		o, err := w.app.Shop.GetTx(tx, order[strings.LastIndexByte(order, '/')+1:])
		if err != nil {
			return err
		}
		item = o.Lines[0].Ref
		_, err = w.app.Goods.ShipTx(tx, item, "顺丰", "SF123", "op")
		return err
	})
	see(order, "已发货", "顺丰", "SF123", "已收到")
	w.refused(w.here(order)+"/ask", url.Values{"item": {"none"}, "words": {"x"}}, "没有这件已购商品")
	w.send(w.here(order)+"/come", url.Values{"item": {item}})
	see(order, "已完成")
	w.send(w.here(order)+"/ask", url.Values{"item": {item}, "words": {"少了一盒"}})
	see(order, "售后处理中")
	w.refused(w.here(order)+"/ask", url.Values{"item": {item}, "words": {"少了一盒"}}, "正在处理")
	open, err := w.app.Tasks.List(t.Context(), w.community, staff, task.Filter{Kind: "after-sale", Subject: item}, "", 5)
	w.must(err)
	if len(open.Items) != 1 || open.Items[0].Role != task.RoleName(access.Service) || open.Items[0].Note != "少了一盒" {
		t.Fatalf("asked %+v", open.Items)
	}
	_, err = w.app.Tasks.Finish(t.Context(), w.community, staff, open.Items[0].ID, "replace", "明天补寄")
	w.must(err)
	w.settled()
	see(order, "会再寄一件给你", "明天补寄", "申请售后")
	see("/shop?lang=en", "White tea")
	see("/shop/tea", "A box", "2 left", "Sold out")
	see("/me/orders?lang=zh-Hant", "白茶", "已完成")

	other := w.arrives()
	other.look(other.phone, order+"?lang=zh-Hans", "没有这个订单")
}

// S5: what is had for points is paid with them at once; they come back with it; a member sees every row.
func TestPointsOnThePhone(t *testing.T) {
	w, _ := onAShelf(t)
	w = w.arrives()
	w.look(w.phone, "/shop/cup?lang=zh-Hans", "现有 0 积分", "用积分兑换")
	get := func() url.Values {
		return url.Values{"key": {w.look(w.phone, "/shop/cup").Value("key")}, "sku": {"one"}, "qty": {"1"}, "with": {"points"}}
	}
	w.refused("/shop/cup/buy", get(), "需要 500 积分，现有 0")
	me := w.onlyPerson()
	w.write(func(tx *db.Tx) error { return w.app.Shop.GrantTx(tx, me, 700, shop.GrantPrize, "op") })
	order := w.send("/shop/cup/buy", get())
	w.settled()
	w.look(w.phone, order, "500 积分", "待发货", "先填好寄到哪里")
	w.look(w.phone, "/me/points", "200", "兑换", "−500", "奖励", "+700")
	w.look(w.phone, "/shop/cup", "已售完", "看看别的商品")
	w.write(func(tx *db.Tx) error {
		_, err := w.app.Shop.RefundTx(tx, order[strings.LastIndexByte(order, '/')+1:], shop.Ask{Key: "back", Why: "x", Actor: "op"})
		return err
	})
	w.look(w.phone, "/me/points", "700", "兑换退回", "+500")
	w.look(w.phone, "/me", "现有 700 积分")
}

// onlyPerson is whoever came last.
func (w walker) onlyPerson() (id string) {
	w.Helper()
	list, err := w.app.People.List(w.Context(), w.community, people.Filter{}, "", 1)
	w.must(err)
	if len(list.Items) > 0 {
		id = list.Items[0].ID
	}
	return id
}

// S4: a group-buy is joined by a link, full at exactly its size, and paid back when it is not full in time; each step is told on the phone.
func TestGroupBuyOnThePhone(t *testing.T) {
	w, _ := onAShelf(t)
	clk := w.app.DB.Clock().(*clock.Manual)
	ann, bob, eve := w.arrives(), w.arrives(), w.arrives()
	start := func(w walker) (order, group string) {
		t.Helper()
		order = w.send("/offers/tea-2", url.Values{"key": {w.look(w.phone, "/shop/tea?lang=zh-Hans", "开一个团").Value("key")}})
		w.send(w.here(order)+"/address", home)
		page := w.look(w.phone, order, "¥80.00", "看拼团进度")
		_, after, _ := strings.Cut(page.HTML, `href="/mothers/group-buys/`)
		id, _, _ := strings.Cut(after, `"`)
		return order, "/group-buys/" + id
	}
	first, group := start(ann)
	ann.pay(first)
	ann.look(ann.phone, first, "拼团中", "到时不齐会自动退款")
	ann.look(ann.phone, group, "还差 1 人", "1 / 2", "把链接发给朋友", "看我的订单")
	ann.refused(group, url.Values{"key": {"again"}}, "已经在这个团里")
	stranger := phone.New(w.phone.Base, nil)
	if page := w.look(stranger, group+"?lang=zh-Hans", "白茶 · 一盒", "¥80.00", "还差 1 人", "留手机号参团"); !strings.Contains(page.HTML, `og:description" content="¥80.00 还差 1 人"`) {
		t.Error("the card of a group says nothing of it")
	}
	w.look(stranger, "/shop/tea", "还差 1 人")
	second := bob.send(group, url.Values{"key": {bob.look(bob.phone, group+"?lang=zh-Hans", "参团").Value("key")}})
	eve.refused(group+"?lang=zh-Hans", url.Values{"key": {"x"}}, "名额已满或被占住")
	bob.send(bob.here(second)+"/address", home)
	bob.pay(second)
	for _, one := range []struct {
		w     walker
		order string
	}{{ann, first}, {bob, second}} {
		one.w.look(one.w.phone, one.order, "待发货")
		one.w.look(one.w.phone, group, "拼团成功", "2 / 2")
	}
	eve.refused(group, url.Values{"key": {"x"}}, "这个团已经结束")

	late, lonely := start(eve)
	eve.pay(late)
	clk.Advance(25 * time.Hour)
	w.settled()
	eve.look(eve.phone, late, "已退款", "到时没有凑齐人数", "¥80.00")
	eve.look(eve.phone, lonely, "没有成团", "付过的钱原路退回", "看我的订单")
	r, err := w.app.Verify(t.Context(), w.community)
	w.must(err)
	if len(r.Flaws) > 0 {
		t.Errorf("flaws %+v", r.Flaws)
	}
}
