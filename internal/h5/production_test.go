package h5_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/task"
)

// finishes ends the open task of a kind.
func (w walker) finishes(a *app.App, kind task.Kind, outcome task.Outcome) {
	w.Helper()
	boss := task.Principal{ID: "boss", All: true}
	list, err := a.Tasks.List(w.Context(), w.community, boss, task.Filter{State: task.StateOpen, Kind: kind}, "", 10)
	w.must(err)
	if len(list.Items) != 1 {
		w.Fatalf("%d tasks %s", len(list.Items), kind)
	}
	_, err = a.Tasks.Claim(w.Context(), w.community, boss, list.Items[0].ID)
	w.must(err)
	_, err = a.Tasks.Finish(w.Context(), w.community, boss, list.Items[0].ID, outcome, "")
	w.must(err)
	w.settle()
}

// E6: an event below the community's line is looked into by whoever makes events, in time; what is late goes to the admin.
func TestAnEventBelowTheLineIsLookedInto(t *testing.T) {
	for playbook, template := range map[string]string{"operators": "salon", "academy": "open"} {
		t.Run(playbook, func(t *testing.T) {
			a, community, clk, p := serve(t, playbook)
			w := walker{t, a, community, clk, p}
			e := w.plans(template, "活动", 30*24*time.Hour)
			w.must(a.DB.Do(t.Context(), community, func(tx *db.Tx) error {
				_, err := fact.Append(tx, event.BelowLine{NPS: -200, Line: 400, Answers: 7}, fact.Fact{Subject: e.ID})
				return err
			}))
			w.until(a, "below the line", "look-into-event")
			clk.Advance(49 * time.Hour)
			w.settle()
			var late task.Task
			for range 300 {
				list, err := a.Tasks.List(t.Context(), community, task.Principal{ID: "x", All: true}, task.Filter{State: task.StateOpen}, "", 10)
				w.must(err)
				for _, x := range list.Items {
					if x.Kind == "look-into-event" {
						late = x
					}
				}
				if late.EscalatedTo != "" {
					break
				}
				w.settle()
			}
			if late.Role != "content" || late.EscalatedTo != "admin" || late.Due.IsZero() {
				t.Errorf("asked for %+v", late)
			}
			w.finishes(a, "look-into-event", "explained")
			w.ends(a, "below-line", e.ID, "explained")
		})
	}
}

// E2: what can't be made in time is nobody's secret: the admin says that it is moved, and then it is made anew, or that it is held all the
// same; who calls it off is asked no more.
func TestWhatIsNotMadeInTimeIsReplanned(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}
	e := w.plans("session", "专场", 15*24*time.Hour)
	w.until(a, "near", "invite-guest")
	w.finishes(a, "invite-guest", "declined")
	w.until(a, "declined", "replan-event")
	w.write(func(tx *db.Tx) (err error) {
		now, err := a.Events.GetTx(tx, e.ID)
		if err == nil {
			now.Starts, now.Ends = now.Starts.AddDate(0, 0, 14), now.Ends.AddDate(0, 0, 14)
			e, err = a.Events.ChangeTx(tx, now, "op")
		}
		return err
	})
	w.finishes(a, "replan-event", "moved")
	w.until(a, "moved")
	clk.Set(e.Starts.AddDate(0, 0, -21).Add(time.Minute))
	w.until(a, "three weeks before its new time", "invite-guest")
	clk.Advance(8 * 24 * time.Hour)
	w.until(a, "nobody has invited a guest", "replan-event")
	w.finishes(a, "replan-event", "goes-on")
	w.until(a, "goes on")
	clk.Set(e.Ends.Add(time.Minute))
	w.until(a, "held all the same", "send-summary")

	off := w.plans("session", "另一场", 15*24*time.Hour)
	w.until(a, "near", "invite-guest", "send-summary")
	w.finishes(a, "invite-guest", "declined")
	w.until(a, "declined", "replan-event", "send-summary")
	_, err := a.Events.Cancel(t.Context(), community, off.ID, "op")
	w.must(err)
	w.until(a, "called off", "send-summary")
	w.ends(a, "production", off.ID, "cancelled")
}

// A class is made in time as well, and its absence is replanned.
func TestAClassIsPrepared(t *testing.T) {
	a, community, clk, p := serve(t, "academy")
	w := walker{t, a, community, clk, p}
	e := w.plans("class", "两天线下课", 30*24*time.Hour)
	clk.Set(e.Starts.AddDate(0, 0, -21).Add(time.Minute))
	w.until(a, "three weeks before", "invite-guest")
	w.finishes(a, "invite-guest", "agreed")
	w.until(a, "who teaches is agreed", "agree-outline")
	w.finishes(a, "agree-outline", "dropped")
	w.until(a, "what is taught is not", "replan-event")
}

// E2: a summary reaches who had a ticket, once there is one: they are told, and read it on the event's page, as members do; a stranger
// doesn't.
func TestASummaryReachesWhoHadATicket(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}
	w.see("/e/join?lang=zh-Hans")
	w.member("13900000001", "林一")
	e := w.plans("session", "专场", 2*24*time.Hour)
	here := "/events/" + e.Code
	w.send(here+"/claim", url.Values{"type": {"member"}})
	w.until(a, "planned late", "invite-guest")
	w.finishes(a, "invite-guest", "declined")
	w.until(a, "declined", "replan-event")
	w.finishes(a, "replan-event", "goes-on")
	clk.Set(e.Ends.Add(time.Minute))
	w.until(a, "over", "send-summary")
	w.finishes(a, "send-summary", "sent") // by who goes round the API, which refuses it
	w.until(a, "there is none", "send-summary")
	w.write(func(tx *db.Tx) error {
		_, err := a.Events.SummariseTx(tx, e.ID, "三条做法：\n先问再答。")
		return err
	})
	w.finishes(a, "send-summary", "sent")
	w.ends(a, "production", e.ID, "held")
	clk.Advance(24 * time.Hour) // it was night
	w.signIn("13900000001")
	w.see("/me", "会后总结：专场")
	w.see(here, "会后总结", "先问再答。")
	if page := w.stranger().see(here, "专场"); strings.Contains(page.HTML, "先问再答") {
		t.Error("a stranger reads it")
	}
}
