package h5

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) roomRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/events/{code}/room":               p.member(p.room),
		"GET /{community}/events/{code}/room/stream":        p.member(p.roomStream),
		"GET /{community}/events/{code}/room/news":          p.member(p.roomNews),
		"GET /{community}/events/{code}/room/slides/{hash}": p.member(p.roomSlide),
		"GET /{community}/events/{code}/room/questions":     p.member(p.roomQuestions),
		"POST /{community}/events/{code}/room/ask":          p.member(p.ask),
		"POST /{community}/events/{code}/room/vote":         p.member(p.vote),
		"GET /{community}/events/{code}/room/ask":           p.instead("/events/{code}/room/questions"),
		"GET /{community}/events/{code}/room/vote":          p.instead("/events/{code}/room/questions"),
	}
}

// roomRefresh is after how many seconds a room is read again without script.
const roomRefresh = 10

type roomView struct {
	Action, Event, Title, Note, Lead string
	Shown                            int
	Live                             bool // more may come
	Paragraphs                       []paragraphView
	Questions                        questionsView
}

type paragraphView struct {
	N                int
	Text, Slide, Alt string
}

// paragraphs turns what follows the first paragraphs into what the page shows; slides are below an address.
func (v *view) paragraphs(slides string, from int, list []room.Paragraph) []paragraphView {
	out := make([]paragraphView, 0, len(list))
	for i, q := range list {
		n := from + i + 1
		pv := paragraphView{N: n, Text: q.Text}
		if q.Slide != "" {
			pv.Slide, pv.Alt = slides+"/slides/"+q.Slide, v.T("h5.room.slide", "n", n)
		}
		out = append(out, pv)
	}
	return out
}

// roomNote says how a room stands, unless it plays.
func (v *view) roomNote(e event.Event, s room.State) string {
	switch s {
	case room.Waiting:
		return v.T("h5.room.waiting", "when", v.moment(e.Starts))
	case room.Playing:
		return ""
	}
	return v.T("h5.room." + string(s))
}

// room is what an event's audience reads: all that was shown, what comes live, and their questions.
func (p *Pages) room(w http.ResponseWriter, r *http.Request, v *visit) error {
	x := &view{p: p, community: v.community, lang: v.lang, Script: "room.js"}
	var d roomView
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		e, err := p.Events.ByCodeTx(tx, r.PathValue("code"))
		if err != nil {
			return err
		}
		now, err := p.Rooms.EnterTx(tx, e.ID, v.who.ID)
		if err != nil {
			return err
		}
		list, err := p.Rooms.ShownTx(tx, now, 0)
		if err != nil {
			return err
		}
		here := v.base + "/events/" + e.Code
		d = roomView{
			Action: here + "/room", Event: here, Title: e.Title.In(v.lang), Note: x.roomNote(e, now.State), Shown: len(list), Live: now.State != room.Ended,
			Paragraphs: x.paragraphs(here+"/room", 0, list),
		}
		hosts, err := p.hosts(tx, e, v)
		if err != nil {
			return err
		}
		if hosts {
			d.Lead = here + "/lead"
		}
		d.Questions, err = p.questionsView(tx, x, v, e, "")
		return err
	})
	if e := errs.As(err); e != nil && e.Kind == errs.Forbidden {
		return p.showEvent(w, r, v, statusOf[e.Kind], e) // which is where tickets are had
	}
	if err != nil {
		return err
	}
	if x.Title, x.Data = d.Title, d; d.Live {
		x.Refresh = roomRefresh
	}
	return p.show(w, v, http.StatusOK, "room", x)
}

// look finds the room of the address for somebody of its audience.
func (p *Pages) look(r *http.Request, v *visit, also func(tx *db.Tx, e event.Event, now room.Room) error) error {
	return p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		e, err := p.Events.ByCodeTx(tx, r.PathValue("code"))
		if err != nil {
			return err
		}
		now, err := p.Rooms.LookTx(tx, e.ID, v.who.ID)
		if err != nil {
			return err
		}
		return also(tx, e, now)
	})
}

// roomSlide serves a picture that the audience was shown.
func (p *Pages) roomSlide(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.serveBlob(w, r, v, func(_ context.Context, hash string) (ok bool, err error) {
		err = p.look(r, v, func(tx *db.Tx, _ event.Event, now room.Room) error {
			list, err := p.Rooms.ShownTx(tx, now, 0)
			ok = slices.ContainsFunc(list, func(q room.Paragraph) bool { return q.Slide == hash })
			return err
		})
		return ok, err
	})
}

// frame is what a phone that follows a room is sent: how the room stands, and the paragraphs that the phone doesn't have.
type frame struct {
	State room.State `json:"state"`
	Shown int        `json:"shown"` // paragraphs that the phone has then
	Note  string     `json:"note"`
	HTML  string     `json:"html"`
}

// frameOf makes the frame for who has the first paragraphs.
func (p *Pages) frameOf(tx *db.Tx, v *visit, e event.Event, now room.Room, from int) (frame, error) {
	list, err := p.Rooms.ShownTx(tx, now, from)
	if err != nil {
		return frame{}, err
	}
	x := &view{p: p, community: v.community, lang: v.lang}
	var b bytes.Buffer
	if err := p.views.ExecuteTemplate(&b, "paragraphs", x.paragraphs(v.base+"/events/"+e.Code+"/room", from, list)); err != nil {
		return frame{}, fmt.Errorf("paragraphs: %w", err)
	}
	return frame{State: now.State, Shown: from + len(list), Note: x.roomNote(e, now.State), HTML: b.String()}, nil
}

// roomNews is a frame for phones that no stream reaches.
func (p *Pages) roomNews(w http.ResponseWriter, r *http.Request, v *visit) error {
	var f frame
	err := p.look(r, v, func(tx *db.Tx, e event.Event, now room.Room) (err error) {
		f, err = p.frameOf(tx, v, e, now, has(r))
		return err
	})
	if err != nil {
		return err
	}
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(b) //nolint:errcheck // the browser went away
	return nil
}

// has is how many paragraphs a phone says that it has: what the stream told it last, or else what stood on its page.
func has(r *http.Request) int {
	for _, s := range []string{r.Header.Get("Last-Event-ID"), r.URL.Query().Get("from")} {
		if n, err := strconv.Atoi(s); err == nil && n >= 0 {
			return n
		}
	}
	return 0
}

// roomLink leads to an event's room, for who may be there.
func (p *Pages) roomLink(tx *db.Tx, x *view, v *visit, e event.Event) (*roomLink, error) {
	if v.who.Kind != access.Member {
		return nil, nil
	}
	now, err := p.Rooms.LookTx(tx, e.ID, v.who.ID)
	if err != nil {
		if refused(err) != nil {
			err = nil
		}
		return nil, err
	}
	word := x.T("h5.room.open")
	if now.State == room.Ended {
		word = x.T("h5.room.read_back")
	}
	return &roomLink{v.base + "/events/" + e.Code + "/room", word}, nil
}

type roomLink struct{ Href, Word string }
