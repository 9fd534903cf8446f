package h5_test

import (
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
)

// owner is the person of a phone's number.
func (w walker) wait(e event.Event, kind, person string) {
	w.Helper()
	w.must(w.app.DB.Do(w.Context(), w.community, func(tx *db.Tx) error {
		_, err := w.app.Events.WaitTx(tx, e.ID, kind, person)
		return err
	}))
}

// E2, E4: who waits is told at once that a place has come free, until when it is kept, and where; who takes a ticket for today isn't
// told of it at once, but two hours before.
func TestMessagesAboutAnEvent(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	clk.Advance(2 * time.Hour) // nine in the morning would be too early for a message, by the playbook's quiet hours
	ann := walker{t, a, community, clk, p}.member("13900000031", "林一")
	bob := ann.stranger().member("13900000032", "周二")
	today := ann.plans("salon", "今天的沙龙", 8*time.Hour, func(d *event.Draft) { d.Capacity = 1 })
	later := ann.plans("salon", "后天的沙龙", 60*time.Hour, func(d *event.Draft) { d.Capacity = 1 })
	waiter := bob.see("/me", "年度会员")
	_ = waiter
	for _, e := range []event.Event{today, later} {
		ann.send("/events/"+e.Code+"/claim", nil)
		bob.send("/events/"+e.Code+"/wait", nil)
	}
	ann.settle()
	if page := ann.see("/me", "今天的沙龙"); strings.Contains(page.Words(), "别忘了") {
		t.Errorf("told at once: %s", page.Words())
	}
	ann.send("/events/"+later.Code+"/return", nil)
	bob.settle()
	until := later.Starts.In(time.FixedZone("", 8*3600)).Format("2006-01-02 ")
	_ = until
	bob.see("/me", "排到你了：后天的沙龙", "名额为你留到 "+clk.Now().Add(24*time.Hour).In(time.FixedZone("", 8*3600)).Format("2006-01-02 15:"))
	clk.Advance(today.Starts.Add(-2 * time.Hour).Sub(clk.Now()))
	ann.see("/me", "就要开始：今天的沙龙", today.Starts.In(time.FixedZone("", 8*3600)).Format("2006-01-02 15:04"))
}
