package h5

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/errs"
)

type formView struct {
	Action, Phone, Code, Opened string
	CodeSent                    bool
	Errors                      map[string]string
	Fields                      []fieldView
	Consents                    []consentView
}

type fieldView struct {
	Name, Type, Label, Help, Value, Error, WhenField, WhenValue, Autocomplete string
	Required                                                                  bool
	Choices                                                                   []choiceView
}

type choiceView struct{ Value, Label string }

type consentView struct {
	Purpose, Wording, Error string
	Required, Checked       bool
}

var autocomplete = map[string]string{"name": "name", "city": "address-level2", "company": "organization"}

// form shows the registration form, with what was filled in and what was refused.
func (p *Pages) form(a *at, refusal *errs.Error, sent *intake.Form, x *view) formView {
	out := formView{Action: a.action, Errors: map[string]string{}, Opened: strconv.FormatInt(p.DB.Clock().Now().UnixMilli(), 10)}
	if sent == nil {
		sent = &intake.Form{Fields: map[string]string{}}
	}
	if sent.FilledIn > 0 { // the page is drawn anew, and has been open since the first time
		out.Opened = strconv.FormatInt(p.DB.Clock().Now().Add(-sent.FilledIn).UnixMilli(), 10)
	}
	out.Phone = sent.Phone
	if refusal != nil {
		out.Errors, x.Refusal = p.fields(a.visit, refusal)
	} else if sent.Phone != "" {
		out.CodeSent = true
	}
	if out.Errors["/code"] == "" && out.Errors["/phone"] == "" && refusal != nil {
		out.Code = sent.Code // it is still good
	}
	for _, q := range a.config.Form {
		f := fieldView{
			Name: q.Name, Type: string(q.Type), Label: q.Label.In(a.lang), Help: q.Help.In(a.lang), Value: sent.Fields[q.Name],
			Error: out.Errors["/fields/"+q.Name], Required: q.Required, Autocomplete: autocomplete[q.Name],
		}
		if f.Error == "" {
			f.Error = out.Errors["/"+q.Name]
		}
		if q.When != nil {
			f.WhenField, f.WhenValue = q.When.Field, q.When.Value
		}
		for _, c := range q.Choices {
			f.Choices = append(f.Choices, choiceView{c.Value, c.Label.In(a.lang)})
		}
		out.Fields = append(out.Fields, f)
	}
	for _, c := range a.config.Consents {
		out.Consents = append(out.Consents, consentView{
			Purpose: c.Purpose, Wording: c.Wording.In(a.lang), Error: out.Errors["/consents/"+c.Purpose], Required: c.Required,
			Checked: slices.Contains(sent.Consents, c.Purpose),
		})
	}
	return out
}

// formOf reads what was sent.
func formOf(r *http.Request, config intake.Config, now time.Time) (f intake.Form, err error) {
	if err := r.ParseForm(); err != nil {
		return f, errForm.Because(err)
	}
	f = intake.Form{
		Phone: r.PostFormValue("phone"), Code: r.PostFormValue("code"), Fields: map[string]string{}, Consents: r.PostForm["consent"], FilledIn: openedFor(r, now),
	}
	for _, q := range config.Form {
		if v := r.PostFormValue(q.Name); v != "" {
			f.Fields[q.Name] = v
		}
	}
	return f, nil
}

var errForm = errs.Define(errs.Malformed, "h5.form")

func (p *Pages) sendCode(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := p.at(r.Context(), r, v)
	if err != nil || a.Stage != intake.ToFill {
		return or(err, func() error { return p.onward(w, r, v, "") })
	}
	f, err := formOf(r, a.config, p.DB.Clock().Now())
	if err != nil {
		return err
	}
	if err := p.Intake.SendCode(r.Context(), v.community.ID, f.Phone, v.address, string(v.lang)); err != nil {
		return p.again(w, r, v, intake.ToFill, err, &f)
	}
	return p.standing(w, r, a, http.StatusOK, nil, &f)
}

func (p *Pages) register(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := p.at(r.Context(), r, v)
	if err != nil || a.Stage != intake.ToFill {
		return or(err, func() error { return p.onward(w, r, v, "") })
	}
	f, err := formOf(r, a.config, p.DB.Clock().Now())
	if err != nil {
		return err
	}
	defer p.watch(v)()
	got, err := p.Intake.Submit(r.Context(), v.community.ID, a.Person, a.Entry.Code, v.visitor(), f)
	if err != nil {
		return p.again(w, r, v, intake.ToFill, err, &f)
	}
	if got.Person != v.who.ID {
		// The phone belonged to somebody: from now on the browser acts for them.
		if err := p.signIn(r.Context(), w, r, v, got.Person); err != nil {
			return err
		}
		v.moved = nil // their run is another
	}
	return p.onward(w, r, v, intake.ToFill)
}
