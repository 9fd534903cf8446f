package goods

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// Refusals about suppliers.
var (
	ErrUnknownSupplier = errs.Define(errs.NotFound, "goods.unknown_supplier") // "supplier": nothing was ever of theirs
	ErrPaidAmount      = errs.Define(errs.Invalid, "goods.paid_amount")       // not above zero
	ErrPaidMore        = errs.Define(errs.Conflict, "goods.paid_more")        // "owed": they are owed less
	ErrPaidOther       = errs.Define(errs.Conflict, "goods.paid_other")       // "ref", "amount": that payment was noted with another amount
)

func supplierAccount(name string) string { return "supplier:" + name }

// Supplier is who ships products and is owed what they cost.
type Supplier struct {
	Name     string    `json:"name"`
	Products int       `json:"products" doc:"that are theirs now"`
	Waiting  int       `json:"waiting" doc:"things that they have to send"`
	Owed     money.Fen `json:"owed" doc:"fen, by the books"`
}

// SuppliersTx lists suppliers by their names: those of products, and those that were ever owed something.
func (s *Service) SuppliersTx(tx *db.Tx) ([]Supplier, error) {
	list, err := suppliers(tx)
	if err != nil {
		return nil, fmt.Errorf("list suppliers: %w", err)
	}
	for cursor := ""; ; {
		p, err := s.books.AccountsTx(tx, "supplier", cursor, 200)
		if err != nil {
			return nil, err
		}
		for _, a := range p.Items {
			name := strings.TrimPrefix(a.Account, supplierAccount(""))
			at, found := slices.BinarySearchFunc(list, name, func(x Supplier, name string) int { return strings.Compare(x.Name, name) })
			if !found {
				list = slices.Insert(list, at, Supplier{Name: name})
			}
			list[at].Owed += money.Fen(a.Balance)
		}
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	for i := range list {
		if list[i].Waiting, err = countToSend(tx, list[i].Name); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Statement is what a supplier was owed and paid within a time.
type Statement struct {
	Supplier string    `json:"supplier"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Opening  money.Fen `json:"opening" doc:"fen that they were owed before"`
	Cost     money.Fen `json:"cost" doc:"fen, of what they have sent"`
	Paid     money.Fen `json:"paid" doc:"fen"`
	Closing  money.Fen `json:"closing" doc:"fen that they were owed at its end"`
}

// StatementRow is a line of a supplier's account.
type StatementRow struct {
	ledger.Movement
	Item *Item `json:"item,omitempty" doc:"what was sent; none for a payment"`
}

// StatementTx sums a supplier's account, in the books, within a time. Refusals: ErrUnknownSupplier.
func (s *Service) StatementTx(tx *db.Tx, supplier string, from, to time.Time) (out Statement, err error) {
	if err := s.knownSupplier(tx, supplier); err != nil {
		return out, err
	}
	sum, err := s.books.SpanTx(tx, supplierAccount(supplier), ledger.CNY, from, to)
	return Statement{
		Supplier: supplier, From: from, To: to, Opening: money.Fen(sum.Opening), Cost: money.Fen(sum.In), Paid: money.Fen(sum.Out), Closing: money.Fen(sum.Opening + sum.In - sum.Out),
	}, err
}

// StatementRowsTx lists the lines of a supplier's account within a time, the oldest first. Refusals: ErrUnknownSupplier.
func (s *Service) StatementRowsTx(tx *db.Tx, supplier string, from, to time.Time, cursor string, limit int) (out page.Page[StatementRow], err error) {
	if err := s.knownSupplier(tx, supplier); err != nil {
		return out, err
	}
	p, err := s.books.LinesTx(tx, supplierAccount(supplier), ledger.CNY, from, to, cursor, limit)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	for _, m := range p.Items {
		r := StatementRow{Movement: m}
		if x, found, err := itemByID(tx, m.Subject); err != nil {
			return out, err
		} else if found {
			r.Item = &x
		}
		out.Items = append(out.Items, r)
	}
	return out, nil
}

func (s *Service) knownSupplier(tx *db.Tx, name string) error {
	known, err := supplies(tx, name)
	if err != nil || known {
		return err
	}
	accounts, err := s.books.AccountsTx(tx, supplierAccount(name), "", 1)
	if err == nil && len(accounts.Items) == 0 {
		err = ErrUnknownSupplier.With("supplier", text.Brief(name, maxName))
	}
	return err
}

// PaySupplierTx notes that a supplier was paid, by a bank; ref is its number of that. A payment that was noted with its number is not noted
// again, whoever does so: fresh is false. Refusals: ErrUnknownSupplier, ErrPaidAmount, ErrPaidOther, ErrPaidMore.
func (s *Service) PaySupplierTx(tx *db.Tx, supplier string, amount money.Fen, ref, actor string) (fresh bool, err error) {
	if err := s.knownSupplier(tx, supplier); err != nil {
		return false, err
	}
	if amount <= 0 {
		return false, ErrPaidAmount.At("/amount")
	}
	// The lock comes before the look for the same payment: another that is being noted is done, or waits.
	owed, err := s.books.LockBalanceTx(tx, supplierAccount(supplier), ledger.CNY)
	if err != nil {
		return false, err
	}
	id, ref := tx.NewID(), strings.TrimSpace(ref)
	key := "supplier paid " + id
	if ref != "" {
		key = fmt.Sprintf("supplier paid %q %s", supplier, ref)
	}
	was, noted, err := s.books.EntryByKeyTx(tx, key)
	if err != nil {
		return false, err
	}
	paid := slices.IndexFunc(was.Lines, func(l ledger.Line) bool { return l.Account == supplierAccount(supplier) })
	switch {
	case noted && was.Lines[paid].Amount != -int64(amount):
		return false, ErrPaidOther.With("ref", ref).With("amount", money.Fen(-was.Lines[paid].Amount).String()).At("/ref")
	case noted:
		return false, nil
	case int64(amount) > owed:
		return false, ErrPaidMore.With("owed", money.Fen(owed).String()).At("/amount")
	}
	cause, err := fact.Append(tx, SupplierPaid{Supplier: SupplierName(supplier), Amount: int64(amount)}, fact.Fact{Subject: id, Actor: actor})
	if err != nil {
		return false, err
	}
	_, err = s.books.PostTx(tx, ledger.Entry{Key: key, Fact: cause, Subject: id, Rule: ref, Lines: []ledger.Line{
		{Account: supplierAccount(supplier), Amount: -int64(amount)}, {Account: "cash:bank", Amount: int64(amount)},
	}})
	return true, err
}
