package api

import (
	"net/http"
	"time"

	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// SupplierStatement is a supplier's month by the books, down to what was sent by which order.
type SupplierStatement struct {
	goods.Statement
	Month string          `json:"month" doc:"2026-11, in the community's zone"`
	Items []StatementLine `json:"items" doc:"the lines of the supplier's account, the oldest first"`
	Next  string          `json:"next,omitempty"`
}

// StatementLine is a line of a supplier's account, with what was sent.
type StatementLine struct {
	At      time.Time `json:"at"`
	Entry   string    `json:"entry" doc:"in the books"`
	Amount  money.Fen `json:"amount" doc:"fen: above zero for what was sent, below for what was paid"`
	Balance money.Fen `json:"balance" doc:"fen that they were owed after it"`
	Ref     string    `json:"ref,omitempty" doc:"of a payment: the bank's number of it"`
	Item    *ItemRow  `json:"item,omitempty" doc:"what was sent; none for a payment"`
}

func (a *API) suppliers() {
	op := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: shopTag, Action: access.MoneyRead, Summary: summary}
	}
	look(a, op("supplier.list", "GET /suppliers", "Lists suppliers with what each has to send and is owed"), func(tx *db.Tx, _ *call, _ *nothing) (out list[goods.Supplier], err error) {
		out.Items, err = a.Goods.SuppliersTx(tx)
		return out, err
	})
	look(a, op("supplier.statement", "GET /suppliers/{name}/statement", "What a supplier was owed and paid in a month, down to the things that were sent; its figures are those of the books"), a.supplierStatement)
	pay := op("supplier.pay", "POST /suppliers/{name}/payments", "Notes that a supplier was paid by the bank; again, with the bank's number of it, changes nothing")
	pay.Action, pay.Once, pay.Status = access.MoneyPay, true, http.StatusCreated
	change(a, pay, func(tx *db.Tx, c *call, in *struct {
		OneName
		Body struct {
			Amount money.Fen `json:"amount" doc:"fen; not more than they are owed"`
			Ref    string    `json:"ref,omitempty" maxLength:"100" doc:"the bank's number of it"`
		}
	},
	) (goods.Statement, error) {
		fresh, err := a.Goods.PaySupplierTx(tx, in.Name, in.Body.Amount, in.Body.Ref, c.ID)
		if err != nil {
			return goods.Statement{}, err
		}
		from, to, _, err := monthOf(tx.Now(), "", c.community.Location())
		if err != nil {
			return goods.Statement{}, err
		}
		s, err := a.Goods.StatementTx(tx, in.Name, from, to)
		if err != nil {
			return s, err
		}
		if !fresh {
			c.audited() // when it was noted
			return s, nil
		}
		return s, c.record(tx, "supplier", in.Name, audit.Detail{"fen": in.Body.Amount})
	})
}

var errMonth = errs.Define(errs.Invalid, "api.month")

// monthOf is the beginning and the end of a month; none is the present one.
func monthOf(now time.Time, month string, zone *time.Location) (from, to time.Time, name string, err error) {
	if month == "" {
		month = now.In(zone).Format("2006-01")
	}
	from, err = time.ParseInLocation("2006-01", month, zone)
	if err != nil {
		return from, to, month, errMonth.At("/month")
	}
	return from.UTC(), from.AddDate(0, 1, 0).UTC(), month, nil
}

func (a *API) supplierStatement(tx *db.Tx, c *call, in *struct {
	OneName
	Paging
	Month string `query:"month" pattern:"^[0-9]{4}-[0-9]{2}$" patternDescription:"a month, as 2026-11" doc:"as 2026-11, the present one if not given"`
},
) (out SupplierStatement, err error) {
	from, to, month, err := monthOf(tx.Now(), in.Month, c.community.Location())
	if err != nil {
		return out, err
	}
	out.Month = month
	if out.Statement, err = a.Goods.StatementTx(tx, in.Name, from, to); err != nil {
		return out, err
	}
	p, err := a.Goods.StatementRowsTx(tx, in.Name, from, to, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	for _, r := range p.Items {
		l := StatementLine{At: r.At, Entry: r.Entry, Amount: money.Fen(r.Amount), Balance: money.Fen(r.Balance)}
		if r.Item == nil {
			l.Ref = r.Rule
		} else {
			rows, err := a.itemRows(tx, []goods.Item{*r.Item})
			if err != nil {
				return out, err
			}
			l.Item = &rows[0]
		}
		out.Items = append(out.Items, l)
	}
	return out, nil
}
