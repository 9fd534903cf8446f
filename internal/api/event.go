package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// EventRow is an event in the calendar.
type EventRow struct {
	event.Event
	Conflicts []EventClash   `json:"conflicts,omitempty" doc:"if asked for: what else is planned then with the same host or at the same place"`
	Figures   *event.Figures `json:"figures,omitempty" doc:"if asked for"`
}

// EventClash is an event that is in the way of another.
type EventClash struct {
	ID     string    `json:"id"`
	Title  text.Text `json:"title"`
	Starts time.Time `json:"starts"`
	Ends   time.Time `json:"ends"`
}

// EventView is an event with how it stands.
type EventView struct {
	event.Event
	Conflicts []EventClash  `json:"conflicts,omitempty" doc:"what else is planned then with the same host or at the same place"`
	HostName  string        `json:"host_name,omitempty"`
	URL       string        `json:"url" doc:"its page"`
	Door      string        `json:"door" doc:"the page that checks tickets, for staff on a phone"`
	Figures   event.Figures `json:"figures"`
	Result    event.Survey  `json:"result" doc:"what those who came thought of it"`
}

func (a *API) events() {
	const tag = "Events"
	read := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.EventRead, Summary: summary}
	}
	look(a, read("event.list", "GET /events", "Lists the calendar in the order in which events begin"), a.listEvents)
	look(a, read("event.templates", "GET /events/templates", "Lists the sorts of events that the playbook has"), func(tx *db.Tx, _ *call, _ *nothing) (out list[event.Template], err error) {
		out.Items, err = a.Events.TemplatesTx(tx)
		return out, err
	})
	handle(a, read("event.get", "GET /events/{id}", "An event with its tickets, who came, and what they thought of it"), a.readEvent)
	look(a, read("event.forecast", "GET /events/{id}/forecast", "The audience that an event can count on, from its members and the rates of the events before it"), func(tx *db.Tx, _ *call, in *OneThing) (event.Turnout, error) {
		return a.Events.ForecastTx(tx, string(in.ID))
	})
	handle(a, read("event.ics", "GET /events/{id}/calendar.ics", "An event as a file that calendars take (RFC 5545)"), a.eventICS)
	write := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.EventWrite, Summary: summary}
	}
	add := write("event.add", "POST /events", "Plans an event from a template")
	add.Once, add.Status = true, http.StatusCreated
	change(a, add, func(tx *db.Tx, c *call, in *struct{ Body event.Draft }) (event.Event, error) {
		e, err := a.Events.PlanTx(tx, in.Body, c.ID)
		if err != nil {
			return e, err
		}
		return e, c.record(tx, "event", e.ID, nil)
	})
	edit := write("event.edit", "PATCH /events/{id}", "Changes an event; who has a ticket keeps it")
	edit.Match = true
	handle(a, edit, a.editEvent)
	change(a, write("event.cancel", "POST /events/{id}/cancel", "Calls an event off, for good; its tickets go back with what they cost"), func(tx *db.Tx, c *call, in *OneThing) (event.Event, error) {
		e, err := a.Events.CancelTx(tx, string(in.ID), c.ID)
		if err != nil {
			return e, err
		}
		return e, c.record(tx, "event", e.ID, nil)
	})
	change(a, write("event.summary", "PUT /events/{id}/summary", "Writes what an event came to, for who had a ticket and for members; empty takes it away"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Text string `json:"text"`
		}
	},
	) (event.Event, error) {
		e, err := a.Events.SummariseTx(tx, string(in.ID), in.Body.Text)
		if err != nil {
			return e, err
		}
		return e, c.record(tx, "event", e.ID, nil)
	})
	a.tickets()
	a.production()
	a.guests()
	a.topics()
	a.sales()
	a.eventPlacements()
}

func (a *API) listEvents(tx *db.Tx, _ *call, in *struct {
	Paging
	From      time.Time `query:"from" doc:"that begin then or later"`
	To        time.Time `query:"to" doc:"that begin before"`
	Kind      string    `query:"kind" enum:"script,live,salon,conference,class,course"`
	State     string    `query:"state" enum:"planned,cancelled"`
	City      string    `query:"city" maxLength:"200"`
	Series    string    `query:"series" maxLength:"200"`
	Host      ID        `query:"host" doc:"person"`
	Conflicts bool      `query:"conflicts" doc:"with what else is planned then with the same host or at the same place"`
	Figures   bool      `query:"figures" doc:"with tickets, comers and answers of each"`
},
) (out page.Page[EventRow], err error) {
	f := event.Filter{
		From: in.From.UTC(), To: in.To.UTC(), Kind: event.Kind(in.Kind), City: in.City, Series: in.Series, Host: string(in.Host), State: event.State(in.State),
	}
	p, err := a.Events.ListTx(tx, f, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	figures := map[string]event.Figures{}
	if in.Figures {
		ids := make([]string, len(p.Items))
		for i, e := range p.Items {
			ids[i] = e.ID
		}
		if figures, err = a.Events.FiguresOfTx(tx, ids); err != nil {
			return out, err
		}
	}
	for _, e := range p.Items {
		row := EventRow{Event: e}
		if f, counted := figures[e.ID]; counted {
			row.Figures = &f
		}
		if in.Conflicts {
			if row.Conflicts, err = a.clashes(tx, e); err != nil {
				return out, err
			}
		}
		out.Items = append(out.Items, row)
	}
	return out, nil
}

func (a *API) clashes(tx *db.Tx, e event.Event) (out []EventClash, err error) {
	if e.State != event.StatePlanned {
		return nil, nil
	}
	others, err := a.Events.ConflictsTx(tx, e)
	for _, x := range others {
		out = append(out, EventClash{x.ID, x.Title, x.Starts, x.Ends})
	}
	return out, err
}

func (a *API) readEvent(ctx context.Context, c *call, in *OneThing) (out *tagged[EventView], err error) {
	err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
		v, err := a.eventView(tx, c, string(in.ID))
		out = &tagged[EventView]{etagOf(int64(v.Version)), v}
		return err
	})
	return out, err
}

func (a *API) eventView(tx *db.Tx, c *call, id string) (v EventView, err error) {
	if v.Event, err = a.Events.GetTx(tx, id); err != nil {
		return v, err
	}
	v.URL, v.Door = a.eventURL(c, v.Code), a.PublicURL+"/"+c.community.Slug+"/door/"+v.Code
	if v.Conflicts, err = a.clashes(tx, v.Event); err != nil {
		return v, err
	}
	if v.Host != "" {
		names, err := a.People.Names(tx, []string{v.Host})
		if err != nil {
			return v, err
		}
		v.HostName = names[v.Host].Nickname
	}
	if v.Figures, err = a.Events.FiguresTx(tx, id); err != nil {
		return v, err
	}
	v.Result, err = a.Events.ResultTx(tx, id)
	return v, err
}

func (a *API) eventURL(c *call, code string) string {
	return a.PublicURL + "/" + c.community.Slug + "/events/" + code
}

type eventChange struct {
	OneThing
	Body struct {
		Title    *text.Text          `json:"title,omitempty"`
		About    *text.Text          `json:"about,omitempty"`
		Starts   *time.Time          `json:"starts,omitempty"`
		Ends     *time.Time          `json:"ends,omitempty" doc:"it lasts as long as before if only the start is given"`
		City     *string             `json:"city,omitempty"`
		Place    *string             `json:"place,omitempty"`
		Link     *string             `json:"link,omitempty"`
		Series   *string             `json:"series,omitempty"`
		Host     *string             `json:"host,omitempty" doc:"person; empty for none"`
		Capacity *int                `json:"capacity,omitempty"`
		Quotas   *[]event.Quota      `json:"quotas,omitempty"`
		Types    *[]event.TicketType `json:"types,omitempty"`
		Friends  *event.FriendRule   `json:"friends,omitempty"`
		Sells    *event.Sale         `json:"sells,omitempty"`
	}
}

func (a *API) editEvent(ctx context.Context, c *call, in *eventChange) (*tagged[event.Event], error) {
	version, err := c.version()
	if err != nil {
		return nil, err
	}
	e, err := alter(ctx, a, c, in, func(tx *db.Tx, c *call, in *eventChange) (event.Event, error) {
		e, err := a.Events.GetTx(tx, string(in.ID))
		if err != nil {
			return e, err
		}
		if version != 0 && int64(e.Version) != version {
			return e, errStale
		}
		in.apply(&e)
		if e, err = a.Events.ChangeTx(tx, e, c.ID); err != nil {
			return e, err
		}
		return e, c.record(tx, "event", e.ID, audit.Detail{"version": e.Version})
	})
	return &tagged[event.Event]{etagOf(int64(e.Version)), e}, err
}

// apply changes what was sent.
func (in *eventChange) apply(e *event.Event) {
	b := in.Body
	if b.Starts != nil {
		e.Starts, e.Ends = b.Starts.UTC(), b.Starts.UTC().Add(e.Ends.Sub(e.Starts))
	}
	if b.Ends != nil {
		e.Ends = b.Ends.UTC()
	}
	set(&e.Title, b.Title)
	set(&e.About, b.About)
	set(&e.City, b.City)
	set(&e.Place, b.Place)
	set(&e.Link, b.Link)
	set(&e.Series, b.Series)
	set(&e.Host, b.Host)
	set(&e.Capacity, b.Capacity)
	set(&e.Quotas, b.Quotas)
	set(&e.Types, b.Types)
	set(&e.Friends, b.Friends)
	set(&e.Sells, b.Sells)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

type calendarFile struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (a *API) eventICS(ctx context.Context, c *call, in *OneThing) (*calendarFile, error) {
	var e event.Event
	err := a.DB.Read(ctx, c.Community, func(tx *db.Tx) (err error) {
		e, err = a.Events.GetTx(tx, string(in.ID))
		return err
	})
	if err != nil {
		return nil, err
	}
	domain := "qunce"
	if u, err := url.Parse(a.PublicURL); err == nil && u.Hostname() != "" {
		domain = u.Hostname()
	}
	return &calendarFile{
		Type: "text/calendar; charset=utf-8; method=PUBLISH", Disposition: `attachment; filename="` + e.Code + `.ics"`,
		Body: event.ICS(e, a.eventURL(c, e.Code), domain, c.lang, a.DB.Clock().Now()),
	}, nil
}
