package event_test

import (
	"slices"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

func (w *world) mine(person string) (out []string) {
	w.T.Helper()
	w.Do(func(tx *db.Tx) error {
		list, err := w.MineTx(tx, person)
		out = nil
		for _, m := range list {
			out = append(out, m.Event.ID+" "+string(m.Ticket.State))
		}
		return err
	})
	return out
}

// E4: what somebody has of events that are to come, also a place that is kept for them; what is over or was given back is not
// among it. Who is full is told until when a place may come back.
func TestWhatSomebodyHasOfEvents(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "cid")
		full := w.plan("session", 1)
		w.Pass(time.Minute)
		next := w.plan("session", 0)
		gone := w.plan("session", 0)
		held, err := w.hold(full, "seat", "bob")
		if err != nil {
			t.Fatal(err)
		}
		w.claim(next, "seat", "ann")
		back := w.claim(gone, "seat", "ann")
		w.Do(func(tx *db.Tx) error { _, err := w.ReturnTx(tx, back.ID); return err })
		why := w.look(full, "ann").Choices[0].Refuse
		if why == nil || !why.Is(seat.ErrMayComeBack) || why.Params["until"] != held.HeldUntil {
			t.Errorf("why it is full: %v, want until %v", why, held.HeldUntil)
		}
		w.Do(func(tx *db.Tx) error { _, err := w.WaitTx(tx, full.ID, "seat", "ann"); return err })
		w.Do(func(tx *db.Tx) error { return w.DropTx(tx, held.ID) })
		w.Settle()
		if got, want := w.mine("ann"), []string{full.ID + " offered", next.ID + " valid"}; !slices.Equal(got, want) {
			t.Errorf("has %v, want %v", got, want)
		}
		w.claim(full, "seat", "ann")
		w.Merged["ann"] = []string{"was-ann"}
		if got, want := w.mine("was-ann"), []string{full.ID + " valid", next.ID + " valid"}; !slices.Equal(got, want) {
			t.Errorf("by another id has %v, want %v", got, want)
		}
		w.Pass(48 * time.Hour)
		if got, want := w.mine("ann"), []string{full.ID + " valid", next.ID + " valid"}; !slices.Equal(got, want) {
			t.Errorf("while they last: %v, want %v", got, want)
		}
		w.Pass(2 * time.Hour)
		if got := w.mine("ann"); len(got) != 0 {
			t.Errorf("afterwards %v", got)
		}
		w.sound()
	})
}

func TestCitiesOfWhatIsPlanned(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		var called event.Event
		for _, city := range []string{"上海", "北京", "上海", "", "杭州"} {
			var err error
			called, err = w.Plan(t.Context(), d.Community, event.Draft{Template: "session", Title: stage.Words("沙龙"), Starts: d.Clock.Now().Add(time.Hour), City: city}, "")
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.Cancel(t.Context(), d.Community, called.ID, ""); err != nil {
			t.Fatal(err)
		}
		w.Do(func(tx *db.Tx) error {
			got, err := w.CitiesTx(tx, d.Clock.Now())
			slices.Sort(got)
			if !slices.Equal(got, []string{"上海", "北京"}) {
				t.Errorf("cities %v", got)
			}
			return err
		})
	})
}

// Staff takes a ticket back, once, unless it has let in. Without a cashier what it cost is nobody's to give back.
func TestStaffTakesATicketBack(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "bob")
		e := w.plan("session", 0)
		one, used := w.claim(e, "seat", "ann"), w.claim(e, "seat", "bob")
		held, err := w.hold(e, "seat", "cid")
		if err != nil {
			t.Fatal(err)
		}
		w.scan(e, used.Code, "1")
		back := func(id string, want event.TicketState, refusal *errs.Error) {
			t.Helper()
			var got event.Ticket
			try := func(tx *db.Tx) (err error) { got, err = w.GiveBackTx(tx, id); return err }
			if refusal != nil {
				w.Refused(refusal, try)
				return
			}
			if w.Do(try); got.State != want {
				t.Errorf("%s is %s, want %s", id, got.State, want)
			}
		}
		back(one.ID, event.Returned, nil)
		back(one.ID, event.Returned, nil)
		back(held.ID, event.Lapsed, nil)
		back(held.ID, "", event.ErrEnded)
		back(used.ID, "", event.ErrUsed)
		back("nothing", "", event.ErrUnknownTicket)
		w.sound()
	})
}

func TestFriendTicketsOfAnEvent(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.member("vip", "ann", "bob")
		e := w.plan("session", 0)
		want := []string{}
		for _, key := range []string{"1", "2", "3"} {
			want = append(want, w.give(e, "ann", key).ID)
		}
		want = append(want, w.give(e, "bob", "4").ID)
		slices.Reverse(want) // the newest first
		read := func(limit int) (ids []string, states map[event.GiftState]int) {
			states = map[event.GiftState]int{}
			cursor := ""
			for {
				w.Do(func(tx *db.Tx) error {
					p, err := w.GiftsOfEventTx(tx, e.ID, cursor, limit)
					for _, g := range p.Items {
						ids = append(ids, g.ID)
						states[g.State]++
					}
					cursor = p.Next
					return err
				})
				if cursor == "" {
					return ids, states
				}
			}
		}
		if ids, _ := read(3); !slices.Equal(ids, want) {
			t.Errorf("page by page %v, want %v", ids, want)
		}
		w.Pass(47*time.Hour + time.Minute)
		if _, states := read(10); states[event.GiftLapsed] != 4 {
			t.Errorf("after claims have closed %v", states)
		}
		w.Refused(event.ErrUnknown, func(tx *db.Tx) error { _, err := w.GiftsOfEventTx(tx, "nothing", "", 10); return err })
	})
}
