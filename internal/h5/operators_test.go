package h5_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit/phone"
)

// walker is a phone on its way through the shipped club of operators.
type walker struct {
	*testing.T
	app       *app.App
	community string
	clock     *clock.Manual
	phone     *phone.Phone
}

func (w walker) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// settle does what is due. The server is at work beside the test and paces itself by the clock, so time goes on a little.
func (w walker) settle() {
	w.Helper()
	w.clock.Advance(10 * time.Millisecond)
	w.must(w.app.Settle(w.Context()))
}

// see opens a page until it has the words.
func (w walker) see(path string, want ...string) (page phone.Page) {
	w.Helper()
	missing := ""
	for range 200 {
		var err error
		page, err = w.phone.Open(w.Context(), path)
		w.must(err)
		missing = ""
		for _, x := range want {
			if !strings.Contains(page.Words(), x) {
				missing = x
			}
		}
		if missing == "" {
			return page
		}
		w.settle()
	}
	w.Errorf("%s: no %q in %s", path, missing, page.Words())
	return page
}

// send sends a form that is taken, and gives where it leads.
func (w walker) send(path string, form url.Values) string {
	w.Helper()
	page, to, done, err := w.phone.Send(w.Context(), path, form)
	w.must(err)
	if !done {
		w.Fatalf("%s was refused: %s", path, page.Words())
	}
	return to
}

// register fills in the form of an entry.
func (w walker) register(number, name string) {
	w.Helper()
	w.send("/e/join/arrive", nil)
	w.settle()
	form := url.Values{"phone": {number}, "name": {name}, "nickname": {name}, "field": {"content"}, "company": {"一家公司"}, "consent": {"service", "marketing"}, "opened": {w.see("/e/join").Value("opened")}}
	w.clock.Advance(30 * time.Second)
	_, _, _, err := w.phone.Send(w.Context(), "/e/join/code", form)
	w.must(err)
	code, err := w.phone.Code(w.Context(), number)
	w.must(err)
	form.Set("code", code)
	w.send("/e/join/register", form)
	w.settle()
}

// signIn comes back after the session has ended.
func (w walker) signIn(number string) {
	w.Helper()
	_, _, _, err := w.phone.Send(w.Context(), "/sign-in/code", url.Values{"phone": {number}})
	w.must(err)
	code, err := w.phone.Code(w.Context(), number)
	w.must(err)
	w.send("/sign-in", url.Values{"phone": {number}, "code": {code}})
}

// buy orders the annual membership and pays for it on the trial page.
func (w walker) buy() {
	w.Helper()
	order := w.send("/plans/annual/buy", url.Values{"key": {w.see("/plans").Value("key")}})
	w.send(w.send(order+"/pay", url.Values{"by": {"sandbox"}}), nil)
	w.settle()
}

// G8, M1, M4, I6: a stranger reads the page, registers, buys a membership, takes the seat that is kept for them; the term's path
// reminds them, and goes quiet once they have renewed.
func TestAStrangerBecomesAMember(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}
	landing := w.see("/e/join?lang=zh-Hans", "¥999.00", "本批剩余名额", "750", "谁在背书", "怎么加入")
	if !strings.Contains(landing.HTML, `og:title`) || !strings.Contains(landing.HTML, `og:description`) {
		t.Error("the page has no share card")
	}
	// G1: the picture beside a link, for everybody; of what is not there, none.
	image := regexp.MustCompile(`og:image" content="[^"]*/operators(/preview/[^"]+)"`).FindStringSubmatch(w.see("/plans?lang=zh-Hans").HTML)
	if len(image) != 2 {
		t.Fatal("the page of memberships has no picture")
	}
	for path, want := range map[string]int{image[1]: 200, "/preview/home.png": 200, "/preview/plan:nothing.png": 404, "/preview/ticket:nothing.png": 404, "/preview/home": 404} {
		page, err := p.Open(t.Context(), path)
		if w.must(err); page.Status != want || want == 200 && !strings.HasPrefix(page.HTML, "\x89PNG") {
			t.Errorf("%s: %d", path, page.Status)
		}
	}
	w.see("/plans", "入会", "已登记过")
	const number = "13900000001"
	w.register(number, "林一")
	if page := w.see("/e/join", "年度会员", "购买"); page.Path != "/operators/plans" && !strings.HasSuffix(page.Path, "/plans") {
		t.Errorf("who is to buy is shown %s", page.Path)
	}
	w.buy()
	w.see("/me", "YY0011", "为你留了位置", "会员 1 群", "欢迎你，林一")
	var circle string
	w.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) error {
		owner, _, err := a.People.Owner(tx, people.Identifier{Kind: people.Phone, Value: number})
		if err != nil {
			return err
		}
		kept, err := a.Circles.PlacesTx(tx, owner)
		if len(kept) == 1 {
			circle = kept[0].Circle
		}
		return err
	}))
	if to := w.send("/circles/"+circle+"/join", nil); to != "/circles/"+circle {
		t.Errorf("joining leads to %s", to)
	}
	w.settle()
	w.see("/circles/"+circle, "欢迎 @林一 加入")

	var figures []intake.PageFigures
	w.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) (err error) {
		figures, err = a.Intake.PagesTx(tx)
		return err
	}))
	var sum intake.PageFigures
	for _, f := range figures {
		sum.Seen, sum.Begun, sum.Bought, sum.Paid = sum.Seen+f.Seen, sum.Begun+f.Begun, sum.Bought+f.Bought, sum.Paid+f.Paid
	}
	if len(figures) != 2 || sum.Seen != 1 || sum.Begun != 1 || sum.Bought != 1 || sum.Paid != 999_00 {
		t.Errorf("figures of the page: %+v", figures)
	}

	end := time.Date(2027, 3, 8, 0, 0, 0, 0, clk.Now().Location()) // a year and the rest of the day
	at := func(days int) {
		clk.Set(end.AddDate(0, 0, days).Add(9 * time.Hour))
		w.settle()
		w.signIn(number)
	}
	at(-31)
	w.see("/me", "有效期至 2027-03-07")
	if words := w.see("/me").Words(); strings.Contains(words, "会员还有一个月") {
		t.Error("reminded too early")
	}
	at(-29)
	w.see("/me", "会员还有一个月", "2027-03-07", "¥1599.00")
	at(-6)
	w.see("/me", "会员还有 7 天")
	w.buy() // renewed before the end
	w.see("/me", "2028-03-07")
	at(1)
	w.see("/me", "会员还有 7 天")
	if words := w.see("/me").Words(); strings.Contains(words, "会员明天到期") || strings.Contains(words, "会员已到期") {
		t.Errorf("who has renewed is reminded still: %s", words)
	}
}
