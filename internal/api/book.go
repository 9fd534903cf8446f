package api

import (
	"context"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// Sheet is the books as they are now.
type Sheet struct {
	Lines  []ledger.SheetLine `json:"lines"`
	Totals map[string]int64   `json:"totals" doc:"the sum of all balances, by currency: 0 as long as the books are right"`
}

// BookEntry is a posting with what caused it and what takes it back.
type BookEntry struct {
	Entry    ledger.Entry   `json:"entry"`
	Reversed []ledger.Entry `json:"reversed" doc:"entries that take it back, wholly or in part, the oldest first"`
	Fact     *fact.Fact     `json:"fact,omitempty" doc:"what caused it"`
}

func (a *API) books() {
	const tag = "Money"
	op := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.MoneyRead, Summary: summary}
	}
	look(a, op("book.sheet", "GET /books", "The balance of every account of the community, and the sum of each kind that people have"),
		func(tx *db.Tx, _ *call, _ *nothing) (s Sheet, err error) {
			s.Lines, err = a.Ledger.SheetTx(tx)
			s.Totals = map[string]int64{}
			for _, l := range s.Lines {
				s.Totals[string(l.Currency)] += l.Balance
			}
			return s, err
		})
	look(a, op("book.accounts", "GET /books/accounts", "Lists accounts with their balances, by key"), func(tx *db.Tx, _ *call, in *struct {
		Paging
		Prefix string `query:"prefix" required:"true" minLength:"1" maxLength:"100" doc:"the account, or what its key begins with before a colon"`
	},
	) (page.Page[ledger.AccountBalance], error) {
		return a.Ledger.AccountsTx(tx, in.Prefix, in.Cursor, in.Limit)
	})
	get(a, op("book.history", "GET /books/history", "The lines of an account, newest first, each with the balance after it"), func(ctx context.Context, c *call, in *struct {
		Paging
		Account  string          `query:"account" required:"true" minLength:"1" maxLength:"200"`
		Currency ledger.Currency `query:"currency" enum:"CNY,POINTS" default:"CNY"`
	},
	) (page.Page[ledger.Movement], error) {
		return a.Ledger.History(ctx, c.Community, in.Account, in.Currency, in.Cursor, in.Limit)
	})
	look(a, op("book.entry", "GET /books/entries/{id}", "A posting with its lines, what caused it, and what takes it back"), a.bookEntry)
}

func (a *API) bookEntry(tx *db.Tx, _ *call, in *OneThing) (BookEntry, error) {
	all, err := a.Ledger.EntryTx(tx, string(in.ID))
	if err != nil {
		return BookEntry{}, err
	}
	out := BookEntry{Entry: all[0], Reversed: all[1:]}
	f, found, err := fact.OfSubject(tx, out.Entry.Subject, out.Entry.Fact)
	if found {
		out.Fact = &f
	}
	return out, err
}
