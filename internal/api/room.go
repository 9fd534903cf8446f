package api

import (
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// RoomView is how far an event's script has come, and where it is followed and led.
type RoomView struct {
	room.Room
	URL  string `json:"url" doc:"the page of the audience"`
	Lead string `json:"lead" doc:"the page of who leads it: the event's host, or staff"`
}

// RoomScript is what is played.
type RoomScript struct {
	Version    int              `json:"version"`
	Paragraphs []room.Paragraph `json:"paragraphs"`
}

// RoomQuestion is a question with who asked it.
type RoomQuestion struct {
	room.Question
	Nickname string `json:"nickname"`
}

func (a *API) rooms() {
	const tag = "Rooms"
	look(a, Op{Name: "room.get", Route: "GET /events/{id}/room", Tag: tag, Action: access.EventRead, Summary: "How far the script of an event has come"}, func(tx *db.Tx, c *call, in *OneThing) (RoomView, error) {
		r, err := a.Rooms.RoomTx(tx, string(in.ID))
		if err != nil {
			return RoomView{}, err
		}
		return a.roomView(tx, c, r)
	})
	look(a, Op{Name: "room.script", Route: "GET /events/{id}/room/script", Tag: tag, Action: access.EventRead, Summary: "The script of an event"}, func(tx *db.Tx, _ *call, in *OneThing) (out RoomScript, err error) {
		r, err := a.Rooms.RoomTx(tx, string(in.ID))
		if err != nil {
			return out, err
		}
		out.Version = r.Version
		out.Paragraphs, err = a.Rooms.ScriptTx(tx, r.Event)
		return out, err
	})
	write := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.EventWrite, Summary: summary}
	}
	change(a, write("room.write", "PUT /events/{id}/room/script", "Puts a script in, until it is played; the same one again changes nothing"), a.writeScript)
	lead := func(o Op, do func(tx *db.Tx, event, actor string) (room.Room, error)) {
		change(a, o, func(tx *db.Tx, c *call, in *OneThing) (RoomView, error) {
			r, err := do(tx, string(in.ID), c.ID)
			return a.ledRoom(tx, c, r, err)
		})
	}
	lead(write("room.play", "POST /events/{id}/room/play", "Shows the next paragraph and lets the others follow at the pace"), a.Rooms.PlayTx)
	lead(write("room.pause", "POST /events/{id}/room/pause", "Stops a script where it is"), func(tx *db.Tx, event, _ string) (room.Room, error) { return a.Rooms.PauseTx(tx, event) })
	next := write("room.next", "POST /events/{id}/room/next", "Shows the next paragraph at once")
	next.Once = true
	lead(next, func(tx *db.Tx, event, _ string) (room.Room, error) { return a.Rooms.NextTx(tx, event) })
	lead(write("room.end", "POST /events/{id}/room/end", "Ends a script, for good: all of it may be read back"), a.Rooms.EndTx)
	change(a, write("room.pace", "POST /events/{id}/room/pace", "Sets how fast a script is played"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Pace int `json:"pace" doc:"characters a minute, 60 to 3000"`
		}
	},
	) (RoomView, error) {
		r, err := a.Rooms.PaceTx(tx, string(in.ID), in.Body.Pace)
		return a.ledRoom(tx, c, r, err)
	})
	look(a, Op{
		Name: "room.questions", Route: "GET /events/{id}/room/questions", Tag: tag, Action: access.EventRead,
		Summary: "Lists what the audience asks, with most votes first; hidden ones too",
	}, a.listQuestions)
	change(a, write("question.mark", "POST /questions/{id}/mark", "Says what became of a question"), a.markQuestion)
}

func (a *API) roomView(tx *db.Tx, c *call, r room.Room) (RoomView, error) {
	e, err := a.Events.GetTx(tx, r.Event)
	page := a.eventURL(c, e.Code)
	return RoomView{r, page + "/room", page + "/lead"}, err
}

// ledRoom is the answer to who leads a room.
func (a *API) ledRoom(tx *db.Tx, c *call, r room.Room, err error) (RoomView, error) {
	if err != nil {
		return RoomView{}, err
	}
	if err := c.record(tx, "event", r.Event, audit.Detail{"shown": r.Shown}); err != nil {
		return RoomView{}, err
	}
	return a.roomView(tx, c, r)
}

func (a *API) writeScript(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		Paragraphs []room.Paragraph `json:"paragraphs"`
	}
},
) (RoomView, error) {
	e, err := a.Events.GetTx(tx, string(in.ID))
	if err == nil && e.State == event.StateCancelled {
		err = event.ErrCancelled
	}
	if err != nil {
		return RoomView{}, err
	}
	r, err := a.Rooms.WriteTx(tx, e.ID, in.Body.Paragraphs, c.ID)
	if err != nil {
		return RoomView{}, err
	}
	if err := c.record(tx, "event", e.ID, audit.Detail{"version": r.Version, "paragraphs": r.Of}); err != nil {
		return RoomView{}, err
	}
	return a.roomView(tx, c, r)
}

func (a *API) listQuestions(tx *db.Tx, _ *call, in *listOfEvent) (out page.Page[RoomQuestion], err error) {
	id, err := a.ofEvent(tx, in.ID)
	if err != nil {
		return out, err
	}
	p, err := a.Rooms.QuestionsTx(tx, id, "", true, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	name, err := a.named(tx, len(p.Items), func(i int) []string { return []string{p.Items[i].Person} })
	out.Next = p.Next
	for _, q := range p.Items {
		out.Items = append(out.Items, RoomQuestion{q, name(q.Person)})
	}
	return out, err
}

func (a *API) markQuestion(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		State string `json:"state" enum:"open,answered,hidden"`
	}
},
) (RoomQuestion, error) {
	q, err := a.Rooms.MarkTx(tx, string(in.ID), room.QuestionState(in.Body.State))
	if err != nil {
		return RoomQuestion{}, err
	}
	names, err := a.People.Names(tx, []string{q.Person})
	if err != nil {
		return RoomQuestion{}, err
	}
	return RoomQuestion{q, names[q.Person].Nickname}, c.record(tx, "event", q.Event, audit.Detail{"question": q.ID, "state": string(q.State)})
}
