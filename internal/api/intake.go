package api

import (
	"net/http"
	"time"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// EntryView is an entry with its address.
type EntryView struct {
	intake.Entry
	URL string `json:"url" doc:"the short link"`
}

// EntryCounts are the counts of an entry.
type EntryCounts struct {
	Total intake.Counts      `json:"total" doc:"by what was counted: intake.viewed, intake.arrived, intake.registered, circle.joined …"`
	Days  []intake.DayCounts `json:"days" doc:"days without any are left out"`
}

// LiveCode is a group that entries hand out at once.
type LiveCode struct {
	Group   string      `json:"group"`
	Counts  seat.Counts `json:"counts"`
	Entries []EntryView `json:"entries"`
}

// OneThing is what the path names.
type OneThing struct {
	ID ID `path:"id"`
}

// EntryFields are what an entry is made of besides its code.
type EntryFields struct {
	Title     string `json:"title"`
	Source    string `json:"source,omitempty"`
	Placement string `json:"placement,omitempty"`
	Owner     string `json:"owner,omitempty" doc:"the person whose link it is"`
	Path      string `json:"path,omitempty" doc:"the path it leads into; one of an event's placement may have none, and leads to the event"`
	Opening   string `json:"opening,omitempty" doc:"the doors it waits at"`
	Keyword   string `json:"keyword,omitempty" maxLength:"40"`
	LiveCode  string `json:"live_code,omitempty" doc:"the group of circles that it hands out at once"`
}

func (a *API) entries() {
	const tag = "Intake"
	read := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.IntakeRead, Summary: summary}
	}
	add := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.IntakeWrite, Summary: summary, Once: true, Status: http.StatusCreated}
	}
	look(a, read("source.list", "GET /sources", "Lists the sources, the newest first"),
		func(tx *db.Tx, _ *call, in *Paging) (page.Page[intake.Source], error) {
			return a.Intake.Sources(tx, in.Cursor, in.Limit)
		})
	change(a, add("source.add", "POST /sources", "Adds a source"), func(tx *db.Tx, c *call, in *struct {
		Body struct {
			Name string `json:"name"`
			Kind string `json:"kind" doc:"article, video, group, account, person, offline or other"`
		}
	},
	) (intake.Source, error) {
		s, err := a.Intake.AddSourceTx(tx, intake.Source{Name: in.Body.Name, Kind: in.Body.Kind})
		if err != nil {
			return s, err
		}
		return s, c.record(tx, "source", s.ID, nil)
	})
	look(a, read("placement.list", "GET /placements", "Lists the paid presences at sources, the newest first"),
		func(tx *db.Tx, _ *call, in *Paging) (page.Page[intake.Placement], error) {
			return a.Intake.Placements(tx, in.Cursor, in.Limit)
		})
	change(a, add("placement.add", "POST /placements", "Adds a paid presence at a source"), func(tx *db.Tx, c *call, in *struct {
		Body struct {
			Source string    `json:"source"`
			Pool   string    `json:"pool,omitempty" doc:"accounts with the same audience, groups, mid-size accounts: as the community names them"`
			Name   string    `json:"name"`
			Cost   money.Fen `json:"cost" doc:"fen"`
			Starts time.Time `json:"starts,omitzero"`
			Ends   time.Time `json:"ends,omitzero"`
		}
	},
	) (intake.Placement, error) {
		b := in.Body
		p, err := a.Intake.AddPlacementTx(tx, intake.Placement{Source: b.Source, Pool: b.Pool, Name: b.Name, Cost: b.Cost, Starts: b.Starts, Ends: b.Ends})
		if err != nil {
			return p, err
		}
		return p, c.record(tx, "placement", p.ID, nil)
	})
	look(a, read("entry.list", "GET /entries", "Lists the entries, the newest first"), a.listEntries)
	change(a, add("entry.add", "POST /entries", "Adds an entry"), a.addEntry)
	handle(a, read("entry.read", "GET /entries/{id}", "An entry"), a.readEntry)
	edit := read("entry.edit", "PATCH /entries/{id}", "Changes an entry but for its code, which is printed on things")
	edit.Action, edit.Match = access.IntakeWrite, true
	handle(a, edit, a.editEntry)
	look(a, read("entry.counts", "GET /entries/{id}/counts", "How many came by an entry, by day; the last 30 days if not given"), a.entryCounts)
	handle(a, read("entry.qr_svg", "GET /entries/{id}/qr.svg", "The entry's address as a QR code, SVG"), a.entrySVG)
	handle(a, read("entry.qr_png", "GET /entries/{id}/qr.png", "The entry's address as a QR code, PNG"), a.entryPNG)
	look(a, read("live_code.list", "GET /live-codes", "Lists the groups that live codes hand out, with their entries and room"), a.liveCodes)
	look(a, read("group.pools", "GET /groups/{name}/pools", "The seat map of a group: its pools, and who waits"), a.groupPools)
}
