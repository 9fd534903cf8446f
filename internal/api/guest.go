package api

import (
	"context"
	"net/http"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// GuestRow is a guest with how they have done.
type GuestRow struct {
	event.Guest
	event.Record
}

// GuestView is a guest with all that they were asked.
type GuestView struct {
	event.Guest
	event.Record
	Nickname string   `json:"nickname,omitempty" doc:"of the person who they are"`
	Asks     []AskRow `json:"asks" doc:"the last first"`
}

// GuestContact is how a guest is reached.
type GuestContact struct {
	Contact string `json:"contact"`
}

// AskRow is an ask with what it names.
type AskRow struct {
	event.Ask
	GuestName  string    `json:"guest_name"`
	EventTitle text.Text `json:"event_title,omitempty"`
	Starts     time.Time `json:"starts,omitzero" doc:"when the event begins"`
	TopicTitle string    `json:"topic_title,omitempty"`
}

// EventGuests is whom an event was to have, and of what.
type EventGuests struct {
	Asks  []AskRow     `json:"asks" doc:"who was asked, the last first; who agreed appears there"`
	Topic *event.Topic `json:"topic,omitempty"`
}

// SlotRow is a time at which an event should be held.
type SlotRow struct {
	event.Slot
	EventTitle text.Text `json:"event_title,omitempty" doc:"of what is planned for it"`
}

func (a *API) guests() {
	const tag = "Guests"
	read := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.EventRead, Summary: summary}
	}
	write := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.EventWrite, Summary: summary}
	}
	once := func(name, route, summary string) Op {
		o := write(name, route, summary)
		o.Once, o.Status = true, http.StatusCreated
		return o
	}
	look(a, read("guest.list", "GET /guests", "Lists who may be asked to appear, who was asked longest ago first, with how they did"), a.listGuests)
	handle(a, read("guest.get", "GET /guests/{id}", "A guest with where they appeared, what people thought of it, and what they were asked"), a.readGuest)
	look(a, read("guest.notes", "GET /guests/{id}/notes", "Lists what came out of talking to a guest, the newest first"), func(tx *db.Tx, _ *call, in *listOfEvent) (page.Page[event.GuestNote], error) {
		return a.Events.NotesTx(tx, string(in.ID), in.Cursor, in.Limit)
	})
	change(a, once("guest.add", "POST /guests", "Writes somebody down who may be asked: a person, or somebody from outside"), func(tx *db.Tx, c *call, in *struct{ Body event.GuestDraft }) (event.Guest, error) {
		g, err := a.Events.AddGuestTx(tx, in.Body, c.ID)
		if err != nil {
			return g, err
		}
		return g, c.record(tx, "guest", g.ID, nil)
	})
	edit := write("guest.edit", "PATCH /guests/{id}", "Changes what is written down of a guest, or whether they are asked any more")
	edit.Match = true
	handle(a, edit, a.editGuest)
	drop(a, write("guest.forget", "DELETE /guests/{id}", "Takes away all that is written down of a guest, for good; where they appeared stays"), func(tx *db.Tx, c *call, in *OneThing) error {
		if err := a.Events.ForgetGuestTx(tx, string(in.ID), c.ID); err != nil {
			return err
		}
		return c.record(tx, "guest", string(in.ID), nil)
	})
	change(a, write("guest.reveal", "POST /guests/{id}/reveal", "Tells how a guest is reached; the audit log notes who asked"), func(tx *db.Tx, c *call, in *OneThing) (out GuestContact, err error) {
		if out.Contact, err = a.Events.ContactTx(tx, string(in.ID)); err != nil {
			return out, err
		}
		return out, c.record(tx, "guest", string(in.ID), nil)
	})
	change(a, once("guest.note", "POST /guests/{id}/notes", "Writes down what came out of talking to a guest"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Text string `json:"text" maxLength:"5000"`
		}
	},
	) (event.GuestNote, error) {
		n, err := a.Events.NoteGuestTx(tx, string(in.ID), in.Body.Text, c.ID)
		if err != nil {
			return n, err
		}
		return n, c.record(tx, "guest", string(in.ID), audit.Detail{"note": n.ID})
	})
	a.asks(once, write)
	look(a, read("event.guests", "GET /events/{id}/guests", "Whom an event was to have, what they said, and its topic"), a.eventGuests)
	look(a, read("event.slots", "GET /events/slots", "The times at which the playbook wants events, with what is planned for them"), a.listSlots)
}

func (a *API) asks(once, write func(name, route, summary string) Op) {
	recorded := func(tx *db.Tx, c *call, x event.Ask, err error) (AskRow, error) {
		if err == nil {
			err = c.record(tx, "guest", x.Guest, audit.Detail{"ask": x.ID, "event": x.Event, "state": string(x.State)})
		}
		if err != nil {
			return AskRow{}, err
		}
		rows, err := a.askRows(tx, []event.Ask{x})
		if err != nil {
			return AskRow{}, err
		}
		return rows[0], nil
	}
	change(a, once("guest.ask", "POST /guests/{id}/asks", "Notes that a guest was asked, for an event or none, and what they said if they have"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body event.AskDraft
	},
	) (AskRow, error) {
		x, err := a.Events.AskGuestTx(tx, string(in.ID), in.Body, c.ID)
		return recorded(tx, c, x, err)
	})
	change(a, write("guest.answer", "POST /asks/{id}/answer", "Notes what a guest said; who agreed to an event appears there"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			State string `json:"state" enum:"agreed,declined"`
		}
	},
	) (AskRow, error) {
		x, err := a.Events.AnswerAskTx(tx, string(in.ID), event.AskState(in.Body.State), c.ID)
		return recorded(tx, c, x, err)
	})
}

func (a *API) listGuests(tx *db.Tx, _ *call, in *struct {
	Paging
	State string `query:"state" enum:"active,retired" doc:"active if not given"`
	Topic string `query:"topic" maxLength:"80" doc:"words, each of which is in something that they can speak about"`
},
) (out page.Page[GuestRow], err error) {
	state := event.GuestActive
	if in.State != "" {
		state = event.GuestState(in.State)
	}
	p, err := a.Events.GuestsTx(tx, event.GuestFilter{State: state, Topic: in.Topic}, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	records, err := a.Events.RecordsTx(tx, p.Items)
	out.Next = p.Next
	for _, g := range p.Items {
		out.Items = append(out.Items, GuestRow{g, records[g.ID]})
	}
	return out, err
}

func (a *API) readGuest(ctx context.Context, c *call, in *OneThing) (out *tagged[GuestView], err error) {
	err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
		g, err := a.Events.GuestTx(tx, string(in.ID))
		if err != nil {
			return err
		}
		v := GuestView{Guest: g}
		records, err := a.Events.RecordsTx(tx, []event.Guest{g})
		if err != nil {
			return err
		}
		v.Record = records[g.ID]
		asks, err := a.Events.AsksTx(tx, "", g.ID)
		if err != nil {
			return err
		}
		if v.Asks, err = a.askRows(tx, asks); err != nil {
			return err
		}
		names, err := a.People.Names(tx, []string{g.Person})
		v.Nickname = names[g.Person].Nickname
		out = &tagged[GuestView]{etagOf(g.Version), v}
		return err
	})
	return out, err
}

type guestChange struct {
	OneThing
	Body event.GuestEdit
}

func (a *API) editGuest(ctx context.Context, c *call, in *guestChange) (*tagged[event.Guest], error) {
	version, err := c.version()
	if err != nil {
		return nil, err
	}
	g, err := alter(ctx, a, c, in, func(tx *db.Tx, c *call, in *guestChange) (event.Guest, error) {
		if version != 0 {
			was, err := a.Events.GuestTx(tx, string(in.ID))
			if err != nil {
				return was, err
			}
			if was.Version != version {
				return was, errStale
			}
		}
		g, err := a.Events.EditGuestTx(tx, string(in.ID), version, in.Body, c.ID)
		if err != nil {
			return g, err
		}
		return g, c.record(tx, "guest", g.ID, audit.Detail{"version": g.Version})
	})
	return &tagged[event.Guest]{etagOf(g.Version), g}, err
}

// askRows adds what asks name.
func (a *API) askRows(tx *db.Tx, asks []event.Ask) ([]AskRow, error) {
	out := []AskRow{}
	for _, x := range asks {
		row := AskRow{Ask: x}
		g, err := a.Events.GuestTx(tx, x.Guest)
		if err != nil {
			return nil, err
		}
		row.GuestName = g.Name
		if x.Event != "" {
			e, err := a.Events.GetTx(tx, x.Event)
			if err != nil {
				return nil, err
			}
			row.EventTitle, row.Starts = e.Title, e.Starts
		}
		if x.Topic != "" {
			t, err := a.Events.TopicTx(tx, x.Topic, "")
			if err != nil {
				return nil, err
			}
			row.TopicTitle = t.Title
		}
		out = append(out, row)
	}
	return out, nil
}

func (a *API) eventGuests(tx *db.Tx, _ *call, in *OneThing) (out EventGuests, err error) {
	asks, err := a.Events.AsksTx(tx, string(in.ID), "")
	if err != nil {
		return out, err
	}
	if out.Asks, err = a.askRows(tx, asks); err != nil {
		return out, err
	}
	t, found, err := a.Events.TopicOfTx(tx, string(in.ID))
	if found {
		out.Topic = &t
	}
	return out, err
}

// slotDays is of how many days the times are listed.
const slotDays = 60

func (a *API) listSlots(tx *db.Tx, _ *call, in *struct {
	Days int `query:"days" minimum:"0" maximum:"180" doc:"from now on; 60 if not given"`
},
) (out list[SlotRow], err error) {
	days := in.Days
	if days == 0 {
		days = slotDays
	}
	slots, err := a.Events.SlotsTx(tx, tx.Now(), tx.Now().Add(time.Duration(days)*24*time.Hour))
	for _, x := range slots {
		row := SlotRow{Slot: x}
		if err == nil && x.Event != "" {
			var e event.Event
			e, err = a.Events.GetTx(tx, x.Event)
			row.EventTitle = e.Title
		}
		out.Items = append(out.Items, row)
	}
	return out, err
}
