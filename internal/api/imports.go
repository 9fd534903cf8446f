package api

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/transfer"
)

// errFile refuses an upload without a file.
var errFile = errs.Define(errs.Invalid, "request.no_file")

// ImportInput names an import.
type ImportInput struct {
	ID ID `path:"id"`
}

// ImportProblem is a row that was not taken, with the reasons in the caller's words.
type ImportProblem struct {
	Row     int            `json:"row" doc:"as spreadsheets count"`
	Reasons []ImportReason `json:"reasons"`
	Words   string         `json:"words" doc:"all reasons, with their columns"`
}

// ImportReason is a reason in the caller's words.
type ImportReason struct {
	transfer.Reason
	Words string `json:"words"`
}

// ImportPreview is the beginning of a file, as it was understood.
type ImportPreview struct {
	Rows []ImportRow `json:"rows"`
}

// ImportRow is a row of a file. Cells are as many as the header has, or more in a row that is wrong.
type ImportRow struct {
	Row     int            `json:"row" doc:"as spreadsheets count"`
	Cells   []string       `json:"cells"`
	Reasons []ImportReason `json:"reasons" doc:"what is wrong with it, as far as the mapping tells without looking at who is known"`
}

func (a *API) imports() {
	const tag = "Imports"
	op := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.ImportRun, Summary: summary}
	}
	up := op("import.upload", "POST /imports", "Takes a CSV or XLSX file of people in; nothing of it takes effect yet")
	up.Status, up.Raw, up.Limit = http.StatusCreated, true, transfer.MaxBytes+2<<20
	get(a, up, a.uploadImport)
	a.huma.OpenAPI().Paths[inCommunity+"/imports"].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"multipart/form-data": {Schema: &huma.Schema{Type: "object", Required: []string{"file"}, Properties: map[string]*huma.Schema{
			"encoding": {Type: "string", Description: "utf-8, utf-16le, utf-16be or gb18030, before the file; found out if not given"},
			"sheet":    {Type: "string", Description: "of a workbook, before the file; the first if not given"},
			"file":     {Type: "string", Format: "binary"},
		}}},
	}}
	get(a, op("import.list", "GET /imports", "Lists imports, the newest first"), func(ctx context.Context, c *call, in *Paging) (page.Page[transfer.Import], error) {
		return a.Transfer.List(ctx, c.Community, in.Cursor, in.Limit)
	})
	look(a, op("import.targets", "GET /imports/targets", "Lists what a column may mean"), func(tx *db.Tx, c *call, _ *nothing) (out list[transfer.Named], err error) {
		all, err := a.Transfer.Targets(tx)
		if err == nil {
			out.Items, err = a.Transfer.Name(tx, c.lang, all)
		}
		return out, err
	})
	get(a, op("import.read", "GET /imports/{id}", "How far an import is"), func(ctx context.Context, c *call, in *ImportInput) (transfer.Import, error) {
		return a.Transfer.Get(ctx, c.Community, string(in.ID))
	})
	get(a, op("import.preview", "GET /imports/{id}/preview", "The first rows, with what the mapping finds wrong in them"),
		func(ctx context.Context, c *call, in *ImportInput) (out ImportPreview, err error) {
			p, err := a.Transfer.Preview(ctx, c.Community, string(in.ID))
			for _, r := range p.Rows {
				out.Rows = append(out.Rows, ImportRow{r.Row, r.Cells, a.sayReasons(c, r.Reasons)})
			}
			return out, err
		})
	change(a, op("import.map", "PUT /imports/{id}/plan", "Says what the columns mean; remembered for files with the same columns"),
		func(tx *db.Tx, c *call, in *struct {
			ImportInput
			Body transfer.Plan
		},
		) (transfer.Import, error) {
			return a.recordImport(tx, c)(a.Transfer.MapTx(tx, string(in.ID), in.Body))
		})
	for _, o := range []struct {
		op   Op
		verb func(tx *db.Tx, id string) (transfer.Import, error)
	}{
		{op("import.check", "POST /imports/{id}/check", "Begins a dry run, which changes nobody; read the import to follow it"), func(tx *db.Tx, id string) (transfer.Import, error) { return a.Transfer.CheckTx(tx, id) }},
		{op("import.run", "POST /imports/{id}/run", "Begins the run, or goes on with one that was stopped"), func(tx *db.Tx, id string) (transfer.Import, error) { return a.Transfer.RunTx(tx, id) }},
		{op("import.stop", "POST /imports/{id}/stop", "Stops what is under way"), func(tx *db.Tx, id string) (transfer.Import, error) { return a.Transfer.StopTx(tx, id) }},
	} {
		change(a, o.op, func(tx *db.Tx, c *call, in *ImportInput) (transfer.Import, error) {
			return a.recordImport(tx, c)(o.verb(tx, string(in.ID)))
		})
	}
	get(a, op("import.problems", "GET /imports/{id}/problems", "Lists the rows that were not taken, with the reasons"), a.listProblems)
	handle(a, op("import.bad_rows", "GET /imports/{id}/bad-rows", "The rows that were not taken as a file, with the reasons in its last column"), a.readBadRows)
}

// recordImport writes the audit entry of a change of an import.
func (a *API) recordImport(tx *db.Tx, c *call) func(im transfer.Import, err error) (transfer.Import, error) {
	return func(im transfer.Import, err error) (transfer.Import, error) {
		if err == nil {
			err = c.record(tx, "import", im.ID, audit.Detail{"rows": im.Total, "dry": im.Dry})
		}
		return im, err
	}
}

// uploadImport reads the form up to the file, which is stored as it comes.
func (a *API) uploadImport(ctx context.Context, c *call, in *nothing) (im transfer.Import, err error) {
	form, err := c.r.MultipartReader()
	if err != nil {
		return im, errFile.Because(err)
	}
	var up transfer.Upload
	for up.Body == nil {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return im, errFile.At("/file")
		}
		if err != nil {
			return im, tooLong(err, errUnreadable.Because(err))
		}
		switch part.FormName() {
		case "encoding":
			word, err := formWord(part)
			if err != nil {
				return im, err
			}
			up.Encoding = transfer.Encoding(word)
		case "sheet":
			if up.Sheet, err = formWord(part); err != nil {
				return im, err
			}
		case "file":
			up.Name, up.Body = part.FileName(), part
		}
	}
	got, err := a.Transfer.Receive(ctx, c.Community, c.ID, up)
	if err != nil {
		return im, tooLong(err, err)
	}
	return alter(ctx, a, c, in, func(tx *db.Tx, c *call, _ *nothing) (transfer.Import, error) {
		return a.recordImport(tx, c)(a.Transfer.AddTx(tx, got, c.ID))
	})
}

// formWord is a short field of a form.
func formWord(p *multipart.Part) (string, error) {
	b, err := io.ReadAll(io.LimitReader(p, 256))
	if err != nil {
		return "", tooLong(err, errUnreadable.Because(err))
	}
	return string(b), nil
}

func (a *API) listProblems(ctx context.Context, c *call, in *struct {
	ImportInput
	Paging
},
) (out page.Page[ImportProblem], err error) {
	im, err := a.Transfer.Get(ctx, c.Community, string(in.ID))
	if err != nil {
		return out, err
	}
	p, err := a.Transfer.Problems(ctx, c.Community, im.ID, in.Cursor, in.Limit)
	out.Next = p.Next
	for _, x := range p.Items {
		out.Items = append(out.Items, ImportProblem{x.Row, a.sayReasons(c, x.Reasons), a.Transfer.Say(c.lang, im.Layout, x)})
	}
	return out, err
}

func (a *API) sayReasons(c *call, reasons []transfer.Reason) []ImportReason {
	out := make([]ImportReason, 0, len(reasons))
	for _, r := range reasons {
		out = append(out, ImportReason{r, a.Transfer.SayReason(c.lang, r)})
	}
	return out
}

func (a *API) readBadRows(ctx context.Context, c *call, in *ImportInput) (*served, error) {
	r, err := a.Transfer.Return(ctx, c.Community, string(in.ID), c.lang)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(strings.TrimSuffix(r.Import.Name, ".csv"), ".xlsx") + ".bad." + string(r.Import.Layout.Format)
	return a.download(name, r.Import.Layout.Format, func(w io.Writer) error {
		defer r.Close()
		_, err := r.Write(ctx, w)
		return err
	}), nil
}

// download serves a file as it is made. A fault in its middle breaks the connection off: half a file must not look whole.
func (a *API) download(name string, f transfer.Format, write func(w io.Writer) error) *served {
	kinds := map[transfer.Format]string{transfer.CSV: "text/csv; charset=utf-8", transfer.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	return &served{func(hc huma.Context) {
		_, w := humago.Unwrap(hc)
		w.Header().Set("Content-Type", kinds[f])
		w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
		w.Header().Set("Cache-Control", headerNoStore)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if err := write(w); err != nil {
			a.Log.Error("a download broke off", "file", f, "error", err)
			panic(http.ErrAbortHandler)
		}
	}}
}
