package circle_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

func TestMessages(t *testing.T) {
	play(t,
		scene{"C2 what is said", whatIsSaid},
		scene{"C2 one key says one thing", oneKeySaysOneThing},
		scene{"C2 concurrent posts have an order", concurrentPosts},
		scene{"C2 a frozen circle refuses at the last moment", frozenAtTheLastMoment},
		scene{"C2 history in pages", historyInPages},
		scene{"C2 withdrawing", withdrawing},
		scene{"C2 pins", pins},
		scene{"C2 pictures are seen by members only", pictures},
		scene{"unread", unread},
		scene{"P8 erasing", erasing},
	)
}

// room is a circle with some members.
func (w *world) room(n int) (c circle.Circle, members []string) {
	w.t.Helper()
	c = w.declare(pregnancy(200))[0]
	for range n {
		members = append(members, w.member(c.Group))
	}
	return c, members
}

func (w *world) post(c circle.Circle, person string, d circle.Draft) (*circle.Message, error) {
	return w.circles.Post(w.t.Context(), w.d.Community, circle.Actor{ID: person}, c.ID, d)
}

func (w *world) say(c circle.Circle, person, words, replyTo string) *circle.Message {
	w.t.Helper()
	m, err := w.post(c, person, circle.Draft{Text: words, ReplyTo: replyTo})
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func (w *world) history(c circle.Circle, person string, win circle.Window) circle.History {
	w.t.Helper()
	h, err := w.circles.History(w.t.Context(), w.d.Community, circle.Actor{ID: person}, c.ID, win)
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

func whatIsSaid(w *world) {
	t := w.t
	c, m := w.room(2)
	ann, bea := m[0], m[1]
	var news []circle.Live
	cancel := w.circles.Subscribe(c.ID, func(l circle.Live) { news = append(news, l) })
	defer cancel()

	first := w.say(c, ann, "  你好 👩‍🍼 𠮷\u202e\r\n  第二行 ", "")
	if first.Seq != 1 || first.Text != "你好 👩‍🍼 𠮷\n  第二行" {
		t.Errorf("first %+v", first)
	}
	w.say(c, bea, "谢谢 "+circle.Mention(ann), first.ID)
	_, err := w.post(c, bea, circle.Draft{Picture: "pic"})
	w.wantErr(err, nil)
	_, err = w.post(c, bea, circle.Draft{Link: &circle.Link{URL: "https://example.org/a?b=1"}})
	w.wantErr(err, nil)
	w.do(func(tx *db.Tx) error {
		_, err := w.circles.SystemTx(tx, c.ID, text.Text{text.Hans: "欢迎 " + circle.Mention(bea), text.En: "Welcome"})
		return err
	})
	h := w.history(c, ann, circle.Window{})
	if len(h.Messages) != 5 || h.More || h.Last != 5 {
		t.Fatalf("history %+v", h)
	}
	reply, pic, link, system := h.Messages[1], h.Messages[2], h.Messages[3], h.Messages[4]
	if reply.Quote == nil || reply.Quote.Text != first.Text || reply.Quote.AuthorName == "" || reply.Mentions[ann] != "nick "+ann[16:] {
		t.Errorf("reply %+v %+v", reply, reply.Quote)
	}
	if pic.Picture == nil || pic.Picture.Thumb != "thumb-pic" || link.Link == nil || link.Link.Title != "example.org" {
		t.Errorf("picture %+v, link %+v", pic, link)
	}
	if system.AuthorKind != circle.AuthorSystem || system.Words.In(text.En) != "Welcome" || system.Mentions[bea] == "" {
		t.Errorf("system %+v", system)
	}
	if !slices.Equal(news, []circle.Live{{Seq: 1}, {Seq: 2}, {Seq: 3}, {Seq: 4}, {Seq: 5}}) {
		t.Errorf("live %v", news)
	}
	w.refusedDrafts(c, ann)
	w.sound()
}

func (w *world) refusedDrafts(c circle.Circle, ann string) {
	for _, x := range []struct {
		d     circle.Draft
		want  *errs.Error
		field string
	}{
		{circle.Draft{Text: " \n "}, circle.ErrEmpty, "/text"},
		{circle.Draft{Text: strings.Repeat("长", 4001)}, circle.ErrTooLong, "/text"},
		{circle.Draft{Text: "\xff"}, circle.ErrUnreadable, "/text"},
		{circle.Draft{Text: "x", Link: &circle.Link{URL: "javascript:alert(1)"}}, circle.ErrLink, "/link"},
		{circle.Draft{Picture: "p", Link: &circle.Link{URL: "https://a.example"}}, circle.ErrOne, "/link"},
		{circle.Draft{Picture: "none"}, errNoPic, ""},
		{circle.Draft{Text: "x", ReplyTo: "nothing"}, circle.ErrReply, "/reply_to"},
		{circle.Draft{Text: circle.Mention(w.d.NewID())}, circle.ErrMention, "/text"},
	} {
		_, err := w.post(c, ann, x.d)
		w.wantErr(err, x.want)
		if e := errs.As(err); e != nil && e.Field != x.field {
			w.t.Errorf("%v is at %q, want %q", err, e.Field, x.field)
		}
	}
	_, err := w.post(c, w.d.NewID(), circle.Draft{Text: "x"})
	w.wantErr(err, circle.ErrNotMember)
	_, err = w.circles.History(w.t.Context(), w.d.Community, circle.Actor{ID: w.d.NewID()}, c.ID, circle.Window{})
	w.wantErr(err, circle.ErrNotMember)
	mute := func(until time.Time) {
		w.do(func(tx *db.Tx) error { return w.circles.MuteTx(tx, c.ID, ann, until, "op") })
	}
	mute(w.d.Clock.Now().Add(time.Hour))
	_, err = w.post(c, ann, circle.Draft{Text: "x"})
	w.wantErr(err, circle.ErrMuted)
	mute(time.Time{})
	for range 9 { // she has said one thing before
		w.say(c, ann, "x", "")
	}
	_, err = w.post(c, ann, circle.Draft{Text: "x"})
	w.wantErr(err, circle.ErrTooFast)
	w.d.Clock.Advance(10 * time.Second)
	w.say(c, ann, "x", "")
}

func oneKeySaysOneThing(w *world) {
	c, m := w.room(1)
	var wg sync.WaitGroup
	var mu sync.Mutex
	ids := map[string]bool{}
	nodes := []*node{w.node, w.second()}
	for i := range 8 {
		wg.Go(func() {
			got, err := nodes[i%2].circles.Post(w.t.Context(), w.d.Community, circle.Actor{ID: m[0]}, c.ID, circle.Draft{Key: "k", Text: "once", Picture: "once"})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				w.t.Error(err)
				return
			}
			ids[got.ID] = true
		})
	}
	wg.Wait()
	if len(ids) != 1 || len(w.history(c, m[0], circle.Window{}).Messages) != 1 {
		w.t.Errorf("said %d times", len(ids))
	}
	_, err := w.post(c, m[0], circle.Draft{Key: "k", Text: "other"})
	w.wantErr(err, circle.ErrKeyReused)
	if got, err := w.post(c, m[0], circle.Draft{Key: "k", Text: "once", Picture: "once"}); err != nil || got.Seq != 1 {
		w.t.Errorf("again: %+v, %v", got, err)
	}
	w.sound()
}

// Positions rise by one in commit order, whoever posts where on which program.
func concurrentPosts(w *world) {
	c, m := w.room(4)
	g := pregnancy(200)
	g.Name = "stage:other"
	other := w.declare(g)[0]
	for _, p := range m {
		w.held(other.Group, p)
		if _, err := w.join(other.ID, p); err != nil {
			w.t.Fatal(err)
		}
	}
	nodes := []*node{w.node, w.second()}
	var wg sync.WaitGroup
	for i := range 80 {
		wg.Go(func() {
			room := c
			if i/2%2 == 1 {
				room = other
			}
			ctx, n, person := w.t.Context(), nodes[i%2], m[i/4%4]
			got, err := n.circles.Post(ctx, w.d.Community, circle.Actor{ID: person}, room.ID, circle.Draft{Text: fmt.Sprint(i)})
			if err == nil {
				err = n.circles.MarkRead(ctx, w.d.Community, room.ID, person, got.Seq)
			}
			if err != nil {
				w.t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, room := range []circle.Circle{c, other} {
		h := w.history(room, m[0], circle.Window{Limit: 200})
		if len(h.Messages) != 40 {
			w.t.Errorf("%d messages", len(h.Messages))
		}
		for i, x := range h.Messages {
			if x.Seq != int64(i+1) {
				w.t.Errorf("message %d has position %d", i+1, x.Seq)
			}
		}
	}
	w.sound()
}

// A circle that is frozen between the look at it and the commit lets no member's message through.
func frozenAtTheLastMoment(w *world) {
	c, m := w.room(1)
	err := w.d.Do(w.t.Context(), w.d.Community, func(tx *db.Tx) error {
		if _, err := w.circles.PostTx(tx, circle.Actor{ID: m[0]}, c.ID, circle.Draft{Text: "x"}); err != nil {
			return err
		}
		_, err := w.circles.FreezeTx(tx, c.ID, "op")
		return err
	})
	w.wantErr(err, circle.ErrFrozen)
	if got := w.get(c.ID); got.State != circle.StateOpen || got.Messages != 0 {
		w.t.Errorf("the whole transaction is undone: %+v", got)
	}
	w.sound()
}

func historyInPages(w *world) {
	c, m := w.room(1)
	for i := range 25 {
		if i%5 == 0 {
			w.d.Clock.Advance(time.Minute)
		}
		w.say(c, m[0], fmt.Sprint(i+1), "")
	}
	span := func(win circle.Window, from, to int64, more bool) {
		w.t.Helper()
		h := w.history(c, m[0], win)
		if n := len(h.Messages); n == 0 || h.Messages[0].Seq != from || h.Messages[n-1].Seq != to || n != int(to-from+1) || h.More != more {
			w.t.Errorf("%+v gave %d messages, more %v: %+v", win, n, h.More, h.Messages)
		}
	}
	span(circle.Window{Limit: 10}, 16, 25, true)
	span(circle.Window{Before: 16, Limit: 10}, 6, 15, true)
	span(circle.Window{Before: 6, Limit: 10}, 1, 5, false)
	span(circle.Window{After: 15, Limit: 10}, 16, 25, false)
	span(circle.Window{After: 3, Limit: 10}, 4, 13, true)
	_, err := w.circles.History(w.t.Context(), w.d.Community, circle.Actor{ID: m[0]}, c.ID, circle.Window{Before: 3, After: 2})
	w.wantErr(err, circle.ErrWindow)
}

func pictures(w *world) {
	c, m := w.room(1)
	one, err := w.post(c, m[0], circle.Draft{Picture: "secret"})
	w.wantErr(err, nil)
	sees := func(a circle.Actor, hash string, want bool) {
		w.t.Helper()
		w.read(func(tx *db.Tx) error {
			got, err := w.circles.CanSeePictureTx(tx, a, hash)
			if got != want {
				w.t.Errorf("%+v sees %s: %v", a, hash, got)
			}
			return err
		})
	}
	sees(circle.Actor{ID: m[0]}, "secret", true)
	sees(circle.Actor{ID: m[0]}, "thumb-secret", true)
	sees(circle.Actor{ID: w.d.NewID()}, "secret", false)
	sees(circle.Actor{ID: "op", Staff: true}, "secret", true)
	sees(circle.Actor{ID: m[0]}, "", false)
	w.wantErr(w.circles.Withdraw(w.t.Context(), w.d.Community, circle.Actor{ID: "op", Staff: true}, c.ID, one.ID), nil)
	sees(circle.Actor{ID: m[0]}, "secret", false)
}

func unread(w *world) {
	c, m := w.room(1)
	ann := m[0]
	w.say(c, ann, "before bea", "")
	bea := w.member(c.Group)
	for range 3 {
		w.say(c, ann, "x", "")
	}
	if all, err := w.circles.CirclesOf(w.t.Context(), w.d.Community, ann); err != nil || all[0].Unread != 0 {
		w.t.Errorf("who writes has read: %+v %v", all, err)
	}
	unread := func() int64 {
		w.t.Helper()
		all, err := w.circles.CirclesOf(w.t.Context(), w.d.Community, bea)
		if err != nil || len(all) != 1 {
			w.t.Fatalf("%+v %v", all, err)
		}
		return all[0].Unread
	}
	mark := func(seq int64) {
		w.t.Helper()
		w.wantErr(w.circles.MarkRead(w.t.Context(), w.d.Community, c.ID, bea, seq), nil)
	}
	for _, x := range []struct{ mark, left int64 }{{0, 3}, {3, 1}, {2, 1}, {99, 0}} {
		mark(x.mark)
		if got := unread(); got != x.left {
			w.t.Errorf("after %d: %d unread, want %d", x.mark, got, x.left)
		}
	}
	w.wantErr(w.circles.MarkRead(w.t.Context(), w.d.Community, c.ID, w.d.NewID(), 1), circle.ErrNotMember)
	w.sound()
}
