package event_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

func (w *world) giving(e event.Event, giver, key string) func(*db.Tx) error {
	return func(tx *db.Tx) error { _, err := w.GiveTx(tx, e.ID, giver, key); return err }
}

func (w *world) claiming(token, guest string) func(*db.Tx) error {
	return func(tx *db.Tx) error { _, err := w.ClaimGiftTx(tx, token, guest); return err }
}

// E5: three a member and event, by link, kept until claims close; the same key gives the same one.
func TestFriendTickets(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		e := w.plan("session", 0)
		w.member("vip", "ann")
		one := w.give(e, "ann", "k1")
		if again := w.give(e, "ann", "k1"); again.ID != one.ID || again.Token != one.Token || len(one.Token) < 20 {
			t.Errorf("the same key: %+v", again)
		}
		w.Refused(event.ErrKeyReused, w.giving(w.plan("session", 0), "ann", "k1"))
		two, three := w.give(e, "ann", "k2"), w.give(e, "ann", "k3")
		w.Refused(event.ErrGrantUsed, w.giving(e, "ann", "k4"))
		if l := w.look(e, "ann"); l.Gifts != 0 {
			t.Errorf("%d left", l.Gifts)
		}
		for range 2 {
			w.Do(func(tx *db.Tx) error { _, err := w.TakeGiftBackTx(tx, three.ID, "ann"); return err })
		}
		w.Refused(event.ErrGiftReturned, w.claiming(three.Token, "gus"))
		w.Refused(event.ErrNotGiver, func(tx *db.Tx) error { _, err := w.TakeGiftBackTx(tx, two.ID, "bob"); return err })
		four := w.give(e, "ann", "k4")

		ticket, err := w.claimGift(one.Token, "gus")
		if err != nil || ticket.State != event.Valid || ticket.Price != 0 || ticket.Giver != "ann" || ticket.Type != "seat" {
			t.Fatalf("%+v %v", ticket, err)
		}
		if same, err := w.claimGift(one.Token, "gus"); err != nil || same.ID != ticket.ID {
			t.Errorf("claimed again: %+v %v", same, err)
		}
		w.Refused(event.ErrGiftTaken, w.claiming(one.Token, "hal"))
		w.Refused(event.ErrGiftClaimed, func(tx *db.Tx) error { _, err := w.TakeGiftBackTx(tx, one.ID, "ann"); return err })
		if got := w.Told("event", "ann"); !slices.Equal(got, []string{"friend_given", "friend_given", "friend_given", "friend_returned", "friend_given"}) {
			t.Errorf("ann: told %q", got)
		}
		if got := w.Told("event", "gus"); !slices.Equal(got, []string{"ticket_taken", "friend_claimed"}) {
			t.Errorf("gus: told %q", got)
		}
		w.Pass(47 * time.Hour)
		w.Refused(event.ErrFriendsClosed, w.claiming(four.Token, "ivy"))
		w.Refused(event.ErrFriendsClosed, w.giving(e, "ann", "k5"))
		w.Do(func(tx *db.Tx) error {
			gifts, err := w.GiftsTx(tx, e.ID, "ann")
			var states []event.GiftState
			for _, g := range gifts {
				states = append(states, g.State)
			}
			if want := []event.GiftState{event.GiftClaimed, event.GiftLapsed, event.GiftReturned, event.GiftLapsed}; !slices.Equal(states, want) {
				t.Errorf("gifts %q, want %q", states, want)
			}
			c, err2 := w.Seats.Count(tx, "friend:"+e.ID)
			if c.Held != 0 || c.Taken != 1 {
				t.Errorf("unclaimed ones have not come back: %+v", c)
			}
			return errors.Join(err, err2)
		})
		w.sound()
	})
}

// E5: all who can't give.
func TestWhoMayGive(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("ka", "ann", "bob")
		s, c := w.plan("session", 0), w.plan("conference", 0)
		w.Refused(event.ErrGiverMember, w.giving(s, "eve", "k1"))
		w.Refused(event.ErrGiverTicket, w.giving(c, "ann", "k2"))
		w.claim(c, "day", "ann")
		w.give(c, "ann", "k3")
		w.Refused(event.ErrGrantUsed, w.giving(c, "ann", "k4")) // one companion
		held, err := w.hold(c, "day", "bob")
		if err != nil {
			t.Fatal(err)
		}
		w.Refused(event.ErrGiverTicket, w.giving(c, "bob", "k5")) // to be paid is not enough
		w.Do(func(tx *db.Tx) error { return w.DropTx(tx, held.ID) })
		w.Do(func(tx *db.Tx) error { s.Friends = event.FriendRule{}; s, err = w.ChangeTx(tx, s, ""); return err })
		w.Refused(event.ErrNoFriends, w.giving(s, "ann", "k6"))
		w.Blocks["bob"] = true
		w.Refused(event.ErrBlocked, w.giving(c, "bob", "k7"))
		if _, err := w.Cancel(t.Context(), d.Community, c.ID, ""); err != nil {
			t.Fatal(err)
		}
		w.Refused(event.ErrCancelled, w.giving(c, "ann", "k8"))
		w.Refused(event.ErrUnknown, w.giving(event.Event{ID: "none"}, "ann", "k9"))
	})
}

// E5: all who can't take one.
func TestWhoMayTakeAFriendTicket(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "bob", "cid")
		e, other := w.plan("session", 3), w.plan("session", 0)
		g, h := w.give(e, "ann", "k1"), w.give(e, "bob", "k2")
		refused := func(guest string, want *errs.Error) { w.T.Helper(); w.Refused(want, w.claiming(g.Token, guest)) }
		w.Refused(event.ErrUnknownGift, w.claiming("none", "gus"))
		refused("ann", event.ErrOwnGift)
		w.Merged["ann"] = []string{"ann2"}
		refused("ann2", event.ErrOwnGift) // the same human
		refused("bob", event.ErrGuestMember)
		w.Blocks["bad"] = true
		refused("bad", event.ErrBlocked)

		came, err := w.claimGift(w.give(other, "ann", "k3").Token, "old")
		if err != nil {
			t.Fatal(err)
		}
		w.scan(other, came.Code, "n1")
		refused("old", event.ErrGuestAttended)
		w.Merged["new"] = []string{"old"}
		refused("new", event.ErrGuestAttended) // also as another id

		gus, err := w.claimGift(h.Token, "gus")
		if err != nil {
			t.Fatal(err)
		}
		refused("gus", event.ErrGuestTookOne)
		w.Do(func(tx *db.Tx) error { _, err := w.ReturnTx(tx, gus.ID); return err })
		refused("gus", event.ErrGuestTookOne) // even if it was given back
		w.Refused(event.ErrGiftTaken, w.claiming(h.Token, "hal"))

		held, err := w.hold(e, "seat", "eve")
		if err != nil {
			t.Fatal(err)
		}
		refused("eve", event.ErrHasTicket)
		w.Do(func(tx *db.Tx) error { return w.DropTx(tx, held.ID) })
		for _, p := range []string{"ann", "bob", "cid"} {
			w.claim(e, "seat", p)
		}
		refused("hal", seat.ErrGone)
		if n := w.look(e, "ann").Gifts; n != 2 {
			t.Errorf("a refused claim used the grant: %d left", n)
		}
		if _, err := w.Cancel(t.Context(), d.Community, e.ID, ""); err != nil {
			t.Fatal(err)
		}
		refused("hal", event.ErrCancelled)
		w.sound()
	})
}

// E5: an event that is put off keeps its links open; a grant that came back at the old time can be given once only.
func TestALinkOfAnEventThatIsPutOff(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("ka", "ann", "bob")
		e := w.plan("conference", 0)
		w.claim(e, "day", "ann")
		w.claim(e, "day", "bob")
		g, h := w.give(e, "ann", "k1"), w.give(e, "bob", "k2")
		w.Do(func(tx *db.Tx) (err error) {
			e.Starts, e.Ends = e.Starts.Add(96*time.Hour), e.Ends.Add(96*time.Hour)
			e, err = w.ChangeTx(tx, e, "")
			return err
		})
		w.Pass(72 * time.Hour) // the holds have ended with the old time
		if _, err := w.claimGift(g.Token, "gus"); err != nil {
			t.Errorf("after the old time: %v", err)
		}
		w.give(e, "bob", "k3")
		w.Refused(event.ErrGrantUsed, w.claiming(h.Token, "hal"))
		w.sound()
	})
}

// E5: of two guests with one link at two programs, one gets the ticket.
func TestOneLinkTwoGuests(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		nodes := []*world{w, newNode(t, d.Again(t))}
		w.member("vip", "ann")
		e := w.plan("session", 0)
		g := w.give(e, "ann", "k1")
		var mu sync.Mutex
		var got []event.Ticket
		var wg sync.WaitGroup
		for i, guest := range []string{"gus", "hal", "ivy", "jon"} {
			wg.Go(func() {
				ticket, err := nodes[i%2].claimGift(g.Token, guest)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					got = append(got, ticket)
				} else if !errors.Is(err, event.ErrGiftTaken) {
					t.Errorf("%s: %v", guest, err)
				}
			})
		}
		wg.Wait()
		if len(got) != 1 {
			t.Errorf("%d tickets by one link", len(got))
		}
		w.sound()
	})
}
