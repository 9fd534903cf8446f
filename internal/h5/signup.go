package h5

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) signUpRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/sign-up":       unknown(p.signUpPage),
		"POST /{community}/sign-up":      unknown(p.signUp),
		"POST /{community}/sign-up/code": unknown(p.signUpCode),
		"GET /{community}/sign-up/code":  p.instead("/sign-up"),
	}
}

// unknown is for strangers: who is signed in goes where they wanted to.
func unknown(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		if v.who.Kind == access.Member {
			return back(w, r, v.onward(r.FormValue("to")))
		}
		return h(w, r, v)
	}
}

// signUpView is the form by which a stranger becomes known: a phone with its code, a nickname, what the playbook wants agreed to.
type signUpView struct {
	Action, Code, To, Word, SignIn string // Code is where a code is asked for
	Phone, Typed, Nickname, Opened string
	Sent                           bool // a code has gone out
	Errors                         map[string]string
	Consents                       []consentView
}

// signUpForm reads what was sent, if anything was.
func (p *Pages) signUpForm(r *http.Request) (f intake.Form, err error) {
	if r.Method != http.MethodPost {
		return f, nil
	}
	if err := r.ParseForm(); err != nil {
		return f, errForm.Because(err)
	}
	f = intake.Form{
		Phone: r.PostFormValue("phone"), Code: r.PostFormValue("code"), Fields: map[string]string{"nickname": r.PostFormValue("nickname")},
		Consents: r.PostForm["consent"], FilledIn: openedFor(r, p.DB.Clock().Now()),
	}
	return f, nil
}

// signUpView shows the form with what was filled in and what was refused.
func (p *Pages) signUpView(r *http.Request, v *visit, x *view, f intake.Form, refusal *errs.Error) (s signUpView, err error) {
	s = signUpView{
		Phone: f.Phone, Nickname: f.Fields["nickname"], Errors: map[string]string{},
		Opened: strconv.FormatInt(p.DB.Clock().Now().Add(-f.FilledIn).UnixMilli(), 10),
	}
	if refusal != nil {
		s.Errors, x.Refusal = p.fields(v, refusal)
		if s.Errors["/code"] == "" && s.Errors["/phone"] == "" {
			s.Typed = f.Code // it is still good
		}
	}
	err = p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		config, err := p.Intake.ConfigTx(tx)
		s.Consents = nil
		for _, c := range config.Consents {
			s.Consents = append(s.Consents, consentView{
				Purpose: c.Purpose, Wording: c.Wording.In(v.lang), Error: s.Errors["/consents/"+c.Purpose], Required: c.Required, Checked: slices.Contains(f.Consents, c.Purpose),
			})
		}
		return err
	})
	return s, err
}

func (p *Pages) signUpPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showSignUp(w, r, v, http.StatusOK, intake.Form{}, false, nil)
}

func (p *Pages) showSignUp(w http.ResponseWriter, r *http.Request, v *visit, status int, f intake.Form, sent bool, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	s, err := p.signUpView(r, v, x, f, refusal)
	if err != nil {
		return err
	}
	s.Action, s.Code, s.To, s.Sent, s.Word = v.base+"/sign-up", v.base+"/sign-up/code", r.FormValue("to"), sent, x.T("h5.signup.button")
	s.SignIn = v.base + "/sign-in?to=" + s.To
	x.Title, x.Data = x.T("h5.signup.title"), s
	return p.show(w, v, status, "signup", x)
}

func (p *Pages) signUpCode(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := p.signUpForm(r)
	if err == nil {
		err = p.Intake.SendCode(r.Context(), v.community.ID, f.Phone, v.address, string(v.lang))
	}
	if e := errs.As(err); e != nil {
		return p.showSignUp(w, r, v, statusOf[e.Kind], f, false, e)
	}
	if err != nil {
		return err
	}
	return p.showSignUp(w, r, v, http.StatusOK, f, true, nil)
}

func (p *Pages) signUp(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := p.signUpForm(r)
	if err == nil {
		_, err = p.becomeKnown(w, r, v, f)
	}
	if e := errs.As(err); e != nil {
		return p.showSignUp(w, r, v, statusOf[e.Kind], f, false, e)
	}
	if err != nil {
		return err
	}
	return back(w, r, v.onward(r.PostFormValue("to")))
}

// becomeTaker is becomeKnown for a visitor who takes what somebody gave them, if they are a stranger. Who comes with what was blocked is
// refused with blocked.
func (p *Pages) becomeTaker(w http.ResponseWriter, r *http.Request, v *visit, f intake.Form, blocked error) error {
	if v.who.Kind == access.Member {
		return nil
	}
	got, err := p.becomeKnown(w, r, v, f)
	if err == nil && slices.ContainsFunc(got.Reasons, func(x intake.Reason) bool { return x.Code == intake.KnownBlocked }) {
		err = blocked
	}
	return err
}

// becomeKnown signs a stranger up, and their browser in.
func (p *Pages) becomeKnown(w http.ResponseWriter, r *http.Request, v *visit, f intake.Form) (intake.Registration, error) {
	got, err := p.Intake.SignUp(r.Context(), v.community.ID, v.entry(r.FormValue("to")), v.visitor(), f)
	if err != nil || got.Person == v.who.ID {
		return got, err
	}
	return got, p.signIn(r.Context(), w, r, v, got.Person)
}

// entry is the code of the entry whose page somebody wants to go back to; "" for any other page.
func (v *visit) entry(to string) string {
	code, is := strings.CutPrefix(to, v.base+"/e/")
	if !is || strings.ContainsAny(code, "/?#") {
		return ""
	}
	return code
}

// onward is a page of the community that somebody wanted to see, or their home.
func (v *visit) onward(to string) string {
	if strings.HasPrefix(to, v.base+"/") && !strings.Contains(to, "//") && !strings.ContainsAny(to, "\\\r\n") {
		return to
	}
	return v.base + "/me"
}
