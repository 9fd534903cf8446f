package h5_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit/phone"
)

var invitation = regexp.MustCompile(`/mothers(/colleague/[0-9a-f]{32})`)

// P10, M5: on the phone somebody buys for their company and invites a colleague, who takes the place, shows their card to staff, and
// leaves; each sees to their invoices.
func TestACompanyOnThePhone(t *testing.T) {
	a, community, _, boss := begin(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(a.DB.Do(ctx, community, func(tx *db.Tx) error {
		return a.Members.DeclareTx(tx, membership.Config{Plans: []membership.Plan{{
			Name: "team", Title: text.Text{text.Hans: "团队会员"}, Price: 5000_00, Period: membership.Period{Months: 12}, Refund: 7, Seats: 2, Number: membership.Number{Pattern: "T{n:3}"},
		}}})
	}))
	see := func(p *phone.Phone, path string, want ...string) phone.Page {
		t.Helper()
		page, err := p.Open(ctx, path)
		must(err)
		for _, w := range want {
			if !strings.Contains(page.Words(), w) && !strings.Contains(page.HTML, `value="`+w) {
				t.Errorf("%s: no %q in %s", path, w, page.Words())
			}
		}
		return page
	}
	send := func(p *phone.Phone, path string, form url.Values) string {
		t.Helper()
		page, to, done, err := p.Send(ctx, path, form)
		must(err)
		if !done {
			t.Fatalf("%s was refused: %s", path, page.Words())
		}
		to, _, _ = strings.Cut(strings.TrimPrefix(to, "/mothers"), "#")
		return to
	}
	refused := func(p *phone.Phone, path string, form url.Values, want string) {
		t.Helper()
		page, _, done, err := p.Send(ctx, path, form)
		must(err)
		if done || !strings.Contains(page.Words(), want) {
			t.Errorf("%s: %s, want %q", path, page.Words(), want)
		}
	}
	boss.Lang = "zh-Hans"
	send(boss, "/e/join/arrive", nil)
	see(boss, "/me", "我的公司", "发票资料")
	list := see(boss, "/me/companies", "登记公司")
	refused(boss, "/me/companies", url.Values{"key": {"x"}, "name": {" "}}, "公司名称不对")
	firm := send(boss, "/me/companies", url.Values{"key": {list.Value("key")}, "name": {"深圳一号公司"}})
	page := see(boss, firm, "深圳一号公司", "联系人", "公司现在没有会员", "含 2 个同事名额", "¥5000.00")
	order := send(boss, firm+"/buy", url.Values{"key": {page.Value("key")}, "plan": {"team"}})
	send(boss, send(boss, order+"/pay", url.Values{"by": {"sandbox"}}), nil)
	must(a.Settle(ctx))
	if paid := see(boss, order, "会员已属于公司", "到公司页"); !strings.Contains(paid.HTML, `href="/mothers`+firm+`"`) || strings.Contains(paid.Words(), "查看会员卡") {
		t.Errorf("a company's order leads elsewhere: %s", paid.HTML)
	}
	see(boss, "/me", "团队会员", "深圳一号公司", "T001")
	see(boss, firm, "同事名额 0 / 2", "邀请同事（剩 2 个）")
	for _, key := range []string{"one", "two"} {
		send(boss, firm+"/invite", url.Values{"key": {key}})
	}
	refused(boss, firm+"/invite", url.Values{"key": {"three"}}, "2 个同事名额都已用完")
	links := invitation.FindAllStringSubmatch(see(boss, firm, "撤回邀请").HTML, -1)
	if len(links) < 2 {
		t.Fatalf("links: %v", links)
	}

	colleague := phone.New(boss.Base, nil)
	colleague.Lang = "zh-Hans"
	see(colleague, links[0][1], "深圳一号公司", "领取名额", "手机号")
	send(colleague, "/e/join/arrive", nil)
	if to := send(colleague, links[0][1]+"/take", nil); to != firm {
		t.Errorf("taken, and led to %s", to)
	}
	see(colleague, firm, "同事", "团队会员", "出示会员卡")
	if p, err := colleague.Open(ctx, firm); err != nil || strings.Contains(p.HTML, "/colleague/") || strings.Contains(p.HTML, "/invite") {
		t.Errorf("a colleague sees what is the contact's: %v", err)
	}
	refused(colleague, firm+"/invite", url.Values{"key": {"x"}}, "你不是这家公司的联系人")
	see(boss, links[0][1], "这个名额已被别人领取")
	see(boss, firm, "同事名额 1 / 2")

	stranger := phone.New(boss.Base, nil)
	stranger.Lang = "zh-Hans"
	send(stranger, "/e/join/arrive", nil)
	see(stranger, firm, "没有这家公司")
	see(stranger, "/me/card", "你现在没有有效的会员")

	// The card: staff see that it is valid; a minute later a picture of it is worth nothing; who is not staff sees nothing.
	see(colleague, "/me", "出示会员卡")
	if page := see(colleague, "/me/card", "团队会员", "T001"); !strings.Contains(page.HTML, "<svg") || !strings.Contains(page.HTML, `data-refresh="30"`) {
		t.Errorf("the card: %s", page.HTML)
	}
	var code string
	must(a.DB.Read(ctx, community, func(tx *db.Tx) error {
		places, err := a.Members.ColleaguesTx(tx, strings.TrimPrefix(firm, "/company/"), membership.EveryPlace, "", 10)
		for _, m := range places.Items {
			if err == nil && m.Person != "" {
				code, err = a.Members.CardCodeTx(tx, m.Person)
			}
		}
		return err
	}))
	see(boss, "/card/"+code, "需要工作人员登录")
	clk, manual := a.DB.Clock().(*clock.Manual)
	if !manual {
		t.Fatal("the clock goes by itself")
	}
	staff := walker{t, a, community, clk, boss}.door(access.Service)
	check := func(code string, status int, want ...string) {
		t.Helper()
		got, page := staff("GET", "/card/"+code, nil)
		for _, w := range want {
			if got != status || !strings.Contains(page, w) {
				t.Errorf("card %s: %d, no %q in %s", code, got, w, page)
			}
		}
	}
	check(code, http.StatusOK, "有效会员", "团队会员", "T001")
	check(code+"x", http.StatusUnprocessableEntity, "这不是有效的会员码")

	refused(colleague, "/me/invoice", url.Values{"title": {""}}, "没有填发票抬头")
	send(colleague, "/me/invoice", url.Values{"title": {"王小明"}, "email": {"wang@example.com"}})
	see(colleague, "/me/invoice", "王小明", "wang@example.com")
	refused(boss, firm+"/invoice", url.Values{"title": {"深圳一号公司"}, "tax_number": {"12"}}, "税号不对")
	send(boss, firm+"/invoice", url.Values{"title": {"深圳一号公司"}, "tax_number": {"91440300ma5f000000"}})
	see(boss, firm+"/invoice", "91440300MA5F000000")
	see(colleague, firm+"/invoice", "你不是这家公司的联系人")

	clk.Advance(2 * time.Minute)
	check(code, http.StatusGone, "会员码已过期")

	see(colleague, "/me/leave", "退出会员", "团队会员")
	refused(colleague, "/me/leave", url.Values{"word": {"不"}}, "确认的文字不对")
	if page, _, _, err := colleague.Send(ctx, "/me/leave", url.Values{"word": {"退出"}}); err != nil || !strings.Contains(page.Words(), "已退出会员") {
		t.Errorf("left: %s, %v", page.Words(), err)
	}
	see(boss, firm, "同事名额 0 / 2", "邀请同事（剩 1 个）")
	see(colleague, "/me/card", "你现在没有有效的会员")
	send(boss, firm+"/take-back", url.Values{"place": {see(boss, firm).Value("place")}})
	see(phone.New(boss.Base, nil), links[1][1], "The invitation is over")

	// Who leaves gives their place back, however many came after them.
	send(boss, firm+"/invite", url.Values{"key": {"again"}})
	again := invitation.FindStringSubmatch(see(boss, firm).HTML)
	send(colleague, again[1]+"/take", nil)
	clk.Advance(time.Second)
	must(a.DB.Do(ctx, community, func(tx *db.Tx) error {
		for i := range 201 {
			m, err := a.Members.InviteTx(tx, strings.TrimPrefix(firm, "/company/"), "", fmt.Sprint("later ", i))
			if err == nil {
				_, err = a.Members.FreePlaceTx(tx, m.ID, membership.TakenBack)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
	see(boss, firm, "同事名额 1 / 2")
	send(colleague, firm+"/leave", nil)
	see(boss, firm, "同事名额 0 / 2")
	see(colleague, firm, "没有这家公司")
}
