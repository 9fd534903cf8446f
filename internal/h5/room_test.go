package h5_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit/phone"
)

// framed is what a phone is told by the stream of a room.
type framed struct {
	ID, State, Note, HTML string
	Shown                 int
}

// stream is an open stream of a room.
type stream struct {
	walker
	lines *bufio.Scanner
	close func()
	has   []string // what the phone shows
	last  string   // id
}

// follows opens the stream of a room, as a browser does that has had an event with this id, and has these paragraphs.
func (w walker) follows(path, last string, has []string) *stream {
	w.Helper()
	res, err := w.phone.Stream(w.Context(), path, last) //nolint:bodyclose // its stream is closed at the end
	w.must(err)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		w.Fatalf("%s: %s %v", path, res.Status, res.Header)
	}
	s := &stream{walker: w, lines: bufio.NewScanner(res.Body), close: func() { res.Body.Close() }, has: has, last: last}
	w.Cleanup(s.close)
	return s
}

var paragraph = regexp.MustCompile(`<li id="p(\d+)">.*?<p>(.*?)</p></li>`)

// until reads on until the phone has n paragraphs in a state.
func (s *stream) until(n int, state room.State) (f framed) {
	s.Helper()
	for s.lines.Scan() {
		if id, ok := strings.CutPrefix(s.lines.Text(), "id: "); ok {
			s.last = id
		}
		data, ok := strings.CutPrefix(s.lines.Text(), "data: {")
		if !ok {
			continue
		}
		f = framed{ID: s.last}
		s.must(json.Unmarshal([]byte("{"+data), &f))
		for _, p := range paragraph.FindAllStringSubmatch(f.HTML, -1) {
			if p[1] != fmt.Sprint(len(s.has)+1) {
				s.Fatalf("paragraph %s comes when there are %d", p[1], len(s.has))
			}
			s.has = append(s.has, p[2])
		}
		if fmt.Sprint(f.Shown) != f.ID || f.Shown != len(s.has) {
			s.Fatalf("the stream tells of %d paragraphs by the id %s when there are %d", f.Shown, f.ID, len(s.has))
		}
		if f.Shown >= n && f.State == string(state) {
			return f
		}
	}
	s.Fatalf("the stream ended with %d paragraphs: %v", len(s.has), s.lines.Err())
	return f
}

// personOf is who has a phone.
func (w walker) personOf(number string) (person string) {
	w.Helper()
	w.must(w.app.DB.Read(w.Context(), w.community, func(tx *db.Tx) (err error) {
		person, _, err = w.app.People.Owner(tx, people.Identifier{Kind: people.Phone, Value: number})
		return err
	}))
	return person
}

// slide is a stored picture.
func (w walker) slide() string {
	w.Helper()
	var b bytes.Buffer
	w.must(png.Encode(&b, image.NewGray(image.Rect(0, 0, 16, 9))))
	stored, err := w.app.Blobs.AddPicture(w.Context(), w.community, "", &b)
	w.must(err)
	return stored.Hash
}

// passes lets time go by.
func (w walker) passes(d time.Duration) {
	w.Helper()
	w.clock.Advance(d)
	w.settle()
}

// denied opens a page that is refused.
func (w walker) denied(path string, status int, want string) phone.Page {
	w.Helper()
	page, err := w.phone.Open(w.Context(), path)
	w.must(err)
	if page.Status != status || !strings.Contains(page.Words(), want) {
		w.Errorf("%s: %d %s, want %d %q", path, page.Status, page.Words(), status, want)
	}
	return page
}

// script is written for an event; its second paragraph has a slide.
func (w walker) script(e event.Event, n int, slide string) {
	w.Helper()
	var script []room.Paragraph
	for i := range n {
		script = append(script, room.Paragraph{Text: fmt.Sprintf("第 %d 段 <b>。", i+1) + strings.Repeat("字", 90)})
	}
	script[1].Slide = slide
	w.must(w.app.DB.Do(w.Context(), w.community, func(tx *db.Tx) error {
		_, err := w.app.Rooms.WriteTx(tx, e.ID, script, "")
		return err
	}))
}

// E3: the host plays, and two phones get each paragraph once and in order, one of them over a connection that breaks; who comes
// without a ticket is led to one, and all of it is read back in the end.
func TestAScriptRoom(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	host := walker{t, a, community, clk, p}.member("13900000001", "林一")
	e := host.plans("session", "文字专场", time.Hour, func(d *event.Draft) { d.Host = host.personOf("13900000001") })
	here := "/events/" + e.Code
	ann, bob, eve := host.stranger(), host.stranger(), host.stranger()
	for number, w := range map[string]walker{"13900000002": ann, "13900000003": bob} {
		w.see("/e/join")
		w.member(number, "客")
		w.send(here+"/claim", url.Values{"type": {"member"}})
	}
	ann.denied(here+"/room", http.StatusNotFound, "还没有稿件")
	slide := host.slide()
	host.script(e, 6, slide)
	eve.see(here+"/room", "登录")
	eve.see(here+"/lead", "主持需要登录", "我是主持人")
	ann.denied(here+"/lead", http.StatusForbidden, "只有主持人和工作人员")

	ann.see(here, "进入图文现场")
	page := ann.see(here+"/room", "开始后，内容会自动出现在这里")
	if !strings.Contains(page.HTML, `http-equiv="refresh" content="10"`) || strings.Contains(page.HTML, "第 1 段") {
		t.Errorf("before it begins: %s", page.HTML)
	}
	one, two := ann.follows(here+"/room/stream?from=0", "", nil), bob.follows(here+"/room/stream?from=0", "", nil)
	one.until(0, room.Waiting)
	two.until(0, room.Waiting)
	ann.denied(here+"/room/slides/"+slide, http.StatusNotFound, "")

	host.see(here+"/room", "主持这一场")
	host.see(here+"/lead", "还没开始", "0 / 6", "开始播放", "2 人")
	lead := func(do string, more ...string) {
		t.Helper()
		form := url.Values{"do": {do}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		if to := host.send(here+"/lead", form); to != here+"/lead" {
			t.Errorf("%s leads to %s", do, to)
		}
	}
	lead("play")
	if f := one.until(1, room.Playing); f.Note != "" || !strings.Contains(f.HTML, "第 1 段 &lt;b&gt;") {
		t.Errorf("the first paragraph: %+v", f)
	}
	two.until(1, room.Playing)
	two.close()
	host.passes(16 * time.Second)
	if f := one.until(2, room.Playing); !strings.Contains(f.HTML, `<img src="/operators`+here+"/room/slides/"+slide) {
		t.Errorf("the slide: %+v", f)
	}
	if page, err := ann.phone.Open(t.Context(), here+"/room/slides/"+slide); err != nil || page.Status != http.StatusOK || !strings.HasPrefix(page.HTML, "\x89PNG") && !strings.HasPrefix(page.HTML, "\xff\xd8") {
		t.Errorf("the slide: %v %d", err, page.Status)
	}
	lead("next", "shown", "2")
	lead("next", "shown", "2") // a second tap
	one.until(3, room.Playing)
	lead("pause")
	if f := one.until(3, room.Paused); !strings.Contains(f.Note, "暂停") {
		t.Errorf("paused: %+v", f)
	}
	again := bob.follows(here+"/room/stream?from=0", two.last, two.has) // the browser's address is the old one
	again.until(3, room.Paused)
	ann.see(here+"/room", "第 1 段 <b>", "第 3 段", "暂停")
	if page := ann.see(here + "/room/news?from=2"); !strings.Contains(page.HTML, `"shown":3`) || strings.Contains(page.HTML, "第 2 段") {
		t.Errorf("news without a stream: %s", page.HTML)
	}
	host.refused(here+"/lead", url.Values{"do": {"pace"}, "pace": {"5"}}, "60")
	lead("pace", "pace", "1000")
	host.see(here+"/lead", "已暂停", "3 / 6", "继续播放", "第 4 段", "第 5 段")
	lead("play")
	one.until(4, room.Playing)
	host.passes(6 * time.Second)
	one.until(5, room.Playing)
	host.see(here+"/lead?sure=1", "要结束吗")
	lead("end")
	for _, s := range []*stream{one, again} {
		if f := s.until(6, room.Ended); !strings.Contains(f.Note, "已结束") {
			t.Errorf("the end: %+v", f)
		}
	}
	page = bob.see(here+"/room", "第 1 段", "第 6 段", "可以随时回看")
	if strings.Contains(page.HTML, `http-equiv="refresh"`) || strings.Contains(page.HTML, "<details") {
		t.Error("a room that has ended is still read again")
	}
	host.refused(here+"/lead", url.Values{"do": {"play"}}, "做不了")
	ann.see(here, "回看全部内容")
	host.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) error {
		f, err := a.Events.FiguresTx(tx, e.ID)
		if err == nil && f.Attended != 2 { // both waited before it began; the host has no ticket
			t.Errorf("%d came, want 2", f.Attended)
		}
		return err
	}))
}

// E3: questions are asked and voted for from phones, and the host or staff says what became of them.
func TestQuestionsInARoom(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	ann := walker{t, a, community, clk, p}.member("13900000001", "林一")
	e := ann.plans("session", "文字专场", time.Hour)
	here := "/events/" + e.Code
	ann.send(here+"/claim", url.Values{"type": {"member"}})
	bob := ann.stranger()
	bob.see("/e/join")
	bob.member("13900000002", "王二")
	ann.script(e, 2, ann.slide())
	bob.denied(here+"/room/questions", http.StatusForbidden, "要有这场活动的票")
	if page := bob.denied(here+"/room", http.StatusForbidden, "要有这场活动的票"); !page.Has("/claim") {
		t.Error("who has no ticket isn't led to one")
	}
	bob.send(here+"/claim", url.Values{"type": {"member"}})

	key := ann.see(here + "/room/questions").Value("key")
	for range 2 { // a second tap
		ann.send(here+"/room/ask", url.Values{"key": {key}, "text": {"怎么开始 <i>？"}})
	}
	ann.send(here+"/room/ask", url.Values{"key": {"2"}, "text": {"多少钱？"}})
	if page := ann.refused(here+"/room/ask", url.Values{"key": {"3"}, "text": {strings.Repeat("长", 301)}}, "300"); !strings.Contains(page.HTML, "长长") {
		t.Error("what was written is lost")
	}
	questions := regexp.MustCompile(`name="question" value="(\w+)"`).FindAllStringSubmatch(bob.see(here+"/room/questions", "怎么开始 <i>", "多少钱").HTML, -1)
	if len(questions) != 2 {
		t.Fatalf("%d questions", len(questions))
	}
	money, begin := questions[0][1], questions[1][1] // the newest first, while nobody has voted
	for range 2 {
		bob.send(here+"/room/vote", url.Values{"question": {begin}})
	}
	page := bob.see(here+"/room", "1 票", "你投了票")
	if i, j := strings.Index(page.HTML, "怎么开始"), strings.Index(page.HTML, "多少钱"); i < 0 || i > j {
		t.Error("what has more votes isn't first")
	}

	staff, viewer := ann.door(access.Content), ann.door(access.Viewer)
	if status, _ := viewer(http.MethodGet, "/events/"+e.Code+"/lead", nil); status != http.StatusForbidden {
		t.Errorf("who only looks leads: %d", status)
	}
	mark := func(question, state string) {
		t.Helper()
		if status, body := staff(http.MethodPost, here+"/lead/questions", url.Values{"question": {question}, "state": {state}}); status != http.StatusOK {
			t.Errorf("marked %s: %d %s", state, status, body)
		}
	}
	mark(begin, "answered")
	mark(money, "hidden")
	if status, body := staff(http.MethodGet, here+"/lead", nil); status != http.StatusOK || !strings.Contains(body, "已隐藏") || !strings.Contains(body, "已回答") {
		t.Errorf("the host's page: %d %s", status, body)
	}
	if page := ann.see(here+"/room", "怎么开始", "已回答"); strings.Contains(page.HTML, "多少钱") {
		t.Error("a hidden question is shown")
	}
	if page, _, done, err := bob.phone.Send(t.Context(), here+"/room/vote", url.Values{"question": {money}}); err != nil || done || page.Status != http.StatusNotFound {
		t.Errorf("a vote for a hidden question: %v %d", err, page.Status)
	}
	other := ann.plans("session", "另一场", 2*time.Hour)
	ann.script(other, 2, "")
	if status, _ := staff(http.MethodPost, "/events/"+other.Code+"/lead/questions", url.Values{"question": {begin}, "state": {"hidden"}}); status != http.StatusNotFound {
		t.Errorf("a question of another event: %d", status)
	}
	ann.must(a.DB.Read(t.Context(), community, func(tx *db.Tx) error {
		list, err := audit.List(tx, audit.Filter{Action: "question.mark", Limit: 10})
		if err == nil && len(list.Items) != 2 {
			t.Errorf("%d entries of what staff did", len(list.Items))
		}
		return err
	}))
}
