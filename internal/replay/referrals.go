package replay

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// referrals is what becomes of the links that members share, and of the open classes.
type referrals struct {
	s        *sim
	n        int
	upgraded map[*buyer]bool
	came     []*buyer // by a link, or to an open class
	shared   int
	opened   int
	redeemed int
	spent    int64 // points
	class    classes
}

// classes counts what became of the open classes.
type classes struct{ held, tickets, there, bought int }

// What a redemption is of: the playbook's, and what it costs in points.
const (
	redeems      = "replays/evening"
	redeemPoints = 300
)

// begin lets somebody who has become a member introduce themselves, go on to KA, and share their link, or not.
func (r *referrals) begin(o *buyer) {
	s := r.s
	s.in(s.delay("delay.introduce"), func(ctx context.Context) error { return s.introduce(ctx, o) })
	if s.chance("go.upgrade") {
		s.in(s.delay("delay.upgrade"), func(ctx context.Context) error { return s.upgrade(ctx, o, r.upgraded) })
	}
	if s.chance("go.refer") {
		s.in(s.delay("delay.refer"), func(ctx context.Context) error { return r.share(ctx, o) })
	}
}

// share lets a member choose what they want for it, and people come by their link.
func (r *referrals) share(ctx context.Context, m *buyer) error {
	s := r.s
	var link growth.Link
	m.points = s.chance("share.points")
	err := s.DB.Do(ctx, s.community, func(tx *db.Tx) (err error) {
		kind := growth.InMoney
		if m.points {
			kind = growth.InPoints
		}
		if err := s.Growth.ChooseTx(tx, m.person, "referral", kind); err != nil {
			return err
		}
		link, err = s.Growth.LinkTx(tx, m.person, "plan:vip")
		return err
	})
	if err != nil {
		return fmt.Errorf("share: %w", err)
	}
	r.shared++
	for range s.about("readers.refer") {
		o := r.newcomer("join")
		o.arrives = "go.arrive.referred"
		o.buys = func(ctx context.Context) error {
			if err := o.buy(ctx); err != nil || o.order == "" {
				return err
			}
			r.begin(o)
			s.in(time.Duration(s.param("window.refund")+1)*day, func(ctx context.Context) error { return r.redeem(ctx, m) })
			return nil
		}
		s.in(s.delay("delay.read"), func(ctx context.Context) error {
			r.opened++
			r.came = append(r.came, o)
			return o.follow(ctx, "referral", m, link.Code)
		})
	}
	return nil
}

// newcomer is somebody who hears of the academy by others.
func (r *referrals) newcomer(entry string) *buyer {
	s := r.s
	r.n++
	o := s.newBuyer(entry, r.n, "vip", vipPrice, 1)
	o.fields = map[string]string{"company": "一家公司", "city": cities[s.rand.IntN(len(cities))]}
	return o
}

// redeem spends points when there are enough.
func (r *referrals) redeem(ctx context.Context, m *buyer) error {
	s := r.s
	if !m.points || !s.chance("go.redeem") {
		return nil
	}
	o, err := s.Shop.Checkout(ctx, s.community, shop.Checkout{
		Key: fmt.Sprintf("redeem %s %d", m.person, s.Clock.Now().UnixMicro()), Person: m.person, Points: true, Items: []shop.Item{{Kind: shop.KindGoods, Item: redeems}},
	})
	if refused(err) {
		return nil // too few
	}
	if err != nil {
		return fmt.Errorf("redeem: %w", err)
	}
	r.redeemed++
	r.spent += o.Points
	return nil
}

// classes plans an open class in each month, to which strangers come.
func (r *referrals) classes(start time.Time, months int) {
	s := r.s
	first := start.Truncate(day).Add(12 * time.Hour) // eight in the evening
	for m := range months {
		starts := first.AddDate(0, m, 12)
		s.at(starts.Add(-7*day), func(ctx context.Context) error { return r.plan(ctx, starts) })
	}
}

// plan makes an open class and lets people hear of it.
func (r *referrals) plan(ctx context.Context, starts time.Time) error {
	s := r.s
	e, err := s.Events.Plan(ctx, s.community, event.Draft{Template: "open", Title: text.Text{text.Hans: "老板怎样带内容团队"}, Starts: starts}, "")
	if err != nil {
		return fmt.Errorf("plan an open class: %w", err)
	}
	r.class.held++
	for range int(math.Round(s.param("reach.open") * s.param("scale"))) {
		if s.chance("go.open") {
			s.in(time.Duration(s.rand.Float64()*float64(6*day)), func(ctx context.Context) error { return r.register(ctx, e) })
		}
	}
	return nil
}

// register lets a stranger take a ticket of an open class, and come or not.
func (r *referrals) register(ctx context.Context, e event.Event) error {
	s := r.s
	o := r.newcomer("open")
	if err := o.known(ctx); err != nil || o.person == "" {
		return err
	}
	if _, err := s.Events.Claim(ctx, s.community, e.ID, "everybody", o.person); err != nil {
		return o.refused(err)
	}
	r.came = append(r.came, o)
	r.class.tickets++
	if s.chance("go.show") {
		s.at(e.Starts.Add(10*time.Minute), func(ctx context.Context) error { return r.listen(ctx, e, o) })
	}
	return nil
}

// listen lets somebody be at an open class, and perhaps buy what it offers.
func (r *referrals) listen(ctx context.Context, e event.Event, o *buyer) error {
	s := r.s
	if err := s.DB.Do(ctx, s.community, func(tx *db.Tx) error { return s.Events.AttendTx(tx, e.ID, o.person) }); err != nil {
		return o.refused(err)
	}
	r.class.there++
	if !s.chance("go.offer") {
		return nil
	}
	s.at(e.Ends.Add(s.delay("delay.offer")), func(ctx context.Context) error {
		coupon := e.Sells.Coupon
		if !e.Offers(s.Clock.Now()) {
			coupon = "" // it is over; they buy at the price that everybody pays
		}
		if err := o.offered(ctx, e.Origin(), coupon); err != nil {
			return o.refused(err)
		}
		r.class.bought++
		r.begin(o)
		o.later(s.delay("delay.join"))
		return nil
	})
	return nil
}

// report measures what came of it, and holds the points of those who shared against the rules.
func (r *referrals) report(ctx context.Context, all []*buyer) error {
	s := r.s
	s.figure("open classes held", float64(r.class.held), "events", 0)
	s.figure("tickets of open classes", float64(r.class.tickets), "tickets", 0)
	s.figure("came to an open class", float64(r.class.there), "people", float64(r.class.tickets))
	s.figure("bought what it offered", float64(r.class.bought), "people", float64(r.class.there))
	s.figure("members who shared their link", float64(r.shared), "people", 0)
	s.figure("came by a member's link", float64(r.opened), "people", 0)
	bought := 0
	for _, o := range r.came {
		if len(o.ties) > 0 && o.order != "" {
			bought++
		}
	}
	s.figure("of these became members", float64(bought), "people", float64(r.opened))
	var earned int64
	for _, p := range s.owed {
		if p.to.points && p.due(s.Clock.Now()) {
			earned += p.fen / 100 // the playbook gives a point for each whole yuan
		}
	}
	var left int64
	err := s.DB.Read(ctx, s.community, func(tx *db.Tx) error {
		left = 0
		for _, o := range all {
			if !o.points {
				continue
			}
			n, err := s.Shop.PointsTx(tx, []string{o.person})
			if err != nil {
				return err
			}
			left += n
		}
		return nil
	})
	s.figure("points earned by sharing", float64(earned), "points", 0)
	s.figure("of these spent in the shop", percent(int(r.spent), int(earned)), "%", float64(earned))
	s.figure("redeemed with points", float64(r.redeemed), "orders", 0)
	s.invariant("points are what the rules say", earned == left+r.spent && r.spent == redeemPoints*int64(r.redeemed), "%d by the rules, %d spent on %d orders, %d left", earned, r.spent, r.redeemed, left)
	return err
}
