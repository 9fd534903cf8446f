package api

import (
	"cmp"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// NamedLecturer is who has held events that sold something, by name.
type NamedLecturer struct {
	Lecturer
	Name string `json:"name"`
}

// Lecturers is what events have sold by who held them.
type Lecturers struct {
	Items []NamedLecturer `json:"items"`
	More  bool            `json:"more,omitempty" doc:"there were more events than are counted: ask for a shorter time"`
}

// sales are what events lead to (E8).
func (a *API) sales() {
	read := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: "Events", Action: access.OrderRead, Summary: summary}
	}
	look(a, read("event.sale", "GET /events/{id}/sale", "What an event has sold by its offer, and how long its buyers were there"), func(tx *db.Tx, _ *call, in *OneThing) (x SoldByEvent, err error) {
		e, err := a.Events.GetTx(tx, string(in.ID))
		if err != nil {
			return x, err
		}
		return a.saleOf(tx, e)
	})
	look(a, read("event.lecturers", "GET /lecturers", "Counts by who held them what the events of a time have sold"), func(tx *db.Tx, _ *call, in *struct {
		From time.Time `query:"from" doc:"of events that begin then or later; a year ago if not given"`
		To   time.Time `query:"to" doc:"of events that begin before; now if not given"`
	},
	) (out Lecturers, err error) {
		from, to := in.From.UTC(), in.To.UTC()
		if to.IsZero() {
			to = tx.Now()
		}
		if from.IsZero() {
			from = to.AddDate(-1, 0, 0)
		}
		list, more, err := a.lecturers(tx, from, to)
		if err != nil {
			return out, err
		}
		ids := make([]string, 0, len(list))
		for _, x := range list {
			ids = append(ids, x.Host)
		}
		names, err := a.nicknames(tx, ids)
		out = Lecturers{Items: make([]NamedLecturer, 0, len(list)), More: more}
		for _, x := range list {
			out.Items = append(out.Items, NamedLecturer{x, names[x.Host]})
		}
		return out, err
	})
}

// SoldByEvent is what an event has sold by its offer (E8): who came and who bought, by how long they were there.
type SoldByEvent struct {
	Offers bool        `json:"offers" doc:"the offer stands now"`
	Ends   time.Time   `json:"ends" doc:"of the offer"`
	Sold   shop.Led    `json:"sold"`
	There  event.Stays `json:"there" doc:"valid tickets by how long their holders were there"`
	Bought event.Stays `json:"bought" doc:"buyers by how long they were there; who bought without a ticket counts as absent"`
}

// saleOf counts what an event has sold.
func (a *API) saleOf(tx *db.Tx, e event.Event) (x SoldByEvent, err error) {
	x = SoldByEvent{Offers: e.Offers(tx.Now()), Ends: e.OfferEnds()}
	led, err := a.Shop.LedTx(tx, []string{e.Origin()})
	if err != nil {
		return x, err
	}
	x.Sold = led[e.Origin()]
	if x.There, err = a.Events.StaysTx(tx, e.ID); err != nil {
		return x, err
	}
	for cursor := ""; ; {
		p, err := a.Shop.LedPeopleTx(tx, e.Origin(), cursor, 200)
		if err != nil || len(p.Items) == 0 {
			return x, err
		}
		some, err := a.Events.StaysTx(tx, e.ID, p.Items...)
		if err != nil {
			return x, err
		}
		x.Bought.Stayed, x.Bought.Left = x.Bought.Stayed+some.Stayed, x.Bought.Left+some.Left
		x.Bought.Absent += len(p.Items) - some.Stayed - some.Left
		if cursor = p.Next; cursor == "" {
			return x, nil
		}
	}
}

// Lecturer is who has held events that sold something.
type Lecturer struct {
	Host   string   `json:"host" doc:"person; empty for events without one"`
	Events int      `json:"events"`
	Came   int      `json:"came" doc:"people, of all the events; the denominator of the conversion"`
	Sold   shop.Led `json:"sold"`
}

// lecturersOf is of how many events at most lecturers are counted.
const lecturersOf = 1000

// lecturers counts what the events of a time have sold by who held them, the most first. more tells that there were more events than
// are counted.
func (a *API) lecturers(tx *db.Tx, from, to time.Time) (out []Lecturer, more bool, err error) {
	by, seen := map[string]*Lecturer{}, 0
	for cursor := ""; ; {
		p, err := a.Events.ListTx(tx, event.Filter{From: from, To: to, State: event.StatePlanned}, cursor, 100)
		if err != nil {
			return nil, false, err
		}
		if err := a.addLecturers(tx, p.Items, by); err != nil {
			return nil, false, err
		}
		if seen, cursor = seen+len(p.Items), p.Next; cursor == "" || seen >= lecturersOf {
			more = cursor != ""
			break
		}
	}
	for _, x := range by {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Lecturer) int {
		return cmp.Or(cmp.Compare(b.Sold.Paid-b.Sold.Refunded, a.Sold.Paid-a.Sold.Refunded), cmp.Compare(a.Host, b.Host))
	})
	return out, more, nil
}

func (a *API) addLecturers(tx *db.Tx, events []event.Event, by map[string]*Lecturer) error {
	var ids, origins []string
	for _, e := range events {
		if e.Sells.Item != "" {
			ids, origins = append(ids, e.ID), append(origins, e.Origin())
		}
	}
	led, err := a.Shop.LedTx(tx, origins)
	if err != nil {
		return err
	}
	figures, err := a.Events.FiguresOfTx(tx, ids)
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.Sells.Item == "" {
			continue
		}
		x := by[e.Host]
		if x == nil {
			x = &Lecturer{Host: e.Host}
			by[e.Host] = x
		}
		sold := led[e.Origin()]
		x.Events++
		x.Came += figures[e.ID].Attended
		x.Sold.Orders, x.Sold.Buyers = x.Sold.Orders+sold.Orders, x.Sold.Buyers+sold.Buyers
		x.Sold.Paid, x.Sold.Refunded = x.Sold.Paid+sold.Paid, x.Sold.Refunded+sold.Refunded
	}
	return nil
}
