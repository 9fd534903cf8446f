package h5

import (
	"net/http"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) companyRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/me/companies":            p.member(p.companies),
		"POST /{community}/me/companies":           p.member(p.foundCompany),
		"GET /{community}/company/{id}":            p.member(p.company),
		"POST /{community}/company/{id}/buy":       p.member(p.buyForCompany),
		"POST /{community}/company/{id}/invite":    p.member(p.inviteColleague),
		"POST /{community}/company/{id}/take-back": p.member(p.takePlaceBack),
		"POST /{community}/company/{id}/leave":     p.member(p.leaveCompany),
		"GET /{community}/company/{id}/invoice":    p.member(p.companyInvoice),
		"POST /{community}/company/{id}/invoice":   p.member(p.setCompanyInvoice),
		"GET /{community}/company/{id}/{form}":     p.instead("/company/{id}"),
		"GET /{community}/colleague/{token}":       p.colleague,
		"POST /{community}/colleague/{token}/take": p.takePlace,
		"POST /{community}/colleague/{token}/code": p.colleagueCode,
		"GET /{community}/colleague/{token}/take":  p.instead("/colleague/{token}"),
		"GET /{community}/colleague/{token}/code":  p.instead("/colleague/{token}"),
	}
}

type companiesView struct {
	Key, Name string
	Errors    map[string]string
	Items     []companyRow
}

type companyRow struct{ Name, Role, Href string }

// companies lists the companies that a member is in, and lets them note their own.
func (p *Pages) companies(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showCompanies(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showCompanies(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	data := companiesView{Key: nonce(), Errors: map[string]string{}}
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		all, err := p.People.AffiliationsTx(tx, v.who.ID)
		data.Items = nil
		for _, a := range all {
			data.Items = append(data.Items, companyRow{a.Name, x.T("h5.company.role_" + string(a.Role)), v.base + "/company/" + a.ID})
		}
		return err
	})
	if err != nil {
		return err
	}
	if refusal != nil {
		data.Errors, x.Refusal = p.fields(v, refusal)
		data.Name = r.PostFormValue("name")
	}
	x.Title, x.Data = x.T("h5.company.mine"), data
	return p.show(w, v, status, "companies", x)
}

func (p *Pages) foundCompany(w http.ResponseWriter, r *http.Request, v *visit) error {
	var o people.Organisation
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		o, err = p.People.FoundTx(tx, "page "+v.who.ID+" "+r.PostFormValue("key"), v.who.ID, r.PostFormValue("name"), "")
		return err
	})
	if e := refused(err); e != nil {
		return p.showCompanies(w, r, v, statusOf[e.Kind], e)
	}
	if err != nil {
		return err
	}
	return back(w, r, v.base+"/company/"+o.ID)
}

type companyView struct {
	Action, Name, Role string
	Contact            bool
	Terms              []companyTerm
	Plans              []planCard
	Places             membership.Places
	Key                string
	Invited, Taken     []placeView
	Invoice            string // its page
	Leaves             bool   // they may leave: it is somebody else's company
	Card               string // where who has a place shows their card
}

type companyTerm struct{ Title, Number, State, Until string }

type placeView struct {
	ID, Name, Note, Link string
	Over                 bool
}

// company is what a company's people see of it: its contact all of it.
func (p *Pages) company(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showCompany(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showCompany(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data companyView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		o, role, err := p.inCompany(tx, r, v)
		if err != nil {
			return err
		}
		data = companyView{Action: v.base + "/company/" + o.ID, Name: o.Name, Role: x.T("h5.company.role_" + string(role)), Contact: role == people.RoleContact, Key: nonce()}
		data.Leaves, data.Invoice = !data.Contact, data.Action+"/invoice"
		if role == people.RoleColleague {
			data.Invoice = ""
		}
		if data.Terms, err = p.companyTerms(tx, x, o.ID); err != nil {
			return err
		}
		has, err := p.Members.HasPlaceTx(tx, o.ID, v.who.ID)
		if has {
			data.Card = v.base + "/me/card"
		}
		if err != nil || !data.Contact {
			return err
		}
		if data.Plans, err = p.companyPlans(tx, x, v, o.ID); err != nil {
			return err
		}
		if data.Places, err = p.Members.PlacesTx(tx, o.ID); err != nil {
			return err
		}
		return p.companyPlaces(tx, x, v, o.ID, &data)
	})
	if err != nil {
		return err
	}
	if refusal != nil {
		x.Refusal = p.say(v, refusal)
	}
	x.Title, x.Data, x.Script = data.Name, data, "gift.js"
	return p.show(w, v, status, "company", x)
}

// inCompany gives the company of the address to who is in it. For others it isn't there.
func (p *Pages) inCompany(tx *db.Tx, r *http.Request, v *visit) (o people.Organisation, role people.OrganisationRole, err error) {
	if o, err = p.People.OrganisationTx(tx, r.PathValue("id")); err != nil {
		return o, "", err
	}
	if role, err = p.People.OrganisationRoleTx(tx, o.ID, v.who.ID); err == nil && role == "" {
		err = people.ErrUnknownOrganisation
	}
	return o, role, err
}

func (p *Pages) companyTerms(tx *db.Tx, x *view, id string) (out []companyTerm, err error) {
	terms, err := p.Members.CompanyTermsTx(tx, id)
	for _, t := range terms {
		switch t.State {
		case membership.Pending, membership.Active, membership.Grace:
			out = append(out, companyTerm{t.Title.In(x.lang), t.Number, x.standing(t.State, t.GraceUntil), membership.LastDay(t.Ends, x.zone())})
		}
	}
	return out, err
}

// companyPlans are the memberships that a company can buy now.
func (p *Pages) companyPlans(tx *db.Tx, x *view, v *visit, id string) (out []planCard, err error) {
	offers, err := p.Members.Plans(tx)
	if err != nil {
		return nil, err
	}
	for _, o := range offers {
		if o.Seats == 0 {
			continue
		}
		c := planCard{Name: o.Name, Title: o.Title.In(v.lang), Pitch: x.T("h5.company.seats", "n", o.Seats), Action: v.base + "/company/" + id + "/buy", Key: nonce()}
		q, err := p.Members.QuoteForTx(tx, v.who.ID, id, o.Name)
		if refusal := refused(err); refusal != nil {
			c.Whynot = p.say(v, refusal)
		} else if err != nil {
			return nil, err
		} else {
			c.Price, c.Due, c.Ends, c.Word = yuan(q.Price), yuan(q.Due), membership.LastDay(q.Ends, x.zone()), x.T("h5.plans.buy_"+string(q.Kind))
			if q.Credit > 0 {
				c.Credit = yuan(q.Credit)
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// companyPlaces fills in who has places, and which invitations stand.
func (p *Pages) companyPlaces(tx *db.Tx, x *view, v *visit, id string, data *companyView) error {
	list, err := p.Members.StandingPlacesTx(tx, id)
	if err != nil {
		return err
	}
	var ids []string
	for _, m := range list {
		if m.State == membership.PlaceTaken {
			ids = append(ids, m.Person)
		}
	}
	names, err := p.People.Names(tx, ids)
	if err != nil {
		return err
	}
	for _, m := range list {
		one := placeView{ID: m.ID}
		if m.State == membership.PlaceTaken {
			one.Name, one.Note = p.named(x, names[m.Person].Nickname), x.T("h5.company.since", "day", day(m.TakenAt.In(x.zone())))
			data.Taken = append(data.Taken, one)
		} else {
			one.Note, one.Link = x.T("h5.company.invited_until", "until", x.moment(m.ExpiresAt)), p.PublicURL+v.base+"/colleague/"+m.Token
			data.Invited = append(data.Invited, one)
		}
	}
	return nil
}

// forCompany does something for one's own company and shows it again; a refusal stands on its page.
func (p *Pages) forCompany(w http.ResponseWriter, r *http.Request, v *visit, do func(tx *db.Tx, o people.Organisation) (to string, err error)) error {
	to := ""
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		o, role, err := p.inCompany(tx, r, v)
		if err == nil && role != people.RoleContact {
			err = people.ErrNotContact
		}
		if err == nil {
			to, err = do(tx, o)
		}
		return err
	})
	if e := answerable(err); e != nil {
		return p.showCompany(w, r, v, statusOf[e.Kind], e)
	}
	if err != nil {
		return err
	}
	if to == "" {
		to = v.base + "/company/" + r.PathValue("id")
	}
	return back(w, r, to)
}

func (p *Pages) buyForCompany(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.forCompany(w, r, v, func(tx *db.Tx, c people.Organisation) (string, error) {
		o, err := p.Shop.CheckoutTx(tx, shop.Checkout{
			Key: "page " + v.who.ID + " " + r.PostFormValue("key"), Person: v.who.ID, Organisation: c.ID, Items: []shop.Item{{Kind: shop.KindPlan, Item: r.PostFormValue("plan")}},
		})
		return v.base + "/orders/" + o.ID, err
	})
}

func (p *Pages) inviteColleague(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.forCompany(w, r, v, func(tx *db.Tx, o people.Organisation) (string, error) {
		_, err := p.Members.InviteTx(tx, o.ID, v.who.ID, "page "+v.who.ID+" "+r.PostFormValue("key"))
		return v.base + "/company/" + o.ID + "#places", err
	})
}

func (p *Pages) takePlaceBack(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.forCompany(w, r, v, func(tx *db.Tx, o people.Organisation) (string, error) {
		x, err := p.Members.PlaceTx(tx, r.PostFormValue("place"))
		if err == nil && x.Organisation != o.ID {
			err = membership.ErrUnknownInvitation
		}
		if err == nil {
			_, err = p.Members.FreePlaceTx(tx, x.ID, membership.TakenBack)
		}
		return v.base + "/company/" + o.ID + "#places", err
	})
}

// leaveCompany gives one's place back, and takes oneself out of the company.
func (p *Pages) leaveCompany(w http.ResponseWriter, r *http.Request, v *visit) error {
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		o, role, err := p.inCompany(tx, r, v)
		if err != nil {
			return err
		}
		if err := p.Members.GiveUpPlaceTx(tx, o.ID, v.who.ID); err != nil {
			return err
		}
		if role == people.RoleColleague {
			if role, err = p.People.OrganisationRoleTx(tx, o.ID, v.who.ID); err != nil || role == "" {
				return err // the place was all that they were there by
			}
		}
		return p.People.LeaveOrganisationTx(tx, o.ID, v.who.ID, "")
	})
	if e := answerable(err); e != nil {
		return p.showCompany(w, r, v, statusOf[e.Kind], e)
	}
	if err != nil {
		return err
	}
	return back(w, r, v.base+"/me/companies")
}
