package app_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/seat"
)

// session plans an event for two, in two days, whose tickets members get free.
func (w *stall) session() (e event.Event) {
	w.t.Helper()
	name := func(s string) text.Text { return text.Text{text.Hans: s} }
	w.do(func(tx *db.Tx) (err error) {
		err = w.Events.DeclareTx(tx, event.Config{Templates: []event.Template{{
			Name: "session", Title: name("线上分享"), Kind: event.Script, Capacity: 2, Lasts: clock.Duration(time.Hour),
			Types: []event.TicketType{{Name: "seat", Title: name("席位"), Price: 399_00, Plans: []string{"vip"}}},
		}}})
		if err == nil {
			e, err = w.Events.PlanTx(tx, event.Draft{Template: "session", Title: name("第一场"), Starts: tx.Now().Add(48 * time.Hour)}, "")
		}
		return err
	})
	return e
}

func (w *stall) ticketOrder(e event.Event, person string, more ...shop.Item) (shop.Order, error) {
	return w.Shop.Checkout(w.t.Context(), w.community, shop.Checkout{
		Key: e.ID + person + w.clock.Now().String(), Person: person, Items: append([]shop.Item{{Kind: shop.KindTicket, Item: e.ID + "/seat"}}, more...),
	})
}

func (w *stall) ticketOf(e event.Event, person string) (t event.Ticket) {
	w.t.Helper()
	w.do(func(tx *db.Tx) (err error) { t, _, err = w.Events.TicketOfTx(tx, e.ID, person); return err })
	return t
}

func (w *stall) revenue(account string) money.Fen {
	w.t.Helper()
	n, err := w.Ledger.Balance(w.t.Context(), w.community, account, ledger.CNY)
	w.must(err)
	return money.Fen(n)
}

// unpaid lets an order's time go by.
func (w *stall) unpaid() {
	w.t.Helper()
	w.clock.Advance(16 * time.Minute)
	w.must(w.Settle(w.t.Context()))
}

// E4, S2: paid a ticket is valid, given up its place is free again, paid too late it is given while there is room and else paid back;
// a member's costs nothing; a cancelled event pays everybody back.
func TestTicketsAreSold(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		e := w.session()
		ann, bob, cid, dan := w.person(), w.person(), w.person(), w.person()
		first, err := w.ticketOrder(e, ann)
		w.must(err)
		if first.Amount != 399_00 || w.ticketOf(e, ann).State != event.Held {
			t.Errorf("ordered %+v", first)
		}
		late, err := w.Shop.Pay(t.Context(), w.community, first.ID, "bank")
		w.must(err)
		w.unpaid()
		if got := w.ticketOf(e, ann); got.ID != "" {
			t.Errorf("after its time %+v", got)
		}
		second, err := w.ticketOrder(e, bob)
		w.must(err)
		if d := w.pays(second); d.State != shop.Fulfilled || w.ticketOf(e, bob).State != event.Valid {
			t.Errorf("paid %+v", d)
		}
		tell := func(p shop.Payment) shop.Detail {
			_, err := w.Shop.Notify(t.Context(), w.community, "bank", channel.Notice{Payment: p.ID, Amount: p.Amount})
			w.must(err)
			w.must(w.Settle(t.Context()))
			return w.detail(p.Order)
		}
		if d := tell(late); d.State != shop.Fulfilled || w.ticketOf(e, ann).State != event.Valid || w.revenue("revenue:event") != 2*399_00 {
			t.Errorf("paid late, with room: %+v", d)
		}
		if _, err := w.ticketOrder(e, cid); !errors.Is(err, seat.ErrGone) {
			t.Errorf("sold out: %v", err)
		}
		if d := w.refund(second.ID, shop.Ask{}); d.State != shop.Refunded || w.ticketOf(e, bob).ID != "" {
			t.Errorf("given back %+v", d)
		}

		third, err := w.ticketOrder(e, cid)
		w.must(err)
		lost, err := w.Shop.Pay(t.Context(), w.community, third.ID, "bank")
		w.must(err)
		w.unpaid()
		w.pays(w.order(dan, "vip"))
		free, err := w.ticketOrder(e, dan)
		w.must(err)
		w.must(w.Settle(t.Context()))
		if got := w.ticketOf(e, dan); free.Amount != 0 || got.State != event.Valid || got.Price != 0 {
			t.Errorf("a member's %+v, %+v", free, got)
		}
		gone := []string{seat.ErrLapsed.Code, seat.ErrReleased.Code, seat.ErrGone.Code}
		if d := tell(lost); d.State != shop.Refunded || !slices.Contains(gone, d.Why) {
			t.Errorf("paid late, without room: %+v", d)
		}
		_, err = w.Events.Cancel(t.Context(), w.community, e.ID, "")
		w.must(err)
		w.must(w.Settle(t.Context()))
		if d := w.detail(first.ID); d.State != shop.Refunded || d.Why != "event.cancelled" || w.revenue("revenue:event") != 0 || w.revenue("deposit:orders") != 0 {
			t.Errorf("of a cancelled event %+v", d)
		}
		w.sound()
	})
}

// Of an order with other things in it a cancelled event gives back what the ticket cost, and nothing else.
func TestACancelledEventLeavesTheRestOfAnOrder(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		e := w.session()
		ann := w.person()
		o, err := w.ticketOrder(e, ann, shop.Item{Kind: shop.KindPlan, Item: "vip"})
		w.must(err)
		w.pays(o)
		_, err = w.Events.Cancel(t.Context(), w.community, e.ID, "")
		w.must(err)
		w.must(w.Settle(t.Context()))
		if d := w.detail(o.ID); d.State != shop.Fulfilled || d.Refunded != 399_00 || w.ticketOf(e, ann).ID != "" || w.revenue("revenue:event") != 0 {
			t.Errorf("%+v, revenue %s", d, w.revenue("revenue:event"))
		}
		w.do(func(tx *db.Tx) error {
			has, err := w.Members.MembershipsTx(tx, ann)
			if len(has) != 1 {
				t.Errorf("has %+v", has)
			}
			return err
		})
		w.sound()
	})
}

// P3: of two who have both paid and turn out to be one, one ticket stays, and the other is paid back.
func TestAMergePaysTheSecondTicketBack(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		e := w.session()
		ann, bob := w.person(), w.person()
		for _, p := range []string{ann, bob} {
			o, err := w.ticketOrder(e, p)
			w.must(err)
			w.pays(o)
		}
		_, err := w.People.Merge(t.Context(), w.community, bob, ann, "")
		w.must(err)
		w.must(w.Settle(t.Context()))
		if got := w.ticketOf(e, ann); got.State != event.Valid || w.revenue("revenue:event") != 399_00 {
			t.Errorf("ann has %+v, revenue %s", got, w.revenue("revenue:event"))
		}
		w.sound()
	})
}

// E9: two votes of persons who turn out to be one human are one; once they are apart again both count, also that of who stayed.
func TestAMergeLeavesOneVote(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		ann, bob := w.person(), w.person() // bob, who was met later, goes into ann
		var topic event.Topic
		w.do(func(tx *db.Tx) (err error) {
			if err = w.Members.DeclareTx(tx, membership.Config{}); err == nil { // so that everybody may vote
				topic, err = w.Events.ProposeTx(tx, event.Proposal{Title: "冷启动", Person: bob}, "")
			}
			return err
		})
		w.clock.Advance(time.Minute)
		w.do(func(tx *db.Tx) error { _, err := w.Events.VoteTopicTx(tx, topic.ID, ann); return err })
		votes := func(want int) {
			t.Helper()
			w.do(func(tx *db.Tx) (err error) { topic, err = w.Events.TopicTx(tx, topic.ID, ann); return err })
			if topic.Votes != want || !topic.Mine {
				t.Errorf("%+v, want %d votes", topic, want)
			}
			w.sound()
		}
		votes(2)
		m, err := w.People.Merge(t.Context(), w.community, ann, bob, "")
		w.must(err)
		if votes(1); m.Into != ann {
			t.Fatalf("merged into %s", m.Into)
		}
		w.must(w.People.Unmerge(t.Context(), w.community, m.ID, ""))
		votes(2)
	})
}

// Control: who votes by one name while they are merged with the name by which they have voted is one voter, whichever comes first.
func TestAVoteDuringAMerge(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		w.do(func(tx *db.Tx) error { return w.Members.DeclareTx(tx, membership.Config{}) }) // so that everybody may vote
		for range 8 {
			ann, bob := w.person(), w.person()
			var topic event.Topic
			w.do(func(tx *db.Tx) (err error) {
				topic, err = w.Events.ProposeTx(tx, event.Proposal{Title: "冷启动 " + ann, Person: ann}, "")
				return err
			})
			var wg sync.WaitGroup
			wg.Go(func() {
				err := w.DB.Do(t.Context(), w.community, func(tx *db.Tx) error { _, err := w.Events.VoteTopicTx(tx, topic.ID, bob); return err })
				if err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				if _, err := w.People.Merge(t.Context(), w.community, ann, bob, ""); err != nil {
					t.Error(err)
				}
			})
			wg.Wait()
			w.do(func(tx *db.Tx) (err error) { topic, err = w.Events.TopicTx(tx, topic.ID, ann); return err })
			if topic.Votes != 1 {
				t.Errorf("one human has %d votes", topic.Votes)
			}
		}
		w.sound()
	})
}

// M2, M5, E4: when a membership is given back, left, or over, its free tickets of coming events go back, by the
// facts of it.
func TestTicketsFollowTheMembership(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		e := w.session()
		ends := map[string]func(person, order string){
			"given back": func(_, order string) { w.refund(order, shop.Ask{}) },
			"left": func(person, _ string) {
				w.do(func(tx *db.Tx) error { _, err := w.Members.LeaveTx(tx, person); return err })
			},
			"over": func(string, string) {
				w.do(func(tx *db.Tx) error {
					x, err := w.Events.GetTx(tx, e.ID)
					if err == nil {
						x.Starts, x.Ends = x.Starts.AddDate(3, 0, 0), x.Ends.AddDate(3, 0, 0)
						_, err = w.Events.ChangeTx(tx, x, "")
					}
					return err
				})
				w.clock.Set(w.clock.Now().AddDate(2, 0, 0))
			},
		}
		for _, how := range []string{"given back", "left", "over"} {
			ann := w.person()
			order := w.order(ann, "vip")
			w.pays(order)
			w.do(func(tx *db.Tx) error { _, err := w.Events.ClaimTx(tx, e.ID, "seat", ann); return err })
			if got := w.ticketOf(e, ann); got.State != event.Valid {
				t.Fatalf("%s: %+v", how, got)
			}
			ends[how](ann, order.ID)
			w.must(w.Settle(t.Context()))
			if got := w.ticketOf(e, ann); got.ID != "" {
				t.Errorf("%s: %+v", how, got)
			}
		}
		w.sound()
	})
}

// M2, E4: who gives up a company's place loses what it gave; of who is erased meanwhile nothing is left to do.
func TestTicketsFollowACompanysPlace(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		boss, ann, bob := w.person(), w.person(), w.person()
		firm := w.firm(boss)
		e := w.session()
		w.do(func(tx *db.Tx) (err error) {
			e.Types[0].Plans = []string{"team"}
			e, err = w.Events.ChangeTx(tx, e, "")
			return err
		})
		for _, who := range []string{ann, bob} {
			w.employ(firm, boss, who)
			w.do(func(tx *db.Tx) error { _, err := w.Events.ClaimTx(tx, e.ID, "seat", who); return err })
		}
		w.do(func(tx *db.Tx) error { return w.Members.GiveUpPlaceTx(tx, firm, ann) })
		w.do(func(tx *db.Tx) error { return w.People.EraseTx(tx, bob, "op") })
		w.must(w.Settle(t.Context()))
		for _, who := range []string{ann, bob} {
			if got := w.ticketOf(e, who); got.ID != "" {
				t.Errorf("without a place: %+v", got)
			}
		}
		w.do(func(tx *db.Tx) error {
			stuck, err := fact.ListParked(tx, 10)
			if len(stuck) > 0 {
				t.Errorf("facts that wait: %+v", stuck)
			}
			return err
		})
		w.sound()
	})
}
