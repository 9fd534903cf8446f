package touch_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
)

// A run on an old version of its path comes to a message whose template or channel is gone by now: it goes on without it, and
// staff sees why.
func TestARunGoesOnWithoutItsTemplate(t *testing.T) {
	each(t, func(w *world) {
		kinds, err := fact.NewRegistry(append(path.Facts(), people.Facts()...)...)
		w.must(err)
		quiet := slog.New(slog.DiscardHandler)
		e := path.NewEngine(w.DB.DB, bus.NewLocal(), quiet, kinds, nil, func(context.Context, string) *time.Location { return time.UTC })
		w.touch.Install(e)
		e.Attach(w.log, w.runner)
		w.must(w.log.Start(w.Context()))
		var n yaml.Node
		w.must(yaml.Unmarshal([]byte("start: {on: people.created}\nsteps:\n"+
			"  - {do: touch.send, with: {template: gone}}\n  - {do: touch.send, with: {template: notice, channel: pigeon}}\n  - end: fine\n"), &n))
		d, problems := path.Parse("p", n.Content[0])
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		w.do(func(tx *db.Tx) error { _, _, err := e.PutTx(tx, d); return err })
		person := w.person("ann")
		if _, err := w.log.Step(w.Context()); err != nil {
			t.Fatal(err)
		}
		w.must(w.Read(w.Context(), w.Community, func(tx *db.Tx) error {
			r, _, err := e.Latest(tx, "p", person)
			if err != nil || r == nil || r.Outcome != "fine" {
				t.Errorf("run %+v, %v", r, err)
			}
			held, err := w.touch.Stuck(tx, "", 10)
			if err != nil || len(held.Items) != 2 {
				t.Fatalf("held back: %+v, %v", held.Items, err)
			}
			if a, b := held.Items[1].Reason, held.Items[0].Reason; a != touch.NoTemplate || b != touch.NotReached {
				t.Errorf("reasons %q and %q", a, b)
			}
			return nil
		}))
	})
}
