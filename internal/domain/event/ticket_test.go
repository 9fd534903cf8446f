package event_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// E1, E4: what is free for a plan is so for its members and for those of plans that include it; others buy.
func TestWhoGetsATicketFree(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "vip")
		w.member("ka", "ka")
		s, c := w.plan("session", 0), w.plan("conference", 0)
		first := w.claim(s, "seat", "vip")
		if first.State != event.Valid || first.Price != 0 || len(first.Code) < 20 || w.claim(s, "seat", "vip").ID != first.ID {
			t.Errorf("ticket %+v", first)
		}
		w.claim(s, "seat", "ka")
		for _, x := range []struct {
			e            event.Event
			kind, person string
			want         *errs.Error
		}{
			{s, "seat", "eve", event.ErrNotFree},
			{c, "day", "vip", event.ErrNotFree},
			{c, "inner", "vip", event.ErrMembersOnly},
			{c, "open", "eve", nil},
			{c, "none", "eve", event.ErrUnknownType},
			{c, "day", "ka", nil},
			{c, "dinner", "ka", event.ErrHasTicket},
			{event.Event{ID: "none"}, "day", "ka", event.ErrUnknown},
		} {
			_, err := w.Claim(t.Context(), d.Community, x.e.ID, x.kind, x.person)
			if x.want == nil && err != nil || x.want != nil && !errors.Is(err, x.want) {
				t.Errorf("%s claims %s: %v", x.person, x.kind, err)
			}
		}
		w.Blocks["bad"] = true
		w.Refused(event.ErrBlocked, func(tx *db.Tx) error { _, err := w.ClaimTx(tx, c.ID, "open", "bad"); return err })
		if got := w.Told("event", "ka"); !slices.Equal(got, []string{"ticket_taken", "ticket_taken"}) {
			t.Errorf("told %q", got)
		}
		w.sound()
	})
}

// E4: a type is to be had in its window only, and a hold keeps its price to its end; paid later it is honoured while there is room.
func TestHolds(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		e := w.plan("session", 1)
		far := w.plan("conference", 0)
		w.Do(func(tx *db.Tx) (err error) {
			far.Starts, far.Ends = far.Starts.Add(240*time.Hour), far.Ends.Add(240*time.Hour)
			far, err = w.ChangeTx(tx, far, "")
			return err
		})
		w.Refused(event.ErrNotYet, func(tx *db.Tx) error { _, err := w.ClaimTx(tx, far.ID, "open", "eve"); return err })

		ann, err := w.hold(e, "seat", "ann")
		if err != nil || ann.State != event.Held || ann.Price != 399_00 {
			t.Fatalf("%+v %v", ann, err)
		}
		if again, err := w.hold(e, "seat", "ann"); err != nil || again.ID != ann.ID {
			t.Errorf("asked again: %+v %v", again, err)
		}
		if _, err := w.hold(e, "seat", "bob"); !errors.Is(err, seat.ErrMayComeBack) {
			t.Errorf("while it is held: %v", err)
		}
		if l := w.look(e, "bob"); l.Choices[0].Refuse == nil || l.Choices[0].Refuse.Code != seat.ErrMayComeBack.Code || l.Choices[0].Due != 399_00 {
			t.Errorf("bob sees %+v", l.Choices[0])
		}
		w.Pass(16 * time.Minute)
		if got := w.ticket(ann.ID); got.State != event.Lapsed {
			t.Errorf("after its time: %+v", got)
		}
		bob, err := w.hold(e, "seat", "bob")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.take(bob.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.take(ann.ID); !errors.Is(err, seat.ErrLapsed) {
			t.Errorf("paid late, and somebody has the place: %v", err)
		}
		if _, err := w.hold(e, "seat", "cid"); !errors.Is(err, seat.ErrGone) {
			t.Errorf("sold out: %v", err)
		}
		w.Do(func(tx *db.Tx) error { _, err := w.TakeBackTx(tx, bob.ID); return err })
		if got, err := w.take(ann.ID); err != nil || got.State != event.Valid || got.Price != 399_00 {
			t.Errorf("paid late, with room: %+v %v", got, err)
		}
		if again, err := w.take(ann.ID); err != nil || again.ID != ann.ID {
			t.Errorf("paid twice: %v", err)
		}
		w.Pass(48 * time.Hour)
		w.Refused(event.ErrSaleClosed, func(tx *db.Tx) error {
			_, _, err := w.HoldTx(tx, e.ID, "seat", "dan", tx.Now().Add(time.Hour))
			return err
		})
		w.sound()
	})
}

// E4: a ticket has all its places or none, and a full quota is named with its reason.
func TestQuotas(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		e := w.plan("conference", 0)
		w.member("ka", "a", "b", "c")
		w.claim(e, "dinner", "a")
		held, err := w.hold(e, "dinner", "x")
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Claim(t.Context(), d.Community, e.ID, "dinner", "b")
		if x := errs.As(err); x == nil || x.Code != event.ErrQuotaFull.Code || x.Params["quota"] != "晚宴" || x.Params["why"] != "seat.may_come_back" || x.Params["until"] == nil {
			t.Errorf("a quota with a hold: %v", err)
		}
		if l := w.look(e, "b"); l.House.Taken+l.House.Held != 2 || l.Choices[0].Refuse != nil || l.Choices[1].Refuse == nil || l.Choices[1].Due != 0 {
			t.Errorf("b sees %+v", l)
		}
		if _, err := w.take(held.ID); err != nil {
			t.Fatal(err)
		}
		_, err = w.Claim(t.Context(), d.Community, e.ID, "dinner", "b")
		if x := errs.As(err); x == nil || x.Code != event.ErrQuotaFull.Code || x.Params["why"] != "seat.gone" {
			t.Errorf("a full quota: %v", err)
		}
		w.Refused(event.ErrQuotaFull, func(tx *db.Tx) error { _, err := w.WaitTx(tx, e.ID, "dinner", "b"); return err })
		w.Refused(event.ErrHasRoom, func(tx *db.Tx) error { _, err := w.WaitTx(tx, e.ID, "day", "b"); return err })
		w.claim(e, "day", "b")
		w.Do(func(tx *db.Tx) error { _, err := w.TakeBackTx(tx, held.ID); return err })
		w.claim(e, "dinner", "c")
		w.Do(func(tx *db.Tx) error { // a lower capacity takes nobody's place away
			e.Quotas[0].Capacity, e.Capacity = 1, 2
			e, err = w.ChangeTx(tx, e, "staff")
			return err
		})
		if l := w.look(e, ""); l.House.Taken != 3 || l.House.Capacity != 3 {
			t.Errorf("house %+v", l.House)
		}
		w.Refused(event.ErrVersion, func(tx *db.Tx) error { e.Version--; _, err := w.ChangeTx(tx, e, ""); return err })
		w.sound()
	})
}

// E4: a freed place becomes an offer with an end to the first in line, who takes it up with any type; an entry that another
// quota blocks says so.
func TestTheLine(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		e := w.plan("conference", 2)
		w.member("ka", "a", "b", "c", "d", "f")
		w.claim(e, "dinner", "a")
		b := w.claim(e, "dinner", "b")
		wait := func(kind, person string) (x event.Waiting) {
			w.Do(func(tx *db.Tx) (err error) { x, err = w.WaitTx(tx, e.ID, kind, person); return err })
			return x
		}
		if x := wait("dinner", "c"); x.Position != 1 || x.Blocked != "dinner" {
			t.Errorf("c waits %+v", x)
		}
		if x := wait("day", "d"); x.Position != 2 || x.Blocked != "" || wait("day", "d").Position != 2 {
			t.Errorf("d waits %+v", x)
		}
		wait("day", "f")
		w.Refused(seat.ErrInLine, func(tx *db.Tx) error { _, err := w.WaitTx(tx, e.ID, "dinner", "d"); return err })
		w.Do(func(tx *db.Tx) error {
			line, err := w.LineTx(tx, e.ID, 10)
			if err == nil && (len(line) != 3 || line[0].Person != "c" || line[0].Blocked != "dinner" || line[1].Blocked != "") {
				t.Errorf("line %+v", line)
			}
			return err
		})
		w.Do(func(tx *db.Tx) error { _, err := w.ReturnTx(tx, b.ID); return err })
		l := w.look(e, "c")
		if l.Ticket == nil || l.Ticket.State != event.Offered || !l.Ticket.HeldUntil.After(d.Clock.Now()) || l.Choices[1].Refuse != nil {
			t.Fatalf("c sees %+v", l)
		}
		w.Refused(seat.ErrMayComeBack, func(tx *db.Tx) error { _, err := w.ClaimTx(tx, e.ID, "day", "d"); return err })
		held, err := w.hold(e, "dinner", "c") // as if c were to pay
		if err != nil || held.State != event.Held {
			t.Fatalf("%+v %v", held, err)
		}
		w.Do(func(tx *db.Tx) error { return w.DropTx(tx, held.ID) })
		if l := w.look(e, "c"); l.Ticket == nil || l.Ticket.State != event.Offered {
			t.Errorf("an order given up loses the offer: %+v", l.Ticket)
		}
		w.Pass(25 * time.Hour) // c lets it lapse
		if l := w.look(e, "d"); l.Ticket == nil || l.Ticket.State != event.Offered || l.Waits != nil {
			t.Fatalf("d sees %+v", l)
		}
		if got := w.claim(e, "day", "d"); got.State != event.Valid {
			t.Errorf("d has %+v", got)
		}
		for range 2 {
			w.Do(func(tx *db.Tx) error { _, err := w.LeaveTx(tx, e.ID, "f"); return err })
		}
		if l := w.look(e, "f"); l.Waits != nil || l.House.Waiting != 0 {
			t.Errorf("f sees %+v", l)
		}
		w.sound()
	})
}

// E4: of many who ask for the last place at two programs, one gets it.
func TestTheLastTicket(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		nodes := []*world{w, newNode(t, d.Again(t))}
		const places, comers = 3, 16
		e := w.plan("conference", places)
		w.D.Clock.Advance(time.Hour)
		var mu sync.Mutex
		got := map[string]int{}
		var wg sync.WaitGroup
		for i := range comers {
			wg.Go(func() {
				n := nodes[i%len(nodes)]
				ticket, err := n.Claim(t.Context(), d.Community, e.ID, "open", fmt.Sprint("p", i/2)) // everybody asks twice
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					got[ticket.ID]++
				case !errors.Is(err, seat.ErrGone):
					t.Errorf("p%d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if len(got) != places {
			t.Errorf("%d got one of %d places", len(got), places)
		}
		w.sound()
	})
}

// E4: free tickets go back by their holders until the event begins, once; paid ones go by their orders.
func TestReturning(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		e := w.plan("session", 0)
		w.member("vip", "vip", "late")
		first := w.claim(e, "seat", "vip")
		for range 2 {
			w.Do(func(tx *db.Tx) error { _, err := w.ReturnTx(tx, first.ID); return err })
		}
		if second := w.claim(e, "seat", "vip"); second.ID == first.ID || second.Code == first.Code {
			t.Errorf("the old ticket came back: %+v", second)
		}
		held, err := w.hold(e, "seat", "eve")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.take(held.ID); err != nil {
			t.Fatal(err)
		}
		w.Refused(event.ErrPaidFor, func(tx *db.Tx) error { _, err := w.ReturnTx(tx, held.ID); return err })
		w.Refused(event.ErrUnknownTicket, func(tx *db.Tx) error { _, err := w.ReturnTx(tx, "none"); return err })
		refundable := func() (n int64) {
			w.Do(func(tx *db.Tx) error { f, err := w.RefundableTx(tx, held.ID); n = int64(f); return err })
			return n
		}
		if n := refundable(); n != 399_00 {
			t.Errorf("refundable %d", n)
		}
		late := w.claim(e, "seat", "late")
		w.Pass(48 * time.Hour)
		w.Refused(event.ErrUsed, func(tx *db.Tx) error { _, err := w.ReturnTx(tx, late.ID); return err })
		if n := refundable(); n != 0 {
			t.Errorf("refundable after the start: %d", n)
		}
		w.Do(func(tx *db.Tx) error { _, err := w.TakeBackTx(tx, held.ID); return err })
		w.Refused(event.ErrEnded, func(tx *db.Tx) error { _, err := w.TakeTx(tx, held.ID); return err })
		if got := w.Told("event", "eve"); !slices.Equal(got, []string{"ticket_taken", "ticket_returned"}) {
			t.Errorf("told %q", got)
		}
		w.sound()
	})
}

// Before a database knows how its rows are spread, somebody's ticket is looked for among theirs, not among an event's thousands.
func TestATicketIsFoundByItsPerson(t *testing.T) {
	d := testkit.SQLite(t)
	w := newWorld(t, d)
	e := w.plan("session", 10)
	plan := testkit.Plan(t, d, func(tx *db.Tx) error { _, _, err := w.TicketOfTx(tx, e.ID, "ann"); return err })
	if !strings.Contains(plan, "event_ticket_person") || strings.Contains(plan, "event_ticket_live") {
		t.Errorf("found by another way:\n%s", plan)
	}
}
