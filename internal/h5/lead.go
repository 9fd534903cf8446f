package h5

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) leadRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/events/{code}/lead":               p.leader(p.lead),
		"POST /{community}/events/{code}/lead":              p.leader(p.leadOn),
		"POST /{community}/events/{code}/lead/questions":    p.leader(p.markQuestion),
		"GET /{community}/events/{code}/lead/questions":     p.instead("/events/{code}/lead"),
		"GET /{community}/events/{code}/lead/slides/{hash}": p.leader(p.leadSlide),
	}
}

// leading is a request of somebody who may lead an event's room.
type leading struct {
	*visit
	event event.Event
	who   access.Principal
}

// leader lets in the host of an event, and operators who may change events by their session at the console.
func (p *Pages) leader(h func(w http.ResponseWriter, r *http.Request, v *leading) error) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		l := &leading{visit: v, who: v.who}
		host := false
		err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
			if l.event, err = p.Events.ByCodeTx(tx, r.PathValue("code")); err == nil {
				host, err = p.hosts(tx, l.event, v)
			}
			return err
		})
		if err != nil {
			return err
		}
		if host {
			return h(w, r, l)
		}
		if l.who, err = p.operator(r, v); err == nil {
			err = access.Allowed(l.who, access.EventWrite, v.community.ID)
		}
		switch {
		case err == nil:
			return h(w, r, l)
		case !errors.Is(err, access.ErrSignIn):
			return err
		case v.who.Kind == access.Member:
			return room.ErrNotHost
		}
		x := &view{Data: struct{ SignIn, Console string }{v.base + "/sign-in?to=" + v.base + "/events/" + l.event.Code + "/lead", "/console/"}}
		return p.show(w, v, http.StatusUnauthorized, "lead-closed", x)
	}
}

// hosts tells whether the visitor is an event's host.
func (p *Pages) hosts(tx *db.Tx, e event.Event, v *visit) (bool, error) {
	if v.who.Kind != access.Member || e.Host == "" {
		return false, nil
	}
	ids, err := people.Group(tx, v.who.ID)
	return slices.Contains(ids, e.Host), err
}

// leadRefresh is after how many seconds the host's page is read again.
const leadRefresh = 2

// ahead is how many of the next paragraphs a host sees.
const ahead = 2

type leadView struct {
	Action, Room, Title, State, Watching  string
	Shown, Of                             int
	Waiting, Playing, Paused, Ended, Sure bool
	Slide                                 *paragraphView // that stands now
	Now                                   *paragraphView
	Next                                  []paragraphView
	Paces                                 []option
	Questions                             []questionView
	More                                  string
}

// lead is the page of who leads a room: what is shown, what comes, the pace, how many watch, and what they ask.
func (p *Pages) lead(w http.ResponseWriter, r *http.Request, v *leading) error {
	return p.showLead(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showLead(w http.ResponseWriter, r *http.Request, v *leading, status int, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var d leadView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		d, err = p.leadView(tx, x, v)
		if err != nil {
			return err
		}
		list, err := p.Rooms.QuestionsTx(tx, v.event.ID, "", true, r.URL.Query().Get("cursor"), 0)
		if d.Questions = x.questions(list); list.Next != "" {
			d.More = "?cursor=" + list.Next
		}
		return err
	})
	if err != nil {
		return err
	}
	d.Sure = r.URL.Query().Get("sure") != "" && !d.Ended
	x.Title, x.Data = x.T("h5.room.lead_of", "event", d.Title), d
	if refusal != nil {
		x.Refusal = p.say(v.visit, refusal)
	} else if !d.Sure {
		x.Refresh = leadRefresh
	}
	return p.show(w, v.visit, status, "lead", x)
}

// paces are those that a host chooses from, in characters a minute.
var paces = []int{200, 300, 400, 500, 700, 1000}

func (p *Pages) leadView(tx *db.Tx, x *view, v *leading) (d leadView, err error) {
	now, err := p.Rooms.RoomTx(tx, v.event.ID)
	if err != nil {
		return d, err
	}
	script, err := p.Rooms.ScriptTx(tx, v.event.ID)
	if err != nil {
		return d, err
	}
	here := v.base + "/events/" + v.event.Code
	d = leadView{
		Action: here + "/lead", Title: v.event.Title.In(v.lang), State: x.T("h5.room.state_" + string(now.State)), Shown: now.Shown, Of: now.Of,
		Waiting: now.State == room.Waiting, Playing: now.State == room.Playing, Paused: now.State == room.Paused, Ended: now.State == room.Ended,
	}
	if v.who.Kind == access.Member { // staff are no members: the audience's page would ask them to sign in
		d.Room = here + "/room"
	}
	all := x.paragraphs(d.Action, 0, script)
	if now.Shown > 0 {
		d.Now = &all[now.Shown-1]
	}
	for i := now.Shown - 1; i >= 0 && d.Slide == nil; i-- {
		if all[i].Slide != "" {
			d.Slide = &all[i]
		}
	}
	if !d.Ended {
		d.Next = all[now.Shown:min(now.Shown+ahead, len(all))]
	}
	watching := "h5.room.watching"
	if p.DB.Dialect() == db.Postgres { // other servers may have phones of their own
		watching = "h5.room.watching_here"
	}
	d.Watching = x.T(watching, "n", p.audiences.count(v.event.ID))
	for _, n := range slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(paces), now.Pace)))) {
		d.Paces = append(d.Paces, option{Value: strconv.Itoa(n), Label: strconv.Itoa(n), On: n == now.Pace})
	}
	return d, nil
}

// errMoved stops a second tap: what it was for has been shown.
var errMoved = errors.New("the room has moved on")

// leadOn does what a button of the host's page says.
func (p *Pages) leadOn(w http.ResponseWriter, r *http.Request, v *leading) error {
	what := r.PostFormValue("do")
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		now, id := room.Room{}, v.event.ID
		switch what {
		case "play":
			now, err = p.Rooms.PlayTx(tx, id, v.who.ID)
		case "pause":
			now, err = p.Rooms.PauseTx(tx, id)
		case "next":
			now, err = p.nextOf(tx, id, r.PostFormValue("shown"))
		case "pace":
			pace, malformed := strconv.Atoi(r.PostFormValue("pace"))
			if malformed != nil {
				return errForm
			}
			now, err = p.Rooms.PaceTx(tx, id, pace)
		case "end":
			now, err = p.Rooms.EndTx(tx, id, v.who.ID)
		default:
			return errForm
		}
		if err != nil {
			return err
		}
		return audit.Record(tx, audit.By(v.who), "room.lead", audit.Target{Kind: "event", ID: id}, audit.Detail{"did": what, "shown": now.Shown})
	})
	return p.led(w, r, v, err)
}

// nextOf shows the paragraph after those that the host's page knew of.
func (p *Pages) nextOf(tx *db.Tx, id, known string) (room.Room, error) {
	now, err := p.Rooms.NextTx(tx, id)
	if shown, malformed := strconv.Atoi(known); err == nil && malformed == nil && now.State != room.Ended && now.Shown != shown+1 {
		err = errMoved
	}
	return now, err
}

// led shows the host's page again, with why something could not be done.
func (p *Pages) led(w http.ResponseWriter, r *http.Request, v *leading, err error) error {
	if err == nil || errors.Is(err, errMoved) {
		return back(w, r, v.base+"/events/"+v.event.Code+"/lead")
	}
	if e := answerable(err); e != nil {
		return p.showLead(w, r, v, statusOf[e.Kind], e)
	}
	return err
}

// markQuestion says what became of a question of the event.
func (p *Pages) markQuestion(w http.ResponseWriter, r *http.Request, v *leading) error {
	state := room.QuestionState(r.PostFormValue("state"))
	if !slices.Contains([]room.QuestionState{room.Open, room.Answered, room.Hidden}, state) {
		return errForm
	}
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		q, err := p.Rooms.MarkTx(tx, r.PostFormValue("question"), state)
		if err == nil && q.Event != v.event.ID {
			err = room.ErrNoQuestion
		}
		if err != nil {
			return err
		}
		return audit.Record(tx, audit.By(v.who), "question.mark", audit.Target{Kind: "event", ID: q.Event}, audit.Detail{"question": q.ID, "state": string(state)})
	})
	return p.led(w, r, v, err)
}

// leadSlide serves a picture of the script to who leads.
func (p *Pages) leadSlide(w http.ResponseWriter, r *http.Request, v *leading) error {
	return p.serveBlob(w, r, v.visit, func(ctx context.Context, hash string) (ok bool, err error) {
		err = p.DB.Read(ctx, v.community.ID, func(tx *db.Tx) error {
			script, err := p.Rooms.ScriptTx(tx, v.event.ID)
			ok = slices.ContainsFunc(script, func(q room.Paragraph) bool { return q.Slide == hash })
			return err
		})
		return ok, err
	})
}
