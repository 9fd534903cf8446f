package api

import (
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// EventPlacement is an event that is a placement, with what became of those who came by its entry (E9).
type EventPlacement struct {
	intake.PlacementFigures
	Entry       EntryView   `json:"entry" doc:"that leads to the event"`
	PartnerName string      `json:"partner_name,omitempty" doc:"of the entry's owner"`
	Opened      int64       `json:"opened" doc:"its page, each visitor once a day"`
	Tickets     int64       `json:"tickets" doc:"of those who came first by it, have a ticket for the event"`
	Attended    int64       `json:"attended" doc:"of those who came first by it, were at the event"`
	Seats       event.Seats `json:"seats" doc:"set aside for who came by it, known before or not"`
}

func (a *API) eventPlacements() {
	op := func(name, route string, action access.Action, summary string) Op {
		return Op{Name: name, Route: route, Tag: "Events", Action: action, Summary: summary}
	}
	look(a, op("event.placement", "GET /events/{id}/placement", access.IntakeRead, "The placement that an event is, with what became of those who came by its entry"),
		func(tx *db.Tx, c *call, in *OneThing) (EventPlacement, error) {
			return a.eventPlacement(tx, c, string(in.ID))
		})
	change(a, op("event.place", "PUT /events/{id}/placement", access.IntakeWrite,
		"Makes an event a placement: whose audience, what it costs, and how many places are for them alone; for these the right to change events is needed"), a.placeEvent)
}

func (a *API) placeEvent(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		intake.EventPlacement
		Places *int      `json:"places,omitempty" doc:"for who comes by its entry alone; the house bounds them too; as they are if not given"`
		Price  money.Fen `json:"price,omitempty" doc:"fen, of these places"`
	}
},
) (out EventPlacement, err error) {
	e, err := a.Events.GetTx(tx, string(in.ID))
	if err != nil {
		return out, err
	}
	b := in.Body
	p, entry, err := a.Intake.PlaceEventTx(tx, e.ID, b.EventPlacement, c.ID)
	if err != nil {
		return out, err
	}
	detail := audit.Detail{"placement": p.ID, "entry": entry.ID, "fen": p.Cost}
	if b.Places != nil {
		now, err := a.Events.SetAsideTx(tx, e, *b.Places, b.Price, p.Name, c.ID)
		if err == nil && now.Version != e.Version {
			err = access.Allowed(c.Principal, access.EventWrite, c.Community)
		}
		if err != nil {
			return out, err
		}
		detail["places"], detail["version"] = *b.Places, now.Version
	}
	if err := c.record(tx, "event", e.ID, detail); err != nil {
		return out, err
	}
	return a.eventPlacement(tx, c, e.ID)
}

func (a *API) eventPlacement(tx *db.Tx, c *call, id string) (out EventPlacement, err error) {
	e, err := a.Events.GetTx(tx, id)
	if err != nil {
		return out, err
	}
	p, entry, err := a.Intake.PlacementOfTx(tx, e.ID)
	if err != nil {
		return out, err
	}
	out.Entry = a.entryView(c, entry)
	if out.PlacementFigures, err = a.Intake.FiguresTx(tx, p.ID); err != nil {
		return out, err
	}
	if out.Opened, err = a.Intake.OpenedTx(tx, p.ID); err != nil {
		return out, err
	}
	if entry.Owner != "" {
		names, err := a.nicknames(tx, []string{entry.Owner})
		if err != nil {
			return out, err
		}
		out.PartnerName = names[entry.Owner]
	}
	if out.Seats, err = a.Events.AudienceTx(tx, e); err != nil {
		return out, err
	}
	out.Tickets, err = a.originated(tx, p.ID, func(cursor string) (page.Page[string], error) {
		t, err := a.Events.TicketsTx(tx, e.ID, event.Valid, cursor, page.Max)
		return mapped(t, func(t event.Ticket) string { return t.Person }), err
	})
	if err != nil {
		return out, err
	}
	out.Attended, err = a.originated(tx, p.ID, func(cursor string) (page.Page[string], error) {
		t, err := a.Events.AttendeesTx(tx, e.ID, cursor, page.Max)
		return mapped(t, func(t event.Attendee) string { return t.Person }), err
	})
	return out, err
}

// originated counts those of a list of persons who came first by a placement.
func (a *API) originated(tx *db.Tx, placement string, persons func(cursor string) (page.Page[string], error)) (sum int64, err error) {
	for cursor := ""; ; {
		p, err := persons(cursor)
		if err != nil {
			return 0, err
		}
		n, err := a.Intake.OriginatedTx(tx, placement, p.Items)
		if err != nil {
			return 0, err
		}
		sum += n
		if cursor = p.Next; cursor == "" {
			return sum, nil
		}
	}
}

func mapped[T, U any](p page.Page[T], to func(T) U) (out page.Page[U]) {
	out.Next = p.Next
	for _, x := range p.Items {
		out.Items = append(out.Items, to(x))
	}
	return out
}
