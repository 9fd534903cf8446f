package seat_test

import (
	"errors"
	"testing"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// A group is one part's: two that give places under one name would find each other's holders full.
func TestAGroupHasOneOwner(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		h := newHouse(t, d)
		declare := func(owner string) error {
			return d.Do(ctx, d.Community, func(tx *db.Tx) error { return h.DeclareGroupTx(tx, seat.Group{Name: "members", Owner: owner}) })
		}
		for _, c := range []struct {
			owner string
			want  error
		}{{"", nil}, {"membership", nil}, {"membership", nil}, {"circle", seat.ErrGroupElsewhere}} {
			if err := declare(c.owner); !errors.Is(err, c.want) {
				t.Errorf("declared by %q: %v, want %v", c.owner, err, c.want)
			}
		}
	})
}
