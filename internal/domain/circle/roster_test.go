package circle_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

func TestRoster(t *testing.T) {
	play(t,
		scene{"C1 joining", joining},
		scene{"I6 a lapsed hold", aLapsedHold},
		scene{"I5 the last place is given once", theLastPlaceIsGivenOnce},
		scene{"I5 a burst never meets a full circle", aBurstNeverMeetsAFullCircle},
		scene{"leaving frees the seat", leavingFreesTheSeat},
		scene{"C8 moving", moving},
		scene{"P1 a merge of persons", aMergeOfPersons},
	)
}

func joining(w *world) {
	t, d := w.t, w.d
	c := w.declare(pregnancy(2))[0]
	ann := d.NewID()
	_, err := w.join(c.ID, ann)
	w.wantErr(err, circle.ErrNoSeat)
	_, err = w.join("nowhere", ann)
	w.wantErr(err, circle.ErrNotFound)
	w.held(c.Group, ann)
	first, err := w.join(c.ID, ann)
	w.wantErr(err, nil)
	second, err := w.join(c.ID, ann)
	w.wantErr(err, nil)
	if first.ID != second.ID || w.count(ann, "circle.joined") != 1 {
		t.Errorf("%+v, then %+v; facts %v", first, second, w.kinds(ann))
	}
	bad := d.NewID()
	w.held(c.Group, bad)
	w.blocked[bad] = true
	_, err = w.join(c.ID, bad)
	w.wantErr(err, circle.ErrBlocked)
	if got := w.get(c.ID); got.Members != 1 || got.Held != 1 || got.State != circle.StateFull {
		t.Errorf("circle %+v", got)
	}
	w.sound()
}

func aLapsedHold(w *world) {
	t, d := w.t, w.d
	g := pregnancy(1)
	g.Growable = false
	c := w.declare(g)[0]
	ann, bea := d.NewID(), d.NewID()
	w.held(c.Group, ann)
	d.Clock.Advance(16 * time.Minute)
	if _, err := w.runner.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	held := w.held(c.Group, bea)
	_, err := w.join(c.ID, ann)
	w.wantErr(err, seat.ErrLapsed)
	if _, err := w.seats.Release(t.Context(), d.Community, held.ID); err != nil {
		t.Fatal(err)
	}
	m, err := w.join(c.ID, ann) // bea gave her place up meanwhile
	w.wantErr(err, nil)
	if m.Person != ann {
		t.Errorf("member %+v", m)
	}
	_, err = w.circles.Join(t.Context(), d.Community, circle.Join{Circle: c.ID, Person: bea, Seat: held.ID})
	w.wantErr(err, seat.ErrReleased)
	w.sound()
}

func theLastPlaceIsGivenOnce(w *world) {
	t, d := w.t, w.d
	g := pregnancy(1)
	g.Growable = false
	c := w.declare(g)[0]
	nodes := []*node{w.node, w.second()}
	var wg sync.WaitGroup
	var mu sync.Mutex
	stays := map[string]int{}
	for i := range 12 {
		person := d.NewID()
		for _, n := range nodes {
			wg.Go(func() {
				var m circle.Member
				err := n.db.Do(t.Context(), d.Community, func(tx *db.Tx) error {
					_, err := n.seats.HoldTx(tx, seat.Claim{
						Key: fmt.Sprint("k", i), Group: c.Group, Holder: seat.Holder{ID: person, Person: true},
						Want: seat.Want{Attributes: map[string]string{"stage": "pregnancy"}}, TTL: time.Minute,
					})
					if err != nil {
						return err
					}
					m, err = n.circles.JoinTx(tx, circle.Join{Circle: c.ID, Person: person})
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					stays[m.ID]++
				} else if !errors.Is(err, seat.ErrGone) && !errors.Is(err, seat.ErrMayComeBack) {
					t.Errorf("refused with %v", err)
				}
			})
		}
	}
	wg.Wait()
	if len(stays) != 1 || w.get(c.ID).Members != 1 {
		t.Errorf("stays %v, circle %+v", stays, w.get(c.ID))
	}
	w.sound()
}

func aBurstNeverMeetsAFullCircle(w *world) {
	t, d := w.t, w.d
	g := w.declare(pregnancy(20))[0].Group
	var wg sync.WaitGroup
	for range 500 {
		wg.Go(func() {
			person := d.NewID()
			x, err := w.hold(t.Context(), d.Community, g, person, seat.Want{})
			if err == nil {
				_, err = w.circles.Join(t.Context(), d.Community, circle.Join{Circle: x.Circle, Person: person, Seat: x.ID})
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	members, numbers := 0, map[int]bool{}
	for _, c := range w.list(circle.Filter{Group: g}) {
		members += c.Members
		numbers[c.Number] = true
		if c.Members > 20 {
			t.Errorf("circle %d has %d", c.Number, c.Members)
		}
	}
	if members != 500 || len(numbers) != 25 || !numbers[25] {
		t.Errorf("%d members in circles %v", members, numbers)
	}
	w.sound()
}

func leavingFreesTheSeat(w *world) {
	t, d := w.t, w.d
	g := pregnancy(1)
	g.Growable = false
	c := w.declare(g)[0]
	ann := w.member(c.Group)
	_, err := w.circles.Leave(t.Context(), d.Community, c.ID, ann, circle.ReasonLeft, "")
	w.wantErr(err, nil)
	_, err = w.circles.Leave(t.Context(), d.Community, c.ID, ann, circle.ReasonLeft, "")
	w.wantErr(err, circle.ErrNotMember)
	bea := w.member(c.Group)
	past, err := w.circles.Roster(t.Context(), d.Community, c.ID, circle.RosterFilter{Past: true}, "", 10)
	w.wantErr(err, nil)
	now, err := w.circles.Roster(t.Context(), d.Community, c.ID, circle.RosterFilter{}, "", 10)
	w.wantErr(err, nil)
	if len(past.Items) != 2 || past.Items[0].Reason != circle.ReasonLeft || len(now.Items) != 1 || now.Items[0].Person != bea || now.Items[0].Name == "" {
		t.Errorf("roster %+v, now %+v", past.Items, now.Items)
	}
	if w.count(ann, "circle.left") != 1 || w.count(ann, "seat.released") != 1 {
		t.Errorf("facts %v", w.kinds(ann))
	}
	w.sound()
}

func moving(w *world) {
	t, d := w.t, w.d
	here := w.declare(pregnancy(2))[0]
	g := pregnancy(1)
	g.Name, g.Growable, g.Attributes = "stage:parenting", false, map[string]string{"stage": "parenting"}
	there := w.declare(g)[0]
	ann, bea := w.member(here.Group), w.member(here.Group)
	move := func(person string) (circle.Member, error) {
		return w.circles.Move(t.Context(), d.Community, circle.Move{Person: person, From: here.ID, To: there.ID, Actor: "op"})
	}
	m, err := move(ann)
	w.wantErr(err, nil)
	again, err := move(ann)
	w.wantErr(err, nil)
	if m.ID != again.ID || m.Via != circle.ViaMove || m.From != here.ID {
		t.Errorf("%+v, again %+v", m, again)
	}
	_, err = move(bea)
	w.wantErr(err, seat.ErrGone)
	_, err = move(d.NewID())
	w.wantErr(err, circle.ErrNotMember)
	if a, b := w.get(here.ID), w.get(there.ID); a.Members != 1 || b.Members != 1 {
		t.Errorf("%d and %d members", a.Members, b.Members)
	}
	if w.count(ann, "circle.joined") != 2 || w.count(ann, "circle.left") != 1 || w.count(bea, "circle.left") != 0 {
		t.Errorf("facts %v and %v", w.kinds(ann), w.kinds(bea))
	}
	w.sound()
}

func aMergeOfPersons(w *world) {
	t, d := w.t, w.d
	c := w.declare(pregnancy(5))[0]
	g := pregnancy(5)
	g.Name = "base"
	base := w.declare(g)[0]
	ann, other := w.member(c.Group), d.NewID()
	for _, p := range []string{other} {
		for _, x := range []circle.Circle{c, base} {
			w.held(x.Group, p)
			if _, err := w.join(x.ID, p); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.merged[ann] = []string{other}
	w.do(func(tx *db.Tx) error { return w.circles.MergeTx(tx, other, ann) })
	all, err := w.circles.CirclesOf(t.Context(), d.Community, ann)
	w.wantErr(err, nil)
	if len(all) != 2 || w.get(c.ID).Members != 1 {
		t.Errorf("circles %+v", all)
	}
	_, err = w.circles.Post(t.Context(), d.Community, circle.Actor{ID: ann}, base.ID, circle.Draft{Text: "as the other"})
	w.wantErr(err, nil)
	w.sound()
}
