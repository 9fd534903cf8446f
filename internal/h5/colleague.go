package h5

import (
	"errors"
	"net/http"
	"slices"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

type colleagueView struct {
	Action, Company string
	Plans           []string
	Known           bool        // who looks is signed in
	Over            bool        // there is nothing to be taken any more
	Form            *signUpView // for a stranger
}

// colleague is the page behind an invitation to a company's place.
func (p *Pages) colleague(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showColleague(w, r, v, http.StatusOK, intake.Form{}, false, nil)
}

func (p *Pages) showColleague(w http.ResponseWriter, r *http.Request, v *visit, status int, f intake.Form, sent bool, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data colleagueView
	var why *errs.Error
	own := ""
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		place, err := p.Members.InvitationTx(tx, r.PathValue("token"))
		if err != nil {
			return err
		}
		o, err := p.People.OrganisationTx(tx, place.Organisation)
		if err != nil {
			return err
		}
		data = colleagueView{Action: v.base + "/colleague/" + place.Token, Company: o.Name, Known: v.who.Kind == access.Member}
		terms, err := p.companyTerms(tx, x, o.ID)
		for _, t := range terms {
			data.Plans = append(data.Plans, t.Title+" · "+x.T("h5.member.until")+" "+t.Until)
		}
		why, own = nil, ""
		if place.State == membership.PlaceTaken {
			why = membership.ErrInvitationTaken
			if data.Known {
				ids, err := people.Group(tx, v.who.ID)
				if err != nil {
					return err
				}
				if slices.Contains(ids, place.Person) {
					own = v.base + "/company/" + o.ID
				}
			}
		} else if place.Over(tx.Now()) {
			why = membership.ErrInvitationOver
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case own != "":
		return back(w, r, own)
	}
	x.Title = x.T("h5.colleague.title", "company", data.Company)
	switch {
	case why != nil:
		x.Refusal, data.Over, status = p.say(v, why), true, statusOf[why.Kind]
	case data.Known:
		if refusal != nil {
			x.Refusal = p.say(v, refusal)
		}
	default:
		s, err := p.signUpView(r, v, x, f, refusal)
		if err != nil {
			return err
		}
		s.Action, s.Code, s.Sent, s.Word = data.Action+"/take", data.Action+"/code", sent, x.T("h5.colleague.take")
		s.SignIn = v.base + "/sign-in?to=" + data.Action
		data.Form = &s
	}
	x.Data = data
	return p.show(w, v, status, "colleague", x)
}

func (p *Pages) colleagueCode(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := p.signUpForm(r)
	if err == nil {
		err = p.Intake.SendCode(r.Context(), v.community.ID, f.Phone, v.address, string(v.lang))
	}
	if e := errs.As(err); e != nil {
		return p.showColleague(w, r, v, statusOf[e.Kind], f, false, e)
	}
	if err != nil {
		return err
	}
	return p.showColleague(w, r, v, http.StatusOK, f, true, nil)
}

// takePlace gives the visitor the place; a stranger signs up with the same form. Who comes with what was blocked gets none.
func (p *Pages) takePlace(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := p.signUpForm(r)
	if err == nil {
		err = p.becomeTaker(w, r, v, f, membership.ErrBlocked)
	}
	var place membership.Place
	if err == nil {
		err = p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
			place, err = p.Members.TakePlaceTx(tx, r.PathValue("token"), v.who.ID)
			return err
		})
	}
	if e := refused(err); e != nil && !errors.Is(err, membership.ErrUnknownInvitation) {
		return p.showColleague(w, r, v, statusOf[e.Kind], f, false, e)
	}
	if err != nil {
		return err
	}
	return back(w, r, v.base+"/company/"+place.Organisation)
}
