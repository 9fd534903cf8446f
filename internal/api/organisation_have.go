package api

import (
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// InvoiceEdit changes what stands on invoices; what is left out stays.
type InvoiceEdit struct {
	Title     *string `json:"title,omitempty" maxLength:"100" doc:"whom the invoice is for"`
	TaxNumber *string `json:"tax_number,omitempty" maxLength:"40" doc:"15 to 20 digits and letters"`
	Address   *string `json:"address,omitempty" maxLength:"200"`
	Phone     *string `json:"phone,omitempty" maxLength:"40"`
	Bank      *string `json:"bank,omitempty" maxLength:"100"`
	Account   *string `json:"account,omitempty" maxLength:"40"`
	Email     *string `json:"email,omitempty" maxLength:"200" doc:"where it is sent"`
}

// PlaceLink is an invitation with its link.
type PlaceLink struct {
	membership.Place
	URL string `json:"url" doc:"for the colleague; nobody is shown it again but the company's contact"`
}

// organisationInvoices are the data of invoices, masked where they are somebody's: a phone, an account, an address of e-mail.
func (a *API) organisationInvoices(tag string) {
	look(a, Op{Name: "organisation.invoice", Route: "GET /organisations/{id}/invoice", Tag: tag, Action: access.OrderRead, Summary: "What stands on a company's invoices; phone, account and e-mail are masked"},
		func(tx *db.Tx, _ *call, in *OneThing) (i people.Invoice, err error) {
			i, err = a.invoiceOf(tx, string(in.ID))
			i.Phone, i.Account, i.Email = maskTail(i.Phone), maskTail(i.Account), maskMail(i.Email)
			return i, err
		})
	change(a, Op{Name: "organisation.reveal", Route: "POST /organisations/{id}/invoice/reveal", Tag: tag, Action: access.PeopleReveal, Summary: "Shows a company's invoice data in full; the look is audited"},
		func(tx *db.Tx, c *call, in *struct {
			OneThing
			Body struct {
				Reason string `json:"reason" enum:"invoice,contact,check" doc:"why it is looked at: to write an invoice, to reach somebody, to check what stands there"`
			}
		},
		) (people.Invoice, error) {
			i, err := a.invoiceOf(tx, string(in.ID))
			if err != nil {
				return i, err
			}
			return i, c.record(tx, "organisation", string(in.ID), audit.Detail{"reason": in.Body.Reason})
		})
}

func (a *API) invoiceOf(tx *db.Tx, organisation string) (people.Invoice, error) {
	o, err := a.People.OrganisationTx(tx, organisation)
	if err != nil {
		return people.Invoice{}, err
	}
	return a.People.OrganisationInvoice(tx, o)
}

// invoiceAfter is what stands on a company's invoices after a change; nil if nothing of it changes.
func (a *API) invoiceAfter(tx *db.Tx, o people.Organisation, e *InvoiceEdit) (*people.Invoice, error) {
	if e == nil {
		return nil, nil //nolint:nilnil // no change is no failure
	}
	i, err := a.People.OrganisationInvoice(tx, o)
	for _, f := range []struct {
		at *string
		to *string
	}{{&i.Title, e.Title}, {&i.TaxNumber, e.TaxNumber}, {&i.Address, e.Address}, {&i.Phone, e.Phone}, {&i.Bank, e.Bank}, {&i.Account, e.Account}, {&i.Email, e.Email}} {
		if f.to != nil {
			*f.at = *f.to
		}
	}
	return &i, err
}

// maskTail leaves the last four characters of a number.
func maskTail(s string) string {
	r := []rune(s)
	switch {
	case len(r) == 0:
		return ""
	case len(r) < 8:
		return "****"
	}
	return "****" + string(r[len(r)-4:])
}

func maskMail(s string) string {
	if s == "" {
		return ""
	}
	return text.MaskEmail(s)
}

func (a *API) inviteColleague(tx *db.Tx, c *call, in *OneThing) (out PlaceLink, err error) {
	if _, err := a.People.OrganisationTx(tx, string(in.ID)); err != nil {
		return out, err
	}
	p, err := a.Members.InviteForTx(tx, string(in.ID), c.ID, "staff "+tx.NewID())
	if err != nil {
		return out, err
	}
	out.URL = a.PublicURL + "/" + c.community.Slug + "/colleague/" + p.Token
	out.Place, out.Token = p, ""
	return out, c.record(tx, "organisation", p.Organisation, audit.Detail{"place": p.ID})
}

func (a *API) organisationRows(tx *db.Tx, p page.Page[people.Organisation], err error) (out page.Page[OrganisationRow], _ error) {
	if err != nil {
		return out, err
	}
	ids := make([]string, 0, len(p.Items))
	for _, o := range p.Items {
		ids = append(ids, o.ID)
	}
	contacts, err := a.People.ContactsTx(tx, ids)
	if err != nil {
		return out, err
	}
	stands, err := a.Members.StandingsTx(tx, ids)
	if err != nil {
		return out, err
	}
	name, err := a.named(tx, len(ids), func(i int) []string { return contacts[ids[i]] })
	out.Next = p.Next
	for _, o := range p.Items {
		row := OrganisationRow{Organisation: o, Contacts: []NamedContact{}, Standing: stands[o.ID]}
		for _, x := range contacts[o.ID] {
			row.Contacts = append(row.Contacts, NamedContact{x, name(x)})
		}
		out.Items = append(out.Items, row)
	}
	return out, err
}
