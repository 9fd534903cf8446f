package app_test

import (
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
)

// M3: a path uses a benefit of its person, and says when there is none left.
func TestAPathUsesABenefit(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		var n yaml.Node
		w.must(yaml.Unmarshal([]byte("start: {on: membership.term_bought}\nsteps:\n"+
			"  - {do: membership.use, with: {benefit: welcome}, on: {none_left: end none}}\n  - {do: membership.use, with: {benefit: welcome}, on: {none_left: end once}}\n  - end: twice\n"), &n))
		d, problems := path.Parse("p", n.Content[0])
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		w.do(func(tx *db.Tx) error {
			name := func(s string) text.Text { return text.Text{text.Hans: s} }
			year := membership.Period{Months: 12}
			err := w.Members.DeclareTx(tx, membership.Config{Plans: []membership.Plan{
				{Name: "vip", Title: name("vip"), Period: year, Price: 1, Benefits: []membership.Benefit{{Name: "welcome", Title: name("见面礼"), Count: 1}}},
				{Name: "plain", Title: name("plain"), Period: year, Price: 1},
			}})
			if err == nil {
				_, _, err = w.Paths.PutTx(tx, d)
			}
			return err
		})
		for plan, want := range map[string]string{"vip": "once", "plain": "none"} {
			ann := w.person()
			w.pays(w.order(ann, plan))
			w.clock.Advance(time.Minute)
			w.must(w.Settle(t.Context()))
			w.do(func(tx *db.Tx) error {
				r, _, err := w.Paths.Latest(tx, "p", ann)
				if err != nil || r == nil || r.Outcome != want {
					t.Errorf("%s: run %+v, %v", plan, r, err)
				}
				return err
			})
		}
		w.sound()
	})
}
