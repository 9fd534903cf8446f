// Package verify_test damages a lived-in community and sees that verification finds it.
package verify_test

import (
	"testing"
	"time"

	"github.com/qunce/qunce/test/lived"
)

func TestASoundCommunityHasNoFlaws(t *testing.T) {
	lived.Each(t, func(t *testing.T, w *lived.World) {
		began := time.Now()
		r, err := w.Verify(t.Context(), w.Community)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(time.Since(began), r.Checked)
		for _, f := range r.Flaws {
			t.Errorf("%+v", f)
		}
	})
}
