package api

import (
	"net/http"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// benefits are what staff writes down of a member: uses of benefits, the number, and what stands on their invoices.
func (a *API) benefits() {
	const tag = "Members"
	change(a, Op{
		Name: "benefit.use", Route: "POST /people/{id}/benefits/{name}/use", Tag: tag, Action: access.EventCheck, Once: true, Status: http.StatusCreated,
		Summary: "Uses one of a benefit, of the term that ends first with one left",
	}, func(tx *db.Tx, c *call, in *struct {
		OnePerson
		Name string `path:"name" maxLength:"40" doc:"of the benefit"`
		Body struct {
			Note string `json:"note,omitempty" maxLength:"200"`
		}
	},
	) (u membership.Use, err error) {
		p, err := a.People.GetTx(tx, string(in.ID))
		if err != nil {
			return u, err
		}
		u, err = a.Members.UseTx(tx, membership.Usage{Key: tx.NewID(), Person: p.ID, Benefit: in.Name, Note: in.Body.Note, Actor: c.ID})
		if err != nil {
			return u, err
		}
		return u, c.record(tx, "person", p.ID, audit.Detail{"use": u.Key})
	})
	change(a, Op{
		Name: "benefit.return", Route: "POST /benefit-uses/{id}/return", Tag: tag, Action: access.EventCheck,
		Summary: "Takes back a use that was written down by hand; once more changes nothing",
	}, func(tx *db.Tx, c *call, in *OneThing) (u membership.Use, err error) {
		if u, err = a.Members.TakeUseBackTx(tx, string(in.ID), c.ID); err != nil {
			return u, err
		}
		return u, c.record(tx, "person", u.Person, audit.Detail{"use": u.Key})
	})
	change(a, Op{
		Name: "term.number", Route: "PUT /terms/{id}/number", Tag: tag, Action: access.PeopleWrite,
		Summary: "Gives a member a number by hand: one that is reserved, or any that is nobody's",
	}, func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Number int `json:"number" minimum:"1" maximum:"999999999" doc:"in the series of the year in which the term was bought"`
		}
	},
	) (t membership.Term, err error) {
		if t, err = a.Members.GiveNumberTx(tx, string(in.ID), in.Body.Number); err != nil {
			return t, err
		}
		return t, c.record(tx, "person", t.Person, audit.Detail{"term": t.ID, "number": in.Body.Number})
	})
	a.personInvoices(tag)
}

// personInvoices are the data that a person wants on their own invoices: masked, as they mostly are a private person's.
func (a *API) personInvoices(tag string) {
	look(a, Op{Name: "person.invoice", Route: "GET /people/{id}/invoice", Tag: tag, Action: access.OrderRead, Summary: "What a person wants on their own invoices, masked; the title is whole where a tax number says that it is a firm's"},
		func(tx *db.Tx, _ *call, in *OnePerson) (people.Invoice, error) {
			i, err := a.personInvoice(tx, string(in.ID))
			if i.TaxNumber == "" {
				i.Title = text.MaskName(i.Title)
			}
			i.Address, i.Phone, i.Account, i.Email = text.MaskName(i.Address), maskTail(i.Phone), maskTail(i.Account), maskMail(i.Email)
			return i, err
		})
	change(a, Op{Name: "person.reveal_invoice", Route: "POST /people/{id}/invoice/reveal", Tag: tag, Action: access.PeopleReveal, Summary: "Shows what a person wants on their invoices in full; the look is audited"},
		func(tx *db.Tx, c *call, in *struct {
			OnePerson
			Body struct {
				Reason string `json:"reason" enum:"invoice,contact,check" doc:"why it is looked at: to write an invoice, to reach somebody, to check what stands there"`
			}
		},
		) (people.Invoice, error) {
			i, err := a.personInvoice(tx, string(in.ID))
			if err != nil {
				return i, err
			}
			return i, c.record(tx, "person", string(in.ID), audit.Detail{"reason": in.Body.Reason})
		})
}

func (a *API) personInvoice(tx *db.Tx, person string) (people.Invoice, error) {
	if _, err := a.People.GetTx(tx, person); err != nil {
		return people.Invoice{}, err
	}
	return a.People.InvoiceTx(tx, person)
}
