package h5

import (
	"context"
	"net/http"
	"slices"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) juryRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/me/juries/{code}":               p.member(p.jury),
		"POST /{community}/me/juries/{code}":              p.member(p.judge),
		"GET /{community}/me/juries/{code}/slides/{hash}": p.member(p.jurySlide),
	}
}

type juryView struct {
	Action, When, State, Note string
	Paragraphs                []paragraphView
	Verdicts                  []option
	Takes, Said, Good         bool // a verdict may be written, or was; what is said of it is good news
}

// jury lets somebody who is on an event's jury read what it will show, and say whether it is good enough.
func (p *Pages) jury(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showJury(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showJury(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data juryView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		d, err := p.duty(tx, r, v)
		if err != nil {
			return err
		}
		x.Title = x.T("h5.jury.title", "event", d.Event.Title.In(v.lang))
		said := d.Own.Verdict != ""
		data = juryView{
			Action: v.base + "/me/juries/" + d.Event.Code, When: x.when(d.Event.Starts, d.Event.Ends), Note: d.Own.Note,
			Takes: d.Takes(tx.Now()), Said: said, Good: d.State == event.JuryPass || d.State == event.JuryOpen && said,
		}
		switch {
		case d.State != event.JuryOpen:
			data.State = x.T("h5.jury." + string(d.State))
		case !data.Takes:
			data.State = x.T("h5.jury.over")
		case said:
			data.State = x.T("h5.jury.said", "when", x.moment(d.Own.SaidAt))
		}
		for _, c := range []event.Verdict{event.Yes, event.No} {
			data.Verdicts = append(data.Verdicts, option{string(c), x.T("h5.jury." + string(c)), d.Own.Verdict == c})
		}
		script, err := p.Rooms.ScriptTx(tx, d.Event.ID)
		if err != nil && !errs.As(err).Is(room.ErrUnknown) {
			return err
		}
		data.Paragraphs = x.paragraphs(data.Action, 0, script)
		return nil
	})
	if err != nil {
		return err
	}
	x.Data = data
	if refusal != nil {
		x.Refusal = p.say(v, refusal)
	}
	return p.show(w, v, status, "jury", x)
}

// duty is the jury of the address, for somebody who is on it.
func (p *Pages) duty(tx *db.Tx, r *http.Request, v *visit) (event.JuryDuty, error) {
	e, err := p.Events.ByCodeTx(tx, r.PathValue("code"))
	if err != nil {
		return event.JuryDuty{}, err
	}
	return p.Events.DutyTx(tx, e.ID, v.who.ID)
}

func (p *Pages) judge(w http.ResponseWriter, r *http.Request, v *visit) error {
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		d, err := p.duty(tx, r, v)
		if err == nil && d.State == event.JuryOpen && !d.Takes(tx.Now()) {
			err = event.ErrOver
		}
		if err == nil {
			_, err = p.Events.JudgeTx(tx, d.Event.ID, v.who.ID, event.Verdict(r.PostFormValue("verdict")), r.PostFormValue("note"), "")
		}
		return err
	})
	if e := answerable(err); e != nil {
		return p.showJury(w, r, v, statusOf[e.Kind], e)
	}
	if err != nil {
		return err
	}
	return back(w, r, v.base+"/me/juries/"+r.PathValue("code"))
}

// jurySlide serves a picture of the script to who is to read it.
func (p *Pages) jurySlide(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.serveBlob(w, r, v, func(ctx context.Context, hash string) (ok bool, err error) {
		err = p.DB.Read(ctx, v.community.ID, func(tx *db.Tx) error {
			d, err := p.duty(tx, r, v)
			if err != nil {
				return err
			}
			script, err := p.Rooms.ScriptTx(tx, d.Event.ID)
			ok = slices.ContainsFunc(script, func(q room.Paragraph) bool { return q.Slide == hash })
			return err
		})
		return ok, err
	})
}

// toJudge are the juries that wait for a member's verdict.
func (p *Pages) toJudge(tx *db.Tx, x *view, v *visit) (out []eventCard, err error) {
	if v.who.Kind != access.Member {
		return nil, nil
	}
	duties, err := p.Events.DutiesTx(tx, v.who.ID)
	for _, d := range duties {
		c := p.eventCard(x, v, d.Event)
		c.Note, c.Href = x.T("h5.jury.waits"), v.base+"/me/juries/"+d.Event.Code
		out = append(out, c)
	}
	return out, err
}
