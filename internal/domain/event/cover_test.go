package event_test

import (
	"testing"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// refund gives back what somebody has of a plan, and takes back what it covered.
func (w *world) refund(plan, person string) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		terms, err := w.members.TermsTx(tx, person)
		for _, t := range terms {
			if err == nil && t.Plan == plan {
				_, err = w.members.RefundTx(tx, t.ID)
			}
		}
		return err
	})
	for range 2 {
		w.Do(func(tx *db.Tx) error { return w.UncoverTx(tx, person) })
	}
}

// M3, E6: with a membership that is over go the free tickets and open friend tickets that it gave, and nothing else: what was paid for, what a
// guest has claimed, what is free for everybody, what has let in.
func TestWhatAMembershipGaveGoesWithIt(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "ben")
		s, c := w.plan("session", 0), w.plan("conference", 0)
		free := w.claim(s, "seat", "ann")
		w.claim(s, "seat", "ben")
		claimed, open := w.give(s, "ann", "g1"), w.give(s, "ann", "g2")
		guest, err := w.claimGift(claimed.Token, "guest")
		if err != nil {
			t.Fatal(err)
		}
		paid, err := w.hold(c, "day", "ann")
		if err == nil {
			_, err = w.take(paid.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		day := w.plan("session", 0)
		came := w.claim(day, "seat", "ann")
		w.scan(day, came.Code, "n1")
		w.refund("vip", "ann")
		for id, want := range map[string]event.TicketState{free.ID: event.Returned, paid.ID: event.Valid, guest.ID: event.Valid, came.ID: event.Valid} {
			if got := w.ticket(id); got.State != want {
				t.Errorf("%+v, want %s", got, want)
			}
		}
		w.Refused(event.ErrGiftReturned, func(tx *db.Tx) error { _, err := w.ClaimGiftTx(tx, open.Token, "late"); return err })
		if l := w.look(s, "ben"); l.Ticket == nil || l.House.Taken != 2 {
			t.Errorf("others: %+v", l)
		}
		w.refund("vip", "guest") // who has none
		if got := w.ticket(guest.ID); got.State != event.Valid {
			t.Errorf("the guest's %+v", got)
		}
		w.sound()
	})
}

// M3: another membership that covers a ticket keeps it, and its use if it has one; one without a use left does not.
func TestAnotherMembershipKeepsATicket(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newNode(t, d)
		sold, inner := w.classes()
		w.member("basic", "ann")
		w.member("vip", "ann")
		ticket := w.claim(inner[0], "seat", "ann")
		w.refund("basic", "ann")
		if got := w.ticket(ticket.ID); got.State != event.Valid || w.left("ann") != 0 {
			t.Errorf("its own membership goes on: %+v, %d left", got, w.left("ann"))
		}
		w.member("basic", "ann")
		w.refund("vip", "ann")
		if got := w.ticket(ticket.ID); got.State != event.Returned {
			t.Errorf("a membership without the benefit: %+v", got)
		}
		w.member("vip", "bob")
		ticket = w.claim(sold[0], "seat", "bob")
		w.member("vip", "bob") // a second year
		w.Do(func(tx *db.Tx) error {
			e, err := w.GetTx(tx, sold[0].ID)
			if err == nil { // it is held in the second year
				e.Starts, e.Ends = e.Starts.AddDate(1, 1, 0), e.Ends.AddDate(1, 1, 0)
				_, err = w.ChangeTx(tx, e, "")
			}
			return err
		})
		w.Days(366)
		w.Do(func(tx *db.Tx) error { return w.UncoverTx(tx, "bob") })
		if got := w.ticket(ticket.ID); got.State != event.Valid || w.left("bob") != 0 {
			t.Errorf("the second year stands for it: %+v, %d left", got, w.left("bob"))
		}
		w.Do(func(tx *db.Tx) error {
			uses, err := w.members.UsesTx(tx, "bob", 5)
			if err == nil && (len(uses) != 1 || !uses[0].ReturnedAt.IsZero()) {
				t.Errorf("uses %+v", uses)
			}
			return err
		})
		w.sound()
	})
}
