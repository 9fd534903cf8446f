// Package errs is the one shape of a refusal: a kind (how the edge answers), a stable code (what programs match and
// catalogues translate), the field it is about, and parameters for the words. Whatever is not an *Error is a fault of
// ours and reaches nobody but the log.
package errs

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Kind says how an edge answers; each maps to one HTTP status in internal/api.
type Kind string

// The kinds of refusal.
const (
	Invalid         Kind = "invalid"         // the input is wrong: 422
	Malformed       Kind = "malformed"       // the input can't be read at all: 400
	Unauthenticated Kind = "unauthenticated" // nobody is signed in: 401
	Forbidden       Kind = "forbidden"       // signed in, not allowed: 403
	NotFound        Kind = "not_found"       // no such thing in this community: 404
	Conflict        Kind = "conflict"        // it clashes with what is there: 409
	Gone            Kind = "gone"            // it was here and has ended: 410
	TooLarge        Kind = "too_large"       // more than is taken at once: 413
	Limited         Kind = "limited"         // too often; try later: 429
	Unavailable     Kind = "unavailable"     // a part is down; nothing was changed: 503
	Internal        Kind = "internal"        // our fault: 500, masked
)

// Error is a typed refusal. Two are the same (errors.Is) when their codes are.
type Error struct {
	Kind   Kind
	Code   string         // "seat.full": noun, then what; the key of its words in the catalogues
	Field  string         // JSON pointer of the field it is about, or ""
	Params map[string]any // values its words name: counts, times, names that are safe to show
	Fields []*Error       // several fields refused at once
	cause  error
}

// Define declares a refusal. Call it in a package variable, so that the catalogue test finds the code.
func Define(kind Kind, code string) *Error { return &Error{Kind: kind, Code: code} }

func (e *Error) Error() string {
	s := e.Code
	if e.Field != "" {
		s += " at " + e.Field
	}
	for _, k := range slices.Sorted(maps.Keys(e.Params)) {
		s += fmt.Sprintf(" %s=%v", k, e.Params[k])
	}
	for _, f := range e.Fields {
		s += "; " + f.Error()
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Is matches by code, so that errors.Is(err, seat.ErrFull) holds for every copy with other parameters, also when it is
// one of several refused fields.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && (t.Code == e.Code || slices.ContainsFunc(e.Fields, func(f *Error) bool { return errors.Is(f, target) }))
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// With is a copy that carries one more parameter for the words.
func (e *Error) With(key string, value any) *Error {
	c := *e
	c.Params = maps.Clone(e.Params)
	if c.Params == nil {
		c.Params = map[string]any{}
	}
	c.Params[key] = value
	return &c
}

// At is a copy that points at a field, as a JSON pointer ("/phone").
func (e *Error) At(pointer string) *Error {
	c := *e
	c.Field = pointer
	return &c
}

// Because is a copy that keeps the cause for the log; people never see it.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// ErrFields stands for several refused fields at once.
var ErrFields = Define(Invalid, "input.fields")

// Join makes one refusal out of those of single fields; nil when there are none.
func Join(fields ...*Error) error {
	var kept []*Error
	for _, f := range fields {
		if f != nil {
			kept = append(kept, f)
		}
	}
	switch len(kept) {
	case 0:
		return nil
	case 1:
		return kept[0]
	}
	c := *ErrFields
	c.Fields = kept
	return &c
}

// Gather collects refusals, each at its field. The zero value has none.
type Gather struct{ fields []*Error }

// Refuse adds e at a field if what stands there is wrong.
func (g *Gather) Refuse(wrong bool, e *Error, field string) {
	if wrong {
		g.fields = append(g.fields, e.At(field))
	}
}

// Err joins what was gathered; nil when nothing was.
func (g *Gather) Err() error { return Join(g.fields...) }

// Or is err if there is one, and else the refusal.
func Or(err error, refusal *Error) error {
	if err != nil {
		return err
	}
	return refusal
}

// PointTo points a refusal of another package, which doesn't know the field that asked, at that field. What points somewhere
// already, and any other error, stays as it is.
func PointTo(err error, pointer string) error {
	if e := As(err); e != nil && e.Field == "" {
		return e.At(pointer)
	}
	return err
}

// As finds the refusal in err's chain, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// KindOf is the kind of err: Internal for anything that isn't a refusal, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e := As(err); e != nil {
		return e.Kind
	}
	return Internal
}
