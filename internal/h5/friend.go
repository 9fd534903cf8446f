package h5

import (
	"errors"
	"net/http"
	"slices"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) giftRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/gift/{token}":        p.gift,
		"POST /{community}/gift/{token}/claim": p.claimGift,
		"POST /{community}/gift/{token}/code":  p.giftCode,
		"GET /{community}/gift/{token}/{form}": p.instead("/gift/{token}"),
	}
}

// giftsView are the friend tickets for an event that a member gave, and may still give.
type giftsView struct {
	Left  int
	Key   string
	Lead  string
	Given []givenView
}

type givenView struct {
	ID, Link, State string
	Open            bool
}

// gifts is nil for who neither may give friend tickets for an event nor has given any.
func (p *Pages) gifts(tx *db.Tx, x *view, v *visit, l event.Look) (*giftsView, error) {
	list, err := p.Events.GiftsTx(tx, l.Event.ID, v.who.ID)
	if err != nil || len(list) == 0 && l.Gifts == 0 {
		return nil, err
	}
	g := &giftsView{Left: l.Gifts, Key: nonce(), Lead: x.T("h5.gift.lead", "until", x.moment(l.Event.FriendsClose()))}
	for _, one := range list {
		g.Given = append(g.Given, givenView{
			ID: one.ID, Link: p.PublicURL + v.base + "/gift/" + one.Token, State: x.T("h5.gift.state_" + string(one.State)), Open: one.State == event.GiftGiven,
		})
	}
	return g, nil
}

func (p *Pages) giveTicket(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.onEvent(w, r, v, func(tx *db.Tx, e event.Event) (string, error) {
		_, err := p.Events.GiveTx(tx, e.ID, v.who.ID, "page "+v.who.ID+" "+r.PostFormValue("key"))
		return v.base + "/events/" + e.Code + "#gifts", err
	})
}

func (p *Pages) takeGiftBack(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.onEvent(w, r, v, func(tx *db.Tx, e event.Event) (string, error) {
		_, err := p.Events.TakeGiftBackTx(tx, r.PostFormValue("gift"), v.who.ID)
		return v.base + "/events/" + e.Code + "#gifts", err
	})
}

type giftView struct {
	Action, Event, Giver, Title, When, Where, About string
	Image                                           string      // beside the link
	Known                                           bool        // who looks is signed in
	Over                                            bool        // there is nothing to be claimed any more
	Form                                            *signUpView // for a stranger
}

// gift is the page behind a friend ticket's link.
func (p *Pages) gift(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showGift(w, r, v, http.StatusOK, intake.Form{}, false, nil)
}

func (p *Pages) showGift(w http.ResponseWriter, r *http.Request, v *visit, status int, f intake.Form, sent bool, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data giftView
	var why *errs.Error
	var own string // the visitor's ticket by this gift
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		data, why, own, err = p.giftView(tx, x, v, r.PathValue("token"))
		return err
	})
	switch {
	case err != nil:
		return err
	case own != "":
		return back(w, r, v.base+"/tickets/"+own)
	}
	x.Title, x.Description, x.Image = x.T("h5.gift.title", "name", data.Giver, "event", data.Title), data.When+" "+data.Where, data.Image
	switch {
	case why != nil:
		x.Refusal, data.Over = p.say(v, why), true
		if refusal == nil && !why.Is(event.ErrOwnGift) {
			status = statusOf[why.Kind]
		}
	case v.who.Kind == access.Member:
		if refusal != nil {
			x.Refusal = p.say(v, refusal)
		}
	default:
		s, err := p.signUpView(r, v, x, f, refusal)
		if err != nil {
			return err
		}
		s.Action, s.Code, s.Sent, s.Word = data.Action+"/claim", data.Action+"/code", sent, x.T("h5.gift.claim")
		s.SignIn = v.base + "/sign-in?to=" + data.Action
		data.Form = &s
	}
	x.Data = data
	return p.show(w, v, status, "gift", x)
}

// giftView is a friend ticket as anybody with its link sees it; why it can't be claimed any more; the visitor's own ticket by it.
func (p *Pages) giftView(tx *db.Tx, x *view, v *visit, token string) (d giftView, why *errs.Error, own string, err error) {
	g, err := p.Events.GiftTx(tx, token)
	if err != nil {
		return d, nil, "", err
	}
	e, err := p.Events.GetTx(tx, g.Event)
	if err != nil {
		return d, nil, "", err
	}
	names, err := p.People.Names(tx, []string{g.Giver})
	if err != nil {
		return d, nil, "", err
	}
	d = giftView{
		Image: p.preview(v, shop.KindTicket+":"+e.ID), Action: v.base + "/gift/" + g.Token, Event: v.base + "/events/" + e.Code, Giver: names[g.Giver].Nickname, Title: e.Title.In(v.lang),
		When: x.when(e.Starts, e.Ends), Where: where(e), About: e.About.In(v.lang), Known: v.who.Kind == access.Member,
	}
	if d.Giver == "" {
		d.Giver = x.T("h5.gift.somebody")
	}
	var ids []string
	if d.Known {
		if ids, err = people.Group(tx, v.who.ID); err != nil {
			return d, nil, "", err
		}
	}
	closes := e.FriendsClose()
	switch {
	case g.State == event.GiftClaimed && slices.Contains(ids, g.Guest):
		return d, nil, g.Ticket, nil
	case e.State == event.StateCancelled:
		why = event.ErrCancelled
	case g.State == event.GiftClaimed:
		why = event.ErrGiftTaken
	case g.State == event.GiftReturned:
		why = event.ErrGiftReturned
	case !closes.After(tx.Now()):
		why = event.ErrFriendsClosed.With("closed", closes)
	case slices.Contains(ids, g.Giver):
		why = event.ErrOwnGift
	}
	return d, why, "", nil
}

func (p *Pages) giftCode(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := p.signUpForm(r)
	if err == nil {
		err = p.Intake.SendCode(r.Context(), v.community.ID, f.Phone, v.address, string(v.lang))
	}
	if e := errs.As(err); e != nil {
		return p.showGift(w, r, v, statusOf[e.Kind], f, false, e)
	}
	if err != nil {
		return err
	}
	return p.showGift(w, r, v, http.StatusOK, f, true, nil)
}

// claimGift gives the visitor the ticket; a stranger signs up with the same form. Who comes with what was blocked gets none.
func (p *Pages) claimGift(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := p.signUpForm(r)
	if err == nil {
		err = p.becomeTaker(w, r, v, f, event.ErrBlocked)
	}
	var t event.Ticket
	if err == nil {
		t, err = p.Events.ClaimGift(r.Context(), v.community.ID, r.PathValue("token"), v.who.ID)
	}
	if e := refused(err); e != nil && !errors.Is(err, event.ErrUnknownGift) {
		return p.showGift(w, r, v, statusOf[e.Kind], f, false, e)
	}
	if err != nil {
		return err
	}
	return back(w, r, v.base+"/tickets/"+t.ID)
}
