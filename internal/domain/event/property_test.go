package event_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// E4, E5: over any history of holding, paying, giving back, waiting, bringing friends, lapsing and changing capacity no place is given
// twice, seats agree with tickets, nobody has two tickets and nobody brings more friends than they may.
func TestAnyHistory(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		base, run := newWorld(t, d), 0
		rapid.Check(t, func(rt *rapid.T) {
			if run++; run > 30 && d.Dialect() == db.Postgres {
				return // each statement is a journey there; SQLite goes through the rest
			}
			own := *d
			own.Community = fmt.Sprint("any", run)
			w := *base
			w.D = &own
			h := &history{world: &w, people: []string{"ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal"}}
			h.setUp()
			rt.Repeat(map[string]func(*rapid.T){
				"hold": h.begin, "take": h.finish, "drop": h.giveUp, "return": h.handBack, "wait": h.queue, "leave": h.leave,
				"give": h.bring, "claim": h.accept, "take back": h.recall, "pass": h.later, "resize": h.resize, "scan": h.check,
			})
			h.holds(rt)
		})
	})
}

type history struct {
	*world
	people  []string
	e       event.Event
	tickets []event.Ticket
	gifts   []event.Gift
	n       int
}

func (h *history) setUp() {
	w := h.world
	w.declarePlans()
	w.Do(func(tx *db.Tx) error { return w.DeclareTx(tx, templates()) })
	w.member("ka", "ann", "bob", "cid")
	h.e = w.plan("conference", 3)
	h.Do(func(tx *db.Tx) (err error) {
		h.e.Friends.GiverRegistered = false
		h.e, err = h.ChangeTx(tx, h.e, "")
		return err
	})
}

// only lets nothing but refusals pass.
func (h *history) only(rt *rapid.T, fn func(tx *db.Tx) error) {
	if err := h.Try(fn); err != nil && errs.As(err) == nil {
		rt.Fatal(err)
	}
}

func (h *history) person(rt *rapid.T) string { return rapid.SampledFrom(h.people).Draw(rt, "person") }

func (h *history) kind(rt *rapid.T) string {
	return rapid.SampledFrom([]string{"day", "dinner", "open", "inner"}).Draw(rt, "type")
}

func (h *history) begin(rt *rapid.T) {
	person, kind, free := h.person(rt), h.kind(rt), rapid.Bool().Draw(rt, "free")
	var t event.Ticket
	h.only(rt, func(tx *db.Tx) (err error) {
		if free {
			t, err = h.ClaimTx(tx, h.e.ID, kind, person)
		} else {
			t, _, err = h.HoldTx(tx, h.e.ID, kind, person, tx.Now().Add(15*time.Minute))
		}
		return err
	})
	if t.ID != "" {
		h.tickets = append(h.tickets, t)
	}
}

// some is one of the tickets there have been.
func (h *history) some(rt *rapid.T, fn func(tx *db.Tx, id string) error) {
	if len(h.tickets) > 0 {
		id := rapid.SampledFrom(h.tickets).Draw(rt, "ticket").ID
		h.only(rt, func(tx *db.Tx) error {
			err := fn(tx, id)
			if errors.Is(err, event.ErrUnknownTicket) { // it was refused, and never written
				err = nil
			}
			return err
		})
	}
}

func (h *history) finish(rt *rapid.T) {
	h.some(rt, func(tx *db.Tx, id string) error { _, err := h.TakeTx(tx, id); return err })
}

func (h *history) giveUp(rt *rapid.T) {
	h.some(rt, func(tx *db.Tx, id string) error { return h.DropTx(tx, id) })
}

func (h *history) handBack(rt *rapid.T) {
	own := rapid.Bool().Draw(rt, "own")
	h.some(rt, func(tx *db.Tx, id string) (err error) {
		if own {
			_, err = h.ReturnTx(tx, id)
		} else {
			_, err = h.TakeBackTx(tx, id)
		}
		return err
	})
}

func (h *history) queue(rt *rapid.T) {
	person, kind := h.person(rt), h.kind(rt)
	h.only(rt, func(tx *db.Tx) error { _, err := h.WaitTx(tx, h.e.ID, kind, person); return err })
}

func (h *history) leave(rt *rapid.T) {
	person := h.person(rt)
	h.only(rt, func(tx *db.Tx) error { _, err := h.LeaveTx(tx, h.e.ID, person); return err })
}

func (h *history) bring(rt *rapid.T) {
	h.n++
	giver, key := h.person(rt), fmt.Sprint("k", h.n)
	var g event.Gift
	h.only(rt, func(tx *db.Tx) (err error) { g, err = h.GiveTx(tx, h.e.ID, giver, key); return err })
	if g.ID != "" {
		h.gifts = append(h.gifts, g)
	}
}

func (h *history) accept(rt *rapid.T) {
	if len(h.gifts) > 0 {
		g, guest := rapid.SampledFrom(h.gifts).Draw(rt, "gift"), h.person(rt)
		h.only(rt, func(tx *db.Tx) error { _, err := h.ClaimGiftTx(tx, g.Token, guest); return err })
	}
}

func (h *history) recall(rt *rapid.T) {
	if len(h.gifts) > 0 {
		g := rapid.SampledFrom(h.gifts).Draw(rt, "gift")
		h.only(rt, func(tx *db.Tx) error { _, err := h.TakeGiftBackTx(tx, g.ID, g.Giver); return err })
	}
}

func (h *history) check(rt *rapid.T) {
	if len(h.tickets) > 0 {
		h.n++
		x := event.Scan{Event: h.e.ID, Code: rapid.SampledFrom(h.tickets).Draw(rt, "ticket").Code, Nonce: fmt.Sprint("n", h.n), Offline: rapid.Bool().Draw(rt, "offline")}
		h.only(rt, func(tx *db.Tx) error { _, err := h.ScanTx(tx, x); return err })
	}
}

// later also steps the clock back, which the database's time never follows.
func (h *history) later(rt *rapid.T) {
	h.D.Clock.Advance(time.Duration(rapid.IntRange(-30, 120).Draw(rt, "minutes")) * time.Minute)
	h.Settle()
}

func (h *history) resize(rt *rapid.T) {
	capacity, dinner := rapid.IntRange(1, 5).Draw(rt, "capacity"), rapid.IntRange(0, 3).Draw(rt, "dinner")
	h.only(rt, func(tx *db.Tx) error {
		e, err := h.GetTx(tx, h.e.ID)
		if err != nil {
			return err
		}
		e.Capacity, e.Quotas[0].Capacity = capacity, dinner
		_, err = h.ChangeTx(tx, e, "")
		return err
	})
}

// holds proves what must be true after any history.
func (h *history) holds(rt *rapid.T) {
	h.Do(func(tx *db.Tx) error {
		var bad []any
		problems, err := event.Verify(tx)
		for _, p := range problems {
			bad = append(bad, p)
		}
		seats, err2 := seat.Verify(tx)
		for _, p := range seats {
			bad = append(bad, p)
		}
		for what, query := range map[string]string{
			"a place that no ticket has": `SELECT id FROM seat WHERE community_id = $1 AND state = 'taken' AND group_name LIKE 'event:%'
				EXCEPT SELECT seat FROM event_ticket WHERE community_id = $1 AND state = 'valid'
				EXCEPT SELECT s.seat FROM event_ticket_seat s JOIN event_ticket t ON t.community_id = s.community_id AND t.id = s.ticket WHERE s.community_id = $1 AND t.state = 'valid'`,
			"a ticket without its place": `SELECT seat FROM event_ticket WHERE community_id = $1 AND state = 'valid' EXCEPT SELECT id FROM seat WHERE community_id = $1 AND state = 'taken'`,
			"a dinner without its place": `SELECT s.seat FROM event_ticket_seat s JOIN event_ticket t ON t.community_id = s.community_id AND t.id = s.ticket
				WHERE s.community_id = $1 AND t.state = 'valid' EXCEPT SELECT id FROM seat WHERE community_id = $1 AND state = 'taken'`,
			"two tickets":                `SELECT person FROM event_ticket WHERE community_id = $1 AND state = 'valid' GROUP BY person HAVING count(*) > 1`,
			"friends of one giver":       `SELECT giver FROM event_gift WHERE community_id = $1 AND state = 'claimed' GROUP BY giver HAVING count(*) > 1`,
			"a friend who is member":     `SELECT guest FROM event_gift WHERE community_id = $1 AND guest IN ('ann', 'bob', 'cid')`,
			"a ticket that let in twice": `SELECT ticket FROM event_scan WHERE community_id = $1 AND result = 'admitted' GROUP BY ticket HAVING count(*) > 1`,
		} {
			rows, err := db.All(tx, db.Column[string], query, tx.Community())
			if err != nil {
				return err
			}
			for _, row := range rows {
				bad = append(bad, what+" "+row)
			}
		}
		if len(bad) > 0 {
			rt.Fatalf("%v", bad)
		}
		return errors.Join(err, err2)
	})
}
