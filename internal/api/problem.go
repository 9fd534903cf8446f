package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/obs"
	"github.com/qunce/qunce/internal/playbook"
)

// Problem is a refusal (RFC 9457), in the caller's language.
type Problem struct {
	Type   string         `json:"type" format:"uri-reference" doc:"/problems/<code>"`
	Title  string         `json:"title" doc:"what sort of refusal it is"`
	Status int            `json:"status"`
	Detail string         `json:"detail" doc:"what happened"`
	Code   string         `json:"code" doc:"stable name of the refusal, as seat.gone"`
	Next   string         `json:"next" doc:"what to do now"`
	ID     string         `json:"id,omitempty" doc:"of a fault: what it is logged under"`
	Params map[string]any `json:"params,omitempty" doc:"the values that the words name: times, counts"`
	Errors []FieldProblem `json:"errors,omitempty" doc:"what is wrong with single fields"`
	header http.Header
}

// FieldProblem is what is wrong with one field.
type FieldProblem struct {
	Pointer   string `json:"pointer" doc:"JSON pointer into the body; for a playbook the field's path"`
	Parameter string `json:"parameter,omitempty" doc:"name of the path, query or header parameter, when it is not in the body"`
	Line      int    `json:"line,omitempty" doc:"of a playbook"`
	Code      string `json:"code"`
	Detail    string `json:"detail"`
	Next      string `json:"next,omitempty"`
}

// Error makes a problem an error of huma.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the answer's status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are the headers that go with it.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType is that of problem documents.
func (p *Problem) ContentType(string) string { return contentProblem }

// statusOf is how each kind of refusal answers.
var statusOf = map[errs.Kind]int{
	errs.Invalid: http.StatusUnprocessableEntity, errs.Malformed: http.StatusBadRequest, errs.Unauthenticated: http.StatusUnauthorized,
	errs.Forbidden: http.StatusForbidden, errs.NotFound: http.StatusNotFound, errs.Conflict: http.StatusConflict, errs.Gone: http.StatusGone,
	errs.TooLarge: http.StatusRequestEntityTooLarge, errs.Limited: http.StatusTooManyRequests, errs.Unavailable: http.StatusServiceUnavailable,
	errs.Internal: http.StatusInternalServerError,
}

// special are refusals whose status tells more than their kind.
var special = []struct {
	refusal *errs.Error
	status  int
}{
	{errMethod, http.StatusMethodNotAllowed},
	{errMedia, http.StatusUnsupportedMediaType},
	{errStale, http.StatusPreconditionFailed},
	{people.ErrChanged, http.StatusPreconditionFailed}, // given only with If-Match
	{community.ErrChanged, http.StatusPreconditionFailed},
}

// What is refused about versions, and what people see of our faults.
var (
	errStale = errs.Define(errs.Conflict, "request.stale")     // the ETag is no longer current
	errETag  = errs.Define(errs.Malformed, "request.etag")     // If-Match isn't an ETag of this operation
	errFault = errs.Define(errs.Internal, "request.fault")     // {id}
	errSlow  = errs.Define(errs.Unavailable, "request.ended")  // the caller went away, or the server is stopping
	errField = errs.Define(errs.Invalid, "request.validation") // huma found something; see validation.go
)

// problem is the one mapping from errors to answers. What isn't a refusal is a fault: it is logged under an id, which is
// all that the caller sees.
func (a *API) problem(r *http.Request, lang text.Lang, place *community.Community, err error) *Problem {
	zone := time.UTC
	if place != nil {
		zone = place.Location()
	}
	e := errs.As(err)
	id := ""
	switch {
	case e == nil && r.Context().Err() != nil && errors.Is(err, r.Context().Err()):
		e = errSlow
	case e == nil || e.Kind == errs.Internal:
		id = obs.RequestID(r.Context())
		a.Log.ErrorContext(r.Context(), "an operation failed", "id", id, "route", r.Pattern, "error", err)
		e = errFault.With("id", id)
	case e.Kind == errs.Unavailable:
		a.Log.WarnContext(r.Context(), "an operation can't be done now", "route", r.Pattern, "error", err)
	}
	p := &Problem{
		Type: "/problems/" + e.Code, Status: statusOf[e.Kind], Code: e.Code, ID: id, Params: e.Params, header: http.Header{},
		Title:  a.Words.Say(lang, zone, "api.kind."+string(e.Kind), nil),
		Detail: a.Words.Say(lang, zone, "error."+e.Code, e.Params), Next: a.Words.Say(lang, zone, "error."+e.Code+".next", e.Params),
	}
	for _, s := range special {
		if e.Code == s.refusal.Code {
			p.Status = s.status
		}
	}
	p.Errors = a.fields(lang, zone, e)
	for _, x := range playbook.ProblemsOf(err) {
		p.Errors = append(p.Errors, FieldProblem{Pointer: x.Field, Line: x.Line, Code: e.Code, Detail: x.Reason})
	}
	if seconds, ok := e.Params["seconds"]; ok && e.Kind == errs.Limited {
		p.header.Set(headerRetry, fmt.Sprint(seconds))
	}
	if p.Status == http.StatusUnauthorized {
		p.header.Set("WWW-Authenticate", "Bearer")
	}
	return p
}

// fields says what is wrong with each field of a refusal.
func (a *API) fields(lang text.Lang, zone *time.Location, e *errs.Error) (out []FieldProblem) {
	list := e.Fields
	if len(list) == 0 && e.Field != "" {
		list = []*errs.Error{e}
	}
	for _, f := range list {
		x := FieldProblem{
			Pointer: f.Field, Code: f.Code,
			Detail: a.Words.Say(lang, zone, "error."+f.Code, f.Params), Next: a.Words.Say(lang, zone, "error."+f.Code+".next", f.Params),
		}
		if name, ok := f.Params[parameterKey].(string); ok {
			x.Parameter = name
		}
		out = append(out, x)
	}
	return out
}

// refuse answers outside of any operation.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	a.write(w, a.problem(r, langOf(r, text.Hans), nil, err))
}

func (a *API) write(w http.ResponseWriter, p *Problem) {
	for k, v := range p.header {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Type", contentProblem)
	w.Header().Set("Cache-Control", headerNoStore)
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) //nolint:errcheck,errchkjson // the caller went away
}
