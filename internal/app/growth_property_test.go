package app_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// G2, G4, L1, L3, M2, S3: over any history of bonds, looks at doubtful ones, purchases, upgrades, refunds in part and whole, payouts that
// fail and time, upgrades cost the difference, what people were paid is what the rules say, as a model says them that knows nothing of
// the books, and all accounts sum to zero.
func TestAnyHistoryOfPromotion(t *testing.T) {
	eachStall(t, func(t *testing.T, base *stall) {
		run, most := 0, 12
		if base.DB.Dialect() == db.Postgres {
			most = 2 // each statement is a journey there; SQLite goes through the rest
		}
		rapid.Check(t, func(rt *rapid.T) {
			if run++; run > most {
				return
			}
			c, err := base.Communities.Create(t.Context(), community.Draft{Slug: fmt.Sprint("promotion-", run), Name: named("任意")})
			base.must(err)
			own := *base
			own.community = c.ID
			h := &promotion{stall: &own, ties: map[string]bond{}, past: map[string][]bond{}, terms: map[string][]*sold{}, doubts: map[string]time.Time{}, paid: map[string]int64{}}
			h.begin(rt)
			rt.Repeat(map[string]func(*rapid.T){
				"bring": h.bring, "buy": h.buy, "buy more": h.buy, "refund": h.refundSome, "refund all": h.refundAll, "look": h.look, "pay out": h.payOut, "pass": h.pass,
			})
			h.check(rt)
		})
	})
}

// bond is the model's: who has a guest, since when.
type bond struct {
	promoter string
	at       time.Time
}

// sold is the model's order and the term that it bought.
type sold struct {
	id, plan  string
	amount    money.Fen // paid
	price     money.Fen // of the whole term
	back      money.Fen
	at, until time.Time
	upgraded  *sold // into this one
	gone      bool
	earners   []string // by level
	released  time.Time
}

func (x *sold) live(now time.Time) bool { return x.upgraded == nil && !x.gone && x.until.After(now) }

// promotion is a model beside the world.
type promotion struct {
	*stall
	rules  growth.Programme
	people []string
	ties   map[string]bond
	past   map[string][]bond    // that others took the place of, in their order
	terms  map[string][]*sold   // by buyer
	doubts map[string]time.Time // promoter and guest who share a device, and wait for a look since
	paid   map[string]int64
}

// The plans, and until when one can be given back.
var (
	planPrice  = map[string]money.Fen{"vip": 999_00, "ka": 9999_00}
	refundable = 7 * 24 * time.Hour
)

func (h *promotion) begin(rt *rapid.T) {
	h.rules = growth.Programme{
		Name: "lock-in", Title: named("锁粉"), Binds: growth.Attendance, Promoters: growth.Anyone, Guests: growth.Anyone,
		Touch: rapid.SampledFrom([]growth.TouchRule{growth.First, growth.Last}).Draw(rt, "touch"), ValidDays: rapid.SampledFrom([]int{5, 60}).Draw(rt, "valid"),
		ProtectDays: rapid.SampledFrom([]int{0, 3}).Draw(rt, "protect"),
		Levels:      []growth.Level{{RateBP: rapid.IntRange(1, 5000).Draw(rt, "rate")}, {RateBP: rapid.IntRange(1, 5000).Draw(rt, "second")}}[:rapid.IntRange(1, 2).Draw(rt, "levels")],
	}
	for range 4 {
		h.people = append(h.people, h.person())
	}
	h.do(func(tx *db.Tx) error {
		plan := func(name string, includes ...string) membership.Plan {
			return membership.Plan{Name: name, Title: named(name), Price: planPrice[name], Period: membership.Period{Months: 12}, Refund: 7, Includes: includes}
		}
		if err := h.Members.DeclareTx(tx, membership.Config{Plans: []membership.Plan{plan("vip"), plan("ka", "vip")}}); err != nil {
			return err
		}
		for _, p := range h.people[:2] { // who brings the other is looked at
			if err := h.Growth.MarkTx(tx, p, growth.SameDevice, "one browser"); err != nil {
				return err
			}
		}
		return h.Growth.DeclareTx(tx, growth.Config{Programmes: []growth.Programme{h.rules}})
	})
}

func (h *promotion) who(rt *rapid.T, what string) string {
	h.clock.Advance(time.Minute) // no two things happen at once
	return rapid.SampledFrom(h.people).Draw(rt, what)
}

func (h *promotion) bring(rt *rapid.T) {
	promoter, guest := h.who(rt, "promoter"), h.who(rt, "guest")
	h.came(guest, promoter)
	pair := promoter + " " + guest
	switch {
	case promoter == guest:
	case slices.Contains(h.people[:2], promoter) && slices.Contains(h.people[:2], guest):
		if _, waits := h.doubts[pair]; !waits {
			h.doubts[pair] = h.clock.Now()
		}
	default:
		h.contend(guest, bond{promoter, h.clock.Now()})
	}
}

// look ends what waits for a look: allowed, the bond counts from when it was made, for what was bought since.
func (h *promotion) look(rt *rapid.T) {
	admin := task.Principal{ID: "op", Roles: []task.Role{{Name: "admin"}}}
	open, err := h.Tasks.List(rt.Context(), h.community, admin, task.Filter{State: task.StateOpen, Kind: growth.ReviewBond}, "", 10)
	h.must(err)
	for _, x := range open.Items {
		h.clock.Advance(time.Minute)
		allowed := rapid.Bool().Draw(rt, "allowed")
		var b growth.Bond
		h.do(func(tx *db.Tx) error {
			p, err := h.Growth.PromotersTx(tx, x.Person, "", 100)
			for _, y := range p.Items {
				if y.ID == x.Subject {
					b = y
				}
			}
			return err
		})
		_, err := h.Tasks.Claim(rt.Context(), h.community, admin, x.ID)
		h.must(err)
		_, err = h.Tasks.Finish(rt.Context(), h.community, admin, x.ID, map[bool]task.Outcome{true: growth.Allow, false: growth.Refuse}[allowed], "")
		h.must(err)
		h.must(h.Settle(rt.Context()))
		pair := b.Promoter + " " + b.Guest
		since, waits := h.doubts[pair]
		if !waits {
			rt.Fatalf("%+v is looked at; nobody doubts it", b)
		}
		if delete(h.doubts, pair); !allowed {
			continue
		}
		h.contend(b.Guest, bond{b.Promoter, since})
		for _, o := range h.terms[b.Guest] {
			if len(o.earners) == 0 && !o.at.Before(h.ties[b.Guest].at) && h.ties[b.Guest].promoter == b.Promoter && o.back < o.amount {
				h.earn(b.Guest, o)
			}
		}
		h.allowAll(rt)
	}
}

// buy buys a membership, or the greater one for the difference; who has that buys nothing.
func (h *promotion) buy(rt *rapid.T) {
	buyer, plan := h.who(rt, "buyer"), rapid.SampledFrom([]string{"vip", "vip", "ka"}).Draw(rt, "plan")
	now := h.clock.Now()
	has := h.membership(buyer)
	if has != nil && has.plan == "ka" {
		return
	}
	var unused money.Fen
	if has != nil {
		plan = "ka"
		whole, left := has.until.Sub(has.at), has.until.Sub(now)
		unused = money.Fen(new(big.Int).Div(new(big.Int).Mul(big.NewInt(int64(has.price-has.back)), big.NewInt(int64(left))), big.NewInt(int64(whole))).Int64())
	}
	o := h.order(buyer, plan)
	if o.Amount != planPrice[plan]-unused {
		rt.Fatalf("%s costs %s; %s less %s are right", plan, o.Amount, planPrice[plan], unused)
	}
	h.pays(o)
	x := &sold{id: o.ID, plan: plan, amount: o.Amount, price: planPrice[plan], at: now, until: aYearOn(now)}
	if has != nil {
		has.upgraded = x
	}
	h.terms[buyer] = append(h.terms[buyer], x)
	h.earn(buyer, x)
	h.allowAll(rt)
}

// aYearOn is the end of the day a year later, in Shanghai.
func aYearOn(at time.Time) time.Time {
	local := at.In(time.FixedZone("Asia/Shanghai", 8*3600)).Add(-time.Microsecond) // one that begins at midnight ends with the day before
	return time.Date(local.Year()+1, local.Month(), local.Day()+1, 0, 0, 0, 0, local.Location())
}

func (h *promotion) membership(buyer string) *sold {
	for _, x := range h.terms[buyer] {
		if x.live(h.clock.Now()) {
			return x
		}
	}
	return nil
}

// some is an order of which something can go back.
func (h *promotion) some(rt *rapid.T) *sold {
	all := h.terms[h.who(rt, "buyer")]
	if len(all) == 0 {
		return nil
	}
	return rapid.SampledFrom(all).Draw(rt, "order")
}

func (h *promotion) asks(rt *rapid.T, x *sold, amount money.Fen) {
	_, err := h.Shop.Refund(rt.Context(), h.community, x.id, shop.Ask{Key: h.DB.NewID(), Amount: amount, Actor: "op"})
	h.must(h.Settle(rt.Context()))
	switch {
	case x.gone && errors.Is(err, shop.ErrNotPaid), x.upgraded != nil && errors.Is(err, membership.ErrNotBought):
		return // it has all gone back; or what it bought is a part of something else
	case amount == 0 && errors.Is(err, membership.ErrFollowed) && h.followed(x):
		return // what came after it goes back first
	case err != nil || x.gone || x.upgraded != nil:
		rt.Fatalf("refund of %s of %+v: %v", amount, x, err)
	case amount > 0:
		x.back += amount
		return
	}
	x.back, x.gone = x.amount, true
	for _, all := range h.terms {
		for _, o := range all {
			if o.upgraded == x {
				o.upgraded = nil // it goes on
			}
		}
	}
}

func (h *promotion) followed(x *sold) bool {
	for _, all := range h.terms {
		if slices.Contains(all, x) {
			return slices.ContainsFunc(all, func(o *sold) bool { return o.plan == x.plan && o.live(h.clock.Now()) && !o.at.Before(x.until) })
		}
	}
	return false
}

func (h *promotion) refundSome(rt *rapid.T) {
	if x := h.some(rt); x != nil && x.amount-x.back > 1 {
		h.asks(rt, x, money.Fen(rapid.Int64Range(1, int64(x.amount-x.back)-1).Draw(rt, "amount")))
	}
}

func (h *promotion) refundAll(rt *rapid.T) {
	if x := h.some(rt); x != nil {
		h.asks(rt, x, 0)
	}
}

// payOut pays a batch of which some lines fail, of these some are tried again, or calls it off.
func (h *promotion) payOut(rt *rapid.T) {
	one, other := audit.Actor{Kind: access.Operator, ID: "one"}, audit.Actor{Kind: access.Operator, ID: "other"}
	var b payout.Batch
	h.do(func(tx *db.Tx) (err error) {
		b, err = h.Payouts.DraftTx(tx, one, payout.Plan{Threshold: money.Fen(rapid.Int64Range(1, 50_00).Draw(rt, "threshold")), WithholdBP: rapid.IntRange(0, 2000).Draw(rt, "withheld")})
		return err
	})
	var lines []payout.Line
	h.do(func(tx *db.Tx) error {
		p, err := h.Payouts.LinesTx(tx, b.ID, payout.Reserved, "", 100)
		lines = p.Items
		return err
	})
	if len(lines) == 0 || rapid.IntRange(0, 4).Draw(rt, "called off") == 0 {
		h.do(func(tx *db.Tx) error { _, err := h.Payouts.CancelTx(tx, other, b.ID); return err })
		return
	}
	h.do(func(tx *db.Tx) error { _, err := h.Payouts.ApproveTx(tx, other, b.ID); return err })
	for _, l := range lines {
		fails, again := rapid.Bool().Draw(rt, "fails"), rapid.Bool().Draw(rt, "again")
		if fails {
			h.do(func(tx *db.Tx) error { _, err := h.Payouts.FailedTx(tx, other, l.ID, "户名不符"); return err })
		}
		if fails && !again {
			continue
		}
		if fails {
			h.do(func(tx *db.Tx) error { _, err := h.Payouts.RetryTx(tx, other, l.ID); return err })
		}
		for range 2 { // told twice
			h.do(func(tx *db.Tx) error { _, err := h.Payouts.PaidTx(tx, other, l.ID); return err })
		}
		h.paid[l.Person] += int64(l.Gross)
	}
}

func (h *promotion) pass(rt *rapid.T) {
	h.later(time.Duration(rapid.SampledFrom([]int{1, 4, 6, 8, 40, 200}).Draw(rt, "days")) * 24 * time.Hour)
}

// allowAll allows the rewards that are looked at, for what promoter and buyer share, before anything else happens: they are paid as others.
func (h *promotion) allowAll(rt *rapid.T) {
	admin := task.Principal{ID: "op", Roles: []task.Role{{Name: "admin"}}}
	open, err := h.Tasks.List(rt.Context(), h.community, admin, task.Filter{State: task.StateOpen, Kind: growth.ReviewReward}, "", 100)
	h.must(err)
	for _, x := range open.Items {
		_, err := h.Tasks.Claim(rt.Context(), h.community, admin, x.ID)
		h.must(err)
		_, err = h.Tasks.Finish(rt.Context(), h.community, admin, x.ID, growth.Allow, "")
		h.must(err)
		h.must(h.Settle(rt.Context()))
	}
}

func (h *promotion) check(rt *rapid.T) {
	frozen, free := map[string]int64{}, map[string]int64{}
	for _, all := range h.terms {
		for _, o := range all {
			for i, who := range o.earners {
				n := int64(o.amount-o.back) * int64(h.rules.Levels[i].RateBP) / 10_000
				if o.released.After(h.clock.Now()) {
					frozen[who] += n
				} else {
					free[who] += n
				}
			}
		}
	}
	var p growth.Purse
	for _, who := range h.people {
		h.do(func(tx *db.Tx) (err error) { p, err = h.Growth.PurseTx(tx, who); return err })
		if int64(p.Frozen) != frozen[who] || int64(p.Available-p.Owed)+h.paid[who] != free[who] {
			rt.Fatalf("%s has %+v and was paid %d; the rules say frozen %d and free %d", who, p, h.paid[who], frozen[who], free[who])
		}
	}
	totals, err := h.Ledger.TrialBalance(rt.Context(), h.community, "", h.clock.Now().Add(time.Second))
	h.must(err)
	sum := int64(0)
	for _, x := range totals {
		sum += x.Balance
	}
	if sum != 0 {
		rt.Fatalf("the books sum to %d", sum)
	}
	if h.soundBooks(); h.t.Failed() {
		rt.FailNow()
	}
}
