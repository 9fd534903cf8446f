package api_test

import (
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/task"
)

const summing = `
subject: event
start: {on: event.planned}
steps:
  - ask: send-summary
    role: content
    outcomes: {sent: next, later: end later}
  - do: event.tell_summary
    on: {no_summary: end none}
  - end: held
`

// E2: nobody can say that a summary was sent before there is one.
func TestASummaryIsSentOnceThereIsOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.live(t)
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(summing), &n); err != nil {
			t.Fatal(err)
		}
		def, problems := path.Parse("summing", n.Content[0])
		if len(problems) > 0 {
			t.Fatalf("%+v", problems)
		}
		if err := w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) error { _, _, err := w.app.Paths.PutTx(tx, def); return err }); err != nil {
			t.Fatal(err)
		}
		one := here("/events/" + w.make(t, here("/events"), m{"template": "salon", "title": m{"zh-Hans": "第二场"}, "starts": w.clock.Now().Add(72 * time.Hour)}).ID)
		w.settle(t)
		list, err := w.app.Tasks.List(t.Context(), w.community, task.Principal{ID: "x", All: true}, task.Filter{Kind: "send-summary", State: task.StateOpen}, "", 5)
		if err != nil || len(list.Items) != 1 {
			t.Fatalf("tasks %+v, %v", list.Items, err)
		}
		finish := "POST " + here("/tasks/"+list.Items[0].ID+"/finish")
		if got := w.must(t, 409, finish, m{"outcome": "sent"}); got.code() != "event.no_summary" {
			t.Errorf("refused by %s", got)
		}
		w.must(t, 200, "PUT "+one+"/summary", m{"text": " "})
		w.must(t, 409, finish, m{"outcome": "sent"})
		w.must(t, 200, "PUT "+one+"/summary", m{"text": "三条做法"})
		w.must(t, 200, finish, m{"outcome": "sent"})
		w.must(t, 200, finish, m{"outcome": "sent"})
	})
}
