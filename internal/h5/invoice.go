package h5

import (
	"net/http"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

type invoiceView struct {
	Action, Back string
	Company      bool
	Saved        bool
	Fields       []invoiceField
}

type invoiceField struct {
	Name, Label, Value, Error string
	Max                       int
	Required                  bool
}

// invoiceForm reads what was sent.
func invoiceForm(r *http.Request) people.Invoice {
	v := r.PostFormValue
	return people.Invoice{
		Title: v("title"), TaxNumber: v("tax_number"), Address: v("address"), Phone: v("phone"), Bank: v("bank"), Account: v("account"), Email: v("email"),
	}
}

// showInvoice shows what stands on invoices, with what was refused of it.
func (p *Pages) showInvoice(w http.ResponseWriter, r *http.Request, v *visit, data invoiceView, i people.Invoice, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	wrong, status := map[string]string{}, http.StatusOK
	if refusal != nil {
		wrong, x.Refusal = p.fields(v, refusal)
		status = statusOf[refusal.Kind]
	}
	data.Saved = r.URL.Query().Has("saved") && refusal == nil
	for _, f := range []struct {
		name, value string
		max         int
		required    bool
	}{
		{"title", i.Title, 100, true},
		{"tax_number", i.TaxNumber, 20, data.Company},
		{"email", i.Email, 200, false},
		{"address", i.Address, 200, false},
		{"phone", i.Phone, 40, false},
		{"bank", i.Bank, 100, false},
		{"account", i.Account, 40, false},
	} {
		data.Fields = append(data.Fields, invoiceField{f.name, x.T("h5.invoice." + f.name), f.value, wrong["/"+f.name] + wrong["/invoice/"+f.name], f.max, f.required})
	}
	x.Title, x.Data = x.T("h5.invoice.heading"), data
	return p.show(w, v, status, "invoice", x)
}

// keepInvoice keeps what was sent, or shows it again with what is wrong.
func (p *Pages) keepInvoice(w http.ResponseWriter, r *http.Request, v *visit, data invoiceView, keep func(tx *db.Tx, i people.Invoice) error) error {
	i := invoiceForm(r)
	err := p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error { return keep(tx, i) })
	if e := errs.As(err); e != nil && e.Kind == errs.Invalid {
		return p.showInvoice(w, r, v, data, i, e)
	}
	if err != nil {
		return err
	}
	return back(w, r, data.Action+"?saved")
}

func (p *Pages) ownInvoiceView(v *visit) invoiceView {
	return invoiceView{Action: v.base + "/me/invoice", Back: v.base + "/me"}
}

func (p *Pages) invoice(w http.ResponseWriter, r *http.Request, v *visit) error {
	var i people.Invoice
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) (err error) {
		i, err = p.People.InvoiceTx(tx, v.who.ID)
		return err
	})
	if err != nil {
		return err
	}
	return p.showInvoice(w, r, v, p.ownInvoiceView(v), i, nil)
}

func (p *Pages) setInvoice(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.keepInvoice(w, r, v, p.ownInvoiceView(v), func(tx *db.Tx, i people.Invoice) error { return p.People.SetInvoiceTx(tx, v.who.ID, i) })
}

// billed gives the company of the address to who sees to its invoices.
func (p *Pages) billed(tx *db.Tx, r *http.Request, v *visit) (people.Organisation, error) {
	o, role, err := p.inCompany(tx, r, v)
	if err == nil && role == people.RoleColleague {
		err = people.ErrNotContact
	}
	return o, err
}

func (p *Pages) companyInvoiceView(r *http.Request, v *visit) invoiceView {
	back := v.base + "/company/" + r.PathValue("id")
	return invoiceView{Action: back + "/invoice", Back: back, Company: true}
}

func (p *Pages) companyInvoice(w http.ResponseWriter, r *http.Request, v *visit) error {
	var i people.Invoice
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		o, err := p.billed(tx, r, v)
		if err == nil {
			i, err = p.People.OrganisationInvoice(tx, o)
		}
		return err
	})
	if err != nil {
		return err
	}
	return p.showInvoice(w, r, v, p.companyInvoiceView(r, v), i, nil)
}

func (p *Pages) setCompanyInvoice(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.keepInvoice(w, r, v, p.companyInvoiceView(r, v), func(tx *db.Tx, i people.Invoice) error {
		o, err := p.billed(tx, r, v)
		if err == nil {
			_, err = p.People.EditOrganisationTx(tx, o.ID, people.OrganisationEdit{Invoice: &i})
		}
		return err
	})
}
