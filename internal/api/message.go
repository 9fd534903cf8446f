package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/idem"
)

// OneMessage is a message of a circle.
type OneMessage struct {
	ID      ID `path:"id"`
	Message ID `path:"message"`
}

// speaker is who asks, as circles see them: the guard lets nobody through but staff and their programs.
func speaker(c *call) circle.Actor { return circle.Actor{ID: c.ID, Staff: true} }

func (a *API) messages() {
	const tag = "Circles"
	op := func(name, route string, action access.Action, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: action, Summary: summary}
	}
	get(a, op("message.list", "GET /circles/{id}/messages", access.CircleRead, "Reads a piece of what was said: before a position, after one, or the newest"),
		func(ctx context.Context, c *call, in *struct {
			OneThing
			Before int64 `query:"before" minimum:"0"`
			After  int64 `query:"after" minimum:"0"`
			Limit  int   `query:"limit" minimum:"0" maximum:"200"`
		},
		) (circle.History, error) {
			return a.Circles.History(ctx, c.Community, speaker(c), string(in.ID), circle.Window{Before: in.Before, After: in.After, Limit: in.Limit})
		})
	post := op("message.post", "POST /circles/{id}/messages", access.CirclePost, "Says something in a circle")
	post.Once, post.Status = true, http.StatusCreated
	get(a, post, a.post)
	for verb, does := range map[string]func(tx *db.Tx, by circle.Actor, in *OneMessage) error{
		"withdraw": func(tx *db.Tx, by circle.Actor, in *OneMessage) error {
			return a.Circles.WithdrawTx(tx, by, string(in.ID), string(in.Message))
		},
		"pin": func(tx *db.Tx, by circle.Actor, in *OneMessage) error {
			return a.Circles.PinTx(tx, by, string(in.ID), string(in.Message), true)
		},
		"unpin": func(tx *db.Tx, by circle.Actor, in *OneMessage) error {
			return a.Circles.PinTx(tx, by, string(in.ID), string(in.Message), false)
		},
	} {
		summary := map[string]string{"withdraw": "Takes a message back", "pin": "Puts a message at the top of its circle", "unpin": "Takes a message from the top"}[verb]
		drop(a, op("message."+verb, "POST /circles/{id}/messages/{message}/"+verb, access.CircleModerate, summary), func(tx *db.Tx, c *call, in *OneMessage) error {
			if err := does(tx, speaker(c), in); err != nil {
				return err
			}
			return c.record(tx, "message", string(in.Message), nil)
		})
	}
	handle(a, op("circle.stream", "GET /circles/{id}/stream", access.CircleRead,
		"News of a circle as server-sent events: “news” with {seq} of the last message, {changed} of an earlier one, or the circle's new {state}"), a.stream)
}

// post says something. Circles keep the client's key themselves, with the message: its position is known only at the commit.
func (a *API) post(ctx context.Context, c *call, in *struct {
	OneThing
	Body struct {
		Text    string       `json:"text,omitempty"`
		Picture string       `json:"picture,omitempty" doc:"hash, from POST …/pictures"`
		Link    *circle.Link `json:"link,omitempty"`
		ReplyTo string       `json:"reply_to,omitempty"`
	}
},
) (out circle.Message, err error) {
	key := c.r.Header.Get(headerOnce)
	if key != "" {
		key = idem.Hash("key", c.Key(), []byte(key)) // short, and nobody else's
	}
	var m *circle.Message
	err = a.DB.Do(ctx, c.Community, func(tx *db.Tx) (err error) {
		m, err = a.Circles.PostTx(tx, speaker(c), string(in.ID), circle.Draft{
			Key: key, Text: in.Body.Text, Picture: in.Body.Picture, Link: in.Body.Link, ReplyTo: in.Body.ReplyTo,
		})
		if err != nil {
			return err
		}
		return c.record(tx, "message", m.ID, map[string]any{"circle": string(in.ID)})
	})
	if err != nil {
		return out, err
	}
	return *m, nil
}

type events struct {
	Type string             `header:"Content-Type"`
	Body func(huma.Context) `doc:"events"`
}

// Times of a stream: a heartbeat keeps proxies from cutting it; it ends by itself so that whoever comes back is asked
// again who they are.
const (
	streamBeat = 25 * time.Second
	streamFor  = 10 * time.Minute
)

func (a *API) stream(ctx context.Context, c *call, in *OneThing) (*events, error) {
	err := a.DB.Read(ctx, c.Community, func(tx *db.Tx) error { return a.Circles.CanReadTx(tx, speaker(c), string(in.ID)) })
	if err != nil {
		return nil, err
	}
	return &events{Type: "text/event-stream", Body: func(hc huma.Context) {
		news := make(chan circle.Live, 64)
		cancel := a.Circles.Subscribe(string(in.ID), func(l circle.Live) {
			select {
			case news <- l:
			default: // the reader is slow; news is a hint, and one is waiting already
			}
		})
		defer cancel()
		_, w := humago.Unwrap(hc)
		w.Header().Set("X-Accel-Buffering", "no")
		a.relay(ctx, w, news)
	}}, nil
}

func (a *API) relay(ctx context.Context, w http.ResponseWriter, news <-chan circle.Live) {
	out := http.NewResponseController(w)
	fmt.Fprint(w, "retry: 2000\n\n")
	beat := time.NewTicker(streamBeat)
	defer beat.Stop()
	end := time.NewTimer(streamFor)
	defer end.Stop()
	for {
		if err := out.Flush(); err != nil {
			return // the reader went away
		}
		select {
		case <-ctx.Done():
			return
		case <-a.Stopping:
			return
		case <-end.C:
			return
		case <-beat.C:
			fmt.Fprint(w, ": \n\n")
		case l := <-news:
			data, _ := json.Marshal(l) //nolint:errchkjson // integers and an enum always encode
			fmt.Fprintf(w, "event: news\ndata: %s\n\n", data)
		}
	}
}
