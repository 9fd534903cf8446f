package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// OrganisationView is a company with what it has.
type OrganisationView struct {
	people.Organisation
	Places membership.Places `json:"places" doc:"for colleagues"`
	Terms  []membership.Term `json:"terms" doc:"all that it ever bought, in the order in which they begin"`
}

// NamedContact is somebody with how they are called.
type NamedContact struct {
	Person   string `json:"person"`
	Nickname string `json:"nickname"`
}

// OrganisationRow is a company with who orders for it and what it has.
type OrganisationRow struct {
	people.Organisation
	Contacts []NamedContact      `json:"contacts" doc:"by when they came"`
	Standing membership.Standing `json:"standing"`
}

// OrganisationPerson is somebody in a company, with who that is.
type OrganisationPerson struct {
	people.OrganisationMember
	Nickname string `json:"nickname"`
}

// PlaceRow is a colleague's place with who has it. Its link stays with the company's contact.
type PlaceRow struct {
	membership.Place
	Nickname string `json:"nickname,omitempty"`
}

// OnePersonIn is somebody in a company.
type OnePersonIn struct {
	ID     ID `path:"id"`
	Person ID `path:"person"`
}

func (a *API) organisations() {
	const tag = "Companies"
	read := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.PeopleRead, Summary: summary}
	}
	write := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.PeopleWrite, Summary: summary}
	}
	look(a, read("organisation.list", "GET /organisations", "Lists companies, the newest first"), func(tx *db.Tx, _ *call, in *struct {
		Paging
		Q string `query:"q" maxLength:"100" doc:"a part of the name"`
	},
	) (page.Page[OrganisationRow], error) {
		p, err := a.People.OrganisationsTx(tx, in.Q, in.Cursor, in.Limit)
		return a.organisationRows(tx, p, err)
	})
	found := write("organisation.found", "POST /organisations", "Notes a company with its contact, who orders for it and invites colleagues")
	found.Once, found.Status = true, http.StatusCreated
	change(a, found, a.foundOrganisation)
	handle(a, read("organisation.get", "GET /organisations/{id}", "A company with its memberships and places for colleagues"), a.readOrganisation)
	edit := write("organisation.edit", "PATCH /organisations/{id}", "Changes a company's name, owner or invoice data; what is left out stays")
	edit.Match = true
	handle(a, edit, a.editOrganisation)
	a.organisationInvoices(tag)
	look(a, read("organisation.people", "GET /organisations/{id}/people", "Lists who is in a company, by when they came"), a.listOrganisationPeople)
	drop(a, write("organisation.set_role", "PUT /organisations/{id}/people/{person}", "Puts a person into a company, or gives them another role there"), func(tx *db.Tx, c *call, in *struct {
		OnePersonIn
		Body struct {
			Role people.OrganisationRole `json:"role" enum:"contact,finance,colleague"`
		}
	},
	) error {
		if err := a.People.SetOrganisationMemberTx(tx, string(in.ID), string(in.Person), in.Body.Role, c.ID); err != nil {
			return err
		}
		return c.record(tx, "organisation", string(in.ID), audit.Detail{"person": string(in.Person), "role": string(in.Body.Role)})
	})
	drop(a, write("organisation.remove", "DELETE /organisations/{id}/people/{person}", "Takes a person out of a company; a place that they have stays until it is freed"), func(tx *db.Tx, c *call, in *OnePersonIn) error {
		if err := a.People.LeaveOrganisationTx(tx, string(in.ID), string(in.Person), c.ID); err != nil {
			return err
		}
		return c.record(tx, "organisation", string(in.ID), audit.Detail{"person": string(in.Person)})
	})
	invite := write("organisation.invite", "POST /organisations/{id}/places", "Makes a link by which a colleague takes a place; it is shown this once")
	invite.Once, invite.Status = true, http.StatusCreated
	change(a, invite, a.inviteColleague)
	look(a, read("organisation.places", "GET /organisations/{id}/places", "Lists a company's places for colleagues and invitations, the latest first"), a.listPlaces)
	change(a, write("place.free", "POST /places/{id}/free", "Takes a colleague's place back, used or not"), func(tx *db.Tx, c *call, in *OneThing) (membership.Place, error) {
		p, err := a.Members.FreePlaceTx(tx, string(in.ID), membership.TakenBack)
		if err != nil {
			return p, err
		}
		p.Token = ""
		return p, c.record(tx, "organisation", p.Organisation, audit.Detail{"place": p.ID, "person": p.Person})
	})
	look(a, read("organisation.timeline", "GET /organisations/{id}/timeline", "What happened to a company, the latest first"), func(tx *db.Tx, _ *call, in *struct {
		OneThing
		Paging
	},
	) (p page.Page[fact.Fact], err error) {
		if _, err := a.People.OrganisationTx(tx, string(in.ID)); err != nil {
			return p, err
		}
		return a.People.OrganisationTimelineTx(tx, string(in.ID), in.Cursor, in.Limit)
	})
	look(a, read("person.organisations", "GET /people/{id}/organisations", "Lists the companies that a person is in"), func(tx *db.Tx, _ *call, in *OneThing) (out list[people.Affiliation], err error) {
		out.Items, err = a.People.AffiliationsTx(tx, string(in.ID))
		return out, err
	})
}

func (a *API) foundOrganisation(tx *db.Tx, c *call, in *struct {
	Body struct {
		Name    string `json:"name" minLength:"1" maxLength:"100"`
		Contact ID     `json:"contact" doc:"person"`
	}
},
) (people.Organisation, error) {
	o, err := a.People.FoundTx(tx, "staff "+tx.NewID(), string(in.Body.Contact), in.Body.Name, c.ID)
	if err != nil {
		return o, err
	}
	return o, c.record(tx, "organisation", o.ID, audit.Detail{"contact": string(in.Body.Contact)})
}

func (a *API) readOrganisation(ctx context.Context, c *call, in *OneThing) (out *tagged[OrganisationView], err error) {
	err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
		o, err := a.People.OrganisationTx(tx, string(in.ID))
		if err != nil {
			return err
		}
		v := OrganisationView{Organisation: o}
		if v.Places, err = a.Members.PlacesTx(tx, o.ID); err != nil {
			return err
		}
		v.Terms, err = a.Members.CompanyTermsTx(tx, o.ID)
		out = &tagged[OrganisationView]{etagOf(o.Version), v}
		return err
	})
	return out, err
}

// errStaff refuses an owner who is not of the staff.
var errStaff = errs.Define(errs.Invalid, "organisation.owner")

// isStaff refuses who is not of the community's staff.
func (a *API) isStaff(tx *db.Tx, id string) error {
	all, err := a.Auth.StaffTx(tx)
	if err == nil && !slices.ContainsFunc(all, func(x authn.Staff) bool { return x.ID == id }) {
		err = errStaff.At("/owner")
	}
	return err
}

type organisationChange struct {
	OneThing
	Body struct {
		Name    *string      `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Owner   *string      `json:"owner,omitempty" doc:"operator who looks after it; nobody if empty"`
		Invoice *InvoiceEdit `json:"invoice,omitempty"`
	}
}

func (a *API) editOrganisation(ctx context.Context, c *call, in *organisationChange) (*tagged[people.Organisation], error) {
	o, err := alter(ctx, a, c, in, func(tx *db.Tx, c *call, in *organisationChange) (people.Organisation, error) {
		was, err := a.People.OrganisationTx(tx, string(in.ID))
		if err == nil {
			err = c.matches(etagOf(was.Version))
		}
		if err != nil {
			return was, err
		}
		if in.Body.Owner != nil && *in.Body.Owner != "" {
			if err := a.isStaff(tx, *in.Body.Owner); err != nil {
				return was, err
			}
		}
		invoice, err := a.invoiceAfter(tx, was, in.Body.Invoice)
		if err != nil {
			return was, err
		}
		o, err := a.People.EditOrganisationTx(tx, was.ID, people.OrganisationEdit{
			Name: in.Body.Name, Owner: in.Body.Owner, Invoice: invoice, Version: was.Version, Actor: c.ID,
		})
		if err != nil {
			return o, err
		}
		return o, c.record(tx, "organisation", o.ID, audit.Detail{"invoice": in.Body.Invoice != nil})
	})
	return &tagged[people.Organisation]{etagOf(o.Version), o}, err
}

func (a *API) listOrganisationPeople(tx *db.Tx, _ *call, in *struct {
	OneThing
	Paging
},
) (out page.Page[OrganisationPerson], err error) {
	if _, err := a.People.OrganisationTx(tx, string(in.ID)); err != nil {
		return out, err
	}
	p, err := a.People.OrganisationMembersTx(tx, string(in.ID), in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	name, err := a.named(tx, len(p.Items), func(i int) []string { return []string{p.Items[i].Person} })
	out.Next = p.Next
	for _, m := range p.Items {
		out.Items = append(out.Items, OrganisationPerson{m, name(m.Person)})
	}
	return out, err
}

func (a *API) listPlaces(tx *db.Tx, _ *call, in *struct {
	OneThing
	Paging
	Which membership.Which `query:"which" enum:"standing,over" doc:"those that are taken or can be, or the rest; all if not given"`
},
) (out page.Page[PlaceRow], err error) {
	if _, err := a.People.OrganisationTx(tx, string(in.ID)); err != nil {
		return out, err
	}
	p, err := a.Members.ColleaguesTx(tx, string(in.ID), in.Which, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	name, err := a.named(tx, len(p.Items), func(i int) []string { return []string{p.Items[i].Person} })
	out.Next = p.Next
	for _, x := range p.Items {
		x.Token = ""
		out.Items = append(out.Items, PlaceRow{x, name(x.Person)})
	}
	return out, err
}
