package replay

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/spine/task"
)

// operators is the first reference case: a launch in two waves, ten months of traffic, and renewals.
var operators = scenario{parameters: operatorsParameters, run: runOperators}

// operatorsParameters are how many see the page and how they behave. 35,000 reads of the launch, about 2 % of contacts who buy
// and a renewal rate around 35 % were published as results: here they are behaviour of each person, drawn anew, and what comes
// out is measured.
func operatorsParameters() map[string]float64 {
	return map[string]float64{
		"scale":       0.1,                                                               // of the reads and of the waves
		"months":      10,                                                                // in which people come
		"renewals":    1,                                                                 // whether to go on until the last of them has renewed or not, a year later
		"price.first": 999, "price.later": 1599, "quota.first": 750, "quota.second": 250, // the playbook's
		"reach.launch": 35_000, "reach.second": 9_600, "reach.month": 13_000, // who open the page by the club's own ways: in the first month, and in each later one
		"launch.every": 3,                                       // months from one launch to the next; the first is before the second wave
		"go.pledge":    0.4, "go.keep": 0.8, "shares.pledge": 3, // of the members who are asked, promise; of these, do; and how often each shares
		"readers.share": 2.5, "go.forward": 0.1, "delay.share": 6 * 3600, "delay.read": 12 * 3600, // who open what was shared, and of these, share it on
		"window.lockin": 30, "window.poster": 7, "window.refund": 7, "rate.lockin": 0.15, "rate.poster": 0.1, // days and shares; the playbook's
		"go.arrive": 0.034, "go.form": 0.88, "go.buy": 0.74, "go.join": 0.95, "go.follow": 1, "go.contact": 1,
		"elasticity": 0.35, // twice the price of ¥999 leaves 2^-0.35 = 78 % of the buyers
		"go.renew":   0.35, "go.refund": 0.01,
		"delay.contact": 40, "delay.form": 240, "delay.join": 1800, "delay.buy": 3600, "delay.door": 30,
		"sessions.week": 2, "salons.month": 5, // salons: at full scale
		"go.session": 0.3, "go.salon": 0.05, "go.show": 0.6, "go.answer": 0.4, "score.mean": 8.3,
		"go.give": 0.01, "go.claim": 0.5, "go.convert": 0.12, "delay.convert": 3 * 24 * 3600,
		"error.code": 0.03, "consent.marketing": 0.7,
		"staff": 2, "staff.from": 9, "staff.to": 21, "minutes.review-registration": 1, "minutes.ask-for-poster": 3, "minutes.idle": 60,
		"minutes.invite-guest": 20, "minutes.agree-outline": 30, "minutes.take-script": 5, "minutes.choose-jury": 60, "minutes.send-summary": 10, "minutes.look-into-event": 15, "minutes.replan-event": 20, "staff.right": 0.97,
	}
}

// plan is the membership that the club sells, and firstPrice, in fen, the one at which go.buy is the share of those who buy.
const (
	plan       = "annual"
	firstPrice = 999_00
)

func runOperators(ctx context.Context, s *sim) error {
	var err error
	if s.community, err = s.Found(ctx, "operators", "operators"); err != nil {
		return err
	}
	if err := s.declare(ctx, s.waves); err != nil {
		return err
	}
	s.crew(int(s.param("staff")), []task.Role{{Name: "service"}, {Name: "content"}}, admit)
	start := s.Clock.Now()
	all := s.readers(start)
	months := int(s.param("months"))
	b := s.launches(start, months, func() []*buyer { return s.stayed(all) })
	everybody := func() []*buyer { return append(slices.Clone(all), b.readers...) }
	x := s.season(start, months, func() []*buyer { return s.stayed(everybody()) })
	s.payMonthly(start, start.AddDate(0, months, 0))
	if err := s.live(ctx, start.AddDate(0, months, 7), time.Minute); err != nil {
		return err
	}
	all = everybody()
	members := s.stayed(all)
	if s.param("renewals") == 0 {
		return s.measureOperators(ctx, all, members, x, b)
	}
	for _, m := range members {
		s.renewal(m, start)
	}
	// The last term that was bought ends a year later; its grace and the days of a late renewal follow.
	if err := s.live(ctx, start.AddDate(1, months, 45), time.Hour); err != nil {
		return err
	}
	return s.measureOperators(ctx, all, members, x, b)
}

// waves sets the prices and quotas of the waves that are sold.
func (s *sim) waves(p *membership.Plan) {
	for i, w := range p.Waves {
		switch w.Name {
		case "first", "second":
			p.Waves[i].Quota = max(1, int(math.Round(s.param("quota."+w.Name)*s.param("scale"))))
			p.Waves[i].Price = money.Fen(math.Round(s.param("price.first") * 100))
		default:
			p.Waves[i].Price = money.Fen(math.Round(s.param("price.later") * 100))
		}
	}
}

// readers lets people open the page: a burst at the launch, another when the second wave opens, then month by month.
func (s *sim) readers(start time.Time) (all []*buyer) {
	n := 0
	come := func(reach float64, month int, from time.Time, span time.Duration, front bool) {
		for range int(math.Round(reach * s.param("scale"))) {
			n++
			o := s.newBuyer("join", n, plan, firstPrice, month)
			o.fields = map[string]string{"field": []string{"content", "users", "activity", "product", "shop"}[s.rand.IntN(5)], "city": cities[s.rand.IntN(len(cities))]}
			at := s.rand.Float64()
			if front {
				at *= at // most see it in the first days
			}
			all = append(all, o)
			o.come(from.Add(time.Duration(at * float64(span))))
		}
	}
	come(s.param("reach.launch"), 1, start, 14*day, true)
	come(s.param("reach.second"), 1, start.Add(16*day), 14*day, true)
	for m := 2; m <= int(s.param("months")); m++ {
		come(s.param("reach.month"), m, start.AddDate(0, m-1, 0), 30*day, false)
	}
	return all
}

func (s *sim) measureOperators(ctx context.Context, all, members []*buyer, x *season, b *board) error {
	scale := s.param("scale")
	seen, launched, first, joined, renewed := 0, 0, 0, 0, 0
	for _, o := range all {
		seen++
		if o.month == 1 {
			launched++
		}
		if o.order == "" {
			continue
		}
		if o.month == 1 {
			first++
		}
	}
	for _, o := range members {
		if joined++; o.renewed {
			renewed++
		}
	}
	s.figure("opened the page in the first month", float64(launched), "people", 0)
	s.figure("members of the first month", float64(first), "people", float64(launched))
	s.figure("members after "+fmt.Sprint(s.param("months"))+" months", float64(joined), "people", float64(seen))
	s.figure("of those who opened the page, bought", percent(joined, seen), "%", float64(seen))
	s.figure("renewed", percent(renewed, joined), "%", float64(joined))
	s.published("members of the first month", fmt.Sprintf("1,000 in two waves; at scale %g: %g", scale, 1000*scale), "case 1")
	s.published("members after ten months", fmt.Sprintf("3,500; at scale %g: %g", scale, 3500*scale), "case 1")
	s.published("of those who opened the page, bought", "750 of 35,000 reads in the first wave (2.1 %), later about 2 % of contacts", "case 1")
	s.published("renewed", "around 35 % is excellent", "case 1")
	b.report()
	x.report()
	if err := s.reportPromoters(ctx); err != nil {
		return err
	}
	if err := s.holdBooks(ctx, append(slices.Clone(all), x.guests...)); err != nil {
		return err
	}
	for _, name := range []string{"join", "renew"} {
		if err := s.losses(ctx, name); err != nil {
			return fmt.Errorf("losses of %s: %w", name, err)
		}
	}
	return s.hold(ctx)
}
