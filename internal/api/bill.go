package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/transfer"
)

// PayChannel is a way to be paid.
type PayChannel struct {
	Name  string `json:"name"`
	Bills bool   `json:"bills" doc:"it makes bills, which are compared with the books"`
	Made  bool   `json:"made" doc:"its bills are made here: it is for trying things out"`
}

// maxBill is the size of a bill: a day of some hundred thousand payments.
const maxBill = 256 << 20

func (a *API) bills() {
	const tag = "Money"
	read := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.MoneyRead, Summary: summary}
	}
	look(a, read("channel.list", "GET /channels", "Lists the ways to be paid, and which of them make bills"), func(*db.Tx, *call, *nothing) (out list[PayChannel], err error) {
		billers := map[string]bool{}
		for _, name := range a.Shop.Billers() {
			billers[name] = true
		}
		for _, name := range a.Shop.Channels() {
			out.Items = append(out.Items, PayChannel{name, billers[name], a.Shop.MakesBills(name)})
		}
		return out, nil
	})
	handle(a, read("channel.bill", "GET /channels/{name}/bill", "The bill of a day of a channel that makes its bills here"), a.makeBill)
	up := Op{
		Name: "bill.upload", Route: "POST /bills", Tag: tag, Action: access.MoneyPost, Status: http.StatusCreated, Raw: true, Limit: maxBill,
		Summary: "Compares a channel's bill of a day with the books, and posts its fee; the same file again changes nothing",
	}
	get(a, up, a.uploadBill)
	a.huma.OpenAPI().Paths[inCommunity+"/bills"].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"multipart/form-data": {Schema: &huma.Schema{Type: "object", Required: []string{"channel", "day", "file"}, Properties: map[string]*huma.Schema{
			"channel": {Type: "string", Description: "whose bill it is, before the file"},
			"day":     {Type: "string", Description: "2006-01-02, of which it is, before the file"},
			"file":    {Type: "string", Format: "binary"},
		}}},
	}}
	look(a, read("bill.list", "GET /bills", "Lists bills, those of the latest day first"), func(tx *db.Tx, _ *call, in *struct {
		Paging
		Open bool `query:"open" doc:"only those that were not read to the end, or have a difference that nobody has resolved"`
	},
	) (page.Page[shop.Bill], error) {
		return a.Shop.BillsTx(tx, shop.BillFilter{Open: in.Open}, in.Cursor, in.Limit)
	})
	look(a, read("bill.get", "GET /bills/{id}", "A bill with how many differences it has"), func(tx *db.Tx, _ *call, in *OneThing) (shop.Bill, error) {
		return a.Shop.BillTx(tx, string(in.ID))
	})
	change(a, Op{Name: "bill.withdraw", Route: "POST /bills/{id}/withdraw", Tag: tag, Action: access.MoneyPost, Once: true, Summary: "Takes a wrong bill out of the comparison, with its fee, so that a corrected one can be sent"}, a.withdrawBill)
	look(a, read("difference.list", "GET /differences", "Lists in what bills and books differ, the latest first"), func(tx *db.Tx, _ *call, in *struct {
		Paging
		Bill ID   `query:"bill"`
		Open bool `query:"open" doc:"only those that nobody has resolved"`
	},
	) (p page.Page[shop.Difference], err error) {
		if in.Bill != "" {
			if _, err := a.Shop.BillTx(tx, string(in.Bill)); err != nil {
				return p, err
			}
		}
		return a.Shop.DifferencesTx(tx, shop.DifferenceFilter{Bill: string(in.Bill), Open: in.Open}, in.Cursor, in.Limit)
	})
	change(a, Op{Name: "difference.resolve", Route: "POST /differences/{id}/resolve", Tag: tag, Action: access.MoneyPost, Once: true, Summary: "Says why a bill and the books differ, and that nothing more is to be done"}, a.resolveDifference)
}

// uploadBill keeps the file on disk while it is read, which is done twice.
func (a *API) uploadBill(ctx context.Context, c *call, in *nothing) (b shop.Bill, err error) {
	form, err := c.r.MultipartReader()
	if err != nil {
		return b, errFile.Because(err)
	}
	up := shop.BillFile{Actor: c.ID}
	for up.File == nil {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return b, errFile.At("/file")
		}
		if err != nil {
			return b, tooLong(err, errUnreadable.Because(err))
		}
		word := &up.Channel
		switch part.FormName() {
		case "day":
			word = &up.Day
			fallthrough
		case "channel":
			if *word, err = formWord(part); err != nil {
				return b, err
			}
		case "file":
			kept, err := spool(part)
			if err != nil {
				return b, tooLong(err, err)
			}
			defer func() {
				kept.Close()           //nolint:errcheck // it is removed anyhow
				os.Remove(kept.Name()) //nolint:errcheck // the system sweeps what is left
			}()
			up.File = kept
		}
	}
	if b, err = a.Shop.ReadBill(ctx, c.Community, up); err != nil {
		return b, err
	}
	return alter(ctx, a, c, in, func(tx *db.Tx, c *call, _ *nothing) (shop.Bill, error) {
		got, err := a.Shop.BillTx(tx, b.ID)
		if err != nil {
			return got, err
		}
		return got, c.record(tx, "bill", got.ID, audit.Detail{"channel": got.Channel, "found": got.Found, "fen": got.Fee})
	})
}

// spool keeps what comes on disk. The caller removes it.
func spool(r io.Reader) (*os.File, error) {
	f, err := os.CreateTemp("", "qunce-bill-*")
	if err != nil {
		return nil, fmt.Errorf("keep an upload: %w", err)
	}
	if _, err := io.Copy(f, r); err != nil {
		f.Close()           //nolint:errcheck // the first error counts
		os.Remove(f.Name()) //nolint:errcheck // the first error counts
		return nil, fmt.Errorf("keep an upload: %w", err)
	}
	return f, nil
}

func (a *API) withdrawBill(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"what is wrong with it"`
	}
},
) (shop.Bill, error) {
	b, err := a.Shop.WithdrawBillTx(tx, string(in.ID), c.ID, in.Body.Reason)
	if err != nil {
		return b, err
	}
	return b, c.record(tx, "bill", b.ID, audit.Detail{"channel": b.Channel, "found": b.Found, "fen": b.Fee})
}

func (a *API) resolveDifference(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"why they differ, and what was done"`
	}
},
) (shop.Difference, error) {
	x, err := a.Shop.ResolveTx(tx, string(in.ID), c.ID, in.Body.Reason)
	if err != nil {
		return x, err
	}
	return x, c.record(tx, "bill", x.Bill, audit.Detail{"difference": x.ID, "kind": string(x.Kind)})
}

// makeBill looks before it writes: once a file has begun, nothing can be refused.
func (a *API) makeBill(ctx context.Context, c *call, in *struct {
	Name string `path:"name" maxLength:"40"`
	Day  string `query:"day" required:"true" maxLength:"10" doc:"2006-01-02, which is over"`
},
) (*served, error) {
	if err := a.Shop.MayWriteBill(in.Name, in.Day); err != nil {
		return nil, err
	}
	return a.download("bill-"+in.Name+"-"+in.Day+".csv", transfer.CSV, func(w io.Writer) error {
		return a.Shop.WriteBill(ctx, c.Community, in.Name, in.Day, w)
	}), nil
}
