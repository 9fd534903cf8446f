package h5_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// joins lets a walker become a member of the club, and names the person.
func (w walker) joins(number, name string) string {
	w.Helper()
	w.see("/e/join?lang=zh-Hans")
	w.member(number, name)
	return w.personOf(number)
}

// E2: who is on a jury is told, reads the script on their phone and says whether it is good enough, until the jury has decided. Nobody
// else sees it.
func TestAJurorsPage(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}
	one := w.joins("13900000001", "林一")
	second, third := w.stranger(), w.stranger()
	two := second.joins("13900000002", "陈二")
	third.joins("13900000003", "张三")
	var e event.Event
	w.write(func(tx *db.Tx) (err error) {
		e, err = a.Events.PlanTx(tx, event.Draft{Template: "session", Title: text.Text{text.Hans: "冷启动"}, Starts: tx.Now().AddDate(0, 0, 6)}, "op")
		if err == nil {
			_, err = a.Rooms.WriteTx(tx, e.ID, []room.Paragraph{{Text: "第一段，还没有人读过。"}}, "op")
		}
		if err == nil {
			_, err = a.Events.AskJuryTx(tx, e.ID, []string{one, two}, 1, "op")
		}
		return err
	})
	at := "/me/juries/" + e.Code
	w.settle()
	w.see("/me", "请你审一篇稿：冷启动", "等你审稿")
	w.see("/events", "等你审稿")
	w.see(at, "审稿：冷启动", "第一段，还没有人读过。", "够好，可以上", "提交意见")
	w.refused(at, url.Values{"verdict": {"maybe"}}, "够好")
	w.send(at, url.Values{"verdict": {"no"}, "note": {"开头太长"}})
	w.see(at, "已收到你的意见", "开头太长", "修改意见")
	if page := w.see("/me"); strings.Contains(page.Words(), "等你审稿") {
		t.Error("who has said something is still waited for")
	}
	if page := third.see(at); page.Status != 404 || strings.Contains(page.Words(), "第一段") {
		t.Errorf("somebody else reads the script: %d %s", page.Status, page.Words())
	}
	second.send(at, url.Values{"verdict": {"yes"}})
	second.see(at, "评审已通过", "够好，可以上")
	w.refused(at, url.Values{"verdict": {"yes"}}, "评审已通过")
	w.see(at, "你的意见", "还不够，要再改", "开头太长")
}

// E9: members vote for topics and propose them, on the page of events and on one of their own; who is no member is told so.
func TestTopicsOnThePhone(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}
	w.joins("13900000001", "林一")
	var x event.Topic
	w.write(func(tx *db.Tx) (err error) {
		x, err = a.Events.ProposeTx(tx, event.Proposal{Title: "私域复购怎么做", About: "从第二单讲起"}, "op")
		return err
	})
	w.see("/events", "想听什么", "私域复购怎么做", "从第二单讲起", "0 人想听", "我也想听", "提一个选题")
	w.send("/topics/"+x.ID+"/vote", url.Values{"from": {"events"}})
	w.see("/events", "1 人想听", "你投过票", "收回")
	w.send("/topics/"+x.ID+"/unvote", nil)
	w.see("/topics", "0 人想听")
	w.refused("/topics", url.Values{"title": {""}, "about": {"说明"}}, "一句话")
	w.send("/topics", url.Values{"title": {"两个人怎么排一周"}})
	w.see("/topics", "两个人怎么排一周", "1 人想听")
	guest := w.stranger()
	guest.see("/topics?lang=zh-Hans", "私域复购怎么做", "登录后投票")
	guest.see("/e/join")
	guest.register("13900000002", "陈二")
	guest.refused("/topics/"+x.ID+"/vote", nil, "只有会员能提选题和投票")
	if page := guest.see("/topics/none/vote"); page.Status != 200 {
		t.Errorf("a form's address: %d", page.Status)
	}
}
