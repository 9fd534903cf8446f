package h5

import (
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/poster"
)

// errNoPreview is for a picture of what is not there, or not for everybody.
var errNoPreview = errs.Define(errs.NotFound, "h5.no_preview")

// wholeCommunity is what the picture of a link to the community as a whole goes by.
const wholeCommunity = "home"

// preview is the address of the picture that chats show beside a link (og:image).
func (p *Pages) preview(v *visit, of string) string {
	return p.PublicURL + v.base + "/preview/" + url.PathEscape(of) + ".png?lang=" + string(v.lang)
}

// previews keeps the pictures that were asked for last: a link in a group is looked at by everybody in it at once.
type previews struct {
	mu    sync.Mutex
	made  map[poster.Poster][]byte
	order []poster.Poster
}

const mostPreviews = 64

func (c *previews) of(b poster.Poster) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock() // one is drawn at a time
	if png, has := c.made[b]; has {
		return png, nil
	}
	png, err := poster.Card(b)
	if err != nil {
		return nil, err
	}
	if c.made == nil {
		c.made = map[poster.Poster][]byte{}
	}
	if len(c.order) == mostPreviews {
		delete(c.made, c.order[0])
		c.order = c.order[1:]
	}
	c.made[b], c.order = png, append(c.order, b)
	return png, nil
}

// previewPicture draws what stands beside a link to something that everybody may see.
func (p *Pages) previewPicture(w http.ResponseWriter, r *http.Request, v *visit) error {
	of, is := strings.CutSuffix(r.PathValue("of"), ".png")
	if !is {
		return errNoPreview
	}
	var s shareable
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		if of == wholeCommunity {
			of = ""
		}
		s, err = p.shareableOf(tx, v, of)
		return err
	})
	if err != nil {
		return err
	}
	png, err := p.previews.of(poster.Poster{Community: v.community.Name.In(v.lang), Title: s.Title, Pitch: s.Pitch, Price: s.Price})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "image/png")
	h.Set("Cache-Control", "public, max-age=600")
	h.Set("X-Content-Type-Options", "nosniff")
	w.Write(png) //nolint:errcheck // the browser went away
	return nil
}
