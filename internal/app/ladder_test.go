package app_test

import (
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/ladder"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

func (w *stall) stands(person string) (s ladder.Standing) {
	w.t.Helper()
	w.do(func(tx *db.Tx) (err error) { s, err = w.StandingTx(tx, person); return err })
	return s
}

// wantNext holds on which rung somebody stands by what ("" for nothing), and what they are to have next at which price.
func (w *stall) wantNext(person string, rung ladder.Rung, has, next string, price money.Fen, reason ladder.Reason) {
	w.t.Helper()
	s := w.stands(person)
	hasNow, nextNow, priceNow := "", "", money.Fen(0)
	if s.Has != nil {
		if hasNow = s.Has.Title.In(text.Hans); s.Has.Since.IsZero() {
			w.t.Errorf("since when they have %s is not known", hasNow)
		}
	}
	if s.Next != nil {
		nextNow, priceNow = s.Next.Product.Title.In(text.Hans), s.Next.Product.Price
	}
	if s.Rung != rung || hasNow != has || nextNow != next || priceNow != price || s.Reason != reason {
		w.t.Errorf("stands on %q by %q, next %q at %s (%s); want %q by %q, next %q at %s (%s)", s.Rung, hasNow, nextNow, priceNow, s.Reason, rung, has, next, price, reason)
	}
}

// M6: with what they buy people climb; what they give back they don't have; what their other ids have is theirs.
func TestTheNextRung(t *testing.T) {
	eachCounter(t, func(t *testing.T, w *stall) {
		ann, bob := w.person(), w.person()
		w.wantNext(ann, "", "", "白茶", 30_00, ladder.First)
		tin := w.paidFor(ann, "goods tea/tin 1")
		w.wantNext(ann, ladder.Low, "白茶", "vip", 999_00, ladder.Step)
		w.refund(tin.ID, shop.Ask{Why: "x", Actor: "op"})
		w.wantNext(ann, "", "", "白茶", 30_00, ladder.First)

		w.paidFor(ann, "goods tea/box 1")
		vip := w.paidFor(bob, "plan vip 1")
		w.wantNext(bob, ladder.Mid, "vip", "", 0, ladder.NoneHigher) // ka is of the same rung
		m, err := w.People.Merge(t.Context(), w.community, ann, bob, "op")
		w.must(err)
		w.must(w.Settle(t.Context()))
		for _, id := range []string{m.From, m.Into} {
			w.wantNext(id, ladder.Mid, "vip", "", 0, ladder.NoneHigher)
		}
		w.refund(vip.ID, shop.Ask{Why: "x", Actor: "op"})
		w.wantNext(m.Into, ladder.Low, "白茶", "vip", 999_00, ladder.Step)
		w.do(func(tx *db.Tx) error { return w.People.BlockTx(tx, m.Into, "x", "op") })
		w.wantNext(m.Into, ladder.Low, "白茶", "", 0, ladder.NoneHigher)
		w.sound()
	})
}

// M6: what is on sale is what somebody can buy now: not what is sold out, nor what only points can buy; an upgrade costs what is
// left to pay; and who has a membership by their company has it.
func TestWhatIsNextCanBeHad(t *testing.T) {
	eachCounter(t, func(t *testing.T, w *stall) {
		ann := w.person()
		w.do(func(tx *db.Tx) error { return w.Goods.RestockTx(tx, "tea", "tin", -50, "op") })
		w.wantNext(ann, "", "", "白茶", 100_00, ladder.First)
		w.do(func(tx *db.Tx) error { return w.Goods.RestockTx(tx, "tea", "box", -5, "op") })
		w.wantNext(ann, "", "", "写作课", 299_00, ladder.First)
		w.do(func(tx *db.Tx) error { return w.Shop.GrantTx(tx, ann, 3500, shop.GrantPrize, "op") })
		w.ordered(shop.Checkout{Person: ann, Points: true}, "goods cup/one 1")
		w.must(w.Settle(t.Context()))
		w.wantNext(ann, "", "", "写作课", 299_00, ladder.First)
		w.ordered(shop.Checkout{Person: ann, Points: true}, "goods course/all 1")
		w.must(w.Settle(t.Context()))
		w.wantNext(ann, ladder.Low, "写作课", "vip", 999_00, ladder.Step)

		w.paidFor(ann, "plan vip 1")
		w.do(func(tx *db.Tx) error {
			plan := func(name string, price money.Fen, includes ...string) membership.Plan {
				return membership.Plan{Name: name, Title: named(name), Price: price, Period: membership.Period{Months: 12}, Includes: includes}
			}
			return w.Members.DeclareTx(tx, membership.Config{Plans: []membership.Plan{plan("vip", 999_00), plan("ka", 12_000_00, "vip")}})
		})
		w.wantNext(ann, ladder.Mid, "vip", "ka", 11_001_00, ladder.Step)

		boss, bob := w.person(), w.person()
		w.employ(w.firm(boss), boss, bob)
		w.wantNext(bob, ladder.Mid, "团队", "", 0, ladder.NoneHigher)
		w.do(func(tx *db.Tx) error {
			c, offers, err := w.LadderTx(tx)
			for _, tier := range c.Tiers(offers) {
				want := map[ladder.Rung]int{ladder.Low: 1, ladder.Mid: 1}[tier.Rung] // the course, and the company's plan
				if len(tier.Items) != want {
					t.Errorf("on sale: %+v", tier)
				}
			}
			return err
		})
	})
}

// M6: tickets to what is to come are suggested as long as there are places; what a friend gave is free, and isn't to be bought.
func TestTicketsOnTheLadder(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		var e event.Event
		w.do(func(tx *db.Tx) (err error) {
			err = w.Events.DeclareTx(tx, event.Config{Templates: []event.Template{{
				Name: "talk", Title: named("讲座"), Kind: event.Salon, Capacity: 1, Lasts: clock.Duration(time.Hour),
				Types: []event.TicketType{{Name: "member", Title: named("会员"), Plans: []string{"vip"}}, {Name: "guest", Title: named("席位"), Price: 39_00}},
			}}})
			if err == nil {
				e, err = w.Events.PlanTx(tx, event.Draft{Template: "talk", Title: named("第一讲"), Starts: tx.Now().Add(48 * time.Hour)}, "")
			}
			return err
		})
		ann, bob := w.person(), w.person()
		w.wantNext(ann, "", "", "第一讲", 39_00, ladder.First)
		o := w.paidFor(ann, "ticket "+e.ID+"/guest 1")
		w.wantNext(ann, ladder.Low, "第一讲", "vip", 999_00, ladder.Step)
		w.wantNext(bob, "", "", "vip", 999_00, ladder.First) // the house is full
		w.refund(o.ID, shop.Ask{Why: "x", Actor: "op"})
		w.wantNext(bob, "", "", "第一讲", 39_00, ladder.First)
		w.later(72 * time.Hour)
		w.wantNext(bob, "", "", "vip", 999_00, ladder.First) // it is over
	})
}

// M6: above all that is bought stands sharing, for members where only they earn; who has earned by it is at the top, until it is taken back.
func TestSharingIsTheTop(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		w.promote()
		ann, gil := w.joined(), w.person()
		w.wantNext(gil, "", "", "vip", 999_00, ladder.First)
		w.wantNext(ann, ladder.Mid, "vip", "锁粉", 0, ladder.ToShare)
		w.came(gil, ann)
		order := w.bought(gil)
		w.wantNext(ann, ladder.Mid, "vip", "", 0, ladder.AtTop)
		if s := w.stands(ann); !s.Shared {
			t.Errorf("%+v", s)
		}
		w.giveBack(order, "all", 999_00)
		w.wantNext(ann, ladder.Mid, "vip", "锁粉", 0, ladder.ToShare)
		w.do(func(tx *db.Tx) error { // nothing on sale: who is no member can't earn by sharing
			return w.Members.DeclareTx(tx, membership.Config{})
		})
		w.wantNext(gil, "", "", "", 0, ladder.NoneHigher)
	})
}
