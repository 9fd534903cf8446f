package api

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/qr"
	"github.com/qunce/qunce/internal/spine/seat"
)

func (a *API) entryURL(slug, code string) string { return a.PublicURL + "/" + slug + "/e/" + code }

func (a *API) entryView(c *call, e intake.Entry) EntryView {
	return EntryView{e, a.entryURL(c.community.Slug, e.Code)}
}

// entryTag is the ETag of what of an entry can be edited.
func entryTag(e intake.Entry) string {
	return digestOf(e.Title, e.Source, e.Placement, e.Owner, e.Path, e.Opening, e.Keyword, e.LiveCode, e.State, e.Successor)
}

func (a *API) listEntries(tx *db.Tx, c *call, in *struct {
	Paging
	Text    string            `query:"q" doc:"in the title or code" maxLength:"80"`
	Source  string            `query:"source"`
	Opening string            `query:"opening"`
	Path    string            `query:"path"`
	State   intake.EntryState `query:"state" enum:"active,retired"`
},
) (out page.Page[EntryView], err error) {
	p, err := a.Intake.Entries(tx, intake.EntryFilter{Text: in.Text, Source: in.Source, Opening: in.Opening, Path: in.Path, State: in.State}, in.Cursor, in.Limit)
	out.Next = p.Next
	for _, e := range p.Items {
		out.Items = append(out.Items, a.entryView(c, e))
	}
	return out, err
}

func (a *API) addEntry(tx *db.Tx, c *call, in *struct {
	Body struct {
		Code string `json:"code,omitempty" doc:"in the short link; one is made if not given"`
		EntryFields
	}
},
) (EntryView, error) {
	b := in.Body
	e, err := a.Intake.AddEntryTx(tx, intake.Entry{
		Code: b.Code, Title: b.Title, Source: b.Source, Placement: b.Placement, Owner: b.Owner, Path: b.Path, Opening: b.Opening, Keyword: b.Keyword, LiveCode: b.LiveCode,
	})
	if err != nil {
		return EntryView{}, err
	}
	return a.entryView(c, e), c.record(tx, "entry", e.ID, nil)
}

func (a *API) readEntry(ctx context.Context, c *call, in *OneThing) (out *tagged[EntryView], err error) {
	err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
		e, err := a.Intake.EntryTx(tx, string(in.ID))
		out = &tagged[EntryView]{entryTag(e), a.entryView(c, e)}
		return err
	})
	return out, err
}

type entryChange struct {
	OneThing
	Body struct {
		Title     *string            `json:"title,omitempty"`
		Source    *string            `json:"source,omitempty"`
		Placement *string            `json:"placement,omitempty"`
		Owner     *string            `json:"owner,omitempty"`
		Path      *string            `json:"path,omitempty"`
		Opening   *string            `json:"opening,omitempty"`
		Keyword   *string            `json:"keyword,omitempty"`
		LiveCode  *string            `json:"live_code,omitempty"`
		State     *intake.EntryState `json:"state,omitempty" enum:"active,retired"`
		Successor *string            `json:"successor,omitempty" doc:"the entry that a retired one leads to"`
	}
}

func (a *API) editEntry(ctx context.Context, c *call, in *entryChange) (*tagged[EntryView], error) {
	e, err := alter(ctx, a, c, in, func(tx *db.Tx, c *call, in *entryChange) (intake.Entry, error) {
		e, err := a.Intake.EntryForUpdate(tx, string(in.ID))
		if err != nil {
			return e, err
		}
		if err := c.matches(entryTag(e)); err != nil {
			return e, err
		}
		b := in.Body
		for _, f := range []struct{ to, from *string }{
			{&e.Title, b.Title},
			{&e.Source, b.Source},
			{&e.Placement, b.Placement},
			{&e.Owner, b.Owner},
			{&e.Path, b.Path},
			{&e.Opening, b.Opening},
			{&e.Keyword, b.Keyword},
			{&e.LiveCode, b.LiveCode},
			{(*string)(&e.State), (*string)(b.State)},
			{&e.Successor, b.Successor},
		} {
			if f.from != nil {
				*f.to = *f.from
			}
		}
		if e, err = a.Intake.SetEntryTx(tx, e); err != nil {
			return e, err
		}
		return e, c.record(tx, "entry", e.ID, nil)
	})
	return &tagged[EntryView]{entryTag(e), a.entryView(c, e)}, err
}

const month = 30 * 24 * time.Hour

func (a *API) entryCounts(tx *db.Tx, _ *call, in *struct {
	OneThing
	From time.Time `query:"from"`
	To   time.Time `query:"to"`
},
) (out EntryCounts, err error) {
	if _, err := a.Intake.EntryTx(tx, string(in.ID)); err != nil {
		return out, err
	}
	if in.To.IsZero() {
		in.To = tx.Now()
	}
	if in.From.IsZero() {
		in.From = in.To.Add(-month)
	}
	out.Total = intake.Counts{}
	out.Days, err = a.Intake.Days(tx, string(in.ID), in.From, in.To)
	for _, d := range out.Days {
		for what, n := range d.Counts {
			out.Total[what] += n
		}
	}
	return out, err
}

type picture struct {
	Type  string `header:"Content-Type"`
	Cache string `header:"Cache-Control"`
	Body  []byte
}

type qrQuery struct {
	OneThing
	Size int `query:"size" minimum:"120" maximum:"2000" default:"600" doc:"pixels a side, of the PNG"`
}

func (a *API) entrySVG(ctx context.Context, c *call, in *OneThing) (*picture, error) {
	return a.entryQR(ctx, c, in.ID, "image/svg+xml", qr.SVG)
}

func (a *API) entryPNG(ctx context.Context, c *call, in *qrQuery) (*picture, error) {
	return a.entryQR(ctx, c, in.ID, "image/png", func(url string) ([]byte, error) { return qr.PNG(url, in.Size) })
}

func (a *API) entryQR(ctx context.Context, c *call, id ID, kind string, draw func(url string) ([]byte, error)) (*picture, error) {
	var e intake.Entry
	err := a.DB.Read(ctx, c.Community, func(tx *db.Tx) (err error) {
		e, err = a.Intake.EntryTx(tx, string(id))
		return err
	})
	if err != nil {
		return nil, err
	}
	body, err := draw(a.entryURL(c.community.Slug, e.Code))
	return &picture{Type: kind, Cache: "private, max-age=3600", Body: body}, err
}

func (a *API) liveCodes(tx *db.Tx, c *call, _ *nothing) (out list[LiveCode], err error) {
	byGroup := map[string][]EntryView{}
	for cursor := ""; ; {
		p, err := a.Intake.Entries(tx, intake.EntryFilter{Live: true}, cursor, page.Max)
		if err != nil {
			return out, err
		}
		for _, e := range p.Items {
			byGroup[e.LiveCode] = append(byGroup[e.LiveCode], a.entryView(c, e))
		}
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	for _, group := range slices.Sorted(maps.Keys(byGroup)) {
		counts, err := a.Seats.Count(tx, group)
		if err != nil && !isUnknownGroup(err) {
			return out, err
		}
		out.Items = append(out.Items, LiveCode{Group: group, Counts: counts, Entries: byGroup[group]})
	}
	return out, nil
}

// SeatMap is a group's pools with who waits for them.
type SeatMap struct {
	Group  seat.Group  `json:"group"`
	Counts seat.Counts `json:"counts"`
	Pools  []seat.Pool `json:"pools"`
}

func (a *API) groupPools(tx *db.Tx, _ *call, in *struct {
	Name string `path:"name" maxLength:"200"`
},
) (out SeatMap, err error) {
	if out.Group, err = a.Seats.Group(tx, in.Name); err != nil {
		return out, err
	}
	if out.Counts, err = a.Seats.Count(tx, in.Name); err != nil {
		return out, err
	}
	out.Pools, err = a.Seats.Pools(tx, in.Name)
	return out, err
}

// Place is a number in a queue, with whose it is and when it is let in.
type Place struct {
	intake.Reservation
	Name string    `json:"name" doc:"nickname"`
	Turn time.Time `json:"turn"`
}

// QueuePage is a piece of a queue.
type QueuePage struct {
	Opening  intake.Opening `json:"opening"`
	Admitted int            `json:"admitted" doc:"numbers let in so far"`
	Items    []Place        `json:"items"`
	Next     string         `json:"next,omitempty"`
}

func (a *API) queue(tx *db.Tx, _ *call, in *struct {
	OneThing
	Paging
},
) (out QueuePage, err error) {
	if out.Opening, err = a.Intake.OpeningTx(tx, string(in.ID)); err != nil {
		return out, asMissing(err)
	}
	out.Admitted = out.Opening.Admitted(tx.Now())
	p, err := a.Intake.Queue(tx, string(in.ID), in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	ids := make([]string, 0, len(p.Items))
	for _, r := range p.Items {
		ids = append(ids, r.Person)
	}
	names, err := a.People.Names(tx, ids)
	for _, r := range p.Items {
		out.Items = append(out.Items, Place{r, names[r.Person].Nickname, out.Opening.Turn(r.Number)})
	}
	out.Next = p.Next
	return out, err
}
