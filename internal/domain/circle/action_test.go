package circle_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

const arrival = `
subject: person
start: {on: circle.joined, once_per: circle}
steps:
  - do: circle.post
    with: {template: "hello-{circle.kind}"}
    on: {closed: next}
  - do: circle.leave
    with: {kind: stage, except: current}
  - end: there
`

// I7, C8: a path welcomes who joined, in every language, and frees the old circle when they have arrived in the next.
func TestPathActions(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := &world{crowd: newCrowd(), t: t, d: d}
		w.node = newNode(d.DB, w.crowd)
		kinds, err := fact.NewRegistry(slices.Concat(circle.Facts(), seat.Facts())...)
		if err != nil {
			t.Fatal(err)
		}
		engine := path.NewEngine(d.DB, w.bus, quiet, kinds, nil, func(context.Context, string) *time.Location { return shanghai })
		for _, a := range w.circles.Actions() {
			engine.Register(a)
		}
		engine.RegisterSource(w.circles.Source())
		engine.Attach(w.log, w.runner)
		if err := w.log.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(arrival), &n); err != nil {
			t.Fatal(err)
		}
		def, problems := path.Parse("arrival", n.Content[0])
		if problems = append(problems, engine.Validate(def, nil)...); len(problems) > 0 {
			t.Fatalf("problems %+v", problems)
		}
		w.do(func(tx *db.Tx) error { _, _, err := engine.PutTx(tx, def); return err })

		old := w.declare(pregnancy(5))[0]
		g := pregnancy(5)
		g.Name = "stage:parenting"
		next := w.declare(g)[0]
		ann := w.member(old.Group)
		w.settle()
		w.held(next.Group, ann)
		if _, err := w.join(next.ID, ann); err != nil {
			t.Fatal(err)
		}
		w.settle()
		m := w.history(next, ann, circle.Window{}).Messages
		if len(m) != 1 || m[0].Words.In(text.En) != "hello-stage en "+circle.Mention(ann)+" in Pregnancy 1: Be kind" || m[0].Mentions[ann] == "" {
			t.Errorf("said %+v", m)
		}
		all, err := w.circles.CirclesOf(t.Context(), d.Community, ann)
		w.wantErr(err, nil)
		if len(all) != 1 || all[0].Circle != next.ID {
			t.Errorf("circles %+v", all)
		}
		w.sound()
	})
}

func (w *world) settle() {
	w.t.Helper()
	if _, err := w.log.Step(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}
