package h5

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) circleRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/circles/{id}":                              p.member(p.circle),
		"GET /{community}/circles/{id}/messages":                     p.instead("/circles/{id}"),
		"GET /{community}/circles/{id}/leave":                        p.instead("/circles/{id}"),
		"GET /{community}/circles/{id}/messages/{message}/withdraw":  p.instead("/circles/{id}"),
		"GET /{community}/circles/{id}/news":                         p.member(p.news),
		"GET /{community}/circles/{id}/stream":                       p.member(p.stream),
		"POST /{community}/circles/{id}/messages":                    p.member(p.post),
		"POST /{community}/circles/{id}/messages/{message}/withdraw": p.member(p.withdraw),
		"POST /{community}/circles/{id}/leave":                       p.member(p.leave),
		"POST /{community}/circles/{id}/join":                        p.member(p.joinCircle),
		"GET /{community}/circles/{id}/join":                         p.instead("/me"),
		"GET /{community}/pictures/{hash}":                           p.member(p.picture),
	}
}

// member lets only those in who are signed in; others sign in and come back.
func (p *Pages) member(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		if v.who.Kind != access.Member {
			if r.Method == http.MethodGet {
				return back(w, r, v.base+"/sign-in?to="+r.URL.Path)
			}
			return access.ErrSignIn
		}
		return h(w, r, v)
	}
}

// historyPage is how many messages a page shows.
const historyPage = 50

type circleView struct {
	Name, Action, Rules, Key, Draft, WhyNot, ReplyTo, ReplyName string
	Members                                                     int
	Last, Earlier                                               int64
	CanWrite                                                    bool
	Messages                                                    []messageView
	Pins                                                        []messageView
}

type messageView struct {
	ID, Author, At, Text, Gone, Action, ReplyWord, WithdrawWord string
	Seq                                                         int64
	Mine, System, CanWithdraw                                   bool
	Quote                                                       *quoteView
	Picture                                                     *pictureView
	Link                                                        *circle.Link
}

type quoteView struct{ Name, Text string }

type pictureView struct {
	Full, Thumb, Alt string
	Width, Height    int
}

func actor(v *visit) circle.Actor { return circle.Actor{ID: v.who.ID} }

// circle is the page of a circle: what was said, live, and a place to say something.
func (p *Pages) circle(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showCircle(w, r, v, http.StatusOK, nil, "")
}

func (p *Pages) showCircle(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error, draft string) error {
	id := r.PathValue("id")
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil {
		before = 0
	}
	var c circle.Circle
	var h circle.History
	var pins []circle.Message
	err = p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		if c, err = p.Circles.GetTx(tx, id); err != nil {
			return err
		}
		if h, err = p.Circles.HistoryTx(tx, actor(v), id, circle.Window{Before: before, Limit: historyPage}); err != nil {
			return err
		}
		pins, err = p.Circles.PinsTx(tx, actor(v), id)
		return err
	})
	if err != nil {
		return err
	}
	if before == 0 {
		if err := p.Circles.MarkRead(r.Context(), v.community.ID, id, v.who.ID, h.Last); err != nil {
			p.Log.Warn("what was read could not be noted", "error", err)
		}
	}
	x := &view{Title: c.Name.In(v.lang), Script: "chat.js"}
	x.p, x.community, x.lang = p, v.community, v.lang
	data := circleView{
		Name: x.Title, Action: v.base + "/circles/" + id, Rules: c.Rules.In(v.lang), Key: nonce(), Draft: draft, Members: c.Members, Last: h.Last,
		CanWrite: c.State == circle.StateOpen || c.State == circle.StateFull, Messages: p.said(x, v, id, h.Messages), Pins: p.said(x, v, id, pins),
	}
	if !data.CanWrite {
		data.WhyNot = x.T("h5.circle." + string(c.State))
	}
	if h.More && len(h.Messages) > 0 {
		data.Earlier = h.Messages[0].Seq
	}
	if reply := r.URL.Query().Get("reply"); reply != "" {
		for _, m := range h.Messages {
			if m.ID == reply {
				data.ReplyTo, data.ReplyName = m.ID, m.AuthorName
			}
		}
	}
	if refusal != nil {
		x.Refusal = p.say(v, refusal)
	}
	x.Data = data
	return p.show(w, v, status, "circle", x)
}

var mention = regexp.MustCompile(`<@([0-9a-z]+)>`)

// joinCircle takes the place that a circle keeps for a member.
func (p *Pages) joinCircle(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	_, err := p.Circles.Join(r.Context(), v.community.ID, circle.Join{Person: v.who.ID, Circle: id})
	if e := answerable(err); e != nil {
		return p.showHome(w, r, v, statusOf[e.Kind], e)
	}
	if err != nil {
		return err
	}
	return back(w, r, v.base+"/circles/"+id)
}

// withdrawFor is how long the page offers to take one's own message back; the circle decides.
const withdrawFor = 2 * time.Minute

// said turns messages into what the page shows.
func (p *Pages) said(x *view, v *visit, id string, list []circle.Message) []messageView {
	zone := v.community.Location()
	out := make([]messageView, 0, len(list))
	for _, m := range list {
		mv := messageView{
			ID: m.ID, Seq: m.Seq, Author: m.AuthorName, At: m.At.In(zone).Format("01-02 15:04"), System: m.AuthorKind == circle.AuthorSystem,
			Mine: m.AuthorKind == circle.AuthorMember && m.Author == v.who.ID, Text: m.Text, Link: m.Link,
			Action: v.base + "/circles/" + id, ReplyWord: x.T("h5.circle.reply"), WithdrawWord: x.T("h5.circle.withdraw"),
		}
		if len(m.Words) > 0 {
			mv.Text = m.Words.In(v.lang)
		}
		mv.Text = mention.ReplaceAllStringFunc(mv.Text, func(s string) string { return "@" + m.Mentions[s[2:len(s)-1]] })
		mv.CanWithdraw = mv.Mine && p.DB.Clock().Now().Sub(m.At) < withdrawFor && m.WithdrawnAt.IsZero()
		switch {
		case !m.WithdrawnAt.IsZero():
			mv.Gone = x.T("h5.circle.withdrawn")
		case m.Erased:
			mv.Gone = x.T("h5.circle.erased")
		}
		if q := m.Quote; q != nil {
			mv.Quote = &quoteView{q.AuthorName, q.Text}
			if q.Gone {
				mv.Quote.Text = x.T("h5.circle.withdrawn")
			}
		}
		if pic := m.Picture; pic != nil {
			mv.Picture = shown(v.base, pic, x.T("h5.circle.picture_of", "name", m.AuthorName))
		}
		out = append(out, mv)
	}
	return out
}

// shown gives a picture the size it has on the page, so that nothing jumps when it arrives.
func shown(base string, pic *circle.Picture, alt string) *pictureView {
	const side = 220
	out := &pictureView{Full: base + "/pictures/" + pic.Hash, Alt: alt, Width: pic.Width, Height: pic.Height}
	out.Thumb = out.Full
	if pic.Thumb != "" {
		out.Thumb = base + "/pictures/" + pic.Thumb
	}
	if out.Width > side {
		out.Width, out.Height = side, max(1, (out.Height*side+out.Width/2)/out.Width)
	}
	return out
}

// news is the messages after a position, or a single one anew, as a piece of the page.
func (p *Pages) news(w http.ResponseWriter, r *http.Request, v *visit) error {
	id, q := r.PathValue("id"), r.URL.Query()
	window := circle.Window{Limit: 200}
	if only, err := strconv.ParseInt(q.Get("only"), 10, 64); err == nil {
		window.Before, window.Limit = only+1, 1
	} else if window.After, err = strconv.ParseInt(q.Get("after"), 10, 64); err != nil {
		return errForm
	}
	h, err := p.Circles.History(r.Context(), v.community.ID, actor(v), id, window)
	if err != nil {
		return err
	}
	if window.After > 0 && len(h.Messages) > 0 {
		if err := p.Circles.MarkRead(r.Context(), v.community.ID, id, v.who.ID, h.Messages[len(h.Messages)-1].Seq); err != nil {
			p.Log.Warn("what was read could not be noted", "error", err)
		}
	}
	x := &view{p: p, community: v.community, lang: v.lang}
	var b bytes.Buffer
	if err := p.views.ExecuteTemplate(&b, "messages", circleView{Messages: p.said(x, v, id, h.Messages)}); err != nil {
		return fmt.Errorf("messages: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(b.Bytes()) //nolint:errcheck // the browser went away
	return nil
}

// stream tells the page that there is news, for as long as it is open.
func (p *Pages) stream(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error { return p.Circles.CanReadTx(tx, actor(v), id) })
	if err != nil {
		return err
	}
	news := make(chan circle.Live, 16)
	cancel := p.Circles.Subscribe(id, func(l circle.Live) {
		select {
		case news <- l:
		default: // the page reads everything after its last position anyway
		}
	})
	defer cancel()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(w)
	fmt.Fprint(w, "retry: 2000\n\n") //nolint:errcheck // noticed by Flush
	beat := time.NewTicker(25 * time.Second)
	defer beat.Stop()
	for {
		if err := out.Flush(); err != nil {
			return nil //nolint:nilerr // the page was closed
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-p.Stopping:
			return nil // the page connects again, to the server that follows
		case <-beat.C:
			fmt.Fprint(w, ": \n\n") //nolint:errcheck // noticed by Flush
		case l := <-news:
			if l.Changed > 0 {
				fmt.Fprintf(w, "event: changed\ndata: %d\n\n", l.Changed) //nolint:errcheck // noticed by Flush
			} else {
				fmt.Fprintf(w, "event: news\ndata: %d\n\n", l.Seq) //nolint:errcheck // noticed by Flush
			}
		}
	}
}

// post says something. Script gets the key of the next message; a form goes back to the page.
func (p *Pages) post(w http.ResponseWriter, r *http.Request, v *visit) error {
	r.Body = http.MaxBytesReader(w, r.Body, blob.MaxBytes+1<<20)
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		return errForm.Because(err)
	}
	d := circle.Draft{Key: r.PostFormValue("key"), Text: r.PostFormValue("text"), ReplyTo: r.PostFormValue("reply_to")}
	err := p.attach(r, v, &d)
	if err == nil {
		_, err = p.Circles.Post(r.Context(), v.community.ID, actor(v), r.PathValue("id"), d)
	}
	script := r.Header.Get("X-Requested-With") != ""
	switch {
	case err == nil && script:
		fmt.Fprint(w, nonce()) //nolint:errcheck // the browser went away
		return nil
	case err == nil:
		return back(w, r, v.base+"/circles/"+r.PathValue("id"))
	}
	e := errs.As(err)
	if e == nil || script || e.Kind == errs.NotFound || errors.Is(err, circle.ErrNotMember) {
		return err
	}
	return p.showCircle(w, r, v, statusOf[e.Kind], e, d.Text)
}

// attach takes in the picture of a form, if there is one.
func (p *Pages) attach(r *http.Request, v *visit, d *circle.Draft) error {
	f, _, err := r.FormFile("picture")
	if errors.Is(err, http.ErrMissingFile) {
		return nil
	}
	if err != nil {
		return errForm.Because(err)
	}
	defer f.Close()
	err = p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error { return p.Circles.CanReadTx(tx, actor(v), r.PathValue("id")) })
	if err != nil {
		return err
	}
	b, err := p.Blobs.AddPicture(r.Context(), v.community.ID, v.who.ID, f)
	d.Picture = b.Hash
	return err
}

func (p *Pages) withdraw(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := p.Circles.Withdraw(r.Context(), v.community.ID, actor(v), r.PathValue("id"), r.PathValue("message")); err != nil {
		return err
	}
	return back(w, r, v.base+"/circles/"+r.PathValue("id"))
}

func (p *Pages) leave(w http.ResponseWriter, r *http.Request, v *visit) error {
	_, err := p.Circles.Leave(r.Context(), v.community.ID, r.PathValue("id"), v.who.ID, circle.ReasonLeft, "")
	if err != nil && !errors.Is(err, circle.ErrNotMember) {
		return err
	}
	return back(w, r, v.base+"/me")
}

// picture serves a stored picture to those who may see where it is shown.
func (p *Pages) picture(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.serveBlob(w, r, v, func(ctx context.Context, hash string) (ok bool, err error) {
		err = p.DB.Read(ctx, v.community.ID, func(tx *db.Tx) error {
			ok, err = p.Circles.CanSeePictureTx(tx, actor(v), hash)
			return err
		})
		return ok, err
	})
}

func (p *Pages) serveBlob(w http.ResponseWriter, r *http.Request, v *visit, may func(context.Context, string) (bool, error)) error {
	hash := r.PathValue("hash")
	ok, err := may(r.Context(), hash)
	if err != nil {
		return err
	}
	if !ok {
		return blob.ErrMissing
	}
	b, err := p.Blobs.Find(r.Context(), v.community.ID, hash)
	if err != nil {
		return err
	}
	f, err := p.Blobs.Open(r.Context(), v.community.ID, hash)
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Content-Type", b.Kind)
	w.Header().Set("Cache-Control", "private, max-age=86400")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(w, r, "", b.CreatedAt, f)
	return nil
}
