package h5

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/qr"
)

func (p *Pages) ticketRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/tickets/{id}":         p.member(p.ticket),
		"POST /{community}/tickets/{id}/return": p.member(p.returnTicket),
		"POST /{community}/tickets/{id}/answer": p.member(p.answerEvent),
		"GET /{community}/tickets/{id}/{form}":  p.instead("/tickets/{id}"),
	}
}

type ticketView struct {
	Action, Event, Title, Type, When, Where, State string
	Giver                                          string
	QR                                             template.HTML // drawn by the program: an SVG of the code
	Code                                           string
	CanReturn                                      bool
	Order                                          string // by which a bought one is given back, or is to be paid
	Survey, Thanks                                 bool
	Scores                                         []int
	Text                                           string
	Errors                                         map[string]string
}

// ownTicket gives a ticket that is the visitor's. Somebody else's isn't there.
func (p *Pages) ownTicket(tx *db.Tx, r *http.Request, v *visit) (t event.Ticket, err error) {
	if t, err = p.Events.TicketTx(tx, r.PathValue("id")); err != nil {
		return t, err
	}
	ids, err := people.Group(tx, v.who.ID)
	if err == nil && !slices.Contains(ids, t.Person) {
		err = event.ErrUnknownTicket
	}
	return t, err
}

func (p *Pages) ticket(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showTicket(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showTicket(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data ticketView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		t, err := p.ownTicket(tx, r, v)
		if err != nil {
			return err
		}
		data, err = p.ticketView(tx, x, v, t)
		return err
	})
	if err != nil {
		return err
	}
	x.Title = data.Title
	if refusal != nil {
		data.Errors, x.Refusal = p.fields(v, refusal)
		data.Text = r.PostFormValue("text")
	}
	x.Data = data
	return p.show(w, v, status, "ticket", x)
}

func (p *Pages) ticketView(tx *db.Tx, x *view, v *visit, t event.Ticket) (d ticketView, err error) {
	l, err := p.Events.LookTx(tx, t.Event, v.who.ID)
	if err != nil {
		return d, err
	}
	e := l.Event
	d = ticketView{
		Action: v.base + "/tickets/" + t.ID, Event: v.base + "/events/" + e.Code, Title: e.Title.In(v.lang), When: x.when(e.Starts, e.Ends), Where: where(e),
		State: x.T("h5.ticket.state_" + string(t.State)), Type: typeTitle(e, t.Type, v),
	}
	if t.Giver != "" {
		names, err := p.People.Names(tx, []string{t.Giver})
		if err != nil {
			return d, err
		}
		d.Giver = names[t.Giver].Nickname
	}
	if err := p.ticketActs(tx, v, t, e, &d); err != nil {
		return d, err
	}
	switch over := !e.Ends.After(tx.Now()); {
	case t.State != event.Valid:
		return d, nil
	case !t.AdmittedAt.IsZero():
		d.State = x.T("h5.ticket.admitted", "at", x.moment(t.AdmittedAt))
	case over:
		d.State = x.T("h5.event.over")
	default:
		svg, err := qr.SVG(t.Code)
		if err != nil {
			return d, err
		}
		d.QR, d.Code = template.HTML(svg), groups(t.Code) //nolint:gosec // squares drawn by the program
	}
	if l.Attended && !e.Ends.After(tx.Now()) {
		d.Survey, d.Thanks, d.Scores = !l.Answered, l.Answered, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	}
	return d, nil
}

// ticketActs tells how a ticket is given back: by itself when it cost nothing, else by its order.
func (p *Pages) ticketActs(tx *db.Tx, v *visit, t event.Ticket, e event.Event, d *ticketView) error {
	early := e.Starts.After(tx.Now()) && t.AdmittedAt.IsZero() && e.State == event.StatePlanned
	switch {
	case t.State == event.Held:
		order, err := p.openOrder(tx, v, t.ID)
		if err == nil && order != "" {
			d.Order = v.base + "/orders/" + order
		}
		return err
	case t.State != event.Valid || !early:
	case t.Price == 0:
		d.CanReturn = true
	default:
		o, found, err := p.Shop.OrderOfTx(tx, shop.KindTicket, t.ID)
		if err == nil && found {
			d.Order = v.base + "/orders/" + o.ID
		}
		return err
	}
	return nil
}

func typeTitle(e event.Event, name string, v *visit) string {
	for _, t := range e.Types {
		if t.Name == name {
			return t.Title.In(v.lang)
		}
	}
	return name
}

// groups writes a code so that it can be read out and typed.
func groups(code string) string {
	var b strings.Builder
	for i, c := range code {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// onTicket does something with one's own ticket and shows it again; a refusal stands on its page.
func (p *Pages) onTicket(w http.ResponseWriter, r *http.Request, v *visit, do func(tx *db.Tx, t event.Ticket) error) error {
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		t, err := p.ownTicket(tx, r, v)
		if err != nil {
			return err
		}
		return do(tx, t)
	})
	if e := answerable(err); e != nil {
		return p.showTicket(w, r, v, statusOf[e.Kind], e)
	}
	if err != nil {
		return err
	}
	return back(w, r, v.base+"/tickets/"+r.PathValue("id"))
}

func (p *Pages) returnTicket(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.onTicket(w, r, v, func(tx *db.Tx, t event.Ticket) error { _, err := p.Events.ReturnTx(tx, t.ID); return err })
}

// maxWords is how much somebody may write about an event.
const maxWords = 500

func (p *Pages) answerEvent(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.onTicket(w, r, v, func(tx *db.Tx, t event.Ticket) error {
		score, err := strconv.Atoi(r.PostFormValue("score"))
		if err != nil {
			return event.ErrScore.At("/score")
		}
		words := r.PostFormValue("text")
		if len([]rune(words)) > maxWords {
			return event.ErrText.With("max", maxWords).At("/text")
		}
		return p.Events.AnswerTx(tx, t.Event, v.who.ID, event.Answer{
			Score: score, Service: r.PostFormValue("service") != "", Event: r.PostFormValue("event") != "", Text: words,
		})
	})
}
