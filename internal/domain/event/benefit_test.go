package event_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

// classes are events of which vip may come to one a term free: one sort is sold to others as well, one is not.
func (w *world) classes() (sold, inner []event.Event) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		err := w.members.DeclareTx(tx, membership.Config{Plans: []membership.Plan{
			{Name: "vip", Title: stage.Words("VIP"), Period: membership.Period{Months: 12}, Benefits: []membership.Benefit{{Name: "class", Title: stage.Words("两天课"), Count: 1}}},
			{Name: "basic", Title: stage.Words("基础"), Period: membership.Period{Months: 12}},
		}})
		if err != nil {
			return err
		}
		kind := func(name string, t event.TicketType) event.Template {
			t.Name, t.Title, t.Benefit = "seat", stage.Words("席位"), "class"
			return event.Template{Name: name, Title: stage.Words(name), Kind: event.Class, Capacity: 10, Lasts: hour, Types: []event.TicketType{t}}
		}
		return w.DeclareTx(tx, event.Config{Templates: []event.Template{kind("sold", event.TicketType{Price: 2980_00, Plans: []string{"vip", "basic"}}), kind("inner", event.TicketType{Plans: []string{"vip", "basic"}})}})
	})
	return []event.Event{w.plan("sold", 0), w.plan("sold", 0)}, []event.Event{w.plan("inner", 0), w.plan("inner", 0)}
}

// left is how many classes a member has left.
func (w *world) left(person string) (n int) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		list, err := w.members.EntitlementsTx(tx, person)
		n = 0
		for _, e := range list {
			n += e.Left
		}
		return err
	})
	return n
}

// M3, E4: a member's free ticket uses one of the benefit that its type names, and gives it back with itself; who has none left pays, or is
// told how many there were and until when.
func TestAFreeTicketUsesABenefit(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newNode(t, d)
		sold, inner := w.classes()
		w.member("vip", "ann")
		w.member("basic", "bob")
		first := w.claim(inner[0], "seat", "ann")
		if w.claim(inner[0], "seat", "ann").ID != first.ID || w.left("ann") != 0 {
			t.Errorf("one ticket, and %d left", w.left("ann"))
		}
		_, err := w.Claim(t.Context(), d.Community, inner[1].ID, "seat", "ann")
		if x := errs.As(err); x == nil || x.Code != membership.ErrUsedUp.Code || x.Params["granted"] != 1 || x.Params["until"] != w.D.Clock.Now().AddDate(1, 0, 0).Format(time.DateOnly) {
			t.Errorf("a second class: %v", err)
		}
		if c := w.look(inner[1], "ann").Choices[0]; c.Refuse == nil || c.Refuse.Code != membership.ErrUsedUp.Code {
			t.Errorf("ann sees %+v", c)
		}
		if c := w.look(sold[0], "ann").Choices[0]; c.Refuse != nil || c.Due != 2980_00 {
			t.Errorf("what is sold ann sees as %+v", c)
		}
		w.Refused(event.ErrNotFree, func(tx *db.Tx) error { _, err := w.ClaimTx(tx, sold[0].ID, "seat", "ann"); return err })
		w.Refused(membership.ErrNoBenefit, func(tx *db.Tx) error { _, err := w.ClaimTx(tx, inner[0].ID, "seat", "bob"); return err })
		if held, err := w.hold(sold[0], "seat", "bob"); err != nil || held.Price != 2980_00 {
			t.Errorf("a member without the benefit: %+v %v", held, err)
		}
		for range 2 {
			w.Do(func(tx *db.Tx) error { _, err := w.ReturnTx(tx, first.ID); return err })
		}
		if w.left("ann") != 1 {
			t.Errorf("%d left after it was given back", w.left("ann"))
		}
		w.claim(sold[1], "seat", "ann")
		w.Refused(membership.ErrUsedUp, func(tx *db.Tx) error { _, err := w.ClaimTx(tx, inner[1].ID, "seat", "ann"); return err })
		w.Do(func(tx *db.Tx) error { _, err := w.CancelTx(tx, sold[1].ID, ""); return err })
		w.Settle()
		if w.left("ann") != 1 {
			t.Errorf("%d left after the event was cancelled", w.left("ann"))
		}
		w.Do(func(tx *db.Tx) error {
			uses, err := w.members.UsesTx(tx, "ann", 10)
			if err == nil && (len(uses) != 2 || uses[0].For != sold[1].ID || uses[1].For != inner[0].ID || uses[0].ReturnedAt.IsZero()) {
				t.Errorf("uses %+v", uses)
			}
			_, other := w.members.TakeUseBackTx(tx, uses[0].Key, "")
			if !errors.Is(other, membership.ErrUseOfOther) {
				t.Errorf("a ticket's use taken back by hand: %v", other)
			}
			return err
		})
		w.sound()
	})
}

// M3: an order keeps the benefit while its ticket is held; given up it is free again, and taken after all it is used again.
func TestAHeldTicketKeepsItsBenefit(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newNode(t, d)
		sold, inner := w.classes()
		w.member("vip", "ann")
		held, err := w.hold(sold[0], "seat", "ann")
		if err != nil || held.Price != 0 || w.left("ann") != 0 {
			t.Fatalf("%+v %v, %d left", held, err, w.left("ann"))
		}
		if held, err := w.hold(sold[1], "seat", "ann"); err != nil || held.Price != 2980_00 {
			t.Errorf("another while it is kept: %+v %v", held, err)
		}
		w.Do(func(tx *db.Tx) error { return w.DropTx(tx, held.ID) })
		if w.left("ann") != 1 {
			t.Errorf("%d left of an order that was given up", w.left("ann"))
		}
		if _, err := w.take(held.ID); err != nil || w.left("ann") != 0 {
			t.Errorf("taken after all: %v, %d left", err, w.left("ann"))
		}
		w.Do(func(tx *db.Tx) error { _, err := w.ReturnTx(tx, held.ID); return err })
		w.claim(inner[0], "seat", "ann")
		if w.left("ann") != 0 {
			t.Errorf("%d left", w.left("ann"))
		}
		w.sound()
	})
}

// M3: of two classes asked for at once at two programs with one use left, one is had.
func TestTheLastUse(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newNode(t, d)
		_, inner := w.classes()
		nodes := []*world{w, newNode(t, d.Again(t))}
		for round := range 4 {
			person := fmt.Sprint("p", round)
			w.member("vip", person)
			var mu sync.Mutex
			got := 0
			var wg sync.WaitGroup
			for i, n := range nodes {
				wg.Go(func() {
					_, err := n.Claim(t.Context(), d.Community, inner[i].ID, "seat", person)
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						got++
					} else if !errors.Is(err, membership.ErrUsedUp) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if got != 1 || w.left(person) != 0 {
				t.Errorf("%s has %d tickets and %d left", person, got, w.left(person))
			}
		}
		w.D.Clock.Advance(time.Second)
		w.sound()
	})
}
