package h5_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit/phone"
)

// S3, M1: who pays after what was kept for them has gone to somebody else has their money back by itself, and their order says why and
// how, in their language.
func TestWhoPaysTooLateIsToldWhy(t *testing.T) {
	a, community, clk, p := serveBy(t, "mothers", idle)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(a.DB.Do(ctx, community, func(tx *db.Tx) error {
		return a.Members.DeclareTx(tx, membership.Config{Cap: 1, Plans: []membership.Plan{{Name: "year", Title: text.Text{text.Hans: "年度会员"}, Price: 999_00, Period: membership.Period{Months: 12}}}})
	}))
	buy := func(by *phone.Phone) (order string) {
		t.Helper()
		_, _, _, err := by.Send(ctx, "/e/join/arrive", nil)
		must(err)
		plans, err := by.Open(ctx, "/plans")
		must(err)
		_, to, done, err := by.Send(ctx, "/plans/year/buy", url.Values{"key": {plans.Value("key")}})
		must(err)
		if !done {
			t.Fatalf("nothing is kept for them: %s", to)
		}
		return to[strings.LastIndexByte(to, '/')+1:]
	}
	pays := func(order string) {
		t.Helper()
		var d shop.Detail
		must(a.DB.Read(ctx, community, func(tx *db.Tx) (err error) { d, err = a.Shop.DetailTx(tx, order); return err }))
		_, err := a.Shop.Notify(ctx, community, channel.Sandbox, channel.Notice{Payment: d.Payments[0].ID, Amount: d.Amount})
		must(err)
		must(a.Settle(ctx))
	}
	late := buy(p)
	_, _, _, err := p.Send(ctx, "/orders/"+late+"/pay", url.Values{"by": {"sandbox"}})
	must(err)
	clk.Advance(16 * time.Minute)
	must(a.Settle(ctx))

	other := phone.New(p.Base, nil)
	order := buy(other)
	_, _, _, err = other.Send(ctx, "/orders/"+order+"/pay", url.Values{"by": {"sandbox"}})
	must(err)
	pays(order)
	pays(late)
	for lang, want := range map[string][]string{"zh-Hans": {"名额", "款项原路退回", "¥999.00"}, "en": {"place", "¥999.00"}} {
		page, err := p.Open(ctx, "/orders/"+late+"?lang="+lang)
		must(err)
		for _, x := range want {
			if !strings.Contains(page.Words(), x) {
				t.Errorf("in %s no %q in %s", lang, x, page.Words())
			}
		}
	}
	page, err := other.Open(ctx, "/orders/"+order+"?lang=zh-Hans")
	must(err)
	if !strings.Contains(page.Words(), "已开通") {
		t.Errorf("who paid in time has nothing: %s", page.Words())
	}
}
