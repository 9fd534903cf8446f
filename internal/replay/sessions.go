package replay

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// season is what becomes of the sessions and salons that are held.
type season struct {
	s       *sim
	members func() []*buyer
	guests  []*buyer
	held    map[string]int // events, by template
	tickets map[string]int // of members
	came    map[string]int
	gifts   int
	claimed int
	showed  int
	answers int
	n       int
}

// hold plans the season's events: so many sessions a week and salons a month, each a while after it was planned.
func (s *sim) season(start time.Time, months int, members func() []*buyer) *season {
	x := &season{s: s, members: members, held: map[string]int{}, tickets: map[string]int{}, came: map[string]int{}, n: 5_000_000}
	const week = 7 * 24 * time.Hour
	start = start.Truncate(24 * time.Hour) // sessions begin at eight in the evening, salons at two in the afternoon
	until := start.AddDate(0, months, 0)
	if s.param("renewals") == 0 { // who looks at the community then finds what comes next in its calendar
		until = until.Add(4 * week)
	}
	first := start.Add(2 * week)
	for first.Weekday() != time.Monday { // sessions are on Tuesdays and Thursdays, as the playbook has them
		first = first.Add(24 * time.Hour)
	}
	for at := first; at.Before(until); at = at.Add(week) {
		for i := range int(s.param("sessions.week")) {
			x.plan("session", at.Add(time.Duration(1+2*i)*24*time.Hour+12*time.Hour))
		}
	}
	for m := range months {
		for i := range int(math.Round(s.param("salons.month") * max(s.param("scale"), 0.2))) {
			x.plan("salon", start.AddDate(0, m, 20+i%8).Add(6*time.Hour))
		}
	}
	return x
}

// topics are what sessions and salons are about: of the kind that operators talk of, and nobody's own words.
var topics = map[string][]string{
	"session": {"冷启动：前 100 个会员从哪来", "群里没人说话，要不要管", "一篇稿子怎样从提纲改到能看", "续费率从哪一步开始丢", "活动报名多、到场少，怎么补", "社群里的分享，怎样不像广告", "两个人的团队怎么排一周"},
	"salon":   {"电商私域：老客第二单", "内容团队怎么定选题", "线下活动的成本账", "会员权益做减法"},
}

// plan makes an event five weeks ahead, or at once where that is past, and lets people come to it.
func (x *season) plan(template string, at time.Time) {
	s := x.s
	s.at(at.AddDate(0, 0, -35), func(ctx context.Context) error {
		e, err := s.Events.Plan(ctx, s.community, event.Draft{
			Template: template, Title: text.Text{text.Hans: topics[template][x.held[template]%len(topics[template])]},
			Starts: at, City: cities[s.rand.IntN(len(cities))],
		}, "")
		if err != nil {
			return fmt.Errorf("plan an event: %w", err)
		}
		x.held[template]++
		if template == "session" {
			s.at(e.Ends, func(ctx context.Context) error { return x.summarise(ctx, e) })
			s.at(at.AddDate(0, 0, -6), func(ctx context.Context) error { return x.judge(ctx, e) })
		}
		s.at(at.AddDate(0, 0, -5), func(ctx context.Context) error { return x.invite(ctx, e) })
		return nil
	})
}

// invite lets members take their tickets, and give some to friends.
func (x *season) invite(ctx context.Context, e event.Event) error {
	s := x.s
	for _, m := range x.members() {
		if s.rand.Float64() < s.param("go."+e.Template) {
			if _, err := s.Events.Claim(ctx, s.community, e.ID, "member", m.person); err != nil {
				if refused(err) {
					continue // the house is full, or the membership is over
				}
				return err
			}
			x.tickets[e.Template]++
			if s.chance("go.show") {
				s.at(e.Starts.Add(time.Minute), func(ctx context.Context) error { return x.attend(ctx, e, m) })
			}
		}
		if e.Friends.PerMember == 0 {
			continue
		}
		for i := range e.Friends.PerMember {
			if s.chance("go.give") {
				if err := x.give(ctx, e, m, i); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// give sends a friend a ticket, who may take it: a stranger registers first.
func (x *season) give(ctx context.Context, e event.Event, m *buyer, i int) error {
	s := x.s
	g, err := s.Events.Give(ctx, s.community, e.ID, m.person, fmt.Sprintf("%s %s %d", e.ID, m.person, i))
	if refused(err) {
		return nil
	}
	if err != nil {
		return err
	}
	x.gifts++
	if !s.chance("go.claim") {
		return nil // it comes back when claims close
	}
	x.n++
	guest := s.newBuyer("join", x.n, plan, firstPrice, 1)
	guest.fields = map[string]string{"field": "other"}
	guest.buys = func(context.Context) error { guest.outcome, guest.done = "guest", true; return nil } // decides after the event
	x.guests = append(x.guests, guest)
	s.in(s.delay("delay.buy"), func(ctx context.Context) error {
		if err := guest.known(ctx); err != nil || guest.person == "" {
			return err
		}
		_, err := s.Events.ClaimGift(ctx, s.community, g.Token, guest.person)
		if refused(err) {
			return nil
		}
		if err != nil {
			return err
		}
		x.claimed++
		if s.chance("go.show") {
			s.at(e.Starts.Add(time.Minute), func(ctx context.Context) error { return x.guestComes(ctx, e, m, guest) })
		}
		return nil
	})
	return nil
}

// known makes somebody known: they arrive by the entry and fill in its form.
func (o *buyer) known(ctx context.Context) error {
	person, _, err := o.s.Intake.Arrive(ctx, o.s.community, o.entry, o.visitor.visitor(), "")
	if err != nil {
		return o.refused(err)
	}
	o.person = person
	if err := o.s.Settle(ctx); err != nil {
		return err
	}
	if err := o.fill(ctx); err != nil {
		o.person = ""
		return o.refused(err)
	}
	return nil
}

func (x *season) attend(ctx context.Context, e event.Event, o *buyer) error {
	s := x.s
	err := s.DB.Do(ctx, s.community, func(tx *db.Tx) error { return s.Events.AttendTx(tx, e.ID, o.person) })
	if refused(err) {
		return nil
	}
	if err != nil {
		return err
	}
	x.came[e.Template]++
	if !s.chance("go.answer") {
		return nil
	}
	score := int(math.Round(min(10, max(0, s.param("score.mean")+s.rand.NormFloat64()*1.6))))
	s.at(e.Ends.Add(3*time.Hour), func(ctx context.Context) error {
		x.answers++
		return s.Events.Answer(ctx, s.community, e.ID, o.person, event.Answer{Score: score, Event: score >= 9, Service: score >= 8})
	})
	return nil
}

// guestComes lets a friend come, and perhaps become a member because of it: then who gave them the ticket is owed their part.
func (x *season) guestComes(ctx context.Context, e event.Event, giver, guest *buyer) error {
	s := x.s
	if err := x.attend(ctx, e, guest); err != nil {
		return err
	}
	x.showed++
	guest.tie("lockin", giver, s.Clock.Now())
	if !s.chance("go.convert") {
		return nil
	}
	s.in(s.delay("delay.convert"), func(ctx context.Context) error {
		if err := guest.checkout(ctx); err != nil {
			return guest.refused(err)
		}
		guest.later(s.delay("delay.join"))
		return nil
	})
	return nil
}

// refused tells that somebody was told no, which is an answer and not a fault.
func refused(err error) bool {
	e := errs.As(err)
	return e != nil && e.Kind != errs.Internal && e.Kind != errs.Unavailable && !db.IsTransient(err)
}

// report measures what came of the season.
func (x *season) report() {
	s := x.s
	s.figure("sessions held", float64(x.held["session"]), "events", 0)
	s.figure("salons held", float64(x.held["salon"]), "events", 0)
	s.figure("salon tickets taken, each of 50", float64(x.tickets["salon"]), "tickets", float64(50*x.held["salon"]))
	s.figure("friend tickets given", float64(x.gifts), "tickets", 0)
	s.figure("friend tickets taken", float64(x.claimed), "tickets", float64(x.gifts))
	s.figure("friends who came", float64(x.showed), "people", float64(x.claimed))
	bought := 0
	for _, g := range x.guests {
		if g.order != "" {
			bought++
		}
	}
	s.figure("friends who became members", float64(bought), "people", float64(x.showed))
	s.figure("answers after events", float64(x.answers), "answers", float64(x.came["session"]+x.came["salon"]))
	s.published("salons held", "about 50 of 50 people", "case 1")
	s.published("friend tickets given", "3 for every member and session", "case 1")
}

// summarise writes what a session came to, which its staff sends.
func (x *season) summarise(ctx context.Context, e event.Event) error {
	return x.s.DB.Do(ctx, x.s.community, func(tx *db.Tx) error {
		_, err := x.s.Events.SummariseTx(tx, e.ID, e.Title.In(text.Hans))
		return err
	})
}

// admit is what staff does with the tasks of this club: whoever looks odd is let in, guests agree, scripts come, promoters post.
func admit(t task.Task) task.Outcome {
	return map[task.Kind]task.Outcome{
		"review-registration": "admit", "invite-guest": "agreed", "agree-outline": "agreed", "take-script": "in", "choose-jury": "asked", "send-summary": "sent",
		"ask-for-poster": "posted",
	}[t.Kind]
}
