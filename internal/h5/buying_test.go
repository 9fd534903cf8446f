package h5_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit/phone"
)

// M1, M5, S3: on the phone somebody buys a membership, sees their card, pays a wrong amount, and gives it all back.
func TestBuyingOnThePhone(t *testing.T) {
	a, community, _, p := serveBy(t, "mothers", idle)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(a.DB.Do(ctx, community, func(tx *db.Tx) error {
		return a.Members.DeclareTx(tx, membership.Config{Plans: []membership.Plan{{
			Name: "year", Title: text.Text{text.Hans: "年度会员", text.En: "A year with us"}, Price: 1599_00, Period: membership.Period{Months: 12}, Refund: 7,
			Number: membership.Number{Pattern: "Q{n:4}"}, Benefits: []membership.Benefit{{Name: "salon", Title: text.Text{text.Hans: "闭门沙龙"}, Count: 2}},
			Waves: []membership.Wave{{Name: "first", Price: 999_00, Quota: 3}},
		}}})
	}))
	see := func(path string, want ...string) phone.Page {
		t.Helper()
		page, err := p.Open(ctx, path)
		must(err)
		for _, w := range want {
			if !strings.Contains(page.Words(), w) {
				t.Errorf("%s: no %q in %s", path, w, page.Words())
			}
		}
		return page
	}
	send := func(path string, form url.Values) string {
		t.Helper()
		_, to, done, err := p.Send(ctx, path, form)
		must(err)
		if !done {
			t.Fatalf("%s was refused", path)
		}
		return strings.TrimPrefix(to, "/mothers")
	}
	see("/plans?lang=zh-Hans")
	if page := see("/plans", "年度会员", "¥999.00", "入会", "已登记过，登录后购买"); page.Has("/buy") {
		t.Error("a stranger is offered to buy at once")
	}
	send("/e/join/arrive", nil)
	plans := see("/plans", "购买", "2027-03-07", "3")
	order := send("/plans/year/buy", url.Values{"key": {plans.Value("key")}})
	if again := send("/plans/year/buy", url.Values{"key": {plans.Value("key")}}); again != order {
		t.Errorf("a second tap leads to %s, not %s", again, order)
	}
	see(order, "待付款", "¥999.00")
	short := send(order+"/pay", url.Values{"by": {"sandbox"}})
	see(short, "试付款")
	send(short, url.Values{"how": {"short"}})
	must(a.Settle(ctx))
	see(order, "待付款", "已退款", "¥998.99")
	send(send(order+"/pay", url.Values{"by": {"sandbox"}}), nil)
	if page := see(order, "已付款", "正在开通"); !strings.Contains(page.HTML, `data-refresh="2"`) {
		t.Error("the page of what is being opened doesn't look again")
	}
	must(a.Settle(ctx))
	if page := see(order, "已开通"); strings.Contains(page.HTML, "data-refresh") {
		t.Error("the page of what is open looks again")
	}
	see("/me", "Q0001", "闭门沙龙", "剩 2 / 2", "我的订单")
	if page := see("/me/share", "分享给朋友", "年度会员"); strings.Contains(page.Words(), "奖励") {
		t.Error("rewards where nobody is rewarded")
	}
	see("/plans", "你已是会员", "续费", "¥1599.00")
	see("/plans?lang=en", "A year with us", "Renew")
	see("/plans?lang=zh-Hans")
	send(order+"/give-up", nil)
	must(a.Settle(ctx))
	see(order, "已退款", "¥1997.99")
	if page := see("/me"); strings.Contains(page.Words(), "Q0001") {
		t.Error("the card is still there")
	}

	other := phone.New(p.Base, nil)
	_, _, _, err := other.Send(ctx, "/e/join/arrive", nil)
	must(err)
	if page, err := other.Open(ctx, order); err != nil || !strings.Contains(page.Words(), "There is no such order") {
		t.Errorf("somebody else's order: %s, %v", page.Words(), err)
	}
}
