package replay

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// academy is the second reference case: two memberships, of which one holds the other, and four layers up to the hall.
var academy = scenario{parameters: academyParameters, run: runAcademy}

// academyParameters are how founders and staff behave. 5,000 members and ¥60 M a year were published; how many look, buy and go on
// to KA was not.
func academyParameters() map[string]float64 {
	return map[string]float64{
		"scale":  0.02, // of those who look
		"months": 12, "renewals": 1,
		"reach.month": 14_000, "reach.open": 2000, // who open the page in a month by the academy's own ways, and who hear of an open class
		"go.arrive": 0.035, "go.form": 0.85, "go.buy": 0.70, "go.join": 0.85, "go.follow": 1, "go.contact": 1,
		"go.upgrade": 0.075, // to KA, of those who have VIP
		"go.renew":   0.55, "go.refund": 0.02, "go.introduce": 0.8, "elasticity": 0.35,
		"delay.contact": 40, "delay.form": 300, "delay.join": 3600, "delay.buy": 7200, "delay.door": 30,
		"delay.upgrade": 45 * 24 * 3600 / 2, "delay.introduce": 12 * 3600,
		"go.refer": 0.3, "readers.refer": 3, "go.arrive.referred": 0.3, "delay.refer": 20 * 24 * 3600, "delay.read": 24 * 3600, // members who share their link, with how many, who come
		"share.points": 0.7, "go.redeem": 0.6, // of those who share, want points; and of these, spend them when they have enough
		"go.open": 0.3, "go.show": 0.6, "go.offer": 0.1, "delay.offer": 2 * 3600, // of who hear of an open class, register; come; and buy what it offers
		"window.referral": 90, "window.refund": 7, "rate.referral": 0.1, // days and a share; the playbook's
		"error.code": 0.03, "consent.marketing": 0.7,
		"rate.first": 0.03, "rate.second": 0.05, "rate.third": 0.08, // sales' steps; the playbook's
		"go.touch":      0.5,    // of the untouched, at each look
		"target.month":  20_000, // yuan of sales by each who sells
		"approve.after": 24,     // hours until the statements of a month are approved
		"days.after":    14,     // that pass when nobody comes any more
		"staff":         4, "staff.from": 9, "staff.to": 21,
		"minutes.add-sales-account": 3, "minutes.fill-duty": 2, "minutes.check-nickname": 1, "minutes.help-introduction": 8, "minutes.add-service-account": 2,
		"minutes.call-about-renewal": 6, "minutes.follow-absent": 4, "minutes.follow-left": 4, "minutes.follow-stayed": 8, "minutes.review-bond": 5, "minutes.review-reward": 5, "minutes.idle": 120,
		"minutes.late-introduction": 5, "minutes.ask-for-poster": 3, "minutes.invite-guest": 20, "minutes.agree-outline": 30, "minutes.send-summary": 10,
		"minutes.look-into-event": 15, "minutes.replan-event": 20,
	}
}

// vipPrice is the price in fen at which go.buy is the share of those who buy.
const vipPrice = 3600_00

func runAcademy(ctx context.Context, s *sim) error {
	var err error
	if s.community, err = s.Found(ctx, "academy", "academy"); err != nil {
		return err
	}
	s.crew(int(s.param("staff")), []task.Role{{Name: "sales"}, {Name: "service"}, {Name: "admin"}}, func(t task.Task) task.Outcome { return t.Outcomes[0] })
	start, months, n := s.Clock.Now(), int(s.param("months")), 0
	staff, err := s.hire(ctx, int(s.param("staff")))
	if err != nil {
		return err
	}
	ends := start.AddDate(0, months, int(s.param("days.after")))
	if s.param("renewals") > 0 {
		ends = start.AddDate(1, months, 60)
	}
	staff.work(ends)
	s.payMonthly(start, ends)
	upgraded := map[*buyer]bool{}
	r := &referrals{s: s, n: 6_000_000, upgraded: upgraded}
	if err := s.declare(ctx, func(*membership.Plan) {}); err != nil {
		return err
	}
	r.classes(start, months)
	var all []*buyer
	for m := 1; m <= months; m++ {
		for range int(math.Round(s.param("reach.month") * s.param("scale"))) {
			n++
			o := s.newBuyer("join", n, "vip", vipPrice, m)
			o.fields = map[string]string{"company": "一家公司", "scale": []string{"start", "small", "middle", "large"}[s.rand.IntN(4)], "city": cities[s.rand.IntN(len(cities))]}
			o.buys = func(ctx context.Context) error {
				if err := o.buy(ctx); err != nil || o.order == "" {
					return err
				}
				r.begin(o)
				return nil
			}
			all = append(all, o)
			o.come(start.AddDate(0, m-1, 0).Add(time.Duration(s.rand.Float64() * float64(30*24*time.Hour))))
		}
	}
	if err := s.live(ctx, start.AddDate(0, months, int(s.param("days.after"))), 10*time.Minute); err != nil {
		return err
	}
	all = append(all, r.came...)
	members := s.stayed(all)
	if s.param("renewals") > 0 {
		for _, o := range members {
			s.renewal(o, start)
		}
		if err := s.live(ctx, start.AddDate(1, months, 60), time.Hour); err != nil {
			return err
		}
	}
	if err := s.reportPromoters(ctx); err != nil {
		return err
	}
	if err := r.report(ctx, all); err != nil {
		return err
	}
	if err := staff.measure(ctx, start); err != nil {
		return err
	}
	return s.measureAcademy(ctx, all, members, upgraded)
}

// introduce lets a member say who they are in their own circle, and take the place in the hall when it is kept for them.
func (s *sim) introduce(ctx context.Context, o *buyer) error {
	if o.left {
		return nil
	}
	stays, err := s.Circles.CirclesOf(ctx, s.community, o.person)
	if err != nil {
		return err
	}
	for _, m := range stays {
		if m.Info.Group == "service" && s.chance("go.introduce") {
			_, err := s.Circles.Post(ctx, s.community, circle.Actor{ID: o.person}, m.Circle, circle.Draft{Key: "introduction " + o.person, Text: "大家好，我做制造业，想找懂内容的朋友。"})
			if err != nil && !refused(err) {
				return err
			}
		}
	}
	s.in(3*24*time.Hour, func(ctx context.Context) error { return s.enterHall(ctx, o, 0) })
	return nil
}

// enterHall joins the hall when a place is kept there; a few look again.
func (s *sim) enterHall(ctx context.Context, o *buyer, tries int) error {
	var hall string
	err := s.DB.Read(ctx, s.community, func(tx *db.Tx) error {
		kept, err := s.Circles.PlacesTx(tx, o.person)
		if len(kept) > 0 {
			hall = kept[0].Circle
		}
		return err
	})
	if err != nil || hall == "" && tries > 10 {
		return err
	}
	if hall == "" || !s.chance("go.join") {
		s.in(2*24*time.Hour, func(ctx context.Context) error { return s.enterHall(ctx, o, tries+1) })
		return nil
	}
	_, err = s.Circles.Join(ctx, s.community, circle.Join{Person: o.person, Circle: hall})
	if err == nil {
		o.circle = hall
	}
	if refused(err) {
		return nil
	}
	return err
}

// upgrade buys KA, for which what is unused of VIP counts.
func (s *sim) upgrade(ctx context.Context, o *buyer, upgraded map[*buyer]bool) error {
	if o.left {
		return nil
	}
	o.plan = "ka"
	if err := o.checkout(ctx); err != nil {
		return o.refused(err)
	}
	upgraded[o] = true
	return nil
}

func (s *sim) measureAcademy(ctx context.Context, all, members []*buyer, upgraded map[*buyer]bool) error {
	scale := s.param("scale")
	renewed, inHall, paid := 0, 0, int64(0)
	for _, o := range members {
		if o.renewed {
			renewed++
		}
		if o.circle != "" {
			inHall++
		}
		paid += o.paid
	}
	s.figure("members", float64(len(members)), "people", float64(len(all)))
	s.figure("of these KA", float64(len(upgraded)), "people", float64(len(members)))
	s.figure("came to the hall", float64(inHall), "people", float64(len(members)))
	s.figure("renewed", percent(renewed, len(members)), "%", float64(len(members)))
	s.figure("paid in all", float64(paid)/100, "¥", 0)
	s.published("members", fmt.Sprintf("5,000; at scale %g: %g", scale, 5000*scale), "case 2")
	s.published("paid in all", fmt.Sprintf("¥60 M a year; at scale %g: ¥%.2f M", scale, 60*scale), "case 2")
	if err := s.holdBooks(ctx, all); err != nil {
		return err
	}
	for _, name := range []string{"join", "layers", "renew"} {
		if err := s.losses(ctx, name); err != nil {
			return fmt.Errorf("losses of %s: %w", name, err)
		}
	}
	return s.hold(ctx)
}
