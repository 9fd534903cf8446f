package h5

import (
	"errors"
	"net/http"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/id"
)

// statusOf is how each kind of refusal answers.
var statusOf = map[errs.Kind]int{
	errs.Invalid: http.StatusUnprocessableEntity, errs.Malformed: http.StatusBadRequest, errs.Unauthenticated: http.StatusUnauthorized,
	errs.Forbidden: http.StatusForbidden, errs.NotFound: http.StatusNotFound, errs.Conflict: http.StatusConflict, errs.Gone: http.StatusGone,
	errs.TooLarge: http.StatusRequestEntityTooLarge, errs.Limited: http.StatusTooManyRequests, errs.Unavailable: http.StatusServiceUnavailable,
	errs.Internal: http.StatusInternalServerError,
}

// errFault is what people see of a fault of ours: an id to ask about.
var errFault = errs.Define(errs.Internal, "h5.fault")

// refused is the refusal that an error is, which whoever asked may read; nil for a fault of ours.
func refused(err error) *errs.Error {
	if e := errs.As(err); e != nil && e.Kind != errs.Internal {
		return e
	}
	return nil
}

// answerable is the refusal that a page shows above its form; nil also for what is not there, which has a page of its own.
func answerable(err error) *errs.Error {
	if e := refused(err); e != nil && e.Kind != errs.NotFound {
		return e
	}
	return nil
}

// say gives a refusal in the visitor's words.
func (p *Pages) say(v *visit, e *errs.Error) *Refusal {
	x := &view{p: p, community: v.community, lang: v.lang}
	return &Refusal{
		What: p.Words.Say(v.lang, x.zone(), "error."+e.Code, e.Params),
		Next: p.Words.Say(v.lang, x.zone(), "error."+e.Code+".next", e.Params),
	}
}

// fields gives the words of each refused field by its pointer, and those that are about no field.
func (p *Pages) fields(v *visit, e *errs.Error) (byField map[string]string, whole *Refusal) {
	byField = map[string]string{}
	list := e.Fields
	if len(list) == 0 {
		list = []*errs.Error{e}
	}
	for _, f := range list {
		words := p.say(v, f)
		if f.Field == "" {
			whole = words
			continue
		}
		byField[f.Field] = words.What + " " + words.Next
	}
	if whole == nil {
		whole = p.say(v, errs.ErrFields)
	}
	return byField, whole
}

// refuse shows the page of a refusal. What isn't a refusal is a fault: it is logged under an id, which is all that people see.
func (p *Pages) refuse(w http.ResponseWriter, r *http.Request, v *visit, err error) {
	e := errs.As(err)
	data := struct{ Back, ID string }{}
	if e == nil {
		if errors.Is(err, r.Context().Err()) && r.Context().Err() != nil {
			return // the browser went away
		}
		data.ID = id.NewSource().New(p.DB.Clock().Now())
		p.Log.Error("a phone page failed", "id", data.ID, "method", r.Method, "path", r.URL.Path, "error", err)
		e = errFault
	}
	if r.Method != http.MethodGet {
		data.Back = r.Header.Get("Referer")
	}
	x := &view{Refusal: p.say(v, e), Data: data}
	if err := p.show(w, v, statusOf[e.Kind], "refused", x); err != nil {
		p.Log.Error("the page of a refusal failed", "error", err)
		http.Error(w, "500", http.StatusInternalServerError)
	}
}
