package api

import (
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// TicketRow is a ticket with who has it. Its code stays with its holder.
type TicketRow struct {
	event.Ticket
	Nickname string    `json:"nickname"`
	Title    text.Text `json:"title,omitempty" doc:"of the event, in a person's list"`
	Starts   time.Time `json:"starts,omitzero" doc:"of the event, in a person's list"`
}

// LineRow is somebody who waits for an event.
type LineRow struct {
	event.Waiting
	Nickname string `json:"nickname"`
}

// ScanRow is a scan at a door with whose ticket it was.
type ScanRow struct {
	event.Admission
	Nickname string `json:"nickname"`
}

// AnswerRow is an answer with who gave it.
type AnswerRow struct {
	event.Given
	Nickname string `json:"nickname"`
}

// AttendeeRow is somebody who came.
type AttendeeRow struct {
	event.Attendee
	Nickname  string `json:"nickname"`
	GiverName string `json:"giver_name,omitempty"`
}

// GiftRow is a friend ticket with who gave it to whom. Its link stays with its giver.
type GiftRow struct {
	event.Gift
	GiverName string `json:"giver_name"`
	GuestName string `json:"guest_name,omitempty"`
}

func (a *API) tickets() {
	const tag = "Events"
	read := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.EventRead, Summary: summary}
	}
	look(a, read("event.tickets", "GET /events/{id}/tickets", "Lists the tickets of an event, the newest first"), a.listTickets)
	look(a, read("event.line", "GET /events/{id}/line", "Lists the first of those who wait for an event"), a.listLine)
	look(a, read("event.gifts", "GET /events/{id}/gifts", "Lists the friend tickets that members gave for an event"), a.listGifts)
	look(a, read("event.scans", "GET /events/{id}/scans", "Lists the scans at an event's doors, the newest first"), func(tx *db.Tx, _ *call, in *listOfEvent) (out page.Page[ScanRow], err error) {
		return a.scanRows(tx, in, a.Events.ScansTx)
	})
	look(a, read("event.doubles", "GET /events/{id}/doubles", "Lists the entries, at phones without a network, by tickets that had let in already"), func(tx *db.Tx, _ *call, in *listOfEvent) (out page.Page[ScanRow], err error) {
		return a.scanRows(tx, in, a.Events.DoubleEntriesTx)
	})
	look(a, read("event.attendees", "GET /events/{id}/attendees", "Lists who came to an event, the first first, and by what door"), a.listAttendees)
	look(a, read("event.answers", "GET /events/{id}/answers", "Lists what those who came thought of an event"), a.listAnswers)
	look(a, Op{Name: "person.tickets", Route: "GET /people/{id}/tickets", Tag: tag, Action: access.EventRead, Summary: "Lists the tickets that a person ever had, the newest first"}, a.personTickets)
	change(a, Op{Name: "event.scan", Route: "POST /events/{id}/scans", Tag: tag, Action: access.EventCheck, Summary: "Checks a ticket in; the same nonce has the same answer"}, a.scanTicket)
	change(a, Op{
		Name: "ticket.give_back", Route: "POST /tickets/{id}/give-back", Tag: tag, Action: access.EventWrite, Once: true,
		Summary: "Takes a ticket back; what it cost goes back, for which the right to post money is needed",
	}, a.giveTicketBack)
}

type listOfEvent struct {
	OneThing
	Paging
}

// ofEvent refuses the lists of an event that isn't there.
func (a *API) ofEvent(tx *db.Tx, id ID) (string, error) {
	e, err := a.Events.GetTx(tx, string(id))
	return e.ID, err
}

// named gives the names of those whom a list's rows are about.
func (a *API) named(tx *db.Tx, n int, person func(i int) []string) (func(id string) string, error) {
	var ids []string
	for i := range n {
		ids = append(ids, person(i)...)
	}
	names, err := a.People.Names(tx, ids)
	return func(id string) string { return names[id].Nickname }, err
}

func (a *API) listTickets(tx *db.Tx, _ *call, in *struct {
	OneThing
	Paging
	State string `query:"state" enum:"held,valid,returned,refunded" doc:"all if not given; before those that are held stand the places that are offered"`
},
) (out page.Page[TicketRow], err error) {
	id, err := a.ofEvent(tx, in.ID)
	if err != nil {
		return out, err
	}
	p, err := a.Events.TicketsTx(tx, id, event.TicketState(in.State), in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	name, err := a.named(tx, len(p.Items), func(i int) []string { return []string{p.Items[i].Person} })
	out.Next = p.Next
	for _, t := range p.Items {
		t.Code = ""
		out.Items = append(out.Items, TicketRow{Ticket: t, Nickname: name(t.Person)})
	}
	return out, err
}

func (a *API) personTickets(tx *db.Tx, _ *call, in *listOfEvent) (out page.Page[TicketRow], err error) {
	p, err := a.Events.TicketsOfTx(tx, string(in.ID), in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	name, err := a.named(tx, len(p.Items), func(i int) []string { return []string{p.Items[i].Person} })
	out.Next = p.Next
	for _, t := range p.Items {
		e, err := a.Events.GetTx(tx, t.Event)
		if err != nil {
			return out, err
		}
		t.Code = ""
		out.Items = append(out.Items, TicketRow{t, name(t.Person), e.Title, e.Starts})
	}
	return out, err
}

func (a *API) listLine(tx *db.Tx, _ *call, in *struct {
	OneThing
	Limit int `query:"limit" minimum:"0" maximum:"200" doc:"50 if not given"`
},
) (out list[LineRow], err error) {
	line, err := a.Events.LineTx(tx, string(in.ID), page.Limit(in.Limit))
	if err != nil {
		return out, err
	}
	name, err := a.named(tx, len(line), func(i int) []string { return []string{line[i].Person} })
	for _, x := range line {
		out.Items = append(out.Items, LineRow{x, name(x.Person)})
	}
	return out, err
}

func (a *API) listGifts(tx *db.Tx, _ *call, in *listOfEvent) (out page.Page[GiftRow], err error) {
	id, err := a.ofEvent(tx, in.ID)
	if err != nil {
		return out, err
	}
	p, err := a.Events.GiftsOfEventTx(tx, id, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	name, err := a.named(tx, len(p.Items), func(i int) []string { return []string{p.Items[i].Giver, p.Items[i].Guest} })
	out.Next = p.Next
	for _, g := range p.Items {
		g.Token = ""
		out.Items = append(out.Items, GiftRow{g, name(g.Giver), name(g.Guest)})
	}
	return out, err
}

func (a *API) scanRows(tx *db.Tx, in *listOfEvent, read func(*db.Tx, string, string, int) (page.Page[event.Admission], error)) (out page.Page[ScanRow], err error) {
	id, err := a.ofEvent(tx, in.ID)
	if err != nil {
		return out, err
	}
	p, err := read(tx, id, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	name, err := a.named(tx, len(p.Items), func(i int) []string { return []string{p.Items[i].Person} })
	out.Next = p.Next
	for _, x := range p.Items {
		out.Items = append(out.Items, ScanRow{x, name(x.Person)})
	}
	return out, err
}

func (a *API) listAttendees(tx *db.Tx, _ *call, in *listOfEvent) (out page.Page[AttendeeRow], err error) {
	id, err := a.ofEvent(tx, in.ID)
	if err != nil {
		return out, err
	}
	p, err := a.Events.AttendeesTx(tx, id, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	name, err := a.named(tx, len(p.Items), func(i int) []string { return []string{p.Items[i].Person, p.Items[i].Giver} })
	out.Next = p.Next
	for _, x := range p.Items {
		out.Items = append(out.Items, AttendeeRow{x, name(x.Person), name(x.Giver)})
	}
	return out, err
}

func (a *API) listAnswers(tx *db.Tx, _ *call, in *listOfEvent) (out page.Page[AnswerRow], err error) {
	id, err := a.ofEvent(tx, in.ID)
	if err != nil {
		return out, err
	}
	p, err := a.Events.AnswersTx(tx, id, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	name, err := a.named(tx, len(p.Items), func(i int) []string { return []string{p.Items[i].Person} })
	out.Next = p.Next
	for _, x := range p.Items {
		out.Items = append(out.Items, AnswerRow{x, name(x.Person)})
	}
	return out, err
}

func (a *API) scanTicket(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		Code    string    `json:"code" minLength:"1" maxLength:"100" doc:"of the ticket"`
		Nonce   string    `json:"nonce" minLength:"1" maxLength:"100" doc:"made by the sender for each scan: sent again it is the same scan"`
		At      time.Time `json:"at,omitzero" doc:"when it was scanned; now if not given"`
		Offline bool      `json:"offline,omitempty" doc:"it is sent later: whoever scanned it has decided alone whether to let in"`
	}
},
) (event.Admission, error) {
	b := in.Body
	got, err := a.Events.ScanTx(tx, event.Scan{Event: string(in.ID), Code: b.Code, Nonce: b.Nonce, At: b.At.UTC(), Actor: c.ID, Offline: b.Offline})
	if err != nil {
		return got, err
	}
	return got, c.record(tx, "event", string(in.ID), audit.Detail{"scan": got.ID, "result": string(got.Result)})
}

func (a *API) giveTicketBack(tx *db.Tx, c *call, in *OneThing) (TicketRow, error) {
	was, err := a.Events.TicketTx(tx, string(in.ID))
	if err != nil {
		return TicketRow{}, err
	}
	if was.Price > 0 {
		if err := access.Allowed(c.Principal, access.MoneyPost, c.Community); err != nil {
			return TicketRow{}, err
		}
	}
	t, err := a.Events.GiveBackTx(tx, was.ID)
	if err != nil {
		return TicketRow{}, err
	}
	t.Code = ""
	return TicketRow{Ticket: t}, c.record(tx, "event", t.Event, audit.Detail{"ticket": t.ID, "fen": t.Price})
}
