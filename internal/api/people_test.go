package api_test

import (
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// P2: visitors who said nothing can be left out of the list, and of its export; and a list can be of chosen people.
func TestPeopleWithoutVisitors(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		boss := w.operator(t, w.community, "boss@example.com", true, access.Owner)
		a, b := w.person(t, "13800000001"), w.person(t, "13800000002")
		var visitor string
		err := w.app.DB.Do(t.Context(), w.community, func(tx *db.Tx) (err error) {
			visitor, err = w.app.People.CreateTx(tx, people.Seed{})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]int{"": 3, "?known=true": 2, "?known=false": 3, "?id=" + a + "," + visitor: 2, "?known=true&id=" + b + "," + visitor: 1} {
			if got := w.get(t, here("/people"+query)); got.Count.N != want || len(got.Items) != want {
				t.Errorf("%q: %d listed, %d counted, want %d", query, len(got.Items), got.Count.N, want)
			}
		}
		for query, want := range map[string]int{"": 3, "?known=true": 2, "?id=" + a: 1} {
			file := w.do(t, boss, "GET "+here("/exports/people"+query), nil)
			if rows := strings.Count(strings.TrimSpace(file.body), "\n"); file.status != 200 || rows != want {
				t.Errorf("exported with %q: %d rows, want %d: %s", query, rows, want, file)
			}
		}
		if got := w.do(t, w.owner, "GET "+here("/people?id="+strings.TrimSuffix(strings.Repeat(a+",", 301), ",")), nil); got.status != 422 {
			t.Errorf("more ids than are allowed: %s", got)
		}
		if got := w.do(t, w.owner, "GET "+here("/people?id=x"), nil); got.status != 422 {
			t.Errorf("an id that isn't one: %s", got)
		}
	})
}
