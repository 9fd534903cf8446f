package api

import (
	"context"
	"io"

	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/transfer"
)

type exportQuery struct {
	PeopleFilter
	Format  string   `query:"format" enum:"csv,xlsx" default:"csv"`
	Columns []string `query:"columns" doc:"what to tell of them, from GET /exports/columns; the usual if not given"`
	Reveal  bool     `query:"reveal" doc:"names, phones and emails in full: for those who may look at them, and each is a look in the audit log"`
	Reason  string   `query:"reason" maxLength:"200" doc:"why they are looked at"`
}

func (a *API) exports() {
	const tag = "Exports"
	look(a, Op{Name: "export.columns", Route: "GET /exports/columns", Tag: tag, Action: access.ExportRun, Summary: "Lists what can be exported of people"},
		func(tx *db.Tx, c *call, _ *nothing) (out list[transfer.Named], err error) {
			all, err := a.Transfer.Columns(tx)
			if err == nil {
				out.Items, err = a.Transfer.Name(tx, c.lang, all)
			}
			return out, err
		})
	handle(a, Op{Name: "export.people", Route: "GET /exports/people", Tag: tag, Action: access.ExportRun, Summary: "The people that a filter chooses as a file; each is audited"}, a.exportPeople)
}

func (a *API) exportPeople(ctx context.Context, c *call, in *exportQuery) (*served, error) {
	x := transfer.Export{
		Format: transfer.Format(in.Format), Filter: in.filter(), Lang: c.lang, Zone: c.community.Location(), Reveal: in.Reveal, Actor: audit.By(c.Principal), Reason: in.Reason,
	}
	for _, name := range in.Columns {
		x.Columns = append(x.Columns, transfer.Target(name))
	}
	if in.Reveal {
		if err := access.Allowed(c.Principal, access.PeopleReveal, c.Community); err != nil {
			return nil, err
		}
	}
	out, err := a.Transfer.Prepare(ctx, c.Community, x)
	if err != nil {
		return nil, err
	}
	_, err = alter(ctx, a, c, in, func(tx *db.Tx, c *call, _ *exportQuery) (nothing, error) {
		return nothing{}, c.record(tx, "community", c.Community, audit.Detail{"format": in.Format, "reveal": in.Reveal})
	})
	if err != nil {
		return nil, err
	}
	return a.download("people."+in.Format, x.Format, func(w io.Writer) error {
		_, err := out.Write(ctx, w, nil)
		return err
	}), nil
}
