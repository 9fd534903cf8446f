package h5_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// M3, M5: of the one class that the academy's membership promises a ticket uses it, or the staff who checks the card; then the next class is
// to be paid for, and says so.
func TestAClassIsUsedOnce(t *testing.T) {
	a, community, clk, p := serve(t, "academy")
	w := walker{t, a, community, clk, p}
	w.vip()
	first, second := w.plans("class", "第一课", 48*time.Hour), w.plans("class", "第二课", 96*time.Hour)
	w.see("/me", "两天线下课", "剩 1 / 1")
	w.see("/events/"+first.Code, "用掉 1 次两天线下课（剩 1 / 1）", "免费")
	ticket := w.send("/events/"+first.Code+"/claim", url.Values{"type": {"member"}})
	w.see("/me", "剩 0 / 1")
	w.see("/events/"+second.Code, "两天线下课已用完：共 1 次，还剩 0 次，有效期至 20", "¥2980")
	w.refused("/events/"+second.Code+"/claim", url.Values{"type": {"member"}}, "两天线下课已用完")
	w.send(ticket+"/return", nil)
	w.see("/me", "剩 1 / 1")

	staff := w.door(access.Service)
	var code string
	person := w.personOf("13900000001")
	w.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) (err error) { code, err = a.Members.CardCodeTx(tx, person); return err }))
	_, page := staff("GET", "/card/"+code, nil)
	form := regexp.MustCompile(`name="key" value="([^"]+)"><input type="hidden" name="benefit" value="class"`).FindStringSubmatch(page)
	if form == nil || !strings.Contains(page, "剩 1 / 1") {
		t.Fatalf("the card: %s", page)
	}
	clk.Advance(5 * time.Minute) // the code is no good any more, but it was checked in time
	for range 2 {
		if status, page := staff("POST", "/card/"+code+"/use", url.Values{"key": {form[1]}, "benefit": {"class"}}); status != http.StatusOK || !strings.Contains(page, "已登记使用一次：两天线下课") || !strings.Contains(page, "剩 0 / 1") {
			t.Errorf("used: %d %s", status, page)
		}
	}
	keys := id.NewSource()
	for want, x := range map[int]url.Values{
		http.StatusConflict:  {"key": {keys.New(clk.Now())}, "benefit": {"class"}},
		http.StatusForbidden: {"key": {keys.New(clk.Now())}, "benefit": {"none"}},
	} {
		if status, page := staff("POST", "/card/"+code+"/use", x); status != want {
			t.Errorf("used again: %d, want %d: %s", status, want, page)
		}
	}
	if status, page := staff("POST", "/card/"+code+"/use", nil); status != http.StatusConflict {
		t.Errorf("without a key: %d %s", status, page)
	}
	w.refused("/events/"+first.Code+"/claim", url.Values{"type": {"member"}}, "两天线下课已用完")
	w.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) error {
		list, err := audit.List(tx, audit.Filter{Action: "benefit.use", Limit: 10})
		if len(list.Items) != 1 || list.Items[0].TargetID != person {
			t.Errorf("written down: %+v", list.Items)
		}
		return err
	}))
	clk.Advance(15 * time.Minute)
	if status, page := staff("POST", "/card/"+code+"/use", url.Values{"key": {form[1]}, "benefit": {"class"}}); status != http.StatusGone {
		t.Errorf("long after the check: %d %s", status, page)
	}
}

// vip makes the phone's holder a member of the academy.
func (w walker) vip() {
	w.Helper()
	w.see("/e/join?lang=zh-Hans")
	w.register("13900000001", "林一")
	order := w.send("/plans/vip/buy", url.Values{"key": {w.see("/plans").Value("key")}})
	w.send(w.send(order+"/pay", url.Values{"by": {"sandbox"}}), nil)
	w.settle()
}

// M2: in grace both sides see how many days are left; the three dates each have their own words.
func TestGraceCountsDown(t *testing.T) {
	a, community, clk, p := serve(t, "academy")
	w := walker{t, a, community, clk, p}
	w.vip()
	first := w.see("/me/card", "首次成为会员", "连续会员自", clk.Now().Format(time.DateOnly), "有效期至 2027-03-07")
	if strings.Contains(first.Words(), "宽限期") {
		t.Errorf("grace before the end: %s", first.Words())
	}
	w.send("/plans/vip/buy", url.Values{"key": {w.see("/plans").Value("key")}}) // a renewal that nobody pays
	clk.Set(time.Date(2027, 4, 4, 12, 0, 0, 0, time.UTC))
	w.settle()
	w.signIn("13900000001")
	for _, page := range []string{"/me", "/me/card", "/plans"} {
		w.see(page, "已到期，宽限期还剩 3 天（至 2027-04-06），权益不变")
	}
	staff := w.door(access.Service)
	var code string
	person := w.personOf("13900000001")
	w.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) (err error) { code, err = a.Members.CardCodeTx(tx, person); return err }))
	if _, page := staff("GET", "/card/"+code, nil); !strings.Contains(page, "宽限期还剩 3 天") {
		t.Errorf("the staff sees %s", page)
	}
}
