package h5_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
)

// E2: who has a ticket hears of the event four days before, is asked for questions two days before where there is a room for them, and
// is reminded a day and two hours before. Who gave the ticket back hears nothing more, and who takes one again hears once.
func TestHoldersHearOfTheirEventInTime(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}
	w.see("/e/join?lang=zh-Hans")
	w.member("13900000001", "林一")
	who := w.personOf("13900000001")
	session, salon, left := w.plans("session", "有稿子的专场", 10*24*time.Hour), w.plans("salon", "上海沙龙", 10*24*time.Hour+3*time.Hour), w.plans("salon", "退掉的沙龙", 10*24*time.Hour+time.Hour)
	w.script(session, 3, w.slide())
	for _, e := range []event.Event{session, salon, left} {
		x, err := a.Events.Claim(t.Context(), community, e.ID, "member", who)
		w.must(err)
		if e.ID != salon.ID {
			w.write(func(tx *db.Tx) error { _, err := a.Events.ReturnTx(tx, x.ID); return err })
		}
		w.settle()
	}
	_, err := a.Events.Claim(t.Context(), community, session.ID, "member", who)
	w.must(err)
	at := func(before time.Duration, want ...string) string {
		t.Helper()
		clk.Set(session.Starts.Add(-before))
		for range 30 {
			w.settle()
		}
		w.signIn("13900000001")
		return w.see("/me", want...).Words()
	}
	if words := at(97*time.Hour, "我的"); strings.Contains(words, "活动将近") {
		t.Error("told too early")
	}
	words := at(90*time.Hour, "活动将近：有稿子的专场", "活动将近：上海沙龙")
	if strings.Contains(words, "退掉的沙龙") || strings.Count(words, "活动将近：有稿子的专场") != 1 {
		t.Errorf("told %s", words)
	}
	if words = at(44*time.Hour, "想问什么：有稿子的专场"); strings.Contains(words, "想问什么：上海沙龙") {
		t.Error("asked for questions where nobody can ask any")
	}
	ask := "/events/" + session.Code + "/room"
	w.send(ask+"/ask", url.Values{"text": {"怎么定价？"}, "key": {w.see(ask + "/questions").Value("key")}})
	w.see(ask+"/questions", "怎么定价？")
	at(23*time.Hour, "别忘了：有稿子的专场")
	at(time.Hour, "就要开始：有稿子的专场")
}

// E2: who had a ticket for an event that is called off hears so, whether they had paid for it or not.
func TestHoldersHearThatAnEventIsCalledOff(t *testing.T) {
	for playbook, x := range map[string]struct{ template, free, paid string }{"operators": {"salon", "", "outsider"}, "academy": {"open", "everybody", ""}} {
		t.Run(playbook, func(t *testing.T) {
			a, community, clk, p := serve(t, playbook)
			w := walker{t, a, community, clk, p}
			w.see("/e/join?lang=zh-Hans")
			w.register("13900000001", "林一")
			e := w.plans(x.template, "活动", 3*24*time.Hour)
			here := "/events/" + e.Code
			if x.paid != "" {
				order := w.send(here+"/buy", url.Values{"type": {x.paid}, "key": {w.see(here).Value("key")}})
				w.send(w.send(order+"/pay", url.Values{"by": {"sandbox"}}), nil)
			} else {
				w.send(here+"/claim", url.Values{"type": {x.free}})
			}
			w.settle()
			w.see(here, "已有票")
			_, err := a.Events.Cancel(t.Context(), community, e.ID, "op")
			w.must(err)
			w.see("/me", "活动取消：活动")
		})
	}
}
