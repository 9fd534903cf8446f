package h5

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) doorRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/door/{code}":  p.staff(p.door),
		"POST /{community}/door/{code}": p.staff(p.checkIn),
	}
}

// staffCookie holds the session of an operator at the console, who needs no other at a door.
const staffCookie = "qunce_session"

// staff lets operators in who may check tickets, by their session at the console.
func (p *Pages) staff(h func(w http.ResponseWriter, r *http.Request, v *visit, who access.Principal) error) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		who, err := p.operator(r, v)
		if err == nil {
			err = access.Allowed(who, access.EventCheck, v.community.ID)
		}
		switch {
		case err == nil:
			return h(w, r, v, who)
		case !errors.Is(err, access.ErrSignIn):
		case asksJSON(r):
			return p.answer(w, http.StatusUnauthorized, doorAnswer{Code: access.ErrSignIn.Code})
		default:
			x := &view{Data: struct{ Console string }{"/console/"}}
			return p.show(w, v, http.StatusUnauthorized, "door-closed", x)
		}
		if e := errs.As(err); e != nil && asksJSON(r) {
			return p.answer(w, statusOf[e.Kind], doorAnswer{Code: e.Code, Title: p.say(v, e).What, Text: p.say(v, e).Next})
		}
		return err
	}
}

func (p *Pages) operator(r *http.Request, v *visit) (access.Principal, error) {
	k, err := r.Cookie(staffCookie)
	if err != nil {
		return access.Principal{}, access.ErrSignIn
	}
	who, err := p.Auth.Principal(r.Context(), k.Value, v.community.ID)
	if errors.Is(err, authn.ErrSessionEnded) || err == nil && who.Kind != access.Operator {
		return access.Principal{}, access.ErrSignIn
	}
	who.Address = v.address
	return who, err
}

func asksJSON(r *http.Request) bool { return r.Header.Get("Accept") == "application/json" }

// doorAnswer is what a scan was answered, in words for who stands at the door.
type doorAnswer struct {
	Result event.Result `json:"result,omitempty"`
	Code   string       `json:"code,omitempty"` // of a refusal
	Title  string       `json:"title"`
	Text   string       `json:"text"`
	Good   bool         `json:"good"`
}

type doorView struct {
	Action, Title, When, Where, Nonce string
	Now                               int64 // ms, by which a phone corrects its clock
	Admitted, Valid                   int
	Answer                            *doorAnswer
	Doubles                           []doubleView
}

type doubleView struct{ Name, First, Again string }

func (p *Pages) door(w http.ResponseWriter, r *http.Request, v *visit, _ access.Principal) error {
	return p.showDoor(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showDoor(w http.ResponseWriter, r *http.Request, v *visit, status int, answer *doorAnswer) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var d doorView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		e, err := p.Events.ByCodeTx(tx, r.PathValue("code"))
		if err != nil {
			return err
		}
		d = doorView{
			Action: v.base + "/door/" + e.Code, Title: e.Title.In(v.lang), When: x.when(e.Starts, e.Ends), Where: where(e), Nonce: nonce(),
			Now: tx.Now().UnixMilli(), Answer: answer,
		}
		f, err := p.Events.FiguresTx(tx, e.ID)
		if err != nil {
			return err
		}
		d.Admitted, d.Valid = f.Admitted, f.Valid
		d.Doubles, err = p.doubles(tx, x, e)
		return err
	})
	if err != nil {
		return err
	}
	x.Title, x.Data, x.Script = x.T("h5.door.title", "event", d.Title), d, "door.js"
	return p.show(w, v, status, "door", x)
}

// doubles are the latest entries by a ticket that had let in already.
func (p *Pages) doubles(tx *db.Tx, x *view, e event.Event) (out []doubleView, err error) {
	list, err := p.Events.DoubleEntriesTx(tx, e.ID, "", soon)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(list.Items))
	for _, a := range list.Items {
		ids = append(ids, a.Person)
	}
	names, err := p.People.Names(tx, ids)
	for _, a := range list.Items {
		out = append(out, doubleView{p.named(x, names[a.Person].Nickname), x.moment(a.FirstAt), x.moment(a.At)})
	}
	return out, err
}

func (p *Pages) named(x *view, nickname string) string {
	if nickname == "" {
		return x.T("h5.door.nameless")
	}
	return nickname
}

// checkIn takes a scan, from the page's script or its form.
func (p *Pages) checkIn(w http.ResponseWriter, r *http.Request, v *visit, who access.Principal) error {
	scan := event.Scan{
		Code: strings.ToLower(strings.Join(strings.Fields(r.PostFormValue("code")), "")), Nonce: r.PostFormValue("nonce"), Actor: who.ID, Offline: r.PostFormValue("offline") != "",
	}
	if ms, err := strconv.ParseInt(r.PostFormValue("at"), 10, 64); err == nil {
		scan.At = time.UnixMilli(ms)
	}
	var answer doorAnswer
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		e, err := p.Events.ByCodeTx(tx, r.PathValue("code"))
		if err != nil {
			return err
		}
		scan.Event = e.ID
		a, err := p.Events.ScanTx(tx, scan)
		if err != nil {
			return err
		}
		answer, err = p.doorAnswer(tx, v, a)
		return err
	})
	e := errs.As(err)
	switch {
	case err != nil && (e == nil || !asksJSON(r)):
		return err
	case err != nil:
		words := p.say(v, e)
		return p.answer(w, statusOf[e.Kind], doorAnswer{Code: e.Code, Title: words.What, Text: words.Next})
	case asksJSON(r):
		return p.answer(w, http.StatusOK, answer)
	}
	return p.showDoor(w, r, v, http.StatusOK, &answer)
}

func (p *Pages) answer(w http.ResponseWriter, status int, a doorAnswer) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(b) //nolint:errcheck // the browser went away
	return nil
}

// doorAnswer puts what a scan was answered into words: large ones, and a sentence.
func (p *Pages) doorAnswer(tx *db.Tx, v *visit, a event.Admission) (d doorAnswer, err error) {
	x := &view{p: p, community: v.community, lang: v.lang}
	d = doorAnswer{Result: a.Result, Good: a.Result == event.Admit}
	params := []any{}
	if a.Ticket != "" {
		e, err := p.Events.GetTx(tx, a.Event)
		if err != nil {
			return d, err
		}
		names, err := p.People.Names(tx, []string{a.Person})
		if err != nil {
			return d, err
		}
		params = []any{"name", p.named(x, names[a.Person].Nickname), "type", typeTitle(e, a.Type, v), "event", e.Title.In(v.lang), "first", x.moment(a.FirstAt)}
	}
	d.Title, d.Text = x.T("h5.door."+string(a.Result)+".title"), x.T("h5.door."+string(a.Result)+".text", params...)
	return d, nil
}
