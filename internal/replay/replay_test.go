package replay_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/replay"
	"github.com/qunce/qunce/test/lived"
	"github.com/qunce/qunce/test/testkit"
)

// monday is when every replay here begins.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// run replays a case in a new database: SQLite, or PostgreSQL if a URL is given.
func run(t *testing.T, name, url string, seed uint64, set map[string]string) (replay.Result, *lived.World) {
	t.Helper()
	w := lived.Open(t, app.Config{Data: t.TempDir(), DatabaseURL: url, Scratch: url == "", IDs: id.NewSeeded(seed)}, monday)
	all := map[string]string{}
	if name == "mothers" {
		all = map[string]string{"people": "4", "days": "1"}
	}
	maps.Copy(all, set)
	r, err := replay.Run(t.Context(), w.World(w.Clock), name, replay.Options{Seed: seed, Set: all})
	if err != nil {
		t.Fatal(err)
	}
	return r, w
}

var (
	usualOnce   sync.Once
	usualResult replay.Result
)

// usual is the result of mothers with nothing changed.
func usual(t *testing.T) replay.Result {
	t.Helper()
	usualOnce.Do(func() { usualResult, _ = run(t, "mothers", "", 1, nil) })
	return usualResult
}

// text is a result as programs read it.
func text(t *testing.T, r replay.Result) string {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func figure(t *testing.T, r replay.Result, name string) replay.Figure {
	t.Helper()
	i := slices.IndexFunc(r.Measured, func(f replay.Figure) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("no figure %q in %+v", name, r.Measured)
	}
	return r.Measured[i]
}

// The same seed and parameters give the same figures, also on the other database; another seed gives others (A3).
func TestTheSameSeedGivesTheSameFigures(t *testing.T) {
	t.Parallel()
	first := usual(t)
	want := text(t, first)
	for _, c := range []struct{ name, url string }{{"again", ""}, {"postgres", testkit.PostgresURL(t)}} {
		again, _ := run(t, "mothers", c.url, 1, nil)
		if got := text(t, again); got != want {
			t.Errorf("%s differs: %s", c.name, difference(want, got))
		}
	}
	other, _ := run(t, "mothers", "", 2, nil)
	other.Seed = 1
	if text(t, other) == want {
		t.Error("another seed gives the same figures")
	}
	if !first.OK() || len(first.Invariants) < 4 {
		t.Errorf("it does not hold: %+v %+v", first.Invariants, first.Verify)
	}
	for i, s := range first.Steps {
		if s.Entered != s.Onward+s.Ended+s.Waiting || s.Lost > s.Ended || s.Lost < 0 || s.Onward < 0 {
			t.Errorf("step %s of %s: %+v", s.Step, s.Path, s)
		}
		if next := first.Steps[min(i+1, len(first.Steps)-1)]; next.Path == s.Path && next.Step != s.Step && next.Entered != s.Onward {
			t.Errorf("%d went on from step %s of %s, %d came to the next", s.Onward, s.Step, s.Path, next.Entered)
		}
	}
}

// difference shows the neighbourhood of the first byte in which two texts differ.
func difference(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	from := max(0, i-120)
	return "\n" + a[from:min(len(a), i+60)] + "\n" + b[from:min(len(b), i+60)]
}

// Figures come out of the run: what people do otherwise shows in them, in the direction one would expect (A3).
func TestParametersHaveTheirEffect(t *testing.T) {
	t.Parallel()
	look := func(was, is replay.Result, name, what string, more bool) {
		t.Helper()
		a, b := figure(t, was, name).Measured, figure(t, is, name).Measured
		if a == b || (b > a) != more {
			t.Errorf("%s: %s went from %g to %g", what, name, a, b)
		}
		if !is.OK() {
			t.Errorf("%s: %+v %+v", what, is.Invariants, is.Verify)
		}
	}
	was, is := usual(t), changed(t, map[string]string{"share.spammers": "60%", "minutes.add-contact": "20", "go.join": "0.1", "people": "8"})
	look(was, is, "staff minutes per 1,000 4.0", "more suspicion needs more looking at", true)
	look(was, is, "staff minutes per 1,000 1.0", "slower hands cost more", true)
	look(was, is, "seated 3.0", "who doesn't join isn't seated", false)
	look(was, is, "arrivals 1.0", "who comes is counted", true)
	atOnce := map[string]string{"days": "0.001"}
	was = changed(t, atOnce)
	is = changed(t, map[string]string{"days": "0.001", "doors.rate": "1"})
	look(was, is, "wait for the turn 5.0", "at a smaller rate people wait longer", true)
}

func changed(t *testing.T, set map[string]string) replay.Result {
	t.Helper()
	r, _ := run(t, "mothers", "", 1, set)
	return r
}

// The course gathers people by source and sorts them; asked for fewer people it takes fewer (case 5).
func TestCourse(t *testing.T) {
	t.Parallel()
	r, _ := run(t, "course", "", 1, map[string]string{"people": "100", "days": "3"})
	again, _ := run(t, "course", "", 1, map[string]string{"people": "100", "days": "3"})
	if a, b := text(t, r), text(t, again); a != b {
		t.Errorf("differs: %s", difference(a, b))
	}
	base := figure(t, r, "joined the base group").Measured
	sum := 0.0
	for _, source := range []string{"articles", "videos", "groups", "platform"} {
		sum += figure(t, r, "joined the base group from "+source).Measured
	}
	if base < 5 || base > 60 || sum != base || !r.OK() {
		t.Errorf("%g in the base group, %g by source; %+v %+v", base, sum, r.Invariants, r.Verify)
	}
}

// What nobody knows is refused with what is known; so is a value that can't be (A3).
func TestRefusals(t *testing.T) {
	t.Parallel()
	w := lived.Open(t, app.Config{Data: t.TempDir(), Scratch: true}, monday)
	try := func(name string, set map[string]string) error {
		_, err := replay.Run(t.Context(), w.World(w.Clock), name, replay.Options{Seed: 1, Set: set})
		return err
	}
	err := try("mothers", map[string]string{"go.frm": "1"})
	if e := errs.As(err); !errors.Is(err, replay.ErrParameter) || e.Params["name"] != "go.frm" {
		t.Errorf("%v", err)
	} else if known, _ := e.Params["known"].(string); !strings.Contains(known, "go.form") || !strings.Contains(known, "staff.from") {
		t.Errorf("known are %q", known)
	}
	if err := try("nobody", nil); !errors.Is(err, replay.ErrCase) || !strings.Contains(err.Error(), "course mothers") {
		t.Errorf("%v", err)
	}
	for _, set := range []map[string]string{
		{"go.form": "much"},
		{"go.form": ""},
		{"go.form": "NaN"},
		{"go.form": "Inf"},
		{"go.form": "1.5"},
		{"go.form": "-0.1"},
		{"go.form": "150%"},
		{"people": "-1"},
		{"people": "1e12"},
		{"delay.form": "-5s"},
		{"share.spammers": "2"},
		{"staff.from": "30"},
		{"doors.rate": "0"},
	} {
		if err := try("mothers", set); !errors.Is(err, replay.ErrValue) {
			t.Errorf("%v: %v", set, err)
		}
	}
	if err := w.DB.Read(t.Context(), "", func(tx *db.Tx) error {
		n, _, err := db.One(tx, db.Column[int], `SELECT count(*) FROM community`)
		if n != 0 {
			t.Errorf("%d communities were made all the same", n)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

// The checks can fail: damage of each sort is seen (control).
func TestInvariantsFailWhenDamaged(t *testing.T) {
	t.Parallel()
	_, w := run(t, "mothers", "", 1, nil)
	c, err := w.Communities.BySlug(t.Context(), "mothers")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []struct{ name, invariant, damage, mend string }{
		{"a member without a seat", "every member has a seat", `UPDATE circle_member SET left_at = 5 WHERE community_id = $1 AND left_at = 0`, `UPDATE circle_member SET left_at = 0 WHERE community_id = $1 AND left_at = 5`},
		{"a circle over capacity", "no circle over capacity", `UPDATE seat_pool SET capacity = 0 WHERE community_id = $1 AND circle <> ''`, ``},
	} {
		run := func(query string) {
			if query == "" {
				return
			}
			if err := w.DB.Do(t.Context(), c.ID, func(tx *db.Tx) error { _, err := tx.Exec(query, tx.Community()); return err }); err != nil {
				t.Fatalf("%s: %v", d.name, err)
			}
		}
		sound, err := replay.Hold(t.Context(), w.World(w.Clock), c.ID)
		if err != nil || !sound.OK() {
			t.Fatalf("before %s: %v %+v", d.name, err, sound)
		}
		run(d.damage)
		r, err := replay.Hold(t.Context(), w.World(w.Clock), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if r.OK() || r.Invariants[d.invariant].OK {
			t.Errorf("%s went unnoticed: %+v", d.name, r.Invariants)
		}
		run(d.mend)
	}
}
