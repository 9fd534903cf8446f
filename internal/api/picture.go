package api

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/db"
)

// errPart refuses an upload without a picture.
var errPart = errs.Define(errs.Invalid, "request.no_picture")

// maxUpload is a picture with the form around it.
const maxUpload = blob.MaxBytes + 2<<20

func (a *API) pictures() {
	const tag = "Pictures"
	up := Op{
		Name: "picture.add", Route: "POST /pictures", Tag: tag, Action: access.BlobUpload, Status: http.StatusCreated, Raw: true, Limit: maxUpload,
		Summary: "Takes a picture in: JPEG, PNG, GIF or WebP; it is encoded anew",
	}
	get(a, up, a.addPicture)
	a.huma.OpenAPI().Paths[inCommunity+"/pictures"].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"multipart/form-data": {Schema: &huma.Schema{Type: "object", Required: []string{"picture"}, Properties: map[string]*huma.Schema{"picture": {Type: "string", Format: "binary"}}}},
	}}
	handle(a, Op{Name: "picture.read", Route: "GET /pictures/{hash}", Tag: tag, Action: access.CircleRead, Summary: "A stored picture"}, a.readPicture)
}

func (a *API) addPicture(ctx context.Context, c *call, _ *nothing) (b blob.Blob, err error) {
	form, err := c.r.MultipartReader()
	if err != nil {
		return b, errPart.Because(err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return b, errPart.At("/picture")
		}
		if err != nil {
			return b, tooLong(err, errUnreadable.Because(err))
		}
		if part.FormName() != "picture" {
			continue
		}
		if b, err = a.Blobs.AddPicture(ctx, c.Community, c.ID, part); err != nil {
			return b, tooLong(err, err)
		}
		return b, a.DB.Do(ctx, c.Community, func(tx *db.Tx) error { return c.record(tx, "picture", b.Hash[:20], nil) })
	}
}

// tooLong is the refusal of a body that passed its bound, or else err.
func tooLong(cause, err error) error {
	var long *http.MaxBytesError
	if errors.As(cause, &long) {
		return errTooLarge.With("max", long.Limit>>10)
	}
	return err
}

type served struct {
	Body func(huma.Context) `doc:"the picture"`
}

func (a *API) readPicture(ctx context.Context, c *call, in *struct {
	Hash string `path:"hash" pattern:"^[0-9a-f]{64}$" patternDescription:"a hash"`
},
) (*served, error) {
	b, err := a.Blobs.Find(ctx, c.Community, in.Hash)
	if err != nil {
		return nil, err
	}
	f, err := a.Blobs.Open(ctx, c.Community, in.Hash)
	if err != nil {
		return nil, err
	}
	return &served{func(hc huma.Context) {
		defer f.Close()
		r, w := humago.Unwrap(hc)
		w.Header().Set("Content-Type", b.Kind)
		w.Header().Set("Cache-Control", "private, max-age=86400")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
		http.ServeContent(w, r, "", b.CreatedAt, f)
	}}, nil
}
