package h5_test

import (
	"bytes"
	"html"
	"image/png"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

var ownLink = regexp.MustCompile(`https?://[^\s<"]+(/s/[0-9a-z]{10})`)

// link is the path of a phone's own link to something, and its whole address.
func (w walker) link(of string) (path, address string) {
	w.Helper()
	page := w.see("/me/share/" + of)
	m := ownLink.FindStringSubmatch(html.UnescapeString(page.HTML))
	if m == nil {
		w.Fatalf("no link on %s: %s", page.Path, page.Words())
	}
	return m[1], m[0]
}

// G1, G2, G4: a member's link brings a stranger who registers and buys; the member sees the guest, the reward that is frozen, and why.
func TestSharing(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	sharer := walker{t, a, community, clk, p}
	sharer.see("/e/join?lang=zh-Hans")
	sharer.register("13900000001", "林一")
	sharer.see("/me/share", "会员分享才有奖励")
	sharer.buy()
	sharer.see("/me", "分享给朋友")
	sharer.see("/me/share", "可以分享的", "年度会员", "¥999.00", "还没有人通过你来", "还没有奖励", "奖励形式", "个人海报")
	if strings.Contains(sharer.see("/me/share").Words(), "会员分享才有奖励") {
		t.Error("a member is told that only members earn")
	}
	clk.Advance(time.Minute)
	path, address := sharer.link("plan:annual")
	if page := sharer.see(path, "复制这段话"); !strings.HasSuffix(page.Path, "/me/share/plan:annual") {
		t.Errorf("one's own link leads to %s", page.Path)
	}
	if again, _ := sharer.link("plan:annual"); again != path {
		t.Errorf("another link: %s, not %s", again, path)
	}
	if other, _ := sharer.link("all"); other == path {
		t.Error("one link to everything")
	}
	if page := sharer.see("/me/share/plan:none", "可以分享的"); page.Path != "/me/share" && !strings.HasSuffix(page.Path, "/me/share") {
		t.Errorf("what is not shared leads to %s", page.Path)
	}
	sharer.scans("/me/share/plan:annual/poster.png", address)

	guest := sharer.stranger()
	if page := guest.see(path+"?lang=zh-Hans", "¥999.00", "怎么加入"); !strings.HasSuffix(page.Path, "/e/join") || !strings.Contains(page.HTML, "og:description") {
		t.Errorf("a stranger is led to %s", page.Path)
	}
	if page := guest.see("/s/aaaaaaaaaa"); page.Status != 404 {
		t.Errorf("a link that nobody has: %d", page.Status)
	}
	sharer.see("/me/share", "浏览 1 · 访客 1 · 线索 0 · 订单 0")
	guest.see("/me/share/all?lang=zh-Hans") // has to sign in first
	guest.register("13900000002", "周远")
	sharer.see("/me/share", "线索 1", "周**", "待成交", "打开了你的链接")
	if page := guest.see(path); !strings.HasSuffix(page.Path, "/plans") {
		t.Errorf("who is known is led to %s", page.Path)
	}
	guest.buy()
	sharer.see("/me/share", "订单 1", "已带来奖励", "冻结中 ¥99.90", "个人海报", "2026-03-07 · 冻结至 2026-03-14")
	if words := sharer.see("/me/share").Words(); strings.Contains(words, "周远") {
		t.Error("a guest's whole name is shown")
	}
	why := regexp.MustCompile(`/me/rewards/[0-9a-z]{20}`).FindString(sharer.see("/me/share").HTML)
	story := sharer.see(why, "周** 打开了你的链接", "周** 与你绑定", "周** 付款 ¥999.00", "年度会员", "你得到 ¥99.90", "个人海报，第 1 版规则", "¥999.00 的 10%", "冻结中 +¥99.90", "解冻").Words()
	last := 0
	for _, step := range []string{"与你绑定", "付款", "你得到", "将来"} {
		at := strings.Index(story, step)
		if at < last {
			t.Errorf("%q does not come in its turn: %s", step, story)
		}
		last = at
	}
	if page := guest.see(why); page.Status != 404 {
		t.Errorf("somebody else's reward: %d", page.Status)
	}

	sharer.send("/me/share/choice", url.Values{"programme": {"poster"}, "kind": {"points"}})
	if page := sharer.see("/me/share"); !regexp.MustCompile(`value="points" checked`).MatchString(page.HTML) {
		t.Error("the choice is not kept")
	}
	page, _, done, err := p.Send(t.Context(), "/me/share/choice", url.Values{"programme": {"poster"}, "kind": {"luck"}})
	if err != nil || done || !strings.Contains(page.Words(), "这个方案没有这种奖励") {
		t.Errorf("a wrong choice: %s, %v", page.Words(), err)
	}

	clk.Advance(8 * 24 * time.Hour)
	sharer.settle()
	sharer.signIn("13900000001")
	sharer.see("/me/share", "可结算 ¥99.90", "冻结中 ¥0.00")
	sharer.see(why, "可结算 +¥99.90", "冻结中 −¥99.90")
	sharer.see("/me/rewards", "个人海报", "可结算")

	// What they earned by one link, they follow from another themselves: the chain goes on.
	further, _ := guest.again("13900000002").link("all")
	third := sharer.stranger()
	third.see(further)
	third.register("13900000003", "吴三")
	sharer.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) error {
		first, err := a.Growth.LinkByCode(tx, strings.TrimPrefix(path, "/s/"))
		if err != nil {
			return err
		}
		chain, err := a.Growth.ChainTx(tx, first.ID)
		if len(chain) != 2 || chain[1].Depth != 1 || chain[1].Leads != 1 {
			t.Errorf("the chain %+v", chain)
		}
		return err
	}))
}

// G4, L3: a reward that was paid out says so; what goes back after that is owed, and the story tells it.
func TestARewardIsPaidAndOwed(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	sharer := walker{t, a, community, clk, p}
	sharer.see("/e/join?lang=zh-Hans")
	sharer.register("13900000001", "林一")
	sharer.buy()
	clk.Advance(time.Minute)
	path, _ := sharer.link("plan:annual")
	guest := sharer.stranger()
	guest.see(path)
	guest.register("13900000002", "周远")
	guest.buy()
	sharer.see("/me/share", "冻结至")
	clk.Advance(8 * 24 * time.Hour)
	sharer.settle()
	sharer.signIn("13900000001")
	why := regexp.MustCompile(`/me/rewards/[0-9a-z]{20}`).FindString(sharer.see("/me/share", "可结算 ¥99.90").HTML)

	one, other := audit.Actor{Kind: access.Operator, ID: "one"}, audit.Actor{Kind: access.Operator, ID: "other"}
	do := func(fn func(tx *db.Tx) error) {
		t.Helper()
		sharer.must(a.DB.Do(t.Context(), community, fn))
	}
	var batch payout.Batch
	do(func(tx *db.Tx) (err error) {
		batch, err = a.Payouts.DraftTx(tx, one, payout.Plan{Threshold: 1_00})
		return err
	})
	sharer.settle()
	do(func(tx *db.Tx) error { _, err := a.Payouts.ApproveTx(tx, other, batch.ID); return err })
	sharer.see("/me/share", "打款中", "可结算 ¥0.00")
	do(func(tx *db.Tx) error {
		lines, err := a.Payouts.LinesTx(tx, batch.ID, payout.Reserved, "", 10)
		if err != nil || len(lines.Items) != 1 {
			t.Errorf("lines %+v", lines)
			return err
		}
		_, err = a.Payouts.PaidTx(tx, other, lines.Items[0].ID)
		return err
	})
	sharer.see(why, "已打款 ¥99.90", "包含当时全部可结算的奖励")
	sharer.see("/me/rewards", "已打款")

	do(func(tx *db.Tx) error {
		sale, err := a.Growth.AllRewardsTx(tx, growth.RewardFilter{}, "", 1)
		if err == nil {
			_, err = a.Shop.RefundTx(tx, sale.Items[0].Order, shop.Ask{Key: "half", Amount: 500_00, Actor: "op"})
		}
		return err
	})
	sharer.settle()
	sharer.see("/me/share", "待抵扣 ¥50.00", "已打款 · 收回了 ¥50.00")
	sharer.see(why, "订单退款，收回 ¥50.00", "其中 ¥50.00 已打款", "待抵扣 −¥50.00")
}

// G1: a link to an event leads to the event, and says what it costs a stranger.
func TestSharingAnEvent(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}
	w.see("/e/join?lang=zh-Hans")
	w.register("13900000001", "林一")
	e := w.plans("session", "第一场", 48*time.Hour)
	w.see("/me/share", "第一场", "¥399.00")
	path, _ := w.link("ticket:" + e.ID)
	guest := w.stranger()
	if page := guest.see(path, "第一场"); !strings.HasSuffix(page.Path, "/events/"+e.Code) {
		t.Errorf("it leads to %s", page.Path)
	}
	w.see("/me/share/ticket:"+e.ID, "浏览 1", "图书馆")
	if page := w.see("/me/share/ticket:" + e.ID + "/poster.png"); !strings.HasPrefix(page.HTML, "\x89PNG") {
		t.Error("no poster")
	}
}

// E8: a lecturers' share promises nothing to who shares: no page of theirs speaks of pay or asks in which form, and who has bought what
// a host's event offered did not come by the host.
func TestALecturersShareIsNoPayForSharing(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	ann := walker{t, a, community, clk, p}.member("13900000041", "林一")
	lecturers := growth.Programme{
		Name: "lecturers", Title: text.Text{text.Hans: "讲师分成"}, Binds: growth.ByOffer,
		Reward: []growth.RewardKind{growth.InMoney, growth.InPoints}, PointsPerYuan: 10, Levels: []growth.Level{{RateBP: 1000}},
	}
	do := func(fn func(tx *db.Tx) error) {
		t.Helper()
		ann.must(a.DB.Do(t.Context(), community, fn))
	}
	do(func(tx *db.Tx) error { return a.Growth.DeclareTx(tx, growth.Config{}) })
	nothing := ann.see("/me/share").Words()
	do(func(tx *db.Tx) error {
		return a.Growth.DeclareTx(tx, growth.Config{Programmes: []growth.Programme{lecturers}})
	})
	if words := ann.see("/me/share").Words(); words != nothing {
		t.Errorf("with lecturers it says %s, and without %s", words, nothing)
	}
	host := ann.onlyPerson()
	do(func(tx *db.Tx) error {
		guest, err := a.People.CreateTx(tx, people.Seed{})
		if err != nil {
			return err
		}
		cause, err := fact.Append(tx, growth.LinkFollowed{}, fact.Fact{Person: guest})
		if err != nil {
			return err
		}
		_, err = a.Growth.EarnTx(tx, growth.Sale{
			Order: tx.NewID(), Buyer: guest, Host: host, Paid: 100_00, PaidAt: tx.Now(), RefundUntil: tx.Now().Add(time.Hour), Fact: cause,
			Lines: []growth.Line{{Kind: shop.KindPlan, Item: "annual", Amount: 100_00, Offered: true}},
		})
		return err
	})
	if words := ann.see("/me/share", "讲师分成", "还没有人通过你来").Words(); strings.Contains(words, "在你主讲的活动上下单") {
		t.Error("who has bought came by the host")
	}
}

// again signs in once more.
func (w walker) again(number string) walker {
	w.Helper()
	w.signIn(number)
	return w
}

// scans reads the code on a poster.
func (w walker) scans(poster, address string) {
	w.Helper()
	page := w.see(poster)
	if _, err := png.Decode(bytes.NewReader([]byte(page.HTML))); err != nil {
		w.Errorf("the poster is no picture: %v", err)
	}
	if got := testkit.ReadQR(w, []byte(page.HTML)); got != address {
		w.Errorf("the poster leads to %q, not %s", got, address)
	}
}
