package h5_test

import (
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/task"
)

// E6: an event below the community's line is looked into by whoever makes events, in time; what is late goes to the admin.
func TestAnEventBelowTheLineIsLookedInto(t *testing.T) {
	for playbook, template := range map[string]string{"operators": "salon", "academy": "open"} {
		t.Run(playbook, func(t *testing.T) {
			a, community, clk, p := serve(t, playbook)
			w := walker{t, a, community, clk, p}
			e := w.plans(template, "活动", 2*time.Hour)
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
			boss := task.Principal{ID: "boss", Roles: []task.Role{{Name: "content"}}}
			_, err := a.Tasks.Claim(t.Context(), community, boss, late.ID)
			w.must(err)
			_, err = a.Tasks.Finish(t.Context(), community, boss, late.ID, "explained", "")
			w.must(err)
			w.ends(a, "below-line", e.ID, "explained")
		})
	}
}
