package h5_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/url"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// screenshot is a picture of one grey.
func screenshot(t *testing.T, grey uint8) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 40, 60))
	for i := range img.Pix {
		img.Pix[i] = color.Gray{grey}.Y
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// G5, G9: on the phone a member promises to share a launch and keeps it, and shows a picture of what they shared.
func TestPledgesAndProofsOnThePhone(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}
	w.see("/e/join?lang=zh-Hans")
	w.member("13900000001", "林一")
	person := w.personOf("13900000001")
	var l launch.Launch
	var c growth.Call
	w.write(func(tx *db.Tx) (err error) {
		l, err = a.Launches.OpenTx(tx, launch.Launch{Title: "春季开放", Product: "plan:annual", Begins: tx.Now().AddDate(0, 0, 1), Ends: tx.Now().AddDate(0, 0, 8)}, "op")
		if err != nil {
			return err
		}
		if _, err = a.Launches.AskTx(tx, l.ID, person, audit.Actor{Kind: access.Operator, ID: "op"}, false); err != nil {
			return err
		}
		c, err = a.Growth.OpenCallTx(tx, "share", growth.Call{Product: "plan:annual", Note: "本周主推", CreatedBy: "op"})
		return err
	})
	w.see("/me/share", "春季开放", "等你回复", "转发打卡", "50 积分")
	at := "/me/launches/" + l.ID
	w.see(at, "等你回复", "承诺分享", "这次不了")
	w.refused(at+"/promise", url.Values{"contacts": {"many"}, "shares": {"0"}}, "至少分享 1 次")
	w.send(at+"/promise", url.Values{"contacts": {"30"}, "shares": {"2"}})
	w.see(at, "你承诺告诉 30 人、分享 2 次", "已分享", "修改承诺")
	w.send(at+"/done", nil)
	w.see(at, "已分享，谢谢")
	if page := w.see("/me/launches/none"); page.Status != 404 {
		t.Errorf("a launch that isn't there: %d", page.Status)
	}

	call := "/me/calls/" + c.ID
	w.see(call, "本周主推", "提交截图", "50 积分")
	if page, _, done, err := w.phone.SendPicture(t.Context(), call, []byte("no picture")); err != nil || done || page.Status < 400 {
		t.Errorf("what is no picture is taken: %v %v", page.Status, err)
	}
	page, _, done, err := w.phone.SendPicture(t.Context(), call, screenshot(t, 90))
	w.must(err)
	if !done {
		t.Fatalf("a picture was refused: %s", page.Words())
	}
	shown := w.see(call, "审核中", "你交的截图")
	if strings.Contains(shown.Words(), "重新提交") {
		t.Error("a second picture may be sent while the first is looked at")
	}
	var own growth.Proof
	w.write(func(tx *db.Tx) error {
		list, err := a.Growth.ProofsTx(tx, growth.ProofFilter{Call: c.ID}, "", 10)
		own = list.Items[0]
		return err
	})
	if pic := w.see(call + "/pictures/" + own.Picture); pic.Status != 200 {
		t.Errorf("one's own picture: %d", pic.Status)
	}
	w.write(func(tx *db.Tx) error {
		_, err := a.Growth.DecideTx(tx, growth.Decision{Proof: own.ID, Reason: growth.NotSeen, By: "op"})
		return err
	})
	w.see(call, "未通过：截图看不清", "重新提交")
	if _, _, done, err = w.phone.SendPicture(t.Context(), call, screenshot(t, 120)); err != nil || !done {
		t.Errorf("another picture after a refusal: %v %v", done, err)
	}
	// Somebody else doesn't see the picture.
	other := w.stranger()
	other.member("13900000002", "陈二")
	if pic := other.see(call + "/pictures/" + own.Picture); pic.Status != 404 {
		t.Errorf("somebody else's picture: %d", pic.Status)
	}
}
