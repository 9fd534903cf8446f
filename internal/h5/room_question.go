package h5

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

type questionsView struct {
	Action, Room, Key, Draft, More string
	Items                          []questionView
}

type questionView struct {
	ID, Text, Votes string
	Mine, Answered  bool
	Hidden          bool // told to who leads only
}

func (v *view) questions(list page.Page[room.Question]) []questionView {
	out := make([]questionView, 0, len(list.Items))
	for _, q := range list.Items {
		if q.Text == "" {
			q.Text = v.T("h5.room.erased")
		}
		out = append(out, questionView{q.ID, q.Text, v.T("h5.room.votes", "n", q.Votes), q.Mine, q.State == room.Answered, q.State == room.Hidden})
	}
	return out
}

func (p *Pages) questionsView(tx *db.Tx, x *view, v *visit, e event.Event, cursor string) (d questionsView, err error) {
	list, err := p.Rooms.QuestionsTx(tx, e.ID, v.who.ID, false, cursor, 0)
	d = questionsView{Action: v.base + "/events/" + e.Code + "/room", Key: nonce(), Items: x.questions(list)}
	d.Room = d.Action
	if list.Next != "" {
		d.More = d.Action + "/questions?cursor=" + list.Next
	}
	return d, err
}

// roomQuestions lists what the audience asks, on a page of its own that keeps still, or as a piece of the room's.
func (p *Pages) roomQuestions(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showQuestions(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showQuestions(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var d questionsView
	err := p.look(r, v, func(tx *db.Tx, e event.Event, _ room.Room) (err error) {
		x.Title = x.T("h5.room.questions_of", "event", e.Title.In(v.lang))
		d, err = p.questionsView(tx, x, v, e, r.URL.Query().Get("cursor"))
		return err
	})
	if err != nil {
		return err
	}
	if refusal != nil {
		x.Refusal, d.Draft = p.say(v, refusal), r.PostFormValue("text")
	}
	x.Data = d
	if r.Header.Get("X-Requested-With") == "" {
		return p.show(w, v, status, "room-questions", x)
	}
	var b bytes.Buffer
	if err := p.views.ExecuteTemplate(&b, "asked-questions", map[string]any{"Page": x, "Form": d}); err != nil {
		return fmt.Errorf("questions: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(b.Bytes()) //nolint:errcheck // the browser went away
	return nil
}

// ask puts a question. Script gets the key of the next one; a form goes to the list.
func (p *Pages) ask(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.inRoom(w, r, v, func(tx *db.Tx, e event.Event) error {
		_, err := p.Rooms.AskTx(tx, e.ID, v.who.ID, r.PostFormValue("key"), r.PostFormValue("text"))
		return err
	})
}

func (p *Pages) vote(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.inRoom(w, r, v, func(tx *db.Tx, _ event.Event) error {
		_, err := p.Rooms.VoteTx(tx, r.PostFormValue("question"), v.who.ID)
		return err
	})
}

func (p *Pages) inRoom(w http.ResponseWriter, r *http.Request, v *visit, do func(tx *db.Tx, e event.Event) error) error {
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		e, err := p.Events.ByCodeTx(tx, r.PathValue("code"))
		if err != nil {
			return err
		}
		return do(tx, e)
	})
	script := r.Header.Get("X-Requested-With") != ""
	switch e := errs.As(err); {
	case err == nil && script:
		fmt.Fprint(w, nonce()) //nolint:errcheck // the browser went away
		return nil
	case err == nil:
		return back(w, r, v.base+"/events/"+r.PathValue("code")+"/room/questions")
	case script || e == nil || e.Kind != errs.Invalid && e.Kind != errs.Limited:
		return err
	default:
		return p.showQuestions(w, r, v, statusOf[e.Kind], e)
	}
}
