package h5_test

import (
	"bytes"
	"html"
	"image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit/phone"
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
	sharer.buy()
	sharer.see("/me", "分享与奖励")
	sharer.see("/me/share", "可以分享的", "年度会员", "¥999.00", "还没有人通过你来", "还没有奖励", "奖励形式", "个人海报")
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
	sharer.poster(address)

	guest := walker{t, a, community, clk, phone.New(p.Base, nil)}
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
	sharer.see("/me/share", "订单 1", "已带来奖励", "冻结中 ¥99.90", "个人海报 · 2026-03-07", "冻结至 2026-03-14")
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
	third := walker{t, a, community, clk, phone.New(p.Base, nil)}
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

// again signs in once more.
func (w walker) again(number string) walker {
	w.Helper()
	w.signIn(number)
	return w
}

// poster reads the code on a poster, where there is something to read it with.
func (w walker) poster(address string) {
	w.Helper()
	page := w.see("/me/share/plan:annual/poster.png")
	if _, err := png.Decode(bytes.NewReader([]byte(page.HTML))); err != nil {
		w.Errorf("the poster is no picture: %v", err)
	}
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		w.Log("zbarimg is not installed: the code on the poster is not read")
		return
	}
	file := filepath.Join(w.TempDir(), "poster.png")
	w.must(os.WriteFile(file, []byte(page.HTML), 0o600))
	out, err := exec.CommandContext(w.Context(), zbar, "--quiet", "--raw", file).Output()
	if err != nil || strings.TrimSpace(string(out)) != address {
		w.Errorf("the poster leads to %q, not %s: %v", out, address, err)
	}
}
