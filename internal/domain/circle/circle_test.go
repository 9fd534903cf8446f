package circle_test

import (
	"testing"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

func TestCircles(t *testing.T) {
	play(t,
		scene{"C1 a group is declared once", aGroupIsDeclaredOnce},
		scene{"a wrong template is refused by field", aWrongTemplateIsRefusedByField},
		scene{"each city gets its own", eachCityGetsItsOwn},
		scene{"C1 states", states},
		scene{"capacity never below who is in", capacityNeverBelowWhoIsIn},
	)
}

func aGroupIsDeclaredOnce(w *world) {
	t := w.t
	g := pregnancy(3)
	all := w.declare(g)
	if len(all) != 1 || all[0].Name.In(text.Hans) != "孕期 1 群" || all[0].Capacity != 3 || all[0].State != circle.StateOpen || all[0].Room != 3 {
		t.Fatalf("circles %+v", all)
	}
	if again := w.declare(g); len(again) != 1 {
		t.Errorf("declaring twice gave %d circles", len(again))
	}
	g.Capacity, g.Rules = 5, text.Text{text.Hans: "新规则"}
	old := w.declare(g)[0]
	w.do(func(tx *db.Tx) error {
		next, err := w.circles.OpenTx(tx, g.Name, nil)
		if next.Number != 2 || next.Capacity != 5 || next.Rules.In(text.Hans) != "新规则" {
			t.Errorf("next circle %+v", next)
		}
		return err
	})
	if old.Capacity != 5 || old.Rules.In(text.Hans) != "友善" {
		t.Errorf("a change reached a circle that stands: %+v", old)
	}
	if found := w.list(circle.Filter{Text: "孕期2"}); len(found) != 1 || found[0].Number != 2 {
		t.Errorf("found %+v", found)
	}
	w.sound()
}

func aWrongTemplateIsRefusedByField(w *world) {
	t, d := w.t, w.d
	for field, spoil := range map[string]func(*circle.Group){
		"/name":            func(g *circle.Group) { g.Name = "" },
		"/kind":            func(g *circle.Group) { g.Kind = "club" },
		"/name_pattern":    func(g *circle.Group) { g.NamePattern = text.Text{text.Hans: "孕期群"} },
		"/capacity":        func(g *circle.Group) { g.Capacity = -1 },
		"/attributes/city": func(g *circle.Group) { g.Growable, g.Attributes = false, map[string]string{"city": ""} },
		"/policy":          func(g *circle.Group) { g.Policy = "best" },
		"/reserve":         func(g *circle.Group) { g.Reserve = -1 },
	} {
		g := pregnancy(3)
		spoil(&g)
		err := d.Do(t.Context(), d.Community, func(tx *db.Tx) error { return w.circles.DeclareGroupTx(tx, g) })
		if e := errs.As(err); e == nil || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// C1: a person joins once, however often they click.
// I6, C1: a lapsed hold still counts while there is room, and is a typed refusal when there is none.
// I5: two programs give out the last place at once, and each person clicks twice.
// I5: in a burst nobody meets a full circle, and none takes more than it may.
// An attribute without a value is that of the person for whom the circle is opened.
func eachCityGetsItsOwn(w *world) {
	t, d := w.t, w.d
	g := pregnancy(5)
	g.Name, g.Attributes = "city", map[string]string{"city": ""}
	if all := w.declare(g); len(all) != 0 {
		t.Fatalf("a circle for nobody: %+v", all)
	}
	for _, city := range []string{"上海", "广州", "上海"} {
		x, err := w.hold(t.Context(), d.Community, "city", d.NewID(), seat.Want{Attributes: map[string]string{"city": city}})
		if err != nil {
			t.Fatal(err)
		}
		if c := w.get(x.Circle); c.Attributes["city"] != city {
			t.Errorf("%s got %+v", city, c)
		}
	}
	if all := w.list(circle.Filter{Group: "city"}); len(all) != 2 {
		t.Errorf("%d circles", len(all))
	}
	_, err := w.hold(t.Context(), d.Community, "city", d.NewID(), seat.Want{Attributes: map[string]string{"stage": "x"}})
	w.wantErr(err, seat.ErrNotEligible)
}

// C8: both or neither.
// C1: open → frozen → open → archived, each guarded.
func states(w *world) {
	t, d := w.t, w.d
	g := pregnancy(2)
	g.Growable = false
	c := w.declare(g)[0]
	ann := w.member(c.Group)
	turn := func(fn func(*db.Tx, string, string) (circle.Circle, error)) (got circle.Circle, err error) {
		err = d.Do(t.Context(), d.Community, func(tx *db.Tx) (err error) { got, err = fn(tx, c.ID, "op"); return err })
		return got, err
	}
	for range 2 { // the second time changes nothing
		got, err := turn(w.circles.FreezeTx)
		w.wantErr(err, nil)
		if got.State != circle.StateFrozen || got.Room != 0 {
			t.Errorf("frozen: %+v", got)
		}
	}
	_, err := w.hold(t.Context(), d.Community, c.Group, d.NewID(), seat.Want{})
	w.wantErr(err, seat.ErrClosed)
	_, err = w.circles.Post(t.Context(), d.Community, circle.Actor{ID: ann}, c.ID, circle.Draft{Text: "hello"})
	w.wantErr(err, circle.ErrFrozen)
	_, err = w.circles.Post(t.Context(), d.Community, circle.Actor{ID: "op", Staff: true}, c.ID, circle.Draft{Text: "back soon"})
	w.wantErr(err, nil)
	got, err := turn(w.circles.ThawTx)
	w.wantErr(err, nil)
	if got.State != circle.StateOpen {
		t.Errorf("thawed: %+v", got)
	}
	w.sound()
	held := d.NewID()
	w.held(c.Group, held)
	_, err = turn(w.circles.ArchiveTx)
	w.wantErr(err, nil)
	_, err = turn(w.circles.ThawTx)
	w.wantErr(err, circle.ErrState)
	_, err = w.join(c.ID, held)
	w.wantErr(err, circle.ErrArchived)
	_, err = w.circles.Post(t.Context(), d.Community, circle.Actor{ID: "op", Staff: true}, c.ID, circle.Draft{Text: "too late"})
	w.wantErr(err, circle.ErrArchived)
	h, err := w.circles.History(t.Context(), d.Community, circle.Actor{ID: ann}, c.ID, circle.Window{})
	w.wantErr(err, nil)
	if len(h.Messages) != 1 {
		t.Errorf("members may read what was said: %+v", h)
	}
	w.sound()
}

func capacityNeverBelowWhoIsIn(w *world) {
	t, d := w.t, w.d
	c := w.declare(pregnancy(3))[0]
	w.member(c.Group)
	w.member(c.Group)
	set := func(n int) error {
		return d.Do(t.Context(), d.Community, func(tx *db.Tx) error { _, err := w.circles.SetCapacityTx(tx, c.ID, n); return err })
	}
	w.wantErr(set(1), seat.ErrBelowUsed)
	w.wantErr(set(0), circle.ErrCapacity)
	w.wantErr(set(2), nil)
	if got := w.get(c.ID); got.State != circle.StateFull || got.Capacity != 2 {
		t.Errorf("circle %+v", got)
	}
	w.wantErr(d.Do(t.Context(), d.Community, func(tx *db.Tx) error { return w.circles.AssignTx(tx, c.ID, "cook", "op") }), circle.ErrRole)
	w.do(func(tx *db.Tx) error { return w.circles.AssignTx(tx, c.ID, "monitor", "op") })
	w.read(func(tx *db.Tx) error {
		staff, err := w.circles.StaffTx(tx, c.ID)
		if len(staff) != 1 || staff[0].Staff != "op" {
			t.Errorf("staff %+v", staff)
		}
		return err
	})
}

// P1: a merge moves no row; the stay goes on under the id it began with, and a surplus one ends.
