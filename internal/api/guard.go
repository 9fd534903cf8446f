package api

import (
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/obs"
)

// What is refused before an operation is reached.
var (
	errNoOperation = errs.Define(errs.NotFound, "request.no_operation")
	errMethod      = errs.Define(errs.NotFound, "request.method") // {allowed}; answered with 405
	errMedia       = errs.Define(errs.Malformed, "request.media") // {media}; answered with 415
	errCrossOrigin = errs.Define(errs.Forbidden, "request.cross_origin")
)

// guard lets a request through to its operation, or refuses it. It is the one place that asks who somebody is.
func (a *API) guard(ctx huma.Context, next func(huma.Context)) {
	o, _ := ctx.Operation().Metadata[opKey].(*Op)
	r, w := humago.Unwrap(ctx)
	w.Header().Set("Cache-Control", headerNoStore)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	c := &call{op: o, r: r, lang: langOf(r, text.Hans)}
	err := a.authorise(c)
	if err == nil {
		err = checkMedia(r, o)
	}
	if err != nil {
		a.write(w, a.problem(r, c.lang, c.community, err))
		return
	}
	if o.Once && !o.Raw && r.Header.Get(headerOnce) != "" {
		// What is hashed is what the operation reads; the operation bounds it.
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(r.Body, &c.body), r.Body}
	}
	if o.Limit > 0 {
		r.Body = http.MaxBytesReader(w, r.Body, o.Limit)
	}
	next(huma.WithValue(ctx, callKey{}, c))
}

// authorise finds out who asks and whether they may.
func (a *API) authorise(c *call) error {
	c.Address, c.Request = a.Address(c.r), obs.RequestID(c.r.Context())
	if c.op.Reach == Anybody {
		return nil
	}
	var unknown error
	if c.op.Reach == InCommunity {
		if c.community, unknown = a.Communities.BySlug(c.r.Context(), c.r.PathValue("community")); unknown != nil && errs.KindOf(unknown) != errs.NotFound {
			return unknown
		}
	}
	id := ""
	if c.community != nil {
		id = c.community.ID
	}
	p, token, err := a.principal(c.r, id)
	if err != nil {
		c.community = nil // its language and zone are nobody's business yet
		return err
	}
	p.Address, p.Request = c.Address, c.Request
	c.Principal, c.token = p, token
	switch c.op.Reach {
	case InCommunity:
		if unknown != nil {
			return unknown
		}
		c.lang = langOf(c.r, c.community.Lang)
		return access.Allowed(p, c.op.Action, id)
	case OfInstallation:
		return access.Allowed(p, c.op.Action, "")
	case Oneself:
		if p.Kind != access.Operator {
			return access.ErrDenied.With("action", c.op.Name)
		}
	}
	return nil
}

// principal tells whom a request's credentials stand for. Members have their own pages and are nobody here: what staff may
// do in a circle is decided by being staff.
func (a *API) principal(r *http.Request, communityID string) (p access.Principal, session string, err error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, text, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return p, "", access.ErrSignIn
		}
		p, err = a.Auth.TokenPrincipal(r.Context(), strings.TrimSpace(text))
		return p, "", err
	}
	k, err := r.Cookie(sessionCookie)
	if err != nil {
		return p, "", access.ErrSignIn
	}
	p, err = a.Auth.Principal(r.Context(), k.Value, communityID)
	if err == nil && p.Kind != access.Operator {
		err = authn.ErrSessionEnded
	}
	return p, k.Value, err
}

// checkMedia wants JSON and nothing else: a form of another site can't send it without asking first.
func checkMedia(r *http.Request, o *Op) error {
	if r.ContentLength == 0 || r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	want := contentJSON
	if o.Raw {
		want = "multipart/form-data"
	}
	if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != want {
		return errMedia.With("media", want)
	}
	return nil
}

// langOf is the caller's language: the one asked for, else the one chosen on the pages before, else the fallback.
func langOf(r *http.Request, fallback text.Lang) text.Lang {
	if k, err := r.Cookie("qunce_lang"); err == nil {
		if l, ok := text.Parse(k.Value); ok {
			fallback = l
		}
	}
	return text.Negotiate(r.Header.Get("Accept-Language"), fallback)
}

// secure tells whether cookies go over TLS only.
func (a *API) secure(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(a.PublicURL, "https://")
}
