package h5_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit/phone"
)

// plans puts an event into the shipped club's calendar.
func (w walker) plans(template, title string, in time.Duration, change ...func(*event.Draft)) (e event.Event) {
	w.Helper()
	d := event.Draft{Template: template, Title: text.Text{text.Hans: title, text.En: title + " in English"}, Starts: w.clock.Now().Add(in), City: "上海", Place: "图书馆"}
	for _, fn := range change {
		fn(&d)
	}
	e, err := w.app.Events.Plan(w.Context(), w.community, d, "")
	w.must(err)
	return e
}

// becomes is another phone in the same world.
func (w walker) becomes(p *phone.Phone) walker { w.phone = p; return w }

func (w walker) stranger() walker {
	p := phone.New(w.phone.Base, nil)
	p.Lang = "zh-Hans"
	return w.becomes(p)
}

// refused sends a form that is refused, and gives the page.
func (w walker) refused(path string, form url.Values, want string) phone.Page {
	w.Helper()
	page, to, done, err := w.phone.Send(w.Context(), path, form)
	w.must(err)
	if done || !strings.Contains(page.Words(), want) || page.Status < 400 {
		w.Errorf("%s: %d %s %s, want %q", path, page.Status, to, page.Words(), want)
	}
	return page
}

// signUp sends the form by which a stranger becomes known at an address, and gives where it leads.
func (w walker) signUp(action, number string, extra url.Values) string {
	w.Helper()
	form := url.Values{"phone": {number}, "nickname": {"小客"}, "consent": {"service"}, "opened": {w.see(strings.TrimSuffix(action, "/claim")).Value("opened")}}
	for k, v := range extra {
		form[k] = v
	}
	w.clock.Advance(30 * time.Second)
	page, _, _, err := w.phone.Send(w.Context(), strings.TrimSuffix(action, "/claim")+"/code", form)
	w.must(err)
	if !strings.Contains(page.Words(), number) && page.Status != http.StatusOK {
		w.Errorf("asked for a code: %d %s", page.Status, page.Words())
	}
	code, err := w.phone.Code(w.Context(), number)
	w.must(err)
	form.Set("code", code)
	return w.send(action, form)
}

// member is a phone whose owner has the year's membership.
func (w walker) member(number, name string) walker {
	w.Helper()
	w.phone.Lang = "zh-Hans"
	w.register(number, name)
	w.buy()
	w.see("/me", "年度会员")
	return w
}

// door is a phone of the staff.
func (w walker) door(roles ...access.Role) (get func(method, path string, form url.Values) (int, string)) {
	w.Helper()
	email := string(roles[0]) + "@example.com"
	_, err := w.app.Auth.CreateOperator(w.Context(), w.community, authn.NewOperator{Email: email, Name: "门口", Password: "correct horse battery"}, roles...)
	w.must(err)
	s, err := w.app.Auth.SignIn(w.Context(), authn.SignIn{Email: email, Password: "correct horse battery"})
	w.must(err)
	return func(method, path string, form url.Values) (int, string) {
		w.Helper()
		r, err := http.NewRequestWithContext(w.Context(), method, w.phone.Base+path, strings.NewReader(form.Encode()))
		w.must(err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept-Language", "zh-Hans")
		if form.Has("json") {
			r.Header.Set("Accept", "application/json")
		}
		r.AddCookie(&http.Cookie{Name: "qunce_session", Value: s.Token})
		res, err := http.DefaultClient.Do(r)
		w.must(err)
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		w.must(err)
		return res.StatusCode, string(b)
	}
}

// E1, E4, E5, E6: a member gets a ticket, gives one to a friend, who signs up and takes it; both are let in once, and say what
// they thought. All of it without script.
func TestAMemberBringsAFriend(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}.member("13900000001", "林一")
	e := w.plans("session", "增长专场", 48*time.Hour)
	here := "/events/" + e.Code
	w.see("/events", "增长专场", "2026-03-09 周一")
	w.see("/events?city=北京", "近期还没有活动")
	w.see("/me", "送朋友来：增长专场", "还可送 3 张")
	page := w.see(here, "会员", "免费", "剩余名额", "10000", "Asia/Shanghai", "你可以送 3 位朋友")
	if strings.Contains(page.Words(), "¥399") || !strings.Contains(page.HTML, `og:title" content="增长专场"`) || !strings.Contains(page.HTML, `og:description`) {
		t.Errorf("the page of the event: %s", page.HTML)
	}
	w.refused(here+"/buy", url.Values{"type": {"nothing"}, "key": {"x"}}, "没有")
	ticket := w.send(here+"/claim", url.Values{"type": {"member"}})
	if again := w.send(here+"/claim", url.Values{"type": {"member"}}); again != ticket {
		t.Errorf("a second tap leads to %s, not %s", again, ticket)
	}
	if page := w.see(ticket, "已有票", "来不了"); !strings.Contains(page.HTML, "<svg") {
		t.Error("the ticket has no code")
	}
	w.see("/me", "我的票", "增长专场", "已有票")

	key := w.see(here).Value("key")
	for range 2 { // a second tap
		if to := w.send(here+"/give", url.Values{"key": {key}}); to != here+"#gifts" && to != here {
			t.Errorf("giving leads to %s", to)
		}
	}
	w.see(here, "你可以送 2 位朋友", "等朋友领取", "收回")
	gifts := w.gifts(e, "13900000001")
	link := "/gift/" + gifts[0].Token
	w.see(link, "亲友票不能自己领")

	guest := w.stranger()
	shown := guest.see(link+"", "林一 送你一张票", "增长专场", "2026-03-09", "留个手机号，票就是你的")
	if shown.Status != http.StatusOK || !strings.Contains(shown.HTML, `og:title" content="林一 请你来：增长专场"`) || !strings.Contains(shown.HTML, "/preview/ticket:") {
		t.Errorf("the gift's share card: %s", shown.HTML)
	}
	guest.refused(link+"/claim", url.Values{"phone": {"13900000077"}, "code": {"000000"}}, "需要同意")
	his := guest.signUp(link+"/claim", "13900000077", nil)
	if !strings.HasPrefix(his, "/tickets/") {
		t.Fatalf("claiming leads to %s", his)
	}
	guest.see(his, "林一 送你的亲友票")
	if to := guest.see(link); !strings.HasPrefix(to.Path, "/operators/tickets/") && !strings.HasPrefix(to.Path, "/tickets/") {
		t.Errorf("the link again leads to %s", to.Path)
	}
	other := w.stranger()
	other.see(link+"", "已有人领了", "看看这场活动")
	other.see(ticket, "登录")
	guest.see(ticket, "没有这张票") // it is somebody else's
	guest.refused(ticket+"/return", nil, "没有这张票")
	w.see(here, "朋友已领取")
	w.refused(here+"/take-back", url.Values{"gift": {gifts[0].ID}}, "已有人领")

	w.checkedIn(e, w.ticketCode(ticket), guest.ticketCode(his))
	clk.Set(e.Ends.Add(time.Minute))
	w.settle()
	w.see(here, "活动已结束", "给这场打个分")
	w.refused(ticket+"/answer", url.Values{"text": {"好"}}, "0 到 10")
	w.refused(ticket+"/answer", url.Values{"score": {"9"}, "text": {strings.Repeat("长", 501)}}, "500")
	answer := url.Values{"score": {"10"}, "event": {"1"}, "text": {"很有收获"}}
	for range 2 {
		w.send(ticket+"/answer", answer)
	}
	w.see(ticket, "谢谢，已收到你的评价")
	w.refused(ticket+"/answer", url.Values{"score": {"0"}}, "已评价过")
}

// gifts are what a member gave for an event.
func (w walker) gifts(e event.Event, number string) (out []event.Gift) {
	w.Helper()
	w.must(w.app.DB.Read(w.Context(), w.community, func(tx *db.Tx) error {
		p, err := w.app.Events.GiftsOfEventTx(tx, e.ID, "", 10)
		out = p.Items
		return err
	}))
	if len(out) == 0 {
		w.Fatalf("%s gave nothing", number)
	}
	return out
}

// ticketCode is what stands on the page of a ticket.
func (w walker) ticketCode(path string) string {
	w.Helper()
	_, after, ok := strings.Cut(w.see(path).HTML, `class="code num">`)
	code, _, _ := strings.Cut(after, "<")
	if !ok {
		w.Fatalf("%s shows no code", path)
	}
	return code
}

// checkedIn goes through a door with two tickets.
func (w walker) checkedIn(e event.Event, own, guest string) {
	w.Helper()
	door := "/door/" + e.Code
	w.stranger().see(door+"", "验票需要工作人员登录")
	w.see(door, "验票需要工作人员登录") // a member is no staff
	if status, body := w.door(access.Viewer)(http.MethodGet, door, nil); status != http.StatusForbidden {
		w.Errorf("who only looks at the door: %d %s", status, body)
	}
	at := w.door(access.Service)
	want := func(form url.Values, parts ...string) {
		w.Helper()
		status, body := at(http.MethodPost, door, form)
		for _, x := range parts {
			if status != http.StatusOK || !strings.Contains(body, x) {
				w.Errorf("%v: %d %s, want %q", form, status, body, x)
			}
		}
	}
	want(url.Values{"code": {own}, "nonce": {"1"}}, "请进", "林一")
	first := w.clock.Now().In(time.FixedZone("", 8*3600)).Format("15:04")
	want(url.Values{"code": {own}, "nonce": {"1"}}, "请进") // sent again
	w.clock.Advance(5 * time.Minute)
	want(url.Values{"code": {own}, "nonce": {"2"}, "json": {"1"}}, "第二次扫码", first+" 已入场", `"good":false`)
	want(url.Values{"code": {"nonsense"}, "nonce": {"3"}, "json": {"1"}}, "没有这张票", `"result":"unknown"`)
	want(url.Values{"code": {guest}, "nonce": {"4"}, "json": {"1"}, "at": {"1"}}, `"result":"admitted"`)
	want(url.Values{"code": {guest}, "nonce": {"5"}, "json": {"1"}, "offline": {"1"}}, "重复入场")
	if status, body := at(http.MethodGet, door, nil); status != http.StatusOK || !strings.Contains(body, "小客") || !strings.Contains(body, "2 / 2") {
		w.Errorf("the door's page: %d %s", status, body)
	}
	if status, body := at(http.MethodPost, door, url.Values{"code": {"x"}, "json": {"1"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "event.nonce") {
		w.Errorf("a scan without a nonce: %d %s", status, body)
	}
}

// E4, E5: who is full is told why, waits in line, is offered a place that comes free, buys a ticket and gives it back.
func TestAFullHouse(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}.member("13900000001", "林一")
	e := w.plans("salon", "小沙龙", 48*time.Hour, func(d *event.Draft) { d.Capacity = 1 })
	here := "/events/" + e.Code
	ticket := w.send(here+"/claim", url.Values{"type": {"member"}})

	bob := w.stranger()
	page := bob.see(here+"", "名额已满", "留手机号报名")
	if page.Has("/wait") {
		t.Error("a stranger is offered to wait at once")
	}
	if to := bob.signUp("/sign-up", "13900000078", url.Values{"to": {"/operators" + here}}); to != here {
		t.Errorf("signing up leads to %s", to)
	}
	if to := bob.send("/sign-up", url.Values{"to": {"/operators/me"}, "phone": {"13900000001"}}); to != "/me" {
		t.Errorf("who is known already is led to %s", to)
	}
	if to := bob.send("/sign-up", url.Values{"to": {"https://elsewhere.example/"}}); to != "/me" {
		t.Errorf("the page leads away, to %s", to)
	}
	bob.see(here, "会员免费", "看看会员", "名额已满")
	bob.refused(here+"/claim", url.Values{"type": {"outsider"}}, "不免费")
	bob.send(here+"/wait", url.Values{"type": {"outsider"}})
	bob.see(here, "排队位置", "1", "不排了")
	bob.send(here+"/leave", nil)
	bob.send(here+"/wait", url.Values{"type": {"outsider"}})

	w.send(ticket+"/return", nil)
	w.see(ticket, "已退票")
	w.settle()
	bob.see(here, "为你留了一个名额", "到 2026-03-08 12:", "¥399.00")
	bob.see("/me", "待确认")
	order := bob.send(here+"/buy", url.Values{"type": {"outsider"}, "key": {"1"}})
	bob.see(here, "待付款", "去付款")
	bob.see(order, "小沙龙 · 非会员票", "¥399.00")
	bob.send(bob.send(order+"/pay", url.Values{"by": {"sandbox"}}), nil)
	bob.settle()
	bob.see(order, "查看票")
	bob.see(here, "已有票")
	w.see(here, "名额已满")
	mine := bob.see("/me", "小沙龙")
	_, after, _ := strings.Cut(mine.HTML, "/operators/tickets/")
	his := "/tickets/" + after[:20]
	bob.refused(his+"/return", nil, "这张票是买的")
	bob.see(his, "到订单付款或退票")
	bob.send(order+"/give-up", nil)
	bob.settle()
	bob.see(his, "已退票退款")

	_, err := a.Events.Cancel(t.Context(), community, e.ID, "")
	w.must(err)
	w.see(here, "活动已取消")
}

// All that a friend ticket is refused for is a calm page (E5).
func TestFriendTicketsThatAreRefused(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}.member("13900000001", "林一")
	e := w.plans("session", "专场", 48*time.Hour)
	here := "/events/" + e.Code
	for _, key := range []string{"1", "2", "3"} {
		w.send(here+"/give", url.Values{"key": {key}})
	}
	w.refused(here+"/give", url.Values{"key": {"4"}}, "3 张亲友票都送出去了")
	gifts := w.gifts(e, "13900000001") // the newest first
	one, two, three := "/gift/"+gifts[0].Token, "/gift/"+gifts[1].Token, "/gift/"+gifts[2].Token
	w.stranger().see("/gift/nonsense", "这个亲友票链接不存在")
	w.refused(one+"/claim", nil, "亲友票不能自己领")

	w.send(here+"/take-back", url.Values{"gift": {gifts[2].ID}})
	w.stranger().see(three+"", "已被收回")
	ann := w.stranger()
	ann.see("/e/join")
	ann.member("13900000002", "王二")
	ann.refused(one+"/claim", nil, "你已是会员")
	ann.refused(here+"/take-back", url.Values{"gift": {gifts[0].ID}}, "不是你送的")

	guest := w.stranger()
	guest.see(one + "")
	guest.signUp(one+"/claim", "13900000079", nil)
	guest.refused(two+"/claim", nil, "已领过一张")
	clk.Set(e.Starts.Add(time.Minute))
	w.settle()
	late := w.stranger()
	late.see(two+"", "截止")

	next := w.plans("session", "下一场", 48*time.Hour)
	_, err := a.Events.Cancel(t.Context(), community, next.ID, "")
	w.must(err)
	w.refused("/events/"+next.Code+"/give", url.Values{"key": {"9"}}, "活动已取消")
}

// Online events are entered from the page, and that is how somebody came.
func TestComingToAnEventOnline(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}.member("13900000001", "林一")
	w.must(a.DB.Do(t.Context(), community, func(tx *db.Tx) error {
		return a.Events.DeclareTx(tx, event.Config{Templates: []event.Template{{
			Name: "live", Title: text.Text{text.Hans: "直播"}, Kind: event.Live, Capacity: 100, Lasts: clock.Duration(time.Hour),
			Types: []event.TicketType{{Name: "all", Title: text.Text{text.Hans: "都可以来"}}},
		}}})
	}))
	e := w.plans("live", "直播", 2*time.Hour, func(d *event.Draft) { d.Link = "https://live.example/1" })
	here := "/events/" + e.Code
	ticket := w.send(here+"/claim", url.Values{"type": {"all"}})
	w.refused(here+"/enter", nil, "才开放")
	if page := w.see(here); page.Has("/enter") || strings.Contains(page.HTML, "live.example") {
		t.Error("the room is open already")
	}
	clk.Set(e.Starts.Add(-10 * time.Minute))
	if page := w.see(here, "进入会场"); strings.Contains(page.HTML, "live.example") {
		t.Error("the address is shown to who has not said that they came")
	}
	w.send(here+"/enter", nil)
	if page := w.see(here, "打开会场"); !strings.Contains(page.HTML, `href="https://live.example/1"`) {
		t.Error("the page doesn't lead to the room")
	}
	clk.Set(e.Ends.Add(time.Minute))
	w.see(ticket, "推荐给朋友")
	if page, err := w.phone.Open(t.Context(), here+".ics"); err != nil || !strings.Contains(page.HTML, "BEGIN:VCALENDAR") {
		t.Errorf("the calendar file: %v %s", err, page.HTML)
	}
}
