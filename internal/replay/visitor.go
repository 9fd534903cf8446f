package replay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// visitor is a simulated person who comes by an entry and goes on, or gives up, at each step.
type visitor struct {
	s        *sim
	entry    string
	account  string
	address  string
	phone    string
	name     string
	fields   map[string]string
	consents []string
	spammer  bool
	again    *visitor // whom this one is, come again by another device
	hurry    time.Duration
	kind     string // of joiner, in truth
	arrives  string // the parameter of going on from the landing page; "" means go.arrive
	buys     func(ctx context.Context) error
	met      func(ctx context.Context) error // what is done once they are somebody, if anything

	person   string
	circle   string
	outcome  string
	joinedAt time.Time
	queued   bool          // has stood in the queue before the doors
	ahead    time.Duration // for the turn, when they first saw their number
	waits    int
	typos    int
	done     bool
}

// surnames and given names make names that look like names; they are drawn, not anybody's.
var (
	surnames = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕")
	given    = []string{"小雨", "思琪", "佳宁", "子涵", "雨桐", "欣怡", "梦洁", "晓彤", "静怡", "若曦", "诗涵", "雅婷", "慧敏", "丽华", "海燕", "秀英", "婷婷", "玉兰", "春梅", "晓红"}
	cities   = []string{"上海", "北京", "广州", "深圳", "杭州", "成都", "武汉", "南京", "西安", "苏州"}
)

func (s *sim) newVisitor(entry string, n int) *visitor {
	v := &visitor{
		s: s, entry: entry, account: fmt.Sprintf("%032x", uint64(n)*2654435761+uint64(len(entry))), phone: fmt.Sprintf("139%08d", n),
		address: fmt.Sprintf("10.%d.%d.%d", s.rand.IntN(256), s.rand.IntN(256), 1+s.rand.IntN(254)), consents: []string{"service"}, hurry: time.Minute,
	}
	v.name = string(surnames[s.rand.IntN(len(surnames))]) + given[s.rand.IntN(len(given))]
	if s.chance("consent.marketing") {
		v.consents = append(v.consents, "marketing")
	}
	return v
}

// come lets the visitor arrive at a time.
func (v *visitor) come(t time.Time) { v.s.at(t, v.act) }

// later looks at the page again after a while.
func (v *visitor) later(d time.Duration) { v.s.in(d, v.act) }

// act does what the page asks for next, or gives up.
func (v *visitor) act(ctx context.Context) error {
	st, err := v.standing(ctx)
	if err != nil {
		return err
	}
	switch st.Stage {
	case intake.AtLanding:
		return v.arrive(ctx)
	case intake.InQueue:
		if !v.queued {
			v.queued, v.ahead = true, max(0, st.Turn.Sub(v.s.Clock.Now()))
		}
		v.s.at(st.Turn.Add(v.s.delay("delay.door")), v.act)
	case intake.ToFollow:
		return v.proceed(ctx, "go.follow", "delay.contact", func(ctx context.Context) error {
			return v.s.Intake.Follow(ctx, v.s.community, v.person, st.Entry.ID, v.account)
		})
	case intake.ToContact:
		return v.proceed(ctx, "go.contact", "delay.form", func(ctx context.Context) error {
			return v.s.Intake.AddContact(ctx, v.s.community, v.person, st.Entry.ID, st.Contact, st.Contact+":"+v.account)
		})
	case intake.ToFill:
		return v.proceed(ctx, "go.form", "delay.join", v.fill)
	case intake.ToBuy:
		return v.buys(ctx)
	case intake.ToJoin:
		return v.proceed(ctx, "go.join", "delay.form", func(ctx context.Context) error { return v.join(ctx, st) })
	case intake.InReview:
		v.wait(time.Hour)
	case intake.InLine, intake.Working:
		v.wait(2 * time.Hour)
	case intake.Seated, intake.Ended:
		v.end(st)
	}
	return nil
}

// wait looks again a limited number of times: nobody looks for ever.
func (v *visitor) wait(d time.Duration) {
	if v.waits++; v.waits > 100 {
		v.outcome, v.done = "gave up", true
		return
	}
	v.later(d)
}

func (v *visitor) end(st intake.Standing) {
	v.done, v.circle, v.outcome = true, st.Circle, st.Outcome
	if st.Stage == intake.Seated {
		v.outcome = "seated"
	}
}

func (v *visitor) standing(ctx context.Context) (st intake.Standing, err error) {
	err = v.s.DB.Read(ctx, v.s.community, func(tx *db.Tx) error {
		e, err := v.s.Intake.EntryByCode(tx, v.entry)
		if err != nil {
			return err
		}
		st, err = v.s.Intake.StandingTx(tx, v.person, e)
		return err
	})
	return st, err
}

// proceed does a step with its probability and comes back for the next one; else the visitor is lost at this step.
func (v *visitor) proceed(ctx context.Context, chance, delay string, do func(context.Context) error) error {
	if !v.s.chance(chance) {
		v.outcome, v.done = "gave up", true
		return nil
	}
	if err := do(ctx); err != nil {
		return v.refused(err)
	}
	if v.done {
		return nil
	}
	v.later(v.s.delay(delay))
	return nil
}

// refused takes a refusal as a person would; anything else ends the replay.
func (v *visitor) refused(err error) error {
	e := errs.As(err)
	switch {
	case e == nil:
		return err
	case errors.Is(err, seat.ErrLapsed), errors.Is(err, circle.ErrNoSeat):
		v.later(time.Minute) // the page says where they stand now
	case e.Kind == errs.Limited:
		v.wait(2 * time.Minute)
	case e.Kind == errs.Unavailable, e.Kind == errs.Internal:
		return err
	default:
		v.outcome, v.done = "refused: "+e.Code, true
	}
	return nil
}

func (v *visitor) arrive(ctx context.Context) error {
	if v.person == "" {
		e, err := v.entryID(ctx)
		if err != nil {
			return err
		}
		if err := v.s.Intake.View(ctx, v.s.community, e, v.account); err != nil {
			return err
		}
		arrives := v.arrives
		if arrives == "" {
			arrives = "go.arrive"
		}
		if !v.spammer && v.again == nil && !v.s.chance(arrives) {
			v.outcome, v.done = "looked only", true
			return nil
		}
	}
	person, _, err := v.s.Intake.Arrive(ctx, v.s.community, v.entry, v.visitor(), "")
	if err != nil {
		return v.refused(err)
	}
	v.person = person
	if v.met != nil {
		if err := v.met(ctx); err != nil {
			return err
		}
	}
	v.later(v.s.delay("delay.contact"))
	return nil
}

func (v *visitor) entryID(ctx context.Context) (id string, err error) {
	err = v.s.DB.Read(ctx, v.s.community, func(tx *db.Tx) error {
		e, err := v.s.Intake.EntryByCode(tx, v.entry)
		id = e.ID
		return err
	})
	return id, err
}

func (v *visitor) visitor() intake.Visitor {
	return intake.Visitor{Person: v.person, Account: v.account, Device: v.account, Address: v.address, Lang: "zh-Hans"}
}

// fill sends the form; now and then the code is mistyped.
func (v *visitor) fill(ctx context.Context) error {
	if err := v.s.Intake.SendCode(ctx, v.s.community, v.phone, v.address, "zh-Hans"); err != nil {
		return err
	}
	code := v.s.Code(v.phone)
	form := intake.Form{Phone: v.phone, Code: code, Fields: map[string]string{"name": v.name}, Consents: v.consents, FilledIn: v.hurry}
	for k, x := range v.fields {
		form.Fields[k] = x
	}
	if v.typos == 0 && v.s.chance("error.code") {
		v.typos++
		wrong := form
		wrong.Code = "000000"
		if code == wrong.Code {
			wrong.Code = "000001"
		}
		if _, err := v.s.Intake.Submit(ctx, v.s.community, v.person, v.entry, v.visitor(), wrong); err == nil {
			return errors.New("a wrong code was taken")
		}
	}
	r, err := v.s.Intake.Submit(ctx, v.s.community, v.person, v.entry, v.visitor(), form)
	if err == nil {
		v.person = r.Person
	}
	return err
}

func (v *visitor) join(ctx context.Context, st intake.Standing) error {
	m, err := v.s.Circles.Join(ctx, v.s.community, circle.Join{Person: v.person, Circle: st.Circle, Entry: st.Entry.ID})
	if err != nil {
		return err
	}
	v.circle, v.joinedAt = st.Circle, m.JoinedAt
	return nil
}
