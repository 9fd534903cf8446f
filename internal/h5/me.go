package h5

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/channel/outbox"
	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) meRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/me":              p.member(p.me),
		"GET /{community}/me/preferences":  p.member(p.preferences),
		"POST /{community}/me/preferences": p.member(p.setPreferences),
		"GET /{community}/me/export":       p.member(p.export),
		"POST /{community}/me/erase":       p.member(p.erase),
		"GET /{community}/sign-in":         p.signInPage,
		"POST /{community}/sign-in":        p.signInWithCode,
		"POST /{community}/sign-in/code":   p.signInCode,
		"GET /{community}/me/erase":        p.instead("/me/preferences"),
		"GET /{community}/sign-in/code":    p.instead("/sign-in"),
		"GET /{community}/outbox":          p.outbox,
	}
}

type homeView struct {
	Name, Stage string
	Juries      []eventCard
	Tickets     []eventCard
	ToGive      []eventCard // friend tickets
	Events      string      // the page of what is on, if anything is
	Cards       []homeCard
	Share       string
	Plans       string // the page of the memberships on sale, if there are any
	Kept        []homeKept
	Circles     []homeCircle
	Notices     []homeNotice
	Orders      []homeOrder
	Card        string // the page of the card that staff checks, for a member
	Self        []companyRow
	AllOrders   string // the page of all of them, if there are more
	Shop        string // the page of what else is sold, if anything is
	Points      string
	PointsHref  string
	Next        *homeNext // what may be of use to them next
}

type homeOrder struct{ Title, State, Href string }

// homeKept is a place in a circle that is the member's to take.
type homeKept struct{ Name, Action, Until string }

type homeCircle struct {
	Name, Href string
	Unread     int64
}

type homeNotice struct {
	Subject, Body, Link, At string
	Read                    bool
}

// me is the member's home: what they have bought, circles and notices. Seeing it reads the notices.
func (p *Pages) me(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showHome(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showHome(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	var person people.Person
	var stays []circle.Membership
	var kept []circle.Place
	var notices page.Page[touch.Touch]
	var h homeView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		root, err := people.Root(tx, v.who.ID)
		if err != nil {
			return err
		}
		if person, err = p.People.GetTx(tx, root); err != nil {
			return err
		}
		if stays, err = p.Circles.CirclesOfTx(tx, root); err != nil {
			return err
		}
		if kept, err = p.Circles.PlacesTx(tx, root); err != nil {
			return err
		}
		if h, err = p.bought(tx, v, root); err != nil {
			return err
		}
		if err = p.comesTo(tx, v, &h); err != nil {
			return err
		}
		if h.Next, err = p.next(tx, v, root); err != nil {
			return err
		}
		notices, err = p.Touch.Notices(tx, root, "", 20)
		return err
	})
	if err != nil {
		return err
	}
	h.Name, h.Share = person.Nickname, v.base+"/me/share"
	for _, s := range stays {
		h.Circles = append(h.Circles, homeCircle{s.Info.Name.In(v.lang), v.base + "/circles/" + s.Circle, s.Unread})
	}
	zone := v.community.Location()
	for _, k := range kept {
		h.Kept = append(h.Kept, homeKept{k.Name.In(v.lang), v.base + "/circles/" + k.Circle + "/join", k.Until.In(zone).Format("2006-01-02 15:04")})
	}
	var unread []string
	for _, n := range notices.Items {
		h.Notices = append(h.Notices, homeNotice{n.Subject, n.Body, n.Link, n.DoneAt.In(zone).Format("2006-01-02 15:04"), !n.ReadAt.IsZero()})
		if n.ReadAt.IsZero() {
			unread = append(unread, n.ID)
		}
	}
	if len(unread) > 0 {
		err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
			for _, id := range unread {
				if err := p.Touch.ReadTx(tx, person.ID, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			p.Log.Warn("what was read could not be noted", "error", err)
		}
	}
	x := &view{Data: h}
	if refusal != nil {
		x.Refusal = p.say(v, refusal)
	}
	return p.show(w, v, status, "home", x)
}

type preferencesView struct {
	Saved         bool
	Purposes      []option
	Channels      []option
	Export, Erase string
}

type option struct {
	Value, Label string
	On           bool
}

var (
	offeredPurposes = []people.Purpose{people.ForService, people.ForMarketing, people.ForAnalytics, people.ForSharing}
	offeredChannels = []string{touch.InApp, "email", "sms"}
)

// wordingVersion is the version of the words on the preference page; it changes when they do.
const wordingVersion = "preferences-1"

func (p *Pages) preferences(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showPreferences(w, r, v, http.StatusOK, r.URL.Query().Has("saved"), nil)
}

func (p *Pages) showPreferences(w http.ResponseWriter, r *http.Request, v *visit, status int, saved bool, refusal *errs.Error) error {
	var all people.Consents
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		all, err = p.People.Consents(tx, v.who.ID)
		return err
	})
	if err != nil {
		return err
	}
	x := &view{p: p, community: v.community, lang: v.lang}
	data := preferencesView{Saved: saved, Export: v.base + "/me/export", Erase: v.base + "/me/erase"}
	for _, purpose := range offeredPurposes {
		data.Purposes = append(data.Purposes, option{string(purpose), x.T("h5.purpose." + string(purpose)), all.Allows(purpose, "")})
	}
	for _, ch := range offeredChannels {
		data.Channels = append(data.Channels, option{ch, x.T("h5.channel." + ch), all.ChannelOpen(people.Channel(ch))})
	}
	if refusal != nil {
		x.Refusal = p.say(v, refusal)
	}
	x.Data = data
	return p.show(w, v, status, "preferences", x)
}

// setPreferences records what has changed, and only that: what somebody never said stays unsaid.
func (p *Pages) setPreferences(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		all, err := p.People.Consents(tx, v.who.ID)
		if err != nil {
			return err
		}
		for _, purpose := range offeredPurposes {
			on := slices.Contains(r.PostForm["purpose"], string(purpose))
			if on == all.Allows(purpose, "") {
				continue
			}
			if err := p.People.ConsentTx(tx, v.who.ID, people.Consent{Purpose: purpose, Given: on, Wording: wordingVersion}); err != nil {
				return err
			}
		}
		for _, ch := range offeredChannels {
			on := slices.Contains(r.PostForm["channel"], ch)
			if on == all.ChannelOpen(people.Channel(ch)) {
				continue
			}
			if err := p.People.ConsentTx(tx, v.who.ID, people.Consent{Channel: people.Channel(ch), Given: on, Wording: wordingVersion}); err != nil {
				return err
			}
		}
		return nil
	})
	if e := errs.As(err); e != nil {
		return p.showPreferences(w, r, v, statusOf[e.Kind], false, e)
	}
	if err != nil {
		return err
	}
	return back(w, r, v.base+"/me/preferences?saved")
}

// export gives a person everything that is kept about them.
func (p *Pages) export(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, err := p.People.Export(r.Context(), v.community.ID, audit.By(v.who), v.who.ID, "self")
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="qunce-export.json"`)
	w.Header().Set("Cache-Control", "no-store")
	w.Write(b) //nolint:errcheck // the browser went away
	return nil
}

var errEraseWord = errs.Define(errs.Invalid, "h5.erase_word")

// erase removes a person for good, when they have typed the word that the page asks for.
func (p *Pages) erase(w http.ResponseWriter, r *http.Request, v *visit) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	if !strings.EqualFold(strings.TrimSpace(r.PostFormValue("word")), x.T("h5.prefs.erase_the_word")) {
		return p.showPreferences(w, r, v, http.StatusUnprocessableEntity, false, errEraseWord.With("word", x.T("h5.prefs.erase_the_word")))
	}
	if err := p.People.Erase(r.Context(), v.community.ID, v.who.ID, v.who.ID); err != nil {
		return err
	}
	for _, name := range []string{sessionCookie, accountCookie} {
		http.SetCookie(w, &http.Cookie{Name: name, Path: v.base, MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure(r)})
	}
	v.who = access.Principal{}
	return p.show(w, v, http.StatusOK, "ended", &view{Data: ended{Title: x.T("h5.erased.title"), Lead: x.T("h5.erased.lead")}})
}

type signInView struct {
	Action, Phone, To string
	CodeSent          bool
	Errors            map[string]string
}

func (p *Pages) signInPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showSignIn(w, v, http.StatusOK, signInView{To: r.URL.Query().Get("to")}, nil)
}

func (p *Pages) showSignIn(w http.ResponseWriter, v *visit, status int, data signInView, refusal *errs.Error) error {
	x := &view{}
	data.Action, data.Errors = v.base+"/sign-in", map[string]string{}
	if refusal != nil {
		data.Errors, x.Refusal = p.fields(v, refusal)
	}
	x.Data = data
	return p.show(w, v, status, "signin", x)
}

func (p *Pages) signInCode(w http.ResponseWriter, r *http.Request, v *visit) error {
	data := signInView{Phone: r.PostFormValue("phone"), To: r.PostFormValue("to")}
	err := p.Intake.SendCode(r.Context(), v.community.ID, data.Phone, v.address, string(v.lang))
	if e := errs.As(err); e != nil {
		return p.showSignIn(w, v, statusOf[e.Kind], data, e)
	}
	if err != nil {
		return err
	}
	data.CodeSent = true
	return p.showSignIn(w, v, http.StatusOK, data, nil)
}

var errNobody = errs.Define(errs.NotFound, "h5.nobody")

// signInWithCode signs in who holds the phone. A phone that nobody here has is told so only after its code was right.
func (p *Pages) signInWithCode(w http.ResponseWriter, r *http.Request, v *visit) error {
	data := signInView{Phone: r.PostFormValue("phone"), To: r.PostFormValue("to")}
	var refusal error
	var person string
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		if refusal, err = p.Codes.CheckTx(tx, data.Phone, r.PostFormValue("code")); err != nil || refusal != nil {
			return err
		}
		var found bool
		person, found, err = p.People.Owner(tx, people.Identifier{Kind: people.Phone, Value: data.Phone})
		if err == nil && !found {
			refusal = errNobody
		}
		return err
	})
	if err != nil {
		return err
	}
	if e := errs.As(refusal); e != nil {
		return p.showSignIn(w, v, statusOf[e.Kind], data, e)
	}
	if err := p.signIn(r.Context(), w, r, v, person); err != nil {
		return err
	}
	return back(w, r, v.onward(data.To))
}

// outbox shows, in the demo only, the messages that would have gone out.
func (p *Pages) outbox(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !p.Sandbox {
		http.NotFound(w, r)
		return nil
	}
	var list []outbox.Message
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		list, err = p.Outbox.List(tx, 50)
		return err
	})
	if err != nil {
		return err
	}
	type row struct{ Recipient, Body, Channel, At string }
	rows := make([]row, 0, len(list))
	for _, m := range list {
		rows = append(rows, row{text.MaskPhone(m.Recipient), m.Body, m.Channel, m.At.In(v.community.Location()).Format("2006-01-02 15:04:05")})
	}
	return p.show(w, v, http.StatusOK, "outbox", &view{Data: rows, Refresh: 5})
}
