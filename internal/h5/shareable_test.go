package h5_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// G1: each product and event has a share link and a poster; a link to goods leads to their page, and what is bought there counts.
func TestAProductIsShared(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	ann := walker{t, a, community, clk, p}.member("13900000051", "林一")
	ann.shelf()
	e := ann.plans("session", "增长专场", 48*time.Hour)

	ann.see("/me/share", "白茶", "¥100.00", "杯子", "500 积分", "增长专场")
	if page := ann.see("/shop/tea", "分享给朋友"); !strings.Contains(page.HTML, `/me/share/goods:tea"`) {
		t.Error("its page doesn't lead to its link")
	}
	if page := ann.see("/events/"+e.Code, "分享给朋友"); !strings.Contains(page.HTML, `/me/share/ticket:`+e.ID+`"`) {
		t.Error("an event's page doesn't lead to its link")
	}
	path, address := ann.link("goods:tea")
	ann.see("/me/share/goods:tea", "白茶", "福鼎的白茶。")
	ann.scans("/me/share/goods:tea/poster.png", address)

	bob := ann.stranger()
	if page := bob.see(path, "白茶", "¥100.00"); !strings.HasSuffix(page.Path, "/shop/tea") || strings.Contains(page.Words(), "分享给朋友") {
		t.Errorf("a stranger is led to %s: %s", page.Path, page.Words())
	}
	bob.register("13900000052", "周远")
	order := bob.send("/shop/tea/buy", url.Values{"key": {bob.see("/shop/tea").Value("key")}, "sku": {"box"}, "qty": {"1"}})
	bob.send(order+"/address", home)
	bob.send(bob.send(order+"/pay", url.Values{"by": {"sandbox"}}), nil)
	ann.settle()
	ann.see("/me/share/goods:tea", "浏览 1 · 访客 1 · 线索 1 · 订单 1")

	// What is sold no more is shared no more, and an old link says so.
	ann.must(a.DB.Do(t.Context(), community, func(tx *db.Tx) error { return a.Goods.RetireTx(tx, "tea", true, "op") }))
	if page := ann.see("/me/share/goods:tea", "可以分享的"); !strings.HasSuffix(page.Path, "/me/share") || strings.Contains(page.Words(), "白茶") {
		t.Errorf("what is sold no more is shared: %s", page.Words())
	}
	if words := ann.see("/shop/tea").Words(); strings.Contains(words, "分享给朋友") {
		t.Errorf("its page leads to a link: %s", words)
	}
	ann.stranger().see(path, "白茶", "下架")
	for _, none := range []string{"goods:none", "goods:", "ticket:none", "nothing"} {
		if page := ann.see("/me/share/" + none); !strings.HasSuffix(page.Path, "/me/share") {
			t.Errorf("%s leads to %s", none, page.Path)
		}
	}
}
