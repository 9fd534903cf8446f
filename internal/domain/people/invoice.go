package people

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// Invoice is what stands on somebody's invoices, a person's or a company's. It is stored encrypted.
type Invoice struct {
	Title     string `json:"title" maxLength:"100" doc:"whom the invoice is for"`
	TaxNumber string `json:"tax_number,omitempty" maxLength:"20" doc:"15 to 20 digits and letters; a company needs one"`
	Address   string `json:"address,omitempty" maxLength:"200"`
	Phone     string `json:"phone,omitempty" maxLength:"40"`
	Bank      string `json:"bank,omitempty" maxLength:"100"`
	Account   string `json:"account,omitempty" maxLength:"40"`
	Email     string `json:"email,omitempty" maxLength:"200" doc:"where it is sent"`
}

// Refusals about invoices.
var (
	ErrInvoiceTitle = errs.Define(errs.Invalid, "organisation.invoice_title") // "max"
	ErrInvoiceText  = errs.Define(errs.Invalid, "organisation.invoice_text")  // "max"
	ErrTaxNumber    = errs.Define(errs.Invalid, "organisation.tax_number")
)

// invoicePurpose binds what is encrypted to what it is for.
const invoicePurpose = "invoice"

var (
	taxNumber = regexp.MustCompile(`^[0-9A-Z]{15,20}$`)
	mailLike  = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@.]+$`)
)

// clean gives an invoice as it is kept, or says what is wrong with it: ErrInvoiceTitle, ErrInvoiceText, ErrTaxNumber, ErrEmail.
func (i Invoice) clean(company bool) (Invoice, error) {
	line := func(s *string, field string, maxRunes int) error {
		clean, ok := text.Line(*s, maxRunes)
		if !ok {
			return ErrInvoiceText.With("max", maxRunes).At(field)
		}
		*s = clean
		return nil
	}
	for _, f := range []struct {
		at    *string
		field string
		max   int
	}{{&i.Title, "/title", 100}, {&i.Address, "/address", 200}, {&i.Phone, "/phone", 40}, {&i.Bank, "/bank", 100}, {&i.Account, "/account", 40}, {&i.Email, "/email", 200}} {
		if err := line(f.at, f.field, f.max); err != nil {
			return i, err
		}
	}
	i.TaxNumber = strings.ToUpper(strings.Join(strings.Fields(i.TaxNumber), ""))
	switch {
	case i.Title == "":
		return i, ErrInvoiceTitle.At("/title")
	case (company || i.TaxNumber != "") && !taxNumber.MatchString(i.TaxNumber):
		return i, ErrTaxNumber.At("/tax_number")
	case i.Email != "" && !mailLike.MatchString(i.Email):
		return i, ErrEmail.At("/email")
	}
	return i, nil
}

func (s *Service) sealInvoice(tx *db.Tx, i Invoice, company bool) (string, error) {
	i, err := i.clean(company)
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(i)
	if err != nil {
		return "", fmt.Errorf("encode an invoice: %w", err)
	}
	return s.secrets.Encrypt(tx.Community(), invoicePurpose, string(b)), nil
}

func (s *Service) openInvoice(tx *db.Tx, sealed string) (i Invoice, err error) {
	if sealed == "" {
		return i, nil
	}
	plain, err := s.secrets.Decrypt(tx.Community(), invoicePurpose, sealed)
	if err != nil {
		return i, fmt.Errorf("read an invoice: %w", err)
	}
	if err := json.Unmarshal([]byte(plain), &i); err != nil {
		return i, fmt.Errorf("decode an invoice: %w", err)
	}
	return i, nil
}

// OrganisationInvoice gives what stands on a company's invoices; its zero value if nothing was said.
func (s *Service) OrganisationInvoice(tx *db.Tx, o Organisation) (Invoice, error) {
	return s.openInvoice(tx, o.invoice)
}

// InvoiceTx gives what a person wants on their own invoices; its zero value if they never said.
func (s *Service) InvoiceTx(tx *db.Tx, person string) (Invoice, error) {
	group, err := Group(tx, person)
	if err != nil {
		return Invoice{}, err
	}
	sealed, err := invoiceOf(tx, group)
	if err != nil {
		return Invoice{}, err
	}
	return s.openInvoice(tx, sealed)
}

// SetInvoiceTx notes what a person wants on their own invoices. Refusals: those of an invoice, ErrNotFound, ErrErased.
func (s *Service) SetInvoiceTx(tx *db.Tx, person string, i Invoice) error {
	r, err := lockRoot(tx, person)
	if err != nil {
		return err
	}
	sealed, err := s.sealInvoice(tx, i, false)
	if err != nil {
		return err
	}
	return putInvoice(tx, r.id, sealed)
}
