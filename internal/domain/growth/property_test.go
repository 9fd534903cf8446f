package growth_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/testkit"
)

// Over any history of bonds, purchases, refunds, payouts and time (upgrades: TestAnyHistoryOfPromotion): what people were paid is what the rules say, as a
// model says them that knows nothing of the books; and all accounts sum to zero.
func TestAnyHistory(t *testing.T) {
	d := testkit.SQLite(t)
	whole := newWorld(t, d)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		other := *d
		other.Community = fmt.Sprint("any", run)
		w := *whole
		w.D, w.T = &other, t
		p := lockIn()
		p.Touch = rapid.SampledFrom([]growth.TouchRule{growth.First, growth.Last}).Draw(rt, "touch")
		p.ValidDays = rapid.SampledFrom([]int{5, 30, -1}).Draw(rt, "valid")
		p.ProtectDays = rapid.SampledFrom([]int{0, 3, -1}).Draw(rt, "protect")
		p.Levels = []growth.Level{{RateBP: rapid.IntRange(1, 5000).Draw(rt, "rate")}, {RateBP: rapid.IntRange(1, 5000).Draw(rt, "second")}}[:rapid.IntRange(1, 2).Draw(rt, "levels")]
		p.Guests = growth.Anyone
		w.declare(p)
		h := &history{world: &w, rules: p, ties: map[string]tie{}, paid: map[string]int64{}}
		rt.Repeat(map[string]func(*rapid.T){"bring": h.meet, "buy": h.order, "refund": h.give, "pay out": h.payOut, "pass": h.wait})
		h.check(rt)
	})
}

// tie is the model's bond: who has a guest, and since which day.
type tie struct {
	promoter string
	day      int
}

type bought struct {
	order       string
	earners     []string // by level
	day         int
	plan, other money.Fen
	backs       [2]money.Fen
}

// history is a model beside the world.
type history struct {
	*world
	rules  growth.Programme
	today  int
	ties   map[string]tie
	orders []*bought
	paid   map[string]int64 // paid out
}

var crowdNames = []string{"ann", "bob", "cat", "gil", "hal"}

func within(days, limit int) bool { return limit == -1 || days < limit }

func (h *history) meet(rt *rapid.T) {
	promoter, guest := rapid.SampledFrom([]string{"ann", "bob", "cat"}).Draw(rt, "promoter"), rapid.SampledFrom(crowdNames).Draw(rt, "guest")
	h.bring(promoter, guest)
	if promoter == guest {
		return
	}
	was, tied := h.ties[guest]
	age := h.today - was.day
	valid, protected := tied && within(age, h.rules.ValidDays), tied && within(age, h.rules.ProtectDays)
	if was.promoter == promoter && valid && h.rules.Touch == growth.First || tied && was.promoter != promoter && (protected || valid && h.rules.Touch == growth.First) {
		return
	}
	h.ties[guest] = tie{promoter, h.today}
}

func (h *history) order(rt *rapid.T) {
	buyer := rapid.SampledFrom(crowdNames).Draw(rt, "buyer")
	b := &bought{day: h.today, plan: money.Fen(rapid.Int64Range(1, 300_000).Draw(rt, "plan")), other: money.Fen(rapid.Int64Range(0, 50_000).Draw(rt, "other"))}
	b.order, _ = h.buy(buyer, growth.Line{Kind: "plan", Item: "vip", Amount: b.plan}, growth.Line{Kind: "goods", Item: "tea", Amount: b.other})
	at := buyer
	for range h.rules.Levels {
		x, tied := h.ties[at]
		if !tied || !within(h.today-x.day, h.rules.ValidDays) || x.promoter == buyer || len(b.earners) > 0 && b.earners[0] == x.promoter {
			break
		}
		b.earners = append(b.earners, x.promoter)
		at = x.promoter
	}
	h.orders = append(h.orders, b)
}

func (h *history) give(rt *rapid.T) {
	if len(h.orders) == 0 {
		return
	}
	b := rapid.SampledFrom(h.orders).Draw(rt, "order")
	b.backs[0] = money.Fen(rapid.Int64Range(int64(b.backs[0]), int64(b.plan)).Draw(rt, "of the plan"))
	b.backs[1] = money.Fen(rapid.Int64Range(int64(b.backs[1]), int64(b.other)).Draw(rt, "of the rest"))
	h.backOf(b.order, []growth.Line{{Kind: "plan", Item: "vip", Amount: b.plan, Back: b.backs[0]}, {Kind: "goods", Item: "tea", Amount: b.other, Back: b.backs[1]}})
}

func (h *history) payOut(rt *rapid.T) {
	who := rapid.SampledFrom([]string{"ann", "bob", "cat"}).Draw(rt, "payee")
	has := h.Balance("commission:available:"+who, ledger.CNY)
	if has == 0 {
		return
	}
	n := rapid.Int64Range(1, has).Draw(rt, "amount")
	h.n++
	key := fmt.Sprint("payout ", h.n)
	_, err := h.Books.Reserve(rt.Context(), h.D.Community, ledger.Payout{Key: key, Account: "commission:available:" + who, Amount: n, Fact: key})
	h.Must(err)
	if rapid.Bool().Draw(rt, "fails") {
		_, err = h.Books.GiveBack(rt.Context(), h.D.Community, key, key)
	} else {
		_, err = h.Books.Done(rt.Context(), h.D.Community, key, "cash:bank", key)
		h.paid[who] += n
	}
	h.Must(err)
}

func (h *history) wait(rt *rapid.T) {
	days := rapid.IntRange(1, 9).Draw(rt, "days")
	h.today += days
	h.Days(days)
}

// share is what a level keeps of an order: its rate of what is left of the plan.
func (b *bought) share(rate int) int64 { return int64(b.plan-b.backs[0]) * int64(rate) / 10_000 }

func (h *history) check(rt *rapid.T) {
	frozen, free := map[string]int64{}, map[string]int64{}
	for _, b := range h.orders {
		for i, who := range b.earners {
			n := b.share(h.rules.Levels[i].RateBP)
			if h.today-b.day < 7 {
				frozen[who] += n
			} else {
				free[who] += n
			}
		}
	}
	for _, who := range crowdNames {
		got := h.purse(who)
		if got[0] != frozen[who] || got[1]-got[2]+h.paid[who] != free[who] {
			rt.Fatalf("%s has frozen, at hand, owed %v and was paid %d; the rules say frozen %d and free %d", who, got, h.paid[who], frozen[who], free[who])
		}
	}
	h.sound()
	if h.T.Failed() {
		rt.FailNow()
	}
}
