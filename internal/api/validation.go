package api

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
)

// What huma refuses, said in our way.
var (
	errUnreadable = errs.Define(errs.Malformed, "request.unreadable") // the body isn't JSON, or is missing
	errTooLarge   = errs.Define(errs.TooLarge, "request.too_large")   // {max} KiB
	errTimeout    = errs.Define(errs.Malformed, "request.timeout")    // the body came too slowly
	errRequired   = errs.Define(errs.Invalid, "request.required")
	errUnknown    = errs.Define(errs.Invalid, "request.unknown")  // a field or parameter that the operation doesn't have
	errType       = errs.Define(errs.Invalid, "request.type")     // {type}
	errChoice     = errs.Define(errs.Invalid, "request.choice")   // {allowed}
	errFormat     = errs.Define(errs.Invalid, "request.format")   // {format}
	errLength     = errs.Define(errs.Invalid, "request.length")   // {bound}
	errRange      = errs.Define(errs.Invalid, "request.range")    // {bound}
	errID         = errs.Define(errs.Invalid, "request.id_shape") // not an identifier
)

// parameterKey holds the name of the parameter that a refusal is about.
const parameterKey = "parameter"

// translate turns what huma says of a request into a problem of ours. Everything else passes.
func (a *API) translate(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	c, ok := ctx.Context().Value(callKey{}).(*call)
	if !ok {
		c = &call{lang: text.Hans}
	}
	p := a.problem(c.r, c.lang, c.community, refusalOf(m))
	p.Status = m.Status // it has been written already
	return p, nil
}

// refusalOf is the refusal that huma's words stand for.
func refusalOf(m *huma.ErrorModel) error {
	switch m.Status {
	case http.StatusBadRequest:
		return errUnreadable
	case http.StatusRequestEntityTooLarge:
		return errTooLarge.With("max", maxBody>>10)
	case http.StatusUnsupportedMediaType:
		return errMedia.With("media", contentJSON)
	case http.StatusRequestTimeout:
		return errTimeout
	}
	fields := make([]*errs.Error, 0, len(m.Errors))
	for _, d := range m.Errors {
		fields = append(fields, place(meaning(d.Message), d))
	}
	if len(fields) == 0 {
		return errField
	}
	return errs.Join(fields...)
}

// meanings are the beginnings of huma's words, and the refusals that they stand for. What follows goes into param.
var meanings = []struct {
	words   string
	refusal *errs.Error
	param   string
}{
	{validation.MsgUnexpectedProperty, errUnknown, ""},
	{"unknown query parameter", errUnknown, ""},
	{"expected required property ", errRequired, ""},
	{"required ", errRequired, ""},
	{"expected value to be one of ", errChoice, "allowed"},
	{"expected length ", errLength, "bound"},
	{"expected array length ", errLength, "bound"},
	{"expected number to be ", errRange, "bound"},
	{"expected number >", errRange, ""},
	{"expected number <", errRange, ""},
	{"expected string to be RFC 3339 date-time", errFormat.With("format", "2026-11-21T14:30:00+08:00"), ""},
	{"expected string to be RFC 3339 date", errFormat.With("format", "2026-11-21"), ""},
	{"expected string to be RFC 5322 email", errFormat.With("format", "name@example.com"), ""},
	{"expected string to be " + idWords, errID, ""},
	{"expected string to be ", errFormat, "format"},
	{"expected string to match ", errFormat, "format"},
	{"expected ", errType, "type"},
	{"invalid ", errType, "type"},
}

func meaning(words string) *errs.Error {
	for _, m := range meanings {
		rest, ok := strings.CutPrefix(words, m.words)
		if !ok {
			continue
		}
		switch {
		case m.param != "":
			return m.refusal.With(m.param, strings.Trim(rest, `"`))
		case m.refusal.Code == errRange.Code:
			return m.refusal.With("bound", strings.TrimPrefix(words, "expected number "))
		}
		return m.refusal
	}
	return errFormat.With("format", "?")
}

// place points a refusal at its field: "body.operator.email" is /operator/email, "query.limit" the parameter limit.
func place(e *errs.Error, d *huma.ErrorDetail) *errs.Error {
	where, rest, _ := strings.Cut(d.Location, ".")
	if where != "body" {
		return e.With(parameterKey, rest).At("/" + rest)
	}
	if name, ok := strings.CutPrefix(d.Message, "expected required property "); ok {
		name, _, _ = strings.Cut(name, " ")
		rest = strings.Trim(rest+"."+name, ".")
	}
	pointer := strings.NewReplacer("~", "~0", "/", "~1", ".", "/", "[", "/", "]", "").Replace(rest)
	if pointer != "" {
		pointer = "/" + pointer
	}
	return e.At(pointer)
}
