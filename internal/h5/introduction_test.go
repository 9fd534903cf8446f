package h5_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// I8: only an introduction in one's own circle leads to the hall; while there is none it is helped with, then pressed for.
func TestNobodyEntersTheHallWithoutAnIntroduction(t *testing.T) {
	a, community, clk, p := serve(t, "academy")
	w := walker{t, a, community, clk, p}
	w.see("/e/join?lang=zh-Hans")
	w.register("13900000001", "林一")
	order := w.send("/plans/vip/buy", url.Values{"key": {w.see("/plans").Value("key")}})
	w.send(w.send(order+"/pay", url.Values{"by": {"sandbox"}}), nil)
	w.settle()
	who := w.onlyPerson()
	pass := func(d time.Duration, what string, want ...string) {
		t.Helper()
		clk.Advance(d)
		w.until(a, what, want...)
	}
	w.until(a, "bought", "add-sales-account")
	pass(73*time.Hour, "nobody of the staff is there", "fill-duty")
	own := w.own(a, who, "service", circle.StateOpen)
	pass(8*24*time.Hour, "a circle of their own", "check-nickname")
	pass(8*24*time.Hour, "no nickname") // waits for the introduction
	w.write(func(tx *db.Tx) error {
		_, err := fact.Append(tx, circle.MessagePosted{}, fact.Fact{Person: who, Subject: "elsewhere", Circle: "elsewhere"})
		return err
	})
	pass(73*time.Hour, "spoke elsewhere", "help-introduction")
	pass(15*24*time.Hour, "silent", "late-introduction")
	w.signIn("13900000001")
	_, _, done, err := p.SendFile(t.Context(), "/circles/"+own.ID+"/messages", url.Values{"text": {"我在杭州做电商。"}, "key": {"introduction-1"}})
	if w.must(err); !done {
		t.Fatal("the introduction was refused")
	}
	w.until(a, "introduced", "add-service-account")
	w.finishes(a, "add-service-account", "added")
	w.see("/me", "为你留了位置", "大厅 1")
}
