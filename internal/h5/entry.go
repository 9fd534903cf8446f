package h5

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) entryRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/e/{code}":           p.entry,
		"POST /{community}/e/{code}/arrive":   p.arrive,
		"POST /{community}/e/{code}/follow":   p.follow,
		"POST /{community}/e/{code}/contact":  p.contact,
		"POST /{community}/e/{code}/code":     p.sendCode,
		"POST /{community}/e/{code}/register": p.register,
		"POST /{community}/e/{code}/join":     p.join,
		"GET /{community}/e/{code}/{form}":    p.instead("/e/{code}"),
	}
}

// instead leads from the address of a form to the page it stands on: a form that was refused is shown under its own
// address, and reloading, coming back or choosing another language there asks for that.
func (p *Pages) instead(page string) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		to := page
		for _, name := range []string{"code", "id", "token"} {
			to = strings.ReplaceAll(to, "{"+name+"}", url.PathEscape(r.PathValue(name)))
		}
		return back(w, r, v.base+to)
	}
}

// at is where a visitor stands with the entry of the address.
type at struct {
	*visit
	intake.Standing
	action string
	config intake.Config
	page   intake.Shown // what its landing page says to this browser
}

func (p *Pages) at(ctx context.Context, r *http.Request, v *visit) (a *at, err error) {
	a = &at{visit: v}
	err = p.DB.Read(ctx, v.community.ID, func(tx *db.Tx) error {
		e, err := p.Intake.EntryFor(tx, r.PathValue("code"), v.who.ID)
		if err != nil {
			return err
		}
		a.action = v.base + "/e/" + e.Code
		if a.config, err = p.Intake.ConfigTx(tx); err != nil {
			return err
		}
		if a.page, err = p.Intake.PageTx(tx, e, v.account); err != nil {
			return err
		}
		a.Standing, err = p.Intake.StandingTx(tx, v.who.ID, e)
		return err
	})
	return a, err
}

// patience is how long a form's answer waits for the run that it moves, before the page shows "one moment" and asks again.
const patience = 2 * time.Second

// watch tells of the moves of the person's run from now on: begun before a form is taken, it misses none that the form causes.
func (p *Pages) watch(v *visit) (stop func()) {
	moved := make(chan struct{}, 1)
	v.moved = moved
	return p.Paths.Watch(v.who.ID, func() {
		select {
		case moved <- struct{}{}:
		default:
		}
	})
}

// settled waits until the person's run has come to something they can see, or patience ends. Where nobody watched before the
// form was taken, it looks at once.
func (p *Pages) settled(ctx context.Context, r *http.Request, v *visit, from intake.Stage) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var e intake.Entry
	look := v.moved == nil
	if look {
		defer p.watch(v)()
	}
	for pause := 200 * time.Millisecond; ; pause *= 2 {
		if !look {
			poll := time.NewTimer(pause) // another node may run it
			select {
			case <-ctx.Done():
			case <-v.moved:
			case <-poll.C:
			}
			poll.Stop()
			if ctx.Err() != nil {
				return nil //nolint:nilerr // patience is over, not an error
			}
		}
		look = false
		stage, err := p.stage(ctx, r, v, &e)
		if err != nil {
			if ctx.Err() != nil {
				return nil //nolint:nilerr // patience is over, not an error
			}
			return err
		}
		if stage != from && stage != intake.Working {
			return nil
		}
	}
}

// stage is what at reads, without what only the page shows. It fills e in once.
func (p *Pages) stage(ctx context.Context, r *http.Request, v *visit, e *intake.Entry) (stage intake.Stage, err error) {
	err = p.DB.Read(ctx, v.community.ID, func(tx *db.Tx) (err error) {
		if e.ID == "" {
			if *e, err = p.Intake.EntryFor(tx, r.PathValue("code"), v.who.ID); err != nil {
				return err
			}
		}
		stage, err = p.Intake.StageTx(tx, v.who.ID, *e)
		return err
	})
	return stage, err
}

// entry is the page of an entry: what this is for a stranger, and where they stand for those who have begun.
func (p *Pages) entry(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := p.at(r.Context(), r, v)
	if err != nil {
		return err
	}
	if a.Entry.Path == "" {
		return p.byEntry(w, r, v, a.Entry)
	}
	if a.Stage == intake.AtLanding {
		err := p.Intake.View(r.Context(), v.community.ID, a.Entry.ID, v.account)
		if err == nil {
			err = p.Intake.SeePage(r.Context(), v.community.ID, a.Entry, a.page, v.account)
		}
		if err != nil {
			p.Log.Warn("a view was not counted", "error", err)
		}
	}
	return p.standing(w, r, a, http.StatusOK, nil, nil)
}

// standing shows the page of the stage the person is at.
func (p *Pages) standing(w http.ResponseWriter, r *http.Request, a *at, status int, refusal *errs.Error, form *intake.Form) error {
	x := &view{Title: a.page.Title.In(a.lang), Description: a.page.Lead.In(a.lang), Image: p.preview(a.visit, wholeCommunity)}
	if refusal != nil {
		x.Refusal = p.say(a.visit, refusal)
	}
	name := string(a.Stage)
	var err error
	switch a.Stage {
	case intake.AtLanding:
		x.Data, err = p.landing(r.Context(), a)
	case intake.InQueue:
		x.Data, x.Refresh = p.queue(a)
	case intake.ToFill:
		x.Data, x.Script = p.form(a, refusal, form, x), "form.js"
	case intake.ToJoin:
		x.Data, err = p.joining(r.Context(), a)
	case intake.ToContact:
		x.Data, err = p.contactCard(r.Context(), a)
	case intake.Seated:
		return back(w, r, a.base+"/circles/"+a.Circle)
	case intake.ToBuy:
		return back(w, r, a.base+"/plans")
	case intake.InLine:
		x.Data, x.Refresh = a, 30
	case intake.Ended:
		x.Data = p.ended(a)
	default:
		x.Data = struct{ Action string }{a.action}
		x.Refresh = map[intake.Stage]int{intake.Working: 2, intake.InReview: 30}[a.Stage]
	}
	if err != nil {
		return err
	}
	return p.show(w, a.visit, status, name, x)
}

type queue struct {
	Open          bool
	Number, Ahead int
	OpensAt, Turn string
}

// queue shows the number and the turn; the page is read again when the turn has come.
func (p *Pages) queue(a *at) (queue, int) {
	now, zone := p.DB.Clock().Now(), a.community.Location()
	q := queue{Number: a.Number, Ahead: a.Ahead, Turn: a.Turn.In(zone).Format("2006-01-02 15:04:05")}
	if a.Opening != nil {
		q.Open = !a.Opening.OpensAt.After(now)
		q.OpensAt = a.Opening.OpensAt.In(zone).Format("2006-01-02 15:04")
	}
	return q, max(2, min(30, int(a.Turn.Sub(now)/time.Second)+1))
}

func (p *Pages) arrive(w http.ResponseWriter, r *http.Request, v *visit) error {
	person, e, err := p.Intake.Arrive(r.Context(), v.community.ID, r.PathValue("code"), v.visitor(), r.PostFormValue("keyword"))
	if err != nil {
		return p.again(w, r, v, "", err, nil)
	}
	if person != "" && person != v.who.ID {
		if err := p.signIn(r.Context(), w, r, v, person); err != nil {
			return err
		}
	}
	if e.Path == "" { // the event's page: there a stranger signs up, and nobody has a step to wait for
		return back(w, r, v.base+"/e/"+e.Code)
	}
	return p.onward(w, r, v, intake.AtLanding)
}

// visitor is the person, or the browser of a stranger.
func (v *visit) visitor() intake.Visitor {
	return intake.Visitor{Person: v.who.ID, Account: v.account, Device: v.account, Address: v.address, Lang: string(v.lang)}
}

// onward waits for what a form has moved and sends the browser to the entry's page.
func (p *Pages) onward(w http.ResponseWriter, r *http.Request, v *visit, from intake.Stage) error {
	if err := p.settled(r.Context(), r, v, from); err != nil {
		return err
	}
	return back(w, r, v.base+"/e/"+r.PathValue("code"))
}

// again shows the page once more with what was refused. When the person has gone on meanwhile, by another tap or device, the
// refusal is of no use to them: they are shown where they are.
func (p *Pages) again(w http.ResponseWriter, r *http.Request, v *visit, from intake.Stage, err error, form *intake.Form) error {
	e := errs.As(err)
	if e == nil || e.Kind == errs.NotFound || e.Kind == errs.Gone && e.Field == "" {
		return err
	}
	a, atErr := p.at(r.Context(), r, v)
	if atErr != nil {
		return err
	}
	if from != "" && a.Stage != from {
		return back(w, r, a.action)
	}
	return p.standing(w, r, a, statusOf[e.Kind], e, form)
}

func (p *Pages) follow(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := p.at(r.Context(), r, v)
	if err != nil || a.Stage != intake.ToFollow {
		return or(err, func() error { return p.onward(w, r, v, "") })
	}
	defer p.watch(v)()
	if err := p.Intake.Follow(r.Context(), v.community.ID, a.Person, a.Entry.ID, v.account); err != nil {
		return p.again(w, r, v, intake.ToFollow, err, nil)
	}
	return p.onward(w, r, v, intake.ToFollow)
}

func or(err error, then func() error) error {
	if err != nil {
		return err
	}
	return then()
}

func (p *Pages) contact(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := p.at(r.Context(), r, v)
	if err != nil || a.Stage != intake.ToContact {
		return or(err, func() error { return p.onward(w, r, v, "") })
	}
	defer p.watch(v)()
	if err := p.Intake.AddContact(r.Context(), v.community.ID, a.Person, a.Entry.ID, a.Contact, a.Contact+":"+v.account); err != nil {
		return p.again(w, r, v, intake.ToContact, err, nil)
	}
	return p.onward(w, r, v, intake.ToContact)
}

type contactCard struct{ Action, Name, Circle, Href string }

// contactCard shows the contact to add, and the way to the circle for those who sit in one already.
func (p *Pages) contactCard(ctx context.Context, a *at) (c contactCard, err error) {
	c.Action = a.action
	err = p.DB.Read(ctx, a.community.ID, func(tx *db.Tx) error {
		t, err := p.Intake.ContactName(tx, a.Contact)
		if err != nil {
			return err
		}
		c.Name = t.In(a.lang)
		stays, err := p.Circles.CirclesOfTx(tx, a.Person)
		if len(stays) > 0 {
			c.Circle, c.Href = stays[0].Info.Name.In(a.lang), a.base+"/circles/"+stays[0].Circle
		}
		return err
	})
	return c, err
}

type joining struct{ Action, Circle, Until, Rules string }

func (p *Pages) joining(ctx context.Context, a *at) (j joining, err error) {
	until, layout := a.Expires.In(a.community.Location()), "15:04"
	if day(until) != day(p.DB.Clock().Now().In(a.community.Location())) {
		layout = "2006-01-02 15:04"
	}
	j = joining{Action: a.action, Until: until.Format(layout)}
	err = p.DB.Read(ctx, a.community.ID, func(tx *db.Tx) error {
		c, err := p.Circles.GetTx(tx, a.Circle)
		if err != nil {
			return err
		}
		j.Circle, j.Rules = c.Name.In(a.lang), c.Rules.In(a.lang)
		return nil
	})
	return j, err
}

func (p *Pages) join(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := p.at(r.Context(), r, v)
	if err != nil || a.Stage != intake.ToJoin {
		return or(err, func() error { return p.onward(w, r, v, "") })
	}
	if _, err := p.Circles.Join(r.Context(), v.community.ID, circle.Join{Person: a.Person, Circle: a.Circle, Entry: a.Entry.ID}); err != nil {
		return p.again(w, r, v, intake.ToJoin, err, nil)
	}
	return p.onward(w, r, v, intake.ToJoin)
}

type ended struct {
	Action, Title, Lead string
	Again               bool
}

// ended says how a run came to its end. Outcomes that the catalogue knows have words of their own.
func (p *Pages) ended(a *at) ended {
	key := "h5.ended." + strings.ReplaceAll(a.Outcome, "-", "_")
	if !p.Words.Has(text.Hans, key+".title") {
		key = "h5.ended.other"
	}
	x := &view{p: p, community: a.community, lang: a.lang}
	return ended{Action: a.action, Title: x.T(key + ".title"), Lead: x.T(key + ".lead"), Again: a.Outcome == "lapsed" || a.Outcome == "not-joined"}
}

// openedFor is how long the form's page has been open, by the time it carries; 0 if that can't be.
func openedFor(r *http.Request, now time.Time) time.Duration {
	ms, err := strconv.ParseInt(r.PostFormValue("opened"), 10, 64)
	if err != nil {
		return 0
	}
	d := now.Sub(time.UnixMilli(ms))
	if d < 0 || d > 24*time.Hour {
		return 0
	}
	return d
}

func (v *visit) String() string { return fmt.Sprintf("%s %s", v.base, v.who.Key()) }
