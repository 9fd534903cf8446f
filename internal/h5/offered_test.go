package h5_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
)

// E2, E4: who waits is told at once that a place has come free, until when it is kept, and where; who takes a ticket for today isn't
// told of it at once, but two hours before; who has a ticket for what is moved is told when it begins now.
func TestMessagesAboutAnEvent(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	ann := walker{t, a, community, clk, p}.member("13900000031", "林一")
	bob := ann.stranger().member("13900000032", "周二")
	today := ann.plans("salon", "今天的沙龙", 8*time.Hour, func(d *event.Draft) { d.Capacity = 1 })
	later := ann.plans("salon", "后天的沙龙", 60*time.Hour, func(d *event.Draft) { d.Capacity = 1 })
	ticket := ""
	for _, e := range []event.Event{today, later} {
		ticket = ann.send("/events/"+e.Code+"/claim", url.Values{"type": {"member"}})
		bob.send("/events/"+e.Code+"/wait", url.Values{"type": {"member"}})
	}
	ann.settle()
	if page := ann.see("/me", "今天的沙龙"); strings.Contains(page.Words(), "别忘了") {
		t.Errorf("told at once: %s", page.Words())
	}
	ann.send(ticket+"/return", nil)
	bob.settle()
	bob.see("/me", "排到你了：后天的沙龙", "名额为你留到 "+clk.Now().Add(24*time.Hour).In(time.FixedZone("", 8*3600)).Format("2006-01-02 15:"))
	carl := bob.stranger().member("13900000033", "吴三")
	moved := ann.plans("salon", "要改期的沙龙", 72*time.Hour)
	carl.send("/events/"+moved.Code+"/claim", url.Values{"type": {"member"}})
	carl.must(a.DB.Do(t.Context(), community, func(tx *db.Tx) error {
		moved.Starts, moved.Ends = moved.Starts.Add(24*time.Hour), moved.Ends.Add(24*time.Hour)
		_, err := a.Events.ChangeTx(tx, moved, "")
		return err
	}))
	carl.see("/me", "改期：要改期的沙龙", "改到 "+moved.Starts.In(time.FixedZone("", 8*3600)).Format("2006-01-02 15:04"))
	clk.Advance(today.Starts.Add(-2 * time.Hour).Sub(clk.Now()))
	ann.see("/me", "就要开始：今天的沙龙", today.Starts.In(time.FixedZone("", 8*3600)).Format("2006-01-02 15:04"))
}
