package api_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// C8: who is blocked leaves at once, also when they get in at the same moment.
func TestBlockedWhileLetIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		circles := w.get(t, here("/circles"))
		members := here("/circles/" + circles.Items[0].ID + "/members")
		for i := range 12 {
			person := w.person(t, fmt.Sprintf("139000000%02d", i))
			var both sync.WaitGroup
			both.Go(func() { w.do(t, w.owner, "POST "+members, m{"person": person}) })
			both.Go(func() { w.must(t, 204, "POST "+here("/people/"+person+"/block"), m{"reason": "广告"}) })
			both.Wait()
			if a := w.must(t, 200, "GET "+members, nil); strings.Contains(a.body, person) {
				t.Fatalf("%d: blocked and in the circle: %s", i, a)
			}
			if a := w.do(t, w.owner, "POST "+members, m{"person": person}); a.code() != "circle.blocked" {
				t.Fatalf("%d: %s", i, a)
			}
		}
	})
}

// P5: who is in a circle can be reached there, until they leave.
func TestACircleIsAWayToReachSomebody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		members := here("/circles/" + w.get(t, here("/circles")).Items[0].ID + "/members")
		person := w.person(t, "13900000099")
		reach := func() []string {
			var p struct{ Reach []string }
			w.must(t, 200, "GET "+here("/people/"+person), nil).into(t, &p)
			return p.Reach
		}
		if got := reach(); !slices.Equal(got, []string{"phone"}) {
			t.Errorf("before: %v", got)
		}
		w.must(t, 201, "POST "+members, m{"person": person})
		if got := reach(); !slices.Equal(got, []string{"phone", "circle"}) {
			t.Errorf("inside: %v", got)
		}
		w.must(t, 204, "DELETE "+members+"/"+person, nil)
		if got := reach(); !slices.Equal(got, []string{"phone"}) {
			t.Errorf("after: %v", got)
		}
	})
}
