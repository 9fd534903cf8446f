package event_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// till stands for the shop: it notes for which tickets money goes back.
type till struct {
	*world
	paid map[string]int
}

func (c till) RefundTx(tx *db.Tx, ticket, _, _ string) (bool, error) {
	if _, ok := c.paid[ticket]; !ok {
		return false, nil
	}
	c.paid[ticket]++
	_, err := c.TakeBackTx(tx, ticket)
	return true, err
}

// E4: a cancelled event gives everything back, in as many pieces as it takes, and nothing twice should it be asked again.
func TestCancelling(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		money := till{w, map[string]int{}}
		w.Cash(money)
		w.member("ka", "ann")
		e := w.plan("conference", 60)
		w.claim(e, "dinner", "ann")
		gift := w.give(e, "ann", "k1")
		var tickets []string
		for i := range 56 { // more than go back at once
			tickets = append(tickets, w.claim(e, "open", fmt.Sprint("p", i)).ID)
		}
		held, err := w.hold(e, "day", "eve")
		if err != nil {
			t.Fatal(err)
		}
		bought, err := w.hold(e, "day", "bob")
		if err == nil {
			_, err = w.take(bought.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		money.paid[bought.ID] = 0
		last := w.claim(e, "open", "last")
		for _, p := range []string{"x", "y"} {
			w.Do(func(tx *db.Tx) error { _, err := w.WaitTx(tx, e.ID, "open", p); return err })
		}
		w.Do(func(tx *db.Tx) error { _, err := w.ReturnTx(tx, last.ID); return err }) // x has an offer
		for range 2 {
			got, err := w.Cancel(t.Context(), d.Community, e.ID, "staff")
			if err != nil || got.State != event.StateCancelled || got.Version != 2 {
				t.Errorf("%+v %v", got, err)
			}
			w.Settle()
		}
		if l := w.look(e, "x"); l.House.Taken+l.House.Held+l.House.Waiting+l.House.Room != 0 || l.Ticket != nil || l.Choices[0].Refuse.Code != event.ErrCancelled.Code {
			t.Errorf("x sees %+v", l)
		}
		if got := w.ticket(bought.ID); got.State != event.Refunded || money.paid[bought.ID] != 1 {
			t.Errorf("bought %+v, given back %d times", got, money.paid[bought.ID])
		}
		if got := w.ticket(tickets[50]); got.State != event.Returned {
			t.Errorf("free %+v", got)
		}
		if _, err := w.take(held.ID); !errors.Is(err, event.ErrCancelled) {
			t.Errorf("paid after that: %v", err)
		}
		w.Refused(event.ErrCancelled, w.claiming(gift.Token, "gus"))
		w.Do(func(tx *db.Tx) error {
			gifts, err := w.GiftsTx(tx, e.ID, "ann")
			if err == nil && gifts[0].State != event.GiftReturned {
				t.Errorf("gift %+v", gifts[0])
			}
			return err
		})
		w.Refused(event.ErrCancelled, func(tx *db.Tx) error { _, err := w.ChangeTx(tx, e, ""); return err })
		over := w.plan("session", 0)
		w.Pass(60 * time.Hour)
		w.Refused(event.ErrOver, func(tx *db.Tx) error { _, err := w.CancelTx(tx, over.ID, ""); return err })
		w.sound()
	})
}

// merge is what app does when from goes into into.
func (w *world) merge(from, into string) {
	w.T.Helper()
	w.Merged[into] = append(w.Merged[into], from)
	w.Do(func(tx *db.Tx) error {
		if err := w.Seats.MergeTx(tx, from, into); err != nil {
			return err
		}
		return w.FollowTx(tx, into)
	})
}

// P3: who turns out to be one human has one ticket an event; the other goes back whole. Taking the merge back gives each their own.
func TestTicketsFollowMerges(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("ka", "ann", "bob")
		e, other := w.plan("conference", 5), w.plan("session", 5)
		kept, lost := w.claim(e, "day", "ann"), w.claim(e, "dinner", "bob")
		alone := w.claim(other, "seat", "bob")
		gift := w.give(other, "bob", "k1")
		w.merge("bob", "ann")
		if got := w.ticket(lost.ID); got.State != event.Returned {
			t.Errorf("the second ticket %+v", got)
		}
		if got, more := w.ticket(kept.ID), w.ticket(alone.ID); got.State != event.Valid || more.State != event.Valid {
			t.Errorf("kept %+v, %+v", got, more)
		}
		w.Do(func(tx *db.Tx) error {
			dinner, err := w.Seats.Count(tx, "event:"+e.ID+":dinner")
			if dinner.Taken != 0 {
				t.Errorf("the dinner of the second ticket is still taken: %+v", dinner)
			}
			mine, found, err2 := w.TicketOfTx(tx, other.ID, "ann")
			if !found || mine.ID != alone.ID {
				t.Errorf("ann has %+v", mine)
			}
			all, err3 := w.TicketsOfTx(tx, "ann", "", 0)
			if len(all.Items) != 3 {
				t.Errorf("%d tickets", len(all.Items))
			}
			return errors.Join(err, err2, err3)
		})
		delete(w.Merged, "ann")
		w.Do(func(tx *db.Tx) error { return w.UnmergeTx(tx, "bob") })
		w.Do(func(tx *db.Tx) error {
			mine, found, err := w.Seats.LiveSeatOf(tx, "event:"+other.ID, "bob")
			grants, ok, err2 := w.Seats.LiveSeatOf(tx, "friend:"+other.ID, "bob")
			if !found || !ok || mine.State != seat.StateTaken || grants.State != seat.StateHeld {
				t.Errorf("bob has %+v, %+v", mine, grants)
			}
			return errors.Join(err, err2)
		})
		if _, err := w.claimGift(gift.Token, "gus"); err != nil {
			t.Errorf("bob's gift: %v", err)
		}
		w.sound()
	})
}

// Who is blocked loses the tickets of what is to come, and keeps having been where they were.
func TestBlocking(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		money := till{w, map[string]int{}}
		w.Cash(money)
		e := w.plan("conference", 5)
		was := w.claim(e, "open", "ann")
		w.Pass(50 * time.Hour)
		later := w.plan("conference", 5)
		free, err := w.hold(w.plan("session", 5), "seat", "ann")
		if err != nil {
			t.Fatal(err)
		}
		bought, err := w.hold(later, "day", "ann")
		if err == nil {
			_, err = w.take(bought.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		money.paid[bought.ID] = 0
		w.Do(func(tx *db.Tx) error { return w.ShutOutTx(tx, "ann") })
		for id, want := range map[string]event.TicketState{was.ID: event.Valid, free.ID: event.Lapsed, bought.ID: event.Refunded} {
			if got := w.ticket(id); got.State != want {
				t.Errorf("%+v, want %s", got, want)
			}
		}
		w.sound()
	})
}

// P7: erasing somebody forgets what they wrote and frees what they will not use; their export has all of it before.
func TestErasing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann")
		e := w.plan("session", 5)
		w.scan(e, w.claim(e, "seat", "ann").Code, "n1")
		if err := w.Answer(t.Context(), d.Community, e.ID, "ann", event.Answer{Score: 9, Text: "很好"}); err != nil {
			t.Fatal(err)
		}
		w.give(e, "ann", "k1")
		w.Pass(72 * time.Hour)
		later := w.claim(w.plan("session", 5), "seat", "ann")
		w.Do(func(tx *db.Tx) error {
			x, err := w.ExportTx(tx, "ann")
			if err == nil && (len(x.Tickets) != 2 || len(x.Answers) != 1 || x.Answers[0].Text != "很好" || len(x.Gifts) != 1) {
				t.Errorf("export %+v", x)
			}
			return err
		})
		w.Do(func(tx *db.Tx) error { return w.EraseTx(tx, "ann") })
		w.Do(func(tx *db.Tx) error {
			x, err := w.ExportTx(tx, "ann")
			if err == nil && (x.Answers[0].Text != "" || x.Answers[0].Score != 9) {
				t.Errorf("after that %+v", x)
			}
			return err
		})
		if got := w.ticket(later.ID); got.State != event.Returned {
			t.Errorf("a place that nobody will use: %+v", got)
		}
		if got := w.Told("event", "ann"); !slices.Contains(got, "ticket_returned") {
			t.Errorf("told %q", got)
		}
		w.sound()
	})
}
